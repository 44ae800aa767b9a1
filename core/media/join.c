/**
 * @file join.c  Two frames of sound made into less than two, without a click (SIP-05)
 *
 * What is left out is one period of the sound, or several: the lag at which its first 10 ms look most like
 * what follows (least difference of magnitudes, 5 to 20 ms).  The first 10 ms fade over to their likeness.
 *
 *     in     |----fade----|--------------------------------|     40 ms
 *                  \lag
 *     out    |----fade----|---------------------|               40 ms less lag
 */
#include <stdlib.h>
#include <string.h>
#include "core/media/join.h"

#define SILENT (GAP_FRAME * 8200u)      /* sum of squares: -45 dBm0 */
#define FADE 80                         /* samples */
#define LAG_MIN 40

/**
 * Is it quiet enough to be left out unheard?
 *
 * @param pcm 20 ms
 *
 * @return true below -45 dBm0
 */
bool join_silent(const int16_t pcm[GAP_FRAME])
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < GAP_FRAME; i++)
		sum += (uint64_t)(pcm[i] * pcm[i]);

	return sum < SILENT;
}

static uint32_t difference(const int16_t *pcm, size_t lag)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < FADE; i++)
		sum += (uint32_t)abs(pcm[i] - pcm[i + lag]);

	return sum;
}

static size_t best_lag(const int16_t *pcm)
{
	uint32_t least = UINT32_MAX;
	size_t lag, best = GAP_FRAME;

	for (lag = GAP_FRAME; lag >= LAG_MIN; lag--) {
		const uint32_t d = difference(pcm, lag);

		if (d < least) {
			least = d;
			best = lag;
		}
	}

	return best;
}

/**
 * Leave out a part of two frames.
 *
 * @param pcm 40 ms, changed
 *
 * @return Samples that are left, 160 to 280
 */
size_t join_frames(int16_t pcm[2 * GAP_FRAME])
{
	const size_t lag = best_lag(pcm);
	int i;

	for (i = 0; i < FADE; i++)
		pcm[i] = (int16_t)((pcm[i] * (FADE - i) + pcm[(size_t)i + lag] * i) / FADE);
	memmove(pcm + FADE, pcm + FADE + lag, (2 * GAP_FRAME - FADE - lag) * sizeof(*pcm));

	return 2 * GAP_FRAME - lag;
}
