/**
 * @file ui_panel.c  A person's hand on the panel: button, input, supplies, network, switches (SIM-01)
 *
 *     {"input": "button", "level": true}      until the same with false, or until its page is heard no more:
 *     {"input": "button", "held": true}       it is still held; said at least every HELD_MS, for a browser may die
 *     {"input": "button", "press_ms": 300}    the whole press, for scripts
 *     {"dip": 1, "on": true}                  read at the door's next start
 *
 * It works without supply: else nobody could bring that back.
 */
#include <errno.h>
#include <string.h>
#include "web/ui_priv.h"

#define PRESS_MIN_MS 50
#define PRESS_MAX_MS 60000
#define HELD_MS 4000

static const char *const name[GAP_INS] = {"button", "contact", "mains", "poe", "link"};

static void not_simulated(struct web_reply *rep, const char *why)
{
	ui_refuse(rep, 404, "not_simulated", "%s", *why ? why : "this panel is a real one: operate it by hand");
}

/* What the host said, as a reply */
static void answer(int e, const char *err, struct web_reply *rep)
{
	if (e == ENOTSUP)
		not_simulated(rep, err);
	else if (e)
		ui_refuse(rep, 503, "not_started", "%s", *err ? err : strerror(e));
	else
		ui_reply(rep, 200, json_object());
}

static void release(void *arg)
{
	struct ui *ui = arg;
	char err[256];

	ui->held = false;
	(void)ui->host.input(ui->host.arg, GAP_IN_BUTTON, false, err, sizeof(err));
	ui_changed(ui);
}

static void press(const struct ui_ask *ask, json_int_t ms, struct web_reply *rep)
{
	struct ui *ui = ask->ui;
	char err[512] = "";
	int e;

	if (ms < PRESS_MIN_MS || ms > PRESS_MAX_MS) {
		ui_refuse(rep, 422, "bad_input", "press_ms %lld is not accepted; accepted: %u to %u", (long long)ms,
			  PRESS_MIN_MS, PRESS_MAX_MS);
		return;
	}
	if (tmr_isrunning(&ui->release) || (ui->host.level && ui->host.level(ui->host.arg, GAP_IN_BUTTON))) {
		ui_refuse(rep, 409, "pressed_already", "the button is pressed already");
		return;
	}
	e = ui->host.input(ui->host.arg, GAP_IN_BUTTON, true, err, sizeof(err));
	if (!e)
		tmr_start(&ui->release, (uint64_t)ms, release, ui);
	answer(e, err, rep);
}

/* The hand on the button is still there; where the press is over it begins no other one */
static void still_held(struct ui *ui, struct web_reply *rep)
{
	if (ui->held)
		tmr_start(&ui->release, HELD_MS, release, ui);
	ui_reply(rep, 200, json_pack("{s:b}", "pressed", ui->held));
}

static void set_level(const struct ui_ask *ask, enum gap_input in, bool level, struct web_reply *rep)
{
	struct ui *ui = ask->ui;
	char err[512] = "";
	const int e = ui->host.input(ui->host.arg, in, level, err, sizeof(err));

	if (in == GAP_IN_BUTTON) {
		ui->held = level && !e;
		tmr_cancel(&ui->release);
		if (ui->held)
			tmr_start(&ui->release, HELD_MS, release, ui);
	}
	answer(e, err, rep);
}

static void input(const struct ui_ask *ask, const char *which, struct web_reply *rep)
{
	const json_t *level = json_object_get(ask->body, "level"), *ms = json_object_get(ask->body, "press_ms");
	unsigned i = 0;

	while (i < GAP_INS && strcmp(name[i], which))
		++i;
	if (i == GAP_INS) {
		ui_refuse(rep, 422, "bad_input", "input \"%.40s\" is not accepted; accepted: button, contact, mains, poe, link",
			  which);
	}
	else if (i == GAP_IN_BUTTON && json_is_integer(ms) && !level) {
		press(ask, json_integer_value(ms), rep);
	}
	else if (i == GAP_IN_BUTTON && !level && json_is_true(json_object_get(ask->body, "held"))) {
		still_held(ask->ui, rep);
	}
	else if (!json_is_boolean(level)) {
		ui_refuse(rep, 422, "bad_input", "level is missing; accepted: true, false; or, with button, press_ms");
	}
	else {
		set_level(ask, (enum gap_input)i, json_is_true(level), rep);
	}
}

static void dip(const struct ui_ask *ask, const json_t *which, struct web_reply *rep)
{
	const json_int_t n = json_integer_value(which);
	const json_t *on = json_object_get(ask->body, "on");

	if (n < 1 || n > 4 || !json_is_boolean(on))
		ui_refuse(rep, 422, "bad_input", "a switch is dip 1 to 4 with on true or false");
	else if (!ask->host->dip)
		not_simulated(rep, "");
	else
		answer(ask->host->dip(ask->host->arg, (unsigned)n - 1, json_is_true(on)), "", rep);
}

/** POST /ui/panel */
void ui_panel_act(const struct ui_ask *ask, struct web_reply *rep)
{
	const json_t *which = json_object_get(ask->body, "dip");

	if (!ask->host->input)
		not_simulated(rep, "");
	else if (which)
		dip(ask, which, rep);
	else
		input(ask, ui_text(ask, "input", ""), rep);
	ui_changed(ask->ui);
}
