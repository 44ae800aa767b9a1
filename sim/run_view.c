/**
 * @file run_view.c  The picture of `ipgap run`: its window, and files (SIM-01, SIM-02)
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "run.h"
#include "vnet.h"
#include "../web/server.h"

#define POLL_MS 20
#define SLIDE_MS 250                    /* a slider that stood still that long is stored */

/** Bring the picture's model up to date */
void run_view(struct run *r)
{
	memset(r->view.timer, 0, sizeof(r->view.timer));
	memset(r->view.address, 0, sizeof(r->view.address));
	memset(r->view.peer, 0, sizeof(r->view.peer));
	memset(r->view.relay, 0, sizeof(r->view.relay));
	r->view.level_in = r->view.level_out = 0;
	r->view.muted = !r->sound;
	vdoor_view(r->door, &r->view);
	if (r->volume >= 0)
		r->view.volume = (unsigned)r->volume;
	if (r->microphone >= 0)
		r->view.microphone = (unsigned)r->microphone;
}

/**
 * Save a picture of the door as it is now.
 *
 * @param file    PNG file, overwritten
 * @param err     Written on failure
 * @param errsize Its size
 *
 * @return 0, errno
 */
int run_shot(struct run *r, const char *file, char *err, size_t errsize)
{
	int e;

	run_view(r);
	e = view_png(&r->view, file, 1);
	if (e)
		(void)re_snprintf(err, errsize, "%s cannot be written: %m", file, e);

	return e;
}

/* --- what the person did --- */

static void level(struct run *r, enum gap_input in, bool on)
{
	char err[RUN_ERR];

	if (in == GAP_IN_BUTTON)
		tmr_cancel(&r->release);
	if (run_level(r, in, on, err, sizeof(err)))
		(void)fprintf(stderr, "ipgap run: %s\n", err);
}

static void dip(struct run *r, unsigned index, bool on)
{
	(void)panel_backdoor.dip(vdoor_panel(r->door), index, on);
	run_web_changed(r);
}

static void store_slider(struct run *r, const char *key, int *percent)
{
	char value[16], err[RUN_ERR];

	if (*percent < 0)
		return;
	(void)snprintf(value, sizeof(value), "%d", *percent);
	*percent = -1;
	if (vdoor_set(r->door, key, value, err, sizeof(err)))
		(void)fprintf(stderr, "ipgap run: %s\n", err);
}

/** Store where the sliders were dragged to */
void run_settle(struct run *r)
{
	tmr_cancel(&r->slide);
	store_slider(r, "audio.volume", &r->volume);
	store_slider(r, "audio.microphone", &r->microphone);
}

static void slider_rests(void *arg)
{
	run_settle(arg);
}

static void slide(struct run *r, int *percent, int value)
{
	*percent = value;
	tmr_start(&r->slide, SLIDE_MS, slider_rests, r);
}

static void shot_now(struct run *r)
{
	const time_t now = (time_t)(vnet_wall_us() / 1000000);
	char file[48], err[RUN_ERR];
	struct tm tm;

	(void)strftime(file, sizeof(file), "ipgap-%Y%m%d-%H%M%S.png", localtime_r(&now, &tm));
	if (run_shot(r, file, err, sizeof(err)))
		say_error(r, "%s", err);
	else
		say_ok(r, "%s written", file);
}

static void action(const struct view_action *a, void *arg)
{
	struct run *r = arg;

	if (r->ending)
		return;
	switch (a->act) {
	case ACT_BUTTON: level(r, GAP_IN_BUTTON, a->value); break;
	case ACT_CONTACT: level(r, GAP_IN_CONTACT, a->value); break;
	case ACT_MAINS: level(r, GAP_IN_MAINS, a->value); break;
	case ACT_POE: level(r, GAP_IN_POE, a->value); break;
	case ACT_LINK: level(r, GAP_IN_LINK, a->value); break;
	case ACT_DIP: dip(r, (unsigned)a->index, a->value); break;
	case ACT_VOLUME: slide(r, &r->volume, a->value); break;
	case ACT_MICROPHONE: slide(r, &r->microphone, a->value); break;
	case ACT_SHOT: shot_now(r); break;
	case ACT_RESTART: run_restart(r); break;
	case ACT_HELP: r->view.help = a->value; break;
	case ACT_QUIT: run_end(r, "window closed"); break;
	case ACT_NONE: break;
	}
}

static void look(void *arg)
{
	struct run *r = arg;

	tmr_start(&r->poll, POLL_MS, look, r);
	(void)window_poll(r->window);
	if (r->ending)
		return;
	run_view(r);
	(void)window_show(r->window, &r->view);
}

/** Open the window; where there is no display the door goes on without, and a person is told how */
void run_window(struct run *r)
{
	if (r->args.headless)
		return;
	if (window_open(&r->window, action, r)) {
		char url[80];

		web_url(url, sizeof(url), r->web, WEB_HTTP);
		if (!*url)
			web_url(url, sizeof(url), r->web, WEB_HTTPS);
		(void)fprintf(stderr, "the door runs without a window; to look at it, %s%s%s"
			      "type `shot FILE.png` or start it with --shot FILE.png\n",
			      *url ? "open " : "", url, *url ? "#/events in a browser, or " : "");
		return;
	}
	tmr_start(&r->poll, 0, look, r);
}

void run_window_stop(struct run *r)
{
	tmr_cancel(&r->poll);
	tmr_cancel(&r->slide);
	window_close(r->window);
	r->window = NULL;
}
