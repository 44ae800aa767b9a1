/**
 * @file account_register.c  REGISTER: refresh, failover, back-off, de-registration (SIP-03, SIP-10)
 *
 *     0 ── REGISTER ── 200, expires E ──> again at 80..90 % of E
 *             ├── 423: again at once with Min-Expires, twice at most
 *             ├── no answer (32 s), 408, 5xx: the other way at once (route, then server)
 *             │        └── no way is left: wait 5, 10, 20 ... register_retry_s
 *             └── any other refusal: wait register_retry_s (a wrong password mends by hand only)
 *     TCP, TLS: the connection breaks -> again at once, or 5 s later where it had just been made
 *     each wait is drawn between half of it and the whole; Retry-After prolongs it
 */
#include <errno.h>
#include "core/sip/account_priv.h"

#define RETRY_S 5                       /* first wait, doubled each round */
#define KEEPALIVE_S 120                 /* between CRLFs; libre draws each between 80 and 100 % of it */
#define RETRY_AFTER_MAX_S 3600
#define EXPIRES_MIN_S 10                /* a server that grants less is asked again after that */
#define EXPIRES_MAX_S (7 * 86400)

static void tmr_handler(void *arg)
{
	account_register(arg);
}

static void use_way(struct account *a, unsigned way)
{
	if (way == a->now)
		return;
	a->now = way;
	a->alive = mem_deref(a->alive);
	a->as.route = a->way[way];
	a->reg = mem_deref(a->reg);     /* its requests know the old way */
	a->pub = mem_deref(a->pub);
	a->etag = mem_deref(a->etag);
}

static uint32_t header_u32(const struct sip_msg *msg, enum sip_hdrid id)
{
	const struct sip_hdr *hdr = msg ? sip_msg_hdr(msg, id) : NULL;

	return hdr ? pl_u32(&hdr->val) : 0;
}

static uint32_t wait_ms(const struct account *a, bool refused, const struct sip_msg *msg)
{
	const uint32_t most_s = (uint32_t)a->ua->conf->register_retry_s;
	const uint32_t after_s = MIN(header_u32(msg, SIP_HDR_RETRY_AFTER), RETRY_AFTER_MAX_S);
	const uint32_t step_s = refused ? most_s : MIN(most_s, (uint32_t)RETRY_S << MIN(a->fails, 9u));
	const uint32_t ms = step_s * (500 + rand_u16() % 501);

	return MAX(ms, after_s * 1000);
}

static bool unreachable(int err, const struct sip_msg *msg)
{
	return err || msg->scode == 408 || msg->scode / 100 == 5;
}

static void failed(struct account *a, int err, const struct sip_msg *msg)
{
	const bool no_way = unreachable(err, msg);

	if (no_way && ++a->tried < a->ways) {
		use_way(a, (a->now + 1) % a->ways);
		tmr_start(&a->tmr, 0, tmr_handler, a);
		return;
	}
	tmr_start(&a->tmr, wait_ms(a, !no_way, msg), tmr_handler, a);
	a->fails++;
	a->tried = a->raises = 0;
	tmr_cancel(&a->pub_tmr);
	account_tell(a, false, false, err, msg);
}

struct granted {
	struct uri own;
	uint32_t expires_s;
};

static uint16_t port_of(const struct uri *u)
{
	return u->port ? u->port : SIP_PORT;
}

static bool same_uri(const struct uri *a, const struct uri *b)
{
	return !pl_cmp(&a->user, &b->user) && !pl_casecmp(&a->host, &b->host) && port_of(a) == port_of(b);
}

static bool contact_handler(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	struct granted *g = arg;
	struct sip_addr addr;
	struct pl val;

	(void)msg;
	if (sip_addr_decode(&addr, &hdr->val) || !same_uri(&addr.uri, &g->own))
		return false;
	if (!msg_param_decode(&addr.params, "expires", &val))
		g->expires_s = pl_u32(&val);

	return true;
}

/* What the server granted: of our Contact, else of the whole answer, else what was asked */
static uint32_t granted_s(const struct account *a, const struct sip_msg *msg)
{
	struct granted g = { .expires_s = header_u32(msg, SIP_HDR_EXPIRES) };
	struct pl pl;

	if (!g.expires_s)
		g.expires_s = a->expires_s;
	pl_set_str(&pl, a->contact);
	if (!uri_decode(&g.own, &pl))
		(void)sip_msg_hdr_apply(msg, true, SIP_HDR_CONTACT, contact_handler, &g);

	return MIN(MAX(g.expires_s, EXPIRES_MIN_S), EXPIRES_MAX_S);
}

/* The PBX reaches us by the connection that is gone; one that closes each at once is not obeyed at once */
static void broken_handler(int err, void *arg)
{
	struct account *a = arg;

	(void)err;
	a->alive = mem_deref(a->alive);
	if (tmr_jiffies() - a->registered_ms >= RETRY_S * 1000)
		account_retry(a);
	else
		tmr_start(&a->tmr, RETRY_S * 1000, tmr_handler, a);
}

/* Ask to hear when the connection breaks; it is kept open by CRLF (RFC 5626 §3.5.1) */
static void watch(struct account *a, const struct sip_msg *msg)
{
	a->alive = mem_deref(a->alive);
	a->registered_ms = tmr_jiffies();
	if (msg->tp != SIP_TRANSP_UDP)
		(void)sip_keepalive_start(&a->alive, a->ua->sip, msg, KEEPALIVE_S, broken_handler, a);
}

static void registered(struct account *a, const struct sip_msg *msg)
{
	a->fails = a->tried = a->raises = 0;
	watch(a, msg);
	tmr_start(&a->tmr, account_refresh_ms(granted_s(a, msg)), tmr_handler, a);
	account_tell(a, false, true, 0, msg);
	if (a->conf.publish && !tmr_isrunning(&a->pub_tmr))
		account_publish(a);
}

/* 423: the server wants longer registrations */
static bool raised(struct account *a, const struct sip_msg *msg)
{
	const uint32_t least_s = header_u32(msg, SIP_HDR_MIN_EXPIRES);

	if (msg->scode != 423 || least_s <= a->expires_s || least_s > EXPIRES_MAX_S ||
	    a->raises++ >= ACCOUNT_RAISES)
		return false;
	a->expires_s = least_s;
	account_register(a);

	return true;
}

static void answer_handler(int err, const struct sip_msg *msg, void *arg)
{
	struct account *a = arg;

	if (!err && msg->scode < 300)
		registered(a, msg);
	else if (err || !raised(a, msg))
		failed(a, err, msg);
}

static int send_register(struct account *a, uint32_t expires_s)
{
	return exchange_send(a->reg, "REGISTER",
			     "Contact: <%s>;expires=%u\r\n"
			     "Expires: %u\r\n"
			     "Allow: " UA_ALLOW "\r\n"
			     "Content-Length: 0\r\n"
			     "\r\n",
			     a->contact, expires_s, expires_s);
}

/* TCP or TLS has to be there for the next hop; it is tried again with each round.  A server's certificate
 * may carry the domain it serves (RFC 5922) */
static int prepare(struct account *a)
{
	enum sip_transp tp;
	struct pl domain;
	char *uri = NULL;
	int err;

	if (!a->ua->sip)
		return ENOTCONN;
	err = ua_target(a->ua, &uri, &tp, a->as.route ? a->as.route : a->registrar, a->conf.transport);
	mem_deref(uri);
	if (err || tp != SIP_TRANSP_TLS || !a->conf.domain[0])
		return err;
	pl_set_str(&domain, a->conf.domain);

	return tls_called(a->ua, &domain);
}

/* Register, or refresh; a new round begins with the preferred way */
void account_register(struct account *a)
{
	int err;

	if (a->fails && !a->tried)
		use_way(a, 0);
	err = prepare(a);
	if (!err)
		err = account_exchange(a, &a->reg, a->registrar, answer_handler);
	if (!err)
		err = send_register(a, a->expires_s);
	if (err)
		failed(a, err, NULL);
}

/* Take the registration back, in the background; one that is under way may come to be, too */
void account_unregister(struct account *a)
{
	if (!a->reg || (!a->reg_news.ok && !exchange_busy(a->reg)) || send_register(a, 0))
		return;
	exchange_detach(a->reg);
	a->reg = NULL;
}
