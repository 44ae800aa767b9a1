/**
 * @file input.c  The external input: rest position, activation time, what it does (DOOR-08, HW-04)
 *
 *     edge to active ──active_ms──> the function, inside of the slot
 *
 * An input that is active at boot must first come to rest: only an edge begins an activation.
 */
#include "door.h"

void input_edge(struct door *d, bool closed)
{
	const bool active = closed == (d->conf->input_rest == INPUT_NORMALLY_OPEN);

	door_timer_stop(d, DOOR_T_INPUT);
	if (active && d->conf->input_enabled)
		door_timer_start(d, DOOR_T_INPUT, (uint64_t)d->conf->input_active_ms * 1000);
}

/** Settings changed: an activation that has begun under others is void */
void input_apply(struct door *d)
{
	if (!d->conf->input_enabled)
		door_timer_stop(d, DOOR_T_INPUT);
}

static void strike(struct door *d)
{
	const int32_t which = d->conf->input_relay;

	door_emit(d, EV_INPUT, "strike");
	if (which != INPUT_RELAY_2)
		(void)relay_strike(d, 0, "input");
	if (which != INPUT_RELAY_1)
		(void)relay_strike(d, 1, "input");
}

/** Active for long enough */
void input_timer(struct door *d)
{
	if (!schedule_now(d, d->conf->input_slot)) {
		door_emit(d, EV_INPUT, "slot");
		return;
	}
	switch (d->conf->input_function) {
	case INPUT_BUTTON:
		door_emit(d, EV_INPUT, "button");
		calling_input(d, CALLING_PRESS, NULL);
		break;
	case INPUT_STRIKE:   strike(d); break;
	case INPUT_DAY_CALL: calling_input(d, CALLING_DAY_CALL, NULL); break;
	default:             calling_input(d, CALLING_OWN_LIST, NULL); break;
	}
}
