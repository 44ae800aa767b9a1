/**
 * @file server_priv.h  What the files of the server share; they alone include libmicrohttpd
 *
 *     server.c         life, requests, their bodies      server_conn.c    connections and their deadlines
 *     server_reply.c   replies, and those that go on      server_listen.c  sockets, libmicrohttpd in our loop
 */
#ifndef WEB_SERVER_PRIV_H
#define WEB_SERVER_PRIV_H

#define MHD_NO_DEPRECATION 1            /* 1.0 has newer names for what 0.9.75 has too */
#include <microhttpd.h>
#include "web/server.h"

struct listener {
	struct web *web;
	struct MHD_Daemon *daemon;      /* NULL = does not listen */
	struct sa addr;
	struct list conns;
	int epoll;
	bool closed;                    /* a connection was, since the last run */
	bool ending;                    /* nothing may be told to wait any more: libmicrohttpd would end the program */
};

/* A connection, from the moment it is accepted */
struct conn {
	struct le le;
	int fd;
	uint64_t until_ms;
	bool feed;                      /* carries a reply that goes on: it makes room for nobody */
};

/* A request on its way; libmicrohttpd holds it for us */
struct exchange {
	struct le le;                   /* in web.waiting */
	struct web *web;
	const struct listener *listener;
	struct MHD_Connection *mhd;
	struct mbuf *body;
	size_t room, held;              /* bytes of a body: at most, and counted in web.bodies */
	bool seen;
	struct web_later *later;
	const char *query;
	char uri[];                     /* its path, then query */
};

struct web {
	struct web_config cfg;
	struct api api;
	struct listener listener[WEB_SCHEMES];
	struct tmr tmr;
	bool soon;                      /* a turn is asked for, maybe from within one */
	struct list feeds;              /* struct carrier: replies that go on */
	struct list waiting;            /* struct exchange: its reply is made elsewhere, libmicrohttpd leaves it alone */
	size_t bodies;                  /* bytes of bodies on their way */
	uint8_t seed[32];
	char *dir, *cert, *pem;
};

#define WEB_OPAQUE "ip-gap"

/* server.c */
void *server_on_uri(void *cls, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result server_on_request(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
				  const char *version, const char *data, size_t *size, void **ctx);
void server_on_completed(void *cls, struct MHD_Connection *mhd, void **ctx, enum MHD_RequestTerminationCode code);

void server_end_waiting(const struct listener *l);

/* server_conn.c */
void conn_on_change(void *cls, struct MHD_Connection *mhd, void **ctx, enum MHD_ConnectionNotificationCode code);
void conn_until(struct MHD_Connection *mhd, uint64_t ms);
bool conn_gone(struct MHD_Connection *mhd);
void conn_feeds(struct MHD_Connection *mhd, bool feeds);
void conn_sweep(struct listener *l, uint64_t now_ms);
uint64_t conn_next_ms(const struct listener *l);

/* server_reply.c */
enum MHD_DigestAuthAlgorithm server_hash(const struct gap *g);
enum MHD_Result server_reply(struct exchange *ex, struct web_reply *rep);
void server_reap_feeds(struct web *w);
void server_end_feeds(const struct listener *l);

/* server_listen.c */
void server_turn(struct web *w);
void server_soon(struct web *w);

#endif
