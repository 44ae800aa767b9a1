/**
 * @file test_message.c  Body of an alarm's MESSAGE, and From (SUP-02, SUP-10)
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "receiver/message.h"

static struct message m;

/** From a buffer of its own size, so that a byte too far is noticed */
static int parse_n(const char *body, size_t n)
{
	char *copy = malloc(n ? n : 1);
	int err;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, body, n);
	err = message_parse(&m, copy, n);
	free(copy);

	return err;
}

static int parse(const char *body)
{
	return parse_n(body, strlen(body));
}

static void assert_alarm(const char *identity, unsigned product, unsigned alerte)
{
	ck_assert_str_eq(m.identity, identity);
	ck_assert_uint_eq(m.product, product);
	ck_assert_uint_eq(m.alerte, alerte);
}

/* SUP-10: "Body exactly identity=000000000 ;product=81 ;alerte=01" */
START_TEST(test_body_of_the_manual)
{
	ck_assert_int_eq(parse("identity=000000000 ;product=81 ;alerte=01"), 0);
	assert_alarm("000000000", 81, 1);
	ck_assert_int_eq(parse("identity=123456789 ;product=81 ;alerte=404"), 0);
	assert_alarm("123456789", 81, 404);
}
END_TEST

/* SUP-10: "reading is lenient about spaces" */
START_TEST(test_blanks_line_ends_case_and_order_are_free)
{
	static const char *const body[] = {
		"identity=42;product=81;alerte=12",
		"  identity = 42  ;  product = 81 ;\talerte = 12  ",
		"identity=42 ;product=81 ;alerte=12\r\n",
		"identity=42;\r\nproduct=81;\r\nalerte=12;\r\n",
		"IDENTITY=42;Product=81;ALERTE=12",
		"alerte=012;product=081;identity=42",
		"identity=42;product=81;alerte=12;site=Lyon;a_name_longer_than_any_of_ours=1",
	};
	size_t i;

	for (i = 0; i < sizeof(body) / sizeof(body[0]); i++) {
		memset(&m, 0, sizeof(m));
		ck_assert_msg(parse(body[i]) == 0, "refused: %s", body[i]);
		assert_alarm("42", 81, 12);
	}
}
END_TEST

START_TEST(test_malformed_bodies_are_refused_and_nothing_is_written)
{
	static const char *const body[] = {
		"", " ", ";", "=", "hello", "identity", "identity=", "identity=1",
		"identity=1;product=81",
		"identity=1;alerte=1", "product=81;alerte=1", "identity=;product=81;alerte=1",
		"identity=1234567890;product=81;alerte=1", "identity=12a;product=81;alerte=1",
		"identity=1 2;product=81;alerte=1", "identity=1;product=81;alerte=",
		"identity=1;product=81;alerte=1000",
		"identity=1;product=-1;alerte=1", "identity=1;product=0x51;alerte=1",
		"identity=1;identity=1;product=81;alerte=1",
		"identity=1;product=81;alerte=1;alerte=1", "identity=1;;product=81;alerte=1",
		";identity=1;product=81;alerte=1", "identity=1,product=81,alerte=1",
		"identity=1;product=81;alerte=1;junk", "identity==1;product=81;alerte=1",
		"identity=\xc3\xa9;product=81;alerte=1", "i dentity=1;product=81;alerte=1",
	};
	size_t i;

	for (i = 0; i < sizeof(body) / sizeof(body[0]); i++) {
		m = (struct message){.identity = "x", .product = 7, .alerte = 8};
		ck_assert_msg(parse(body[i]) == EBADMSG, "accepted: %s", body[i]);
		assert_alarm("x", 7, 8);
	}
}
END_TEST

START_TEST(test_a_zero_byte_ends_nothing)
{
	static const char name[] = "identity\0=1;product=81;alerte=1";
	static const char value[] = "identity=1;product=81;alerte=1\0";

	ck_assert_int_eq(parse_n(name, sizeof(name) - 1), EBADMSG);
	ck_assert_int_eq(parse_n(value, sizeof(value) - 1), EBADMSG);
}
END_TEST

START_TEST(test_each_shorter_body_is_refused)
{
	static const char body[] = "identity=000000000 ;product=81 ;alerte=01";
	size_t n;

	for (n = 0; n < sizeof(body) - 2; n++)
		ck_assert_int_eq(parse_n(body, n), EBADMSG);
	ck_assert_int_eq(parse_n(body, n), 0);          /* alerte=0 */
	ck_assert_uint_eq(m.alerte, 0);
}
END_TEST

static void assert_from(const char *uri, const char *identity, const char *reason)
{
	struct message_from f;

	memset(&f, 'x', sizeof(f));
	message_from(&f, uri);
	ck_assert_str_eq(f.identity, identity);
	ck_assert_str_eq(f.reason, reason);
}

/* SUP-02: "INVITE From: <sip:IDENTITY_REASON@door-ip> ... Split at the first `_`." */
START_TEST(test_from_is_split_at_the_first_underscore)
{
	assert_from("sip:000000000_bouton_appel@192.168.0.33", "000000000", "bouton_appel");
	assert_from("sip:123456789_defautSecteur@10.0.0.1:5070;transport=tcp", "123456789",
		    "defautSecteur");
	assert_from("\"000000000_test\" <sip:000000000_test@[fd77::1]>;tag=1", "000000000", "test");
	assert_from("sips:7__x@h", "7", "_x");
	assert_from("000000000_test@h", "000000000", "test");
}
END_TEST

/* SUP-03: an account has no reason in its From */
START_TEST(test_from_without_reason_or_user)
{
	assert_from("sip:1007@pbx.example", "1007", "");
	assert_from("sip:_x@h", "", "x");
	assert_from("sip:192.168.0.33", "", "");
	assert_from("sip:a_b", "", "");
	assert_from("", "", "");
	assert_from("@", "", "");
}
END_TEST

START_TEST(test_long_from_is_cut)
{
	struct message_from f;
	char uri[512] = "sip:";

	memset(uri + 4, '1', 100);
	uri[104] = '_';
	memset(uri + 105, 'r', 200);
	strcpy(uri + 305, "@h");
	message_from(&f, uri);
	ck_assert_uint_eq(strlen(f.identity), sizeof(f.identity) - 1);
	ck_assert_uint_eq(strlen(f.reason), sizeof(f.reason) - 1);
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("message");
	TCase *tc = tcase_create("message");

	tcase_add_test(tc, test_body_of_the_manual);
	tcase_add_test(tc, test_blanks_line_ends_case_and_order_are_free);
	tcase_add_test(tc, test_malformed_bodies_are_refused_and_nothing_is_written);
	tcase_add_test(tc, test_a_zero_byte_ends_nothing);
	tcase_add_test(tc, test_each_shorter_body_is_refused);
	tcase_add_test(tc, test_from_is_split_at_the_first_underscore);
	tcase_add_test(tc, test_from_without_reason_or_user);
	tcase_add_test(tc, test_long_from_is_cut);
	suite_add_tcase(s, tc);

	return s;
}
