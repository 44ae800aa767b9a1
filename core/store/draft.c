/**
 * @file draft.c  Settings that were validated but not applied (see draft.h; WEB-04)
 */
#include <errno.h>
#include <string.h>
#include "draft.h"

static void copy(struct settings *to, const struct settings *from, const struct setting *row)
{
	char text[SETTINGS_TEXT];
	struct notice why;

	(void)settings_get(from, row, text, sizeof(text));
	(void)settings_set_why(to, row->key, text, &why);
}

/**
 * Make a draft.
 *
 * @param dp   Written on success; mem_deref frees it
 * @param like What it has to begin with, NULL = nothing
 * @param now  Settings in force
 *
 * @return 0, ENOMEM
 */
int draft_alloc(struct draft **dp, const struct draft *like, const struct settings *now)
{
	struct draft *d = mem_zalloc(sizeof(*d) + settings_count * sizeof(d->has[0]), NULL);

	if (!d)
		return ENOMEM;
	if (like)
		memcpy(d, like, sizeof(*d) + settings_count * sizeof(d->has[0]));
	else
		d->s = *now;
	*dp = d;

	return 0;
}

/**
 * Put a setting into a draft; one that is as it is in force leaves it.
 *
 * @param d    Draft
 * @param now  Settings in force
 * @param key  Setting
 * @param text Its value
 * @param why  Written on failure
 *
 * @return as settings_set_why()
 */
int draft_set(struct draft *d, const struct settings *now, const char *key, const char *text, struct notice *why)
{
	const struct setting *row = settings_find(key);
	const int err = settings_set_why(&d->s, key, text, why);

	if (!err && row)
		d->has[row - settings_table] = !settings_equal(&d->s, now, row);

	return err;
}

/** The settings in force have changed beside it: what it has not follows, what is the same by now leaves it */
void draft_rebase(struct draft *d, const struct settings *now)
{
	size_t i;

	for (i = 0; i < settings_count; i++) {
		if (!d->has[i])
			copy(&d->s, now, &settings_table[i]);
		else
			d->has[i] = !settings_equal(&d->s, now, &settings_table[i]);
	}
}

/** How many settings it has; NULL = 0 */
unsigned draft_count(const struct draft *d)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; d && i < settings_count; i++)
		n += d->has[i];

	return n;
}

/** Has it this one?  NULL = no */
bool draft_has(const struct draft *d, const struct setting *row)
{
	return d && d->has[row - settings_table];
}
