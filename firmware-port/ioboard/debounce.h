/**
 * @file debounce.h  One input line that bounces (HIL-01, HW-01)
 *
 *     line      ___|'|_|''|_|'''''''''''''''''
 *               first      last    hold      accepted, with the time of the first change
 */
#ifndef IOBOARD_DEBOUNCE_H
#define IOBOARD_DEBOUNCE_H

#include <stdbool.h>
#include <stdint.h>

struct debounce {
	uint64_t first_us, last_us;     /**< first and last change since the line was stable [us] */
	uint32_t hold_us; /**< a line is stable that has not changed for so long [us] */
	uint32_t glitches;              /**< changes that came to nothing */
	bool stable, raw;               /**< level accepted, level last seen */
	bool moving;
};

void debounce_init(struct debounce *d, uint32_t hold_us, bool level);
void debounce_change(struct debounce *d, bool level, uint64_t at_us);
bool debounce_poll(struct debounce *d, uint64_t now_us);

#endif
