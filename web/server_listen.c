/**
 * @file server_listen.c  libmicrohttpd in libre's loop, and its listening sockets (see server_priv.h)
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include "web/cert.h"
#include "web/server_priv.h"

#define BACKLOG 1024                    /* who finds it full waits a second for his next try */
#define NONCES 256                      /* remembered, so that none is used twice */
#define TLS_PRIORITIES "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"

/* --- libmicrohttpd in our loop --- */

static void on_time(void *arg)
{
	server_turn(arg);
}

static void on_ready(int flags, void *arg)
{
	(void)flags;
	server_turn(arg);
}

static uint64_t next_ms(const struct listener *l, uint64_t now_ms)
{
	MHD_UNSIGNED_LONG_LONG mhd;
	uint64_t next = UINT64_MAX, deadline;

	if (!l->daemon)
		return next;
	if (l->closed)
		return now_ms;          /* where all places were taken it accepts again, but not before it runs */
	if (MHD_get_timeout(l->daemon, &mhd) == MHD_YES)
		next = now_ms + mhd;
	deadline = conn_next_ms(l);

	return deadline < next ? deadline : next;
}

static void schedule(struct web *w)
{
	const uint64_t now = tmr_jiffies();
	uint64_t next = UINT64_MAX, n;
	unsigned i;

	for (i = 0; i < WEB_SCHEMES; i++) {
		n = next_ms(&w->listener[i], now);
		next = n < next ? n : next;
	}
	if (next == UINT64_MAX)
		tmr_cancel(&w->tmr);
	else
		tmr_start(&w->tmr, next > now ? next - now : 0, on_time, w);
}

/** Let libmicrohttpd do what is to be done */
void server_turn(struct web *w)
{
	unsigned i;

	w->soon = false;
	server_reap_feeds(w);
	for (i = 0; i < WEB_SCHEMES; i++) {
		if (!w->listener[i].daemon)
			continue;
		conn_sweep(&w->listener[i], tmr_jiffies());
		w->listener[i].closed = false;
		(void)MHD_run(w->listener[i].daemon);
	}
	if (w->soon)
		server_soon(w);
	else
		schedule(w);
}

/** As soon as the caller is done; for those that are called by libmicrohttpd itself, or know not who called them */
void server_soon(struct web *w)
{
	w->soon = true;
	tmr_start(&w->tmr, 0, on_time, w);
}

/* --- listening --- */

static void hush(void *cls, const char *fmt, va_list ap)
{
	(void)cls;
	(void)fmt;
	(void)ap;
}

/* A socket of our own, so that we know why it cannot be */
static int open_socket(int *fdp, struct sa *addr)
{
	const int on = 1, fd = socket(sa_af(addr), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err = 0;

	if (fd < 0)
		return errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &addr->u.sa, addr->len) || listen(fd, BACKLOG) ||
	    getsockname(fd, &addr->u.sa, (socklen_t[]){sizeof(addr->u)}))
		err = errno;
	if (err)
		(void)close(fd);
	else
		*fdp = fd;

	return err;
}

static struct MHD_Daemon *start(struct listener *l, int fd, const char *pem)
{
	const unsigned flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME | (sa_af(&l->addr) == AF_INET6 ? MHD_USE_IPv6 : 0) |
			       (pem ? MHD_USE_TLS : 0);
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)pem},
		{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)pem},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES},
		{MHD_OPTION_END, 0, NULL},
	};

	return MHD_start_daemon(flags, 0, NULL, NULL, server_on_request, l,
				MHD_OPTION_EXTERNAL_LOGGER, hush, NULL,
				MHD_OPTION_LISTEN_SOCKET, fd,
				MHD_OPTION_CONNECTION_LIMIT, (unsigned)WEB_CONNECTIONS,
				MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)WEB_CONNECTIONS_EACH,
				MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(WEB_HEADER_MS / 1000),
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)WEB_HEADER_BYTES,
				MHD_OPTION_NOTIFY_CONNECTION, conn_on_change, l,
				MHD_OPTION_NOTIFY_COMPLETED, server_on_completed, l,
				MHD_OPTION_URI_LOG_CALLBACK, server_on_uri, l,
				MHD_OPTION_DIGEST_AUTH_RANDOM, sizeof(l->web->seed), (const char *)l->web->seed,
				MHD_OPTION_NONCE_NC_SIZE, (unsigned)NONCES,
				MHD_OPTION_ARRAY, pem ? tls : &tls[ARRAY_SIZE(tls) - 1],
				MHD_OPTION_END);
}

static const char *remedy(int e)
{
	switch (e) {
	case EADDRINUSE:    return "; another program has that port: give a free one";
	case EADDRNOTAVAIL: return "; this machine has no such address: `ip address` lists those it has";
	case EACCES:        return "; ports below 1024 are the administrator's: give a higher one";
	default:            return "";
	}
}

static int watch(struct listener *l)
{
	const union MHD_DaemonInfo *i = MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD);

	if (!i)
		return ENOSYS;
	l->epoll = i->epoll_fd;

	return fd_listen(l->epoll, FD_READ, on_ready, l->web);
}

static int open_listener(struct listener *l, const char *pem)
{
	int fd = -1, err = open_socket(&fd, &l->addr);

	if (err)
		return err;
	l->daemon = start(l, fd, pem);
	if (!l->daemon) {
		(void)close(fd);
		return EPROTO;
	}

	return watch(l);
}

/**
 * Begin to listen.
 *
 * @param w       Server
 * @param scheme  HTTP or HTTPS
 * @param err     Written on failure: what was wrong, with which address
 * @param errsize Its size
 *
 * @return 0 (also where it listens already, or the configuration has no address for it), errno
 */
int web_listen(struct web *w, enum web_scheme scheme, char *err, size_t errsize)
{
	static const char *const name[] = {"HTTP", "HTTPS"};
	struct listener *l = &w->listener[scheme];
	struct sa *where = scheme == WEB_HTTP ? &w->cfg.http : &w->cfg.https;
	int e = 0;

	l->addr = *where;
	if (l->daemon || sa_af(&l->addr) == AF_UNSPEC)
		return 0;
	if (scheme == WEB_HTTPS && !w->pem)
		e = cert_load(&w->pem, w->cert, w->dir, &l->addr, err, errsize);
	if (e)
		return e;
	e = open_listener(l, scheme == WEB_HTTPS ? w->pem : NULL);
	if (e) {
		(void)re_snprintf(err, errsize, "no %s on %j port %u: %m%s", name[scheme], &l->addr, sa_port(&l->addr), e,
				  remedy(e));
		web_silence(w, scheme);
	}
	else {
		*where = l->addr;       /* the same port again, where any was asked for */
	}
	schedule(w);

	return e;
}

/** Listen no longer, and close what is open */
void web_silence(struct web *w, enum web_scheme scheme)
{
	struct listener *l = &w->listener[scheme];

	if (!l->daemon)
		return;
	l->ending = true;
	server_end_feeds(l);
	server_end_waiting(l);
	(void)MHD_run(l->daemon);       /* what waited is resumed by this, and ends */
	fd_close(l->epoll);
	MHD_stop_daemon(l->daemon);
	l->daemon = NULL;
	l->ending = false;
	schedule(w);
}

/** Where it listens, NULL = it does not */
const struct sa *web_address(const struct web *w, enum web_scheme scheme)
{
	return w->listener[scheme].daemon ? &w->listener[scheme].addr : NULL;
}

/** "http://127.0.0.1:8080/", "" where it does not listen */
void web_url(char *buf, size_t size, const struct web *w, enum web_scheme scheme)
{
	const struct sa *a = web_address(w, scheme);

	*buf = '\0';
	if (a)
		(void)re_snprintf(buf, size, "%s://%J/", scheme == WEB_HTTP ? "http" : "https", a);
}

