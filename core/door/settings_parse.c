/**
 * @file settings_parse.c  From text to a setting's value
 *
 * Every parser gets its text without blanks around it, and writes the field only where all of it is
 * good.
 */
#include <errno.h>
#include <string.h>
#include "codec.h"
#include "settings_priv.h"

const char *const settings_colours[GAP_COLOURS] = {
	"off", "red", "green", "blue", "yellow", "white"
};

typedef int (parse_h)(const struct setting *row, void *field, const char *s, enum notice_id *why);

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int parse_bool(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	static const char *const word[] = {"no", "yes", "off", "on", "false", "true", "0", "1"};
	size_t i;

	(void)row;
	(void)why;
	for (i = 0; i < sizeof(word) / sizeof(word[0]); ++i) {
		if (text_same(s, word[i])) {
			*(bool *)field = i & 1;
			return 0;
		}
	}
	return EINVAL;
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/* Decimal, or hexadecimal after 0x; more than nine digits are out of any row's range */
static int number(int32_t *v, const char *s)
{
	int base = 10, d, n = 0;
	int32_t sum = 0, sign = 1;

	if (*s == '-') {
		sign = -1;
		++s;
	}
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
	}
	for (; *s; ++s, ++n) {
		d = hex_digit(*s);
		if (d >= base)
			return EINVAL;
		if (sum < 1000000)
			sum = sum * base + d;
	}
	*v = sign * sum;
	return n ? 0 : EINVAL;
}

static int parse_int(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	int32_t v;

	if (row->words && text_same(s, row->words[0])) {
		*(int32_t *)field = row->special;
		return 0;
	}
	if (number(&v, s)) {
		*why = MSG_NOT_A_NUMBER;
		return EINVAL;
	}
	if (v < row->min || v > row->max)
		return ERANGE;
	*(int32_t *)field = v;
	return 0;
}

static int parse_enum(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	int32_t i;

	(void)why;
	for (i = 0; row->words[i]; ++i) {
		if (text_same(s, row->words[i])) {
			*(int32_t *)field = i;
			return 0;
		}
	}
	return EINVAL;
}

/* The field's array holds max bytes and the end */
static int store_text(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	size_t n = strlen(s);

	if (n > (size_t)row->max) {
		*why = MSG_TOO_LONG;
		return EINVAL;
	}
	if (n < (size_t)row->min) {
		*why = n ? MSG_TOO_SHORT : MSG_EMPTY;
		return EINVAL;
	}
	memcpy(field, s, n + 1);
	return 0;
}

static int parse_digits(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	const char *p;

	for (p = s; *p; ++p) {
		if (!is_digit(*p)) {
			*why = MSG_NOT_DIGITS;
			return EINVAL;
		}
	}
	return store_text(row, field, s, why);
}

static int parse_text(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	size_t i = 0, n = strlen(s), len;

	if (!n && row->min) {
		*why = MSG_EMPTY;
		return EINVAL;
	}
	while (i < n) {
		len = text_utf8(s + i, n - i);
		if (!len) {
			*why = MSG_NOT_UTF8;
			return EINVAL;
		}
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f
		    || ((unsigned char)s[i] == 0xc2 && (unsigned char)s[i + 1] < 0xa0)) {
			*why = MSG_CONTROL_CHARACTER;
			return EINVAL;
		}
		i += len;
	}
	return store_text(row, field, s, why);
}

static int parse_token(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-_";

	if (!*s) {
		*why = MSG_EMPTY;
		return EINVAL;
	}
	if (s[strspn(s, allowed)]) {
		*why = MSG_OTHER_CHARACTERS;
		return EINVAL;
	}
	return store_text(row, field, s, why);
}

static int parse_uri(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	char uri[SETTINGS_URI] = "";
	int err;

	if (*s || row->min) {
		err = settings_parse_uri(uri, s, strlen(s), false, why);
		if (err)
			return err;
	}
	return store_text(row, field, uri, why);
}

static int parse_host(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	if (*s && !settings_host_ok(s, strlen(s))) {
		*why = MSG_NOT_A_HOST;
		return EINVAL;
	}
	return store_text(row, field, s, why);
}

static int parse_user(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	if (*s && !settings_user_ok(s, strlen(s))) {
		*why = MSG_NOT_A_USER;
		return EINVAL;
	}
	return store_text(row, field, s, why);
}

/* Length of s up to its comma or end, without blanks around; *next is behind the comma or NULL */
static size_t item(const char **s, const char **next)
{
	size_t n = strcspn(*s, ",");

	*next = (*s)[n] ? *s + n + 1 : NULL;
	while (n && **s == ' ') {
		++*s;
		--n;
	}
	while (n && (*s)[n - 1] == ' ')
		--n;
	return n;
}

static int parse_contacts(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	struct contact_list list;
	char uri[SETTINGS_URI];
	const char *next;
	struct text t;
	size_t n;
	int err;

	memset(&list, 0, sizeof(list));
	text_start(&t, list.text, sizeof(list.text));
	while (s && *s) {
		if (list.n == row->max) {
			*why = MSG_TOO_MANY_CONTACTS;
			return EINVAL;
		}
		n = item(&s, &next);
		err = settings_parse_uri(uri, s, n, true, why);
		if (err)
			return err;
		text_str(&t, list.n++ ? "," : "");
		text_str(&t, uri);
		s = next;
		if (s && !*s) {
			*why = MSG_LAST_COMMA;
			return EINVAL;
		}
	}
	if (t.cut) {
		*why = MSG_LIST_TOO_LONG;
		return EINVAL;
	}
	memcpy(field, &list, sizeof(list));
	return 0;
}

static int parse_light(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	struct gap_light light = {GAP_OFF, false};
	char word[8] = "";
	size_t n = strcspn(s, " "), i;

	(void)row;
	if (n < sizeof(word))
		memcpy(word, s, n);
	for (i = 0; i < GAP_COLOURS && !text_same(word, settings_colours[i]); ++i)
		;
	if (i == GAP_COLOURS) {
		*why = MSG_NO_COLOUR;
		return EINVAL;
	}
	light.colour = (enum gap_colour)i;
	s += n + strspn(s + n, " ");
	light.blink = text_same(s, "blinking");
	if ((*s && !light.blink) || (light.blink && light.colour == GAP_OFF)) {
		*why = *s && !light.blink ? MSG_NOT_BLINKING : MSG_OFF_BLINKS;
		return EINVAL;
	}
	*(struct gap_light *)field = light;
	return 0;
}

static int codec_of(const char *s, size_t n)
{
	char word[CODEC_NAME] = "";
	int i;

	if (n < sizeof(word))
		memcpy(word, s, n);
	for (i = 0; i < CODEC_COUNT && !text_same(word, codec_table[i].name); ++i)
		;
	return i;
}

static int parse_codecs(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	struct codec_list list = {0, {0}};
	bool seen[CODEC_COUNT] = {false};
	const char *next;
	size_t n;
	int id;

	(void)row;
	for (; s; s = next) {
		n = item(&s, &next);
		id = codec_of(s, n);
		if (id == CODEC_COUNT || seen[id]) {
			*why = id == CODEC_COUNT ? MSG_NO_CODEC : MSG_CODEC_TWICE;
			return EINVAL;
		}
		seen[id] = true;
		list.id[list.n++] = id;
	}
	*(struct codec_list *)field = list;
	return 0;
}

static int parse_slot(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	(void)row;
	return slot_parse(field, s, why);
}

static int parse_zone(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	struct zone z;

	if (zone_parse(&z, s)) {
		*why = MSG_NOT_A_ZONE;
		return EINVAL;
	}
	return store_text(row, field, s, why);
}

/* HH:MM as minutes of the day */
static int parse_time(const struct setting *row, void *field, const char *s, enum notice_id *why)
{
	int32_t h, m;

	if (row->words && text_same(s, row->words[0])) {
		*(int32_t *)field = row->special;
		return 0;
	}
	if (strspn(s, "0123456789") != 2 || s[2] != ':' || strspn(s + 3, "0123456789") != 2 || s[5]) {
		*why = MSG_NOT_A_TIME;
		return EINVAL;
	}
	h = (s[0] - '0') * 10 + s[1] - '0';
	m = (s[3] - '0') * 10 + s[4] - '0';
	if (h > 23 || m > 59)
		return ERANGE;
	*(int32_t *)field = h * 60 + m;
	return 0;
}

static parse_h *const parser[] = {
	[SETTING_BOOL] = parse_bool,
	[SETTING_INT] = parse_int,
	[SETTING_ENUM] = parse_enum,
	[SETTING_DIGITS] = parse_digits,
	[SETTING_TEXT] = parse_text,
	[SETTING_TOKEN] = parse_token,
	[SETTING_URI] = parse_uri,
	[SETTING_HOST] = parse_host,
	[SETTING_USER] = parse_user,
	[SETTING_CONTACTS] = parse_contacts,
	[SETTING_LIGHT] = parse_light,
	[SETTING_CODECS] = parse_codecs,
	[SETTING_SLOT] = parse_slot,
	[SETTING_ZONE] = parse_zone,
	[SETTING_TIME] = parse_time,
};

/**
 * Parse a value of a row.
 *
 * @param row   Row
 * @param field Field of struct settings (written on success only)
 * @param text  Value; blanks around it do not count
 * @param r     Why it was refused (written on error only)
 *
 * @return 0, ERANGE, EINVAL
 */
int settings_parse(const struct setting *row, void *field, const char *text, struct refusal *r)
{
	char s[SETTINGS_TEXT];
	enum notice_id why = MSG_NONE;
	size_t n;
	int err = EINVAL;

	text += strspn(text, " \t\r\n");
	n = strlen(text);
	while (n && strchr(" \t\r\n", text[n - 1]))
		--n;
	if (n < sizeof(s)) {
		memcpy(s, text, n);
		s[n] = '\0';
		err = parser[row->type](row, field, s, &why);
	} else {
		why = MSG_TOO_LONG;
	}
	if (err) {
		r->err = err;
		r->why = why;
	}
	return err;
}
