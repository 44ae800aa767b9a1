/**
 * @file draw.c  The picture of one door: its parts in their order, and the picture file (SIM-01,
 * SIM-02)
 *
 * The left shows the front as a visitor sees it, the right what a visitor cannot see.  The
 * picture is a function of struct view alone: the same view gives the same pixels.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "draw.h"

#define SCALE_MAX 16.

/* The wall: a little light in the middle, none at the edges, where a window's margin goes on */
static void wall(cairo_t *cr)
{
	cairo_pattern_t *p = cairo_pattern_create_radial(0, 0, 0, 0, 0, VIEW_W / 2.);

	draw_rgb(cr, C_WALL, 1);
	cairo_paint(cr);
	cairo_save(cr);
	cairo_translate(cr, VIEW_W / 2., VIEW_H / 2.);
	cairo_scale(cr, 1, (double)VIEW_H / VIEW_W);
	draw_stop(p, 0, 0x465464, .9);
	draw_stop(p, .7, 0x465464, .35);
	draw_stop(p, 1, 0x465464, 0);
	draw_circle(cr, 0, 0, VIEW_W / 2.);
	draw_fill_pattern(cr, p);
	cairo_restore(cr);
}

/** What stays while one door lives: depends on v->model and v->identity alone */
void draw_still(cairo_t *cr, const struct view *v)
{
	wall(cr);
	draw_plate(cr, v);
	draw_bezels(cr);
	draw_ring(cr);
	draw_button(cr, false);
	draw_card(cr, &lay.header, "");
	draw_card(cr, &lay.relays, "RELAYS");
	draw_card(cr, &lay.inputs, "INPUTS");
	draw_card(cr, &lay.supply, "SUPPLY AND LINK");
	draw_card(cr, &lay.dip, "DIP");
	draw_card(cr, &lay.sound, "SOUND");
	draw_card(cr, &lay.events, "EVENTS");
	draw_legend(cr);
	draw_footer(cr);
}

static void dim(cairo_t *cr, const struct box *b, double r, double alpha)
{
	draw_round(cr, b, r);
	draw_rgb(cr, 0x0c0f13, alpha);
	cairo_fill(cr);
}

/** What moves, over draw_still() */
void draw_live(cairo_t *cr, const struct view *v)
{
	draw_pictograms(cr, v);
	if (v->button)
		draw_button(cr, true);
	draw_header(cr, v);
	draw_relays(cr, v);
	draw_inputs(cr, v);
	draw_supply(cr, v);
	draw_dip(cr, v);
	draw_sound(cr, v);
	draw_events(cr, v);
	if (!v->powered) {
		dim(cr, &lay.plate, 11, .45);
		dim(cr, &lay.relays, 9, .55);
		dim(cr, &lay.sound, 9, .55);
		dim(cr, &lay.events, 9, .4);
	}
	if (v->help)
		draw_help(cr);
}

/**
 * Draw one door.
 *
 * @param cairo cairo_t *, its user space VIEW_W x VIEW_H units, scaled as the caller likes
 * @param v     What to show
 */
void view_draw(void *cairo, const struct view *v)
{
	draw_still(cairo, v);
	draw_live(cairo, v);
}

static cairo_status_t to_file(void *closure, const unsigned char *data, unsigned int length)
{
	return fwrite(data, 1, length,
		      closure) == length ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* cairo tells that writing failed, errno tells why */
static int png_error(cairo_status_t st)
{
	if (st == CAIRO_STATUS_SUCCESS)
		return 0;
	if (st == CAIRO_STATUS_NO_MEMORY)
		return ENOMEM;
	return errno ? errno : EIO;
}

static int surface_png(cairo_surface_t *s, const char *file)
{
	FILE *f = fopen(file, "wb");
	cairo_status_t st;
	int err;

	if (!f)
		return errno;
	errno = 0;
	st = cairo_surface_write_to_png_stream(s, to_file, f);
	err = png_error(st);
	if (fclose(f) && !err)
		err = errno;
	return err;
}

/**
 * Write the picture to a PNG file.
 *
 * @param v     What to show
 * @param file  File to write; an existing one is replaced
 * @param scale Pixels a user unit, above 0 to 16: 1 gives VIEW_W x VIEW_H pixels, 2 is for high-DPI
 *
 * @return 0, EINVAL for a scale out of range, ENOMEM, or why the file cannot be written (ENOENT,
 *         EACCES, ENOSPC ...); the error is also said on stderr, with the file's name
 *
 * Source: SIM-02.
 */
int view_png(const struct view *v, const char *file, double scale)
{
	cairo_surface_t *s;
	cairo_t *cr;
	int err;

	if (!(scale > 0 && scale <= SCALE_MAX))
		return EINVAL;

	s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(VIEW_W * scale),
				       (int)ceil(VIEW_H * scale));
	cr = cairo_create(s);
	cairo_scale(cr, scale, scale);
	view_draw(cr, v);
	err = cairo_status(cr) == CAIRO_STATUS_SUCCESS ? surface_png(s, file) : ENOMEM;
	if (err)
		(void)fprintf(stderr, "cannot write the picture %s: %s\n", file, strerror(err));
	cairo_destroy(cr);
	cairo_surface_destroy(s);
	return err;
}
