/**
 * @file server.c  The door's web server (see server.h): a request from its first byte to its reply
 *
 * libmicrohttpd runs in our loop: its epoll descriptor is watched, its time-outs come by one timer, and it never
 * waits.  It bounds a silence, not a request that drips in byte by byte: that is done here, by closing the socket
 * under it.
 *
 *     connection   header, WEB_HEADER_MS   body, WEB_BODY_MS   reply, WEB_REPLY_MS   header ...
 */
#include <errno.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include "web/digest.h"
#include "web/server_priv.h"

#define NONCE_S 300

/* --- one request --- */

void *server_on_uri(void *cls, const char *uri, struct MHD_Connection *mhd)
{
	struct listener *l = cls;
	const size_t n = strlen(uri);
	struct exchange *ex = mem_zalloc(sizeof(*ex) + n + 2, NULL);
	char *query;

	if (!ex)
		return NULL;
	ex->web = l->web;
	ex->listener = l;
	ex->mhd = mhd;
	memcpy(ex->uri, uri, n + 1);
	query = strchr(ex->uri, '?');
	if (query)
		*query++ = '\0';
	ex->query = query ? query : ex->uri + n;

	return ex;
}

static void forget_later(struct exchange *ex)
{
	if (ex->later)
		ex->later->ready = NULL;
	ex->later = mem_deref(ex->later);
}

void server_on_completed(void *cls, struct MHD_Connection *mhd, void **ctx, enum MHD_RequestTerminationCode code)
{
	struct exchange *ex = *ctx;

	(void)cls;
	(void)code;
	conn_until(mhd, WEB_HEADER_MS);
	if (!ex)
		return;
	conn_feeds(mhd, false);
	list_unlink(&ex->le);
	forget_later(ex);
	ex->web->bodies -= ex->held;
	if (ex->body)
		OPENSSL_cleanse(ex->body->buf, ex->body->size); /* passwords come in bodies */
	mem_deref(ex->body);
	*ctx = mem_deref(ex);
}

static const char *header(const struct web_request *req, const char *name)
{
	const struct exchange *ex = req->ctx;

	return MHD_lookup_connection_value(ex->mhd, MHD_HEADER_KIND, name);
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
	r = MHD_digest_auth_check2(ex->mhd, WEB_REALM, user, password, NONCE_S, server_hash(g));
	if (r == MHD_YES)
		return WEB_DIGEST_OK;
	want.hash = server_hash(g) == MHD_DIGEST_ALG_MD5 ? "MD5" : "SHA256";

	return digest_right(header(req, "Authorization"), &want) ? WEB_DIGEST_STALE : WEB_DIGEST_WRONG;
}

/* On a socket for both, an IPv4 client comes as ::ffff:a.b.c.d: he is one address, and not a part of one network */
static void take_peer(struct sa *from, const struct sockaddr *addr)
{
	const struct in6_addr *ip6 = &from->u.in6.sin6_addr;

	(void)sa_set_sa(from, addr);
	if (sa_af(from) == AF_INET6 && IN6_IS_ADDR_V4MAPPED(ip6))
		sa_set_in(from, (uint32_t)ip6->s6_addr[12] << 24 | (uint32_t)ip6->s6_addr[13] << 16 |
			  (uint32_t)ip6->s6_addr[14] << 8 | ip6->s6_addr[15], sa_port(from));
}

static void make_request(struct web_request *req, struct exchange *ex, const char *method)
{
	const union MHD_ConnectionInfo *peer = MHD_get_connection_info(ex->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	*req = (struct web_request){
		.method = method, .path = ex->uri, .query = ex->query,
		.body = ex->body ? ex->body->buf : NULL, .size = ex->body ? ex->body->end : 0,
		.secure = ex->listener == &ex->web->listener[WEB_HTTPS], .now_ms = tmr_jiffies(), .header = header, .digest = digest, .ctx = ex,
	};
	take_peer(&req->from, peer->client_addr);
}

static void serve(struct exchange *ex, const char *method, struct web_reply *rep)
{
	const bool api = !strncmp(ex->uri, API_PREFIX, strlen(API_PREFIX));
	struct web *w = ex->web;
	struct gap *g = w->cfg.gap(w->cfg.arg);
	struct web_request req;

	/* libmicrohttpd leaves out the body of a reply to HEAD */
	make_request(&req, ex, !api && !strcmp(method, "HEAD") ? "GET" : method);
	if (!api && w->cfg.site)
		w->cfg.site(&req, rep, w->cfg.arg);
	else if (!g)
		api_say(rep, 503, "the door has no supply");
	else if (api)
		api_serve(&w->api, g, &req, rep);
	else
		api_say(rep, 404, "there is no such path; " API_PREFIX "openapi.json tells those there are");
}

static enum MHD_Result reply_now(struct exchange *ex, unsigned status, const char *text)
{
	struct web_reply rep = {.status = 0};
	enum MHD_Result r;

	api_say(&rep, status, "%s", text);
	web_reply_header(&rep, "Connection", "close");
	r = server_reply(ex, &rep);
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

/* --- its reply --- */

static void go_on(struct exchange *ex)
{
	if (!ex->le.list)
		return;
	list_unlink(&ex->le);
	MHD_resume_connection(ex->mhd);
	server_soon(ex->web);
}

static void on_later(struct web_later *later)
{
	struct exchange *ex = later->carrier;

	later->ready = NULL;
	go_on(ex);
}

/** Nobody waits any more: they are refused */
void server_end_waiting(const struct listener *l)
{
	struct le *le = list_head(&l->web->waiting);

	while (le) {
		struct exchange *ex = le->data;

		le = le->next;
		if (ex->listener == l)
			go_on(ex);
	}
}

/* The reply comes later: the connection is left alone until then */
static enum MHD_Result wait_for(struct exchange *ex, struct web_reply *rep)
{
	ex->later = mem_ref(rep->later);
	ex->later->carrier = ex;
	ex->later->ready = on_later;
	list_append(&ex->web->waiting, &ex->le, ex);
	conn_until(ex->mhd, UINT64_MAX);
	MHD_suspend_connection(ex->mhd);
	web_reply_end(rep);

	return MHD_YES;
}

/* Called again where it waited: what was promised is there, or the server ends */
static enum MHD_Result finish(struct exchange *ex, const char *method)
{
	struct web_reply rep = {.status = 0};
	struct web_request req;
	enum MHD_Result r;

	if (!ex->later)
		serve(ex, method, &rep);
	else if (ex->later->ready)
		api_say(&rep, 503, "the server ends");  /* nobody made it ready */
	else {
		make_request(&req, ex, method);
		ex->later->finish(ex->later, &req, &rep);
	}
	if (ex->listener->ending && (rep.later || rep.feed))
		api_say(&rep, 503, "the server ends");
	if (rep.later)
		return wait_for(ex, &rep);
	r = server_reply(ex, &rep);
	web_reply_end(&rep);

	return r;
}

enum MHD_Result server_on_request(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
				  const char *version, const char *data, size_t *size, void **ctx)
{
	struct exchange *ex = *ctx;
	size_t n = *size;

	(void)cls;
	(void)mhd;
	(void)url;
	(void)version;
	if (!ex || (ex->listener->ending && !ex->later))
		return MHD_NO;
	if (!ex->seen)
		return begin(ex);
	if (!n)
		return finish(ex, method);
	*size = 0;

	return more(ex, data, n);
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
	if (w->pem)
		OPENSSL_cleanse(w->pem, strlen(w->pem));        /* the key is in it */
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
