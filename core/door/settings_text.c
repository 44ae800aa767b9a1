/**
 * @file settings_text.c  From a setting's value to text, and the range it may have
 */
#include <string.h>
#include "codec.h"
#include "settings_priv.h"

static void put_int(struct text *t, const struct setting *row, int32_t v)
{
	if (row->words && v == row->special)
		text_str(t, row->words[0]);
	else
		text_int(t, v);
}

static void put_time(struct text *t, const struct setting *row, int32_t min)
{
	if (row->words && min == row->special) {
		text_str(t, row->words[0]);
		return;
	}
	text_uint(t, (uint64_t)min / 60, 2);
	text_char(t, ':');
	text_uint(t, (uint64_t)min % 60, 2);
}

/**
 * Take one contact out of a list.
 *
 * @param uri  Written: the contact, with its parameters; "" where there is none
 * @param list List
 * @param i    0 and up
 *
 * @return Length, 0 where the list has no such contact
 */
size_t settings_contact(char uri[SETTINGS_URI], const struct contact_list *list, unsigned i)
{
	const char *p = list->text;
	size_t n;

	uri[0] = '\0';
	if (list->n < 0 || i >= (unsigned)list->n)
		return 0;
	for (; i; --i)
		p += strcspn(p, ",") + 1;
	n = strcspn(p, ",");
	memcpy(uri, p, n);
	uri[n] = '\0';

	return n;
}

static void put_codecs(struct text *t, const struct codec_list *list)
{
	int32_t i;

	for (i = 0; i < list->n; ++i) {
		if (i)
			text_char(t, ',');
		text_str(t, codec_table[list->id[i]].name);
	}
}

static void put_codec_names(struct text *t)
{
	int i;

	for (i = 0; i < CODEC_COUNT; ++i) {
		if (i)
			text_str(t, ", ");
		text_str(t, codec_table[i].name);
	}
}

static void put_light(struct text *t, const struct gap_light *light)
{
	text_str(t, settings_colours[light->colour]);
	if (light->blink)
		text_str(t, " blinking");
}

/**
 * Value of a setting as text; settings_set() takes it back.
 *
 * @param s    Settings
 * @param row  Row
 * @param buf  Text (written, zero-ended)
 * @param size Bytes of buf; SETTINGS_TEXT holds any value
 *
 * @return Length
 *
 * A secret comes out as it is: whoever shows or logs it looks at row->secret first.
 */
size_t settings_get(const struct settings *s, const struct setting *row, char *buf, size_t size)
{
	const void *field = (const char *)s + row->offset;
	struct text t;

	text_start(&t, buf, size);
	switch (row->type) {
	case SETTING_BOOL:
		text_str(&t, *(const bool *)field ? "yes" : "no");
		break;
	case SETTING_INT:
		put_int(&t, row, *(const int32_t *)field);
		break;
	case SETTING_ENUM:
		text_str(&t, row->words[*(const int32_t *)field]);
		break;
	case SETTING_DIGITS:
	case SETTING_TEXT:
	case SETTING_TOKEN:
	case SETTING_URI:
	case SETTING_HOST:
	case SETTING_USER:
	case SETTING_ZONE:
		text_str(&t, field);
		break;
	case SETTING_CONTACTS:
		text_str(&t, ((const struct contact_list *)field)->text);
		break;
	case SETTING_SLOT:
		slot_put(&t, field);
		break;
	case SETTING_TIME:
		put_time(&t, row, *(const int32_t *)field);
		break;
	case SETTING_LIGHT:
		put_light(&t, field);
		break;
	case SETTING_CODECS:
		put_codecs(&t, field);
		break;
	}
	return t.n;
}

static void put_span(struct text *t, int32_t min, int32_t max)
{
	text_int(t, min);
	text_str(t, "..");
	text_int(t, max);
}

static void put_or(struct text *t, const struct teller *who, const char *word)
{
	text_char(t, ' ');
	text_str(t, notice_of(who, MSG_OR));
	text_char(t, ' ');
	text_str(t, word);
}

static void range_int(struct text *t, const struct setting *row, const struct teller *who)
{
	const char *unit = row->unit && who && who->text ? who->text(who, "unit", row->unit) : NULL;

	put_span(t, row->min, row->max);
	if (row->unit) {
		text_char(t, ' ');
		text_str(t, unit ? unit : row->unit);
	}
	if (row->words)
		put_or(t, who, row->words[0]);
}

static void range_words(struct text *t, const char *const *word)
{
	size_t i;

	for (i = 0; word[i]; ++i) {
		if (i)
			text_str(t, " | ");
		text_str(t, word[i]);
	}
}

static void range_time(struct text *t, const struct setting *row, const struct teller *who)
{
	text_str(t, "00:00..23:59");
	if (row->words)
		put_or(t, who, row->words[0]);
}

/* Types whose range is a message */
static enum notice_id range_notice(const struct setting *row)
{
	switch (row->type) {
	case SETTING_DIGITS:
		return row->min ? MSG_RANGE_DIGITS : MSG_RANGE_DIGITS_EMPTY;
	case SETTING_TEXT:
		return MSG_RANGE_TEXT;
	case SETTING_TOKEN:
		return MSG_RANGE_TOKEN;
	case SETTING_URI:
		return row->min ? MSG_RANGE_URI : MSG_RANGE_URI_EMPTY;
	case SETTING_HOST:
		return MSG_RANGE_HOST;
	case SETTING_USER:
		return MSG_RANGE_USER;
	case SETTING_CONTACTS:
		return MSG_RANGE_CONTACTS;
	case SETTING_LIGHT:
		return MSG_RANGE_LIGHT;
	case SETTING_SLOT:
		return MSG_RANGE_SLOT;
	case SETTING_ZONE:
		return MSG_RANGE_ZONE;
	case SETTING_CODECS:
		return MSG_RANGE_CODECS;
	default:
		return MSG_NONE;
	}
}

static void range_told(struct text *t, const struct setting *row, const struct teller *who)
{
	struct notice m;
	char codecs[NOTICE_STORE - 1];
	struct text names;

	notice_start(&m, range_notice(row), 0, row->key);
	notice_int(&m, "min", row->type == SETTING_TEXT ? row->min : 1);
	notice_int(&m, "max", row->max);
	text_start(&names, codecs, sizeof(codecs));
	if (row->type == SETTING_CODECS)
		put_codec_names(&names);
	notice_text(&m, "codecs", codecs, sizeof(codecs));
	notice_tell(t, &m, who);
}

/**
 * What a setting accepts, for people: "1..25 s", "1..10 min or permanent", "strike | line | ...".
 *
 * @param row  Row
 * @param who  Teller: a language (NULL: English); words that one writes are the same in all
 * @param buf  Text (written, zero-ended)
 * @param size Bytes of buf; 256 hold any
 *
 * @return Length
 */
size_t settings_range_in(const struct setting *row, const struct teller *who, char *buf, size_t size)
{
	struct text t;

	text_start(&t, buf, size);
	switch (row->type) {
	case SETTING_BOOL:
		text_str(&t, "yes | no");
		break;
	case SETTING_INT:
		range_int(&t, row, who);
		break;
	case SETTING_ENUM:
		range_words(&t, row->words);
		break;
	case SETTING_TIME:
		range_time(&t, row, who);
		break;
	default:
		range_told(&t, row, who);
		break;
	}
	return t.n;
}

/** The same in English */
size_t settings_range(const struct setting *row, char *buf, size_t size)
{
	return settings_range_in(row, NULL, buf, size);
}
