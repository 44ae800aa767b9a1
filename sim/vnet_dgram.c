/**
 * @file vnet_dgram.c  Datagrams inside the simulated network, and their faults
 *
 * SIM-03.  What becomes of a datagram is drawn when it is sent, in this order: loss, jitter,
 * reordering, duplication; a fault set to 0 draws nothing.
 */
#include <errno.h>
#include <string.h>
#include "sim/vnet_priv.h"

enum {
	PPM = 1000000,
	UDP_MAX = 65507,
	REORDER_US = 30000,             /* later than the RTP packet behind it */
	DUPLICATE_US = 500,
};

/** @return true in ppm of a million cases; draws only if ppm is not 0 */
bool vn_chance(uint32_t ppm)
{
	return ppm && vn_rand(VN_RAND_NET) % PPM < ppm;
}

/** @return Time under way [us], jitter drawn evenly from 0..jitter_us */
uint64_t vn_delay_us(const struct vnet_fault *f)
{
	uint64_t us = f->delay_us;

	if (f->jitter_us)
		us += vn_rand(VN_RAND_NET) % ((uint64_t)f->jitter_us + 1);

	return us;
}

static void put(const struct vn_addr *src, struct vn_sock *to, const void *buf, size_t len,
		uint64_t due_us)
{
	struct vn_pkt *p = vn_pkt_alloc(buf, len);

	if (!p) {
		++vn.stats.lost;
		return;
	}

	p->op = VN_OP_DGRAM;
	p->due_us = due_us;
	p->to = to;
	p->to_gen = to->gen;
	p->src = *src;
	if (vn_queue_push(p))
		++vn.stats.lost;
}

static void launch(const struct vn_sock *s, const struct vn_addr *src, struct vn_sock *to, const void *buf,
		   size_t len)
{
	const struct vnet_fault *f = s->host->fault;
	uint64_t due_us = vn.now_us + vn_delay_us(f);

	if (vn_chance(f->reorder_ppm)) {
		++vn.stats.reordered;
		due_us += REORDER_US;
	}
	put(src, to, buf, len, due_us);
	if (vn_chance(f->duplicate_ppm)) {
		++vn.stats.duplicated;
		put(src, to, buf, len, due_us + DUPLICATE_US);
	}
}

/**
 * Send a datagram inside.
 *
 * @param s   Bound socket
 * @param buf Payload, copied
 * @param len Its length [octets]
 * @param dst Destination inside, or family 0 = none known
 *
 * @return len, whatever becomes of it; -1 with errno EDESTADDRREQ or EMSGSIZE
 */
ssize_t vn_dgram_send(struct vn_sock *s, const void *buf, size_t len, const struct vn_addr *dst)
{
	struct vn_addr src = s->local;
	struct vn_sock *to;
	bool cut, lost;

	if (!dst->family || len > UDP_MAX) {
		errno = dst->family ? EMSGSIZE : EDESTADDRREQ;
		return -1;
	}

	to = vn.nats ? vn_nat_route(&src, dst, s->host) : vn_find(dst);
	cut = s->host->cut || (to && to->host->cut);
	lost = !cut && vn_chance(s->host->fault->loss_ppm);
	vn_tap_call(&s->local, dst, buf, len, cut || lost);

	++vn.stats.sent;
	if (cut)
		++vn.stats.cut;
	else if (lost)
		++vn.stats.lost;
	else if (!to)
		++vn.stats.unreachable;
	else
		launch(s, &src, to, buf, len);

	return (ssize_t)len;
}

/** Put an arrived datagram into its receiver's queue; takes the packet */
void vn_dgram_arrive(struct vn_pkt *p)
{
	struct vn_sock *s = p->to;

	if (s->gen != p->to_gen || (s->peer.family && !vn_addr_eq(&s->peer, &p->src))) {
		++vn.stats.unreachable;
		vn_pkt_free(p);
	}
	else if (s->rx_count == VN_RX_MAX) {
		++vn.stats.lost;
		vn_pkt_free(p);
	}
	else {
		++vn.stats.delivered;
		++s->rx_count;
		vn_fifo_add(&s->rx, p);
		vn_ready(s);
	}
}

/**
 * Read the next datagram.
 *
 * @param s   Socket
 * @param buf Written, cut to len
 * @param len Room [octets]
 * @param sa  Sender, may be NULL
 * @param sl  In: room at sa; out: size
 *
 * @return Octets written, or -1 with errno EAGAIN
 */
ssize_t vn_dgram_recv(struct vn_sock *s, void *buf, size_t len, struct sockaddr *sa, socklen_t *sl)
{
	struct vn_pkt *p = vn_fifo_take(&s->rx);

	if (!p) {
		errno = EAGAIN;
		return -1;
	}

	--s->rx_count;
	if (len > p->len)
		len = p->len;
	memcpy(buf, p->data, len);
	vn_addr_get(&p->src, sa, sl);
	vn_pkt_free(p);

	return (ssize_t)len;
}
