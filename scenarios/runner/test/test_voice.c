/* The voice made by number: its level is what was asked, and it is no digit (SIP-06) */
#include <check.h>
#include <math.h>
#include <re.h>
#include "core/media/dtmf.h"
#include "scenarios/runner/voice.h"

enum { FRAME = 160, SECONDS = 60, SYLLABLE = 2000 };

static double dbm0(double sum, size_t n)
{
	return 10 * log10(sum / (double)n / (22826.0 * 22826.0 / 2));
}

START_TEST(test_its_loud_half_has_the_level_asked_for)
{
	const int level = -10 * (_i + 1);
	struct voice v = {.amplitude = 0};
	double loud = 0;
	size_t n = 0, f, i;

	voice_set(&v, level);
	for (f = 0; f < SECONDS * 50; f++) {
		int16_t pcm[FRAME] = {0};

		voice_add(&v, pcm, FRAME);
		for (i = 0; i < FRAME; i++) {
			const size_t at = (f * FRAME + i) % SYLLABLE;

			if (at >= 400 && at < 1200) {
				loud += pcm[i] * pcm[i];
				n++;
			}
		}
	}
	ck_assert_double_eq_tol(dbm0(loud, n), level, 0.5);
}
END_TEST

static unsigned digits;

static void on_digit(char digit, void *arg)
{
	(void)digit;
	(void)arg;
	digits++;
}

START_TEST(test_it_holds_no_digit)
{
	struct voice v = {.amplitude = 0};
	struct dtmf_rx *rx;
	size_t f;

	digits = 0;
	ck_assert_int_eq(dtmf_rx_alloc(&rx, on_digit, NULL), 0);
	voice_set(&v, -10);
	for (f = 0; f < SECONDS * 50; f++) {
		int16_t pcm[FRAME] = {0};

		voice_add(&v, pcm, FRAME);
		dtmf_rx_put(rx, pcm, FRAME);
	}
	mem_deref(rx);
	ck_assert_uint_eq(digits, 0);
}
END_TEST

START_TEST(test_silent_it_leaves_the_sound_alone)
{
	struct voice v = {.amplitude = 0};
	int16_t pcm[FRAME] = {7, -7};

	voice_set(&v, -60);
	voice_add(&v, pcm, FRAME);
	ck_assert_int_eq(pcm[0], 7);
	ck_assert_int_eq(pcm[1], -7);
	ck_assert_int_eq(pcm[2], 0);
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("voice");
	TCase *tc = tcase_create("voice");

	tcase_add_loop_test(tc, test_its_loud_half_has_the_level_asked_for, 0, 3);
	tcase_add_test(tc, test_it_holds_no_digit);
	tcase_add_test(tc, test_silent_it_leaves_the_sound_alone);
	suite_add_tcase(s, tc);

	return s;
}
