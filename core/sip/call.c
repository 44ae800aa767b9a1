/**
 * @file call.c  One SIP call: its life, its queue of events, what is known of it (SIP-02)
 *
 * Events are queued and delivered by a timer of 0 ms, so no handler of the owner runs inside libre.
 */
#include <errno.h>
#include <string.h>
#include "core/sip/call_priv.h"

static void no_event(struct call *call, const struct call_event *ev, void *arg)
{
	(void)call;
	(void)ev;
	(void)arg;
}

static void call_destructor(void *arg)
{
	struct call *c = arg;

	(void)call_hangup(c);
	call_ice_end(c);
	mem_deref(c->leg);
	mem_deref(c->sdp);
	mem_deref(c->sdes);
	mem_deref(c->zrtp_hash);
	mem_deref(c->stream);
	mem_deref(c->peer);
	mem_deref(c->id);
	mem_deref(c->user);
	mem_deref(c->contact);
	mem_deref(c->way.from);
	mem_deref(c->way.display);
	mem_deref(c->way.route);
	mem_deref(c->way.headers);
	mem_deref(c->way.arg);
	mem_deref(c->ua);
}

int call_alloc(struct call **cp, struct ua *ua, const char *user, enum sip_transp tp)
{
	struct call *c;
	int err;

	if (!ua->sip || ua->closing)
		return ENOTCONN;

	c = mem_zalloc(sizeof(*c), call_destructor);
	if (!c)
		return ENOMEM;

	tmr_init(&c->tmr);
	tmr_init(&c->timer.tmr);
	c->ua = mem_ref(ua);
	c->h = no_event;
	list_append(&ua->calls, &c->le, c);
	err = str_dup(&c->user, user);
	if (!err)
		err = ua_user_uri(ua, &c->contact, user, tp);
	if (!err)
		err = call_media_alloc(c);
	if (err)
		mem_deref(c);
	else
		*cp = c;

	return err;
}

static void hand_over(struct call *c, const struct call_queued *q)
{
	const struct call_queued now = *q;
	struct call_event ev = now.ev;

	ev.reason = now.reason;
	c->h(c, &ev, c->arg);
}

static void deliver(void *arg)
{
	struct call *c = mem_ref(arg);

	while (c->count) {
		const struct call_queued *q = &c->queue[c->head];

		c->head = (c->head + 1) % CALL_EVENTS;
		c->count--;
		hand_over(c, q);
	}
	if (c->last.ev.type == CALL_CLOSED) {
		const struct call_queued last = c->last;

		memset(&c->last, 0, sizeof(c->last));
		hand_over(c, &last);
	}
	mem_deref(c);
}

static void keep_reason(char buf[CALL_REASON], const struct pl *reason)
{
	char *text = NULL;

	if (reason && !ua_text(&text, reason))
		str_ncpy(buf, text, CALL_REASON);
	else
		buf[0] = '\0';
	mem_deref(text);
}

/* Queue an event for the owner; CALL_CLOSED has a place of its own, after the others */
void call_post(struct call *c, const struct call_event *ev, const struct pl *reason)
{
	struct call_queued *q = &c->last;

	if (ev->type != CALL_CLOSED) {
		if (c->over || c->count == CALL_EVENTS)
			return;
		q = &c->queue[(c->head + c->count++) % CALL_EVENTS];
	}
	q->ev = *ev;
	keep_reason(q->reason, reason);
	tmr_start(&c->tmr, 0, deliver, c);
}

/* What both ends have in common: no media, no session, not among the agent's calls */
void call_end(struct call *c, bool force)
{
	c->over = true;
	c->established = false;
	list_unlink(&c->le);
	call_timer_stop(c);
	call_ice_end(c);
	c->leg = mem_deref(c->leg);
	if (c->outgoing && c->sess && !force)
		ua_fork_keep(c->ua, sipsess_dialog(c->sess));
	if (force)
		stream_abort(c->stream);
	else
		stream_stop(c->stream);
	if (c->sess && !c->outgoing && !c->answered && !force)
		(void)sipsess_reject(c->sess, 480, "Temporarily Unavailable", NULL);
	else if (c->msg && !force)
		(void)sip_treply(NULL, c->ua->sip, c->msg, 480, "Temporarily Unavailable");
	c->sess = mem_deref(c->sess);
	c->msg = mem_deref(c->msg);
}

/**
 * End a call: CANCEL before the answer, BYE after it, 480 where it rings here.  No event follows.
 *
 * @param c Call
 *
 * @return 0, EINVAL; a call already over is no error
 *
 * libre repeats what has to be repeated in the background; a 200 that crosses the CANCEL is
 * acknowledged and ended by BYE.
 */
int call_hangup(struct call *c)
{
	if (!c)
		return EINVAL;

	tmr_cancel(&c->tmr);
	c->h = no_event;
	c->count = 0;
	if (!c->over)
		call_end(c, false);

	return 0;
}

/**
 * Set who hears of a call's events.
 *
 * @param c   Call
 * @param h   Handler, NULL = nobody
 * @param arg Its argument
 */
void call_set_handler(struct call *c, call_event_h *h, void *arg)
{
	if (!c)
		return;

	c->h = h ? h : no_event;
	c->arg = arg;
}

/**
 * The other side's URI: whom we called, or From of the INVITE with odd bytes as "?".
 *
 * @param c Call
 *
 * @return URI, valid as long as the call
 */
const char *call_peer(const struct call *c)
{
	return c && c->peer ? c->peer : "";
}

/**
 * Call-ID.
 *
 * @param c Call
 *
 * @return Call-ID, valid as long as the call
 */
const char *call_id(const struct call *c)
{
	return c && c->id ? c->id : "";
}

/**
 * Whether the call is answered and acknowledged, and not yet over.
 *
 * @param c Call
 *
 * @return true = established
 */
bool call_established(const struct call *c)
{
	return c && c->established;
}

/**
 * Codec in use.
 *
 * @param c Call
 *
 * @return "PCMA" or "PCMU", "" before it is agreed
 */
const char *call_codec(const struct call *c)
{
	return c && c->negotiated ? call_codec_name(c->remote.codec) : "";
}

/**
 * How our digits go out (SIP-06); with sip dtmf_dual, RFC 4733 stands for both.
 *
 * @param c Call
 *
 * @return Way, valid once CALL_ANSWERED came
 */
enum dtmf_via call_dtmf_via(const struct call *c)
{
	return c ? c->via : DTMF_VIA_RFC4733;
}

/**
 * Figures of the RTP leg.
 *
 * @param c  Call
 * @param st Written
 */
void call_stats(const struct call *c, struct stream_stats *st)
{
	if (c)
		stream_stats(c->stream, st);
}
