/**
 * @file fields.c  The fields of an API request (see fields.h); the one file of the API's reading that knows jansson
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "web/fields.h"

static const char *const name[FIELD_COUNT] = {
	[FIELD_LOGIN] = "login", [FIELD_PASSWORD] = "password", [FIELD_CODE] = "code", [FIELD_TYPE] = "type",
	[FIELD_TABLE] = "table", [FIELD_ID] = "id", [FIELD_DATA] = "data", [FIELD_LOOP] = "loop",
};

const char *field_name(enum web_field f)
{
	return name[f];
}

static int take(struct web_fields *f, const char *key, const char *value, char *err, size_t errsize)
{
	unsigned i;

	for (i = 0; i < FIELD_COUNT; i++)
		if (!strcmp(name[i], key))
			break;
	if (i == FIELD_COUNT)
		return 0;
	if (f->value[i]) {
		(void)snprintf(err, errsize, "the field \"%s\" is given twice", key);
		return EINVAL;
	}
	f->value[i] = value;

	return 0;
}

/* --- application/x-www-form-urlencoded (WHATWG URL §5.1) --- */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;

	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place; false where a % stands without two hexadecimal digits, or for a zero byte.  special: "%+", or "%" alone */
static bool decode_as(char *text, const char *special)
{
	char *to = text;

	for (;;) {
		const size_t plain = strcspn(text, special);

		memmove(to, text, plain);
		to += plain;
		text += plain;
		if (!*text)
			break;
		if (*text == '%') {
			const int high = hex(text[1]), low = high < 0 ? -1 : hex(text[2]);

			if (low < 0 || !(high | low))
				return false;
			*to++ = (char)(high << 4 | low);
			text += 3;
		}
		else {
			*to++ = ' ';
			++text;
		}
	}
	*to = '\0';

	return true;
}

static bool decode(char *text)
{
	return decode_as(text, "%+");
}

static int pair(struct web_fields *f, char *text, char *err, size_t errsize)
{
	char *value = strchr(text, '=');

	if (value)
		*value++ = '\0';
	if (decode(text) && (!value || decode(value)))
		return take(f, text, value ? value : "", err, errsize);
	(void)snprintf(err, errsize, "a %% in the fields stands without two hexadecimal digits; write %%25 for the sign");

	return EINVAL;
}

/**
 * Read urlencoded fields: a query or a body; both may be read, one after the other.
 *
 * @param f       Fields, zeroed before the first; fields_end() frees, after an error too
 * @param text    Need not be terminated; copied
 * @param size    Its length
 * @param err     Written on failure
 * @param errsize Its size
 *
 * @return 0, EINVAL, ENOMEM
 */
int fields_url(struct web_fields *f, const char *text, size_t size, char *err, size_t errsize)
{
	char **place = f->text[0] ? &f->text[1] : &f->text[0];
	char *pos, *next;
	int e = 0;

	if (memchr(text, '\0', size)) {
		(void)snprintf(err, errsize, "there is a zero byte in the fields");
		return EINVAL;
	}
	*place = malloc(size + 1);
	if (!*place)
		return ENOMEM;
	memcpy(*place, text, size);
	(*place)[size] = '\0';
	for (pos = *place; pos && !e; pos = next) {
		next = strchr(pos, '&');
		if (next)
			*next++ = '\0';
		if (*pos)
			e = pair(f, pos, err, errsize);
	}

	return e;
}

/**
 * A value of a header that is percent-encoded (RFC 3986), as only printable ASCII can stand in one.
 *
 * @param value As it came
 * @param buf   Written: decoded
 * @param size  Of buf
 *
 * @return Does it fit, and can it be decoded?
 */
bool fields_header(const char *value, char *buf, size_t size)
{
	if (strlen(value) >= size)
		return false;
	memcpy(buf, value, strlen(value) + 1);

	return decode_as(buf, "%");
}

/**
 * One field of a query.
 *
 * @param query As it came, without ?
 * @param field Its name
 * @param buf   Written: its value, decoded, cut to size
 * @param size  Of buf
 *
 * @return Is it there, and can it be decoded?
 */
bool fields_query(const char *query, const char *field, char *buf, size_t size)
{
	const size_t n = strlen(field);
	const char *p = query;

	while (p && (strncmp(p, field, n) || p[n] != '=')) {
		p = strchr(p, '&');
		p = p ? p + 1 : NULL;
	}
	if (!p)
		return false;
	(void)snprintf(buf, size, "%.*s", (int)strcspn(p + n + 1, "&"), p + n + 1);

	return decode(buf);
}

/* --- application/json --- */

#define LONG_TEXT 4096                  /* a longer one is no business of jansson's: it needs 25 ms for a mebibyte */
#define STAND_IN "\\u0001"

/* Where a text literal ends, from behind its first quote; NULL = nowhere */
static char *literal_end(char *text, const char *end)
{
	char *q = text, *b;

	while ((q = memchr(q, '"', (size_t)(end - q)))) {
		for (b = q; b > text && b[-1] == '\\'; b--)
			;
		if (!((q - b) & 1))
			return q;
		++q;
	}

	return NULL;
}

/* "\\/" is how PHP writes "/"; false where there is any other escape, or what no JSON text may hold as it is */
static bool unescape(char *text, size_t n)
{
	char *to = text;
	const char *from = text, *end = text + n;

	if (memchr(text, '\0', n))
		return false;
	while (from < end) {
		const char *b = memchr(from, '\\', (size_t)(end - from));
		const size_t plain = (size_t)((b ? b : end) - from);

		if (b && b[1] != '/')
			return false;
		memmove(to, from, plain);
		to += plain;
		from += plain + (b != NULL);
		if (b)
			*to++ = *from++;
	}
	*to = '\0';

	return true;
}

/* Take the first long literal out, put STAND_IN in its place.  The rest of the text moves up; NULL = there is none */
static char *take_long(char **keep, char *text, size_t *size)
{
	char *end = text + *size, *p = text, *q, *copy;

	while ((p = memchr(p, '"', (size_t)(end - p))) && (q = literal_end(p + 1, end)) && q - p <= LONG_TEXT)
		p = q + 1;
	if (!p || !q)
		return NULL;
	copy = malloc((size_t)(q - p));
	if (!copy)
		return NULL;
	memcpy(copy, p + 1, (size_t)(q - p - 1));
	if (!unescape(copy, (size_t)(q - p - 1))) {
		free(copy);
		return NULL;
	}
	memcpy(p + 1, STAND_IN, strlen(STAND_IN));
	memmove(p + 1 + strlen(STAND_IN), q, (size_t)(end - q));
	*size -= (size_t)(q - p - 1) - strlen(STAND_IN);

	return *keep = copy;
}

static int member(struct web_fields *f, const char *key, const json_t *value, unsigned i, char *err, size_t errsize)
{
	const char *text = json_string_value(value);

	if (json_is_integer(value)) {
		(void)snprintf(f->number[i], sizeof(f->number[i]), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		text = f->number[i];
	}
	if (text && f->longest && !strcmp(text, "\001"))
		text = f->longest;
	if (text)
		return take(f, key, text, err, errsize);
	(void)snprintf(err, errsize, "the field \"%s\" has to be a text or a whole number", key);

	return EINVAL;
}

/* Read it; f->json stays NULL where it is none */
static int load(struct web_fields *f, const char *text, size_t size, char *err, size_t errsize)
{
	char *copy = size > LONG_TEXT ? malloc(size) : NULL;
	json_error_t why;

	if (size > LONG_TEXT && !copy)
		return ENOMEM;
	if (copy) {
		memcpy(copy, text, size);
		(void)take_long(&f->longest, copy, &size);
	}
	f->json = json_loadb(copy ? copy : text, size, JSON_REJECT_DUPLICATES, &why);
	free(copy);
	if (f->json)
		return 0;
	(void)snprintf(err, errsize, "the body is no JSON: %s, at line %d, column %d", why.text, why.line, why.column);

	return EINVAL;
}

/**
 * Read a JSON body: one object, whose members are texts or whole numbers.
 *
 * @param f, text, size, err, errsize, return as for fields_url()
 */
int fields_json(struct web_fields *f, const char *text, size_t size, char *err, size_t errsize)
{
	unsigned i;
	int e = load(f, text, size, err, errsize);

	if (e)
		return e;
	if (!json_is_object((json_t *)f->json)) {
		(void)snprintf(err, errsize, "the body has to be one JSON object, e.g. {\"code\":\"1234\"}");
		return EINVAL;
	}
	for (i = 0; i < FIELD_COUNT && !e; i++) {
		const json_t *value = json_object_get(f->json, name[i]);

		if (value)
			e = member(f, name[i], value, i, err, errsize);
	}

	return e;
}

void fields_end(struct web_fields *f)
{
	free(f->text[0]);
	free(f->text[1]);
	free(f->longest);
	json_decref(f->json);
	memset(f, 0, sizeof(*f));
}
