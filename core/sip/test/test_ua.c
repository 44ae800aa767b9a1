/**
 * @file test_ua.c  Requests outside a call, faults, garbage (SIP-01, 02, 04, 10, SUP-10)
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

/* SIP-04: own address, port 5060 left out */
START_TEST(own_uri)
{
	struct ua_config cfg = { .user = "ip gap", .conf = &pair.door.conf, .media = pair.media };
	struct ua *ua;

	ck_assert_str_eq(ua_uri(pair.door.ua), "sip:ipacGap@10.77.0.1");
	ck_assert_uint_eq(sa_port(ua_laddr(pair.door.ua)), 5060);
	ck_assert_int_eq(sa_set_str(&cfg.laddr, "10.77.0.1", 5070), 0);
	ck_assert_int_eq(ua_alloc(&ua, &cfg), 0);
	ck_assert_str_eq(ua_uri(ua), "sip:ip%20gap@10.77.0.1:5070");
	ua_close(ua, true);
	mem_deref(ua);
}
END_TEST

START_TEST(port_taken)
{
	struct ua_config cfg = { .user = "x", .conf = &pair.door.conf, .media = pair.media };
	struct ua *ua = NULL;

	cfg.laddr = *ua_laddr(pair.door.ua);
	ck_assert_int_eq(ua_alloc(&ua, &cfg), EADDRINUSE);
	ck_assert_ptr_null(ua);
}
END_TEST

/* SIP-10 */
START_TEST(options_answered)
{
	raw_request("OPTIONS", NULL, 1, "", "");
	pair_run(100);
	ck_assert_uint_eq(raw_code(), 200);
	ck_assert(strstr(raw.last, "\r\nAllow: " UA_ALLOW "\r\n"));
	ck_assert(strstr(raw.last, "\r\nAccept: application/sdp"));
	ck_assert(strstr(raw.last, "\r\nSupported:"));
	ck_assert(strstr(raw.last, "\r\nServer: ipgap test\r\n"));
	ck_assert_str_eq(pair.door.log, "");
}
END_TEST

static const struct {
	const char *method, *uri, *headers, *body;
	unsigned code;
	const char *in, *log;
} requests[] = {
	{ "REGISTER", NULL, "", "", 405, "\r\nAllow: " UA_ALLOW, "REGISTER:405" },
	{ "UPDATE", NULL, "", "", 481, "", "UPDATE:481" },
	{ "SUBSCRIBE", NULL, "Event: presence\r\n", "", 405, "\r\nAllow: " UA_ALLOW,
	  "SUBSCRIBE:405" },
	{ "DANCE", NULL, "", "", 501, "\r\nAllow: " UA_ALLOW, "DANCE:501" },
	{ "REFER", NULL, "Refer-To: <sip:x@y>\r\n", "", 603, "", "REFER:603" },
	{ "INFO", NULL, "Content-Type: application/dtmf\r\n", "5", 481, "", "INFO:481" },
	{ "BYE", NULL, "", "", 481, "", "" },
	{ "CANCEL", NULL, "", "", 481, "", "" },
	{ "OPTIONS", "sips:door@10.77.0.1", "", "", 416, "", "OPTIONS:416" },
	{ "INVITE", "im:door@10.77.0.1", "", "", 416, "", "INVITE:416" },
	{ "OPTIONS", NULL, "Require: 100rel, magic\r\n", "", 420, "\r\nUnsupported: ",
	  "OPTIONS:420" },
	{ "INVITE", NULL, "Require: timer, precondition\r\n", "", 420,
	  "\r\nUnsupported: precondition\r\n", "INVITE:420" },
	{ "INVITE", NULL, "Require: replaces\r\nReplaces: a;to-tag=b;from-tag=c\r\n", "", 481, "",
	  "INVITE:481" },
	{ "INVITE", NULL, "Replaces: a;to-tag=b\r\n", "", 400, "", "INVITE:400" },
	{ "INVITE", NULL, "Replaces: \r\n", "", 400, "", "INVITE:400" },
	{ "INVITE", NULL, "Session-Expires: 89\r\n", "", 422, "\r\nMin-SE: 90\r\n", "INVITE:422" },
	{ "MESSAGE", NULL, "Content-Type: text/html\r\n", "<b>", 415, "\r\nAccept: text/plain\r\n",
	  "MESSAGE:415" },
	{ "MESSAGE", NULL, "", "hello", 415, "\r\nAccept: text/plain\r\n", "MESSAGE:415" },
	{ "INVITE", NULL, "Content-Type: text/plain\r\n", "hello", 415,
	  "\r\nAccept: application/sdp\r\n", "INVITE:415" },
	{ "INVITE", NULL, RAW_SDP_TYPE, "nonsense", 400, "", "INVITE:400" },
	{ "INVITE", NULL, RAW_SDP_TYPE, RAW_SDP("18 4", ""), 488, "\r\nWarning: 305 10.77.0.1 ",
	  "INVITE:488" },
	{ "INVITE", NULL, RAW_SDP_TYPE, RAW_SDP("101", "a=rtpmap:101 telephone-event/8000\r\n"),
	  488, "",
	  "INVITE:488" },
	{ "INVITE", NULL, RAW_SDP_TYPE, "v=0\r\nm=audio 0 RTP/AVP 8\r\n", 488, "", "INVITE:488" },
	{ "INVITE", NULL, RAW_SDP_TYPE, RAW_SDP("8", ""), 486, "", "INVITE:486" },
};

/* Each refusal, and the owner is told */
START_TEST(refused)
{
	pair.door.taking = TAKE_NOTHING;
	raw_request(requests[_i].method, requests[_i].uri, 1, requests[_i].headers,
		    requests[_i].body);
	pair_run(100);
	ck_assert_uint_eq(raw_code(), requests[_i].code);
	ck_assert_msg(strstr(raw.last, requests[_i].in) != NULL, "%s", raw.last);
	ck_assert_str_eq(pair.door.log, requests[_i].log);
	ck_assert_ptr_null(pair.door.call);
}
END_TEST

/* SUP-10: text reaches the handler, bytes that are no text do not */
START_TEST(message_received)
{
	raw_request("MESSAGE", NULL, 1, "Content-Type: text/plain\r\n",
		    "identity=000000000 ;product=81 ;alerte=01");
	pair_run(100);
	ck_assert_uint_eq(raw_code(), 200);
	ck_assert_str_eq(pair.door.heard, "identity=000000000 ;product=81 ;alerte=01");
	ck_assert_str_eq(pair.door.from, "sip:raw@10.77.0.3");

	raw_request("MESSAGE", NULL, 2, "Content-Type: text/plain;charset=utf-8\r\n",
		    "caf\xc3\xa9\r\n\x1b[2J\xff\xc3 \xed\xa0\x80 \xc2\x9b\x7f");
	pair_run(100);
	ck_assert_str_eq(pair.door.heard, "caf\xc3\xa9\n?[2J?? ??? ???");
}
END_TEST

START_TEST(message_too_long)
{
	char body[UA_MESSAGE_MAX + 2];

	memset(body, 'x', sizeof(body));
	body[UA_MESSAGE_MAX + 1] = '\0';
	raw_request("MESSAGE", NULL, 1, "Content-Type: text/plain\r\n", body);
	pair_run(100);
	ck_assert_uint_eq(raw_code(), 413);
	body[UA_MESSAGE_MAX] = '\0';
	raw_request("MESSAGE", NULL, 2, "Content-Type: text/plain\r\n", body);
	pair_run(100);
	ck_assert_uint_eq(raw_code(), 200);
	ck_assert_uint_eq(strlen(pair.door.heard), UA_MESSAGE_MAX);
}
END_TEST

static void sent(const char *to, int err, uint16_t scode, void *arg)
{
	say(arg, "%s:%s:%u", to, err ? strerror(err) : "ok", scode);
}

static void send_to(const char *to)
{
	ck_assert_int_eq(ua_message(pair.door.ua, to, "123456789_test", "hello", sent, &pair.door),
			 0);
}

START_TEST(message_sent)
{
	send_to("sip:10.77.0.2");
	pair_run(100);
	ck_assert_str_eq(pair.door.log, "sip:10.77.0.2:ok:200");
	ck_assert_str_eq(pair.phone.heard, "hello");
	ck_assert_str_eq(pair.phone.from, "sip:123456789_test@10.77.0.1");
}
END_TEST

START_TEST(message_fails)
{
	send_to("sip:10.77.0.9");
	pair_run(31000);
	ck_assert_str_eq(pair.door.log, "");
	pair_run(2000);
	ck_assert_str_eq(pair.door.log, "sip:10.77.0.9:Connection timed out:0");
	ck_assert_int_ne(ua_message(pair.door.ua, "mailto:x@y", NULL, "x", sent, NULL), 0);
}
END_TEST

START_TEST(message_pending_at_close)
{
	send_to("sip:10.77.0.9");
	pair_run(100);
	ua_close(pair.door.ua, true);
	pair_run(40000);
	ck_assert_str_eq(pair.door.log, "");
	ck_assert_int_eq(ua_message(pair.door.ua, "sip:10.77.0.2", NULL, "x", sent, NULL), EINVAL);
}
END_TEST

static const char whole[] =
	"INVITE sip:ipacGap@10.77.0.1 SIP/2.0\r\n"
	"Via: SIP/2.0/UDP 10.77.0.3:5060;branch=z9hG4bKx;rport\r\n"
	"From: <sip:raw@10.77.0.3>;tag=t\r\n"
	"To: <sip:ipacGap@10.77.0.1>\r\n"
	"Call-ID: garbage\r\n"
	"CSeq: 1 INVITE\r\n"
	"Contact: <sip:raw@10.77.0.3>\r\n"
	"Session-Expires: 1800;refresher=uac\r\n"
	"Supported: timer, replaces\r\n"
	"Require: timer\r\n"
	"Content-Type: application/sdp\r\n"
	"Content-Length: 9\r\n\r\n"
	"v=0\r\nm=\r\n";

static void still_alive(void)
{
	raw_request("OPTIONS", NULL, 4711, "", "");
	pair_run(100);
	ck_assert_uint_eq(raw_code(), 200);
	ck_assert_ptr_nonnull(strstr(raw.last, "4711 OPTIONS"));
}

/* SIP-02: what is not SIP does no harm: cut at every byte, then every byte spoilt */
START_TEST(malformed)
{
	char text[sizeof(whole)];
	size_t i;

	for (i = 0; i < sizeof(whole) - 1; i++)
		raw_bytes(whole, i);
	pair_run(100);
	for (i = 0; i < sizeof(whole) - 1; i++) {
		memcpy(text, whole, sizeof(whole));
		text[i] = "\0\xff\r\n:<;% "[i % 9];
		raw_bytes(text, sizeof(whole) - 1);
		if (i % 50 == 0)
			pair_run(50);
	}
	pair_run(40000);
	still_alive();
}
END_TEST

START_TEST(noise)
{
	uint8_t buf[1400];
	unsigned i, k;

	srand(1);
	for (i = 0; i < 2000; i++) {
		const size_t n = (size_t)rand() % sizeof(buf);

		for (k = 0; k < n; k++)
			buf[k] = (uint8_t)rand();
		raw_bytes(buf, n);
		if (i % 100 == 0)
			pair_run(10);
	}
	pair_run(100);
	still_alive();
}
END_TEST

/* Headers that contradict each other or miss: 400, or silence where no answer can be made */
START_TEST(incomplete)
{
	static const char *const cut[] = { "\r\nFrom:", "\r\nTo:", "\r\nCall-ID:", "\r\nCSeq:",
					   "\r\nVia:", "\r\nContact:" };
	char text[sizeof(whole)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cut); i++) {
		char *p;

		memcpy(text, whole, sizeof(whole));
		p = strstr(text, cut[i]);
		memcpy(p + 2, "X-", 2);
		raw_text(text);
		pair_run(100);
		ck_assert(!raw.count || raw_code() == 400);
	}
	memcpy(text, whole, sizeof(whole));
	memcpy(strstr(text, "1 INVITE"), "1 OPTION", 8);
	raw_text(text);
	pair_run(100);
	ck_assert_uint_eq(raw_code(), 400);
	still_alive();
}
END_TEST

/* A request is refused politely while the agent finishes its last transactions */
START_TEST(closing)
{
	struct sa phone;

	pair_talk();
	ck_assert_int_eq(sa_set_str(&phone, "10.77.0.2", 0), 0);
	vnet_link(&phone, false);
	ua_close(pair.door.ua, false);          /* its BYE is never answered */
	pair_run(1000);
	raw_request("INVITE", NULL, 1, "", "");
	pair_run(100);
	ck_assert_uint_eq(raw_code(), 503);
	pair_run(40000);
	raw.count = 0;
	raw_request("OPTIONS", NULL, 2, "", "");
	pair_run(1000);
	ck_assert_uint_eq(raw.count, 0);
	ck_assert_ptr_null(ua_sip(pair.door.ua));
}
END_TEST

/* SIP-01: TCP beside UDP on the same port */
START_TEST(tcp_beside_udp)
{
	struct call_dial d = { .to = "sip:10.77.0.5;transport=tcp", .from_user = "1_test" };
	struct side tcp = { .taking = TAKE_ANSWER }, from = { .taking = TAKE_ANSWER };
	struct ua_config cfg = { .user = "tcp", .conf = &pair.phone.conf, .media = pair.media,
				.tcp = true };
	struct ua_config own = { .user = "own", .conf = &pair.door.conf, .media = pair.media,
				.tcp = true };

	ck_assert_int_eq(sa_set_str(&cfg.laddr, "10.77.0.5", 5060), 0);
	ck_assert_int_eq(sa_set_str(&own.laddr, "10.77.0.6", 5060), 0);
	vnet_home(&own.laddr);
	ck_assert_int_eq(ua_alloc(&tcp.ua, &cfg), 0);
	ck_assert_int_eq(ua_alloc(&from.ua, &own), 0);
	ua_handlers(tcp.ua, on_call, NULL, NULL, &tcp);
	ck_assert_int_eq(call_dial(&from.call, from.ua, &d, on_event, &from), 0);
	pair_run(1000);
	ck_assert_str_eq(from.log, "answered");
	ck_assert_str_eq(tcp.from, "sip:1_test@10.77.0.6");
	ck_assert_int_eq(call_hangup(from.call), 0);
	pair_run(1000);
	ck_assert_str_eq(tcp.log, "answered closed:0");

	mem_deref(from.call);
	mem_deref(tcp.call);
	mem_deref(from.ua);
	mem_deref(tcp.ua);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ua");
	TCase *t = tcase_create("ua");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, own_uri);
	tcase_add_test(t, port_taken);
	tcase_add_test(t, options_answered);
	tcase_add_loop_test(t, refused, 0, ARRAY_SIZE(requests));
	tcase_add_test(t, message_received);
	tcase_add_test(t, message_too_long);
	tcase_add_test(t, message_sent);
	tcase_add_test(t, message_fails);
	tcase_add_test(t, message_pending_at_close);
	tcase_add_test(t, malformed);
	tcase_add_test(t, noise);
	tcase_add_test(t, incomplete);
	tcase_add_test(t, closing);
	tcase_add_test(t, tcp_beside_udp);
	suite_add_tcase(s, t);

	return s;
}
