/**
 * @file draw_canvas.c  The picture as pixels of a fixed size, with what stays drawn once (SIM-01)
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "canvas.h"
#include "draw.h"

struct canvas {
	cairo_surface_t *still;                 /* draw_still() for the door below */
	cairo_surface_t *shown;
	int width, height;
	bool drawn;                             /* still is drawn */
	char identity[sizeof(((struct view *)0)->identity)];
	char model[sizeof(((struct view *)0)->model)];
};

static int surface_error(cairo_surface_t *s)
{
	return cairo_surface_status(s) == CAIRO_STATUS_SUCCESS ? 0 : ENOMEM;
}

/**
 * Make a canvas.
 *
 * @param cp            Where to put it, written on success
 * @param width, height Size [pixels], above 0
 *
 * @return 0, EINVAL, ENOMEM
 */
int canvas_open(struct canvas **cp, int width, int height)
{
	struct canvas *c;

	if (width <= 0 || height <= 0)
		return EINVAL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return ENOMEM;

	c->width = width;
	c->height = height;
	c->still = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
	c->shown = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
	if (surface_error(c->still) || surface_error(c->shown)) {
		canvas_close(c);
		return ENOMEM;
	}
	*cp = c;
	return 0;
}

static cairo_t *scaled(const struct canvas *c, cairo_surface_t *s)
{
	cairo_t *cr = cairo_create(s);

	cairo_scale(cr, (double)c->width / VIEW_W, (double)c->height / VIEW_H);
	return cr;
}

static int finish(cairo_t *cr, cairo_surface_t *s)
{
	cairo_status_t st = cairo_status(cr);

	cairo_destroy(cr);
	cairo_surface_flush(s);
	return st == CAIRO_STATUS_SUCCESS ? 0 : ENOMEM;
}

/* Draw what stays, if this is another door than last time */
static int refresh_still(struct canvas *c, const struct view *v)
{
	cairo_t *cr;
	int err;

	if (c->drawn && !strcmp(c->model, v->model) && !strcmp(c->identity, v->identity))
		return 0;
	cr = scaled(c, c->still);
	draw_still(cr, v);
	err = finish(cr, c->still);
	c->drawn = !err;
	memcpy(c->identity, v->identity, sizeof(c->identity));
	memcpy(c->model, v->model, sizeof(c->model));
	return err;
}

/**
 * Draw the view on the canvas: the same pixels as view_draw() at this size.  Returns 0 or ENOMEM.
 */
int canvas_draw(struct canvas *c, const struct view *v)
{
	int err = refresh_still(c, v);
	cairo_t *cr;

	if (err)
		return err;
	cr = cairo_create(c->shown);
	cairo_set_source_surface(cr, c->still, 0, 0);
	cairo_paint(cr);
	cairo_scale(cr, (double)c->width / VIEW_W, (double)c->height / VIEW_H);
	draw_live(cr, v);
	return finish(cr, c->shown);
}

/**
 * Draw the door's front, from pictograms to button, as an icon with round corners (square canvas)
 */
int canvas_icon(struct canvas *c, const struct view *v)
{
	const double side = 344;
	struct box frame = { lay.ring.x - side / 2, 230, side, side };
	cairo_t *cr = cairo_create(c->shown);

	cairo_scale(cr, c->width / side, c->height / side);
	cairo_translate(cr, -frame.x, -frame.y);
	draw_round(cr, &frame, 48);
	cairo_clip(cr);
	draw_plate(cr, v);
	draw_bezels(cr);
	draw_pictograms(cr, v);
	draw_ring(cr);
	draw_button(cr, false);
	return finish(cr, c->shown);
}

/** The pixels of the last drawing, valid until the next; stride in bytes a row */
void *canvas_pixels(const struct canvas *c, int *stride)
{
	*stride = cairo_image_surface_get_stride(c->shown);
	return cairo_image_surface_get_data(c->shown);
}

/** Free a canvas; NULL is allowed */
void canvas_close(struct canvas *c)
{
	if (!c)
		return;
	cairo_surface_destroy(c->still);
	cairo_surface_destroy(c->shown);
	free(c);
}
