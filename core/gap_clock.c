/**
 * @file gap_clock.c  What time it is for the door: the machine's, set by hand, or an NTP server's (TIM-01, SRV-04)
 *
 *     time.source   the door's calendar
 *     system        the port's
 *     manual        the port's and what was set by hand
 *     ntp           the port's and what the server said last
 *
 * The port's calendar is only read: no machine's clock is ever set.  The difference is kept, so a door that starts anew
 * goes on with it; it stays when the source goes from ntp to manual or back, and is 0 with system.
 *
 * A machine's calendar may be set, or have slept for a night: with an NTP server that is looked for every WATCH_MS, and the
 * server is asked anew.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "gap_priv.h"

#define SEEN_US 100000                  /* less than this is nobody's business but the clock's */
#define WATCH_MS 60000
#define WATCH_US 1000000                /* so far apart is more than a calendar that is slewed */
#define KEEP_US 1000000                 /* less than this is not worth a write to the disk */

/* --- the difference --- */

static int keep(struct gap *g, int64_t clock_us)
{
	const int err = g->cfg.store ? store_keep_clock(g->cfg.store, clock_us) : 0;

	if (!err)
		g->clock.kept_us = clock_us;

	return err;
}

static void tell(struct gap *g, const char *by, int64_t change_us)
{
	const int64_t ms = (llabs(change_us) + 500) / 1000;
	char text[32];

	(void)re_snprintf(text, sizeof(text), "%c%lld.%03lld", change_us < 0 ? '-' : '+', ms / 1000, ms % 1000);
	gap_emit2(g, EV_CLOCK, by, text);
}

/* Slots and the plan of the cyclic test go by the new time at once */
static void set(struct gap *g, int64_t clock_us, const char *by)
{
	const struct door_in apply = {.type = DOOR_IN_APPLY};
	const int64_t change_us = clock_us - g->clock.us;

	g->clock.us = clock_us;
	door_clock(&g->door, clock_us);
	if (llabs(change_us) < SEEN_US)
		return;
	g->volume_until_us = 0;
	tell(g, by, change_us);
	(void)gap_tell(g, &apply);
}

/* --- the NTP server --- */

static void polled(const struct ntp_state *st, void *arg)
{
	struct gap *g = arg;
	const char *server = g->settings.ntp_server;
	const bool news = st->ok ? !g->clock.ntp_ok : g->clock.ntp_ok || strcmp(st->cause, g->clock.cause);

	g->clock.ntp_ok = st->ok;
	str_ncpy(g->clock.cause, st->cause, sizeof(g->clock.cause));
	if (st->ok && llabs(st->offset_us - g->clock.kept_us) >= KEEP_US)
		(void)keep(g, st->offset_us);           /* again with the next poll, where the disk does not take it */
	if (st->ok)
		set(g, st->offset_us, "ntp");
	if (news)
		event_emit(&g->bus, gap_now_us(g), gap_wall_us(g), EV_NTP, (int)st->ok, server, st->cause);
}

static int ask(struct gap *g)
{
	const struct ntp_config cfg = {
		.server = g->settings.ntp_server, .port = (uint16_t)g->settings.ntp_port, .laddr = g->cfg.laddr,
		.dnsc = g->cfg.dnsc,
		.clock = {.now_us = g->cfg.port->now_us, .wall_us = g->cfg.port->wall_us, .arg = g->cfg.port_ctx},
	};

	return ntp_alloc(&g->clock.ntp, &cfg, polled, g);
}

static int64_t apart_us(const struct gap *g)
{
	return g->cfg.port->wall_us(g->cfg.port_ctx) - (int64_t)gap_now_us(g);
}

static void begin(struct gap *g);

static void watch(void *arg)
{
	struct gap *g = arg;

	if (!g->clock.ntp || llabs(apart_us(g) - g->clock.apart_us) > WATCH_US)
		begin(g);
	else
		tmr_start(&g->clock.watch, WATCH_MS, watch, g);
}

static void begin(struct gap *g)
{
	g->clock.ntp = mem_deref(g->clock.ntp);
	g->clock.apart_us = apart_us(g);
	tmr_start(&g->clock.watch, WATCH_MS, watch, g);
	if (ask(g))
		event_emit(&g->bus, gap_now_us(g), gap_wall_us(g), EV_NTP, 0, g->settings.ntp_server, "no memory: tried again in a minute");
}

/* Settings of another server, or another source? */
static bool same(const struct gap *g)
{
	const struct settings *s = &g->settings;

	return g->clock.source == s->clock_source &&
	       (s->clock_source != CLOCK_NTP || (g->clock.port == s->ntp_port && !strcmp(g->clock.server, s->ntp_server)));
}

/** Obey the settings, at the start and after a change */
void clock_apply(struct gap *g)
{
	const struct settings *s = &g->settings;

	if (g->clock.on && same(g))
		return;
	g->clock.on = true;
	g->clock.source = s->clock_source;
	g->clock.port = s->ntp_port;
	str_ncpy(g->clock.server, s->ntp_server, sizeof(g->clock.server));
	g->clock.ntp = mem_deref(g->clock.ntp);
	tmr_cancel(&g->clock.watch);
	g->clock.ntp_ok = false;
	g->clock.cause[0] = '\0';
	if (s->clock_source == CLOCK_SYSTEM) {
		if (g->clock.kept_us)
			(void)keep(g, 0);
		set(g, 0, "system");
	}
	if (s->clock_source == CLOCK_NTP)
		begin(g);
}

/** The door stops: nobody is asked any more */
void clock_stop(struct gap *g)
{
	g->clock.on = false;
	tmr_cancel(&g->clock.watch);
	g->clock.ntp = mem_deref(g->clock.ntp);
}

/** The network is back */
void clock_again(struct gap *g)
{
	ntp_again(g->clock.ntp);
}

/* --- by hand --- */

static int put_right(struct gap *g, int64_t wall_us, const char *by, char *err, size_t errsize)
{
	const int64_t clock_us = wall_us - g->cfg.port->wall_us(g->cfg.port_ctx);
	const int e = keep(g, clock_us);

	if (e) {
		(void)re_snprintf(err, errsize, "the clock could not be stored: %m", e);
		return e;
	}
	set(g, clock_us, by);

	return 0;
}

static int refuse(const struct gap *g, char *err, size_t errsize)
{
	if (!g->running) {
		(void)re_snprintf(err, errsize, "the door does not run");
		return EAGAIN;
	}
	if (g->settings.clock_source == CLOCK_MANUAL)
		return 0;
	if (g->settings.clock_source == CLOCK_NTP)
		(void)re_snprintf(err, errsize, "the clock goes by the NTP server %s (time.source=ntp): set time.source=manual "
				  "first", g->settings.ntp_server);
	else
		(void)re_snprintf(err, errsize, "the clock is that of the machine (time.source=system): set time.source=manual "
				  "first");

	return EPERM;
}

/**
 * Set the door's clock by hand (TIM-01).
 *
 * @param g       Door phone
 * @param wall_us Time [us since 1970 UTC], of the years 2000 to 2099
 * @param by      Who does it
 * @param err     Written on failure: what was wrong and what would be right
 * @param errsize Its size
 *
 * @return 0, EPERM the clock is not set by hand, EINVAL no such year, EAGAIN the door does not run, errno of the store
 */
int gap_clock_set(struct gap *g, int64_t wall_us, const char *by, char *err, size_t errsize)
{
	const int e = refuse(g, err, errsize);

	if (e)
		return e;
	if (wall_us < GAP_CLOCK_MIN_US || wall_us > GAP_CLOCK_MAX_US) {
		(void)re_snprintf(err, errsize, "a year of 2000 to 2099 is accepted");
		return EINVAL;
	}

	return put_right(g, wall_us, by, err, errsize);
}

/**
 * The same, with the local time of the door's zone as a person writes it.
 *
 * @param text As zone_read(): "2026-07-01 12:00:00"
 *
 * @return as gap_clock_set()
 */
int gap_clock_local(struct gap *g, const char *text, const char *by, char *err, size_t errsize)
{
	const int e = refuse(g, err, errsize);
	int64_t local_s;
	struct zone z;

	if (e)
		return e;
	if (zone_read(&local_s, text)) {
		(void)re_snprintf(err, errsize, "%s is no date and time of the years 2000 to 2099: write 2026-07-01 12:00:00", text);
		return EINVAL;
	}
	if (!zone_parse(&z, g->settings.zone))
		local_s = zone_utc_s(&z, local_s);

	return put_right(g, local_s * INT64_C(1000000), by, err, errsize);
}

/** What the door's calendar is ahead of the port's [us], for a host without store */
int64_t gap_clock_us(const struct gap *g)
{
	return g->clock.us;
}

/** How the NTP server does, NULL = none is asked; borrowed */
const struct ntp_state *gap_ntp(const struct gap *g)
{
	return g->clock.ntp ? ntp_state(g->clock.ntp) : NULL;
}
