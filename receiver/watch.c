/**
 * @file watch.c  Doors whose cyclic tests are due (SUP-30, RCV-01)
 *
 * A door is watched from its first test on.  The time between two tests is measured on the clock that only
 * runs forward: neither a calendar that is set nor daylight saving makes a test late or early by more than
 * the hour the door itself moves it.
 *
 *     h      0        24        26                48       50
 *     test   X        due       missed, told      due      told again
 *                     <-grace->
 *
 * Identities come from the network, so their number is bounded; those beyond are not watched.
 */
#include <string.h>
#include "receiver_priv.h"
#include "sim/vnet.h"

#define DOORS_MAX 100000
#define BUCKETS 1024
#define ALERTE_TEST 4
#define SECOND_US 1000000ull
#define DAY_MS 86400000ull              /* libre's timers: a long wait is made of days */

struct watched {
	struct le he, le;               /* by identity; by due_us */
	char identity[MESSAGE_IDENTITY];
	uint64_t due_us;                /* moment at which the next test counts as missed */
};

struct watch {
	struct hash *doors;
	struct list order;
	struct tmr tmr;
	unsigned n;                     /* doors */
	uint64_t period_us, grace_us;
	watch_h *h;
	void *arg;
};

static void watched_destructor(void *arg)
{
	struct watched *d = arg;

	hash_unlink(&d->he);
	list_unlink(&d->le);
}

static void watch_destructor(void *arg)
{
	struct watch *w = arg;

	tmr_cancel(&w->tmr);
	list_flush(&w->order);
	mem_deref(w->doors);
}

static void due(void *arg);

static void schedule(struct watch *w)
{
	const struct watched *d = list_ledata(list_head(&w->order));
	const uint64_t now = vnet_now_us();
	uint64_t ms;

	if (!d) {
		tmr_cancel(&w->tmr);
		return;
	}
	ms = d->due_us > now ? (d->due_us - now + 999) / 1000 : 0;
	tmr_start(&w->tmr, MIN(ms, DAY_MS), due, w);
}

/* Into its place by time; that is the end, or near it */
static void put(struct watch *w, struct watched *d, uint64_t due_us)
{
	struct le *le;

	d->due_us = due_us;
	list_unlink(&d->le);
	for (le = list_tail(&w->order); le; le = le->prev)
		if (((const struct watched *)le->data)->due_us <= due_us)
			break;
	if (le)
		list_insert_after(&w->order, le, &d->le, d);
	else
		list_prepend(&w->order, &d->le, d);
}

static void due(void *arg)
{
	struct watch *w = arg;
	struct watched *d;

	while ((d = list_ledata(list_head(&w->order))) && d->due_us <= vnet_now_us()) {
		put(w, d, d->due_us + w->period_us);
		w->h(d->identity, w->arg);
	}
	schedule(w);
}

static bool same_identity(struct le *le, void *arg)
{
	const struct watched *d = le->data;

	return !strcmp(d->identity, arg);
}

static struct watched *door_of(struct watch *w, char *identity)
{
	const uint32_t key = hash_joaat_str(identity);
	struct watched *d = list_ledata(hash_lookup(w->doors, key, same_identity, identity));

	if (d || w->n >= DOORS_MAX)
		return d;
	d = mem_zalloc(sizeof(*d), watched_destructor);
	if (!d)
		return NULL;
	str_ncpy(d->identity, identity, sizeof(d->identity));
	hash_append(w->doors, key, &d->he, d);
	w->n++;

	return d;
}

/* Does the door take this for a test that was heard?  (SUP-30) */
static bool is_test(const struct receiver_alarm *a)
{
	return a->alerte == ALERTE_TEST && a->identity[0] &&
	       (a->acknowledged || a->acks || a->result == RECEIVER_NO_FRAME || a->result == RECEIVER_NO_C ||
		a->result == RECEIVER_MESSAGE);
}

/**
 * An alarm came: if it is a test, the door's next one is due a period later.
 *
 * @param w Watch, NULL = none
 * @param a Alarm
 */
void watch_alarm(struct watch *w, const struct receiver_alarm *a)
{
	char identity[MESSAGE_IDENTITY];
	struct watched *d;

	if (!w || !is_test(a))
		return;
	str_ncpy(identity, a->identity, sizeof(identity));
	d = door_of(w, identity);
	if (!d)
		return;
	put(w, d, a->t_us + w->period_us + w->grace_us);
	schedule(w);
}

/**
 * Watch over the doors' cyclic tests.
 *
 * @param wp       Watch, written on success; mem_deref frees it
 * @param period_s Time from test to test [s]
 * @param grace_s  How much later a test may come [s]
 * @param h        Told of each test that did not come, and again a period later
 * @param arg      Its argument
 *
 * @return 0, ENOMEM
 */
int watch_alloc(struct watch **wp, unsigned period_s, unsigned grace_s, watch_h *h, void *arg)
{
	struct watch *w = mem_zalloc(sizeof(*w), watch_destructor);
	int err;

	if (!w)
		return ENOMEM;
	tmr_init(&w->tmr);
	w->period_us = period_s * SECOND_US;
	w->grace_us = grace_s * SECOND_US;
	w->h = h;
	w->arg = arg;
	err = hash_alloc(&w->doors, BUCKETS);
	if (err)
		mem_deref(w);
	else
		*wp = w;

	return err;
}
