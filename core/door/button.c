/**
 * @file button.c  The call button: press time and fault (HW-01, DOOR-07)
 *
 *     edge down ──press_ms──> accepted: the call automaton gets a press
 *               ──button_fault_s──> fault, until the release; both are reported (SUP-31)
 */
#include "door.h"

void button_edge(struct door *d, bool pressed)
{
	if (pressed) {
		door_timer_start(d, DOOR_T_PRESS, (uint64_t)d->conf->press_ms * 1000);
		door_timer_start(d, DOOR_T_FAULT, (uint64_t)d->conf->button_fault_s * 1000000);
		return;
	}

	door_timer_stop(d, DOOR_T_PRESS);
	door_timer_stop(d, DOOR_T_FAULT);
	if (d->button_fault) {
		d->button_fault = false;
		door_emit(d, EV_BUTTON_FAULT, 0);
		technical_report(d, REASON_BUTTON_BACK);
	}
}

void button_timer(struct door *d, enum door_timer t)
{
	if (t == DOOR_T_PRESS) {
		calling_input(d, CALLING_PRESS, NULL);
		return;
	}

	d->button_fault = true;
	door_emit(d, EV_BUTTON_FAULT, 1);
	technical_report(d, REASON_BUTTON_FAULT);
}
