/**
 * @file test_report.c  From user and MESSAGE body of each reason, contacts of a list
 *                      (SUP-01, SUP-02, SUP-10, SUP-25, DOOR-01)
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "core/door/door.h"

Suite *suite(void);

static struct settings conf;

static void set(const char *key, const char *value)
{
	ck_assert_int_eq(settings_set(&conf, key, value, NULL, 0), 0);
}

/* The manual's tables (§3.3.22.1 to 3) */
START_TEST(each_reason_has_its_user_and_its_alert)
{
	static const struct { const char *user, *body; } row[REASON_COUNT] = {
		[REASON_BUTTON] = {"bouton_appel", "01"}, [REASON_TEST] = {"test", "04"},
		[REASON_MAINS_BACK] = {"retourSecteur", "11"}, [REASON_MAINS_FAULT] = {"defautSecteur", "12"},
		[REASON_BUTTON_FAULT] = {"panneBoutonALB", "17"},
		[REASON_BUTTON_BACK] = {"retourBoutonALB", "18"}, [REASON_PBX_FAULT] = {"pannePbx", "404"},
	};
	char user[REPORT_USER], body[REPORT_BODY], want[REPORT_BODY];

	settings_default(&conf);
	set("identity", "123456789");
	ck_assert_int_eq(report_from_user(user, sizeof(user), &conf, (enum reason)_i), 0);
	ck_assert_int_eq(report_body(body, sizeof(body), &conf, (enum reason)_i), 0);
	snprintf(want, sizeof(want), "123456789_%s", row[_i].user);
	ck_assert_str_eq(user, want);
	snprintf(want, sizeof(want), "identity=123456789 ;product=81 ;alerte=%s", row[_i].body);
	ck_assert_str_eq(body, want);
	ck_assert_int_eq(reason_row((enum reason)_i)->vocal, _i == REASON_BUTTON);
}
END_TEST

/* DOOR-01: SIP texts left-pad the identity to 9 digits */
START_TEST(a_short_identity_is_padded)
{
	char user[REPORT_USER], body[REPORT_BODY];

	settings_default(&conf);
	set("identity", "42");
	ck_assert_int_eq(report_from_user(user, sizeof(user), &conf, REASON_BUTTON), 0);
	ck_assert_str_eq(user, "000000042_bouton_appel");
	ck_assert_int_eq(report_body(body, sizeof(body), &conf, REASON_BUTTON), 0);
	ck_assert_str_eq(body, "identity=000000042 ;product=81 ;alerte=01");
}
END_TEST

/* SUP-02: those of button and test can be changed */
START_TEST(reasons_of_button_and_test_are_settings)
{
	char user[REPORT_USER];

	settings_default(&conf);
	set("sup.reason_button", "12345678901234567890123456789012");
	set("sup.reason_test", "essai");
	ck_assert_int_eq(report_from_user(user, sizeof(user), &conf, REASON_BUTTON), 0);
	ck_assert_str_eq(user, "000000000_12345678901234567890123456789012");
	ck_assert_int_eq(report_from_user(user, sizeof(user), &conf, REASON_TEST), 0);
	ck_assert_str_eq(user, "000000000_essai");
}
END_TEST

START_TEST(a_buffer_too_small_is_told)
{
	char buf[REPORT_BODY];

	settings_default(&conf);
	ck_assert_int_eq(report_from_user(buf, 22, &conf, REASON_BUTTON), EOVERFLOW);
	ck_assert_int_eq(report_from_user(buf, 23, &conf, REASON_BUTTON), 0);
	ck_assert_int_eq(report_body(buf, 41, &conf, REASON_BUTTON), EOVERFLOW);
	ck_assert_int_eq(report_body(buf, 42, &conf, REASON_BUTTON), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("report");
	TCase *tc = tcase_create("report");

	tcase_add_loop_test(tc, each_reason_has_its_user_and_its_alert, 0, REASON_COUNT);
	tcase_add_test(tc, a_short_identity_is_padded);
	tcase_add_test(tc, reasons_of_button_and_test_are_settings);
	tcase_add_test(tc, a_buffer_too_small_is_told);
	suite_add_tcase(s, tc);

	return s;
}
