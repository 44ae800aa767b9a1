/**
 * @file draw_relays.c  The relays card: each relay's change-over contact, function and hold time
 * (HW-03)
 *
 * The symbol is the circuit diagram's: C is joined to NC while the relay is released, to NO while
 * its coil (the box below, joined to the blade by a dashed line) is energised.
 */
#include <math.h>
#include <stdio.h>
#include "draw.h"

#define WIRE 1.8
#define RING 25.5                       /* radius of the hold time's ring */

static void terminal(cairo_t *cr, double x, double y, double from, bool live)
{
	draw_rgb(cr, live ? C_AMBER : C_DIM, 1);
	cairo_set_line_width(cr, WIRE);
	draw_line(cr, from, y, x, y);
	draw_circle(cr, x, y, 3.2);
	draw_rgb(cr, C_CARD, 1);
	cairo_fill_preserve(cr);
	draw_rgb(cr, live ? C_AMBER : C_DIM, 1);
	cairo_set_line_width(cr, 1.5);
	cairo_stroke(cr);
}

/* A fixed contact: its wire ends in a small bar the blade rests on */
static void fixed_contact(cairo_t *cr, double x, double y, double bar, bool live, const char *name)
{
	terminal(cr, x + 96, y, x + 70, live);
	draw_rgb(cr, live ? C_AMBER : C_DIM, 1);
	cairo_set_line_width(cr, WIRE);
	draw_line(cr, x + 70, y, x + 70, y + bar);
	draw_text(cr, F_TINY, live ? C_AMBER : C_FAINT, CENTRE, x + 88, y + (bar > 0 ? -8 : 17), 30,
		  name);
}

static void coil(cairo_t *cr, double x, double y, bool on)
{
	static const double dash[] = { 2.5, 2.5 };
	struct box b = { x + 32, y + 76, 30, 17 };

	draw_rgb(cr, on ? C_AMBER : C_FAINT, 1);
	cairo_set_line_width(cr, 1.2);
	cairo_set_dash(cr, dash, 2, 0);
	draw_line(cr, x + 47, y + 76, x + 47, y + (on ? 51 : 43));
	cairo_set_dash(cr, NULL, 0, 0);

	draw_round(cr, &b, 1.5);
	draw_rgb(cr, C_AMBER, on ? .9 : 0);
	cairo_fill_preserve(cr);
	draw_rgb(cr, on ? C_AMBER : C_DIM, 1);
	cairo_set_line_width(cr, 1.5);
	cairo_stroke(cr);
	draw_line(cr, b.x - 10, b.y + 8.5, b.x, b.y + 8.5);
	draw_line(cr, b.x + b.w, b.y + 8.5, b.x + b.w + 10, b.y + 8.5);
}

static void symbol(cairo_t *cr, double x, double y, bool on)
{
	const double px = x + 24, py = y + 46, nc = y + 32, no = y + 60;

	coil(cr, x, y, on);
	fixed_contact(cr, x, nc, 5, !on, "NC");
	fixed_contact(cr, x, no, -5, on, "NO");
	terminal(cr, x + 4, py, px, true);
	draw_text(cr, F_TINY, C_AMBER, CENTRE, x + 5, py - 8, 20, "C");

	draw_rgb(cr, C_AMBER, 1);
	cairo_set_line_width(cr, 2.8);
	cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
	draw_line(cr, px, py, x + 74, on ? no - 6.4 : nc + 6.4);
	cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
	draw_circle(cr, px, py, 2.6);
	cairo_fill(cr);
}

/* What stands in the ring: seconds left, or the bare state */
static void hold_text(char *text, size_t size, bool on, uint64_t left_us)
{
	uint64_t tenths = (left_us + 99999) / 100000;

	if (on && left_us && left_us < 100000000)
		(void)snprintf(text, size, "%u.%u s", (unsigned)(tenths / 10),
			       (unsigned)(tenths % 10));
	else if (on && left_us)
		(void)snprintf(text, size, "%llu s", (unsigned long long)(left_us / 1000000));
	else
		(void)snprintf(text, size, on ? "on" : "off");
}

static void hold_ring(cairo_t *cr, double x, double y, bool on, uint64_t left_us, uint64_t hold_us)
{
	double part = !on ? 0 : hold_us && left_us ? fmin(1, (double)left_us / (double)hold_us) : 1;
	char text[32];

	cairo_set_line_width(cr, 5);
	draw_circle(cr, x, y, RING);
	draw_rgb(cr, C_TRACK, 1);
	cairo_stroke(cr);
	if (part > 0) {
		cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
		cairo_arc(cr, x, y, RING, -M_PI / 2, -M_PI / 2 + 2 * M_PI * part);
		draw_rgb(cr, C_AMBER, 1);
		cairo_stroke(cr);
		cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
	}
	hold_text(text, sizeof(text), on, left_us);
	draw_text(cr, F_BOLD, on ? C_TEXT : C_FAINT, CENTRE, x, y + 4.5, 44, text);
	if (on && hold_us) {
		(void)snprintf(text, sizeof(text), "of %.4g s", (double)hold_us / 1e6);
		draw_text(cr, F_TINY, C_DIM, CENTRE, x, y + 46, 54, text);
	}
}

/** Both relays.  Without a supply neither coil can pull. */
void draw_relays(cairo_t *cr, const struct view *v)
{
	const struct box *b = &lay.relays;

	draw_rgb(cr, C_EDGE, 1);
	cairo_set_line_width(cr, 1);
	draw_line(cr, b->x + b->w / 2, b->y + 36, b->x + b->w / 2, b->y + b->h - 14);

	for (unsigned i = 0; i < GAP_RELAYS; i++) {
		double x = b->x + 16 + i * (b->w / 2), y = b->y + 32;
		bool on = v->powered && v->relay[i].on;
		char name[16];
		double w;

		(void)snprintf(name, sizeof(name), "Relay %u", i + 1);
		w = draw_text(cr, F_BOLD, C_TEXT, LEFT, x, y + 12, 100, name);
		draw_text(cr, F_SMALL, C_DIM, RIGHT, x + 164, y + 12, 164 - w - 10,
			  v->relay[i].function);
		symbol(cr, x, y + 8, on);
		hold_ring(cr, x + 136, y + 53, on, v->relay[i].left_us, v->relay[i].hold_us);
	}
}
