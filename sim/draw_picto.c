/**
 * @file draw_picto.c  The three pictograms: call, in communication, door open (HW-02, EVT-02)
 *
 * Each is smoked glass in a steel bezel with its sign behind it: dark when off; lit, sign, glass
 * and the steel around take its colour.  A blinking light is lit the first half of each second.
 */
#include <math.h>
#include "draw.h"

#define BLINK_US 1000000                /* 1 Hz, half on (HW-02) */

static const unsigned light_rgb[GAP_COLOURS] = {
	[GAP_OFF] = 0x000000, [GAP_RED] = 0xff3127, [GAP_GREEN] = 0x2bec6c, [GAP_BLUE] = 0x3c8dff,
	[GAP_YELLOW] = 0xffc81e, [GAP_WHITE] = 0xf1f6ff,
};

static void rounded(cairo_t *cr, double x, double y, double w, double h, double r)
{
	draw_round(cr, &(struct box){ x, y, w, h }, r);
}

/* Signs are paths between -1 and 1; holes run against the clock */
static void dot_hole(cairo_t *cr, double x, double y, double r)
{
	cairo_new_sub_path(cr);
	cairo_arc_negative(cr, x, y, r, 2 * M_PI, 0);
	cairo_close_path(cr);
}

static void sign_bell(cairo_t *cr)
{
	cairo_move_to(cr, -.66, .46);
	cairo_curve_to(cr, -.46, .26, -.46, .06, -.45, -.16);
	cairo_curve_to(cr, -.43, -.50, -.24, -.68, 0, -.68);
	cairo_curve_to(cr, .24, -.68, .43, -.50, .45, -.16);
	cairo_curve_to(cr, .46, .06, .46, .26, .66, .46);
	cairo_close_path(cr);
	rounded(cr, -.74, .42, 1.48, .14, .07);
	draw_circle(cr, 0, -.70, .12);
	cairo_new_sub_path(cr);
	cairo_arc(cr, 0, .66, .19, 0, M_PI);
	cairo_close_path(cr);
}

static void sign_speech(cairo_t *cr)
{
	rounded(cr, -.80, -.66, 1.60, 1.06, .32);
	cairo_move_to(cr, -.46, .30);
	cairo_line_to(cr, .06, .30);
	cairo_line_to(cr, -.50, .82);
	cairo_close_path(cr);
	for (int i = -1; i <= 1; i++)
		dot_hole(cr, i * .40, -.13, .125);
}

static void sign_key(cairo_t *cr)
{
	cairo_rotate(cr, M_PI / 4);
	draw_circle(cr, 0, -.48, .40);
	dot_hole(cr, 0, -.52, .17);
	rounded(cr, -.10, -.14, .20, 1.08, .06);
	rounded(cr, -.02, .46, .36, .15, .05);
	rounded(cr, -.02, .74, .40, .16, .05);
}

static void (*const sign[GAP_PICTOS])(cairo_t *cr) = {
	[GAP_PICTO_CALL] = sign_bell, [GAP_PICTO_TALK] = sign_speech, [GAP_PICTO_DOOR] = sign_key,
};

static void sign_path(cairo_t *cr, unsigned picto, const struct disc *d, double dy)
{
	cairo_save(cr);
	cairo_translate(cr, d->x, d->y + dy);
	cairo_scale(cr, d->r * .60, d->r * .60);
	cairo_new_path(cr);
	sign[picto](cr);
	cairo_restore(cr);
}

/* Light that spills over the steel */
static void halo(cairo_t *cr, const struct disc *d, unsigned rgb)
{
	double r = d->r * 2.1;
	cairo_pattern_t *p = cairo_pattern_create_radial(d->x, d->y, d->r * .9, d->x, d->y, r);

	draw_stop(p, 0, rgb, .75);
	draw_stop(p, .25, rgb, .38);
	draw_stop(p, .6, rgb, .11);
	draw_stop(p, 1, rgb, 0);
	draw_circle(cr, d->x, d->y, r);
	draw_fill_pattern(cr, p);
}

static void bezel(cairo_t *cr, const struct disc *d)
{
	struct disc ring = { d->x, d->y, d->r + 3.4 };

	draw_circle(cr, d->x, d->y + 1, ring.r + .9);
	draw_rgb(cr, C_WHITE, .5);
	cairo_fill(cr);
	draw_circle(cr, d->x, d->y, ring.r + .6);
	draw_rgb(cr, 0x2e3135, 1);
	cairo_fill(cr);
	draw_conic(cr, &ring, d->r - .5, .2, 1.1);
}

/* Smoked glass: dark from above, or lit from behind */
static void glass(cairo_t *cr, const struct disc *d, unsigned rgb, bool lit)
{
	cairo_pattern_t *p = cairo_pattern_create_linear(0, d->y - d->r, 0, d->y + d->r);

	draw_stop(p, 0, 0x0a0b0d, 1);
	draw_stop(p, 1, 0x25282c, 1);
	draw_circle(cr, d->x, d->y, d->r);
	draw_fill_pattern(cr, p);
	if (!lit)
		return;

	p = cairo_pattern_create_radial(d->x, d->y, 0, d->x, d->y, d->r);
	draw_stop(p, 0, rgb, .62);
	draw_stop(p, .62, rgb, .38);
	draw_stop(p, 1, rgb, .16);
	draw_circle(cr, d->x, d->y, d->r);
	draw_fill_pattern(cr, p);
}

/* The sign: engraved and dark, or the light itself */
static void glyph(cairo_t *cr, unsigned picto, const struct disc *d, unsigned rgb, bool lit)
{
	if (!lit) {
		sign_path(cr, picto, d, .9);
		draw_rgb(cr, 0x5a6067, .55);
		cairo_fill(cr);
		sign_path(cr, picto, d, 0);
		draw_rgb(cr, 0x3b4046, 1);
		cairo_fill(cr);
		return;
	}
	sign_path(cr, picto, d, 0);
	cairo_save(cr);
	draw_rgb(cr, rgb, .28);
	cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
	cairo_set_line_width(cr, 6);
	cairo_stroke_preserve(cr);
	draw_rgb(cr, rgb, 1);
	cairo_fill_preserve(cr);
	draw_rgb(cr, C_WHITE, .60);
	cairo_fill(cr);
	cairo_restore(cr);
}

/**
 * Whether a pictogram is lit at v->now_us: it has a colour, the door has a supply, and it is not
 * in its dark half second
 */
bool draw_light_on(const struct view *v, unsigned picto)
{
	const struct gap_light *l = &v->light[picto];

	if (!v->powered || l->colour <= GAP_OFF || l->colour >= GAP_COLOURS)
		return false;
	return !l->blink || v->now_us % BLINK_US < BLINK_US / 2;
}

/** The pictograms' steel rims */
void draw_bezels(cairo_t *cr)
{
	for (unsigned i = 0; i < GAP_PICTOS; i++)
		bezel(cr, &lay.picto[i]);
}

/** The three pictograms as they are now, in their rims */
void draw_pictograms(cairo_t *cr, const struct view *v)
{
	for (unsigned i = 0; i < GAP_PICTOS; i++) {
		if (draw_light_on(v, i))
			halo(cr, &lay.picto[i], light_rgb[v->light[i].colour]);
	}
	for (unsigned i = 0; i < GAP_PICTOS; i++) {
		const struct disc *d = &lay.picto[i];
		bool lit = draw_light_on(v, i);
		unsigned rgb = lit ? light_rgb[v->light[i].colour] : 0;

		glass(cr, d, rgb, lit);
		glyph(cr, i, d, rgb, lit);
	}
}
