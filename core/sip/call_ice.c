/**
 * @file call_ice.c  ICE of a call: when it is offered, answered, restarted or given up (SIP-08; RFC 8839)
 *
 *     nat.ice   their description         what follows
 *     no        any                       no ICE
 *     yes       without ICE               no ICE: the addresses of SDP
 *     yes       with ICE                  nothing is sent until a pair works; none works: the addresses of SDP
 *     yes       new ufrag or pwd          a new round; where they offered it, sound stays on the old pair meanwhile
 */
#include "core/media/ice.h"
#include "core/sip/call_priv.h"

static void handler(enum ice_state state, void *arg)
{
	struct call *c = arg;
	struct call_event ev = { .type = CALL_ICE, .err = state == ICE_FAILED ? EHOSTUNREACH : 0 };
	char text[64] = "";
	struct pl pl;

	if (state == ICE_CONNECTED) {
		c->ice_peer = *ice_leg_peer(c->ice, false);
		(void)re_snprintf(text, sizeof(text), "%J", &c->ice_peer);
	}
	else {
		sa_init(&c->ice_peer, AF_UNSPEC);
	}
	pl_set_str(&pl, text);
	call_post(c, &ev, &pl);
	(void)call_media_start(c);
}

static int alloc(struct call *c, bool offerer)
{
	struct ice_config cfg = {
		.stream = c->stream, .host = c->ua->addr, .offerer = offerer, .h = handler, .arg = c,
	};

	nat_media(&cfg.rtp, &cfg.rtcp, c->ua, c->leg, c->stream);
	c->ice = mem_deref(c->ice);

	return ice_leg_alloc(&c->ice, &cfg);
}

/* Before an offer of ours is written */
int call_ice_offer(struct call *c)
{
	int err = 0;

	if (!c->ice && c->negotiated)
		return 0;               /* they do no ICE */
	if (!c->ice && c->ua->conf->nat.ice)
		err = alloc(c, true);

	return err || !c->ice ? err : ice_leg_describe(c->ice, c->media);
}

/* An offer was read into s and m; our answer will be written from there */
int call_ice_offered(struct call *c, struct sdp_session *s, struct sdp_media *m)
{
	int err = 0;

	if (!c->ua->conf->nat.ice && !c->ice)
		return 0;
	if (!ice_offered(s, m)) {
		call_ice_end(c);
		return 0;
	}
	if (!c->ice || ice_leg_state(c->ice) == ICE_IDLE || ice_leg_restarted(c->ice, s, m)) {
		err = alloc(c, false);
		if (!err)
			err = ice_leg_remote(c->ice, s, m);
	}

	if (!err && ice_leg_state(c->ice) == ICE_PLAIN)
		call_ice_end(c);

	return err || !c->ice ? err : ice_leg_describe(c->ice, m);
}

/* An answer was read */
int call_ice_answered(struct call *c)
{
	int err;

	if (!c->ice)
		return 0;
	if (!ice_offered(c->sdp, c->media)) {
		call_ice_end(c);
		return 0;
	}

	if (ice_leg_restarted(c->ice, c->sdp, c->media))
		sa_init(&c->ice_peer, AF_UNSPEC);       /* somebody else answers */
	else if (ice_leg_state(c->ice) != ICE_IDLE)
		return 0;
	err = ice_leg_remote(c->ice, c->sdp, c->media);
	if (!err && ice_leg_state(c->ice) == ICE_PLAIN)
		call_ice_end(c);

	return err;
}

/* The media start or change: begin the checks.  true = nothing may be sent yet */
bool call_ice_waits(struct call *c)
{
	if (!c->ice)
		return false;
	(void)ice_leg_start(c->ice);

	return ice_leg_state(c->ice) == ICE_CHECKING && !sa_isset(&c->ice_peer, SA_ALL);
}

/* Where sound goes, or the reports; NULL = where SDP says */
const struct sa *call_ice_peer(const struct call *c, bool rtcp)
{
	if (!sa_isset(&c->ice_peer, SA_ALL))
		return NULL;

	return rtcp ? ice_leg_peer(c->ice, true) : &c->ice_peer;
}

void call_ice_end(struct call *c)
{
	if (c->ice && c->media)
		ice_undescribe(c->media);
	c->ice = mem_deref(c->ice);
	sa_init(&c->ice_peer, AF_UNSPEC);
}
