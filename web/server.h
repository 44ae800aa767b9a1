/**
 * @file server.h  The door's web server: HTTP and HTTPS in libre's loop, without threads (WEB-01, WEB-05)
 *
 * What hostile or slow clients can take is bounded: see the figures below.  No request waits for another.
 *
 * Where the pages join: config.site gets every request outside of /api/.  It fills a reply as the API does; a reply may
 * go on (web_feed), or come when it is made (web_later).
 */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "web/api.h"

#define WEB_CONNECTIONS 64              /**< at a time, of HTTP and of HTTPS each */
#define WEB_SPARE 8                     /**< of these, free for who comes: the oldest connection is closed for him */
#define WEB_CONNECTIONS_EACH 24         /**< from one address */
#define WEB_FEEDS 16                    /**< replies that go on, at a time */
#define WEB_FEED_BYTES 8192             /**< a piece of one */
#define WEB_HEADER_BYTES 16384          /**< memory of a connection: its header, and the reply's */
#define WEB_BODIES_BYTES (4 * 1024 * 1024)      /**< of all bodies on their way */
#define WEB_HEADER_MS 10000             /**< a request's header is there by then, or a connection idle for so long */
#define WEB_BODY_MS 30000               /**< its body is */
#define WEB_REPLY_MS 20000              /**< its reply is taken by then */

struct web;

typedef void (web_site_h)(const struct web_request *req, struct web_reply *rep, void *arg);

struct web_config {
	struct sa http, https;          /**< where to listen; port 0 = any free one, not set = not at all */
	const char *dir;                /**< where our own certificate is kept; copied */
	const char *cert;               /**< setting web.cert at the start; copied */
	struct gap *(*gap)(void *arg);  /**< the door phone, NULL while it has no supply */
	web_site_h *site;               /**< NULL = no pages */
	size_t (*body_max)(const char *path);   /**< of the pages' requests; NULL = as the API's */
	void *arg;                      /**< of gap and site */
};

enum web_scheme { WEB_HTTP, WEB_HTTPS, WEB_SCHEMES };

int  web_alloc(struct web **wp, const struct web_config *cfg);
int  web_listen(struct web *w, enum web_scheme scheme, char *err, size_t errsize);
void web_silence(struct web *w, enum web_scheme scheme);
const struct sa *web_address(const struct web *w, enum web_scheme scheme);
void web_url(char *buf, size_t size, const struct web *w, enum web_scheme scheme);

#endif
