/**
 * @file fuzz_directory.c  Fuzz target: what an LDAP server says of contacts (SRV-01), a line each: name, tab, number
 *
 * Whatever it is: what is kept is a contact of the book's own rule, in order, once each, and is found again by its name; the
 * rest is counted.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <re.h>
#include "../core/directory/directory.h"
#include "../core/door/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned collect(struct directory_list *l, const char *s, size_t size)
{
	unsigned n = 0;

	while (size) {
		const char *end = memchr(s, '\n', size), *tab;
		const size_t line = end ? (size_t)(end - s) : size;

		tab = memchr(s, '\t', line);
		if (tab) {
			assert(!directory_add(l, s, (size_t)(tab - s), tab + 1, line - (size_t)(tab - s) - 1));
			n++;
		}
		s += line + (end != NULL);
		size -= line + (end != NULL);
	}

	return n;
}

static void assert_contact(const struct book_contact *c)
{
	struct book_contact again = *c;
	const char *column, *why;
	size_t i, n;

	assert(!book_contact_check(&again, &column, &why));
	assert(!strcmp(again.number, c->number) && c->surname[0] && !c->first_name[0]);
	assert(!c->account && !c->p2p && c->dtmf == -1);
	for (i = 0; c->surname[i]; i += n) {
		n = text_utf8(c->surname + i, strlen(c->surname + i));
		assert(n && (unsigned char)c->surname[i] >= 0x20);
	}
}

static void assert_book(const struct book *b)
{
	unsigned i, at;

	for (i = 1; i <= book_count(b); i++) {
		const struct book_contact *c = book_get(b, i);

		assert_contact(c);
		assert(i == 1 || !book_contact_same(c, book_get(b, i - 1)) || strcmp(c->surname, book_get(b, i - 1)->surname));
		for (at = directory_find(b, c->surname, 0); at && at != i; at = directory_find(b, c->surname, at))
			;
		assert(at == i);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct directory_list l = {0};
	const unsigned n = collect(&l, (const char *)data, size);
	struct book *b;

	assert(l.n + l.left_out == n);
	directory_sort(&l);
	assert(!directory_book(&b, &l) && book_count(b) <= n);
	assert_book(b);
	mem_deref(b);
	directory_end(&l);

	return 0;
}
