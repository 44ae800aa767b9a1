/**
 * @file worker.c  Scenarios in worker processes: a crash or a hang costs one scenario, not the run
 *
 * A worker takes job numbers from its pipe and answers each with a line of length-prefixed fields.  A
 * worker that dies or stays silent for limit_s fails its job and is replaced.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "run.h"

struct worker {
	pid_t pid;
	int in, out;                    /**< job numbers to it, results from it */
	long job;                       /**< -1 = idle */
	double since_s;
};

enum { TEXTS = 5 };                     /* message, folder, timings, seen, peer */

/** A result on the wire; its texts follow */
struct wire {
	uint32_t verdict, tries, n[TEXTS];
	uint64_t seed;
	double sim_s, wall_s;
};

/** Machine time, never going back [s] */
double run_clock_s(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);

	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int full_read(int fd, void *buf, size_t n)
{
	char *p = buf;

	while (n) {
		const ssize_t got = read(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return EPIPE;
		p += got;
		n -= (size_t)got;
	}

	return 0;
}

static int full_write(int fd, const void *buf, size_t n)
{
	const char *p = buf;

	while (n) {
		const ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return EPIPE;
		p += put;
		n -= (size_t)put;
	}

	return 0;
}

static int send_result(int fd, const struct result *r)
{
	const char *text[TEXTS] = {r->message, r->folder, r->timings, r->seen, r->peer};
	struct wire w = {.verdict = (uint32_t)r->verdict, .tries = r->tries, .seed = r->seed, .sim_s = r->sim_s,
			 .wall_s = r->wall_s};
	int err, i;

	for (i = 0; i < TEXTS; i++)
		w.n[i] = text[i] ? (uint32_t)strlen(text[i]) : 0;
	err = full_write(fd, &w, sizeof(w));
	for (i = 0; i < TEXTS && !err; i++)
		err = full_write(fd, text[i], w.n[i]);

	return err;
}

static char *read_text(int fd, uint32_t n)
{
	char *s = calloc(1, (size_t)n + 1);

	if (s && full_read(fd, s, n)) {
		free(s);
		s = NULL;
	}

	return s;
}

static int read_result(int fd, struct result *r)
{
	char **const text[TEXTS] = {&r->message, &r->folder, &r->timings, &r->seen, &r->peer};
	struct wire w;
	int i;

	if (full_read(fd, &w, sizeof(w)))
		return EPIPE;
	for (i = 0; i < TEXTS; i++)
		if (w.n[i] > 1 << 20)
			return EPIPE;
	r->verdict = (enum verdict)w.verdict;
	r->seed = w.seed;
	r->sim_s = w.sim_s;
	r->wall_s = w.wall_s;
	for (i = 0; i < TEXTS; i++) {
		*text[i] = read_text(fd, w.n[i]);
		if (!*text[i])
			return EPIPE;
	}
	r->tries = w.tries;

	return 0;
}

static void serve(const struct plan *p, int in, int out)
{
	uint32_t i;

	while (!full_read(in, &i, sizeof(i)) && i < p->n) {
		struct result r;
		const int err = execute_job(&p->opts, p->job[i].item, p->job[i].seed, &r);

		if (err) {
			r.verdict = VERDICT_FAIL;
			r.message = strdup(strerror(err));
		}
		if (send_result(out, &r))
			break;
		execute_forget(&r);
	}
	execute_close();
}

static void close_all(struct worker *w, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		if (w[i].pid <= 0)
			continue;
		(void)close(w[i].in);
		(void)close(w[i].out);
	}
}

static int spawn(struct plan *p, struct worker *all, unsigned n, struct worker *w)
{
	int in[2], out[2];

	if (pipe(in) || pipe(out))
		return errno;
	(void)fflush(NULL);
	w->pid = fork();
	if (w->pid < 0)
		return errno;
	if (!w->pid) {
		w->pid = -1;
		close_all(all, n);
		(void)close(in[1]);
		(void)close(out[0]);
		serve(p, in[0], out[1]);
		exit(0);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	w->in = in[1];
	w->out = out[0];
	w->job = -1;

	return 0;
}

/** Real time takes as long as the scenario says at the most; on the virtual clock what is silent hangs */
static double limit_s(const struct plan *p, const struct worker *w)
{
	const double item_s = p->job[w->job].item->timeout_s * (p->opts.retry + 1) + 30;

	return p->opts.real && item_s > p->opts.limit_s ? item_s : p->opts.limit_s;
}

static void lost(struct plan *p, const struct worker *w, const char *how)
{
	struct result *r = &p->job[w->job].result;

	r->verdict = VERDICT_FAIL;
	r->seed = p->job[w->job].seed;
	r->message = strdup(how);
	r->folder = strdup("");
}

/** The worker ended by itself, or is ended: say how */
static void bury(struct plan *p, struct worker *w, bool hung)
{
	char text[160];
	int st = 0;

	if (hung)
		(void)kill(w->pid, SIGKILL);
	(void)close(w->in);
	(void)waitpid(w->pid, &st, 0);
	(void)close(w->out);
	w->pid = 0;
	if (w->job < 0)
		return;
	if (hung)
		(void)snprintf(text, sizeof(text), "no end after %.0f s of machine time (an endless loop?)",
			       limit_s(p, w));
	else if (WIFSIGNALED(st))
		(void)snprintf(text, sizeof(text), "the program crashed: %s", strsignal(WTERMSIG(st)));
	else
		(void)snprintf(text, sizeof(text), "the worker left with exit status %d", WEXITSTATUS(st));
	lost(p, w, text);
}

/** Pass over what is done; true = there is one more */
static bool more_jobs(const struct plan *p, size_t *next)
{
	while (*next < p->n && p->job[*next].done)
		++*next;

	return *next < p->n;
}

static void finish(struct plan *p, struct worker *w, run_done_h *h, void *arg)
{
	const size_t i = (size_t)w->job;

	p->job[i].done = true;
	w->job = -1;
	h(p, i, arg);
}

static int feed(struct plan *p, struct worker *all, unsigned n, size_t *next)
{
	unsigned k;

	for (k = 0; k < n && more_jobs(p, next); k++) {
		struct worker *w = &all[k];
		uint32_t i;

		if (w->pid > 0 && w->job >= 0)
			continue;
		if (w->pid <= 0 && spawn(p, all, n, w))
			return errno;
		i = (uint32_t)(*next)++;
		w->job = (long)i;
		w->since_s = run_clock_s();
		(void)full_write(w->in, &i, sizeof(i));
	}

	return 0;
}

static void collect(struct plan *p, struct worker *w, short revents, run_done_h *h, void *arg)
{
	if (revents && w->job >= 0) {
		if (read_result(w->out, &p->job[w->job].result))
			bury(p, w, false);
		finish(p, w, h, arg);
	}
	else if (w->job >= 0 && run_clock_s() - w->since_s > limit_s(p, w)) {
		bury(p, w, true);
		finish(p, w, h, arg);
	}
}

static void wait_any(struct plan *p, struct worker *w, unsigned n, run_done_h *h, void *arg)
{
	struct pollfd fd[256];
	unsigned i;

	for (i = 0; i < n; i++) {
		fd[i].fd = w[i].pid > 0 && w[i].job >= 0 ? w[i].out : -1;
		fd[i].events = POLLIN;
		fd[i].revents = 0;
	}
	(void)poll(fd, n, 200);
	for (i = 0; i < n; i++)
		collect(p, &w[i], fd[i].revents, h, arg);
}

static bool working(const struct worker *w, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (w[i].pid > 0 && w[i].job >= 0)
			return true;

	return false;
}

/**
 * Run all jobs of a plan in opts.jobs processes.
 *
 * @param p   Plan; the jobs' results are written
 * @param h   Called after each
 * @param arg Its argument
 *
 * @return 0, errno of fork() or pipe()
 */
int workers_run(struct plan *p, run_done_h *h, void *arg)
{
	struct worker w[256] = {{0}};
	const unsigned n = p->opts.jobs < p->n ? p->opts.jobs : (unsigned)p->n;
	size_t next = 0;
	unsigned i;
	int err;

	(void)signal(SIGPIPE, SIG_IGN);
	do {
		err = feed(p, w, n, &next);
		if (working(w, n))
			wait_any(p, w, n, h, arg);
	} while (!err && (more_jobs(p, &next) || working(w, n)));

	for (i = 0; i < n; i++) {
		if (w[i].pid > 0) {
			w[i].job = -1;
			bury(p, &w[i], false);
		}
	}

	return err;
}
