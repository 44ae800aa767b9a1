/**
 * @file gain.h  Volume in percent, and the level of a frame (HW-07)
 */
#ifndef MEDIA_GAIN_H
#define MEDIA_GAIN_H

#include <stddef.h>
#include <stdint.h>

#define GAIN_UNITY 80                   /**< percent at which sound passes unchanged */

/** A sum of samples as one: what is too loud is cut */
static inline int16_t gain_clamp(int32_t v)
{
	return (int16_t)(v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v);
}

void gain_apply(int16_t *pcm, size_t n, unsigned percent);
float gain_peak(const int16_t *pcm, size_t n);

#endif
