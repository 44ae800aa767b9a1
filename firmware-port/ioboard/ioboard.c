/**
 * @file ioboard.c  The firmware's behaviour: inputs, outputs, what is said unasked (HIL-01)
 *
 * Interrupts (change, timer, tick) put edges into a queue; the main loop's step empties it to the
 * serial line.  What both touch, the main loop touches with interrupts off.
 */
#include "ioboard.h"
#include <string.h>

#define TICK_US 1000

/** Debounce time of each input, from LINK_PIN_BUTTON on [us] */
static const uint16_t hold_us[IOBOARD_INPUTS] = {5000, 5000, 2000, 2000, 2000,
                                                 5000, 5000, 5000, 5000};

/**
 * Start: all outputs low, relays not armed.
 *
 * @param io Firmware
 */
void ioboard_init(struct ioboard *io)
{
	unsigned i;

	memset(io, 0, sizeof(*io));
	io->safe.cause = board_cause();
	for (i = 0; i < IOBOARD_INPUTS; ++i)
		debounce_init(&io->in[i], hold_us[i], board_in(LINK_PIN_BUTTON + i));
	ioboard_hello(io);
	io->say = io->mark = true;
	io->tick_us = board_now_us();
}

/* --- interrupts --- */

/** An input has changed: called by the board's interrupt. */
void ioboard_change(struct ioboard *io, unsigned pin, bool level, uint64_t at_us)
{
	debounce_change(&io->in[pin - LINK_PIN_BUTTON], level, at_us);
}

/** Drive an output and put its edge into the queue; interrupts are off. */
void ioboard_drive(struct ioboard *io, unsigned pin, bool level)
{
	const bool before = board_in(pin);
	bool after;

	board_out(pin, level);
	after = board_in(pin);
	if (after != before)
		edges_put(&io->edges, pin, after, board_now_us());
}

/** The timer has come: drive what is due, and set it anew. */
void ioboard_timer(struct ioboard *io)
{
	struct edge e;
	uint64_t now = board_now_us();

	while (plan_due(&io->plan, &e, now)) {
		if (now - e.at_us > io->late_max_us)
			io->late_max_us = (uint32_t)(now - e.at_us);
		ioboard_drive(io, e.pin, e.level);
		now = board_now_us();
	}
	board_timer_at(plan_next(&io->plan));
}

/** A millisecond is over: without a host the relays fall, whatever the main loop does. */
void ioboard_tick(struct ioboard *io)
{
	const uint64_t now = board_now_us();
	unsigned pin;

	if (now - io->tick_us > TICK_US && now - io->tick_us - TICK_US > io->stall_us)
		io->stall_us = (uint32_t)(now - io->tick_us - TICK_US);
	io->tick_us = now;
	if (!failsafe_fires(&io->safe, now))
		return;
	for (pin = LINK_PIN_RELAY1; pin <= LINK_PIN_RELAY2; ++pin) {
		plan_drop(&io->plan, pin);
		ioboard_drive(io, pin, false);
	}
	io->say = true;
}

/* --- what is said unasked --- */

/** Send, if there is room; a gap in the sequence numbers shows what was not sent. */
bool ioboard_send(struct ioboard *io, struct link_msg *msg)
{
	uint8_t frame[LINK_FRAME_MAX];
	size_t n;

	msg->seq = io->seq++;
	msg->t_us = board_now_us();
	if (board_send_room() < sizeof(frame) || link_encode(frame, &n, msg)) {
		++io->tx_lost;
		return false;
	}
	board_send(frame, n);
	return true;
}

/** Levels of all pins: inputs as debounced, outputs as read back. */
uint32_t ioboard_levels(const struct ioboard *io)
{
	uint32_t levels = 0;
	unsigned pin;
	bool level;

	for (pin = 0; pin < LINK_PIN_COUNT; ++pin) {
		level = pin < LINK_PIN_BUTTON ? board_in(pin)
		                              : io->in[pin - LINK_PIN_BUTTON].stable;
		levels |= (uint32_t)level << pin;
	}
	return levels;
}

static void poll_inputs(struct ioboard *io)
{
	uint32_t was;
	unsigned i;

	for (i = 0; i < IOBOARD_INPUTS; ++i) {
		was = board_lock();
		if (debounce_poll(&io->in[i], board_now_us()))
			edges_put(&io->edges, LINK_PIN_BUTTON + i, io->in[i].stable,
			          io->in[i].first_us);
		board_unlock(was);
	}
}

/** @return true = all that was in the queue is on its way */
static bool send_edges(struct ioboard *io)
{
	struct link_msg msg = {.type = LINK_EDGE};
	struct edge e;
	uint32_t was;
	bool got;

	while (board_send_room() >= LINK_FRAME_MAX) {
		was = board_lock();
		got = edges_get(&io->edges, &e);
		board_unlock(was);
		if (!got)
			return true;
		msg.u.edge.pin = e.pin;
		msg.u.edge.level = e.level;
		msg.u.edge.at_us = e.at_us;
		(void)ioboard_send(io, &msg);
		++io->sent_edges;
	}
	return false;
}

static void send_overflow(struct ioboard *io)
{
	struct link_msg msg = {.type = LINK_OVERFLOW};
	uint32_t was;

	if (!io->edges.lost || board_send_room() < LINK_FRAME_MAX)
		return;
	was = board_lock();
	msg.u.overflow.lost = io->edges.lost;
	msg.u.overflow.pins = io->edges.lost_pins;
	msg.u.overflow.from_us = io->edges.lost_from_us;
	edges_lost_taken(&io->edges);
	board_unlock(was);
	(void)ioboard_send(io, &msg);
}

/** No edge up to here can still come: a line that moves may yet give one with its time */
static void watermark(const struct ioboard *io, struct link_msg *msg)
{
	uint64_t upto = board_now_us();
	unsigned i;

	for (i = 0; i < IOBOARD_INPUTS; ++i) {
		if (io->in[i].moving && io->in[i].first_us < upto)
			upto = io->in[i].first_us;
	}
	msg->u.watermark.upto_us = upto ? upto - 1 : 0;
	msg->u.watermark.levels = ioboard_levels(io);
	msg->u.watermark.stall_us = io->stall_us;
}

/** Edges, and behind them the watermark as it was before they were taken */
static void send_edges_and_mark(struct ioboard *io)
{
	struct link_msg msg = {.type = LINK_WATERMARK};
	uint32_t was = board_lock();

	watermark(io, &msg);
	board_unlock(was);
	if (!send_edges(io))
		return;
	send_overflow(io);
	if (!io->mark && board_now_us() - io->mark_us < IOBOARD_MARK_US)
		return;
	io->mark_us = board_now_us();
	io->mark = !ioboard_send(io, &msg);
	was = board_lock();
	if (io->stall_us == msg.u.watermark.stall_us && !io->mark)
		io->stall_us = 0;
	board_unlock(was);
}

static void send_failsafe(struct ioboard *io)
{
	struct link_msg msg = {.type = LINK_FAILSAFE};
	const uint64_t now = board_now_us();

	if (io->safe.armed || (!io->say && now - io->said_us < IOBOARD_SAY_US))
		return;
	msg.u.failsafe.cause = io->safe.cause;
	msg.u.failsafe.at_us = io->safe.since_us;
	io->said_us = now;
	io->say = !ioboard_send(io, &msg);
}

/** One turn of the main loop: take what has come, say what is to be said. */
void ioboard_step(struct ioboard *io)
{
	struct link_msg msg;
	uint8_t byte;

	while (board_receive(&byte)) {
		if (!link_read(&io->reader, &msg, byte))
			ioboard_take(io, &msg);
	}
	poll_inputs(io);
	send_failsafe(io);
	send_edges_and_mark(io);
}
