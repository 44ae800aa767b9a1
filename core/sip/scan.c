/**
 * @file scan.c  A scan of the local network (see scan.h; NET-03)
 */
#include <errno.h>
#include <string.h>
#include "core/sip/scan.h"
#include "core/sip/ua_priv.h"

#define ROUNDS 2

struct target {
	uint64_t token;                 /* of its branch; 0 = not asked yet */
	bool answered;
};

struct scan {
	struct scan_range range, local;
	uint16_t port;
	uint32_t own;
	struct udp_sock *us;
	struct sa via;                  /* where answers come to */
	char *uri, *software;
	uint64_t id;                    /* of its Call-IDs */
	struct tmr tmr;
	uint64_t begun_ms;
	unsigned round, next;           /* question that is due */
	unsigned unsent, n;             /* n: of found */
	bool running, cancelled;
	struct target *target;
	struct scan_found *found;       /* by address */
	scan_h *h;
	void *arg;
};

static unsigned count(const struct scan *s)
{
	return s->range.last - s->range.first + 1;
}

/* --- asking --- */

static struct mbuf *question(const struct scan *s, const struct sa *to, uint64_t token)
{
	struct mbuf *mb = mbuf_alloc(768);
	const int err = !mb ? ENOMEM : mbuf_printf(mb,
		"OPTIONS sip:%J SIP/2.0\r\n"
		"Via: SIP/2.0/UDP %J;branch=z9hG4bK%016llx;rport\r\n"
		"Max-Forwards: 70\r\n"
		"To: <sip:%J>\r\n"
		"From: <%s>;tag=%016llx\r\n"
		"Call-ID: %016llx-%08x\r\n"
		"CSeq: 1 OPTIONS\r\n"
		"Contact: <%s>\r\n"
		"Accept: application/sdp\r\n"
		"User-Agent: %s\r\n"
		"Content-Length: 0\r\n\r\n",
		to, &s->via, token, to, s->uri, s->id, s->id, sa_in(to), s->uri, s->software);

	if (err)
		return mem_deref(mb);
	mb->pos = 0;

	return mb;
}

static void ask(struct scan *s, unsigned i)
{
	struct target *t = &s->target[i];
	struct mbuf *mb;
	struct sa to;

	sa_set_in(&to, s->range.first + i, s->port);
	while (!t->token)
		t->token = rand_u64();
	mb = question(s, &to, t->token);
	if (!mb || udp_send(s->us, &to, mb))
		++s->unsent;
	mem_deref(mb);
}

/* Network and broadcast address of our network are no hosts, and we know ourselves */
static bool skipped(const struct scan *s, unsigned i)
{
	const uint32_t addr = s->range.first + i;
	const bool ends = s->local.last > s->local.first + 2 && (addr == s->local.first || addr == s->local.last);

	return s->target[i].answered || ends || addr == s->own;
}

static void end(void *arg)
{
	struct scan *s = arg;

	s->running = false;
	s->us = mem_deref(s->us);
	tmr_cancel(&s->tmr);
	s->h(s, s->arg);
}

/* One question; silent addresses are asked again in the second round */
static void tick(void *arg)
{
	struct scan *s = arg;
	const uint64_t again_ms = s->begun_ms + SCAN_REPEAT_MS, now = tmr_jiffies();

	if (s->round == 1 && !s->next && now < again_ms) {
		tmr_start(&s->tmr, again_ms - now, tick, s);
		return;
	}
	while (s->next < count(s) && skipped(s, s->next))
		++s->next;
	if (s->next < count(s)) {
		ask(s, s->next++);
		tmr_start(&s->tmr, SCAN_GAP_MS, tick, s);
	}
	else if (++s->round < ROUNDS) {
		s->next = 0;
		tmr_start(&s->tmr, SCAN_GAP_MS, tick, s);
	}
	else {
		tmr_start(&s->tmr, SCAN_WAIT_MS, end, s);
	}
}

/* --- answers --- */

/* What a device calls itself: text of outside, cut between two characters */
static void take_name(char name[SCAN_NAME], const struct sip_msg *msg)
{
	const struct sip_hdr *h = sip_msg_hdr(msg, SIP_HDR_USER_AGENT);
	char *text = NULL, *p;
	size_t n;

	h = h ? h : sip_msg_hdr(msg, SIP_HDR_SERVER);
	name[0] = '\0';
	if (!h || ua_text(&text, &h->val))
		return;
	for (p = text; *p; p++)
		if (*p == '\n')
			*p = ' ';
	n = strlen(text) < SCAN_NAME ? strlen(text) : SCAN_NAME - 1;
	while (n && text[n] && ((uint8_t)text[n] & 0xc0) == 0x80)
		--n;
	memcpy(name, text, n);
	name[n] = '\0';
	mem_deref(text);
}

static bool answers(const struct sip_msg *msg, const struct target *t)
{
	char branch[32];

	(void)re_snprintf(branch, sizeof(branch), "z9hG4bK%016llx", t->token);

	return !msg->req && msg->scode >= 200 && !pl_strcmp(&msg->via.branch, branch) && !pl_strcmp(&msg->cseq.met, "OPTIONS");
}

static void put(struct scan *s, uint32_t addr, const struct sip_msg *msg)
{
	unsigned i = s->n;

	while (i && s->found[i - 1].addr > addr)
		--i;
	memmove(&s->found[i + 1], &s->found[i], (s->n - i) * sizeof(*s->found));
	s->found[i].addr = addr;
	s->found[i].scode = msg->scode;
	take_name(s->found[i].name, msg);
	++s->n;
}

static void recv_handler(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct scan *s = arg;
	const uint32_t addr = sa_af(src) == AF_INET ? sa_in(src) : 0;
	struct sip_msg *msg;
	struct target *t;

	if (addr < s->range.first || addr > s->range.last)
		return;
	t = &s->target[addr - s->range.first];
	if (!t->token || t->answered || sip_msg_decode(&msg, mb))
		return;
	if (answers(msg, t)) {
		t->answered = true;
		put(s, addr, msg);
	}
	mem_deref(msg);
}

/* --- life --- */

static void destructor(void *arg)
{
	struct scan *s = arg;

	tmr_cancel(&s->tmr);
	mem_deref(s->us);
	mem_deref(s->uri);
	mem_deref(s->software);
	mem_deref(s->target);
	mem_deref(s->found);
}

static int listen_own(struct scan *s, const struct scan_config *cfg)
{
	struct sa laddr = *cfg->laddr, local;
	int err;

	sa_set_port(&laddr, 0);
	err = udp_listen(&s->us, &laddr, recv_handler, s);
	if (!err)
		err = udp_local_get(s->us, &local);
	s->via = *cfg->addr;
	sa_set_port(&s->via, err ? 0 : sa_port(&local));

	return err;
}

/**
 * Begin to scan.
 *
 * @param sp  Written on success
 * @param cfg Copied
 * @param h   Called at the end, not where it is cancelled
 * @param arg Its argument
 *
 * @return 0, EAFNOSUPPORT we are bound to IPv6, EINVAL a range that scan_range_read() does not give, ENOMEM, errno of
 *         the socket
 */
int scan_alloc(struct scan **sp, const struct scan_config *cfg, scan_h *h, void *arg)
{
	struct scan *s;
	int err;

	if (sa_af(cfg->laddr) != AF_INET)
		return EAFNOSUPPORT;
	if (cfg->range.last < cfg->range.first || cfg->range.last - cfg->range.first >= SCAN_MAX)
		return EINVAL;
	s = mem_zalloc(sizeof(*s), destructor);
	if (!s)
		return ENOMEM;
	s->range = cfg->range;
	s->local = cfg->local;
	s->port = cfg->port ? cfg->port : SCAN_PORT;
	s->own = sa_in(cfg->addr);
	s->id = rand_u64();
	s->h = h;
	s->arg = arg;
	s->running = true;
	s->target = mem_zalloc(count(s) * sizeof(*s->target), NULL);
	s->found = mem_zalloc(count(s) * sizeof(*s->found), NULL);
	err = s->target && s->found ? str_dup(&s->uri, cfg->uri) : ENOMEM;
	if (!err)
		err = str_dup(&s->software, cfg->software);
	if (!err)
		err = listen_own(s, cfg);
	if (err) {
		mem_deref(s);
		return err;
	}
	s->begun_ms = tmr_jiffies();
	tmr_start(&s->tmr, 0, tick, s);
	*sp = s;

	return 0;
}

/** End it; what was found so far stays */
void scan_cancel(struct scan *s)
{
	s->cancelled = s->cancelled || s->running;
	s->running = false;
	s->us = mem_deref(s->us);
	tmr_cancel(&s->tmr);
}

/** How far it is */
void scan_look(const struct scan *s, struct scan_state *st)
{
	const unsigned done = s->round < ROUNDS ? s->round * count(s) + s->next : ROUNDS * count(s);

	*st = (struct scan_state){
		.running = s->running, .cancelled = s->cancelled, .range = s->range, .port = s->port, .done = done,
		.total = ROUNDS * count(s), .unsent = s->unsent, .found = s->n,
	};
}

const struct scan_found *scan_found(const struct scan *s, unsigned i)
{
	return i < s->n ? &s->found[i] : NULL;
}
