/**
 * @file draw_help.c  The keys: in short along the foot, in full on the help overlay (SIM-01)
 */
#include "draw.h"

/* A key's cap, its left top corner at x, y; returns its width */
static double keycap(cairo_t *cr, double x, double y, const char *key, bool bright)
{
	double text = draw_text_width(cr, F_TITLE, key), w = text + 12 < 20 ? 20 : text + 12;
	struct box low = { x, y + 1.5, w, 18.5 }, cap = { x + .5, y + .5, w - 1, 17 };

	draw_round(cr, &low, 4);
	draw_rgb(cr, C_BLACK, .55);
	cairo_fill(cr);
	draw_round(cr, &cap, 3.5);
	draw_rgb(cr, bright ? 0x3a4654 : 0x2a333e, 1);
	cairo_fill_preserve(cr);
	draw_rgb(cr, bright ? 0x566677 : 0x3b4754, 1);
	cairo_set_line_width(cr, 1);
	cairo_stroke(cr);
	draw_text(cr, F_TITLE, bright ? C_TEXT : C_DIM, CENTRE, x + w / 2, y + 12.7, w, key);
	return w;
}

/** The keys and their names; those one can click as well are brighter */
void draw_footer(cairo_t *cr)
{
	double y = lay.footer.y + 4;

	for (int i = 0; i < SHORTCUTS; i++) {
		const struct shortcut *s = &shortcuts[i];
		double end = i + 1 < SHORTCUTS ? shortcuts[i + 1].x : lay.footer.x + lay.footer.w;
		double w = keycap(cr, s->x, y, s->key, s->act != ACT_NONE);

		draw_text(cr, F_TINY, s->act == ACT_NONE ? C_FAINT : C_DIM, LEFT, s->x + w + 6,
			  y + 13,
			  end - s->x - w - 5, s->name);
	}
}

/** The overlay: every key in a sentence */
void draw_help(cairo_t *cr)
{
	const struct box *b = &lay.help;
	struct box edge = { b->x + .5, b->y + .5, b->w - 1, b->h - 1 };

	cairo_rectangle(cr, 0, 0, VIEW_W, VIEW_H);
	draw_rgb(cr, 0x06080b, .72);
	cairo_fill(cr);
	draw_shadow(cr, b, 14, 18, .6);
	draw_round(cr, b, 14);
	draw_rgb(cr, 0x232b35, 1);
	cairo_fill(cr);
	draw_round(cr, &edge, 13.5);
	draw_rgb(cr, 0x465464, 1);
	cairo_set_line_width(cr, 1);
	cairo_stroke(cr);

	draw_text(cr, F_HEAD, C_TEXT, LEFT, b->x + 32, b->y + 50, b->w - 64, "Keys and mouse");
	for (int i = 0; i < SHORTCUTS; i++) {
		double y = b->y + 74 + i * 32;

		keycap(cr, b->x + 32, y, shortcuts[i].key, true);
		draw_text(cr, F_BODY, C_TEXT, LEFT, b->x + 104, y + 14, b->w - 104 - 24,
			  shortcuts[i].help);
	}
	draw_text(cr, F_SMALL, C_DIM, LEFT, b->x + 32, b->y + b->h - 50, b->w - 64,
		  "Mouse: hold the call button, click a switch, drag a slider.");
	draw_text(cr, F_SMALL, C_DIM, LEFT, b->x + 32, b->y + b->h - 28, b->w - 64,
		  "Any click, F1 or Esc closes this page.");
}
