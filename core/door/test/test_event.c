/**
 * @file test_event.c  The event table, the emitter and both written forms (EVT-01)
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "core/door/event.h"

Suite *suite(void);

#define T_US 12345678
#define WALL_US 1767600000123456        /* 2026-01-05 08:00:00.123456 UTC */

static struct event_bus bus;
static char line[1024];
static unsigned heard;
static uint64_t last_seq;

static void fresh(void)
{
	memset(&bus, 0, sizeof(bus));
	heard = 0;
	last_seq = 0;
}

static void as_json(const struct event *ev, void *arg)
{
	(void)arg;
	ck_assert_uint_eq(event_json(line, sizeof(line), ev), strlen(line));
}

static void as_text(const struct event *ev, void *arg)
{
	(void)arg;
	ck_assert_uint_eq(event_text(line, sizeof(line), ev), strlen(line));
}

static void count(const struct event *ev, void *arg)
{
	(void)arg;
	++heard;
	last_seq = ev->seq;
}

static void leave(const struct event *ev, void *arg)
{
	count(ev, arg);
	event_unsubscribe(&bus, leave, arg);
}

START_TEST(every_event_has_a_row_of_its_own)
{
	unsigned i, j;

	for (i = 0; i < EV_COUNT; ++i) {
		const struct event_def *def = event_def((enum event_id)i);

		ck_assert(def && def->name && def->help && def->field[0].key);
		ck_assert_int_gt((int)strlen(event_class_name(def->cls)), 0);
		for (j = 0; j < i; ++j)
			ck_assert_str_ne(def->name, event_def((enum event_id)j)->name);
	}
	ck_assert_ptr_null(event_def(EV_COUNT));
	ck_assert_str_eq(event_class_name(EVENT_DOOR), "ouverture");
	ck_assert_str_eq(event_class_name(EVENT_CLASSES), "");
}
END_TEST

START_TEST(event_is_one_line_of_json)
{
	ck_assert_int_eq(event_subscribe(&bus, as_json, NULL), 0);
	event_emit(&bus, T_US, WALL_US, EV_CALL_OUT, (uint64_t)1, "sip:192.168.0.22",
		   "bouton_appel", (uint64_t)2);
	ck_assert_str_eq(line, "{\"seq\":1,\"t\":12.345678,"
		"\"wall\":\"2026-01-05T08:00:00.123456Z\","
		"\"event\":\"call_out\",\"call\":1,\"to\":\"sip:192.168.0.22\","
		"\"reason\":\"bouton_appel\",\"contact\":2}");
	event_emit(&bus, 7, 951782399000000, EV_RELAY, UINT64_MAX, 4, NULL);
	ck_assert_str_eq(line, "{\"seq\":2,\"t\":0.000007,\"wall\":\"2000-02-28T23:59:59.000000Z\","
		"\"event\":\"relay\",\"relay\":18446744073709551615,\"on\":true,\"cause\":\"\"}");
}
END_TEST

static const struct { int64_t wall_us; const char *text; } calendar[] = {
	{INT64_MIN, "1970-01-01T00:00:00.000000Z"},
	{0, "1970-01-01T00:00:00.000000Z"},
	{951782400000000, "2000-02-29T00:00:00.000000Z"},
	{951868800000000, "2000-03-01T00:00:00.000000Z"},
	{1735689599999999, "2024-12-31T23:59:59.999999Z"},
	{4107542400000000, "2100-03-01T00:00:00.000000Z"},
	{253402300799000000, "9999-12-31T23:59:59.000000Z"},
	{INT64_MAX, "9999-12-31T23:59:59.775807Z"},
};

START_TEST(calendar_time_is_utc)
{
	ck_assert_int_eq(event_subscribe(&bus, as_json, NULL), 0);
	event_emit(&bus, 0, calendar[_i].wall_us, EV_LINK, true);
	ck_assert_ptr_nonnull(strstr(line, calendar[_i].text));
}
END_TEST

START_TEST(event_is_a_line_for_people)
{
	ck_assert_int_eq(event_subscribe(&bus, as_text, NULL), 0);
	event_emit(&bus, T_US, WALL_US, EV_CALL_OUT, (uint64_t)1, "sip:a@b", "bouton_appel",
		   (uint64_t)1);
	ck_assert_str_eq(line, "call_out call=1 to=sip:a@b reason=bouton_appel contact=1");
	event_emit(&bus, T_US, WALL_US, EV_PICTOGRAM, "door", "", false);
	ck_assert_str_eq(line, "pictogram picto=door colour=\"\" blink=no");
	event_emit(&bus, T_US, WALL_US, EV_MESSAGE_IN, "sip:a", "two words\n\"x\"");
	ck_assert_str_eq(line, "message_in from=sip:a body=\"two words\\n\\\"x\\\"\"");
}
END_TEST

/* What a peer sends may be anything */
START_TEST(strings_are_escaped_and_made_utf8)
{
	ck_assert_int_eq(event_subscribe(&bus, as_json, NULL), 0);
	event_emit(&bus, 0, 0, EV_MESSAGE_IN, "\"\\\b\f\n\r\t\x01\x7f",
		   "\xc3\xa9 \xff \xc0\x80 \xed\xa0\x80 \xe2\x82 \xf0\x9f\x98\x80");
	ck_assert_ptr_nonnull(strstr(line, "\"from\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u007f\""));
	ck_assert_ptr_nonnull(strstr(line, "\"body\":\"\xc3\xa9 \xef\xbf\xbd "
		"\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd "
		"\xef\xbf\xbd\xef\xbf\xbd \xf0\x9f\x98\x80\""));
}
END_TEST

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), len = strlen(end);

	return n >= len && !strcmp(text + n - len, end);
}

/* Whatever the room: nothing, or a whole object whose long string alone was shortened */
START_TEST(json_too_long_shortens_the_longest_string)
{
	struct event ev = {.seq = 1, .id = EV_MESSAGE_IN};
	char body[301];
	size_t size, n, whole = 0;

	memset(body, '"', sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	ev.val[0].s = "sip:a";
	ev.val[1].s = body;
	for (size = 0; size < sizeof(line); ++size) {
		memset(line, '~', sizeof(line));
		n = event_json(line, size, &ev);
		ck_assert_int_eq(line[size], '~');
		if (!n)
			continue;
		whole += 1;
		ck_assert_uint_lt(n, size);
		ck_assert_uint_eq(strlen(line), n);
		ck_assert(ends_with(line, "\\\"\"}") || ends_with(line, "\xe2\x80\xa6\"}"));
		ck_assert(size < 140 || strstr(line, "\"from\":\"sip:a\""));
	}
	ck_assert_uint_gt(whole, 900);
}
END_TEST

START_TEST(text_too_long_is_cut_at_a_character)
{
	struct event ev = {.seq = 1, .id = EV_PRESS};
	size_t size;

	ev.val[0].s = "\xc3\xa9\xc3\xa9\xc3\xa9";
	for (size = 1; size < 30; ++size) {
		memset(line, '~', sizeof(line));
		ck_assert_uint_eq(event_text(line, size, &ev), strlen(line));
		ck_assert_int_eq(line[size], '~');
		ck_assert_uint_eq((strlen(line) > 13 ? strlen(line) - 13 : 0) % 2, 0);
	}
	ck_assert_str_eq(line, "press action=\xc3\xa9\xc3\xa9\xc3\xa9");
}
END_TEST

START_TEST(subscribers_hear_each_event_once_and_numbered)
{
	int a, b;

	ck_assert_int_eq(event_subscribe(&bus, count, &a), 0);
	ck_assert_int_eq(event_subscribe(&bus, count, &b), 0);
	event_emit(&bus, 0, 0, EV_LINK, true);
	event_emit(&bus, 0, 0, EV_LINK, false);
	ck_assert_uint_eq(heard, 4);
	ck_assert_uint_eq(last_seq, 2);
	event_unsubscribe(&bus, count, &a);
	event_emit(&bus, 0, 0, EV_LINK, true);
	ck_assert_uint_eq(heard, 5);
	event_unsubscribe(&bus, count, &b);
	ck_assert_uint_eq(bus.n, 0);
	event_emit(&bus, 0, 0, EV_COUNT);
	ck_assert_uint_eq(bus.seq, 3);
}
END_TEST

START_TEST(subscriber_may_leave_from_its_handler)
{
	ck_assert_int_eq(event_subscribe(&bus, leave, NULL), 0);
	ck_assert_int_eq(event_subscribe(&bus, count, NULL), 0);
	event_emit(&bus, 0, 0, EV_LINK, true);
	ck_assert_uint_eq(heard, 2);
	event_emit(&bus, 0, 0, EV_LINK, true);
	ck_assert_uint_eq(heard, 3);
}
END_TEST

START_TEST(too_many_subscribers_are_refused)
{
	int i;

	for (i = 0; i < EVENT_SUBSCRIBERS; ++i)
		ck_assert_int_eq(event_subscribe(&bus, count, NULL), 0);
	ck_assert_int_eq(event_subscribe(&bus, count, NULL), ENOSPC);
	ck_assert_int_eq(event_subscribe(&bus, NULL, NULL), EINVAL);
	event_unsubscribe(&bus, count, NULL);
	ck_assert_int_eq(event_subscribe(&bus, count, NULL), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *su = suite_create("event");
	TCase *tc = tcase_create("event");

	tcase_add_checked_fixture(tc, fresh, NULL);
	tcase_add_test(tc, every_event_has_a_row_of_its_own);
	tcase_add_test(tc, event_is_one_line_of_json);
	tcase_add_loop_test(tc, calendar_time_is_utc, 0,
			    (int)(sizeof(calendar) / sizeof(calendar[0])));
	tcase_add_test(tc, event_is_a_line_for_people);
	tcase_add_test(tc, strings_are_escaped_and_made_utf8);
	tcase_add_test(tc, json_too_long_shortens_the_longest_string);
	tcase_add_test(tc, text_too_long_is_cut_at_a_character);
	tcase_add_test(tc, subscribers_hear_each_event_once_and_numbered);
	tcase_add_test(tc, subscriber_may_leave_from_its_handler);
	tcase_add_test(tc, too_many_subscribers_are_refused);
	suite_add_tcase(su, tc);
	return su;
}
