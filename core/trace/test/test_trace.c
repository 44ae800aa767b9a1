/**
 * @file test_trace.c  The debug trace: off by default, bounded, secrets struck out, readable while it runs (WEB-08)
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "core/trace/trace.h"
#include "sim/vnet.h"

#define WALL 1767600000123456           /* 2026-01-05 08:00:00.123456 UTC */

Suite *suite(void);

static struct trace *t;
static struct sa door, phone;
static int on, off;

static void turned(bool now, void *arg)
{
	ck_assert_ptr_eq(arg, &t);
	*(now ? &on : &off) += 1;
}

static void setup(void)
{
	ck_assert_int_eq(vnet_start(true, 1), 0);
	ck_assert_int_eq(libre_init(), 0);
	ck_assert_int_eq(sa_set_str(&door, "192.168.0.33", 5060), 0);
	ck_assert_int_eq(sa_set_str(&phone, "fd77::22", 5062), 0);
	ck_assert_int_eq(trace_alloc(&t, turned, &t), 0);
}

static void teardown(void)
{
	t = mem_deref(t);
	libre_close();
}

static void sip(const char *text, enum trace_over over)
{
	const struct trace_item it = {
		.wall_us = WALL, .src = &door, .dst = &door, .data = (const uint8_t *)text, .len = strlen(text), .over = over,
		.sent = true,
	};

	trace_sip(t, &it);
}

static void packet(const struct sa *sa, const void *data, size_t len)
{
	const struct trace_item it = {.wall_us = WALL, .src = sa, .dst = sa, .data = data, .len = len};

	trace_packet(t, &it);
}

static struct trace_state state(void)
{
	struct trace_state s;

	trace_state(t, &s);
	return s;
}

static struct mbuf *whole(enum trace_form form, size_t size)
{
	struct mbuf *mb = mbuf_alloc(64), *piece = mbuf_alloc(64);
	struct trace_reader r;
	int e;

	trace_read_begin(&r, t, form);
	do {
		mbuf_rewind(piece);
		e = trace_read(&r, t, piece, size);
		if (piece->end)
			ck_assert_int_eq(mbuf_write_mem(mb, piece->buf, piece->end), 0);
	} while (!e);
	ck_assert_int_eq(e, ENODATA);
	ck_assert_int_eq(mbuf_write_u8(mb, 0), 0);
	mem_deref(piece);

	return mb;
}

/* WEB-08: nothing is kept, and nothing allocated, while it is off */
START_TEST(off_by_default)
{
	sip("OPTIONS sip:a SIP/2.0\r\n\r\n", TRACE_UDP);
	packet(&door, "x", 1);
	ck_assert(!state().running);
	ck_assert_uint_eq(state().sip + state().packets + state().bytes + state().dropped, 0);
	ck_assert_int_eq(state().since_us, 0);
	ck_assert_int_eq(on + off, 0);
	ck_assert(!trace_runs(NULL));
}
END_TEST

START_TEST(start_stop_clear)
{
	ck_assert_int_eq(trace_start(t, WALL), 0);
	ck_assert_int_eq(trace_start(t, WALL + 1), EALREADY);
	ck_assert_int_eq(state().since_us, WALL);
	sip("A", TRACE_UDP);
	packet(&door, "x", 1);
	packet(&phone, "", 0);
	ck_assert_uint_eq(state().sip, 1);
	ck_assert_uint_eq(state().packets, 2);
	trace_stop(t);
	trace_stop(t);
	packet(&door, "y", 1);
	ck_assert_uint_eq(state().packets, 2);
	ck_assert_uint_gt(state().bytes, 0);
	ck_assert_int_eq(on, 1);
	ck_assert_int_eq(off, 1);
	ck_assert_int_eq(trace_start(t, WALL + 2), 0);
	ck_assert_uint_eq(state().packets + state().sip + state().bytes, 0);
	packet(&door, "z", 1);
	trace_clear(t);
	ck_assert(state().running);
	ck_assert_uint_eq(state().packets + state().bytes, 0);
	trace_stop(t);
	trace_clear(t);
	ck_assert_int_eq(state().since_us, 0);
}
END_TEST

/* WEB-08: full memory drops the oldest and counts them; sound pushes out no SIP */
START_TEST(memory_is_bounded)
{
	static uint8_t rtp[1200];
	const unsigned n = 20000, rows = 40000;
	struct mbuf *mb;
	char text[64];
	unsigned i;

	ck_assert_int_eq(trace_start(t, WALL), 0);
	sip("FIRST", TRACE_UDP);
	for (i = 0; i < n; i++)
		packet(&door, rtp, sizeof(rtp));
	ck_assert_uint_le(state().bytes, TRACE_PACKET_BYTES + TRACE_CHUNK);
	ck_assert_uint_eq(state().sip, 1);
	ck_assert_uint_eq(state().packets + state().dropped, n);
	ck_assert_uint_gt(state().packets, TRACE_PACKET_BYTES / 1400);
	for (i = 0; i < rows; i++) {
		snprintf(text, sizeof(text), "MESSAGE %u", i);
		sip(text, TRACE_UDP);
	}
	ck_assert_uint_le(state().bytes, TRACE_PACKET_BYTES + TRACE_SIP_BYTES);
	mb = whole(TRACE_TEXT, 4096);
	ck_assert_ptr_null(strstr((char *)mb->buf, "FIRST"));
	ck_assert_ptr_null(strstr((char *)mb->buf, "\nMESSAGE 0\n"));
	ck_assert_ptr_nonnull(strstr((char *)mb->buf, "\nMESSAGE 39999\n"));
	mem_deref(mb);
}
END_TEST

START_TEST(a_packet_larger_than_a_piece_of_memory_is_counted)
{
	static uint8_t big[TRACE_CHUNK];

	ck_assert_int_eq(trace_start(t, WALL), 0);
	packet(&door, big, sizeof(big));
	packet(&door, big, 65507);
	ck_assert_uint_eq(state().packets, 1);
	ck_assert_uint_eq(state().dropped, 1);
}
END_TEST

/* A reader sees what there was when it began; what is dropped meanwhile it does not miss badly */
START_TEST(a_trace_is_read_while_it_runs)
{
	static uint8_t rtp[60000];
	struct trace_reader r;
	struct mbuf *mb = mbuf_alloc(64);
	unsigned i;
	int e;

	ck_assert_int_eq(trace_start(t, WALL), 0);
	packet(&door, rtp, sizeof(rtp));
	packet(&door, rtp, sizeof(rtp));
	trace_read_begin(&r, t, TRACE_PCAPNG);
	ck_assert_int_eq(trace_read(&r, t, mb, 1000), 0);
	for (i = 0; i < 300; i++)
		packet(&door, rtp, sizeof(rtp));
	mbuf_rewind(mb);
	e = trace_read(&r, t, mb, 1000);
	ck_assert_int_eq(e, ENODATA);
	ck_assert_uint_eq(mb->end, 0);
	trace_stop(t);
	trace_clear(t);
	ck_assert_int_eq(trace_read(&r, t, mb, 1000), ENODATA);
	mem_deref(mb);
}
END_TEST

/* A call has a tick of 20 ms: no piece of a full trace takes so long, though all of its SIP is passed over */
START_TEST(a_piece_of_a_full_trace_takes_no_time)
{
	static uint8_t rtp[172];
	static char text[400];
	struct mbuf *piece = mbuf_alloc(65536);
	struct trace_reader r;
	clock_t worst = 0;
	unsigned i;
	int e;

	memset(text, 'x', sizeof(text) - 1);
	ck_assert_int_eq(trace_start(t, WALL), 0);
	for (i = 0; i < TRACE_PACKET_BYTES / sizeof(rtp); i++)
		packet(&door, rtp, sizeof(rtp));
	for (i = 0; i < TRACE_SIP_BYTES / sizeof(text); i++)
		sip(text, TRACE_UDP);
	trace_read_begin(&r, t, TRACE_PCAPNG);
	do {
		const clock_t begun = clock();

		mbuf_rewind(piece);
		e = trace_read(&r, t, piece, 32768);
		worst = clock() - begun > worst ? clock() - begun : worst;
	} while (!e);
	ck_assert_int_eq(e, ENODATA);
	ck_assert_int_lt(worst, CLOCKS_PER_SEC / 50);
	mem_deref(piece);
}
END_TEST

static void later(void *arg)
{
	struct tmr *tmr = arg;

	if (state().running)
		tmr_start(tmr, 1000, later, tmr);
	else
		re_cancel();
}

/* WEB-08: a trace that nobody stops ends by itself */
START_TEST(a_forgotten_trace_stops)
{
	const uint64_t start = vnet_now_us();
	struct tmr tmr;

	ck_assert_int_eq(trace_start(t, WALL), 0);
	packet(&door, "x", 1);
	tmr_init(&tmr);
	tmr_start(&tmr, 1000, later, &tmr);
	ck_assert_int_eq(re_main(NULL), 0);
	ck_assert_uint_ge(vnet_now_us() - start, TRACE_MAX_S * 1000000ULL);
	ck_assert_uint_le(vnet_now_us() - start, (TRACE_MAX_S + 2) * 1000000ULL);
	ck_assert_uint_eq(state().packets, 1);
	ck_assert_int_eq(off, 1);
}
END_TEST

START_TEST(a_trace_ends_with_its_owner)
{
	ck_assert_int_eq(trace_start(t, WALL), 0);
	t = mem_deref(t);
	ck_assert_int_eq(off, 1);
}
END_TEST

/* --- secrets --- */

static const struct { const char *before, *after; } secret[] = {
	{"REGISTER sip:p SIP/2.0\r\nAuthorization: Digest username=\"101\", realm=\"p\", nonce=\"n,1\", uri=\"sip:p\", "
	 "response=\"0123456789abcdef\", cnonce=\"cafe\", nc=00000001, qop=auth\r\nContent-Length: 0\r\n\r\n",
	 "REGISTER sip:p SIP/2.0\r\nAuthorization: Digest username=\"101\", realm=\"p\", nonce=\"n,1\", uri=\"sip:p\", "
	 "response=******************, cnonce=******, nc=00000001, qop=auth\r\nContent-Length: 0\r\n\r\n"},
	{"INVITE a\r\nproxy-authorization : digest\r\n response = \"abc\",\r\n\trealm=\"x\"\r\nTo: b\r\n\r\n",
	 "INVITE a\r\nproxy-authorization : digest\r\n response = *****,\r\n\trealm=\"x\"\r\nTo: b\r\n\r\n"},
	{"INVITE a\r\nAuthorization: Basic YWRtaW46YWRtaW4=\r\n\r\n", "INVITE a\r\nAuthorization: ***** ****************\r\n\r\n"},
	{"INVITE a\r\nAuthorization: Digest response=\"a\\\",realm=\"b\r\n\r\n", "INVITE a\r\nAuthorization: Digest response=*************\r\n\r\n"},
	{"INVITE a\r\nAuthorization: Digest realm=\"p, response=\"0123\", nc=1\r\n\r\n",
	 "INVITE a\r\nAuthorization: Digest realm=\"p, response=******, nc=1\r\n\r\n"},
	{"SIP/2.0 200 OK\r\nAuthentication-Info: rspauth=\"abc\", qop=auth, nextnonce=\"n\"\r\n\r\n",
	 "SIP/2.0 200 OK\r\nAuthentication-Info: rspauth=*****, qop=auth, nextnonce=\"n\"\r\n\r\n"},
	{"INVITE a\r\n\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20|1:4\r\na=rtpmap:8 PCMA/8000\r\n",
	 "INVITE a\r\n\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:*****************\r\na=rtpmap:8 PCMA/8000\r\n"},
	{"INVITE a\n\na=crypto:1 X\nk=base64:abc\na=ice-pwd:xyz\na=ice-ufrag:u\na=key-mgmt:mikey AQ\n",
	 "INVITE a\n\na=crypto:* *\nk=**********\na=ice-pwd:***\na=ice-ufrag:u\na=key-mgmt:***** **\n"},
	{"INFO a\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal=5\r\nDuration=160\r\n",
	 "INFO a\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal=*\r\nDuration=160\r\n"},
	{"INFO a\r\nc: application/dtmf\r\n\r\n4242", "INFO a\r\nc: application/dtmf\r\n\r\n****"},
	{"MESSAGE a\r\n\r\nSignal=5 k=", "MESSAGE a\r\n\r\nSignal=5 k="},
	{"INVITE a\r\nAuthorization", "INVITE a\r\nAuthorization"},
	{"INVITE a\r\nAuthorization:", "INVITE a\r\nAuthorization:"},
	{"INVITE a\r\nAuthorization: Digest ,,=,response", "INVITE a\r\nAuthorization: Digest ,,=,********"},
	{"\r\n\r\n", "\r\n\r\n"}, {"", ""}, {"a=crypto:1 inline:k", "a=crypto:1 inline:k"},
};

START_TEST(secrets_are_struck_out)
{
	const size_t n = strlen(secret[_i].before);
	char *copy = malloc(n ? n : 1);         /* without an end: a byte too far is seen */

	memcpy(copy, secret[_i].before, n);
	trace_strike(copy, n);
	ck_assert_msg(n == strlen(secret[_i].after) && !memcmp(copy, secret[_i].after, n), "%.*s\nis not\n%s", (int)n, copy,
		      secret[_i].after);
	free(copy);
}
END_TEST

START_TEST(the_text_has_messages_and_no_secrets)
{
	struct mbuf *mb;

	ck_assert_int_eq(trace_start(t, WALL), 0);
	sip("INVITE sip:a SIP/2.0\r\n\r\na=crypto:1 S inline:c2VjcmV0\r\n\x1b[2J", TRACE_TLS);
	packet(&door, "INVITE no datagram", 18);
	mb = whole(TRACE_TEXT, 10);
	ck_assert_ptr_nonnull(strstr((char *)mb->buf, "2026-01-05T08:00:00.123456Z  sent by TLS, 58 bytes, 192.168.0.33:5060 -> "
						      "192.168.0.33:5060\n\nINVITE sip:a SIP/2.0\n\n"));
	ck_assert_ptr_nonnull(strstr((char *)mb->buf, "inline:********\n.[2J\n"));
	ck_assert_ptr_null(strstr((char *)mb->buf, "c2VjcmV0"));
	ck_assert_ptr_null(strstr((char *)mb->buf, "no datagram"));
	mem_deref(mb);
}
END_TEST

/* --- the capture, as tshark reads it --- */

static void tshark(const char *fields, const char *want)
{
	char file[] = "/tmp/test_trace_XXXXXX", cmd[512], got[1024] = "";
	struct mbuf *mb = whole(TRACE_PCAPNG, 100);
	const int fd = mkstemp(file);
	FILE *p;
	size_t n;

	ck_assert_int_eq(write(fd, mb->buf, mb->end - 1), (ssize_t)mb->end - 1);
	close(fd);
	snprintf(cmd, sizeof(cmd), "tshark -N n -r %s -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields "
		 "-E separator=' ' %s 2>&1", file, fields);
	p = popen(cmd, "r");
	ck_assert_ptr_nonnull(p);
	n = fread(got, 1, sizeof(got) - 1, p);
	got[n] = '\0';
	pclose(p);
	unlink(file);
	mem_deref(mb);
	ck_assert_msg(strstr(got, want) != NULL, "%s is not in\n%s", want, got);
}

START_TEST(the_capture_is_read_by_tshark)
{
	static const char options[] = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:x@y>;tag=1\r\n"
				      "To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 7 OPTIONS\r\nContent-Length: 0\r\n\r\n";
	char secure[600];

	if (system("tshark --version > /dev/null 2>&1"))
		return;                 /* ci/packages.check has it */
	ck_assert_int_eq(trace_start(t, WALL), 0);
	snprintf(secure, sizeof(secure), "REGISTER sip:b SIP/2.0\r\nAuthorization: Digest response=\"abc\"\r\nCSeq: 8 REGISTER\r\n\r\n");
	packet(&door, options, strlen(options));
	sip(options, TRACE_UDP);
	packet(&phone, options, strlen(options));
	sip(secure, TRACE_TLS);
	tshark("-e frame.number -e sip.Method -e udp.srcport -e ip.checksum.status",
	       "1 OPTIONS 5060 1\n2 OPTIONS 5062 \n3 REGISTER");
	tshark("-e frame.number -e udp.checksum.status -e sip.auth.digest.response -e exported_pdu.ipv4_src -e exported_pdu.src_port",
	       "1 1   \n2 1   \n3  ***** 192.168.0.33 5060\n");
	tshark("-e frame.time_epoch", "1767600000.123456");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("trace");
	TCase *tc = tcase_create("trace");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, off_by_default);
	tcase_add_test(tc, start_stop_clear);
	tcase_add_test(tc, memory_is_bounded);
	tcase_add_test(tc, a_packet_larger_than_a_piece_of_memory_is_counted);
	tcase_add_test(tc, a_trace_is_read_while_it_runs);
	tcase_add_test(tc, a_piece_of_a_full_trace_takes_no_time);
	tcase_add_test(tc, a_forgotten_trace_stops);
	tcase_add_test(tc, a_trace_ends_with_its_owner);
	tcase_add_loop_test(tc, secrets_are_struck_out, 0, ARRAY_SIZE(secret));
	tcase_add_test(tc, the_text_has_messages_and_no_secrets);
	tcase_add_test(tc, the_capture_is_read_by_tshark);
	suite_add_tcase(s, tc);
	return s;
}
