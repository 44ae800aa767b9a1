/**
 * @file slot.h  Weekly time slots: any set of the week's 672 quarter hours (SCH-01)
 *
 *     mon-fri 08:00-18:00, sat 09:00-12:15 14:00-18:00
 *
 * Plain C11, no allocation.
 */
#ifndef DOOR_SLOT_H
#define DOOR_SLOT_H

#include <stdbool.h>
#include <stdint.h>
#include "notice.h"
#include "text.h"

#define SLOT_QUARTERS 96                /**< of a day */
#define SLOT_BYTES 84                   /**< 7 * 96 bits, Monday 00:00 first, lowest bit first */

struct slot { uint8_t bits[SLOT_BYTES]; };

int slot_parse(struct slot *s, const char *text, enum notice_id *why);
void slot_put(struct text *t, const struct slot *s);
bool slot_has(const struct slot *s, unsigned weekday, unsigned quarter);

#endif
