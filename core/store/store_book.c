/**
 * @file store_book.c  The book of contacts in SQLite (CON-02)
 *
 * A change writes the whole book, with the settings that follow it (store_change.c).  One way for an edit and an import;
 * a full book takes milliseconds.
 *
 * A row is a line of the CSV columns in the order of the book; the version is a row of the table memory.
 */
#include <errno.h>
#include <string.h>
#include "store_priv.h"

#define VERSION_KEY "contacts"

/** Made where it is missing, as the table memory is */
int store_book_setup(struct store *st)
{
	return store_sql_run(st, "CREATE TABLE IF NOT EXISTS contacts(place INTEGER PRIMARY KEY, number TEXT NOT NULL,"
				 " account TEXT NOT NULL, surname TEXT NOT NULL, first_name TEXT NOT NULL,"
				 " p2p TEXT NOT NULL, dtmf TEXT NOT NULL)");
}

/* Run a prepared statement that answers no row, and make it ready for the next time */
static int step(struct store *st, sqlite3_stmt *q)
{
	const int rc = sqlite3_step(q), err = rc == SQLITE_DONE ? 0 : store_sql_failed(st, rc);

	(void)sqlite3_reset(q);

	return err;
}

static int put_contact(struct store *st, sqlite3_stmt *q, unsigned place, const struct book_contact *c)
{
	char text[SETTINGS_URI];
	unsigned i;

	(void)sqlite3_bind_int64(q, 1, place);
	for (i = 0; i < BOOK_COLUMNS; i++) {
		book_column_get(text, c, i);
		if (sqlite3_bind_text(q, (int)i + 2, text, -1, SQLITE_TRANSIENT))
			return store_sql_failed(st, sqlite3_errcode(st->db));
	}

	return step(st, q);
}

static int put_contacts(struct store *st, const struct book *b)
{
	sqlite3_stmt *q = NULL;
	unsigned i;
	int err = store_sql_run(st, "DELETE FROM contacts");

	err = err ? err : store_sql_prepare(st, &q, "INSERT INTO contacts VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
	for (i = 1; i <= book_count(b) && !err; i++)
		err = put_contact(st, q, i, book_get(b, i));
	(void)sqlite3_finalize(q);

	return err;
}

static int put_version(struct store *st, const struct book *b)
{
	char text[24];

	(void)re_snprintf(text, sizeof(text), "%llu", book_version(b));

	return store_sql_pair(st, "INSERT OR REPLACE INTO memory VALUES(?1, ?2)", VERSION_KEY, text);
}

/** Write the book, inside of a transaction */
int store_book_put(struct store *st, const struct book *b)
{
	const int err = put_contacts(st, b);

	return err ? err : put_version(st, b);
}

/* A row as a contact; false where another version wrote what this one does not accept */
static bool take(struct book_contact *c, sqlite3_stmt *q)
{
	const char *column, *why, *text;
	unsigned i;

	book_contact_init(c);
	for (i = 0; i < BOOK_COLUMNS; i++) {
		text = (const char *)sqlite3_column_text(q, (int)i + 1);
		if (!text || book_column_set(c, i, text, strlen(text), &why))
			return false;
	}

	return !book_contact_check(c, &column, &why);
}

static int load_rows(struct store *st, struct book *b, unsigned room, unsigned *bad)
{
	sqlite3_stmt *q = NULL;
	int rc = SQLITE_DONE, err;

	err = store_sql_prepare(st, &q, "SELECT place, number, account, surname, first_name, p2p, dtmf FROM contacts"
					" ORDER BY place");
	while (!err && b->n < room && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		if (take(&b->contact[b->n], q))
			b->n++;
		else
			++*bad;
	}
	if (!err && rc != SQLITE_DONE && rc != SQLITE_ROW)
		err = store_sql_failed(st, rc);
	(void)sqlite3_finalize(q);

	return err;
}

/**
 * Read the book.
 *
 * @param st      Store
 * @param bp      Written on success: the book, NULL = none was ever stored
 * @param err     Written: what went wrong; with 0 returned a warning about contacts that are not used; or ""
 * @param errsize Its size
 *
 * @return 0, or the error of reading the file
 */
int store_load_book(struct store *st, struct book **bp, char *err, size_t errsize)
{
	int64_t rows = 0, version = 0;
	struct book *b = NULL;
	unsigned bad = 0;
	int e;

	err[0] = '\0';
	e = store_sql_number(st, "SELECT count(*) FROM contacts", &rows);
	e = e ? e : store_sql_number(st, "SELECT ifnull(max(CAST(value AS INTEGER)), 0) FROM memory"
					 " WHERE key='" VERSION_KEY "'", &version);
	rows = rows > BOOK_CONTACTS ? BOOK_CONTACTS : rows;
	if (!e && (rows || version > 1))
		e = book_alloc(&b, (unsigned)rows);
	if (!e && b) {
		b->version = version > 0 ? (uint64_t)version : 1;
		e = load_rows(st, b, (unsigned)rows, &bad);
	}
	if (e) {
		(void)re_snprintf(err, errsize, "%s", store_error(st));
		mem_deref(b);
		return e;
	}
	if (bad)
		(void)re_snprintf(err, errsize, "%s: %u stored contacts are not used: another version of ipgap wrote"
				  " them; export with that version", st->file, bad);
	*bp = b;

	return 0;
}
