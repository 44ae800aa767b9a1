/**
 * @file test_slot.c  Weekly slots to and from text, exactly (SCH-01)
 */
#include <check.h>
#include <string.h>
#include "core/door/settings.h"
#include "core/door/slot.h"

Suite *suite(void);

static struct slot s;
static char buf[SETTINGS_TEXT];

static const char *again(const char *text)
{
	enum notice_id why = MSG_NONE;
	struct text t;

	ck_assert_msg(!slot_parse(&s, text, &why), "%s: %s", text, notice_english(why));
	text_start(&t, buf, sizeof(buf));
	slot_put(&t, &s);

	return buf;
}

START_TEST(text_comes_back_in_its_shortest_form)
{
	static const char *const row[][2] = {
		{"", ""},
		{"mon-fri 08:00-18:00, sat 09:00-12:15", "mon-fri 08:00-18:00, sat 09:00-12:15"},
		{"mon 08:00-12:00 14:00-18:00", "mon 08:00-12:00 14:00-18:00"},
		{"MON 08:00-12:00,mon 12:00-13:00", "mon 08:00-13:00"},
		{"tue 08:00-09:00,mon 08:00-09:00", "mon-tue 08:00-09:00"},
		{"sat-sun 00:00-24:00", "sat-sun 00:00-24:00"},
		{"mon 23:45-24:00, tue 00:00-00:15", "mon 23:45-24:00, tue 00:00-00:15"},
		{"sun  10:00-10:15 ", "sun 10:00-10:15"},
	};
	unsigned i;

	for (i = 0; i < sizeof(row) / sizeof(*row); i++)
		ck_assert_str_eq(again(row[i][0]), row[i][1]);
}
END_TEST

START_TEST(a_slot_holds_its_quarters_and_no_other)
{
	unsigned day, q, n = 0;

	(void)again("mon-fri 08:00-18:00, sat 09:00-12:15");
	for (day = 0; day < 7; day++)
		for (q = 0; q < SLOT_QUARTERS; q++)
			n += slot_has(&s, day, q);
	ck_assert_uint_eq(n, 5 * 40 + 13);
	ck_assert(!slot_has(&s, 0, 31) && slot_has(&s, 0, 32) && slot_has(&s, 4, 71) && !slot_has(&s, 4, 72));
	ck_assert(slot_has(&s, 5, 48) && !slot_has(&s, 5, 49) && !slot_has(&s, 6, 40) && !slot_has(&s, 7, 0));
}
END_TEST

START_TEST(bad_text_is_refused_and_says_why)
{
	static const char *const bad[] = {
		"mon", "mon 8:00-9:00", "mon 08:10-09:00", "mon 08:00", "mon 09:00-09:00", "mon 22:00-06:00",
		"mon 08:00-24:15", "fri-mon 08:00-09:00", "mon08:00-09:00", "lun 08:00-09:00", "mon 08:00-09:00,",
		"mon 08:00-09:00;", "08:00-09:00", "hex:00", ",", "mon 08:60-09:00", "mon 99:00-99:15", "mo",
	};
	const struct slot before = s;
	unsigned i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		enum notice_id why = MSG_NONE;

		ck_assert_msg(slot_parse(&s, bad[i], &why) != 0, "%s", bad[i]);
		ck_assert_int_ne(why, MSG_NONE);
	}
	ck_assert_mem_eq(&s, &before, sizeof(s));
}
END_TEST

/* Any of the 2^672 sets: thin ones as text, scattered ones as hex, each exactly */
START_TEST(any_set_comes_back_exactly)
{
	uint32_t seed = 77 + (uint32_t)_i;
	struct slot want;
	unsigned i, q;

	memset(&want, 0, sizeof(want));
	for (i = 0; i < 1u << (_i % 11); i++) {
		seed = seed * 1664525u + 1013904223u;
		q = (seed >> 8) % (8 * SLOT_BYTES);
		want.bits[q / 8] = (uint8_t)(want.bits[q / 8] | 1u << q % 8);
	}
	s = want;
	{
		struct text t;
		enum notice_id why = MSG_NONE;

		text_start(&t, buf, sizeof(buf));
		slot_put(&t, &s);
		ck_assert(!t.cut);
		ck_assert_int_eq(slot_parse(&s, buf, &why), 0);
	}
	ck_assert_mem_eq(&s, &want, sizeof(s));
	ck_assert(_i % 11 < 8 || !strncmp(buf, "hex:", 4));
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("slot");
	TCase *tc = tcase_create("slot");

	tcase_add_test(tc, text_comes_back_in_its_shortest_form);
	tcase_add_test(tc, a_slot_holds_its_quarters_and_no_other);
	tcase_add_test(tc, bad_text_is_refused_and_says_why);
	tcase_add_loop_test(tc, any_set_comes_back_exactly, 0, 110);
	suite_add_tcase(suite, tc);

	return suite;
}
