/**
 * @file board_take.c  What a board says (HIL-01)
 *
 * Frames are numbered: a gap is told.  Levels in HELLO and WATERMARK must be those the edges gave: a pin that
 * differs twice in a row, with no edge of it later than the mark, has missed one.
 */
#include <string.h>
#include "board_priv.h"

#define MARK_EVERY_US 50000             /* of the firmware */
#define LATE_FRAMES 64                  /* numbers behind by no more are frames that came before */

/* --- edges --- */

static void give_edge(struct board *b, struct board_edge *e)
{
	b->levels = (b->levels & ~(1u << e->pin)) | (uint32_t)e->level << e->pin;
	b->edge_us[e->pin] = e->board_us;
	if (b->cfg.edge)
		b->cfg.edge(e, b->cfg.arg);
}

static void take_edge(struct board *b, const struct link_msg *m)
{
	struct board_edge e = {.pin = m->u.edge.pin, .level = m->u.edge.level,
	                       .board_us = m->u.edge.at_us, .seen_us = b->heard_us};

	if (timesync_to_host(&b->sync, &e.host_us, &e.error_us, e.board_us)) {
		e.host_us = b->heard_us;
		e.error_us = 1e6;
	}
	give_edge(b, &e);
}

/** Levels that nobody told of: at some time between the last word of the board and now */
static void catch_up(struct board *b, uint32_t levels, uint64_t board_us, uint64_t since_us)
{
	const uint32_t other = levels ^ b->levels;
	unsigned pin;

	for (pin = 0; pin < LINK_PIN_COUNT; ++pin) {
		struct board_edge e = {.pin = (uint8_t)pin, .level = levels >> pin & 1,
		                       .board_us = board_us, .host_us = b->heard_us,
		                       .error_us = (double)(b->heard_us - since_us), .guessed = true,
		                       .seen_us = b->heard_us};

		if (other >> pin & 1)
			give_edge(b, &e);
	}
}

/* --- greeting --- */

static void refuse(struct board *b, const char *text)
{
	tmr_cancel(&b->retry);
	board_enter(b, BOARD_REFUSED, text);
}

static void other_version(struct board *b)
{
	/* of the frame just read: the first byte is COBS', 1 = the version is 0; else the second is the version */
	const unsigned version = b->reader.buf[0] == 1 ? 0 : b->reader.buf[1];
	char text[256];

	(void)re_snprintf(text, sizeof(text), "the board speaks protocol %u, this program %u: flash the "
	                  "firmware that belongs to it (`make ioboard`)", version, LINK_VERSION);
	refuse(b, text);
}

static bool same_tables(struct board *b, const struct link_msg *m)
{
	char text[256];

	if (m->u.hello.tables == link_tables_hash() && m->u.hello.version == LINK_VERSION)
		return true;
	(void)re_snprintf(text, sizeof(text), "the board's tables of messages and pins are %08x, this program's %08x: "
	                  "flash the firmware that belongs to it (`make ioboard`)", m->u.hello.tables,
	                  link_tables_hash());
	refuse(b, text);
	return false;
}

static void take_hello(struct board *b, const struct link_msg *m, uint64_t since_us)
{
	static const double drift[] = {
		[LINK_CLOCK_CRYSTAL] = 200e-6, [LINK_CLOCK_RC] = 0.1, [LINK_CLOCK_EMULATED] = 500e-6,
	};
	const bool before = b->ever;

	if (!same_tables(b, m))
		return;
	b->hello = *m;
	if (b->state == BOARD_READY && m->t_us >= b->upto_us)
		return;                 /* it was asked for; the board has not started again */
	if (b->state == BOARD_READY)
		board_trouble(b, BOARD_RESTARTED_TROUBLE, "the board has started again");
	board_forget(b);
	board_enter(b, BOARD_GREETING, "");
	b->greeted = true;
	b->armed = false;
	b->syncs = 0;
	b->open_us = b->heard_us;
	board_time_reset(b);
	b->sync.drift_most = drift[m->u.hello.clock];
	if (before)
		catch_up(b, m->u.hello.levels, m->t_us, since_us - MARK_EVERY_US);
	b->levels = m->u.hello.levels;
	board_greet(b);
}

static void take_failsafe(struct board *b, const struct link_msg *m)
{
	if (!b->armed)
		return;
	board_trouble(b, BOARD_RELEASED_TROUBLE, "%s",
	              m->u.failsafe.cause == LINK_CAUSE_SILENCE ? "no heartbeat for 500 ms" : "the board has started again");
	b->armed = false;
	b->open_us = b->heard_us;
	board_enter(b, BOARD_GREETING, "");
	board_greet(b);
}

static void take_times(struct board *b, const struct link_msg *m)
{
	const uint64_t sent = m->u.timesync.host_us;
	int err;

	if (!b->greeted)
		return;
	err = timesync_add(&b->sync, sent, m->u.timesync.board_us, m->t_us, b->heard_us);
	if (err == EINVAL)
		return;                 /* no times at all: a board must not be ready by them */
	if (err == ESTALE)
		board_trouble(b, BOARD_TIME_TROUBLE, "the board's clock jumped; times before and after cannot be compared");
	++b->syncs;
}

/* --- edges that are complete up to a time --- */

static void compare_levels(struct board *b, const struct link_msg *m)
{
	const uint32_t other = (m->u.watermark.levels ^ b->levels) & ((1u << LINK_PIN_COUNT) - 1);
	const uint32_t twice = other & b->differs;
	uint32_t settled = 0;
	unsigned pin;

	for (pin = 0; pin < LINK_PIN_COUNT; ++pin)
		if (b->edge_us[pin] <= m->u.watermark.upto_us)
			settled |= 1u << pin;
	b->differs = other & settled;
	for (pin = 0; pin < LINK_PIN_COUNT; ++pin) {
		if (twice & settled & 1u << pin)
			board_trouble(b, BOARD_MISSED_TROUBLE, "%s is %u, and no edge told of it",
			              board_pin_name(pin), m->u.watermark.levels >> pin & 1);
	}
	if (twice & settled)
		catch_up(b, (b->levels & ~twice) | (m->u.watermark.levels & twice), m->u.watermark.upto_us,
		         b->heard_us - 3 * MARK_EVERY_US);
}

static void take_watermark(struct board *b, const struct link_msg *m)
{
	board_mark(b, m);
	if (b->greeted)
		compare_levels(b, m);
}

static void take_overflow(struct board *b, const struct link_msg *m)
{
	board_trouble(b, BOARD_OVERFLOW_TROUBLE, "%u edges found no room on the board", m->u.overflow.lost);
}

/* --- all messages --- */

/** Is the frame to be taken?  One that comes twice or late is not; a HELLO always is, numbers begin anew with it */
static bool take_number(struct board *b, const struct link_msg *m)
{
	const uint16_t gap = (uint16_t)(m->seq - b->rx_seq);
	const bool known = b->seq_known && m->type != LINK_HELLO;

	if (known && gap >= (uint16_t)-LATE_FRAMES) {
		board_trouble(b, BOARD_LOST_TROUBLE, "a frame of the board came twice or late, and is passed over");
		return false;
	}
	if (known && gap)
		board_trouble(b, BOARD_LOST_TROUBLE, "%u frames of the board did not arrive", gap);
	b->seq_known = true;
	b->rx_seq = (uint16_t)(m->seq + 1);
	return true;
}

static void take(struct board *b, const struct link_msg *m, uint64_t since_us)
{
	switch (m->type) {
	case LINK_HELLO:     take_hello(b, m, since_us); break;
	case LINK_EDGE:      take_edge(b, m); break;
	case LINK_WATERMARK: take_watermark(b, m); break;
	case LINK_OVERFLOW:  take_overflow(b, m); break;
	case LINK_TIMESYNC:  take_times(b, m); break;
	case LINK_FAILSAFE:  take_failsafe(b, m); break;
	case LINK_ACK:
	case LINK_NACK:      board_answered(b, m); break;
	case LINK_STATS:
		if (b->cfg.stats)
			b->cfg.stats(m, b->cfg.arg);
		break;
	default:             break;     /* a board sends no command */
	}
}

/** Take one byte of the line */
void board_take_byte(struct board *b, uint8_t byte)
{
	struct link_msg m;
	const int err = link_read(&b->reader, &m, byte);

	if (err == EPROTO && !b->greeted)
		other_version(b);
	if (err || b->state == BOARD_REFUSED)
		return;
	b->heard_us = hil_clock_us();
	/* before its HELLO a board's numbers and levels mean nothing */
	if (!b->greeted && m.type != LINK_HELLO)
		return;
	if (take_number(b, &m))
		take(b, &m, b->known_us);
	if (b->greeted)
		b->known_us = b->heard_us;
}
