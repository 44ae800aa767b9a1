/**
 * @file test_conf.c  The files conf_user and conf_sip: round trip, what is refused, sealed secrets (WEB-07)
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../conf.h"
#include "../page_table.h"

Suite *suite(void);

#define HEAD(kind) "conf = " kind "\nformat = 1\nmodel = 01\n"
#define USER(lines) HEAD("conf_user") lines "end = conf_user\n"

static struct {
	unsigned n, line[CONF_WRONGS];
	enum notice_id id[CONF_WRONGS];
	char text[512];
} told;

static void wrong(unsigned line, const struct notice *why, void *arg)
{
	struct text t;

	(void)arg;
	ck_assert_uint_lt(told.n, CONF_WRONGS);
	told.line[told.n] = line;
	told.id[told.n++] = why->id;
	text_start(&t, told.text, sizeof(told.text));
	notice_tell(&t, why, NULL);
}

static struct conf *read_n(enum conf_kind kind, const char *text, size_t n)
{
	struct conf *c = NULL;
	int e;

	memset(&told, 0, sizeof(told));
	e = conf_read(&c, kind, text, n, wrong, NULL);
	ck_assert(e == (c ? 0 : EINVAL));

	return c;
}

static struct conf *read_text(enum conf_kind kind, const char *text)
{
	return read_n(kind, text, strlen(text));
}

/* Each setting of the file gets another value than its default where the type allows to make one up */
static void make_other(struct settings *s)
{
	static const struct gap_value v[] = {
		{"identity", "123"}, {"door.installation", "12 Rue d'\xc3\x89t\xc3\xa9 = \"A\" #3; 50 %"}, {"relay1.code1", "4242"},
		{"relay2.function", "mains"}, {"button.day", "sip:192.168.0.22,sip:5@h;p2p"}, {"slot1.name", "Office"},
		{"slot1.hours", "mon-fri 08:00-18:00, sat 09:00-12:15"}, {"sip.account1.password", "a=b c#"},
		{"sip.account2.password", "\xe2\x82\xac"}, {"sip.account1.route", "sip:10.0.0.1;transport=tcp"},
		{"sip.codecs", "G722,PCMA"}, {"nat.gateway_port", "5070"}, {"api.password", "se cret"},
		{"time.zone", "Europe/Berlin"}, {"picto.call", "red blinking"}, {"crc.poly", "49"},
	};
	struct notice why;
	size_t i;

	settings_default(s);
	for (i = 0; i < ARRAY_SIZE(v); i++)
		if (settings_find(v[i].key))
			ck_assert_msg(!settings_set_why(s, v[i].key, v[i].text, &why), "%s", v[i].key);
}

static void take(struct settings *s, const struct conf *c)
{
	struct notice why;
	size_t i, n;
	const struct gap_value *v = conf_values(c, &n);

	for (i = 0; i < n; i++)
		ck_assert_msg(!settings_set_why(s, v[i].key, v[i].text, &why), "%s", v[i].key);
}

static struct mbuf *written(enum conf_kind kind, const struct settings *s, const struct conf_key *key)
{
	struct mbuf *mb = mbuf_alloc(16);

	ck_assert_int_eq(conf_write(mb, kind, s, key), 0);
	ck_assert_int_eq(mbuf_write_u8(mb, 0), 0);      /* for strstr(), outside of the file */
	--mb->end;

	return mb;
}

START_TEST(every_setting_is_in_one_file)
{
	size_t i;

	for (i = 0; i < settings_count; i++) {
		ck_assert_msg(page_of(settings_table[i].key) != NULL, "%s is on no page", settings_table[i].key);
		ck_assert(conf_has(CONF_USER, &settings_table[i]) != conf_has(CONF_SIP, &settings_table[i]));
	}
	ck_assert(conf_has(CONF_SIP, settings_find("sip.account1.user")));
	ck_assert(conf_has(CONF_SIP, settings_find("nat.mode")));
	ck_assert(conf_has(CONF_USER, settings_find("relay1.hold_s")));
}
END_TEST

START_TEST(export_factory_import_export_is_the_same_to_the_byte)
{
	const enum conf_kind kind = (enum conf_kind)_i;
	struct settings s, t;
	struct mbuf *a, *b;
	struct conf *c;

	make_other(&s);
	settings_default(&t);
	a = written(kind, &s, NULL);
	ck_assert(!strstr((char *)a->buf, "4242") && !strstr((char *)a->buf, "se cret"));
	c = read_n(kind, (char *)a->buf, a->end);
	ck_assert_msg(c != NULL, "line %u: %s", told.line[0], told.text);
	take(&t, c);
	b = written(kind, &t, NULL);
	ck_assert(a->end == b->end && !memcmp(a->buf, b->buf, a->end));
	mem_deref(c);
	mem_deref(a);
	mem_deref(b);
}
END_TEST

START_TEST(sealed_secrets_come_back_by_their_key_alone)
{
	const struct conf_key key = {.salt = {1, 2, 3}, .key = {4, 5, 6}}, other = {.key = {4, 5, 7}};
	const enum conf_kind kind = (enum conf_kind)_i;
	uint8_t salt[HASHER_SALT];
	struct settings s, t;
	struct mbuf *a, *again;
	struct conf *c;
	size_t i;

	make_other(&s);
	settings_default(&t);
	a = written(kind, &s, &key);
	again = written(kind, &s, &key);
	ck_assert_msg(memcmp(a->buf, again->buf, a->end), "a nonce must not come twice");
	c = read_n(kind, (char *)a->buf, a->end);
	ck_assert(conf_sealed(c, salt) && !memcmp(salt, key.salt, sizeof(salt)));
	ck_assert_int_eq(conf_open(c, &other, wrong, NULL), EINVAL);
	ck_assert(told.n == 1 && told.id[0] == MSG_CONF_PASSPHRASE && told.line[0] > 6);
	mem_deref(c);
	c = read_n(kind, (char *)a->buf, a->end);
	ck_assert_int_eq(conf_open(c, &key, wrong, NULL), 0);
	take(&t, c);
	for (i = 0; i < settings_count; i++)
		ck_assert_msg(!conf_has(kind, &settings_table[i]) || settings_equal(&s, &t, &settings_table[i]), "%s",
			      settings_table[i].key);
	mem_deref(c);
	mem_deref(a);
	mem_deref(again);
}
END_TEST

/* Any byte of the sealed part, and the kind of its file, are bound to it */
START_TEST(a_changed_sealed_part_does_not_open)
{
	const struct conf_key key = {.key = {4, 5, 6}};
	struct settings s;
	struct mbuf *a;
	char *sealed;
	struct conf *c;
	size_t i, n;

	make_other(&s);
	a = written(CONF_SIP, &s, &key);
	sealed = strstr((char *)a->buf, "\nsealed = ") + 10;
	n = strcspn(sealed, "=\n");
	for (i = 0; i + 4 < n; i++) {
		const char was = sealed[i];

		sealed[i] = was == 'A' ? 'B' : 'A';
		c = read_n(CONF_SIP, (char *)a->buf, a->end);
		ck_assert_ptr_nonnull(c);
		ck_assert_int_eq(conf_open(c, &key, wrong, NULL), EINVAL);
		mem_deref(c);
		sealed[i] = was;
	}
	mem_deref(a);
}
END_TEST

START_TEST(a_file_cut_anywhere_is_refused)
{
	struct settings s;
	struct mbuf *a;
	size_t n;

	make_other(&s);
	a = written(CONF_USER, &s, NULL);
	for (n = 0; n < a->end - 1; n++) {
		ck_assert_msg(!read_n(CONF_USER, (char *)a->buf, n), "cut after %zu bytes it was taken", n);
		ck_assert_uint_gt(told.n, 0);
	}
	mem_deref(a);
}
END_TEST

START_TEST(what_is_wrong_is_told_by_line)
{
	static const struct {
		const char *text;
		unsigned line;
		enum notice_id id;
		const char *say;
	} row[] = {
		{"", 1, MSG_CONF_NOT_ONE, "conf = conf_user"},
		{"relay1.hold_s = 5\n", 1, MSG_CONF_NOT_ONE, "conf = conf_user"},
		{"# remark\nconf = other\n", 2, MSG_CONF_NOT_ONE, "conf = conf_user"},
		{"conf = conf_sip\n", 1, MSG_CONF_OTHER, "this file is a conf_sip"},
		{"conf = conf_user\nformat = 1\nmodel = 03\n", 3, MSG_CONF_MODEL, "model 03"},
		{"conf = conf_user\nformat = 2\n", 2, MSG_CONF_FORMAT, "format 2"},
		{"conf = conf_user\nformat = 0\n", 2, MSG_CONF_FORMAT, "format 0"},
		{"conf = conf_user\nformat = 1x\n", 2, MSG_CONF_FORMAT, "1x"},
		{"conf = conf_user\nmodel = 01\nend = conf_user\n", 3, MSG_CONF_HEAD, "format ="},
		{"conf = conf_user\nformat = 1\nend = conf_user\n", 3, MSG_CONF_HEAD, "model ="},
		{USER("relay1.hold_z = 5\n"), 4, MSG_UNKNOWN_KEY_NEAR, "did you mean relay1.hold_s"},
		{USER("relay1.hold_s = 5\nrelay1.hold_s = 5\n"), 5, MSG_CONF_TWICE, "first in line 4"},
		{USER("model = 01\n"), 4, MSG_CONF_TWICE, "first in line 3"},
		{USER("nat.mode = direct\n"), 4, MSG_CONF_ELSEWHERE, "belongs into conf_sip"},
		{USER("relay1.hold_s 5\n"), 4, MSG_CONF_LINE, "key = value"},
		{USER("door.installation = a\001b\n"), 4, MSG_CONF_CHARACTERS, "UTF-8"},
		{USER("door.installation = \xc3\x28\n"), 4, MSG_CONF_CHARACTERS, "UTF-8"},
		{USER("salt = 00\n"), 4, MSG_CONF_SEALED, "salt"},
		{USER("sealed = AAAA\n"), 4, MSG_CONF_SEALED, "sealed"},
		{USER("") "# a remark may\nrelay1.hold_s = 5\n", 6, MSG_CONF_AFTER_END, "end = conf_user"},
		{HEAD("conf_user") "end = conf_sip\n", 4, MSG_CONF_CUT, "end = conf_user"},
	};

	ck_assert_ptr_null(read_text(CONF_USER, row[_i].text));
	ck_assert_msg(told.n == 1 && told.line[0] == row[_i].line && told.id[0] == row[_i].id && strstr(told.text, row[_i].say),
		      "%d: %u told, line %u: %s", _i, told.n, told.line[0], told.text);
}
END_TEST

START_TEST(all_that_is_wrong_is_told_up_to_a_bound)
{
	char text[8192] = HEAD("conf_user");
	unsigned i;

	ck_assert_ptr_null(read_text(CONF_USER, USER("a\nrelay1.hold_s = 5\nb = 1\n")));
	ck_assert(told.n == 2 && told.line[0] == 4 && told.line[1] == 6);
	for (i = 0; i < 2 * CONF_WRONGS; i++)
		strcat(text, "x\n");
	ck_assert_ptr_null(read_text(CONF_USER, text));
	ck_assert_uint_eq(told.n, CONF_WRONGS);
}
END_TEST

START_TEST(long_lines_and_files_are_refused)
{
	static char text[CONF_BYTES + 64];
	size_t n = strlen(HEAD("conf_user"));

	memset(text, '#', sizeof(text));
	memcpy(text, HEAD("conf_user"), n);
	memcpy(text + n + CONF_LINE + 1, "\nend = conf_user\n", 17);
	ck_assert_ptr_null(read_n(CONF_USER, text, n + CONF_LINE + 1 + 17));
	ck_assert(told.id[0] == MSG_CONF_LONG && told.line[0] == 4);
	memmove(text + n, text + n + 1, CONF_LINE + 17);
	{
		struct conf *c = read_n(CONF_USER, text, n + CONF_LINE + 17);

		ck_assert_msg(c != NULL, "a line of %d bytes: %s", CONF_LINE, told.text);
		mem_deref(c);
	}
	ck_assert_ptr_null(read_n(CONF_USER, text, CONF_BYTES + 1));
	ck_assert(told.n == 1 && told.id[0] == MSG_CONF_BIG);
}
END_TEST

/* A request without a body has none at all */
START_TEST(nothing_is_no_file)
{
	ck_assert_ptr_null(read_n(CONF_USER, NULL, 0));
	ck_assert(told.n == 1 && told.id[0] == MSG_CONF_NOT_ONE && told.line[0] == 1);
}
END_TEST

/* As an editor of another system writes it */
START_TEST(marks_line_ends_and_remarks_of_editors_are_taken)
{
	static const char text[] = "\xef\xbb\xbf# by hand\r\n\r\n conf=conf_user\r\nformat = 1\r\nmodel\t= 01\r\n"
				   "  relay1.hold_s=  9 \r\ndoor.installation =\r\napi.password = in clear\r\nend = conf_user";
	struct conf *c = read_text(CONF_USER, text);
	struct settings s;

	ck_assert_msg(c != NULL, "line %u: %s", told.line[0], told.text);
	settings_default(&s);
	take(&s, c);
	ck_assert_int_eq(s.relay[0].hold_s, 9);
	ck_assert_str_eq(s.api_password, "in clear");
	ck_assert_uint_eq(conf_line(c, "relay1.hold_s"), 6);
	ck_assert_uint_eq(conf_line(c, "relay2.hold_s"), 0);
	mem_deref(c);
}
END_TEST

/* WEB-07: the longest that settings can be still fits */
START_TEST(the_longest_file_fits)
{
	size_t i, all = 0, secrets = 0;

	for (i = 0; i < settings_count; i++) {
		all += NOTICE_KEY + 4 + SETTINGS_TEXT;
		if (settings_table[i].secret)
			secrets += strlen(settings_table[i].key) + 4 + (size_t)settings_table[i].max;
	}
	ck_assert_uint_lt(all, CONF_BYTES);
	ck_assert_uint_lt((secrets + SEAL_NONCE + SEAL_TAG) * 4 / 3 + 16, CONF_LINE);
	ck_assert_uint_lt(NOTICE_KEY + 4 + SETTINGS_TEXT, CONF_LINE);
}
END_TEST

START_TEST(a_key_comes_of_passphrase_and_salt)
{
	const uint8_t salt[HASHER_SALT] = {1}, other[HASHER_SALT] = {2};
	char a[HASHER_TEXT], b[HASHER_TEXT], long_one[HASHER_PASSWORD + 1];
	struct conf_key k;

	ck_assert(hasher_key_now(a, salt, "pass") && hasher_key_now(b, salt, "pass"));
	ck_assert_str_eq(a, b);
	ck_assert(conf_key_set(&k, a) && !conf_key_set(&k, "") && !conf_key_set(&k, a + 1));
	ck_assert(hasher_key_now(b, other, "pass") && strcmp(a, b) != 0);
	ck_assert(hasher_key_now(b, salt, "Pass") && strcmp(a, b) != 0);
	memset(long_one, 'a', sizeof(long_one));
	long_one[HASHER_PASSWORD] = '\0';
	ck_assert(!hasher_key_now(b, salt, long_one));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("conf");
	TCase *t = tcase_create("conf");

	tcase_add_test(t, every_setting_is_in_one_file);
	tcase_add_loop_test(t, export_factory_import_export_is_the_same_to_the_byte, 0, CONF_KINDS);
	tcase_add_loop_test(t, sealed_secrets_come_back_by_their_key_alone, 0, CONF_KINDS);
	tcase_add_test(t, a_changed_sealed_part_does_not_open);
	tcase_add_test(t, a_file_cut_anywhere_is_refused);
	tcase_add_loop_test(t, what_is_wrong_is_told_by_line, 0, 21);
	tcase_add_test(t, all_that_is_wrong_is_told_up_to_a_bound);
	tcase_add_test(t, nothing_is_no_file);
	tcase_add_test(t, long_lines_and_files_are_refused);
	tcase_add_test(t, marks_line_ends_and_remarks_of_editors_are_taken);
	tcase_add_test(t, the_longest_file_fits);
	tcase_add_test(t, a_key_comes_of_passphrase_and_salt);
	suite_add_tcase(s, t);

	return s;
}
