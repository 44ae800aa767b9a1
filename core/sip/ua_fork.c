/**
 * @file ua_fork.c  A second phone answers one INVITE: it is acknowledged and hung up (RFC 3261 §13.2.2.4)
 *
 *     INVITE ──> proxy ──> phone A, phone B
 *     200 of A ── ACK, the call        200 of B (another To tag) ── ACK, BYE
 *
 * libre acknowledges the first 200, and its repetitions; others it drops.  This listener stands before
 * its own.  Only answers to calls of ours, or to those that ended less than 32 s ago, are minded.
 */
#include "core/sip/call_priv.h"

static struct sip_dialog *half_match(const struct ua *ua, const struct sip_msg *msg)
{
	const struct le *le;
	unsigned i;

	for (le = ua->calls.head; le; le = le->next) {
		const struct call *c = le->data;

		if (c->outgoing && sip_dialog_cmp_half(sipsess_dialog(c->sess), msg))
			return sipsess_dialog(c->sess);
	}
	for (i = 0; i < UA_PAST; i++) {
		const struct ua_past *past = &ua->past[i];

		if (past->until_ms > tmr_jiffies() && sip_dialog_cmp_half(past->dlg, msg))
			return past->dlg;
	}

	return NULL;
}

/* The route set of an answer is its Record-Route, last one first */
static bool route_handler(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	(void)msg;

	return 0 != mbuf_printf(arg, "Route: %r\r\n", &hdr->val);
}

static bool first_handler(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	(void)msg;

	return !sip_addr_decode(arg, &hdr->val);
}

static void send_in_fork(struct ua *ua, const struct sip_msg *msg, const char *method, bool stateful, uint32_t cseq,
		 const char *uri)
{
	struct sip_addr route;
	struct mbuf *routes = mbuf_alloc(256);
	const bool routed = sip_msg_hdr_apply(msg, false, SIP_HDR_RECORD_ROUTE, first_handler, &route) != NULL;

	if (!routes)
		return;
	(void)sip_msg_hdr_apply(msg, false, SIP_HDR_RECORD_ROUTE, route_handler, routes);
	(void)sip_requestf(NULL, ua->sip, stateful, method, uri, routed ? &route.uri : NULL, NULL, NULL, NULL,
			   NULL,
			   "%b"
			   "To: %r\r\n"
			   "From: %r\r\n"
			   "Call-ID: %r\r\n"
			   "CSeq: %u %s\r\n"
			   "Content-Length: 0\r\n"
			   "\r\n",
			   routes->buf, routes->end, &msg->to.val, &msg->from.val, &msg->callid, cseq, method);
	mem_deref(routes);
}

static void end_fork(struct ua *ua, const struct sip_msg *msg)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, SIP_HDR_CONTACT);
	const uint32_t tag = hash_joaat_pl(&msg->to.tag);
	struct sip_addr contact;
	char *uri = NULL;

	if (!hdr || sip_addr_decode(&contact, &hdr->val) || pl_strdup(&uri, &contact.auri))
		return;
	send_in_fork(ua, msg, "ACK", false, msg->cseq.num, uri);
	if (tag != ua->fork_tag)
		send_in_fork(ua, msg, "BYE", true, msg->cseq.num + 1, uri);
	ua->fork_tag = tag;
	mem_deref(uri);
}

/* Listener of libre's stack: an answer that belongs to no transaction; true = done with */
bool ua_fork(const struct sip_msg *msg, void *arg)
{
	struct ua *ua = arg;
	struct sip_dialog *dlg;

	if (pl_strcmp(&msg->cseq.met, "INVITE") || msg->scode < 200 || msg->scode > 299)
		return false;

	dlg = half_match(ua, msg);
	if (!dlg || sip_dialog_cmp(dlg, msg))
		return false;
	end_fork(ua, msg);

	return true;
}

/* An outgoing call is over: its dialog is kept for a while */
void ua_fork_keep(struct ua *ua, struct sip_dialog *dlg)
{
	struct ua_past *past = &ua->past[0];
	unsigned i;

	for (i = 1; i < UA_PAST; i++) {
		if (ua->past[i].until_ms < past->until_ms)
			past = &ua->past[i];
	}
	mem_deref(past->dlg);
	past->dlg = mem_ref(dlg);
	past->until_ms = tmr_jiffies() + UA_PAST_MS;
}

void ua_fork_forget(struct ua *ua)
{
	unsigned i;

	for (i = 0; i < UA_PAST; i++)
		ua->past[i].dlg = mem_deref(ua->past[i].dlg);
}
