/**
 * @file gain.c  Volume in percent, and the level of a frame (HW-07)
 *
 * The percentage is linear in amplitude: 80 % = unchanged, 100 % = +1.9 dB, 40 % = -6 dB, 0 % = silence.
 */
#include "gain.h"

#define LANES 8         /* samples the compiler takes at once */

/**
 * Scale a frame in place.
 *
 * @param pcm     Samples [n]
 * @param percent 0..100, GAIN_UNITY = unchanged
 */
void gain_apply(int16_t *pcm, size_t n, unsigned percent)
{
	size_t i;

	if (percent == GAIN_UNITY)
		return;
	for (i = 0; i < n; i++)
		pcm[i] = gain_clamp(pcm[i] * (int32_t)percent / GAIN_UNITY);
}

/**
 * Peak of a frame, for a meter.
 *
 * @return 0..1
 */
float gain_peak(const int16_t *pcm, size_t n)
{
	int16_t high[LANES] = {0}, low[LANES] = {0};
	int peak = 0;
	size_t i, k;

	for (i = 0; i + LANES <= n; i += LANES) {
		for (k = 0; k < LANES; k++) {
			high[k] = pcm[i + k] > high[k] ? pcm[i + k] : high[k];
			low[k] = pcm[i + k] < low[k] ? pcm[i + k] : low[k];
		}
	}
	for (; i < n; i++) {
		high[0] = pcm[i] > high[0] ? pcm[i] : high[0];
		low[0] = pcm[i] < low[0] ? pcm[i] : low[0];
	}
	for (k = 0; k < LANES; k++) {
		peak = high[k] > peak ? high[k] : peak;
		peak = -low[k] > peak ? -low[k] : peak;
	}

	return (float)peak / 32768.0f;
}
