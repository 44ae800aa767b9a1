/**
 * @file test_call.c  Calls between two agents (SIP-02, SIP-05, SIP-06, SIP-10, SUP-02, SUP-24)
 */
#include <math.h>
#include "core/sip/test/pair.h"

Suite *suite(void);

static bool sip_has(const char *text)
{
	pair.sip[pair.sip_len] = '\0';
	return strstr(pair.sip, text) != NULL;
}

static unsigned sip_count(const char *text)
{
	const char *p = pair.sip;
	unsigned n = 0;

	pair.sip[pair.sip_len] = '\0';
	while ((p = strstr(p, text))) {
		n++;
		p++;
	}

	return n;
}

/* SIP-02: dial, answer, BYE by the caller; no server */
START_TEST(caller_hangs_up)
{
	pair_talk();
	ck_assert_str_eq(pair.door.log, "answered");
	ck_assert_str_eq(call_codec(pair.door.call), "PCMA");
	ck_assert_str_eq(call_id(pair.door.call), call_id(pair.phone.call));
	ck_assert_str_eq(call_peer(pair.door.call), "sip:10.77.0.2");
	ck_assert_str_eq(call_peer(pair.phone.call), "sip:123456789_bouton_appel@10.77.0.1");

	ck_assert_int_eq(call_hangup(pair.door.call), 0);
	pair_run(100);
	ck_assert_str_eq(pair.door.log, "answered");    /* no event after our own hang-up */
	ck_assert_str_eq(pair.phone.log, "answered closed:0");
	ck_assert(!call_established(pair.phone.call));
}
END_TEST

START_TEST(called_hangs_up)
{
	pair.phone.taking = TAKE_RING;
	pair_dial(NULL);
	pair_run(3000);
	ck_assert_str_eq(pair.door.log, "180");
	ck_assert_int_eq(call_answer(pair.phone.call), 0);
	ck_assert_int_eq(call_answer(pair.phone.call), EINVAL);
	pair_run(1000);
	ck_assert_int_eq(call_hangup(pair.phone.call), 0);
	pair_run(100);
	ck_assert_str_eq(pair.door.log, "180 answered closed:0");
}
END_TEST

/* SUP-02: From, Contact and the origin line carry IDENTITY_REASON, as in the manual's trace */
START_TEST(identity_and_reason)
{
	pair_talk();
	ck_assert(sip_has("INVITE sip:10.77.0.2 SIP/2.0\r\n"));
	ck_assert(sip_has("\r\nFrom: <sip:123456789_bouton_appel@10.77.0.1>;tag="));
	ck_assert(sip_has("\r\nContact: <sip:123456789_bouton_appel@10.77.0.1>\r\n"));
	ck_assert(sip_has("\r\no=123456789_bouton_appel "));
	ck_assert(sip_has("\r\nAllow: " UA_ALLOW "\r\n"));
	ck_assert(sip_has("\r\nUser-Agent: ipgap test\r\n"));
	ck_assert_str_eq(pair.phone.from, "sip:123456789_bouton_appel@10.77.0.1");
}
END_TEST

/* SIP-05: the settings' order of codecs, ptime 20, telephone-event 0-15 */
START_TEST(offer_follows_settings)
{
	char codecs[] = "PCMU, PCMA", err[128];

	ck_assert_int_eq(settings_set(&pair.door.conf, "sip.codecs", codecs, err, sizeof(err)), 0);
	pair_talk();
	ck_assert(sip_has(" RTP/AVP 0 8 101\r\n"));
	ck_assert(sip_has("\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"));
	ck_assert(sip_has("\r\na=ptime:20\r\n"));
	ck_assert_str_eq(call_codec(pair.door.call), "PCMU");
	ck_assert_str_eq(call_codec(pair.phone.call), "PCMU");
	ck_assert_uint_gt(pair.rtp[0], 40);
	ck_assert_uint_eq(pair.rtp[8], 0);
}
END_TEST

START_TEST(no_common_codec)
{
	pair.door.conf.codecs.n = pair.phone.conf.codecs.n = 1;
	pair.door.conf.codecs.id[0] = CODEC_PCMA;
	pair.phone.conf.codecs.id[0] = CODEC_PCMU;
	pair_dial(NULL);
	pair_run(100);
	ck_assert_str_eq(pair.door.log, "closed:488");
	ck_assert(sip_has("\r\nWarning: 305 10.77.0.2 \"Incompatible media format\"\r\n"));
	ck_assert_str_eq(pair.phone.log, "INVITE:488");
}
END_TEST

/* CANCEL while it rings: 487 at both ends, no event for who hung up */
START_TEST(cancel)
{
	pair.phone.taking = TAKE_RING;
	pair_dial(NULL);
	pair_run(1000);
	ck_assert_int_eq(call_hangup(pair.door.call), 0);
	pair_run(100);
	ck_assert_str_eq(pair.door.log, "180");
	ck_assert_str_eq(pair.phone.log, "closed:487");
	ck_assert(sip_has("SIP/2.0 487 Request Terminated"));
}
END_TEST

/* RFC 3261 §9.1: no CANCEL before a provisional answer came */
START_TEST(cancel_at_once)
{
	pair.phone.taking = TAKE_KEEP;
	pair_dial(NULL);
	ck_assert_int_eq(call_hangup(pair.door.call), 0);
	pair_run(100);
	ck_assert_str_eq(pair.door.log, "");
	ck_assert_str_eq(pair.phone.log, "closed:487");
}
END_TEST

/* The 200 crosses the CANCEL: acknowledged, then BYE */
START_TEST(cancel_meets_answer)
{
	pair.phone.taking = TAKE_RING;
	pair_dial(NULL);
	pair_run(1000);
	ck_assert_int_eq(call_answer(pair.phone.call), 0);
	ck_assert_int_eq(call_hangup(pair.door.call), 0);
	pair_run(100);
	ck_assert(sip_has("CANCEL sip:"));
	ck_assert(sip_has("ACK sip:"));
	ck_assert(sip_has("BYE sip:"));
	ck_assert(!sip_has("SIP/2.0 487"));
	ck_assert_str_eq(pair.door.log, "180");
	ck_assert_str_eq(pair.phone.log, "answered closed:0");
}
END_TEST

static const struct { uint16_t code; const char *log; } rejects[] = {
	{ 486, "closed:486" }, { 404, "closed:404" }, { 480, "closed:480" }, { 603, "closed:603" },
	{ 503, "closed:503" }, { 301, "closed:301" },
};

/* A redirection without a target closes the call like any refusal */
START_TEST(rejected)
{
	pair.phone.taking = TAKE_REJECT;
	pair.phone.reject = rejects[_i].code;
	pair_dial(NULL);
	pair_run(5000);
	ck_assert_str_eq(pair.door.log, rejects[_i].log);
	ck_assert_str_eq(pair.phone.log, "");
}
END_TEST

/* SIP-10: what the owner does not take is busy */
START_TEST(not_taken_is_busy)
{
	pair.phone.taking = TAKE_NOTHING;
	pair_dial(NULL);
	pair_run(100);
	ck_assert_str_eq(pair.door.log, "closed:486");
	ck_assert_str_eq(pair.phone.log, "INVITE:486");
}
END_TEST

START_TEST(kept_without_a_word_rings)
{
	pair.phone.taking = TAKE_KEEP;
	pair_dial(NULL);
	pair_run(100);
	ck_assert_str_eq(pair.door.log, "180");
}
END_TEST

/* Hanging up what rings here is 480 for the caller */
START_TEST(hang_up_while_ringing)
{
	pair.phone.taking = TAKE_RING;
	pair_dial(NULL);
	pair_run(1000);
	ck_assert_int_eq(call_hangup(pair.phone.call), 0);
	pair_run(100);
	ck_assert_str_eq(pair.door.log, "180 closed:480");
}
END_TEST

START_TEST(nobody_there)
{
	struct sa phone;

	ck_assert_int_eq(sa_set_str(&phone, "10.77.0.2", 0), 0);
	vnet_link(&phone, false);
	pair_dial(NULL);
	pair_run(31000);
	ck_assert_str_eq(pair.door.log, "");
	pair_run(2000);
	ck_assert_str_eq(pair.door.log, "closed:Connection timed out");
}
END_TEST

START_TEST(bad_target)
{
	static const char *const uri[] = { "", "192.168.0.22", "tel:123", "mailto:10.77.0.2",
					  "sip:" };
	struct call_dial d = { .to = NULL };
	struct call *c = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(uri); i++) {
		d.to = uri[i];
		ck_assert_int_eq(call_dial(&c, pair.door.ua, &d, on_event, &pair.door), EINVAL);
	}
	ck_assert_ptr_null(c);
	ck_assert_str_eq(pair.door.log, "");
}
END_TEST

static const char keypad[] = "0123456789*#ABCD";

static void check_digits(struct side *from, struct side *to, const char *via)
{
	char want[512] = "";
	size_t i;

	from->log[0] = to->log[0] = '\0';
	ck_assert_int_eq(call_digits(from->call, keypad, 100, 100), 0);
	pair_run(16 * 200 + 500);
	for (i = 0; keypad[i]; i++)
		sprintf(want + strlen(want), "%s%c/%s", i ? " " : "", keypad[i], via);
	ck_assert_str_eq(to->log, want);
	ck_assert_str_eq(from->log, "sent");
}

static const struct {
	bool rfc4733[2], info, dual;
	const char *via;
	unsigned events, infos;
} ways[] = {
	{ { true, true }, false, false, "rfc4733", 1, 0 },
	{ { false, false }, true, false, "info", 0, 32 },
	{ { false, false }, false, false, "inband", 0, 0 },
	{ { true, true }, true, false, "rfc4733", 1, 0 },
	{ { true, true }, true, true, "info", 1, 32 },          /* both; INFO arrives first */
	{ { true, false }, false, false, "inband", 0, 0 },      /* not offered by the other side */
	{ { false, true }, false, false, "inband", 0, 0 },
};

/* SIP-06: each way, each digit once, in both directions */
START_TEST(digits)
{
	pair.door.conf.dtmf_rfc4733 = ways[_i].rfc4733[0];
	pair.phone.conf.dtmf_rfc4733 = ways[_i].rfc4733[1];
	pair.door.conf.dtmf_info = pair.phone.conf.dtmf_info = ways[_i].info;
	pair.door.conf.dtmf_dual = pair.phone.conf.dtmf_dual = ways[_i].dual;
	pair_talk();
	check_digits(&pair.door, &pair.phone, ways[_i].via);
	check_digits(&pair.phone, &pair.door, ways[_i].via);
	ck_assert_int_eq(pair.rtp[101] > 0, ways[_i].events);
	ck_assert_uint_eq(sip_count("\nINFO sip:") , ways[_i].infos);
}
END_TEST

/* SIP-06: in-band tones beside RFC 4733 count once; dtmf_listen decides who listens */
START_TEST(always_listening_counts_once)
{
	pair.phone.conf.dtmf_listen = DTMF_LISTEN_ALWAYS;
	pair_talk();
	check_digits(&pair.door, &pair.phone, "rfc4733");
}
END_TEST

START_TEST(never_listening_is_deaf)
{
	pair.door.conf.dtmf_rfc4733 = false;
	pair.phone.conf.dtmf_listen = DTMF_LISTEN_NEVER;
	pair_talk();
	ck_assert_int_eq(call_digits(pair.door.call, "123", 100, 100), 0);
	pair_run(1000);
	ck_assert_str_eq(pair.phone.log, "answered");
}
END_TEST

/* SUP-24: a muted detector hears no tones, and hears again afterwards */
START_TEST(muted_while_sending)
{
	pair.door.conf.dtmf_rfc4733 = false;
	pair_talk();
	call_mute_digits(pair.phone.call, true);
	ck_assert_int_eq(call_digits(pair.door.call, "12", 100, 100), 0);
	pair_run(1000);
	call_mute_digits(pair.phone.call, false);
	ck_assert_int_eq(call_digits(pair.door.call, "3", 100, 100), 0);
	pair_run(1000);
	ck_assert_str_eq(pair.phone.log, "answered 3/inband");
}
END_TEST

START_TEST(digits_need_media)
{
	pair.phone.taking = TAKE_RING;
	pair_dial(NULL);
	pair_run(100);
	ck_assert_int_eq(call_digits(pair.door.call, "1", 100, 100), ENOTCONN);
	ck_assert_int_eq(call_answer(pair.phone.call), 0);
	pair_run(100);
	ck_assert_int_eq(call_digits(pair.door.call, "1", 100, 100), 0);
	ck_assert_int_eq(call_digits(pair.door.call, "x", 100, 100), EINVAL);
}
END_TEST

/* SIP-10: hold and resume by re-INVITE; the held side sends no sound */
START_TEST(hold_and_resume)
{
	struct stream_stats before, after;

	pair_talk();
	ck_assert_int_eq(call_hold(pair.phone.call, true), 0);
	pair_run(500);
	ck_assert_str_eq(pair.door.log, "answered hold");
	ck_assert(sip_has("\r\na=sendonly\r\n"));
	ck_assert(sip_has("\r\na=recvonly\r\n"));
	call_stats(pair.phone.call, &before);
	pair_run(5000);
	call_stats(pair.phone.call, &after);
	ck_assert_uint_eq(after.received, before.received);
	ck_assert_uint_gt(after.sent, before.sent + 240);

	ck_assert_int_eq(call_hold(pair.phone.call, false), 0);
	pair_run(1000);
	ck_assert_str_eq(pair.door.log, "answered hold resume");
	ck_assert_str_eq(pair.phone.log, "answered");
	call_stats(pair.phone.call, &before);
	ck_assert_uint_gt(before.received, after.received + 40);
	ck_assert_uint_eq(before.lost, 0);
}
END_TEST

/* Held for hours is not a lost call; a cut cable is */
START_TEST(media_timeout)
{
	struct sa phone;

	pair.door.conf.media_timeout_s = 20;
	pair_talk();
	ck_assert_int_eq(call_hold(pair.phone.call, true), 0);
	pair_run(100000);
	ck_assert_int_eq(call_hold(pair.phone.call, false), 0);
	pair_run(1000);
	ck_assert_str_eq(pair.door.log, "answered hold resume");

	ck_assert_int_eq(sa_set_str(&phone, "10.77.0.2", 0), 0);
	vnet_link(&phone, false);
	pair_run(18000);
	ck_assert_str_eq(pair.door.log, "answered hold resume");
	pair_run(30000);
	ck_assert_str_eq(pair.door.log, "answered hold resume timeout");
}
END_TEST

static void tone_read(int16_t *pcm, size_t n, void *arg)
{
	struct side *s = arg;
	size_t i;

	for (i = 0; i < n; i++) {
		pcm[i] = (int16_t)(s->tone * sin(s->phase));
		s->phase += 2.0 * M_PI * 1004.0 / 8000.0;
	}
}

static void sound_write(const int16_t *pcm, size_t n, void *arg)
{
	struct side *s = arg;
	size_t i;

	ck_assert_uint_eq(n, GAP_FRAME);
	s->samples += n;
	for (i = 0; i < n; i++)
		s->energy += (double)pcm[i] * pcm[i];
}

/* Early media: 183 with SDP starts the leg before the answer */
START_TEST(early_media)
{
	pair.phone.taking = TAKE_EARLY;
	pair.phone.tone = 10000;
	pair_dial(NULL);
	call_audio(pair.door.call, NULL, sound_write, &pair.door);
	pair_run(100);
	call_audio(pair.phone.call, tone_read, NULL, &pair.phone);
	pair_run(1000);
	ck_assert_str_eq(pair.door.log, "183");
	ck_assert_uint_ge(pair.door.samples, 49 * GAP_FRAME);
	ck_assert(sqrt(pair.door.energy / (double)pair.door.samples) > 6000.0);

	ck_assert_int_eq(call_answer(pair.phone.call), 0);
	pair_run(1000);
	ck_assert_str_eq(pair.door.log, "183 answered");
}
END_TEST

/* -10 dBm0 stays -10 dBm0 in either codec, by both ends' figures and at the sink */
START_TEST(level_survives_codec)
{
	const double amplitude = 32768.0 * pow(10.0, (-10.0 - 3.14) / 20.0);
	struct stream_stats tx, rx;
	double rms;

	pair.door.conf.codecs.n = 1;
	pair.door.conf.codecs.id[0] = _i;
	pair.door.tone = (int16_t)amplitude;
	pair_talk();
	call_audio(pair.door.call, tone_read, NULL, &pair.door);
	call_audio(pair.phone.call, NULL, sound_write, &pair.phone);
	pair_run(3000);
	call_stats(pair.door.call, &tx);
	call_stats(pair.phone.call, &rx);
	ck_assert(fabs(tx.tx_dbm0 + 10.0) < 0.1);
	ck_assert(fabs(rx.rx_dbm0 + 10.0) < 0.1);
	rms = sqrt(pair.phone.energy / (double)pair.phone.samples);
	ck_assert(fabs(rms / (amplitude / M_SQRT2) - 1.0) < 0.03);
	ck_assert_uint_eq(rx.lost + rx.late, 0);
}
END_TEST

/* The owner may drop a call inside its handler */
START_TEST(dropped_in_handler)
{
	struct side *s = _i & 1 ? &pair.phone : &pair.door;

	s->drop_in_handler = true;
	pair.phone.taking = _i & 2 ? TAKE_REJECT : TAKE_ANSWER;
	pair.phone.reject = 486;
	pair_dial(NULL);
	pair_run(1000);
	if (!(_i & 2))
		ck_assert(sip_has("BYE sip:"));
	if (_i == 0)
		ck_assert_str_eq(pair.phone.log, "answered closed:0");
	if (_i == 1)
		ck_assert_str_eq(pair.door.log, "answered closed:0");
}
END_TEST

static unsigned sent_by_door;

static void count_door(const struct vnet_packet *p, void *arg)
{
	const struct sa *door = arg;

	if (sa_cmp(p->src, door, SA_ADDR))
		sent_by_door++;
}

/* Power lost: nothing more leaves, whatever the calls' state, and the port is free at once */
START_TEST(forced_close_is_silent)
{
	static const struct call_dial to_door = { .to = "sip:10.77.0.1" };
	struct sa door;

	ck_assert_int_eq(sa_set_str(&door, "10.77.0.1", 0), 0);
	pair.phone.taking = _i == 1 ? TAKE_RING : TAKE_ANSWER;
	pair.door.taking = _i == 3 ? TAKE_ANSWER : TAKE_RING;
	if (_i < 2)
		pair_dial(NULL);                /* 0 talking, 1 calling */
	else
		ck_assert_int_eq(call_dial(&pair.phone.call, pair.phone.ua, &to_door, on_event,
					   &pair.phone), 0);
	if (_i == 4)
		pair_run(0);                    /* INVITE under way */
	else if (_i == 3)
		while (!pair.door.call)         /* 200 sent, no ACK yet */
			pair_run(0);
	else
		pair_run(1000);                 /* 2 rings at the door */

	vnet_tap(count_door, &door);
	ua_close(pair.door.ua, true);
	pair.door.call = mem_deref(pair.door.call);
	pair.door.ua = mem_deref(pair.door.ua);
	pair_run(60000);
	ck_assert_uint_eq(sent_by_door, 0);
	pair_agent(&pair.door, "10.77.0.1", "ipacGap");
}
END_TEST

START_TEST(close_hangs_up)
{
	pair_talk();
	ua_close(pair.door.ua, false);
	pair_run(100);
	ck_assert_str_eq(pair.phone.log, "answered closed:0");
	ck_assert_str_eq(pair.door.log, "answered");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("call");
	TCase *t = tcase_create("call");

	tcase_add_checked_fixture(t, pair_start, pair_stop);
	tcase_add_test(t, caller_hangs_up);
	tcase_add_test(t, called_hangs_up);
	tcase_add_test(t, identity_and_reason);
	tcase_add_test(t, offer_follows_settings);
	tcase_add_test(t, no_common_codec);
	tcase_add_test(t, cancel);
	tcase_add_test(t, cancel_at_once);
	tcase_add_test(t, cancel_meets_answer);
	tcase_add_loop_test(t, rejected, 0, ARRAY_SIZE(rejects));
	tcase_add_test(t, not_taken_is_busy);
	tcase_add_test(t, kept_without_a_word_rings);
	tcase_add_test(t, hang_up_while_ringing);
	tcase_add_test(t, nobody_there);
	tcase_add_test(t, bad_target);
	tcase_add_loop_test(t, digits, 0, ARRAY_SIZE(ways));
	tcase_add_test(t, always_listening_counts_once);
	tcase_add_test(t, never_listening_is_deaf);
	tcase_add_test(t, muted_while_sending);
	tcase_add_test(t, digits_need_media);
	tcase_add_test(t, hold_and_resume);
	tcase_add_test(t, media_timeout);
	tcase_add_test(t, early_media);
	tcase_add_loop_test(t, level_survives_codec, 0, CODEC_PCMU + 1);
	tcase_add_loop_test(t, dropped_in_handler, 0, 4);
	tcase_add_loop_test(t, forced_close_is_silent, 0, 5);
	tcase_add_test(t, close_hangs_up);
	suite_add_tcase(s, t);

	return s;
}
