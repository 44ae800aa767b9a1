/**
 * @file ice.c  ICE of one RTP leg: candidates, checks, the pair in use (SIP-08; RFC 8445, RFC 8839)
 *
 * libre's icem does the checks.  What the other side sends is read here first: at most CANDIDATES of it, UDP, of our
 * address family, one host's.  Its RTCP counts where it has candidates for it.
 *
 *     offerer     alloc, describe ── offer ──>   remote, describe ──> answer ── start     answerer
 *                 remote, start   <── answer ──
 *                 <═════════ checks, both ways; the offerer nominates ═════════>
 *
 * libre tells the end of all checks, those that must fail included; sound need not wait for them: it goes by the first
 * pair that works (RFC 8445 §12.1), and changes to the one that is nominated.
 */
#include <errno.h>
#include <string.h>
#include "core/media/binding.h"
#include "core/media/ice.h"
#include "core/media/media.h"

#define LAYER 0
#define CANDIDATES 16                   /* of the other side; each costs checks */
#define UFRAG_MIN 4
#define UFRAG_MAX 32                    /* libre's user name for a check holds two and a colon in 64 */
#define PWD_MIN 22
#define PWD_MAX 256
#define LOOK_MS 20
#define REQUESTS 5                      /* of a check: 0, 100, 300, 700, 1500 ms, failed at 1900 */
#define LAST_WAIT 4

/* Of libre's own ICE, exported but in no header of its (1.1.0 and 2.0.1 alike).  The next check goes out now: without
 * it libre sends one only when the one before is answered or has failed, and addresses that lead nowhere hold up those
 * that lead somewhere.  A pair of candidates: libre makes none of an address that only a check of theirs told */
struct ice_candpair;
void icem_conncheck_continue(struct icem *icem);
int icem_candpair_alloc(struct ice_candpair **cpp, struct icem *icem, struct ice_cand *lcand, struct ice_cand *rcand);

struct ice_leg {
	struct icem *icem;
	struct ice_config cfg;
	enum ice_state state;
	unsigned comps;
	uint64_t tiebreak;
	char ufrag[9], pwd[25];         /* ours */
	char *rufrag, *rpwd;
	struct sa peer[2];              /* RTP, RTCP of the pair in use */
	struct tmr look;                /* while checks run: does a pair work? */
	unsigned learnt;                /* their addresses that only their checks told */
};

static void destructor(void *arg)
{
	struct ice_leg *l = arg;

	tmr_cancel(&l->look);
	mem_deref(l->icem);
	mem_deref(l->rufrag);
	mem_deref(l->rpwd);
	mem_deref(l->cfg.stream);
}

static bool take_pair(struct ice_leg *l)
{
	bool other = false;
	unsigned i;

	for (i = 0; i < l->comps; i++) {
		const struct ice_cand *cand = icem_selected_rcand(l->icem, i + 1);
		const struct sa *addr = icem_lcand_addr(cand);

		if (!addr || sa_cmp(addr, &l->peer[i], SA_ALL))
			continue;
		l->peer[i] = *addr;
		other = true;
	}

	return other;
}

static bool works(const struct ice_leg *l)
{
	unsigned i;

	for (i = 1; i <= l->comps; i++) {
		if (!icem_selected_rcand(l->icem, i))
			return false;
	}

	return true;
}

static void pair_with(const struct ice_leg *l, struct ice_cand *theirs)
{
	unsigned i;

	for (i = 1; i <= l->comps; i++) {
		if (icem_cand_find(icem_rcandl(l->icem), i, icem_lcand_addr(theirs)) == theirs)
			(void)icem_candpair_alloc(NULL, l->icem, icem_cand_find(icem_lcandl(l->icem), i, NULL), theirs);
	}
}

/* Their addresses that only their checks told, and that we would not know from SDP */
static unsigned peer_reflexive(const struct ice_leg *l, bool pair)
{
	const struct le *le;
	unsigned n = 0;

	for (le = list_head(icem_rcandl(l->icem)); le; le = le->next) {
		if (icem_cand_type(le->data) != ICE_CAND_TYPE_PRFLX)
			continue;
		if (pair && n >= l->learnt && n < CANDIDATES)
			pair_with(l, le->data);
		n++;
	}

	return n;
}

static void look(void *arg)
{
	struct ice_leg *l = arg;

	tmr_start(&l->look, LOOK_MS, look, l);
	l->learnt = peer_reflexive(l, true);
	icem_conncheck_continue(l->icem);
	if (l->state != ICE_CHECKING || !works(l))
		return;
	(void)take_pair(l);
	l->state = ICE_CONNECTED;
	l->cfg.h(l->state, l->cfg.arg);
}

static void checked(int err, bool update, void *arg)
{
	struct ice_leg *l = arg;
	const enum ice_state before = l->state;

	(void)update;
	tmr_cancel(&l->look);
	if (err && works(l))
		err = 0;
	l->state = err ? ICE_FAILED : ICE_CONNECTED;
	if ((!err && take_pair(l)) || l->state != before)
		l->cfg.h(l->state, l->cfg.arg);
}

static int add_candidates(struct ice_leg *l, unsigned comp)
{
	const struct sa *told = comp == ICE_COMPID_RTP ? &l->cfg.rtp : &l->cfg.rtcp;
	struct udp_sock *us = stream_sock(l->cfg.stream, comp == ICE_COMPID_RTCP);
	struct ice_cand *base;
	int err;

	if (!us)
		return ENOTCONN;

	err = icem_comp_add(l->icem, comp, us);
	if (!err)
		err = icem_cand_add(l->icem, comp, 0, "", &l->cfg.host);
	if (err)
		return err;

	base = icem_cand_find(icem_lcandl(l->icem), comp, NULL);
	if (sa_cmp(told, icem_lcand_addr(base), SA_ALL))
		return 0;

	return icem_lcand_add(l->icem, base, ICE_CAND_TYPE_SRFLX, told);
}

static int build(struct ice_leg *l, unsigned comps)
{
	unsigned i;
	int err;

	l->icem = mem_deref(l->icem);
	l->comps = comps;
	err = icem_alloc(&l->icem, ICE_MODE_FULL, l->cfg.offerer ? ICE_ROLE_CONTROLLING : ICE_ROLE_CONTROLLED,
			 IPPROTO_UDP, LAYER, l->tiebreak, l->ufrag, l->pwd, checked, l);
	if (!err) {
		stun_conf(icem_stun(l->icem))->rc = REQUESTS;
		stun_conf(icem_stun(l->icem))->rm = LAST_WAIT;
	}
	for (i = 1; i <= comps && !err; i++)
		err = add_candidates(l, i);
	if (!err)
		err = icem_comps_set_default_cand(l->icem);

	return err;
}

static void no_news(enum ice_state state, void *arg)
{
	(void)state;
	(void)arg;
}

/**
 * Gather the candidates of a leg: our own address, and the one that others are told.
 *
 * @param lp  Leg, written on success
 * @param cfg Copied; the stream is referenced
 *
 * @return 0, EINVAL, ENOMEM, ENOTCONN stream stopped
 */
int ice_leg_alloc(struct ice_leg **lp, const struct ice_config *cfg)
{
	struct ice_leg *l;
	int err;

	if (!lp || !cfg || !cfg->stream)
		return EINVAL;

	l = mem_zalloc(sizeof(*l), destructor);
	if (!l)
		return ENOMEM;

	l->cfg = *cfg;
	l->cfg.h = cfg->h ? cfg->h : no_news;
	mem_ref(l->cfg.stream);
	tmr_init(&l->look);
	rand_str(l->ufrag, sizeof(l->ufrag));
	rand_str(l->pwd, sizeof(l->pwd));
	l->tiebreak = rand_u64() | 1;
	err = build(l, 2);
	if (err)
		mem_deref(l);
	else
		*lp = l;

	return err;
}

/**
 * Write our side into an offer or answer.
 *
 * @param l Leg
 * @param m Its media line
 *
 * @return 0, ENOMEM
 */
int ice_leg_describe(const struct ice_leg *l, struct sdp_media *m)
{
	const struct le *le;
	int err;

	sdp_media_del_lattr(m, ice_attr_cand);
	err = sdp_media_set_lattr(m, true, ice_attr_ufrag, "%s", l->ufrag);
	if (!err)
		err = sdp_media_set_lattr(m, true, ice_attr_pwd, "%s", l->pwd);
	for (le = list_head(icem_lcandl(l->icem)); le && !err; le = le->next) {
		if (icem_cand_type(le->data) != ICE_CAND_TYPE_PRFLX)
			err = sdp_media_set_lattr(m, false, ice_attr_cand, "%H", ice_cand_encode, le->data);
	}

	return err;
}

/** Take our side out of a description: what follows does no ICE */
void ice_undescribe(struct sdp_media *m)
{
	sdp_media_del_lattr(m, ice_attr_cand);
	sdp_media_del_lattr(m, ice_attr_ufrag);
	sdp_media_del_lattr(m, ice_attr_pwd);
}

/* ice-char of RFC 8839 §5.4 */
static bool ice_chars(const char *s, size_t min, size_t max)
{
	size_t n = 0;

	for (; s && s[n]; n++) {
		const char c = s[n];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '+' || c == '/'))
			return false;
	}

	return n >= min && n <= max;
}

static const char *remote_attr(const struct sdp_session *s, const struct sdp_media *m, const char *name)
{
	const char *v = sdp_media_rattr(m, name);

	return v ? v : sdp_session_rattr(s, name);
}

/** Does the other side's description do ICE, with credentials that can be used? */
bool ice_offered(const struct sdp_session *s, const struct sdp_media *m)
{
	return ice_chars(remote_attr(s, m, ice_attr_ufrag), UFRAG_MIN, UFRAG_MAX) &&
	       ice_chars(remote_attr(s, m, ice_attr_pwd), PWD_MIN, PWD_MAX) &&
	       sdp_media_rattr(m, ice_attr_cand);
}

struct reading {
	struct ice_leg *l;
	unsigned taken;
	bool rtcp;
	bool pick;                      /* false = look only whether there is RTCP */
	int err;
};

static bool candidate(const char *name, const char *value, void *arg)
{
	struct reading *r = arg;
	struct ice_cand_attr c;

	(void)name;
	if (!value || ice_cand_attr_decode(&c, value) || c.proto != IPPROTO_UDP || c.compid < 1 ||
	    c.compid > 2 || !binding_usable(&r->l->cfg.host, &c.addr))
		return false;
	r->rtcp |= c.compid == ICE_COMPID_RTCP;
	if (!r->pick || c.compid > r->l->comps)
		return false;
	if (r->taken++ == CANDIDATES)
		return true;
	r->err = icem_sdp_decode(r->l->icem, ice_attr_cand, value);

	return r->err != 0;
}

static int keep(char **dst, const char *src)
{
	*dst = mem_deref(*dst);

	return str_dup(dst, src);
}

static int again(struct ice_leg *l, unsigned comps)
{
	unsigned i;

	tmr_cancel(&l->look);
	for (i = 0; i < ARRAY_SIZE(l->peer); i++)
		sa_init(&l->peer[i], AF_UNSPEC);

	return build(l, comps);
}

/* RFC 8839 §4.2.5: somebody between us changed the addresses but not the candidates */
static bool default_known(const struct ice_leg *l, const struct sdp_media *m)
{
	struct sa rtcp;

	sdp_media_raddr_rtcp(m, &rtcp);

	return icem_verify_support(l->icem, ICE_COMPID_RTP, sdp_media_raddr(m)) &&
	       (l->comps < 2 || icem_verify_support(l->icem, ICE_COMPID_RTCP, &rtcp));
}

/**
 * Read the other side's candidates; ice_offered() is true of them.  A leg that has read some before begins anew, with
 * our credentials as they were.
 *
 * @param l Leg
 * @param s Session with their description
 * @param m Its media line
 *
 * @return 0: state READY or PLAIN; ENOMEM and the like
 */
int ice_leg_remote(struct ice_leg *l, const struct sdp_session *s, const struct sdp_media *m)
{
	struct reading r = { .l = l };
	int err;

	(void)sdp_media_rattr_apply(m, ice_attr_cand, candidate, &r);
	err = keep(&l->rufrag, remote_attr(s, m, ice_attr_ufrag));
	if (!err)
		err = keep(&l->rpwd, remote_attr(s, m, ice_attr_pwd));
	if (!err && (l->state != ICE_IDLE || !r.rtcp))
		err = again(l, r.rtcp ? 2 : 1);
	if (!err && sdp_session_rattr(s, ice_attr_lite))
		err = ice_sdp_decode(l->icem, ice_attr_lite, NULL);
	if (!err)
		err = icem_sdp_decode(l->icem, ice_attr_ufrag, l->rufrag);
	if (!err)
		err = icem_sdp_decode(l->icem, ice_attr_pwd, l->rpwd);
	if (err)
		return err;

	r.pick = true;
	(void)sdp_media_rattr_apply(m, ice_attr_cand, candidate, &r);
	l->state = default_known(l, m) ? ICE_READY : ICE_PLAIN;

	return r.err;
}

/**
 * Begin the checks, once both descriptions are on their way; in any other state than READY nothing happens.
 *
 * @param l Leg
 *
 * @return 0, or libre's error: the state is FAILED
 */
int ice_leg_start(struct ice_leg *l)
{
	int err;

	if (l->state != ICE_READY)
		return 0;

	err = icem_conncheck_start(l->icem);
	l->state = err ? ICE_FAILED : ICE_CHECKING;
	l->learnt = peer_reflexive(l, false);
	if (!err)
		tmr_start(&l->look, LOOK_MS, look, l);

	return err;
}

/** Where a leg stands; NULL = ICE_PLAIN */
enum ice_state ice_leg_state(const struct ice_leg *l)
{
	return l ? l->state : ICE_PLAIN;
}

/** Do these credentials begin a new round (RFC 8839 §4.4.3)? */
bool ice_leg_restarted(const struct ice_leg *l, const struct sdp_session *s, const struct sdp_media *m)
{
	return l->rufrag && (str_cmp(l->rufrag, remote_attr(s, m, ice_attr_ufrag)) ||
			     str_cmp(l->rpwd, remote_attr(s, m, ice_attr_pwd)));
}

/**
 * Where the pair in use leads.
 *
 * @param l    Leg
 * @param rtcp true = of the reports
 *
 * @return Address, NULL where there is none
 */
const struct sa *ice_leg_peer(const struct ice_leg *l, bool rtcp)
{
	return l && sa_isset(&l->peer[rtcp], SA_ALL) ? &l->peer[rtcp] : NULL;
}
