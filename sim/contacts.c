/**
 * @file contacts.c  What the words behind `contacts` do: edits, files, lists (CON-02)
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../core/door/text.h"
#include "contacts.h"
#include "file.h"

/**
 * Write the book to the request's file.
 *
 * @return 0, errno of the file
 */
int contacts_export(const struct contacts_request *q, const struct book *b, char *err, size_t errsize)
{
	struct mbuf *mb = mbuf_alloc(4096);
	int e = mb ? book_export(mb, b, &q->style) : ENOMEM;

	e = e ? e : file_write(q->file, mb);
	mem_deref(mb);

	return e ? file_error(q->file, "written", e, err, errsize) : 0;
}

/* --- edits --- */

static int set_columns(struct book_contact *c, const struct contacts_request *q, char *err, size_t errsize)
{
	const char *why;
	unsigned i;

	for (i = 0; i < BOOK_COLUMNS; i++) {
		if (!q->value[i] || !book_column_set(c, i, q->value[i], strlen(q->value[i]), &why))
			continue;
		(void)re_snprintf(err, errsize, "%s \"%s\": %s", book_column(i), q->value[i], why);
		return EINVAL;
	}

	return 0;
}

/**
 * Make the edit of a request that changes the book.
 *
 * @param ce      Written; mem_deref(ce->csv) afterwards, in any case
 * @param q       Request
 * @param now     The book as it is: an edit changes what is given, and leaves the rest
 * @param err     Written on failure
 * @param errsize Its size
 *
 * @return 0, EINVAL, errno of the file
 */
int contacts_prepare(struct contacts_edit *ce, const struct contacts_request *q, const struct book *now, char *err,
		     size_t errsize)
{
	static const enum book_op op[CONTACTS_VERBS] = {
		[CONTACTS_ADD] = BOOK_ADD, [CONTACTS_EDIT] = BOOK_EDIT, [CONTACTS_MOVE] = BOOK_MOVE,
		[CONTACTS_REMOVE] = BOOK_REMOVE, [CONTACTS_IMPORT] = BOOK_IMPORT,
	};
	const struct book_contact *old = q->verb == CONTACTS_EDIT ? book_get(now, q->at) : NULL;
	int e = 0;

	memset(ce, 0, sizeof(*ce));
	ce->edit = (struct book_edit) {.op = op[q->verb], .version = q->version, .at = q->at, .to = q->to,
				       .contact = &ce->contact};
	book_contact_init(&ce->contact);
	if (old)
		ce->contact = *old;
	if (q->verb == CONTACTS_ADD || q->verb == CONTACTS_EDIT)
		e = set_columns(&ce->contact, q, err, errsize);
	if (q->verb == CONTACTS_IMPORT)
		e = file_read(&ce->csv, q->file, BOOK_CSV, err, errsize);
	if (ce->csv) {
		ce->edit.csv = (const char *)ce->csv->buf;
		ce->edit.csv_n = ce->csv->end;
	}

	return e;
}

/* --- what a person sees --- */

/** The answer to a request that was done; b is the book after it */
void contacts_done(char *text, size_t size, const struct contacts_request *q, const struct book *b)
{
	if (q->verb == CONTACTS_EXPORT)
		(void)re_snprintf(text, size, "%u contacts written", book_count(b));
	else
		(void)re_snprintf(text, size, "%u contacts, version %llu", book_count(b), book_version(b));
}

/** One contact as a line: place, what is called, surname, first name */
void contacts_row(char *text, size_t size, const struct book *b, unsigned at)
{
	const struct book_contact *c = book_get(b, at);
	char called[SETTINGS_URI] = "";

	(void)book_contact_text(called, c);
	(void)snprintf(text, size, "%4u  %-32s%s%s%s%s", at, called, c->surname[0] || c->first_name[0] ? "  " : "",
		       c->surname, c->surname[0] && c->first_name[0] ? " " : "", c->first_name);
}

/** Members "version" and "contacts" of a JSON object */
int contacts_json(struct mbuf *mb, const struct book *b)
{
	char value[SETTINGS_URI], text[6 * SETTINGS_URI];
	unsigned i, k;
	struct text t;
	int err = mbuf_printf(mb, "\"version\":%llu,\"contacts\":[", book_version(b));

	for (i = 1; i <= book_count(b) && !err; i++) {
		for (k = 0; k < BOOK_COLUMNS && !err; k++) {
			book_column_get(value, book_get(b, i), k);
			text_start(&t, text, sizeof(text));
			text_escaped(&t, value, SIZE_MAX);
			err = mbuf_printf(mb, "%s\"%s\":\"%s\"", k ? "," : i > 1 ? ",{" : "{", book_column(k), text);
		}
		err = err ? err : mbuf_write_str(mb, "}");
	}

	return err ? err : mbuf_write_str(mb, "]");
}
