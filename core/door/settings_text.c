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

static void range_int(struct text *t, const struct setting *row)
{
	put_span(t, row->min, row->max);
	if (row->unit) {
		text_char(t, ' ');
		text_str(t, row->unit);
	}
	if (row->words) {
		text_str(t, " or ");
		text_str(t, row->words[0]);
	}
}

static void put_words(struct text *t, const char *const *word, size_t n, const char *between)
{
	size_t i;

	for (i = 0; i < n && word[i]; ++i) {
		if (i)
			text_str(t, between);
		text_str(t, word[i]);
	}
}

static void range_string(struct text *t, const struct setting *row)
{
	put_span(t, row->type == SETTING_TEXT ? row->min : 1, row->max);
	if (row->type == SETTING_DIGITS)
		text_str(t, " digits");
	else if (row->type == SETTING_TEXT)
		text_str(t, " bytes of text");
	else
		text_str(t, " of A-Z a-z 0-9 . - _");
	if (row->type == SETTING_DIGITS && !row->min)
		text_str(t, " or empty");
}

/**
 * What a setting accepts, for people: "1..25 s", "1..10 min or permanent", "strike | line | ...".
 *
 * @param row  Row
 * @param buf  Text (written, zero-ended)
 * @param size Bytes of buf; 128 hold any
 *
 * @return Length
 */
size_t settings_range(const struct setting *row, char *buf, size_t size)
{
	struct text t;

	text_start(&t, buf, size);
	switch (row->type) {
	case SETTING_BOOL:
		text_str(&t, "yes | no");
		break;
	case SETTING_INT:
		range_int(&t, row);
		break;
	case SETTING_ENUM:
		put_words(&t, row->words, SIZE_MAX, " | ");
		break;
	case SETTING_DIGITS:
	case SETTING_TEXT:
	case SETTING_TOKEN:
		range_string(&t, row);
		break;
	case SETTING_URI:
		text_str(&t, row->min ? "a sip: URI" : "a sip: URI or empty");
		break;
	case SETTING_HOST:
		text_str(&t, "a host name or an address, or empty");
		break;
	case SETTING_USER:
		text_str(&t, "a SIP user, up to ");
		text_int(&t, row->max);
		text_str(&t, " characters without blanks, or empty");
		break;
	case SETTING_CONTACTS:
		text_str(&t, "up to ");
		text_int(&t, row->max);
		text_str(&t, " numbers, addresses or sip: URIs");
		break;
	case SETTING_LIGHT:
		text_str(&t, "COLOUR or COLOUR blinking");
		break;
	case SETTING_SLOT:
		text_str(&t, "hours such as mon-fri 08:00-18:00, sat 09:00-12:15; or empty");
		break;
	case SETTING_ZONE:
		text_str(&t, "a zone such as Europe/Paris, or a rule such as CET-1CEST,M3.5.0,M10.5.0/3");
		break;
	case SETTING_TIME:
		text_str(&t, "00:00..23:59");
		text_str(&t, row->words ? " or " : "");
		text_str(&t, row->words ? row->words[0] : "");
		break;
	case SETTING_CODECS:
		text_str(&t, "list of ");
		put_codec_names(&t);
		break;
	}
	return t.n;
}
