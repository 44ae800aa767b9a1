/**
 * @file draw_side.c  The cards one can operate: inputs, supplies, DIP switches, sound (HW-04 to
 * HW-07, EVT-02)
 */
#include <math.h>
#include <stdio.h>
#include "draw.h"

/* A lamp, a name, a switch; the row is as high as what answers the mouse */
static void switch_row(cairo_t *cr, const struct box *b, const char *name, bool on)
{
	double mid = b->y + b->h / 2;

	draw_led(cr, b->x + 14, mid, on ? C_GREEN : C_RED, true);
	draw_text(cr, F_SMALL, C_TEXT, LEFT, b->x + 29, mid + 4, b->w - 29 - 50, name);
	draw_toggle(cr, b->x + b->w - 44, mid - 10, on);
}

/** Mains, PoE and Ethernet link (HW-05, HW-10) */
void draw_supply(cairo_t *cr, const struct view *v)
{
	switch_row(cr, hit_box(ACT_MAINS, 0), "Mains 24 V", v->mains);
	switch_row(cr, hit_box(ACT_POE, 0), "PoE+", v->poe);
	switch_row(cr, hit_box(ACT_LINK, 0), "Link", v->link);
}

/** The call button as the core sees it, and the external input (HW-01, HW-04) */
void draw_inputs(cairo_t *cr, const struct view *v)
{
	const struct box *b = &lay.inputs, *c = hit_box(ACT_CONTACT, 0);

	draw_led(cr, b->x + 22, b->y + 50, C_AMBER, v->button);
	draw_text(cr, F_SMALL, C_TEXT, LEFT, b->x + 37, b->y + 54, 72, "Call button");
	draw_text(cr, F_SMALL, v->button ? C_AMBER : C_FAINT, RIGHT, b->x + b->w - 16, b->y + 54,
		  58,
		  v->button ? "pressed" : "idle");

	draw_rgb(cr, C_EDGE, 1);
	cairo_set_line_width(cr, 1);
	draw_line(cr, b->x + 16, b->y + 71.5, b->x + b->w - 16, b->y + 71.5);

	draw_led(cr, c->x + 14, c->y + 20, C_AMBER, v->contact);
	draw_text(cr, F_SMALL, C_TEXT, LEFT, c->x + 29, c->y + 24, 92, "External input");
	draw_text(cr, F_TINY, v->contact ? C_AMBER : C_FAINT, LEFT, c->x + 29, c->y + 42, 92,
		  v->contact ? "contact closed" : "contact open");
	draw_toggle(cr, c->x + c->w - 44, c->y + 20, v->contact);
}

/* One of the four: a white lever in its slot, right = ON */
static void dip_switch(cairo_t *cr, const struct box *row, int i, bool on, const char *name)
{
	double mid = row->y + row->h / 2;
	struct box slot = { row->x + 21, mid - 6.5, 34, 13 }, lever = { slot.x + (on ? 18 : 2),
									mid - 5, 14, 10 };
	cairo_pattern_t *p = cairo_pattern_create_linear(0, lever.y, 0, lever.y + lever.h);
	char no[12];

	(void)snprintf(no, sizeof(no), "%d", i + 1);
	draw_text(cr, F_TITLE, C_WHITE, CENTRE, row->x + 12, mid + 3.6, 12, no);
	draw_round(cr, &slot, 2);
	draw_rgb(cr, 0x5c0f10, 1);
	cairo_fill(cr);
	draw_stop(p, 0, 0xffffff, 1);
	draw_stop(p, 1, 0xc9ccd0, 1);
	draw_round(cr, &lever, 1.5);
	draw_fill_pattern(cr, p);
	draw_text(cr, F_SMALL, on ? C_AMBER : C_TEXT, LEFT, row->x + 70, mid + 4, row->w - 70,
		  name);
}

/** The DIP switches, as mounted: ON is to the right (HW-06, manual 1.3) */
void draw_dip(cairo_t *cr, const struct view *v)
{
	static const char *const name[] = { "DHCP", "Speak IP", "192.168.0.2", "Factory" };
	const struct box *top = hit_box(ACT_DIP, 0), *end = hit_box(ACT_DIP, 3);
	struct box body = { top->x, top->y - 2, 61, end->y + end->h - top->y + 4 };
	cairo_pattern_t *p = cairo_pattern_create_linear(body.x, body.y, body.x + body.w,
							 body.y + body.h);

	draw_stop(p, 0, 0xd8393a, 1);
	draw_stop(p, 1, 0xa82328, 1);
	draw_round(cr, &body, 3);
	draw_fill_pattern(cr, p);
	draw_text(cr, F_TITLE, C_FAINT, RIGHT, body.x + body.w - 2, body.y - 6, 40, "ON ▸");
	for (int i = 0; i < 4; i++)
		dip_switch(cr, hit_box(ACT_DIP, i), i, v->dip >> i & 1, name[i]);
}

static void slider(cairo_t *cr, const struct box *b, double part, unsigned rgb)
{
	double x = b->x + 8, w = b->w - 16, mid = b->y + b->h / 2;
	struct box track = { x, mid - 2, w, 4 }, full = { x, mid - 2, fmax(4, w * part), 4 };

	draw_round(cr, &track, 2);
	draw_rgb(cr, C_TRACK, 1);
	cairo_fill(cr);
	draw_round(cr, &full, 2);
	draw_rgb(cr, rgb, 1);
	cairo_fill(cr);
	draw_circle(cr, x + w * part, mid + .8, 7.4);
	draw_rgb(cr, C_BLACK, .35);
	cairo_fill(cr);
	draw_circle(cr, x + w * part, mid, 7);
	draw_rgb(cr, 0xf2f5f8, 1);
	cairo_fill(cr);
}

/* Segments of a level meter; the last quarter warns */
static void meter(cairo_t *cr, double x, double y, float level)
{
	const int n = 19;
	int lit = (int)lroundf(fminf(1, fmaxf(0, level)) * (float)n);

	for (int i = 0; i < n; i++) {
		cairo_rectangle(cr, x + i * 8, y, 6.5, 3);
		draw_rgb(cr, i >= lit ? C_TRACK : i < n * 3 / 4 ? C_GREEN : C_AMBER, i >= lit ? .55
			 : 1);
		cairo_fill(cr);
	}
}

static void level(cairo_t *cr, const struct box *b, const char *name, unsigned percent, float now)
{
	char text[16];
	double part = fmin(1, percent / 100.);

	(void)snprintf(text, sizeof(text), "%u %%", percent > 100 ? 100 : percent);
	draw_text(cr, F_SMALL, C_TEXT, LEFT, b->x + 8, b->y - 1, 100, name);
	draw_text(cr, F_SMALL, C_DIM, RIGHT, b->x + b->w - 8, b->y - 1, 50, text);
	slider(cr, b, part, C_BLUE);
	meter(cr, b->x + 8, b->y + b->h - 2, now);
}

/** Volume and microphone, each with what passes now (HW-07) */
void draw_sound(cairo_t *cr, const struct view *v)
{
	const struct box *b = &lay.sound;

	if (v->muted)
		draw_text(cr, F_TINY, C_AMBER, RIGHT, b->x + b->w - 16, b->y + 22, 96,
			  "no sound device");
	level(cr, hit_box(ACT_VOLUME, 0), "Volume", v->volume, v->level_out);
	level(cr, hit_box(ACT_MICROPHONE, 0), "Microphone", v->microphone, v->level_in);
}
