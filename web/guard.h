/**
 * @file guard.h  Who guesses too often is locked out for a while (API-01, API-50)
 *
 *     GUARD_TRIES wrong tries within GUARD_WINDOW_MS from one address (IPv6: one /64): no answer but 429 for
 *     GUARD_LOCK_MS.  What is right in between does not forgive what was wrong: who knows the password still may
 *     not guess codes for ever.
 */
#ifndef WEB_GUARD_H
#define WEB_GUARD_H

#include <re.h>

#define GUARD_ROWS 64                   /**< addresses remembered; the one longest unheard of makes room */
#define GUARD_TRIES 10
#define GUARD_WINDOW_MS 60000
#define GUARD_LOCK_MS 60000

struct guard {
	struct guard_row {
		struct sa from;
		unsigned wrong;
		uint64_t since_ms, last_ms;
		uint64_t until_ms;      /**< locked out until then, 0 = not */
	} row[GUARD_ROWS];
};

unsigned guard_left_s(const struct guard *g, const struct sa *from, uint64_t now_ms);
bool guard_wrong(struct guard *g, const struct sa *from, uint64_t now_ms);

#endif
