/**
 * @file draw_status.c  The header: what the door does, with whom, for how long, and what ails it
 * (EVT-02)
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "draw.h"

static const struct { const char *state; unsigned rgb; } colours[] = {
	{ "idle",    C_DIM    },
	{ "calling", C_YELLOW },
	{ "ringing", C_YELLOW },
	{ "talking", C_GREEN  },
	{ "held",    C_GREEN  },
	{ "fault",   C_RED    },
	{ "off",     C_RED    },
};

static unsigned state_rgb(const char *state)
{
	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
		if (!strcmp(colours[i].state, state))
			return colours[i].rgb;
	}
	return C_BLUE;
}

/* The timer's text, without the state it may begin with: that stands beside it already */
static const char *timer_text(const struct view *v)
{
	size_t n = strlen(v->state);

	if (n && !strncmp(v->timer, v->state, n) && v->timer[n] == ' ')
		return v->timer + n + 1;
	return v->timer;
}

static void state_line(cairo_t *cr, const struct box *b, const struct view *v)
{
	char text[32];
	unsigned rgb = v->powered && !v->away ? state_rgb(v->state) : C_RED;
	double w;

	(void)snprintf(text, sizeof(text), "%s", v->away ? "board away" : v->powered ? v->state : "no supply");
	text[0] = (char)toupper((unsigned char)text[0]);
	draw_led(cr, b->x + 22, b->y + 28, rgb, v->powered);
	w = draw_text(cr, F_STATE, v->powered ? C_TEXT : rgb, LEFT, b->x + 38, b->y + 36, 280,
		      text);
	if (v->powered)
		draw_text(cr, F_TIMER, rgb, RIGHT, b->x + b->w - 16, b->y + 35, b->w - w - 38 - 40,
			  timer_text(v));
}

/* A small label in a round frame, its right end at x; returns its left end */
static double chip(cairo_t *cr, double x, double y, unsigned rgb, const char *text)
{
	double w = draw_text_width(cr, F_TINY, text) + 16;
	struct box b = { x - w, y - 12.5, w, 17 };

	draw_round(cr, &b, 8.5);
	draw_rgb(cr, rgb, .18);
	cairo_fill(cr);
	draw_text(cr, F_TINY, rgb, LEFT, b.x + 8, y, w, text);
	return b.x - 8;
}

static void place_line(cairo_t *cr, const struct box *b, const struct view *v)
{
	double y = b->y + 79, x = b->x + b->w - 16;

	x -= draw_text(cr, F_SMALL, C_DIM, RIGHT, x, y, 160, v->clock) + 12;
	if (!v->link)
		x = chip(cr, x, y, C_RED, "no link");
	if (v->powered && !v->mains)
		x = chip(cr, x, y, C_AMBER, "mains lost, on PoE");
	draw_text(cr, F_SMALL, C_DIM, LEFT, b->x + 16, y, x - b->x - 24, v->address);
}

/** State and timer; the peer; address, faults and clock */
void draw_header(cairo_t *cr, const struct view *v)
{
	const struct box *b = &lay.header;
	const char *who = !v->powered ? "switch mains or PoE on" : v->peer[0] ? v->peer : "no call";

	state_line(cr, b, v);
	draw_text(cr, F_BODY, v->powered && v->peer[0] ? C_TEXT : C_FAINT, LEFT, b->x + 16,
		  b->y + 58, b->w - 32, who);
	place_line(cr, b, v);
}
