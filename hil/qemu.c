/**
 * @file qemu.c  A board in QEMU: its serial line, its pins seen and driven from outside (HIL-01)
 *
 * The serial line is a socket that QEMU listens on, so that a cable can be pulled and plugged again; qtest and
 * QMP are socket pairs.  The machine starts stopped, so that nothing is lost.  qtest drives inputs and says the
 * edges of one port, without a time: a line is stamped when it is read.
 *
 * The serial line must be read: QEMU sends byte by byte and waits when the socket is full, some 300
 * bytes (each takes a buffer of its own), and the whole board with its fail-safe stands still
 * meanwhile.
 */
#define _GNU_SOURCE
#include "qemu.h"
#include "clock.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/close_range.h>

#define ANSWER_MS 5000
#define QMP_SIZE 65536
#define PRIORITY (-15)

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

static void take_edge(struct qemu *q, const char *line)
{
	struct qemu_edge *e = &q->edges[(q->first + q->count) % QEMU_EDGES];
	char word[8];

	if (sscanf(line, "IRQ %7s %u", word, &e->bit) != 2)
		return;
	if (q->count == QEMU_EDGES) {
		++q->lost;
		return;
	}
	e->t_us = hil_clock_us();
	e->level = !strcmp(word, "raise");
	++q->count;
}

/** Take one line that has come; edges are put aside */
static int take_line(struct qemu *q, char *line, size_t size)
{
	char *end = memchr(q->line, '\n', q->n);
	size_t n;

	if (!end)
		return q->n == sizeof(q->line) ? EMSGSIZE : EAGAIN;
	n = (size_t)(end - q->line);
	(void)snprintf(line, size, "%.*s", (int)n, q->line);
	q->n -= n + 1;
	memmove(q->line, end + 1, q->n);
	if (!strncmp(line, "IRQ ", 4))
		take_edge(q, line);
	return 0;
}

static int fetch(struct qemu *q, int timeout_ms)
{
	ssize_t n;

	if (readable(q->qtest, timeout_ms))
		return ETIMEDOUT;
	n = recv(q->qtest, q->line + q->n, sizeof(q->line) - q->n, 0);
	if (n <= 0)
		return EPIPE;
	q->n += (size_t)n;
	return 0;
}

/**
 * Take what qtest has said by now, without waiting.
 *
 * @return 0, EPIPE QEMU has ended
 */
int qemu_hear(struct qemu *q)
{
	char line[128];
	int err = 0;

	while (!err) {
		while (!take_line(q, line, sizeof(line)))
			;
		err = fetch(q, 0);
	}
	return err == ETIMEDOUT ? 0 : err;
}

static int qtest(struct qemu *q, const char *command)
{
	char line[128] = "";
	int err = write_all(q->qtest, command);

	while (!err) {
		err = take_line(q, line, sizeof(line));
		if (err == EAGAIN)
			err = fetch(q, ANSWER_MS);
		else if (!err && strncmp(line, "IRQ ", 4))
			return strncmp(line, "OK", 2) ? EIO : 0;
	}
	return err;
}

/* --- the process --- */

static void run_qemu(const char *elf, int serial, int qtest_fd, int qmp_fd)
{
	char s[64], t[64], m[64];
	const int told = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	/* it says of each reset that a timer has period zero */
	if (null >= 0)
		(void)dup2(null, STDERR_FILENO);
	/* the rest of this program's sockets would stay open as long as the board runs */
	(void)close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
	(void)fcntl(serial, F_SETFD, 0);
	(void)fcntl(qtest_fd, F_SETFD, 0);
	(void)fcntl(qmp_fd, F_SETFD, 0);
	/* Ctrl-C is for this program, which ends the board itself */
	(void)setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setpriority(PRIO_PROCESS, 0, PRIORITY);   /* where it may: a board is not stopped by a compiler */
	snprintf(s, sizeof(s), "socket,id=s,fd=%d,server=on,wait=off", serial);
	snprintf(t, sizeof(t), "socket,id=qtest,fd=%d", qtest_fd);
	snprintf(m, sizeof(m), "socket,id=m,fd=%d", qmp_fd);
	execlp("qemu-system-arm", "qemu-system-arm", "-M", "lm3s6965evb", "-kernel", elf,
	       "-display", "none", "-monitor", "none", "-S", "-chardev", s, "-serial", "chardev:s",
	       "-chardev", t, "-qtest", "chardev:qtest", "-qtest-log", "/dev/null", "-chardev", m,
	       "-mon", "chardev=m,mode=control", (char *)NULL);
	dprintf(told, "qemu-system-arm: %s\n", strerror(errno));
	_exit(127);
}

/** A socket to listen on whose name the kernel gives: "@" and five digits */
static int serial_socket(struct qemu *q, int *fdp)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	socklen_t n = sizeof(sa.sun_family);
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0)
		return errno;
	if (bind(fd, (struct sockaddr *)&sa, n) || listen(fd, 1) ||
	    (n = sizeof(sa), getsockname(fd, (struct sockaddr *)&sa, &n))) {
		const int err = errno;

		close(fd);
		return err;
	}
	snprintf(q->address, sizeof(q->address), "unix:@%.*s",
	         (int)(n - offsetof(struct sockaddr_un, sun_path) - 1), sa.sun_path + 1);
	*fdp = fd;
	return 0;
}

static int spawn(struct qemu *q, const char *elf)
{
	int pair[2][2], i, n = 0, serial = -1, err = serial_socket(q, &serial);

	if (err)
		return err;
	while (n < 2 && !socketpair(AF_UNIX, SOCK_STREAM, 0, pair[n]))
		(void)fcntl(pair[n++][0], F_SETFD, FD_CLOEXEC);
	if (n == 2)
		q->pid = fork();
	if (n < 2 || q->pid < 0)
		err = errno;
	else if (!q->pid)
		run_qemu(elf, serial, pair[0][1], pair[1][1]);
	close(serial);
	for (i = 0; i < n; ++i) {
		close(pair[i][1]);
		if (err)
			close(pair[i][0]);
	}
	if (err)
		return err;
	q->qtest = pair[0][0];
	q->qmp = pair[1][0];
	return 0;
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

static int order(struct qemu *q, const char *command)
{
	char buf[4096], line[64];

	snprintf(line, sizeof(line), "{\"execute\":\"%s\"}\n", command);
	return qmp(q, buf, sizeof(buf), line);
}

/** Let the machine run. */
int qemu_continue(struct qemu *q)
{
	return order(q, "cont");
}

/** Let the machine, and its time, stand still. */
int qemu_pause(struct qemu *q)
{
	return order(q, "stop");
}

/**
 * Reset the machine; inputs are low after it.  The model's ports do not let go of their pins at a reset, as real ones
 * do: the watched port is written low before.
 */
int qemu_reset(struct qemu *q)
{
	const int err = qtest(q, "writel 0x400053fc 0\n");

	return err ? err : order(q, "system_reset");
}

static int drive(struct qemu *q, char command[128], uint8_t where, bool level)
{
	if (where >> 4 >= QEMU_PORTS)
		return EINVAL;
	snprintf(command, 128, "set_irq_in /machine/unattached/device[%u] unnamed-gpio-in %d %d\n",
	         q->device[where >> 4], where & 15, level);
	return 0;
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
	const int err = drive(q, command, where, level);

	return err ? err : qtest(q, command);
}

/** The same without waiting until it is: for a loop that must go on reading the serial line. */
int qemu_tell(struct qemu *q, uint8_t where, bool level)
{
	char command[128];
	const int err = drive(q, command, where, level);

	return err ? err : write_all(q->qtest, command);
}

/** Take the next edge of the watched port that was heard; false = there is none. */
bool qemu_next(struct qemu *q, struct qemu_edge *e)
{
	if (!q->count)
		return false;
	*e = q->edges[q->first];
	q->first = (q->first + 1) % QEMU_EDGES;
	--q->count;
	return true;
}

/**
 * Wait for the next edge of the watched port.
 *
 * @param q          QEMU
 * @param e          Edge, written on success
 * @param timeout_ms How long to wait for one [ms]
 *
 * @return 0, ETIMEDOUT, EPIPE
 */
int qemu_edge(struct qemu *q, struct qemu_edge *e, int timeout_ms)
{
	char line[128];
	int err = 0;

	while (!q->count && (!err || err == EAGAIN)) {
		err = take_line(q, line, sizeof(line));
		if (err == EAGAIN)
			err = fetch(q, timeout_ms);
	}
	return qemu_next(q, e) ? 0 : err;
}

/** End the machine, and wait for its end. */
void qemu_stop(struct qemu *q)
{
	if (q->pid <= 0)
		return;
	kill(q->pid, SIGKILL);
	(void)waitpid(q->pid, NULL, 0);
	close(q->qtest);
	close(q->qmp);
	q->pid = 0;
}
