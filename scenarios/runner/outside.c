/**
 * @file outside.c  A receiver from outside: its URI, and from where we reach it (RCV-01)
 *
 * On loopback every host of a scenario has an address of its own.  Elsewhere the machine has one address
 * towards the receiver.  Either way the port is one that nobody has: 5060 may be a PBX's on this machine.
 */
#include <errno.h>
#include <netdb.h>
#include <re.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "outside.h"

#define SIP_PORT_TEXT "5060"

static int resolve(struct sa *sa, const char *host, const char *port)
{
	const struct addrinfo want = {.ai_socktype = SOCK_DGRAM};
	struct addrinfo *ai;
	int err;

	if (getaddrinfo(host, port, &want, &ai))
		return ENOENT;
	err = sa_set_sa(sa, ai->ai_addr);
	freeaddrinfo(ai);

	return err;
}

/**
 * The URI of `--receiver`, with its name resolved: scenarios know addresses only.
 *
 * @param uri  Written: "sip:[USER@]ADDRESS[:PORT]"
 * @param text "sip:[USER@]HOST[:PORT]"
 * @param why  What would be right, written on failure
 *
 * @return 0, EINVAL, ENOENT no such host
 */
int outside_uri(char *uri, size_t size, const char *text, const char **why)
{
	char host[256], port[8] = SIP_PORT_TEXT, user[128] = "";
	struct pl pl;
	struct uri u;
	struct sa sa;

	*why = "sip:HOST or sip:USER@HOST:PORT";
	pl_set_str(&pl, text);
	if (uri_decode(&u, &pl) || pl_strcasecmp(&u.scheme, "sip") || pl_strcpy(&u.host, host, sizeof(host)) ||
	    !*host || (pl_isset(&u.user) && pl_strcpy(&u.user, user, sizeof(user))))
		return EINVAL;
	if (u.port)
		(void)re_snprintf(port, sizeof(port), "%u", u.port);
	if (resolve(&sa, host, port)) {
		*why = "there is no such host; an address always works";
		return ENOENT;
	}
	if (re_snprintf(uri, size, "sip:%s%s%J", user, *user ? "@" : "", &sa) < 0)
		return EINVAL;

	return 0;
}

/** Bind or connect a kernel socket and read its address back: the route and a free port are the kernel's */
static int kernel_address(struct sa *sa, const struct sa *to, bool connected)
{
	struct sockaddr_storage ss;
	socklen_t n = sizeof(ss);
	const int fd = socket(sa_af(to), SOCK_DGRAM, 0);
	int err = 0;

	if (fd < 0)
		return errno;
	if (connected ? connect(fd, &to->u.sa, to->len) : bind(fd, &to->u.sa, to->len))
		err = errno;
	if (!err && getsockname(fd, (struct sockaddr *)&ss, &n))
		err = errno;
	(void)close(fd);

	return err ? err : sa_set_sa(sa, (struct sockaddr *)&ss);
}

/** All of 127.0.0.0/8 and ::1; libre knows 127.0.0.1 alone */
static bool on_loopback(const struct sa *sa)
{
	return sa_is_loopback(sa) || (sa_af(sa) == AF_INET && sa_in(sa) >> 24 == 127);
}

/** An address of IPv6's loopback, which has but one, with a free port */
int outside_loopback6(struct sa *sa)
{
	struct sa to;
	const int err = sa_set_str(&to, "::1", 0);

	return err ? err : kernel_address(sa, &to, false);
}

/**
 * The address from which a host of a scenario reaches a receiver.
 *
 * @param sa  In: an address of the host's own on loopback; out: that, or this machine's towards the
 *            receiver, and a free port of it
 * @param uri As outside_uri() wrote it
 *
 * @return 0, errno of the route
 */
int outside_address(struct sa *sa, const char *uri)
{
	const char *at = strchr(uri, '@');
	const char *hostport = at ? at + 1 : uri + strlen("sip:");
	struct sa to;
	int err = sa_decode(&to, hostport, strlen(hostport));

	if (!err && on_loopback(&to) && sa_af(&to) == sa_af(sa))
		to = *sa;
	else if (!err)
		err = kernel_address(&to, &to, true);
	if (err)
		return err;
	sa_set_port(&to, 0);

	return kernel_address(sa, &to, false);
}
