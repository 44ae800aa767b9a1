/**
 * @file call_info.c  Digits by SIP INFO, both ways (SIP-06)
 */
#include "core/sip/call_priv.h"
#include "core/sip/info.h"

static void digit_body(struct call *c, struct sip *sip, const struct sip_msg *msg, bool relay)
{
	unsigned ms;
	char digit;
	int err;

	err = info_read(&digit, &ms, relay, (const char *)mbuf_buf(msg->mb),
			mbuf_get_left(msg->mb));
	if (err == EBADMSG) {
		(void)sip_treply(NULL, sip, msg, 400, "Bad Request");
		return;
	}
	(void)sip_treply(NULL, sip, msg, 200, "OK");
	if (!err)
		stream_info_digit(c->stream, digit);
}

/* INFO inside the dialog: a digit, or nothing (some phones ask whether the call lives) */
void call_info_handler(struct sip *sip, const struct sip_msg *msg, void *arg)
{
	const bool relay = msg_ctype_cmp(&msg->ctyp, "application", "dtmf-relay");

	if (relay || msg_ctype_cmp(&msg->ctyp, "application", "dtmf"))
		digit_body(arg, sip, msg, relay);
	else if (!mbuf_get_left(msg->mb))
		(void)sip_treply(NULL, sip, msg, 200, "OK");
	else
		(void)sip_treplyf(NULL, NULL, sip, msg, false, 415, "Unsupported Media Type",
				  "Accept: application/dtmf-relay, application/dtmf\r\n"
				  "Content-Length: 0\r\n\r\n");
}

/**
 * Send a digit to the other side of a session; whether it takes it is its own affair.
 *
 * @param sess        Session, NULL = nothing is sent
 * @param digit       Digit
 * @param duration_ms Its length [ms]
 */
void info_send(struct sipsess *sess, char digit, unsigned duration_ms)
{
	char body[INFO_BODY];
	struct mbuf *mb;

	if (!sess || info_write(body, digit, duration_ms))
		return;

	mb = mbuf_alloc(sizeof(body));
	if (!mb)
		return;
	if (!mbuf_write_str(mb, body)) {
		mb->pos = 0;
		(void)sipsess_info(sess, "application/dtmf-relay", mb, NULL, NULL);
	}
	mem_deref(mb);
}

void call_info_send(struct call *c, char digit, unsigned duration_ms)
{
	info_send(c->sess, digit, duration_ms);
}
