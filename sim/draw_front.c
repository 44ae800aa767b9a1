/**
 * @file draw_front.c  The stainless front: plate, screws, perforations, camera, name plate
 * (HW-01, HW-07, HW-08)
 *
 * Manual 1.1 and 1.2: a 2.5 mm stainless plate, 210 x 120 mm, vandal-proof; a camera on "V"
 * models only.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "draw.h"

#define GRAIN 2                         /* texture pixels a user unit */

/* A fixed random sequence: every picture of a door is the same (xorshift32, Marsaglia 2003) */
static double draw_random(uint32_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 17;
	*s ^= *s << 5;
	return *s / 4294967296.;
}

/* One row of brushing: streaks some 30 to 300 pixels long, each fading into the next */
static void brush_row(uint32_t *px, int w, uint32_t *seed)
{
	double row = draw_random(seed) - .5, aim = 0, v = 0;

	for (int x = 0; x < w; x++) {
		uint32_t a;

		if (draw_random(seed) < .012)
			aim = draw_random(seed) - .5;
		v += (aim - v) * .08;
		a = (uint32_t)(fabs(v * 1.3 + row * .7) * 38);
		px[x] = v * 1.3 + row * .7 > 0 ? a * 0x01010101u : a << 24;    /* white or black */
	}
}

/* Lay the brushing over the plate's path */
static void brush(cairo_t *cr, const struct box *b)
{
	int w = (int)b->w * GRAIN, h = (int)b->h * GRAIN;
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, w, h);
	unsigned char *data = cairo_image_surface_get_data(s);
	uint32_t seed = 0x1ca90002;

	for (int y = 0; data && y < h; y++)
		brush_row((uint32_t *)(void *)(data + y * cairo_image_surface_get_stride(s)), w,
			  &seed);
	cairo_surface_mark_dirty(s);

	cairo_save(cr);
	draw_round(cr, b, 11);
	cairo_clip(cr);
	cairo_translate(cr, b->x, b->y);
	cairo_scale(cr, 1. / GRAIN, 1. / GRAIN);
	cairo_set_source_surface(cr, s, 0, 0);
	if (data)
		cairo_paint(cr);
	cairo_restore(cr);
	cairo_surface_destroy(s);
}

/* The light on the plate: a broad diagonal sheen, darker at both ends */
static void sheen(cairo_t *cr, const struct box *b)
{
	static const struct { double at; unsigned rgb; } stop[] = {
		{ 0, 0x9b9fa3 }, { .14, 0xc4c8cb }, { .30, 0xb0b4b8 }, { .46, 0xd3d6d8 },
		{ .60, 0xb6babd }, { .80, 0xa2a6aa }, { 1, 0x84888d },
	};
	cairo_pattern_t *p = cairo_pattern_create_linear(b->x - 40, b->y, b->x + b->w + 40,
							 b->y + b->h * .55);

	for (size_t i = 0; i < sizeof(stop) / sizeof(stop[0]); i++)
		draw_stop(p, stop[i].at, stop[i].rgb, 1);
	draw_round(cr, b, 11);
	draw_fill_pattern(cr, p);

	p = cairo_pattern_create_linear(0, b->y, 0, b->y + b->h);
	draw_stop(p, 0, C_WHITE, .16);
	draw_stop(p, .25, C_WHITE, 0);
	draw_stop(p, .7, C_BLACK, 0);
	draw_stop(p, 1, C_BLACK, .22);
	draw_round(cr, b, 11);
	draw_fill_pattern(cr, p);
}

/* The 2.5 mm edge: light from above left */
static void bevel(cairo_t *cr, const struct box *b)
{
	struct box in = { b->x + 1, b->y + 1, b->w - 2, b->h - 2 };
	cairo_pattern_t *p = cairo_pattern_create_linear(b->x, b->y, b->x + b->w * .6, b->y + b->h);

	draw_stop(p, 0, C_WHITE, .95);
	draw_stop(p, .35, C_WHITE, .35);
	draw_stop(p, .65, C_BLACK, .15);
	draw_stop(p, 1, C_BLACK, .55);
	draw_round(cr, &in, 10);
	cairo_set_source(cr, p);
	cairo_pattern_destroy(p);
	cairo_set_line_width(cr, 2);
	cairo_stroke(cr);
}

/* A drilled hole: dark, its lower edge catching the light */
static void hole(cairo_t *cr, double x, double y, double r)
{
	cairo_pattern_t *p = cairo_pattern_create_linear(0, y - r, 0, y + r);

	draw_circle(cr, x, y + .7, r + .35);
	draw_rgb(cr, C_WHITE, .55);
	cairo_fill(cr);
	draw_stop(p, 0, 0x06070a, 1);
	draw_stop(p, 1, 0x24272b, 1);
	draw_circle(cr, x, y, r);
	draw_fill_pattern(cr, p);
}

/* Loudspeaker: rows of holes on a triangular grid, inside a circle */
static void grille(cairo_t *cr, const struct disc *d)
{
	const double pitch = 11.4, rise = pitch * .8660254;
	int rows = (int)(d->r / rise);

	for (int j = -rows; j <= rows; j++) {
		double shift = j % 2 ? pitch / 2 : 0;

		for (int i = -8; i <= 8; i++) {
			double x = i * pitch + shift, y = j * rise;

			if (hypot(x, y) <= d->r)
				hole(cr, d->x + x, d->y + y, 3);
		}
	}
}

static void microphone(cairo_t *cr)
{
	hole(cr, lay.mic.x, lay.mic.y, 2.1);
	for (int i = 0; i < 6; i++) {
		double a = i * M_PI / 3;

		hole(cr, lay.mic.x + lay.mic.r * cos(a), lay.mic.y + lay.mic.r * sin(a), 2.1);
	}
}

/* The six lobes and the pin that keep ordinary drivers out */
static void lobes(cairo_t *cr, double x, double y)
{
	for (int i = 0; i < 6; i++) {
		double a = i * M_PI / 3 + .3;

		draw_circle(cr, x + 3.1 * cos(a), y + 3.1 * sin(a), 1.6);
	}
	draw_circle(cr, x, y, 3.3);
	draw_rgb(cr, 0x1b1e22, 1);
	cairo_fill(cr);
	draw_circle(cr, x, y, 1.35);
	draw_rgb(cr, 0x9a9fa4, 1);
	cairo_fill(cr);
}

/* A button-head security screw in its countersink */
static void screw(cairo_t *cr, double x, double y, double turn)
{
	struct disc head = { x, y, 8.6 };
	cairo_pattern_t *p = cairo_pattern_create_radial(x - 3, y - 3.5, 0, x, y, 9);

	draw_circle(cr, x, y + .9, 10.4);
	draw_rgb(cr, C_WHITE, .5);
	cairo_fill(cr);
	draw_circle(cr, x, y, 10.2);
	draw_rgb(cr, 0x3a3d41, 1);
	cairo_fill(cr);
	draw_conic(cr, &head, 0, turn, 1.12);
	draw_stop(p, 0, C_WHITE, .55);
	draw_stop(p, .6, C_WHITE, 0);
	draw_stop(p, 1, C_BLACK, .38);
	draw_circle(cr, x, y, 8.6);
	draw_fill_pattern(cr, p);

	cairo_save(cr);
	cairo_translate(cr, x, y);
	cairo_rotate(cr, turn);
	lobes(cr, 0, 0);
	cairo_restore(cr);
}

static void screws(cairo_t *cr, const struct box *b)
{
	const double in = 25;

	screw(cr, b->x + in, b->y + in, .2);
	screw(cr, b->x + b->w - in, b->y + in, 1.7);
	screw(cr, b->x + in, b->y + b->h - in, 2.6);
	screw(cr, b->x + b->w - in, b->y + b->h - in, .9);
}

/* The lens behind its window */
static void camera(cairo_t *cr, const struct disc *d)
{
	static const struct { double r; unsigned rgb; } ring[] = {
		{ 1, 0x2a2d31 }, { .94, 0x0c0e11 }, { .6, 0x23272d }, { .54, 0x0a0c12 },
		{ .36, 0x10182c }, { .17, 0x05060a },
	};
	cairo_pattern_t *p = cairo_pattern_create_radial(d->x - 9, d->y - 11, 0, d->x, d->y, d->r);

	draw_circle(cr, d->x, d->y + 1, d->r + 1);
	draw_rgb(cr, C_WHITE, .55);
	cairo_fill(cr);
	for (size_t i = 0; i < sizeof(ring) / sizeof(ring[0]); i++) {
		draw_circle(cr, d->x, d->y, d->r * ring[i].r);
		draw_rgb(cr, ring[i].rgb, 1);
		cairo_fill(cr);
	}
	draw_stop(p, 0, 0xb9ccff, .55);
	draw_stop(p, .35, 0x6f88d8, .12);
	draw_stop(p, 1, C_BLACK, 0);
	draw_circle(cr, d->x, d->y, d->r * .94);
	draw_fill_pattern(cr, p);
}

/* Text cut into the steel */
static void engrave(cairo_t *cr, enum font f, double x, double y, double max, const char *s)
{
	draw_text(cr, f, 0xe4e7e9, CENTRE, x, y + .8, max, s);
	draw_text(cr, f, 0x4c5054, CENTRE, x, y, max, s);
}

/* The name plate: black anodised, the door's identity cut through to the metal */
static void name_plate(cairo_t *cr, const char *identity)
{
	const struct box *b = &lay.name;
	struct box low = { b->x - .5, b->y + .5, b->w + 1, b->h + 1 };
	cairo_pattern_t *p = cairo_pattern_create_linear(b->x, b->y, b->x + 60, b->y + b->h);
	double w = draw_text_width(cr, F_TINY, "ID");

	draw_round(cr, &low, 5);
	draw_rgb(cr, C_WHITE, .6);
	cairo_fill(cr);
	draw_stop(p, 0, 0x2b2f34, 1);
	draw_stop(p, 1, 0x15171a, 1);
	draw_round(cr, b, 5);
	draw_fill_pattern(cr, p);
	draw_text(cr, F_TINY, 0x9aa0a6, LEFT, b->x + 16, b->y + 23, w + 1, "ID");
	draw_text(cr, F_NAME, 0xdfe3e6, CENTRE, b->x + b->w / 2 + w / 2 + 6, b->y + 25,
		  b->w - w - 42, identity);
}

/** The front, but for its button and pictograms */
void draw_plate(cairo_t *cr, const struct view *v)
{
	size_t len = strlen(v->model);
	bool video = len && v->model[len - 1] == 'V';   /* HW-08: "IP-GAP 02V" */
	struct box shade = lay.plate;

	shade.y += 7;
	draw_shadow(cr, &shade, 11, 20, .75);
	sheen(cr, &lay.plate);
	brush(cr, &lay.plate);
	bevel(cr, &lay.plate);
	screws(cr, &lay.plate);
	grille(cr, video ? &lay.grille_v : &lay.grille);
	if (video)
		camera(cr, &lay.camera);
	microphone(cr);
	name_plate(cr, v->identity);
	engrave(cr, F_TITLE, lay.mic.x, 646, 160, v->model);
}
