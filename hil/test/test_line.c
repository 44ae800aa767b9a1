/**
 * @file test_line.c  Ways to a board: serial line, TCP, UNIX socket, and what is said when there is none (HIL-01)
 */
#define _GNU_SOURCE                     /* posix_openpt() */
#include "../line.h"
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

Suite *suite(void);

static char err[512];

static int opened(const char *address)
{
	int fd = -1;

	ck_assert_int_eq(line_open(&fd, address, err, sizeof(err)), 0);
	ck_assert(fcntl(fd, F_GETFL) & O_NONBLOCK);
	ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	return fd;
}

/* HIL-01 */
START_TEST(a_serial_line_is_raw_and_has_460800_baud)
{
	const int master = posix_openpt(O_RDWR | O_NOCTTY);
	struct termios t;
	int fd;

	ck_assert_int_ge(master, 0);
	ck_assert_int_eq(grantpt(master) | unlockpt(master), 0);
	fd = opened(ptsname(master));
	ck_assert_int_eq(tcgetattr(fd, &t), 0);
	ck_assert_uint_eq(cfgetispeed(&t), B460800);
	ck_assert_uint_eq(cfgetospeed(&t), B460800);
	ck_assert_uint_eq(t.c_lflag & (ICANON | ECHO | ISIG), 0);
	ck_assert_uint_eq(t.c_iflag & (IXON | ICRNL), 0);
	ck_assert_uint_eq(t.c_oflag & OPOST, 0);
	ck_assert_uint_eq(t.c_cflag & (CSIZE | CREAD | CLOCAL), CS8 | CREAD | CLOCAL);
	ck_assert_uint_eq(t.c_cflag & (CSTOPB | CRTSCTS), 0);
	(void)close(fd);
	(void)close(master);
}
END_TEST

static int listener(int family, unsigned *port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr *sa = family == AF_INET ? (struct sockaddr *)&four : (struct sockaddr *)&six;
	socklen_t n = family == AF_INET ? sizeof(four) : sizeof(six);
	const int fd = socket(family, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(fd, sa, n), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(getsockname(fd, sa, &n), 0);
	*port = ntohs(family == AF_INET ? four.sin_port : six.sin6_port);
	return fd;
}

/* HIL-01 */
START_TEST(tcp_connects_by_either_family)
{
	char address[64];
	unsigned port;
	const int server = listener(_i ? AF_INET6 : AF_INET, &port);
	int fd, peer;

	(void)snprintf(address, sizeof(address), _i ? "tcp:[::1]:%u" : "tcp:127.0.0.1:%u", port);
	fd = opened(address);
	peer = accept(server, NULL, NULL);
	ck_assert_int_ge(peer, 0);
	ck_assert_int_eq((int)write(fd, "x", 1), 1);
	(void)close(peer);
	(void)close(fd);
	(void)close(server);
}
END_TEST

/* HIL-01: refused at once, or when it is first written */
START_TEST(tcp_to_nobody_is_refused)
{
	socklen_t n = sizeof(int);
	char address[64];
	unsigned port;
	int fd = -1, e;

	(void)close(listener(AF_INET, &port));
	(void)snprintf(address, sizeof(address), "tcp:127.0.0.1:%u", port);
	e = line_open(&fd, address, err, sizeof(err));
	if (!e) {
		ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &n), 0);
		(void)close(fd);
	}
	ck_assert_int_eq(e, ECONNREFUSED);
}
END_TEST

/* HIL-01: each error names the address, and what would be right */
START_TEST(what_cannot_be_opened_is_said_with_a_remedy)
{
	static const struct { const char *address, *text; int err; } row[] = {
		{"/dev/ttyNOPE", "is the board plugged in?", ENOENT},
		{"/dev/null", "that is no serial line", ENOTTY},
		{"ttyACM0", "an address is /dev/ttyACM0", EINVAL},
		{"", "an address is", EINVAL},
		{"tcp:host", "an address is", EINVAL},
		{"tcp:host:", "an address is", EINVAL},
		{"tcp::5000", "an address is", EINVAL},
		{"unix:", "an address is", EINVAL},
		{"unix:/nowhere/at/all", "No such file", ENOENT},
		{"unix:@ipgap-nobody-listens", "refused", ECONNREFUSED},
	};
	char want[64];
	int fd = -7;

	ck_assert_int_eq(line_open(&fd, row[_i].address, err, sizeof(err)), row[_i].err);
	ck_assert_int_eq(fd, -7);
	(void)snprintf(want, sizeof(want), "%s: ", row[_i].address);
	ck_assert_int_eq(strncmp(err, want, strlen(want)), 0);
	ck_assert_msg(strstr(err, row[_i].text), "%s", err);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("line");
	TCase *tc = tcase_create("line");

	tcase_add_test(tc, a_serial_line_is_raw_and_has_460800_baud);
	tcase_add_loop_test(tc, tcp_connects_by_either_family, 0, 2);
	tcase_add_test(tc, tcp_to_nobody_is_refused);
	tcase_add_loop_test(tc, what_cannot_be_opened_is_said_with_a_remedy, 0, 10);
	suite_add_tcase(s, tc);
	return s;
}
