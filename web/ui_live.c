/**
 * @file ui_live.c  What the pages see as it happens: the panel, the call, events (EVT-02)
 *
 *     event: state    the whole panel, for all            event: values   settings, draft or contacts are others now
 *     event: event    an event, for administrators         event: scan     progress of a scan, for administrators
 *     event: replaced  the session has newer pages that watch: do not come again
 *     event: lost     the reader was too slow for so many events
 */
#include <errno.h>
#include <string.h>
#include "web/ui_priv.h"

#define SCAN_MS 250                     /* between two words of a scan's progress */

/* --- what is seen --- */

static json_t *relays(const struct ui_panel *p)
{
	json_t *a = json_array();
	unsigned i;

	for (i = 0; i < GAP_RELAYS; i++)
		(void)json_array_append_new(a, json_pack("{s:b, s:s}", "on", p->relay[i].on, "function",
							 p->relay[i].function));

	return a;
}

static json_t *pictograms(const struct ui_panel *p)
{
	static const char *const name[GAP_PICTOS] = {"call", "talk", "door"};
	json_t *a = json_array();
	unsigned i;

	for (i = 0; i < GAP_PICTOS; i++)
		(void)json_array_append_new(a, json_pack("{s:s, s:s, s:b}", "picto", name[i], "colour",
							 settings_colours[p->light[i].colour], "blink", p->light[i].blink));

	return a;
}

static json_t *call(const struct ui *ui, const struct gap *g)
{
	const struct door *d = g ? gap_door(g) : NULL;

	if (!d || d->state == DOOR_IDLE)
		return json_null();

	return json_pack("{s:s, s:s+, s:s, s:I}", "state", door_state_name(d->state), "peer", gap_peer(g), "",
			 "direction", d->outgoing ? "out" : "in", "since_us", (json_int_t)ui->call.since_us);
}

static json_t *accounts(const struct gap *g)
{
	json_t *a = json_array();
	unsigned i;

	for (i = 1; g && i <= SETTINGS_ACCOUNTS; i++)
		(void)json_array_append_new(a, json_pack("{s:i, s:b, s:b}", "account", (int)i, "active",
							 gap_settings(g)->account[i - 1].active, "registered",
							 gap_registered(g, i)));

	return a;
}

static json_t *state(const struct ui *ui)
{
	const struct gap *g = ui->host.gap(ui->host.arg);
	struct ui_panel p = {0};

	if (ui->host.panel)
		ui->host.panel(ui->host.arg, &p);

	return json_pack("{s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:i, s:o, s:o, s:o, s:o}", "powered", p.powered, "running", g != NULL,
			 "button", p.in[GAP_IN_BUTTON], "contact", p.in[GAP_IN_CONTACT], "mains", p.in[GAP_IN_MAINS],
			 "poe", p.in[GAP_IN_POE], "link", p.in[GAP_IN_LINK], "dip", (int)p.dip, "relays", relays(&p),
			 "pictograms", pictograms(&p), "call", call(ui, g), "accounts", accounts(g));
}

static json_t *values(const struct ui *ui)
{
	const struct gap *g = ui->host.gap(ui->host.arg);

	return g ? json_pack("{s:I}", "version", (json_int_t)gap_version(g)) : NULL;
}

static json_t *scan(const struct ui *ui)
{
	return ui_scan_progress(ui->host.gap(ui->host.arg));
}

static char *make(enum hub_kind kind, void *arg)
{
	static json_t *(*const of[HUB_KINDS])(const struct ui *ui) = {
		[HUB_STATE] = state, [HUB_VALUES] = values, [HUB_SCAN] = scan,
	};
	json_t *j = of[kind] ? of[kind](arg) : NULL;
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	json_decref(j);

	return text;
}

static enum ui_role role(const char *token, void *arg)
{
	struct ui *ui = arg;
	const struct session *s = session_peek(&ui->sessions, token, tmr_jiffies());
	const struct user_row *u = s ? users_find(&ui->users, s->login) : NULL;

	return !u ? UI_NOBODY : u->admin ? UI_ADMIN : UI_USER;
}

/* --- what happens --- */

/* Progress of a scan has no event: it is looked up while it runs and somebody watches */
static void scan_runs(void *arg)
{
	struct ui *ui = arg;
	const struct gap *g = ui->host.gap(ui->host.arg);
	struct scan_state st = {0};

	if (g && gap_scanned(g))
		scan_look(gap_scanned(g), &st);
	hub_changed(ui->live, HUB_SCAN);
	if (st.running && hub_watched(ui->live))
		tmr_start(&ui->scan, SCAN_MS, scan_runs, ui);
}

/** An event of the door: who watches sees it, and what follows from it */
void ui_live_event(struct ui *ui, const struct event *ev)
{
	switch (ev->id) {
	case EV_CALL_OUT:
	case EV_CALL_IN:
	case EV_CALL_ANSWERED:
		ui->call.since_us = ev->wall_us;
		break;
	case EV_BOOT:
	case EV_SETTING:
	case EV_DRAFT:
	case EV_CONTACTS:
		hub_changed(ui->live, HUB_VALUES);
		break;
	case EV_SCAN:
		tmr_start(&ui->scan, 0, scan_runs, ui);
		break;
	default:
		break;
	}
	hub_event(ui->live, ev);
	hub_changed(ui->live, HUB_STATE);
}

/** The panel may look otherwise, for what no event tells: a supply, a switch, a board that is away */
void ui_changed(struct ui *ui)
{
	hub_changed(ui->live, HUB_STATE);
}

int ui_live_start(struct ui *ui)
{
	const struct hub_config cfg = {.make = make, .role = role, .arg = ui};

	return hub_alloc(&ui->live, &cfg);
}

/** GET /ui/live */
void ui_live(const struct ui_ask *ask, struct web_reply *rep)
{
	const int e = hub_stream(&rep->feed, ask->ui->live, ask->session->token);

	if (e) {
		ui_refuse(rep, 503, e == EBUSY ? "too_many_pages" : "no_memory", "%s", e == EBUSY ?
			  "too many pages watch the door already; close one" : "there is no memory for it");
		return;
	}
	tmr_start(&ask->ui->scan, 0, scan_runs, ask->ui);
	rep->status = 200;
	rep->type = "text/event-stream; charset=utf-8";
	web_reply_header(rep, "Cache-Control", "no-store");
}
