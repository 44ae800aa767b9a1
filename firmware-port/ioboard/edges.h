/**
 * @file edges.h  Edges on their way from the interrupts to the serial line (HIL-01)
 *
 * What finds no room is counted, with the time of the first and the pins: an edge is never lost
 * unsaid.
 */
#ifndef IOBOARD_EDGES_H
#define IOBOARD_EDGES_H

#include <stdbool.h>
#include <stdint.h>

#define EDGES_ROOM 64

struct edge {
	uint64_t at_us;
	uint8_t pin;
	uint8_t level;
};

struct edges {
	struct edge e[EDGES_ROOM];
	uint16_t first, n;
	uint32_t lost;                  /**< since edges_lost_taken() */
	uint32_t lost_pins;
	uint64_t lost_from_us;
	uint32_t lost_ever;
};

void edges_put(struct edges *q, unsigned pin, bool level, uint64_t at_us);
bool edges_get(struct edges *q, struct edge *e);
void edges_lost_taken(struct edges *q);

#endif
