/**
 * @file call_timer.c  Session timer of a call, both roles (RFC 4028, SIP-10)
 *
 *     0 ── 200 with Session-Expires: S ──> we refresh:   UPDATE at S/2 (re-INVITE where they serve none)
 *                                              └── no answer, 408, 481: the call is over
 *                                     └──> they refresh: at S - min(32 s, S/3) without one it is over
 *     422 to our INVITE or UPDATE: once more with their Min-SE
 *
 * libre writes its 200 to a re-INVITE itself and cannot be given a Session-Expires: to a peer that
 * refreshes so, the timer is off from then on (RFC 4028 §9), and off it is here.  Where the choice is
 * ours we refresh, by UPDATE.
 */
#include <errno.h>
#include "core/sip/call_priv.h"

#define MIN_SE_S 90                     /* RFC 4028 §4 */
#define MAX_SE_S 86400
#define AGAIN_MS 2000                   /* after 491 or 500 */

static void refresh(struct call *c);

/* First number of a header: Session-Expires, Min-SE; 0 = none */
uint32_t call_timer_value(const struct sip_msg *msg, enum sip_hdrid id)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, id);
	struct pl num;

	if (!hdr || re_regex(hdr->val.p, hdr->val.l, "[0-9]+", &num) || num.l > 9)
		return 0;

	return pl_u32(&num);
}

static bool refresher_is(const struct sip_msg *msg, const char *who)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, SIP_HDR_SESSION_EXPIRES);
	struct pl val;

	return hdr && !msg_param_decode(&hdr->val, "refresher", &val) && !pl_strcasecmp(&val, who);
}

/* The session is lost: BYE, and the owner is told */
static void lost(struct call *c, uint16_t scode)
{
	const struct call_event ev = { .type = CALL_CLOSED, .scode = scode, .err = scode ? 0 : ETIMEDOUT };
	const struct pl reason = PL("Session Expired");

	call_end(c, false);
	call_post(c, &ev, &reason);
}

static void expired(void *arg)
{
	lost(arg, 0);
}

static void refresh_due(void *arg)
{
	refresh(arg);
}

/* 422 to a request whose Session-Expires is shorter than anybody may ask for; true = answered */
bool call_timer_too_short(struct ua *ua, const struct sip_msg *msg)
{
	const uint32_t s = call_timer_value(msg, SIP_HDR_SESSION_EXPIRES);

	if (!s || s >= MIN_SE_S)
		return false;
	(void)sip_treplyf(NULL, NULL, ua->sip, msg, false, 422, "Session Interval Too Small",
			  "Min-SE: %u\r\nContent-Length: 0\r\n\r\n", MIN_SE_S);
	ua_refused(ua, msg, 422);

	return true;
}

/* An INVITE or UPDATE came: what our 200 says of the timer */
void call_timer_asked(struct call *c, const struct sip_msg *msg)
{
	const bool knows = sip_msg_hdr_has_value(msg, SIP_HDR_SUPPORTED, "timer") ||
			   sip_msg_hdr_has_value(msg, SIP_HDR_REQUIRE, "timer");
	struct call_timer *t = &c->timer;

	t->session_s = MIN(call_timer_value(msg, SIP_HDR_SESSION_EXPIRES), (uint32_t)MAX_SE_S);
	t->ours = !knows || !refresher_is(msg, "uac");
	if (sip_msg_hdr(msg, SIP_HDR_ALLOW))
		t->update = sip_msg_hdr_has_value(msg, SIP_HDR_ALLOW, "UPDATE");
	t->header[0] = '\0';
	if (t->session_s)
		(void)re_snprintf(t->header, sizeof(t->header), "%sSession-Expires: %u;refresher=%s\r\n",
				  knows ? "Require: timer\r\n" : "", t->session_s, t->ours ? "uas" : "uac");
}

/* A 200 to our INVITE or UPDATE came */
void call_timer_answered(struct call *c, const struct sip_msg *msg)
{
	struct call_timer *t = &c->timer;

	t->session_s = call_timer_value(msg, SIP_HDR_SESSION_EXPIRES);
	if (t->session_s && t->session_s < MIN_SE_S)
		t->session_s = MIN_SE_S;
	t->session_s = MIN(t->session_s, (uint32_t)MAX_SE_S);
	t->ours = !refresher_is(msg, "uas");
	if (sip_msg_hdr(msg, SIP_HDR_ALLOW))
		t->update = sip_msg_hdr_has_value(msg, SIP_HDR_ALLOW, "UPDATE");
}

/* The session was agreed or refreshed now */
void call_timer_start(struct call *c)
{
	struct call_timer *t = &c->timer;
	const uint32_t margin_s = MIN(32u, t->session_s / 3);

	if (!t->session_s || c->over)
		tmr_cancel(&t->tmr);
	else if (t->ours)
		tmr_start(&t->tmr, t->session_s * 500, refresh_due, c);
	else
		tmr_start(&t->tmr, (t->session_s - margin_s) * 1000, expired, c);
}

void call_timer_stop(struct call *c)
{
	tmr_cancel(&c->timer.tmr);
	c->timer.req = mem_deref(c->timer.req);
	c->timer.auth = mem_deref(c->timer.auth);
}

/* Their re-INVITE was answered by libre, without a Session-Expires; our own refreshing goes on */
void call_timer_reinvited(struct call *c)
{
	if (!c->timer.ours)
		c->timer.session_s = 0;
	call_timer_start(c);
}

/* 422: ask again with their Min-SE; true where that was not done before */
bool call_timer_raise(struct call *c, const struct sip_msg *msg)
{
	const uint32_t least_s = call_timer_value(msg, SIP_HDR_MIN_SE);
	struct call_timer *t = &c->timer;

	if (msg->scode != 422 || t->raised || !least_s || least_s > MAX_SE_S)
		return false;
	t->raised = true;
	t->ask_s = least_s;

	return true;
}

static int send_update(struct call *c);

static void refresh_by_invite(struct call *c)
{
	struct mbuf *mb = NULL;

	c->timer.update = false;
	if (!call_media_offer(c, &mb))
		(void)sipsess_modify(c->sess, mb);
	mem_deref(mb);
	call_timer_start(c);
}

static void update_refused(struct call *c, const struct sip_msg *msg)
{
	switch (msg->scode) {

	case 401:
	case 407:
		if (sip_auth_authenticate(c->timer.auth, msg) || send_update(c))
			refresh_by_invite(c);
		break;

	case 408:
	case 481:
		lost(c, msg->scode);
		break;

	case 422:
		if (!call_timer_raise(c, msg)) {
			refresh_by_invite(c);
			break;
		}
		c->timer.session_s = c->timer.ask_s;
		if (send_update(c))
			refresh_by_invite(c);
		break;

	case 491:
	case 500:
		tmr_start(&c->timer.tmr, AGAIN_MS, refresh_due, c);
		break;

	default:
		refresh_by_invite(c);
		break;
	}
}

static void update_answer(int err, const struct sip_msg *msg, void *arg)
{
	struct call *c = arg;

	if (!err && msg->scode < 200)
		return;
	if (err) {
		lost(c, 0);
	}
	else if (msg->scode < 300) {
		call_timer_answered(c, msg);
		call_timer_start(c);
	}
	else {
		update_refused(c, msg);
	}
}

static int send_update(struct call *c)
{
	return sip_drequestf(&c->timer.req, c->ua->sip, true, "UPDATE", sipsess_dialog(c->sess), 0, c->timer.auth,
			     NULL, update_answer, c,
			     "Contact: <%s>\r\n"
			     "Session-Expires: %u;refresher=uac\r\n"
			     "Supported: " UA_SUPPORTED "\r\n"
			     "Content-Length: 0\r\n"
			     "\r\n",
			     c->contact, c->timer.session_s);
}

static void refresh(struct call *c)
{
	struct call_timer *t = &c->timer;
	int err = 0;

	if (!c->established || !c->sess)
		return;
	if (!t->update) {
		refresh_by_invite(c);
		return;
	}
	t->raised = false;
	t->auth = mem_deref(t->auth);
	err = sip_auth_alloc(&t->auth, c->way.authh, c->way.arg, c->way.arg != NULL);
	if (!err)
		err = send_update(c);
	if (err)
		refresh_by_invite(c);
}
