/**
 * @file test_ui_trace.c  The debug trace for the pages: start, stop, clear, fetch (WEB-05, WEB-08)
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "core/trace/trace.h"
#include "web/ui.h"
#include "web/ui_acts.h"

#define READ 5000                       /* bytes a carrier takes at once */
#define RTP 200

Suite *suite(void);

static struct ui_host host;
static struct web_reply rep;
static unsigned waits;

static void setup(void)
{
	ck_assert_int_eq(libre_init(), 0);
	host = (struct ui_host){.store = NULL};
	ck_assert_int_eq(trace_alloc(&host.trace, NULL, NULL), 0);
}

static void teardown(void)
{
	web_reply_end(&rep);
	host.trace = mem_deref(host.trace);
	libre_close();
}

static void ask(ui_act_h *act, const char *body)
{
	const struct web_request req = {.method = body ? "POST" : "GET", .path = UI_PREFIX "trace", .query = ""};
	const struct ui_ask a = {
		.host = &host, .req = &req, .role = UI_ADMIN, .login = "admin", .body = body ? json_loads(body, 0, NULL) : NULL,
	};

	web_reply_end(&rep);
	memset(&rep, 0, sizeof(rep));
	act(&a, &rep);
	json_decref(a.body);
}

static json_t *reply(unsigned status)
{
	json_t *j;

	ck_assert_uint_eq(rep.status, status);
	j = json_loadb((const char *)rep.body->buf, rep.body->end, 0, NULL);
	ck_assert_ptr_nonnull(j);

	return j;
}

static void refused(unsigned status, const char *id)
{
	json_t *j = reply(status);

	ck_assert_str_eq(json_string_value(json_object_get(j, "id")), id);
	json_decref(j);
}

static void state(bool running, int sip, int packets)
{
	json_t *j = reply(200);

	ck_assert(json_is_true(json_object_get(j, "running")) == running);
	ck_assert_int_eq(json_integer_value(json_object_get(j, "sip")), sip);
	ck_assert_int_eq(json_integer_value(json_object_get(j, "packets")), packets);
	ck_assert_int_eq(json_integer_value(json_object_get(j, "limit_bytes")), TRACE_SIP_BYTES + TRACE_PACKET_BYTES);
	ck_assert_int_eq(json_integer_value(json_object_get(j, "dropped")), 0);
	ck_assert(!(json_integer_value(json_object_get(j, "since_us")) > 0) == !(running || sip || packets));
	json_decref(j);
}

static void record(unsigned packets)
{
	static const char invite[] = "INVITE sip:a SIP/2.0\r\nAuthorization: Digest response=\"5ec4e7\"\r\n\r\n";
	static const uint8_t rtp[RTP];
	struct trace_item it = {.wall_us = 1767600000000000, .data = (const uint8_t *)invite, .len = sizeof(invite) - 1};
	struct sa sa;

	ck_assert_int_eq(sa_set_str(&sa, "192.168.0.33", 5060), 0);
	it.src = it.dst = &sa;
	trace_sip(host.trace, &it);
	it.data = rtp;
	it.len = sizeof(rtp);
	while (packets--)
		trace_packet(host.trace, &it);
}

START_TEST(it_is_started_stopped_and_cleared)
{
	ask(ui_trace, NULL);
	state(false, 0, 0);
	ask(ui_trace_do, "{\"action\":\"start\"}");
	state(true, 0, 0);
	record(3);
	ask(ui_trace_do, "{\"action\":\"start\"}");
	refused(409, "trace_runs");
	ask(ui_trace, NULL);
	state(true, 1, 3);
	ask(ui_trace_do, "{\"action\":\"stop\"}");
	state(false, 1, 3);
	record(3);
	ask(ui_trace_do, "{\"action\":\"stop\"}");
	state(false, 1, 3);
	ask(ui_trace_do, "{\"action\":\"clear\"}");
	state(false, 0, 0);
}
END_TEST

START_TEST(what_it_does_not_know_is_refused)
{
	static const char *const body[] = {"{}", "{\"action\":\"\"}", "{\"action\":1}", "{\"action\":\"dance\"}"};

	ask(ui_trace_do, body[_i]);
	refused(422, "bad_action");
}
END_TEST

START_TEST(a_host_without_a_trace_says_so)
{
	struct trace *t = host.trace;

	host.trace = NULL;
	ask(ui_trace, NULL);
	refused(404, "no_trace");
	ask(ui_trace_do, "{\"action\":\"start\"}");
	refused(404, "no_trace");
	ask(ui_trace_txt, NULL);
	refused(404, "no_trace");
	ask(ui_trace_pcapng, NULL);
	refused(404, "no_trace");
	host.trace = t;
}
END_TEST

static void woken(struct web_feed *feed)
{
	(void)feed;
	re_cancel();
}

static struct mbuf *whole(void)
{
	struct mbuf *mb = mbuf_alloc(READ);
	uint8_t buf[READ];
	int n;

	ck_assert_uint_eq(rep.status, 200);
	rep.feed->wake = woken;
	waits = 0;
	while ((n = rep.feed->read(rep.feed, buf, sizeof(buf))) >= 0) {
		ck_assert_int_le(n, READ);
		if (n)
			ck_assert_int_eq(mbuf_write_mem(mb, buf, (size_t)n), 0);
		else if (++waits)
			ck_assert_int_eq(re_main(NULL), 0);
	}
	ck_assert_int_eq(mbuf_write_u8(mb, 0), 0);

	return mb;
}

/* A long capture comes in pieces, the text without secrets; both while the trace runs */
START_TEST(it_is_fetched_in_pieces)
{
	const unsigned n = 3000;
	struct mbuf *mb;

	ask(ui_trace_do, "{\"action\":\"start\"}");
	record(n);
	ask(ui_trace_pcapng, NULL);
	record(10);
	mb = whole();
	ck_assert_uint_gt(mb->end, n * (RTP + 28));
	ck_assert_uint_lt(mb->end, (n + 5) * (RTP + 28 + 40));
	ck_assert(!memcmp(mb->buf, "\x0a\x0d\x0d\x0a", 4));
	ck_assert_uint_gt(waits, 5);
	mem_deref(mb);
	ask(ui_trace_txt, NULL);
	mb = whole();
	ck_assert_ptr_nonnull(strstr((char *)mb->buf, "INVITE sip:a SIP/2.0\nAuthorization: Digest response=********\n"));
	ck_assert_ptr_null(strstr((char *)mb->buf, "5ec4e7"));
	mem_deref(mb);
}
END_TEST

START_TEST(a_download_may_end_at_any_time)
{
	uint8_t buf[READ];

	ask(ui_trace_do, "{\"action\":\"start\"}");
	record(1000);
	ask(ui_trace_pcapng, NULL);
	ck_assert_int_eq(rep.feed->read(rep.feed, buf, 100), 100);
	web_reply_end(&rep);
}
END_TEST

START_TEST(it_is_for_administrators)
{
	size_t i, n = 0;

	for (i = 0; i < ui_routes_n; i++) {
		if (strncmp(ui_routes[i].path, UI_PREFIX "trace", 9))
			continue;
		ck_assert_int_eq(ui_routes[i].role, UI_ADMIN);
		n++;
	}
	ck_assert_uint_eq(n, 4);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ui_trace");
	TCase *t = tcase_create("ui_trace");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, it_is_started_stopped_and_cleared);
	tcase_add_loop_test(t, what_it_does_not_know_is_refused, 0, 4);
	tcase_add_test(t, a_host_without_a_trace_says_so);
	tcase_add_test(t, it_is_fetched_in_pieces);
	tcase_add_test(t, a_download_may_end_at_any_time);
	tcase_add_test(t, it_is_for_administrators);
	suite_add_tcase(s, t);
	return s;
}
