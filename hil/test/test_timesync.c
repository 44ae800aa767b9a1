/**
 * @file test_timesync.c  The board's clock told in host time: jitter, drift, restarts (HIL-01)
 */
#include "../timesync.h"
#include <check.h>
#include <errno.h>
#include <math.h>

Suite *suite(void);

#define EXCHANGE_US 100000

/** A board that is simulated: its true clock, and a line of uneven delay */
struct board {
	double start_us, rate;
	double jitter_us, least_us;
	uint64_t seed;
};

static double draw(struct board *b)
{
	b->seed = b->seed * 6364136223846793005u + 1442695040888963407u;
	return (double)(b->seed >> 40) / (double)(1 << 24);
}

/* most trips are quick, a few are very slow */
static double delay(struct board *b)
{
	const double d = draw(b);

	return b->least_us + b->jitter_us * d * d * d * d;
}

static uint64_t board_time(const struct board *b, double host_us)
{
	return (uint64_t)(b->start_us + host_us * b->rate);
}

static int exchange(struct timesync *ts, struct board *b, double *now_us)
{
	const double sent = *now_us, rx = sent + delay(b), tx = rx + 20, back = tx + delay(b);

	*now_us = sent + EXCHANGE_US;
	return timesync_add(ts, (uint64_t)sent, board_time(b, rx), board_time(b, tx),
	                    (uint64_t)ceil(back));
}

static void assert_within(const struct timesync *ts, const struct board *b, double host_us,
                          double most_us)
{
	uint64_t host, board;
	double error;

	ck_assert_int_eq(timesync_to_host(ts, &host, &error, board_time(b, host_us)), 0);
	ck_assert_double_le(fabs((double)host - host_us), error + 1);
	ck_assert_double_le(error, most_us);
	ck_assert_int_eq(timesync_to_board(ts, &board, &error, (uint64_t)host_us), 0);
	ck_assert_double_le(fabs((double)board - (double)board_time(b, host_us)), error + 2);
}

/* HIL-01: whatever jitter and drift, the truth lies within the uncertainty told */
START_TEST(truth_lies_within_the_uncertainty)
{
	static const double drifts[] = {0, 50e-6, -120e-6, 0.01, -0.01};
	static const double jitters[] = {10, 500, 20000};
	struct board b = {.start_us = 7e9, .rate = 1 + drifts[_i % 5], .jitter_us = jitters[_i / 5],
		.least_us = 30, .seed = (uint64_t)_i + 1};
	struct timesync ts = {.drift_most = fabs(drifts[_i % 5]) > 1e-3 ? 0.02 : 0};
	double now = 3e6;
	int k;

	for (k = 0; k < 600; ++k) {
		ck_assert_int_eq(exchange(&ts, &b, &now), 0);
		assert_within(&ts, &b, now, 1e6);
	}
	assert_within(&ts, &b, now, 100 + b.jitter_us / 10);
}
END_TEST

/* HIL-01: a drift of 50 ppm is found to a few ppm after 15 seconds of a quick line */
START_TEST(drift_is_found)
{
	struct board b = {
	        .start_us = 1e6, .rate = 1 + 50e-6, .jitter_us = 100, .least_us = 30, .seed = 9};
	struct timesync ts = {0};
	double now = 0;
	int k;

	for (k = 0; k < 200; ++k)
		ck_assert_int_eq(exchange(&ts, &b, &now), 0);
	ck_assert_double_le(fabs(ts.drift - 50e-6), 4e-6);
	ck_assert_double_le(fabs(ts.drift - 50e-6), ts.drift_error);
	ck_assert_double_le(ts.drift_error, 50e-6);
	assert_within(&ts, &b, now, 60);
}
END_TEST

/* HIL-01: the uncertainty grows while nothing is heard */
START_TEST(uncertainty_grows_in_silence)
{
	struct board b = {.start_us = 1e6, .rate = 1, .jitter_us = 50, .least_us = 30, .seed = 3};
	struct timesync ts = {0};
	double now = 0, soon = 0, late = 0;
	uint64_t host;
	int k;

	for (k = 0; k < 50; ++k)
		(void)exchange(&ts, &b, &now);
	ck_assert_int_eq(timesync_to_host(&ts, &host, &soon, board_time(&b, now)), 0);
	ck_assert_int_eq(timesync_to_host(&ts, &host, &late, board_time(&b, now + 3600e6)), 0);
	ck_assert_double_gt(late, soon + 1000);
}
END_TEST

/* HIL-01: of one slot the quickest exchange counts, slower ones do not spoil it */
START_TEST(quickest_trip_of_a_slot_is_kept)
{
	struct timesync ts = {0};

	ck_assert_int_eq(timesync_add(&ts, 1000, 501000, 501000, 1100), 0);
	ck_assert_int_eq(timesync_add(&ts, 2000, 502900, 502900, 3000), 0);
	ck_assert_uint_eq(ts.n, 1);
	ck_assert_uint_eq(ts.s[0].trip_us, 100);
	ck_assert_int_eq(timesync_add(&ts, 4000, 504005, 504005, 4010), 0);
	ck_assert_uint_eq(ts.n, 1);
	ck_assert_uint_eq(ts.s[0].trip_us, 10);
}
END_TEST

/* HIL-01: a board that starts again is noticed, and its new clock is used at once */
START_TEST(restart_of_the_board_is_noticed)
{
	struct board b = {.start_us = 9e9, .rate = 1, .jitter_us = 50, .least_us = 30, .seed = 4};
	struct timesync ts = {0};
	double now = 0;
	int k;

	for (k = 0; k < 100; ++k)
		ck_assert_int_eq(exchange(&ts, &b, &now), 0);
	b.start_us = -now;
	ck_assert_int_eq(exchange(&ts, &b, &now), ESTALE);
	ck_assert_uint_eq(ts.restarts, 1);
	ck_assert_int_eq(exchange(&ts, &b, &now), 0);
	assert_within(&ts, &b, now, 200);
}
END_TEST

/* HIL-01: times in an impossible order are refused and change nothing */
START_TEST(impossible_times_are_refused)
{
	struct timesync ts = {0};
	uint64_t t;
	double error;

	ck_assert_int_eq(timesync_to_host(&ts, &t, &error, 0), EAGAIN);
	ck_assert_int_eq(timesync_to_board(&ts, &t, &error, 0), EAGAIN);
	ck_assert_int_eq(timesync_add(&ts, 100, 5, 6, 99), EINVAL);
	ck_assert_int_eq(timesync_add(&ts, 100, 6, 5, 110), EINVAL);
	ck_assert_int_eq(timesync_add(&ts, 100, 5, 50, 110), EINVAL);
	ck_assert_uint_eq(ts.n, 0);
	ck_assert_int_eq(timesync_add(&ts, 100, 5, 6, 110), 0);
	ck_assert_int_eq(timesync_add(&ts, 50, 5, 6, 60), EINVAL);
	ck_assert_uint_eq(ts.n, 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("timesync");
	TCase *tc = tcase_create("timesync");

	tcase_add_loop_test(tc, truth_lies_within_the_uncertainty, 0, 15);
	tcase_add_test(tc, drift_is_found);
	tcase_add_test(tc, uncertainty_grows_in_silence);
	tcase_add_test(tc, quickest_trip_of_a_slot_is_kept);
	tcase_add_test(tc, restart_of_the_board_is_noticed);
	tcase_add_test(tc, impossible_times_are_refused);
	suite_add_tcase(s, tc);
	return s;
}
