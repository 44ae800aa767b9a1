/**
 * @file qemu.c  A board in QEMU: its serial line, its pins seen and driven from outside (HIL-01)
 *
 * QEMU gets one end of three socket pairs: serial line, qtest, QMP.  The machine starts stopped, so
 * that nothing is lost.  qtest drives inputs and says the edges of one port, without a time: a line
 * is stamped when it is read.
 *
 * The serial line must be read: QEMU sends byte by byte and waits when the socket is full, some 300
 * bytes (each takes a buffer of its own), and the whole board with its fail-safe stands still
 * meanwhile.
 */
#include "qemu.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MS 5000
#define QMP_SIZE 65536

/** Host time [us], CLOCK_MONOTONIC. */
uint64_t qemu_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

static int readable(int fd, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	const int n = poll(&p, 1, timeout_ms);

	return n < 0 ? errno : n ? 0 : ETIMEDOUT;
}

static int write_all(int fd, const char *s)
{
	const size_t n = strlen(s);

	return send(fd, s, n, MSG_NOSIGNAL) == (ssize_t)n ? 0 : EPIPE;
}

/* --- QMP: few words, at start and end --- */

/** Read until a line that holds word; it stays in buf */
static int qmp_await(struct qemu *q, char *buf, size_t size, const char *word)
{
	size_t n = 0;
	ssize_t got;

	for (;;) {
		if (readable(q->qmp, ANSWER_MS))
			return ETIMEDOUT;
		got = recv(q->qmp, buf + n, size - 1 - n, 0);
		if (got <= 0)
			return EPIPE;
		n += (size_t)got;
		buf[n] = '\0';
		if (buf[n - 1] == '\n' && strstr(buf, word))
			return 0;
		if (n + 1 == size)
			return EMSGSIZE;
	}
}

static int qmp(struct qemu *q, char *buf, size_t size, const char *command)
{
	const int err = write_all(q->qmp, command);

	return err ? err : qmp_await(q, buf, size, "\"return\"");
}

/** The ports in the order of their devices are A, B, C ... */
static int find_ports(struct qemu *q, char *list)
{
	unsigned n = 0, i, device;
	char *object, *end, *name, *type;

	for (object = strchr(list, '{'); object && n < QEMU_PORTS; object = strchr(end + 1, '{')) {
		end = object + strcspn(object + 1, "{}");
		if (!*end)
			break;
		name = strstr(object, "\"device[");
		type = strstr(object, "pl061_luminary");
		if (!name || name > end || !type || type > end)
			continue;
		device = (unsigned)strtoul(name + 8, NULL, 10);
		for (i = n++; i > 0 && q->device[i - 1] > device; --i)
			q->device[i] = q->device[i - 1];
		q->device[i] = device;
	}
	return n == QEMU_PORTS ? 0 : ENODEV;
}

static int qmp_start(struct qemu *q)
{
	char *buf = malloc(QMP_SIZE);
	int err = buf ? qmp_await(q, buf, QMP_SIZE, "\"QMP\"") : ENOMEM;

	if (!err)
		err = qmp(q, buf, QMP_SIZE, "{\"execute\":\"qmp_capabilities\"}\n");
	if (!err)
		err = qmp(q, buf, QMP_SIZE,
		          "{\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/machine/"
		          "unattached\"}}\n");
	if (!err)
		err = find_ports(q, buf);
	free(buf);
	return err;
}

/* --- qtest --- */

static void take_edge(struct qemu *q)
{
	struct qemu_edge *e = &q->edges[(q->first + q->count) % QEMU_EDGES];
	char word[8];

	if (q->count == QEMU_EDGES || sscanf(q->line, "IRQ %7s %u", word, &e->bit) != 2)
		return;
	e->t_us = qemu_now_us();
	e->level = !strcmp(word, "raise");
	++q->count;
}

/** Read one line; edges are put aside. EAGAIN = it was an edge */
static int qtest_line(struct qemu *q, int timeout_ms)
{
	int err = 0;

	for (q->n = 0; !err && q->n + 1 < sizeof(q->line); ++q->n) {
		err = readable(q->qtest, q->n ? ANSWER_MS : timeout_ms);
		if (!err && recv(q->qtest, q->line + q->n, 1, 0) != 1)
			err = EPIPE;
		if (!err && q->line[q->n] == '\n')
			break;
	}
	q->line[q->n] = '\0';
	if (err || strncmp(q->line, "IRQ ", 4))
		return err;
	take_edge(q);
	return EAGAIN;
}

static int qtest(struct qemu *q, const char *command)
{
	int err = write_all(q->qtest, command);

	while (!err) {
		err = qtest_line(q, ANSWER_MS);
		if (!err)
			return strncmp(q->line, "OK", 2) ? EIO : 0;
		if (err == EAGAIN)
			err = 0;
	}
	return err;
}

/* --- the process --- */

static void run_qemu(const char *elf, int serial, int qtest_fd, int qmp_fd)
{
	char s[64], t[64], m[64];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(s, sizeof(s), "socket,id=s,fd=%d", serial);
	snprintf(t, sizeof(t), "socket,id=qtest,fd=%d", qtest_fd);
	snprintf(m, sizeof(m), "socket,id=m,fd=%d", qmp_fd);
	execlp("qemu-system-arm", "qemu-system-arm", "-M", "lm3s6965evb", "-kernel", elf,
	       "-display", "none", "-monitor", "none", "-S", "-chardev", s, "-serial", "chardev:s",
	       "-chardev", t, "-qtest", "chardev:qtest", "-qtest-log", "/dev/null", "-chardev", m,
	       "-mon", "chardev=m,mode=control", (char *)NULL);
	perror("qemu-system-arm");
	_exit(127);
}

static int spawn(struct qemu *q, const char *elf)
{
	int pair[3][2], i, n = 0, err = 0;

	while (n < 3 && !socketpair(AF_UNIX, SOCK_STREAM, 0, pair[n]))
		(void)fcntl(pair[n++][0], F_SETFD, FD_CLOEXEC);
	if (n == 3)
		q->pid = fork();
	if (n < 3 || q->pid < 0)
		err = errno;
	else if (!q->pid)
		run_qemu(elf, pair[0][1], pair[1][1], pair[2][1]);
	for (i = 0; i < n; ++i) {
		close(pair[i][1]);
		if (err)
			close(pair[i][0]);
	}
	if (err)
		return err;
	q->serial = pair[0][0];
	q->qtest = pair[1][0];
	q->qmp = pair[2][0];
	return fcntl(q->serial, F_SETFL, O_NONBLOCK) ? errno : 0;
}

/**
 * Start a machine; it stands still until qemu_continue().
 *
 * @param q          QEMU, written
 * @param elf        Firmware
 * @param watch_port Port, 0 = A, whose edges qemu_edge() tells; QEMU allows one
 *
 * @return 0, ENODEV a machine without the ports, EPIPE QEMU has ended, ETIMEDOUT no answer
 */
int qemu_start(struct qemu *q, const char *elf, unsigned watch_port)
{
	char command[128];
	int err;

	memset(q, 0, sizeof(*q));
	err = spawn(q, elf);
	if (err)
		return err;
	err = qmp_start(q);
	snprintf(command, sizeof(command), "irq_intercept_out /machine/unattached/device[%u]\n",
	         q->device[watch_port]);
	if (!err)
		err = qtest(q, command);
	if (err)
		qemu_stop(q);
	return err;
}

/** Let the machine run. */
int qemu_continue(struct qemu *q)
{
	char buf[4096];

	return qmp(q, buf, sizeof(buf), "{\"execute\":\"cont\"}\n");
}

/**
 * Drive an input from outside.
 *
 * @param q     QEMU
 * @param where Port * 16 + bit, as in the board's pin map
 * @param level Level
 *
 * @return 0 = it is driven, EINVAL, EPIPE, ETIMEDOUT
 */
int qemu_drive(struct qemu *q, uint8_t where, bool level)
{
	char command[128];

	if (where >> 4 >= QEMU_PORTS)
		return EINVAL;
	snprintf(command, sizeof(command),
	         "set_irq_in /machine/unattached/device[%u] unnamed-gpio-in %d %d\n",
	         q->device[where >> 4], where & 15, level);
	return qtest(q, command);
}

/**
 * Next edge of the watched port.
 *
 * @param q          QEMU
 * @param e          Edge, written on success
 * @param timeout_ms How long to wait for one [ms]
 *
 * @return 0, ETIMEDOUT, EPIPE
 */
int qemu_edge(struct qemu *q, struct qemu_edge *e, int timeout_ms)
{
	int err = 0;

	while (!q->count && (!err || err == EAGAIN))
		err = qtest_line(q, timeout_ms);
	if (!q->count)
		return err;
	*e = q->edges[q->first];
	q->first = (q->first + 1) % QEMU_EDGES;
	--q->count;
	return 0;
}

/** End the machine, and wait for its end. */
void qemu_stop(struct qemu *q)
{
	if (q->pid <= 0)
		return;
	kill(q->pid, SIGKILL);
	(void)waitpid(q->pid, NULL, 0);
	close(q->serial);
	close(q->qtest);
	close(q->qmp);
	q->pid = 0;
}
