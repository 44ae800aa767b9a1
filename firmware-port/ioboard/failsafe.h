/**
 * @file failsafe.h  Relays may be driven only while a host is there (HIL-01, REL-04)
 *
 *     ms   0                                   480       500
 *          last heartbeat                      release   guaranteed released
 */
#ifndef IOBOARD_FAILSAFE_H
#define IOBOARD_FAILSAFE_H

#include <stdbool.h>
#include <stdint.h>
#include "../../hil/link.h"

#define FAILSAFE_SILENCE_US ((LINK_HEARTBEAT_MS - 20) * 1000u)

/** All zero, but for the cause: a board that has just started */
struct failsafe {
	bool armed;
	bool heard;                     /**< there has been a heartbeat */
	uint8_t cause;                  /**< enum link_cause: why it is not armed */
	uint64_t heard_us;              /**< last heartbeat [us] */
	uint64_t since_us;              /**< not armed since [us] */
	uint32_t count;                 /**< releases for want of a heartbeat */
};

void failsafe_heard(struct failsafe *f, uint64_t now_us);
bool failsafe_arm(struct failsafe *f, uint64_t now_us);
bool failsafe_fires(struct failsafe *f, uint64_t now_us);

#endif
