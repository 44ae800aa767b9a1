/**
 * @file fuzz_csv.c  Fuzz target: the book of contacts from a CSV file (CON-02)
 *
 * Whatever the file is: a refused one makes no book and is told by line and column, in whole UTF-8; an accepted one
 * is exported in each style without a cell that begins as a formula, imported again as the same contacts, and
 * exported then as the same bytes.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <re.h>
#include "../core/door/text.h"
#include "../core/store/book.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_message(const char *s)
{
	size_t n = strlen(s), len;

	assert(n && n < BOOK_ERR && !strncmp(s, "line ", 5) && strstr(s, ", column "));
	for (; n; s += len, n -= len) {
		len = text_utf8(s, n);
		assert(len);
	}
}

static struct book *read_book(const uint8_t *csv, size_t n, char *err)
{
	const struct book_edit e = {.op = BOOK_IMPORT, .csv = (const char *)csv, .csv_n = n};
	struct book *b = NULL;
	struct settings s;

	settings_default(&s);
	if (book_apply(&b, &s, NULL, &e, err, BOOK_ERR))
		assert(!b);

	return b;
}

/* No cell of the text begins as a formula; quotes of CSV stand before what a spreadsheet reads */
static void assert_no_formula(const struct mbuf *mb, char separator)
{
	bool begins = true, quoted = false;
	size_t i;

	for (i = 0; i < mb->end; i++) {
		const char c = (char)mb->buf[i];

		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		assert(!begins || !c || !strchr("=+-@\t\r", c) || (c == '\r' && i && mb->buf[i - 1] == (uint8_t)separator));
		begins = !quoted && (c == separator || c == '\n');
	}
}

static void assert_contacts(const struct book *a, const struct book *b)
{
	char x[SETTINGS_URI], y[SETTINGS_URI];
	unsigned i, k;

	assert(a && b && a->n == b->n);
	for (i = 1; i <= a->n; i++) {
		assert(book_contact_same(book_get(a, i), book_get(b, i)));
		for (k = 0; k < BOOK_COLUMNS; k++) {
			book_column_get(x, book_get(a, i), k);
			book_column_get(y, book_get(b, i), k);
			assert(!strcmp(x, y));
		}
	}
}

static void assert_same(const struct book *b, const struct book_style *style)
{
	struct mbuf *first = mbuf_alloc(256), *again = mbuf_alloc(256);
	char err[BOOK_ERR];
	struct book *c;

	assert(first && again && !book_export(first, b, style));
	assert_no_formula(first, style->separator);
	c = read_book(first->buf, first->end, err);
	assert_contacts(b, c);
	assert(!book_export(again, c, style));
	assert(again->end == first->end && !memcmp(again->buf, first->buf, first->end));
	mem_deref(c);
	mem_deref(first);
	mem_deref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct book_style styles[] = {{',', false}, {';', true}};
	char err[BOOK_ERR] = "";
	struct book *b = read_book(data, size, err);
	unsigned i;

	if (!b)
		assert_message(err);
	for (i = 0; b && i < 2; i++)
		assert_same(b, &styles[i]);
	mem_deref(b);

	return 0;
}
