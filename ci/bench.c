/**
 * @file bench.c  Figures of the program: a table for people, JSON for machines
 *
 *     bench IPGAP JSON
 *
 * A goal that is missed is said, and is no failure: the exit status is 1 only where something could
 * not be measured.  Each figure is the median of several runs, but for the suite, which runs once.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "bench.h"
#include "core/media/test/bench_dtmf.h"

enum figure_id {
	CALL_RATIO, CALL_RATIO_EVENTS, JITTER_RATIO, IDLE_S, SUITE_S, SUITE_N, START_MS, RSS_MIB, WEB_RATE, WEB_PAGE,
	WEB_LOST, WEB_RELAY, WEB_LOGIN, DTMF_SPEED, DTMF_ERRORS,
	CODEC_RATIO,                    /* the first of a row for each codec */
	FIGURES = CODEC_RATIO + CODEC_COUNT
};

struct figure {
	const char *name, *unit, *what;
	bool at_least;                  /**< the goal is a lower bound, else an upper one */
	double goal;
	double value;
	int err;
};

static struct figure figure[FIGURES] = {
	[CALL_RATIO] = {"virtual.call_ratio", "x", "10-minute call, digits listened for in the sound",
			true, 4000, 0, 0},
	[CALL_RATIO_EVENTS] = {"virtual.call_ratio_events", "x", "the same, digits by RFC 4733",
			true, 10000, 0, 0},
	[JITTER_RATIO] = {"media.jitter_ratio", "x", "cost of the first call with all sound waiting 60 ms",
			  false, 1.25, 0, 0},
	[IDLE_S] = {"virtual.idle7d_s", "s", "an idle door, 7 days", false, 0.1, 0, 0},
	[SUITE_S] = {"suite.seconds", "s", "all scenarios", false, 5, 0, 0},
	[SUITE_N] = {"suite.scenarios", "", "of them passed", true, 50, 0, 0},
	[START_MS] = {"run.start_ms", "ms", "exec to the answer of an OPTIONS", false, 200, 0, 0},
	[RSS_MIB] = {"run.rss_mib", "MiB", "memory of an idle door, headless", false, 40, 0, 0},
	[WEB_RATE] = {"web.requests_s", "/s", "requests of pages by wrk during a call (it aims at 500)", true, 450, 0, 0},
	[WEB_PAGE] = {"web.page_ms", "ms", "99 of 100 were answered by then, logins beside them", false, 100, 0, 0},
	[WEB_LOST] = {"web.call_lost", "", "RTP packets that the call lost meanwhile", false, 0, 0, 0},
	[WEB_RELAY] = {"web.relay_error_ms", "ms", "farthest a strike's hold was off meanwhile", false, 20, 0, 0},
	[WEB_LOGIN] = {"web.login_ms", "ms", "a login, its password hashed, meanwhile", false, 250, 0, 0},
	[DTMF_SPEED] = {"dtmf.speed_ratio", "x", "in-band detector, seconds heard a second",
			true, 10000, 0, 0},
	[DTMF_ERRORS] = {"dtmf.errors", "", "points of its sweep that were misheard",
			 false, 0, 0, 0},
};

/** Machine's time [s] */
double bench_clock_s(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);

	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_median(double *value, unsigned n)
{
	qsort(value, n, sizeof(*value), ascending);

	return value[n / 2];
}

static bool good(const struct figure *f)
{
	return !f->err && (f->at_least ? f->value >= f->goal : f->value <= f->goal);
}

static void print_row(const struct figure *f)
{
	char value[32], goal[32];

	(void)snprintf(value, sizeof(value), f->value >= 100 || f->value == (double)(long)f->value ?
		       "%.0f" : f->value < 0.001 ? "%.6f" : "%.3g", f->value);
	(void)snprintf(goal, sizeof(goal), "%s %g", f->at_least ? ">=" : "<=", f->goal);
	if (f->err)
		printf("%-26s %10s %-4s %-9s error   %s: %s\n", f->name, "-", f->unit, goal, f->what,
		       strerror(f->err));
	else
		printf("%-26s %10s %-4s %-9s %-7s %s\n", f->name, value, f->unit, goal,
		       good(f) ? "ok" : "missed", f->what);
	(void)fflush(stdout);
}

static void print_head(void)
{
	printf("%-26s %10s %-4s %-9s\n", "figure", "value", "", "goal");
}

/** Tell a figure that was just measured; err is its errno */
static void tell(enum figure_id id, double value, int err)
{
	figure[id].value = value;
	figure[id].err = err;
	print_row(&figure[id]);
}

static int write_json(const char *file)
{
	FILE *f = fopen(file, "w");
	size_t i;

	if (!f)
		return errno;
	fputs("[\n", f);
	for (i = 0; i < FIGURES; i++) {
		const struct figure *g = &figure[i];

		fprintf(f, "  {\"name\": \"%s\", \"value\": ", g->name);
		fprintf(f, g->err ? "null" : "%.6g", g->value);
		fprintf(f, ", \"unit\": \"%s\", \"goal\": \"%s %g\", \"ok\": %s}%s\n", g->unit,
			g->at_least ? ">=" : "<=", g->goal, good(g) ? "true" : "false",
			i + 1 < FIGURES ? "," : "");
	}
	fputs("]\n", f);

	return fclose(f) ? errno : 0;
}

static void web(const char *ipgap)
{
	double v[5] = {0};
	const int err = bench_web(v, ipgap);
	unsigned i;

	for (i = 0; i < 5; i++)
		tell(WEB_RATE + i, v[i], err);
}

static void outside(const char *ipgap, const char *keep)
{
	double a = 0, b = 0;
	int err = bench_start(&a, &b, ipgap);

	tell(START_MS, a, err);
	tell(RSS_MIB, b, err);
	web(ipgap);
	err = bench_suite(&a, &b, ipgap, keep);
	tell(SUITE_S, a, err);
	tell(SUITE_N, b, err);
}

/* Cost of encoding and decoding, as a multiple of PCMA's */
static void codecs(void)
{
	static char name[CODEC_COUNT][CODEC_NAME + 16];
	double pcma = 0, us = 0;
	int i, err = bench_codec(&pcma, CODEC_PCMA);

	for (i = 0; i < CODEC_COUNT; i++) {
		struct figure *f = &figure[CODEC_RATIO + i];

		(void)snprintf(name[i], sizeof(name[i]), "codec.%s_ratio", codec_table[i].name);
		*f = (struct figure) {name[i], "x", "cost of a frame, PCMA's is 1", false, 1000, 0, 0};
		if (!err)
			err = bench_codec(&us, (enum audio_codec)i);
		tell(CODEC_RATIO + (unsigned)i, us / pcma, err);
	}
}

static void inside(void)
{
	double v = 0, direct = 0;
	unsigned errors = 0, points = 0;
	int err = bench_call(&direct, true, 0);

	tell(CALL_RATIO, direct, err);
	err = bench_call(&v, false, 0);
	tell(CALL_RATIO_EVENTS, v, err);
	err = bench_call(&v, true, 60);
	tell(JITTER_RATIO, direct / v, err);
	err = bench_idle(&v);
	tell(IDLE_S, v, err);
	bench_call_close();
	err = bench_dtmf(&v, &errors, &points);
	tell(DTMF_SPEED, v, err);
	tell(DTMF_ERRORS, errors, err);
	codecs();
}

int main(int argc, char **argv)
{
	char keep[512];
	int i, err, st = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: bench IPGAP JSON\n");
		return 2;
	}
	(void)snprintf(keep, sizeof(keep), "%s.failures", argv[2]);
	print_head();
	outside(argv[1], keep);
	inside();
	for (i = 0; i < FIGURES; i++)
		st |= figure[i].err != 0;
	err = write_json(argv[2]);
	if (err) {
		fprintf(stderr, "bench: %s: %s\n", argv[2], strerror(err));
		st = 1;
	}

	return st;
}
