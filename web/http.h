/**
 * @file http.h  A request and its reply, whoever carries them
 *
 * The server (server.c) makes a request of what came by HTTP, a scenario makes one without sockets; API and
 * pages fill the reply.  All strings of a request are borrowed for the time of the call.
 */
#ifndef WEB_HTTP_H
#define WEB_HTTP_H

#include <re.h>

/** What became of an HTTP Digest (RFC 7616) */
enum web_digest { WEB_DIGEST_ABSENT, WEB_DIGEST_OK, WEB_DIGEST_WRONG, WEB_DIGEST_STALE };

struct web_reply;

struct web_request {
	const char *method;             /**< "GET" ... */
	const char *path;               /**< as it came, without query; nothing is decoded */
	const char *query;              /**< as it came, without ?, "" = none */
	const uint8_t *body;
	size_t size;                    /**< of the body */
	struct sa from;                 /**< who asks */
	bool secure;                    /**< it came by HTTPS */
	uint64_t now_ms;                /**< a clock that does not step back */
	const char *(*header)(const struct web_request *req, const char *name);  /**< value, NULL = none */
	enum web_digest (*digest)(const struct web_request *req, const char *user, const char *password);
	void *ctx;                      /**< of the two functions */
};

/** What a reply asks for where it refuses somebody */
enum web_challenge { WEB_NO_CHALLENGE, WEB_BASIC, WEB_DIGEST, WEB_DIGEST_AGAIN };

#define WEB_HEADERS 8

/**
 * A reply that goes on: a download in pieces, server-sent events.  Allocated by who fills the reply (mem_alloc, often as
 * the first member of a larger object); the reply is its owner.
 */
struct web_feed {
	/** Write up to size bytes; returns their number, 0 = none now (wake is called when there are), -1 = the end */
	int (*read)(struct web_feed *feed, uint8_t *buf, size_t size);
	void (*wake)(struct web_feed *feed);    /**< set by the carrier; NULL = nobody carries it any more */
	void *carrier;
};

/**
 * A reply that is made elsewhere and takes its time (a password's hash).  Allocated by who promises it; whoever carries
 * it lets the request wait until ready is called, then asks finish for the reply.
 */
struct web_later {
	void (*finish)(struct web_later *later, const struct web_request *req, struct web_reply *rep);
	void (*ready)(struct web_later *later);         /**< set by the carrier; NULL = nobody waits any more */
	void *carrier;
};

struct web_reply {
	unsigned status;
	const char *type;               /**< Content-Type, static */
	struct mbuf *body;              /**< NULL = empty; its owner is the reply */
	struct web_feed *feed;          /**< NULL = the body is all; its owner is the reply */
	struct web_later *later;        /**< NULL = the reply is all here; its owner is the reply */
	enum web_challenge challenge;
	unsigned headers;
	struct { const char *name; char value[128]; } header[WEB_HEADERS];
};

#define WEB_REALM "IP-GAP"

void web_reply_header(struct web_reply *rep, const char *name, const char *fmt, ...);
void web_reply_end(struct web_reply *rep);
void web_feed_wake(struct web_feed *feed);
void web_later_ready(struct web_later *later);

#endif
