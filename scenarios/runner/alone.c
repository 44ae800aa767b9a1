/**
 * @file alone.c  On the real clock, scenarios side by side take each other's time: what did not pass there is run
 * once more, alone, at the end (SCN-01)
 *
 * Its verdict is the one it gets alone; what it said beside the others is told with it, and stays in the reports.
 */
#include <stdlib.h>
#include <string.h>
#include "run.h"

/** Whether a result that is not a pass may have been the others' doing */
bool alone_may(const struct plan *p)
{
	return p->opts.real && p->opts.jobs > 1 && p->n > 1 && p->opts.alone;
}

static size_t count_bad(const struct plan *p)
{
	size_t i, n = 0;

	for (i = 0; i < p->n; i++)
		n += verdict_bad(p->job[i].result.verdict);

	return n;
}

/** Forget the result, but for its words */
static void again(struct job *j)
{
	j->beside = j->result.message;
	j->result.message = NULL;
	execute_forget(&j->result);
	j->done = false;
}

/**
 * Run alone, one after the other, what did not pass beside others.
 *
 * @param p   Plan, which has run; results are written anew
 * @param h   Called after each
 * @param arg Its argument
 *
 * @return 0, errno of fork() or pipe()
 */
int alone_run(struct plan *p, run_done_h *h, void *arg)
{
	const unsigned jobs = p->opts.jobs;
	const size_t bad = alone_may(p) ? count_bad(p) : 0;
	size_t i;
	int err;

	if (!bad)
		return 0;
	report_alone(p, bad);
	if (bad > p->opts.alone)
		return 0;
	for (i = 0; i < p->n; i++)
		if (verdict_bad(p->job[i].result.verdict))
			again(&p->job[i]);
	p->opts.jobs = 1;
	err = workers_run(p, h, arg);
	p->opts.jobs = jobs;

	return err;
}
