/**
 * @file timesync.c  The board's clock told in host time, with the uncertainty (HIL-01)
 *
 *     host   sent -----------------> received     the board's times lie somewhere between the two:
 *     board        board_rx  board_tx       half the round trip is the most it is off
 *
 * Of each slot of a second the exchange with the lowest round trip is kept, 16 slots at most.  A
 * line is fitted through them, each weighted by 1 / trip^2: its height is the offset, its slope the
 * drift.
 */
#include "timesync.h"
#include <errno.h>
#include <math.h>
#include <string.h>

#define SPAN_FOR_DRIFT_US 2000000       /* below it a drift would be noise */
#define DRIFT_QUARTZ 200e-6             /* two quartzes, cold and old */
#define ROUNDING_US 1                   /* both clocks tell whole microseconds */
#define JUMP_US 2000 /* a contradiction larger than this is a board that started again */

/* Offset of a sample, relative to the first sample's so that doubles have room to spare */
static double offset_of(const struct timesync *ts, const struct timesync_sample *s)
{
	return (double)(int64_t)(s->board_us - ts->s[0].board_us) -
	       (double)(int64_t)(s->host_us - ts->s[0].host_us);
}

static double age_of(const struct timesync *ts, const struct timesync_sample *s)
{
	return (double)(int64_t)(s->host_us - ts->s[0].host_us);
}

static double line_at(const struct timesync *ts, double age_us)
{
	return ts->offset_us + ts->drift * age_us;
}

/* --- the fit --- */

static double weight(const struct timesync_sample *s)
{
	const double half = (double)s->trip_us / 2 + 1;

	return 1 / (half * half);
}

/** Weighted least squares: the line through (age, offset) */
static void fit_line(struct timesync *ts)
{
	double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0, x, y, k, det;
	size_t i;

	for (i = 0; i < ts->n; ++i) {
		k = weight(&ts->s[i]);
		x = age_of(ts, &ts->s[i]);
		y = offset_of(ts, &ts->s[i]);
		w += k;
		wx += k * x;
		wy += k * y;
		wxx += k * x * x;
		wxy += k * x * y;
	}
	det = w * wxx - wx * wx;
	ts->drift = 0;
	if (age_of(ts, &ts->s[ts->n - 1]) >= SPAN_FOR_DRIFT_US && det > 0)
		ts->drift = (w * wxy - wx * wy) / det;
	ts->offset_us = (wy - ts->drift * wx) / w;
}

static double drift_most(const struct timesync *ts)
{
	return ts->drift_most > 0 ? ts->drift_most : DRIFT_QUARTZ;
}

/** Two samples say how far off the slope may be: as much as their errors tilt it */
static double tilt(const struct timesync *ts)
{
	double least = drift_most(ts) + fabs(ts->drift);
	size_t i, j;

	for (j = 1; j < ts->n; ++j) {
		for (i = 0; i < j; ++i) {
			const double span = age_of(ts, &ts->s[j]) - age_of(ts, &ts->s[i]);

			if (span > 0)
				least = fmin(least, (ts->s[i].error_us + ts->s[j].error_us) / span);
		}
	}
	return least;
}

/** The truth lies within half a trip of each sample, so within that and its residual of the line */
static void fit_error(struct timesync *ts)
{
	size_t i;

	for (i = 0; i < ts->n; ++i) {
		struct timesync_sample *s = &ts->s[i];

		s->error_us = fabs(offset_of(ts, s) - line_at(ts, age_of(ts, s))) +
		              (double)s->trip_us / 2 + ROUNDING_US;
	}
	ts->drift_error = tilt(ts);
}

/** The sample that says it best, and what the drift may add on the way from there */
static double error_at(const struct timesync *ts, double age_us)
{
	double least = INFINITY;
	size_t i;

	for (i = 0; i < ts->n; ++i)
		least = fmin(least, ts->s[i].error_us +
		                            fabs(age_us - age_of(ts, &ts->s[i])) * ts->drift_error);
	return least;
}

/* --- the samples --- */

/** A sample no clock in step with the line could have given */
static int contradicts(const struct timesync *ts, const struct timesync_sample *s)
{
	double age, off;

	if (!ts->n)
		return 0;
	age = age_of(ts, s);
	off = fabs(offset_of(ts, s) - line_at(ts, age));
	return off > JUMP_US + error_at(ts, age) + (double)s->trip_us / 2;
}

static void keep(struct timesync *ts, const struct timesync_sample *s)
{
	struct timesync_sample *last = ts->n ? &ts->s[ts->n - 1] : NULL;

	if (last && s->host_us / TIMESYNC_SLOT_US == last->host_us / TIMESYNC_SLOT_US) {
		if (s->trip_us < last->trip_us)
			*last = *s;
		return;
	}
	if (ts->n == TIMESYNC_SLOTS)
		memmove(ts->s, ts->s + 1, --ts->n * sizeof(ts->s[0]));
	ts->s[ts->n++] = *s;
}

/**
 * Take one exchange of times.
 *
 * @param ts          Time sync
 * @param sent_us     Host time of sending [us]
 * @param board_rx_us Board time of receipt [us]
 * @param board_tx_us Board time of the reply [us]
 * @param received_us Host time of the reply's receipt [us], not before those taken already
 *
 * @return 0, EINVAL for times in the wrong order, ESTALE if the board's clock has started again:
 * what was known is forgotten, this exchange is the first of a new series
 */
int timesync_add(struct timesync *ts, uint64_t sent_us, uint64_t board_rx_us, uint64_t board_tx_us,
                 uint64_t received_us)
{
	const uint64_t host = received_us - sent_us, board = board_tx_us - board_rx_us;
	const struct timesync_sample s = {sent_us + host / 2, board_rx_us + board / 2, host - board,
	                                  0};
	int err = 0;

	if (received_us < sent_us || board_tx_us < board_rx_us || host < board)
		return EINVAL;
	if (ts->n && s.host_us < ts->s[ts->n - 1].host_us)
		return EINVAL;
	if (contradicts(ts, &s)) {
		ts->n = 0;
		++ts->restarts;
		err = ESTALE;
	}
	keep(ts, &s);
	fit_line(ts);
	fit_error(ts);
	return err;
}

/**
 * Board time to host time.
 *
 * @param ts       Time sync
 * @param host_us  Host time [us]
 * @param error_us How far off it may be, either way [us]
 * @param board_us Board time [us]
 *
 * @return 0, EAGAIN before the first exchange
 */
int timesync_to_host(const struct timesync *ts, uint64_t *host_us, double *error_us,
                     uint64_t board_us)
{
	double age;

	if (!ts->n)
		return EAGAIN;
	/* board age = age + offset + drift * age */
	age = ((double)(int64_t)(board_us - ts->s[0].board_us) - ts->offset_us) / (1 + ts->drift);
	*host_us = ts->s[0].host_us + (uint64_t)(int64_t)llround(age);
	/* the error is one of board time, told at an age that is off by it */
	*error_us = error_at(ts, age) / (1 - fmin(0.5, ts->drift_error + fabs(ts->drift)));
	return 0;
}

/**
 * Host time to board time.
 *
 * @param ts       Time sync
 * @param board_us Board time [us]
 * @param error_us How far off it may be, either way [us]
 * @param host_us  Host time [us]
 *
 * @return 0, EAGAIN before the first exchange
 */
int timesync_to_board(const struct timesync *ts, uint64_t *board_us, double *error_us,
                      uint64_t host_us)
{
	double age;

	if (!ts->n)
		return EAGAIN;
	age = (double)(int64_t)(host_us - ts->s[0].host_us);
	*board_us = ts->s[0].board_us + (uint64_t)(int64_t)llround(age + line_at(ts, age));
	*error_us = error_at(ts, age);
	return 0;
}
