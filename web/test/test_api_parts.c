/**
 * @file test_api_parts.c  What the API reads, and whom it hears: fields, base64, guard (API-01 to API-50)
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../base64.h"
#include "../digest.h"
#include "../fields.h"
#include "../guard.h"

Suite *suite(void);

static char err[256];

/* --- fields --- */

START_TEST(urlencoded_fields_are_decoded)
{
	struct web_fields f = {0};
	static const char text[] = "code=12%334&&login=a+b%2Bc&other=1&type&password=%C3%A9";

	ck_assert_int_eq(fields_url(&f, text, strlen(text), err, sizeof(err)), 0);
	ck_assert_str_eq(f.value[FIELD_CODE], "1234");
	ck_assert_str_eq(f.value[FIELD_LOGIN], "a b+c");
	ck_assert_str_eq(f.value[FIELD_TYPE], "");
	ck_assert_str_eq(f.value[FIELD_PASSWORD], "\xc3\xa9");
	ck_assert_ptr_null(f.value[FIELD_ID]);
	fields_end(&f);
}
END_TEST

START_TEST(bad_urlencoding_is_told)
{
	static const struct { const char *text; size_t n; const char *say; } row[] = {
		{"code=%", 6, "hexadecimal"}, {"code=%1", 7, "hexadecimal"}, {"code=%gg", 8, "hexadecimal"},
		{"code=%00", 8, "hexadecimal"}, {"code=1\0", 7, "zero byte"}, {"code=1&code=2", 13, "given twice"},
		{"%63ode=1&code=2", 15, "given twice"},
	};
	struct web_fields f = {0};

	ck_assert_int_eq(fields_url(&f, row[_i].text, row[_i].n, err, sizeof(err)), EINVAL);
	ck_assert_msg(strstr(err, row[_i].say), "%s", err);
	fields_end(&f);
}
END_TEST

START_TEST(json_fields_are_texts_or_whole_numbers)
{
	static const char text[] = "{\"type\":\"wav\",\"loop\" : 2,\"data\":\"a\\/b\",\"other\":[1,{}]}";
	struct web_fields f = {0};

	ck_assert_int_eq(fields_json(&f, text, strlen(text), err, sizeof(err)), 0);
	ck_assert_str_eq(f.value[FIELD_TYPE], "wav");
	ck_assert_str_eq(f.value[FIELD_LOOP], "2");
	ck_assert_str_eq(f.value[FIELD_DATA], "a/b");
	fields_end(&f);
}
END_TEST

START_TEST(bad_json_is_told)
{
	static const struct { const char *text; const char *say; } row[] = {
		{"", "no JSON"}, {"{", "no JSON"}, {"{\"code\":1234", "no JSON"}, {"[]", "one JSON object"},
		{"\"code\"", "no JSON"}, {"{\"code\":1}x", "no JSON"}, {"{\"code\":1,\"code\":2}", "no JSON"},
		{"{\"code\":\"1\\u0000\"}", "no JSON"}, {"{\"code\":true}", "text or a whole number"},
		{"{\"code\":1.5}", "text or a whole number"}, {"{\"code\":[1]}", "text or a whole number"},
		{"{\"code\":null}", "text or a whole number"}, {"{\"code\":\"\xff\"}", "no JSON"},
		{"{'code':1}", "no JSON"},
	};
	struct web_fields f = {0};

	ck_assert_int_eq(fields_json(&f, row[_i].text, strlen(row[_i].text), err, sizeof(err)), EINVAL);
	ck_assert_msg(strstr(err, row[_i].say), "%s", err);
	fields_end(&f);
}
END_TEST

/* A long text goes another way than the short ones: the same must come out */
START_TEST(a_long_json_text_is_as_a_short_one)
{
	static const struct { const char *before, *piece, *behind, *want; int e; } row[] = {
		{"{\"type\":\"wav\",\"data\":\"", "AbC+", "\",\"loop\":2}", "AbC+", 0},
		{"{\"type\":\"w\\\"av\",\"data\":\"", "Ab\\/", "\"}", "Ab/", 0},
		{"{\"data\":\"", "A\\nB", "\"}", "A\nB", 0},
		{"{\"data\":\"", "A\\\"B", "\"}", "A\"B", 0},
		{"{\"data\":\"", "ABCD", "\\\"}", NULL, EINVAL},
		{"{\"data\":\"", "ABCD", "\"", NULL, EINVAL},
		{"{\"data\":\"", "ABCD", "", NULL, EINVAL},
		{"{\"data\":", "1111", "}", NULL, EINVAL},
		{"{\"data\":\"\\\\\",\"id\":\"", "ABCD", "\"}", NULL, 0},
	};
	const size_t pieces = 3000, n = strlen(row[_i].piece);
	char *text = malloc(pieces * n + 200), *p = text + sprintf(text, "%s", row[_i].before);
	struct web_fields f = {0};
	size_t i;

	for (i = 0; i < pieces; i++, p += n)
		memcpy(p, row[_i].piece, n);
	p += sprintf(p, "%s", row[_i].behind);
	ck_assert_int_eq(fields_json(&f, text, (size_t)(p - text), err, sizeof(err)), row[_i].e);
	if (row[_i].want) {
		const size_t m = strlen(row[_i].want);

		ck_assert_uint_eq(strlen(f.value[FIELD_DATA]), pieces * m);
		for (i = 0; i < pieces; i++)
			ck_assert(!memcmp(f.value[FIELD_DATA] + i * m, row[_i].want, m));
	}
	fields_end(&f);
	free(text);
}
END_TEST

START_TEST(deep_json_does_not_exhaust_the_stack)
{
	const size_t n = 200000;
	char *text = malloc(n);
	struct web_fields f = {0};

	memset(text, '[', n);
	ck_assert_int_eq(fields_json(&f, text, n, err, sizeof(err)), EINVAL);
	fields_end(&f);
	free(text);
}
END_TEST

START_TEST(query_and_body_may_not_contradict)
{
	struct web_fields f = {0};

	ck_assert_int_eq(fields_url(&f, "code=1", 6, err, sizeof(err)), 0);
	ck_assert_int_eq(fields_json(&f, "{\"code\":2}", 10, err, sizeof(err)), EINVAL);
	ck_assert_ptr_nonnull(strstr(err, "given twice"));
	fields_end(&f);
}
END_TEST

/* --- base64 --- */

START_TEST(base64_of_both_alphabets)
{
	static const struct { const char *text, *want; size_t n; } row[] = {
		{"", "", 0}, {"Zg==", "f", 1}, {"Zg", "f", 1}, {"Zm8=", "fo", 2}, {"Zm9v", "foo", 3}, {"Zm9v\r\nYmFy", "foobar", 6},
		{"++//", "\xfb\xef\xff", 3}, {"--__", "\xfb\xef\xff", 3}, {"  //", "\xfb\xef\xff", 3},
	};
	uint8_t out[16];
	size_t n = 99;

	ck_assert_int_eq(web_base64(out, &n, row[_i].text, strlen(row[_i].text)), 0);
	ck_assert_uint_eq(n, row[_i].n);
	ck_assert_mem_eq(out, row[_i].want, n);
}
END_TEST

START_TEST(what_is_no_base64_is_refused)
{
	static const char *const row[] = {"Z", "Zm9vY", "Zg=", "Zg===", "=", "Zm=9", "Z*==", "Zm9v=", "Zm9v\t", "\xc3\xa9"};
	uint8_t out[16];
	size_t n;

	ck_assert_int_eq(web_base64(out, &n, row[_i], strlen(row[_i])), EINVAL);
}
END_TEST

/* --- digest --- */

/* RFC 7616 §3.9.1 */
START_TEST(the_examples_of_the_rfc_are_right)
{
	static const struct { const char *hash, *response; } row[] = {
		{"MD5", "8ca523f5e9506fed4657c9700eebdbec"},
		{"SHA256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
	};
	struct digest_want w = {
		.hash = row[_i].hash, .method = "GET", .path = "/dir/index.html", .query = "",
		.realm = "http-auth@example.org", .user = "Mufasa", .password = "Circle of Life",
	};
	char h[600];

	(void)snprintf(h, sizeof(h), "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
		       "algorithm=X, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
		       "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"%s\", opaque=\"F\"",
		       row[_i].response);
	ck_assert(digest_right(h, &w));
	w.password = "Circle of Live";
	ck_assert(!digest_right(h, &w));
	w.password = "Circle of Life";
	w.query = "a=b";
	ck_assert(!digest_right(h, &w));
	w.query = "";
	w.method = "POST";
	ck_assert(!digest_right(h, &w));
}
END_TEST

START_TEST(what_is_no_digest_is_wrong)
{
	static const char *const row[] = {"", "Digest", "Digest ", "Digest username", "Digest username=", "Digest =,=,=",
					  "Digest username=\"u", "Basic dTpw", "Digest username=\"u\"realm=\"r\"qop=auth,uri=\"/\""};
	const struct digest_want w = {
		.hash = "MD5", .method = "GET", .path = "/", .query = "", .realm = "r", .user = "u", .password = "p",
	};

	ck_assert(!digest_right(row[_i], &w));
}
END_TEST

/* --- guard --- */

static struct guard guard;

static struct sa at(const char *text)
{
	struct sa sa;

	ck_assert_int_eq(sa_set_str(&sa, text, 1234), 0);

	return sa;
}

START_TEST(the_tenth_guess_locks_for_a_minute)
{
	const struct sa a = at("192.0.2.1"), b = at("192.0.2.2");
	unsigned i;

	memset(&guard, 0, sizeof(guard));
	for (i = 1; i < GUARD_TRIES; i++)
		ck_assert(!guard_wrong(&guard, &a, 1000 + i));
	ck_assert_uint_eq(guard_left_s(&guard, &a, 2000), 0);
	ck_assert(guard_wrong(&guard, &a, 2000));
	ck_assert_uint_eq(guard_left_s(&guard, &a, 2000), 60);
	ck_assert_uint_eq(guard_left_s(&guard, &a, 61999), 1);
	ck_assert_uint_eq(guard_left_s(&guard, &a, 62000), 0);
	ck_assert_uint_eq(guard_left_s(&guard, &b, 2000), 0);
}
END_TEST

START_TEST(slow_mistakes_do_not_lock)
{
	const struct sa a = at("192.0.2.1");
	unsigned i;

	memset(&guard, 0, sizeof(guard));
	for (i = 0; i < 100; i++)
		ck_assert(!guard_wrong(&guard, &a, 1000 + i * 7000u));
}
END_TEST

START_TEST(an_ipv6_host_is_its_network)
{
	unsigned i;
	struct sa a;
	char text[64];

	memset(&guard, 0, sizeof(guard));
	for (i = 0; i < GUARD_TRIES; i++) {
		(void)re_snprintf(text, sizeof(text), "2001:db8:1:2::%x", i + 1);
		a = at(text);
		(void)guard_wrong(&guard, &a, 1000);
	}
	a = at("2001:db8:1:2:ffff::1");
	ck_assert_uint_gt(guard_left_s(&guard, &a, 1000), 0);
	a = at("2001:db8:1:3::1");
	ck_assert_uint_eq(guard_left_s(&guard, &a, 1000), 0);
}
END_TEST

/* Who is locked out cannot free himself by a crowd of other addresses that are wrong once */
START_TEST(a_crowd_does_not_free_who_is_locked_out)
{
	struct sa a = at("192.0.2.1"), b;
	unsigned i;
	char text[64];

	memset(&guard, 0, sizeof(guard));
	for (i = 0; i < GUARD_TRIES; i++)
		(void)guard_wrong(&guard, &a, 1000);
	for (i = 0; i < 1000; i++) {
		(void)re_snprintf(text, sizeof(text), "10.0.%u.%u", i / 256, i % 256);
		b = at(text);
		(void)guard_wrong(&guard, &b, 1001 + i);
	}
	ck_assert_uint_gt(guard_left_s(&guard, &a, 3000), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api_parts");
	TCase *tc = tcase_create("api_parts");

	tcase_add_test(tc, urlencoded_fields_are_decoded);
	tcase_add_loop_test(tc, bad_urlencoding_is_told, 0, 7);
	tcase_add_test(tc, json_fields_are_texts_or_whole_numbers);
	tcase_add_loop_test(tc, bad_json_is_told, 0, 14);
	tcase_add_loop_test(tc, a_long_json_text_is_as_a_short_one, 0, 9);
	tcase_add_test(tc, deep_json_does_not_exhaust_the_stack);
	tcase_add_test(tc, query_and_body_may_not_contradict);
	tcase_add_loop_test(tc, base64_of_both_alphabets, 0, 9);
	tcase_add_loop_test(tc, what_is_no_base64_is_refused, 0, 10);
	tcase_add_loop_test(tc, the_examples_of_the_rfc_are_right, 0, 2);
	tcase_add_loop_test(tc, what_is_no_digest_is_wrong, 0, 9);
	tcase_add_test(tc, the_tenth_guess_locks_for_a_minute);
	tcase_add_test(tc, slow_mistakes_do_not_lock);
	tcase_add_test(tc, an_ipv6_host_is_its_network);
	tcase_add_test(tc, a_crowd_does_not_free_who_is_locked_out);
	suite_add_tcase(s, tc);

	return s;
}
