/**
 * @file test_ui_text.c  The texts of the pages as one document a language, made once, named by its content (WEB-01)
 */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include "core/lang/lang.h"
#include "web/json.h"
#include "web/page_table.h"
#include "web/ui_priv.h"

Suite *suite(void);

static struct ui ui;
static struct web_reply rep;
static const char *known;               /* what the browser has */

static const char *header(const struct web_request *req, const char *name)
{
	(void)req;

	return strcmp(name, "If-None-Match") ? NULL : known;
}

static void setup(void)
{
	known = NULL;
}

static void teardown(void)
{
	unsigned i;

	web_reply_end(&rep);
	memset(&rep, 0, sizeof(rep));
	for (i = 0; i < LANGUAGES; i++)
		ui.text[i] = mem_deref(ui.text[i]);
}

static void ask(const char *language)
{
	char path[64];
	struct web_request req = {.method = "GET", .path = path, .query = "", .header = header};
	const struct ui_ask a = {.ui = &ui, .req = &req};

	(void)snprintf(path, sizeof(path), UI_PREFIX "text/%s.json", language);
	web_reply_end(&rep);
	memset(&rep, 0, sizeof(rep));
	ui_texts(&a, &rep);
}

static const char *sent(const char *name)
{
	unsigned i;

	for (i = 0; i < rep.headers; i++)
		if (!strcmp(rep.header[i].name, name))
			return rep.header[i].value;

	return "";
}

static json_t *document(enum language l)
{
	json_t *o;

	ask(lang_name(l));
	ck_assert_uint_eq(rep.status, 200);
	ck_assert_str_eq(rep.type, "application/json");
	ck_assert_ptr_nonnull(rep.body);
	o = json_loadb((const char *)rep.body->buf, rep.body->end, 0, NULL);
	ck_assert_ptr_nonnull(o);

	return o;
}

static const char *at(const json_t *o, const char *kind, const char *name, const char *member)
{
	const json_t *row = json_object_get(json_object_get(o, kind), name);
	const char *s = json_string_value(member ? json_object_get(row, member) : row);

	ck_assert_msg(s != NULL, "no %s of %s %s", member ? member : "text", kind, name);

	return s;
}

START_TEST(a_document_has_all_a_page_shows)
{
	const enum language l = (enum language)_i;
	json_t *o = document(l);
	size_t i;

	for (i = 0; i < settings_count; i++) {
		ck_assert(*at(o, "setting", settings_table[i].key, "label"));
		ck_assert(*at(o, "setting", settings_table[i].key, "help"));
	}
	for (i = 0; i < page_count; i++)
		ck_assert(*at(o, "page", page_table[i].id, "title"));
	for (i = 0; i < EV_COUNT; i++)
		ck_assert(*at(o, "event", event_def((enum event_id)i)->name, NULL));
	for (i = 0; i < EVENT_CLASSES; i++)
		ck_assert(*at(o, "class", event_class_id((enum event_class)i), NULL));
	ck_assert_str_eq(at(o, "word", "*", "strike"), lang_text(l, "word", "strike"));
	ck_assert_str_eq(at(o, "word", "api.auth", "none"), lang_text(l, "word", "api.auth none"));
	ck_assert_str_eq(at(o, "ui", "cancel", NULL), lang_text(l, "ui", "cancel"));
	ck_assert_str_eq(at(o, "unit", "days", NULL), lang_text(l, "unit", "days"));
	ck_assert(*at(o, "section", "advanced", NULL) && *at(o, "group", "relay1", NULL) && *at(o, "field", "cause", NULL));
	json_decref(o);
}
END_TEST

START_TEST(help_in_a_page_names_no_key)
{
	json_t *o = document((enum language)_i);
	const char *help = at(o, "setting", "door.advance_on_refusal", "help");

	ck_assert_msg(!strstr(help, "door.ring_s"), "%s", help);
	ck_assert_ptr_nonnull(strstr(help, at(o, "setting", "door.ring_s", "label")));
	json_decref(o);
}
END_TEST

START_TEST(a_browser_that_has_it_is_sent_nothing)
{
	char tag[64], list[160];

	ask("fr");
	ck_assert_uint_eq(rep.status, 200);
	(void)snprintf(tag, sizeof(tag), "%s", sent("ETag"));
	ck_assert(tag[0] == '"' && strlen(tag) > 10);
	ck_assert_str_eq(sent("Cache-Control"), "no-cache");
	(void)snprintf(list, sizeof(list), "\"other\", W/%s", tag);
	known = list;
	ask("fr");
	ck_assert_uint_eq(rep.status, 304);
	ck_assert_ptr_null(rep.body);
	ck_assert_str_eq(sent("ETag"), tag);
	ask("de");                       /* another text: another tag */
	ck_assert_uint_eq(rep.status, 200);
	ck_assert_str_ne(sent("ETag"), tag);
	known = "\"stale\"";
	ask("fr");
	ck_assert_uint_eq(rep.status, 200);
}
END_TEST

START_TEST(it_is_made_once)
{
	const struct mbuf *first;

	ask("pt");
	first = rep.body;
	ask("pt");
	ck_assert_ptr_eq(rep.body, first);
	ask("es");
	ck_assert_ptr_ne(rep.body, first);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ui_text");
	TCase *tc = tcase_create("ui_text");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_document_has_all_a_page_shows, 0, LANGUAGES);
	tcase_add_loop_test(tc, help_in_a_page_names_no_key, 0, LANGUAGES);
	tcase_add_test(tc, a_browser_that_has_it_is_sent_nothing);
	tcase_add_test(tc, it_is_made_once);
	suite_add_tcase(s, tc);

	return s;
}
