/**
 * @file test_lang.c  Texts in five languages: all there, and told with what belongs in them (WEB-01, WEB-04)
 */
#include <check.h>
#include <errno.h>
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
		HAS("class", event_class_id(d->cls));
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

/* "relay1.code2" is of relay#.code# */
static bool is_of(const char *key, const char *pattern)
{
	while (*key && (*key == *pattern || (*pattern == '#' && *key >= '1' && *key <= '9'))) {
		key++;
		pattern++;
	}

	return !*key && !*pattern;
}

static bool of_setting(const char *name)
{
	bool found = false;
	size_t i;

	for (i = 0; i < settings_count && !found; i++)
		found = is_of(settings_table[i].key, name);

	return found;
}

static bool of_word(const char *name)
{
	const char *word = strchr(name, ' ') ? strchr(name, ' ') + 1 : name;
	bool found = !strcmp(name, "blinking");
	size_t i, k;

	for (i = 0; i < settings_count && !found; i++) {
		const struct setting *s = &settings_table[i];
		const bool its = word == name || (!strncmp(s->key, name, strlen(s->key)) && name[strlen(s->key)] == ' ');

		for (k = 0; its && s->words && s->words[k] && !found; k++)
			found = !strcmp(s->words[k], word);
	}
	for (i = 0; i < GAP_COLOURS && !found; i++)
		found = !strcmp(settings_colours[i], name);

	return found;
}

static bool of_unit(const char *name)
{
	bool found = false;
	size_t i;

	for (i = 0; i < settings_count && !found; i++)
		found = settings_table[i].unit && !strcmp(settings_table[i].unit, name);

	return found;
}

static bool of_event(const char *name)
{
	bool found = false;
	unsigned i;

	for (i = 0; i < EV_COUNT && !found; i++)
		found = !strcmp(event_def((enum event_id)i)->name, name);

	return found;
}

static bool of_field(const char *name)
{
	bool found = false;
	unsigned i, k;

	for (i = 0; i < EV_COUNT; i++)
		for (k = 0; k < EVENT_FIELDS && event_def((enum event_id)i)->field[k].key; k++)
			found = found || !strcmp(event_def((enum event_id)i)->field[k].key, name);

	return found;
}

static bool of_class(const char *name)
{
	bool found = false;
	unsigned i;

	for (i = 0; i < EVENT_CLASSES && !found; i++)
		found = !strcmp(event_class_id((enum event_class)i), name);

	return found;
}

static bool of_page(const char *name)
{
	bool found = false;
	size_t i;

	for (i = 0; i < page_count && !found; i++)
		found = !strcmp(page_table[i].id, name);

	return found;
}

static bool of_group(const char *name)
{
	bool found = false;
	size_t i, k;

	for (i = 0; i < page_count; i++)
		for (k = 0; k < PAGE_GROUPS && page_table[i].group[k].id; k++)
			found = found || !strcmp(page_table[i].group[k].id, name);

	return found;
}

static bool of_message(const char *name)
{
	bool found = false;
	unsigned i;

	for (i = 1; i < NOTICE_COUNT && !found; i++)
		found = !strcmp(notice_name((enum notice_id)i), name);

	return found;
}

static bool of_section(const char *name)
{
	return !strcmp(name, "basic") || !strcmp(name, "advanced");
}

/* Who may have a text of a kind; NULL: ci/lang_pages.sh and ci/test_cli.sh look at those */
static const struct kind { const char *name; bool (*of)(const char *name); } kinds[] = {
	{"class", of_class}, {"cli", NULL}, {"event", of_event}, {"field", of_field}, {"group", of_group},
	{"message", of_message}, {"page", of_page}, {"section", of_section}, {"setting", of_setting}, {"ui", NULL},
	{"unit", of_unit}, {"word", of_word},
};

/* A text whose table is gone is dead; a mistyped kind would be found by nobody */
START_TEST(no_text_is_for_nothing)
{
	size_t i, k;

	for (i = 0; i < lang_rows_n; i++) {
		const struct lang_row *r = &lang_rows[i];

		for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]) && strcmp(kinds[k].name, r->kind); k++)
			;
		ck_assert_msg(k < sizeof(kinds) / sizeof(kinds[0]), "[%s %s] is of no kind", r->kind, r->name);
		ck_assert_msg(!kinds[k].of || kinds[k].of(r->name), "[%s %s] is of nothing", r->kind, r->name);
	}
	HAS("section", "basic");
	HAS("section", "advanced");
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
		for (l = 0; l < LANGUAGES; l++) {
			for (n = 0; placeholder(name, english, n); n++)
				ck_assert_msg(strstr(r->text[l], name) != NULL, "%s is missing in %s of %s", name,
					      lang_name((enum language)l), r->name);
			for (n = 0; placeholder(name, r->text[l], n); n++)
				ck_assert_msg(strstr(english, name) != NULL, "%s is too much in %s of %s", name,
					      lang_name((enum language)l), r->name);
		}
	}
}
END_TEST

/* The texts of the pages too, and of whatever else has parameters */
START_TEST(every_language_has_the_same_parameters)
{
	char name[32];
	unsigned n;
	size_t i;
	int l;

	for (i = 0; i < lang_rows_n; i++) {
		const struct lang_row *r = &lang_rows[i];

		for (l = 0; l < LANGUAGES; l++) {
			for (n = 0; placeholder(name, r->text[LANGUAGE_EN], n); n++)
				ck_assert_msg(strstr(r->text[l], name) != NULL, "%s is missing in %s of [%s %s]", name,
					      lang_name((enum language)l), r->kind, r->name);
			for (n = 0; placeholder(name, r->text[l], n); n++)
				ck_assert_msg(strstr(r->text[LANGUAGE_EN], name) != NULL, "%s is too much in %s of [%s %s]",
					      name, lang_name((enum language)l), r->kind, r->name);
		}
	}
}
END_TEST

/* The parameters of a text, each once, without {key}; the result is their number */
static unsigned parameters(char name[NOTICE_ARGS][32], const char *text)
{
	char found[32];
	unsigned i, k, n = 0;

	for (i = 0; placeholder(found, text, i); i++) {
		found[strlen(found) - 1] = '\0';
		for (k = 0; k < n && strcmp(name[k], found + 1); k++)
			;
		if (k < n || !strcmp(found, "{key"))
			continue;
		ck_assert_uint_lt(n, NOTICE_ARGS);
		(void)snprintf(name[n++], 32, "%s", found + 1);
	}

	return n;
}

/* Each reason, told: every parameter stands in it, the setting by its label, no brace is left */
START_TEST(every_reason_is_told_in_every_language)
{
	char name[NOTICE_ARGS][32], text[1024], mark[16];
	const unsigned n = parameters(name, notice_english((enum notice_id)_i));
	struct notice m;
	struct text t;
	unsigned i;
	int l;

	notice_start(&m, (enum notice_id)_i, EINVAL, "door.press_ms");
	for (i = 0; i < n; i++)
		notice_int(&m, name[i], 7000 + (int)i);
	for (l = 0; l < LANGUAGES; l++) {
		text_start(&t, text, sizeof(text));
		notice_tell(&t, &m, lang_teller((enum language)l));
		ck_assert_msg(*text && !strchr(text, '{') && !strchr(text, '}'), "%s", text);
		for (i = 0; i < n; i++) {
			(void)snprintf(mark, sizeof(mark), "%u", 7000 + i);
			ck_assert_msg(strstr(text, mark) != NULL, "no {%s} in %s", name[i], text);
		}
		ck_assert_msg(!strstr(text, "door.press_ms"), "%s names the key", text);
	}
}
END_TEST

/* French typography: no plain blank before a high sign, which could begin a line */
START_TEST(french_has_its_no_break_blanks)
{
	const struct lang_row *r = lang_row("message", "OUT_OF_RANGE");

	ck_assert_str_eq(r->text[LANGUAGE_FR], "{key}\302\240: {value} est hors limites\342\200\257; accept\303\251\302\240: {range}");
	r = lang_row("message", "CONTACT_ONLY_LIST");
	ck_assert_ptr_nonnull(strstr(r->text[LANGUAGE_FR], " ;p2p et ;dtmf="));
	r = lang_row("setting", "voice.door_open");
	ck_assert_str_eq(r->text[LANGUAGE_FR], "«\302\240Porte ouverte\302\240»");
}
END_TEST

static const struct by_labels { enum language l; const char *text, *told; } by_labels[] = {
	{LANGUAGE_EN, "Until door.talk_min.", "Until “Communication time”."},
	{LANGUAGE_FR, "hors de audio.attenuation_slot.", "hors de «\u00a0Plage horaire d'atténuation\u00a0»."},
	{LANGUAGE_DE, "relay2.hold_s, door.ring_s", "„Haltezeit Türöffner, Relais 2“, „Rufdauer bei ausgehendem Ruf“"},
	{LANGUAGE_ES, "sip.account1.nothing identity Europe/Paris 1..5", "sip.account1.nothing identity Europe/Paris 1..5"},
	{LANGUAGE_PT, "", ""},
};

START_TEST(a_page_names_settings_by_their_labels)
{
	char told[LANG_TOLD];

	lang_by_labels(by_labels[_i].l, by_labels[_i].text, told, sizeof(told));
	ck_assert_str_eq(told, by_labels[_i].told);
}
END_TEST

START_TEST(every_help_has_room_for_its_labels)
{
	char label[LANG_LABEL], help[LANG_HELP], told[2 * LANG_TOLD];
	size_t i;
	int l;

	for (i = 0; i < settings_count; i++)
		for (l = 0; l < LANGUAGES; l++) {
			(void)lang_setting((enum language)l, settings_table[i].key, label, help);
			lang_by_labels((enum language)l, help, told, sizeof(told));
			ck_assert_msg(strlen(told) < LANG_TOLD - 1, "help of %s", settings_table[i].key);
		}
	lang_by_labels(LANGUAGE_FR, "door.talk_min", told, 8);
	ck_assert_uint_lt(strlen(told), 8);
}
END_TEST

/* Key in a mistyped setting's message: it is what has to be written */
START_TEST(the_near_setting_is_told_by_its_key)
{
	struct settings s;
	struct notice why;
	char text[512];
	struct text t;

	settings_default(&s);
	ck_assert_int_eq(settings_set_why(&s, "relay1.hold", "5", &why), ENOENT);
	text_start(&t, text, sizeof(text));
	notice_tell(&t, &why, lang_teller(LANGUAGE_DE));
	ck_assert_str_eq(text, "relay1.hold: diese Einstellung gibt es nicht; war relay1.hold_s gemeint?");
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
	tcase_add_test(tc, every_language_has_the_same_parameters);
	tcase_add_loop_test(tc, every_reason_is_told_in_every_language, 1, NOTICE_COUNT);
	tcase_add_loop_test(tc, a_page_names_settings_by_their_labels, 0, sizeof(by_labels) / sizeof(by_labels[0]));
	tcase_add_test(tc, every_help_has_room_for_its_labels);
	tcase_add_test(tc, french_has_its_no_break_blanks);
	tcase_add_test(tc, the_near_setting_is_told_by_its_key);
	tcase_add_loop_test(tc, a_wrong_value_is_told_in_the_readers_language, 0, sizeof(told) / sizeof(told[0]));
	suite_add_tcase(s, tc);

	return s;
}
