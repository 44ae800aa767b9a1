/**
 * @file draw.h  Private to the drawing: layout, palette and the helpers shared by draw*.c
 *
 * All lengths are user units of a picture of VIEW_W x VIEW_H.  Colours are 0xRRGGBB.
 */
#ifndef SIM_DRAW_H
#define SIM_DRAW_H

#include <cairo.h>
#include "view.h"

struct box { double x, y, w, h; };
struct disc { double x, y, r; };

/** Where everything is: the drawing and view_hit() read the same numbers */
struct layout {
	struct box plate, name;                         /* the front, 120 x 210 mm (manual 1.2) */
	struct disc grille, grille_v, camera, mic, ring, button;
	struct disc picto[GAP_PICTOS];
	struct box header, relays, inputs, supply, dip, sound, events, footer, help;
};
extern const struct layout lay;

/** One key of the footer and of the help overlay */
struct shortcut {
	const char *key, *name, *help;
	double x;                                       /**< left edge in the footer */
	enum view_act act;                      /**< what a click there does, ACT_NONE = nothing */
};
#define SHORTCUTS 11
extern const struct shortcut shortcuts[SHORTCUTS];

const struct box *hit_box(enum view_act act, int index);

enum palette {
	C_WALL = 0x12161c, C_CARD = 0x1d242d, C_EDGE = 0x2f3a47, C_TRACK = 0x394553,
	C_TEXT = 0xeaf0f6, C_DIM = 0xa3b1c0, C_FAINT = 0x8796a6,
	C_GREEN = 0x3fdc86, C_YELLOW = 0xffd042, C_RED = 0xff5f57, C_BLUE = 0x58a9ff,
	C_AMBER = 0xffb14a, C_WHITE = 0xffffff, C_BLACK = 0x000000
};

/* draw_text.c */
enum font {
	F_STATE, F_TIMER, F_BODY, F_BOLD, F_SMALL, F_TITLE, F_TINY, F_MONO, F_NAME, F_HEAD, F_FONTS
};
enum align { LEFT, CENTRE, RIGHT };
double draw_text(cairo_t *cr, enum font f, unsigned rgb, enum align al, double x, double y,
		 double max, const char *s);
double draw_text_width(cairo_t *cr, enum font f, const char *s);

/* draw_shape.c */
void draw_rgb(cairo_t *cr, unsigned rgb, double alpha);
void draw_stop(cairo_pattern_t *p, double at, unsigned rgb, double alpha);
void draw_fill_pattern(cairo_t *cr, cairo_pattern_t *p);
void draw_round(cairo_t *cr, const struct box *b, double r);
void draw_circle(cairo_t *cr, double x, double y, double r);
void draw_line(cairo_t *cr, double x1, double y1, double x2, double y2);
void draw_shadow(cairo_t *cr, const struct box *b, double r, double spread, double alpha);
void draw_card(cairo_t *cr, const struct box *b, const char *title);
void draw_led(cairo_t *cr, double x, double y, unsigned rgb, bool lit);
void draw_toggle(cairo_t *cr, double x, double y, bool on);
void draw_conic(cairo_t *cr, const struct disc *d, double inner, double turn, double shade);

/* parts: still = the same for every state of one door, live = what moves */
void draw_plate(cairo_t *cr, const struct view *v);             /* draw_front.c, still */
void draw_button(cairo_t *cr, bool pressed);                    /* draw_button.c */
void draw_ring(cairo_t *cr);                                    /* draw_button.c, still */
bool draw_light_on(const struct view *v, unsigned picto);       /* draw_picto.c */
void draw_bezels(cairo_t *cr);                                  /* still */
void draw_pictograms(cairo_t *cr, const struct view *v);
void draw_header(cairo_t *cr, const struct view *v);            /* draw_status.c */
void draw_relays(cairo_t *cr, const struct view *v);            /* draw_relays.c */
void draw_inputs(cairo_t *cr, const struct view *v);            /* draw_side.c */
void draw_supply(cairo_t *cr, const struct view *v);
void draw_dip(cairo_t *cr, const struct view *v);
void draw_sound(cairo_t *cr, const struct view *v);
void draw_events(cairo_t *cr, const struct view *v);            /* draw_events.c */
void draw_legend(cairo_t *cr);                                  /* still */
void draw_footer(cairo_t *cr);                                  /* draw_help.c, still */
void draw_help(cairo_t *cr);

/* draw.c */
void draw_still(cairo_t *cr, const struct view *v);
void draw_live(cairo_t *cr, const struct view *v);

#endif
