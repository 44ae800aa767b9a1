/**
 * @file clock.c  The host's clock of the board link (HIL-01)
 */
#include "clock.h"
#include <time.h>

/** Host time [us], CLOCK_MONOTONIC: never going back, and the program's own clock in real time. */
uint64_t hil_clock_us(void)
{
	struct timespec ts = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}
