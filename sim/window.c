/**
 * @file window.c  The simulated panel's window: shows the picture, returns what the person does
 * (SIM-01)
 *
 * The only file that includes SDL.  The picture keeps its proportions in a window of any size and
 * is drawn at the display's own resolution.  Nothing here blocks; a window that shows nothing new
 * draws nothing.  One window a process.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define SDL_MAIN_HANDLED
#include <SDL2/SDL.h>
#include "canvas.h"
#include "hand.h"
#include "view.h"

#define FRAME_MS 33                     /* at most 30 pictures a second */
#define MIN_W 520
#define MIN_H 360
#define ICON 128
#define VOLUME_STEP 5                   /* percent a key stroke */

struct window {
	SDL_Window *win;
	SDL_Renderer *ren;
	SDL_Texture *tex;
	SDL_Cursor *arrow, *finger;
	struct canvas *canvas;
	SDL_Rect place;                 /* the picture in the window [pixels] */
	struct hand hand;
	struct view key;                /* what of it is on the screen, see view_key() */
	uint64_t drawn_ms;
	bool dirty;                     /* the screen's content is lost */
	bool hidden;
};

static char why[200];

static int fail(const char *what, const char *reason)
{
	(void)snprintf(why, sizeof(why), "%s: %s", what, reason);
	(void)fprintf(stderr, "no window: %s\n", why);
	return ENODEV;
}

/** Why the last window_open() failed: one sentence for a person, "" if it did not */
const char *window_why(void)
{
	return why;
}

static bool is_set(const char *name)
{
	const char *s = getenv(name);

	return s && *s;
}

/* The driver asked for, else a desktop: never one that takes the bare console or shows nothing */
static int video_init(void)
{
	bool x11 = is_set("DISPLAY"), wayland = is_set("WAYLAND_DISPLAY");
	const char *desktop = x11 && wayland ? "x11,wayland" : x11 ? "x11" : "wayland";

	if (!is_set("SDL_VIDEODRIVER"))
		SDL_SetHint(SDL_HINT_VIDEODRIVER, desktop);
	return SDL_InitSubSystem(SDL_INIT_VIDEO);
}

/* What the environment asked for, which did not answer */
static const char *asked_for(void)
{
	static const char *const name[] = { "SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY" };
	static char text[100];

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		if (is_set(name[i])) {
			(void)snprintf(text, sizeof(text), "nothing answers at %s=%s", name[i],
				       getenv(name[i]));
			break;
		}
	}
	return text;
}

static int video_start(void)
{
	if (!is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") && !is_set("SDL_VIDEODRIVER"))
		return fail("there is no display", "neither DISPLAY nor WAYLAND_DISPLAY is set");

	SDL_SetMainReady();
	SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
	SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
	if (video_init())
		return fail("the display does not open", asked_for());
	SDL_EnableScreenSaver();
	SDL_StopTextInput();            /* keys come as keys, past any input method */
	return 0;
}

/* As large as the picture, or as the desktop allows */
static void first_size(int *w, int *h)
{
	SDL_Rect room;
	double scale = 1;

	if (!SDL_GetDisplayUsableBounds(0, &room) && room.w > 0 && room.h > 0)
		scale = fmin(1, .95 * fmin((double)room.w / VIEW_W, (double)room.h / VIEW_H));
	*w = (int)fmax(MIN_W, VIEW_W * scale);
	*h = (int)fmax(MIN_H, VIEW_H * scale);
}

static int screen_open(struct window *w)
{
	int width, height;

	first_size(&width, &height);
	w->win = SDL_CreateWindow("IP-GAP 02", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
				  width, height,
				  SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
	if (!w->win)
		return fail("the window does not open", SDL_GetError());
	SDL_SetWindowMinimumSize(w->win, MIN_W, MIN_H);

	w->ren = SDL_CreateRenderer(w->win, -1, SDL_RENDERER_ACCELERATED);
	if (!w->ren)
		w->ren = SDL_CreateRenderer(w->win, -1, SDL_RENDERER_SOFTWARE);
	if (!w->ren)
		return fail("the window cannot be drawn in", SDL_GetError());

	w->arrow = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_ARROW);
	w->finger = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_HAND);
	return 0;
}

/**
 * Open the window.
 *
 * @param wp  Where to put it, written on success
 * @param h   Called from window_poll() for each action of the person
 * @param arg Handler's argument
 *
 * @return 0, ENOMEM, ENODEV where there is no display: window_why() tells, and so does stderr.
 *
 * The size is the picture's, or what the desktop has room for.  Source: SIM-01.
 */
int window_open(struct window **wp, view_action_h *h, void *arg)
{
	struct window *w;
	int err;

	why[0] = '\0';
	err = video_start();
	if (err)
		return err;

	w = calloc(1, sizeof(*w));
	if (!w) {
		SDL_QuitSubSystem(SDL_INIT_VIDEO);
		return ENOMEM;
	}
	w->hand.h = h;
	w->hand.arg = arg;
	w->dirty = true;
	err = screen_open(w);
	if (err)
		window_close(w);
	else
		*wp = w;
	return err;
}

/* Where the picture lies in the window now */
static int place(struct window *w, SDL_Rect *r)
{
	int ow, oh;
	double scale;

	if (SDL_GetRendererOutputSize(w->ren, &ow, &oh) || ow <= 0 || oh <= 0)
		return EAGAIN;
	scale = fmin((double)ow / VIEW_W, (double)oh / VIEW_H);
	r->w = (int)fmax(1, round(VIEW_W * scale));
	r->h = (int)fmax(1, round(VIEW_H * scale));
	r->x = (ow - r->w) / 2;
	r->y = (oh - r->h) / 2;
	return 0;
}

/* Window's points to the picture's units */
static void to_user(struct window *w, int px, int py, double *x, double *y)
{
	int ww = 0, wh = 0, ow = 0, oh = 0;
	SDL_Rect r;

	*x = *y = -1;
	SDL_GetWindowSize(w->win, &ww, &wh);
	if (ww <= 0 || wh <= 0 || place(w, &r) || SDL_GetRendererOutputSize(w->ren, &ow, &oh))
		return;
	*x = ((px + .5) * ow / ww - r.x) * VIEW_W / r.w;
	*y = ((py + .5) * oh / wh - r.y) * VIEW_H / r.h;
}

static void mouse_down(struct window *w, int px, int py)
{
	double x, y;

	to_user(w, px, py, &x, &y);
	hand_press(&w->hand, x, y);
}

static void mouse_move(struct window *w, int px, int py)
{
	double x, y;

	to_user(w, px, py, &x, &y);
	SDL_SetCursor(hand_move(&w->hand, x, y) && w->finger ? w->finger : w->arrow);
}

/* '?' needs Shift on every keyboard we know: /(en) ,(fr) ß(de) '(es, pt) */
static bool is_question(const SDL_Keysym *k)
{
	return k->sym == SDLK_QUESTION ||
	       ((k->mod & KMOD_SHIFT) && k->sym &&
		(k->sym == 0xdf || (k->sym < 128 && strchr("/,'", k->sym))));
}

/* Digits go by their place: a French keyboard has them shifted */
static int dip_key(const SDL_Keysym *k)
{
	if (k->scancode >= SDL_SCANCODE_1 && k->scancode <= SDL_SCANCODE_4)
		return (int)k->scancode - SDL_SCANCODE_1;
	if (k->scancode >= SDL_SCANCODE_KP_1 && k->scancode <= SDL_SCANCODE_KP_4)
		return (int)k->scancode - SDL_SCANCODE_KP_1;
	return -1;
}

static const struct { SDL_Keycode key; enum view_act act; } keys[] = {
	{ SDLK_i, ACT_CONTACT }, { SDLK_m, ACT_MAINS }, { SDLK_p, ACT_POE }, { SDLK_l, ACT_LINK },
	{ SDLK_s, ACT_SHOT }, { SDLK_r, ACT_RESTART }, { SDLK_q, ACT_QUIT },
	{ SDLK_F1, ACT_HELP },
};

/* A key that acts once, however long it is down */
static void key_once(struct window *w, const SDL_Keysym *k)
{
	if (k->sym == SDLK_SPACE)
		hand_hold(&w->hand, HAND_KEY, true);
	else if (k->sym == SDLK_ESCAPE)
		hand_change(&w->hand, w->hand.seen.help ? ACT_HELP : ACT_QUIT, 0);
	else if (is_question(k))
		hand_change(&w->hand, ACT_HELP, 0);
	else if (dip_key(k) >= 0)
		hand_change(&w->hand, ACT_DIP, dip_key(k));

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (keys[i].key == k->sym)
			hand_change(&w->hand, keys[i].act, 0);
	}
}

static void key_down(struct window *w, const SDL_KeyboardEvent *e)
{
	SDL_Keycode k = e->keysym.sym;

	if (e->keysym.mod & (KMOD_CTRL | KMOD_LALT | KMOD_GUI))
		return;
	if (k == SDLK_PLUS || k == SDLK_EQUALS || k == SDLK_KP_PLUS)
		hand_volume(&w->hand, VOLUME_STEP);
	else if (k == SDLK_MINUS || k == SDLK_KP_MINUS)
		hand_volume(&w->hand, -VOLUME_STEP);
	else if (!e->repeat)
		key_once(w, &e->keysym);
}

static void window_event(struct window *w, const SDL_WindowEvent *e)
{
	switch (e->event) {
	case SDL_WINDOWEVENT_FOCUS_LOST:
		hand_let_go(&w->hand, HAND_MOUSE | HAND_KEY);
		break;
	case SDL_WINDOWEVENT_HIDDEN:
	case SDL_WINDOWEVENT_MINIMIZED:
		w->hidden = true;
		break;
	case SDL_WINDOWEVENT_SHOWN:
	case SDL_WINDOWEVENT_RESTORED:
	case SDL_WINDOWEVENT_MAXIMIZED:
	case SDL_WINDOWEVENT_EXPOSED:
	case SDL_WINDOWEVENT_SIZE_CHANGED:
		w->hidden = false;
		w->dirty = true;
		break;
	default:
		break;
	}
}

/* The graphics card was reset: its textures are gone */
static void texture_lost(struct window *w)
{
	if (w->tex)
		SDL_DestroyTexture(w->tex);
	w->tex = NULL;
	w->dirty = true;
}

static void handle(struct window *w, const SDL_Event *e)
{
	switch (e->type) {
	case SDL_MOUSEBUTTONDOWN:
		if (e->button.button == SDL_BUTTON_LEFT)
			mouse_down(w, e->button.x, e->button.y);
		break;
	case SDL_MOUSEBUTTONUP:
		if (e->button.button == SDL_BUTTON_LEFT)
			hand_let_go(&w->hand, HAND_MOUSE);
		break;
	case SDL_MOUSEMOTION: mouse_move(w, e->motion.x, e->motion.y); break;
	case SDL_KEYDOWN: key_down(w, &e->key); break;
	case SDL_KEYUP:
		if (e->key.keysym.sym == SDLK_SPACE)
			hand_hold(&w->hand, HAND_KEY, false);
		break;
	case SDL_WINDOWEVENT: window_event(w, &e->window); break;
	case SDL_RENDER_TARGETS_RESET:
	case SDL_RENDER_DEVICE_RESET: texture_lost(w); break;
	case SDL_QUIT: hand_tell(&w->hand, ACT_QUIT, 0, 1); break;
	default: break;
	}
}

/** Handle what the person did since the last call: calls the handler, never waits.  Returns 0. */
int window_poll(struct window *w)
{
	SDL_Event e;

	while (SDL_PollEvent(&e))
		handle(w, &e);
	return 0;
}

/* Title and icon, from the first view and whenever the door is another one */
static void name_window(struct window *w, const struct view *v)
{
	struct view door = { .powered = true, .light = { { GAP_YELLOW, 0 }, { GAP_GREEN, 0 },
							 { GAP_BLUE, 0 } } };
	struct canvas *c = NULL;
	SDL_Surface *icon;
	char title[40];
	int stride;

	(void)snprintf(title, sizeof(title), "%s - %s", v->model, v->identity);
	if (!strcmp(title, SDL_GetWindowTitle(w->win)))
		return;
	SDL_SetWindowTitle(w->win, title);

	memcpy(door.identity, v->identity, sizeof(door.identity));
	if (canvas_open(&c, ICON, ICON) || canvas_icon(c, &door))
		goto out;
	void *px = canvas_pixels(c, &stride);

	icon = SDL_CreateRGBSurfaceWithFormatFrom(px, ICON, ICON, 32, stride,
						  SDL_PIXELFORMAT_ARGB8888);
	if (icon)
		SDL_SetWindowIcon(w->win, icon);
	SDL_FreeSurface(icon);
 out:
	canvas_close(c);
}

/* A canvas and a texture of the size of the picture on the screen */
static int fit(struct window *w, const SDL_Rect *r)
{
	int err;

	if (w->canvas && (r->w != w->place.w || r->h != w->place.h)) {
		canvas_close(w->canvas);
		w->canvas = NULL;
		texture_lost(w);
	}
	w->place = *r;
	if (!w->canvas) {
		err = canvas_open(&w->canvas, r->w, r->h);
		if (err)
			return err;
	}
	if (!w->tex)
		w->tex = SDL_CreateTexture(w->ren, SDL_PIXELFORMAT_ARGB8888,
					   SDL_TEXTUREACCESS_STREAMING, r->w, r->h);
	return w->tex ? 0 : EIO;
}

static int present(struct window *w, const struct view *v)
{
	const void *px;
	int stride, err;

	err = canvas_draw(w->canvas, v);
	if (err)
		return err;
	px = canvas_pixels(w->canvas, &stride);

	if (SDL_SetTextureBlendMode(w->tex, SDL_BLENDMODE_NONE) ||
	    SDL_UpdateTexture(w->tex, NULL, px, stride) ||
	    SDL_SetRenderDrawColor(w->ren, 0x12, 0x16, 0x1c, 255) || SDL_RenderClear(w->ren) ||
	    SDL_RenderCopy(w->ren, w->tex, NULL, &w->place))
		return EIO;
	SDL_RenderPresent(w->ren);
	return 0;
}

/**
 * Show a view, if it looks other than what is on the screen.
 *
 * @param v What to show; zero it once before it is first filled, see view_key()
 *
 * @return 0 (drawn, or nothing new,
	      or the last drawing is less than 33 ms ago: the next call draws),
 *         ENOMEM, EIO where the display refuses; the next call tries again
 */
int window_show(struct window *w, const struct view *v)
{
	struct view key;
	SDL_Rect r;
	int err;

	w->hand.seen = *v;
	view_key(&key, v);
	if (w->hidden || (!w->dirty && !memcmp(&key, &w->key, sizeof(key))))
		return 0;
	if (w->drawn_ms && SDL_GetTicks64() - w->drawn_ms < FRAME_MS)
		return 0;
	if (place(w, &r))
		return 0;

	name_window(w, v);
	err = fit(w, &r);
	if (!err)
		err = present(w, v);
	w->drawn_ms = SDL_GetTicks64();
	w->dirty = err != 0;
	memcpy(&w->key, &key, sizeof(key));
	return err;
}

/** Close the window; NULL is allowed */
void window_close(struct window *w)
{
	if (!w)
		return;
	canvas_close(w->canvas);
	if (w->tex)
		SDL_DestroyTexture(w->tex);
	if (w->ren)
		SDL_DestroyRenderer(w->ren);
	if (w->win)
		SDL_DestroyWindow(w->win);
	SDL_FreeCursor(w->arrow);
	SDL_FreeCursor(w->finger);
	SDL_QuitSubSystem(SDL_INIT_VIDEO);
	free(w);
}
