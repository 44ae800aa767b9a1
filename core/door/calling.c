/**
 * @file calling.c  The door's calls: one table, state x input (DOOR-02 to DOOR-06, REL-03, SIP-10, SIP-11, SUP-23)
 *
 *     outgoing, T = ring_s from each INVITE                          (DOOR-03)
 *     0 ──INVITE 1──> ringing ──T──> CANCEL, INVITE 2 ──T──> ... ──T──> unavailable
 *           └─ refused at r: INVITE 2 at T, or at r where advance_on_refusal
 *     incoming: 180 at once, 200 after answer_s, or at the button    (DOOR-02)
 *     talking:  BYE after talk_min, after the strike, by the button, or after
 *               media_timeout_s without a packet                     (DOOR-04, DOOR-05)
 *
 * A call by command (SIP-11) has one contact and no list: no report, no frame, no words to a visitor.
 *
 * A technical or test call (SUP-30, SUP-31) goes the same way as one of the button, without words to a
 * visitor; it is over when its report succeeded, else the next contact is called.  The button cannot
 * end it.
 */
#include <string.h>
#include "contact.h"
#include "door.h"
#include "text.h"

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
	technical_kick(d);
}

/** Was the present call asked for by a command? It has nothing to report and no visitor (SIP-11) */
static bool commanded(const struct door *d)
{
	return d->outgoing && d->list == &d->command;
}

/** Is the present call a technical or test call? */
bool calling_reports(const struct door *d)
{
	return d->outgoing && d->state != DOOR_IDLE && !reason_row(d->reason)->vocal;
}

/** The list is done with: what became of the report */
static void report_over(struct door *d, bool ok)
{
	if (!calling_reports(d))
		return;
	door_emit(d, EV_REPORT_END, reason_name(d->conf, d->reason), (int)ok);
	if (d->reason == REASON_TEST)
		cyclic_result(d, ok);
}

static uint64_t talk_ms(const struct door *d)
{
	return calling_active(d) ? (d->now_us - d->answered_us) / 1000 : 0;
}

static void end_call(struct door *d, const char *cause)
{
	const uint64_t ms = talk_ms(d);

	sup_closed(d);
	code_reset(d);
	door_timer_stop(d, DOOR_T_TALK);
	door_timer_stop(d, DOOR_T_DONE);
	door_emit(d, EV_CALL_END, (uint64_t)d->call, cause, ms);
	d->call = 0;
}

/** The call is over, whoever ended it; a report that did not succeed goes to the next contact (SUP-23) */
static void over(struct door *d, const char *cause)
{
	end_call(d, cause);
	if (calling_reports(d) && !d->reported) {
		next_contact(d);
		return;
	}
	report_over(d, true);
	go_idle(d);
}

static void hang_up(struct door *d, const char *cause)
{
	(void)d->phone->hangup(d->phone_ctx, d->call);
	over(d, cause);
}

/** Somebody wants the line free: no next contact.  Between two contacts there is no call to end. */
static void stop_all(struct door *d, const char *cause)
{
	const bool ok = calling_active(d) && d->reported;

	if (d->call) {
		(void)d->phone->hangup(d->phone_ctx, d->call);
		end_call(d, cause);
	}
	report_over(d, ok);
	go_idle(d);
}

/* --- outgoing --- */

/** May a contact be told of this reason? A PBX fault is for those that are called without PBX (SUP-12) */
static bool may_hear(const struct door *d, const char *contact)
{
	struct contact c;

	return d->reason != REASON_PBX_FAULT || (!contact_resolve(&c, d->conf, contact) && !c.account);
}

static void send_message(struct door *d, const struct contact *to)
{
	const char *other = d->conf->sup_message_to;    /* without PBX, whatever the reason (SUP-10) */
	char body[REPORT_BODY], user[REPORT_USER];

	if (!d->conf->sup_message[d->reason] || (other[0] && d->messaged))
		return;
	d->messaged = true;
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
	const bool report = !commanded(d) && (!reason_row(d->reason)->vocal || d->conf->sup_report[d->reason]);
	char text[SETTINGS_URI], user[REPORT_USER];
	struct contact to;
	int err;

	(void)settings_contact(text, d->list, d->contact);
	err = contact_resolve(&to, d->conf, text);
	if (err) {
		to.account = 0;
		to.uri[0] = '\0';
	}
	d->dtmf = report && !err ? to.dtmf : DTMF_PROTOCOL_OFF;
	(void)report_from_user(user, sizeof(user), d->conf, d->reason);
	if (reason_row(d->reason)->alerte > FRAME_REASON_MAX)
		d->dtmf = DTMF_PROTOCOL_OFF;    /* the frame has two digits: there is none for 404 (§3.3.22.4) */

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

/** First contact from number i on that may hear of the reason; SETTINGS_CONTACTS where there is none */
static unsigned contact_from(const struct door *d, unsigned i)
{
	char contact[SETTINGS_URI];

	for (; settings_contact(contact, d->list, i); i++)
		if (may_hear(d, contact))
			return i;

	return SETTINGS_CONTACTS;
}

/** The list is called in order; one pass, then the visitor is told (DOOR-03) */
static void next_contact(struct door *d)
{
	const unsigned next = contact_from(d, d->contact + 1);

	if (next < SETTINGS_CONTACTS) {
		d->contact = next;
		invite(d);
		return;
	}

	door_emit(d, EV_UNAVAILABLE, commanded(d) ? "" : reason_name(d->conf, d->reason));
	if (reason_row(d->reason)->vocal && !commanded(d))
		door_emit(d, EV_ANNOUNCE, "contact_unavailable");
	report_over(d, false);
	go_idle(d);
}

static void start_list(struct door *d, enum reason r, const struct contact_list *list)
{
	unsigned first;

	d->reason = r;
	d->list = list;
	first = contact_from(d, 0);
	d->contact = first % SETTINGS_CONTACTS;
	d->outgoing = true;
	d->messaged = d->reported = false;
	d->state = DOOR_CALLING;
	if (first == SETTINGS_CONTACTS) {
		report_over(d, false);
		go_idle(d);
		return;
	}
	relay_line(d, true);
	invite(d);
}

/* --- what begins a call: button, input, report --- */

static bool is_day(const struct door *d)
{
	return schedule_now(d, d->conf->button_slot);
}

/** DOOR-06 mode 3 by day: the button opens the door */
static bool button_strikes(const struct door *d)
{
	return d->conf->button_mode == BUTTON_STRIKE_CALL && is_day(d);
}

static void press_strike(struct door *d)
{
	door_emit(d, EV_PRESS, "strike");
	(void)relay_strike(d, (unsigned)d->conf->button_relay, "button");
}

static void call_list(struct door *d, enum event_id id, const struct contact_list *list)
{
	door_emit(d, id, list->n ? "call" : "no_contact");
	if (list->n)
		start_list(d, REASON_BUTTON, list);
}

static void press_idle(struct door *d, const struct door_in *in)
{
	const bool day = is_day(d);

	(void)in;
	if (button_strikes(d))
		press_strike(d);
	else if (!day && d->conf->button_mode == BUTTON_CALL_NONE)
		door_emit(d, EV_PRESS, "night");
	else
		call_list(d, EV_PRESS, day ? &d->conf->button_day : &d->conf->button_night);
}

static void day_call(struct door *d, const struct door_in *in)
{
	const bool night = d->conf->button_mode == BUTTON_STRIKE_CALL;

	(void)in;
	call_list(d, EV_INPUT, night ? &d->conf->button_night : &d->conf->button_day);
}

static void own_list(struct door *d, const struct door_in *in)
{
	(void)in;
	call_list(d, EV_INPUT, &d->conf->input_list);
}

/* The one contact, by the list's own machinery */
static void dial(struct door *d, const struct door_in *in)
{
	struct text t;

	memset(&d->command, 0, sizeof(d->command));
	text_start(&t, d->command.text, sizeof(d->command.text));
	text_str(&t, in->text);
	d->command.n = 1;
	door_emit(d, EV_COMMAND, "call", "ok");
	start_list(d, REASON_BUTTON, &d->command);
}

static void dial_busy(struct door *d, const struct door_in *in)
{
	(void)in;
	door_emit(d, EV_COMMAND, "call", "busy");
}

static void input_busy(struct door *d, const struct door_in *in)
{
	(void)in;
	door_emit(d, EV_INPUT, "busy");
}

static void report(struct door *d, const struct door_in *in)
{
	enum reason r;

	(void)in;
	if (technical_take(d, &r))
		start_list(d, r, r == REASON_TEST ? &d->conf->test_list : &d->conf->tech_list);
}

static void report_done(struct door *d, const struct door_in *in)
{
	(void)in;
	hang_up(d, d->reported ? "reported" : "not reported");
}

/** A press that is neither answer nor end: it opens by day in mode 3, else nothing happens */
static void press_else(struct door *d)
{
	if (button_strikes(d))
		press_strike(d);
	else
		door_emit(d, EV_PRESS, calling_reports(d) ? "busy" : "ignored");
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

/** Calling or in communication */
static void press_in_call(struct door *d, const struct door_in *in)
{
	(void)in;
	if (!d->conf->end_by_button || calling_reports(d)) {
		press_else(d);
		return;
	}
	door_emit(d, EV_PRESS, "end");
	stop_all(d, "button");
}

static void hangup_in_call(struct door *d, const struct door_in *in)
{
	(void)in;
	stop_all(d, "command");
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

static void answer_now(struct door *d, const struct door_in *in)
{
	if (d->answering)
		return;
	door_emit(d, EV_COMMAND, "answer", "ok");
	answer_due(d, in);
}

static void press_ringing(struct door *d, const struct door_in *in)
{
	if (d->conf->answer_s != SETTINGS_MANUAL || d->answering) {
		press_else(d);
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

static void talk_end(struct door *d, const struct door_in *in)
{
	(void)in;
	if (!calling_reports(d))
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

/**
 * The table: what each input does in each state.  An empty cell: the input means nothing there.
 * Rows that end a state say so in their action; PRESS is an accepted press (HW-01).  Where a call of a
 * report ends without success, "-> IDLE" is CALLING the next contact (SUP-23).
 */
static action_h *const table[DOOR_STATES][CALLING_INS] = {
	[DOOR_IDLE] = {
		[CALLING_PRESS]      = press_idle,      /* -> CALLING where it calls */
		[CALLING_INCOMING]   = ring_in,         /* -> RINGING */
		[CALLING_DAY_CALL]   = day_call,        /* -> CALLING */
		[CALLING_OWN_LIST]   = own_list,        /* -> CALLING */
		[CALLING_REPORT]     = report,          /* -> CALLING */
		[CALLING_DIAL]       = dial,            /* -> CALLING */
	},
	[DOOR_CALLING] = {
		[CALLING_PRESS]      = press_in_call,   /* -> IDLE where end_by_button */
		[CALLING_INCOMING]   = busy,
		[CALLING_PROGRESS]   = progress,
		[CALLING_ANSWERED]   = answered,        /* -> TALKING */
		[CALLING_CLOSED]     = out_refused,     /* -> WAITING, or CALLING the next */
		[CALLING_RING_END]   = no_answer,       /* -> CALLING the next, or IDLE */
		[CALLING_HANGUP]     = hangup_in_call,  /* -> IDLE */
		[CALLING_DAY_CALL]   = input_busy,
		[CALLING_OWN_LIST]   = input_busy,
		[CALLING_DIAL]       = dial_busy,
	},
	[DOOR_WAITING] = {
		[CALLING_PRESS]      = press_in_call,   /* -> IDLE where end_by_button */
		[CALLING_INCOMING]   = busy,
		[CALLING_RING_END]   = wait_over,       /* -> CALLING the next, or IDLE */
		[CALLING_HANGUP]     = hangup_in_call,  /* -> IDLE */
		[CALLING_DAY_CALL]   = input_busy,
		[CALLING_OWN_LIST]   = input_busy,
		[CALLING_DIAL]       = dial_busy,
	},
	[DOOR_RINGING] = {
		[CALLING_PRESS]      = press_ringing,   /* -> IDLE where it fails */
		[CALLING_INCOMING]   = busy,
		[CALLING_ANSWER_DUE] = answer_due,      /* -> IDLE where it fails */
		[CALLING_ANSWER]     = answer_now,      /* -> IDLE where it fails */
		[CALLING_ANSWERED]   = answered,        /* -> TALKING */
		[CALLING_CLOSED]     = closed,          /* -> IDLE */
		[CALLING_HANGUP]     = refuse_ringing,  /* -> IDLE */
		[CALLING_DAY_CALL]   = input_busy,
		[CALLING_OWN_LIST]   = input_busy,
		[CALLING_DIAL]       = dial_busy,
	},
	[DOOR_TALKING] = {
		[CALLING_PRESS]      = press_in_call,   /* -> IDLE where end_by_button */
		[CALLING_INCOMING]   = busy,
		[CALLING_CLOSED]     = closed,          /* -> IDLE */
		[CALLING_HOLD]       = hold,            /* -> HELD */
		[CALLING_TALK_END]   = talk_end,        /* -> IDLE */
		[CALLING_STRIKE_END] = strike_end,      /* -> IDLE where end_after_strike */
		[CALLING_MEDIA_LOST] = media_lost,      /* -> IDLE */
		[CALLING_HANGUP]     = hangup_in_call,  /* -> IDLE */
		[CALLING_DAY_CALL]   = input_busy,
		[CALLING_OWN_LIST]   = input_busy,
		[CALLING_DIAL]       = dial_busy,
		[CALLING_REPORT_DONE] = report_done,    /* -> CALLING the next, or IDLE */
	},
	[DOOR_HELD] = {
		[CALLING_PRESS]      = press_in_call,   /* -> IDLE where end_by_button */
		[CALLING_INCOMING]   = busy,
		[CALLING_CLOSED]     = closed,          /* -> IDLE */
		[CALLING_HOLD]       = hold,            /* -> TALKING */
		[CALLING_TALK_END]   = talk_end,        /* -> IDLE */
		[CALLING_STRIKE_END] = strike_end,      /* -> IDLE where end_after_strike */
		[CALLING_HANGUP]     = hangup_in_call,  /* -> IDLE */
		[CALLING_DAY_CALL]   = input_busy,
		[CALLING_OWN_LIST]   = input_busy,
		[CALLING_DIAL]       = dial_busy,
		[CALLING_REPORT_DONE] = report_done,    /* -> CALLING the next, or IDLE */
	},
};

/** Feed the automaton; arg may be NULL for timers and presses */
void calling_input(struct door *d, enum calling_in in, const struct door_in *arg)
{
	action_h *h = table[d->state][in];

	if (h)
		h(d, arg);
}
