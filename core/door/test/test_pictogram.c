/**
 * @file test_pictogram.c  What the pictograms show in each state (HW-02, HW-09)
 */
#include "fake.h"

Suite *suite(void);

static void shows(unsigned p, enum gap_colour colour, bool blink)
{
	ck_assert_msg(fake.light[p].colour == colour && fake.light[p].blink == blink,
		      "pictogram %u: %d %d", p, fake.light[p].colour, fake.light[p].blink);
}

static void fresh(void)
{
	fake_new();
	fake_boot();
}

/* HW-09: all white until the end of start-up, then the beep */
START_TEST(the_lamp_test_ends_with_a_beep)
{
	unsigned p;

	fake_new();
	fake_set("door.boot_ms", "1500");
	fake_boot();
	for (p = 0; p < GAP_PICTOS; p++)
		shows(p, GAP_WHITE, false);
	fake_run(1500 * MS - 1);
	ck_assert_uint_eq(fake.lines, 0);
	fake_run(1);
	ck_assert_uint_eq(fake_when("beep"), FAKE_START_US + 1500 * MS);
	for (p = 0; p < GAP_PICTOS; p++)
		shows(p, GAP_OFF, false);
}
END_TEST

/* HW-09: the door already works meanwhile; the lights follow at the end */
START_TEST(a_press_during_the_lamp_test_calls)
{
	fake_new();
	fake_set("door.boot_ms", "5000");
	fake_boot();
	fake_press();
	ck_assert_uint_eq(fake_count("dial 1"), 1);
	shows(GAP_PICTO_CALL, GAP_WHITE, false);
	fake_run(5 * S);
	shows(GAP_PICTO_CALL, GAP_YELLOW, false);
}
END_TEST

START_TEST(a_boot_tells_the_switches_and_releases_the_relays)
{
	unsigned p;

	fake_new();
	fake_boot_alone();
	for (p = 0; p < GAP_PICTOS; p++)
		shows(p, GAP_WHITE, false);
	ck_assert_str_eq(fake_log(), "boot(1); relay 1 off; relay 2 off");
}
END_TEST

/* HW-02: the defaults, state by state */
START_TEST(an_outgoing_call_from_bell_to_speech_to_key)
{
	fresh();
	fake_calling();
	shows(GAP_PICTO_CALL, GAP_YELLOW, false);
	fake_closed(486, "486 Busy Here");
	shows(GAP_PICTO_CALL, GAP_YELLOW, false);               /* it waits for the next contact */
	fake_run(30 * S);
	fake_call(DOOR_IN_ANSWERED);
	shows(GAP_PICTO_CALL, GAP_OFF, false);
	shows(GAP_PICTO_TALK, GAP_GREEN, false);
	fake_hold(true);
	shows(GAP_PICTO_TALK, GAP_GREEN, true);
	fake_hold(false);
	shows(GAP_PICTO_TALK, GAP_GREEN, false);
	shows(GAP_PICTO_DOOR, GAP_OFF, false);
	fake_strike(2);
	shows(GAP_PICTO_DOOR, GAP_BLUE, false);
	fake_run(5 * S);
	shows(GAP_PICTO_DOOR, GAP_OFF, false);
	fake_closed(0, "remote");
	shows(GAP_PICTO_TALK, GAP_OFF, false);
}
END_TEST

START_TEST(an_incoming_call_blinks_the_bell)
{
	fake_new();
	fake_set("door.answer_s", "5");
	fake_boot();
	(void)fake_incoming();
	shows(GAP_PICTO_CALL, GAP_YELLOW, true);
	fake_call(DOOR_IN_ANSWERED);
	shows(GAP_PICTO_CALL, GAP_OFF, false);
	shows(GAP_PICTO_TALK, GAP_GREEN, false);
}
END_TEST

/* HW-02: faults are red; a call comes first */
START_TEST(faults_are_shown_where_no_call_is)
{
	fresh();
	fake_edge(GAP_IN_LINK, false);
	shows(GAP_PICTO_TALK, GAP_RED, false);
	fake_edge(GAP_IN_LINK, true);
	shows(GAP_PICTO_TALK, GAP_OFF, false);
	fake_edge(GAP_IN_BUTTON, true);
	fake_run(11 * MIN);
	shows(GAP_PICTO_CALL, GAP_RED, false);
	(void)fake_incoming();
	fake_call(DOOR_IN_ANSWERED);
	fake_edge(GAP_IN_LINK, false);
	shows(GAP_PICTO_TALK, GAP_GREEN, false);
	fake_edge(GAP_IN_BUTTON, false);
	shows(GAP_PICTO_CALL, GAP_OFF, false);
}
END_TEST

/* HW-02: the key shows strikes only */
START_TEST(other_relays_do_not_light_the_key)
{
	static const char *const function[] = {"line", "mains", "network"};

	fake_new();
	fake_set("relay1.function", function[_i]);
	fake_boot();
	fake_calling();
	fake_edge(GAP_IN_LINK, _i != 2);
	ck_assert(fake.relay[0]);
	shows(GAP_PICTO_DOOR, GAP_OFF, false);
}
END_TEST

START_TEST(a_new_light_is_shown_at_once)
{
	fresh();
	fake_calling();
	fake_set("picto.calling", "red blinking");
	shows(GAP_PICTO_CALL, GAP_RED, true);
	ck_assert_uint_eq(fake_count("pictogram(call,red,1)"), 1);
	ck_assert_uint_eq(fake.lines, 2);
}
END_TEST

START_TEST(a_light_that_stays_is_not_told_again)
{
	fresh();
	fake_calling();
	fake_run(S);
	fake_edge(GAP_IN_POE, true);
	fake_tell((struct door_in){.type = DOOR_IN_APPLY});
	ck_assert_uint_eq(fake_count("light"), 0);
	ck_assert_uint_eq(fake_count("pictogram("), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("pictogram");
	TCase *tc = tcase_create("pictogram");

	tcase_add_test(tc, the_lamp_test_ends_with_a_beep);
	tcase_add_test(tc, a_press_during_the_lamp_test_calls);
	tcase_add_test(tc, a_boot_tells_the_switches_and_releases_the_relays);
	tcase_add_test(tc, an_outgoing_call_from_bell_to_speech_to_key);
	tcase_add_test(tc, an_incoming_call_blinks_the_bell);
	tcase_add_test(tc, faults_are_shown_where_no_call_is);
	tcase_add_loop_test(tc, other_relays_do_not_light_the_key, 0, 3);
	tcase_add_test(tc, a_new_light_is_shown_at_once);
	tcase_add_test(tc, a_light_that_stays_is_not_told_again);
	suite_add_tcase(s, tc);

	return s;
}
