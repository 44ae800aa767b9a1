/**
 * @file guard.c  Who guesses too often is locked out for a while (see guard.h; API-01, API-50)
 */
#include <string.h>
#include "web/guard.h"

/* An address without its port; of IPv6 the network, as a host has all of it */
static void source(struct sa *to, const struct sa *from)
{
	uint8_t ip6[16];

	if (sa_af(from) == AF_INET6) {
		sa_in6(from, ip6);
		memset(ip6 + 8, 0, 8);
		sa_set_in6(to, ip6, 0);
	}
	else {
		sa_set_in(to, sa_in(from), 0);
	}
}

static const struct guard_row *find(const struct guard *g, const struct sa *from)
{
	struct sa sa;
	size_t i;

	source(&sa, from);
	for (i = 0; i < GUARD_ROWS; i++)
		if (g->row[i].wrong && sa_cmp(&g->row[i].from, &sa, SA_ADDR))
			return &g->row[i];

	return NULL;
}

/**
 * Is an address locked out?
 *
 * @return For how long still [s], 0 = it is not
 */
unsigned guard_left_s(const struct guard *g, const struct sa *from, uint64_t now_ms)
{
	const struct guard_row *r = find(g, from);

	return r && r->until_ms > now_ms ? (unsigned)((r->until_ms - now_ms + 999) / 1000) : 0;
}

/* Nobody else is forgotten before who was silent for longest; who is locked out stays as long as there is another */
static struct guard_row *make_room(struct guard *g, uint64_t now_ms)
{
	struct guard_row *best = &g->row[0];
	size_t i;

	for (i = 1; i < GUARD_ROWS; i++) {
		struct guard_row *r = &g->row[i];
		const bool locked = r->until_ms > now_ms, best_locked = best->until_ms > now_ms;

		if (locked != best_locked ? best_locked : r->last_ms < best->last_ms)
			best = r;
	}

	return best;
}

/**
 * Somebody was wrong.
 *
 * @param g      Guard
 * @param from   Who
 * @param now_ms A clock that does not step back
 *
 * @return Is he locked out from now on?
 */
bool guard_wrong(struct guard *g, const struct sa *from, uint64_t now_ms)
{
	struct guard_row *r = (struct guard_row *)(uintptr_t)find(g, from);

	if (!r || now_ms - r->since_ms >= GUARD_WINDOW_MS) {
		r = r ? r : make_room(g, now_ms);
		memset(r, 0, sizeof(*r));
		source(&r->from, from);
		r->since_ms = now_ms;
	}
	r->last_ms = now_ms;
	if (++r->wrong < GUARD_TRIES)
		return false;
	r->until_ms = now_ms + GUARD_LOCK_MS;
	r->wrong = 1;
	r->since_ms = now_ms;

	return true;
}
