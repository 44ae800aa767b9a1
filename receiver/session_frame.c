/**
 * @file session_frame.c  The receiver's side of the DTMF protocol (SUP-20 to SUP-23; §3.3.22.4)
 *
 *     ms after the answer, 100/100 ms digits:
 *     500 C>   ~520 <9 81 01 01 000000000 C 097   ~4320 last digit   7320 1>   ~7350 <#   voice
 *                                                     then 1> each 5000, up to five times in all
 *     wrong or cut frame: C> instead of 1>, up to three times
 */
#include <string.h>
#include "receiver_priv.h"

/** Send C and listen for a frame */
void session_ask(struct session *s)
{
	const char *text = s->faults.double_c && !s->asked ? "CC" : "C";

	frame_reader_reset(&s->reader);
	s->part = 0;
	s->asked++;
	session_send(s, text);
	session_step(s, RECEIVER_STEP_C, text, s->asked);
	session_state(s, SESSION_LISTEN, s->r->cfg.frame_wait_ms);
}

/** C again as long as that is allowed, else the call goes on without the protocol (SUP-23) */
static void again(struct session *s, enum receiver_result result)
{
	session_step(s, RECEIVER_STEP_CRC_BAD, s->alarm.frame, s->alarm.attempts);
	s->alarm.result = result;
	if (s->faults.no_again)
		session_state(s, SESSION_TALK, SESSION_NEVER);
	else if (s->asked > s->r->cfg.again_max)
		session_talk(s, result);
	else
		session_ask(s);
}

/** Nothing more is heard while a frame is due */
void session_quiet(struct session *s)
{
	const enum receiver_result last = s->alarm.result;

	if (!s->part) {
		session_talk(s, last == RECEIVER_OPEN ? RECEIVER_NO_FRAME : last);
		return;
	}
	s->alarm.attempts++;
	alarm_part(&s->alarm, s->text);
	again(s, RECEIVER_INCOMPLETE);
}

/** 3 s after the checksum: is it right? */
void session_judge(struct session *s)
{
	const unsigned pause_ms = s->r->cfg.check_ms, late_ms = s->faults.late_ack_s * 1000;

	if ((!s->alarm.crc_ok && !s->faults.blind_crc) || s->bad_replies) {
		s->bad_replies -= s->bad_replies ? 1 : 0;
		again(s, RECEIVER_BAD_CRC);
		return;
	}
	s->alarm.result = RECEIVER_OPEN;
	session_step(s, RECEIVER_STEP_CRC_OK, s->alarm.frame, s->alarm.attempts);
	session_state(s, SESSION_ACK, late_ms > pause_ms ? late_ms - pause_ms : 0);
}

/** An acknowledgement is due (SUP-22) */
void session_ack(struct session *s)
{
	const char *text = s->faults.wrong_ack ? "2" : "1";

	if (s->ack_turns >= s->r->cfg.acks_max) {
		session_talk(s, RECEIVER_NO_HASH);
		return;
	}
	s->ack_turns++;
	if (!s->faults.no_ack) {
		s->alarm.acks++;
		session_send(s, text);
		session_step(s, RECEIVER_STEP_ACK, text, s->alarm.acks);
	}
	session_state(s, SESSION_ACK, s->r->cfg.ack_gap_ms);
}

/** The last digit we queued is out */
void session_sent(struct session *s)
{
	if ((s->state == SESSION_LISTEN && s->faults.hangup_at == HANGUP_C) ||
	    (s->state == SESSION_ACK && s->faults.hangup_at == HANGUP_ACK))
		session_end(s, RECEIVER_FAULT, "fault hangup-at", 0);
}

static void whole(struct session *s)
{
	struct frame f;

	s->alarm.attempts++;
	s->alarm.crc_ok = false;
	str_ncpy(s->alarm.frame, s->reader.buf, sizeof(s->alarm.frame));
	if (!frame_decode(&f, &s->r->cfg.crc, s->reader.buf, s->reader.n))
		alarm_frame(&s->alarm, &f);
	session_step(s, RECEIVER_STEP_FRAME, s->reader.buf, s->alarm.attempts);
	if (s->faults.hangup_at == HANGUP_FRAME)
		session_end(s, RECEIVER_FAULT, "fault hangup-at", 0);
	else
		session_state(s, SESSION_CHECK, s->faults.early_ack ? 0 : s->r->cfg.check_ms);
}

/** A digit of a frame; our own C may come back as an echo before it */
static void listen_digit(struct session *s, char digit)
{
	if (!s->part && digit == 'C')
		return;
	if (s->part < FRAME_MAX) {
		s->text[s->part] = digit;
		s->text[s->part + 1] = '\0';
	}
	s->part++;
	if (frame_read(&s->reader, digit))
		whole(s);
	else
		session_state(s, SESSION_LISTEN, s->r->cfg.check_ms);
}

static void ack_digit(struct session *s, char digit)
{
	if (digit != '#' || !s->alarm.acks || s->faults.deaf_hash || s->faults.hangup_at == HANGUP_ACK)
		return;

	s->alarm.acknowledged = true;
	session_step(s, RECEIVER_STEP_HASH, "", s->alarm.acks);
	session_talk(s, RECEIVER_ACKNOWLEDGED);
}

/** A digit was received */
void session_digit(struct session *s, char digit, enum dtmf_via via)
{
	const unsigned deaf = s->faults.no_tones ? 1u << DTMF_VIA_INBAND : 0;
	const unsigned heard = receiver_transports[s->r->cfg.transport].heard & ~deaf;
	char text[16];

	(void)re_snprintf(text, sizeof(text), "%c %s", digit, dtmf_via_name(via));
	s->digits++;
	if (!(heard & 1u << via) || s->digits == s->faults.drop_digit) {
		session_step(s, RECEIVER_STEP_IGNORED, text, s->digits);
		return;
	}
	session_step(s, RECEIVER_STEP_DIGIT, text, s->digits);
	if (s->state == SESSION_LISTEN)
		listen_digit(s, digit);
	else if (s->state == SESSION_ACK)
		ack_digit(s, digit);
}
