/**
 * @file store_users.c  Users of the pages in SQLite (WEB-05)
 */
#include <errno.h>
#include <string.h>
#include "store_priv.h"
#include "users.h"

/** Made where it is missing, as the table memory is */
int store_users_setup(struct store *st)
{
	return store_sql_run(st, "CREATE TABLE IF NOT EXISTS users(login TEXT PRIMARY KEY, admin INTEGER NOT NULL,"
				 " hash TEXT NOT NULL, last_us INTEGER NOT NULL) WITHOUT ROWID");
}

static bool text(char *to, size_t size, sqlite3_stmt *q, int column)
{
	const char *s = (const char *)sqlite3_column_text(q, column);

	if (!s || strlen(s) >= size)
		return false;
	str_ncpy(to, s, size);

	return true;
}

/**
 * Read the users, by their login.
 *
 * @param st   Store
 * @param row  Written
 * @param room Rows there is room for
 * @param n    Rows written; what does not fit, or is no user of this version, is passed over
 *
 * @return 0, or the error of reading the file
 */
int store_users(struct store *st, struct user_row *row, unsigned room, unsigned *n)
{
	sqlite3_stmt *q = NULL;
	int rc = SQLITE_DONE, err = store_sql_prepare(st, &q, "SELECT login, admin, hash, last_us FROM users ORDER BY login");

	*n = 0;
	while (!err && *n < room && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		struct user_row *u = &row[*n];

		u->admin = sqlite3_column_int(q, 1) != 0;
		u->last_us = sqlite3_column_int64(q, 3);
		*n += text(u->login, sizeof(u->login), q, 0) && text(u->hash, sizeof(u->hash), q, 2);
	}
	if (!err && rc != SQLITE_DONE && rc != SQLITE_ROW)
		err = store_sql_failed(st, rc);
	(void)sqlite3_finalize(q);

	return err;
}

static int done(struct store *st, sqlite3_stmt *q)
{
	const int rc = sqlite3_step(q), err = rc == SQLITE_DONE ? 0 : store_sql_failed(st, rc);

	(void)sqlite3_finalize(q);

	return err;
}

/** Store a user, new or changed; durable on return */
int store_user_put(struct store *st, const struct user_row *u)
{
	sqlite3_stmt *q = NULL;
	int err = store_sql_settle(st);

	err = err ? err : store_sql_prepare(st, &q, "INSERT OR REPLACE INTO users VALUES(?1, ?2, ?3, ?4)");
	if (err)
		return err;
	(void)sqlite3_bind_text(q, 1, u->login, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int(q, 2, u->admin);
	(void)sqlite3_bind_text(q, 3, u->hash, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int64(q, 4, u->last_us);

	return done(st, q);
}

/** Forget a user; durable on return */
int store_user_remove(struct store *st, const char *login)
{
	sqlite3_stmt *q = NULL;
	int err = store_sql_settle(st);

	err = err ? err : store_sql_prepare(st, &q, "DELETE FROM users WHERE login = ?1");
	if (err)
		return err;
	(void)sqlite3_bind_text(q, 1, login, -1, SQLITE_STATIC);

	return done(st, q);
}
