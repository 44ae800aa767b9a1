/**
 * @file session.c  One call of the receiver (RCV-01, SUP-22, SUP-23)
 *
 *     state      timer             at its end               leaves by
 *     RING       answer_ms         answer, or refuse        answer, CANCEL
 *     CONNECT    -                 -                        CALL_ANSWERED
 *     C_DUE      c_delay_ms        send C                   timer
 *     LISTEN     frame_wait_ms;    nothing heard: TALK;     whole frame: CHECK
 *                check_ms a digit  part of a frame: C again
 *     CHECK      check_ms          right: ACK; else C again timer
 *     ACK        0, ack_gap_ms     send 1; after five: TALK #: TALK
 *     CODE       end_ms            send the code            timer
 *     TALK       talk_s            hang up                  door's BYE
 *     END        end_ms or 0       hang up                  timer
 *     GONE       0                 free                     timer
 *
 * TALK is for calls of persons; others go to END instead.  Digits and the call's events change
 * state and timer; answering, hanging up and freeing are the timer's, outside of foreign callbacks.
 */
#include <string.h>
#include "receiver_priv.h"
#include "sim/vnet.h"

static void timeout(void *arg);

/** Tell a step */
void session_step(const struct session *s, enum receiver_step step, const char *text, unsigned n)
{
	const struct receiver_event ev = {
		.t_us = vnet_now_us(), .wall_us = vnet_wall_us(), .step = step,
		.call = s->alarm.call, .sip = s->call, .text = text, .n = n,
	};

	s->r->eventh(&ev, s->r->arg);
}

/** Enter a state, or stay in it for another delay */
void session_state(struct session *s, enum session_state state, uint64_t delay_ms)
{
	s->state = state;
	if (delay_ms == SESSION_NEVER)
		tmr_cancel(&s->tmr);
	else
		tmr_start(&s->tmr, delay_ms, timeout, s);
}

/** Queue digits at the usual speed */
void session_send(const struct session *s, const char *digits)
{
	const struct settings *conf = &s->r->conf;

	(void)call_digits(s->call, digits, (unsigned)conf->digit_on_ms,
			  (unsigned)conf->digit_off_ms);
}

/** Hang up after a while */
void session_end(struct session *s, enum receiver_result result, const char *cause,
		 uint64_t delay_ms)
{
	s->alarm.result = result;
	str_ncpy(s->alarm.cause, cause, sizeof(s->alarm.cause));
	session_state(s, SESSION_END, delay_ms);
}

static void talk(struct session *s)
{
	const unsigned talk_s = s->r->cfg.talk_s;

	session_state(s, SESSION_TALK, talk_s ? (uint64_t)talk_s * 1000 : SESSION_NEVER);
}

/** The protocol is over, or there is none: voice for persons, the end for others (SUP-22) */
void session_talk(struct session *s, enum receiver_result result)
{
	if (!s->alarm.vocal && !s->faults.no_end) {
		session_end(s, result, receiver_result_name(result), s->r->cfg.end_ms);
		return;
	}
	s->alarm.result = result;
	session_step(s, RECEIVER_STEP_VOICE, receiver_result_name(result), 0);
	if (s->r->cfg.code[0])
		session_state(s, SESSION_CODE, s->r->cfg.end_ms);
	else
		talk(s);
}

/** Report the alarm, once and for all */
void session_finish(struct session *s, enum receiver_result result, const char *cause)
{
	struct receiver_alarm *a = &s->alarm;

	if (s->state == SESSION_GONE)
		return;
	if (a->result == RECEIVER_OPEN)
		a->result = result;
	if (!a->attempts && s->part)
		alarm_part(a, s->text);
	if (!a->cause[0])
		str_ncpy(a->cause, cause, sizeof(a->cause));
	if (s->answered_us) {
		a->answered_ms = (s->answered_us - a->t_us) / 1000;
		a->duration_ms = (vnet_now_us() - s->answered_us) / 1000;
	}
	if (s->faults.stuck && a->result == RECEIVER_HANGUP)
		s->r->busy = true;
	session_state(s, SESSION_GONE, 0);
	receiver_tell(s->r, a);
}

static void hang_up(struct session *s)
{
	session_step(s, RECEIVER_STEP_HANGUP, s->alarm.cause, 0);
	(void)call_hangup(s->call);
	session_finish(s, RECEIVER_OPEN, "receiver");
}

static void refuse(struct session *s)
{
	const uint16_t scode = (uint16_t)s->faults.reject;

	(void)call_reject(s->call, scode, scode == 486 ? "Busy Here" : "Refused");
	session_step(s, RECEIVER_STEP_REFUSE, "", scode);
	session_finish(s, RECEIVER_REFUSED, "receiver");
}

static void answer(struct session *s)
{
	session_state(s, SESSION_CONNECT, SESSION_NEVER);
	if (call_answer(s->call)) {
		(void)call_reject(s->call, 488, "Not Acceptable Here");
		session_finish(s, RECEIVER_REFUSED, "no common codec");
	}
}

static void send_code(struct session *s)
{
	session_send(s, s->r->cfg.code);
	session_step(s, RECEIVER_STEP_CODE, "", (unsigned)strlen(s->r->cfg.code));
	talk(s);
}

static void talk_end(struct session *s)
{
	str_ncpy(s->alarm.cause, "talk time over", sizeof(s->alarm.cause));
	hang_up(s);
}

static void release(struct session *s)
{
	mem_deref(s);
}

static void ring_end(struct session *s)
{
	if (s->faults.reject)
		refuse(s);
	else
		answer(s);
}

static void timeout(void *arg)
{
	static void (*const at_end[SESSION_STATES])(struct session *) = {
		[SESSION_RING] = ring_end, [SESSION_C_DUE] = session_ask,
		[SESSION_LISTEN] = session_quiet, [SESSION_CHECK] = session_judge,
		[SESSION_ACK] = session_ack, [SESSION_CODE] = send_code,
		[SESSION_TALK] = talk_end, [SESSION_END] = hang_up, [SESSION_GONE] = release,
	};
	struct session *s = arg;

	at_end[s->state](s);
}

static void answered(struct session *s)
{
	const unsigned late_ms = s->faults.late_c_s * 1000;

	s->answered_us = vnet_now_us();
	session_step(s, RECEIVER_STEP_ANSWER, call_codec(s->call), 0);
	if (s->faults.hangup_at == HANGUP_ANSWER)
		session_end(s, RECEIVER_FAULT, "fault hangup-at", 0);
	else if (s->faults.no_c)
		session_talk(s, RECEIVER_NO_C);
	else
		session_state(s, SESSION_C_DUE, late_ms ? late_ms : s->r->cfg.c_delay_ms);
}

static void closed(struct session *s, const struct call_event *ev)
{
	char cause[64] = "door";

	if (ev->scode)
		(void)re_snprintf(cause, sizeof(cause), "%u %s", ev->scode, ev->reason);
	else if (ev->err)
		(void)re_snprintf(cause, sizeof(cause), "%m", ev->err);
	session_step(s, RECEIVER_STEP_CLOSED, cause, 0);
	session_finish(s, s->answered_us ? RECEIVER_HANGUP : RECEIVER_CANCELLED, cause);
}

static void media_lost(struct session *s)
{
	session_step(s, RECEIVER_STEP_MEDIA_LOST, "", 0);
	session_end(s, s->alarm.result, "no sound arrives", 0);
}

static void call_handler(struct call *call, const struct call_event *ev, void *arg)
{
	struct session *s = arg;

	(void)call;
	if (s->state == SESSION_GONE)
		return;

	switch (ev->type) {
	case CALL_ANSWERED:      answered(s); break;
	case CALL_DIGIT:         session_digit(s, ev->digit, ev->via); break;
	case CALL_DIGITS_SENT:   session_sent(s); break;
	case CALL_MEDIA_TIMEOUT: media_lost(s); break;
	case CALL_CLOSED:        closed(s, ev); break;
	case CALL_PROGRESS:
	case CALL_HOLD:
	case CALL_ICE:
	case CALL_ENCRYPTION:
	case CALL_SAS:           break;
	}
}

static void destructor(void *arg)
{
	struct session *s = arg;

	list_unlink(&s->le);
	tmr_cancel(&s->tmr);
	mem_deref(s->call);
}

/** Faults one-door and stuck are the same as no-answer and busy, for some calls */
static void begin_faults(struct session *s)
{
	const struct le *le;

	if (s->r->busy)
		s->faults.reject = 486;
	for (le = s->r->sessions.head; le && s->faults.one_door; le = le->next) {
		const struct session *o = le->data;

		if (o != s && o->state != SESSION_GONE && !strcmp(o->alarm.identity, s->alarm.identity))
			s->faults.no_answer = 1;
	}
}

static void begin(struct session *s)
{
	const struct receiver_config *cfg = &s->r->cfg;

	begin_faults(s);
	session_step(s, RECEIVER_STEP_INVITE, s->alarm.from, 0);
	if (!s->faults.reject)
		(void)call_ring(s->call);
	if (s->faults.no_answer)
		session_state(s, SESSION_RING, SESSION_NEVER);
	else
		session_state(s, SESSION_RING, s->faults.reject ? 0 : cfg->answer_ms);
}

/* A new INVITE; takes a reference of the call */
int session_alloc(struct receiver *r, struct call *call)
{
	struct session *s = mem_zalloc(sizeof(*s), destructor);

	if (!s)
		return ENOMEM;
	s->r = r;
	s->call = mem_ref(call);
	s->faults = r->cfg.faults;
	s->bad_replies = s->faults.bad_crc_replies;
	tmr_init(&s->tmr);
	list_append(&r->sessions, &s->le, s);
	alarm_open(&s->alarm, &r->conf, call_peer(call));
	s->alarm.call = ++r->calls;
	call_set_handler(call, call_handler, s);
	begin(s);

	return 0;
}
