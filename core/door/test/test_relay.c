/**
 * @file test_relay.c  The two relays: strike, line, mains and network (REL-01 to REL-07, HW-03)
 */
#include "fake.h"

Suite *suite(void);

static void fresh(const char *function)
{
	fake_new();
	fake_set("relay1.function", function);
	fake_boot();
}

/* REL-02: 1 to 25 s, to the microsecond, on either relay */
START_TEST(a_strike_is_held_for_its_time)
{
	static const char *const hold_s[] = {"1", "5", "25"};
	const char *key[] = {"relay1.hold_s", "relay2.hold_s"};
	const unsigned relay = (unsigned)_i % 2;
	const uint64_t hold_us = (uint64_t)atoi(hold_s[_i / 2]) * S;

	fresh("strike");
	fake_set(key[relay], hold_s[_i / 2]);
	fake_clear();
	fake_strike((uint16_t)(relay + 1));
	ck_assert(fake.relay[relay] && !fake.relay[!relay]);
	ck_assert_uint_eq(fake.relay_for_us[relay], hold_us);
	ck_assert(door_deadline(&fake.door) == fake.now_us + hold_us);
	ck_assert_uint_eq(door_relay_left_us(&fake.door, relay, fake.now_us), hold_us);
	fake_run(hold_us - 1);
	ck_assert(fake.relay[relay]);
	ck_assert_uint_eq(door_relay_left_us(&fake.door, relay, fake.now_us), 1);
	fake_run(1);
	ck_assert(!fake.relay[relay]);
	ck_assert_uint_eq(door_relay_left_us(&fake.door, relay, fake.now_us), 0);
	ck_assert_str_eq(fake_log(), relay ? "relay 2 on; relay(2,1,local); relay 2 off; relay(2,0,hold)"
			 : "relay 1 on; relay(1,1,local); relay 1 off; relay(1,0,hold)");
}
END_TEST

/* REL-07: a command during the hold does not extend it, and is told */
START_TEST(a_command_during_the_hold_changes_nothing)
{
	uint64_t t0;

	fresh("strike");
	t0 = fake.now_us;
	fake_strike(1);
	fake_run(4999999);
	fake_strike(1);
	ck_assert_uint_eq(fake_count("code_refused(1,running)"), 1);
	fake_run(20 * S);
	ck_assert_uint_eq(fake_when("relay 1 off"), t0 + 5 * S);
	ck_assert_uint_eq(fake_count("relay 1 on"), 1);
	fake_strike(1);
	ck_assert_uint_eq(fake_count("relay 1 on"), 2);
}
END_TEST

START_TEST(the_relays_do_not_know_each_other)
{
	fresh("strike");
	fake_set("relay2.hold_s", "7");
	fake_strike(1);
	fake_run(2 * S);
	fake_strike(2);
	fake_run(3 * S);
	ck_assert(!fake.relay[0] && fake.relay[1]);
	fake_run(4 * S);
	ck_assert(!fake.relay[1]);
	ck_assert_uint_eq(fake_count("code_refused("), 0);
}
END_TEST

/* REL-06 */
START_TEST(a_relay_that_is_no_strike_obeys_no_command)
{
	static const char *const function[] = {"line", "mains", "network"};
	bool before;

	fresh(function[_i]);
	before = fake.relay[0];
	fake_strike(1);
	ck_assert_uint_eq(fake_count("code_refused(1,function)"), 1);
	ck_assert(fake.relay[0] == before);
	ck_assert(door_deadline(&fake.door) == GAP_NEVER);
}
END_TEST

START_TEST(a_relay_that_does_not_exist_is_passed_over)
{
	fresh("strike");
	fake_strike(0);
	fake_strike(GAP_RELAYS + 1);
	fake_strike(UINT16_MAX);
	ck_assert_uint_eq(fake.lines, 0);
}
END_TEST

/* REL-03, REL-02: from the INVITE to the end of the call, over all contacts */
START_TEST(a_permanent_line_relay_is_on_until_the_outgoing_call_is_over)
{
	uint64_t t0;

	fresh("line");
	fake_press();
	t0 = fake_when("dial 1");
	ck_assert_uint_eq(fake_when("relay 1 on"), t0);
	fake_run(59 * S);
	ck_assert(fake.relay[0]);
	fake_run(10 * S);
	ck_assert_uint_eq(fake_when("relay(1,0,line)"), t0 + 60 * S);
	ck_assert_uint_eq(fake_count("relay(1,"), 2);
}
END_TEST

/* REL-03: from the start of ringing */
START_TEST(a_line_relay_is_on_while_the_door_is_called)
{
	fake_new();
	fake_set("relay1.function", "line");
	fake_set("door.answer_s", "5");
	fake_boot();
	(void)fake_incoming();
	ck_assert_uint_eq(fake_when("relay 1 on"), fake.now_us);
	fake_run(6 * S);
	fake_call(DOOR_IN_ANSWERED);
	fake_run(10 * S);
	ck_assert(fake.relay[0]);
	fake_closed(0, "remote");
	ck_assert_uint_eq(fake_when("relay 1 off"), fake.now_us);
}
END_TEST

/* REL-02: 1 to 9 s, then off although the call goes on, and not on again at the next contact */
START_TEST(a_timed_line_relay_goes_off_during_the_call)
{
	static const char *const line_s[] = {"1", "9"};
	uint64_t t0;

	fresh("line");
	fake_set("relay1.line_s", line_s[_i]);
	fake_press();
	t0 = fake_when("dial 1");
	fake_run(70 * S);
	ck_assert_uint_eq(fake_when("relay(1,0,line)"), t0 + (uint64_t)atoi(line_s[_i]) * S);
	ck_assert_uint_eq(fake_count("relay(1,"), 2);
	fake_press();
	ck_assert_uint_eq(fake_count("relay(1,1,line)"), 2);
}
END_TEST

/* REL-03: hang-up before the timer */
START_TEST(a_timed_line_relay_goes_off_with_the_call)
{
	fresh("line");
	fake_set("relay1.line_s", "9");
	fake_calling();
	fake_run(S);
	fake_tell((struct door_in){.type = DOOR_IN_HANGUP});
	ck_assert_uint_eq(fake_when("relay(1,0,line)"), fake.now_us);
	fake_clear();
	fake_run(20 * S);
	ck_assert_uint_eq(fake.lines, 0);
}
END_TEST

/* REL-04: energised at boot while healthy, released on loss of mains or of PoE+ */
START_TEST(a_mains_relay_follows_every_supply_seen_since_boot)
{
	fresh("mains");
	ck_assert(fake.relay[0]);                       /* mains is there, PoE never was */
	fake_edge(GAP_IN_MAINS, false);
	ck_assert(!fake.relay[0]);
	fake_edge(GAP_IN_POE, true);
	ck_assert(!fake.relay[0]);
	fake_edge(GAP_IN_MAINS, true);
	ck_assert(fake.relay[0]);
	fake_edge(GAP_IN_POE, false);
	ck_assert(!fake.relay[0]);
	ck_assert_str_eq(fake_log(), "mains(0); relay 1 off; relay(1,0,mains); poe(1); "
			 "mains(1); relay 1 on; relay(1,1,mains); poe(0); relay 1 off; relay(1,0,mains)");
}
END_TEST

/* REL-05 */
START_TEST(a_network_relay_is_on_while_the_link_is_down)
{
	fresh("network");
	ck_assert(!fake.relay[0]);
	fake_edge(GAP_IN_LINK, false);
	ck_assert(fake.relay[0]);
	fake_edge(GAP_IN_LINK, true);
	ck_assert(!fake.relay[0]);
	ck_assert_str_eq(fake_log(), "link(0); relay 1 on; relay(1,1,network); "
			 "link(1); relay 1 off; relay(1,0,network)");
}
END_TEST

/* REL-05: at boot nothing is said before the link's level is known */
START_TEST(a_network_relay_waits_at_boot_for_the_link_to_be_told)
{
	fake_new();
	fake_set("relay1.function", "network");
	fake_set("relay2.function", "mains");
	fake_boot_alone();
	ck_assert(!fake.relay[0] && !fake.relay[1]);
	fake_edge(GAP_IN_LINK, false);
	fake_edge(GAP_IN_MAINS, true);
	ck_assert(fake.relay[0] && fake.relay[1]);
	fake_edge(GAP_IN_LINK, true);
	ck_assert(!fake.relay[0]);
}
END_TEST

/* --- settings changed while energised --- */

START_TEST(a_new_hold_time_is_that_of_the_next_strike)
{
	uint64_t t0;

	fresh("strike");
	t0 = fake.now_us;
	fake_strike(1);
	fake_set("relay1.hold_s", "20");
	fake_run(30 * S);
	ck_assert_uint_eq(fake_when("relay 1 off"), t0 + 5 * S);
	t0 = fake.now_us;
	fake_strike(1);
	fake_run(30 * S);
	ck_assert_uint_eq(fake_when("relay 1 off"), t0 + 20 * S);
}
END_TEST

/* REL-01: what a relay did before is over, no timer of it is left, and the new function holds */
START_TEST(a_new_function_takes_an_energised_relay_over)
{
	static const char *const function[] = {"strike", "line", "mains", "network"};
	const int from = _i / 4, to = _i % 4;
	const bool on[] = {false, false, true, true};

	fresh(function[from]);
	fake_edge(GAP_IN_LINK, false);
	if (from == RELAY_STRIKE)
		fake_strike(1);
	if (from == RELAY_LINE) {
		fake_set("relay1.line_s", "9");
		fake_calling();
	}
	ck_assert(fake.relay[0]);
	fake_set("relay1.function", function[to]);
	if (from == RELAY_LINE)
		fake_tell((struct door_in){.type = DOOR_IN_HANGUP});
	if (from != to)
		ck_assert(fake.relay[0] == on[to]);
	fake_run(30 * S);
	ck_assert(fake.relay[0] == on[to]);
	ck_assert(door_deadline(&fake.door) == GAP_NEVER);
}
END_TEST

/* REL-03 */
START_TEST(a_relay_that_becomes_line_during_a_call_joins_it)
{
	fresh("strike");
	fake_talking();
	fake_set("relay1.function", "line");
	ck_assert(fake.relay[0]);
	fake_closed(0, "remote");
	ck_assert(!fake.relay[0]);
}
END_TEST

START_TEST(a_changed_setting_of_other_kind_leaves_relays_alone)
{
	fresh("strike");
	fake_strike(1);
	fake_clear();
	fake_set("door.ring_s", "20");
	ck_assert_uint_eq(fake.lines, 0);
	ck_assert(fake.relay[0]);
}
END_TEST

START_TEST(a_shutdown_hangs_up_and_releases_every_relay)
{
	fake_new();
	fake_set("relay2.function", "mains");
	fake_boot();
	fake_talking();
	fake_strike(1);
	fake_clear();
	fake.now_us += 3 * S;
	door_shutdown(&fake.door, "restart");
	ck_assert_str_eq(fake_log(), "hangup 1; sup_end(1,hangup); call_end(1,command,3000); relay 1 off; "
			 "relay(1,0,shutdown); relay 2 off; relay(2,0,shutdown); shutdown(restart)");
	ck_assert(door_deadline(&fake.door) == GAP_NEVER);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("relay");
	TCase *tc = tcase_create("relay");

	tcase_add_loop_test(tc, a_strike_is_held_for_its_time, 0, 6);
	tcase_add_test(tc, a_command_during_the_hold_changes_nothing);
	tcase_add_test(tc, the_relays_do_not_know_each_other);
	tcase_add_loop_test(tc, a_relay_that_is_no_strike_obeys_no_command, 0, 3);
	tcase_add_test(tc, a_relay_that_does_not_exist_is_passed_over);
	tcase_add_test(tc, a_permanent_line_relay_is_on_until_the_outgoing_call_is_over);
	tcase_add_test(tc, a_line_relay_is_on_while_the_door_is_called);
	tcase_add_loop_test(tc, a_timed_line_relay_goes_off_during_the_call, 0, 2);
	tcase_add_test(tc, a_timed_line_relay_goes_off_with_the_call);
	tcase_add_test(tc, a_mains_relay_follows_every_supply_seen_since_boot);
	tcase_add_test(tc, a_network_relay_is_on_while_the_link_is_down);
	tcase_add_test(tc, a_network_relay_waits_at_boot_for_the_link_to_be_told);
	tcase_add_test(tc, a_new_hold_time_is_that_of_the_next_strike);
	tcase_add_loop_test(tc, a_new_function_takes_an_energised_relay_over, 0, 16);
	tcase_add_test(tc, a_relay_that_becomes_line_during_a_call_joins_it);
	tcase_add_test(tc, a_changed_setting_of_other_kind_leaves_relays_alone);
	tcase_add_test(tc, a_shutdown_hangs_up_and_releases_every_relay);
	suite_add_tcase(s, tc);

	return s;
}
