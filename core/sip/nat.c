/**
 * @file nat.c  Which address others are told: our own, the gateway's, or what a STUN server says (SIP-08, SRV-04)
 *
 *     nat.mode   Contact, From, SDP c= and o=           RTP port
 *     direct     our own address                        our own
 *     gateway    nat.gateway                            our own: the gateway forwards them
 *     stun       what the server saw of SIP's socket    what it saw of that very socket
 *
 * A press is never delayed by a STUN server.  NAT_SPARES pairs of RTP and RTCP sockets stand ready, their public ports
 * asked for and kept open; a call takes one and another is made.  A call that finds none ready (the server is dead, or
 * the third call within moments) is told the direct address at once, which an event says.  A server that dies leaves
 * the addresses it told in force.
 *
 * libre gives SIP's socket away with a request that came by it: where none has come yet, the agent sends itself an
 * ACK of no call, which nobody answers.
 */
#include <errno.h>
#include <string.h>
#include "core/media/binding.h"
#include "core/sip/account_priv.h"
#include "core/sip/call_priv.h"

#define NAT_SPARES 2
#define WAIT_MS 500                     /* of a first registration */
#define SELF_MS 500                     /* between two ACKs to ourselves */
#define REFILL_MS 100
#define RESOLVE_MS 30000                /* between two questions to DNS */

struct nat_leg {
	struct stream *stream;
	struct binding *rtp, *rtcp;
};

struct nat {
	struct ua *ua;
	struct nat_settings conf;
	struct sa pub;                  /* of SIP over UDP; unset = not known */
	struct sa server;               /* unset = not yet looked up */
	struct stun_dns *dns;
	struct binding *sip;
	struct nat_leg *spare[NAT_SPARES];
	struct tmr tmr, self, refill;
	bool dead;                      /* the server's silence was told */
};

static void destructor(void *arg)
{
	struct nat *n = arg;
	unsigned i;

	tmr_cancel(&n->tmr);
	tmr_cancel(&n->self);
	tmr_cancel(&n->refill);
	mem_deref(n->dns);
	mem_deref(n->sip);
	for (i = 0; i < NAT_SPARES; i++)
		mem_deref(n->spare[i]);
}

static void leg_destructor(void *arg)
{
	struct nat_leg *l = arg;

	mem_deref(l->rtp);
	mem_deref(l->rtcp);
	mem_deref(l->stream);
}

static void fault(const struct nat *n, const char *cause)
{
	const char *about = n->conf.mode == NAT_GATEWAY ? n->conf.gateway : n->conf.stun_server;

	n->ua->nath(false, about, cause, n->ua->nat_arg);
}

static void tell(const struct nat *n)
{
	char text[64];

	(void)re_snprintf(text, sizeof(text), "%J", &n->pub);
	n->ua->nath(true, text, n->conf.mode == NAT_GATEWAY ? "gateway" : "stun", n->ua->nat_arg);
}

/**
 * An address as a setting writes it, IPv6 between brackets.
 *
 * @param sa   Written on success
 * @param text Address
 * @param port Port
 *
 * @return 0, EINVAL not an address
 */
int nat_literal(struct sa *sa, const char *text, uint16_t port)
{
	struct pl pl;

	pl_set_str(&pl, text);
	if (pl.l > 2 && *pl.p == '[' && pl.p[pl.l - 1] == ']') {
		pl.p++;
		pl.l -= 2;
	}

	return sa_set(sa, &pl, port);
}

/* Contacts at PBXs name the old address */
static void moved(const struct ua *ua)
{
	struct le *le;

	for (le = ua->accounts.head; le; le = le->next)
		account_moved(le->data);
}

/* --- STUN --- */

static const char *cause_of(int err)
{
	switch (err) {

	case ETIMEDOUT: return "the STUN server does not answer";
	case EPROTO:    return "the STUN server refuses";
	case EBADMSG:   return "the STUN server's answer holds no usable address";
	default:        return "the STUN server cannot be asked";
	}
}

static void sip_told(int err, const struct sa *at, void *arg)
{
	struct nat *n = arg;
	const bool dead = n->dead;

	n->dead = err != 0;
	if (err) {
		if (!dead)
			fault(n, cause_of(err));
		return;
	}
	if (!dead && sa_cmp(&n->pub, at, SA_ALL))
		return;
	n->pub = *at;
	tell(n);
	moved(n->ua);
}

static int leg_alloc(struct nat_leg **lp, const struct nat *n)
{
	const struct settings *conf = n->ua->conf;
	const uint32_t s = (uint32_t)n->conf.keepalive_s;
	struct nat_leg *l = mem_zalloc(sizeof(*l), leg_destructor);
	int err;

	if (!l)
		return ENOMEM;

	err = stream_alloc(&l->stream, n->ua->media, &n->ua->laddr, (uint16_t)conf->rtp_port_min,
			   (uint16_t)conf->rtp_port_max, NULL, NULL);
	if (!err)
		err = binding_alloc(&l->rtp, stream_sock(l->stream, false), &n->server, s, NULL, NULL);
	if (!err)
		err = binding_alloc(&l->rtcp, stream_sock(l->stream, true), &n->server, s, NULL, NULL);
	if (err)
		mem_deref(l);
	else
		*lp = l;

	return err;
}

static void refill(void *arg)
{
	struct nat *n = arg;
	unsigned i;

	for (i = 0; i < NAT_SPARES; i++) {
		if (!n->spare[i] && leg_alloc(&n->spare[i], n))
			tmr_start(&n->refill, 1000, refill, n);
	}
}

static bool ready(const struct nat_leg *l)
{
	return l && binding_address(l->rtp) && binding_address(l->rtcp);
}

static struct nat_leg *take(struct nat *n)
{
	unsigned i;

	for (i = 0; i < NAT_SPARES; i++) {
		struct nat_leg *l = n->spare[i];

		if (!ready(l))
			continue;
		n->spare[i] = NULL;
		if (!tmr_isrunning(&n->refill))
			tmr_start(&n->refill, REFILL_MS, refill, n);
		return l;
	}

	return NULL;
}

static int ask_self(const struct ua *ua)
{
	struct mbuf *mb = mbuf_alloc(512);
	struct udp_sock *us = NULL;
	struct sa from = ua->addr;
	int err;

	if (!mb)
		return ENOMEM;

	sa_set_port(&from, 0);
	err = udp_listen(&us, &from, NULL, NULL);
	if (!err)
		err = mbuf_printf(mb, "ACK sip:self@%J SIP/2.0\r\nVia: SIP/2.0/UDP %J;branch=z9hG4bK%016llx\r\n"
				  "From: <sip:self@%J>;tag=%08x\r\nTo: <sip:self@%J>;tag=%08x\r\nCall-ID: %016llx\r\n"
				  "CSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n", &ua->addr, &ua->addr, rand_u64(),
				  &ua->addr, rand_u32(), &ua->addr, rand_u32(), rand_u64());
	mb->pos = 0;
	if (!err)
		err = udp_send(us, &ua->addr, mb);
	mem_deref(us);
	mem_deref(mb);

	return err;
}

/* Ask for SIP's socket, until it is known */
static void begin_sip(void *arg)
{
	struct nat *n = arg;

	if (n->sip || !n->ua->sip)
		return;
	if (n->ua->udp) {
		if (!binding_alloc(&n->sip, n->ua->udp, &n->server, (uint32_t)n->conf.keepalive_s, sip_told, n))
			return;
	}
	else {
		(void)ask_self(n->ua);
	}
	tmr_start(&n->self, SELF_MS, begin_sip, n);
}

static void resolve(void *arg);

static void resolved(int err, const struct sa *srv, void *arg)
{
	struct nat *n = arg;

	if (!err && sa_af(srv) != sa_af(&n->ua->addr))
		err = EAFNOSUPPORT;
	if (err) {
		char text[96];

		(void)re_snprintf(text, sizeof(text), "the STUN server's address was not found: %m", err);
		if (!n->dead)
			fault(n, text);
		n->dead = true;
		tmr_start(&n->tmr, RESOLVE_MS, resolve, n);
		return;
	}
	n->dead = false;
	n->server = *srv;
	begin_sip(n);
	refill(n);
}

static void resolve(void *arg)
{
	struct nat *n = arg;
	const uint16_t port = (uint16_t)n->conf.stun_port;
	struct sa srv;
	int err;

	if (!nat_literal(&srv, n->conf.stun_server, port ? port : STUN_PORT)) {
		resolved(0, &srv, n);
		return;
	}
	n->dns = mem_deref(n->dns);
	err = n->ua->dnsc ? stun_server_discover(&n->dns, n->ua->dnsc, stun_usage_binding, stun_proto_udp,
						 sa_af(&n->ua->addr), n->conf.stun_server, port, resolved, n) : ENOSYS;
	if (err)
		resolved(err, NULL, n);
}

/* --- what the agent asks --- */

static void begin(void *arg)
{
	struct nat *n = arg;

	if (n->conf.mode == NAT_STUN)
		resolve(n);
	else if (sa_isset(&n->pub, SA_ADDR))
		tell(n);
	else
		fault(n, "nat.gateway is of another family (IPv4, IPv6) than the door's address");
}

static void use_gateway(struct nat *n)
{
	const uint16_t port = (uint16_t)n->conf.gateway_port;
	struct sa sa;

	if (nat_literal(&sa, n->conf.gateway, port ? port : sa_port(&n->ua->addr)))
		return;
	if (sa_af(&sa) == sa_af(&n->ua->addr))
		n->pub = sa;
}

static struct nat *nat_alloc(struct ua *ua)
{
	struct nat *n = mem_zalloc(sizeof(*n), destructor);

	if (!n)
		return NULL;
	tmr_init(&n->tmr);
	tmr_init(&n->self);
	tmr_init(&n->refill);
	n->ua = ua;
	n->conf = ua->conf->nat;
	if (n->conf.mode == NAT_GATEWAY)
		use_gateway(n);
	tmr_start(&n->tmr, 0, begin, n);

	return n;
}

/* Obey the settings, at the start and after a change; calls that are up keep what they told */
void nat_apply(struct ua *ua)
{
	const struct nat_settings *now = &ua->conf->nat;

	if (!ua->sip || (ua->nat ? !memcmp(&ua->nat->conf, now, sizeof(*now)) : now->mode == NAT_DIRECT))
		return;
	nat_stop(ua);
	if (now->mode != NAT_DIRECT)
		ua->nat = nat_alloc(ua);
	moved(ua);
}

void nat_stop(struct ua *ua)
{
	ua->nat = mem_deref(ua->nat);
}

void nat_again(struct ua *ua)
{
	struct nat *n = ua->nat;
	unsigned i;

	if (!n || n->conf.mode != NAT_STUN)
		return;
	if (!sa_isset(&n->server, SA_ADDR))
		tmr_start(&n->tmr, 0, resolve, n);
	binding_again(n->sip);
	for (i = 0; i < NAT_SPARES; i++) {
		if (n->spare[i]) {
			binding_again(n->spare[i]->rtp);
			binding_again(n->spare[i]->rtcp);
		}
	}
}

void nat_socket(struct ua *ua)
{
	if (ua->nat && sa_isset(&ua->nat->server, SA_ADDR))
		begin_sip(ua->nat);
}

uint32_t nat_wait_ms(const struct ua *ua)
{
	const struct nat *n = ua->nat;

	return n && n->conf.mode == NAT_STUN && !sa_isset(&n->pub, SA_ADDR) && !n->dead ? WAIT_MS : 0;
}

const struct sa *nat_address(const struct ua *ua)
{
	return ua->nat && sa_isset(&ua->nat->pub, SA_ADDR) ? &ua->nat->pub : &ua->addr;
}

uint16_t nat_tcp_port(const struct ua *ua)
{
	return ua->nat && ua->nat->conf.mode == NAT_GATEWAY ? sa_port(nat_address(ua)) : sa_port(&ua->addr);
}

/* A leg for a call; *lp is its public side, NULL where it has none of its own */
int nat_stream(struct stream **sp, struct nat_leg **lp, struct ua *ua, stream_event_h *h, void *arg)
{
	struct nat *n = ua->nat && ua->nat->conf.mode == NAT_STUN ? ua->nat : NULL;
	struct nat_leg *l = n ? take(n) : NULL;
	int err;

	*lp = l;
	if (l) {
		*sp = mem_ref(l->stream);
		stream_owner(*sp, h, arg);
		return 0;
	}
	err = stream_alloc(sp, ua->media, &ua->laddr, (uint16_t)ua->conf->rtp_port_min,
			   (uint16_t)ua->conf->rtp_port_max, h, arg);
	if (!err && n)
		fault(n, "a call is told the direct address: no public port is known yet");

	return err;
}

/* Where the sound of a leg is to go, as others are told */
void nat_media(struct sa *rtp, struct sa *rtcp, const struct ua *ua, const struct nat_leg *leg,
	       const struct stream *s)
{
	if (leg) {
		*rtp = *binding_address(leg->rtp);
		*rtcp = *binding_address(leg->rtcp);
		return;
	}
	*rtp = *rtcp = ua->nat && ua->nat->conf.mode == NAT_GATEWAY ? *nat_address(ua) : ua->addr;
	sa_set_port(rtp, stream_port(s));
	sa_set_port(rtcp, (uint16_t)(stream_port(s) + 1));
}
