/**
 * @file server_reply.c  Replies of the web server, whole ones and those that go on (see server_priv.h)
 *
 * A reply that goes on waits without costing anything: libmicrohttpd is told to leave the connection alone until there
 * is more to read.  It has no deadline while it waits, and the usual one while its client does not take what there is.
 */
#include <string.h>
#include "web/server_priv.h"

/* A reply that goes on, on its way; libmicrohttpd holds it for us */
struct carrier {
	struct le le;
	struct web *web;
	const struct listener *listener;
	struct MHD_Connection *mhd;
	struct web_feed *feed;
	bool waits, ended;
};

/* --- that go on --- */

static void carrier_destructor(void *arg)
{
	struct carrier *c = arg;

	list_unlink(&c->le);
	c->feed->wake = NULL;
	mem_deref(c->feed);
}

static void wake(struct web_feed *feed)
{
	struct carrier *c = feed->carrier;

	if (!c->waits)
		return;
	c->waits = false;
	MHD_resume_connection(c->mhd);
	server_soon(c->web);
}

static ssize_t feed_read(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct carrier *c = cls;
	const int n = c->ended ? -1 : c->feed->read(c->feed, (uint8_t *)buf, max);

	(void)pos;
	conn_until(c->mhd, n ? WEB_REPLY_MS : UINT64_MAX);
	if (n < 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (!n) {
		c->waits = true;
		MHD_suspend_connection(c->mhd);
	}

	return n;
}

static void feed_free(void *cls)
{
	mem_deref(cls);
}

/** End those whose client has gone while there was nothing to say: they make room for others */
void server_reap_feeds(struct web *w)
{
	struct le *le;

	LIST_FOREACH(&w->feeds, le) {
		struct carrier *c = le->data;

		if (!c->waits || !conn_gone(c->mhd))
			continue;
		c->ended = true;
		wake(c->feed);
	}
}

/** End what goes on: no connection waits any more */
void server_end_feeds(const struct listener *l)
{
	struct le *le;

	LIST_FOREACH(&l->web->feeds, le) {
		struct carrier *c = le->data;

		if (c->listener != l)
			continue;
		c->ended = true;
		wake(c->feed);
	}
}

static struct MHD_Response *feed_response(struct exchange *ex, struct web_reply *rep)
{
	struct carrier *c = mem_zalloc(sizeof(*c), carrier_destructor);
	struct MHD_Response *r;

	if (!c)
		return NULL;
	c->web = ex->web;
	c->listener = ex->listener;
	c->mhd = ex->mhd;
	c->feed = rep->feed;
	c->feed->carrier = c;
	c->feed->wake = wake;
	rep->feed = NULL;
	list_append(&ex->web->feeds, &c->le, c);
	conn_feeds(ex->mhd, true);
	r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, WEB_FEED_BYTES, feed_read, c, feed_free);
	if (!r)
		mem_deref(c);

	return r;
}

/* --- all --- */

static const struct { const char *name, *value; } always[] = {
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
				    "form-action 'self'; frame-ancestors 'none'"},
	{"X-Frame-Options", "DENY"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
};

static struct MHD_Response *whole_response(const struct web_reply *rep)
{
	struct mbuf *mb = rep->body;

	return MHD_create_response_from_buffer(mb ? mb->end : 0, mb ? mb->buf : NULL, MHD_RESPMEM_MUST_COPY);
}

static struct MHD_Response *make_response(struct exchange *ex, struct web_reply *rep)
{
	struct MHD_Response *r = rep->feed ? feed_response(ex, rep) : whole_response(rep);
	size_t i;

	if (!r)
		return NULL;
	if (rep->type)
		(void)MHD_add_response_header(r, "Content-Type", rep->type);
	for (i = 0; i < rep->headers; i++)
		(void)MHD_add_response_header(r, rep->header[i].name, rep->header[i].value);
	for (i = 0; i < ARRAY_SIZE(always); i++)
		(void)MHD_add_response_header(r, always[i].name, always[i].value);
	if (rep->challenge == WEB_BASIC)
		(void)MHD_add_response_header(r, "WWW-Authenticate", "Basic realm=\"" WEB_REALM "\", charset=\"UTF-8\"");

	return r;
}

/** The hash of HTTP Digest */
enum MHD_DigestAuthAlgorithm server_hash(const struct gap *g)
{
	return gap_settings(g)->api_digest == API_HASH_SHA256 ? MHD_DIGEST_ALG_SHA256 : MHD_DIGEST_ALG_MD5;
}

/** Hand a reply to libmicrohttpd */
enum MHD_Result server_reply(struct exchange *ex, struct web_reply *rep)
{
	const struct gap *g = ex->web->cfg.gap(ex->web->cfg.arg);
	struct MHD_Response *r;
	enum MHD_Result result;

	if (rep->feed && list_count(&ex->web->feeds) >= WEB_FEEDS)
		api_say(rep, 503, "too many replies that go on are open already; close a page");
	r = make_response(ex, rep);
	if (!r)
		return MHD_NO;
	conn_until(ex->mhd, WEB_REPLY_MS);
	if (g && (rep->challenge == WEB_DIGEST || rep->challenge == WEB_DIGEST_AGAIN))
		result = MHD_queue_auth_fail_response2(ex->mhd, WEB_REALM, WEB_OPAQUE, r, rep->challenge == WEB_DIGEST_AGAIN,
						       server_hash(g));
	else
		result = MHD_queue_response(ex->mhd, rep->status, r);
	MHD_destroy_response(r);

	return result;
}
