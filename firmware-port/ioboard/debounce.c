/**
 * @file debounce.c  One input line that bounces (HIL-01, HW-01)
 */
#include "debounce.h"
#include <string.h>

/**
 * Begin with a stable line.
 *
 * @param d       Line
 * @param hold_us Time without a change that makes a level stable [us]
 * @param level   Its level
 */
void debounce_init(struct debounce *d, uint32_t hold_us, bool level)
{
	memset(d, 0, sizeof(*d));
	d->hold_us = hold_us;
	d->stable = d->raw = level;
}

/**
 * Tell of a change.
 *
 * @param d     Line
 * @param level Level after it; the one before when two changes came too fast to be told apart
 * @param at_us Time of the change [us]
 */
void debounce_change(struct debounce *d, bool level, uint64_t at_us)
{
	if (!d->moving)
		d->first_us = at_us;
	d->moving = true;
	d->raw = level;
	d->last_us = at_us;
}

/**
 * See whether the line has come to rest.
 *
 * @param d      Line
 * @param now_us Time [us]
 *
 * @return true = a new level, d->stable, since d->first_us
 */
bool debounce_poll(struct debounce *d, uint64_t now_us)
{
	if (!d->moving || now_us - d->last_us < d->hold_us)
		return false;
	d->moving = false;
	if (d->raw == d->stable) {
		++d->glitches;
		return false;
	}
	d->stable = d->raw;
	return true;
}
