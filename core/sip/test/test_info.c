/**
 * @file test_info.c  Digits in bodies of SIP INFO (SIP-06)
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "core/sip/info.h"

Suite *suite(void);

static const struct {
	const char *body;
	bool relay;
	int err;
	char digit;
	unsigned ms;
} bodies[] = {
	{ "Signal=5\r\nDuration=160\r\n", true, 0, '5', 160 },
	{ "Signal= 5\r\nDuration= 160\r\n", true, 0, '5', 160 },
	{ "signal=\"#\"\nduration=250", true, 0, '#', 250 },
	{ "Duration=160\r\nSignal=*", true, 0, '*', 160 },
	{ "Signal=a\r\n", true, 0, 'A', 100 },
	{ "Signal=10\r\n", true, 0, '*', 100 },
	{ "Signal=11\r\n", true, 0, '#', 100 },
	{ "Signal=15\r\n", true, 0, 'D', 100 },
	{ "Signal=16\r\nDuration=100\r\n", true, ENOENT, 0, 0 },
	{ "Signal=flash\r\n", true, ENOENT, 0, 0 },
	{ "Signal=17\r\n", true, EBADMSG, 0, 0 },
	{ "Signal=\r\n", true, EBADMSG, 0, 0 },
	{ "Signal=x\r\n", true, EBADMSG, 0, 0 },
	{ "Signal=9999999999\r\n", true, EBADMSG, 0, 0 },
	{ "Duration=100\r\n", true, EBADMSG, 0, 0 },
	{ "5", true, EBADMSG, 0, 0 },
	{ "Signal=5\r\nDuration=0\r\n", true, 0, '5', 100 },
	{ "Signal=5\r\nDuration=-1\r\n", true, 0, '5', 100 },
	{ "Signal=5\r\nDuration=999999999999\r\n", true, 0, '5', 100 },
	{ "", true, ENOENT, 0, 0 },
	{ "\r\n \r\n", true, ENOENT, 0, 0 },
	{ "5", false, 0, '5', 100 },
	{ " 7 \r\n", false, 0, '7', 100 },
	{ "d5", false, 0, '5', 100 },
	{ "D", false, 0, 'D', 100 },
	{ "star", false, 0, '*', 100 },
	{ "Signal=3", false, 0, '3', 100 },
	{ "55", false, EBADMSG, 0, 0 },
	{ "", false, ENOENT, 0, 0 },
};

START_TEST(reads_bodies)
{
	const size_t n = strlen(bodies[_i].body);
	char *exact = malloc(n ? n : 1), digit = 0;     /* no byte past the end */
	unsigned ms = 0;
	int err;

	memcpy(exact, bodies[_i].body, n);
	err = info_read(&digit, &ms, bodies[_i].relay, exact, n);
	free(exact);
	ck_assert_int_eq(err, bodies[_i].err);
	ck_assert_int_eq(digit, bodies[_i].digit);
	ck_assert_uint_eq(ms, bodies[_i].ms);
}
END_TEST

START_TEST(writes_what_it_reads)
{
	static const char keypad[] = "0123456789*#ABCD";
	char body[INFO_BODY], digit;
	unsigned ms;
	size_t i;

	ck_assert_int_eq(info_write(body, '5', 100), 0);
	ck_assert_str_eq(body, "Signal=5\r\nDuration=100\r\n");
	ck_assert_int_eq(info_write(body, 'x', 100), EINVAL);
	for (i = 0; keypad[i]; i++) {
		ck_assert_int_eq(info_write(body, keypad[i], 40 + (unsigned)i), 0);
		ck_assert_int_eq(info_read(&digit, &ms, true, body, strlen(body)), 0);
		ck_assert_int_eq(digit, keypad[i]);
		ck_assert_uint_eq(ms, 40 + i);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("info");
	TCase *t = tcase_create("info");

	tcase_add_loop_test(t, reads_bodies, 0, sizeof(bodies) / sizeof(bodies[0]));
	tcase_add_test(t, writes_what_it_reads);
	suite_add_tcase(s, t);

	return s;
}
