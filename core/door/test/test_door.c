/**
 * @file test_door.c  Queue, timers, late edges and deadlines of a door (HW-01, DOOR-03, DOOR-04)
 */
#include <errno.h>
#include "fake.h"

Suite *suite(void);

static void fresh(void)
{
	fake_new();
	fake_boot();
}

static int tell(uint64_t t_us, enum door_in_type type, enum gap_input line, bool level)
{
	return door_input(&fake.door, &(struct door_in){.t_us = t_us, .type = type, .call = fake.door.call,
							.line = line, .level = level});
}

static int tell_edge(uint64_t t_us, bool level)
{
	return tell(t_us, DOOR_IN_EDGE, GAP_IN_BUTTON, level);
}

START_TEST(nothing_happens_before_the_step)
{
	fresh();
	ck_assert(door_deadline(&fake.door) == GAP_NEVER);
	ck_assert_int_eq(tell_edge(fake.now_us, true), 0);
	ck_assert_uint_eq(fake.lines, 0);
	ck_assert_uint_eq(door_deadline(&fake.door), 0);
	fake_step();
	ck_assert_str_eq(fake_log(), "button(1)");
}
END_TEST

/* A board reports a press and its release late: each still acts at its own time */
START_TEST(late_edges_find_the_door_as_it_was)
{
	uint64_t t0;

	fresh();
	t0 = fake.now_us;
	fake.now_us += 500 * MS;
	(void)tell_edge(t0, true);
	(void)tell_edge(t0 + 99999, false);
	fake_step();
	ck_assert_uint_eq(fake_count("press("), 0);
	fake_clear();
	fake.now_us += 500 * MS;
	(void)tell_edge(t0 + 600 * MS, true);
	(void)tell_edge(t0 + 700 * MS, false);
	fake_step();
	ck_assert_uint_eq(fake_count("press(call)"), 1);
	ck_assert(door_deadline(&fake.door) == t0 + 700 * MS + 30ull * S);
}
END_TEST

/* DOOR-04: the communication had ended when the late strike came */
START_TEST(timers_due_before_a_late_edge_fire_first)
{
	uint64_t t0;

	fresh();
	fake_talking();
	t0 = fake.now_us;
	fake.now_us += 200ull * S;
	ck_assert_int_eq(tell(t0 + 190ull * S, DOOR_IN_HOLD, 0, true), 0);
	fake_step();
	ck_assert_uint_eq(fake_count("call_end(1,time,180000)"), 1);
	ck_assert_uint_eq(fake_count("call_hold("), 0);
}
END_TEST

START_TEST(inputs_are_taken_in_the_order_of_their_times)
{
	const uint64_t t = FAKE_START_US + 10ull * S;

	fresh();
	fake.now_us = t + S;
	ck_assert_int_eq(tell(t + 30, DOOR_IN_EDGE, GAP_IN_LINK, false), 0);
	ck_assert_int_eq(tell(t + 10, DOOR_IN_EDGE, GAP_IN_POE, true), 0);
	ck_assert_int_eq(tell(t + 20, DOOR_IN_EDGE, GAP_IN_MAINS, false), 0);
	ck_assert_int_eq(tell(t + 20, DOOR_IN_EDGE, GAP_IN_MAINS, true), 0);
	ck_assert_int_eq(tell(t + 20, DOOR_IN_EDGE, GAP_IN_CONTACT, true), 0);
	ck_assert_int_eq(tell(t + 5, DOOR_IN_EDGE, GAP_IN_LINK, true), 0);      /* no change */
	fake_step();
	ck_assert_str_eq(fake_log(), "poe(1); mains(0); mains(1); contact(1); link(0)");
}
END_TEST

/* The order holds when the queue has gone round */
START_TEST(the_order_holds_across_the_end_of_the_queue)
{
	unsigned i, round;

	fresh();
	for (round = 0; round < 7; round++) {
		const uint64_t t = fake.now_us;

		for (i = 0; i < 5; i++)
			ck_assert_int_eq(tell(t + 5 - i, DOOR_IN_EDGE, GAP_IN_CONTACT, i % 2), 0);
		fake.now_us += 10;
		fake_step();
		ck_assert_str_eq(fake_log(), "contact(1); contact(0); contact(1); contact(0)");
	}
}
END_TEST

START_TEST(an_edge_older_than_what_was_processed_counts_as_of_then)
{
	uint64_t t0;

	fresh();
	fake_run(S);
	fake_edge(GAP_IN_POE, true);
	t0 = fake.now_us;
	fake.now_us += 50 * MS;
	(void)tell_edge(t0 - 900 * MS, true);
	fake_step();
	ck_assert(door_deadline(&fake.door) == t0 + 100 * MS);
}
END_TEST

/* A stamp from the future (a board whose clock runs away) must not stop the door's timers */
START_TEST(a_time_still_to_come_is_taken_for_now)
{
	fresh();
	(void)tell_edge(GAP_NEVER - 1, true);
	fake_step();
	ck_assert(door_deadline(&fake.door) == fake.now_us + 100 * MS);
	fake_run(100 * MS);
	ck_assert_uint_eq(fake_count("press(call)"), 1);
}
END_TEST

START_TEST(a_full_queue_says_so_and_loses_no_end_of_a_call)
{
	unsigned i;

	fresh();
	fake_talking();
	for (i = 0; i < DOOR_QUEUE; i++)
		ck_assert_int_eq(tell_edge(fake.now_us, !(i % 2)), 0);
	ck_assert_int_eq(tell_edge(fake.now_us, true), ENOBUFS);
	ck_assert_int_eq(tell(fake.now_us, DOOR_IN_DIGIT, 0, false), ENOBUFS);
	for (i = 0; i < DOOR_QUEUE_CLOSED; i++)
		ck_assert_int_eq(tell(fake.now_us, DOOR_IN_CLOSED, 0, false), 0);
	ck_assert_int_eq(tell(fake.now_us, DOOR_IN_CLOSED, 0, false), ENOBUFS);
	fake_step();
	ck_assert_uint_eq(fake_count("button("), DOOR_QUEUE);
	ck_assert_uint_eq(fake_count("call_end(1,remote,"), 1);
	ck_assert_int_eq(tell_edge(fake.now_us, true), 0);
}
END_TEST

/* Timers that became due while the host slept fire in order, each at its own time */
START_TEST(a_late_step_catches_up)
{
	uint64_t t0;

	fresh();
	fake_calling();
	t0 = fake.now_us - 100 * MS;
	fake.now_us += 45ull * S;
	fake_step();
	ck_assert_uint_eq(fake_count("dial 2"), 1);
	ck_assert(door_deadline(&fake.door) == t0 + 60ull * S);
	fake.now_us += 600ull * S;
	fake_step();
	ck_assert_uint_eq(fake_count("unavailable("), 1);
	ck_assert(door_deadline(&fake.door) == GAP_NEVER);
}
END_TEST

START_TEST(a_line_that_does_not_exist_is_passed_over)
{
	fresh();
	fake_edge(GAP_INS, true);
	fake_edge((enum gap_input)1000, true);
	ck_assert_uint_eq(fake.lines, 0);
}
END_TEST

START_TEST(states_have_names)
{
	static const char *const name[] = {"idle", "calling", "waiting", "ringing", "talking", "held"};
	unsigned i;

	for (i = 0; i < DOOR_STATES; i++)
		ck_assert_str_eq(door_state_name((enum door_state)i), name[i]);
	ck_assert_str_eq(door_state_name(DOOR_STATES), "?");
}
END_TEST

/* DOOR-03: numbers of calls in and out are one row */
START_TEST(every_call_has_a_number_of_its_own)
{
	fresh();
	fake_calling();
	(void)fake_incoming();
	fake_run(30 * S);
	ck_assert_uint_eq(fake_count("reject 2 486"), 1);
	ck_assert_uint_eq(fake_count("dial 3 "), 1);
}
END_TEST

/* A door may wait between its making and its boot */
START_TEST(the_boot_begins_when_it_is_told)
{
	fake_new();
	fake_set("door.boot_ms", "2000");
	door_init(&fake.door, &fake.conf, &fake.bus, &fake_port, &fake, &fake_phone, fake.log);
	fake.now_us += 3 * S;
	door_boot(&fake.door);
	ck_assert(door_deadline(&fake.door) == fake.now_us + 2 * S);
}
END_TEST

/* Two doors know nothing of each other */
START_TEST(doors_live_side_by_side)
{
	struct door other;

	fresh();
	door_init(&other, &fake.conf, &fake.bus, &fake_port, &fake, &fake_phone, fake.log);
	door_boot(&other);
	fake_talking();
	ck_assert_int_eq(other.state, DOOR_IDLE);
	ck_assert_uint_eq(other.call, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("door");
	TCase *tc = tcase_create("door");

	tcase_add_test(tc, nothing_happens_before_the_step);
	tcase_add_test(tc, late_edges_find_the_door_as_it_was);
	tcase_add_test(tc, timers_due_before_a_late_edge_fire_first);
	tcase_add_test(tc, inputs_are_taken_in_the_order_of_their_times);
	tcase_add_test(tc, the_order_holds_across_the_end_of_the_queue);
	tcase_add_test(tc, an_edge_older_than_what_was_processed_counts_as_of_then);
	tcase_add_test(tc, a_time_still_to_come_is_taken_for_now);
	tcase_add_test(tc, a_full_queue_says_so_and_loses_no_end_of_a_call);
	tcase_add_test(tc, a_late_step_catches_up);
	tcase_add_test(tc, a_line_that_does_not_exist_is_passed_over);
	tcase_add_test(tc, states_have_names);
	tcase_add_test(tc, every_call_has_a_number_of_its_own);
	tcase_add_test(tc, the_boot_begins_when_it_is_told);
	tcase_add_test(tc, doors_live_side_by_side);
	suite_add_tcase(s, tc);

	return s;
}
