/**
 * @file compare.c  `ipgap test --compare A,B`: one scenario on two rigs, edge by edge (HIL-01)
 *
 * The edges of each signal are paired in their order.  A board is there some time after the scenario's start:
 * times are counted from the first edge of each door.  Two edges are the same when their levels are, and when their
 * times are apart by no more than the tolerance and both uncertainties.  What comes after the end of the other run is
 * shown, and is no difference: in virtual time a script ends the moment it has seen enough.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "run.h"

#define NAME 64

/** One edge of one rig */
struct edge {
	char signal[NAME];
	int level;
	double t_s, error_s;            /**< since the first edge of its door */
	double end_s;                   /**< the end of the run, counted likewise */
	bool paired;
};

struct edges {
	struct edge *e;
	size_t n;
};

static size_t door_len(const char *signal)
{
	return strcspn(signal, ".");
}

static bool same_door(const char *a, const char *b)
{
	return door_len(a) == door_len(b) && !strncmp(a, b, door_len(a));
}

/** Count from each door's first edge */
static void shift(struct edges *l, double end_s)
{
	double *first = calloc(l->n + 1, sizeof(*first));
	size_t i, k;

	for (i = 0; first && i < l->n; i++) {
		first[i] = l->e[i].t_s;
		for (k = 0; k < i; k++)
			if (same_door(l->e[k].signal, l->e[i].signal))
				break;
		if (k < i)
			first[i] = first[k];
	}
	for (i = 0; first && i < l->n; i++) {
		l->e[i].t_s -= first[i];
		l->e[i].end_s = end_s - first[i];
	}
	free(first);
}

/** End of a run, counted from the first edge of a signal's door */
static double end_of(const struct edges *l, const char *signal)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (same_door(l->e[i].signal, signal))
			return l->e[i].end_s;

	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return (x->t_s > y->t_s) - (x->t_s < y->t_s);
}

static int take_edges(struct edges *l, const struct result *r)
{
	const char *text = r->edges, *p;
	size_t lines = 0;

	for (p = text; *p; p++)
		lines += *p == '\n';
	l->n = 0;
	l->e = calloc(lines + 1, sizeof(*l->e));
	if (!l->e)
		return ENOMEM;
	for (p = text; *p && l->n < lines; p += strcspn(p, "\n") + 1) {
		struct edge *e = &l->e[l->n];

		if (sscanf(p, "%63s %d %lf %lf", e->signal, &e->level, &e->t_s, &e->error_s) == 4)
			++l->n;
	}
	qsort(l->e, l->n, sizeof(*l->e), by_time);
	shift(l, r->sim_s);

	return 0;
}

static struct edge *counterpart(struct edges *l, const struct edge *e)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (!l->e[i].paired && !strcmp(l->e[i].signal, e->signal))
			return &l->e[i];

	return NULL;
}

/** other_end_s: the end of the run that lacks the edge */
static void row(const struct edge *a, const struct edge *b, double tolerance_s, double other_end_s, bool *differ)
{
	const struct edge *e = a ? a : b;
	char ta[24] = "-", tb[24] = "-";

	if (a)
		(void)snprintf(ta, sizeof(ta), "%.6f", a->t_s);
	if (b)
		(void)snprintf(tb, sizeof(tb), "%.6f", b->t_s);
	printf("  %-20s %-4s %14s %14s", e->signal, e->level ? "on" : "off", ta, tb);
	if (!a || !b) {
		*differ = e->t_s < other_end_s - tolerance_s;
		printf("  %s\n", !*differ ? "after the other's end" : a ? "only on the first rig" : "only on the second rig");
		return;
	}
	*differ = a->level != b->level || fabs(b->t_s - a->t_s) > tolerance_s + a->error_s + b->error_s;
	printf(" %+12.6f %10.6f%s\n", b->t_s - a->t_s, a->error_s + b->error_s,
	       a->level != b->level ? "  another level" : *differ ? "  apart" : "");
}

static size_t print_edges(struct edges *a, struct edges *b, double tolerance_s)
{
	size_t i, differ = 0;
	bool d;

	for (i = 0; i < a->n; i++) {
		struct edge *e = counterpart(b, &a->e[i]);

		if (e)
			e->paired = true;
		row(&a->e[i], e, tolerance_s, end_of(b, a->e[i].signal), &d);
		differ += d;
	}
	for (i = 0; i < b->n; i++) {
		if (b->e[i].paired)
			continue;
		row(NULL, &b->e[i], tolerance_s, end_of(a, b->e[i].signal), &d);
		differ += d;
	}

	return differ;
}

static int print_message(const char *rig, const struct result *r)
{
	if (r->verdict == VERDICT_PASS)
		return 0;
	printf("  on %s: %s: %s\n", rig, verdict_name(r->verdict), r->message);

	return 1;
}

/** @return -1 = skipped, else the number of differences */
static long compare_one(const struct run_opts o[2], const struct item *item)
{
	struct result r[2] = {{0}, {0}};
	struct edges a = {NULL, 0}, b = {NULL, 0};
	long differ = 0;
	int i, err = 0;

	for (i = 0; i < 2 && !err; i++)
		err = execute_job(&o[i], item, o[i].seed, &r[i]);
	printf("%s  (%s:%d)\n", item->name, item->file, item->line);
	if (err) {
		printf("  cannot be run: %s\n", strerror(err));
		differ = 1;
	}
	else if (r[0].verdict == VERDICT_SKIP || r[1].verdict == VERDICT_SKIP) {
		printf("  skipped: %s\n", r[r[0].verdict == VERDICT_SKIP ? 0 : 1].message);
		differ = -1;
	}
	else if (!take_edges(&a, &r[0]) && !take_edges(&b, &r[1])) {
		printf("  %-20s %-4s %14s %14s %12s %10s\n", "signal", "", o[0].rig_name, o[1].rig_name, "difference [s]",
		       "uncertain");
		differ = (long)print_edges(&a, &b, o->tolerance_s);
		differ += print_message(o[0].rig_name, &r[0]) + print_message(o[1].rig_name, &r[1]);
		printf("  %zu and %zu edges, %ld difference%s\n", a.n, b.n, differ, differ == 1 ? "" : "s");
	}
	free(a.e);
	free(b.e);
	execute_forget(&r[0]);
	execute_forget(&r[1]);
	(void)fflush(stdout);

	return differ;
}

static int two_rigs(struct run_opts o[2], const char *names, char text[2][512])
{
	const char *comma = strstr(names, ",board:");
	char err[512];
	int i;

	if (!comma)
		comma = strstr(names, ",sim");
	if (!comma || strlen(names) >= sizeof(text[0])) {
		fprintf(stderr, "ipgap test: --compare \"%s\": two rigs with a comma between, e.g. sim,board:qemu\n", names);
		return 2;
	}
	(void)snprintf(text[0], sizeof(text[0]), "%.*s", (int)(comma - names), names);
	(void)snprintf(text[1], sizeof(text[1]), "%s", comma + 1);
	for (i = 0; i < 2; i++) {
		o[i].rig_name = text[i];
		if (rig_parse(&o[i].rig, text[i], err, sizeof(err))) {
			fprintf(stderr, "ipgap test: --compare: %s\n", err);
			return 2;
		}
		o[i].real = o[i].rig.kind != RIG_SIM;
		o[i].keep = o[i].log = NULL;
	}

	return 0;
}

/**
 * Run every scenario of a suite on two rigs.
 *
 * @param opts Options; compare names the rigs
 * @param s    Suite
 *
 * @return Exit status: 0 the same edges, 1 some differ, 2 usage
 */
int compare_run(const struct run_opts *opts, const struct suite *s)
{
	struct run_opts o[2] = {*opts, *opts};
	char text[2][512];
	size_t i, same = 0, other = 0, skipped = 0;
	int st = two_rigs(o, opts->compare, text);

	if (st)
		return st;
	for (i = 0; i < s->n; i++) {
		const long d = compare_one(o, &s->item[i]);

		same += d == 0;
		other += d > 0;
		skipped += d < 0;
	}
	execute_close();
	printf("%zu the same, %zu different, %zu skipped; tolerance %.0f ms\n", same, other, skipped,
	       opts->tolerance_s * 1000);

	return other ? 1 : 0;
}
