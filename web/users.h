/**
 * @file users.h  Who may use the pages (WEB-05): users in memory, kept by the store where there is one
 *
 * Where nobody was ever stored there is the factory's user admin, password admin.
 */
#ifndef WEB_USERS_H
#define WEB_USERS_H

#include "core/store/users.h"
#include "web/ui.h"

#define USERS_PASSWORD_MIN 8

struct users {
	struct store *store;            /**< NULL = nothing is kept; borrowed */
	unsigned n;
	struct user_row row[USERS_MAX];
};

int  users_load(struct users *u, struct store *store);
const struct user_row *users_find(const struct users *u, const char *login);
unsigned users_admins(const struct users *u);
int  users_put(struct users *u, const struct user_row *row);
int  users_remove(struct users *u, const char *login);
const char *users_bad_login(const char *login);
const char *users_bad_password(const char *login, const char *password);

#endif
