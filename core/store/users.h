/**
 * @file users.h  Who may use the door's pages, as it is stored (WEB-05)
 *
 * A password is never here, only its hash, as text with its parameters.
 */
#ifndef STORE_USERS_H
#define STORE_USERS_H

#include <stdbool.h>
#include <stdint.h>

#define USERS_MAX 32
#define USERS_LOGIN 33                  /**< longest login, with its end */
#define USERS_HASH 128                  /**< longest hash, with its end */

struct store;

struct user_row {
	char login[USERS_LOGIN];
	bool admin;
	char hash[USERS_HASH];          /**< "" = the factory's: the password is the login, "admin" */
	int64_t last_us;                /**< last login [us since 1970 UTC], 0 = never */
};

int store_users_setup(struct store *st);
int store_users(struct store *st, struct user_row *row, unsigned room, unsigned *n);
int store_user_put(struct store *st, const struct user_row *u);
int store_user_remove(struct store *st, const char *login);

#endif
