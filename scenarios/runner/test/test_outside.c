/* URI of a receiver from outside, and from where it is reached (RCV-01) */
#include <check.h>
#include <errno.h>
#include <sys/socket.h>
#include <re.h>
#include "scenarios/runner/outside.h"

START_TEST(test_uri)
{
	static const struct { const char *text, *want; int err; } row[] = {
		{"sip:192.0.2.7", "sip:192.0.2.7:5060", 0},
		{"sip:192.0.2.7:5070", "sip:192.0.2.7:5070", 0},
		{"sip:alarm@192.0.2.7", "sip:alarm@192.0.2.7:5060", 0},
		{"sip:alarm@[2001:db8::1]:5070", "sip:alarm@[2001:db8::1]:5070", 0},
		{"sip:no.such.host.invalid", NULL, ENOENT},
		{"192.0.2.7", NULL, EINVAL},
		{"sips:192.0.2.7", NULL, EINVAL},
		{"sip:", NULL, EINVAL},
		{"", NULL, EINVAL},
	};
	const char *why;
	char uri[320];
	int err = outside_uri(uri, sizeof(uri), row[_i].text, &why);

	ck_assert_int_eq(err, row[_i].err);
	if (row[_i].want)
		ck_assert_str_eq(uri, row[_i].want);
	else
		ck_assert_ptr_nonnull(why);
}
END_TEST

START_TEST(test_a_host_has_an_address_that_reaches_and_a_free_port)
{
	struct sa sa, other;

	ck_assert_int_eq(sa_set_str(&sa, "127.77.3.1", 5060), 0);
	other = sa;
	ck_assert_int_eq(outside_address(&sa, "sip:127.0.0.1:5070"), 0);
	ck_assert(sa_cmp(&sa, &other, SA_ADDR));
	ck_assert_uint_ge(sa_port(&sa), 1024);
	ck_assert_int_eq(outside_address(&sa, "sip:u@127.9.9.9:5060"), 0);
	ck_assert(sa_cmp(&sa, &other, SA_ADDR));
	ck_assert_int_eq(outside_address(&sa, "sip:u@[::1]:5060"), 0);
	ck_assert_int_eq(sa_af(&sa), AF_INET6);
	ck_assert(sa_is_loopback(&sa));
	ck_assert_int_ne(outside_address(&sa, "sip:nonsense"), 0);
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("outside");
	TCase *tc = tcase_create("outside");

	tcase_add_loop_test(tc, test_uri, 0, 9);
	tcase_add_test(tc, test_a_host_has_an_address_that_reaches_and_a_free_port);
	suite_add_tcase(s, tc);

	return s;
}
