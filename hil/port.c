/**
 * @file port.c  The core's port on an input/output board (see port.h, HIL-01)
 *
 *     relay, for a time   WAVE: on now, off after for_us by the board's clock; the door's own "off" that comes
 *                         about then is not sent: the door counts from the command, the board from the edge,
 *                         which a busy host or a slow line made later
 *     other relay         SET
 *     blinking            the colour lines, 500 ms on, 500 ms off, by the host; the lit line stays
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include "board_priv.h"
#include "port.h"

#define BLINK_MS 500
#define BEEP_US 200000
#define ABOUT_US 100000                 /* so much before its end a hold is over all the same */
#define GUARD_MS 500                    /* after the end of a hold, the board must have told the release */

struct hil_relay {
	struct hil_port *p;
	bool on;                        /**< as the door wants it */
	uint64_t until_us;              /**< host time of the end of its hold, GAP_NEVER = none */
	struct tmr guard;
};

struct hil_port {
	struct board_config cfg;        /**< the owner's handlers */
	struct board *board;
	struct hil_relay relay[GAP_RELAYS];
	struct gap_light light[GAP_PICTOS];
	struct tmr blink;
	bool dark;                      /**< the second half of a blink */
};

static const uint8_t input_pin[GAP_INS] = {
	[GAP_IN_BUTTON] = LINK_PIN_BUTTON, [GAP_IN_CONTACT] = LINK_PIN_CONTACT, [GAP_IN_MAINS] = LINK_PIN_MAINS,
	[GAP_IN_POE] = LINK_PIN_POE, [GAP_IN_LINK] = LINK_PIN_LINK,
};

/* --- pins --- */

unsigned hil_input_pin(enum gap_input in)
{
	return input_pin[in];
}

/** enum gap_input of a pin, -1 = it is none. */
int hil_pin_input(unsigned pin)
{
	int in;

	for (in = 0; in < GAP_INS; ++in)
		if (input_pin[in] == pin)
			return in;
	return -1;
}

static int among(unsigned pin, unsigned first, unsigned n)
{
	return pin >= first && pin < first + n ? (int)(pin - first) : -1;
}

/** Relay 0 or 1 of a pin, -1 = it is none. */
int hil_pin_relay(unsigned pin)
{
	return among(pin, LINK_PIN_RELAY1, GAP_RELAYS);
}

/** enum gap_pictogram of a lit line, -1 = it is none. */
int hil_pin_lit(unsigned pin)
{
	return among(pin, LINK_PIN_LIT_CALL, GAP_PICTOS);
}

/** DIP switch 0 to 3 of a pin, -1 = it is none. */
int hil_pin_dip(unsigned pin)
{
	return among(pin, LINK_PIN_DIP1, 4);
}

/* --- relays --- */

static bool is_on(const struct hil_port *p, unsigned relay)
{
	return board_levels(p->board) >> (LINK_PIN_RELAY1 + relay) & 1;
}

/** The hold is over: where the board has not released, it is told to, and that is said */
static void guard(void *arg)
{
	struct hil_relay *r = arg;
	const unsigned relay = (unsigned)(r - r->p->relay);

	if (r->on || !is_on(r->p, relay) || board_state(r->p->board) != BOARD_READY)
		return;
	board_trouble(r->p->board, BOARD_UNANSWERED_TROUBLE, "relay %u was not released at the end of its hold",
	              relay + 1);
	(void)board_set(r->p->board, LINK_PIN_RELAY1 + relay, false);
}

static int release(struct hil_relay *r, unsigned pin)
{
	const uint64_t until = r->until_us;

	r->on = false;
	r->until_us = GAP_NEVER;
	if (until != GAP_NEVER && hil_clock_us() + ABOUT_US >= until) {
		tmr_start(&r->guard, GUARD_MS, guard, r);
		return 0;
	}
	return board_set(r->p->board, pin, false);
}

static int energise(struct hil_relay *r, unsigned pin, uint64_t for_us)
{
	tmr_cancel(&r->guard);
	r->on = true;
	r->until_us = for_us == GAP_NEVER ? GAP_NEVER : hil_clock_us() + for_us;
	return for_us == GAP_NEVER ? board_set(r->p->board, pin, true)
	                           : board_pulse(r->p->board, pin, true, for_us);
}

static int op_relay(void *ctx, unsigned relay, bool on, uint64_t for_us)
{
	struct hil_port *p = ctx;

	if (relay >= GAP_RELAYS)
		return EINVAL;
	return on ? energise(&p->relay[relay], LINK_PIN_RELAY1 + relay, for_us)
	          : release(&p->relay[relay], LINK_PIN_RELAY1 + relay);
}

/* --- pictograms --- */

/** Colour lines of each colour: red 1, green 2, blue 4 */
static const uint8_t mix[GAP_COLOURS] = {
	[GAP_OFF] = 0, [GAP_RED] = 1, [GAP_GREEN] = 2, [GAP_BLUE] = 4, [GAP_YELLOW] = 3, [GAP_WHITE] = 7,
};

static void drive(struct hil_port *p, unsigned pin, bool level)
{
	if (board_has(p->board, pin))
		(void)board_set(p->board, pin, level);
}

static void colour(struct hil_port *p, unsigned picto)
{
	const struct gap_light l = p->light[picto];
	const unsigned rgb = l.blink && p->dark ? 0 : mix[l.colour];
	unsigned i;

	for (i = 0; i < 3; ++i)
		drive(p, LINK_PIN_CALL_R + 3 * picto + i, rgb >> i & 1);
}

static void blink(void *arg)
{
	struct hil_port *p = arg;
	bool any = false;
	unsigned i;

	p->dark = !p->dark;
	for (i = 0; i < GAP_PICTOS; ++i) {
		if (!p->light[i].blink)
			continue;
		any = true;
		colour(p, i);
	}
	if (any)
		tmr_start(&p->blink, BLINK_MS, blink, p);
}

static void show(struct hil_port *p, unsigned picto)
{
	drive(p, LINK_PIN_LIT_CALL + picto, p->light[picto].colour != GAP_OFF);
	colour(p, picto);
}

static int op_pictogram(void *ctx, enum gap_pictogram picto, struct gap_light light)
{
	struct hil_port *p = ctx;

	if (picto >= GAP_PICTOS || light.colour >= GAP_COLOURS)
		return EINVAL;
	p->light[picto] = light;
	if (light.blink && !tmr_isrunning(&p->blink)) {
		p->dark = false;
		tmr_start(&p->blink, BLINK_MS, blink, p);
	}
	show(p, picto);
	return 0;
}

/* --- the rest --- */

static uint64_t op_now(void *ctx)
{
	(void)ctx;
	return hil_clock_us();
}

static int64_t op_wall(void *ctx)
{
	struct timespec ts = {0};

	(void)ctx;
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int op_dip(void *ctx, unsigned *mask)
{
	const struct hil_port *p = ctx;

	*mask = board_levels(p->board) >> LINK_PIN_DIP1 & 15;
	return 0;
}

static int op_beep(void *ctx)
{
	const struct hil_port *p = ctx;

	return board_pulse(p->board, LINK_PIN_BEEP, true, BEEP_US);
}

const struct gap_port_ops hil_port_ops = {
	.now_us = op_now, .wall_us = op_wall, .relay = op_relay, .pictogram = op_pictogram, .dip = op_dip,
	.beep = op_beep,
};

/* --- the board --- */

/** The board is there, for the first time or again: everything but what was held for a time */
static void restore(struct hil_port *p)
{
	unsigned i;

	for (i = 0; i < GAP_RELAYS; ++i) {
		const bool on = p->relay[i].on && p->relay[i].until_us == GAP_NEVER;

		if (on != is_on(p, i))
			(void)board_set(p->board, LINK_PIN_RELAY1 + i, on);
	}
	for (i = 0; i < GAP_PICTOS; ++i)
		show(p, i);
}

static void on_state(enum board_state state, const char *text, void *arg)
{
	struct hil_port *p = arg;

	if (state == BOARD_READY)
		restore(p);
	if (p->cfg.state)
		p->cfg.state(state, text, p->cfg.arg);
}

static void on_edge(const struct board_edge *e, void *arg)
{
	const struct hil_port *p = arg;

	if (p->cfg.edge)
		p->cfg.edge(e, p->cfg.arg);
}

static void on_trouble(enum board_trouble t, const char *text, void *arg)
{
	const struct hil_port *p = arg;

	if (p->cfg.trouble)
		p->cfg.trouble(t, text, p->cfg.arg);
}

static void on_stats(const struct link_msg *stats, void *arg)
{
	const struct hil_port *p = arg;

	if (p->cfg.stats)
		p->cfg.stats(stats, p->cfg.arg);
}

static void destructor(void *arg)
{
	struct hil_port *p = arg;
	unsigned i;

	tmr_cancel(&p->blink);
	for (i = 0; i < GAP_RELAYS; ++i)
		tmr_cancel(&p->relay[i].guard);
	mem_deref(p->board);
}

/**
 * Make a port on a board.
 *
 * @param pp      Written on success; mem_deref() closes the line
 * @param cfg     Address and handlers, copied
 * @param err     Written on failure
 * @param errsize Its size
 *
 * @return as board_alloc()
 */
int hil_port_alloc(struct hil_port **pp, const struct board_config *cfg, char *err, size_t errsize)
{
	struct hil_port *p = mem_zalloc(sizeof(*p), destructor);
	struct board_config mine = *cfg;
	unsigned i;
	int e;

	if (!p)
		return ENOMEM;
	p->cfg = *cfg;
	for (i = 0; i < GAP_RELAYS; ++i) {
		p->relay[i].p = p;
		p->relay[i].until_us = GAP_NEVER;
	}
	mine.state = on_state;
	mine.edge = on_edge;
	mine.trouble = on_trouble;
	mine.stats = on_stats;
	mine.arg = p;
	e = board_alloc(&p->board, &mine, err, errsize);
	if (e)
		mem_deref(p);
	else
		*pp = p;
	return e;
}

struct board *hil_port_board(struct hil_port *p)
{
	return p->board;
}

/** Are all commands answered, and do relays and lit lines stand as they were told? */
bool hil_port_settled(const struct hil_port *p)
{
	unsigned i;

	if (board_state(p->board) != BOARD_READY || !board_idle(p->board))
		return false;
	for (i = 0; i < GAP_RELAYS; ++i)
		if (is_on(p, i) != p->relay[i].on && !tmr_isrunning(&p->relay[i].guard))
			return false;
	for (i = 0; i < GAP_PICTOS; ++i)
		if ((board_levels(p->board) >> (LINK_PIN_LIT_CALL + i) & 1) != (p->light[i].colour != GAP_OFF))
			return false;
	return true;
}
