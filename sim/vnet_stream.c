/**
 * @file vnet_stream.c  TCP connections inside the simulated network
 *
 * SIM-03.  Segments travel as packets: nothing is lost and order is kept, but everything takes its
 * time.
 *
 *     time        client                            server
 *     0           connect(), EINPROGRESS   SYN -->
 *     delay                                         listens: descriptor made, waits for accept()
 *                                          <-- SYN-ACK
 *                                                   host there, nobody listens: RST, ECONNREFUSED
 *                                                   no socket on that host: nothing
 *     2 delays    writable
 *     127 s       ETIMEDOUT if nothing came (Linux: 6 repetitions of SYN)
 *
 * A lost segment comes 200 ms late, as repeated by TCP.  While a cable is out segments are held, in
 * order, until both are in.  There is no window: a sender is never held back.
 */
#include <errno.h>
#include <string.h>
#include "sim/vnet_priv.h"

enum {
	REPEAT_US = 200000,
	CONNECT_TIMEOUT_US = 127000000,
};

static struct vn_fifo held;

static bool open_end(const struct vn_sock *s, uint32_t gen)
{
	return s->gen == gen && s->kind == VN_OPEN;
}

static bool is_cut(const struct vn_addr *k)
{
	const struct vn_host *h = vn.ncut ? vn_host_get(k) : NULL;

	return h && h->cut;
}

/* Set out a segment, behind those under way to the same socket; takes the packet */
static int travel(struct vn_pkt *p)
{
	const struct vn_host *h = vn_host_get(&p->src);
	const struct vnet_fault *f = h ? h->fault : &vn.fault;

	p->due_us = vn.now_us + vn_delay_us(f);
	if (vn_chance(f->loss_ppm))
		p->due_us += REPEAT_US;
	if (p->to && p->to->gen == p->to_gen) {
		if (p->due_us < p->to->last_due_us)
			p->due_us = p->to->last_due_us;
		p->to->last_due_us = p->due_us;
	}

	return vn_queue_push(p);
}

/** Set out the segments that were held by a cable, as far as both are in now */
void vn_streams_release(void)
{
	struct vn_fifo all = held;
	struct vn_pkt *p;

	held.head = NULL;
	while ((p = vn_fifo_take(&all))) {
		if (is_cut(&p->src) || is_cut(&p->dst))
			vn_fifo_add(&held, p);
		else
			(void)travel(p);
	}
}

void vn_streams_reset(void)
{
	vn_fifo_flush(&held);
}

static int time_out_later(struct vn_sock *s)
{
	struct vn_pkt *p = vn_pkt_alloc(NULL, 0);

	if (!p)
		return ENOMEM;

	p->op = VN_OP_TIMEOUT;
	p->to = s;
	p->to_gen = s->gen;
	p->due_us = vn.now_us + CONNECT_TIMEOUT_US;

	return vn_queue_push(p);
}

/* Send a segment to the other end; 0 or errno */
static int transmit(struct vn_sock *s, enum vn_op op, const void *data, size_t len)
{
	struct vn_pkt *p = vn_pkt_alloc(data, len);

	if (!p)
		return ENOMEM;

	p->op = op;
	p->from = s;
	p->from_gen = s->gen;
	p->to = s->mate;
	p->to_gen = s->mate_gen;
	p->src = s->local;
	p->dst = s->peer;
	if (!is_cut(&p->src) && !is_cut(&p->dst))
		return travel(p);

	vn_fifo_add(&held, p);

	return op == VN_OP_SYN ? time_out_later(s) : 0;
}

/* Tell the sender of a segment that nobody is there */
static void refuse(const struct vn_pkt *q)
{
	struct vn_pkt *p = vn_pkt_alloc(NULL, 0);

	if (!p)
		return;

	p->op = VN_OP_RST;
	p->from = NULL;
	p->to = q->from;
	p->to_gen = q->from_gen;
	p->src = q->dst;
	p->dst = q->src;
	if (is_cut(&p->src) || is_cut(&p->dst))
		vn_fifo_add(&held, p);
	else
		(void)travel(p);
}

/**
 * Ask for a connection.
 *
 * @param s   Stream socket, bound
 * @param dst Address inside
 *
 * @return EINPROGRESS: it becomes writable, or has an error (SO_ERROR); EALREADY, EISCONN, ENOMEM
 */
int vn_stream_connect(struct vn_sock *s, const struct vn_addr *dst)
{
	int err;

	if (s->kind != VN_STREAM)
		return s->kind == VN_CONNECTING ? EALREADY : EISCONN;

	s->peer = *dst;
	err = transmit(s, VN_OP_SYN, NULL, 0);
	if (err)
		return err;
	s->kind = VN_CONNECTING;

	return EINPROGRESS;
}

static struct vn_sock *accept_make(struct vn_sock *l, const struct vn_pkt *syn)
{
	const int fd = __real_socket(AF_INET, SOCK_STREAM, 0);
	struct vn_sock *s = vn_sock_open(fd, l->local.family, SOCK_STREAM);

	if (!s) {
		if (fd >= 0)
			(void)__real_close(fd);
		return NULL;
	}

	s->kind = VN_OPEN;
	s->local = l->local;
	s->peer = syn->src;
	s->mate = syn->from;
	s->mate_gen = syn->from_gen;
	vn_join(s, l->host);

	return s;
}

static void arrive_syn(const struct vn_pkt *p)
{
	struct vn_sock *l = vn_find(&p->dst), *s;
	struct vn_sock **last;
	const struct vn_host *h = vn_host_get(&p->dst);

	if (p->from->gen != p->from_gen || p->from->kind != VN_CONNECTING)
		return;
	if (!l || l->kind != VN_LISTEN) {
		if (h && h->sockets)
			refuse(p);
		else
			(void)time_out_later(p->from);
		return;
	}

	s = accept_make(l, p);
	if (!s) {
		refuse(p);
		return;
	}
	for (last = &l->accept_next; *last; last = &(*last)->accept_next)
		;
	*last = s;
	vn_ready(l);
	(void)transmit(s, VN_OP_SYNACK, NULL, 0);
}

static void arrive_synack(const struct vn_pkt *p)
{
	struct vn_sock *s = p->to;

	if (s->gen != p->to_gen || s->kind != VN_CONNECTING) {
		refuse(p);
		return;
	}

	s->kind = VN_OPEN;
	s->mate = p->from;
	s->mate_gen = p->from_gen;
	vn_ready(s);
}

static void arrive_end(const struct vn_pkt *p)
{
	struct vn_sock *s = p->to;
	const bool asking = s->kind == VN_CONNECTING;

	if (s->gen != p->to_gen || (!asking && s->kind != VN_OPEN))
		return;

	if (p->op == VN_OP_FIN) {
		s->eof = true;
	}
	else if (p->op == VN_OP_RST || asking) {
		s->kind = VN_BROKEN;
		s->err = p->op == VN_OP_TIMEOUT ? ETIMEDOUT : asking ? ECONNREFUSED : ECONNRESET;
	}
	vn_ready(s);
}

/** A segment has arrived; takes the packet */
void vn_stream_arrive(struct vn_pkt *p)
{
	if (p->op == VN_OP_DATA && open_end(p->to, p->to_gen)) {
		vn_fifo_add(&p->to->rx, p);
		vn_ready(p->to);
		return;
	}

	if (p->op == VN_OP_SYN)
		arrive_syn(p);
	else if (p->op == VN_OP_SYNACK)
		arrive_synack(p);
	else if (p->op == VN_OP_DATA)
		refuse(p);
	else
		arrive_end(p);
	vn_pkt_free(p);
}

/**
 * Take the oldest waiting connection.
 *
 * @param s  Listening socket
 * @param sa Peer's address, may be NULL
 * @param sl In: room at sa; out: size
 *
 * @return Descriptor, or -1 with errno EAGAIN
 */
int vn_stream_accept(struct vn_sock *s, struct sockaddr *sa, socklen_t *sl)
{
	struct vn_sock *c = s->accept_next;

	if (!c) {
		errno = EAGAIN;
		return -1;
	}

	s->accept_next = c->accept_next;
	c->accept_next = NULL;
	vn_addr_get(&c->peer, sa, sl);

	return vn_fd(c);
}

/**
 * Send octets.
 *
 * @return len, or -1 with errno EAGAIN (not connected yet), ENOBUFS, ENOTCONN, or EPIPE (broken)
 */
ssize_t vn_stream_send(struct vn_sock *s, const void *buf, size_t len)
{
	if (s->kind == VN_OPEN) {
		if (!len || !transmit(s, VN_OP_DATA, buf, len))
			return (ssize_t)len;
		errno = ENOBUFS;
	}
	else {
		errno = s->kind == VN_CONNECTING ? EAGAIN : s->kind == VN_BROKEN ? EPIPE : ENOTCONN;
	}

	return -1;
}

static size_t take(struct vn_sock *s, uint8_t *buf, size_t len)
{
	struct vn_pkt *p = s->rx.head;
	const size_t left = p->len - s->rx_off;
	const size_t n = len < left ? len : left;

	memcpy(buf, p->data + s->rx_off, n);
	s->rx_off += (uint32_t)n;
	if (s->rx_off == p->len) {
		s->rx_off = 0;
		vn_pkt_free(vn_fifo_take(&s->rx));
	}

	return n;
}

/**
 * Read octets, as many as there are and fit.
 *
 * @return Octets read; 0 = the other end closed; -1 with errno EAGAIN, ENOTCONN, or the error that
 *         broke the connection
 */
ssize_t vn_stream_recv(struct vn_sock *s, void *buf, size_t len)
{
	size_t n = 0;

	while (n < len && s->rx.head)
		n += take(s, (uint8_t *)buf + n, len - n);
	if (n || s->eof || !len)
		return (ssize_t)n;

	if (s->kind == VN_BROKEN && !s->err)
		return 0;
	errno = s->kind == VN_BROKEN ? s->err : s->kind == VN_OPEN || s->kind == VN_CONNECTING ?
		EAGAIN : ENOTCONN;
	s->err = 0;

	return -1;
}

/** Say goodbye before the descriptor closes: to the other end, and to who waited for accept() */
void vn_stream_close(struct vn_sock *s)
{
	if (s->kind == VN_OPEN)
		(void)transmit(s, VN_OP_FIN, NULL, 0);

	while (s->accept_next) {
		struct vn_sock *c = s->accept_next;

		s->accept_next = c->accept_next;
		c->accept_next = NULL;
		(void)__wrap_close(vn_fd(c));
	}
}
