/**
 * @file book_csv.c  The book as a CSV file (CON-02, manual §3.3.24, RFC 4180)
 *
 *     number,account,surname,first_name,p2p,dtmf CRLF
 *     101,2,Éléonore,"Dupont, mère",no, CRLF
 *
 * Written: UTF-8, CRLF, quotes where a cell needs them, "," or ";", with a byte order mark or without.  Read: the
 * same, LF too, the columns in any order by the names of the first line; number alone must be there.  A file is
 * taken whole or not at all, and what is wrong is told by line and column.
 *
 * Formula injection: a spreadsheet takes a cell that begins with = + - @ for a formula.  Such a cell is written with
 * an apostrophe before it, and so is one that begins with an apostrophe; reading takes one apostrophe off where one
 * of these follows.  So no cell of ours begins with those four, and what was written is read as it was.
 *
 * Why not libcsv: it accepts what RFC 4180 does not unless told, and says neither line nor column of a fault; the
 * grammar is the forty lines of cell().
 */
#include <errno.h>
#include <string.h>
#include "../door/text.h"
#include "book.h"

#define BOM "\xef\xbb\xbf"
#define CELL 512                        /* longest cell that is looked at: the longest value, quoted and escaped */
#define SHOWN 40                        /* bytes of a refused value repeated in its message */
#define HEADER "number,account,surname,first_name,p2p,dtmf"

static const char formula[] = "=+-@'";

struct csv {
	const char *p, *end;
	char separator;
	unsigned line, column;          /* of the cell being read, from 1 */
	unsigned lines;                 /* line breaks seen */
	char cell[CELL];
	size_t n;
	int map[BOOK_COLUMNS];          /* file column (from 0) of each of ours, -1 = not there */
	unsigned columns;               /* of the first line */
	char *err;
	size_t errsize;
};

/* What stands behind a cell */
enum after { AFTER_CELL, AFTER_LINE, AFTER_FILE, AFTER_FAULT };

static int fault(struct csv *c, const char *fmt, ...)
{
	char what[BOOK_ERR];
	va_list ap;

	va_start(ap, fmt);
	(void)re_vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	(void)re_snprintf(c->err, c->errsize, "line %u, column %u: %s", c->line, c->column, what);

	return EINVAL;
}

static int fault_value(struct csv *c, const char *column, const char *value, size_t n, const char *why)
{
	char shown[4 * SHOWN + 1], copy[SHOWN + 1];
	struct text t;

	n = n < SHOWN ? n : SHOWN;
	memcpy(copy, value, n);
	copy[n] = '\0';
	text_start(&t, shown, sizeof(shown));
	text_escaped(&t, copy, SHOWN);

	return n ? fault(c, "%s \"%s\": %s", column, shown, why) : fault(c, "%s: %s", column, why);
}

static bool at_break(const struct csv *c)
{
	return *c->p == '\n' || *c->p == '\r';
}

/* One character into the cell; what does not fit is too long for any column, and is told by its column */
static void put(struct csv *c, char ch)
{
	if (c->n < CELL - 1)
		c->cell[c->n++] = ch;
	if (ch == '\n')
		c->lines++;
}

static void plain(struct csv *c)
{
	while (c->p < c->end && *c->p != c->separator && !at_break(c) && *c->p != '"')
		put(c, *c->p++);
}

/* Behind the opening quote, up to behind the closing one */
static int quoted(struct csv *c)
{
	for (; c->p < c->end; c->p++) {
		if (*c->p == '"' && (++c->p == c->end || *c->p != '"'))
			return 0;
		put(c, *c->p);
	}

	return fault(c, "the quote is never closed; end the cell with a \"");
}

/* An apostrophe that only keeps a spreadsheet from computing is not part of the value */
static void unescape(struct csv *c)
{
	if (c->n > 1 && c->cell[0] == '\'' && strchr(formula, c->cell[1])) {
		memmove(c->cell, c->cell + 1, c->n - 1);
		c->n--;
	}
}

static enum after behind(struct csv *c)
{
	if (c->p == c->end)
		return AFTER_FILE;
	if (*c->p == c->separator) {
		c->p++;
		return AFTER_CELL;
	}
	if (*c->p == '\r') {
		c->p++;
		if (c->p < c->end && *c->p != '\n') {
			(void)fault(c, "a carriage return without a line feed; end lines with CRLF or LF");
			return AFTER_FAULT;
		}
	}
	if (c->p < c->end)
		c->p++;
	c->lines++;

	return AFTER_LINE;
}

/* Read one cell into c->cell, and what stands behind it */
static enum after cell(struct csv *c)
{
	c->n = 0;
	c->line = c->lines + 1;
	c->column++;
	if (c->p < c->end && *c->p == '"') {
		c->p++;
		if (quoted(c))
			return AFTER_FAULT;
		if (c->p < c->end && *c->p != c->separator && !at_break(c)) {
			(void)fault(c, "text behind the closing quote; write a quote inside a cell twice");
			return AFTER_FAULT;
		}
	}
	else {
		plain(c);
		if (c->p < c->end && *c->p == '"') {
			(void)fault(c, "a quote inside a cell without quotes; put the cell in quotes, and its quotes twice");
			return AFTER_FAULT;
		}
	}
	c->cell[c->n] = '\0';
	unescape(c);

	return behind(c);
}

/* --- the first line --- */

static int header_cell(struct csv *c, unsigned i)
{
	const int ours = book_column_find(c->cell, c->n);

	if (ours < 0)
		return fault_value(c, "this column", c->cell, c->n, "it is not known; the first line names the columns: "
				   HEADER);
	if (c->map[ours] >= 0)
		return fault(c, "the column %s is there twice; leave one out", book_column((unsigned)ours));
	c->map[ours] = (int)i;

	return 0;
}

static int header(struct csv *c, enum after *after)
{
	unsigned i;

	for (i = 0; i < BOOK_COLUMNS; i++)
		c->map[i] = -1;
	for (i = 0; ; i++) {
		*after = cell(c);
		if (*after == AFTER_FAULT || header_cell(c, i))
			return EINVAL;
		if (*after != AFTER_CELL)
			break;
	}
	c->columns = i + 1;
	c->column = 1;
	if (c->map[0] < 0)
		return fault(c, "the column number is missing; the first line names the columns: " HEADER);

	return 0;
}

/* --- the others --- */

static int row_cell(struct csv *c, struct book_contact *to, unsigned i)
{
	const char *why;
	unsigned k;

	for (k = 0; k < BOOK_COLUMNS && c->map[k] != (int)i; k++)
		;
	if (k == BOOK_COLUMNS)
		return fault(c, "the line has more than %u columns; put a cell with a %s in quotes", c->columns,
			     c->separator == ',' ? "comma" : "semicolon");
	if (book_column_set(to, k, c->cell, c->n, &why))
		return fault_value(c, book_column(k), c->cell, c->n, why);

	return 0;
}

/* A contact; *empty where the whole line is */
static int row(struct csv *c, struct book_contact *to, bool *empty, enum after *after)
{
	char text[SETTINGS_URI];
	const char *name, *why;
	unsigned i;

	book_contact_init(to);
	c->column = 0;
	*empty = true;
	for (i = 0; ; i++) {
		*after = cell(c);
		if (*after == AFTER_FAULT)
			return EINVAL;
		if (c->n && row_cell(c, to, i))
			return EINVAL;
		*empty &= !c->n;
		if (*after != AFTER_CELL)
			break;
	}
	if (*empty)
		return 0;
	if (i + 1 != c->columns)
		return fault(c, "the line has %u columns, the first one %u; write empty cells too", i + 1, c->columns);
	if (book_contact_check(to, &name, &why)) {
		const int k = c->map[book_column_find(name, strlen(name))];

		c->column = k < 0 ? 1 : (unsigned)k + 1;
		book_column_get(text, to, (unsigned)book_column_find(name, strlen(name)));
		return fault_value(c, name, text, strlen(text), why);
	}

	return 0;
}

/* "," or ";", whichever the first line has first outside of quotes */
static char separator(const char *p, const char *end)
{
	bool in = false;

	for (; p < end && *p != '\n'; p++) {
		in ^= *p == '"';
		if (!in && (*p == ',' || *p == ';'))
			return *p;
	}

	return ',';
}

static int start(struct csv *c, const char *csv, size_t n)
{
	if (n > BOOK_CSV) {
		(void)re_snprintf(c->err, c->errsize, "the file has %zu bytes; a book has at most %u", n, BOOK_CSV);
		return EFBIG;
	}
	c->line = c->column = 1;
	if (n >= 2 && (!memcmp(csv, "\xff\xfe", 2) || !memcmp(csv, "\xfe\xff", 2)))
		return fault(c, "the file is UTF-16; save it as \"CSV UTF-8\"");
	c->p = csv;
	c->end = csv + n;
	if (n >= 3 && !memcmp(csv, BOM, 3))
		c->p += 3;
	if (c->p == c->end)
		return fault(c, "the file is empty; the first line names the columns: " HEADER);
	c->separator = separator(c->p, c->end);
	c->column = 0;

	return 0;
}

static int rows(struct book *b, struct csv *c, enum after after)
{
	bool empty;
	int err;

	while (after == AFTER_LINE && c->p < c->end) {
		struct book_contact one;

		err = row(c, &one, &empty, &after);
		if (err)
			return err;
		if (empty)
			continue;
		if (b->n == BOOK_CONTACTS) {
			c->column = 1;
			return fault(c, "a book holds %u contacts; leave the others out", BOOK_CONTACTS);
		}
		b->contact[b->n++] = one;
	}

	return 0;
}

/* No contact is longer than its line, nor a line shorter than two bytes */
static unsigned lines_at_most(const char *p, size_t n)
{
	const char *end = p + n;
	unsigned lines = 1;

	while (p < end && lines < BOOK_CONTACTS && (p = memchr(p, '\n', (size_t)(end - p)))) {
		lines++;
		p++;
	}

	return lines;
}

/**
 * Read a book.
 *
 * @param bp      Written on success
 * @param csv     File, not zero-ended
 * @param n       Its length [bytes]
 * @param err     Written on failure: line, column, what is wrong and what would be right
 * @param errsize Its size
 *
 * @return 0, EINVAL, EFBIG over BOOK_CSV bytes, ENOMEM
 */
int book_csv_read(struct book **bp, const char *csv, size_t n, char *err, size_t errsize)
{
	struct csv c = {.err = err, .errsize = errsize};
	enum after after = AFTER_FILE;
	struct book *b = NULL;
	int e = start(&c, csv, n);

	if (!e)
		e = header(&c, &after);
	if (!e)
		e = book_alloc(&b, lines_at_most(csv, n));
	if (!e)
		e = rows(b, &c, after);
	if (e)
		mem_deref(b);
	else
		*bp = b;

	return e;
}

/* --- writing --- */

/**
 * Write a cell of CSV: in quotes where it needs them, an apostrophe before what would be a formula.
 *
 * @param mb Written
 * @param s  Its text
 *
 * @return 0, ENOMEM
 */
int book_csv_cell(struct mbuf *mb, const char *s)
{
	const bool quote = s[strcspn(s, "\",;\r\n")] || s[0] == ' ' || (*s && s[strlen(s) - 1] == ' ');
	int err = quote ? mbuf_write_u8(mb, '"') : 0;

	if (!err && *s && strchr(formula, *s))
		err = mbuf_write_u8(mb, '\'');
	for (; *s && !err; s++) {
		err = mbuf_write_u8(mb, (uint8_t)*s);
		if (!err && *s == '"')
			err = mbuf_write_u8(mb, '"');
	}

	return err || !quote ? err : mbuf_write_u8(mb, '"');
}

static int write_row(struct mbuf *mb, const struct book_contact *c, char sep)
{
	char text[SETTINGS_URI];
	unsigned i;
	int err = 0;

	for (i = 0; i < BOOK_COLUMNS && !err; i++) {
		if (c)
			book_column_get(text, c, i);
		err = i ? mbuf_write_u8(mb, (uint8_t)sep) : 0;
		err = err ? err : book_csv_cell(mb, c ? text : book_column(i));
	}

	return err ? err : mbuf_write_str(mb, "\r\n");
}

/**
 * Write a book; importing it gives the same book, and exporting that the same bytes.
 *
 * @param mb    Written at its position
 * @param b     Book, NULL = empty
 * @param style Separator and byte order mark, NULL = RFC 4180
 *
 * @return 0, ENOMEM
 *
 * Source: CON-02, manual §3.3.24.
 */
int book_export(struct mbuf *mb, const struct book *b, const struct book_style *style)
{
	const char sep = style && style->separator ? style->separator : ',';
	unsigned i;
	int err = style && style->bom ? mbuf_write_str(mb, BOM) : 0;

	err = err ? err : write_row(mb, NULL, sep);
	for (i = 1; i <= book_count(b) && !err; i++)
		err = write_row(mb, book_get(b, i), sep);

	return err;
}
