/**
 * @file draw_hit.c  Where everything is, and what lies under the pointer (SIM-01)
 *
 * One table of controls serves the drawing and the mouse, so that a control answers where it is
 * seen.
 */
#include <math.h>
#include "draw.h"

/* The plate keeps the true proportions: 366 x 640 units are 120 x 210 mm (manual 1.2, IP-GAP-02) */
const struct layout lay = {
	.plate    = {  30,  28, 366, 640 },
	.name     = { 123, 344, 180,  38 },
	.grille   = { 213, 143,  73 },
	.grille_v = { 213, 180,  48 },
	.camera   = { 213,  82,  32 },
	.mic      = { 213, 602,   9 },
	.ring     = { 213, 486,  80 },
	.button   = { 213, 486,  62 },
	.picto    = { { 109, 280, 37 }, { 213, 280, 37 }, { 317, 280, 37 } },
	.header   = { 424,  28, 588,  92 },
	.relays   = { 424, 132, 392, 150 },
	.inputs   = { 828, 132, 184, 150 },
	.supply   = { 424, 294, 184, 140 },
	.dip      = { 620, 294, 196, 140 },
	.sound    = { 828, 294, 184, 140 },
	.events   = { 424, 446, 588, 222 },
	.footer   = {  30, 680, 982,  28 },
	.help     = { 270, 104, 500, 512 },
};

const struct shortcut shortcuts[SHORTCUTS] = {
	{ "Space", "call",    "press the call button, hold it as long as the key", 30, ACT_NONE },
	{ "I",     "input",   "close or open the external input",           135, ACT_NONE },
	{ "M",     "mains",   "cut or restore the 24 V mains supply",       223, ACT_NONE },
	{ "P",     "PoE",     "cut or restore Power over Ethernet",         317, ACT_NONE },
	{ "L",     "link",    "unplug or plug the Ethernet link",           397, ACT_NONE },
	{ "1 – 4", "DIP",     "turn a DIP switch; the door reads them at boot", 477, ACT_NONE },
	{ "+ −",   "volume",  "louder or softer",                           573, ACT_NONE },
	{ "S",     "picture", "save this picture to a file",                684, ACT_SHOT },
	{ "R",     "restart", "restart the door",                           781, ACT_RESTART },
	{ "F1",    "help",    "show or hide this help; ? does the same",    877, ACT_HELP },
	{ "Q",     "quit",    "leave; Esc does the same",                   966, ACT_QUIT },
};

struct control {
	enum view_act act;
	int index;
	struct box box;
};

static const struct control controls[] = {
	{ ACT_CONTACT,    0, { 836, 210, 168, 60 } },
	{ ACT_MAINS,      0, { 432, 328, 168, 30 } },
	{ ACT_POE,        0, { 432, 361, 168, 30 } },
	{ ACT_LINK,       0, { 432, 394, 168, 30 } },
	{ ACT_DIP,        0, { 636, 337, 164, 21 } },
	{ ACT_DIP,        1, { 636, 358, 164, 21 } },
	{ ACT_DIP,        2, { 636, 379, 164, 21 } },
	{ ACT_DIP,        3, { 636, 400, 164, 21 } },
	{ ACT_VOLUME,     0, { 836, 340, 168, 24 } },
	{ ACT_MICROPHONE, 0, { 836, 390, 168, 24 } },
	{ ACT_SHOT,       0, { 678, 680,  73, 28 } },
	{ ACT_RESTART,    0, { 775, 680,  72, 28 } },
	{ ACT_HELP,       0, { 871, 680,  65, 28 } },
	{ ACT_QUIT,       0, { 960, 680,  58, 28 } },
};
#define CONTROLS (sizeof(controls) / sizeof(controls[0]))
#define GRIP 8                          /* a slider answers this far beyond its ends */

static bool inside(const struct box *b, double x, double y)
{
	return x >= b->x && x < b->x + b->w && y >= b->y && y < b->y + b->h;
}

/** The box of a control, as drawn and as hit; NULL if it has none (the button is a disc) */
const struct box *hit_box(enum view_act act, int index)
{
	for (size_t i = 0; i < CONTROLS; i++) {
		if (controls[i].act == act && controls[i].index == index)
			return &controls[i].box;
	}
	return NULL;
}

/**
 * Where a slider stands for a pointer at x, also when it was dragged beyond the slider.
 *
 * @return 0..1, and 0 for what is no slider
 */
double view_fraction(enum view_act act, double x)
{
	const struct box *b = hit_box(act, 0);

	if (!b || (act != ACT_VOLUME && act != ACT_MICROPHONE))
		return 0;
	return fmin(1, fmax(0, (x - b->x - GRIP) / (b->w - 2 * GRIP)));
}

/**
 * What lies under a point.
 *
 * @param v        View shown (the help overlay, when open, covers everything: a click closes it)
 * @param x, y     Point [user units of VIEW_W x VIEW_H]
 * @param index    DIP switch 0..3, else 0; may be NULL
 * @param fraction Slider position 0..1, else 0; may be NULL
 *
 * @return What a click there does, ACT_NONE where there is no control.  Source: SIM-01.
 */
enum view_act view_hit(const struct view *v, double x, double y, int *index, double *fraction)
{
	enum view_act act = ACT_NONE;
	int idx = 0;

	if (v->help)
		act = ACT_HELP;
	else if (hypot(x - lay.button.x, y - lay.button.y) <= lay.button.r)
		act = ACT_BUTTON;

	for (size_t i = 0; i < CONTROLS && act == ACT_NONE; i++) {
		if (inside(&controls[i].box, x, y)) {
			act = controls[i].act;
			idx = controls[i].index;
		}
	}

	if (index)
		*index = idx;
	if (fraction)
		*fraction = view_fraction(act, x);
	return act;
}
