/**
 * @file lang.c  Texts in the door's five languages (see lang.h; WEB-01, WEB-04)
 */
#include <stdlib.h>
#include <string.h>
#include "lang.h"

#define NUMBERS 2                       /* of a key: sip.account1.port, relay2.code4 */

static const char *const names[LANGUAGES] = {"fr", "en", "de", "es", "pt"};

/** "fr" */
const char *lang_name(enum language l)
{
	return names[l];
}

/** The language of a name, -1 = there is none */
int lang_find(const char *name)
{
	int i;

	for (i = 0; i < LANGUAGES; i++)
		if (!strcmp(names[i], name))
			return i;

	return -1;
}

struct wanted {
	const char *kind, *name;
};

static int compare(const void *key, const void *row)
{
	const struct wanted *w = key;
	const struct lang_row *r = row;
	const int c = strcmp(w->kind, r->kind);

	return c ? c : strcmp(w->name, r->name);
}

/** A row, NULL = there is none */
const struct lang_row *lang_row(const char *kind, const char *name)
{
	const struct wanted w = {kind, name};

	return bsearch(&w, lang_rows, lang_rows_n, sizeof(lang_rows[0]), compare);
}

/** A text, NULL = there is none */
const char *lang_text(enum language l, const char *kind, const char *name)
{
	const struct lang_row *r = lang_row(kind, name);

	return r ? r->text[l] : NULL;
}

/* "relay2.code4_type" -> "relay#.code#_type", "2", "4"; a key whose digits are no numbers of things stays as it is */
static void pattern(char to[NOTICE_KEY], char number[NUMBERS], const char *key)
{
	unsigned n = 0;
	size_t i;

	memset(number, 0, NUMBERS);
	for (i = 0; key[i] && i < NOTICE_KEY - 1; i++) {
		const bool digit = key[i] >= '1' && key[i] <= '9' && n < NUMBERS;

		to[i] = key[i];
		if (!digit)
			continue;
		number[n++] = key[i];
		to[i] = '#';
	}
	to[i] = '\0';
}

/* {1} and {2} become the key's numbers; cut where there is no room */
static void fill(char *to, size_t size, const char *text, const char number[NUMBERS])
{
	size_t n = 0;

	while (*text && n + 1 < size) {
		if (*text == '{' && text[1] >= '1' && text[1] <= '0' + NUMBERS && text[2] == '}') {
			to[n++] = number[text[1] - '1'];
			text += 3;
		}
		else {
			to[n++] = *text++;
		}
	}
	to[n] = '\0';
}

/**
 * Label and help of a setting.
 *
 * @param l     Language
 * @param key   Setting
 * @param label Written, "" where there is none
 * @param help  Written; the English one is the table's
 *
 * @return Has it a label in that language?
 */
bool lang_setting(enum language l, const char *key, char label[LANG_LABEL], char help[LANG_HELP])
{
	const struct lang_row *r = lang_row("setting", key);
	const struct setting *row = settings_find(key);
	char name[NOTICE_KEY], number[NUMBERS] = "";

	if (!r) {
		pattern(name, number, key);
		r = lang_row("setting", name);
	}
	fill(label, LANG_LABEL, r ? r->text[l] : "", number);
	fill(help, LANG_HELP, r && r->help[l] ? r->help[l] : row ? row->help : "", number);

	return r != NULL;
}

/* What may be part of a key */
static size_t key_span(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_.");

	while (n && s[n - 1] == '.')
		n--;

	return n;
}

/* Is this a setting's key?  "identity" may be a word as well */
static bool is_key(char key[NOTICE_KEY], const char *s, size_t n)
{
	if (!n || n >= NOTICE_KEY || !memchr(s, '.', n))
		return false;
	memcpy(key, s, n);
	key[n] = '\0';

	return settings_find(key) != NULL;
}

/**
 * A text with the labels of settings in the place of their keys: for a page, where a label stands beside each field and a key nowhere.
 *
 * @param l    Language
 * @param text Help of a setting, e.g. "Until door.talk_min is over."
 * @param buf  Written
 * @param size Its size; LANG_TOLD holds every help
 */
void lang_by_labels(enum language l, const char *text, char *buf, size_t size)
{
	static const char *const quote[LANGUAGES][2] = {
		[LANGUAGE_FR] = {"«\u00a0", "\u00a0»"}, [LANGUAGE_EN] = {"“", "”"}, [LANGUAGE_DE] = {"„", "“"},
		[LANGUAGE_ES] = {"«", "»"}, [LANGUAGE_PT] = {"«", "»"},
	};
	char key[NOTICE_KEY], label[LANG_LABEL], help[LANG_HELP];
	struct text t;

	text_start(&t, buf, size);
	while (*text) {
		size_t n = key_span(text);

		if (is_key(key, text, n) && lang_setting(l, key, label, help)) {
			text_str(&t, quote[l][0]);
			text_str(&t, label);
			text_str(&t, quote[l][1]);
		}
		else {
			n = n ? n : 1;
			text_mem(&t, text, n);
		}
		text += n;
	}
}

/* --- who tells what is wrong --- */

static const char *tell(const struct teller *who, const char *kind, const char *name)
{
	return lang_text((enum language)who->lang, kind, name);
}

static void name_setting(const struct teller *who, struct text *t, const char *key)
{
	char label[LANG_LABEL], help[LANG_HELP];

	if (lang_setting((enum language)who->lang, key, label, help))
		text_str(t, label);
	else
		text_str(t, key);
}

/** Who tells in a language what is wrong with a setting */
const struct teller *lang_teller(enum language l)
{
	static const struct teller teller[LANGUAGES] = {
		[LANGUAGE_FR] = {tell, name_setting, LANGUAGE_FR}, [LANGUAGE_EN] = {tell, name_setting, LANGUAGE_EN},
		[LANGUAGE_DE] = {tell, name_setting, LANGUAGE_DE}, [LANGUAGE_ES] = {tell, name_setting, LANGUAGE_ES},
		[LANGUAGE_PT] = {tell, name_setting, LANGUAGE_PT},
	};

	return &teller[l];
}
