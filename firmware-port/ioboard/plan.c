/**
 * @file plan.c  Edges of outputs that are to come (HIL-01)
 */
#include "plan.h"

/**
 * Add an edge; of two at the same time the one added first comes first.
 *
 * @param p     Plan
 * @param pin   Pin
 * @param level Level
 * @param at_us Time [us]
 *
 * @return false = no room
 */
bool plan_add(struct plan *p, unsigned pin, bool level, uint64_t at_us)
{
	unsigned i;

	if (p->n == PLAN_ROOM)
		return false;
	for (i = p->n; i > 0 && p->e[i - 1].at_us <= at_us; --i)
		p->e[i] = p->e[i - 1];
	p->e[i].at_us = at_us;
	p->e[i].pin = (uint8_t)pin;
	p->e[i].level = level;
	++p->n;
	return true;
}

/**
 * Take the next edge if its time has come.
 *
 * @param p      Plan
 * @param e      Edge, written on success
 * @param now_us Time [us]
 *
 * @return false = nothing is due
 */
bool plan_due(struct plan *p, struct edge *e, uint64_t now_us)
{
	if (!p->n || p->e[p->n - 1].at_us > now_us)
		return false;
	*e = p->e[--p->n];
	return true;
}

/** Time of the next edge [us], or PLAN_NEVER. */
uint64_t plan_next(const struct plan *p)
{
	return p->n ? p->e[p->n - 1].at_us : PLAN_NEVER;
}

/** Forget all edges of a pin. */
void plan_drop(struct plan *p, unsigned pin)
{
	unsigned i, n = 0;

	for (i = 0; i < p->n; ++i) {
		if (p->e[i].pin != pin)
			p->e[n++] = p->e[i];
	}
	p->n = n;
}
