/**
 * @file book_lists.c  The book and the lists that call (CON-02, DOOR-03): a list follows its contact
 *
 * Which rows of the settings are such lists is for their table to say: SETTING_CONTACTS.
 */
#include <errno.h>
#include <string.h>
#include "../door/text.h"
#include "book.h"

/** Is the contact s[n] of a list this one of the book? The order of its parameters does not count. */
static bool means(const char *s, size_t n, const struct book_contact *c)
{
	struct contact_params p;
	enum notice_id why;
	const size_t len = contact_params(&p, s, n, &why);

	return !why && p.account == c->account && p.p2p == c->p2p && p.dtmf == c->dtmf && strlen(c->number) == len &&
	       !memcmp(c->number, s, len);
}

static bool holds(const struct book *b, const struct book_contact *c)
{
	unsigned i;

	for (i = 1; i <= book_count(b); i++)
		if (book_contact_same(book_get(b, i), c))
			return true;

	return false;
}

/** The next contact of a list, behind *p; its length, 0 at the end */
static size_t item(const char **p)
{
	*p += **p == ',';

	return strcspn(*p, ",");
}

/* The list with each entry that means `old` written anew; returns how many, or -1 where it does not fit */
static int rewrite(char *to, size_t size, const char *from, const struct book_contact *old, const char *anew)
{
	struct text t;
	int hits = 0;
	size_t n;

	text_start(&t, to, size);
	for (; (n = item(&from)); from += n) {
		const bool hit = means(from, n, old);

		text_str(&t, t.n ? "," : "");
		text_mem(&t, hit ? anew : from, hit ? strlen(anew) : n);
		hits += hit;
	}

	return t.cut ? -1 : hits;
}

static int follow_row(struct settings *s, const struct setting *row, const struct book_contact *old, const char *anew,
		      char *err, size_t errsize)
{
	char text[SETTINGS_TEXT], list[SETTINGS_LIST];
	int hits;

	(void)settings_get(s, row, text, sizeof(text));
	hits = rewrite(list, sizeof(list), text, old, anew);
	if (hits < 0) {
		(void)re_snprintf(err, errsize, "%s calls this contact, and with %s it would be too long; shorten it,"
				  " or take it out of that setting", row->key, anew);
		return EINVAL;
	}

	return hits ? settings_set(s, row->key, list, err, errsize) : 0;
}

/**
 * The lists follow a contact that was edited, unless another one of the book still calls as it did.
 *
 * @return 0, EINVAL the lists cannot go with it: settings_check() says why
 */
int book_lists_follow(struct settings *s, const struct book *next, const struct book_contact *old,
		      const struct book_contact *now, char *err, size_t errsize)
{
	char anew[SETTINGS_URI];
	size_t i;
	int e = 0;

	if (holds(next, old))
		return 0;
	(void)book_contact_text(anew, now);
	for (i = 0; i < settings_count && !e; i++)
		if (settings_table[i].type == SETTING_CONTACTS)
			e = follow_row(s, &settings_table[i], old, anew, err, errsize);

	return e ? e : settings_check(s, err, errsize);
}

static bool called(const struct settings *s, const struct setting *row, const struct book_contact *c)
{
	char text[SETTINGS_TEXT];
	const char *p = text;
	size_t n;

	(void)settings_get(s, row, text, sizeof(text));
	for (; (n = item(&p)); p += n)
		if (means(p, n, c))
			return true;

	return false;
}

/* First list that calls a contact, NULL where none does */
static const struct setting *caller(const struct settings *s, const struct book_contact *c)
{
	size_t i;

	for (i = 0; i < settings_count; i++)
		if (settings_table[i].type == SETTING_CONTACTS && called(s, &settings_table[i], c))
			return &settings_table[i];

	return NULL;
}

/**
 * No contact leaves the book while a list calls it.
 *
 * @return 0, EBUSY: err names contact and list
 */
int book_lists_keep(const struct settings *s, const struct book *now, const struct book *next, char *err,
		    size_t errsize)
{
	const struct setting *row;
	unsigned i;

	for (i = 1; i <= book_count(now); i++) {
		const struct book_contact *c = book_get(now, i);

		row = caller(s, c);
		if (!row || holds(next, c))
			continue;
		(void)re_snprintf(err, errsize, "contact %u (%s) is called by %s; take it out of that setting first",
				  i, c->number, row->key);
		return EBUSY;
	}

	return 0;
}
