/**
 * @file join.h  Two frames of sound made into less than two (SIP-05)
 */
#ifndef MEDIA_JOIN_H
#define MEDIA_JOIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/port.h"

bool join_silent(const int16_t pcm[GAP_FRAME]);
size_t join_frames(int16_t pcm[2 * GAP_FRAME]);

#endif
