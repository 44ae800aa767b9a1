/**
 * @file test_crc_solve.c  Finding the CRC-8 variant of captured frames (SUP-21)
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "sim/crc_solve.h"

Suite *suite(void);

static struct crc_solution sol;

/* Frames of three lengths and many digits, as a receiver would hear them */
static const struct { unsigned reason; const char *identity; } captured[] = {
	{1, "000000000"}, {4, "123456789"}, {11, "987654321"}, {12, "1"}, {1, "7"}, {17, "40"},
	{18, "918273645"}, {4, "55555"}, {12, "31415926"},
};

#define FRAMES (sizeof(captured) / sizeof(captured[0]))

static char text[FRAMES][FRAME_MAX + 1];
static const char *frames[FRAMES];

static void capture(const struct crc_settings *crc)
{
	size_t i;

	for (i = 0; i < FRAMES; ++i) {
		ck_assert_int_eq(frame_encode(text[i], crc, 81, captured[i].reason, 1,
					      captured[i].identity), 0);
		frames[i] = text[i];
	}
}

static bool same(const struct crc_settings *a, const struct crc_settings *b)
{
	return a->poly == b->poly && a->init == b->init && a->xorout == b->xorout
		&& a->refin == b->refin && a->refout == b->refout && a->encoding == b->encoding
		&& a->rendering == b->rendering;
}

START_TEST(preset_is_found_and_comes_first)
{
	capture(&frame_presets[_i].crc);
	ck_assert_int_eq(crc_solve(&sol, frames, FRAMES), 0);
	ck_assert_uint_eq(sol.functions, 1);
	ck_assert_ptr_eq(sol.best[0].preset, &frame_presets[_i]);
	ck_assert(same(&sol.best[0].crc, &frame_presets[_i].crc));
}
END_TEST

START_TEST(any_encoding_and_rendering_is_found)
{
	struct crc_settings crc = {.poly = 0x4d, .init = 0x12, .xorout = 0x34, .refin = true};
	bool found = false;
	size_t i;

	crc.encoding = _i % FRAME_ENCODINGS;
	crc.rendering = _i / FRAME_ENCODINGS;
	capture(&crc);
	ck_assert_int_eq(crc_solve(&sol, frames, FRAMES), 0);
	for (i = 0; i < sol.n; ++i)
		found = found || same(&sol.best[i].crc, &crc);
	ck_assert(found);
	ck_assert_uint_eq(sol.functions, 1);
}
END_TEST

/* Everything reported as fitting does, and the order is by rank */
START_TEST(every_variant_reported_fits)
{
	static const char *const two[] = {"9810101000000000C097", "98101011C204"};
	struct frame f;
	size_t i, j;

	ck_assert_int_eq(crc_solve(&sol, two, 2), 0);
	ck_assert_uint_eq(sol.n, CRC_SOLVE_BEST);
	for (i = 0; i < sol.n; ++i) {
		for (j = 0; j < 2; ++j) {
			ck_assert_int_eq(frame_decode(&f, &sol.best[i].crc, two[j],
						      strlen(two[j])), 0);
			ck_assert(f.crc_ok);
		}
		ck_assert(!i || sol.best[i - 1].rank <= sol.best[i].rank);
	}
}
END_TEST

/* The linear solution counts what trying every variant of a corner of the space counts */
START_TEST(count_agrees_with_trying_all)
{
	static const char *const two[] = {"9810101000000000C097", "98101011C204"};
	struct crc_settings c = {.poly = 0x07};
	struct frame f[2];
	size_t i;
	unsigned tried = 0, solved = 0;

	for (c.init = 0; c.init < 256; ++c.init) {
		for (c.xorout = 0; c.xorout < 256; ++c.xorout) {
			ck_assert_int_eq(frame_decode(&f[0], &c, two[0], strlen(two[0])), 0);
			ck_assert_int_eq(frame_decode(&f[1], &c, two[1], strlen(two[1])), 0);
			tried += f[0].crc_ok && f[1].crc_ok;
		}
	}
	ck_assert_int_eq(crc_solve(&sol, two, 2), 0);
	for (i = 0; i < sol.n; ++i) {
		c.init = sol.best[i].crc.init;
		c.xorout = sol.best[i].crc.xorout;
		solved += same(&sol.best[i].crc, &c);
	}
	ck_assert_uint_ge(tried, 1);
	ck_assert_uint_eq(solved, tried);
}
END_TEST

/* The requirement's four vectors leave one function, though six ways to write it */
START_TEST(vectors_of_the_default_tell_one_function)
{
	static const char *const vectors[] = {
		"9810101000000000C097", "9810401000000000C171", "9811201123456789C173",
		"98101011C204"
	};
	static const char *const two[] = {"9811201123456789C173", "98101011C204"};

	ck_assert_int_eq(crc_solve(&sol, vectors, 4), 0);
	ck_assert_uint_eq(sol.count, 6);
	ck_assert_uint_eq(sol.presets, 1);
	ck_assert_str_eq(sol.best[0].preset->name, "smbus");
	ck_assert_int_eq(crc_solve(&sol, two, 2), 0);
	ck_assert_uint_gt(sol.count, CRC_SOLVE_COMPARED);
	ck_assert_uint_eq(sol.functions, 0);
}
END_TEST

START_TEST(one_length_leaves_every_init_open)
{
	static const char *const one[] = {"98101011C204"};

	ck_assert_int_eq(crc_solve(&sol, one, 1), 0);
	/* polynomials, reflections, inits, encodings; 204 is a decimal and an octal value */
	ck_assert_uint_eq(sol.count, 256u * 4 * 256 * 5 * 2);
}
END_TEST

START_TEST(contradictions_and_no_frames_are_told)
{
	static const char *const contrary[] = {"98101011C204", "98101011C205"};
	static const char *const bad[] = {"98101011C204", "98101011"};

	ck_assert_int_eq(crc_solve(&sol, contrary, 2), 0);
	ck_assert_uint_eq(sol.count, 0);
	ck_assert_int_eq(crc_solve(&sol, bad, 2), EBADMSG);
	ck_assert_int_eq(crc_solve(&sol, bad, 0), EINVAL);
}
END_TEST

Suite *suite(void)
{
	Suite *su = suite_create("crc_solve");
	TCase *tc = tcase_create("crc_solve");

	tcase_add_loop_test(tc, preset_is_found_and_comes_first, 0, (int)frame_presets_count);
	tcase_add_loop_test(tc, any_encoding_and_rendering_is_found, 0,
			    FRAME_ENCODINGS * FRAME_RENDERINGS);
	tcase_add_test(tc, every_variant_reported_fits);
	tcase_add_test(tc, count_agrees_with_trying_all);
	tcase_add_test(tc, vectors_of_the_default_tell_one_function);
	tcase_add_test(tc, one_length_leaves_every_init_open);
	tcase_add_test(tc, contradictions_and_no_frames_are_told);
	suite_add_tcase(su, tc);
	return su;
}
