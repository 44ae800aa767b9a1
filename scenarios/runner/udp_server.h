/**
 * @file udp_server.h  A server of one UDP port, with another port beside it to answer from: what STUN and NTP servers share
 */
#ifndef RUNNER_UDP_SERVER_H
#define RUNNER_UDP_SERVER_H

#include "bind.h"

/** Its actors begin with this */
struct udp_server {
	struct actor a;
	struct world *w;
	struct udp_sock *us, *other;
};

struct udp_server_kind {
	const char *meta, *name;        /**< class; name of one without a name */
	size_t size;                    /**< of its actor */
	uint16_t port;
	udp_recv_h *received;           /**< its argument is the actor */
	void (*end)(struct actor *a);
};

int  udp_server_new(lua_State *L, const struct udp_server_kind *kind);
void *udp_server_check(lua_State *L, const char *meta, const char *what);
void udp_server_end(struct actor *a);
void udp_server_send(const struct udp_server *s, bool other, const struct sa *dst, struct mbuf *mb);

#endif
