/**
 * @file crash_child.c  An `ipgap run` that is going to be killed (see crash_child.h)
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "crash_child.h"

/** The test itself cannot go on */
void child_die(const char *what)
{
	perror(what);
	exit(2);
}

/** A clock that does not step back [us] */
int64_t child_now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);

	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/** Start a door on a directory: it takes lines and answers in JSON */
void child_start(struct child *c, const char *ipgap, const char *dir)
{
	int in[2], out[2];

	if (pipe(in) || pipe(out))
		child_die("pipe");
	c->pid = fork();
	if (c->pid < 0)
		child_die("fork");
	if (!c->pid) {
		(void)dup2(in[0], 0);
		(void)dup2(out[1], 1);
		(void)close(in[0]);
		(void)close(in[1]);
		(void)close(out[0]);
		(void)close(out[1]);
		(void)execl(ipgap, ipgap, "run", "--headless", "--audio", "none", "--json", "--http", "off", "--https", "off",
			    "--data", dir, "--set", "sip.port=0", (char *)NULL);
		child_die(ipgap);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	c->in = in[1];
	c->out = out[0];
}

/** Kill it (SIGKILL) and close its pipes */
void child_kill(struct child *c)
{
	(void)kill(c->pid, SIGKILL);
	(void)close(c->in);
	(void)close(c->out);
	(void)waitpid(c->pid, NULL, 0);
}
