/**
 * @file draw_key.c  What of a view changes its picture: lets a window that shows nothing new rest
 * (SIM-01)
 */
#include <math.h>
#include <string.h>
#include "canvas.h"
#include "draw.h"

#define HOLD_STEP_US 50000              /* a hold time's ring moves in these steps */
#define LEVEL_STEPS 19                  /* the meters' segments */

/* Zero what stands behind a text's end */
static void tidy(char *s, size_t size)
{
	size_t n = strnlen(s, size);

	memset(s + n, 0, size - n);
}

static void tidy_texts(struct view *k)
{
	tidy(k->clock, sizeof(k->clock));
	tidy(k->identity, sizeof(k->identity));
	tidy(k->model, sizeof(k->model));
	tidy(k->address, sizeof(k->address));
	tidy(k->state, sizeof(k->state));
	tidy(k->peer, sizeof(k->peer));
	tidy(k->timer, sizeof(k->timer));
	for (unsigned i = 0; i < GAP_RELAYS; i++)
		tidy(k->relay[i].function, sizeof(k->relay[i].function));
	for (unsigned i = 0; i < VIEW_EVENTS; i++) {
		tidy(k->event[i].time, sizeof(k->event[i].time));
		tidy(k->event[i].text, sizeof(k->event[i].text));
	}
}

static float step_level(float level)
{
	return roundf(fminf(1, fmaxf(0, level)) * LEVEL_STEPS) / LEVEL_STEPS;
}

/**
 * Reduce a view to what is seen of it.
 *
 * @param key Written: two views whose keys are equal byte for byte look the same (hold times to
 * 50 ms)
 * @param v   View; zero it once before it is first filled, so that its padding is always the same
 *
 * Time counts only as far as a light blinks: now_us becomes 0, each light what it shows at that
 * moment.
 */
void view_key(struct view *key, const struct view *v)
{
	memcpy(key, v, sizeof(*key));
	for (unsigned i = 0; i < GAP_PICTOS; i++) {
		key->light[i].colour = draw_light_on(v, i) ? v->light[i].colour : GAP_OFF;
		key->light[i].blink = false;
	}
	for (unsigned i = 0; i < GAP_RELAYS; i++)
		key->relay[i].left_us = v->relay[i].on ? v->relay[i].left_us / HOLD_STEP_US : 0;
	key->now_us = 0;
	key->level_in = step_level(v->level_in);
	key->level_out = step_level(v->level_out);
	tidy_texts(key);
}
