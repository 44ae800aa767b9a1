/**
 * @file contacts.c  What the words behind `contacts` do: edits, files, lists (CON-02)
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../core/door/text.h"
#include "contacts.h"

static bool is_standard(const char *file)
{
	return !file || !strcmp(file, "-");
}

/* --- files --- */

static int file_error(const char *file, const char *what, int e, char *err, size_t errsize)
{
	(void)re_snprintf(err, errsize, "%s cannot be %s: %m", is_standard(file) ? "-" : file, what, e);

	return e;
}

/* A little more than a book may have: book_apply() says that it is too long */
static int read_file(struct mbuf **mbp, const char *file, char *err, size_t errsize)
{
	FILE *f = is_standard(file) ? stdin : fopen(file, "rb");
	struct mbuf *mb = mbuf_alloc(BOOK_CSV + 1);
	int e = 0;

	if (!f || !mb)
		e = f ? ENOMEM : errno;
	else {
		mb->end = fread(mb->buf, 1, BOOK_CSV + 1, f);
		e = ferror(f) ? EIO : 0;
	}
	if (f && f != stdin)
		(void)fclose(f);
	if (e) {
		mem_deref(mb);
		return file_error(file, "read", e, err, errsize);
	}
	*mbp = mb;

	return 0;
}

static int write_all(FILE *f, const struct mbuf *mb)
{
	int e = fwrite(mb->buf, 1, mb->end, f) == mb->end ? 0 : errno ? errno : EIO;

	if (f == stdout)
		return e ? e : fflush(f) ? errno : 0;
	if (!e && (fflush(f) || (fsync(fileno(f)) && errno != EINVAL)))     /* a device or pipe has no disk */
		e = errno;
	if (fclose(f) && !e)
		e = errno;

	return e;
}

static int write_over(const char *file, const struct mbuf *mb)
{
	FILE *f = fopen(file, "wb");

	return f ? write_all(f, mb) : errno;
}

/* The file is there as a whole, or the old one stays; a device, pipe or link is written to, not replaced */
static int write_file(const char *file, const struct mbuf *mb)
{
	char part[1100];
	struct stat s;
	FILE *f;
	int e;

	if (is_standard(file))
		return write_all(stdout, mb);
	if (!lstat(file, &s) && !S_ISREG(s.st_mode))
		return write_over(file, mb);
	if (strlen(file) + 6 > sizeof(part))
		return ENAMETOOLONG;
	(void)snprintf(part, sizeof(part), "%s.part", file);
	f = fopen(part, "wb");
	if (!f)
		return errno;
	e = write_all(f, mb);
	if (!e && rename(part, file))
		e = errno;
	if (e)
		(void)unlink(part);

	return e;
}

/**
 * Write the book to the request's file.
 *
 * @return 0, errno of the file
 */
int contacts_export(const struct contacts_request *q, const struct book *b, char *err, size_t errsize)
{
	struct mbuf *mb = mbuf_alloc(4096);
	int e = mb ? book_export(mb, b, &q->style) : ENOMEM;

	e = e ? e : write_file(q->file, mb);
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
		e = read_file(&ce->csv, q->file, err, errsize);
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
