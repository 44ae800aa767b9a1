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

/* In place; false where a % stands without two hexadecimal digits, or for a zero byte */
static bool decode(char *text)
{
	char *to = text;

	for (; *text; text++) {
		int c = *text == '+' ? ' ' : *text;

		if (c == '%') {
			const int high = hex(text[1]), low = high < 0 ? -1 : hex(text[2]);

			if (low < 0 || !(high | low))
				return false;
			c = high << 4 | low;
			text += 2;
		}
		*to++ = (char)c;
	}
	*to = '\0';

	return true;
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

/* --- application/json --- */

static int member(struct web_fields *f, const char *key, const json_t *value, unsigned i, char *err, size_t errsize)
{
	const char *text = json_string_value(value);

	if (json_is_integer(value)) {
		(void)snprintf(f->number[i], sizeof(f->number[i]), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		text = f->number[i];
	}
	if (text)
		return take(f, key, text, err, errsize);
	(void)snprintf(err, errsize, "the field \"%s\" has to be a text or a whole number", key);

	return EINVAL;
}

/**
 * Read a JSON body: one object, whose members are texts or whole numbers.
 *
 * @param f, text, size, err, errsize, return as for fields_url()
 */
int fields_json(struct web_fields *f, const char *text, size_t size, char *err, size_t errsize)
{
	json_error_t why;
	unsigned i;
	int e = 0;

	f->json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &why);
	if (!f->json) {
		(void)snprintf(err, errsize, "the body is no JSON: %s, at line %d, column %d", why.text, why.line,
			       why.column);
		return EINVAL;
	}
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
	json_decref(f->json);
	memset(f, 0, sizeof(*f));
}
