/**
 * @file run_web.c  The web server of `ipgap run` (WEB-01, WEB-05)
 *
 * It serves while the door has a supply.  The setting web.http closes and opens HTTP as soon as it is changed.
 */
#include <stdio.h>
#include <string.h>
#include "run.h"
#include "../web/server.h"
#include "../web/ui.h"

static struct gap *door(void *arg)
{
	const struct run *r = arg;

	return r->ending ? NULL : vdoor_gap(r->door);
}

static void site(const struct web_request *req, struct web_reply *rep, void *arg)
{
	struct run *r = arg;

	ui_site(r->ui, req, rep);
}

static unsigned https_port(void *arg)
{
	const struct run *r = arg;
	const struct sa *a = r->web ? web_address(r->web, WEB_HTTPS) : NULL;

	return a ? sa_port(a) : 0;
}

static int hand(void *arg, enum gap_input in, bool level, char *err, size_t errsize)
{
	return run_level(arg, in, level, err, errsize);
}

static bool level(void *arg, enum gap_input in)
{
	const struct run *r = arg;

	return panel_level(vdoor_panel(r->door), in);
}

static int turn_switch(void *arg, unsigned index, bool on)
{
	const struct run *r = arg;

	return panel_backdoor.dip(vdoor_panel(r->door), index, on);
}

/* What the window shows, the pages show */
static void panel(void *arg, struct ui_panel *p)
{
	const struct run *r = arg;
	struct view v = {0};
	unsigned i;

	vdoor_view(r->door, &v);
	p->powered = v.powered;
	for (i = 0; i < GAP_INS; i++)
		p->in[i] = level(arg, (enum gap_input)i);
	p->dip = v.dip;
	for (i = 0; i < GAP_PICTOS; i++)
		p->light[i] = v.light[i];
	for (i = 0; i < GAP_RELAYS; i++) {
		p->relay[i].on = v.relay[i].on;
		str_ncpy(p->relay[i].function, v.relay[i].function, sizeof(p->relay[i].function));
	}
}

static void restart_now(void *arg)
{
	run_restart(arg);
}

/* Whoever asks for it is inside of the door that ends */
static void restart(void *arg)
{
	struct run *r = arg;

	tmr_start(&r->web_restart, 0, restart_now, r);
}

/* A port that was asked for has to be; a taken one of the defaults is another door on the same computer */
static int listen_on(struct run *r, enum web_scheme scheme, const struct run_listen *l)
{
	static const char *const option[] = {"--http", "--https"};
	char err[RUN_ERR];
	const int e = web_listen(r->web, scheme, err, sizeof(err));

	if (e)
		(void)fprintf(stderr, "ipgap run: %s%s; %s [ADDR:]PORT says where, %s off says not at all\n",
			      l->asked ? "" : "warning: ", err, option[scheme], option[scheme]);

	return l->asked ? e : 0;
}

static void turn(void *arg)
{
	struct run *r = arg;

	if (vdoor_settings(r->door)->http)
		(void)listen_on(r, WEB_HTTP, &r->args.http);
	else
		web_silence(r->web, WEB_HTTP);
}

/**
 * Start the web server.
 *
 * @param r Run, its door made
 *
 * @return 0, errno where it cannot listen as asked; what is wrong was said
 */
int run_web_start(struct run *r)
{
	const struct web_config wc = {
		.http = r->args.http.addr, .https = r->args.https.addr, .dir = r->args.data,
		.cert = vdoor_settings(r->door)->web_cert, .gap = door, .site = site, .body_max = ui_body_max, .arg = r,
	};
	const bool drives = !r->rig || rig_drives(r->rig);
	const struct ui_host host = {
		.gap = door, .input = drives ? hand : NULL, .level = level, .dip = drives ? turn_switch : NULL,
		.panel = panel, .restart = restart, .store = r->store, .trace = r->trace,
		.place = {.bound = r->args.bind, .data = r->args.data},
		.https_port = https_port, .pages = r->args.pages, .arg = r,
	};
	char err[RUN_ERR] = "";
	int e = ui_alloc(&r->ui, &host, err, sizeof(err));

	if (!e)
		e = web_alloc(&r->web, &wc);
	if (e)
		(void)fprintf(stderr, "ipgap run: no web server: %s\n", *err ? err : strerror(e));
	if (!e && vdoor_settings(r->door)->http)
		e = listen_on(r, WEB_HTTP, &r->args.http);
	if (!e)
		e = listen_on(r, WEB_HTTPS, &r->args.https);

	return e;
}

/** The panel may look otherwise */
void run_web_changed(struct run *r)
{
	if (r->ui)
		ui_changed(r->ui);
}

/** An event of the door: of a setting that is the server's, its effect follows once the event's emitter is done */
void run_web_event(struct run *r, const struct event *ev)
{
	if (r->ui)
		ui_event(r->ui, ev);
	if (ev->id == EV_SETTING && r->web && !strcmp(ev->val[0].s, "web.http"))
		tmr_start(&r->web_turn, 0, turn, r);
}
