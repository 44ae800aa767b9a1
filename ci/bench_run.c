/**
 * @file bench_run.c  The program from outside: time to start, memory, the whole suite
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"

#define RUNS 5
#define START_MAX_S 10
#define ASK_MS 2

/** Start a program: its standard input and output are pipes; quiet: its errors are not shown */
static pid_t spawn(const char *const argv[], int *in, int *out, bool quiet)
{
	int to[2], from[2];
	pid_t pid;

	if (pipe(to) || pipe(from))
		return -1;
	pid = fork();
	if (!pid) {
		(void)dup2(to[0], STDIN_FILENO);
		(void)dup2(from[1], STDOUT_FILENO);
		if (quiet)
			(void)dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		(void)close_range(STDERR_FILENO + 1, ~0u, 0);
		(void)execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(to[0]);
	(void)close(from[1]);
	*in = to[1];
	*out = from[0];

	return pid;
}

/* --- the pages during a call --- */

/**
 * Run ci/bench_web.py.
 *
 * @param v     Written: its figures, in the order of their lines
 * @param ipgap Program
 *
 * @return 0, ECHILD it could not measure
 */
int bench_web(double v[5], const char *ipgap)
{
	static const char *const name[] = {"requests_s", "page_ms", "call_lost", "relay_error_ms", "login_ms"};
	char line[128];
	unsigned n = 0;
	FILE *f;

	(void)setenv("IPGAP", ipgap, 1);
	f = popen("python3 ci/bench_web.py \"$IPGAP\"", "r");
	if (!f)
		return errno;
	while (n < 5 && fgets(line, sizeof(line), f))
		if (!strncmp(line, name[n], strlen(name[n])))
			v[n] = atof(line + strlen(name[n])), n++;

	return pclose(f) || n != 5 ? ECHILD : 0;
}

/* --- the suite --- */

/** Read to the end; the last `size` bytes are kept */
static void drain(int fd, char *tail, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while ((got = read(fd, tail + n, size - 1 - n)) > 0) {
		n += (size_t)got;
		if (n > size / 2) {
			memmove(tail, tail + n - size / 4, size / 4);
			n = size / 4;
		}
	}
	tail[n] = '\0';
}

/**
 * Run all scenarios once.
 *
 * @param seconds   Written: machine's time
 * @param scenarios Written: how many passed
 * @param keep      Where failing ones leave their folders
 *
 * @return 0, ECHILD where the closing line was missing
 */
int bench_suite(double *seconds, double *scenarios, const char *ipgap, const char *keep)
{
	const char *const argv[] = {ipgap, "test", "--keep", keep, "scenarios", NULL};
	const double begin_s = bench_clock_s();
	unsigned passed, failed;
	char tail[8192];
	const char *line;
	int in, out;
	const pid_t pid = spawn(argv, &in, &out, true);

	if (pid < 0)
		return errno;
	drain(out, tail, sizeof(tail));
	(void)close(in);
	(void)close(out);
	(void)waitpid(pid, NULL, 0);
	*seconds = bench_clock_s() - begin_s;
	line = strstr(tail, ", seed ");
	line = line ? strchr(line, '\n') : NULL;
	if (!line || sscanf(line, " %u passed, %u failed", &passed, &failed) != 2)
		return ECHILD;
	if (failed)
		printf("%u scenarios failed: see %s\n", failed, keep);
	*scenarios = passed;

	return 0;
}

/* --- a door --- */

/** A socket of ours, and a port that was free a moment ago */
static int sockets(int *fd, struct sockaddr_in *door)
{
	socklen_t len = sizeof(*door);
	int probe = socket(AF_INET, SOCK_DGRAM, 0), err = 0;

	*fd = socket(AF_INET, SOCK_DGRAM, 0);
	memset(door, 0, sizeof(*door));
	door->sin_family = AF_INET;
	door->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (probe < 0 || *fd < 0 || bind(probe, (struct sockaddr *)door, len) ||
	    bind(*fd, (struct sockaddr *)door, len) || getsockname(probe, (struct sockaddr *)door, &len))
		err = errno;
	(void)close(probe);

	return err;
}

static int ask(int fd, const struct sockaddr_in *door, unsigned n)
{
	char text[512];
	struct sockaddr_in own;
	socklen_t len = sizeof(own);
	int size;

	if (getsockname(fd, (struct sockaddr *)&own, &len))
		return errno;
	size = snprintf(text, sizeof(text),
		"OPTIONS sip:127.0.0.1:%u SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKbench%u\r\n"
		"From: <sip:bench@127.0.0.1>;tag=b%u\r\nTo: <sip:127.0.0.1>\r\nCall-ID: bench%u\r\n"
		"CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
		ntohs(door->sin_port), ntohs(own.sin_port), n, n, n);

	if (sendto(fd, text, (size_t)size, 0, (const struct sockaddr *)door, sizeof(*door)) != size)
		return errno;

	return 0;
}

/** Ask until it answers; ETIMEDOUT */
static int await(int fd, const struct sockaddr_in *door)
{
	const double until_s = bench_clock_s() + START_MAX_S;
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char answer[64];
	unsigned n = 0;

	while (bench_clock_s() < until_s) {
		(void)ask(fd, door, n++);
		if (poll(&p, 1, ASK_MS) > 0 && recv(fd, answer, sizeof(answer), 0) > 12 &&
		    !memcmp(answer, "SIP/2.0 200 ", 12))
			return 0;
	}

	return ETIMEDOUT;
}

static double rss_mib(pid_t pid)
{
	char path[64], line[256];
	unsigned long kib = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmRSS: %lu kB", &kib) == 1)
			break;
	if (f)
		(void)fclose(f);

	return (double)kib / 1024;
}

static int one_door(double *start_ms, double *mib, const char *ipgap, const char *data)
{
	struct sockaddr_in door;
	char where[32];
	const char *const argv[] = {ipgap, "run", "--headless", "--audio", "none", "--data", data,
				    "--bind", where, NULL};
	double begin_s;
	int fd, in, out, err = sockets(&fd, &door);
	pid_t pid;

	if (err)
		return err;
	(void)snprintf(where, sizeof(where), "127.0.0.1:%u", ntohs(door.sin_port));
	begin_s = bench_clock_s();
	pid = spawn(argv, &in, &out, false);
	err = pid < 0 ? errno : await(fd, &door);
	*start_ms = (bench_clock_s() - begin_s) * 1000;
	if (pid > 0) {
		(void)usleep(300000);
		*mib = rss_mib(pid);
		(void)kill(pid, SIGTERM);
		(void)waitpid(pid, NULL, 0);
		(void)close(in);
		(void)close(out);
	}
	(void)close(fd);

	return err;
}

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;

	return remove(path);
}

/**
 * Start a headless door several times, each time as on its first day.
 *
 * @param start_ms Written: exec to the answer of an OPTIONS, median
 * @param mib      Written: resident memory 0.3 s later, median
 *
 * @return 0, ETIMEDOUT where it did not answer
 */
int bench_start(double *start_ms, double *mib, const char *ipgap)
{
	double ms[RUNS], size[RUNS];
	unsigned i;
	int err = 0;

	for (i = 0; i < RUNS && !err; i++) {
		char data[] = "/tmp/ipgap-bench-XXXXXX";

		if (!mkdtemp(data))
			return errno;
		err = one_door(&ms[i], &size[i], ipgap, data);
		(void)nftw(data, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	}
	if (!err) {
		*start_ms = bench_median(ms, RUNS);
		*mib = bench_median(size, RUNS);
	}

	return err;
}
