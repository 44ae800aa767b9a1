/**
 * @file line.c  Ways to a board: a serial line, TCP, a UNIX socket (HIL-01)
 *
 *     /dev/ttyACM0           serial line, 460,800 baud, 8N1, raw
 *     tcp:HOST:PORT          a serial line behind a network (ser2net, a test)
 *     unix:PATH, unix:@NAME  a socket of this machine; @NAME has no file (abstract)
 *
 * The descriptor is non-blocking; a TCP connection may still be under way: it is up when it can be
 * written.
 */
#include "line.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

static int no_block(int fd)
{
	return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) || fcntl(fd, F_SETFD, FD_CLOEXEC)
	               ? errno
	               : 0;
}

/* --- a serial line --- */

static int raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t))
		return errno;
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	t.c_cflag &= (tcflag_t)~(CSTOPB | CRTSCTS);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	if (cfsetispeed(&t, B460800) || cfsetospeed(&t, B460800) || tcsetattr(fd, TCSANOW, &t))
		return errno;
	return tcflush(fd, TCIOFLUSH) ? errno : 0;
}

static int open_tty(int *fdp, const char *path)
{
	const int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	int err = fd < 0 ? errno : raw(fd);

	if (!err)
		*fdp = fd;
	else if (fd >= 0)
		close(fd);
	return err;
}

/* --- sockets --- */

static int join(int *fdp, int family, const struct sockaddr *sa, socklen_t n)
{
	const int fd = socket(family, SOCK_STREAM, 0), on = 1;
	int err = fd < 0 ? errno : no_block(fd);

	if (!err && connect(fd, sa, n) && errno != EINPROGRESS)
		err = errno;
	if (!err && family != AF_UNIX)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (!err)
		*fdp = fd;
	else if (fd >= 0)
		close(fd);
	return err;
}

static int open_unix(int *fdp, const char *path)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	const size_t n = strlen(path);

	if (!n)
		return EINVAL;
	if (n >= sizeof(sa.sun_path))
		return ENAMETOOLONG;
	memcpy(sa.sun_path, path, n);
	if (path[0] == '@')
		sa.sun_path[0] = '\0';
	return join(fdp, AF_UNIX, (struct sockaddr *)&sa,
	            (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
}

static int open_tcp(int *fdp, const char *where, const char **why)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	const char *colon = strrchr(where, ':');
	struct addrinfo *list;
	char host[LINE_ADDRESS];
	size_t n = colon ? (size_t)(colon - where) : 0;
	int err;

	if (!n || n >= sizeof(host) || !colon[1])
		return EINVAL;
	if (where[0] == '[' && where[n - 1] == ']') {
		++where;
		n -= 2;
	}
	memcpy(host, where, n);
	host[n] = '\0';
	err = getaddrinfo(host, colon + 1, &hints, &list);
	if (err) {
		*why = gai_strerror(err);
		return EHOSTUNREACH;
	}
	err = join(fdp, list->ai_family, list->ai_addr, list->ai_addrlen);
	freeaddrinfo(list);
	return err;
}

static const char *remedy(int err, const char *address)
{
	if (address[0] == '/' && err == ENOENT)
		return "; is the board plugged in? `ls /dev/ttyACM* /dev/ttyUSB*` shows what is there";
	if (err == EACCES)
		return "; serial lines belong to the group dialout: `sudo adduser $USER dialout`, log in again";
	if (err == ENOTTY)
		return "; that is no serial line";
	if (err == EINVAL)
		return "; an address is /dev/ttyACM0, tcp:HOST:PORT or unix:PATH";
	return "";
}

/**
 * Open the way to a board.
 *
 * @param fdp     Descriptor, written on success: non-blocking, closed on exec; the caller closes it
 * @param address See the head of line.c
 * @param err     Written on failure: what was wrong, and what would be right
 * @param errsize Its size
 *
 * @return 0, EINVAL no address, errno of open() and connect()
 */
int line_open(int *fdp, const char *address, char *err, size_t errsize)
{
	const char *why = NULL;
	int e = EINVAL;

	if (address[0] == '/')
		e = open_tty(fdp, address);
	else if (!strncmp(address, "tcp:", 4))
		e = open_tcp(fdp, address + 4, &why);
	else if (!strncmp(address, "unix:", 5))
		e = open_unix(fdp, address + 5);
	if (e)
		(void)snprintf(err, errsize, "%s: %s%s", address, why ? why : strerror(e), remedy(e, address));
	return e;
}
