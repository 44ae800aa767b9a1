/**
 * @file call_replace.c  INVITE with Replaces: a call goes on with another phone (RFC 3891, SIP-10)
 *
 *     A talks with the door; A hands it to B:  B ── INVITE, Replaces: A's call ──> door
 *     door ── 200 ──> B, sound to B            door ── BYE ──> A
 *
 * The owner keeps its call and hears nothing but CALL_ANSWERED once more.
 *
 *     Replaces                                     answer
 *     twice, or without both tags                  400
 *     of no call, or of one that is not answered   481
 *     early-only, of an answered call              486
 */
#include <errno.h>
#include "core/sip/call_priv.h"

static void refuse(struct ua *ua, const struct sip_msg *msg, uint16_t scode, const char *reason)
{
	(void)sip_treply(NULL, ua->sip, msg, scode, reason);
	ua_refused(ua, msg, scode);
}

/* The dialog's tags as they would stand in a request to us */
static int decode(struct sip_msg *dialog, bool *early, const struct pl *val)
{
	struct pl params;

	*dialog = (struct sip_msg) { .req = true };
	if (re_regex(val->p, val->l, "[^;]+[^]+", &dialog->callid, &params) ||
	    msg_param_decode(&params, "to-tag", &dialog->to.tag) ||
	    msg_param_decode(&params, "from-tag", &dialog->from.tag))
		return EBADMSG;
	*early = !msg_param_exists(&params, "early-only", &params);

	return 0;
}

/* Let the new INVITE take the place of the old session */
static int take_over(struct call *c, const struct sip_msg *msg)
{
	struct sipsess *old = c->sess;
	struct mbuf *mb = NULL;
	int err;

	err = call_secure_anew(c);
	if (!err)
		err = call_described(c, msg);
	if (!err && !c->offered)
		call_ice_end(c);        /* the pair led to the other one */
	if (!err)
		err = c->offered ? call_media_answer(c, &mb) : call_media_offer(c, &mb);
	if (!err) {
		call_timer_stop(c);
		call_timer_asked(c, msg);
		c->sess = NULL;
		c->outgoing = c->established = false;
		c->answered = true;
		err = call_open_session(c, 200, "OK", mb);
		if (err)
			c->sess = old;
		else
			mem_deref(old);         /* BYE */
	}
	if (!err && c->offered)
		err = call_media_start(c);
	c->msg = mem_deref(c->msg);
	mem_deref(mb);

	return err;
}

/* A new INVITE: true = it replaces a call, or was refused for that */
bool call_replace(struct ua *ua, const struct sip_msg *msg)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, SIP_HDR_REPLACES);
	struct sip_msg dialog;
	struct call *c;
	bool early;
	int err;

	if (!hdr)
		return false;

	if (sip_msg_hdr_count(msg, SIP_HDR_REPLACES) > 1 || decode(&dialog, &early, &hdr->val)) {
		refuse(ua, msg, 400, "Bad Request");
		return true;
	}
	c = call_of_dialog(ua, &dialog);
	if (!c || !c->established)
		refuse(ua, msg, 481, "Call Does Not Exist");
	else if (early)
		refuse(ua, msg, 486, "Busy Here");
	else if (!call_timer_too_short(ua, msg)) {
		err = take_over(c, msg);
		if (err)
			call_refuse_for(ua, msg, err);
	}

	return true;
}
