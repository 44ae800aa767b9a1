/**
 * @file run_do.c  What the lines of `ipgap run` do to the virtual door (SIM-01, SIM-02)
 *
 * Each line is answered by one `ok` or `error:`, before the events that follow from it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "run.h"


/* What a person should know when the door is not fed */
static const char *dead(const struct run *r)
{
	/* a board tells of its supply a moment later */
	return vdoor_gap(r->door) || r->rig ? "" : " (the door has no supply: `mains on` or `poe on`)";
}

static void warn(const char *err)
{
	if (err[0])
		(void)fprintf(stderr, "ipgap run: warning: %s\n", err);
}

/**
 * Drive an input of the panel, and boot the door where that feeds it.
 *
 * @return as vdoor_input()
 */
int run_level(struct run *r, enum gap_input in, bool level, char *err, size_t errsize)
{
	const int e = vdoor_input(r->door, in, level, err, errsize);

	if (!e)
		warn(err);

	return e;
}

/* --- button --- */

static void release(void *arg)
{
	struct run *r = arg;
	char err[RUN_ERR];

	(void)run_level(r, GAP_IN_BUTTON, false, err, sizeof(err));
}

static bool button(struct run *r, bool pressed)
{
	char err[RUN_ERR];

	tmr_cancel(&r->release);
	if (!run_level(r, GAP_IN_BUTTON, pressed, err, sizeof(err)))
		return true;
	say_error(r, "%s", err);

	return false;
}

static void do_press(struct run *r, const struct line *l)
{
	if (panel_level(vdoor_panel(r->door), GAP_IN_BUTTON)) {
		say_error(r, "the button is pressed already; `release` lets it go");
		return;
	}
	if (!button(r, true))
		return;
	tmr_start(&r->release, l->ms, release, r);
	say_ok(r, "pressed for %llu.%03llu s%s", l->ms / 1000, l->ms % 1000, dead(r));
}

static void do_hold(struct run *r, const struct line *l)
{
	(void)l;
	if (button(r, true))
		say_ok(r, "pressed until `release`%s", dead(r));
}

static void do_release(struct run *r, const struct line *l)
{
	(void)l;
	if (button(r, false))
		say_ok(r, "released%s", dead(r));
}

/* --- lines of the panel --- */

static void level(struct run *r, enum gap_input in, const struct line *l)
{
	char err[RUN_ERR];
	const int e = run_level(r, in, l->level, err, sizeof(err));

	if (e)
		say_error(r, "%s %s: %s", line_name(l->verb), l->level ? "on" : "off", err);
	else
		say_ok(r, "%s %s%s", line_name(l->verb), l->level ? "on" : "off", dead(r));
}

static void do_input(struct run *r, const struct line *l)
{
	level(r, GAP_IN_CONTACT, l);
}

static void do_mains(struct run *r, const struct line *l)
{
	level(r, GAP_IN_MAINS, l);
}

static void do_poe(struct run *r, const struct line *l)
{
	level(r, GAP_IN_POE, l);
}

static void do_link(struct run *r, const struct line *l)
{
	level(r, GAP_IN_LINK, l);
}

static void do_dip(struct run *r, const struct line *l)
{
	if (panel_backdoor.dip(vdoor_panel(r->door), l->number - 1, l->level)) {
		say_error(r, "dip %u: this rig has nobody to turn a switch: do it by hand", l->number);
		return;
	}
	run_web_changed(r);
	say_ok(r, "dip %u %s (the door reads it at its next start: `restart`)", l->number,
	       l->level ? "on" : "off");
}

/* --- restart --- */

/** Restart the door in good order */
void run_restart(struct run *r)
{
	vdoor_restart(r->door);
	say_ok(r, "restart%s", dead(r));
}

static void do_restart(struct run *r, const struct line *l)
{
	(void)l;
	run_restart(r);
}

/* --- settings --- */

static void do_set(struct run *r, const struct line *l)
{
	const struct setting *row = settings_find(l->key);
	char err[RUN_ERR], value[SETTINGS_TEXT];

	if (vdoor_set(r->door, l->key, l->text, err, sizeof(err))) {
		say_error(r, "%s", err);
		return;
	}
	(void)settings_get(vdoor_settings(r->door), row, value, sizeof(value));
	say_ok(r, "%s = %s%s", l->key, row->secret ? "(secret)" : value,
	       row->restart ? " (from the next start: `restart`)" : "");
}

static void do_get(struct run *r, const struct line *l)
{
	show_setting(r, l->key);
}

static void do_settings(struct run *r, const struct line *l)
{
	(void)l;
	show_settings(r);
}

/* --- calls and strikes --- */

static bool alive(struct run *r)
{
	if (!vdoor_gap(r->door))
		say_error(r, "the door has no supply; try `mains on` or `poe on`");

	return vdoor_gap(r->door) != NULL;
}

static void tell(struct run *r, const struct door_in *in, const char *text)
{
	const int err = gap_tell(vdoor_gap(r->door), in);

	if (err)
		say_error(r, "the door does not take it now (%m); try again", err);
	else
		say_ok(r, "%s", text);
}

static void do_draft(struct run *r, const struct line *l)
{
	if (alive(r))
		run_draft(r, l->text);
}

static void do_apply(struct run *r, const struct line *l)
{
	(void)l;
	if (alive(r))
		run_apply(r);
}

static void do_discard(struct run *r, const struct line *l)
{
	(void)l;
	if (alive(r))
		run_discard(r);
}

static void do_contacts(struct run *r, const struct line *l)
{
	run_contacts(r, l->text);
}

static void do_call(struct run *r, const struct line *l)
{
	if (alive(r))
		run_call(r, l->text);
}

static void do_answer(struct run *r, const struct line *l)
{
	(void)l;
	if (alive(r))
		run_answer(r);
}

static void do_hangup(struct run *r, const struct line *l)
{
	const struct door_in in = {.type = DOOR_IN_HANGUP};

	(void)l;
	if (!alive(r))
		return;
	if (gap_door(vdoor_gap(r->door))->state == DOOR_IDLE)
		say_error(r, "there is no call to hang up; `state` shows what the door does");
	else
		tell(r, &in, "hangup");
}

static void do_open(struct run *r, const struct line *l)
{
	const struct door_in in = {.type = DOOR_IN_STRIKE, .code = (uint16_t)l->number};

	if (!alive(r))
		return;
	if (vdoor_settings(r->door)->relay[l->number - 1].function != RELAY_STRIKE)
		say_error(r, "relay %u is no strike; `set relay%u.function strike` makes it one",
			  l->number, l->number);
	else if (panel_relay(vdoor_panel(r->door), l->number - 1))
		say_error(r, "strike %u is energised already; it is released after relay%u.hold_s",
			  l->number, l->number);
	else
		tell(r, &in, l->number == 1 ? "open 1" : "open 2");
}

static void do_say(struct run *r, const struct line *l)
{
	const struct door_in in = {.type = DOOR_IN_SAY, .code = (uint16_t)l->number};
	char text[64];

	if (!alive(r))
		return;
	(void)re_snprintf(text, sizeof(text), "say %s", announce_name((enum announce)l->number));
	tell(r, &in, text);
}

static void do_scan(struct run *r, const struct line *l)
{
	char err[RUN_ERR] = "";

	if (!alive(r))
		return;
	if (!*l->text)
		show_scan(r);
	else if (!strcmp(l->text, "stop") ? gap_scan_stop(vdoor_gap(r->door))
					  : gap_scan(vdoor_gap(r->door), l->text, 0, NULL, err, sizeof(err)))
		say_error(r, "scan: %s", *err ? err : "none runs; `scan RANGE` begins one");
	else
		say_ok(r, "scan %s", l->text);
}

static void do_clock(struct run *r, const struct line *l)
{
	char err[RUN_ERR] = "";

	if (!alive(r))
		return;
	if (*l->text && gap_clock_local(vdoor_gap(r->door), l->text, "line", err, sizeof(err)))
		say_error(r, "clock: %s", err);
	else
		show_clock(r);
}

static void do_directory(struct run *r, const struct line *l)
{
	char err[RUN_ERR] = "";

	if (!alive(r))
		return;
	if (strcmp(l->text, "read"))
		show_directory(r, l->text);
	else if (gap_directory_read(vdoor_gap(r->door), err, sizeof(err)))
		say_error(r, "directory: %s", err);
	else
		say_ok(r, "directory read; the event directory tells its end");
}

/* --- looking, and the end --- */

static void do_state(struct run *r, const struct line *l)
{
	(void)l;
	show_state(r);
}

static void do_events(struct run *r, const struct line *l)
{
	show_events(r, l->number);
}

static void do_trace(struct run *r, const struct line *l)
{
	run_trace(r, l->key, l->text);
}

static void do_shot(struct run *r, const struct line *l)
{
	char err[RUN_ERR];

	if (run_shot(r, l->text, err, sizeof(err)))
		say_error(r, "%s", err);
	else
		say_ok(r, "%s written", l->text);
}

static void do_help(struct run *r, const struct line *l)
{
	(void)l;
	show_help(r);
}

static void do_quit(struct run *r, const struct line *l)
{
	(void)l;
	say_ok(r, "quit");
	run_end(r, "quit");
}

typedef void (do_h)(struct run *r, const struct line *l);

static do_h *const doing[LINE_VERBS] = {
	[LINE_PRESS] = do_press, [LINE_HOLD] = do_hold, [LINE_RELEASE] = do_release,
	[LINE_INPUT] = do_input, [LINE_MAINS] = do_mains, [LINE_POE] = do_poe, [LINE_LINK] = do_link,
	[LINE_DIP] = do_dip, [LINE_RESTART] = do_restart, [LINE_SET] = do_set, [LINE_GET] = do_get,
	[LINE_SETTINGS] = do_settings, [LINE_DRAFT] = do_draft,
	[LINE_APPLY] = do_apply, [LINE_DISCARD] = do_discard, [LINE_CONTACTS] = do_contacts, [LINE_CALL] = do_call,
	[LINE_ANSWER] = do_answer, [LINE_HANGUP] = do_hangup, [LINE_OPEN] = do_open, [LINE_SAY] = do_say,
	[LINE_SCAN] = do_scan, [LINE_CLOCK] = do_clock, [LINE_DIRECTORY] = do_directory, [LINE_STATE] = do_state,
	[LINE_EVENTS] = do_events, [LINE_TRACE] = do_trace,
	[LINE_SHOT] = do_shot,
	[LINE_HELP] = do_help, [LINE_QUIT] = do_quit,
};

/**
 * Do what a line says, and answer it.
 *
 * @param r    Run
 * @param text Line; an empty one and a remark are not answered
 */
void run_line(struct run *r, const char *text)
{
	char err[RUN_ERR];
	struct line l;
	const int e = line_parse(&l, text, err, sizeof(err));

	if (!e)
		doing[l.verb](r, &l);
	else if (e != ENODATA)
		say_error(r, "%s", err);
}
