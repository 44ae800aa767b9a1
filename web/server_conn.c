/**
 * @file server_conn.c  Connections of the web server and their deadlines (see server_priv.h)
 */
#define _GNU_SOURCE                     /* POLLRDHUP */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include "web/server_priv.h"

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

/** A deadline, this long from now [ms]; UINT64_MAX = none */
void conn_until(struct MHD_Connection *mhd, uint64_t ms)
{
	struct conn *c = conn_of(mhd);

	if (c)
		c->until_ms = ms == UINT64_MAX ? ms : tmr_jiffies() + ms;
}

/** Has its client gone, or sends nothing any more?  libmicrohttpd does not look while it was told to leave it alone */
bool conn_gone(struct MHD_Connection *mhd)
{
	const struct conn *c = conn_of(mhd);
	struct pollfd p = {.fd = c ? c->fd : -1, .events = POLLRDHUP};

	return c && poll(&p, 1, 0) == 1;
}

/** It carries a reply that goes on, from now, or no longer */
void conn_feeds(struct MHD_Connection *mhd, bool feeds)
{
	struct conn *c = conn_of(mhd);

	if (c)
		c->feed = feeds;
}

/* The last places are kept for who comes: the oldest connection, idle or slow, goes.  A request lasts milliseconds */
static void make_room(struct listener *l)
{
	struct le *le = list_head(&l->conns);
	struct conn *oldest;

	if (list_count(&l->conns) <= WEB_CONNECTIONS - WEB_SPARE)
		return;
	while (le && ((struct conn *)le->data)->feed)
		le = le->next;
	if (!le)
		return;
	oldest = le->data;
	list_unlink(&oldest->le);
	(void)shutdown(oldest->fd, SHUT_RDWR);
}

void conn_on_change(void *cls, struct MHD_Connection *mhd, void **ctx, enum MHD_ConnectionNotificationCode code)
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
void conn_sweep(struct listener *l, uint64_t now_ms)
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

/** The next deadline [ms], UINT64_MAX = none */
uint64_t conn_next_ms(const struct listener *l)
{
	uint64_t next = UINT64_MAX;
	const struct le *le;

	LIST_FOREACH(&l->conns, le) {
		const struct conn *c = le->data;

		next = c->until_ms < next ? c->until_ms : next;
	}

	return next;
}
