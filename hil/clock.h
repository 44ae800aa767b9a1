/**
 * @file clock.h  The host's clock of the board link (HIL-01)
 */
#ifndef HIL_CLOCK_H
#define HIL_CLOCK_H

#include <stdint.h>

uint64_t hil_clock_us(void);

#endif
