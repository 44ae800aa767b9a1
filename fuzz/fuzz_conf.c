/**
 * @file fuzz_conf.c  Fuzz target: a file of settings, conf_user or conf_sip (WEB-07)
 *
 * Whatever the file is: a refused one is told by line, in whole UTF-8; an accepted one names each setting once, and only
 * its own.  Where the settings take its values, they are written and read again as the same settings, and written then as
 * the same bytes; sealed, its secrets open by the right key and by no other.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <re.h>
#include "../web/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned wrongs;

static void wrong(unsigned line, const struct notice *why, void *arg)
{
	char text[512];
	struct text t;
	size_t i = 0, n, len;

	assert(line && !arg && why->id);
	text_start(&t, text, sizeof(text));
	notice_tell(&t, why, NULL);
	for (n = strlen(text); i < n; i += len) {
		len = text_utf8(text + i, n - i);
		assert(len);
	}
	assert(n);
	wrongs++;
}

static struct conf *read_conf(enum conf_kind kind, const void *text, size_t n)
{
	struct conf *c = NULL;
	int err;

	wrongs = 0;
	err = conf_read(&c, kind, text, n, wrong, NULL);
	assert(err ? !c && wrongs && wrongs <= CONF_WRONGS : c && !wrongs);

	return c;
}

static bool take(struct settings *s, const struct conf *c, enum conf_kind kind)
{
	bool seen[512] = {false}, ok = true;
	struct notice why;
	size_t i, n;
	const struct gap_value *v = conf_values(c, &n);

	for (i = 0; i < n; i++) {
		const struct setting *row = settings_find(v[i].key);

		assert(row && conf_has(kind, row) && conf_line(c, v[i].key) && !seen[row - settings_table]);
		seen[row - settings_table] = true;
		ok = !settings_set_why(s, v[i].key, v[i].text, &why) && ok;
	}

	return ok;
}

static void assert_equal(const struct settings *a, const struct settings *b, enum conf_kind kind, bool secrets)
{
	size_t i;

	for (i = 0; i < settings_count; i++)
		if (conf_has(kind, &settings_table[i]) && (secrets || !settings_table[i].secret))
			assert(settings_equal(a, b, &settings_table[i]));
}

static void round_trip(const struct settings *s, enum conf_kind kind, const struct conf_key *key)
{
	struct mbuf *first = mbuf_alloc(4096), *again = mbuf_alloc(4096);
	struct conf_key other = {.key = {1}};
	struct settings t;
	struct conf *c;

	settings_default(&t);
	assert(first && again && !conf_write(first, kind, s, key));
	c = read_conf(kind, first->buf, first->end);
	if (key) {
		struct conf *d = read_conf(kind, first->buf, first->end);

		assert(conf_sealed(d, other.salt) && conf_open(d, &other, wrong, NULL) == EINVAL);
		mem_deref(d);
		assert(!conf_open(c, key, wrong, NULL));
	}
	assert(c && take(&t, c, kind));
	assert_equal(s, &t, kind, key != NULL);
	assert(!conf_write(again, kind, &t, NULL));
	if (!key)
		assert(again->end == first->end && !memcmp(again->buf, first->buf, first->end));
	mem_deref(c);
	mem_deref(first);
	mem_deref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct conf_key key = {.salt = {7}, .key = {9}};
	unsigned k;

	for (k = 0; k < CONF_KINDS; k++) {
		const enum conf_kind kind = (enum conf_kind)k;
		struct conf *c = read_conf(kind, data, size);
		struct settings s;
		bool ok;

		settings_default(&s);
		if (!c)
			continue;
		(void)conf_open(c, &key, wrong, NULL);
		ok = take(&s, c, kind);
		mem_deref(c);
		if (!ok)
			continue;
		round_trip(&s, kind, NULL);
		round_trip(&s, kind, &key);
	}

	return 0;
}
