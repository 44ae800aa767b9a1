/**
 * @file settings.c  Looking up, setting and explaining settings; every access goes by the table
 */
#include <errno.h>
#include <string.h>
#include "settings_priv.h"

#define KEY_MAX 48                      /* longer names are no setting and resemble none */
#define SHOWN_MAX 60                    /* bytes of a refused value repeated in its message */

/**
 * Row of a key.
 *
 * @param key Key, exact
 *
 * @return Row (static), NULL where there is none
 */
const struct setting *settings_find(const char *key)
{
	size_t i;

	for (i = 0; i < settings_count; ++i) {
		if (!strcmp(settings_table[i].key, key))
			return &settings_table[i];
	}
	return NULL;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Number of characters to insert, leave out or replace to turn a into b (Levenshtein) */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[KEY_MAX + 1], diagonal, above, i, j, n = (unsigned)strlen(b);

	for (j = 0; j <= n; ++j)
		row[j] = j;
	for (i = 0; a[i]; ++i) {
		diagonal = row[0];
		row[0] = i + 1;
		for (j = 1; j <= n; ++j) {
			above = row[j];
			row[j] = least(diagonal + (a[i] != b[j - 1]),
				       least(above, row[j - 1]) + 1);
			diagonal = above;
		}
	}
	return row[n];
}

/* How far a name is from a key; a whole part of it ("press_ms") is near */
static unsigned farness(const char *name, const char *key)
{
	const char *dot = strchr(key, '.');

	if (dot && !strcmp(name, dot + 1))
		return 1;
	return distance(name, key);
}

/**
 * The key that a mistyped one most likely means.
 *
 * @param key Anything
 *
 * @return Key of the table, NULL where none resembles it
 */
const char *settings_nearest(const char *key)
{
	char name[KEY_MAX + 1];
	const char *best = NULL;
	unsigned d, least_d;
	size_t i, n = strlen(key);

	if (n > KEY_MAX)
		return NULL;
	for (i = 0; i <= n; ++i)
		name[i] = (char)(key[i] >= 'A' && key[i] <= 'Z' ? key[i] - 'A' + 'a' : key[i]);
	least_d = (unsigned)n / 2 + 1;
	for (i = 0; i < settings_count; ++i) {
		d = farness(name, settings_table[i].key);
		if (d < least_d) {
			least_d = d;
			best = settings_table[i].key;
		}
	}
	return best;
}

/**
 * Fill in every default.
 *
 * @param s Settings (written)
 */
void settings_default(struct settings *s)
{
	struct refusal r;
	size_t i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < settings_count; ++i) {
		const struct setting *row = &settings_table[i];

		(void)settings_parse(row, (char *)s + row->offset, row->def, &r);
	}
}

static int unknown_key(const char *key, struct notice *why)
{
	const char *nearest = settings_nearest(key);

	notice_start(why, nearest ? MSG_UNKNOWN_KEY_NEAR : MSG_UNKNOWN_KEY, ENOENT, "");
	notice_text(why, "name", key, SHOWN_MAX);
	if (nearest)
		notice_text(why, "near", nearest, SHOWN_MAX);      /* the key: it is what has to be written */
	return why->err;
}

static int refused(const struct setting *row, const char *value, const struct refusal *r,
		   struct notice *why)
{
	const enum notice_id id = r->err == ERANGE ? MSG_OUT_OF_RANGE : r->why ? MSG_REFUSED_WHY : MSG_REFUSED;

	notice_start(why, id, r->err, row->key);
	if (row->secret)
		notice_id(why, "value", MSG_SECRET);
	else
		notice_quoted(why, "value", value, SHOWN_MAX);
	notice_id(why, "why", r->why);
	notice_range(why, "range");
	return r->err;
}

/**
 * Set one setting from text; a refusal can be told in any language.
 *
 * @param s    Settings; unchanged on error
 * @param key  Key
 * @param text Value; blanks around it do not count
 * @param why  What was wrong, with which value, what would be right (written on error only)
 *
 * @return 0, ENOENT no such key, ERANGE number out of range, EINVAL any other bad value
 *
 * How settings go together is settings_check_why()'s.  The message never repeats a secret.
 */
int settings_set_why(struct settings *s, const char *key, const char *text, struct notice *why)
{
	const struct setting *row = settings_find(key);
	struct refusal r = {0, MSG_NONE};

	if (!row)
		return unknown_key(key, why);
	if (settings_parse(row, (char *)s + row->offset, text, &r))
		return refused(row, text, &r, why);
	return 0;
}

/**
 * Set one setting from text; a refusal is told in English.
 *
 * @param s       Settings; unchanged on error
 * @param key     Key
 * @param text    Value; blanks around it do not count
 * @param err     What was wrong, with which value, what would be right (may be NULL; not written
 *                on success)
 * @param errsize Bytes of err
 *
 * @return As settings_set_why()
 */
int settings_set(struct settings *s, const char *key, const char *text, char *err, size_t errsize)
{
	struct notice why;
	struct text t;
	int e = settings_set_why(s, key, text, &why);

	if (e && err) {
		text_start(&t, err, errsize);
		notice_tell(&t, &why, NULL);
	}
	return e;
}

/** Is a setting the same in both? */
bool settings_equal(const struct settings *a, const struct settings *b, const struct setting *row)
{
	char x[SETTINGS_TEXT], y[SETTINGS_TEXT];

	(void)settings_get(a, row, x, sizeof(x));
	(void)settings_get(b, row, y, sizeof(y));

	return !strcmp(x, y);
}
