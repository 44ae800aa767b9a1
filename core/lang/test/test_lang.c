/**
 * @file test_lang.c  Texts in five languages: all there, and told with what belongs in them (WEB-01, WEB-04)
 */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include "../lang.h"
#include "../../door/event.h"
#include "../../../web/page_table.h"

Suite *suite(void);

/* Every one of a table has a text; the first that has none is told */
#define HAS(kind, name) ck_assert_msg(lang_row(kind, name) != NULL, "no [%s %s] in core/lang", kind, name)

START_TEST(every_setting_has_label_and_help)
{
	char label[LANG_LABEL], help[LANG_HELP];
	size_t i;
	int l;

	for (i = 0; i < settings_count; i++)
		for (l = 0; l < LANGUAGES; l++) {
			ck_assert_msg(lang_setting((enum language)l, settings_table[i].key, label, help),
				      "no label of %s", settings_table[i].key);
			ck_assert_msg(*label && *help && !strchr(label, '{'), "%s in %s", settings_table[i].key,
				      lang_name((enum language)l));
			ck_assert_msg(l == LANGUAGE_EN || strcmp(help, settings_table[i].help),
				      "the help of %s in %s is the English one", settings_table[i].key,
				      lang_name((enum language)l));
			ck_assert_msg(strlen(label) < LANG_LABEL - 1 && strlen(help) < LANG_HELP - 1, "%s is cut",
				      settings_table[i].key);
		}
}
END_TEST

static bool has_word(const char *key, const char *word)
{
	char name[128];

	(void)snprintf(name, sizeof(name), "%s %s", key, word);

	return lang_row("word", name) || lang_row("word", word);
}

START_TEST(every_word_and_unit_has_a_text)
{
	size_t i;
	int c;

	for (i = 0; i < settings_count; i++) {
		const struct setting *s = &settings_table[i];
		const char *const *w = s->words;

		for (; w && *w; w++)
			ck_assert_msg(has_word(s->key, *w), "no [word %s] for %s", *w, s->key);
		if (s->unit)
			HAS("unit", s->unit);
	}
	for (c = 0; c < GAP_COLOURS; c++)
		HAS("word", settings_colours[c]);
	HAS("word", "blinking");
}
END_TEST

START_TEST(every_event_field_and_page_has_a_text)
{
	unsigned i, k;

	for (i = 0; i < EV_COUNT; i++) {
		const struct event_def *d = event_def((enum event_id)i);

		HAS("event", d->name);
		for (k = 0; k < EVENT_FIELDS && d->field[k].key; k++)
			HAS("field", d->field[k].key);
	}
	for (i = 0; i < page_count; i++) {
		HAS("page", page_table[i].id);
		for (k = 0; k < PAGE_GROUPS && page_table[i].group[k].id; k++)
			if (*page_table[i].group[k].id)
				HAS("group", page_table[i].group[k].id);
	}
}
END_TEST

/* A row whose table is gone is dead */
START_TEST(no_text_is_for_nothing)
{
	size_t i;
	unsigned k;

	for (i = 0; i < lang_rows_n; i++) {
		const struct lang_row *r = &lang_rows[i];
		bool used = strcmp(r->kind, "event") && strcmp(r->kind, "message");

		for (k = 0; k < EV_COUNT && !used; k++)
			used = !strcmp(r->name, event_def((enum event_id)k)->name);
		for (k = 1; k < NOTICE_COUNT && !used; k++)
			used = !strcmp(r->name, notice_name((enum notice_id)k));
		ck_assert_msg(used, "[%s %s] is of nothing", r->kind, r->name);
	}
}
END_TEST

/* The n-th {name} of a text; false = there is none */
static bool placeholder(char name[32], const char *text, unsigned n)
{
	const char *p = strchr(text, '{');

	while (p && n--)
		p = strchr(p + 1, '{');
	if (p)
		(void)snprintf(name, 32, "%.*s", (int)(strcspn(p, "}") + 1), p);

	return p != NULL;
}

START_TEST(every_reason_is_told_with_the_same_parameters)
{
	char name[32];
	unsigned id, n;
	int l;

	for (id = 1; id < NOTICE_COUNT; id++) {
		const char *english = notice_english((enum notice_id)id);
		const struct lang_row *r = lang_row("message", notice_name((enum notice_id)id));

		ck_assert_msg(r != NULL, "no [message %s]", notice_name((enum notice_id)id));
		ck_assert_str_eq(r->text[LANGUAGE_EN], english);
		for (l = 0; l < LANGUAGES; l++)
			for (n = 0; placeholder(name, english, n); n++)
				ck_assert_msg(strstr(r->text[l], name) != NULL, "%s is missing in %s of %s", name,
					      lang_name((enum language)l), r->name);
	}
}
END_TEST

static const struct told { enum language l; const char *key, *value, *has[4]; } told[] = {
	{LANGUAGE_FR, "door.press_ms", "5", {"Temps d'appui bouton", "\"5\"", "hors limites", "100..5000 ms"}},
	{LANGUAGE_DE, "door.press_ms", "x", {"Tastendauer", "keine ganze Zahl", "100..5000 ms", ""}},
	{LANGUAGE_ES, "sip.codecs", "XX", {"no se acepta", "este códec no existe", "lista de PCMA", ""}},
	{LANGUAGE_PT, "slot1.hours", "mon 9", {"não é aceite", "quartos de hora", "\"mon 9\"", ""}},
	{LANGUAGE_EN, "relay1.code1", "12a", {"the value given", "not all of it is digits", "digits or empty", ""}},
	{LANGUAGE_FR, "relay1.code1", "12a", {"la valeur donnée", "pas seulement des chiffres", "chiffres ou vide", ""}},
};

START_TEST(a_wrong_value_is_told_in_the_readers_language)
{
	const struct told *t = &told[_i];
	struct settings s;
	struct notice why;
	char text[512];
	struct text to;
	unsigned i;

	settings_default(&s);
	ck_assert_int_ne(settings_set_why(&s, t->key, t->value, &why), 0);
	text_start(&to, text, sizeof(text));
	notice_tell(&to, &why, lang_teller(t->l));
	for (i = 0; i < 4; i++)
		ck_assert_msg(!t->has[i] || strstr(text, t->has[i]), "no \"%s\" in \"%s\"", t->has[i], text);
	ck_assert(!strstr(text, "12a"));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("lang");
	TCase *tc = tcase_create("lang");

	tcase_add_test(tc, every_setting_has_label_and_help);
	tcase_add_test(tc, every_word_and_unit_has_a_text);
	tcase_add_test(tc, every_event_field_and_page_has_a_text);
	tcase_add_test(tc, no_text_is_for_nothing);
	tcase_add_test(tc, every_reason_is_told_with_the_same_parameters);
	tcase_add_loop_test(tc, a_wrong_value_is_told_in_the_readers_language, 0, sizeof(told) / sizeof(told[0]));
	suite_add_tcase(s, tc);

	return s;
}
