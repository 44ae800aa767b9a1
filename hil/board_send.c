/**
 * @file board_send.c  What a board is told, and what it answers (HIL-01)
 *
 * A command is answered by ACK or NACK within 500 ms, or that is a trouble.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "board_priv.h"

#define ANSWER_US 500000

/* --- bytes --- */

/** Send what waits; what a full line does not take waits for the next tick */
void board_flush(struct board *b)
{
	ssize_t n;

	while (b->out_n) {
		n = write(b->fd, b->out, b->out_n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		b->out_n -= (size_t)n;
		memmove(b->out, b->out + n, b->out_n);
	}
}

static int put(struct board *b, const uint8_t *bytes, size_t n)
{
	if (b->fd < 0)
		return ENOTCONN;
	if (n > sizeof(b->out) - b->out_n) {
		board_drop(b, "the board takes nothing that is sent");
		return ENOBUFS;
	}
	memcpy(b->out + b->out_n, bytes, n);
	b->out_n += n;
	if (b->connected)
		board_flush(b);
	return 0;
}

/**
 * Send a message; its number and time are filled in.  A 0x00 goes before it: noise on the line ends there.
 *
 * @return 0, EINVAL a value outside its field's limit, ENOTCONN, ENOBUFS the line is lost
 */
int board_send(struct board *b, struct link_msg *msg)
{
	uint8_t frame[1 + LINK_FRAME_MAX] = {0};
	size_t n;
	int err;

	msg->seq = ++b->tx_seq;
	msg->t_us = hil_clock_us();
	err = link_encode(frame + 1, &n, msg);
	return err ? err : put(b, frame, 1 + n);
}

/** Send bytes that are no message, as a bad line would. */
int board_noise(struct board *b, const uint8_t *bytes, size_t n)
{
	return put(b, bytes, n);
}

/* --- commands and their answers --- */

static int command(struct board *b, struct link_msg *msg, uint8_t pin)
{
	unsigned i;
	int err;

	if (b->state != BOARD_READY)
		return ENOTCONN;
	for (i = 0; i < BOARD_PENDING && b->pending[i].used; ++i)
		;
	if (i == BOARD_PENDING)
		return ENOBUFS;
	err = board_send(b, msg);
	if (!err)
		b->pending[i] = (struct board_pending){true, msg->type, pin, msg->seq, msg->t_us};
	return err;
}

/**
 * Drive an output now; what was scheduled for it is forgotten.
 *
 * @param b     Board
 * @param pin   enum link_pin
 * @param level Level
 *
 * @return 0 = it is on its way, EINVAL no such output, ENOTCONN not ready, ENOBUFS too much is unanswered
 */
int board_set(struct board *b, unsigned pin, bool level)
{
	struct link_msg msg = {.type = LINK_SET};

	if (!board_is_output(pin) || !board_has(b, pin))
		return EINVAL;
	msg.u.set.pin = (uint8_t)pin;
	msg.u.set.level = level;
	return command(b, &msg, (uint8_t)pin);
}

/**
 * Drive an output now, and back after a time that the board measures.
 *
 * @param b      Board
 * @param pin    enum link_pin
 * @param level  Level during that time
 * @param for_us Time [us], 1..UINT32_MAX
 *
 * @return as board_set(); EINVAL for a time out of range
 */
int board_pulse(struct board *b, unsigned pin, bool level, uint64_t for_us)
{
	struct link_msg msg = {.type = LINK_WAVE};

	if (!board_is_output(pin) || !board_has(b, pin) || !for_us || for_us > UINT32_MAX)
		return EINVAL;
	msg.u.wave.pin = (uint8_t)pin;
	msg.u.wave.level = level;
	msg.u.wave.n = 1;
	msg.u.wave.after_us[0] = (uint32_t)for_us;
	return command(b, &msg, (uint8_t)pin);
}

/** Ask for a HELLO, STATS or WATERMARK. */
int board_ask(struct board *b, unsigned type)
{
	struct link_msg msg = {.type = LINK_ASK};

	msg.u.ask.type = (uint8_t)type;
	return board_send(b, &msg);
}

/** Is every command answered? */
bool board_idle(const struct board *b)
{
	unsigned i;

	for (i = 0; i < BOARD_PENDING; ++i)
		if (b->pending[i].used)
			return false;
	return true;
}

static const char *reason(unsigned r)
{
#define REASON_TEXT(name, value, text) [value] = text,
	static const char *const text[] = {LINK_REASONS(REASON_TEXT)};

	return r < ARRAY_SIZE(text) ? text[r] : "?";
}

static void refused(struct board *b, const struct board_pending *p, unsigned why)
{
	board_trouble(b, BOARD_REFUSED_TROUBLE, "%s: the board refused: %s", board_pin_name(p->pin),
	              reason(why));
}

/** Take an ACK or NACK */
void board_answered(struct board *b, const struct link_msg *msg)
{
	const bool ack = msg->type == LINK_ACK;
	const uint16_t seq = ack ? msg->u.ack.seq : msg->u.nack.seq;
	unsigned i;

	if (ack && msg->u.ack.type == LINK_ARM)
		b->armed = true;
	for (i = 0; i < BOARD_PENDING; ++i) {
		struct board_pending *p = &b->pending[i];

		if (!p->used || p->seq != seq)
			continue;
		p->used = false;
		if (!ack)
			refused(b, p, msg->u.nack.reason);
	}
}

/** Say which commands are overdue, and forget them; send what waits */
void board_overdue(struct board *b, uint64_t now_us)
{
	unsigned i;

	for (i = 0; i < BOARD_PENDING; ++i) {
		struct board_pending *p = &b->pending[i];

		if (!p->used || now_us < p->sent_us + ANSWER_US)
			continue;
		p->used = false;
		board_trouble(b, BOARD_UNANSWERED_TROUBLE, "%s: no answer within %d ms",
		              board_pin_name(p->pin), ANSWER_US / 1000);
	}
	if (b->out_n)
		board_flush(b);
}

/** The line is lost: no answer will come */
void board_forget(struct board *b)
{
	memset(b->pending, 0, sizeof(b->pending));
}
