/**
 * @file contacts.h  The words of `ipgap contacts` and of the line `contacts` of `ipgap run`: reading, doing, showing
 */
#ifndef SIM_CONTACTS_H
#define SIM_CONTACTS_H

#include "../core/store/book.h"

enum contacts_verb {
	CONTACTS_LIST, CONTACTS_ADD, CONTACTS_EDIT, CONTACTS_MOVE, CONTACTS_REMOVE, CONTACTS_IMPORT, CONTACTS_EXPORT,
	CONTACTS_VERBS
};

/** What was asked for; texts are borrowed from the words */
struct contacts_request {
	enum contacts_verb verb;
	unsigned at, to;
	uint64_t version;                       /**< 0 = any */
	const char *value[BOOK_COLUMNS];        /**< NULL = not given */
	const char *file;                       /**< import, export: NULL or "-" = standard input, output */
	struct book_style style;
	bool json;
	const char *data;                       /**< NULL = not given */
};

/** An edit and what it borrows */
struct contacts_edit {
	struct book_edit edit;
	struct book_contact contact;
	struct mbuf *csv;                       /**< mem_deref() it */
};

int  contacts_parse(struct contacts_request *q, int argc, char **argv, char *err, size_t errsize);
int  contacts_split(char **argv, int max, char *text, char *err, size_t errsize);
int  contacts_prepare(struct contacts_edit *ce, const struct contacts_request *q, const struct book *now, char *err,
		      size_t errsize);
int  contacts_export(const struct contacts_request *q, const struct book *b, char *err, size_t errsize);
void contacts_done(char *text, size_t size, const struct contacts_request *q, const struct book *b);
void contacts_row(char *text, size_t size, const struct book *b, unsigned at);
int  contacts_json(struct mbuf *mb, const struct book *b);

#endif
