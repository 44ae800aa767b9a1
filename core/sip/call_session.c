/**
 * @file call_session.c  What libre's session tells a call (SIP-02, SIP-10)
 *
 * libre goes on using its session after these handlers return, so none of them drops it except the
 * closing one; the owner hears through the queue (call_post()).
 */
#include <errno.h>
#include "core/sip/call_priv.h"

/* re-INVITE: with an offer we answer, without one we offer */
int call_offer_handler(struct mbuf **descp, const struct sip_msg *msg, void *arg)
{
	struct call *c = arg;
	int err;

	*descp = NULL;
	call_timer_reinvited(c);
	if (!mbuf_get_left(msg->mb))
		return call_media_offer(c, descp);

	err = call_media_read_offer(c, msg);
	if (err)
		return err;

	err = call_media_answer(c, descp);
	if (err)
		return err;

	call_media_held(c);
	return call_media_start(c);
}

/* Answer to our offer: in a 200, or in the ACK of an INVITE without SDP */
int call_answer_handler(const struct sip_msg *msg, void *arg)
{
	struct call *c = arg;
	int err;

	err = call_media_read_answer(c, msg);
	if (err)
		return err;

	c->answered = true;
	if (c->established)
		call_media_held(c);

	return call_media_start(c);
}

/* 101..199: with SDP it is early media */
void call_progress_handler(const struct sip_msg *msg, void *arg)
{
	const struct call_event ev = { .type = CALL_PROGRESS, .scode = msg->scode };
	struct call *c = arg;

	if (msg->scode <= 100)
		return;
	if (mbuf_get_left(msg->mb) && !call_media_read_answer(c, msg))
		(void)call_media_start(c);
	call_post(c, &ev, &msg->reason);
}

void call_established_handler(const struct sip_msg *msg, void *arg)
{
	const struct call_event ev = { .type = CALL_ANSWERED, .scode = 200 };
	struct call *c = arg;

	c->established = true;
	if (c->outgoing)
		call_timer_answered(c, msg);
	call_timer_start(c);
	(void)call_media_start(c);      /* from now on silence counts */
	call_post(c, &ev, NULL);
	call_media_held(c);
}

void call_refer_handler(struct sip *sip, const struct sip_msg *msg, void *arg)
{
	struct call *c = arg;

	(void)sip_treply(NULL, sip, msg, 603, "Decline");
	ua_refused(c->ua, msg, 603);
}

static bool given_up(const struct call *c, int err)
{
	return err == ECONNRESET && !c->outgoing && !c->answered;
}

/* The end: by the other side, by its final answer, or by the network */
void call_close_handler(int err, const struct sip_msg *msg, void *arg)
{
	struct call_event ev = { .type = CALL_CLOSED };
	struct call *c = arg;
	struct pl reason = PL("");

	if (given_up(c, err)) {
		ev.scode = 487;
		pl_set_str(&reason, "Request Terminated");
	}
	else if (msg && msg->scode >= 300) {
		ev.scode = msg->scode;
		reason = msg->reason;
	}
	else if (err != ECONNRESET) {
		ev.err = err;
	}
	if (msg && c->outgoing && !c->answered && call_timer_raise(c, msg)) {
		c->sess = mem_deref(c->sess);
		if (!call_invite(c))
			return;
	}
	if (c->outgoing && c->sess)
		ua_fork_keep(c->ua, sipsess_dialog(c->sess));
	c->sess = mem_deref(c->sess);
	call_end(c, false);
	call_post(c, &ev, &reason);
}
