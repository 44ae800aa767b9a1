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
#define LANES 4                         /* a power of 2 */

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

/** Turn (x, y) by the angle whose cosine and sine are c and s */
static void turn(double *x, double *y, double c, double s)
{
	const double x1 = *x * c - *y * s;

	*y = *x * s + *y * c;
	*x = x1;
}

/** LANES points of the sine, one sample apart; c and s become those of LANES samples */
static void spread(double *x, double *y, double *c, double *s)
{
	size_t k;

	for (k = 1; k < LANES; k++) {
		x[k] = x[k - 1];
		y[k] = y[k - 1];
		turn(&x[k], &y[k], *c, *s);
	}
	for (k = 1; k < LANES; k *= 2)
		turn(c, s, *c, *s);
}

/** Fill a frame; within it the sine is LANES rotations side by side, so that no sine is computed a sample */
void tone_read(struct tone *t, int16_t *pcm, size_t n)
{
	double c = cos(t->step), s = sin(t->step), x[LANES], y[LANES];
	size_t i, k;

	if (t->amplitude <= 0) {
		memset(pcm, 0, n * sizeof(*pcm));
		return;
	}
	x[0] = t->amplitude * cos(t->phase);
	y[0] = t->amplitude * sin(t->phase);
	spread(x, y, &c, &s);
	for (i = 0; i < n; i += LANES) {
		for (k = 0; k < LANES && i + k < n; k++)
			pcm[i + k] = (int16_t)((int)(y[k] + 32768.5) - 32768);
		for (k = 0; k < LANES; k++)
			turn(&x[k], &y[k], c, s);
	}
	t->phase = fmod(t->phase + (double)n * t->step, 2.0 * M_PI);
}

void tone_hear(struct tone *t, const int16_t *pcm, size_t n)
{
	int64_t a = 0, b = 0;
	size_t i;

	for (i = 0; i + 1 < n; i += 2) {
		a += pcm[i] * pcm[i];
		b += pcm[i + 1] * pcm[i + 1];
	}
	if (i < n)
		a += pcm[i] * pcm[i];
	t->energy += 0.2 * ((double)(a + b) / (double)n - t->energy);
}

/** Level heard lately [dBm0] */
double tone_level(const struct tone *t)
{
	const double ref = PEAK_0DBM0 * PEAK_0DBM0 / 2.0;

	return t->energy > 1 ? 10.0 * log10(t->energy / ref) : SILENCE_DBM0;
}
