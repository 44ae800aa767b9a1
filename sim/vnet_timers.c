/**
 * @file vnet_timers.c  libre's timers as a heap
 *
 * libre keeps its running timers in a sorted list and searches it from the end: each RTP timer of
 * 20 ms walks past every registration, session and transaction timer.  Fifty calls with ten such
 * timers each then cost four times as much.  Here the same timers, by the same four functions
 * (linker's --wrap), are a pairing heap (Fredman, Sedgewick, Sleator, Tarjan 1986) in the very
 * fields the list would use, so that nothing is allocated.  Order is the list's: by time, then by
 * start.  SIM-03.
 *
 * For libre 1.1.0 and 2.0.1, whose struct tmr is the same; one loop a process.
 */
#include <re.h>
#include <stddef.h>
#include <string.h>
#include "sim/vnet.h"

#ifdef tmr_start
#error "unknown libre: take the tmr_* names out of WRAPS and leave this file out"
#endif

void __wrap_tmr_start(struct tmr *t, uint64_t delay, tmr_h *th, void *arg);
void __wrap_tmr_cancel(struct tmr *t);
void __wrap_tmr_poll(struct list *tmrl);
uint64_t __wrap_tmr_next_timeout(struct list *tmrl);

/** 25 days would not fit the loop's int of milliseconds; waking up once a day costs nothing */
#define SLEEP_MAX_MS UINT64_C(86400000)

_Static_assert(offsetof(struct tmr, le) == 0, "a timer and its list element share an address");
_Static_assert(sizeof(struct le) == 4 * sizeof(void *), "prev, next, data, list");

static struct tmr *root;
static uintptr_t seq;
static unsigned running;

/* In a timer that runs: data = first child, next = next sibling, prev = previous one, or the first
 * one's parent; list = order of starting */
static struct tmr *child(const struct tmr *t)
{
	return t->le.data;
}

static struct tmr *sibling(const struct tmr *t)
{
	return (struct tmr *)t->le.next;
}

static bool before(const struct tmr *x, const struct tmr *y)
{
	return x->jfs != y->jfs ? x->jfs < y->jfs : (uintptr_t)x->le.list < (uintptr_t)y->le.list;
}

/* Two roots become one; either may be NULL */
static struct tmr *meld(struct tmr *x, struct tmr *y)
{
	struct tmr *up, *down;

	if (!x || !y)
		return x ? x : y;

	up = before(x, y) ? x : y;
	down = up == x ? y : x;

	down->le.next = up->le.data;
	if (down->le.next)
		down->le.next->prev = &down->le;
	down->le.prev = &up->le;
	up->le.data = down;
	up->le.prev = up->le.next = NULL;

	return up;
}

/* A row of siblings becomes one root: in pairs from the left, then all from the right */
static struct tmr *meld_row(struct tmr *row)
{
	struct tmr *pairs = NULL, *all = NULL;

	while (row) {
		struct tmr *x = row, *y = sibling(row);

		row = y ? sibling(y) : NULL;
		x = meld(x, y);
		x->le.next = (struct le *)pairs;
		pairs = x;
	}
	while (pairs) {
		struct tmr *x = pairs;

		pairs = sibling(x);
		x->le.prev = x->le.next = NULL;
		all = meld(all, x);
	}

	return all;
}

static void take_out(struct tmr *t)
{
	struct tmr *below = meld_row(child(t));
	struct tmr *prev = (struct tmr *)t->le.prev;

	if (t == root) {
		root = below;
	}
	else {
		if (child(prev) == t)
			prev->le.data = sibling(t);
		else
			prev->le.next = t->le.next;
		if (t->le.next)
			t->le.next->prev = t->le.prev;
		root = meld(root, below);
	}

	memset(&t->le, 0, sizeof(t->le));
	--running;
}

/** @return Timers of libre that run; after a scenario has ended, those it forgot */
unsigned vnet_timers(void)
{
	return running;
}

void __wrap_tmr_start(struct tmr *t, uint64_t delay, tmr_h *th, void *arg)
{
	if (!t)
		return;

	if (t->th)
		take_out(t);
	t->th = th;
	t->arg = arg;
	if (!th)
		return;

	t->jfs = tmr_jiffies() + delay;
	memset(&t->le, 0, sizeof(t->le));
	t->le.list = (void *)seq++;
	root = meld(root, t);
	++running;
}

void __wrap_tmr_cancel(struct tmr *t)
{
	__wrap_tmr_start(t, 0, NULL, NULL);
}

void __wrap_tmr_poll(struct list *tmrl)
{
	const uint64_t now = tmr_jiffies();

	(void)tmrl;

	while (root && root->jfs <= now) {
		struct tmr *t = root;
		tmr_h *th = t->th;
		void *arg = t->arg;

		take_out(t);
		t->th = NULL;
		th(arg);
	}
}

uint64_t __wrap_tmr_next_timeout(struct list *tmrl)
{
	const uint64_t now = tmr_jiffies();

	(void)tmrl;

	if (!root)
		return 0;
	if (root->jfs <= now)
		return 1;

	return root->jfs - now < SLEEP_MAX_MS ? root->jfs - now : SLEEP_MAX_MS;
}
