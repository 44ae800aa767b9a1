/**
 * @file supervision.c  The DTMF supervision protocol, the door's side (SUP-20 to SUP-25; manual §3.3.22.4)
 *
 *     answer ──≤ c_wait_s──> C heard ─> frame, one digit each on+off ms ─> ≤ ack_wait_s ─> 1 heard ─> #
 *       (10 s)                  ^                                             │ (30 s)
 *                               └──────── C again: wrong CRC, ≤ frames_max ───┘
 *
 * The receiver repeats its 1 every 5 s until it hears the #, five times (SUP-22): so for 25 s after the
 * first 1 a further one is answered too.  A strike code may begin with 1; then the 1 waits REACK_US
 * for a second digit before it counts as a repeated acknowledgement.  So a code that is a 1 alone
 * opens nothing in that window: a receiver that repeats itself must not open the door.
 *
 * A technical or test call (SUP-23) has succeeded by its 200 OK where no C comes, unless the contact
 * requires the protocol; once a C came it needs the 1.  Then the receiver ends it, or the door does:
 * LINGER_US after the last #, at once where the protocol failed or no C came, and c_wait_s after the
 * answer where the contact has no protocol.
 *
 * Codes are off from C until # (SUP-24).  The detector is muted while the door sends; a 1 that arrives
 * during the last digit (a receiver hears a digit at its beginning) counts once the frame is out.  A
 * frame that never gets out (a call put on hold) is given up when its acknowledgement is overdue.
 */
#include <string.h>
#include "door.h"

#define REACK_WINDOW_US 25000000u
#define REACK_US 1500000u
#define HASH_OFF_MS 40                  /* shortest pause: the receiver may send a code right after # */
#define LINGER_US 10000000u             /* the receiver ends a technical call; so long the door waits for it */
#define US_S 1000000u

static void finish(struct door *d, enum sup_state state, const char *result)
{
	d->sup = state;
	door_timer_stop(d, DOOR_T_SUP);
	door_emit(d, EV_SUP_END, (uint64_t)d->call, result);
	if (calling_reports(d))
		door_timer_start(d, DOOR_T_DONE, state == SUP_ACKED ? LINGER_US : 0);
}

static int send_digits(struct door *d, const char *digits, unsigned off_ms)
{
	int err;

	(void)d->phone->mute(d->phone_ctx, d->call, true);
	err = d->phone->digits(d->phone_ctx, d->call, digits, (unsigned)d->conf->digit_on_ms, off_ms);
	if (err)
		(void)d->phone->mute(d->phone_ctx, d->call, false);

	return err;
}

static uint64_t digit_us(const struct door *d)
{
	return (uint64_t)(d->conf->digit_on_ms + d->conf->digit_off_ms) * 1000;
}

static uint64_t ack_wait_us(const struct door *d)
{
	return (uint64_t)d->conf->sup_ack_wait_s * US_S;
}

static void send_frame(struct door *d)
{
	char frame[FRAME_MAX + 1];

	if (d->sup_frames >= (unsigned)d->conf->sup_frames_max) {
		finish(d, SUP_OFF, "too_many");
		return;
	}
	if (frame_encode(frame, &d->conf->crc, REPORT_PRODUCT, reason_row(d->reason)->alerte, REPORT_MODULE,
			 d->conf->identity)) {
		finish(d, SUP_OFF, "cannot_send");
		return;
	}

	++d->sup_frames;
	d->sup = SUP_SENDING;
	d->sup_early_ack = false;
	d->sup_last_us = d->now_us + (strlen(frame) - 1) * digit_us(d);
	door_timer_start(d, DOOR_T_SUP, strlen(frame) * digit_us(d) + ack_wait_us(d));
	code_reset(d);
	door_emit(d, EV_SUP_FRAME, (uint64_t)d->call, frame, (uint64_t)d->sup_frames);
	if (send_digits(d, frame, (unsigned)d->conf->digit_off_ms))
		finish(d, SUP_OFF, "cannot_send");
}

/** A # that cannot be sent is no answer: the receiver repeats its 1 */
static int acknowledge(struct door *d)
{
	const int err = send_digits(d, "#", HASH_OFF_MS);

	if (err)
		return err;
	++d->sup_acks;
	door_emit(d, EV_SUP_ACK, (uint64_t)d->call, (uint64_t)d->sup_acks);
	if (calling_reports(d))
		door_timer_start(d, DOOR_T_DONE, LINGER_US);

	return 0;
}

/** An outgoing call was answered: wait for the receiver's C */
void sup_answered(struct door *d)
{
	const uint64_t c_wait_us = (uint64_t)d->conf->sup_c_wait_s * US_S;

	d->sup_frames = d->sup_acks = 0;
	d->reported = d->dtmf != DTMF_PROTOCOL_REQUIRED;
	if (d->dtmf == DTMF_PROTOCOL_OFF) {
		if (calling_reports(d))
			door_timer_start(d, DOOR_T_DONE, c_wait_us);
		return;
	}

	d->sup = SUP_WAIT_C;
	door_timer_start(d, DOOR_T_SUP, c_wait_us);
}

static void heard_c(struct door *d)
{
	d->reported = false;
	announce_hush(d);
	door_emit(d, EV_SUP_START, (uint64_t)d->call);
	send_frame(d);
}

static void first_ack(struct door *d)
{
	if (acknowledge(d))
		return;
	d->reported = true;
	d->sup_reack_until_us = d->now_us + REACK_WINDOW_US;
	finish(d, SUP_ACKED, "ok");
}

/** In the window of repeated acknowledgements; true = the 1 has been taken care of */
static bool repeated_ack(struct door *d, char digit)
{
	door_timer_stop(d, DOOR_T_REACK);
	if (digit != '1' || d->code_n || d->now_us > d->sup_reack_until_us)
		return false;
	if (!code_goes_on_after(d, digit)) {
		(void)acknowledge(d);
		return true;
	}
	code_hold(d, digit);
	door_timer_start(d, DOOR_T_REACK, REACK_US);

	return true;
}

/** Is it the 1 that the frame waits for? */
static bool is_ack(const struct door *d, char digit)
{
	return digit == '1' && (d->sup == SUP_WAIT_ACK ||
				(d->sup == SUP_SENDING && d->now_us >= d->sup_last_us));
}

/** Protocol first; true = the digit was the protocol's */
static bool consumed(struct door *d, char digit)
{
	switch (d->sup) {
	case SUP_WAIT_C:
		if (digit != 'C')
			return false;
		heard_c(d);
		return true;

	case SUP_SENDING:
		d->sup_early_ack |= is_ack(d, digit);
		return true;

	case SUP_WAIT_ACK:
		if (is_ack(d, digit))
			first_ack(d);
		else if (digit == 'C')
			send_frame(d);
		return true;

	case SUP_ACKED:
		return digit == 'C' || repeated_ack(d, digit);

	case SUP_NO_C:
		if (digit != 'C')
			return false;
		finish(d, SUP_OFF, "late_c");
		return true;

	case SUP_OFF:
		break;
	}

	return false;
}

/** A code's digits are nobody's business: of all figures the event shows the acknowledging 1 only */
static void emit_digit(struct door *d, char digit, const char *via)
{
	const bool secret = digit >= '0' && digit <= '9' && !is_ack(d, digit);
	const char text[2] = {secret ? 'x' : digit, '\0'};

	door_emit(d, EV_DIGIT, text, via);
}

/** A digit was received in the present call */
void sup_digit(struct door *d, char digit, const char *via)
{
	if (!calling_active(d))
		return;

	emit_digit(d, digit, via);
	if (!consumed(d, digit))
		code_digit(d, digit);
}

/** The last queued digit is out */
void sup_sent(struct door *d)
{
	(void)d->phone->mute(d->phone_ctx, d->call, false);
	if (d->sup != SUP_SENDING)
		return;

	d->sup = SUP_WAIT_ACK;
	door_timer_start(d, DOOR_T_SUP, ack_wait_us(d));
	door_emit(d, EV_SUP_SENT, (uint64_t)d->call, (uint64_t)d->sup_frames);
	if (d->sup_early_ack)
		first_ack(d);
}

void sup_timer(struct door *d, enum door_timer t)
{
	if (t == DOOR_T_REACK) {
		code_reset(d);
		(void)acknowledge(d);
		return;
	}
	if (d->sup == SUP_WAIT_C) {
		finish(d, SUP_NO_C, "no_c");
		return;
	}
	(void)d->phone->mute(d->phone_ctx, d->call, false);
	finish(d, SUP_OFF, "no_ack");
}

/** The call is over: an unfinished dialogue is told */
void sup_closed(struct door *d)
{
	if (d->sup == SUP_WAIT_C || d->sup == SUP_SENDING || d->sup == SUP_WAIT_ACK)
		finish(d, SUP_OFF, "hangup");
	d->sup = SUP_OFF;
	door_timer_stop(d, DOOR_T_REACK);
}
