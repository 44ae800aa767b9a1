/**
 * @file ua_request.c  Requests outside a dialog, and faults of any request (SIP-01, SIP-10)
 *
 * libre's own listener for repeated requests comes first, then this one, then sipsess (INVITE, ACK,
 * BYE, INFO, and REFER inside a dialog).
 *
 *     request                          answer
 *     header missing or contradictory  400
 *     URI not sip:, nor sips: by TLS   416
 *     Require: but replaces and timer  420, Unsupported (100rel and PRACK among them)
 *     OPTIONS                          200, what we serve
 *     MESSAGE                          ua_message.c
 *     REFER                            603
 *     INFO, UPDATE outside a dialog    481
 *     UPDATE                           call_update.c
 *     CANCEL of nothing                481
 *     known, not served                405, Allow
 *     unknown                          501, Allow
 *     any while closing                503
 */
#include "core/sip/nat.h"
#include "core/sip/ua_priv.h"

static const char *const not_served[] = {
	"REGISTER", "SUBSCRIBE", "NOTIFY", "PUBLISH", "PRACK"
};

static bool is(const struct sip_msg *msg, const char *method)
{
	return !pl_strcmp(&msg->met, method);
}

static void refuse(struct ua *ua, const struct sip_msg *msg, uint16_t scode, const char *reason,
		   const char *name, const struct pl *value)
{
	(void)sip_treplyf(NULL, NULL, ua->sip, msg, false, scode, reason,
			  "%s%s%r%sContent-Length: 0\r\n\r\n",
			  name, *name ? ": " : "", value, *name ? "\r\n" : "");
	ua_refused(ua, msg, scode);
}

static void refuse_allow(struct ua *ua, const struct sip_msg *msg, uint16_t scode,
			 const char *reason)
{
	struct pl allow;

	pl_set_str(&allow, UA_ALLOW);
	refuse(ua, msg, scode, reason, "Allow", &allow);
}

static bool whole(const struct sip_msg *msg)
{
	return pl_isset(&msg->via.sentby) && pl_isset(&msg->to.auri) && pl_isset(&msg->from.auri) &&
	       pl_isset(&msg->from.tag) && pl_isset(&msg->callid) &&
	       !pl_cmp(&msg->cseq.met, &msg->met);
}

static bool unknown_extension(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;

	return pl_isset(&hdr->val) && pl_strcasecmp(&hdr->val, "replaces") && pl_strcasecmp(&hdr->val, "timer");
}

/* Faults of the request itself: true = answered */
static bool faulty(struct ua *ua, const struct sip_msg *msg)
{
	const struct sip_hdr *require = sip_msg_hdr_apply(msg, true, SIP_HDR_REQUIRE, unknown_extension, NULL);

	if (!whole(msg))
		refuse(ua, msg, 400, "Bad Request", "", &pl_null);
	else if (pl_strcasecmp(&msg->uri.scheme, msg->tp == SIP_TRANSP_TLS ? "sips" : "sip") &&
		 pl_strcasecmp(&msg->uri.scheme, "sip"))
		refuse(ua, msg, 416, "Unsupported URI Scheme", "", &pl_null);
	else if (require)
		refuse(ua, msg, 420, "Bad Extension", "Unsupported", &require->val);
	else if (ua->closing)
		refuse(ua, msg, 503, "Service Unavailable", "", &pl_null);
	else
		return false;

	return true;
}

static void options(struct ua *ua, const struct sip_msg *msg)
{
	char *contact = NULL;

	if (ua_user_uri(ua, &contact, ua->user, msg->tp))
		return;
	(void)sip_treplyf(NULL, NULL, ua->sip, msg, false, 200, "OK",
			  "Contact: <%s>\r\n"
			  "Allow: " UA_ALLOW "\r\n"
			  "Accept: application/sdp, application/dtmf-relay, application/dtmf, "
			  "text/plain\r\n"
			  "Supported: " UA_SUPPORTED "\r\n"
			  "Content-Length: 0\r\n\r\n",
			  contact);
	mem_deref(contact);
}

static void not_ours(struct ua *ua, const struct sip_msg *msg)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(not_served); i++) {
		if (is(msg, not_served[i])) {
			refuse_allow(ua, msg, 405, "Method Not Allowed");
			return;
		}
	}
	refuse_allow(ua, msg, 501, "Not Implemented");
}

static bool for_session(const struct sip_msg *msg)
{
	const bool dialog = pl_isset(&msg->to.tag);

	return is(msg, "INVITE") || is(msg, "BYE") ||
	       (dialog && (is(msg, "INFO") || is(msg, "REFER")));
}

/* Listener of libre's stack; true = done with */
bool ua_request(const struct sip_msg *msg, void *arg)
{
	struct ua *ua = arg;

	if (!ua->udp && msg->tp == SIP_TRANSP_UDP) {
		ua->udp = mem_ref(msg->sock);
		nat_socket(ua);
	}
	if (is(msg, "ACK"))
		return false;
	if (is(msg, "CANCEL")) {
		(void)sip_reply(ua->sip, msg, 481, "Transaction Does Not Exist");
		return true;
	}
	if ((!ua->closing || !is(msg, "BYE")) && faulty(ua, msg))
		return true;
	if (for_session(msg))
		return false;

	if (is(msg, "OPTIONS"))
		options(ua, msg);
	else if (is(msg, "MESSAGE"))
		ua_message_recv(ua, msg);
	else if (is(msg, "REFER"))
		refuse(ua, msg, 603, "Decline", "", &pl_null);
	else if (is(msg, "UPDATE"))
		call_update_recv(ua, msg);
	else if (is(msg, "INFO"))
		refuse(ua, msg, 481, "Call Does Not Exist", "", &pl_null);
	else
		not_ours(ua, msg);

	return true;
}
