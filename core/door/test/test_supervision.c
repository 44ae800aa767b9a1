/**
 * @file test_supervision.c  The DTMF supervision protocol, the door's side (SUP-20 to SUP-25)
 *
 * The telephone says when the last digit is out; these tests say it after the frame's own time.
 */
#include "fake.h"

Suite *suite(void);

#define FRAME "9810101000000000C097"            /* SUP-21's first vector */
#define FRAME_US (20u * 200 * MS)

static void fresh(void)
{
	fake_new();
	fake_boot();
}

static void heard(char digit)
{
	fake_tell((struct door_in){.type = DOOR_IN_DIGIT, .call = fake.door.call, .digit = digit,
				   .text = "inband"});
}

/** C, and the frame is out */
static void framed(void)
{
	heard('C');
	fake_run(FRAME_US);
	fake_call(DOOR_IN_DIGITS_SENT);
	ck_assert_int_eq(fake.door.sup, SUP_WAIT_ACK);
}

static void acknowledged(void)
{
	fake_talking();
	framed();
	fake_run(3 * S);
	heard('1');
	fake_run(200 * MS);
	fake_call(DOOR_IN_DIGITS_SENT);
	ck_assert_int_eq(fake.door.sup, SUP_ACKED);
	fake_clear();
}

/* SUP-20, SUP-21, SUP-22, SUP-24 */
START_TEST(a_whole_dialogue_c_frame_1_and_hash)
{
	fresh();
	fake_talking();
	heard('C');
	ck_assert(fake.muted);
	ck_assert_str_eq(fake_log(), "digit(C,inband); sup_start(1); sup_frame(1," FRAME ",1); "
			 "mute 1 on; digits 1 " FRAME " 100/100");
	fake_run(FRAME_US);
	fake_call(DOOR_IN_DIGITS_SENT);
	ck_assert(!fake.muted);
	ck_assert_str_eq(fake_log(), "mute 1 off; sup_sent(1,1)");
	fake_run(3 * S);
	heard('1');
	ck_assert(fake.muted);
	ck_assert_str_eq(fake_log(), "digit(1,inband); mute 1 on; digits 1 # 100/40; sup_ack(1,1); "
			 "sup_end(1,ok)");
	fake_call(DOOR_IN_DIGITS_SENT);
	ck_assert_str_eq(fake_log(), "mute 1 off");
	fake_run(60 * S);
	ck_assert_uint_eq(fake.lines, 0);
}
END_TEST

START_TEST(digits_have_the_length_that_is_set)
{
	fake_new();
	fake_set("sup.digit_on_ms", "70");
	fake_set("sup.digit_off_ms", "45");
	fake_set("identity", "42");
	fake_boot();
	fake_talking();
	heard('C');
	ck_assert_uint_eq(fake_count("digits 1 981010142C"), 1);
	ck_assert_ptr_nonnull(strstr(fake_log(), " 70/45"));
}
END_TEST

/* SUP-23: 10 s for the first C, to the microsecond; the call goes on as one between people */
START_TEST(without_c_the_wait_ends_and_the_call_goes_on)
{
	uint64_t t0;

	fresh();
	fake_talking();
	t0 = fake.now_us;
	fake_run(10 * S - 1);
	ck_assert_uint_eq(fake_count("sup_end("), 0);
	fake_run(1);
	ck_assert_uint_eq(fake_when("sup_end(1,no_c)"), t0 + 10 * S);
	ck_assert_int_eq(fake.door.state, DOOR_TALKING);
	ck_assert_uint_eq(fake_count("digits"), 0);
}
END_TEST

START_TEST(a_c_at_the_last_microsecond_counts)
{
	fresh();
	fake_talking();
	fake_run(10 * S - 1);
	heard('C');
	ck_assert_uint_eq(fake_count("sup_frame("), 1);
}
END_TEST

/* SUP-23: once */
START_TEST(a_late_c_starts_nothing_and_is_told_once)
{
	fresh();
	fake_talking();
	fake_run(10 * S);
	fake_clear();
	heard('C');
	ck_assert_str_eq(fake_log(), "digit(C,inband); sup_end(1,late_c)");
	heard('C');
	ck_assert_str_eq(fake_log(), "digit(C,inband)");
}
END_TEST

/* SUP-23: 30 s for the 1 */
START_TEST(without_1_the_wait_ends_after_its_time)
{
	uint64_t t0;

	fresh();
	fake_talking();
	heard('C');
	fake_run(FRAME_US + 700 * MS);                  /* it took longer than its digits */
	fake_call(DOOR_IN_DIGITS_SENT);
	t0 = fake.now_us;
	fake_run(30 * S - 1);
	ck_assert_uint_eq(fake_count("sup_end("), 0);
	fake_run(1);
	ck_assert_uint_eq(fake_when("sup_end(1,no_ack)"), t0 + 30 * S);
	ck_assert_int_eq(fake.door.state, DOOR_TALKING);
	fake_clear();
	heard('1');
	ck_assert_uint_eq(fake_count("digits"), 0);
}
END_TEST

START_TEST(a_1_at_the_last_microsecond_counts)
{
	fresh();
	fake_talking();
	framed();
	fake_run(30 * S - 1);
	heard('1');
	ck_assert_uint_eq(fake_count("sup_end(1,ok)"), 1);
}
END_TEST

/* SUP-23: C again = the checksum was wrong: the same frame, at most so many */
START_TEST(c_again_repeats_the_frame_so_often_as_set)
{
	static const char *const max[] = {"3", "1", "10"};
	const unsigned n = (unsigned)atoi(max[_i]);
	unsigned i;

	fresh();
	fake_set("sup.frames_max", max[_i]);
	fake_talking();
	for (i = 0; i < n; i++) {
		framed();
		fake_run(3 * S);
	}
	ck_assert_uint_eq(fake_count("digits 1 " FRAME), n);
	fake_clear();
	heard('C');
	ck_assert_str_eq(fake_log(), "digit(C,inband); sup_end(1,too_many)");
	ck_assert_int_eq(fake.door.state, DOOR_TALKING);
	heard('C');
	ck_assert_str_eq(fake_log(), "digit(C,inband)");
	ck_assert(!fake.muted);
}
END_TEST

START_TEST(a_1_after_a_repeated_frame_is_a_success)
{
	fresh();
	fake_talking();
	framed();
	framed();
	heard('1');
	ck_assert_uint_eq(fake_count("sup_sent(1,2)"), 1);
	ck_assert_uint_eq(fake_count("sup_ack(1,1)"), 1);
	ck_assert_uint_eq(fake_count("sup_end(1,ok)"), 1);
}
END_TEST

/* SUP-22, the door's reading of it: a 1 during the last digit counts once the frame is out */
START_TEST(a_1_during_the_last_digit_counts_when_the_frame_is_out)
{
	const uint64_t last = FRAME_US - 200 * MS;

	fresh();
	fake_talking();
	heard('C');
	fake_run(_i ? last : last - 1);
	fake_clear();
	heard('1');
	ck_assert_str_eq(fake_log(), _i ? "digit(1,inband)" : "digit(x,inband)");
	fake_run(200 * MS);
	fake_call(DOOR_IN_DIGITS_SENT);
	ck_assert_str_eq(fake_log(), _i ? "mute 1 off; sup_sent(1,1); mute 1 on; digits 1 # 100/40; "
			 "sup_ack(1,1); sup_end(1,ok)" : "mute 1 off; sup_sent(1,1)");
}
END_TEST

/* An early 1 belongs to its own frame, not to that of the next call */
START_TEST(an_early_1_is_forgotten_with_its_frame)
{
	fresh();
	fake_talking();
	heard('C');
	fake_run(FRAME_US);
	heard('1');
	fake_call(DOOR_IN_DIGITS_SENT);
	ck_assert_uint_eq(fake_count("sup_ack(1,1)"), 1);
	fake_closed(0, "remote");
	fake_talking();
	framed();
	ck_assert_uint_eq(fake_count("sup_ack("), 0);
}
END_TEST

START_TEST(a_c_while_the_frame_goes_out_is_not_another_frame)
{
	fresh();
	fake_talking();
	heard('C');
	heard('C');
	fake_run(FRAME_US - 1);
	heard('C');
	ck_assert_uint_eq(fake_count("sup_frame("), 1);
}
END_TEST

/* SUP-22: every 1 is answered, five times 5 s apart; the window is 25 s */
START_TEST(each_repeated_1_is_answered)
{
	unsigned i;

	fresh();
	acknowledged();
	for (i = 2; i <= 5; i++) {
		fake_run(4800 * MS);
		heard('1');
		fake_call(DOOR_IN_DIGITS_SENT);
		ck_assert_uint_eq(fake_count("digits 1 # "), i - 1);
	}
	ck_assert_uint_eq(fake_count("sup_ack(1,5)"), 1);
	ck_assert_uint_eq(fake_count("sup_end("), 0);
	fake_run(10 * S);
	fake_clear();
	heard('1');
	ck_assert_str_eq(fake_log(), "digit(x,inband); code_refused(0,wrong)");
}
END_TEST

/* SUP-22: the last microsecond of the window */
START_TEST(the_window_of_repeated_1_is_25_s)
{
	fresh();
	acknowledged();
	fake_run(25 * S - 200 * MS + (uint64_t)_i);
	heard('1');
	ck_assert_uint_eq(fake_count("sup_ack("), _i ? 0 : 1);
}
END_TEST

/* A code may begin with 1: then a lone 1 waits 1.5 s for its second digit */
START_TEST(a_repeated_1_is_answered_although_a_code_begins_with_1)
{
	uint64_t t0;

	fake_new();
	fake_set("relay1.code1", "1234");
	fake_set("door.code_gap_ms", "500");
	fake_boot();
	acknowledged();
	fake_run(5 * S);
	t0 = fake.now_us;
	heard('1');
	ck_assert_uint_eq(fake_count("sup_ack("), 0);
	fake_run(4 * S);
	ck_assert_uint_eq(fake_when("sup_ack(1,2)"), t0 + 1500 * MS);
	ck_assert_uint_eq(fake_count("code_refused("), 0);
	ck_assert_uint_eq(fake.door.code_n, 0);
}
END_TEST

START_TEST(a_code_that_begins_with_1_opens_right_after_the_acknowledgement)
{
	static const char *const code[] = {"1234", "11", "1111"};

	fake_new();
	fake_set("relay1.code1", code[_i]);
	fake_boot();
	acknowledged();
	fake_dtmf(code[_i]);
	ck_assert_uint_eq(fake_count("code(1,1)"), 1);
	fake_run(3 * S);
	ck_assert_uint_eq(fake_count("sup_ack("), 0);
}
END_TEST

START_TEST(a_code_that_does_not_begin_with_1_opens_after_the_acknowledgement)
{
	fake_new();
	fake_set("relay1.code1", "4242");
	fake_set("relay2.code1", "4142");
	fake_boot();
	acknowledged();
	fake_dtmf("4242");
	ck_assert_uint_eq(fake_count("code(1,1)"), 1);
	fake_dtmf("4142");
	ck_assert_uint_eq(fake_count("code(2,1)"), 1);
	ck_assert_uint_eq(fake_count("sup_ack("), 0);
}
END_TEST

/* Codes that begin with another figure keep no 1 waiting */
START_TEST(a_repeated_1_is_answered_at_once_where_no_code_begins_with_it)
{
	fake_new();
	fake_set("relay1.code1", "4242");
	fake_boot();
	acknowledged();
	heard('1');
	ck_assert_uint_eq(fake_count("sup_ack(1,2)"), 1);
}
END_TEST

/* A receiver that repeats its 1 must not open a door whose code is 1; later the code works */
START_TEST(a_repeated_1_opens_no_door_whose_code_is_1)
{
	fake_new();
	fake_set("relay1.code1", "1");
	if (_i)
		fake_set("relay2.code1", "19");
	fake_boot();
	acknowledged();
	heard('1');
	fake_run(3 * S);
	ck_assert_uint_eq(fake_count("sup_ack("), 1);
	ck_assert(!fake.relay[0]);
	fake_run(25 * S);
	heard('1');
	ck_assert(fake.relay[0]);
}
END_TEST

START_TEST(a_lone_1_before_the_hang_up_is_forgotten)
{
	fake_new();
	fake_set("relay1.code1", "1234");
	fake_boot();
	acknowledged();
	heard('1');
	fake_closed(0, "remote");
	ck_assert(door_deadline(&fake.door) == GAP_NEVER);
}
END_TEST

/* SUP-24: codes are off from C until # */
START_TEST(codes_are_off_from_c_until_hash)
{
	fake_new();
	fake_set("relay1.code1", "4242");
	fake_boot();
	fake_talking();
	fake_dtmf("42");                                /* half a code before C is forgotten */
	heard('C');
	fake_dtmf("424242");
	fake_run(FRAME_US);
	fake_call(DOOR_IN_DIGITS_SENT);
	fake_dtmf("4242");
	ck_assert_uint_eq(fake_count("code"), 0);
	heard('1');
	fake_dtmf("4242");
	ck_assert_uint_eq(fake_count("code(1,1)"), 1);
}
END_TEST

START_TEST(codes_work_before_c_and_when_the_protocol_has_failed)
{
	fake_new();
	fake_set("relay1.code1", "4242");
	fake_set("relay1.hold_s", "1");
	fake_boot();
	fake_talking();
	fake_dtmf("4242");
	framed();
	fake_run(30 * S);
	ck_assert_uint_eq(fake_count("sup_end(1,no_ack)"), 1);
	fake_dtmf("4242");
	ck_assert_uint_eq(fake_count("code(1,1)"), 2);
}
END_TEST

/* SUP-25 */
START_TEST(the_contact_or_the_setting_switches_the_protocol)
{
	static const struct { const char *list, *dtmf; bool on; } row[] = {
		{"sip:a@10.0.0.1;dtmf=off", "auto", false}, {"sip:a@10.0.0.1;dtmf=auto", "off", true},
		{"sip:a@10.0.0.1;dtmf=required", "off", true}, {"sip:a@10.0.0.1", "off", false},
		{"sip:a@10.0.0.1", "required", true}, {"sip:a@10.0.0.1", "auto", true},
	};

	fake_new();
	fake_set("button.day", row[_i].list);
	fake_set("sup.dtmf", row[_i].dtmf);
	fake_boot();
	fake_press();
	ck_assert_uint_eq(fake_count("dial 1 sip:a@10.0.0.1 0"), 1);
	fake_call(DOOR_IN_ANSWERED);
	heard('C');
	ck_assert_uint_eq(fake_count("sup_start("), row[_i].on);
	ck_assert_uint_eq(fake_count("digits"), row[_i].on);
}
END_TEST

/* SUP-11: an unreported call has no protocol */
START_TEST(a_call_that_is_not_reported_has_no_protocol)
{
	fake_new();
	fake_set("sup.report_button", "no");
	fake_boot();
	fake_talking();
	heard('C');
	fake_run(20 * S);
	ck_assert_uint_eq(fake_count("sup_"), 0);
}
END_TEST

/* SUP-20: the door starts it in calls of its own only */
START_TEST(an_incoming_call_has_no_protocol)
{
	fresh();
	fake_talking();
	fake_closed(0, "remote");
	fake_called();
	heard('C');
	fake_run(20 * S);
	ck_assert_str_eq(fake_log(), "digit(C,inband)");
}
END_TEST

/* C in each state of the protocol: how many frames are out after it, and where it stands */
START_TEST(c_in_each_state_of_the_protocol)
{
	static const struct { unsigned frames; enum sup_state after; } row[] = {
		[SUP_OFF] = {0, SUP_OFF}, [SUP_WAIT_C] = {1, SUP_SENDING}, [SUP_SENDING] = {1, SUP_SENDING},
		[SUP_WAIT_ACK] = {2, SUP_SENDING}, [SUP_ACKED] = {1, SUP_ACKED}, [SUP_NO_C] = {0, SUP_OFF},
	};

	fake_new();
	fake_set("sup.dtmf", _i == SUP_OFF ? "off" : "auto");
	fake_boot();
	fake_talking();
	if (_i == SUP_SENDING)
		heard('C');
	if (_i == SUP_WAIT_ACK || _i == SUP_ACKED)
		framed();
	if (_i == SUP_ACKED)
		heard('1');
	if (_i == SUP_NO_C)
		fake_run(10 * S);
	ck_assert_int_eq(fake.door.sup, _i);
	heard('C');
	ck_assert_uint_eq(fake_count("digits 1 " FRAME), row[_i].frames);
	ck_assert_int_eq(fake.door.sup, row[_i].after);
}
END_TEST

/* The end of the call in each state: an unfinished dialogue is told, nothing of it is left */
START_TEST(a_hang_up_ends_the_protocol_in_each_state)
{
	fake_new();
	fake_set("sup.dtmf", _i == SUP_OFF ? "off" : "auto");
	fake_boot();
	fake_talking();
	if (_i == SUP_SENDING)
		heard('C');
	if (_i == SUP_WAIT_ACK || _i == SUP_ACKED)
		framed();
	if (_i == SUP_ACKED)
		heard('1');
	if (_i == SUP_NO_C)
		fake_run(10 * S);
	fake_clear();
	fake_closed(0, "remote");
	ck_assert_uint_eq(fake_count("sup_end(1,hangup)"),
			  _i == SUP_WAIT_C || _i == SUP_SENDING || _i == SUP_WAIT_ACK);
	ck_assert_int_eq(fake.door.sup, SUP_OFF);
	ck_assert(door_deadline(&fake.door) == GAP_NEVER);

	fake_set("sup.dtmf", "auto");                   /* the next call begins anew */
	fake_press();
	fake_call(DOOR_IN_ANSWERED);
	fake_clear();
	heard('C');
	ck_assert_uint_eq(fake_count("sup_frame(2," FRAME ",1)"), 1);
}
END_TEST

/* Digits that cannot be sent: told, and the detector listens again */
START_TEST(a_frame_that_cannot_be_sent_leaves_the_detector_listening)
{
	fake_new();
	fake_set("relay1.code1", "4242");
	fake_boot();
	fake_talking();
	fake.fail_digits = 12;
	heard('C');
	ck_assert_uint_eq(fake_count("sup_end(1,cannot_send)"), 1);
	ck_assert(!fake.muted);
	fake_dtmf("4242");
	ck_assert(fake.relay[0]);
}
END_TEST

/* Settings that no check has seen: told, nothing is sent */
START_TEST(a_frame_that_cannot_be_made_is_told)
{
	fresh();
	fake_talking();
	fake.conf.identity[0] = '\0';
	heard('C');
	ck_assert_str_eq(fake_log(), "digit(C,inband); sup_start(1); sup_end(1,cannot_send)");
	fake_run(60 * S);
	ck_assert_uint_eq(fake.lines, 0);
}
END_TEST

START_TEST(a_hash_that_cannot_be_sent_leaves_the_detector_listening)
{
	fresh();
	fake_talking();
	framed();
	fake.fail_digits = 12;
	heard('1');
	ck_assert(!fake.muted);
	ck_assert_uint_eq(fake_count("sup_ack("), 0);
	fake.fail_digits = 0;
	heard('1');                                     /* the receiver asks again, and gets it */
	ck_assert_uint_eq(fake_count("sup_ack(1,1)"), 1);
	ck_assert_uint_eq(fake_count("sup_end(1,ok)"), 1);
}
END_TEST

/* SUP-23: a call put on hold keeps the frame from getting out; that must not last for ever */
START_TEST(a_frame_that_never_gets_out_is_given_up)
{
	uint64_t t0;

	fake_new();
	fake_set("relay1.code1", "4242");
	fake_boot();
	fake_talking();
	t0 = fake.now_us;
	heard('C');
	fake_hold(true);
	fake_run(60 * S);
	ck_assert_uint_eq(fake_when("sup_end(1,no_ack)"), t0 + FRAME_US + 30 * S);
	ck_assert(!fake.muted);
	fake_dtmf("4242");
	ck_assert(fake.relay[0]);
}
END_TEST

/* SUP-21: the checksum's settings are those of the moment */
START_TEST(a_new_checksum_setting_is_that_of_the_next_frame)
{
	fresh();
	fake_talking();
	framed();
	fake_set("crc.init", "255");
	fake_clear();
	heard('C');
	ck_assert_uint_eq(fake_count("digits 1 9810101000000000C"), 1);
	ck_assert_uint_eq(fake_count("digits 1 " FRAME), 0);
}
END_TEST

static void add_ack(TCase *tc)
{
	tcase_add_loop_test(tc, a_1_during_the_last_digit_counts_when_the_frame_is_out, 0, 2);
	tcase_add_test(tc, an_early_1_is_forgotten_with_its_frame);
	tcase_add_test(tc, each_repeated_1_is_answered);
	tcase_add_loop_test(tc, the_window_of_repeated_1_is_25_s, 0, 2);
	tcase_add_test(tc, a_repeated_1_is_answered_although_a_code_begins_with_1);
	tcase_add_loop_test(tc, a_code_that_begins_with_1_opens_right_after_the_acknowledgement, 0, 3);
	tcase_add_test(tc, a_code_that_does_not_begin_with_1_opens_after_the_acknowledgement);
	tcase_add_test(tc, a_repeated_1_is_answered_at_once_where_no_code_begins_with_it);
	tcase_add_loop_test(tc, a_repeated_1_opens_no_door_whose_code_is_1, 0, 2);
	tcase_add_test(tc, a_lone_1_before_the_hang_up_is_forgotten);
}

static void add_limits(TCase *tc)
{
	tcase_add_test(tc, codes_are_off_from_c_until_hash);
	tcase_add_test(tc, codes_work_before_c_and_when_the_protocol_has_failed);
	tcase_add_loop_test(tc, the_contact_or_the_setting_switches_the_protocol, 0, 6);
	tcase_add_test(tc, a_call_that_is_not_reported_has_no_protocol);
	tcase_add_test(tc, an_incoming_call_has_no_protocol);
	tcase_add_loop_test(tc, c_in_each_state_of_the_protocol, SUP_OFF, SUP_NO_C + 1);
	tcase_add_loop_test(tc, a_hang_up_ends_the_protocol_in_each_state, SUP_OFF, SUP_NO_C + 1);
	tcase_add_test(tc, a_frame_that_cannot_be_sent_leaves_the_detector_listening);
	tcase_add_test(tc, a_frame_that_cannot_be_made_is_told);
	tcase_add_test(tc, a_hash_that_cannot_be_sent_leaves_the_detector_listening);
	tcase_add_test(tc, a_frame_that_never_gets_out_is_given_up);
	tcase_add_test(tc, a_new_checksum_setting_is_that_of_the_next_frame);
}

Suite *suite(void)
{
	Suite *s = suite_create("supervision");
	TCase *tc = tcase_create("dialogue");

	tcase_add_test(tc, a_whole_dialogue_c_frame_1_and_hash);
	tcase_add_test(tc, digits_have_the_length_that_is_set);
	tcase_add_test(tc, without_c_the_wait_ends_and_the_call_goes_on);
	tcase_add_test(tc, a_c_at_the_last_microsecond_counts);
	tcase_add_test(tc, a_late_c_starts_nothing_and_is_told_once);
	tcase_add_test(tc, without_1_the_wait_ends_after_its_time);
	tcase_add_test(tc, a_1_at_the_last_microsecond_counts);
	tcase_add_loop_test(tc, c_again_repeats_the_frame_so_often_as_set, 0, 3);
	tcase_add_test(tc, a_1_after_a_repeated_frame_is_a_success);
	tcase_add_test(tc, a_c_while_the_frame_goes_out_is_not_another_frame);
	add_ack(tc);
	add_limits(tc);
	suite_add_tcase(s, tc);

	return s;
}
