/**
 * @file door.c  A door's life: inputs queued, timers, one step function
 *
 * Time: an input carries the time of its edge.  door_step() takes the queued inputs in order; before
 * each, the timers due up to its time fire, earliest first, so an edge that a board reports late
 * still finds the door as it was when the edge happened.  A time that is still to come is taken for now.
 */
#include <errno.h>
#include <string.h>
#include "door.h"

#define US_MS 1000u
#define PLACES (DOOR_QUEUE + DOOR_QUEUE_CLOSED)

/**
 * Prepare a door.  All pointers are borrowed and must outlive it.
 *
 * @param d         Door to fill
 * @param conf      Settings, read at each use: a change is seen at once (say DOOR_IN_APPLY)
 * @param bus       Where its events go
 * @param port      Hardware
 * @param port_ctx  Its context
 * @param phone     Telephone
 * @param phone_ctx Its context
 */
void door_init(struct door *d, const struct settings *conf, struct event_bus *bus,
	       const struct gap_port_ops *port, void *port_ctx,
	       const struct door_phone_ops *phone, void *phone_ctx)
{
	unsigned i;

	memset(d, 0, sizeof(*d));
	d->conf      = conf;
	d->bus       = bus;
	d->port      = port;
	d->port_ctx  = port_ctx;
	d->phone     = phone;
	d->phone_ctx = phone_ctx;
	d->now_us    = port->now_us(port_ctx);
	d->step_us   = d->now_us;

	for (i = 0; i < DOOR_TIMERS; i++)
		d->timer[i] = GAP_NEVER;
}

/**
 * Start up: pictograms light until the end of start-up (HW-09), relays take their rest position.
 * The port tells the levels of its lines right after.
 *
 * @param d Door
 */
void door_boot(struct door *d)
{
	unsigned dip = 0;

	(void)d->port->dip(d->port_ctx, &dip);
	d->speak_address = dip & GAP_DIP_SPEAK;
	d->now_us = d->step_us = d->port->now_us(d->port_ctx);
	door_timer_start(d, DOOR_T_BOOT, (uint64_t)d->conf->boot_ms * US_MS);
	door_emit(d, EV_BOOT, (uint64_t)dip);
	relay_boot(d);
	cyclic_plan(d);
	pictogram_update(d);
}

/**
 * Give back what door_memory_take() gave before the restart; before door_boot().
 *
 * @param d Door
 * @param m Copied
 */
void door_remember(struct door *d, const struct door_memory *m)
{
	d->memory = *m;
}

/**
 * Ask, after door_boot(), door_step() and door_shutdown(), whether there is something to keep.
 *
 * @param d Door
 * @param m Written where true is returned
 */
bool door_memory_take(struct door *d, struct door_memory *m)
{
	if (!d->memory_changed)
		return false;
	d->memory_changed = false;
	*m = d->memory;

	return true;
}

/**
 * The door's calendar is the port's with something added to it (TIM-01); after door_init() it is the port's own.
 * What is planned follows with DOOR_IN_APPLY, slots at once.
 *
 * @param d        Door
 * @param clock_us What is added [us]
 */
void door_clock(struct door *d, int64_t clock_us)
{
	d->clock_us = clock_us;
}

/** The door's calendar [us since 1970 UTC] */
int64_t door_wall_us(const struct door *d)
{
	return d->port->wall_us(d->port_ctx) + d->clock_us;
}

/** The i-th of the inputs that wait */
static struct door_in *place(struct door *d, unsigned i)
{
	return &d->queue[(d->head + i) % PLACES];
}

/**
 * Stop: hang up, release the relays.
 *
 * @param d     Door
 * @param cause Why, for the event
 */
void door_shutdown(struct door *d, const char *cause)
{
	d->now_us = d->step_us = d->port->now_us(d->port_ctx);
	calling_input(d, CALLING_HANGUP, NULL);
	relay_release_all(d, "shutdown");
	announce_hush(d);
	door_emit(d, EV_SHUTDOWN, cause);
}

/**
 * Tell the door something; it acts in the next door_step().  Inputs wait in the order of their times,
 * those of one time in the order they were told.
 *
 * @param d  Door
 * @param in Input, copied
 *
 * @return 0, ENOBUFS where DOOR_QUEUE inputs wait already (the input is lost); the end of a call finds
 *         DOOR_QUEUE_CLOSED places more
 */
int door_input(struct door *d, const struct door_in *in)
{
	const unsigned room = in->type == DOOR_IN_CLOSED ? PLACES : DOOR_QUEUE;
	unsigned i;

	if (d->queued >= room)
		return ENOBUFS;

	for (i = d->queued++; i && place(d, i - 1)->t_us > in->t_us; i--)
		*place(d, i) = *place(d, i - 1);
	*place(d, i) = *in;

	return 0;
}

/**
 * Give a number to a call that comes in; outgoing ones are numbered by the door.
 *
 * @param d Door
 *
 * @return Call number, 1 and up
 */
uint32_t door_call_number(struct door *d)
{
	return ++d->calls;
}

/** The end of start-up (HW-09); the address after it (HW-06) */
static void boot_end(struct door *d)
{
	(void)d->port->beep(d->port_ctx);
	if (d->speak_address)
		announce_say(d, ANNOUNCE_ADDRESS);
}

static void timer_fire(struct door *d, enum door_timer t)
{
	switch (t) {
	case DOOR_T_PRESS:
	case DOOR_T_FAULT:  button_timer(d, t); break;
	case DOOR_T_RING:   calling_input(d, CALLING_RING_END, NULL); break;
	case DOOR_T_ANSWER: calling_input(d, CALLING_ANSWER_DUE, NULL); break;
	case DOOR_T_TALK:   calling_input(d, CALLING_TALK_END, NULL); break;
	case DOOR_T_RELAY:
	case DOOR_T_RELAY2: relay_timer(d, (unsigned)t - DOOR_T_RELAY); break;
	case DOOR_T_SUP:
	case DOOR_T_REACK:  sup_timer(d, t); break;
	case DOOR_T_CODE:   code_timer(d); break;
	case DOOR_T_BOOT:   boot_end(d); break;
	case DOOR_T_INPUT:  input_timer(d); break;
	case DOOR_T_REPORT: technical_timer(d); break;
	case DOOR_T_DONE:   calling_input(d, CALLING_REPORT_DONE, NULL); break;
	case DOOR_T_PBX:    technical_pbx_timer(d); break;
	case DOOR_T_TEST:   cyclic_timer(d); break;
	case DOOR_TIMERS:   break;
	}
}

static enum door_timer timer_first(const struct door *d)
{
	unsigned i, first = 0;

	for (i = 1; i < DOOR_TIMERS; i++)
		if (d->timer[i] < d->timer[first])
			first = i;

	return (enum door_timer)first;
}

static void timers_until(struct door *d, uint64_t until_us)
{
	for (;;) {
		const enum door_timer t = timer_first(d);

		if (d->timer[t] > until_us)
			return;
		if (d->timer[t] > d->now_us)
			d->now_us = d->timer[t];
		d->timer[t] = GAP_NEVER;
		timer_fire(d, t);
		pictogram_update(d);
	}
}

static void edge(struct door *d, enum gap_input in, bool level)
{
	static const enum event_id id[GAP_INS] = {
		[GAP_IN_BUTTON] = EV_BUTTON, [GAP_IN_CONTACT] = EV_CONTACT, [GAP_IN_MAINS] = EV_MAINS,
		[GAP_IN_POE] = EV_POE, [GAP_IN_LINK] = EV_LINK,
	};

	if (in >= GAP_INS || (d->line[in] == level && (d->link_told || in != GAP_IN_LINK)))
		return;
	d->line[in] = level;
	d->link_told |= in == GAP_IN_LINK;
	door_emit(d, id[in], (int)level);

	if (in == GAP_IN_BUTTON)
		button_edge(d, level);
	else if (in == GAP_IN_CONTACT)
		input_edge(d, level);
	else if (in == GAP_IN_MAINS || in == GAP_IN_POE)
		d->supply_seen[in - GAP_IN_MAINS] |= level;
	relay_faults(d);
	technical_edge(d);
}

/** Inputs of the telephone about a call that is over are late news */
static bool about_other_call(const struct door *d, const struct door_in *in)
{
	switch (in->type) {
	case DOOR_IN_PROGRESS:
	case DOOR_IN_ANSWERED:
	case DOOR_IN_CLOSED:
	case DOOR_IN_HOLD:
	case DOOR_IN_DIGIT:
	case DOOR_IN_DIGITS_SENT:
	case DOOR_IN_MEDIA_LOST: return !d->call || in->call != d->call;
	default:                 return false;
	}
}

static void local_strike(struct door *d, unsigned relay)
{
	if (relay >= 1 && relay <= GAP_RELAYS)
		(void)relay_strike(d, relay - 1, "local");
}

static void apply(struct door *d)
{
	relay_apply(d);
	input_apply(d);
	cyclic_plan(d);
}

static void process(struct door *d, const struct door_in *in)
{
	if (about_other_call(d, in))
		return;

	switch (in->type) {
	case DOOR_IN_EDGE:        edge(d, in->line, in->level); break;
	case DOOR_IN_INCOMING:    calling_input(d, CALLING_INCOMING, in); break;
	case DOOR_IN_PROGRESS:    calling_input(d, CALLING_PROGRESS, in); break;
	case DOOR_IN_ANSWERED:    calling_input(d, CALLING_ANSWERED, in); break;
	case DOOR_IN_CLOSED:      calling_input(d, CALLING_CLOSED, in); break;
	case DOOR_IN_HOLD:        calling_input(d, CALLING_HOLD, in); break;
	case DOOR_IN_MEDIA_LOST:  calling_input(d, CALLING_MEDIA_LOST, in); break;
	case DOOR_IN_HANGUP:      calling_input(d, CALLING_HANGUP, in); break;
	case DOOR_IN_DIAL:        calling_input(d, CALLING_DIAL, in); break;
	case DOOR_IN_ANSWER:      calling_input(d, CALLING_ANSWER, in); break;
	case DOOR_IN_DIGIT:       sup_digit(d, in->digit, in->text); break;
	case DOOR_IN_DIGITS_SENT: sup_sent(d); break;
	case DOOR_IN_STRIKE:      local_strike(d, in->code); break;
	case DOOR_IN_SAY:         announce_try(d, in->code); break;
	case DOOR_IN_APPLY:       apply(d); break;
	case DOOR_IN_ACCOUNT:     technical_account(d, in); break;
	}
	pictogram_update(d);
}

/**
 * Process what was told and what is due.
 *
 * @param d      Door
 * @param now_us Port's clock
 */
void door_step(struct door *d, uint64_t now_us)
{
	d->step_us = now_us;
	while (d->queued) {
		const struct door_in in = *place(d, 0);
		const uint64_t t_us = in.t_us < now_us ? in.t_us : now_us;

		d->head = (d->head + 1) % PLACES;
		--d->queued;
		timers_until(d, t_us);
		if (t_us > d->now_us)
			d->now_us = t_us;
		process(d, &in);
	}
	timers_until(d, now_us);
}

/**
 * Enter a relay code from outside of a call (API-01): the one command that is answered at once, so that it
 * comes after all that was told before it.
 *
 * @param d      Door
 * @param digits Code as it was given
 * @param now_us Port's clock
 *
 * @return What became of it
 */
enum code_result door_code(struct door *d, const char *digits, uint64_t now_us)
{
	enum code_result result;

	door_step(d, now_us);
	if (now_us > d->now_us)
		d->now_us = now_us;
	result = code_enter(d, digits);
	pictogram_update(d);

	return result;
}

/**
 * When the door next wants to be stepped.
 *
 * @param d Door
 *
 * @return Port's clock [us], 0 = at once, GAP_NEVER = when something is told
 */
uint64_t door_deadline(const struct door *d)
{
	return d->queued ? 0 : d->timer[timer_first(d)];
}

/* Does an input of this type wait? */
static bool waits(const struct door *d, enum door_in_type type)
{
	unsigned i;

	for (i = 0; i < d->queued; i++)
		if (d->queue[(d->head + i) % PLACES].type == type)
			return true;

	return false;
}

/** Is the line free for a call by command, now and when it is processed, as far as one can know? (SIP-11) */
bool door_can_dial(const struct door *d)
{
	return d->state == DOOR_IDLE && !waits(d, DOOR_IN_DIAL) && !waits(d, DOOR_IN_INCOMING);
}

/** Is there a call to answer? Not one that was told to be answered already (SIP-11) */
bool door_can_answer(const struct door *d)
{
	return ((d->state == DOOR_RINGING && !d->answering) || (d->state == DOOR_IDLE && waits(d, DOOR_IN_INCOMING))) &&
	       !waits(d, DOOR_IN_ANSWER);
}

/** Name of a state, as on the panel */
const char *door_state_name(enum door_state state)
{
	static const char *const name[DOOR_STATES] = {
		[DOOR_IDLE] = "idle", [DOOR_CALLING] = "calling", [DOOR_WAITING] = "waiting",
		[DOOR_RINGING] = "ringing", [DOOR_TALKING] = "talking", [DOOR_HELD] = "held",
	};

	return state < DOOR_STATES ? name[state] : "?";
}

/**
 * Remaining hold or line time of a relay.
 *
 * @return [us], 0 where no timer runs
 */
uint64_t door_relay_left_us(const struct door *d, unsigned relay, uint64_t now_us)
{
	const uint64_t end = d->timer[DOOR_T_RELAY + relay];

	return end == GAP_NEVER || end < now_us ? 0 : end - now_us;
}

void door_timer_start(struct door *d, enum door_timer t, uint64_t delay_us)
{
	d->timer[t] = d->now_us + delay_us;
}

void door_timer_stop(struct door *d, enum door_timer t)
{
	d->timer[t] = GAP_NEVER;
}

bool door_timer_runs(const struct door *d, enum door_timer t)
{
	return d->timer[t] != GAP_NEVER;
}
