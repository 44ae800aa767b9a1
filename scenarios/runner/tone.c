/**
 * @file tone.c  A sine to play and a level to measure (see tone.h)
 *
 * 0 dBm0 is a sine whose peak is 3.14 dB below full scale (ITU-T G.711).
 */
#include <math.h>
#include <string.h>
#include "../../core/port.h"
#include "tone.h"

#define PEAK_0DBM0 22826.0              /* 32768 / 10^(3.14/20) */
#define SILENCE_DBM0 (-96.0)

/**
 * Play a sine from now on.
 *
 * @param hz   Frequency [Hz], 0 = silence
 * @param dbm0 Level [dBm0]
 */
void tone_set(struct tone *t, double hz, double dbm0)
{
	t->amplitude = hz > 0 ? PEAK_0DBM0 * pow(10.0, dbm0 / 20.0) : 0;
	t->step = 2.0 * M_PI * hz / GAP_AUDIO_RATE;
}

/** Fill a frame; within it the sine is a rotation, so no sine is computed a sample */
void tone_read(struct tone *t, int16_t *pcm, size_t n)
{
	const double c = cos(t->step), s = sin(t->step);
	double x = t->amplitude * cos(t->phase), y = t->amplitude * sin(t->phase);
	size_t i;

	if (t->amplitude <= 0) {
		memset(pcm, 0, n * sizeof(*pcm));
		return;
	}
	for (i = 0; i < n; i++) {
		const double x1 = x * c - y * s;

		pcm[i] = (int16_t)lrint(y);
		y = x * s + y * c;
		x = x1;
	}
	t->phase = fmod(t->phase + (double)n * t->step, 2.0 * M_PI);
}

void tone_hear(struct tone *t, const int16_t *pcm, size_t n)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += (double)pcm[i] * pcm[i];
	t->energy += 0.2 * (sum / (double)n - t->energy);
}

/** Level heard lately [dBm0] */
double tone_level(const struct tone *t)
{
	const double ref = PEAK_0DBM0 * PEAK_0DBM0 / 2.0;

	return t->energy > 1 ? 10.0 * log10(t->energy / ref) : SILENCE_DBM0;
}
