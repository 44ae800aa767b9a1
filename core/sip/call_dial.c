/**
 * @file call_dial.c  Outgoing call (SIP-02, SUP-02)
 *
 * From, Contact and the origin line of SDP carry the same user, as in the manual's trace
 * (§3.3.22.1); with an account it is the account's (SUP-03).
 */
#include <errno.h>
#include "core/sip/call_priv.h"

static int dup(char **dst, const char *src)
{
	return src ? str_dup(dst, src) : 0;
}

/* Keep what a second INVITE of the same call, and a refresh, need */
static int keep_way(struct call *c, const struct call_dial *d)
{
	struct call_way *w = &c->way;
	int err;

	if (d->as) {
		err = str_dup(&w->from, d->as->uri);
		w->authh = d->as->authh;
		w->arg = mem_ref(d->as->arg);
		if (!err)
			err = dup(&w->display, d->as->display);
		if (!err)
			err = dup(&w->route, d->as->route);
	}
	else {
		err = ua_user_uri(c->ua, &w->from, c->user, SIP_TRANSP_UDP);
	}
	c->timer.ask_s = (uint32_t)c->ua->conf->session_s;

	return err ? err : dup(&w->headers, d->headers);
}

/* INVITE to the peer; once more after 422 */
int call_invite(struct call *c)
{
	const char *route = c->way.route;
	struct mbuf *mb = NULL;
	char timer[80] = "";
	int err;

	if (c->timer.ask_s)
		(void)re_snprintf(timer, sizeof(timer), "Session-Expires: %u;refresher=uac\r\nMin-SE: 90\r\n",
				  c->timer.ask_s);
	err = call_media_offer(c, &mb);
	if (!err)
		err = sipsess_connect(&c->sess, c->ua->sock, c->peer, c->way.display, c->way.from, c->contact,
				      &route, route ? 1 : 0,
				      "application/sdp", mb, c->way.authh, c->way.arg, c->way.arg != NULL,
				      call_offer_handler, call_answer_handler,
				      call_progress_handler,
				      call_established_handler, call_info_handler,
				      call_refer_handler,
				      call_close_handler, c,
				      "Allow: " UA_ALLOW "\r\nSupported: " UA_SUPPORTED "\r\n%s%s", timer,
				      c->way.headers ? c->way.headers : "");
	c->id = mem_deref(c->id);
	if (!err)
		err = str_dup(&c->id, sip_dialog_callid(sipsess_dialog(c->sess)));
	mem_deref(mb);

	return err;
}

/**
 * Call somebody.
 *
 * @param cp  Call, written on success; mem_deref ends it
 * @param ua  Agent
 * @param d   Whom, and as whom
 * @param h   Event handler
 * @param arg Its argument
 *
 * @return 0, EINVAL not a sip: URI, or a name without a DNS client, EADDRINUSE no RTP port left,
 *         EPROTONOSUPPORT TCP or TLS could not be started (told to ua_faults()), or
 *         the network's error; h is not called then
 *
 * CALL_PROGRESS and CALL_ANSWERED or CALL_CLOSED follow.  A redirection (3xx) is followed by libre
 * where it carries a Contact, else it closes the call.  Source: SIP-02, SUP-02.
 */
int call_dial(struct call **cp, struct ua *ua, const struct call_dial *d, call_event_h *h,
	      void *arg)
{
	struct call *c = NULL;
	enum sip_transp tp;
	char *to = NULL;
	int err;

	if (!cp || !ua || !d || !d->to)
		return EINVAL;

	err = ua_target(ua, &to, &tp, d->to, d->as ? d->as->over : ua->conf->transport);
	if (!err)
		err = call_alloc(&c, ua, d->as ? d->as->user : d->from_user ? d->from_user : ua->user, tp);
	if (err) {
		mem_deref(to);
		return err;
	}

	call_set_handler(c, h, arg);
	c->outgoing = c->offered = true;
	c->peer = to;
	err = keep_way(c, d);
	if (!err)
		err = call_invite(c);
	if (err)
		mem_deref(c);
	else
		*cp = c;

	return err;
}
