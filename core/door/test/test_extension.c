/**
 * @file test_extension.c  Which end of a call by an account is an unreachable extension, told how often (SUP-12)
 */
#include <stdlib.h>
#include "fake.h"

Suite *suite(void);

static void office(const char *day)
{
	fake_new();
	fake_set("sip.account1.active", "yes");
	fake_set("sip.account1.server", "10.0.0.50");
	fake_set("sip.account1.user", "100");
	fake_set("button.day", day);
	fake_set("tech.contacts", "sip:centre@10.0.0.60;p2p");
	fake_boot_alone();
	fake_edge(GAP_IN_LINK, true);
	fake_run(1 * S);
	fake_clear();
}

static void press(void)
{
	fake_edge(GAP_IN_BUTTON, true);
	fake_run(200 * MS);
	fake_edge(GAP_IN_BUTTON, false);
}

static void progress(uint16_t code)
{
	fake_tell((struct door_in){.type = DOOR_IN_PROGRESS, .call = fake.door.call, .code = code});
}

START_TEST(codes_without_and_with_a_ring)
{
	static const uint16_t gone[] = {404, 408, 410, 480, 500, 502, 503, 504};
	const uint16_t code = (uint16_t)_i;
	bool lost = !code;
	unsigned i, rang;

	for (i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		lost |= gone[i] == code;
	for (rang = 0; rang < 2; rang++) {
		office("101");
		press();
		if (rang)
			progress(180);
		fake_closed(code, "end");
		ck_assert_uint_eq(fake_count("extension(101,0)"), lost && !rang);
		ck_assert_uint_eq(fake_count("report(pannePbx"), lost && !rang);
	}
}
END_TEST

START_TEST(a_neighbour_without_pbx_is_no_extension)
{
	office("sip:a@10.0.0.1;p2p");
	press();
	fake_closed(404, "404 Not Found");
	ck_assert_uint_eq(fake_count("extension("), 0);
}
END_TEST

START_TEST(told_once_until_it_is_reached)
{
	unsigned i;

	office("101");
	for (i = 0; i < 5; i++) {
		press();
		fake_closed(404, "404 Not Found");
		fake_run(60 * S);
		if (fake.door.call)
			fake_closed(486, "busy");       /* the report's own call */
		fake_run(120 * S);
	}
	ck_assert_uint_eq(fake_count("extension(101,0)"), 1);
	ck_assert_uint_eq(fake_count("report(pannePbx"), 1);
	press();
	progress(180);
	ck_assert_uint_eq(fake_count("extension(101,1)"), 1);
	fake_closed(486, "busy");
	fake_run(120 * S);
	press();
	fake_closed(404, "404 Not Found");
	ck_assert_uint_eq(fake_count("extension(101,0)"), 2);
}
END_TEST

START_TEST(more_extensions_than_are_kept)
{
	unsigned i;

	for (office("101"), i = 0; i < 3 * DOOR_EXTENSIONS; i++) {
		char number[8];

		snprintf(number, sizeof(number), "%u", 200 + i);
		fake_set("button.day", number);
		fake_set("sup.report_pbx_fault", "no");
		press();
		fake_closed(404, "404 Not Found");
		fake_run(120 * S);
		ck_assert_uint_le(fake.door.lost_n, DOOR_EXTENSIONS);
		fake_clear();
	}
	press();                                        /* the last one is known, the first one was forgotten */
	fake_closed(404, "404 Not Found");
	ck_assert_uint_eq(fake_count("extension("), 0);
	fake_run(120 * S);
	fake_set("button.day", "200");
	press();
	fake_closed(404, "404 Not Found");
	ck_assert_uint_eq(fake_count("extension(200,0)"), 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("extension");
	TCase *t = tcase_create("extension");

	tcase_add_loop_test(t, codes_without_and_with_a_ring, 0, 1);
	tcase_add_loop_test(t, codes_without_and_with_a_ring, 400, 700);
	tcase_add_test(t, a_neighbour_without_pbx_is_no_extension);
	tcase_add_test(t, told_once_until_it_is_reached);
	tcase_add_test(t, more_extensions_than_are_kept);
	suite_add_tcase(s, t);

	return s;
}
