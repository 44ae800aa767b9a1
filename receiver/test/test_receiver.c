/**
 * @file test_receiver.c  The receiver against scripted callers (RCV-01, SUP-02, SUP-10, SUP-20..24)
 */
#include "caller.h"

/* --- the protocol as it should be --- */

/* SUP-20, SUP-22: C, frame, 3 s, 1, #, voice; the door ends it */
START_TEST(test_vocal_call_is_acknowledged_and_stays)
{
	const struct receiver_alarm *a = &t.alarm[0];
	struct caller *c = test_call("000000000_bouton_appel", RIGHT);

	test_run(60000);
	ck_assert_str_eq(c->heard, "C1");
	ck_assert_uint_eq(t.alarms, 0);
	ck_assert_uint_eq(receiver_calls(t.receiver), 1);
	test_hangup(c);
	test_run(1000);
	ck_assert_str_eq(t.steps, "invite answer c frame crc_ok ack hash voice closed");
	assert_result(0, RECEIVER_ACKNOWLEDGED);
	ck_assert_str_eq(a->from, "sip:000000000_bouton_appel@10.77.0.1");
	ck_assert_str_eq(a->reason, "bouton_appel");
	ck_assert_str_eq(a->identity, "000000000");
	ck_assert_str_eq(a->frame, RIGHT);
	ck_assert(a->crc_ok && a->whole && a->acknowledged && a->vocal);
	ck_assert_int_eq(a->alerte, 1);
	ck_assert_int_eq(a->product, 81);
	ck_assert_int_eq(a->via, RECEIVER_VIA_DTMF);
	ck_assert_uint_eq(a->attempts, 1);
	ck_assert_uint_eq(a->acks, 1);
	assert_ms(a->answered_ms, 1000);
	assert_ms(a->duration_ms, 59000);
	ck_assert_str_eq(a->cause, "door");
	ck_assert_uint_eq(receiver_calls(t.receiver), 0);
}
END_TEST

/* SUP-22: "Waits 3 s after CS" */
START_TEST(test_waits_3_s_between_the_checksum_and_its_1)
{
	(void)test_call("000000000_bouton_appel", RIGHT);
	test_run(20000);
	assert_later(t.step_us[RECEIVER_STEP_FRAME], t.step_us[RECEIVER_STEP_ACK], 3000);
	assert_later(t.step_us[RECEIVER_STEP_ANSWER], t.step_us[RECEIVER_STEP_C], 500);
}
END_TEST

/* SUP-22: "it sends 1, five times 5 s apart until the door sends #" */
START_TEST(test_1_is_sent_five_times_without_a_hash)
{
	struct caller *c = test_call("000000000_bouton_appel", RIGHT);
	unsigned i;

	c->hash = false;
	test_run(60000);
	ck_assert_str_eq(c->heard, "C11111");
	ck_assert_uint_eq(t.acks, 5);
	for (i = 1; i < 5; i++)
		assert_later(t.ack_us[i - 1], t.ack_us[i], 5000);
	ck_assert_uint_eq(c->closed, 0);        /* a person may need help */
	test_hangup(c);
	test_run(1000);
	assert_result(0, RECEIVER_NO_HASH);
	ck_assert(!t.alarm[0].acknowledged);
	ck_assert_uint_eq(t.alarm[0].acks, 5);
}
END_TEST

START_TEST(test_hash_after_the_third_1)
{
	struct caller *c = test_call("000000000_bouton_appel", RIGHT);

	c->hash = false;
	test_run(1500 + 4000 + 3000 + 5000 + 4000);
	ck_assert_str_eq(c->heard, "C11");
	c->hash = true;
	test_run(30000);
	ck_assert_str_eq(c->heard, "C111");
	test_hangup(c);
	test_run(1000);
	assert_result(0, RECEIVER_ACKNOWLEDGED);
	ck_assert_uint_eq(t.alarm[0].acks, 3);
}
END_TEST

/* SUP-22: "technical and test = the same, and the receiver ends the call" */
START_TEST(test_technical_and_test_calls_are_ended_after_the_hash)
{
	static const struct { const char *from, *frame; int alerte; } row[] = {
		{"123456789_defautSecteur", MAINS, 12},
		{"1007", "9810401000000000C171", 4},
	};
	struct caller *c = test_call(row[_i].from, row[_i].frame);

	test_run(30000);
	ck_assert_str_eq(c->heard, "C1");
	ck_assert_uint_eq(c->closed, 1);
	ck_assert_uint_eq(c->scode, 0);
	assert_result(0, RECEIVER_ACKNOWLEDGED);
	ck_assert_int_eq(t.alarm[0].alerte, row[_i].alerte);
	ck_assert(!t.alarm[0].vocal);
	assert_later(t.step_us[RECEIVER_STEP_HASH], t.step_us[RECEIVER_STEP_HANGUP], 1000);
}
END_TEST

/* SUP-20: "ID = identity 1 to 9 digits" */
START_TEST(test_identity_of_one_digit)
{
	struct caller *c = test_call("1007", SHORT);

	test_run(20000);
	test_hangup(c);
	test_run(1000);
	assert_result(0, RECEIVER_ACKNOWLEDGED);
	ck_assert_str_eq(t.alarm[0].identity, "1");
	ck_assert_str_eq(t.alarm[0].frame, SHORT);
	ck_assert_str_eq(t.alarm[0].reason, "");
}
END_TEST

/* SUP-21: other variants of the checksum */
START_TEST(test_frame_by_another_crc)
{
	const struct crc_settings crc = frame_preset_find("maxim-dow")->crc;
	char frame[FRAME_MAX + 1];
	struct caller *c;

	t.cfg.crc = crc;
	ck_assert_int_eq(frame_encode(frame, &crc, 81, 17, 1, "4711"), 0);
	c = test_call("1007", frame);
	test_run(30000);
	ck_assert_uint_eq(c->closed, 1);
	assert_result(0, RECEIVER_ACKNOWLEDGED);
	ck_assert_int_eq(t.alarm[0].alerte, 17);
}
END_TEST

/* --- ways digits come and go (SIP-06) --- */

static const struct {
	enum receiver_transport transport;
	bool rfc4733, info, dual;       /* of the caller */
	enum receiver_result result;
} ways[] = {
	{RECEIVER_ANY, true, false, false, RECEIVER_ACKNOWLEDGED},
	{RECEIVER_ANY, false, true, false, RECEIVER_ACKNOWLEDGED},
	{RECEIVER_ANY, false, false, false, RECEIVER_ACKNOWLEDGED},
	{RECEIVER_ANY, true, true, true, RECEIVER_ACKNOWLEDGED},
	{RECEIVER_RFC4733, true, false, false, RECEIVER_ACKNOWLEDGED},
	{RECEIVER_RFC4733, true, true, true, RECEIVER_ACKNOWLEDGED},
	{RECEIVER_RFC4733, false, false, false, RECEIVER_NO_FRAME},
	{RECEIVER_INFO, false, true, false, RECEIVER_ACKNOWLEDGED},
	{RECEIVER_INFO, true, false, false, RECEIVER_NO_FRAME},
	{RECEIVER_INBAND, true, false, false, RECEIVER_ACKNOWLEDGED},
	{RECEIVER_INBAND, false, false, false, RECEIVER_ACKNOWLEDGED},
	{RECEIVER_INBAND, false, true, false, RECEIVER_NO_FRAME},
};

START_TEST(test_each_way_of_digits)
{
	struct caller *c;

	t.cfg.transport = ways[_i].transport;
	t.conf.dtmf_rfc4733 = ways[_i].rfc4733;
	t.conf.dtmf_info = ways[_i].info;
	t.conf.dtmf_dual = ways[_i].dual;
	c = test_call("000000000_bouton_appel", RIGHT);
	test_run(30000);
	test_hangup(c);
	test_run(1000);
	assert_result(0, ways[_i].result);
	ck_assert_str_eq(c->heard, ways[_i].result == RECEIVER_NO_FRAME ? "C" : "C1");
}
END_TEST

/* --- frames that are not as they should be (SUP-23) --- */

START_TEST(test_wrong_crc_asks_again_and_the_repeated_frame_is_taken)
{
	struct caller *c = test_call("000000000_bouton_appel", RIGHT);

	c->frame[0] = WRONG;
	test_run(60000);
	ck_assert_str_eq(c->heard, "CC1");
	test_hangup(c);
	test_run(1000);
	ck_assert_str_eq(t.steps, "invite answer c frame crc_bad c frame crc_ok ack hash voice "
			 "closed");
	assert_result(0, RECEIVER_ACKNOWLEDGED);
	ck_assert_uint_eq(t.alarm[0].attempts, 2);
	ck_assert(t.alarm[0].crc_ok);
}
END_TEST

START_TEST(test_wrong_crc_for_ever_is_asked_three_times_more)
{
	struct caller *c = test_call("123456789_defautSecteur", WRONG);

	test_run(90000);
	ck_assert_str_eq(c->heard, "CCCC");
	ck_assert_uint_eq(c->closed, 1);
	assert_result(0, RECEIVER_BAD_CRC);
	ck_assert_uint_eq(t.alarm[0].attempts, 4);
	ck_assert_str_eq(t.alarm[0].cs, "098");
	ck_assert_str_eq(t.alarm[0].cs_want, "097");
	ck_assert(t.alarm[0].whole && !t.alarm[0].crc_ok);
	ck_assert_str_eq(t.alarm[0].identity, "123456789");     /* a wrong frame is not believed */
	ck_assert_int_eq(t.alarm[0].alerte, 12);
	ck_assert_int_eq(t.alarm[0].via, RECEIVER_VIA_FROM);
}
END_TEST

START_TEST(test_wrong_crc_then_silence_keeps_the_result)
{
	struct caller *c = test_call("123456789_defautSecteur", NULL);

	c->frame[0] = WRONG;
	test_run(60000);
	ck_assert_str_eq(c->heard, "CC");
	assert_result(0, RECEIVER_BAD_CRC);
	ck_assert_uint_eq(t.alarm[0].attempts, 1);
}
END_TEST

START_TEST(test_frame_cut_short_is_asked_for_again)
{
	struct caller *c = test_call("000000000_bouton_appel", RIGHT);

	c->frame[0] = "98101010000";
	c->frame[1] = "8101000000000";  /* not even the beginning */
	test_run(60000);
	test_hangup(c);
	test_run(1000);
	ck_assert_str_eq(c->heard, "CCC1");
	assert_result(0, RECEIVER_ACKNOWLEDGED);
	ck_assert_uint_eq(t.alarm[0].attempts, 3);
}
END_TEST

START_TEST(test_part_of_a_frame_is_forgotten_before_the_next)
{
	struct caller *c = test_call("1007", SHORT);

	c->frame[0] = "98101";          /* with SHORT behind it: a frame with a wrong checksum */
	test_run(30000);
	ck_assert_str_eq(c->heard, "CC1");
}
END_TEST

START_TEST(test_only_parts_of_frames)
{
	(void)test_call("123456789_defautSecteur", "9810101");
	test_run(90000);
	assert_result(0, RECEIVER_INCOMPLETE);
	ck_assert_str_eq(t.alarm[0].frame, "9810101");
	ck_assert(!t.alarm[0].whole);
	ck_assert_uint_eq(t.alarm[0].attempts, 4);
}
END_TEST

/* Handsfree doors return what their loudspeaker says */
START_TEST(test_echo_of_c_and_noise_before_the_frame_do_no_harm)
{
	struct caller *c = test_call("000000000_bouton_appel", "C" RIGHT);

	c->frame[0] = "C4" SHORT;
	test_run(20000);
	test_hangup(c);
	test_run(1000);
	assert_result(0, RECEIVER_ACKNOWLEDGED);
	ck_assert_uint_eq(t.alarm[0].attempts, 1);
}
END_TEST

START_TEST(test_echo_of_c_alone_is_no_frame)
{
	struct caller *c = test_call("000000000_bouton_appel", "C");

	test_run(30000);
	ck_assert_str_eq(c->heard, "C");
	test_hangup(c);
	test_run(1000);
	assert_result(0, RECEIVER_NO_FRAME);
}
END_TEST

/* A telephone, or a door whose DTMF is off (SUP-25): a call of a person stays, another is ended */
START_TEST(test_no_answer_to_c)
{
	static const struct { const char *from; unsigned closed; } row[] = {
		{"000000000_bouton_appel", 0}, {"1007", 0}, {"000000000_my_own_word", 0},
		{"000000000_defautSecteur", 1}, {"000000000_retourSecteur", 1},
		{"000000000_panneBoutonALB", 1}, {"000000000_retourBoutonALB", 1},
		{"000000000_test", 1}, {"000000000_pannePbx", 1},
	};
	struct caller *c = test_call(row[_i].from, NULL);

	test_run(30000);
	ck_assert_str_eq(c->heard, "C");
	ck_assert_uint_eq(c->closed, row[_i].closed);
	test_hangup(c);
	test_run(1000);
	assert_result(0, RECEIVER_NO_FRAME);
}
END_TEST

START_TEST(test_caller_hangs_up_in_the_middle_of_its_frame)
{
	struct caller *c = test_call("000000000_bouton_appel", RIGHT);

	test_run(3500);
	test_hangup(c);
	test_run(20000);
	assert_result(0, RECEIVER_HANGUP);
	ck_assert_uint_eq(t.alarms, 1);
	ck_assert(!t.alarm[0].whole);
	ck_assert_uint_gt(strlen(t.alarm[0].frame), 3);
	ck_assert_int_eq(strncmp(RIGHT, t.alarm[0].frame, strlen(t.alarm[0].frame)), 0);
}
END_TEST

START_TEST(test_a_whole_frame_is_not_lost_by_part_of_the_next)
{
	struct caller *c = test_call("000000000_bouton_appel", WRONG);

	test_run(11000);
	ck_assert_str_eq(c->heard, "CC");
	test_hangup(c);
	test_run(1000);
	assert_result(0, RECEIVER_BAD_CRC);
	ck_assert_str_eq(t.alarm[0].frame, WRONG);
	ck_assert_str_eq(t.alarm[0].cs_want, "097");
	ck_assert_uint_eq(t.alarm[0].attempts, 1);
}
END_TEST

START_TEST(test_caller_gives_up_while_it_rings)
{
	struct caller *c = test_call("000000000_bouton_appel", RIGHT);

	test_run(500);
	test_hangup(c);
	test_run(20000);
	assert_result(0, RECEIVER_CANCELLED);
	ck_assert_uint_eq(t.alarm[0].duration_ms, 0);
	ck_assert_int_eq(t.alarm[0].alerte, 1);
}
END_TEST

/* --- what an operator does --- */

/* REL-08: a strike code after the protocol */
START_TEST(test_code_after_the_hash_and_end_of_talk)
{
	struct caller *c;

	str_ncpy(t.cfg.code, "4567", sizeof(t.cfg.code));
	t.cfg.talk_s = 20;
	c = test_call("000000000_bouton_appel", RIGHT);
	test_run(60000);
	ck_assert_str_eq(c->heard, "C14567");
	ck_assert_uint_eq(c->closed, 1);
	assert_later(t.step_us[RECEIVER_STEP_HASH], t.step_us[RECEIVER_STEP_CODE], 1000);
	assert_later(t.step_us[RECEIVER_STEP_CODE], t.step_us[RECEIVER_STEP_HANGUP], 20000);
	assert_result(0, RECEIVER_ACKNOWLEDGED);
	ck_assert_str_eq(t.alarm[0].cause, "talk time over");
}
END_TEST

START_TEST(test_digits_and_hangup_by_hand)
{
	struct caller *c = test_call("000000000_bouton_appel", RIGHT);

	test_run(500);
	ck_assert_int_eq(receiver_digits(t.receiver, 1, "12"), ENOENT);
	test_run(20000);
	ck_assert_int_eq(receiver_digits(t.receiver, 1, "12"), 0);
	ck_assert_int_eq(receiver_digits(t.receiver, 2, "12"), ENOENT);
	ck_assert_int_eq(receiver_hangup(t.receiver, 2), ENOENT);
	test_run(2000);
	ck_assert_str_eq(c->heard, "C112");
	ck_assert_int_eq(receiver_hangup(t.receiver, 1), 0);
	test_run(1000);
	ck_assert_uint_eq(c->closed, 1);
	assert_result(0, RECEIVER_ACKNOWLEDGED);
	ck_assert_int_eq(receiver_hangup(t.receiver, 1), ENOENT);
}
END_TEST

START_TEST(test_closing_tells_and_ends_its_calls)
{
	struct caller *c = test_call("000000000_bouton_appel", RIGHT);

	test_run(3000);
	receiver_close(t.receiver, false);
	ck_assert_uint_eq(t.alarms, 1);
	assert_result(0, RECEIVER_OPEN);
	test_run(1000);
	ck_assert_uint_eq(c->closed, 1);
	receiver_close(t.receiver, false);
	ck_assert_uint_eq(t.alarms, 1);
	t.c[1].frame[0] = RIGHT;
	test_dial(&t.c[1], "000000000_bouton_appel");
	test_run(1000);
	ck_assert_uint_eq(t.c[1].answered, 0);
	ck_assert_uint_eq(t.alarms, 1);
}
END_TEST

START_TEST(test_closing_by_force_sends_nothing)
{
	struct caller *c = test_call("000000000_bouton_appel", RIGHT);

	test_run(3000);
	receiver_close(t.receiver, true);
	assert_result(0, RECEIVER_OPEN);
	test_run(1000);
	ck_assert_uint_eq(c->closed, 0);
}
END_TEST

/* --- many at once, and MESSAGE --- */

START_TEST(test_forty_calls_at_once_each_with_its_own_identity)
{
	static char frame[CALLERS][FRAME_MAX + 1];
	char from[64], id[10];
	unsigned i, k;

	t.conf.rtp_port_max = 7900;
	test_open();
	for (i = 0; i < CALLERS; i++) {
		snprintf(id, sizeof(id), "%u", 1 + i * 1234567);
		snprintf(from, sizeof(from), "%09u_test", 1 + i * 1234567);
		ck_assert_int_eq(frame_encode(frame[i], &t.cfg.crc, 81, 4, 1, id), 0);
		t.c[i].frame[0] = frame[i];
		t.c[i].hash = true;
		test_dial(&t.c[i], from);
		test_run(37);
	}
	test_run(30000);
	ck_assert_uint_eq(t.alarms, CALLERS);
	for (i = 0; i < CALLERS; i++) {
		assert_result(i, RECEIVER_ACKNOWLEDGED);
		k = t.alarm[i].call - 1;
		ck_assert_str_eq(t.alarm[i].frame, frame[k]);
		ck_assert_uint_eq(strtoul(t.alarm[i].identity, NULL, 10), 1 + k * 1234567);
		ck_assert_uint_eq(t.c[i].closed, 1);
	}
}
END_TEST

static void send_message(const char *body)
{
	static const char to[] = "sip:10.77.0.2:5070", user[] = "000000042_bouton_appel";

	ck_assert_int_eq(ua_message(t.ua, to, user, body, NULL, NULL), 0);
	test_run(1000);
}

/* SUP-10 */
START_TEST(test_messages_are_alarms_of_their_own)
{
	test_open();
	send_message("identity=000000042 ;product=81 ;alerte=404");
	assert_result(0, RECEIVER_MESSAGE);
	ck_assert_int_eq(t.alarm[0].via, RECEIVER_VIA_MESSAGE);
	ck_assert_str_eq(t.alarm[0].identity, "000000042");
	ck_assert_str_eq(t.alarm[0].from, "sip:000000042_bouton_appel@10.77.0.1");
	ck_assert_int_eq(t.alarm[0].product, 81);
	ck_assert_int_eq(t.alarm[0].alerte, 404);
	ck_assert_uint_eq(t.alarm[0].call, 0);
}
END_TEST

START_TEST(test_message_that_is_no_alarm_is_shown)
{
	test_open();
	send_message("alerte? \"what\"");
	assert_result(0, RECEIVER_BAD_MESSAGE);
	ck_assert_str_eq(t.body, "alerte? \"what\"");
	ck_assert_int_eq(t.alarm[0].product, -1);
}
END_TEST

/* --- faults --- */

static const struct {
	const char *fault, *heard;
	enum receiver_result result;
	unsigned closed;                /* by the receiver */
} faults[] = {
	{"wrong-ack", "C22222", RECEIVER_NO_HASH, 0},
	{"no-ack", "C", RECEIVER_NO_HASH, 0},
	{"late-ack=20", "C1", RECEIVER_ACKNOWLEDGED, 0},
	{"no-c", "", RECEIVER_NO_C, 0},
	{"late-c", "C1", RECEIVER_ACKNOWLEDGED, 0},
	{"bad-crc-reply", "CC1", RECEIVER_ACKNOWLEDGED, 0},
	{"bad-crc-reply=2", "CCC1", RECEIVER_ACKNOWLEDGED, 0},
	{"bad-crc-reply=9", "CCCC", RECEIVER_BAD_CRC, 0},
	{"drop-digit=1", "CC1", RECEIVER_ACKNOWLEDGED, 0},
	{"drop-digit=9", "CC1", RECEIVER_ACKNOWLEDGED, 0},
	{"drop-digit=17", "CC1", RECEIVER_ACKNOWLEDGED, 0},
	{"drop-digit=21", "C11", RECEIVER_ACKNOWLEDGED, 0},
	{"hangup-at=answer", "", RECEIVER_FAULT, 1},
	{"hangup-at=c", "C", RECEIVER_FAULT, 1},
	{"hangup-at=frame", "C", RECEIVER_FAULT, 1},
	{"hangup-at=ack", "C1", RECEIVER_FAULT, 1},
	{"double-c", "CC1", RECEIVER_ACKNOWLEDGED, 0},
	{"busy", "", RECEIVER_REFUSED, 486},
	{"reject=603", "", RECEIVER_REFUSED, 603},
	{"no-answer", "", RECEIVER_CANCELLED, 0},
	{"early-ack", "C1", RECEIVER_ACKNOWLEDGED, 0},
	{"deaf-hash", "C11111", RECEIVER_NO_HASH, 0},
	{"blind-crc", "C1", RECEIVER_ACKNOWLEDGED, 0},
	{"no-again", "C1", RECEIVER_ACKNOWLEDGED, 0},
	{"one-door", "C1", RECEIVER_ACKNOWLEDGED, 0},
	{"stuck", "C1", RECEIVER_ACKNOWLEDGED, 0},
};

START_TEST(test_each_fault)
{
	struct caller *c;

	test_fault(faults[_i].fault);
	c = test_call("000000000_bouton_appel", RIGHT);
	if (!strcmp(faults[_i].fault, "double-c"))
		c->frame[1] = NULL;     /* a door that sends is deaf for the second */
	test_run(50000);
	ck_assert_str_eq(c->heard, faults[_i].heard);
	ck_assert_uint_eq(c->closed, faults[_i].closed > 0);
	ck_assert_uint_eq(c->scode, faults[_i].closed > 1 ? faults[_i].closed : 0);
	test_hangup(c);
	test_run(1000);
	ck_assert_uint_eq(t.alarms, 1);
	assert_result(0, faults[_i].result);
}
END_TEST

/* what the faults that need a wrong frame, a technical call or a second call do */
START_TEST(test_blind_crc_and_no_again_differ_at_a_wrong_frame)
{
	struct caller *c;

	test_fault(_i ? "no-again" : "blind-crc");
	c = test_call("000000000_bouton_appel", WRONG);
	test_run(50000);
	ck_assert_str_eq(c->heard, _i ? "C" : "C1");
	test_hangup(c);
	test_run(1000);
	ck_assert_uint_eq(t.alarms, 1);
	assert_result(0, _i ? RECEIVER_BAD_CRC : RECEIVER_ACKNOWLEDGED);
}
END_TEST

START_TEST(test_no_end_leaves_a_technical_call_up)
{
	struct caller *c;

	test_fault("no-end");
	c = test_call("123456789_defautSecteur", MAINS);
	test_run(60000);
	ck_assert_str_eq(c->heard, "C1");
	ck_assert_uint_eq(c->closed, 0);
	test_hangup(c);
}
END_TEST

START_TEST(test_stuck_is_busy_once_a_door_hung_up_too_early)
{
	struct caller *c;

	test_fault("stuck");
	c = test_call("000000000_bouton_appel", NULL);
	test_run(3000);
	test_hangup(c);
	test_run(1000);
	test_dial(&t.c[1], "000000000_bouton_appel");
	test_run(2000);
	ck_assert_uint_eq(t.c[1].scode, 486);
}
END_TEST

START_TEST(test_one_door_does_not_answer_its_twin)
{
	test_fault("one-door");
	(void)test_call("000000000_bouton_appel", NULL);
	test_run(3000);
	test_dial(&t.c[1], "000000000_bouton_appel");
	test_dial(&t.c[2], "000000001_bouton_appel");
	test_run(5000);
	ck_assert_uint_eq(t.c[1].answered, 0);
	ck_assert_uint_eq(t.c[2].answered, 1);
}
END_TEST

/* SUP-30 */
START_TEST(test_a_missed_test_is_a_line_of_its_own)
{
	struct receiver_alarm a = {.result = RECEIVER_TEST_MISSED, .identity = "42", .product = -1, .alerte = -1,
				   .wall_us = 1767600000000000};
	char line[512];

	(void)receiver_alarm_text(line, sizeof(line), &a);
	ck_assert_str_eq(line, "2026-01-05T08:00:00.000Z test missed: identity 42");
	ck_assert_uint_gt(receiver_alarm_json(line, sizeof(line), &a), 0);
	ck_assert_str_eq(line, "{\"time\":\"2026-01-05T08:00:00.000Z\",\"kind\":\"missed\",\"result\":\"test_missed\","
			 "\"via\":\"none\",\"from\":\"\",\"identity\":\"42\"}");
}
END_TEST

START_TEST(test_late_c_and_late_ack_are_as_late_as_told)
{
	test_fault("late-c=15");
	test_fault("late-ack=40");
	(void)test_call("000000000_bouton_appel", RIGHT);
	test_run(90000);
	assert_later(t.step_us[RECEIVER_STEP_ANSWER], t.step_us[RECEIVER_STEP_C], 15000);
	assert_later(t.step_us[RECEIVER_STEP_FRAME], t.step_us[RECEIVER_STEP_ACK], 40000);
}
END_TEST

START_TEST(test_a_hash_before_any_1_acknowledges_nothing)
{
	struct caller *c;

	test_fault("late-ack=30");
	c = test_call("000000000_bouton_appel", RIGHT);
	test_run(20000);
	ck_assert_int_eq(call_digits(c->call, "#", 100, 100), 0);
	test_run(5000);
	ck_assert_uint_eq(t.step_us[RECEIVER_STEP_DIGIT] / 1000000, 20);
	ck_assert_uint_eq(t.step_us[RECEIVER_STEP_HASH], 0);
	test_run(30000);
	ck_assert_str_eq(c->heard, "C1");
	ck_assert_uint_gt(t.step_us[RECEIVER_STEP_HASH], 30000000);
}
END_TEST

START_TEST(test_faults_may_change_between_calls)
{
	const struct receiver_faults none = {.reject = 0};
	struct caller *c;

	test_fault("busy");
	c = test_call("000000000_bouton_appel", RIGHT);
	test_run(1000);
	ck_assert_uint_eq(c->scode, 486);
	test_hangup(c);
	receiver_set_faults(t.receiver, &none);
	t.c[1].frame[0] = RIGHT;
	test_dial(&t.c[1], "000000000_bouton_appel");
	test_run(5000);
	ck_assert_uint_eq(t.c[1].answered, 1);
	ck_assert_str_eq(t.c[1].heard, "C");
}
END_TEST

/* --- two receivers cannot share a port --- */

START_TEST(test_port_in_use)
{
	struct receiver *second = NULL;

	test_open();
	ck_assert_int_eq(receiver_alloc(&second, &t.cfg, NULL, NULL, NULL), EADDRINUSE);
	ck_assert_ptr_null(second);
	ck_assert_str_eq(receiver_uri(t.receiver), "sip:receiver@10.77.0.2:5070");
}
END_TEST

static TCase *protocol(void)
{
	TCase *tc = tcase_create("protocol");

	tcase_add_checked_fixture(tc, test_setup, test_teardown);
	tcase_add_test(tc, test_vocal_call_is_acknowledged_and_stays);
	tcase_add_test(tc, test_waits_3_s_between_the_checksum_and_its_1);
	tcase_add_test(tc, test_1_is_sent_five_times_without_a_hash);
	tcase_add_test(tc, test_hash_after_the_third_1);
	tcase_add_loop_test(tc, test_technical_and_test_calls_are_ended_after_the_hash, 0, 2);
	tcase_add_test(tc, test_identity_of_one_digit);
	tcase_add_test(tc, test_frame_by_another_crc);
	tcase_add_loop_test(tc, test_each_way_of_digits, 0, (int)(sizeof(ways) / sizeof(ways[0])));
	tcase_add_test(tc, test_wrong_crc_asks_again_and_the_repeated_frame_is_taken);
	tcase_add_test(tc, test_wrong_crc_for_ever_is_asked_three_times_more);
	tcase_add_test(tc, test_wrong_crc_then_silence_keeps_the_result);
	tcase_add_test(tc, test_frame_cut_short_is_asked_for_again);
	tcase_add_test(tc, test_part_of_a_frame_is_forgotten_before_the_next);
	tcase_add_test(tc, test_only_parts_of_frames);
	tcase_add_test(tc, test_echo_of_c_alone_is_no_frame);
	tcase_add_test(tc, test_echo_of_c_and_noise_before_the_frame_do_no_harm);
	tcase_add_loop_test(tc, test_no_answer_to_c, 0, 9);
	tcase_add_test(tc, test_caller_hangs_up_in_the_middle_of_its_frame);
	tcase_add_test(tc, test_a_whole_frame_is_not_lost_by_part_of_the_next);
	tcase_add_test(tc, test_caller_gives_up_while_it_rings);

	return tc;
}

static TCase *around(void)
{
	TCase *tc = tcase_create("around");

	tcase_add_checked_fixture(tc, test_setup, test_teardown);
	tcase_add_test(tc, test_code_after_the_hash_and_end_of_talk);
	tcase_add_test(tc, test_digits_and_hangup_by_hand);
	tcase_add_test(tc, test_closing_tells_and_ends_its_calls);
	tcase_add_test(tc, test_closing_by_force_sends_nothing);
	tcase_add_test(tc, test_forty_calls_at_once_each_with_its_own_identity);
	tcase_add_test(tc, test_messages_are_alarms_of_their_own);
	tcase_add_test(tc, test_message_that_is_no_alarm_is_shown);
	tcase_add_loop_test(tc, test_each_fault, 0, (int)(sizeof(faults) / sizeof(faults[0])));
	tcase_add_loop_test(tc, test_blind_crc_and_no_again_differ_at_a_wrong_frame, 0, 2);
	tcase_add_test(tc, test_no_end_leaves_a_technical_call_up);
	tcase_add_test(tc, test_stuck_is_busy_once_a_door_hung_up_too_early);
	tcase_add_test(tc, test_one_door_does_not_answer_its_twin);
	tcase_add_test(tc, test_a_missed_test_is_a_line_of_its_own);
	tcase_add_test(tc, test_late_c_and_late_ack_are_as_late_as_told);
	tcase_add_test(tc, test_a_hash_before_any_1_acknowledges_nothing);
	tcase_add_test(tc, test_faults_may_change_between_calls);
	tcase_add_test(tc, test_port_in_use);

	return tc;
}

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("receiver");

	suite_add_tcase(s, protocol());
	suite_add_tcase(s, around());

	return s;
}
