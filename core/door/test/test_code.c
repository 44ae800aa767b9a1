/**
 * @file test_code.c  Strike codes of the remote party, and their secrecy (REL-08, REL-06, REL-07)
 */
#include "fake.h"

Suite *suite(void);

/* A door with codes, in an incoming call: no supervision protocol there */
static void fresh(void)
{
	fake_new();
	fake_set("relay1.code1", "1234");
	fake_set("relay1.code4", "77");
	fake_set("relay2.code2", "98765432");
	fake_boot();
	fake_called();
}

START_TEST(a_code_strikes_its_relay_at_its_last_digit)
{
	static const struct { const char *digits, *log; } row[] = {
		{"1234", "code(1,1); relay 1 on; relay(1,1,code)"},
		{"77", "code(1,4); relay 1 on; relay(1,1,code)"},
		{"98765432", "code(2,2); relay 2 on; relay(2,1,code)"},
	};
	const char *log;

	fresh();
	fake_dtmf(row[_i].digits);
	ck_assert_uint_eq(fake_when("relay "), fake.now_us - 100 * MS);
	log = fake_log();
	ck_assert(strlen(log) > strlen(row[_i].log));
	ck_assert_str_eq(log + strlen(log) - strlen(row[_i].log), row[_i].log);
	ck_assert_uint_eq(fake.door.code_n, 0);
}
END_TEST

START_TEST(a_code_works_while_on_hold)
{
	fresh();
	fake_hold(true);
	fake_dtmf("1234");
	ck_assert_uint_eq(fake_count("code(1,1)"), 1);
}
END_TEST

START_TEST(a_code_works_in_a_call_only)
{
	fake_new();
	fake_set("relay1.code1", "1234");
	fake_boot();
	fake_calling();
	fake_dtmf("1234");
	ck_assert_uint_eq(fake.lines, 0);
}
END_TEST

/* API-01: a code from outside of a call, and each way it is refused */
START_TEST(a_whole_code_is_answered_at_once)
{
	static const struct { const char *digits; enum code_result want; const char *log; } row[] = {
		{"1234", CODE_TAKEN, "code(1,1); relay 1 on; relay(1,1,api)"},
		{"123", CODE_WRONG, "code_refused(0,wrong)"},
		{"12345", CODE_WRONG, "code_refused(0,wrong)"},
		{"", CODE_WRONG, "code_refused(0,wrong)"},
		{"12 34", CODE_WRONG, "code_refused(0,wrong)"},
		{"55", CODE_NOT_REMOTE, "code_refused(1,local)"},
		{"66", CODE_OUT_OF_SLOT, "code_refused(1,slot)"},
		{"98765432", CODE_NO_STRIKE, "code(2,2); code_refused(2,function)"},
	};

	fake_new();
	fake_set("relay1.code1", "1234");
	fake_set("relay1.code2", "55");
	fake_set("relay1.code2_type", "local");
	fake_set("relay1.code3", "66");
	fake_set("relay1.code3_slot", "1");
	fake_set("relay2.function", "line");
	fake_set("relay2.code2", "98765432");
	fake_boot();
	ck_assert_int_eq(door_code(&fake.door, row[_i].digits, fake.now_us), row[_i].want);
	ck_assert_ptr_nonnull(strstr(fake_log(), row[_i].log));
}
END_TEST

/* API-01, REL-07: 480 while it runs, and the hold is not longer for it */
START_TEST(a_whole_code_while_its_relay_is_held_changes_nothing)
{
	uint64_t left_us;

	fake_new();
	fake_set("relay1.code1", "1234");
	fake_boot();
	ck_assert_int_eq(door_code(&fake.door, "1234", fake.now_us), CODE_TAKEN);
	left_us = door_relay_left_us(&fake.door, 0, fake.now_us);
	ck_assert_uint_eq(left_us, 5000000);
	fake_run(S);
	ck_assert_int_eq(door_code(&fake.door, "1234", fake.now_us), CODE_RUNNING);
	ck_assert_uint_eq(door_relay_left_us(&fake.door, 0, fake.now_us), left_us - 1000000);
}
END_TEST

/* REL-07 */
START_TEST(a_code_during_the_hold_is_ignored_and_told)
{
	fresh();
	fake_dtmf("1234");
	fake_clear();
	fake_dtmf("1234");
	ck_assert_uint_eq(fake_count("code_refused(1,running)"), 1);
	ck_assert_uint_eq(fake_count("relay "), 0);
}
END_TEST

/* REL-06 */
START_TEST(a_code_of_a_relay_that_is_no_strike_is_refused)
{
	fresh();
	fake_set("relay1.function", "network");
	fake_clear();
	fake_dtmf("1234");
	ck_assert_uint_eq(fake_count("code_refused(1,function)"), 1);
	ck_assert_uint_eq(fake_count("relay "), 0);
}
END_TEST

/* REL-08: a local code is refused remotely */
START_TEST(a_local_code_is_refused_remotely)
{
	fresh();
	fake_set("relay1.code1_type", "local");
	fake_clear();
	fake_dtmf("1234");
	ck_assert_uint_eq(fake_count("code_refused(1,local)"), 1);
	ck_assert_uint_eq(fake_count("code("), 0);
	ck_assert(!fake.relay[0]);
}
END_TEST

/* One event an attempt: as long as the longest code, ended by * or #, or after a pause */
START_TEST(a_wrong_code_is_one_event)
{
	static const char *const wrong[] = {"12355555", "12*", "5#", "1237*", "7812345#"};

	fresh();
	fake_dtmf(wrong[_i]);
	ck_assert_uint_eq(fake_count("code_refused(0,wrong)"), 1);
	ck_assert_uint_eq(fake_count("code_refused("), 1);
	fake_dtmf("1234");
	ck_assert_uint_eq(fake_count("code(1,1)"), 1);
	ck_assert_uint_eq(fake_count("code_refused("), 1);
}
END_TEST

START_TEST(an_attempt_ends_at_the_length_of_the_longest_code)
{
	fresh();
	fake_set("relay2.code2", "");
	fake_clear();
	fake_dtmf("123");
	ck_assert_uint_eq(fake_count("code_refused("), 0);
	fake_dtmf("5");
	ck_assert_uint_eq(fake_count("code_refused(0,wrong)"), 1);
}
END_TEST

START_TEST(a_pause_of_the_set_length_ends_an_attempt)
{
	static const char *const gap_ms[] = {"3000", "500", "10000"};
	const uint64_t gap_us = (uint64_t)atoi(gap_ms[_i]) * MS;

	fresh();
	fake_set("door.code_gap_ms", gap_ms[_i]);
	fake_clear();
	fake_dtmf("12");
	fake_run(gap_us - 100 * MS - 1);
	ck_assert_uint_eq(fake_count("code_refused("), 0);
	fake_dtmf("3");                                         /* just in time */
	fake_run(gap_us - 100 * MS);
	ck_assert_uint_eq(fake_when("code_refused(0,wrong)"), fake.now_us);
	fake_dtmf("4");
	ck_assert(!fake.relay[0]);
}
END_TEST

START_TEST(signs_that_are_no_figures_begin_no_attempt)
{
	fresh();
	fake_dtmf("*#ABCD");
	ck_assert_uint_eq(fake_count("code_refused("), 0);
	ck_assert_uint_eq(fake_count("digit("), 6);
}
END_TEST

START_TEST(without_codes_every_figure_is_wrong)
{
	fake_new();
	fake_boot();
	fake_called();
	fake_dtmf("12");
	ck_assert_uint_eq(fake_count("code_refused(0,wrong)"), 2);
}
END_TEST

START_TEST(half_a_code_does_not_reach_into_the_next_call)
{
	fresh();
	fake_dtmf("123");
	fake_closed(0, "remote");
	ck_assert(door_deadline(&fake.door) == GAP_NEVER);
	(void)fake_incoming();
	fake_call(DOOR_IN_ANSWERED);
	fake_dtmf("4");
	ck_assert_uint_eq(fake_count("code("), 0);
}
END_TEST

START_TEST(a_code_changed_during_an_attempt_counts_as_changed)
{
	fresh();
	fake_dtmf("12");
	fake_set("relay1.code1", "1288");
	fake_dtmf("34");
	ck_assert(!fake.relay[0]);
	fake_run(4 * S);
	fake_dtmf("1288");
	ck_assert(fake.relay[0]);
}
END_TEST

/* A shorter list of codes in the middle of an attempt: the buffer holds */
START_TEST(codes_removed_during_an_attempt_end_it)
{
	fresh();
	fake_dtmf("9876543");
	fake_set("relay2.code2", "");
	fake_dtmf("2");
	ck_assert_uint_eq(fake_count("code_refused(0,wrong)"), 1);
	ck_assert_uint_eq(fake.door.code_n, 0);
}
END_TEST

/* --- secrecy, as a property --- */

static uint32_t seed;

static unsigned draw(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;

	return seed % n;
}

/* The one figure an event may show is the 1 that acknowledges a frame, where no code is heard */
static void no_figure(const struct event *ev, void *arg)
{
	const char c = ev->id == EV_DIGIT ? ev->val[0].s[0] : 'x';

	(void)arg;
	if (c >= '0' && c <= '9')
		ck_assert(c == '1' && (fake.door.sup == SUP_WAIT_ACK ||
				       (fake.door.sup == SUP_SENDING && fake.now_us >= fake.door.sup_last_us)));
	if (ev->id == EV_DIGIT)
		ck_assert_uint_eq(strlen(ev->val[0].s), 1);
}

static void one_digit(void)
{
	static const char set[] = "0123456789112233441234CC*#ABCD";

	fake_tell((struct door_in){.type = DOOR_IN_DIGIT, .call = fake.door.call,
				   .digit = set[draw(sizeof(set) - 1)], .text = "info"});
	if (!draw(4))
		fake_call(DOOR_IN_DIGITS_SENT);
	fake_run(draw(6) ? draw(700) * MS : draw(40) * S);
}

/* REL-08: whatever comes in whatever state, no event shows a figure somebody entered */
START_TEST(no_event_shows_a_figure_of_a_code)
{
	unsigned i;

	seed = 0x2545f491u + (unsigned)_i;
	fake_new();
	fake_set("relay1.code1", "1234");
	fake_set("relay2.code1", "4321");
	fake_set("relay2.code2", "5");
	fake_set("sup.frames_max", "10");
	fake_set("door.talk_min", "permanent");
	fake_boot();
	ck_assert_int_eq(event_subscribe(&fake.bus, no_figure, NULL), 0);
	for (i = 0; i < 3000; i++) {
		if (fake.door.state == DOOR_IDLE)
			fake_talking();
		one_digit();
		if (!draw(60))
			fake_closed(0, "remote");
		fake_clear();
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("code");
	TCase *tc = tcase_create("code");

	tcase_add_loop_test(tc, a_code_strikes_its_relay_at_its_last_digit, 0, 3);
	tcase_add_test(tc, a_code_works_while_on_hold);
	tcase_add_test(tc, a_code_works_in_a_call_only);
	tcase_add_test(tc, a_code_during_the_hold_is_ignored_and_told);
	tcase_add_loop_test(tc, a_whole_code_is_answered_at_once, 0, 8);
	tcase_add_test(tc, a_whole_code_while_its_relay_is_held_changes_nothing);
	tcase_add_test(tc, a_code_of_a_relay_that_is_no_strike_is_refused);
	tcase_add_test(tc, a_local_code_is_refused_remotely);
	tcase_add_loop_test(tc, a_wrong_code_is_one_event, 0, 5);
	tcase_add_test(tc, an_attempt_ends_at_the_length_of_the_longest_code);
	tcase_add_loop_test(tc, a_pause_of_the_set_length_ends_an_attempt, 0, 3);
	tcase_add_test(tc, signs_that_are_no_figures_begin_no_attempt);
	tcase_add_test(tc, without_codes_every_figure_is_wrong);
	tcase_add_test(tc, half_a_code_does_not_reach_into_the_next_call);
	tcase_add_test(tc, a_code_changed_during_an_attempt_counts_as_changed);
	tcase_add_test(tc, codes_removed_during_an_attempt_end_it);
	tcase_add_loop_test(tc, no_event_shows_a_figure_of_a_code, 0, 8);
	suite_add_tcase(s, tc);

	return s;
}
