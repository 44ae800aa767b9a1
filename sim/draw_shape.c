/**
 * @file draw_shape.c  The shapes everything is made of: cards, lamps, switches, shadows, turned
 * metal
 */
#include <math.h>
#include "draw.h"

/** Set the source colour */
void draw_rgb(cairo_t *cr, unsigned rgb, double alpha)
{
	cairo_set_source_rgba(cr, (rgb >> 16 & 255) / 255., (rgb >> 8 & 255) / 255.,
			      (rgb & 255) / 255., alpha);
}

/** Add a stop to a gradient */
void draw_stop(cairo_pattern_t *p, double at, unsigned rgb, double alpha)
{
	cairo_pattern_add_color_stop_rgba(p, at, (rgb >> 16 & 255) / 255., (rgb >> 8 & 255) / 255.,
					  (rgb & 255) / 255., alpha);
}

/** Fill the path with a gradient, and destroy the gradient */
void draw_fill_pattern(cairo_t *cr, cairo_pattern_t *p)
{
	cairo_set_source(cr, p);
	cairo_fill(cr);
	cairo_pattern_destroy(p);
}

/** Path: a rectangle with round corners, clockwise */
void draw_round(cairo_t *cr, const struct box *b, double r)
{
	cairo_new_sub_path(cr);
	cairo_arc(cr, b->x + b->w - r, b->y + r, r, -M_PI / 2, 0);
	cairo_arc(cr, b->x + b->w - r, b->y + b->h - r, r, 0, M_PI / 2);
	cairo_arc(cr, b->x + r, b->y + b->h - r, r, M_PI / 2, M_PI);
	cairo_arc(cr, b->x + r, b->y + r, r, M_PI, 3 * M_PI / 2);
	cairo_close_path(cr);
}

/** Path: a full circle */
void draw_circle(cairo_t *cr, double x, double y, double r)
{
	cairo_new_sub_path(cr);
	cairo_arc(cr, x, y, r, 0, 2 * M_PI);
	cairo_close_path(cr);
}

/** Stroke one line in the current source and width */
void draw_line(cairo_t *cr, double x1, double y1, double x2, double y2)
{
	cairo_move_to(cr, x1, y1);
	cairo_line_to(cr, x2, y2);
	cairo_stroke(cr);
}

/**
 * A soft shadow around a round rectangle, `spread` wide; cairo has no blur, so layers add up to
 * one
 */
void draw_shadow(cairo_t *cr, const struct box *b, double r, double spread, double alpha)
{
	const int layers = 16;

	for (int i = 0; i < layers; i++) {
		double d = spread * (1 - 2. * i / layers);
		struct box s = { b->x - d, b->y - d, b->w + 2 * d, b->h + 2 * d };

		draw_round(cr, &s, fmax(1, r + d));
		draw_rgb(cr, C_BLACK, alpha / layers);
		cairo_fill(cr);
	}
}

/** A card with its title, in small capitals */
void draw_card(cairo_t *cr, const struct box *b, const char *title)
{
	struct box in = { b->x + .5, b->y + .5, b->w - 1, b->h - 1 };
	cairo_pattern_t *p = cairo_pattern_create_linear(0, b->y, 0, b->y + b->h);

	draw_stop(p, 0, C_CARD + 0x020303, 1);
	draw_stop(p, 1, C_CARD, 1);
	draw_round(cr, b, 9);
	draw_fill_pattern(cr, p);

	draw_round(cr, &in, 8.5);
	draw_rgb(cr, C_EDGE, 1);
	cairo_set_line_width(cr, 1);
	cairo_stroke(cr);

	draw_text(cr, F_TITLE, C_FAINT, LEFT, b->x + 16, b->y + 22, b->w - 32, title);
}

/** A small lamp, with its glow when lit */
void draw_led(cairo_t *cr, double x, double y, unsigned rgb, bool lit)
{
	cairo_pattern_t *p;

	if (lit) {
		p = cairo_pattern_create_radial(x, y, 2, x, y, 12);
		draw_stop(p, 0, rgb, .5);
		draw_stop(p, 1, rgb, 0);
		draw_circle(cr, x, y, 12);
		draw_fill_pattern(cr, p);
	}
	draw_circle(cr, x, y, 5);
	draw_rgb(cr, lit ? rgb : C_TRACK, 1);
	cairo_fill(cr);
	draw_circle(cr, x - 1.3, y - 1.5, 1.5);
	draw_rgb(cr, C_WHITE, lit ? .65 : .18);
	cairo_fill(cr);
}

/** A sliding switch, 36 x 20, its left top corner at x, y */
void draw_toggle(cairo_t *cr, double x, double y, bool on)
{
	struct box b = { x, y, 36, 20 };
	double knob = on ? x + 26 : x + 10;
	cairo_pattern_t *p = cairo_pattern_create_linear(0, y + 2, 0, y + 18);

	draw_round(cr, &b, 10);
	draw_rgb(cr, on ? 0x2f9e63 : C_TRACK, 1);
	cairo_fill(cr);
	draw_circle(cr, knob, y + 10.8, 8.2);
	draw_rgb(cr, C_BLACK, .3);
	cairo_fill(cr);

	draw_stop(p, 0, 0xffffff, 1);
	draw_stop(p, 1, 0xcfd6dd, 1);
	draw_circle(cr, knob, y + 10, 7.8);
	draw_fill_pattern(cr, p);
}

/* How bright turned steel is at an angle: two broad reflections and a few faint ones */
static double turned(double a)
{
	return .64 + .15 * cos(2 * (a - 2.25)) + .05 * cos(4 * a + .8) + .012 * cos(14 * a);
}

/**
 * Turned metal: a ring (or a disc, inner = 0) whose brightness goes round with the angle.
 *
 * @param turn  Turns the reflections [rad]
 * @param shade Brightness factor, 1 = as it is
 */
void draw_conic(cairo_t *cr, const struct disc *d, double inner, double turn, double shade)
{
	const int n = 144;
	const double step = 2 * M_PI / n;

	cairo_save(cr);
	draw_circle(cr, d->x, d->y, d->r);
	if (inner > 0) {
		cairo_new_sub_path(cr);
		cairo_arc_negative(cr, d->x, d->y, inner, 2 * M_PI, 0);
		cairo_close_path(cr);
	}
	cairo_clip(cr);
	for (int i = 0; i < n; i++) {
		double a = i * step, g = fmin(1, turned(a + turn) * shade);

		cairo_move_to(cr, d->x, d->y);
		cairo_arc(cr, d->x, d->y, d->r + 2, a, a + (i < n - 1 ? 2 : 1) * step);
		cairo_close_path(cr);
		cairo_set_source_rgb(cr, g * .985, g * .995, fmin(1, g * 1.01));
		cairo_fill(cr);
	}
	cairo_restore(cr);
}
