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
	pid_t pid;
	int serial;                     /**< non-blocking; to be read all the time, see qemu.c */
	int qtest, qmp;
	unsigned device[QEMU_PORTS];    /**< N of /machine/unattached/device[N] */
	char line[256];                 /**< of qtest, not complete yet */
	size_t n;
	struct qemu_edge edges[QEMU_EDGES];
	unsigned first, count;
};

uint64_t qemu_now_us(void);
int  qemu_start(struct qemu *q, const char *elf, unsigned watch_port);
int  qemu_continue(struct qemu *q);
int  qemu_drive(struct qemu *q, uint8_t where, bool level);
int  qemu_edge(struct qemu *q, struct qemu_edge *e, int timeout_ms);
void qemu_stop(struct qemu *q);

#endif
