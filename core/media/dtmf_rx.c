/**
 * @file dtmf_rx.c  In-band DTMF detector (SIP-06)
 *
 * Windows of 20 ms (Hann) start every 10 ms; in each the power of the 8 tones is found by
 * correlation. Two windows in a row (30 ms of sound) make a verdict:
 *
 *     ms      0    10    20    30    40    50    60    70    80    90
 *     tone    ==========================                       =====
 *     window    |=====1=====|                         1, 2 alone: the same strongest pair
 *                     |=====2=====|                   1 + 2: level, purity, twist: a digit
 *                           |..3..                    3 to 6: without it: ended
 *
 * So 40 ms of tone hold two whole windows at any phase, and 40 ms of pause spoil four; a lost
 * packet of 20 ms spoils three at most and does not make two digits of one.
 *
 * spandsp's dtmf_rx was measured first. Its two blocks of 12.75 ms must both pass alone, and its
 * square window lets a strong low tone leak into the neighbours of a weak high one: at 40/40 ms, a
 * twist of -6 dB and 12 dB of noise it lost a digit in most frames of 29 digits, this one in none.
 */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <re.h>

#include "core/media/dtmf.h"

#define HOP 80u                 /* 10 ms */
#define WINDOW 160u
#define TONES 8u
#define PEAK_0DBM0 22825.0      /* a sine at 0 dBm0: 32767 at +3.14 dBm0, G.711 */
#define LEAST_DBM0 -43.0        /* -35 dBm0, the other tone 6 dB below, and room for noise */
#define TWIST_MIN 0.126f        /* high to low, -9 dB: -6 dB and room for noise */
#define TWIST_MAX 3.16f         /* +5 dB: +2 dB and room for noise */
#define WINDOWS_OFF 4u          /* windows without the digit that end it */

typedef float vec __attribute__((vector_size(16), aligned(4)));

struct window {
	float tone[TONES];      /* energy of each tone */
	float all;              /* energy of the sound */
	char digit;             /* what this window alone looks like, or '\0' */
};

struct dtmf_rx {
	vec table[HOP][4];      /* second half of the window times cosine, times sine of 8 tones */
	float weight[WINDOW];
	float pcm[WINDOW];      /* the second half is being filled */
	size_t filled;
	float least;            /* energy of the weakest tone in one window */
	struct window last;
	char digit;             /* being heard, or '\0' */
	unsigned missing;       /* windows in a row without it */
	dtmf_digit_h *h;
	void *arg;
};

struct limits {
	float least;            /* of each tone, times rx->least */
	float purity;           /* the two tones' share of the sound */
	float peak;             /* strongest tone of a group to any other of it */
};

static const struct limits alone    = { 0.5f, 0.70f, 2.0f };
static const struct limits together = { 2.0f, 0.80f, 4.0f };

static void no_digit(char digit, void *arg)
{
	(void)digit;
	(void)arg;
}

/* phases count from the middle of the window: cosines are even there, sines odd */
static void table_row(struct dtmf_rx *rx, unsigned i, double gain)
{
	static const double hz[TONES] = { 697, 770, 852, 941, 1209, 1336, 1477, 1633 };

	for (unsigned k = 0; k < TONES; k++) {
		double a = 2 * M_PI * hz[k] * (i + 0.5) / 8000, w = gain * rx->weight[HOP + i];

		rx->table[i][k / 4][k % 4]     = (float)(w * cos(a));
		rx->table[i][2 + k / 4][k % 4] = (float)(w * sin(a));
	}
}

/* the gain makes a tone's correlation squared equal to its windowed energy */
static void table_fill(struct dtmf_rx *rx)
{
	double sum = 0, sum2 = 0, peak = PEAK_0DBM0 * pow(10, LEAST_DBM0 / 20);

	for (unsigned i = 0; i < WINDOW; i++) {
		double w = 0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / WINDOW);

		rx->weight[i] = (float)w;
		sum  += w;
		sum2 += w * w;
	}
	for (unsigned i = 0; i < HOP; i++)
		table_row(rx, i, sqrt(2 * sum2) / sum);
	rx->least = (float)(sum2 * peak * peak / 2);
}

/**
 * Allocate a detector (7 kB).
 *
 * @param rxp Detector, written on success; mem_deref frees it
 * @param h   Called from dtmf_rx_put with each digit; NULL: none
 * @param arg Its argument
 *
 * @return 0, ENOMEM
 */
int dtmf_rx_alloc(struct dtmf_rx **rxp, dtmf_digit_h *h, void *arg)
{
	struct dtmf_rx *rx = mem_zalloc(sizeof(*rx), NULL);

	if (!rx)
		return ENOMEM;

	rx->h   = h ? h : no_digit;
	rx->arg = arg;
	table_fill(rx);
	dtmf_rx_reset(rx);
	*rxp = rx;

	return 0;
}

static float energy(const struct dtmf_rx *rx)
{
	vec sum = { 0 }, x, w;

	for (unsigned i = 0; i < WINDOW; i += 4) {
		memcpy(&x, rx->pcm + i, sizeof(x));
		memcpy(&w, rx->weight + i, sizeof(w));
		x *= w;
		sum += x * x;
	}
	return sum[0] + sum[1] + sum[2] + sum[3];
}

/* folded about the window's middle: half the products */
static void correlate(const struct dtmf_rx *rx, struct window *w)
{
	vec sum[4] = { { 0 }, { 0 }, { 0 }, { 0 } };

	for (unsigned i = 0; i < HOP; i++) {
		float after = rx->pcm[HOP + i], before = rx->pcm[HOP - 1 - i];

		sum[0] += (after + before) * rx->table[i][0];
		sum[1] += (after + before) * rx->table[i][1];
		sum[2] += (after - before) * rx->table[i][2];
		sum[3] += (after - before) * rx->table[i][3];
	}
	for (unsigned k = 0; k < TONES; k++) {
		float c = sum[k / 4][k % 4], s = sum[2 + k / 4][k % 4];

		w->tone[k] = c * c + s * s;
	}
}

static unsigned strongest(const float group[4])
{
	unsigned best = 0;

	for (unsigned k = 1; k < 4; k++) {
		if (group[k] > group[best])
			best = k;
	}
	return best;
}

static bool stands_out(const float group[4], unsigned best, float peak)
{
	for (unsigned k = 0; k < 4; k++) {
		if (k != best && group[k] * peak > group[best])
			return false;
	}
	return true;
}

static char verdict(const struct window *w, const struct limits *lim, float least)
{
	unsigned row = strongest(w->tone), col = strongest(w->tone + 4);
	float low = w->tone[row], high = w->tone[4 + col];

	if (low < lim->least * least || high < lim->least * least)
		return '\0';
	if (low + high < lim->purity * w->all)
		return '\0';
	if (high < low * TWIST_MIN || high > low * TWIST_MAX)
		return '\0';
	if (!stands_out(w->tone, row, lim->peak) || !stands_out(w->tone + 4, col, lim->peak))
		return '\0';

	return "123A456B789C*0#D"[row * 4 + col];
}

static char verdict_together(const struct window *a, const struct window *b, float least)
{
	struct window sum = *a;

	if (!a->digit || a->digit != b->digit)
		return '\0';
	for (unsigned k = 0; k < TONES; k++)
		sum.tone[k] += b->tone[k];
	sum.all += b->all;

	return verdict(&sum, &together, least);
}

/* the digit being heard ends after four windows without it; any other digit ends it at once */
static void follow(struct dtmf_rx *rx, char now, char digit)
{
	rx->missing = now == rx->digit ? 0 : rx->missing + 1;
	if (rx->missing >= WINDOWS_OFF)
		rx->digit = '\0';
	if (!digit || digit == rx->digit)
		return;

	rx->digit   = digit;
	rx->missing = 0;
	rx->h(digit, rx->arg);
}

static void window_done(struct dtmf_rx *rx)
{
	struct window w = { .all = energy(rx) };
	char digit;

	if (w.all >= 2 * alone.least * rx->least) {
		correlate(rx, &w);
		w.digit = verdict(&w, &alone, rx->least);
	}
	digit = verdict_together(&rx->last, &w, rx->least);
	rx->last = w;
	follow(rx, w.digit, digit);
}

/**
 * Listen to received sound.
 *
 * @param rx  Detector
 * @param pcm Samples [n], mono, 8,000 Hz, borrowed for the call
 * @param n   Number of samples, any
 *
 * A digit is reported once, 30 to 40 ms after its start; 40 ms of pause or another digit end it.
 * Heard are tones from -43 to +3 dBm0, high minus low from -9 to +5 dB.
 */
void dtmf_rx_put(struct dtmf_rx *rx, const int16_t *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		rx->pcm[rx->filled++] = (float)pcm[i];
		if (rx->filled < WINDOW)
			continue;
		window_done(rx);
		memcpy(rx->pcm, rx->pcm + HOP, HOP * sizeof(*rx->pcm));
		rx->filled = HOP;
	}
}

/**
 * Is a digit being heard, or does it look like the beginning of one?
 *
 * @param rx Detector
 *
 * @return true: what comes next should not be changed
 */
bool dtmf_rx_hears(const struct dtmf_rx *rx)
{
	return rx->digit || rx->last.digit;
}

/**
 * Forget a half-heard digit, e.g. after the detector was muted while the door sent (SUP-24).
 *
 * @param rx Detector
 */
void dtmf_rx_reset(struct dtmf_rx *rx)
{
	memset(rx->pcm, 0, sizeof(rx->pcm));
	memset(&rx->last, 0, sizeof(rx->last));
	rx->filled  = HOP;
	rx->digit   = '\0';
	rx->missing = 0;
}
