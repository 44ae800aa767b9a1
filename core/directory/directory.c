/**
 * @file directory.c  Entries of a directory become contacts (see directory.h)
 *
 *     value of the server                  kept as
 *     101, +33 1 23 45 67 89               101, +33123456789        what is between the digits goes
 *     +33 (0)1 23 45 67 89                 +33123456789             so does the 0 that is not dialled
 *     192.168.0.22, a@b, sip:a@b           sip:192.168.0.22 ...     as in the book (CON-01)
 *     (nothing), 101;account=2, \x01...    left out
 *
 * A name is cut at BOOK_NAME, between two characters; a number is never cut.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../door/text.h"
#include "directory.h"

#define BETWEEN " -.()/"

/* A telephone number as people write it; not 192.168.0.22 */
static bool is_telephone(const char *s)
{
	unsigned dots = 0, others = 0;

	if (s[strspn(s, "0123456789+*#" BETWEEN)])
		return false;
	for (; *s; s++) {
		dots += *s == '.';
		others += strchr(" -()/+", *s) != NULL;
	}

	return others || dots != 3;
}

static void strip(char *s)
{
	const bool abroad = *s == '+';
	char *to = s;

	for (; *s; s++) {
		if (abroad && !strncmp(s, "(0)", 3))
			s += 2;
		else if (!strchr(BETWEEN, *s))
			*to++ = *s;
	}
	*to = '\0';
}

/* Blanks around it do not count; EOVERFLOW where it would have to be cut */
static int take_number(struct book_contact *c, const char *s, size_t n)
{
	for (; n && *s == ' '; s++)
		n--;
	while (n && s[n - 1] == ' ')
		n--;
	if (n >= sizeof(c->number) || memchr(s, 0, n))
		return EOVERFLOW;
	memcpy(c->number, s, n);
	c->number[n] = '\0';
	if (is_telephone(c->number))
		strip(c->number);

	return 0;
}

static int take_name(struct book_contact *c, const char *s, size_t n)
{
	if (n >= sizeof(c->surname))
		for (n = sizeof(c->surname) - 1; n && ((unsigned char)s[n] & 0xc0) == 0x80; n--)
			;
	if (!n || memchr(s, 0, n))
		return EINVAL;
	memcpy(c->surname, s, n);
	c->surname[n] = '\0';

	return 0;
}

static int grow(struct directory_list *l)
{
	const unsigned room = l->room ? 2 * l->room : 64;
	struct book_contact *c = realloc(l->contact, room * sizeof(*c));

	if (!c)
		return ENOMEM;
	l->contact = c;
	l->room = room;

	return 0;
}

/**
 * Take an entry over, where it is a contact; else it is counted.
 *
 * @param l        List, zeroed before the first
 * @param name     As it came
 * @param name_n   Its length
 * @param number   As it came
 * @param number_n Its length
 *
 * @return 0 taken or left out, ENOSPC there are DIRECTORY_CONTACTS already, ENOMEM
 *
 * Source: SRV-01, CON-01.  Nothing of it is trusted.
 */
int directory_add(struct directory_list *l, const char *name, size_t name_n, const char *number, size_t number_n)
{
	const char *column, *why;
	struct book_contact c;

	book_contact_init(&c);
	if (take_name(&c, name, name_n) || take_number(&c, number, number_n) || book_contact_check(&c, &column, &why)) {
		l->left_out++;
		return 0;
	}
	if (l->n == DIRECTORY_CONTACTS) {
		l->full = true;
		return ENOSPC;
	}
	if (l->n == l->room && grow(l))
		return ENOMEM;
	l->contact[l->n++] = c;

	return 0;
}

/* --- one letter, upper and lower case the same, as in the search of events --- */

static unsigned fold(const char **s)
{
	const uint8_t *p = (const uint8_t *)*s;
	const bool latin1 = p[0] == 0xc3 && p[1];

	*s += latin1 ? 2 : 1;

	return latin1 ? 0x100u | text_small(p[0], p[1]) : text_small(0, p[0]);
}

static int compare_names(const char *a, const char *b)
{
	unsigned x, y;

	do {
		x = fold(&a);
		y = fold(&b);
	} while (x && x == y);

	return x < y ? -1 : x > y;
}

static int compare(const void *x, const void *y)
{
	const struct book_contact *a = x, *b = y;
	int d = compare_names(a->surname, b->surname);

	d = d ? d : strcmp(a->surname, b->surname);

	return d ? d : strcmp(a->number, b->number);
}

/** Order by name, each contact once: a server has no order of its own */
void directory_sort(struct directory_list *l)
{
	unsigned i, n = 0;

	if (l->n)
		qsort(l->contact, l->n, sizeof(l->contact[0]), compare);
	for (i = 0; i < l->n; i++)
		if (!n || compare(&l->contact[n - 1], &l->contact[i]))
			l->contact[n++] = l->contact[i];
	l->n = n;
}

/** Forget what was collected */
void directory_end(struct directory_list *l)
{
	free(l->contact);
	*l = (struct directory_list) {0};
}

/** What was collected as a book; 0, ENOMEM */
int directory_book(struct book **bp, const struct directory_list *l)
{
	struct book *b;

	if (book_alloc(&b, l->n))
		return ENOMEM;
	if (l->n)
		memcpy(b->contact, l->contact, l->n * sizeof(l->contact[0]));
	b->n = l->n;
	*bp = b;

	return 0;
}

static bool begins(const char *s, const char *word)
{
	while (*word)
		if (fold(&s) != fold(&word))
			return false;

	return true;
}

static bool holds(const char *s, const char *word)
{
	const char *last;

	do {
		if (begins(s, word))
			return true;
		last = s;
		(void)fold(&s);
	} while (*last);

	return false;
}

/**
 * The next contact that holds a text in its name or number.
 *
 * @param b     Directory, may be NULL
 * @param words Looked for, in upper or lower case; "" = each
 * @param after Place of the last one, 0 = from the beginning
 *
 * @return Place 1..n, 0 = no more
 */
unsigned directory_find(const struct book *b, const char *words, unsigned after)
{
	const struct book_contact *c;

	while ((c = book_get(b, ++after)))
		if (holds(c->surname, words) || holds(c->number, words))
			return after;

	return 0;
}
