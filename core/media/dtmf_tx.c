/**
 * @file dtmf_tx.c  DTMF sender: a queue of digits turned into steps of 20 ms (SIP-06, SUP-24)
 *
 * Borders of digits fall on any sample, packets on steps. Digits 1 2 at 50/40 ms, steps of 20 ms:
 *
 *     ms        0     20    40  50  60    80  90  100   120   140 150...
 *     in-band   1=============1.............2==================.......
 *     RFC 4733  1m,160 1,320 1end,400x3       2m,80 2,240 2,400 2end,...
 *     step      started      ended            started
 *
 * A packet carries the duration up to the end of its step, the end packets the exact one; all carry
 * the time-stamp of the digit's first sample. Tones rise and fall in 2 ms (raised cosine) inside
 * their on-time. Sound, packets, level and twist are taken over at the start of each digit.
 */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <re.h>
#include <spandsp.h>

#include "core/media/dtmf.h"

#define SAMPLES_MS 8u
#define RAMP 16u                /* 2 ms */
#define END_PACKETS 3u          /* RFC 4733 §2.5.1.4 */

struct item {
	char digit;
	unsigned on, off;       /* [samples] */
};

struct way {
	bool inband, events;
	int level_dbm0, twist_db;
};

struct dtmf_tx {
	struct item queue[DTMF_QUEUE];
	unsigned head, count;
	struct way set;         /* for the next digit */
	struct way now;         /* of the digit being sent */
	struct item cur;
	enum dtmf_tx_state state;
	unsigned pos;           /* samples of the state done */
	uint32_t ts_start;
	uint32_t phase[2];
	int32_t rate[2];
	float peak[2];
};

static const float low_hz[4]  = { 697.0f, 770.0f, 852.0f, 941.0f };
static const float high_hz[4] = { 1209.0f, 1336.0f, 1477.0f, 1633.0f };
static const char keypad[] = "123A456B789C*0#D";

/**
 * Allocate a sender: in-band off, RFC 4733 on, -8 dBm0 a tone, no twist.
 *
 * @param txp Sender, written on success; mem_deref frees it
 *
 * @return 0, ENOMEM
 */
int dtmf_tx_alloc(struct dtmf_tx **txp)
{
	struct dtmf_tx *tx = mem_zalloc(sizeof(*tx), NULL);

	if (!tx)
		return ENOMEM;

	dtmf_tx_set(tx, false, true, -8, 0);
	*txp = tx;

	return 0;
}

static bool time_ok(unsigned ms)
{
	return ms >= DTMF_TIME_MIN_MS && ms <= DTMF_TIME_MAX_MS;
}

/**
 * Queue digits behind those that wait.
 *
 * @param tx     Sender
 * @param digits One or more of 0-9 A-D * #
 * @param on_ms  Length of each tone [ms], 40..1000
 * @param off_ms Pause after each tone [ms], 40..1000
 *
 * @return 0, EINVAL (no or wrong digit, time out of range), ENOSPC (more than 64 would wait);
 *         on error nothing is queued
 */
int dtmf_tx_queue(struct dtmf_tx *tx, const char *digits, unsigned on_ms, unsigned off_ms)
{
	size_t n = digits ? strlen(digits) : 0;

	if (!n || !time_ok(on_ms) || !time_ok(off_ms))
		return EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (!dtmf_is_digit(digits[i]))
			return EINVAL;
	}
	if (n > DTMF_QUEUE - tx->count)
		return ENOSPC;

	for (size_t i = 0; i < n; i++) {
		struct item *it = &tx->queue[(tx->head + tx->count++) % DTMF_QUEUE];

		it->digit = digits[i];
		it->on    = on_ms * SAMPLES_MS;
		it->off   = off_ms * SAMPLES_MS;
	}
	return 0;
}

/**
 * Drop the digits that wait; a digit being sent falls silent within 2 ms, with its end packet and
 * its pause in the next steps.
 *
 * @param tx Sender
 */
void dtmf_tx_cancel(struct dtmf_tx *tx)
{
	tx->count = 0;
	if (tx->state == DTMF_TX_ON && tx->cur.on > tx->pos + RAMP)
		tx->cur.on = tx->pos + RAMP;
}

/**
 * Is anything being sent or waiting, the pause after the last digit included?
 *
 * @param tx Sender
 *
 * @return true while dtmf_tx_step has work
 */
bool dtmf_tx_busy(const struct dtmf_tx *tx)
{
	return tx->state != DTMF_TX_IDLE || tx->count > 0;
}

/**
 * Choose the ways and the level, from the next digit on.
 *
 * @param tx         Sender
 * @param inband     Tones in the sound
 * @param events     RFC 4733 packets
 * @param level_dbm0 Level of the louder tone [dBm0]; at -3 and below the sum cannot clip
 * @param twist_db   High tone minus low tone [dB]: the other tone is this much below
 *
 * With neither, steps still tell when digits start and end (SIP INFO). 0 dBm0 is the level at which
 * a full-scale sine is +3.14 dBm0 (G.711).
 */
void dtmf_tx_set(struct dtmf_tx *tx, bool inband, bool events, int level_dbm0, int twist_db)
{
	tx->set.inband     = inband;
	tx->set.events     = events;
	tx->set.level_dbm0 = level_dbm0;
	tx->set.twist_db   = twist_db;
}

static void tone_start(struct dtmf_tx *tx)
{
	ptrdiff_t key = strchr(keypad, tx->cur.digit) - keypad;
	int twist = tx->now.twist_db, level = tx->now.level_dbm0;

	tx->phase[0] = tx->phase[1] = 0;
	tx->rate[0] = dds_phase_ratef(low_hz[key / 4]);
	tx->rate[1] = dds_phase_ratef(high_hz[key % 4]);
	tx->peak[0] = dds_scaling_dbm0f((float)(twist > 0 ? level - twist : level));
	tx->peak[1] = dds_scaling_dbm0f((float)(twist < 0 ? level + twist : level));
}

static void digit_start(struct dtmf_tx *tx, struct dtmf_step *st, uint32_t ts)
{
	tx->cur   = tx->queue[tx->head];
	tx->head  = (tx->head + 1) % DTMF_QUEUE;
	tx->count--;
	tx->now   = tx->set;
	tx->state = DTMF_TX_ON;
	tx->pos   = 0;
	tx->ts_start = ts;
	tone_start(tx);
	st->started = tx->cur.digit;
}

/* a 2 ms raised cosine at both ends of the tone */
static float envelope(unsigned pos, unsigned on)
{
	unsigned edge = pos < on - 1 - pos ? pos : on - 1 - pos;

	if (edge >= RAMP)
		return 1.0f;

	return 0.5f - 0.5f * cosf((float)M_PI * ((float)edge + 0.5f) / (float)RAMP);
}

static int16_t to_pcm(float x)
{
	if (x > 32767.0f)
		return 32767;
	if (x < -32767.0f)
		return -32767;

	return (int16_t)lrintf(x);
}

static void tone_put(struct dtmf_tx *tx, int16_t *pcm, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		float x = dds_modf(&tx->phase[0], tx->rate[0], tx->peak[0], 0) +
			  dds_modf(&tx->phase[1], tx->rate[1], tx->peak[1], 0);

		pcm[i] = to_pcm(x * envelope(tx->pos + i, tx->cur.on));
	}
}

static void event_put(const struct dtmf_tx *tx, struct dtmf_step *st)
{
	int volume = -tx->now.level_dbm0;

	st->event      = true;
	st->marker     = st->started != '\0';
	st->ts_start   = tx->ts_start;
	st->p.event    = (uint8_t)dtmf_event(tx->cur.digit);
	st->p.end      = tx->pos == tx->cur.on;
	st->p.volume   = (uint8_t)(volume < 0 ? 0 : volume > 63 ? 63 : volume);
	st->p.duration = (uint16_t)tx->pos;
	st->repeat     = st->p.end ? END_PACKETS : 1;
}

/* n samples of the tone; its end opens the pause */
static void run_on(struct dtmf_tx *tx, struct dtmf_step *st, int16_t *pcm, unsigned n)
{
	if (tx->now.inband)
		tone_put(tx, pcm, n);
	tx->pos += n;
	if (tx->now.events)
		event_put(tx, st);
	if (tx->pos == tx->cur.on) {
		st->ended = tx->cur.digit;
		tx->state = DTMF_TX_OFF;
		tx->pos   = 0;
	}
}

/* n samples of the pause; its end makes way for the next digit */
static void run_off(struct dtmf_tx *tx, struct dtmf_step *st, int16_t *pcm, unsigned n)
{
	if (tx->now.inband)
		memset(pcm, 0, n * sizeof(*pcm));
	tx->pos += n;
	if (tx->pos == tx->cur.off) {
		tx->state = DTMF_TX_IDLE;
		st->done  = tx->count == 0;
	}
}

/* one stretch without a border; returns its length [samples], 0 when there is nothing to send */
static unsigned stretch(struct dtmf_tx *tx, struct dtmf_step *st, int16_t *pcm, unsigned room,
			uint32_t ts)
{
	unsigned left;

	if (tx->state == DTMF_TX_IDLE) {
		if (!tx->count)
			return 0;
		digit_start(tx, st, ts);
	}
	left = (tx->state == DTMF_TX_ON ? tx->cur.on : tx->cur.off) - tx->pos;
	if (left > room)
		left = room;
	if (tx->now.inband)
		st->tone = true;
	if (tx->state == DTMF_TX_ON)
		run_on(tx, st, pcm, left);
	else
		run_off(tx, st, pcm, left);

	return left;
}

/**
 * Send one step.
 *
 * @param tx  Sender
 * @param st  What to send, written whole
 * @param pcm Microphone's samples [n], mono, 8,000 Hz; in-band tones and pauses overwrite them.
 *            May be NULL while in-band is not chosen
 * @param n   Samples in the step: 160 for 20 ms, at most 320
 * @param ts  RTP time-stamp of pcm[0]
 *
 * Source: RFC 4733 §2.5.1, SIP-06; the file's head.
 */
void dtmf_tx_step(struct dtmf_tx *tx, struct dtmf_step *st, int16_t *pcm, size_t n, uint32_t ts)
{
	unsigned room = n < DTMF_STEP_MAX ? (unsigned)n : DTMF_STEP_MAX, done = 0, k = 1;

	memset(st, 0, sizeof(*st));
	while (done < room && k) {
		k = stretch(tx, st, pcm ? pcm + done : NULL, room - done, ts + done);
		done += k;
	}
}
