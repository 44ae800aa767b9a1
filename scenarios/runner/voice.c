/**
 * @file voice.c  A voice made by number (see voice.h)
 *
 * Pulses of vocal cords at 95 to 160 Hz pass three resonators that move from vowel to vowel, four
 * syllables a second with a breath between them.  No recording is needed, every run has the same voice,
 * and its harmonics meet the tones of DTMF as those of a person do.
 */
#include <math.h>
#include "../../core/port.h"
#include "voice.h"

#define SYLLABLE 2000                   /* samples: 250 ms */
#define PEAK_0DBM0 22826.0
#define GAIN 0.64                       /* makes the level of the loud half what was asked; test_voice.c measures it */

static const double vowel[][3] = {      /* formants [Hz] of a, e, i, o, u */
	{730, 1090, 2440}, {530, 1840, 2480}, {270, 2290, 3010}, {570, 840, 2410}, {300, 870, 2240},
};

/**
 * Speak from now on.
 *
 * @param dbm0 Level of the loud half of a syllable [dBm0]; -60 and below = silent
 */
void voice_set(struct voice *v, double dbm0)
{
	v->amplitude = dbm0 > -60 ? PEAK_0DBM0 * pow(10.0, dbm0 / 20.0) * GAIN : 0;
}

static double resonate(double y[2], double x, double hz)
{
	const double r = 0.97, w = 2 * M_PI * hz / GAP_AUDIO_RATE;
	const double out = x + 2 * r * cos(w) * y[0] - r * r * y[1];

	y[1] = y[0];
	y[0] = out;

	return out;
}

static double sample(struct voice *v)
{
	const uint64_t syllable = v->pos / SYLLABLE;
	const double at = (double)(v->pos % SYLLABLE) / SYLLABLE;
	const double *f = vowel[(syllable * 7 + syllable / 5) % 5];
	const double hz = 127 + 32 * sin(2 * M_PI * (double)v->pos / 9100);
	const double loud = at < 0.8 ? sin(M_PI * at / 0.8) : 0;
	double x = 0, out = 0;
	int i;

	v->phase += hz / GAP_AUDIO_RATE;
	if (v->phase >= 1) {
		v->phase -= 1;
		x = 1;
	}
	for (i = 0; i < 3; i++)
		out += resonate(v->y[i], x, f[i]) / (1 + i);
	v->pos++;

	return out * loud;
}

/** Add the voice to a frame */
void voice_add(struct voice *v, int16_t *pcm, size_t n)
{
	size_t i;

	for (i = 0; i < n && v->amplitude > 0; i++) {
		const double x = pcm[i] + v->amplitude * sample(v);

		pcm[i] = (int16_t)fmax(-32767, fmin(32767, x));
	}
}
