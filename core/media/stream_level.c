/**
 * @file stream_level.c  Level of a leg, read off its code words: one table look-up a byte
 *
 * 0 dBm0 is 3.14 dB below a full-scale sine in A-law (ITU-T G.711 §4); the 0.03 dB that mu-law
 * differs is left out.
 */
#include <math.h>
#include <re.h>
#include <rem_g711.h>
#include "core/media/stream_priv.h"

#define FULL_SCALE_DBM0 3.14

static int16_t expand(enum audio_codec codec, uint8_t v)
{
	return codec == CODEC_PCMU ? g711_ulaw2pcm(v) : g711_alaw2pcm(v);
}

void level_tables(struct media *m)
{
	int c, i;

	for (c = 0; c < STREAM_LAWS; c++) {
		for (i = 0; i < 256; i++) {
			const int v = expand((enum audio_codec)c, (uint8_t)i);

			m->square[c][i] = (uint32_t)(v * v);
		}
	}
	m->silence[CODEC_PCMA] = g711_pcm2alaw(0);
	m->silence[CODEC_PCMU] = g711_pcm2ulaw(0);
}

void level_add(struct stream_level *l, const uint32_t square[256], const uint8_t *buf, size_t n)
{
	uint64_t a = 0, b = 0;
	size_t i;

	for (i = 0; i + 1 < n; i += 2) {
		a += square[buf[i]];
		b += square[buf[i + 1]];
	}
	if (i < n)
		a += square[buf[i]];
	l->sum += a + b;
	l->n += (uint32_t)n;
}

/* A codec without a table: its samples */
void level_pcm(struct stream_level *l, const int16_t *pcm, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		l->sum += (uint64_t)(pcm[i] * pcm[i]);
	l->n += (uint32_t)n;
}

void level_second(struct stream_level *l)
{
	l->sum_last = l->sum;
	l->n_last = l->n;
	l->sum = 0;
	l->n = 0;
}

double level_dbm0(const struct stream_level *l)
{
	const double full = 32768.0 * 32768.0 / 2.0;

	if (!l->n_last || !l->sum_last)
		return STREAM_SILENCE_DBM0;

	return 10.0 * log10((double)l->sum_last / l->n_last / full) + FULL_SCALE_DBM0;
}
