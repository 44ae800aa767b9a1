/**
 * @file vnet_nat.c  NAT boxes of the simulated network (SIM-03, SIP-08; RFC 3489 §5, RFC 4787)
 *
 *     kind              one public port for          lets in
 *     full cone         a socket inside              everybody
 *     restricted        a socket inside              addresses that the socket sent to
 *     port restricted   a socket inside              addresses and ports that the socket sent to
 *     symmetric         a socket and a destination   that destination
 *
 * Public ports are given out in turn from PORT_FIRST, and never are what they are inside, so that nobody gets by with a
 * guess.  A mapping, and the leave to come in, ends when nothing went out for timeout_s.  Ports may be forwarded to a
 * host by hand.  From outside, the hosts behind a box cannot be addressed; a box does not turn round what comes
 * from inside (no hairpin).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <re.h>
#include <stdlib.h>
#include "sim/vnet_priv.h"

enum { PORT_FIRST = 20000, PORT_LAST = 65535 };

/** Somebody outside who may come in */
struct leave {
	struct leave *next;
	struct vn_addr addr;
	uint64_t until_us;
};

struct mapping {
	struct mapping *next;
	struct vn_addr inside;
	struct vn_addr to;              /* symmetric; else family 0 */
	uint16_t port;                  /* outside, network order */
	uint64_t until_us;
	bool forwarded;                 /* by hand: for ever, for everybody */
	struct leave *leaves;
};

struct vn_nat {
	struct vn_addr outside;
	enum vnet_nat_kind kind;
	uint64_t timeout_us;
	uint16_t last;
	struct mapping *mappings;
};

static void forget(struct vn_nat *n, bool forwarded)
{
	struct mapping **mp = &n->mappings;

	while (*mp) {
		struct mapping *m = *mp;

		if (m->forwarded && !forwarded) {
			mp = &m->next;
			continue;
		}
		*mp = m->next;
		while (m->leaves) {
			struct leave *l = m->leaves;

			m->leaves = l->next;
			free(l);
		}
		free(m);
	}
}

void vn_nat_free(struct vn_nat *n)
{
	if (!n)
		return;
	forget(n, true);
	free(n);
}

static bool alive(const struct mapping *m)
{
	return m->forwarded || m->until_us > vn.now_us;
}

static struct mapping *by_port(const struct vn_nat *n, uint16_t port)
{
	struct mapping *m = n->mappings;

	while (m && (m->port != port || !alive(m)))
		m = m->next;

	return m;
}

static struct mapping *by_inside(const struct vn_nat *n, const struct vn_addr *inside, const struct vn_addr *to)
{
	struct mapping *m = n->mappings;

	while (m && (!alive(m) || !vn_addr_eq(&m->inside, inside) ||
		     (m->to.family && !vn_addr_eq(&m->to, to))))
		m = m->next;

	return m;
}

static struct mapping *map(struct vn_nat *n, const struct vn_addr *inside, const struct vn_addr *to)
{
	struct mapping *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	do {
		n->last = n->last < PORT_FIRST || n->last == PORT_LAST ? PORT_FIRST : (uint16_t)(n->last + 1);
	} while (htons(n->last) == inside->port || by_port(n, htons(n->last)));
	m->inside = *inside;
	if (n->kind == VNET_SYMMETRIC)
		m->to = *to;
	m->port = htons(n->last);
	m->next = n->mappings;
	n->mappings = m;

	return m;
}

static void allow(struct mapping *m, const struct vn_addr *who, uint64_t until_us)
{
	struct leave *l = m->leaves;

	while (l && !vn_addr_eq(&l->addr, who))
		l = l->next;
	if (!l) {
		l = calloc(1, sizeof(*l));
		if (!l)
			return;
		l->addr = *who;
		l->next = m->leaves;
		m->leaves = l;
	}
	l->until_us = until_us;
}

static bool allowed(const struct vn_nat *n, const struct mapping *m, const struct vn_addr *who)
{
	const struct vn_addr host = vn_addr_host(who);
	const struct leave *l;

	if (m->forwarded || n->kind == VNET_FULL_CONE)
		return true;
	for (l = m->leaves; l; l = l->next) {
		const struct vn_addr known = vn_addr_host(&l->addr);

		if (l->until_us > vn.now_us &&
		    (n->kind == VNET_RESTRICTED ? vn_addr_eq(&known, &host) : vn_addr_eq(&l->addr, who)))
			return true;
	}

	return false;
}

/* Out: the source becomes the box's */
static bool translate(struct vn_nat *n, struct vn_addr *src, const struct vn_addr *dst)
{
	struct mapping *m = by_inside(n, src, dst);

	if (!m)
		m = map(n, src, dst);
	if (!m)
		return false;
	m->until_us = vn.now_us + n->timeout_us;
	allow(m, dst, m->until_us);
	src->a[0] = n->outside.a[0];
	src->a[1] = n->outside.a[1];
	src->port = m->port;

	return true;
}

/**
 * Who gets a datagram, boxes on its way considered.
 *
 * @param src  Its source; changed where a box is passed outwards
 * @param dst  Its destination
 * @param from Host it leaves
 *
 * @return Socket, NULL = nobody
 */
struct vn_sock *vn_nat_route(struct vn_addr *src, const struct vn_addr *dst, struct vn_host *from)
{
	const struct vn_host *host = vn_host_get(dst);
	const struct mapping *m;

	if (!host || (host->nat && host->nat != from->nat))
		return NULL;
	if (from->nat && from->nat != host->nat && (host->box == from->nat || !translate(from->nat, src, dst)))
		return NULL;
	if (!host->box)
		return vn_find(dst);
	m = by_port(host->box, dst->port);

	return m && allowed(host->box, m, src) ? vn_find(&m->inside) : NULL;
}

static struct vn_host *host_of(const struct sa *sa, uint32_t type, struct vn_addr *k)
{
	return vn_addr_set(k, &sa->u.sa, type) && vn_addr_inside(k) ? vn_host_get(k) : NULL;
}

static struct vn_nat *box_of(const struct sa *outside)
{
	struct vn_addr k;
	const struct vn_host *h = host_of(outside, SOCK_DGRAM, &k);

	return h ? h->box : NULL;
}

/**
 * Set up a NAT box (virtual mode).
 *
 * @param outside   Its public address, inside the simulated network; port ignored
 * @param kind      How it maps and filters
 * @param timeout_s How long a mapping lasts without traffic from inside
 *
 * @return 0, EINVAL not an address of the simulated network, EEXIST, ENOMEM
 */
int vnet_nat(const struct sa *outside, enum vnet_nat_kind kind, uint32_t timeout_s)
{
	struct vn_addr k;
	struct vn_host *h = vn.mode == VN_VIRTUAL ? host_of(outside, SOCK_DGRAM, &k) : NULL;

	if (!h)
		return EINVAL;
	if (h->box)
		return EEXIST;
	h->box = calloc(1, sizeof(*h->box));
	if (!h->box)
		return ENOMEM;
	h->box->outside = k;
	h->box->kind = kind;
	h->box->timeout_us = timeout_s * 1000000ull;
	++vn.nats;

	return 0;
}

/** Put a host behind a box; 0, EINVAL no such box or host */
int vnet_nat_behind(const struct sa *outside, const struct sa *host)
{
	struct vn_addr k;
	struct vn_nat *n = box_of(outside);
	struct vn_host *h = n ? host_of(host, SOCK_DGRAM, &k) : NULL;

	if (!h)
		return EINVAL;
	h->nat = n;

	return 0;
}

/** Forward a public port to a socket behind the box, for ever and for everybody; 0, EINVAL, EEXIST, ENOMEM */
int vnet_nat_forward(const struct sa *outside, uint16_t port, const struct sa *host)
{
	struct vn_nat *n = box_of(outside);
	struct vn_addr k;
	struct mapping *m;

	if (!n || !host_of(host, SOCK_DGRAM, &k))
		return EINVAL;
	if (by_port(n, htons(port)))
		return EEXIST;
	m = calloc(1, sizeof(*m));
	if (!m)
		return ENOMEM;
	m->inside = k;
	m->port = htons(port);
	m->forwarded = true;
	m->next = n->mappings;
	n->mappings = m;

	return 0;
}

void vnet_nat_forget(const struct sa *outside)
{
	struct vn_nat *n = box_of(outside);

	if (n)
		forget(n, false);
}
