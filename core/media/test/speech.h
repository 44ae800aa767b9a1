/**
 * @file speech.h  Speech for the DTMF detector's test: a WAV file resampled to 8,000 Hz (SIP-06)
 *
 * The ratio 22,050 to 8,000 is not whole, so librem's auresamp is no help: a windowed sinc of 24
 * input samples each side in 128 phases, cut off at 3,600 Hz. Each test program is one file, so
 * these are inline.
 */
#ifndef MEDIA_TEST_SPEECH_H
#define MEDIA_TEST_SPEECH_H

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <re.h>
#include <rem_au.h>
#include <rem_aufile.h>

#define SPEECH_HALF 24
#define SPEECH_PHASES 128
#define SPEECH_CUT_HZ 3600.0

struct speech { int16_t *pcm; size_t n; double rate; };         /* mono, pcm owned */
struct speech_filter { float tap[SPEECH_PHASES][2 * SPEECH_HALF]; };

static inline int speech_read(struct speech *wav, struct aufile *af, size_t bytes)
{
	size_t n;
	int err;

	wav->pcm = calloc(bytes + 8192, 1);
	if (!wav->pcm)
		return ENOMEM;
	wav->n = 0;
	do {
		n = 8192;
		err = aufile_read(af, (uint8_t *)(wav->pcm + wav->n), &n);
		wav->n += n / 2;
	} while (!err && n);

	return err;
}

static inline int speech_open(struct speech *wav, const char *path)
{
	struct aufile_prm prm;
	struct aufile *af = NULL;
	struct stat st;
	int err;

	wav->pcm = NULL;
	if (stat(path, &st))
		return errno;
	err = aufile_open(&af, &prm, path, AUFILE_READ);
	if (err)
		return err;
	wav->rate = (double)prm.srate;
	err = prm.channels == 1 && prm.fmt == AUFMT_S16LE ?
		speech_read(wav, af, (size_t)st.st_size) : EBADMSG;
	mem_deref(af);

	return err;
}

static inline void speech_filter_fill(struct speech_filter *f, double rate)
{
	double c = 2 * SPEECH_CUT_HZ / rate;

	for (unsigned p = 0; p < SPEECH_PHASES; p++) {
		for (int k = 0; k < 2 * SPEECH_HALF; k++) {
			double x = k - SPEECH_HALF + 1 - (p + 0.5) / SPEECH_PHASES;
			double w = 0.5 + 0.5 * cos(M_PI * x / SPEECH_HALF);

			f->tap[p][k] = (float)(w * sin(M_PI * c * x) / (M_PI * x));
		}
	}
}

static inline int16_t speech_at(const struct speech *wav, const struct speech_filter *f, double t)
{
	size_t first = (size_t)t - SPEECH_HALF + 1;
	const float *tap = f->tap[(unsigned)((t - floor(t)) * SPEECH_PHASES)];
	float sum = 0;

	for (size_t k = 0; k < 2 * SPEECH_HALF; k++)
		sum += (float)wav->pcm[first + k] * tap[k];

	return (int16_t)lrintf(fmaxf(-32767, fminf(32767, sum)));
}

/* the first and last 24 samples only feed the filter */
static inline int speech_resample(struct speech *sp, const struct speech *wav, double step)
{
	struct speech_filter *f = malloc(sizeof(*f));

	sp->rate = 8000;
	sp->n = (size_t)((double)(wav->n - 2 * SPEECH_HALF) / step);
	sp->pcm = malloc(sp->n * sizeof(*sp->pcm));
	if (f && sp->pcm) {
		speech_filter_fill(f, wav->rate);
		for (size_t i = 0; i < sp->n; i++)
			sp->pcm[i] = speech_at(wav, f, SPEECH_HALF + (double)i * step);
	}
	free(f);

	return f && sp->pcm ? 0 : ENOMEM;
}

/* path: WAV, 16 bits, mono; faster: 1.0 as recorded, 1.1 a tenth faster and higher;
 * 0, EBADMSG other format or shorter than a second, ENOMEM, the file's error; free sp->pcm */
static inline int speech_load(struct speech *sp, const char *path, double faster)
{
	struct speech wav = { NULL, 0, 0 };
	int err = speech_open(&wav, path);

	sp->pcm = NULL;
	if (!err)
		err = (double)wav.n < wav.rate ? EBADMSG :
		      speech_resample(sp, &wav, wav.rate * faster / 8000);
	free(wav.pcm);

	return err;
}

#endif
