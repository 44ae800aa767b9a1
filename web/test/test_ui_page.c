/**
 * @file test_ui_page.c  The first view: the login in the reader's language, before any script (WEB-01, WEB-05)
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/lang/lang.h"
#include "web/ui_priv.h"

Suite *suite(void);

static struct ui ui;
static struct web_reply rep;
static char text[16384];
static struct { const char *cookie, *site, *known; } sent;
static const char *pages;               /* a directory */
static unsigned https;

static const char *header(const struct web_request *req, const char *name)
{
	(void)req;
	if (!strcmp(name, "Host"))
		return "127.0.0.1:8080";
	if (!strcmp(name, "Cookie"))
		return sent.cookie;
	if (!strcmp(name, "Sec-Fetch-Site"))
		return sent.site;

	return strcmp(name, "If-None-Match") ? NULL : sent.known;
}

static unsigned https_port(void *arg)
{
	(void)arg;

	return https;
}

static void setup(void)
{
	memset(&sent, 0, sizeof(sent));
	pages = NULL;
	https = 8443;
}

static void teardown(void)
{
	web_reply_end(&rep);
	memset(&rep, 0, sizeof(rep));
}

static const char *page(enum language l, enum ui_role role)
{
	const struct ui_host host = {.pages = pages, .https_port = https_port};
	const struct web_request req = {.method = "GET", .path = "/", .query = "", .header = header};
	const struct ui_ask a = {.ui = &ui, .host = &host, .req = &req, .role = role, .lang = l};

	teardown();
	ui_page(&a, &rep);
	ck_assert(!rep.body || rep.body->end < sizeof(text));
	memcpy(text, rep.body ? rep.body->buf : (const uint8_t *)"", rep.body ? rep.body->end : 0);
	text[rep.body ? rep.body->end : 0] = '\0';

	return text;
}

static void has(const char *fmt, ...)
{
	char want[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(want, sizeof(want), fmt, ap);
	va_end(ap);
	ck_assert_msg(strstr(text, want) != NULL, "no %s in %s", want, text);
}

START_TEST(it_is_in_the_readers_language)
{
	const enum language l = (enum language)_i;

	page(l, UI_NOBODY);
	ck_assert_uint_eq(rep.status, 200);
	ck_assert_str_eq(rep.type, "text/html; charset=utf-8");
	has("<html lang=\"%s\">", lang_name(l));
	has("data-t=\"login.enter\">%s</button>", lang_text(l, "ui", "login.enter"));
	has("lang=\"%s\" aria-pressed=\"true\"", lang_name(l));
	has("lang=\"%s\" aria-pressed=\"false\"", lang_name((enum language)((l + 1) % LANGUAGES)));
	ck_assert_msg(!strstr(strstr(text, "-->"), "{{"), "not filled in: %.60s", strstr(strstr(text, "-->"), "{{"));
}
END_TEST

static const struct { const char *cookie, *want; } chosen[] = {
	{"ipgap-language=de", "<html lang=\"de\">"}, {"a=b; ipgap-language=pt; c=d", "<html lang=\"pt\">"},
	{"ipgap-language=xx", "<html lang=\"fr\">"}, {"ipgap-language=<i>", "<html lang=\"fr\">"},
	{"ipgap-language=", "<html lang=\"fr\">"}, {"ipgap-languages=de", "<html lang=\"fr\">"},
	{NULL, "media=\"(prefers-color-scheme: dark)\""}, {NULL, "content=\"light dark\""},
	{"ipgap-theme=dark", "media=\"all\""}, {"ipgap-theme=dark", "content=\"dark\""},
	{"ipgap-theme=light", "media=\"not all\""}, {"ipgap-theme=light", "content=\"light\""},
	{"ipgap-theme=\"><i>", "media=\"(prefers-color-scheme: dark)\""}, {"ipgap-theme=\"><i>", "content=\"light dark\""},
};

START_TEST(what_he_chose_is_taken_and_nothing_else)
{
	sent.cookie = chosen[_i].cookie;
	page(LANGUAGE_FR, UI_NOBODY);
	has("%s", chosen[_i].want);
	ck_assert_ptr_null(strstr(text, "<i>"));
}
END_TEST

START_TEST(who_is_in_sees_no_login)
{
	page(LANGUAGE_EN, UI_NOBODY);
	has("id=\"login\" class=\"login-page\" >");
	page(LANGUAGE_EN, UI_USER);
	has("id=\"login\" class=\"login-page\" hidden>");
	sent.site = "cross-site";       /* his cookie, SameSite=Strict, did not come */
	page(LANGUAGE_EN, UI_NOBODY);
	has("id=\"login\" class=\"login-page\" hidden>");
}
END_TEST

START_TEST(it_leads_to_the_encrypted_one)
{
	page(LANGUAGE_EN, UI_NOBODY);
	has("<a href=\"https://127.0.0.1:8443/\"");
	https = 0;
	page(LANGUAGE_EN, UI_NOBODY);
	has("data-https=\"\"");
}
END_TEST

START_TEST(a_browser_that_has_it_is_told_so)
{
	char tag[128];
	unsigned i;

	page(LANGUAGE_EN, UI_NOBODY);
	for (i = 0; i < rep.headers && strcmp(rep.header[i].name, "ETag"); i++)
		;
	ck_assert_uint_lt(i, rep.headers);
	str_ncpy(tag, rep.header[i].value, sizeof(tag));
	sent.known = tag;
	page(LANGUAGE_EN, UI_NOBODY);
	ck_assert_uint_eq(rep.status, 304);
	ck_assert_ptr_null(rep.body);
	page(LANGUAGE_DE, UI_NOBODY);
	ck_assert_uint_eq(rep.status, 200);
}
END_TEST

static const struct { const char *from, *to; } filled[] = {
	{"", ""}, {"a{b}c{{", "a{b}c{{"}, {"{{lang}", "{{lang}"}, {"{{}}", "{{}}"}, {"{{nothing.of.ours}}", "{{nothing.of.ours}}"},
	{"{{{lang}}}", "{en}"}, {"{{lang}}", "en"}, {"{{lang}}{{lang}}{", "enen{"}, {"{{is.}}", "false"},
	{"{{a_name_that_is_longer_than_any_of_those_there_are_at_all}}", "{{a_name_that_is_longer_than_any_of_those_there_are_at_all}}"},
	{"{{account.menu}}", "Logged in as {login}"}, {"x{{login.name}} y", "xLogin y"}, {"{{lang\n}}", "{{lang\n}}"},
};

static void serve_text(const char *dir, const char *from)
{
	char path[64];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/index.html", dir);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(from, 1, strlen(from), f), strlen(from));
	ck_assert_int_eq(fclose(f), 0);
	pages = dir;
	page(LANGUAGE_EN, UI_NOBODY);
	ck_assert_int_eq(unlink(path), 0);
}

START_TEST(what_names_nothing_stays_as_it_is)
{
	char dir[] = "/tmp/ui_page.XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(dir));
	serve_text(dir, filled[_i].from);
	ck_assert_str_eq(text, filled[_i].to);
	page(LANGUAGE_EN, UI_NOBODY);
	ck_assert_uint_eq(rep.status, 404);     /* the directory has none any more */
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ui_page");
	TCase *t = tcase_create("ui_page");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, it_is_in_the_readers_language, 0, LANGUAGES);
	tcase_add_loop_test(t, what_he_chose_is_taken_and_nothing_else, 0, (int)ARRAY_SIZE(chosen));
	tcase_add_test(t, who_is_in_sees_no_login);
	tcase_add_test(t, it_leads_to_the_encrypted_one);
	tcase_add_test(t, a_browser_that_has_it_is_told_so);
	tcase_add_loop_test(t, what_names_nothing_stays_as_it_is, 0, (int)ARRAY_SIZE(filled));
	suite_add_tcase(s, t);
	return s;
}
