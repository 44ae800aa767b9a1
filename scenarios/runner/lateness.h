/**
 * @file lateness.h  How late this host is, on the real clock: what a measured time may be wrong by (HIL-01)
 *
 * A timer that should come every 10 ms says when the event loop stood still.  In virtual time nothing is late.
 */
#ifndef RUNNER_LATENESS_H
#define RUNNER_LATENESS_H

#include <re.h>
#include <stdint.h>

#define LATENESS_KEPT 8192              /**< 80 s and more */

struct lateness {
	struct tmr tmr;
	uint64_t due_us;
	unsigned n;                     /**< ever */
	struct { uint64_t t_us; uint32_t late_us; } kept[LATENESS_KEPT];
};

struct stalls {
	uint32_t most_us;
	uint64_t sum_us;
};

void lateness_start(struct lateness *l);
void lateness_stop(struct lateness *l);
struct stalls lateness_stalls(const struct lateness *l, uint64_t from_us, uint64_t to_us, uint32_t least_us);

#endif
