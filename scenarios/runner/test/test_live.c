/* The story told live: columns, arrows, digits on one line, how long a relay was held (SCN-01) */
#include <check.h>
#include <lauxlib.h>
#include <re.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "scenarios/runner/live.h"

static struct live *live;
static lua_State *L;
static struct sa door, alarm_at;
static char told[16384];
static int saved;
static FILE *file;

static void setup(void)
{
	(void)setenv("LC_ALL", "C", 1);
	L = luaL_newstate();
	file = tmpfile();
	(void)fflush(stdout);
	saved = dup(STDOUT_FILENO);
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(dup2(fileno(file), STDOUT_FILENO), 0);
	ck_assert_int_eq(live_alloc(&live), 0);
	ck_assert_int_eq(sa_set_str(&door, "10.77.0.1", 5060), 0);
	ck_assert_int_eq(sa_set_str(&alarm_at, "10.77.0.2", 5060), 0);
	live_host(live, &door, "door");
	live_host(live, &alarm_at, "alarm");
}

/* What was told so far; standard output is then as it was */
static void end(void)
{
	live = mem_deref(live);
	(void)fflush(stdout);
	(void)dup2(saved, STDOUT_FILENO);
	(void)close(saved);
	rewind(file);
	told[fread(told, 1, sizeof(told) - 1, file)] = '\0';
	(void)fclose(file);
	lua_close(L);
}

/* An entry: Lua's text of its fields */
static void entry(uint64_t ms, const char *who, const char *event, const char *fields)
{
	char code[512];

	(void)snprintf(code, sizeof(code), "return {%s}", fields);
	ck_assert_int_eq(luaL_dostring(L, code), 0);
	live_entry(live, L, ms * 1000, who, event);
	ck_assert_int_eq(lua_gettop(L), 1);
	lua_pop(L, 1);
}

static void sip(uint64_t ms, const struct sa *from, const struct sa *to, const char *first,
		const char *body)
{
	char text[1024];
	const int n = snprintf(text, sizeof(text),
		"%s\r\nVia: SIP/2.0/UDP 10.77.0.1;branch=z9hG4bK1\r\n"
		"From: <sip:123456789_bouton_appel@10.77.0.1>;tag=1\r\nTo: <sip:10.77.0.2>\r\n"
		"Call-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: %zu\r\n\r\n%s",
		first, strlen(body), body);

	live_sip(live, ms * 1000, from, to, (uint8_t *)text, (size_t)n);
}

START_TEST(a_header_names_the_hosts_once)
{
	entry(1, "door", "press", "");
	entry(2, "door", "call_answered", "");
	end();
	ck_assert_ptr_eq(strstr(told, "door  "), strstr(told, "door"));
	ck_assert_ptr_nonnull(strstr(told, " alarm\n"));
	ck_assert_ptr_null(strstr(strstr(told, " alarm\n") + 1, " alarm\n"));
	ck_assert_ptr_nonnull(strstr(told, "    0.00  *  the button was pressed"));
}
END_TEST

START_TEST(messages_are_arrows_with_the_words_that_matter)
{
	sip(0, &door, &alarm_at, "INVITE sip:10.77.0.2 SIP/2.0", "");
	sip(10, &alarm_at, &door, "SIP/2.0 100 Trying", "");
	sip(20, &alarm_at, &door, "SIP/2.0 180 Ringing", "");
	sip(30, &door, &alarm_at, "MESSAGE sip:10.77.0.2 SIP/2.0", "alerte=01");
	end();
	ck_assert_ptr_nonnull(strstr(told, "|- INVITE 123456789_bouton_appel --"));
	ck_assert_ptr_nonnull(strstr(told, "->|"));
	ck_assert_ptr_nonnull(strstr(told, "- 180 Ringing -|"));
	ck_assert_ptr_nonnull(strstr(told, "- MESSAGE alerte=01 -"));
	ck_assert_ptr_null(strstr(told, "Trying"));
}
END_TEST

START_TEST(digits_follow_each_other_on_one_line)
{
	entry(0, "door", "digit", "digit = 'x'");
	entry(100, "door", "digit", "digit = 'x'");
	entry(200, "alarm", "digit", "text = '9 rfc4733'");
	entry(300, "alarm", "digit", "text = '8 rfc4733'");
	end();
	ck_assert_ptr_nonnull(strstr(told, "hears xx\n"));
	ck_assert_ptr_nonnull(strstr(told, "hears 98\n"));
}
END_TEST

START_TEST(a_relays_release_says_how_long_it_was_held)
{
	entry(1000, "door", "edge", "signal = 'relay1', level = true");
	entry(1500, "door", "edge", "signal = 'call', level = true");
	entry(6001, "door", "edge", "signal = 'relay1', level = false");
	end();
	ck_assert_ptr_nonnull(strstr(told, "RELAY 1 ON"));
	ck_assert_ptr_nonnull(strstr(told, "RELAY 1 OFF, held 5.001 s"));
	ck_assert_ptr_null(strstr(told, "call"));
}
END_TEST

START_TEST(a_remark_of_the_script_is_a_heading)
{
	entry(0, "script", "log", "text = 'Somebody comes'");
	entry(0, "script", "log", "text = '  and waits'");
	entry(0, "nobody", "press", "");
	end();
	ck_assert_str_eq(told, "\n== Somebody comes\n   and waits\n");
}
END_TEST

START_TEST(no_line_is_longer_than_100)
{
	char fields[400], *line;

	(void)snprintf(fields, sizeof(fields), "body = '%0300d'", 0);
	entry(0, "alarm", "message_in", fields);
	entry(0, "door", "message_in", fields);
	for (unsigned i = 0; i < 300; i++)
		entry(0, "door", "digit", "digit = '1'");
	end();
	for (line = strtok(told, "\n"); line; line = strtok(NULL, "\n"))
		ck_assert_uint_le(strlen(line), 101);
}
END_TEST

START_TEST(what_is_no_message_is_passed_over)
{
	sip(0, &door, &door, "INVITE sip:10.77.0.1 SIP/2.0", "");
	live_sip(live, 0, &door, &alarm_at, (const uint8_t *)"SIP/2.0 garbage", 15);
	end();
	ck_assert_str_eq(told, "");
}
END_TEST

Suite *suite(void);

Suite *suite(void)
{
	Suite *s = suite_create("live");
	TCase *t = tcase_create("story");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, a_header_names_the_hosts_once);
	tcase_add_test(t, messages_are_arrows_with_the_words_that_matter);
	tcase_add_test(t, digits_follow_each_other_on_one_line);
	tcase_add_test(t, a_relays_release_says_how_long_it_was_held);
	tcase_add_test(t, a_remark_of_the_script_is_a_heading);
	tcase_add_test(t, no_line_is_longer_than_100);
	tcase_add_test(t, what_is_no_message_is_passed_over);
	suite_add_tcase(s, t);

	return s;
}
