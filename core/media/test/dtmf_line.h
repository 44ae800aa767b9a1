/**
 * @file dtmf_line.h  A telephone line for DTMF tests: sender, noise, G.711, detector (SIP-06)
 *
 * Each test program is one file, so these are inline. Noise is white up to 4,000 Hz, its power
 * measured against both tones together.
 */
#ifndef MEDIA_TEST_DTMF_LINE_H
#define MEDIA_TEST_DTMF_LINE_H

#include <math.h>
#include <string.h>
#include <re.h>
#include <rem_g711.h>

#include "core/media/dtmf.h"

#define LINE_0DBM0 22825.0      /* peak of a sine at 0 dBm0 */
#define LINE_HEARD 128

enum line_law { LINE_LINEAR, LINE_ALAW, LINE_ULAW };

struct line {
	enum line_law law;
	int level_dbm0;         /* louder tone */
	int twist_db;           /* high minus low */
	double snr_db;          /* 99: no noise */
	unsigned on_ms, off_ms;
	unsigned shift;         /* samples of silence first: the detector's phase */
	uint32_t seed;
	char heard[LINE_HEARD];
};

static inline double line_random(struct line *l)
{
	l->seed ^= l->seed << 13;
	l->seed ^= l->seed >> 17;
	l->seed ^= l->seed << 5;

	return l->seed / 4294967296.0;
}

/* normal, standard deviation 1 */
static inline double line_gauss(struct line *l)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += line_random(l);

	return sum;
}

static inline double line_noise_rms(const struct line *l)
{
	double a = LINE_0DBM0 * pow(10, l->level_dbm0 / 20.0);
	double b = a * pow(10, -abs(l->twist_db) / 20.0);

	return l->snr_db >= 99 ? 0 : sqrt((a * a + b * b) / 2 * pow(10, -l->snr_db / 10));
}

/* librem reads out of bounds at -32768 */
static inline int16_t line_code(enum line_law law, double x)
{
	int16_t pcm = (int16_t)lrint(fmax(-32767, fmin(32767, x)));

	switch (law) {
	case LINE_ALAW: return g711_alaw2pcm(g711_pcm2alaw(pcm));
	case LINE_ULAW: return g711_ulaw2pcm(g711_pcm2ulaw(pcm));
	default:        return pcm;
	}
}

static inline void line_disturb(struct line *l, double rms, int16_t *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pcm[i] = line_code(l->law, pcm[i] + (rms > 0 ? rms * line_gauss(l) : 0));
}

static inline void line_digit(char digit, void *arg)
{
	struct line *l = arg;
	size_t n = strlen(l->heard);

	if (n + 1 < LINE_HEARD)
		l->heard[n] = digit;
}

/* Send digits and 100 ms of noise over the line; l->heard is what came. 0, EINVAL, ENOMEM */
static inline int line_run(struct line *l, const char *digits)
{
	struct dtmf_tx *tx = NULL;
	struct dtmf_rx *rx = NULL;
	struct dtmf_step st;
	double rms = line_noise_rms(l);
	int err = dtmf_tx_alloc(&tx);

	memset(l->heard, 0, sizeof(l->heard));
	err = err ? err : dtmf_rx_alloc(&rx, line_digit, l);
	if (err)
		goto out;
	dtmf_tx_set(tx, true, false, l->level_dbm0, l->twist_db);
	err = dtmf_tx_queue(tx, digits, l->on_ms, l->off_ms);
	dtmf_rx_put(rx, (int16_t[160]){ 0 }, l->shift % 160);
	for (unsigned tail = 5; !err && (dtmf_tx_busy(tx) || tail--);) {
		int16_t pcm[160] = { 0 };

		dtmf_tx_step(tx, &st, pcm, 160, 0);
		line_disturb(l, rms, pcm, 160);
		dtmf_rx_put(rx, pcm, 160);
	}
 out:
	mem_deref(tx);
	mem_deref(rx);

	return err;
}

#endif
