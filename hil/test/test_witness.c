/**
 * @file test_witness.c  What the board told against what was seen at its pins (HIL-01)
 */
#include "../witness.h"
#include <check.h>
#include <errno.h>
#include <string.h>

Suite *suite(void);

static struct witness w;
static char text[160];

static void setup(void)
{
	witness_reset(&w, true);
	text[0] = '\0';
}

static int told(unsigned pin, bool level, uint64_t t_us)
{
	const struct witness_edge e = {.t_us = t_us, .error_us = 100, .level = level};

	return witness_told(&w, pin, &e, text, sizeof(text));
}

static int seen(unsigned pin, bool level, uint64_t t_us)
{
	const struct witness_edge e = {.t_us = t_us, .level = level};

	return witness_seen(&w, pin, &e, text, sizeof(text));
}

/* HIL-01 */
START_TEST(told_and_seen_match_in_either_order)
{
	ck_assert_int_eq(told(0, true, 1000), 0);
	ck_assert(witness_waits(&w));
	ck_assert_int_eq(seen(0, true, 1300), 0);
	ck_assert_int_eq(seen(0, false, 5000), 0);
	ck_assert_int_eq(told(0, false, 5100), 0);
	ck_assert_uint_eq(w.matched, 2);
	ck_assert(!witness_waits(&w));
}
END_TEST

/* HIL-01 */
START_TEST(an_edge_seen_before_it_can_have_been_is_told)
{
	ck_assert_int_eq(seen(1, true, 1000), 0);
	ck_assert_int_eq(told(1, true, 1101), EBADMSG);
	ck_assert_ptr_nonnull(strstr(text, "pin 1 went to 1: seen from outside 101 us before"));
	ck_assert_uint_eq(w.matched, 0);
}
END_TEST

/* HIL-01 */
START_TEST(what_has_no_counterpart_is_overdue_after_a_second)
{
	ck_assert_int_eq(told(2, true, 1000), 0);
	ck_assert_int_eq(seen(3, false, 2000), 0);
	ck_assert_int_eq(witness_overdue(&w, 1000 + WITNESS_WAIT_US, text, sizeof(text)), 0);
	ck_assert_int_eq(witness_overdue(&w, 1001 + WITNESS_WAIT_US, text, sizeof(text)), EBADMSG);
	ck_assert_str_eq(text, "pin 2 went to 1: the board told it, nobody saw it");
	ck_assert_int_eq(witness_overdue(&w, 2001 + WITNESS_WAIT_US, text, sizeof(text)), EBADMSG);
	ck_assert_str_eq(text, "pin 3 went to 0: it was seen from outside, the board did not tell it");
	ck_assert(!witness_waits(&w));
}
END_TEST

/* HIL-01: a lost edge makes the next one stand against the wrong level */
START_TEST(the_edge_that_is_alone_is_named)
{
	ck_assert_int_eq(told(0, true, 1000), 0);
	ck_assert_int_eq(seen(0, false, 3000), EBADMSG);
	ck_assert_str_eq(text, "pin 0 went to 1: the board told it, nobody saw it");
	ck_assert_int_eq(told(0, false, 2900), 0);
	ck_assert_uint_eq(w.matched, 1);
}
END_TEST

/* HIL-01: two wires exchanged: both pins are wrong */
START_TEST(swapped_pins_do_not_match)
{
	ck_assert_int_eq(told(0, true, 1000), 0);
	ck_assert_int_eq(seen(1, true, 1100), 0);
	ck_assert_uint_eq(w.matched, 0);
	ck_assert_int_eq(witness_overdue(&w, 3000000, text, sizeof(text)), EBADMSG);
	ck_assert_int_eq(witness_overdue(&w, 3000000, text, sizeof(text)), EBADMSG);
	ck_assert_int_eq(witness_overdue(&w, 3000000, text, sizeof(text)), 0);
}
END_TEST

/* HIL-01 */
START_TEST(too_many_without_counterpart_are_an_overrun)
{
	unsigned i;

	for (i = 0; i < WITNESS_ROOM; ++i)
		ck_assert_int_eq(told(0, i & 1, i), 0);
	ck_assert_int_eq(told(0, false, i), EBADMSG);
	ck_assert_ptr_nonnull(strstr(text, "64 edges without a counterpart"));
	ck_assert(!witness_waits(&w));
	ck_assert(w.on);
}
END_TEST

/* HIL-01 */
START_TEST(a_reset_forgets_and_off_takes_nothing)
{
	ck_assert_int_eq(told(0, true, 1), 0);
	witness_reset(&w, false);
	ck_assert_int_eq(told(0, true, 1), 0);
	ck_assert_int_eq(seen(0, false, 1), 0);
	ck_assert(!witness_waits(&w));
	witness_reset(&w, true);
	ck_assert_int_eq(told(WITNESS_PINS, true, 1), 0);
	ck_assert(!witness_waits(&w));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("witness");
	TCase *tc = tcase_create("witness");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, told_and_seen_match_in_either_order);
	tcase_add_test(tc, an_edge_seen_before_it_can_have_been_is_told);
	tcase_add_test(tc, what_has_no_counterpart_is_overdue_after_a_second);
	tcase_add_test(tc, the_edge_that_is_alone_is_named);
	tcase_add_test(tc, swapped_pins_do_not_match);
	tcase_add_test(tc, too_many_without_counterpart_are_an_overrun);
	tcase_add_test(tc, a_reset_forgets_and_off_takes_nothing);
	suite_add_tcase(s, tc);
	return s;
}
