/**
 * @file test_announce.c  Which voice message is spoken when, and what ends it (DOOR-09, HW-06, SUP-24)
 */
#include <errno.h>
#include "fake.h"

Suite *suite(void);

static void talkative(void)
{
	fake_new();
	fake_set("voice.call_in_progress", "yes");
	fake_set("voice.door_open", "yes");
	fake_set("voice.ip_address", "yes");
}

static void boot(void)
{
	fake_boot_alone();
	fake_edge(GAP_IN_POE, true);
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

START_TEST(each_message_has_its_setting)
{
	const char *const name = announce_name((enum announce)_i);
	const struct setting *row;
	enum announce found;
	char key[64];

	snprintf(key, sizeof(key), "voice.%s", name);
	row = settings_find(key);
	ck_assert_ptr_nonnull(row);
	ck_assert_uint_eq(row->offset, offsetof(struct settings, say) + (size_t)_i * sizeof(bool));
	ck_assert_int_eq(announce_find(&found, name), 0);
	ck_assert_int_eq((int)found, _i);
}
END_TEST

START_TEST(other_names_are_none)
{
	enum announce a = ANNOUNCE_ADDRESS;

	ck_assert_int_eq(announce_find(&a, "door"), ENOENT);
	ck_assert_int_eq(announce_find(&a, ""), ENOENT);
	ck_assert_int_eq(a, ANNOUNCE_ADDRESS);
	ck_assert_str_eq(announce_name(ANNOUNCE_COUNT), "?");
}
END_TEST

START_TEST(a_call_is_in_progress_until_it_is_answered)
{
	talkative();
	boot();
	press();
	ck_assert_uint_eq(fake_count("say call_in_progress"), 1);
	fake_call(DOOR_IN_ANSWERED);
	ck_assert_uint_eq(fake_count("hush call_in_progress"), 1);
	ck_assert_uint_eq(fake_count("say "), 1);
}
END_TEST

START_TEST(without_link_the_network_is_out_of_service)
{
	talkative();
	boot();
	fake_edge(GAP_IN_LINK, false);
	press();
	ck_assert_uint_eq(fake_count("say network_fault"), 1);
	ck_assert_uint_eq(fake_count("say "), 1);
}
END_TEST

START_TEST(a_refused_strike_is_silent)
{
	talkative();
	boot();
	fake_strike(1);
	fake_strike(1);
	ck_assert_uint_eq(fake_count("say door_open"), 1);
	ck_assert_uint_eq(fake_count("code_refused(1,running)"), 1);
}
END_TEST

START_TEST(nothing_is_spoken_between_c_and_hash)
{
	talkative();
	boot();
	press();
	fake_call(DOOR_IN_ANSWERED);
	fake_strike(1);
	fake_clear();
	fake_dtmf("C");
	ck_assert_uint_eq(fake_count("hush door_open"), 1);
	fake_run(1 * S);
	fake_strike(2);
	fake_tell((struct door_in){.type = DOOR_IN_SAY, .code = ANNOUNCE_END});
	ck_assert_uint_eq(fake_count("say "), 0);
	fake_run(8 * S);
	fake_call(DOOR_IN_DIGITS_SENT);
	fake_strike(1);
	ck_assert_uint_eq(fake_count("say "), 0);       /* the acknowledgement is awaited */
	fake_dtmf("1");
	fake_strike(2);
	ck_assert_uint_eq(fake_count("say door_open"), 1);
}
END_TEST

START_TEST(the_address_is_spoken_at_boot_by_switch_2_alone)
{
	talkative();
	fake_set("door.boot_ms", "1000");
	fake.dip = (unsigned)_i;
	fake_boot_alone();
	fake_run(999 * MS);
	ck_assert_uint_eq(fake_count("say "), 0);
	fake_run(1 * MS);
	ck_assert_uint_eq(fake_count("beep"), 1);
	ck_assert_uint_eq(fake_count("say ip_address"), _i & GAP_DIP_SPEAK ? 1 : 0);
}
END_TEST

START_TEST(a_number_beyond_the_table_says_nothing)
{
	talkative();
	boot();
	fake_tell((struct door_in){.type = DOOR_IN_SAY, .code = ANNOUNCE_COUNT});
	fake_tell((struct door_in){.type = DOOR_IN_SAY, .code = 65535});
	ck_assert_uint_eq(fake_count("say "), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("announce");
	TCase *t = tcase_create("announce");

	tcase_add_loop_test(t, each_message_has_its_setting, 0, ANNOUNCE_COUNT);
	tcase_add_test(t, other_names_are_none);
	tcase_add_test(t, a_call_is_in_progress_until_it_is_answered);
	tcase_add_test(t, without_link_the_network_is_out_of_service);
	tcase_add_test(t, a_refused_strike_is_silent);
	tcase_add_test(t, nothing_is_spoken_between_c_and_hash);
	tcase_add_loop_test(t, the_address_is_spoken_at_boot_by_switch_2_alone, 0, 16);
	tcase_add_test(t, a_number_beyond_the_table_says_nothing);
	suite_add_tcase(s, t);

	return s;
}
