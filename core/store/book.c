/**
 * @file book.c  Changes of the book of contacts (CON-02); see book.h
 */
#include <errno.h>
#include <string.h>
#include "../door/text.h"
#include "book.h"

/** Version of the book, which the next edit may name */
uint64_t book_version(const struct book *b)
{
	return b ? b->version : 1;
}

/** Number of contacts */
unsigned book_count(const struct book *b)
{
	return b ? b->n : 0;
}

/** Contact at a place 1..n, NULL where there is none */
const struct book_contact *book_get(const struct book *b, unsigned at)
{
	return at >= 1 && at <= book_count(b) ? &b->contact[at - 1] : NULL;
}

/** Name of a change, for its event */
const char *book_op_name(enum book_op op)
{
	static const char *const name[] = {
		[BOOK_ADD] = "add", [BOOK_EDIT] = "edit", [BOOK_MOVE] = "move", [BOOK_REMOVE] = "remove",
		[BOOK_IMPORT] = "import", [BOOK_APPEND] = "append",
	};

	return (unsigned)op <= BOOK_APPEND ? name[op] : "";
}

/** An empty book with room for so many contacts */
int book_alloc(struct book **bp, unsigned room)
{
	struct book *b = mem_zalloc(sizeof(*b) + room * sizeof(b->contact[0]), NULL);

	if (!b)
		return ENOMEM;
	b->version = 1;
	*bp = b;

	return 0;
}

static int no_contact(const struct book *now, unsigned at, char *err, size_t errsize)
{
	if (book_count(now))
		(void)re_snprintf(err, errsize, "there is no contact %u; there are 1 to %u", at, book_count(now));
	else
		(void)re_snprintf(err, errsize, "there is no contact %u; the book is empty", at);

	return ENOENT;
}

static int no_place(unsigned at, unsigned last, char *err, size_t errsize)
{
	(void)re_snprintf(err, errsize, "%u is no place in the book; accepted: 1 to %u", at, last);

	return EINVAL;
}

static int copy(struct book **next, const struct book *now, unsigned more)
{
	const unsigned n = book_count(now);
	const int err = book_alloc(next, n + more);

	if (!err && n)
		memcpy((*next)->contact, now->contact, n * sizeof(now->contact[0]));
	if (!err)
		(*next)->n = n;

	return err;
}

static int checked(struct book_contact *to, const struct book_contact *from, char *err, size_t errsize)
{
	struct book_contact c = *from;
	char value[SETTINGS_URI], shown[4 * SETTINGS_URI];
	const char *column, *why;
	struct text t;

	if (book_contact_check(&c, &column, &why)) {
		book_column_get(value, &c, (unsigned)book_column_find(column, strlen(column)));
		text_start(&t, shown, sizeof(shown));
		text_escaped(&t, value, SETTINGS_URI);
		(void)re_snprintf(err, errsize, *value ? "%s \"%s\": %s" : "%s%s: %s", column, shown, why);
		return EINVAL;
	}
	*to = c;

	return 0;
}

/* --- one function a change: *next is made from now --- */

static int add(struct book **next, struct settings *s, const struct book *now, const struct book_edit *e, char *err,
	       size_t errsize)
{
	const unsigned n = book_count(now), at = e->at ? e->at : n + 1;
	struct book_contact c;
	int e_no;

	(void)s;
	if (n == BOOK_CONTACTS) {
		(void)re_snprintf(err, errsize, "the book is full: it holds %u contacts; remove one first", n);
		return ENOSPC;
	}
	if (at > n + 1)
		return no_place(at, n + 1, err, errsize);
	e_no = checked(&c, e->contact, err, errsize);
	if (!e_no)
		e_no = copy(next, now, 1);
	if (e_no)
		return e_no;
	memmove(&(*next)->contact[at], &(*next)->contact[at - 1], (n + 1 - at) * sizeof(c));
	(*next)->contact[at - 1] = c;
	++(*next)->n;

	return 0;
}

static int edit(struct book **next, struct settings *s, const struct book *now, const struct book_edit *e, char *err,
		size_t errsize)
{
	const struct book_contact *old = book_get(now, e->at);
	struct book_contact c;
	int e_no;

	if (!old)
		return no_contact(now, e->at, err, errsize);
	e_no = checked(&c, e->contact, err, errsize);
	if (!e_no)
		e_no = copy(next, now, 0);
	if (e_no)
		return e_no;
	(*next)->contact[e->at - 1] = c;

	return book_lists_follow(s, *next, old, &c, err, errsize);
}

static int move(struct book **next, struct settings *s, const struct book *now, const struct book_edit *e, char *err,
		size_t errsize)
{
	const unsigned from = e->at - 1, to = e->to - 1;
	struct book_contact c, *all;
	int e_no;

	(void)s;
	if (!book_get(now, e->at))
		return no_contact(now, e->at, err, errsize);
	if (!book_get(now, e->to))
		return no_place(e->to, book_count(now), err, errsize);
	e_no = copy(next, now, 0);
	if (e_no)
		return e_no;
	all = (*next)->contact;
	c = all[from];
	if (from < to)
		memmove(&all[from], &all[from + 1], (to - from) * sizeof(c));
	else
		memmove(&all[to + 1], &all[to], (from - to) * sizeof(c));
	all[to] = c;

	return 0;
}

static int take_out(struct book **next, struct settings *s, const struct book *now, const struct book_edit *e,
		    char *err, size_t errsize)
{
	struct book_contact *c;
	int e_no;

	if (!book_get(now, e->at))
		return no_contact(now, e->at, err, errsize);
	e_no = copy(next, now, 0);
	if (e_no)
		return e_no;
	c = &(*next)->contact[e->at - 1];
	memmove(c, c + 1, (now->n - e->at) * sizeof(*c));
	--(*next)->n;

	return book_lists_keep(s, now, *next, err, errsize);
}

static int import(struct book **next, struct settings *s, const struct book *now, const struct book_edit *e, char *err,
		  size_t errsize)
{
	const int e_no = book_csv_read(next, e->csv, e->csv_n, err, errsize);

	return e_no ? e_no : book_lists_keep(s, now, *next, err, errsize);
}

static int append(struct book **next, struct settings *s, const struct book *now, const struct book_edit *e, char *err,
		  size_t errsize)
{
	struct book *more = NULL;
	int e_no = book_csv_read(&more, e->csv, e->csv_n, err, errsize);

	(void)s;
	if (!e_no && book_count(now) + book_count(more) > BOOK_CONTACTS) {
		(void)re_snprintf(err, errsize, "the book would hold %u contacts; at most %u are accepted",
				  book_count(now) + book_count(more), BOOK_CONTACTS);
		e_no = ENOSPC;
	}
	if (!e_no)
		e_no = copy(next, now, book_count(more));
	if (!e_no && book_count(more)) {
		memcpy((*next)->contact + (*next)->n, more->contact, book_count(more) * sizeof(more->contact[0]));
		(*next)->n += book_count(more);
	}
	mem_deref(more);

	return e_no;
}

typedef int (change_h)(struct book **next, struct settings *s, const struct book *now, const struct book_edit *e,
		       char *err, size_t errsize);

/**
 * Make the next book.
 *
 * @param next    Written on success: the next book, a reference of the caller's
 * @param s       Settings; on success its lists follow an edited contact, else it is unchanged
 * @param now     The book as it is, NULL = empty
 * @param e       Change
 * @param err     Written on failure: what was wrong, with which value, and what would be right
 * @param errsize Its size; BOOK_ERR holds all
 *
 * @return 0, EINVAL a value or place is not accepted, ENOENT no such contact, ENOSPC the book is full, EBUSY a list
 *         calls a contact that would leave, ESTALE the book has changed since e->version, EFBIG the file is too
 *         long, ENOMEM
 *
 * Source: CON-01, CON-02, manual §3.3.2, §3.3.24.
 */
int book_apply(struct book **next, struct settings *s, const struct book *now, const struct book_edit *e,
	       char *err, size_t errsize)
{
	static change_h *const change[] = {
		[BOOK_ADD] = add, [BOOK_EDIT] = edit, [BOOK_MOVE] = move, [BOOK_REMOVE] = take_out,
		[BOOK_IMPORT] = import, [BOOK_APPEND] = append,
	};
	struct settings after = *s;
	struct book *b = NULL;
	int e_no;

	if (e->version && e->version != book_version(now)) {
		(void)re_snprintf(err, errsize, "the contacts have changed: they are at version %llu, not %llu; read"
				  " them again", book_version(now), e->version);
		return ESTALE;
	}
	(void)re_snprintf(err, errsize, "%m", ENOMEM);
	e_no = change[e->op](&b, &after, now, e, err, errsize);
	if (e_no) {
		mem_deref(b);
		return e_no;
	}
	b->version = book_version(now) + 1;
	*s = after;
	*next = b;

	return 0;
}
