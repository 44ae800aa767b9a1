/**
 * @file call_dial.c  Outgoing call (SIP-02, SUP-02)
 *
 * From, Contact and the origin line of SDP carry the same user, as in the manual's trace
 * (§3.3.22.1); with an account it is the account's (SUP-03).
 */
#include <errno.h>
#include "core/sip/call_priv.h"

static int target(enum sip_transp *tp, const char *to)
{
	struct pl pl, transport;
	struct uri uri;
	int err;

	pl_set_str(&pl, to);
	err = uri_decode(&uri, &pl);
	if (err || pl_strcasecmp(&uri.scheme, "sip"))
		return EINVAL;

	*tp = SIP_TRANSP_UDP;
	if (!msg_param_decode(&uri.params, "transport", &transport) &&
	    !pl_strcasecmp(&transport, "tcp"))
		*tp = SIP_TRANSP_TCP;

	return 0;
}

static int invite(struct call *c, const struct call_dial *d)
{
	struct ua_identity as = { .uri = NULL };
	struct mbuf *mb = NULL;
	char *from = NULL;
	int err;

	err = ua_user_uri(c->ua, &from, c->user, SIP_TRANSP_UDP);
	as.uri = from;
	if (d->as)
		as = *d->as;
	if (!err)
		err = call_media_offer(c, &mb);
	if (!err)
		err = sipsess_connect(&c->sess, c->ua->sock, d->to, as.display, as.uri, c->contact,
				      &as.route, as.route ? 1 : 0,
				      "application/sdp", mb, as.authh, as.arg, as.arg != NULL,
				      call_offer_handler, call_answer_handler,
				      call_progress_handler,
				      call_established_handler, call_info_handler,
				      call_refer_handler,
				      call_close_handler, c,
				      "Allow: " UA_ALLOW "\r\n%s", d->headers ? d->headers : "");
	mem_deref(mb);
	mem_deref(from);

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
 * @return 0, EINVAL not a sip: URI, or a name without a DNS client, EADDRINUSE no RTP port left, or
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
	int err;

	if (!cp || !ua || !d || !d->to)
		return EINVAL;

	err = target(&tp, d->to);
	if (!err)
		err = call_alloc(&c, ua, d->as ? d->as->user : d->from_user ? d->from_user : ua->user, tp);
	if (err)
		return err;

	call_set_handler(c, h, arg);
	c->outgoing = c->offered = true;
	err = str_dup(&c->peer, d->to);
	if (!err)
		err = invite(c, d);
	if (!err)
		err = str_dup(&c->id, sip_dialog_callid(sipsess_dialog(c->sess)));
	if (err)
		mem_deref(c);
	else
		*cp = c;

	return err;
}
