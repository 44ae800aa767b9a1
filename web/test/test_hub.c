/**
 * @file test_hub.c  Server-sent events without sockets: what a reader gets, and what one that does not read loses (EVT-02)
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "../hub.h"
#include "sim/vnet.h"

Suite *suite(void);

#define ADMIN "aaaaaaaa"
#define USER "uuuuuuuu"

static struct {
	struct hub *hub;
	char text[HUB_KINDS][64];       /* what there is to tell; "" = nothing */
	unsigned made;                  /* states */
	unsigned wakes;
	bool over;                      /* the sessions are */
	enum ui_role admin;             /* who ADMIN is */
	uint64_t seq;
} t;

static char *make(enum hub_kind kind, void *arg)
{
	(void)arg;
	t.made += kind == HUB_STATE;

	return t.text[kind][0] ? strdup(t.text[kind]) : NULL;
}

static enum ui_role role(const char *token, void *arg)
{
	(void)arg;

	return t.over ? UI_NOBODY : token[0] == 'a' ? t.admin : UI_USER;
}

static void wake(struct web_feed *feed)
{
	(void)feed;
	++t.wakes;
}

static void setup(void)
{
	const struct hub_config cfg = {.make = make, .role = role};

	memset(&t, 0, sizeof(t));
	t.admin = UI_ADMIN;
	strcpy(t.text[HUB_STATE], "{\"n\":1}");
	ck_assert_int_eq(vnet_start(true, 1), 0);
	ck_assert_int_eq(libre_init(), 0);
	ck_assert_int_eq(hub_alloc(&t.hub, &cfg), 0);
}

static void teardown(void)
{
	mem_deref(t.hub);
	libre_close();
}

static void stop(void *arg)
{
	(void)arg;
	re_cancel();
}

static void run(uint64_t ms)
{
	struct tmr tmr;

	tmr_init(&tmr);
	tmr_start(&tmr, ms, stop, NULL);
	(void)re_main(NULL);
}

static struct web_feed *stream(const char *token)
{
	struct web_feed *f = NULL;

	ck_assert_int_eq(hub_stream(&f, t.hub, token), 0);
	f->wake = wake;

	return f;
}

/* All that there is, read in pieces of a few bytes; NULL at the end */
static const char *all(struct web_feed *f, size_t piece)
{
	static char buf[200000];
	size_t n = 0;
	int got;

	while ((got = f->read(f, (uint8_t *)buf + n, piece)) > 0) {
		n += (size_t)got;
		ck_assert(n + piece < sizeof(buf));
	}
	buf[n] = '\0';

	return got < 0 && !n ? NULL : buf;
}

static void happen(const char *cause)
{
	const struct event ev = {.seq = ++t.seq, .id = EV_SHUTDOWN, .val = {{.s = cause}}};

	hub_event(t.hub, &ev);
}

static unsigned times(const char *text, const char *what)
{
	unsigned n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		++n;

	return n;
}

START_TEST(a_stream_begins_with_what_is_so)
{
	struct web_feed *f;

	strcpy(t.text[HUB_VALUES], "{\"version\":3}");
	f = stream(USER);
	ck_assert_str_eq(all(f, (size_t)_i), "retry: 2000\n\nevent: state\ndata: {\"n\":1}\n\nevent: values\ndata: {\"version\":3}\n\n");
	ck_assert_str_eq(all(f, 64), "");
	mem_deref(f);
}
END_TEST

/* Many changes are one text, made once for all streams, and none where nothing is another */
START_TEST(changes_are_coalesced)
{
	struct web_feed *a = stream(ADMIN), *u = stream(USER);
	unsigned i;

	(void)all(a, 4096);
	(void)all(u, 4096);
	t.made = t.wakes = 0;
	for (i = 0; i < 1000; i++) {
		(void)snprintf(t.text[HUB_STATE], sizeof(t.text[HUB_STATE]), "{\"n\":%u}", i);
		hub_changed(t.hub, HUB_STATE);
		run(1);
	}
	ck_assert_uint_ge(t.made, 15);
	ck_assert_uint_le(t.made, 21);
	ck_assert_uint_eq(t.wakes, 2 * t.made);
	run(100);
	ck_assert_str_eq(all(a, 4096), "event: state\ndata: {\"n\":999}\n\n");
	ck_assert_str_eq(all(u, 4096), "event: state\ndata: {\"n\":999}\n\n");
	t.wakes = 0;
	hub_changed(t.hub, HUB_STATE);
	run(100);
	ck_assert_uint_eq(t.wakes, 0);
	ck_assert_str_eq(all(a, 4096), "");
	mem_deref(a);
	mem_deref(u);
}
END_TEST

START_TEST(events_and_scans_are_an_administrators)
{
	struct web_feed *a = stream(ADMIN), *u = stream(USER);
	const char *text;

	(void)all(a, 4096);
	(void)all(u, 4096);
	happen("line\nfeed");
	strcpy(t.text[HUB_SCAN], "{\"done\":1}");
	hub_changed(t.hub, HUB_SCAN);
	run(100);
	ck_assert_str_eq(all(u, 4096), "");
	text = all(a, 4096);
	ck_assert_uint_eq(times(text, "event: event\ndata: {\"seq\":1,"), 1);
	ck_assert(strstr(text, "line\\nfeed"));
	ck_assert_uint_eq(times(text, "event: scan\ndata: {\"done\":1}\n\n"), 1);
	happen("x");                            /* waits for a reader who is no administrator any more */
	t.admin = UI_USER;
	ck_assert_str_eq(all(a, 4096), "");
	mem_deref(a);
	mem_deref(u);
}
END_TEST

/* The oldest are lost; the reader is told, gets what is so now, and the newest events */
START_TEST(who_does_not_read_loses_and_is_told)
{
	static const char begin[] = "event: lost\ndata: {\"events\":10}\n\nevent: state\ndata: {\"n\":1}\n\n"
				    "event: event\ndata: {\"seq\":11,";
	struct web_feed *slow = stream(ADMIN), *quick = stream(ADMIN);
	const char *text;
	unsigned i;

	(void)all(slow, 4096);
	(void)all(quick, 4096);
	for (i = 0; i < HUB_EVENTS + 10; i++) {
		happen("x");
		ck_assert_uint_eq(times(all(quick, 4096), "event: event"), 1);
	}
	text = all(slow, 100);
	ck_assert_msg(!strncmp(text, begin, strlen(begin)), "%.120s", text);
	ck_assert_uint_eq(times(text, "event: event"), HUB_EVENTS);
	happen("x");
	ck_assert_uint_eq(times(all(slow, 4096), "event: lost"), 0);
	mem_deref(slow);
	mem_deref(quick);
}
END_TEST

START_TEST(a_comment_keeps_the_line_open)
{
	struct web_feed *f = stream(USER);

	(void)all(f, 4096);
	run(HUB_BEAT_MS - 100);
	ck_assert_str_eq(all(f, 4096), "");
	run(200);
	ck_assert_str_eq(all(f, 4096), ": beat\n\n");
	run(3 * HUB_BEAT_MS);
	ck_assert_str_eq(all(f, 4096), ": beat\n\n");
	mem_deref(f);
}
END_TEST

START_TEST(nobody_watches_nothing_runs)
{
	struct web_feed *f;

	hub_changed(t.hub, HUB_STATE);
	happen("x");
	run(2 * HUB_BEAT_MS);
	ck_assert_uint_eq(t.made, 0);
	f = stream(USER);
	ck_assert(hub_watched(t.hub));
	hub_changed(t.hub, HUB_STATE);
	mem_deref(f);
	ck_assert(!hub_watched(t.hub));
	t.made = t.wakes = 0;
	hub_changed(t.hub, HUB_STATE);
	run(2 * HUB_BEAT_MS);
	ck_assert_uint_eq(t.made, 0);
	ck_assert_uint_eq(t.wakes, 0);
}
END_TEST

START_TEST(a_stream_ends_with_its_session_and_with_the_hub)
{
	struct web_feed *f = stream(USER), *g = stream(ADMIN);

	(void)all(f, 4096);
	t.over = true;
	happen("x");
	ck_assert_ptr_null(all(f, 4096));
	mem_deref(f);
	t.over = false;
	t.wakes = 0;
	t.hub = mem_deref(t.hub);
	ck_assert_uint_eq(t.wakes, 1);
	ck_assert_ptr_null(all(g, 4096));
	mem_deref(g);
}
END_TEST

START_TEST(streams_are_bounded)
{
	struct web_feed *f[HUB_STREAMS + 1] = {0};
	struct web_feed *old;
	char token[16];
	unsigned i;

	for (i = 0; i < HUB_EACH; i++)
		f[i] = stream(USER);
	(void)all(f[1], 4096);
	old = f[0];
	f[0] = stream(USER);                    /* the oldest makes room, and is told */
	ck_assert_uint_eq(t.wakes, 1);
	ck_assert_str_eq(all(old, 7), "event: replaced\ndata: {}\n\n");
	ck_assert_ptr_null(all(old, 7));
	ck_assert_str_eq(all(f[1], 4096), "");
	for (; i < HUB_STREAMS; i++) {
		(void)snprintf(token, sizeof(token), "u%u", i);
		f[i] = stream(token);
	}
	ck_assert_int_eq(hub_stream(&f[i], t.hub, ADMIN), EBUSY);
	f[0] = mem_deref(f[0]);
	f[0] = stream(ADMIN);
	mem_deref(old);
	for (i = 0; i < HUB_STREAMS; i++)
		mem_deref(f[i]);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hub");
	TCase *c = tcase_create("hub");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, a_stream_begins_with_what_is_so, 1, 40);
	tcase_add_test(c, changes_are_coalesced);
	tcase_add_test(c, events_and_scans_are_an_administrators);
	tcase_add_test(c, who_does_not_read_loses_and_is_told);
	tcase_add_test(c, a_comment_keeps_the_line_open);
	tcase_add_test(c, nobody_watches_nothing_runs);
	tcase_add_test(c, a_stream_ends_with_its_session_and_with_the_hub);
	tcase_add_test(c, streams_are_bounded);
	suite_add_tcase(s, c);

	return s;
}
