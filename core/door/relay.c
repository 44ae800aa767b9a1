/**
 * @file relay.c  The two relays: strike, line-seized information, mains and network fault (REL-01 to REL-07)
 *
 *     strike    on at the command, off after hold_s; a command during the hold changes nothing (REL-07)
 *     line      on while a call is made, rings or runs, at most line_s (REL-03)
 *     mains     on while every supply seen since boot is healthy (REL-04)
 *     network   on while the link is down or a registration is lost (REL-05)
 *
 * A relay keeps the function it has until the settings are applied; then what it did before is over.
 */
#include <errno.h>
#include "door.h"

static void set_for(struct door *d, unsigned relay, bool on, uint64_t for_us, const char *cause)
{
	if (d->relay[relay] == on)
		return;
	d->relay[relay] = on;
	(void)d->port->relay(d->port_ctx, relay, on, for_us);
	door_emit(d, EV_RELAY, (uint64_t)(relay + 1), (int)on, cause);
}

static void set(struct door *d, unsigned relay, bool on, const char *cause)
{
	set_for(d, relay, on, GAP_NEVER, cause);
}

static bool is(const struct door *d, unsigned relay, enum relay_function f)
{
	return d->function[relay] == (int32_t)f;
}

static bool supplies_healthy(const struct door *d)
{
	return (d->line[GAP_IN_MAINS] || !d->supply_seen[0]) && (d->line[GAP_IN_POE] || !d->supply_seen[1]) &&
	       (d->supply_seen[0] || d->supply_seen[1]);
}

/** A supply seen since boot is lost */
bool relay_supply_fault(const struct door *d)
{
	return (d->supply_seen[0] || d->supply_seen[1]) && !supplies_healthy(d);
}

void relay_boot(struct door *d)
{
	unsigned i;

	for (i = 0; i < GAP_RELAYS; i++) {
		d->function[i] = d->conf->relay[i].function;
		(void)d->port->relay(d->port_ctx, i, false, GAP_NEVER);
	}
	relay_faults(d);
}

/**
 * Energise a strike for its hold time.
 *
 * @param d     Door
 * @param relay 0..GAP_RELAYS-1
 * @param cause For the event: "code", "api", "local", "button", "input"
 *
 * @return 0, EPERM where the relay is no strike (REL-06), EALREADY while it is held (REL-07)
 *
 * Emits relay on now and off after hold_s. Source: manual §3.3.3, REL-02.
 */
int relay_strike(struct door *d, unsigned relay, const char *cause)
{
	const uint64_t n = relay + 1, hold_us = (uint64_t)d->conf->relay[relay].hold_s * 1000000;

	if (!is(d, relay, RELAY_STRIKE)) {
		door_emit(d, EV_CODE_REFUSED, n, "function");
		return EPERM;
	}
	if (d->relay[relay]) {
		door_emit(d, EV_CODE_REFUSED, n, "running");
		return EALREADY;
	}

	d->struck_in[relay] = calling_active(d) ? d->call : 0;
	set_for(d, relay, true, hold_us, cause);
	door_timer_start(d, (enum door_timer)(DOOR_T_RELAY + relay), hold_us);
	announce_say(d, ANNOUNCE_DOOR_OPEN);
	return 0;
}

static void line(struct door *d, unsigned relay, bool active)
{
	const enum door_timer t = (enum door_timer)(DOOR_T_RELAY + relay);
	const int32_t s = d->conf->relay[relay].line_s;
	const uint64_t for_us = active && s != SETTINGS_PERMANENT ? (uint64_t)s * 1000000 : GAP_NEVER;

	set_for(d, relay, active, for_us, "line");
	door_timer_stop(d, t);
	if (for_us != GAP_NEVER)
		door_timer_start(d, t, for_us);
}

/** Line-seized information: a call begins or is over (REL-03) */
void relay_line(struct door *d, bool active)
{
	unsigned i;

	for (i = 0; i < GAP_RELAYS; i++)
		if (is(d, i, RELAY_LINE))
			line(d, i, active);
}

/** Supplies or link changed: the fault relays follow */
void relay_faults(struct door *d)
{
	unsigned i;

	for (i = 0; i < GAP_RELAYS; i++) {
		if (is(d, i, RELAY_MAINS))
			set(d, i, supplies_healthy(d), "mains");
		else if (is(d, i, RELAY_NETWORK))
			set(d, i, technical_network_fault(d), "network");
	}
}

static void adopt(struct door *d, unsigned relay)
{
	const int32_t f = d->conf->relay[relay].function;

	if (d->function[relay] == f)
		return;
	d->function[relay] = f;
	door_timer_stop(d, (enum door_timer)(DOOR_T_RELAY + relay));
	if (f == RELAY_STRIKE)
		set(d, relay, false, "function");
	else if (f == RELAY_LINE)
		line(d, relay, d->state != DOOR_IDLE);
}

/** Settings changed: a relay with a new function does that at once, and only that */
void relay_apply(struct door *d)
{
	unsigned i;

	for (i = 0; i < GAP_RELAYS; i++)
		adopt(d, i);
	relay_faults(d);
}

void relay_timer(struct door *d, unsigned relay)
{
	const bool strike = is(d, relay, RELAY_STRIKE);

	set(d, relay, false, strike ? "hold" : "line");
	if (strike && d->struck_in[relay] && d->struck_in[relay] == d->call)
		calling_input(d, CALLING_STRIKE_END, NULL);
}

void relay_release_all(struct door *d, const char *cause)
{
	unsigned i;

	for (i = 0; i < GAP_RELAYS; i++) {
		door_timer_stop(d, (enum door_timer)(DOOR_T_RELAY + i));
		set(d, i, false, cause);
	}
}
