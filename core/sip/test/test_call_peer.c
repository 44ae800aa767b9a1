/**
 * @file test_call_peer.c  Calls with a peer that speaks SIP by hand (SIP-05, SIP-06, SIP-10)
 */
#include "core/sip/test/pair.h"
#include "core/sip/test/raw.h"

Suite *suite(void);

static void setup(void)
{
	pair_start();
	raw_start();
}

static void teardown(void)
{
	raw_stop();
	pair_stop();
}

static const char offer[] = RAW_SDP("8 0 96", "a=rtpmap:96 telephone-event/8000\r\na=sendrecv\r\n");

/* INVITE with the given body, answered by the door and acknowledged */
static void established(const char *body)
{
	raw_request("INVITE", NULL, 1, *body ? RAW_SDP_TYPE : "", body);
	pair_run(100);
	ck_assert_uint_eq(raw_code(), 200);
	raw_dialog();
	if (*body) {
		raw_request("ACK", NULL, 1, "", "");
		pair_run(100);
		ck_assert_str_eq(pair.door.log, "answered");
	}
}

/* SIP-05: the answer keeps the caller's order and its payload type of telephone-event */
START_TEST(answer_to_offer)
{
	established(offer);
	ck_assert(strstr(raw.last, "\r\no=ipacGap "));
	ck_assert(strstr(raw.last, " RTP/AVP 8 0 96\r\n"));
	ck_assert(strstr(raw.last, "\r\na=rtpmap:96 telephone-event/8000\r\n"));
	ck_assert(strstr(raw.last, "\r\nContact: <sip:ipacGap@10.77.0.1>\r\n"));
	ck_assert_str_eq(call_codec(pair.door.call), "PCMA");
	ck_assert_int_eq(call_dtmf_via(pair.door.call), DTMF_VIA_RFC4733);
}
END_TEST

/* The offer of the manual's trace: PCMU, PCMA, speex, opus, telephone-event at three rates */
START_TEST(offer_of_the_trace)
{
	established("v=0\r\no=000000000_bouton_appel 3528 3742 IN IP4 10.77.0.3\r\ns=Talk\r\n"
		    "c=IN IP4 10.77.0.3\r\nt=0 0\r\n"
		    "a=rtp-xx:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics\r\n"
		    "m=audio 7078 RTP/AVP 0 8 96 97 98 101 99 100\r\n"
		    "a=rtpmap:96 speex/8000\r\na=fmtp:96 vbr=on\r\na=rtpmap:97 speex/16000\r\n"
		    "a=fmtp:97 vbr=on\r\na=rtpmap:98 opus/48000\r\n"
		    "a=rtpmap:101 telephone-event/8000\r\n"
		    "a=rtpmap:99 telephone-event/16000\r\na=rtpmap:100 telephone-event/48000\r\n");
	ck_assert(strstr(raw.last, " RTP/AVP 0 8 101\r\n"));
	ck_assert_str_eq(call_codec(pair.door.call), "PCMU");
}
END_TEST

/* RFC 7587 phones that know telephone-event at 8,000 Hz alone get it, those that know 48,000 Hz get that */
static const struct { const char *formats, *lines, *answer; int via; } beside_opus[] = {
	{ "96 101", "a=rtpmap:101 telephone-event/8000\r\n", "\r\na=rtpmap:101 telephone-event/8000\r\n",
	  DTMF_VIA_RFC4733 },
	{ "96 102", "a=rtpmap:102 telephone-event/48000\r\n", "\r\na=rtpmap:102 telephone-event/48000\r\n",
	  DTMF_VIA_RFC4733 },
	{ "96 103", "a=rtpmap:103 telephone-event/16000\r\n", "\r\na=rtpmap:96 opus/48000/2\r\n", DTMF_VIA_INBAND },
	{ "96", "", "\r\na=rtpmap:96 opus/48000/2\r\n", DTMF_VIA_INBAND },
};

START_TEST(digits_beside_opus)
{
	char body[512];

	pair.door.conf.codecs.n = 1;
	pair.door.conf.codecs.id[0] = CODEC_OPUS;
	snprintf(body, sizeof(body), RAW_SDP("%s", "a=rtpmap:96 opus/48000/2\r\n%s"), beside_opus[_i].formats,
		 beside_opus[_i].lines);
	established(body);
	ck_assert(strstr(raw.last, beside_opus[_i].answer));
	ck_assert_str_eq(call_codec(pair.door.call), "opus");
	ck_assert_int_eq(call_dtmf_via(pair.door.call), beside_opus[_i].via);
}
END_TEST

/* RFC 5761: reports on one port where that is offered, and never asked for */
START_TEST(one_port_for_reports)
{
	established(_i ? RAW_SDP("8", "a=rtcp-mux\r\n") : RAW_SDP("8", ""));
	ck_assert_int_eq(strstr(raw.last, "\r\na=rtcp-mux\r\n") != NULL, _i);
	ck_assert_int_eq(call_hold(pair.door.call, true), 0);
	pair_run(100);
	ck_assert_int_eq(strncmp(raw.last, "INVITE ", 7), 0);
	ck_assert_int_eq(strstr(raw.last, "\r\na=rtcp-mux\r\n") != NULL, _i);
	raw_answer(200, "OK", "Contact: <sip:raw@10.77.0.3>\r\n" RAW_SDP_TYPE, RAW_SDP("8", "a=recvonly\r\n"));
	pair_run(100);
	ck_assert_int_eq(call_hold(pair.door.call, false), 0);
	pair_run(100);
	ck_assert_int_eq(strncmp(raw.last, "INVITE ", 7), 0);
	ck_assert(!strstr(raw.last, "rtcp-mux"));
	raw_answer(200, "OK", "Contact: <sip:raw@10.77.0.3>\r\n" RAW_SDP_TYPE, RAW_SDP("8", ""));
	pair_run(100);
}
END_TEST

/* Video beside audio is refused by port 0, the call goes on; a hold of ours keeps both lines */
START_TEST(video_is_declined)
{
	established(RAW_SDP("8", "m=video 7080 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"));
	ck_assert(strstr(raw.last, "\r\nm=video 0 RTP/AVP 0\r\n"));
	ck_assert_int_eq(call_hold(pair.door.call, true), 0);
	pair_run(100);
	ck_assert_int_eq(strncmp(raw.last, "INVITE ", 7), 0);
	ck_assert(strstr(raw.last, "\r\nm=audio "));
	ck_assert(strstr(raw.last, "\r\nm=video 0 "));
	ck_assert(strstr(raw.last, "\r\na=sendonly\r\n"));
	raw_answer(200, "OK", "Contact: <sip:raw@10.77.0.3>\r\n" RAW_SDP_TYPE,
		   RAW_SDP("8", "a=recvonly\r\nm=video 0 RTP/AVP 96\r\n"));
	pair_run(100);
}
END_TEST

/* INVITE without SDP: our offer in the 200, their answer in the ACK */
START_TEST(offer_in_answer)
{
	established("");
	ck_assert(strstr(raw.last, " RTP/AVP 8 0 101\r\n"));
	raw_request("ACK", NULL, 1, RAW_SDP_TYPE, RAW_SDP("0", ""));
	pair_run(100);
	ck_assert_str_eq(pair.door.log, "answered");
	ck_assert_str_eq(call_codec(pair.door.call), "PCMU");
	ck_assert_int_eq(call_dtmf_via(pair.door.call), DTMF_VIA_INBAND);
}
END_TEST

START_TEST(useless_answer_in_ack)
{
	established("");
	raw_request("ACK", NULL, 1, RAW_SDP_TYPE, RAW_SDP("18", ""));
	pair_run(100);
	ck_assert_str_eq(pair.door.log, "closed:Operation not supported");
	ck_assert_int_eq(strncmp(raw.last, "BYE ", 4), 0);
}
END_TEST

/* RFC 3261 §13.3.1.4: 200 repeated until the ACK; without one the call ends with BYE */
START_TEST(no_ack)
{
	raw_request("INVITE", NULL, 1, RAW_SDP_TYPE, offer);
	pair_run(31000);
	ck_assert_uint_ge(raw.count, 8);
	ck_assert_uint_eq(raw_code(), 200);
	ck_assert_str_eq(pair.door.log, "");
	pair_run(2000);
	ck_assert_str_eq(pair.door.log, "closed:Connection timed out");
	ck_assert(strstr(raw.all, "\nBYE sip:raw@10.77.0.3 SIP/2.0"));
}
END_TEST

static const struct { const char *body; const char *log; } reinvites[] = {
	{ RAW_SDP("8", "a=sendonly\r\n"), "answered hold" },
	{ RAW_SDP("8", "a=inactive\r\n"), "answered hold" },
	{ "v=0\r\no=raw 1 2 IN IP4 10.77.0.3\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
	  "m=audio 7078 RTP/AVP 8\r\n",
	  "answered hold" },
	{ RAW_SDP("8", "a=recvonly\r\n"), "answered" },
	{ RAW_SDP("8", ""), "answered" },
};

/* SIP-10: hold in all its spellings, and back */
START_TEST(peer_holds)
{
	char resumed[64];

	established(offer);
	raw_request("INVITE", NULL, 2, RAW_SDP_TYPE, reinvites[_i].body);
	pair_run(100);
	ck_assert_uint_eq(raw_code(), 200);
	raw_request("ACK", NULL, 2, "", "");
	pair_run(100);
	ck_assert_str_eq(pair.door.log, reinvites[_i].log);

	raw_request("INVITE", NULL, 3, RAW_SDP_TYPE, offer);
	pair_run(100);
	raw_request("ACK", NULL, 3, "", "");
	pair_run(100);
	snprintf(resumed, sizeof(resumed), "%s%s", reinvites[_i].log,
		 strstr(reinvites[_i].log, "hold") ? " resume" : "");
	ck_assert_str_eq(pair.door.log, resumed);
}
END_TEST

/* A re-INVITE may change the codec; one without a codec of ours is refused and changes nothing */
START_TEST(codec_change)
{
	established(offer);
	raw_request("INVITE", NULL, 2, RAW_SDP_TYPE, RAW_SDP("18", ""));
	pair_run(100);
	ck_assert_uint_eq(raw_code(), 488);
	raw_request("ACK", NULL, 2, "", "");
	ck_assert_str_eq(call_codec(pair.door.call), "PCMA");

	raw_request("INVITE", NULL, 3, RAW_SDP_TYPE, RAW_SDP("0", ""));
	pair_run(100);
	ck_assert_uint_eq(raw_code(), 200);
	raw_request("ACK", NULL, 3, "", "");
	memset(pair.rtp, 0, sizeof(pair.rtp));
	pair_run(1000);
	ck_assert_str_eq(call_codec(pair.door.call), "PCMU");
	ck_assert_uint_ge(pair.rtp[0], 49);
	ck_assert_uint_eq(pair.rtp[8], 0);
	ck_assert_str_eq(pair.door.log, "answered");
}
END_TEST

/* Session refresh without SDP: our offer, codec kept */
START_TEST(reinvite_without_offer)
{
	established(offer);
	raw_request("INVITE", NULL, 2, "", "");
	pair_run(100);
	ck_assert_uint_eq(raw_code(), 200);
	ck_assert(strstr(raw.last, "\r\nm=audio "));
	raw_request("ACK", NULL, 2, RAW_SDP_TYPE, offer);
	pair_run(100);
	ck_assert_str_eq(call_codec(pair.door.call), "PCMA");
	ck_assert_str_eq(pair.door.log, "answered");
}
END_TEST

static const struct { const char *type, *body; unsigned code; const char *log; } infos[] = {
	{ "Content-Type: application/dtmf-relay\r\n", "Signal=5\r\nDuration=160\r\n", 200,
	  "answered 5/info" },
	{ "Content-Type: application/dtmf\r\n", "#", 200, "answered #/info" },
	{ "Content-Type: application/dtmf-relay\r\n", "Signal=flash\r\n", 200, "answered" },
	{ "Content-Type: application/dtmf-relay\r\n", "Signal=?\r\n", 400, "answered" },
	{ "", "", 200, "answered" },
	{ "Content-Type: application/media_control+xml\r\n", "<x/>", 415, "answered" },
};

/* SIP-06: INFO inside the dialog */
START_TEST(info)
{
	established(offer);
	raw_request("INFO", NULL, 2, infos[_i].type, infos[_i].body);
	pair_run(100);
	ck_assert_uint_eq(raw_code(), infos[_i].code);
	ck_assert_str_eq(pair.door.log, infos[_i].log);
	if (infos[_i].code == 415)
		ck_assert(strstr(raw.last,
				 "\r\nAccept: application/dtmf-relay, application/dtmf\r\n"));
}
END_TEST

/* A phone that answers our hold with "inactive" does not hold us */
START_TEST(inactive_answer_to_our_hold)
{
	established(offer);
	ck_assert_int_eq(call_hold(pair.door.call, true), 0);
	pair_run(100);
	raw_answer(200, "OK", "Contact: <sip:raw@10.77.0.3>\r\n" RAW_SDP_TYPE,
		   RAW_SDP("8", "a=inactive\r\n"));
	pair_run(100);
	ck_assert_str_eq(pair.door.log, "answered");
}
END_TEST

/* 491 to our re-INVITE: libre tries again */
START_TEST(glare)
{
	established(offer);
	ck_assert_int_eq(call_hold(pair.door.call, true), 0);
	pair_run(100);
	raw_answer(491, "Request Pending", "", "");
	pair_run(100);
	raw.count = 0;
	pair_run(1500);
	ck_assert_uint_ge(raw.count, 1);
	ck_assert(strstr(raw.last, "\r\na=sendonly\r\n"));
	raw_answer(488, "Not Acceptable Here", "", "");
	pair_run(100);
	ck_assert(call_established(pair.door.call));
	ck_assert_str_eq(pair.door.log, "answered");
}
END_TEST

START_TEST(refer_is_declined)
{
	established(offer);
	raw_request("REFER", NULL, 2, "Refer-To: <sip:x@10.77.0.9>\r\n", "");
	pair_run(100);
	ck_assert_uint_eq(raw_code(), 603);
	ck_assert_str_eq(pair.door.log, "answered REFER:603");
}
END_TEST

/* One INVITE sent three times is one call */
START_TEST(repeated_invite)
{
	pair.door.taking = TAKE_RING;
	raw_request("INVITE", NULL, 1, RAW_SDP_TYPE, offer);
	raw_request("INVITE", NULL, 1, RAW_SDP_TYPE, offer);
	pair_run(500);
	raw.count = 0;
	raw_request("INVITE", NULL, 1, RAW_SDP_TYPE, offer);
	pair_run(100);
	ck_assert_uint_eq(raw.count, 1);
	ck_assert_uint_eq(raw_code(), 180);
	ck_assert_str_eq(pair.door.log, "");
}
END_TEST

static void door_calls_raw(void)
{
	const struct call_dial d = { .to = "sip:10.77.0.3", .from_user = "1_test" };

	ck_assert_int_eq(call_dial(&pair.door.call, pair.door.ua, &d, on_event, &pair.door), 0);
	pair_run(100);
	ck_assert_int_eq(strncmp(raw.last, "INVITE ", 7), 0);
}

/* RFC 3261 §8.1.3.4: libre follows a redirection */
START_TEST(redirection_is_followed)
{
	door_calls_raw();
	raw_answer(302, "Moved Temporarily", "Contact: <sip:10.77.0.2>\r\n", "");
	pair_run(500);
	ck_assert_str_eq(pair.door.log, "answered");
	ck_assert_str_eq(pair.phone.log, "answered");
}
END_TEST

/* SDP in 183, none in 200 */
START_TEST(answer_came_early)
{
	door_calls_raw();
	raw_answer(183, "Session Progress", RAW_SDP_TYPE, RAW_SDP("0", ""));
	pair_run(500);
	ck_assert_str_eq(pair.door.log, "183");
	ck_assert_str_eq(call_codec(pair.door.call), "PCMU");
	ck_assert_int_eq(strncmp(raw.last, "INVITE ", 7), 0);
	raw_answer(200, "OK", "Contact: <sip:raw@10.77.0.3>\r\n", "");
	pair_run(100);
	ck_assert_str_eq(pair.door.log, "183 answered");
}
END_TEST

static const struct { const char *type, *body; } useless[] = {
	{ "", "" }, { RAW_SDP_TYPE, "nonsense" }, { RAW_SDP_TYPE, RAW_SDP("18", "") },
	{ "Content-Type: a/b\r\n", "x" },
};

/* An answer without usable SDP: acknowledged, BYE, and the owner gets an error */
START_TEST(useless_answer)
{
	char headers[128];

	snprintf(headers, sizeof(headers), "Contact: <sip:raw@10.77.0.3>\r\n%s", useless[_i].type);
	door_calls_raw();
	raw_answer(200, "OK", headers, useless[_i].body);
	pair_run(100);
	ck_assert(strstr(raw.all, "\nACK sip:"));
	ck_assert(strstr(raw.all, "\nBYE sip:"));
	ck_assert_int_eq(strncmp(pair.door.log, "closed:", 7), 0);
	ck_assert_str_ne(pair.door.log, "closed:0");
}
END_TEST

/* Reason phrases are text of outside */
static char reason[128];

static void keep_reason(struct call *call, const struct call_event *ev, void *arg)
{
	(void)call;
	(void)arg;
	snprintf(reason, sizeof(reason), "%u %s", ev->scode, ev->reason);
}

START_TEST(reason_phrase)
{
	door_calls_raw();
	call_set_handler(pair.door.call, keep_reason, NULL);
	raw_answer(404, "Not \x1b[31mFound, and a phrase that is much longer than anybody needs it",
		   "", "");
	pair_run(100);
	ck_assert_str_eq(reason, "404 Not ?[31mFound, and a phrase that is much longe");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("call_peer");
	TCase *t = tcase_create("call_peer");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, answer_to_offer);
	tcase_add_test(t, offer_of_the_trace);
	tcase_add_loop_test(t, digits_beside_opus, 0, 4);
	tcase_add_loop_test(t, one_port_for_reports, 0, 2);
	tcase_add_test(t, video_is_declined);
	tcase_add_test(t, offer_in_answer);
	tcase_add_test(t, useless_answer_in_ack);
	tcase_add_test(t, no_ack);
	tcase_add_loop_test(t, peer_holds, 0, ARRAY_SIZE(reinvites));
	tcase_add_test(t, codec_change);
	tcase_add_test(t, reinvite_without_offer);
	tcase_add_loop_test(t, info, 0, ARRAY_SIZE(infos));
	tcase_add_test(t, inactive_answer_to_our_hold);
	tcase_add_test(t, glare);
	tcase_add_test(t, refer_is_declined);
	tcase_add_test(t, repeated_invite);
	tcase_add_test(t, redirection_is_followed);
	tcase_add_test(t, answer_came_early);
	tcase_add_loop_test(t, useless_answer, 0, ARRAY_SIZE(useless));
	tcase_add_test(t, reason_phrase);
	suite_add_tcase(s, t);

	return s;
}
