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

/**
 * The longest the loop was late at any moment of a time: a stall counts for all of its length.
 *
 * @param from_us Clock [us]
 * @param to_us   Clock [us]
 *
 * @return [us]; one that goes on now is counted
 */
uint32_t lateness_most_us(const struct lateness *l, uint64_t from_us, uint64_t to_us)
{
	const unsigned oldest = l->n > LATENESS_KEPT ? l->n - LATENESS_KEPT : 0;
	const uint64_t now = vnet_now_us();
	uint32_t most = 0;
	unsigned i;

	if (tmr_isrunning(&l->tmr) && now > l->due_us && to_us >= l->due_us)
		most = (uint32_t)(now - l->due_us);
	for (i = l->n; i > oldest; i--) {
		const uint64_t t = l->kept[(i - 1) % LATENESS_KEPT].t_us;
		const uint32_t late = l->kept[(i - 1) % LATENESS_KEPT].late_us;

		if (t < from_us)
			break;
		if (t - late <= to_us && late > most)
			most = late;
	}

	return most;
}
