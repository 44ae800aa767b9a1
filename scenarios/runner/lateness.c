/**
 * @file lateness.c  How late this host is (see lateness.h)
 */
#include "../../sim/vnet.h"
#include "lateness.h"

#define EVERY_MS 10

static void tick(void *arg)
{
	struct lateness *l = arg;
	const uint64_t now = vnet_now_us();

	if (now > l->due_us) {
		l->kept[l->n % LATENESS_KEPT].t_us = now;
		l->kept[l->n++ % LATENESS_KEPT].late_us = (uint32_t)(now - l->due_us);
	}
	l->due_us = now + EVERY_MS * 1000;
	tmr_start(&l->tmr, EVERY_MS, tick, l);
}

void lateness_start(struct lateness *l)
{
	l->n = 0;
	l->due_us = vnet_now_us() + EVERY_MS * 1000;
	tmr_start(&l->tmr, EVERY_MS, tick, l);
}

void lateness_stop(struct lateness *l)
{
	tmr_cancel(&l->tmr);
}

/** A stall that goes on now [us]; 0 where none does, or it began after to_us */
static uint32_t going_on(const struct lateness *l, uint64_t to_us)
{
	const uint64_t now = vnet_now_us();

	return tmr_isrunning(&l->tmr) && now > l->due_us && to_us >= l->due_us ? (uint32_t)(now - l->due_us) : 0;
}

/**
 * What the loop was late by, of a time: a stall counts for all of its length.
 *
 * @param from_us  Clock [us]
 * @param to_us    Clock [us]
 * @param least_us What sum_us counts: stalls of so much and more
 *
 * @return The longest stall, and their sum; one that goes on now is counted
 */
struct stalls lateness_stalls(const struct lateness *l, uint64_t from_us, uint64_t to_us, uint32_t least_us)
{
	const unsigned oldest = l->n > LATENESS_KEPT ? l->n - LATENESS_KEPT : 0;
	const uint32_t now = going_on(l, to_us);
	struct stalls s = {.most_us = now, .sum_us = now >= least_us ? now : 0};
	unsigned i;

	for (i = l->n; i > oldest; i--) {
		const uint64_t t = l->kept[(i - 1) % LATENESS_KEPT].t_us;
		const uint32_t late = l->kept[(i - 1) % LATENESS_KEPT].late_us;

		if (t < from_us)
			break;
		if (t - late > to_us)
			continue;
		if (late > s.most_us)
			s.most_us = late;
		if (late >= least_us)
			s.sum_us += late;
	}

	return s;
}
