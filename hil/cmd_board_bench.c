/**
 * @file cmd_board_bench.c  `ipgap board bench`: how quick a board is (HIL-01)
 *
 * A lit line is driven, not a relay: 4000 strokes would wear it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cmd_board.h"
#include "sim/cmd.h"

#define WINDOW 8                        /* edges on their way while edges a second are counted */

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int trips(struct board_run *r, uint64_t *trip)
{
	unsigned i;
	int err = 0;

	for (i = 0; i < r->args->count && !err; ++i) {
		const uint64_t before = hil_clock_us();
		struct board_edge e;

		err = board_set(r->board, LINK_PIN_LIT_CALL, !(i % 2));
		if (!err)
			err = board_run_edge(r, LINK_PIN_LIT_CALL, !(i % 2), CMD_BOARD_ANSWER_MS, &e);
		if (!err)
			trip[i] = e.seen_us - before;
	}
	return err;
}

/** As many edges as the link takes: WINDOW of them are always on their way */
static int stream(struct board_run *r, unsigned first, double *per_s)
{
	const uint64_t from = hil_clock_us();
	unsigned sent = 0, come;
	int err = 0;

	for (come = 0; come < r->args->count && !err; ++come) {
		for (; sent < r->args->count && sent < come + WINDOW && !err; ++sent)
			err = board_set(r->board, LINK_PIN_LIT_CALL, !((first + sent) % 2));
		if (!err)
			err = board_run_edge(r, LINK_PIN_LIT_CALL, !((first + come) % 2), CMD_BOARD_ANSWER_MS, NULL);
	}
	*per_s = r->args->count * 1e6 / (double)(hil_clock_us() - from + 1);
	return err;
}

static void say(const struct board_run *r, uint64_t *trip, double per_s)
{
	const unsigned n = r->args->count;

	qsort(trip, n, sizeof(*trip), by_size);
	(void)printf(r->args->json ? "{\"count\":%u,\"p50_us\":%llu,\"p90_us\":%llu,\"p99_us\":%llu,\"most_us\":%llu,"
	                             "\"uncertainty_us\":%.0f,\"edges_per_s\":%.0f}\n"
	                           : "SET to EDGE, %u times: p50 %llu us, p90 %llu us, p99 %llu us, most %llu us\n"
	                             "time sync: uncertainty %.0f us\nedges through the link: %.0f a second\n",
	             n, (unsigned long long)trip[n / 2], (unsigned long long)trip[(uint64_t)n * 90 / 100],
	             (unsigned long long)trip[(uint64_t)n * 99 / 100], (unsigned long long)trip[n - 1],
	             board_uncertainty_us(r), per_s);
}

/** Measure round trips. @return exit status */
int board_cmd_bench(struct board_run *r)
{
	uint64_t *trip = mem_zalloc(r->args->count * sizeof(*trip), NULL);
	double per_s = 0;
	int err = trip ? 0 : ENOMEM;

	if (!err)
		err = trips(r, trip);
	if (!err)
		err = stream(r, r->args->count, &per_s);
	if (!err)
		say(r, trip, per_s);
	else
		(void)fprintf(stderr, "ipgap board: %s\n", err == ECANCELED ? "ended before it was measured"
		              : r->troubles ? r->trouble : strerror(err));
	mem_deref(trip);
	return err ? CMD_FAILED : CMD_OK;
}
