/**
 * @file pictogram.c  What the three pictograms show in each state of the door (HW-02, HW-09)
 *
 *     call   calling, ringing in, else button fault, else idle
 *     talk   talking, held, else network fault, else idle
 *     door   a strike is energised, else idle
 *
 * All are white during the lamp test of the start-up.
 */
#include "door.h"

static struct gap_light call_light(const struct door *d)
{
	switch (d->state) {
	case DOOR_CALLING:
	case DOOR_WAITING: return d->conf->calling;
	case DOOR_RINGING: return d->conf->ringing;
	default:           return d->button_fault ? d->conf->fault : d->conf->idle;
	}
}

static struct gap_light talk_light(const struct door *d)
{
	switch (d->state) {
	case DOOR_TALKING: return d->conf->talking;
	case DOOR_HELD:    return d->conf->held;
	default:           return technical_network_fault(d) ? d->conf->fault : d->conf->idle;
	}
}

static struct gap_light door_light(const struct door *d)
{
	unsigned i;

	for (i = 0; i < GAP_RELAYS; i++)
		if (d->relay[i] && d->function[i] == RELAY_STRIKE)
			return d->conf->strike;

	return d->conf->idle;
}

static void show(struct door *d, enum gap_pictogram p, struct gap_light l)
{
	static const char *const name[GAP_PICTOS] = {"call", "talk", "door"};

	if (d->light[p].colour == l.colour && d->light[p].blink == l.blink)
		return;
	d->light[p] = l;
	(void)d->port->pictogram(d->port_ctx, p, l);
	door_emit(d, EV_PICTOGRAM, name[p], settings_colours[l.colour], (int)l.blink);
}

void pictogram_update(struct door *d)
{
	static const struct gap_light lamp_test = {GAP_WHITE, false};
	const bool boot = door_timer_runs(d, DOOR_T_BOOT);

	show(d, GAP_PICTO_CALL, boot ? lamp_test : call_light(d));
	show(d, GAP_PICTO_TALK, boot ? lamp_test : talk_light(d));
	show(d, GAP_PICTO_DOOR, boot ? lamp_test : door_light(d));
}
