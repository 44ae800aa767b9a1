/**
 * @file test_input.c  Day and night: button modes, the input's functions, codes and volume in slots
 *                     (DOOR-06, DOOR-08, REL-08, HW-07, SCH-02)
 */
#include "fake.h"

Suite *suite(void);

#define MONDAY 1767571200               /* 2026-01-05 00:00 UTC; Paris is an hour ahead */
#define HOUR 3600

/* Slot 1 is mon-fri 08:00-18:00 in Paris; the door stands on a Monday at this hour there */
static void at(int64_t hour)
{
	fake_new();
	fake_set("slot1.hours", "mon-fri 08:00-18:00");
	fake_set("button.night", "sip:n@10.0.0.5");
	fake_boot();
	fake_calendar(MONDAY + (hour - 1) * HOUR);
}

static const char *press(void)
{
	fake_press();

	return fake_log();
}

static void close_input(void)
{
	fake_edge(GAP_IN_CONTACT, true);
	fake_run(600 * MS);
	fake_edge(GAP_IN_CONTACT, false);
}

/* DOOR-06: {mode, hour} -> what a press does first */
START_TEST(each_button_mode_by_day_and_night)
{
	static const struct { const char *mode; int hour; const char *does, *dials; } row[] = {
		{"call/call", 12, "press(call)", "dial 1 sip:a@10.0.0.1"},
		{"call/call", 18, "press(call)", "dial 1 sip:n@10.0.0.5"},
		{"call/call", 7, "press(call)", "dial 1 sip:n@10.0.0.5"},
		{"call/none", 8, "press(call)", "dial 1 sip:a@10.0.0.1"},
		{"call/none", 18, "press(night)", NULL},
		{"strike/call", 12, "press(strike)", NULL},
		{"strike/call", 20, "press(call)", "dial 1 sip:n@10.0.0.5"},
	};

	at(row[_i].hour);
	fake_set("button.mode", row[_i].mode);
	fake_set("button.slot", "1");
	fake_press();
	ck_assert_uint_eq(fake_count(row[_i].does), 1);
	ck_assert_uint_eq(fake_count("dial "), row[_i].dials != NULL);
	ck_assert(!row[_i].dials || fake_count(row[_i].dials) == 1);
	ck_assert_uint_eq(fake_count("relay(1,1,button)"), strcmp(row[_i].does, "press(strike)") == 0);
}
END_TEST

/* Decided in DOOR-06: without a slot it is always day */
START_TEST(without_a_slot_it_is_always_day)
{
	at(3);
	fake_set("button.mode", "call/none");
	fake_press();
	ck_assert_uint_eq(fake_count("dial 1 sip:a@10.0.0.1"), 1);
}
END_TEST

START_TEST(a_button_whose_relay_is_no_strike_does_nothing_but_an_event)
{
	at(12);
	fake_set("button.mode", "strike/call");
	fake_set("button.relay", "2");
	fake_set("relay2.function", "line");
	ck_assert_str_eq(press(), "button(1); press(strike); code_refused(2,function); button(0)");
}
END_TEST

START_TEST(in_a_call_the_strike_button_opens_unless_it_ends_the_call)
{
	at(12);
	fake_set("button.mode", "strike/call");
	fake_called();
	ck_assert_str_eq(press(), "button(1); press(strike); relay 1 on; relay(1,1,button); button(0)");
	ck_assert_int_eq(fake.door.state, DOOR_TALKING);
	fake_run(6 * S);
	fake_set("door.end_by_button", "yes");
	fake_clear();
	ck_assert_str_eq(press(), "button(1); press(end); hangup 1; call_end(1,button,6300); button(0)");
}
END_TEST

/* DOOR-08 */
START_TEST(the_input_counts_after_its_time_and_not_before)
{
	at(12);
	fake_set("input.enabled", "yes");
	fake_set("input.active_ms", "5500");
	fake_edge(GAP_IN_CONTACT, true);
	fake_run(5499 * MS);
	fake_edge(GAP_IN_CONTACT, false);
	fake_run(10 * S);
	ck_assert_str_eq(fake_log(), "contact(1); contact(0)");
	fake_edge(GAP_IN_CONTACT, true);
	fake_run(5500 * MS);
	ck_assert_uint_eq(fake_count("input(button)"), 1);
	ck_assert_uint_eq(fake_count("press(call)"), 1);
}
END_TEST

START_TEST(a_normally_closed_input_is_active_when_it_opens)
{
	at(12);
	fake_set("input.enabled", "yes");
	fake_set("input.normally", "closed");
	fake_edge(GAP_IN_CONTACT, true);
	fake_run(10 * S);
	ck_assert_str_eq(fake_log(), "contact(1)");
	fake_edge(GAP_IN_CONTACT, false);
	fake_run(500 * MS);
	ck_assert_uint_eq(fake_count("input(button)"), 1);
}
END_TEST

START_TEST(an_input_that_is_off_is_only_told)
{
	at(12);
	close_input();
	ck_assert_str_eq(fake_log(), "contact(1); contact(0)");
	fake_set("input.enabled", "yes");
	fake_edge(GAP_IN_CONTACT, true);
	fake_set("input.enabled", "no");
	fake_run(10 * S);
	ck_assert_str_eq(fake_log(), "contact(1)");
}
END_TEST

START_TEST(each_function_of_the_input)
{
	static const struct { const char *key, *value, *key2, *value2, *does; } row[] = {
		{"input.function", "strike", "input.relay", "1", "relay(1,1,input)"},
		{"input.function", "strike", "input.relay", "2", "relay(2,1,input)"},
		{"input.function", "strike", "input.relay", "1+2", "relay(2,1,input)"},
		{"input.function", "day_call", "button.mode", "call/none", "dial 1 sip:a@10.0.0.1"},
		{"input.function", "day_call", "button.mode", "strike/call", "dial 1 sip:n@10.0.0.5"},
		{"input.function", "list", "input.contacts", "sip:i@10.0.0.6", "dial 1 sip:i@10.0.0.6"},
		{"input.function", "button", "button.mode", "strike/call", "relay(1,1,button)"},
	};

	at(12);
	fake_set("input.enabled", "yes");
	fake_set(row[_i].key, row[_i].value);
	fake_set(row[_i].key2, row[_i].value2);
	fake_clear();
	close_input();
	ck_assert_uint_eq(fake_count(row[_i].does), 1);
	ck_assert_uint_eq(fake_count("relay(1,1"), _i == 0 || _i == 2 || _i == 6);
}
END_TEST

START_TEST(outside_of_its_slot_the_input_does_nothing)
{
	at(18);
	fake_set("input.enabled", "yes");
	fake_set("input.function", "strike");
	fake_set("input.slot", "1");
	close_input();
	ck_assert_str_eq(fake_log(), "contact(1); input(slot); contact(0)");
}
END_TEST

/* DOOR-08, REL-06: what is not a strike is not offered, and the message says why */
START_TEST(a_relay_that_shows_something_is_not_offered_to_the_input)
{
	char err[256];

	at(12);
	fake_set("input.enabled", "yes");
	fake_set("input.function", "strike");
	fake_set("input.relay", "1+2");
	ck_assert_int_eq(settings_check(&fake.conf, err, sizeof(err)), 0);
	fake_set("relay2.function", "network");
	ck_assert_int_ne(settings_check(&fake.conf, err, sizeof(err)), 0);
	ck_assert_str_eq(err, "input.function=strike with input.relay=1+2 needs relay2.function=strike, but it is "
			 "network; choose input.relay=1");
	fake_set("relay1.function", "mains");
	ck_assert_int_ne(settings_check(&fake.conf, err, sizeof(err)), 0);
	ck_assert_str_eq(err, "input.function=strike with input.relay=1+2 needs relay1.function=strike, but it is "
			 "mains; choose another input.function");
	fake_set("input.enabled", "no");
	ck_assert_int_eq(settings_check(&fake.conf, err, sizeof(err)), 0);
}
END_TEST

/* REL-08 */
START_TEST(a_code_is_valid_in_its_slot_alone)
{
	at(_i ? 18 : 17);
	fake_set("relay1.code1", "42");
	fake_set("relay1.code1_slot", "1");
	fake_called();
	fake_dtmf("42");
	ck_assert_uint_eq(fake_count("code(1,1)"), !_i);
	ck_assert_uint_eq(fake_count("code_refused(1,slot)"), (unsigned)_i);
	ck_assert_int_eq(fake.relay[0], !_i);
}
END_TEST

/* HW-07, SCH-02: the same hour of the same weekday, in winter and in summer */
START_TEST(the_volume_follows_local_time)
{
	static const struct { int64_t utc_s; unsigned volume; } row[] = {
		{MONDAY + 6 * HOUR + 3599, 40}, {MONDAY + 7 * HOUR, 80}, {MONDAY + 17 * HOUR - 1, 80},
		{MONDAY + 17 * HOUR, 40},
		{MONDAY + 26 * 7 * 86400 + 6 * HOUR - 1, 40}, {MONDAY + 26 * 7 * 86400 + 6 * HOUR, 80},
		{MONDAY + 5 * 86400 + 12 * HOUR, 40},
	};
	unsigned i;

	at(12);
	ck_assert_uint_eq(schedule_volume(&fake.conf, MONDAY), 80);
	fake_set("audio.attenuation_slot", "1");
	for (i = 0; i < sizeof(row) / sizeof(*row); i++)
		ck_assert_msg(schedule_volume(&fake.conf, row[i].utc_s * 1000000) == row[i].volume, "row %u", i);
}
END_TEST

/* An idle door with slots everywhere runs no timer for them */
START_TEST(slots_cost_an_idle_door_no_timer)
{
	at(12);
	fake_set("button.slot", "1");
	fake_set("input.slot", "1");
	fake_set("audio.attenuation_slot", "1");
	fake_run(5 * S);
	ck_assert(door_deadline(&fake.door) == GAP_NEVER);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("input");
	TCase *tc = tcase_create("input");

	tcase_add_loop_test(tc, each_button_mode_by_day_and_night, 0, 7);
	tcase_add_test(tc, without_a_slot_it_is_always_day);
	tcase_add_test(tc, a_button_whose_relay_is_no_strike_does_nothing_but_an_event);
	tcase_add_test(tc, in_a_call_the_strike_button_opens_unless_it_ends_the_call);
	tcase_add_test(tc, the_input_counts_after_its_time_and_not_before);
	tcase_add_test(tc, a_normally_closed_input_is_active_when_it_opens);
	tcase_add_test(tc, an_input_that_is_off_is_only_told);
	tcase_add_loop_test(tc, each_function_of_the_input, 0, 7);
	tcase_add_test(tc, outside_of_its_slot_the_input_does_nothing);
	tcase_add_test(tc, a_relay_that_shows_something_is_not_offered_to_the_input);
	tcase_add_loop_test(tc, a_code_is_valid_in_its_slot_alone, 0, 2);
	tcase_add_test(tc, the_volume_follows_local_time);
	tcase_add_test(tc, slots_cost_an_idle_door_no_timer);
	suite_add_tcase(s, tc);

	return s;
}
