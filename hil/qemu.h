/**
 * @file qemu.h  A board in QEMU: its serial line, its pins seen and driven from outside (HIL-01)
 */
#ifndef HIL_QEMU_H
#define HIL_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define QEMU_PORTS 7                    /**< PL061 ports A to G of the LM3S6965 */
#define QEMU_EDGES 256                  /**< Edges seen from outside, not fetched yet */

/** An edge of the watched port, as QEMU says it */
struct qemu_edge {
	uint64_t t_us;                  /**< host time of its being read [us], CLOCK_MONOTONIC */
	unsigned bit;
	bool level;
};

struct qemu {
	pid_t pid;                      /**< 0 = it does not run */
	char address[32];               /**< of the serial line, for line_open(); read it all the time */
	int qtest, qmp;
	unsigned device[QEMU_PORTS];    /**< N of /machine/unattached/device[N] */
	char line[1024];                /**< of qtest, not taken yet */
	size_t n;
	struct qemu_edge edges[QEMU_EDGES];
	unsigned first, count;
	unsigned lost;                  /**< edges that found no room */
};

int  qemu_start(struct qemu *q, const char *elf, unsigned watch_port);
int  qemu_continue(struct qemu *q);
int  qemu_pause(struct qemu *q);
int  qemu_reset(struct qemu *q);
int  qemu_drive(struct qemu *q, uint8_t where, bool level);
int  qemu_tell(struct qemu *q, uint8_t where, bool level);
int  qemu_hear(struct qemu *q);
bool qemu_next(struct qemu *q, struct qemu_edge *e);
int  qemu_edge(struct qemu *q, struct qemu_edge *e, int timeout_ms);
void qemu_stop(struct qemu *q);

#endif
