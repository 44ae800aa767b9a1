/**
 * @file test_button.c  The call button: press time and fault (HW-01, DOOR-07)
 */
#include "fake.h"

Suite *suite(void);

/* HW-01: shortest, default + 1, longest press time [ms] */
static const char *const press_ms[] = {"100", "101", "5000"};

static uint64_t fresh(const char *ms)
{
	fake_new();
	fake_set("door.press_ms", ms);
	fake_boot();

	return (uint64_t)atoi(ms) * MS;
}

START_TEST(a_press_counts_at_its_press_time_and_not_before)
{
	const uint64_t t = fresh(press_ms[_i]), t0 = fake.now_us;

	fake_edge(GAP_IN_BUTTON, true);
	ck_assert(door_deadline(&fake.door) == t0 + t);
	fake_run(t - 1);
	ck_assert_uint_eq(fake_count("press("), 0);
	fake_run(1);
	ck_assert_uint_eq(fake_count("press(call)"), 1);
	ck_assert_uint_eq(fake_when("dial 1"), t0 + t);
}
END_TEST

START_TEST(a_press_one_microsecond_too_short_is_none)
{
	const uint64_t t = fresh(press_ms[_i]);

	fake_edge(GAP_IN_BUTTON, true);
	fake_run(t - 1);
	fake_edge(GAP_IN_BUTTON, false);
	fake_run(MIN);
	ck_assert_str_eq(fake_log(), "button(1); button(0)");
	ck_assert(door_deadline(&fake.door) == GAP_NEVER);
}
END_TEST

/* A release at the very microsecond comes after the timer */
START_TEST(a_press_of_exactly_the_press_time_counts)
{
	const uint64_t t = fresh(press_ms[_i]);

	fake_edge(GAP_IN_BUTTON, true);
	fake.now_us += t;
	fake_edge(GAP_IN_BUTTON, false);
	ck_assert_uint_eq(fake_count("press(call)"), 1);
}
END_TEST

START_TEST(presses_too_short_do_not_add_up)
{
	unsigned i;

	(void)fresh("100");
	for (i = 0; i < 10; i++) {
		fake_edge(GAP_IN_BUTTON, true);
		fake_run(60 * MS);
		fake_edge(GAP_IN_BUTTON, false);
		fake_run(1 * MS);
	}
	ck_assert_uint_eq(fake_count("press("), 0);
	ck_assert_uint_eq(fake_count("button("), 20);
}
END_TEST

START_TEST(a_level_told_again_is_no_edge)
{
	(void)fresh("100");
	fake_edge(GAP_IN_BUTTON, false);
	ck_assert_uint_eq(fake.lines, 0);
	fake_edge(GAP_IN_BUTTON, true);
	fake_run(60 * MS);
	fake_edge(GAP_IN_BUTTON, true);
	fake_run(40 * MS);
	ck_assert_uint_eq(fake_count("button("), 1);
	ck_assert_uint_eq(fake_count("press("), 1);
}
END_TEST

START_TEST(a_button_held_down_is_one_press)
{
	(void)fresh("100");
	fake_edge(GAP_IN_BUTTON, true);
	fake_run(9 * MIN);
	ck_assert_uint_eq(fake_count("press("), 1);
}
END_TEST

/* DOOR-07: 10 min by default, to the microsecond; its release is the recovery */
START_TEST(a_button_pressed_for_too_long_is_a_fault_until_its_release)
{
	static const char *const limit_s[] = {"600", "60", "3600"};
	uint64_t limit, t0;

	(void)fresh("100");
	fake_set("door.button_fault_s", limit_s[_i]);
	limit = (uint64_t)atoi(limit_s[_i]) * S;
	t0 = fake.now_us;
	fake_edge(GAP_IN_BUTTON, true);
	fake_run(limit - 1);
	ck_assert_uint_eq(fake_count("button_fault("), 0);
	fake_run(60 * MIN);
	ck_assert_uint_eq(fake_count("button_fault("), 1);
	ck_assert_uint_eq(fake_when("button_fault(1)"), t0 + limit);
	fake_clear();
	fake_edge(GAP_IN_BUTTON, false);
	ck_assert_str_eq(fake_log(), "button(0); button_fault(0)");
}
END_TEST

/* DOOR-07 */
START_TEST(a_release_at_the_last_microsecond_is_no_fault)
{
	(void)fresh("100");
	fake_edge(GAP_IN_BUTTON, true);
	fake_run(600ull * S - 1);
	fake_edge(GAP_IN_BUTTON, false);
	fake_run(MIN);
	ck_assert_uint_eq(fake_count("button_fault("), 0);
}
END_TEST

START_TEST(a_new_press_time_is_that_of_the_next_press)
{
	(void)fresh("5000");
	fake_edge(GAP_IN_BUTTON, true);
	fake_set("door.press_ms", "100");
	fake_run(4999 * MS);
	ck_assert_uint_eq(fake_count("press("), 0);
	fake_edge(GAP_IN_BUTTON, false);
	fake_edge(GAP_IN_BUTTON, true);
	fake_run(100 * MS);
	ck_assert_uint_eq(fake_count("press("), 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("button");
	TCase *tc = tcase_create("button");

	tcase_add_loop_test(tc, a_press_counts_at_its_press_time_and_not_before, 0, 3);
	tcase_add_loop_test(tc, a_press_one_microsecond_too_short_is_none, 0, 3);
	tcase_add_loop_test(tc, a_press_of_exactly_the_press_time_counts, 0, 3);
	tcase_add_test(tc, presses_too_short_do_not_add_up);
	tcase_add_test(tc, a_level_told_again_is_no_edge);
	tcase_add_test(tc, a_button_held_down_is_one_press);
	tcase_add_loop_test(tc, a_button_pressed_for_too_long_is_a_fault_until_its_release, 0, 3);
	tcase_add_test(tc, a_release_at_the_last_microsecond_is_no_fault);
	tcase_add_test(tc, a_new_press_time_is_that_of_the_next_press);
	suite_add_tcase(s, tc);

	return s;
}
