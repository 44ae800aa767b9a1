/**
 * @file alloc_fail.c  What the door does when memory runs out: allocation number n fails, for every n
 *
 *     alloc_fail [-k STRIDE] [-j JOBS] [-1 N | -a N] [call|settings|store ...]
 *
 * Linked with --wrap for malloc, calloc and realloc: what this project and the static libre allocate
 * is counted, and SQLite is given the same allocator (alloc_store.c).  Each run is a child process:
 *
 *     one   allocation n alone fails, n = 1, 2, 3 ... until a run ends before it comes to n
 *     all   allocation n and the OUTAGE that follow fail, at most up to the end of the armed part
 *
 * An outage ends by number and not by time: without memory libre leaves a datagram in its socket, and
 * as long as something can be read, virtual time stands still.
 *
 * A run must not crash, leak (LeakSanitizer) or hang, and the door must work again afterwards.  -1 and
 * -a show one run with the stack of its failing allocation.  Runs that end badly for a reason outside
 * of this project are rows of known[], each with that reason; they are counted and told.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "alloc_fail.h"

#define LEAK 23
#define HANG 25
#define HANG_S 20
#define JOBS_MAX 16
#define OUTAGE 500

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void __sanitizer_print_stack_trace(void) __attribute__((weak));
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

static const struct { const char *name; alloc_run_h *run; } runs[] = {
	{"settings", alloc_run_settings}, {"store", alloc_run_store}, {"call", alloc_run_call}, {"reach", alloc_run_reach},
	{"conf", alloc_run_conf},
	{"directory", alloc_run_directory},
};
#define RUNS (sizeof(runs) / sizeof(*runs))

/** A run whose failing allocation has this function in its stack, and why it may end badly */
static const struct { const char *function, *reason; } known[] = {
	{NULL, NULL},
};

/** One run in a child */
struct job {
	pid_t pid;
	unsigned n;
	bool all;
	volatile bool *hit;             /* shared: the child came to allocation n */
	char log[40];
};

static struct {
	bool armed, all, trace;
	unsigned n, count;
	volatile bool *hit;
} child;

static struct { unsigned stride, jobs, passed, failed, known; } total = {.stride = 1, .jobs = 1};

/* --- the allocator --- */

void alloc_arm(bool on)
{
	child.armed = on;
}

/** Count an allocation; true = it fails */
bool alloc_fails(void)
{
	if (!child.armed || ++child.count < child.n || child.count > child.n + (child.all ? OUTAGE : 0))
		return false;
	*child.hit = true;
	if (child.trace && child.count == child.n && __sanitizer_print_stack_trace)
		__sanitizer_print_stack_trace();
	errno = ENOMEM;

	return true;
}

/** Has one failed in this run? */
bool alloc_failed(void)
{
	return *child.hit;
}

void *__wrap_malloc(size_t n)
{
	return alloc_fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return alloc_fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return alloc_fails() ? NULL : __real_realloc(p, n);
}

/** Say what does not work again */
int alloc_wrong(const char *what)
{
	fprintf(stderr, "wrong: %s\n", what);

	return ALLOC_WRONG;
}

/* --- one run --- */

static void on_alarm(int sig)
{
	(void)sig;
	fprintf(stderr, "still running after %d s:\n", HANG_S);
	if (__sanitizer_print_stack_trace)
		__sanitizer_print_stack_trace();
	_exit(HANG);
}

static void in_child(const struct job *j, alloc_run_h *run, bool trace)
{
	const int fd = open(j->log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int status;

	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	child.all = j->all;
	child.n = j->n;
	child.hit = j->hit;
	child.trace = trace;
	signal(SIGALRM, on_alarm);
	alarm(HANG_S);
	status = run();
	child.armed = false;
	if (!status && __lsan_do_recoverable_leak_check && __lsan_do_recoverable_leak_check())
		status = LEAK;
	_exit(status);
}

static void start(struct job *j, alloc_run_h *run, bool trace)
{
	*j->hit = false;
	fflush(stdout);
	j->pid = fork();
	if (!j->pid)
		in_child(j, run, trace);
}

static const char *verdict(int status)
{
	if (WIFSIGNALED(status))
		return "crashes";

	switch (WEXITSTATUS(status)) {
	case 0:           return NULL;
	case LEAK:        return "leaks";
	case HANG:        return "hangs";
	case ALLOC_WRONG: return "does not work again";
	default:          return "crashes";
	}
}

static char *slurp(const char *path)
{
	static char text[65536];
	FILE *f = fopen(path, "r");
	const size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[n] = '\0';
	if (f)
		fclose(f);

	return text;
}

/** Run it again with the stack of the failing allocation: is it one of known[]? */
static void judge(struct job *j, const char *name, alloc_run_h *run, const char *how)
{
	const char *text;
	unsigned i;
	int status;

	start(j, run, true);
	waitpid(j->pid, &status, 0);
	text = slurp(j->log);
	for (i = 0; known[i].function; i++) {
		if (strstr(text, known[i].function)) {
			printf("known %s, %s %u: %s: %s\n", name, j->all ? "all from" : "allocation", j->n, how,
			       known[i].reason);
			++total.known;
			return;
		}
	}
	printf("FAIL  %s, %s %u: %s\n%s\n", name, j->all ? "all from" : "allocation", j->n, how, text);
	++total.failed;
}

/** One finished job; true = it came to its allocation */
static bool finish(struct job *j, const char *name, alloc_run_h *run)
{
	const char *how;
	bool hit;
	int status;

	waitpid(j->pid, &status, 0);
	hit = *j->hit;
	how = verdict(status);
	if (how)
		judge(j, name, run, how);
	else
		++total.passed;

	return hit;
}

/* --- every n --- */

static unsigned sweep(const char *name, alloc_run_h *run, bool all, struct job *job)
{
	unsigned i, n = 1, last = 0;
	bool more = true;

	while (more) {
		for (i = 0; i < total.jobs; i++, n += total.stride) {
			job[i].n = n;
			job[i].all = all;
			start(&job[i], run, false);
		}
		for (i = 0; i < total.jobs; i++) {
			const bool hit = finish(&job[i], name, run);

			last = hit ? job[i].n : last;
			more = more && hit;
		}
	}

	return last;
}

static void sweep_both(const char *name, alloc_run_h *run, struct job *job)
{
	const unsigned before = total.passed + total.failed + total.known, failed = total.failed;
	const unsigned one = sweep(name, run, false, job);

	(void)sweep(name, run, true, job);
	printf("%s  out of memory: %s, %u allocations, %u runs\n", total.failed > failed ? "FAIL" : "ok  ",
	       name, one, total.passed + total.failed + total.known - before);
}

static void prepare(struct job *job)
{
	volatile bool *hit = mmap(NULL, JOBS_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned i;

	if (hit == MAP_FAILED)
		exit(2);
	for (i = 0; i < JOBS_MAX; i++) {
		job[i].hit = &hit[i];
		snprintf(job[i].log, sizeof(job[i].log), "/tmp/alloc_fail.%d.%u", (int)getpid(), i);
	}
}

static int show(struct job *j, const char *name, unsigned n, bool all)
{
	unsigned i;
	int status;

	for (i = 0; i < RUNS && strcmp(runs[i].name, name); i++)
		;
	if (i == RUNS)
		return 2;
	j->n = n;
	j->all = all;
	start(j, runs[i].run, true);
	waitpid(j->pid, &status, 0);
	printf("%s%s, %s\n", slurp(j->log), name, verdict(status) ? verdict(status) : "passes");
	unlink(j->log);

	return verdict(status) ? 1 : 0;
}

static bool chosen(const char *name, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;

	return false;
}

static int sweep_chosen(struct job *job, char **names)
{
	unsigned i;

	for (i = 0; i < RUNS; i++)
		if (chosen(runs[i].name, names))
			sweep_both(runs[i].name, runs[i].run, job);
	for (i = 0; i < JOBS_MAX; i++)
		unlink(job[i].log);
	printf("out of memory: %u runs passed, %u known, %u failed\n", total.passed, total.known, total.failed);

	return total.failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct job job[JOBS_MAX];
	unsigned n = 0;
	bool all = false;
	int opt;

	while ((opt = getopt(argc, argv, "k:j:1:a:")) != -1) {
		const unsigned v = optarg ? (unsigned)strtoul(optarg, NULL, 10) : 0;

		switch (opt) {
		case 'k': total.stride = v ? v : 1; break;
		case 'j': total.jobs = v && v <= JOBS_MAX ? v : 1; break;
		case '1': n = v; break;
		case 'a': n = v; all = true; break;
		default:  return 2;
		}
	}
	prepare(job);

	return n ? show(&job[0], argv[optind] ? argv[optind] : "call", n, all)
		 : sweep_chosen(job, argv + optind);
}
