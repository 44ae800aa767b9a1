/**
 * @file test_draw.c  The picture shows what the view says, where the mouse finds it (SIM-01,
 * SIM-02, HW-01..06)
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../canvas.h"
#include "../draw.h"

struct area { int x0, y0, x1, y1; };    /* of changed pixels; empty: x1 < x0 */

static struct view v;
static unsigned char before[VIEW_W * VIEW_H * 4], after[VIEW_W * VIEW_H * 4];

static void setup(void)
{
	memset(&v, 0, sizeof(v));
	v.powered = v.mains = v.poe = v.link = true;
	v.volume = v.microphone = 50;
	strcpy(v.model, "IP-GAP 02");
	strcpy(v.identity, "000000123");
	strcpy(v.state, "idle");
	strcpy(v.relay[0].function, "strike");
	strcpy(v.relay[1].function, "line");
}

static void picture(unsigned char *out, const struct view *view)
{
	struct canvas *c;
	int stride;

	ck_assert_int_eq(canvas_open(&c, VIEW_W, VIEW_H), 0);
	ck_assert_int_eq(canvas_draw(c, view), 0);
	memcpy(out, canvas_pixels(c, &stride), sizeof(before));
	ck_assert_int_eq(stride, VIEW_W * 4);
	canvas_close(c);
}

/* Where two views differ inside a box */
static struct area difference(const struct view *a, const struct view *b, const struct box *in)
{
	struct area d = { VIEW_W, VIEW_H, -1, -1 };

	picture(before, a);
	picture(after, b);
	for (int y = (int)in->y; y < (int)(in->y + in->h); y++) {
		for (int x = (int)in->x; x < (int)(in->x + in->w); x++) {
			if (!memcmp(before + 4 * (y * VIEW_W + x), after + 4 * (y * VIEW_W + x), 4))
				continue;
			d.x0 = x < d.x0 ? x : d.x0;
			d.x1 = x > d.x1 ? x : d.x1;
			d.y0 = y < d.y0 ? y : d.y0;
			d.y1 = y > d.y1 ? y : d.y1;
		}
	}
	return d;
}

static const struct box whole = { 0, 0, VIEW_W, VIEW_H };

/* What the view's change drew anew, inside a card, answers there with this action */
static void assert_hit(const struct view *b, const struct box *card, enum view_act act, int index)
{
	struct area d = difference(&v, b, card);
	int i = -1;

	ck_assert_int_lt(d.x0, d.x1);
	ck_assert_int_eq(view_hit(&v, (d.x0 + d.x1) / 2., (d.y0 + d.y1) / 2., &i, NULL), act);
	ck_assert_int_eq(i, index);
}

/* SIM-01: a switch answers where its drawing changes with it */
START_TEST(each_control_answers_where_it_is_drawn)
{
	struct view b = v;

	b.button = true;
	assert_hit(&b, &lay.plate, ACT_BUTTON, 0);
	b = v, b.contact = true;
	assert_hit(&b, &lay.inputs, ACT_CONTACT, 0);
	b = v, b.mains = false;
	assert_hit(&b, &lay.supply, ACT_MAINS, 0);
	b = v, b.poe = false;
	assert_hit(&b, &lay.supply, ACT_POE, 0);
	b = v, b.link = false;
	assert_hit(&b, &lay.supply, ACT_LINK, 0);
	for (int i = 0; i < 4; i++) {
		b = v, b.dip = 1u << i;
		assert_hit(&b, &lay.dip, ACT_DIP, i);
	}
}
END_TEST

/* SIM-01: a slider's knob answers with the value that put it there */
START_TEST(a_slider_answers_with_its_own_value)
{
	for (unsigned p = 0; p <= 100; p += 10) {
		const struct box *b = hit_box(ACT_MICROPHONE, 0);
		struct view at = v, other = v;
		struct box line = { b->x, b->y + b->h / 2 - 6, b->w,
				    3 };       /* above the track */
		struct area d;
		double f = -1;

		at.microphone = p;
		other.microphone = p < 50 ? 100 : 0;
		d = difference(&at, &other, &line);
		double x = p < 50 ? d.x0 + 4.5 : d.x1 - 3.5;                     /* knob's middle */

		ck_assert_int_eq(view_hit(&v, x, b->y + b->h / 2, NULL, &f), ACT_MICROPHONE);
		ck_assert_double_eq_tol(100 * f, p, 2);
	}
	ck_assert_double_eq(view_fraction(ACT_VOLUME, -50), 0);
	ck_assert_double_eq(view_fraction(ACT_VOLUME, 5000), 1);
	ck_assert_double_eq(view_fraction(ACT_MAINS, 500), 0);
}
END_TEST

/* SIM-01: the front answers at its button only; header, relays, events and margins nowhere */
START_TEST(nothing_else_answers)
{
	const struct box dead[] = { lay.header, lay.relays, lay.events, { 0, 0, VIEW_W, 28 },
				    { 1013, 0, 27, 680 } };
	const struct box *p = &lay.plate;

	for (size_t i = 0; i < sizeof(dead) / sizeof(dead[0]); i++) {
		for (double y = dead[i].y; y < dead[i].y + dead[i].h; y += 3)
			for (double x = dead[i].x; x < dead[i].x + dead[i].w; x += 3)
				ck_assert_int_eq(view_hit(&v, x, y, NULL, NULL), ACT_NONE);
	}
	for (double y = p->y; y < p->y + p->h; y += 3) {
		for (double x = p->x; x < p->x + p->w; x += 3) {
			bool on = hypot(x - lay.button.x, y - lay.button.y) <= lay.button.r;

			ck_assert_int_eq(view_hit(&v, x, y, NULL, NULL), on ? ACT_BUTTON
					 : ACT_NONE);
		}
	}
	ck_assert_int_eq(view_hit(&v, -5, -5, NULL, NULL), ACT_NONE);
	ck_assert_int_eq(view_hit(&v, NAN, NAN, NULL, NULL), ACT_NONE);
}
END_TEST

/* SIM-01: with the help open, a click anywhere closes it */
START_TEST(help_covers_all_controls)
{
	v.help = true;
	ck_assert_int_eq(view_hit(&v, lay.button.x, lay.button.y, NULL, NULL), ACT_HELP);
	ck_assert_int_eq(view_hit(&v, 5, 5, NULL, NULL), ACT_HELP);
}
END_TEST

static void glass_rgb(const unsigned char *px, unsigned picto, int *rgb)
{
	const struct disc *d = &lay.picto[picto];
	const unsigned char *p = px + 4 * ((int)(d->y - d->r * .8) * VIEW_W + (int)d->x);
	uint32_t c;

	memcpy(&c, p, 4);
	rgb[0] = (int)(c >> 16 & 255);
	rgb[1] = (int)(c >> 8 & 255);
	rgb[2] = (int)(c & 255);
}

static void assert_colour(enum gap_colour colour, const int *c)
{
	bool r = c[0] > 50, g = c[1] > 50, b = c[2] > 50;

	switch (colour) {
	case GAP_RED:    ck_assert(r && !g && !b); break;
	case GAP_GREEN:  ck_assert(!r && g && !b); break;
	case GAP_BLUE:   ck_assert(b && c[2] > c[1] && c[1] > c[0]); break;
	case GAP_YELLOW: ck_assert(r && g && !b); break;
	case GAP_WHITE:  ck_assert(r && g && b && abs(c[0] - c[2]) < 20); break;
	default:         ck_assert(!r && !g && !b); break;
	}
}

/* HW-02: every pictogram shows every colour, around itself and nowhere else */
START_TEST(a_light_shows_its_colour_in_its_place)
{
	for (unsigned i = 0; i < GAP_PICTOS; i++) {
		for (int colour = GAP_RED; colour < GAP_COLOURS; colour++) {
			const struct disc *d = &lay.picto[i];
			struct view b = v;
			struct area at;
			int c[3];

			b.light[i].colour = (enum gap_colour)colour;
			at = difference(&v, &b, &whole);
			glass_rgb(after, i, c);
			assert_colour((enum gap_colour)colour, c);
			glass_rgb(before, i, c);
			assert_colour(GAP_OFF, c);
			ck_assert_double_le(fabs((at.x0 + at.x1) / 2. - d->x), 3);
			ck_assert(at.x0 > d->x - 80 && at.x1 < d->x + 80);
			ck_assert(at.y0 > d->y - 80 && at.y1 < d->y + 80);
		}
	}
}
END_TEST

/* HW-02: blinking is 1 Hz, half on; without a supply no light is lit (HW-05) */
START_TEST(a_blinking_light_is_lit_the_first_half_second)
{
	v.light[GAP_PICTO_CALL] = (struct gap_light){ GAP_YELLOW, true };
	for (unsigned s = 0; s < 3; s++) {
		v.now_us = s * 1000000;
		ck_assert(draw_light_on(&v, GAP_PICTO_CALL));
		v.now_us += 499999;
		ck_assert(draw_light_on(&v, GAP_PICTO_CALL));
		v.now_us += 1;
		ck_assert(!draw_light_on(&v, GAP_PICTO_CALL));
		v.now_us += 499999;
		ck_assert(!draw_light_on(&v, GAP_PICTO_CALL));
	}
	v.light[GAP_PICTO_CALL].blink = false;
	ck_assert(draw_light_on(&v, GAP_PICTO_CALL));
	v.powered = false;
	ck_assert(!draw_light_on(&v, GAP_PICTO_CALL));
}
END_TEST

/* HW-03: a relay's contact moves in its own half of the card */
START_TEST(a_relay_shows_in_its_own_place)
{
	for (unsigned i = 0; i < GAP_RELAYS; i++) {
		struct view b = v;
		struct area d;
		double mid = lay.relays.x + lay.relays.w / 2;

		b.relay[i].on = true;
		b.relay[i].hold_us = 5000000;
		b.relay[i].left_us = 3200000;
		d = difference(&v, &b, &whole);
		ck_assert(d.y0 >= lay.relays.y && d.y1 < lay.relays.y + lay.relays.h);
		ck_assert(i ? d.x0 > mid : d.x1 < mid);
		ck_assert(d.x0 > lay.relays.x && d.x1 < lay.relays.x + lay.relays.w);
		ck_assert_int_gt(d.x1 - d.x0, 100);
	}
}
END_TEST

/* The key decides whether a window draws: never the same key for another picture */
START_TEST(equal_keys_are_equal_pictures)
{
	struct view b = v, ka, kb;
	struct area d;

	strcpy(b.peer, "x");
	b.peer[0] = '\0';                       /* rubbish behind a text's end */
	b.now_us = 123456;                      /* time alone */
	b.light[0].blink = true;                /* an unlit light */
	view_key(&ka, &v);
	view_key(&kb, &b);
	ck_assert_int_eq(memcmp(&ka, &kb, sizeof(ka)), 0);
	d = difference(&v, &b, &whole);
	ck_assert_int_lt(d.x1, d.x0);

	b.light[0].colour = GAP_RED;
	view_key(&ka, &b);
	b.now_us = 623456;
	view_key(&kb, &b);
	ck_assert_int_ne(memcmp(&ka, &kb, sizeof(ka)), 0);
}
END_TEST

/* HW-03: a running hold time asks for a new picture each 50 ms */
START_TEST(a_hold_time_moves_in_steps_of_50_ms)
{
	struct view ka, kb;

	v.relay[0].on = true;
	v.relay[0].hold_us = 5000000;
	v.relay[0].left_us = 3249999;
	view_key(&ka, &v);
	v.relay[0].left_us = 3200000;
	view_key(&kb, &v);
	ck_assert_int_eq(memcmp(&ka, &kb, sizeof(ka)), 0);
	v.relay[0].left_us = 3199999;
	view_key(&kb, &v);
	ck_assert_int_ne(memcmp(&ka, &kb, sizeof(ka)), 0);
}
END_TEST

/* Texts come from the network: whatever the bytes, the rest of the picture is drawn */
START_TEST(no_text_spoils_the_picture)
{
	static const char *const evil[] = {
		"\xff\xfe", "\xc3(", "\xe2\x82", "\xf0\x90\x80", "\xed\xa0\x80", "\xc0\xaf",
		"\xf4\x90\x80\x80", "\x01\x7f\n",
	};
	struct area d;
	struct view b = v;

	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		memset(v.peer, 'W', sizeof(v.peer) - 1);
		memcpy(v.peer + 3, evil[i], strlen(evil[i]));
		b = v, b.poe = false;           /* drawn after the peer */
		d = difference(&v, &b, &lay.supply);
		ck_assert_int_lt(d.x0, d.x1);
	}
}
END_TEST

/* A text as long as its field stays inside its card, and beside its neighbours */
START_TEST(long_texts_are_cut_to_their_place)
{
	struct box right = { lay.header.x + lay.header.w - 15, lay.header.y, 100, lay.header.h };
	struct view b = v;

	memset(b.peer, 'W', sizeof(b.peer) - 1);
	memset(b.address, 'W', sizeof(b.address) - 1);
	memset(b.state, 'W', sizeof(b.state) - 1);
	memset(b.timer, 'W', sizeof(b.timer) - 1);
	b.events = VIEW_EVENTS;
	for (unsigned i = 0; i < VIEW_EVENTS; i++)
		memset(b.event[i].text, 'W', sizeof(b.event[i].text) - 1);
	ck_assert_int_lt(difference(&v, &b, &right).x1, 0);
	right.y = lay.events.y;
	right.h = lay.events.h;
	ck_assert_int_lt(difference(&v, &b, &right).x1, 0);
	ck_assert_int_gt(difference(&v, &b, &lay.header).x1, (int)right.x - 12);
}
END_TEST

static void assert_png_size(const char *file, int w, int h)
{
	cairo_surface_t *s = cairo_image_surface_create_from_png(file);

	ck_assert_int_eq(cairo_surface_status(s), CAIRO_STATUS_SUCCESS);
	ck_assert_int_eq(cairo_image_surface_get_width(s), w);
	ck_assert_int_eq(cairo_image_surface_get_height(s), h);
	cairo_surface_destroy(s);
}

/* SIM-02: the picture file, at any scale */
START_TEST(a_picture_file_has_the_size_asked_for)
{
	char file[] = "/tmp/test_draw_XXXXXX";
	int fd = mkstemp(file);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(view_png(&v, file, 1), 0);
	assert_png_size(file, VIEW_W, VIEW_H);
	ck_assert_int_eq(view_png(&v, file, 2), 0);
	assert_png_size(file, 2 * VIEW_W, 2 * VIEW_H);
	unlink(file);
}
END_TEST

static void assert_png_shows(const char *file, const unsigned char *px)
{
	cairo_surface_t *s = cairo_image_surface_create_from_png(file);
	const unsigned char *data = cairo_image_surface_get_data(s);

	ck_assert_ptr_nonnull(data);
	for (int y = 0; y < VIEW_H; y++) {
		const unsigned char *row = data + y * cairo_image_surface_get_stride(s);

		for (int x = 0; x < VIEW_W; x++)
			ck_assert_int_eq(memcmp(row + 4 * x, px + 4 * (y * VIEW_W + x), 3), 0);
	}
	cairo_surface_destroy(s);
}

/* SIM-02: the window's pixels and the file's are the same, whatever each process drew before */
START_TEST(file_and_window_show_the_same)
{
	char file[] = "/tmp/test_draw_XXXXXX";
	int fd = mkstemp(file), status = -1;
	struct canvas *c;
	pid_t pid;

	ck_assert_int_ge(fd, 0);
	close(fd);
	v.button = true;
	v.light[0].colour = GAP_YELLOW;
	pid = fork();
	if (!pid)
		_exit(view_png(&v, file, 1));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);

	ck_assert_int_eq(canvas_open(&c, 128, 128), 0);
	ck_assert_int_eq(canvas_icon(c, &v), 0);
	canvas_close(c);
	picture(after, &v);
	assert_png_shows(file, after);
	unlink(file);
}
END_TEST

/* SIM-02: a file that cannot be written says why */
START_TEST(a_picture_file_that_fails_says_why)
{
	char dir[] = "/tmp/test_draw_XXXXXX", file[64];

	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(file, sizeof(file), "%s/none/x.png", dir);
	ck_assert_int_eq(view_png(&v, file, 1), ENOENT);
	ck_assert_int_eq(view_png(&v, dir, 1), EISDIR);
	ck_assert_int_eq(view_png(&v, "/dev/full", 1), ENOSPC);
	ck_assert_int_eq(view_png(&v, file, 0), EINVAL);
	ck_assert_int_eq(view_png(&v, file, NAN), EINVAL);
	ck_assert_int_eq(view_png(&v, file, 1e9), EINVAL);

	(void)snprintf(file, sizeof(file), "%s/x.png", dir);
	ck_assert_int_eq(chmod(dir, 0555), 0);
	if (!geteuid())                         /* permissions do not bind root */
		ck_assert_int_eq(seteuid(65534), 0);
	ck_assert_int_eq(view_png(&v, file, 1), EACCES);
	if (!getuid())
		ck_assert_int_eq(seteuid(0), 0);
	rmdir(dir);
}
END_TEST

/* HW-08: a camera on "V" models only, in the front's upper part */
START_TEST(a_v_model_shows_a_camera)
{
	struct view b = v;
	struct area d;

	strcpy(b.model, "IP-GAP 02V");
	d = difference(&v, &b, &(struct box){ 0, 0, lay.plate.x + lay.plate.w, 600 });
	ck_assert(d.y0 >= lay.camera.y - lay.camera.r - 3 &&
		  d.y1 < lay.picto[0].y - lay.picto[0].r);
	ck_assert_int_lt(after[4 * ((int)lay.camera.y * VIEW_W + (int)lay.camera.x)], 80);
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
		each_control_answers_where_it_is_drawn, a_slider_answers_with_its_own_value,
		nothing_else_answers, help_covers_all_controls,
		a_light_shows_its_colour_in_its_place,
		a_blinking_light_is_lit_the_first_half_second, a_relay_shows_in_its_own_place,
		equal_keys_are_equal_pictures, a_hold_time_moves_in_steps_of_50_ms,
		no_text_spoils_the_picture, long_texts_are_cut_to_their_place,
		a_picture_file_has_the_size_asked_for, file_and_window_show_the_same,
		a_picture_file_that_fails_says_why, a_v_model_shows_a_camera,
	};
	Suite *s = suite_create("draw");
	TCase *tc = tcase_create("draw");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 60);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return s;
}
