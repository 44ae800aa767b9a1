/**
 * @file command.c  What the host's messages do (HIL-01)
 */
#include "ioboard.h"
#include <string.h>

/** Send a HELLO: who the board is. */
void ioboard_hello(struct ioboard *io)
{
	struct link_msg msg = {.type = LINK_HELLO};

	memcpy(msg.u.hello.board, board_name, sizeof(msg.u.hello.board));
	msg.u.hello.version = LINK_VERSION;
	msg.u.hello.tables = link_tables_hash();
	msg.u.hello.tick_ns = board_tick_ns;
	msg.u.hello.clock = board_clock;
	msg.u.hello.armed = io->safe.armed;
	msg.u.hello.levels = ioboard_levels(io);
	msg.u.hello.n = LINK_PIN_COUNT;
	memcpy(msg.u.hello.map, board_map, sizeof(board_map));
	(void)ioboard_send(io, &msg);
}

/** Send a STATS: counters since boot. */
void ioboard_stats(struct ioboard *io)
{
	struct link_msg msg = {.type = LINK_STATS};
	unsigned i;

	msg.u.stats.rx_frames = io->reader.frames;
	msg.u.stats.rx_bad = io->reader.bad + board_receive_lost();
	msg.u.stats.tx_lost = io->tx_lost;
	msg.u.stats.edges = io->sent_edges;
	msg.u.stats.edges_lost = io->edges.lost_ever;
	for (i = 0; i < IOBOARD_INPUTS; ++i)
		msg.u.stats.glitches += io->in[i].glitches;
	msg.u.stats.late_max_us = io->late_max_us;
	msg.u.stats.failsafes = io->safe.count;
	msg.u.stats.stack_free = board_stack_free();
	(void)ioboard_send(io, &msg);
}

static void answer(struct ioboard *io, const struct link_msg *to, enum link_reason reason)
{
	struct link_msg msg = {.type = reason ? LINK_NACK : LINK_ACK};

	if (reason) {
		msg.u.nack.seq = to->seq;
		msg.u.nack.type = to->type;
		msg.u.nack.reason = (uint8_t)reason;
	} else {
		msg.u.ack.seq = to->seq;
		msg.u.ack.type = to->type;
	}
	(void)ioboard_send(io, &msg);
}

/** May this pin be driven? Interrupts are off. */
static enum link_reason may_drive(const struct ioboard *io, unsigned pin)
{
	if (pin >= LINK_PIN_BUTTON)
		return LINK_NACK_DIRECTION;
	if (board_map[pin] == BOARD_ABSENT)
		return LINK_NACK_ABSENT;
	if (pin <= LINK_PIN_RELAY2 && !io->safe.armed)
		return LINK_NACK_DISARMED;
	return LINK_NACK_NONE;
}

static enum link_reason take_set(struct ioboard *io, const struct link_msg *msg)
{
	const enum link_reason reason = may_drive(io, msg->u.set.pin);

	if (reason)
		return reason;
	plan_drop(&io->plan, msg->u.set.pin);
	ioboard_drive(io, msg->u.set.pin, msg->u.set.level);
	return LINK_NACK_NONE;
}

static enum link_reason take_set_at(struct ioboard *io, const struct link_msg *msg)
{
	const enum link_reason reason = may_drive(io, msg->u.set_at.pin);

	if (reason)
		return reason;
	if (msg->u.set_at.at_us < board_now_us())
		return LINK_NACK_LATE;
	if (!plan_add(&io->plan, msg->u.set_at.pin, msg->u.set_at.level, msg->u.set_at.at_us))
		return LINK_NACK_FULL;
	board_timer_at(plan_next(&io->plan));
	return LINK_NACK_NONE;
}

/** The edges of a WAVE from the i-th on, 0 = its first, at a time */
static void plan_wave(struct ioboard *io, const struct link_msg *msg, unsigned i, uint64_t at)
{
	for (; i <= msg->u.wave.n; ++i) {
		at += i ? msg->u.wave.after_us[i - 1] : 0;
		(void)plan_add(&io->plan, msg->u.wave.pin, msg->u.wave.level ^ (i & 1), at);
	}
	board_timer_at(plan_next(&io->plan));
}

/** A WAVE that begins now is counted from its first edge as it was driven: a hold is never cut short */
static enum link_reason take_wave(struct ioboard *io, const struct link_msg *msg)
{
	const enum link_reason reason = may_drive(io, msg->u.wave.pin);
	const uint64_t at = msg->u.wave.at_us;

	if (reason)
		return reason;
	if (at && at < board_now_us())
		return LINK_NACK_LATE;
	if (PLAN_ROOM - io->plan.n < msg->u.wave.n + (at ? 1u : 0u))
		return LINK_NACK_FULL;
	if (!at)
		ioboard_drive(io, msg->u.wave.pin, msg->u.wave.level);
	plan_wave(io, msg, at ? 0 : 1, at ? at : board_now_us());
	return LINK_NACK_NONE;
}

static enum link_reason take_arm(struct ioboard *io, const struct link_msg *msg)
{
	(void)msg;
	return failsafe_arm(&io->safe, board_now_us()) ? LINK_NACK_NONE : LINK_NACK_SILENT;
}

static void ask(struct ioboard *io, const struct link_msg *msg)
{
	switch (msg->u.ask.type) {
	case LINK_HELLO:     ioboard_hello(io); break;
	case LINK_STATS:     ioboard_stats(io); break;
	case LINK_WATERMARK: io->mark = true; break;
	default:             answer(io, msg, LINK_NACK_TYPE); break;
	}
}

static void timesync(struct ioboard *io, const struct link_msg *msg)
{
	struct link_msg back = *msg;

	back.u.timesync.board_us = board_now_us();
	(void)ioboard_send(io, &back);
}

/** Carry a command out with interrupts off, then answer */
static void command(struct ioboard *io, const struct link_msg *msg,
		    enum link_reason (*take)(struct ioboard *, const struct link_msg *))
{
	const uint32_t was = board_lock();
	const enum link_reason reason = take(io, msg);

	board_unlock(was);
	answer(io, msg, reason);
}

static void heartbeat(struct ioboard *io)
{
	const uint32_t was = board_lock();

	failsafe_heard(&io->safe, board_now_us());
	board_unlock(was);
}

/** Take a message of the host. */
void ioboard_take(struct ioboard *io, const struct link_msg *msg)
{
	switch (msg->type) {
	case LINK_ASK:       ask(io, msg); break;
	case LINK_SET:       command(io, msg, take_set); break;
	case LINK_SET_AT:    command(io, msg, take_set_at); break;
	case LINK_WAVE:      command(io, msg, take_wave); break;
	case LINK_TIMESYNC:  timesync(io, msg); break;
	case LINK_HEARTBEAT: heartbeat(io); break;
	case LINK_ARM:       command(io, msg, take_arm); break;
	default:             answer(io, msg, LINK_NACK_TYPE); break;
	}
}
