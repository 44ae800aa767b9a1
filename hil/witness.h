/**
 * @file witness.h  What the board told of its outputs against what was seen at its pins (HIL-01)
 *
 * An emulator's pins, or a second board, see a board's outputs without its firmware.  Each edge told must
 * have been seen, and each edge seen must be told: the same levels of each pin in the same order, and none told
 * before it can have been.  Plain functions on one struct; no clock is read here.
 */
#ifndef HIL_WITNESS_H
#define HIL_WITNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WITNESS_PINS 6                  /**< RELAY1 to BEEP */
#define WITNESS_ROOM 64                 /**< edges of a pin that wait for their counterpart */
#define WITNESS_WAIT_US 1000000         /**< a counterpart comes within this time, or never */

/** An edge that waits for its counterpart */
struct witness_edge {
	uint64_t t_us;                  /**< host time [us] */
	double error_us;
	bool level;
};

struct witness_side {
	struct witness_edge e[WITNESS_ROOM];
	unsigned first, n;
};

/** All zero, and on: a witness that has seen nothing */
struct witness {
	struct witness_side told[WITNESS_PINS], seen[WITNESS_PINS];
	unsigned matched;               /**< edges found on both sides */
	bool on;
};

void witness_reset(struct witness *w, bool on);
void witness_forget(struct witness *w, unsigned pin);
int  witness_told(struct witness *w, unsigned pin, const struct witness_edge *e, char *text, size_t size);
int  witness_seen(struct witness *w, unsigned pin, const struct witness_edge *e, char *text, size_t size);
int  witness_overdue(struct witness *w, uint64_t now_us, char *text, size_t size);
bool witness_waits(const struct witness *w);

#endif
