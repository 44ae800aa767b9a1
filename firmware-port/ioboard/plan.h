/**
 * @file plan.h  Edges of outputs that are to come (HIL-01)
 */
#ifndef IOBOARD_PLAN_H
#define IOBOARD_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include "edges.h"

#define PLAN_ROOM 80                    /* more than EDGES_ROOM: OVERFLOW can be provoked */
#define PLAN_NEVER UINT64_MAX

struct plan {
	struct edge e[PLAN_ROOM];       /**< latest first: the next one is at the end */
	unsigned n;
};

bool plan_add(struct plan *p, unsigned pin, bool level, uint64_t at_us);
bool plan_due(struct plan *p, struct edge *e, uint64_t now_us);
uint64_t plan_next(const struct plan *p);
void plan_drop(struct plan *p, unsigned pin);

#endif
