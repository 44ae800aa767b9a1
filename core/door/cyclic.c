/**
 * @file cyclic.c  The cyclic test: when it is due, and due again (SUP-30, SCH-02)
 *
 *     activation ──────> due ──test_days──> due ──...      at the same local time of day
 *                         └─ failed ──test_retry_h──> once more, then the next period
 *
 * The plan is a local day and a second of that day, so daylight saving moves no test; a test at a time
 * that does not exist that day comes an hour later by the clock, one at a time that comes twice comes once.
 * The plan is the door's memory: it outlives a restart, and a test that fell due without supply is made
 * at the boot, once.  The retry is noted before the call: a door that dies in its test tries again.
 *
 * The timer runs on the door's clock, and is looked at again every LOOK_US: the calendar may be set.
 */
#include <string.h>
#include "door.h"

#define LOOK_US (6 * 3600 * UINT64_C(1000000))
#define US_S 1000000

static int64_t wall_s(const struct door *d)
{
	return door_wall_us(d) / US_S;
}

static int64_t due_s(const struct door *d)
{
	const struct door_memory *m = &d->memory;
	const int64_t local = (int64_t)m->due_day * DAY_S + m->anchor_s;
	struct zone z;

	return zone_parse(&z, d->conf->zone) ? local : zone_utc_s(&z, local);
}

static int32_t today(const struct door *d)
{
	return (int32_t)zone_day(schedule_local_s(d->conf, wall_s(d) * US_S));
}

/* The next time the clock shows the anchor */
static void plan_next(struct door *d)
{
	d->memory.due_day = today(d);
	if (due_s(d) <= wall_s(d))
		++d->memory.due_day;
	d->memory_changed = true;
}

static void activate(struct door *d)
{
	struct door_memory *m = &d->memory;
	const int32_t now_s = zone_second(schedule_local_s(d->conf, wall_s(d) * US_S));

	memset(m, 0, sizeof(*m));
	m->days = d->conf->test_days;
	m->at_min = d->conf->test_at_min;
	m->anchor_s = m->at_min == SETTINGS_ACTIVATION ? now_s : m->at_min * 60;
	plan_next(d);
	if (m->at_min == SETTINGS_ACTIVATION)
		m->due_day = today(d) + m->days;
}

static void arm(struct door *d)
{
	const struct door_memory *m = &d->memory;
	int64_t next, left;

	if (m->due_day > today(d) + m->days)            /* the clock was put back */
		plan_next(d);
	next = due_s(d);
	if (m->retry_s && m->retry_s < next)
		next = m->retry_s;
	left = next * US_S - door_wall_us(d);
	if (left < 0)
		left = 0;
	door_timer_start(d, DOOR_T_TEST, (uint64_t)left < LOOK_US ? (uint64_t)left : LOOK_US);
}

/** Boot, or settings changed: plan anew where the plan is another's */
void cyclic_plan(struct door *d)
{
	const struct door_memory *m = &d->memory;

	if (d->conf->test_days == SETTINGS_OFF) {
		door_timer_stop(d, DOOR_T_TEST);
		d->memory_changed |= m->days != 0;
		memset(&d->memory, 0, sizeof(d->memory));
		return;
	}
	if (m->days != d->conf->test_days || m->at_min != d->conf->test_at_min)
		activate(d);
	arm(d);
}

static bool in_hand(const struct door *d)
{
	return technical_waits(d, REASON_TEST) || (calling_reports(d) && d->reason == REASON_TEST);
}

/* Periods missed without supply are one test */
static void period(struct door *d)
{
	struct door_memory *m = &d->memory;
	const int32_t missed = (today(d) - m->due_day) / m->days;

	m->due_day += missed > 0 ? missed * m->days : 0;
	while (due_s(d) <= wall_s(d))
		m->due_day += m->days;
	m->retry_s = wall_s(d) + (int64_t)d->conf->test_retry_h * 3600;
	d->memory_changed = true;
	if (!in_hand(d))
		technical_report(d, REASON_TEST);
}

static void once_more(struct door *d)
{
	d->memory.retry_s = 0;
	d->memory_changed = true;
	if (!in_hand(d))
		technical_report(d, REASON_TEST);
}

/** DOOR_T_TEST */
void cyclic_timer(struct door *d)
{
	const struct door_memory *m = &d->memory;

	if (due_s(d) <= wall_s(d))
		period(d);
	else if (m->retry_s && m->retry_s <= wall_s(d))
		once_more(d);
	arm(d);
}

/** A test call is over: the first failure is tried again, the second waits for the next period */
void cyclic_result(struct door *d, bool ok)
{
	struct door_memory *m = &d->memory;

	if (!m->retry_s)
		return;
	m->retry_s = ok ? 0 : wall_s(d) + (int64_t)d->conf->test_retry_h * 3600;
	d->memory_changed = true;
	if (d->conf->test_days != SETTINGS_OFF)
		arm(d);
}
