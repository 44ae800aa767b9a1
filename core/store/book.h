/**
 * @file book.h  The book of contacts: order, add, edit, delete, CSV (CON-01, CON-02, manual §3.3.2, §3.3.24)
 *
 * The book names who can be called; the lists of the settings (button.day ... test.contacts) hold who is called,
 * as contact.h writes it.  A list entry belongs to the contact of the book that means the same: where that one is
 * edited the list follows, and it cannot leave the book while a list calls it.  Who puts a contact of the book into a
 * list writes book_contact_text() there.
 *
 * A book does not change: each edit makes the next one, with the settings that go with it, and whoever holds both
 * (gap.c, the command line) stores them in one transaction.  NULL is the empty book of a new door.
 */
#ifndef STORE_BOOK_H
#define STORE_BOOK_H

#include <re.h>
#include "../door/contact.h"
#include "../door/settings.h"

#define BOOK_CONTACTS 1000              /**< so many, no more */
#define BOOK_NAME 65                    /**< longest name in bytes, with its end */
#define BOOK_CSV (1024 * 1024)          /**< longest CSV file that is read [bytes] */
#define BOOK_ERR 512                    /**< room for any message */

/** One contact (CON-01) */
struct book_contact {
	char number[SETTINGS_URI];      /**< bare number, or "sip:..."; without our parameters */
	int account;                    /**< 1..3, 0 = the first active one, or none (P2P) */
	bool p2p;                       /**< rescue contact: never by an account */
	int dtmf;                       /**< enum dtmf_protocol, -1 = as sup.dtmf says */
	char surname[BOOK_NAME];
	char first_name[BOOK_NAME];
};

/** An order of contacts, 1 to n; a reference-counted constant */
struct book {
	uint64_t version;               /**< 1 and up, one more with each change */
	unsigned n;
	struct book_contact contact[];
};

enum book_op { BOOK_ADD, BOOK_EDIT, BOOK_MOVE, BOOK_REMOVE, BOOK_IMPORT, BOOK_APPEND };

/** One change */
struct book_edit {
	enum book_op op;
	uint64_t version;               /**< of the book it was thought of, 0 = any */
	unsigned at;                    /**< the contact 1..n; BOOK_ADD: its place 1..n+1, 0 = the end */
	unsigned to;                    /**< BOOK_MOVE: its new place 1..n */
	const struct book_contact *contact; /**< BOOK_ADD, BOOK_EDIT */
	const char *csv;                /**< the file; BOOK_IMPORT: it replaces the book, BOOK_APPEND: it comes behind it */
	size_t csv_n;                   /**< its length [bytes] */
};

/** How a CSV file is written; reading finds out */
struct book_style {
	char separator;                 /**< ',' or ';'; 0 = ',' (RFC 4180) */
	bool bom;                       /**< begin with a byte order mark, as some spreadsheets want */
};

int  book_apply(struct book **next, struct settings *s, const struct book *now, const struct book_edit *e,
		char *err, size_t errsize);
uint64_t book_version(const struct book *b);
unsigned book_count(const struct book *b);
const struct book_contact *book_get(const struct book *b, unsigned at);
const char *book_op_name(enum book_op op);

void book_contact_init(struct book_contact *c);
int  book_contact_check(struct book_contact *c, const char **column, const char **why);
int  book_contact_text(char text[SETTINGS_URI], const struct book_contact *c);
bool book_contact_same(const struct book_contact *a, const struct book_contact *b);

/** The columns of a contact, for CSV, command line, lines and scenarios alike */
#define BOOK_COLUMNS 6
const char *book_column(unsigned i);
int  book_column_find(const char *name, size_t n);
int  book_column_set(struct book_contact *c, unsigned column, const char *text, size_t n, const char **why);
void book_column_get(char text[SETTINGS_URI], const struct book_contact *c, unsigned column);

int  book_export(struct mbuf *mb, const struct book *b, const struct book_style *style);

/* --- private to core/store --- */

int  book_alloc(struct book **bp, unsigned room);
int  book_csv_cell(struct mbuf *mb, const char *s);
int  book_csv_read(struct book **bp, const char *csv, size_t n, char *err, size_t errsize);
int  book_lists_follow(struct settings *s, const struct book *next, const struct book_contact *old,
		       const struct book_contact *now, char *err, size_t errsize);
int  book_lists_keep(const struct settings *s, const struct book *now, const struct book *next, char *err,
		     size_t errsize);

#endif
