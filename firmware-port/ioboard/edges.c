/**
 * @file edges.c  Edges on their way from the interrupts to the serial line (HIL-01)
 */
#include "edges.h"

static void lose(struct edges *q, unsigned pin, uint64_t at_us)
{
	if (!q->lost)
		q->lost_from_us = at_us;
	++q->lost;
	++q->lost_ever;
	q->lost_pins |= 1u << pin;
}

/**
 * Put an edge at the end, or count it as lost.
 *
 * @param q     Queue
 * @param pin   Pin, 0..31
 * @param level Level
 * @param at_us Time [us]
 */
void edges_put(struct edges *q, unsigned pin, bool level, uint64_t at_us)
{
	struct edge *e = &q->e[(q->first + q->n) % EDGES_ROOM];

	if (q->n == EDGES_ROOM) {
		lose(q, pin, at_us);
		return;
	}
	e->at_us = at_us;
	e->pin = (uint8_t)pin;
	e->level = level;
	++q->n;
}

/**
 * Take the oldest edge.
 *
 * @param q Queue
 * @param e Edge, written on success
 *
 * @return false = there is none
 */
bool edges_get(struct edges *q, struct edge *e)
{
	if (!q->n)
		return false;
	*e = q->e[q->first];
	q->first = (uint16_t)((q->first + 1) % EDGES_ROOM);
	--q->n;
	return true;
}

/** The lost edges have been told of: count anew. */
void edges_lost_taken(struct edges *q)
{
	q->lost = 0;
	q->lost_pins = 0;
}
