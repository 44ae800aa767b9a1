/**
 * @file store_change.c  Settings, draft and contacts changed together in SQLite (WEB-04, CON-02)
 *
 * One transaction: a cut in it leaves all as it was.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "store_priv.h"

#define VERSION_KEY "settings"
#define BY_KEY "draft_by"

/** Made where it is missing, as the table memory is */
int store_draft_setup(struct store *st)
{
	return store_sql_run(st, "CREATE TABLE IF NOT EXISTS draft(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
}

/** Run a statement that writes a key and a value */
int store_sql_pair(struct store *st, const char *sql, const char *key, const char *value)
{
	sqlite3_stmt *q = NULL;
	int rc, err = store_sql_prepare(st, &q, sql);

	if (err)
		return err;
	(void)sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(q, 2, value, -1, SQLITE_STATIC);
	rc = sqlite3_step(q);
	err = rc == SQLITE_DONE ? 0 : store_sql_failed(st, rc);
	(void)sqlite3_finalize(q);

	return err;
}

static int put_settings(struct store *st, const struct settings *was, const struct settings *now)
{
	char text[SETTINGS_TEXT];
	size_t i;
	int err = 0;

	for (i = 0; i < settings_count && !err; i++) {
		const struct setting *row = &settings_table[i];

		if (settings_equal(was, now, row))
			continue;
		(void)settings_get(now, row, text, sizeof(text));
		err = store_sql_pair(st, "INSERT OR REPLACE INTO settings VALUES(?1, ?2)", row->key, text);
	}

	return err;
}

static int put_draft(struct store *st, const struct draft *d)
{
	char text[SETTINGS_TEXT];
	size_t i;
	int err = store_sql_run(st, "DELETE FROM draft; DELETE FROM memory WHERE key='" BY_KEY "'");

	for (i = 0; d && i < settings_count && !err; i++) {
		if (!d->has[i])
			continue;
		(void)settings_get(&d->s, &settings_table[i], text, sizeof(text));
		err = store_sql_pair(st, "INSERT INTO draft VALUES(?1, ?2)", settings_table[i].key, text);
	}
	if (d && !err)
		err = store_sql_pair(st, "INSERT INTO memory VALUES(?1, ?2)", BY_KEY, d->by);

	return err;
}

static int put_version(struct store *st, uint64_t version)
{
	char text[24];

	(void)re_snprintf(text, sizeof(text), "%llu", version);

	return store_sql_pair(st, "INSERT OR REPLACE INTO memory VALUES(?1, ?2)", VERSION_KEY, text);
}

/**
 * Store a change, all of it or nothing.
 *
 * @param st Store
 * @param c  Change
 *
 * @return 0 when all is on the disk; else an errno with store_error(), and nothing has changed
 */
int store_change(struct store *st, const struct store_change *c)
{
	int err = store_sql_settle(st);

	err = err ? err : store_sql_run(st, "BEGIN IMMEDIATE");
	if (err)
		return err;
	if (c->book_changes)
		err = store_book_put(st, c->book);
	if (!err && c->now)
		err = put_settings(st, c->was, c->now);
	if (!err && c->draft_changes)
		err = put_draft(st, c->draft);
	if (!err && c->version)
		err = put_version(st, c->version);
	err = err ? err : store_sql_run(st, "COMMIT");
	if (err)
		(void)store_sql_settle(st);

	return err;
}

/** Store the book, NULL = empty, and the settings that go with it; as store_change() */
int store_book(struct store *st, const struct book *b, const struct settings *was, const struct settings *s)
{
	const struct store_change c = {.book_changes = true, .book = b, .was = was, .now = s};

	return store_change(st, &c);
}

static void take_by(struct store *st, struct draft *d)
{
	sqlite3_stmt *q = NULL;

	if (!store_sql_prepare(st, &q, "SELECT value FROM memory WHERE key='" BY_KEY "'") && sqlite3_step(q) == SQLITE_ROW)
		str_ncpy(d->by, (const char *)sqlite3_column_text(q, 0), sizeof(d->by));
	(void)sqlite3_finalize(q);
}

/**
 * Read version and draft.
 *
 * @param st      Store
 * @param now     Settings in force
 * @param version Written: of settings and draft, 1 where none was stored
 * @param dp      Written: draft, NULL = none; what this version does not accept is left out
 *
 * @return 0, ENOMEM, or the error of reading
 */
int store_load_draft(struct store *st, const struct settings *now, uint64_t *version, struct draft **dp)
{
	sqlite3_stmt *q = NULL;
	struct draft *d = NULL;
	struct notice why;
	int64_t v = 0;
	int rc = SQLITE_DONE, err;

	err = store_sql_number(st, "SELECT ifnull(max(CAST(value AS INTEGER)), 0) FROM memory WHERE key='" VERSION_KEY "'", &v);
	err = err ? err : store_sql_prepare(st, &q, "SELECT key, value FROM draft ORDER BY key");
	while (!err && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		if (!d)
			err = draft_alloc(&d, NULL, now);
		if (!err)
			(void)draft_set(d, now, (const char *)sqlite3_column_text(q, 0),
					(const char *)sqlite3_column_text(q, 1), &why);
	}
	if (!err && rc != SQLITE_DONE)
		err = store_sql_failed(st, rc);
	(void)sqlite3_finalize(q);
	if (err || !draft_count(d))
		d = mem_deref(d);
	else
		take_by(st, d);
	*dp = d;
	*version = v > 0 ? (uint64_t)v : 1;

	return err;
}
