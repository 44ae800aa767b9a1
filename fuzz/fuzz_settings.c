/**
 * @file fuzz_settings.c  Fuzz target: settings from text
 *
 * Input: lines KEY=VALUE.  Whatever they are: a refused value changes nothing and is told in whole
 * UTF-8; an accepted one is read back, and reading it in again changes nothing.  Where the settings go
 * together, every contact can be called (CON-01).
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include "../core/door/contact.h"
#include "../core/door/settings.h"
#include "../core/door/text.h"

#define LINE_MAX_BYTES 1024

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_utf8(const char *s, size_t room)
{
	size_t n = strlen(s), len;

	assert(n < room);
	for (; n; s += len, n -= len) {
		len = text_utf8(s, n);
		assert(len);
	}
}

static void assert_round_trip(struct settings *s, const struct setting *row)
{
	char first[SETTINGS_TEXT], again[SETTINGS_TEXT], err[256];

	assert(settings_get(s, row, first, sizeof(first)) == strlen(first));
	assert(settings_set(s, row->key, first, err, sizeof(err)) == 0);
	(void)settings_get(s, row, again, sizeof(again));
	assert(!strcmp(first, again));
}

static void assert_contacts(const struct settings *s)
{
	struct contact c;
	char text[SETTINGS_URI];
	unsigned i;

	for (i = 0; settings_contact(text, &s->button_day, i); ++i) {
		const int err = contact_resolve(&c, s, text);

		assert(!err || err == EOVERFLOW);
		assert(err || (!strncmp(c.uri, "sip", 3) && c.account <= SETTINGS_ACCOUNTS));
		assert(err || !c.account || s->account[c.account - 1].active);
	}
}

static void one_line(struct settings *s, const char *key, const char *value)
{
	const struct settings before = *s;
	const struct setting *row = settings_find(key);
	char err[256];

	if (settings_set(s, key, value, err, sizeof(err))) {
		assert_utf8(err, sizeof(err));
		assert(*err);
		assert(!memcmp(&before, s, sizeof(*s)));
		assert(!row || !strncmp(err, key, strlen(key)));
	} else {
		assert(row);
		assert_round_trip(s, row);
	}
	if (settings_check(s, err, sizeof(err)))
		assert_utf8(err, sizeof(err));
	else
		assert_contacts(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings s;
	char line[LINE_MAX_BYTES], *eq;
	size_t n, used;

	settings_default(&s);
	for (; size; data += used, size -= used) {
		for (n = 0; n < size && data[n] != '\n'; ++n)
			;
		used = n < size ? n + 1 : n;
		if (n >= sizeof(line))
			continue;
		memcpy(line, data, n);
		line[n] = '\0';
		eq = strchr(line, '=');
		if (eq) {
			*eq = '\0';
			one_line(&s, line, eq + 1);
		}
	}
	return 0;
}
