/**
 * @file test_run_line.c  The lines of `ipgap run`, and the bytes they come as (SIM-01, SIM-02)
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "core/door/settings.h"
#include "sim/run_line.h"

static char err[1024];

static struct line good(const char *text)
{
	struct line l;

	err[0] = '\0';
	ck_assert_msg(line_parse(&l, text, err, sizeof(err)) == 0, "\"%s\": %s", text, err);

	return l;
}

static void bad(const char *text, int e, const char *part)
{
	struct line l;

	err[0] = '\0';
	ck_assert_msg(line_parse(&l, text, err, sizeof(err)) == e, "\"%s\" was not refused so", text);
	ck_assert_msg(strstr(err, part) != NULL, "\"%s\": \"%s\" does not say \"%s\"", text, err, part);
}

START_TEST(press_has_a_default_and_a_range)
{
	ck_assert_uint_eq(good("press").ms, 300);
	ck_assert_uint_eq(good("press 1.5").ms, 1500);
	ck_assert_uint_eq(good("press 0.05").ms, 50);
	ck_assert_uint_eq(good("press 3600").ms, 3600000);
	bad("press 0.04", EINVAL, "0.05..3600");
	bad("press 3601", EINVAL, "\"3601\"");
	bad("press -1", EINVAL, "0.05..3600");
	bad("press nan", EINVAL, "\"nan\"");
	bad("press inf", EINVAL, "\"inf\"");
	bad("press 1e2", EINVAL, "\"1e2\"");
	bad("press 1 2", EINVAL, "\"1 2\"");
	bad("press 1.2.3", EINVAL, "\"1.2.3\"");
}
END_TEST

START_TEST(levels_are_on_and_off_alone)
{
	ck_assert_int_eq(good("input on").verb, LINE_INPUT);
	ck_assert(good("mains on").level);
	ck_assert(!good("poe off").level);
	ck_assert(!good("link \t off ").level);
	bad("link", EINVAL, "missing");
	bad("link of", EINVAL, "on | off");
	bad("link on off", EINVAL, "\"on off\"");
}
END_TEST

START_TEST(dip_has_a_number_and_a_level)
{
	const struct line l = good("dip 4   on");

	ck_assert_uint_eq(l.number, 4);
	ck_assert(l.level);
	bad("dip 5 on", EINVAL, "dip 1..4");
	bad("dip 0 on", EINVAL, "dip 1..4");
	bad("dip 1", EINVAL, "dip 1..4");
	bad("dip 11 on", EINVAL, "dip 1..4");
	bad("dip", EINVAL, "missing");
}
END_TEST

START_TEST(set_takes_a_blank_or_an_equals_sign)
{
	struct line l = good("set button.day sip:10.0.0.1;transport=udp");

	ck_assert_str_eq(l.key, "button.day");
	ck_assert_str_eq(l.text, "sip:10.0.0.1;transport=udp");
	l = good("set door.installation=Rue du Bac 3");
	ck_assert_str_eq(l.key, "door.installation");
	ck_assert_str_eq(l.text, "Rue du Bac 3");
	l = good("set a = b = c");
	ck_assert_str_eq(l.text, "b = c");
	ck_assert_str_eq(good("set sup.message_to=").text, "");
	bad("set sup.message_to", EINVAL, "set KEY=");
	bad("set", EINVAL, "missing");
	bad("set =x", EINVAL, "set KEY VALUE");
}
END_TEST

START_TEST(counts_and_relays_have_ranges)
{
	ck_assert_str_eq(good("trace  save  my file.txt").text, "my file.txt");
	ck_assert_str_eq(good("trace stop").key, "stop");
	bad("trace", EINVAL, "something is missing");
	bad("trace save", EINVAL, "save FILE.pcapng");
	bad("trace start now", EINVAL, "trace start | stop");
	ck_assert_uint_eq(good("events").number, 10);
	ck_assert_uint_eq(good("events 10000").number, 10000);
	bad("events 0", EINVAL, "1..10000");
	bad("events 10001", EINVAL, "1..10000");
	bad("events 4294967297", EINVAL, "1..10000");
	bad("events x", EINVAL, "\"x\"");
	ck_assert_uint_eq(good("open 2").number, 2);
	bad("open 3", EINVAL, "open 1 | 2");
	ck_assert_uint_eq(good("say ip_address").number, ANNOUNCE_ADDRESS);
	bad("say hello", EINVAL, "say contact_unavailable | ");
	bad("say", EINVAL, "something is missing");
	bad("open 12", EINVAL, "open 1 | 2");
}
END_TEST

START_TEST(words_that_stand_alone_refuse_more)
{
	unsigned i;

	for (i = 0; line_name(i); i++)
		ck_assert_ptr_nonnull(line_help(i)->help);
	ck_assert_uint_eq(i, LINE_VERBS);
	ck_assert_int_eq(good("quit").verb, LINE_QUIT);
	ck_assert_int_eq(good("  state\r").verb, LINE_STATE);
	bad("quit now", EINVAL, "\"now\"");
}
END_TEST

START_TEST(an_unknown_word_gets_the_nearest)
{
	bad("pres s", ENOENT, "did you mean `press`");
	bad("hangpu", ENOENT, "did you mean `hangup`");
	bad("setings", ENOENT, "did you mean `settings`");
	bad("xyzzy", ENOENT, "`help` lists them");
	bad("\xff\xfe", ENOENT, "there is no command");
}
END_TEST

START_TEST(nothing_and_remarks_are_not_answered)
{
	struct line l;

	ck_assert_int_eq(line_parse(&l, "", err, sizeof(err)), ENODATA);
	ck_assert_int_eq(line_parse(&l, " \t\r", err, sizeof(err)), ENODATA);
	ck_assert_int_eq(line_parse(&l, "# press", err, sizeof(err)), ENODATA);
}
END_TEST

/* Feed bytes; the status of the last of them */
static enum line_status feed(struct line_reader *r, const char *bytes, size_t n)
{
	enum line_status st = LINE_MORE;
	size_t i;

	for (i = 0; i < n; i++)
		st = line_byte(r, bytes[i]);

	return st;
}

START_TEST(bytes_become_lines)
{
	struct line_reader r = {.n = 0};

	ck_assert_int_eq(feed(&r, "press", 5), LINE_MORE);
	ck_assert(line_begun(&r));
	ck_assert_int_eq(feed(&r, " 1\n", 3), LINE_READY);
	ck_assert_str_eq(r.buf, "press 1");
	ck_assert(!line_begun(&r));
	ck_assert_int_eq(feed(&r, "\n", 1), LINE_READY);
	ck_assert_str_eq(r.buf, "");
}
END_TEST

START_TEST(a_long_line_is_lost_whole_and_the_next_is_not)
{
	struct line_reader r = {.n = 0};
	char x[3 * LINE_BYTES];

	memset(x, 'x', sizeof(x));
	ck_assert_int_eq(feed(&r, x, LINE_BYTES), LINE_MORE);
	ck_assert_int_eq(feed(&r, "\n", 1), LINE_READY);
	ck_assert_int_eq(feed(&r, x, LINE_BYTES + 1), LINE_MORE);
	ck_assert_int_eq(feed(&r, "\n", 1), LINE_TOO_LONG);
	ck_assert_int_eq(feed(&r, x, sizeof(x)), LINE_MORE);
	ck_assert_int_eq(feed(&r, "\n", 1), LINE_TOO_LONG);
	ck_assert_int_eq(feed(&r, "quit\n", 5), LINE_READY);
	ck_assert_str_eq(r.buf, "quit");
}
END_TEST

START_TEST(control_characters_are_named)
{
	struct line_reader r = {.n = 0};

	ck_assert_int_eq(feed(&r, "pr\001ess\n", 7), LINE_CONTROL);
	ck_assert_int_eq(r.control, 1);
	ck_assert_int_eq(feed(&r, "a\0b\n", 4), LINE_CONTROL);
	ck_assert_int_eq(r.control & 0xff, 0);
	ck_assert_int_eq(feed(&r, "\177\n", 2), LINE_CONTROL);
	ck_assert_int_eq(feed(&r, "dip\t1 on\r\n", 10), LINE_READY);
}
END_TEST

START_TEST(random_bytes_never_break_the_reader)
{
	struct line_reader r = {.n = 0};
	struct line l;
	unsigned i;

	srand(4711);
	for (i = 0; i < 200000; i++) {
		const char c = (char)(rand() % 12 ? rand() % 256 : '\n');

		if (line_byte(&r, c) != LINE_READY)
			continue;
		if (line_parse(&l, r.buf, err, sizeof(err)) == 0)
			ck_assert_uint_lt(l.verb, LINE_VERBS);
	}
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("run_line");
	TCase *t = tcase_create("lines");

	tcase_add_test(t, press_has_a_default_and_a_range);
	tcase_add_test(t, levels_are_on_and_off_alone);
	tcase_add_test(t, dip_has_a_number_and_a_level);
	tcase_add_test(t, set_takes_a_blank_or_an_equals_sign);
	tcase_add_test(t, counts_and_relays_have_ranges);
	tcase_add_test(t, words_that_stand_alone_refuse_more);
	tcase_add_test(t, an_unknown_word_gets_the_nearest);
	tcase_add_test(t, nothing_and_remarks_are_not_answered);
	tcase_add_test(t, bytes_become_lines);
	tcase_add_test(t, a_long_line_is_lost_whole_and_the_next_is_not);
	tcase_add_test(t, control_characters_are_named);
	tcase_add_test(t, random_bytes_never_break_the_reader);
	suite_add_tcase(s, t);

	return s;
}
