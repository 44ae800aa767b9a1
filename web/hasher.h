/**
 * @file hasher.h  Passwords' hashes, by argon2id (RFC 9106), in one thread of their own (WEB-05)
 *
 * A hash takes tens of milliseconds on purpose, and the loop has a tick of 20: so it is made elsewhere.  The thread starts
 * with the first password.
 */
#ifndef WEB_HASHER_H
#define WEB_HASHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASHER_QUEUE 8                  /**< passwords that wait; who comes then is refused */
#define HASHER_TEXT 128                 /**< a hash as text, with its parameters and salt */
#define HASHER_KEY 32                   /**< bytes of a key */
#define HASHER_SALT 16                  /**< bytes */
#define HASHER_PASSWORD 129             /**< longest password, with its end */

struct hasher;
struct hasher_job;

/** In the loop: is it the one, or (of a new password) the hash made; hash "" = it could not be */
typedef void (hasher_h)(bool right, const char *hash, void *arg);

int  hasher_alloc(struct hasher **hp);
int  hasher_check(struct hasher_job **jp, struct hasher *h, const char *hash, const char *password, hasher_h *done,
		  void *arg);
int  hasher_make(struct hasher_job **jp, struct hasher *h, const char *password, hasher_h *done, void *arg);
int  hasher_key(struct hasher_job **jp, struct hasher *h, const uint8_t salt[HASHER_SALT], const char *passphrase,
		hasher_h *done, void *arg);
bool hasher_key_now(char key[HASHER_TEXT], const uint8_t salt[HASHER_SALT], const char *passphrase);
bool hasher_now(char hash[HASHER_TEXT], const char *password);

#endif
