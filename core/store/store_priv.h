/**
 * @file store_priv.h  What store.c, store_book.c and store_find.c share: the open database
 */
#ifndef STORE_STORE_PRIV_H
#define STORE_STORE_PRIV_H

#include <re.h>
#include <sqlite3.h>
#include "store.h"

struct store {
	sqlite3 *db;
	sqlite3_stmt *insert;           /* one event */
	char *file;
	struct list pending;            /* struct pending, in order of seq */
	uint64_t last_seq;              /* highest given to store_put() or stored */
	int stuck;                      /* errno of the last commit, 0 = it was one */
	uint64_t lost;                  /* queued events that were dropped */
	uint64_t rows, bytes;           /* events in the file, and the length of their lines */
	char error[512];
};

#define STORE_BOOK_FORGET "DELETE FROM contacts; DELETE FROM memory WHERE key='contacts';"

int store_sql_failed(struct store *st, int rc);
int store_sql_run(struct store *st, const char *sql);
int store_sql_settle(struct store *st);
int store_sql_prepare(struct store *st, sqlite3_stmt **sp, const char *sql);
int store_sql_number(struct store *st, const char *sql, int64_t *np);
int store_sql_pair(struct store *st, const char *sql, const char *key, const char *value);
int store_book_setup(struct store *st);
int store_book_put(struct store *st, const struct book *b);
int store_draft_setup(struct store *st);

#endif
