/**
 * @file binding.c  What a UDP socket looks like from outside: STUN Binding (SIP-08, SRV-04; RFC 8489)
 *
 *     ms      0    200    600    1200
 *             request, again, again   no answer: failed, the next try follows
 *     answered      -> again after keepalive_s, which keeps the gateway's port open
 *     failed        -> again after 5, 10, 20 ... s, keepalive_s at the most
 *
 * Answers count from the server's address alone, and with the number of the request under way.  What else comes to
 * the socket is left to its owner.  An address once told stays until another one is told: the request itself has
 * kept the gateway's port open, whether or not the server lives.
 */
#include <errno.h>
#include "core/media/binding.h"

#define LAYER (-10)                     /* before ICE, which swallows every STUN message */
#define RTO_MS 200
#define REQUESTS 3
#define LAST_WAIT 3                     /* in RTO_MS after the last request */
#define RETRY_S 5                       /* first wait after a failure */

struct binding {
	struct udp_sock *us;
	struct udp_helper *helper;
	struct stun *stun;
	struct stun_ctrans *ct;
	struct sa server, own, at;
	struct tmr tmr;
	uint32_t keepalive_s;
	unsigned fails;
	binding_h *h;
	void *arg;
};

static void destructor(void *arg)
{
	struct binding *b = arg;

	tmr_cancel(&b->tmr);
	mem_deref(b->ct);
	mem_deref(b->stun);
	mem_deref(b->helper);
	mem_deref(b->us);
}

static bool first_octet(const struct sa *sa, uint8_t lo, uint8_t hi)
{
	const uint8_t o = (uint8_t)(sa_in(sa) >> 24);

	return o >= lo && o <= hi;
}

static bool multicast6(const struct sa *sa)
{
	uint8_t a[16];

	sa_in6(sa, a);

	return a[0] == 0xff;
}

/* libre knows 127.0.0.1 only */
static bool loopback(const struct sa *sa)
{
	return sa_af(sa) == AF_INET ? first_octet(sa, 127, 127) : sa_is_loopback(sa);
}

/**
 * Could others reach us there?  What a server tells is not believed where it cannot be true.
 *
 * @param own Address of the socket
 * @param at  Address told
 *
 * @return true = same family, one host's, with a port; of this machine only where own is
 */
bool binding_usable(const struct sa *own, const struct sa *at)
{
	if (sa_af(at) != sa_af(own) || !sa_isset(at, SA_ALL) || (loopback(at) && !loopback(own)))
		return false;

	return sa_af(at) == AF_INET ? !first_octet(at, 0, 0) && !first_octet(at, 224, 255) : !multicast6(at);
}

static void ask(void *arg);

static void told(struct binding *b, int err, const struct sa *at)
{
	uint32_t wait_s = b->keepalive_s;

	if (err)
		wait_s = MIN(wait_s, (uint32_t)RETRY_S << MIN(b->fails, 6u));
	b->fails = err ? b->fails + 1 : 0;
	tmr_start(&b->tmr, wait_s * 1000ull, ask, b);
	b->h(err, at, b->arg);
}

static void answer(int err, uint16_t scode, const char *reason, const struct stun_msg *msg, void *arg)
{
	struct binding *b = arg;
	const struct stun_attr *attr = NULL;

	(void)reason;
	if (!err && !scode) {
		attr = stun_msg_attr(msg, STUN_ATTR_XOR_MAPPED_ADDR);
		if (!attr)
			attr = stun_msg_attr(msg, STUN_ATTR_MAPPED_ADDR);
		err = attr && binding_usable(&b->own, &attr->v.sa) ? 0 : EBADMSG;
	}
	else if (!err) {
		err = EPROTO;
	}
	if (!err)
		b->at = attr->v.sa;
	told(b, err, err ? NULL : &b->at);
}

static void ask(void *arg)
{
	struct binding *b = arg;
	int err;

	b->ct = mem_deref(b->ct);
	err = stun_request(&b->ct, b->stun, IPPROTO_UDP, b->us, &b->server, 0, STUN_METHOD_BINDING, NULL, 0, false,
			   answer, b, 0);
	if (err)
		told(b, err, NULL);
}

/**
 * Is this datagram an answer of our server?  The socket's helper asks; separate for tests with any bytes.
 *
 * @param b   Binding
 * @param src Where it comes from
 * @param mb  Its bytes, of libre's memory
 *
 * @return true = it was, and is done with; false = somebody else's, mb is as before
 */
bool binding_take(struct binding *b, const struct sa *src, struct mbuf *mb)
{
	const size_t pos = mb->pos;
	struct stun_unknown_attr unknown;
	struct stun_msg *msg;
	uint16_t cls;

	if (!sa_cmp(src, &b->server, SA_ALL))
		return false;
	if (stun_msg_decode(&msg, mb, &unknown)) {
		mb->pos = pos;
		return false;
	}

	cls = stun_msg_class(msg);
	if (cls == STUN_CLASS_SUCCESS_RESP || cls == STUN_CLASS_ERROR_RESP)
		(void)stun_ctrans_recv(b->stun, msg, &unknown);
	mem_deref(msg);

	return true;
}

static bool recv_handler(struct sa *src, struct mbuf *mb, void *arg)
{
	return binding_take(arg, src, mb);
}

static void no_news(int err, const struct sa *at, void *arg)
{
	(void)err;
	(void)at;
	(void)arg;
}

/**
 * Ask a STUN server for the public address of a socket, and go on asking.
 *
 * @param bp          Binding, written on success
 * @param us          Socket (referenced)
 * @param server      STUN server
 * @param keepalive_s Between two requests [s]
 * @param h           Told each answer and failure, from the loop; NULL = nobody
 * @param arg         Its argument
 *
 * @return 0, EINVAL, ENOMEM; the first request goes out in the next turn of the loop
 */
int binding_alloc(struct binding **bp, struct udp_sock *us, const struct sa *server, uint32_t keepalive_s,
		  binding_h *h, void *arg)
{
	const struct stun_conf conf = { .rto = RTO_MS, .rc = REQUESTS, .rm = LAST_WAIT, .ti = STUN_DEFAULT_TI };
	struct binding *b;
	int err;

	if (!bp || !us || !server || !keepalive_s)
		return EINVAL;

	b = mem_zalloc(sizeof(*b), destructor);
	if (!b)
		return ENOMEM;

	tmr_init(&b->tmr);
	b->us = mem_ref(us);
	b->server = *server;
	b->keepalive_s = keepalive_s;
	b->h = h ? h : no_news;
	b->arg = arg;
	err = udp_local_get(us, &b->own);
	if (!err)
		err = stun_alloc(&b->stun, &conf, NULL, NULL);
	if (!err)
		err = udp_register_helper(&b->helper, us, LAYER, NULL, recv_handler, b);
	if (err)
		mem_deref(b);
	else {
		tmr_start(&b->tmr, 0, ask, b);
		*bp = b;
	}

	return err;
}

/**
 * Ask at once: the network is back.
 *
 * @param b Binding, may be NULL
 */
void binding_again(struct binding *b)
{
	if (!b)
		return;
	b->fails = 0;
	tmr_start(&b->tmr, 0, ask, b);
}

/**
 * The public address told last.
 *
 * @param b Binding, may be NULL
 *
 * @return Address and port, valid as long as the binding; NULL as long as none was told
 */
const struct sa *binding_address(const struct binding *b)
{
	return b && sa_isset(&b->at, SA_ALL) ? &b->at : NULL;
}
