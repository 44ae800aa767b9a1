/**
 * @file ntp.c  An SNTP client over libre: name, requests, answers, intervals (see ntp.h; TIM-01, SRV-04)
 *
 * Each poll has a socket of its own, so with a port of its own (RFC 9109); between two polls there is none.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "core/service/ntp.h"

#define START_MS 1000                   /* the doors of a house do not all ask at once when its power is back */
#define AGAIN_MIN_US (16 * 1000000)     /* a loose cable is no reason to ask more often (RFC 4330 §10) */
#define AGREE_US 1000000

struct ntp {
	struct ntp_config cfg;
	char *server;
	struct ntp_state st;
	struct sa addr;                 /* of the server, where it was looked up */
	struct udp_sock *us;
	struct dns_query *query;
	struct tmr tmr;
	uint8_t cookie[NTP_COOKIE];
	int64_t asked_wall_us;
	uint64_t asked_us;              /* of the last request */
	unsigned tries;
	uint32_t floor_s;               /* shortest interval the server puts up with */
	int64_t doubt_us;               /* an offset that is not believed yet ... */
	unsigned agreed;                /* ... and how often it was told */
	ntp_h *h;
	void *arg;
};

static void begin(void *arg);

static uint64_t now_us(const struct ntp *n)
{
	return n->cfg.clock.now_us(n->cfg.clock.arg);
}

static void close_poll(struct ntp *n)
{
	tmr_cancel(&n->tmr);
	n->us = mem_deref(n->us);
	n->query = mem_deref(n->query);
}

/* --- results --- */

static void plan(struct ntp *n, uint32_t s)
{
	n->st.poll_s = s < n->floor_s ? n->floor_s : s > NTP_POLL_MAX_S ? NTP_POLL_MAX_S : s;
	tmr_start(&n->tmr, n->st.poll_s * UINT64_C(1000), begin, n);
}

static void failed(struct ntp *n, const char *trouble, const char *fmt, ...)
{
	const bool first = n->st.ok || !n->st.cause[0];
	va_list ap;

	close_poll(n);
	va_start(ap, fmt);
	(void)re_vsnprintf(n->st.cause, sizeof(n->st.cause), fmt, ap);
	va_end(ap);
	n->st.ok = false;
	n->st.trouble = trouble;
	if (!strcmp(trouble, "denied"))
		n->st.poll_s = 0;
	else
		plan(n, first ? NTP_POLL_MIN_S : n->st.poll_s * 2);
	n->h(&n->st, n->arg);
}

static void good(struct ntp *n, const struct ntp_answer *a, int64_t offset_us, int64_t delay_us)
{
	const int64_t step_us = n->st.ever ? offset_us - n->st.offset_us : 0;
	const bool steady = n->st.ok && llabs(step_us) <= NTP_STEP_US;

	close_poll(n);
	n->agreed = 0;
	n->st.offset_us = offset_us;
	n->st.delay_us = delay_us;
	n->st.stratum = a->stratum;
	n->st.at_us = now_us(n);
	n->st.ok = n->st.ever = true;
	n->st.cause[0] = '\0';
	n->st.trouble = "";
	plan(n, steady ? n->st.poll_s * 2 : NTP_POLL_MIN_S);
	n->h(&n->st, n->arg);
}

/* Is it a jump that was not told often enough? */
static bool doubted(struct ntp *n, int64_t offset_us)
{
	if (!n->st.ever || llabs(offset_us - n->st.offset_us) <= NTP_JUMP_S * INT64_C(1000000))
		return false;
	if (!n->agreed || llabs(offset_us - n->doubt_us) > AGREE_US)
		n->agreed = 0;
	n->doubt_us = offset_us;

	return ++n->agreed < NTP_AGREE;
}

/* RFC 5905 §7.4: RATE wants less, what begins with X is somebody's experiment, the rest wants nothing more of us */
static void kissed(struct ntp *n, const char *code)
{
	static const char *const never[] = {"DENY", "RSTR", "AUTH", "AUTO", "CRYP", "NKEY", "MCST"};
	size_t i;

	if (!strcmp(code, "RATE")) {
		n->floor_s = n->floor_s * 2 > NTP_POLL_MAX_S ? NTP_POLL_MAX_S : n->floor_s * 2;
		failed(n, "rate", "the NTP server wants to be asked less often (RATE)");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(never); i++) {
		if (strcmp(never[i], code))
			continue;
		failed(n, "denied", "the NTP server wants no questions of this door (%s): it is not asked again", code);
		return;
	}
	failed(n, "unsynchronised", "the NTP server does not know the time (%s)", code);
}

static void told(struct ntp *n, const struct ntp_answer *a)
{
	const int64_t came_us = n->asked_wall_us + (int64_t)(now_us(n) - n->asked_us);
	int64_t offset_us, delay_us;

	if (!ntp_offset(&offset_us, &delay_us, a, n->asked_wall_us, came_us))
		failed(n, "impossible", "the NTP server tells a time that cannot be");
	else if (doubted(n, offset_us))
		failed(n, "jumped", "the NTP server's time has jumped: it is believed when told %u times", NTP_AGREE);
	else
		good(n, a, offset_us, delay_us);
}

static void received(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct ntp *n = arg;
	struct ntp_answer a;

	if (!sa_cmp(src, &n->addr, SA_ALL))
		return;
	switch (ntp_read(&a, mbuf_buf(mb), mbuf_get_left(mb), n->cookie)) {

	case NTP_FOREIGN: break;
	case NTP_KISSED: kissed(n, a.kiss); break;
	case NTP_UNSYNCHRONISED: failed(n, "unsynchronised", "the NTP server does not know the time itself"); break;
	case NTP_IMPOSSIBLE: failed(n, "impossible", "the NTP server tells a time that cannot be"); break;
	case NTP_GOOD: told(n, &a); break;
	}
}

/* --- asking --- */

static void ask(void *arg)
{
	struct ntp *n = arg;
	uint8_t p[NTP_PACKET];
	struct mbuf *mb;
	int err;

	if (n->tries++ == NTP_TRIES) {
		failed(n, "silent", "the NTP server does not answer");
		return;
	}
	mb = mbuf_alloc(sizeof(p));
	do
		rand_bytes(n->cookie, sizeof(n->cookie));
	while (!n->cookie[0]);
	ntp_request(p, n->cookie);
	n->asked_us = now_us(n);
	n->asked_wall_us = n->cfg.clock.wall_us(n->cfg.clock.arg);
	err = mb ? mbuf_write_mem(mb, p, sizeof(p)) : ENOMEM;
	if (!err) {
		mb->pos = 0;
		err = udp_send(n->us, &n->addr, mb);
	}
	mem_deref(mb);
	if (err)
		failed(n, "unreachable", "the NTP server cannot be asked: %m", err);
	else
		tmr_start(&n->tmr, NTP_TRY_MS, ask, n);
}

/* libre knows 127.0.0.1 only */
static bool loopback(const struct sa *sa)
{
	return sa_af(sa) == AF_INET ? sa_in(sa) >> 24 == 127 : sa_is_loopback(sa);
}

/* The door's own address; a door on the loopback asks outside as its machine does */
static int local(struct sa *sa, const struct ntp *n)
{
	const bool away = loopback(&n->cfg.laddr) && !loopback(&n->addr);

	*sa = n->cfg.laddr;
	sa_set_port(sa, 0);
	if (away)
		return sa_set_str(sa, sa_af(&n->addr) == AF_INET ? "0.0.0.0" : "::", 0);

	return sa_af(sa) == sa_af(&n->addr) ? 0 : EAFNOSUPPORT;
}

static void open_poll(struct ntp *n)
{
	struct sa sa;
	int err = local(&sa, n);

	if (!err)
		err = udp_listen(&n->us, &sa, received, n);
	if (err) {
		failed(n, "unreachable", "the NTP server cannot be asked: %m", err);
		return;
	}
	n->tries = 0;
	ask(n);
}

static void resolved(int err, const struct dnshdr *hdr, struct list *ansl, struct list *authl, struct list *addl, void *arg)
{
	struct ntp *n = arg;
	const bool six = sa_af(&n->cfg.laddr) == AF_INET6;
	const struct dnsrr *rr = err ? NULL : dns_rrlist_find(ansl, NULL, six ? DNS_TYPE_AAAA : DNS_TYPE_A, DNS_CLASS_IN, true);

	(void)hdr;
	(void)authl;
	(void)addl;
	if (!rr) {
		failed(n, "unknown", "the NTP server's address was not found: %m", err ? err : ENOENT);
		return;
	}
	if (six)
		sa_set_in6(&n->addr, rr->rdata.aaaa.addr, n->cfg.port);
	else
		sa_set_in(&n->addr, rr->rdata.a.addr, n->cfg.port);
	open_poll(n);
}

static bool literal(struct sa *sa, const struct ntp *n)
{
	char text[96];
	const int len = re_snprintf(text, sizeof(text), "%s:%u", n->server, n->cfg.port);

	return len > 0 && !sa_decode(sa, text, (size_t)len);
}

static void begin(void *arg)
{
	struct ntp *n = arg;
	int err;

	close_poll(n);
	if (literal(&n->addr, n)) {
		open_poll(n);
		return;
	}
	err = n->cfg.dnsc ? dnsc_query(&n->query, n->cfg.dnsc, n->server,
				       sa_af(&n->cfg.laddr) == AF_INET6 ? DNS_TYPE_AAAA : DNS_TYPE_A, DNS_CLASS_IN, true,
				       resolved, n) : ENOSYS;
	if (err)
		failed(n, "unknown", "the NTP server's address was not found: %m", err);
}

/* --- life --- */

static void destructor(void *arg)
{
	struct ntp *n = arg;

	close_poll(n);
	mem_deref(n->server);
	mem_deref(n->cfg.dnsc);
}

/**
 * Ask an NTP server, and go on asking.
 *
 * @param np  Written on success
 * @param cfg Copied
 * @param h   Told the result of each poll, from the loop
 * @param arg Its argument
 *
 * @return 0, EINVAL, ENOMEM; the first request goes out within START_MS
 */
int ntp_alloc(struct ntp **np, const struct ntp_config *cfg, ntp_h *h, void *arg)
{
	struct ntp *n;
	int err;

	if (!np || !cfg || !cfg->server || !cfg->port || !h)
		return EINVAL;
	n = mem_zalloc(sizeof(*n), destructor);
	if (!n)
		return ENOMEM;
	tmr_init(&n->tmr);
	n->cfg = *cfg;
	n->cfg.server = NULL;
	mem_ref(n->cfg.dnsc);
	n->floor_s = n->st.poll_s = NTP_POLL_MIN_S;
	n->st.trouble = "";
	n->h = h;
	n->arg = arg;
	err = str_dup(&n->server, cfg->server);
	if (err) {
		mem_deref(n);
		return err;
	}
	tmr_start(&n->tmr, rand_u32() % START_MS, begin, n);
	*np = n;

	return 0;
}

/**
 * Ask now where the last poll failed: the network is back.
 *
 * @param n Client, may be NULL; one that was told to ask no more, or that asked moments ago, does not
 */
void ntp_again(struct ntp *n)
{
	if (!n || !n->st.poll_s || !n->st.cause[0] || n->us || n->query)
		return;
	if (now_us(n) - n->asked_us >= AGAIN_MIN_US && n->floor_s == NTP_POLL_MIN_S)
		tmr_start(&n->tmr, 0, begin, n);
}

/** How it stands; borrowed, valid as long as the client */
const struct ntp_state *ntp_state(const struct ntp *n)
{
	return &n->st;
}
