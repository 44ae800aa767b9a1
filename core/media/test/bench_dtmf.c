/**
 * @file bench_dtmf.c  In-band DTMF: errors over level, twist, noise and length; speed (SIP-06)
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "core/media/test/bench_dtmf.h"
#include "core/media/test/dtmf_line.h"

#define MIX_S 60                /* seconds of the listening mix, heard MIX_TURNS times */
#define MIX_TURNS 50
#define MIX_N (MIX_S * 8000)

static int point(struct line *l, unsigned *errors)
{
	static const char digits[] = "0123456789ABCD*#";
	int err = line_run(l, digits);

	if (!err && strcmp(l->heard, digits))
		(*errors)++;

	return err;
}

/* one level: 5 twists, 3 noises, 3 lengths, both laws */
static int level(struct line *l, unsigned *errors, unsigned *points)
{
	static const int twist_db[] = { -6, -4, -2, 0, 2 };
	static const double snr_db[] = { 12, 20, 99 };
	static const unsigned ms[] = { 40, 70, 100 };
	int err = 0;

	for (unsigned k = 0; !err && k < 5 * 3 * 3 * 2; k++) {
		l->twist_db = twist_db[k % 5];
		l->snr_db   = snr_db[k / 5 % 3];
		l->on_ms    = l->off_ms = ms[k / 15 % 3];
		l->law      = k / 45 ? LINE_ULAW : LINE_ALAW;
		l->shift   += 31;
		err = point(l, errors);
		(*points)++;
	}
	return err;
}

static int sweep(unsigned *errors, unsigned *points)
{
	struct line l = { .seed = 20260 };
	int err = 0;

	*errors = *points = 0;
	for (l.level_dbm0 = -3; !err && l.level_dbm0 >= -35; l.level_dbm0 -= 4)
		err = level(&l, errors, points);

	return err;
}

/* half speech-like: a voice of 20 harmonics whose pitch and loudness wander; half quiet noise */
static void mix_fill(int16_t *pcm)
{
	struct line rnd = { .seed = 7 };
	double phase = 0;

	for (size_t i = 0; i < MIX_N; i++) {
		double t = (double)i / 8000, x = 0;
		bool talks = fmod(t, 4) < 2;

		phase += 2 * M_PI * (130 + 40 * sin(3 * t)) / 8000;
		for (int k = 1; talks && k <= 20; k++)
			x += 1500.0 / k * sin(k * phase) * (1 + sin(5 * t + k));
		pcm[i] = line_code(LINE_ALAW, x + 12 * line_gauss(&rnd));
	}
}

static double cpu_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);

	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static double listen_ratio(struct dtmf_rx *rx, const int16_t *pcm)
{
	double start = cpu_s();

	for (unsigned turn = 0; turn < MIX_TURNS; turn++) {
		for (size_t i = 0; i < MIX_N; i += 160)
			dtmf_rx_put(rx, pcm + i, 160);
	}
	return MIX_TURNS * MIX_S / (cpu_s() - start);
}

static int speed(double *ratio)
{
	int16_t *pcm = malloc(MIX_N * sizeof(*pcm));
	struct dtmf_rx *rx = NULL;
	int err = pcm ? dtmf_rx_alloc(&rx, NULL, NULL) : ENOMEM;

	if (!err) {
		mix_fill(pcm);
		*ratio = listen_ratio(rx, pcm);
	}
	mem_deref(rx);
	free(pcm);

	return err;
}

/**
 * Measure the in-band detector.
 *
 * @param speed_ratio Seconds of sound heard in a second of CPU: half speech-like, half quiet noise
 * @param errors      Points at which not exactly the 16 digits sent were heard
 * @param points      Points: 9 levels x 5 twists x 3 noises x 3 lengths x 2 laws, 16 digits each
 *
 * @return 0, ENOMEM
 */
int bench_dtmf(double *speed_ratio, unsigned *errors, unsigned *points)
{
	int err = sweep(errors, points);

	return err ? err : speed(speed_ratio);
}
