/**
 * @file test_window.c  What the person does at the window arrives as actions (SIM-01), on SDL's
 * dummy display
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#define SDL_MAIN_HANDLED
#include <SDL2/SDL.h>
#include "../view.h"

#define LOG 32

static struct window *w;
static struct view v;
static struct view_action seen[LOG];
static unsigned n;

static void record(const struct view_action *a, void *arg)
{
	ck_assert_ptr_eq(arg, &n);
	ck_assert_uint_lt(n, LOG);
	seen[n++] = *a;
}

static void setup(void)
{
	setenv("SDL_VIDEODRIVER", "dummy", 1);
	memset(&v, 0, sizeof(v));
	n = 0;
	v.powered = v.mains = v.poe = v.link = true;
	v.volume = 50;
	strcpy(v.model, "IP-GAP 02");
	strcpy(v.identity, "000000123");
	ck_assert_int_eq(window_open(&w, record, &n), 0);
	ck_assert_str_eq(window_why(), "");
	ck_assert_int_eq(window_show(w, &v), 0);
	ck_assert_int_eq(window_poll(w), 0);
	n = 0;
}

static void teardown(void)
{
	window_close(w);
}

static void push(SDL_Event *e)
{
	ck_assert_int_eq(SDL_PushEvent(e), 1);
	ck_assert_int_eq(window_poll(w), 0);
}

static void key(Uint32 type, SDL_Keycode sym, SDL_Scancode code, bool repeat)
{
	SDL_Event e = { .key = { .type = type, .repeat = repeat,
				 .keysym = { .sym = sym, .scancode = code } } };

	push(&e);
}

static void stroke(SDL_Keycode sym)
{
	key(SDL_KEYDOWN, sym, SDL_SCANCODE_UNKNOWN, false);
	key(SDL_KEYUP, sym, SDL_SCANCODE_UNKNOWN, false);
}

/* x, y in the picture's units */
static void mouse(Uint32 type, double x, double y)
{
	SDL_Window *win = SDL_GetWindowFromID(1);
	SDL_Event e = { .type = type };
	int ww, wh;

	ck_assert_ptr_nonnull(win);
	SDL_GetWindowSize(win, &ww, &wh);
	double scale = SDL_min((double)ww / VIEW_W, (double)wh / VIEW_H);
	int px = (int)((ww - VIEW_W * scale) / 2 + x * scale);
	int py = (int)((wh - VIEW_H * scale) / 2 + y * scale);

	if (type == SDL_MOUSEMOTION) {
		e.motion.x = px;
		e.motion.y = py;
	} else {
		e.button.button = SDL_BUTTON_LEFT;
		e.button.x = px;
		e.button.y = py;
	}
	push(&e);
}

static void assert_last(unsigned count, enum view_act act, int index, int value)
{
	ck_assert_uint_eq(n, count);
	ck_assert_int_eq(seen[n - 1].act, act);
	ck_assert_int_eq(seen[n - 1].index, index);
	ck_assert_int_eq(seen[n - 1].value, value);
}

/* HW-01: the button is down as long as the mouse is, wherever the pointer goes */
START_TEST(the_mouse_holds_the_button)
{
	mouse(SDL_MOUSEBUTTONDOWN, 213, 486);
	assert_last(1, ACT_BUTTON, 0, 1);
	mouse(SDL_MOUSEMOTION, 700, 500);
	ck_assert_uint_eq(n, 1);
	mouse(SDL_MOUSEBUTTONUP, 700, 500);
	assert_last(2, ACT_BUTTON, 0, 0);
	mouse(SDL_MOUSEBUTTONDOWN, 60, 500);
	ck_assert_uint_eq(n, 2);
}
END_TEST

/* HW-01: the space bar too; its repetitions are one press; the last holder lets go */
START_TEST(the_space_bar_holds_the_button)
{
	key(SDL_KEYDOWN, SDLK_SPACE, SDL_SCANCODE_SPACE, false);
	assert_last(1, ACT_BUTTON, 0, 1);
	key(SDL_KEYDOWN, SDLK_SPACE, SDL_SCANCODE_SPACE, true);
	mouse(SDL_MOUSEBUTTONDOWN, 213, 486);
	key(SDL_KEYUP, SDLK_SPACE, SDL_SCANCODE_SPACE, false);
	ck_assert_uint_eq(n, 1);
	mouse(SDL_MOUSEBUTTONUP, 213, 486);
	assert_last(2, ACT_BUTTON, 0, 0);
}
END_TEST

START_TEST(losing_the_focus_releases_the_button)
{
	SDL_Event e = { .window = { .type = SDL_WINDOWEVENT,
				    .event = SDL_WINDOWEVENT_FOCUS_LOST } };

	key(SDL_KEYDOWN, SDLK_SPACE, SDL_SCANCODE_SPACE, false);
	mouse(SDL_MOUSEBUTTONDOWN, 213, 486);
	push(&e);
	assert_last(2, ACT_BUTTON, 0, 0);
	key(SDL_KEYUP, SDLK_SPACE, SDL_SCANCODE_SPACE, false);
	ck_assert_uint_eq(n, 2);
}
END_TEST

/* HW-04, HW-05, HW-10: a switch goes over, also twice before the model shows it */
START_TEST(keys_turn_switches_over)
{
	static const struct { SDL_Keycode k; enum view_act act; int first; } row[] = {
		{ SDLK_i, ACT_CONTACT, 1 }, { SDLK_m, ACT_MAINS, 0 }, { SDLK_p, ACT_POE, 0 },
		{ SDLK_l, ACT_LINK, 0 }, { SDLK_F1, ACT_HELP, 1 },
	};
	unsigned count = 0;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		stroke(row[i].k);
		assert_last(++count, row[i].act, 0, row[i].first);
		stroke(row[i].k);
		assert_last(++count, row[i].act, 0, !row[i].first);
	}
}
END_TEST

START_TEST(keys_do_what_has_no_level)
{
	stroke(SDLK_s);
	assert_last(1, ACT_SHOT, 0, 1);
	stroke(SDLK_r);
	assert_last(2, ACT_RESTART, 0, 1);
	stroke(SDLK_q);
	assert_last(3, ACT_QUIT, 0, 1);
	stroke(SDLK_ESCAPE);
	assert_last(4, ACT_QUIT, 0, 1);
	stroke(SDLK_QUESTION);
	assert_last(5, ACT_HELP, 0, 1);
	stroke(SDLK_ESCAPE);
	assert_last(6, ACT_HELP, 0, 0);
	stroke(SDLK_x);
	ck_assert_uint_eq(n, 6);
}
END_TEST

/* HW-06: digits by their place on the keyboard; French ones have another sign there */
START_TEST(digits_turn_the_dip_switches)
{
	for (int i = 0; i < 4; i++) {
		key(SDL_KEYDOWN, SDLK_AMPERSAND, (SDL_Scancode)(SDL_SCANCODE_1 + i), false);
		assert_last((unsigned)i + 1, ACT_DIP, i, 1);
	}
	mouse(SDL_MOUSEBUTTONDOWN, 660, 370);
	assert_last(5, ACT_DIP, 1, 0);
}
END_TEST

/* HW-07: keys step the volume within its range, a held key goes on stepping */
START_TEST(keys_step_the_volume)
{
	stroke(SDLK_PLUS);
	assert_last(1, ACT_VOLUME, 0, 55);
	key(SDL_KEYDOWN, SDLK_KP_MINUS, SDL_SCANCODE_UNKNOWN, true);
	assert_last(2, ACT_VOLUME, 0, 50);
	v.volume = 98;
	ck_assert_int_eq(window_show(w, &v), 0);
	stroke(SDLK_EQUALS);
	assert_last(3, ACT_VOLUME, 0, 100);
	stroke(SDLK_EQUALS);
	ck_assert_uint_eq(n, 3);
}
END_TEST

/* HW-07: a slider follows the pointer, also beyond its ends, until the mouse comes up */
START_TEST(a_slider_is_dragged)
{
	mouse(SDL_MOUSEBUTTONDOWN, 882, 352);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(seen[0].act, ACT_VOLUME);
	ck_assert_int_ge(seen[0].value, 23);
	ck_assert_int_le(seen[0].value, 27);
	mouse(SDL_MOUSEMOTION, 1039, 100);
	assert_last(2, ACT_VOLUME, 0, 100);
	mouse(SDL_MOUSEMOTION, 200, 486);
	assert_last(3, ACT_VOLUME, 0, 0);
	mouse(SDL_MOUSEBUTTONUP, 200, 486);
	mouse(SDL_MOUSEMOTION, 1000, 352);
	ck_assert_uint_eq(n, 3);
}
END_TEST

START_TEST(clicks_turn_switches_over)
{
	mouse(SDL_MOUSEBUTTONDOWN, 580, 343);
	assert_last(1, ACT_MAINS, 0, 0);
	mouse(SDL_MOUSEBUTTONDOWN, 980, 240);
	assert_last(2, ACT_CONTACT, 0, 1);
	mouse(SDL_MOUSEBUTTONDOWN, 700, 694);
	assert_last(3, ACT_SHOT, 0, 1);
	mouse(SDL_MOUSEBUTTONDOWN, 600, 200);
	ck_assert_uint_eq(n, 3);
}
END_TEST

/* SIM-01: in a window of other proportions the picture is centred, and answers there */
START_TEST(a_resized_window_answers_where_the_picture_is)
{
	SDL_SetWindowSize(SDL_GetWindowFromID(1), 1000, 400);
	ck_assert_int_eq(window_poll(w), 0);
	SDL_Delay(40);
	ck_assert_int_eq(window_show(w, &v), 0);
	mouse(SDL_MOUSEBUTTONDOWN, 213, 486);
	assert_last(1, ACT_BUTTON, 0, 1);
}
END_TEST

START_TEST(the_title_names_the_door)
{
	ck_assert_str_eq(SDL_GetWindowTitle(SDL_GetWindowFromID(1)), "IP-GAP 02 - 000000123");
}
END_TEST

START_TEST(the_close_button_quits)
{
	SDL_Event e = { .type = SDL_QUIT };

	push(&e);
	assert_last(1, ACT_QUIT, 0, 1);
}
END_TEST

/* SIM-01: what is on the screen is the picture; one that has not changed is not drawn again */
START_TEST(a_picture_is_drawn_only_when_it_changes)
{
	SDL_Renderer *ren = SDL_GetRenderer(SDL_GetWindowFromID(1));
	const SDL_Rect spot = { 213, 60, 1, 1 };        /* on the plate */
	uint32_t px = 0;

	SDL_Delay(40);
	ck_assert_int_eq(window_show(w, &v), 0);        /* the window has just appeared */
	SDL_SetRenderDrawColor(ren, 255, 0, 255, 255);
	SDL_RenderClear(ren);
	SDL_Delay(40);
	v.now_us += 40000;
	ck_assert_int_eq(window_show(w, &v), 0);
	ck_assert_int_eq(SDL_RenderReadPixels(ren, &spot, SDL_PIXELFORMAT_ARGB8888, &px, 4), 0);
	ck_assert_uint_eq(px & 0xffffff, 0xff00ff);

	v.contact = true;
	ck_assert_int_eq(window_show(w, &v), 0);
	ck_assert_int_eq(SDL_RenderReadPixels(ren, &spot, SDL_PIXELFORMAT_ARGB8888, &px, 4), 0);
	ck_assert_uint_ne(px & 0xffffff, 0xff00ff);
	ck_assert_uint_gt(px & 255, 100);               /* steel */
}
END_TEST

/* SIM-02: without a display the reason is told, and the program can go on headless */
START_TEST(no_display_is_told)
{
	struct window *none = NULL;

	unsetenv("SDL_VIDEODRIVER");
	unsetenv("DISPLAY");
	unsetenv("WAYLAND_DISPLAY");
	ck_assert_int_eq(window_open(&none, record, NULL), ENODEV);
	ck_assert_ptr_null(none);
	ck_assert_ptr_nonnull(strstr(window_why(), "no display"));

	setenv("DISPLAY", ":7654", 1);
	ck_assert_int_eq(window_open(&none, record, NULL), ENODEV);
	ck_assert_ptr_nonnull(strstr(window_why(), "DISPLAY=:7654"));
}
END_TEST

/* fontconfig and D-Bus keep what they allocate until the process ends */
const char *__lsan_default_suppressions(void);

__attribute__((weak)) const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\nleak:libdbus\n";
}

Suite *suite(void);

Suite *suite(void)
{
	const TTest *const tests[] = {
		the_mouse_holds_the_button, the_space_bar_holds_the_button,
		losing_the_focus_releases_the_button,
		keys_turn_switches_over, keys_do_what_has_no_level, digits_turn_the_dip_switches,
		keys_step_the_volume, a_slider_is_dragged, clicks_turn_switches_over,
		a_resized_window_answers_where_the_picture_is, the_title_names_the_door,
		the_close_button_quits, a_picture_is_drawn_only_when_it_changes,
	};
	Suite *s = suite_create("window");
	TCase *open = tcase_create("open"), *closed = tcase_create("closed");

	tcase_add_checked_fixture(open, setup, teardown);
	tcase_set_timeout(open, 30);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(open, tests[i]);
	tcase_add_test(closed, no_display_is_told);
	suite_add_tcase(s, open);
	suite_add_tcase(s, closed);
	return s;
}
