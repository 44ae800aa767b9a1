/**
 * @file options.c  One option of a command line, by a table (see options.h)
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "nearest.h"
#include "options.h"

static const struct option_row *row_of(const struct option_table *t, size_t i)
{
	return (const void *)((const uint8_t *)t->rows + i * t->size);
}

static const char *name_at(unsigned i, const void *table)
{
	const struct option_table *t = table;

	return i < t->n ? row_of(t, i)->name : NULL;
}

/* Row of the name word[n]; t->n where there is none.  -h is --help wherever no row says otherwise. */
static size_t find(const struct option_table *t, const char *word, size_t n)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (strlen(row_of(t, i)->name) == n && !memcmp(row_of(t, i)->name, word, n))
			return i;

	return n == 2 && !memcmp(word, "-h", 2) ? find(t, "--help", 6) : t->n;
}

static int unknown(const struct option_table *t, const char *word, size_t n, char *err, size_t errsize)
{
	char name[64];
	const char *near;

	(void)snprintf(name, sizeof(name), "%.*s", (int)(n < sizeof(name) ? n : sizeof(name) - 1), word);
	near = nearest_of(name, name_at, t);
	if (near)
		(void)snprintf(err, errsize, "there is no option \"%s\"; did you mean %s?", name, near);
	else
		(void)snprintf(err, errsize, "there is no option \"%s\"; `%s --help` lists them", name, t->command);

	return EINVAL;
}

/**
 * Read one option.
 *
 * @param row     Written on success: its row
 * @param value   Written on success: its value, NULL where the row has none; borrowed from argv
 * @param t       Table; --help should be a row of it
 * @param argc    Number of words
 * @param argv    Words
 * @param i       The option's word; moved to the last word it takes
 * @param err     Written on failure: what was wrong, and what would be right
 * @param errsize Its size
 *
 * @return 0, EINVAL
 */
int option_read(size_t *row, const char **value, const struct option_table *t, int argc, char **argv, int *i, char *err,
		size_t errsize)
{
	const char *word = argv[*i];
	const size_t n = strcspn(word, "="), r = find(t, word, n);
	const char *given = word[n] ? word + n + 1 : NULL;
	const struct option_row *o;

	if (r == t->n)
		return unknown(t, word, n, err, errsize);
	o = row_of(t, r);
	if (!o->value && given) {
		(void)snprintf(err, errsize, "%s takes no value (got %s)", o->name, given);
		return EINVAL;
	}
	if (o->value && !given)
		given = !*o->value ? "yes" : *i + 1 < argc ? argv[++*i] : NULL;
	if (o->value && !given) {
		(void)snprintf(err, errsize, "%s needs %s", o->name, o->value);
		return EINVAL;
	}
	*row = r;
	*value = given;

	return 0;
}
