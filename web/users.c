/**
 * @file users.c  Who may use the pages (see users.h; WEB-05)
 */
#include <errno.h>
#include <string.h>
#include "web/users.h"

#define LOGIN_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_@"

/**
 * Read the users.  Where there is no administrator the factory's comes back, and is stored: he stays where another one
 * is made beside him.
 *
 * @param u     Written
 * @param store NULL = nothing is kept
 *
 * @return 0, or the error of reading
 */
int users_load(struct users *u, struct store *store)
{
	int err = 0;

	memset(u, 0, sizeof(*u));
	u->store = store;
	if (store)
		err = store_users(store, u->row, USERS_MAX, &u->n);
	if (!err && !users_admins(u) && u->n < USERS_MAX) {
		struct user_row *admin = &u->row[u->n++];

		memset(admin, 0, sizeof(*admin));
		str_ncpy(admin->login, "admin", sizeof(admin->login));
		admin->admin = true;
		err = store ? store_user_put(store, admin) : 0;
	}

	return err;
}

/** A user, NULL = there is none */
const struct user_row *users_find(const struct users *u, const char *login)
{
	unsigned i;

	for (i = 0; i < u->n; i++)
		if (!strcmp(u->row[i].login, login))
			return &u->row[i];

	return NULL;
}

/** How many administrators there are */
unsigned users_admins(const struct users *u)
{
	unsigned i, n = 0;

	for (i = 0; i < u->n; i++)
		n += u->row[i].admin;

	return n;
}

/**
 * A user, new or changed: stored, then in force.
 *
 * @return 0, EDQUOT there are USERS_MAX, errno of the store (ENOSPC: its disk is full)
 */
int users_put(struct users *u, const struct user_row *row)
{
	struct user_row *at = (struct user_row *)(uintptr_t)users_find(u, row->login);
	const int err = !at && u->n == USERS_MAX ? EDQUOT : u->store ? store_user_put(u->store, row) : 0;

	if (err)
		return err;
	at = at ? at : &u->row[u->n++];
	*at = *row;

	return 0;
}

/** Remove a user; 0, ENOENT, errno of the store */
int users_remove(struct users *u, const char *login)
{
	struct user_row *at = (struct user_row *)(uintptr_t)users_find(u, login);
	const int err = !at ? ENOENT : u->store ? store_user_remove(u->store, login) : 0;

	if (!err)
		*at = u->row[--u->n];

	return err;
}

/** What is wrong with a new login: the id of a text of the pages; NULL = nothing */
const char *users_bad_login(const char *login)
{
	const size_t n = strlen(login);

	return !n || n >= USERS_LOGIN || strspn(login, LOGIN_CHARACTERS) != n ? "bad_login" : NULL;
}

/** What is wrong with a new password: the id of a text of the pages; NULL = nothing */
const char *users_bad_password(const char *login, const char *password)
{
	const size_t n = strlen(password);

	if (n < USERS_PASSWORD_MIN || n > 128)
		return "password_length";

	return !strcmp(password, login) ? "password_is_login" : NULL;
}
