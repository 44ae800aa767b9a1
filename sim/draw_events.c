/**
 * @file draw_events.c  The last events, newest first (EVT-02)
 */
#include <math.h>
#include "draw.h"
#include "../core/door/event.h"

static const struct { const char *name; unsigned rgb; } classes[EVENT_CLASSES] = {
	[EVENT_APPLICATION] = { "application", 0xb69cff },
	[EVENT_NETWORK]     = { "network",     C_BLUE   },
	[EVENT_DISPLAY]     = { "display",     C_YELLOW },
	[EVENT_HARDWARE]    = { "hardware",    C_RED    },
	[EVENT_DOOR]        = { "door",        C_GREEN  },
	[EVENT_USAGE]       = { "usage",       0x5fd8e6 },
	[EVENT_AUDIO]       = { "audio",       0xff9ad5 },
};

static void dot(cairo_t *cr, double x, double y, unsigned rgb)
{
	draw_circle(cr, x, y, 3.4);
	draw_rgb(cr, rgb, 1);
	cairo_fill(cr);
}

/** Which colour is which class, in the card's title line */
void draw_legend(cairo_t *cr)
{
	const struct box *b = &lay.events;
	double x = b->x + b->w - 16;

	for (int i = EVENT_CLASSES - 1; i >= 0; i--) {
		x -= draw_text(cr, F_TINY, C_FAINT, RIGHT, x, b->y + 22, 90, classes[i].name) + 8;
		dot(cr, x, b->y + 18.4, classes[i].rgb);
		x -= 14;
	}
}

/* Base line of a row */
static double row(unsigned i)
{
	return lay.events.y + 43 + i * 15.4;
}

/** The list; a text that is too long ends in an ellipsis */
void draw_events(cairo_t *cr, const struct view *v)
{
	const struct box *b = &lay.events;
	unsigned n = v->events < VIEW_EVENTS ? v->events : VIEW_EVENTS;
	double column = 0;

	if (!n)
		draw_text(cr, F_SMALL, C_FAINT, LEFT, b->x + 16, b->y + 44, b->w - 32,
			  "nothing yet");

	for (unsigned i = 0; i < n; i++) {
		double y = row(i);
		unsigned cls = v->event[i].cls < EVENT_CLASSES ? v->event[i].cls : 0;

		dot(cr, b->x + 20, y - 4, classes[cls].rgb);
		double w = draw_text(cr, F_MONO, C_FAINT, LEFT, b->x + 32, y, 102,
				     v->event[i].time);

		column = fmax(column, w);
	}
	for (unsigned i = 0; i < n; i++) {
		double x = b->x + 32 + column + 14;

		draw_text(cr, F_SMALL, i ? C_DIM : C_TEXT, LEFT, x, row(i), b->x + b->w - 16 - x,
			  v->event[i].text);
	}
}
