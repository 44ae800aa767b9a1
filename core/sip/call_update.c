/**
 * @file call_update.c  UPDATE inside a call: a refresh, or a change of the media (RFC 3311, RFC 4028)
 *
 *     UPDATE                                       answer
 *     of no call                                   481
 *     in a call not yet answered                   500, Retry-After
 *     Session-Expires below 90 s                   422, Min-SE
 *     SDP without a codec of ours, or not SDP      488, 415
 *     else                                         200, with an answer to an offer
 */
#include <errno.h>
#include "core/sip/call_priv.h"

/* The call a request belongs to, NULL = none */
struct call *call_of_dialog(const struct ua *ua, const struct sip_msg *msg)
{
	const struct le *le;

	for (le = ua->calls.head; le; le = le->next) {
		struct call *c = le->data;

		if (sip_dialog_cmp(sipsess_dialog(c->sess), msg))
			return c;
	}

	return NULL;
}

/* A call of ours that still rings there: its dialog is half */
static bool early(const struct ua *ua, const struct sip_msg *msg)
{
	const struct le *le;

	for (le = ua->calls.head; le; le = le->next) {
		const struct call *c = le->data;

		if (sip_dialog_cmp_half(sipsess_dialog(c->sess), msg))
			return true;
	}

	return false;
}

static void refuse(struct ua *ua, const struct sip_msg *msg, uint16_t scode, const char *reason,
		   const char *headers)
{
	(void)sip_treplyf(NULL, NULL, ua->sip, msg, false, scode, reason,
			  "%sContent-Length: 0\r\n\r\n", headers);
	ua_refused(ua, msg, scode);
}

static void accept_update(struct call *c, const struct sip_msg *msg, struct mbuf *desc)
{
	(void)sip_dialog_update(sipsess_dialog(c->sess), msg);
	call_timer_asked(c, msg);
	(void)sip_treplyf(NULL, NULL, c->ua->sip, msg, false, 200, "OK",
			  "Contact: <%s>\r\n"
			  "Allow: " UA_ALLOW "\r\n"
			  "Supported: " UA_SUPPORTED "\r\n"
			  "%s%s"
			  "Content-Length: %zu\r\n"
			  "\r\n"
			  "%b",
			  c->contact, c->timer.header, desc ? "Content-Type: application/sdp\r\n" : "",
			  desc ? mbuf_get_left(desc) : (size_t)0, desc ? mbuf_buf(desc) : NULL,
			  desc ? mbuf_get_left(desc) : (size_t)0);
	call_timer_start(c);
}

static void in_call(struct call *c, const struct sip_msg *msg)
{
	struct mbuf *desc = NULL;
	int err = 0;

	if (mbuf_get_left(msg->mb)) {
		err = call_media_read_offer(c, msg);
		if (!err)
			err = call_media_answer(c, &desc);
	}
	if (err) {
		call_refuse_for(c->ua, msg, err);
		return;
	}
	accept_update(c, msg, desc);
	if (desc) {
		call_media_held(c);
		(void)call_media_start(c);
	}
	mem_deref(desc);
}

/* An UPDATE came in */
void call_update_recv(struct ua *ua, const struct sip_msg *msg)
{
	struct call *c = call_of_dialog(ua, msg);

	if (!c && !early(ua, msg))
		refuse(ua, msg, 481, "Call Does Not Exist", "");
	else if (!c || !c->established)
		refuse(ua, msg, 500, "Server Internal Error", "Retry-After: 5\r\n");
	else if (!sip_dialog_rseq_valid(sipsess_dialog(c->sess), msg))
		refuse(ua, msg, 500, "Server Internal Error", "");
	else if (!call_timer_too_short(ua, msg))
		in_call(c, msg);
}
