/**
 * @file calling.c  The door's calls: one table, state x input (DOOR-02 to DOOR-05, REL-03, SIP-10)
 *
 *     outgoing, T = ring_s from each INVITE                          (DOOR-03)
 *     0 ──INVITE 1──> ringing ──T──> CANCEL, INVITE 2 ──T──> ... ──T──> unavailable
 *           └─ refused at r: INVITE 2 at T, or at r where advance_on_refusal
 *     incoming: 180 at once, 200 after answer_s, or at the button    (DOOR-02)
 *     talking:  BYE after talk_min, after the strike, by the button, or after
 *               media_timeout_s without a packet                     (DOOR-04, DOOR-05)
 */
#include <string.h>
#include "contact.h"
#include "door.h"

#define US_S 1000000u

typedef void (action_h)(struct door *d, const struct door_in *in);

static void next_contact(struct door *d);

bool calling_active(const struct door *d)
{
	return d->state == DOOR_TALKING || d->state == DOOR_HELD;
}

static void go_idle(struct door *d)
{
	d->state = DOOR_IDLE;
	d->call = 0;
	door_timer_stop(d, DOOR_T_RING);
	door_timer_stop(d, DOOR_T_ANSWER);
	door_timer_stop(d, DOOR_T_TALK);
	relay_line(d, false);
}

static uint64_t talk_ms(const struct door *d)
{
	return calling_active(d) ? (d->now_us - d->answered_us) / 1000 : 0;
}

/** The call is over, whoever ended it */
static void over(struct door *d, const char *cause)
{
	const uint64_t ms = talk_ms(d);

	sup_closed(d);
	code_reset(d);
	door_emit(d, EV_CALL_END, (uint64_t)d->call, cause, ms);
	go_idle(d);
}

static void hang_up(struct door *d, const char *cause)
{
	(void)d->phone->hangup(d->phone_ctx, d->call);
	over(d, cause);
}

/* --- outgoing --- */

static void send_message(struct door *d, const struct contact *to)
{
	const char *other = d->conf->sup_message_to;
	char body[REPORT_BODY], user[REPORT_USER];

	if (!d->conf->sup_message_button || (other[0] && d->contact))
		return;
	if (report_body(body, sizeof(body), d->conf, d->reason) ||
	    report_from_user(user, sizeof(user), d->conf, d->reason))
		return;

	door_emit(d, EV_MESSAGE_OUT, other[0] ? other : to->uri, body);
	(void)d->phone->message(d->phone_ctx, other[0] ? other : to->uri, other[0] ? 0 : to->account,
				user, body);
}

static void refused(struct door *d, uint16_t code, const char *cause)
{
	door_emit(d, EV_CALL_FAILED, (uint64_t)d->call, (uint64_t)code, cause);
	d->call = 0;
	d->state = DOOR_WAITING;
	if (d->conf->advance_on_refusal)
		next_contact(d);
}

static void invite(struct door *d)
{
	const bool report = d->conf->sup_report_button;
	const char *text = d->conf->button_day.uri[d->contact];
	char user[REPORT_USER];
	struct contact to;
	int err = contact_resolve(&to, d->conf, text);

	if (err) {
		to.account = 0;
		to.uri[0] = '\0';
	}
	d->dtmf = report && !err ? to.dtmf : DTMF_PROTOCOL_OFF;
	(void)report_from_user(user, sizeof(user), d->conf, d->reason);

	d->state = DOOR_CALLING;
	d->call = door_call_number(d);
	door_timer_start(d, DOOR_T_RING, (uint64_t)d->conf->ring_s * US_S);
	door_emit(d, EV_CALL_OUT, (uint64_t)d->call, err ? text : to.uri, report ? reason_name(d->conf, d->reason) : "",
		  (uint64_t)(d->contact + 1));

	if (!err) {
		err = d->phone->dial(d->phone_ctx, d->call, to.uri, to.account, report ? user : NULL);
		if (report)
			send_message(d, &to);
	}
	if (err)
		refused(d, 0, "cannot dial");
}

/** The list is called in order; one pass, then the visitor is told (DOOR-03) */
static void next_contact(struct door *d)
{
	if (d->contact + 1 < (unsigned)d->conf->button_day.n) {
		++d->contact;
		invite(d);
		return;
	}

	door_emit(d, EV_UNAVAILABLE, reason_name(d->conf, d->reason));
	door_emit(d, EV_ANNOUNCE, "contact_unavailable");
	go_idle(d);
}

static void start_list(struct door *d, const struct door_in *in)
{
	(void)in;
	if (!d->conf->button_day.n) {
		door_emit(d, EV_PRESS, "no_contact");
		return;
	}

	door_emit(d, EV_PRESS, "call");
	d->reason = REASON_BUTTON;
	d->outgoing = true;
	d->contact = 0;
	relay_line(d, true);
	invite(d);
}

static void progress(struct door *d, const struct door_in *in)
{
	door_emit(d, EV_CALL_RINGING, (uint64_t)d->call, (uint64_t)in->code);
}

static void out_refused(struct door *d, const struct door_in *in)
{
	refused(d, in->code, in->text);
}

static void no_answer(struct door *d, const struct door_in *in)
{
	(void)in;
	(void)d->phone->hangup(d->phone_ctx, d->call);
	door_emit(d, EV_CALL_FAILED, (uint64_t)d->call, (uint64_t)0, "no answer");
	d->call = 0;
	next_contact(d);
}

static void wait_over(struct door *d, const struct door_in *in)
{
	(void)in;
	next_contact(d);
}

/** Between two contacts there is no call to end: the last one has been told as failed */
static void stop_calling(struct door *d, const char *cause)
{
	if (d->call)
		hang_up(d, cause);
	else
		go_idle(d);
}

static void press_calling(struct door *d, const struct door_in *in)
{
	(void)in;
	if (!d->conf->end_by_button) {
		door_emit(d, EV_PRESS, "ignored");
		return;
	}
	door_emit(d, EV_PRESS, "end");
	stop_calling(d, "button");
}

static void hangup_calling(struct door *d, const struct door_in *in)
{
	(void)in;
	stop_calling(d, "command");
}

/* --- incoming --- */

static void answer_due(struct door *d, const struct door_in *in)
{
	(void)in;
	d->answering = true;
	if (d->phone->answer(d->phone_ctx, d->call))
		hang_up(d, "cannot answer");
}

static void ring_in(struct door *d, const struct door_in *in)
{
	d->state = DOOR_RINGING;
	d->call = in->call;
	d->outgoing = false;
	d->answering = false;
	door_emit(d, EV_CALL_IN, (uint64_t)d->call, in->text);
	relay_line(d, true);

	if (d->conf->answer_s == 0) {
		answer_due(d, in);
		return;
	}
	(void)d->phone->ring(d->phone_ctx, d->call);
	if (d->conf->answer_s != SETTINGS_MANUAL)
		door_timer_start(d, DOOR_T_ANSWER, (uint64_t)d->conf->answer_s * US_S);
}

static void busy(struct door *d, const struct door_in *in)
{
	(void)d->phone->reject(d->phone_ctx, in->call, 486);
	door_emit(d, EV_CALL_REFUSED, in->text, (uint64_t)486, "busy");
}

static void press_ringing(struct door *d, const struct door_in *in)
{
	if (d->conf->answer_s != SETTINGS_MANUAL || d->answering) {
		door_emit(d, EV_PRESS, "ignored");
		return;
	}
	door_emit(d, EV_PRESS, "answer");
	answer_due(d, in);
}

static void refuse_ringing(struct door *d, const struct door_in *in)
{
	(void)in;
	(void)d->phone->reject(d->phone_ctx, d->call, 480);
	over(d, "command");
}

/* --- in communication --- */

static void answered(struct door *d, const struct door_in *in)
{
	(void)in;
	d->state = DOOR_TALKING;
	d->answered_us = d->now_us;
	door_timer_stop(d, DOOR_T_RING);
	door_timer_stop(d, DOOR_T_ANSWER);
	if (d->conf->talk_min != SETTINGS_PERMANENT)
		door_timer_start(d, DOOR_T_TALK, (uint64_t)d->conf->talk_min * 60 * US_S);

	door_emit(d, EV_CALL_ANSWERED, (uint64_t)d->call);
	if (d->outgoing)
		sup_answered(d);
}

static void hold(struct door *d, const struct door_in *in)
{
	const enum door_state state = in->level ? DOOR_HELD : DOOR_TALKING;

	if (d->state == state)
		return;
	d->state = state;
	door_emit(d, EV_CALL_HOLD, (uint64_t)d->call, (int)in->level);
}

static void closed(struct door *d, const struct door_in *in)
{
	over(d, in->text[0] ? in->text : "remote");
}

static void press_talking(struct door *d, const struct door_in *in)
{
	(void)in;
	door_emit(d, EV_PRESS, d->conf->end_by_button ? "end" : "ignored");
	if (d->conf->end_by_button)
		hang_up(d, "button");
}

static void talk_end(struct door *d, const struct door_in *in)
{
	(void)in;
	door_emit(d, EV_ANNOUNCE, "end_of_communication");
	hang_up(d, "time");
}

static void strike_end(struct door *d, const struct door_in *in)
{
	(void)in;
	if (d->conf->end_after_strike)
		hang_up(d, "strike");
}

static void media_lost(struct door *d, const struct door_in *in)
{
	(void)in;
	hang_up(d, "no media");
}

static void hangup_talking(struct door *d, const struct door_in *in)
{
	(void)in;
	hang_up(d, "command");
}

/**
 * The table: what each input does in each state.  An empty cell: the input means nothing there.
 * Rows that end a state say so in their action; PRESS is an accepted press (HW-01).
 */
static action_h *const table[DOOR_STATES][CALLING_INS] = {
	[DOOR_IDLE] = {
		[CALLING_PRESS]      = start_list,      /* -> CALLING */
		[CALLING_INCOMING]   = ring_in,         /* -> RINGING */
	},
	[DOOR_CALLING] = {
		[CALLING_PRESS]      = press_calling,   /* -> IDLE where end_by_button */
		[CALLING_INCOMING]   = busy,
		[CALLING_PROGRESS]   = progress,
		[CALLING_ANSWERED]   = answered,        /* -> TALKING */
		[CALLING_CLOSED]     = out_refused,     /* -> WAITING, or CALLING the next */
		[CALLING_RING_END]   = no_answer,       /* -> CALLING the next, or IDLE */
		[CALLING_HANGUP]     = hangup_calling,  /* -> IDLE */
	},
	[DOOR_WAITING] = {
		[CALLING_PRESS]      = press_calling,   /* -> IDLE where end_by_button */
		[CALLING_INCOMING]   = busy,
		[CALLING_RING_END]   = wait_over,       /* -> CALLING the next, or IDLE */
		[CALLING_HANGUP]     = hangup_calling,  /* -> IDLE */
	},
	[DOOR_RINGING] = {
		[CALLING_PRESS]      = press_ringing,   /* -> IDLE where it fails */
		[CALLING_INCOMING]   = busy,
		[CALLING_ANSWER_DUE] = answer_due,      /* -> IDLE where it fails */
		[CALLING_ANSWERED]   = answered,        /* -> TALKING */
		[CALLING_CLOSED]     = closed,          /* -> IDLE */
		[CALLING_HANGUP]     = refuse_ringing,  /* -> IDLE */
	},
	[DOOR_TALKING] = {
		[CALLING_PRESS]      = press_talking,   /* -> IDLE where end_by_button */
		[CALLING_INCOMING]   = busy,
		[CALLING_CLOSED]     = closed,          /* -> IDLE */
		[CALLING_HOLD]       = hold,            /* -> HELD */
		[CALLING_TALK_END]   = talk_end,        /* -> IDLE */
		[CALLING_STRIKE_END] = strike_end,      /* -> IDLE where end_after_strike */
		[CALLING_MEDIA_LOST] = media_lost,      /* -> IDLE */
		[CALLING_HANGUP]     = hangup_talking,  /* -> IDLE */
	},
	[DOOR_HELD] = {
		[CALLING_PRESS]      = press_talking,   /* -> IDLE where end_by_button */
		[CALLING_INCOMING]   = busy,
		[CALLING_CLOSED]     = closed,          /* -> IDLE */
		[CALLING_HOLD]       = hold,            /* -> TALKING */
		[CALLING_TALK_END]   = talk_end,        /* -> IDLE */
		[CALLING_STRIKE_END] = strike_end,      /* -> IDLE where end_after_strike */
		[CALLING_HANGUP]     = hangup_talking,  /* -> IDLE */
	},
};

/** Feed the automaton; arg may be NULL for timers and presses */
void calling_input(struct door *d, enum calling_in in, const struct door_in *arg)
{
	action_h *h = table[d->state][in];

	if (h)
		h(d, arg);
}
