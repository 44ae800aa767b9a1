/**
 * @file test_options.c  One option of a command line, by a table
 */
#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include "sim/options.h"

static const struct row {
	struct option_row row;
	int number;
} rows[] = {
	{{"--data", "DIR"}, 1}, {{"--json", NULL}, 2}, {{"--log", ""}, 3}, {{"--help", NULL}, 4},
};
static const struct option_table table = OPTION_TABLE(rows, "ipgap test");

static char err[256];
static const char *value;
static size_t row;
static int at;

static int read_words(const char *first, const char *second)
{
	char *argv[] = {(char *)(uintptr_t)"x", (char *)(uintptr_t)first, (char *)(uintptr_t)second, NULL};

	err[0] = '\0';
	value = NULL;
	at = 1;
	return option_read(&row, &value, &table, second ? 3 : 2, argv, &at, err, sizeof(err));
}

static void bad(const char *first, const char *second, const char *says)
{
	ck_assert_int_eq(read_words(first, second), EINVAL);
	ck_assert_msg(strstr(err, says), "%s: %s", first, err);
	ck_assert_ptr_null(value);
}

START_TEST(a_value_is_the_next_word_or_stands_behind_an_equals_sign)
{
	ck_assert_int_eq(read_words("--data", "a b"), 0);
	ck_assert_uint_eq(row, 0);
	ck_assert_str_eq(value, "a b");
	ck_assert_int_eq(at, 2);
	ck_assert_int_eq(read_words("--data=a=b", "c"), 0);
	ck_assert_str_eq(value, "a=b");
	ck_assert_int_eq(at, 1);
	ck_assert_int_eq(read_words("--data=", NULL), 0);
	ck_assert_str_eq(value, "");
}
END_TEST

START_TEST(a_flag_takes_none_and_one_may_be_left_out)
{
	ck_assert_int_eq(read_words("--json", "x"), 0);
	ck_assert_ptr_null(value);
	ck_assert_int_eq(at, 1);
	ck_assert_int_eq(read_words("--log", "x"), 0);
	ck_assert_str_eq(value, "yes");
	ck_assert_int_eq(at, 1);
	ck_assert_int_eq(read_words("--log=no", NULL), 0);
	ck_assert_str_eq(value, "no");
	ck_assert_int_eq(read_words("-h", NULL), 0);
	ck_assert_int_eq(rows[row].number, 4);
}
END_TEST

START_TEST(what_is_wrong_is_named_with_what_would_be_right)
{
	bad("--data", NULL, "--data needs DIR");
	bad("--json=1", NULL, "--json takes no value (got 1)");
	bad("--jsn", NULL, "there is no option \"--jsn\"; did you mean --json?");
	bad("--frobnicate-all-of-it", NULL, "`ipgap test --help` lists them");
	bad("--jsn=1", NULL, "\"--jsn\"");
	bad("", NULL, "there is no option \"\"");
	bad("--0123456789012345678901234567890123456789012345678901234567890123456789", NULL, "lists them");
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("options");
	TCase *tc = tcase_create("options");

	tcase_add_test(tc, a_value_is_the_next_word_or_stands_behind_an_equals_sign);
	tcase_add_test(tc, a_flag_takes_none_and_one_may_be_left_out);
	tcase_add_test(tc, what_is_wrong_is_named_with_what_would_be_right);
	suite_add_tcase(s, tc);
	return s;
}
