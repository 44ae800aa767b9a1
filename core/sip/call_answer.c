/**
 * @file call_answer.c  Incoming call: what the owner does with it, what is refused (SIP-10)
 *
 *     INVITE                              answer
 *     SDP without a codec of ours         488, Warning 305
 *     encrypted unlike the settings       488, Warning 302 (call_secure.c)
 *     sound at an address of the family  488, Warning 301
 *     (IPv4, IPv6) that is not ours
 *     body that is not SDP                415, Accept
 *     SDP that cannot be read, no Contact 400
 *     no RTP port left                    500
 *     owner takes no reference            486
 *     Session-Expires below 90 s          422, Min-SE (call_timer.c)
 *     Replaces                            call_replace.c
 *     owner keeps it, says nothing        180
 *     no SDP                              200 carries our offer, the ACK their answer
 */
#include <errno.h>
#include "core/sip/call_priv.h"

#define HEADERS "Allow: " UA_ALLOW "\r\nSupported: " UA_SUPPORTED "\r\n%s"

/* The first answer of ours opens libre's session; what comes later goes through it */
int call_open_session(struct call *c, uint16_t scode, const char *reason, struct mbuf *desc)
{
	const struct ua_identity *as = account_called(c->ua, c->msg);
	int err;

	err = sipsess_accept(&c->sess, c->ua->sock, c->msg, scode, reason, c->contact,
			     "application/sdp", desc,
			     as ? as->authh : NULL, as ? as->arg : NULL, as && as->arg,
			     call_offer_handler, call_answer_handler,
			     call_established_handler, call_info_handler, call_refer_handler,
			     call_close_handler, c, HEADERS, scode < 200 ? "" : c->timer.header);
	if (!err)
		c->msg = mem_deref(c->msg);

	return err;
}

static int provisional(struct call *c, uint16_t scode, const char *reason, struct mbuf *desc)
{
	if (c->sess)
		return sipsess_progress(c->sess, scode, reason, desc, HEADERS, "");

	return call_open_session(c, scode, reason, desc);
}

static bool waiting(const struct call *c)
{
	return c && !c->outgoing && !c->answered && !c->over && (c->sess || c->msg);
}

/**
 * Tell the caller that it rings: 180, once.
 *
 * @param c Incoming call, not answered
 *
 * @return 0, EINVAL wrong state, or the network's error
 */
int call_ring(struct call *c)
{
	int err;

	if (c->rung && waiting(c))
		return 0;
	err = call_progress(c, 180, "Ringing", false);
	c->rung = !err;

	return err;
}

static int describe(struct call *c, struct mbuf **mbp)
{
	return c->offered ? call_media_answer(c, mbp) : call_media_offer(c, mbp);
}

/**
 * Tell the caller of progress; with SDP the media start now (early media).
 *
 * @param c      Incoming call, not answered
 * @param scode  101..199
 * @param reason Reason phrase
 * @param sdp    true = with our answer; needs an INVITE with SDP
 *
 * @return 0, EINVAL wrong state, or the network's error
 */
int call_progress(struct call *c, uint16_t scode, const char *reason, bool sdp)
{
	struct mbuf *mb = NULL;
	int err = 0;

	if (!waiting(c) || !reason || (sdp && !c->offered))
		return EINVAL;

	if (sdp)
		err = describe(c, &mb);
	if (!err)
		err = provisional(c, scode, reason, mb);
	if (!err && sdp)
		err = call_media_start(c);
	mem_deref(mb);

	return err;
}

/**
 * Answer: 200 with SDP.  CALL_ANSWERED follows with the ACK; the media start now where they can.
 *
 * @param c Incoming call, not answered
 *
 * @return 0, EINVAL wrong state, or the network's error
 */
int call_answer(struct call *c)
{
	struct mbuf *mb = NULL;
	int err;

	if (!waiting(c))
		return EINVAL;

	err = describe(c, &mb);
	if (err)
		return err;

	c->answered = true;
	if (c->sess)
		err = sipsess_answer(c->sess, 200, "OK", mb, HEADERS, c->timer.header);
	else
		err = call_open_session(c, 200, "OK", mb);
	if (!err && c->offered)
		err = call_media_start(c);
	mem_deref(mb);

	return err;
}

/**
 * Refuse an incoming call; no CALL_CLOSED follows.
 *
 * @param c      Incoming call, not answered
 * @param scode  300..699
 * @param reason Reason phrase
 *
 * @return 0, EINVAL wrong state, or the network's error
 */
int call_reject(struct call *c, uint16_t scode, const char *reason)
{
	int err;

	if (!waiting(c) || scode < 300 || scode > 699 || !reason)
		return EINVAL;

	if (c->sess)
		err = sipsess_reject(c->sess, scode, reason, NULL);
	else
		err = sip_treply(NULL, c->ua->sip, c->msg, scode, reason);
	c->sess = mem_deref(c->sess);
	c->msg = mem_deref(c->msg);
	call_end(c, false);

	return err;
}

static void refuse(struct ua *ua, const struct sip_msg *msg, uint16_t scode, const char *reason,
		   const char *headers)
{
	(void)sip_treplyf(NULL, NULL, ua->sip, msg, false, scode, reason,
			  "%sContent-Length: 0\r\n\r\n", headers);
	ua_refused(ua, msg, scode);
}

/* Who calls, with which media: read into the call */
int call_described(struct call *c, const struct sip_msg *msg)
{
	struct sip_addr contact;
	const struct sip_hdr *hdr = sip_msg_hdr(msg, SIP_HDR_CONTACT);
	int err;

	if (!hdr || sip_addr_decode(&contact, &hdr->val))
		return EBADMSG;

	c->offered = mbuf_get_left(msg->mb) > 0;
	err = c->offered ? call_media_read_offer(c, msg) : 0;
	if (err)
		return err;

	c->peer = mem_deref(c->peer);
	c->id = mem_deref(c->id);
	err = ua_text(&c->peer, &msg->from.auri);
	if (!err)
		err = pl_strdup(&c->id, &msg->callid);
	if (!err)
		c->msg = mem_ref((void *)(uintptr_t)msg);

	return err;
}

static void refuse_media(struct ua *ua, const struct sip_msg *msg, unsigned warning, const char *what)
{
	const bool v6 = sa_af(&ua->addr) == AF_INET6;
	char headers[160];

	(void)re_snprintf(headers, sizeof(headers), "Warning: %u %s%j%s \"Incompatible %s\"\r\n", warning,
			  v6 ? "[" : "", &ua->addr, v6 ? "]" : "", what);
	refuse(ua, msg, 488, "Not Acceptable Here", headers);
}

void call_refuse_for(struct ua *ua, const struct sip_msg *msg, int err)
{
	switch (err) {

	case ENOTSUP:
		if (!msg_ctype_cmp(&msg->ctyp, "application", "sdp")) {
			refuse(ua, msg, 415, "Unsupported Media Type",
			       "Accept: application/sdp\r\n");
			break;
		}
		refuse_media(ua, msg, 305, "media format");
		break;

	case EAFNOSUPPORT:
		refuse_media(ua, msg, 301, "network address format");
		break;

	case ENOKEY:
		refuse_media(ua, msg, 302, "transport protocol");
		break;

	case EBADMSG:
		refuse(ua, msg, 400, "Bad Request", "");
		break;

	default:
		refuse(ua, msg, 500, "Server Internal Error", "");
		break;
	}
}

/* Hand the call to the owner; what is not taken is busy */
static void offer_call(struct ua *ua, struct call *c, const struct sip_msg *msg)
{
	ua->callh(c, msg, ua->arg);
	if (!waiting(c))
		return;
	if (mem_nrefs(c) == 1) {
		(void)call_reject(c, 486, "Busy Here");
		ua_refused(ua, msg, 486);
	}
	else if (c->msg) {
		(void)call_ring(c);
	}
}

/* For a refresh of ours that is challenged */
static void keep_login(struct call *c, const struct ua_identity *as)
{
	if (!as)
		return;
	c->way.authh = as->authh;
	c->way.arg = mem_ref(as->arg);
}

/* Connection handler of libre's session socket: a new INVITE */
void call_incoming(const struct sip_msg *msg, void *arg)
{
	struct ua *ua = arg;
	const struct ua_identity *as = account_called(ua, msg);
	struct call *c;
	int err;

	if (call_replace(ua, msg) || call_timer_too_short(ua, msg))
		return;
	err = call_alloc(&c, ua, as ? as->user : ua->user, msg->tp);
	if (err) {
		call_refuse_for(ua, msg, err);
		return;
	}
	err = call_described(c, msg);
	if (err) {
		c->msg = mem_deref(c->msg);
		if (err == ENOKEY)
			ua->plainh(call_encryption(c), call_secure_cause(c->encryption, true), ua->plain_arg);
		call_refuse_for(ua, msg, err);
	}
	else {
		call_timer_asked(c, msg);
		keep_login(c, as);
		offer_call(ua, c, msg);
	}
	mem_deref(c);
}
