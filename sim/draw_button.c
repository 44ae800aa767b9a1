/**
 * @file draw_button.c  The call button and its ring (HW-01)
 */
#include <math.h>
#include "draw.h"

/** The ring in the plate: a turned collar around a dark well */
void draw_ring(cairo_t *cr)
{
	const struct disc *d = &lay.ring;
	cairo_pattern_t *p = cairo_pattern_create_linear(0, d->y - d->r, 0, d->y + d->r);

	draw_circle(cr, d->x, d->y + 1.2, d->r + 1.6);
	draw_rgb(cr, C_WHITE, .55);
	cairo_fill(cr);
	draw_circle(cr, d->x, d->y, d->r + 1.4);
	draw_rgb(cr, 0x34373b, 1);
	cairo_fill(cr);
	draw_conic(cr, d, lay.button.r + 4, .35, 1.06);
	draw_stop(p, 0, C_WHITE, .38);
	draw_stop(p, .5, C_WHITE, 0);
	draw_stop(p, 1, C_BLACK, .4);
	draw_circle(cr, d->x, d->y, d->r);
	draw_fill_pattern(cr, p);

	draw_circle(cr, d->x, d->y + .8, lay.button.r + 6.5);
	draw_rgb(cr, C_WHITE, .35);
	cairo_fill(cr);
}

/* Light on the face: a shallow dish, darker all over when pressed */
static void dish(cairo_t *cr, const struct disc *f, bool pressed)
{
	cairo_pattern_t *p = cairo_pattern_create_linear(0, f->y - f->r, 0, f->y + f->r);

	draw_stop(p, 0, pressed ? C_BLACK : C_WHITE, pressed ? .42 : .30);
	draw_stop(p, .5, C_BLACK, pressed ? .14 : 0);
	draw_stop(p, 1, pressed ? C_WHITE : C_BLACK, pressed ? .12 : .28);
	draw_circle(cr, f->x, f->y, f->r);
	draw_fill_pattern(cr, p);
}

/* The chamfer: its upper side shines when the face stands proud, its lower side when it is in */
static void chamfer(cairo_t *cr, const struct disc *f, bool pressed)
{
	cairo_pattern_t *p = cairo_pattern_create_linear(f->x - f->r, f->y - f->r, f->x + f->r,
							 f->y + f->r);

	draw_stop(p, pressed, C_WHITE, pressed ? .45 : .95);
	draw_stop(p, .5, 0x8b8f93, .5);
	draw_stop(p, !pressed, C_BLACK, .6);
	draw_circle(cr, f->x, f->y, f->r - 1.2);
	cairo_set_source(cr, p);
	cairo_pattern_destroy(p);
	cairo_set_line_width(cr, 2.4);
	cairo_stroke(cr);
}

/* The hollow a finger finds */
static void hollow(cairo_t *cr, const struct disc *f, bool pressed)
{
	double r = f->r * .66;
	cairo_pattern_t *p = cairo_pattern_create_linear(f->x - r * .4, f->y - r, f->x + r * .4,
							 f->y + r);

	draw_stop(p, 0, C_BLACK, pressed ? .40 : .30);
	draw_stop(p, .45, C_BLACK, .04);
	draw_stop(p, 1, C_WHITE, pressed ? .16 : .42);
	draw_circle(cr, f->x, f->y, r);
	draw_fill_pattern(cr, p);
}

/* The traces of the lathe: fine rings, some light, some dark */
static void lathe(cairo_t *cr, const struct disc *f)
{
	cairo_set_line_width(cr, .6);
	for (int i = 1; i * 1.5 < f->r - 3; i++) {
		draw_circle(cr, f->x, f->y, i * 1.5);
		draw_rgb(cr, i * i % 7 < 3 ? C_WHITE : C_BLACK, .05 + .03 * (i * 5 % 4));
		cairo_stroke(cr);
	}
}

/** The button in its well: proud of the plate, or pressed in (over the picture of the other) */
void draw_button(cairo_t *cr, bool pressed)
{
	struct disc f = lay.button;

	draw_circle(cr, f.x, f.y, f.r + 6);
	draw_rgb(cr, 0x0b0c0e, 1);
	cairo_fill(cr);
	if (pressed) {
		f.y += 1.5;
		f.r -= 2.5;
	}
	draw_conic(cr, &f, 0, 0, pressed ? .82 : 1.08);
	lathe(cr, &f);
	dish(cr, &f, pressed);
	hollow(cr, &f, pressed);
	chamfer(cr, &f, pressed);
}
