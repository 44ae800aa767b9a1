/**
 * @file server.c  The door's web server (see server.h); the one file that includes libmicrohttpd
 *
 * libmicrohttpd runs in our loop: its epoll descriptor is watched, its time-outs come by one timer, and it never
 * waits.  It bounds a silence, not a request that drips in byte by byte: that is done here, by closing the socket
 * under it.
 *
 *     connection   header, WEB_HEADER_MS   body, WEB_BODY_MS   reply, WEB_REPLY_MS   header ...
 */
#define MHD_NO_DEPRECATION 1            /* 1.0 has newer names for what 0.9.75 has too */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <microhttpd.h>
#include <openssl/rand.h>
#include "web/cert.h"
#include "web/digest.h"
#include "web/server.h"

#define BACKLOG 1024                    /* who finds it full waits a second for his next try */
#define NONCE_S 300
#define NONCES 256                      /* remembered, so that none is used twice */
#define OPAQUE "ip-gap"
#define TLS_PRIORITIES "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"

struct listener {
	struct web *web;
	struct MHD_Daemon *daemon;      /* NULL = does not listen */
	struct sa addr;
	struct list conns;
	int epoll;
	bool closed;                    /* a connection was, since the last run */
};

/* A connection, from the moment it is accepted */
struct conn {
	struct le le;
	int fd;
	uint64_t until_ms;
};

/* A request on its way; libmicrohttpd holds it for us */
struct exchange {
	struct web *web;
	struct MHD_Connection *mhd;
	struct mbuf *body;
	size_t room, held;              /* bytes of a body: at most, and counted in web.bodies */
	bool seen;
	const char *query;
	char uri[];                     /* its path, then query */
};

struct web {
	struct web_config cfg;
	struct api api;
	struct listener listener[WEB_SCHEMES];
	struct tmr tmr;
	size_t bodies;                  /* bytes of bodies on their way */
	uint8_t seed[32];
	char *dir, *cert, *pem;
};

static void turn(struct web *w);

/* --- connections and their deadlines --- */

static void conn_destructor(void *arg)
{
	struct conn *c = arg;

	list_unlink(&c->le);
}

static struct conn *conn_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return i ? i->socket_context : NULL;
}

static void conn_until(struct MHD_Connection *mhd, uint64_t ms)
{
	struct conn *c = conn_of(mhd);

	if (c)
		c->until_ms = tmr_jiffies() + ms;
}

/* The last places are kept for who comes: the oldest connection, idle or slow, goes.  A request lasts milliseconds */
static void make_room(struct listener *l)
{
	struct conn *oldest = list_ledata(list_head(&l->conns));

	if (list_count(&l->conns) <= WEB_CONNECTIONS - WEB_SPARE)
		return;
	list_unlink(&oldest->le);
	(void)shutdown(oldest->fd, SHUT_RDWR);
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **ctx, enum MHD_ConnectionNotificationCode code)
{
	struct listener *l = cls;
	const union MHD_ConnectionInfo *fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct conn *c;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		*ctx = mem_deref(*ctx);
		l->closed = true;
		return;
	}
	c = mem_zalloc(sizeof(*c), conn_destructor);
	if (!c || !fd)
		return;                 /* without a deadline of ours; libmicrohttpd's stays */
	c->fd = fd->connect_fd;
	c->until_ms = tmr_jiffies() + WEB_HEADER_MS;
	list_append(&l->conns, &c->le, c);
	*ctx = c;
	make_room(l);
}

/* libmicrohttpd sees the end of the stream and closes */
static void sweep(struct listener *l, uint64_t now_ms)
{
	struct le *le;

	LIST_FOREACH(&l->conns, le) {
		struct conn *c = le->data;

		if (c->until_ms > now_ms)
			continue;
		c->until_ms = now_ms + WEB_HEADER_MS;
		(void)shutdown(c->fd, SHUT_RDWR);
	}
}

/* --- one request --- */

static void *on_uri(void *cls, const char *uri, struct MHD_Connection *mhd)
{
	struct listener *l = cls;
	const size_t n = strlen(uri);
	struct exchange *ex = mem_zalloc(sizeof(*ex) + n + 2, NULL);
	char *query;

	if (!ex)
		return NULL;
	ex->web = l->web;
	ex->mhd = mhd;
	memcpy(ex->uri, uri, n + 1);
	query = strchr(ex->uri, '?');
	if (query)
		*query++ = '\0';
	ex->query = query ? query : ex->uri + n;

	return ex;
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **ctx, enum MHD_RequestTerminationCode code)
{
	struct exchange *ex = *ctx;

	(void)cls;
	(void)code;
	conn_until(mhd, WEB_HEADER_MS);
	if (!ex)
		return;
	ex->web->bodies -= ex->held;
	mem_deref(ex->body);
	*ctx = mem_deref(ex);
}

static const char *header(const struct web_request *req, const char *name)
{
	const struct exchange *ex = req->ctx;

	return MHD_lookup_connection_value(ex->mhd, MHD_HEADER_KIND, name);
}

static enum MHD_DigestAuthAlgorithm hash(const struct gap *g)
{
	return gap_settings(g)->api_digest == API_HASH_SHA256 ? MHD_DIGEST_ALG_SHA256 : MHD_DIGEST_ALG_MD5;
}

static enum web_digest digest(const struct web_request *req, const char *user, const char *password)
{
	const struct exchange *ex = req->ctx;
	const struct gap *g = ex->web->cfg.gap(ex->web->cfg.arg);
	char *name = MHD_digest_auth_get_username(ex->mhd);
	const bool known = name && !strcmp(name, user);
	struct digest_want want = {
		.method = req->method, .path = req->path, .query = req->query, .realm = WEB_REALM, .user = user,
		.password = password,
	};
	int r;

	if (!name)
		return WEB_DIGEST_ABSENT;
	MHD_free(name);
	if (!known || !g)
		return WEB_DIGEST_WRONG;
	r = MHD_digest_auth_check2(ex->mhd, WEB_REALM, user, password, NONCE_S, hash(g));
	if (r == MHD_YES)
		return WEB_DIGEST_OK;
	want.hash = hash(g) == MHD_DIGEST_ALG_MD5 ? "MD5" : "SHA256";

	return digest_right(header(req, "Authorization"), &want) ? WEB_DIGEST_STALE : WEB_DIGEST_WRONG;
}

static void serve(struct exchange *ex, const char *method, struct web_reply *rep)
{
	struct web *w = ex->web;
	struct gap *g = w->cfg.gap(w->cfg.arg);
	const union MHD_ConnectionInfo *peer = MHD_get_connection_info(ex->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct web_request req = {
		.method = method, .path = ex->uri, .query = ex->query,
		.body = ex->body ? ex->body->buf : NULL, .size = ex->body ? ex->body->end : 0,
		.now_ms = tmr_jiffies(), .header = header, .digest = digest, .ctx = ex,
	};

	(void)sa_set_sa(&req.from, peer->client_addr);
	if (strncmp(ex->uri, API_PREFIX, strlen(API_PREFIX)) && w->cfg.site)
		w->cfg.site(&req, rep, w->cfg.arg);
	else if (!g)
		api_say(rep, 503, "the door has no supply");
	else if (!strncmp(ex->uri, API_PREFIX, strlen(API_PREFIX)))
		api_serve(&w->api, g, &req, rep);
	else
		api_say(rep, 404, "there is no such path; " API_PREFIX "openapi.json tells those there are");
}

/* --- its reply --- */

static struct MHD_Response *make_response(const struct web_reply *rep)
{
	struct mbuf *mb = rep->body;
	struct MHD_Response *r = MHD_create_response_from_buffer(mb ? mb->end : 0, mb ? mb->buf : NULL,
								 MHD_RESPMEM_MUST_COPY);
	unsigned i;

	if (!r)
		return NULL;
	if (rep->type)
		(void)MHD_add_response_header(r, "Content-Type", rep->type);
	for (i = 0; i < rep->headers; i++)
		(void)MHD_add_response_header(r, rep->header[i].name, rep->header[i].value);
	(void)MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	(void)MHD_add_response_header(r, "Referrer-Policy", "no-referrer");
	if (rep->challenge == WEB_BASIC)
		(void)MHD_add_response_header(r, "WWW-Authenticate", "Basic realm=\"" WEB_REALM "\", charset=\"UTF-8\"");

	return r;
}

static enum MHD_Result send_reply(struct exchange *ex, const struct web_reply *rep)
{
	const struct gap *g = ex->web->cfg.gap(ex->web->cfg.arg);
	struct MHD_Response *r = make_response(rep);
	enum MHD_Result result;

	if (!r)
		return MHD_NO;
	conn_until(ex->mhd, WEB_REPLY_MS);
	if (g && (rep->challenge == WEB_DIGEST || rep->challenge == WEB_DIGEST_AGAIN))
		result = MHD_queue_auth_fail_response2(ex->mhd, WEB_REALM, OPAQUE, r, rep->challenge == WEB_DIGEST_AGAIN,
						       hash(g));
	else
		result = MHD_queue_response(ex->mhd, rep->status, r);
	MHD_destroy_response(r);

	return result;
}

static enum MHD_Result reply_now(struct exchange *ex, unsigned status, const char *text)
{
	struct web_reply rep = {.status = 0};
	enum MHD_Result r;

	api_say(&rep, status, "%s", text);
	web_reply_header(&rep, "Connection", "close");
	r = send_reply(ex, &rep);
	web_reply_end(&rep);

	return r;
}

/* --- its body --- */

static size_t body_max(const struct web *w, const char *path)
{
	const bool api = !strncmp(path, API_PREFIX, strlen(API_PREFIX));

	return api || !w->cfg.body_max ? api_body_max(path) : w->cfg.body_max(path);
}

/* The header is there: what is too long is refused before it comes */
static enum MHD_Result begin(struct exchange *ex)
{
	const char *length = MHD_lookup_connection_value(ex->mhd, MHD_HEADER_KIND, "Content-Length");

	ex->seen = true;
	ex->room = body_max(ex->web, ex->uri);
	conn_until(ex->mhd, WEB_BODY_MS);
	if (length && strtoull(length, NULL, 10) > ex->room)
		return reply_now(ex, 413, "the body is too long");

	return MHD_YES;
}

/* A piece of the body; what has no end (chunked) is cut off */
static enum MHD_Result more(struct exchange *ex, const char *data, size_t size)
{
	struct web *w = ex->web;
	const size_t have = ex->body ? ex->body->end : 0;

	if (size > ex->room - have || size > WEB_BODIES_BYTES - w->bodies)
		return MHD_NO;
	if (!ex->body)
		ex->body = mbuf_alloc(size);
	if (!ex->body || mbuf_write_mem(ex->body, (const uint8_t *)data, size))
		return MHD_NO;
	ex->held += size;
	w->bodies += size;

	return MHD_YES;
}

static enum MHD_Result finish(struct exchange *ex, const char *method)
{
	struct web_reply rep = {.status = 0};
	enum MHD_Result r;

	serve(ex, method, &rep);
	r = send_reply(ex, &rep);
	web_reply_end(&rep);

	return r;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
				  const char *version, const char *data, size_t *size, void **ctx)
{
	struct exchange *ex = *ctx;
	size_t n = *size;

	(void)cls;
	(void)mhd;
	(void)url;
	(void)version;
	if (!ex)
		return MHD_NO;
	if (!ex->seen)
		return begin(ex);
	if (!n)
		return finish(ex, method);
	*size = 0;

	return more(ex, data, n);
}

/* --- libmicrohttpd in our loop --- */

static void on_time(void *arg)
{
	turn(arg);
}

static void on_ready(int flags, void *arg)
{
	(void)flags;
	turn(arg);
}

static uint64_t next_ms(const struct listener *l, uint64_t now_ms)
{
	MHD_UNSIGNED_LONG_LONG mhd;
	uint64_t next = UINT64_MAX;
	const struct le *le;

	if (!l->daemon)
		return next;
	if (l->closed)
		return now_ms;          /* where all places were taken it accepts again, but not before it runs */
	if (MHD_get_timeout(l->daemon, &mhd) == MHD_YES)
		next = now_ms + mhd;
	LIST_FOREACH(&l->conns, le) {
		const struct conn *c = le->data;

		next = c->until_ms < next ? c->until_ms : next;
	}

	return next;
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

static void turn(struct web *w)
{
	unsigned i;

	for (i = 0; i < WEB_SCHEMES; i++) {
		if (!w->listener[i].daemon)
			continue;
		sweep(&w->listener[i], tmr_jiffies());
		w->listener[i].closed = false;
		(void)MHD_run(w->listener[i].daemon);
	}
	schedule(w);
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
	const unsigned flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG | (sa_af(&l->addr) == AF_INET6 ? MHD_USE_IPv6 : 0) |
			       (pem ? MHD_USE_TLS : 0);
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)pem},
		{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)pem},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES},
		{MHD_OPTION_END, 0, NULL},
	};

	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, l,
				MHD_OPTION_EXTERNAL_LOGGER, hush, NULL,
				MHD_OPTION_LISTEN_SOCKET, fd,
				MHD_OPTION_CONNECTION_LIMIT, (unsigned)WEB_CONNECTIONS,
				MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)WEB_CONNECTIONS_EACH,
				MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(WEB_HEADER_MS / 1000),
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)WEB_HEADER_BYTES,
				MHD_OPTION_NOTIFY_CONNECTION, on_connection, l,
				MHD_OPTION_NOTIFY_COMPLETED, on_completed, l,
				MHD_OPTION_URI_LOG_CALLBACK, on_uri, l,
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
	if (l->daemon || !sa_isset(&l->addr, SA_ADDR))
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
	fd_close(l->epoll);
	MHD_stop_daemon(l->daemon);
	l->daemon = NULL;
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

/* --- life --- */

static void destructor(void *arg)
{
	struct web *w = arg;

	web_silence(w, WEB_HTTP);
	web_silence(w, WEB_HTTPS);
	tmr_cancel(&w->tmr);
	mem_deref(w->dir);
	mem_deref(w->cert);
	mem_deref(w->pem);
}

/**
 * Make a server; it listens after web_listen().
 *
 * @param wp  Written on success; mem_deref ends it, outside of its own handlers
 * @param cfg Copied
 *
 * @return 0, ENOMEM, EIO no randomness
 */
int web_alloc(struct web **wp, const struct web_config *cfg)
{
	struct web *w = mem_zalloc(sizeof(*w), destructor);
	unsigned i;
	int err;

	if (!w)
		return ENOMEM;
	w->cfg = *cfg;
	for (i = 0; i < WEB_SCHEMES; i++)
		w->listener[i].web = w;
	err = str_dup(&w->dir, cfg->dir) | str_dup(&w->cert, cfg->cert);
	if (!err && RAND_bytes(w->seed, sizeof(w->seed)) != 1)
		err = EIO;
	if (err)
		mem_deref(w);
	else
		*wp = w;

	return err;
}
