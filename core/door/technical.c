/**
 * @file technical.c  Technical and test calls that are due: found, queued, started (SUP-30, SUP-31, SUP-12)
 *
 * They wait until the line is free and the link is up, then START_US more, so that a visitor comes first.
 * First come, first called.  A reason waits once: one that comes again gives up its place and takes the
 * last one, so what is told last is what is true.  A fault and its recovery that both wait are both told.
 *
 *     supply    fault while a supply seen since boot is lost (REL-04), back when all are there
 *     button    DOOR-07
 *     PBX       a registration is lost for pbx_delay_s; once until every account is registered again;
 *               there is no recovery code (SUP-12); an extension that it cannot reach: extension.c
 */
#include <string.h>
#include "door.h"

#define START_US 1000000u

/** A free line and something to tell: begin soon */
void technical_kick(struct door *d)
{
	const bool link = d->line[GAP_IN_LINK] || !d->link_told;

	if (d->waiting_n && d->state == DOOR_IDLE && link && !door_timer_runs(d, DOOR_T_REPORT))
		door_timer_start(d, DOOR_T_REPORT, START_US);
}

static void forget(struct door *d, enum reason r)
{
	unsigned i, n = 0;

	for (i = 0; i < d->waiting_n; i++)
		if (d->waiting[i] != r)
			d->waiting[n++] = d->waiting[i];
	d->waiting_n = n;
}

/** Does a report wait? */
bool technical_waits(const struct door *d, enum reason r)
{
	return memchr(d->waiting, (int)r, d->waiting_n) != NULL;
}

/**
 * Something is to be reported: it is queued where it is switched on and there is somebody to call.
 *
 * @param d Door
 * @param r Any reason but the button
 */
void technical_report(struct door *d, enum reason r)
{
	if (r != REASON_TEST && (!d->conf->sup_report[r] || !d->conf->tech_list.n))
		return;
	forget(d, r);
	d->waiting[d->waiting_n++] = (uint8_t)r;
	door_emit(d, EV_REPORT, reason_name(d->conf, r), (uint64_t)d->waiting_n);
	technical_kick(d);
}

/**
 * Take the first one out of the queue.
 *
 * @return true, false where none waits
 */
bool technical_take(struct door *d, enum reason *r)
{
	if (!d->waiting_n)
		return false;
	*r = (enum reason)d->waiting[0];
	forget(d, *r);

	return true;
}

/** DOOR_T_REPORT: the line may have been seized, or the link lost, in the meantime */
void technical_timer(struct door *d)
{
	if (d->line[GAP_IN_LINK] || !d->link_told)
		calling_input(d, CALLING_REPORT, NULL);
}

/** A line of the board changed */
void technical_edge(struct door *d)
{
	const bool fault = relay_supply_fault(d);

	if (fault != d->supply_fault) {
		d->supply_fault = fault;
		technical_report(d, fault ? REASON_MAINS_FAULT : REASON_MAINS_BACK);
	}
	technical_kick(d);
}

/* --- accounts --- */

/** Is a registration lost? Accounts never told do not count */
bool technical_pbx_fault(const struct door *d)
{
	return (d->accounts_told & ~d->accounts_ok) != 0;
}

/** The link is down or a registration lost (REL-05) */
bool technical_network_fault(const struct door *d)
{
	return (d->link_told && !d->line[GAP_IN_LINK]) || technical_pbx_fault(d);
}

static void pbx_watch(struct door *d, bool before)
{
	const bool fault = technical_pbx_fault(d);

	if (fault == before)
		return;
	door_timer_stop(d, DOOR_T_PBX);
	if (fault)
		door_timer_start(d, DOOR_T_PBX, (uint64_t)d->conf->pbx_delay_s * 1000000);
	else if (!d->lost_n)            /* else it may be an extension's */
		forget(d, REASON_PBX_FAULT);
}

/** DOOR_IN_ACCOUNT: account code 1..3 is registered (level) or not, text says why */
void technical_account(struct door *d, const struct door_in *in)
{
	const bool before = technical_pbx_fault(d);
	unsigned bit;

	if (in->code < 1 || in->code > DOOR_ACCOUNTS)
		return;
	bit = 1u << in->code;
	if (d->accounts_told & bit && !(d->accounts_ok & bit) == !in->level)
		return;
	d->accounts_told |= bit;
	d->accounts_ok = in->level ? d->accounts_ok | bit : d->accounts_ok & ~bit;
	door_emit(d, EV_ACCOUNT, (uint64_t)in->code, (int)in->level, in->text);
	pbx_watch(d, before);
	relay_faults(d);
}

/** DOOR_T_PBX: the registration has been lost for long enough */
void technical_pbx_timer(struct door *d)
{
	technical_report(d, REASON_PBX_FAULT);
}
