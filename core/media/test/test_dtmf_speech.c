/**
 * @file test_dtmf_speech.c  Speech in five languages gives no false digit (SIP-06)
 *
 * Needs the WAV files of ci/speech.sh in build/speech (or in $SPEECH_DIR).
 */
#include <check.h>
#include <glob.h>
#include <stdio.h>

#include "core/media/dtmf.h"
#include "core/media/test/speech.h"

#define LEAST_S 120.0           /* of each language */

static void count(char digit, void *arg)
{
	unsigned *n = arg;

	(void)digit;
	(*n)++;
}

/* listens at full level and 12 dB below, as a louder and a softer caller */
static unsigned false_digits(const struct speech *sp)
{
	unsigned n = 0;

	for (int shift = 0; shift <= 2; shift += 2) {
		struct dtmf_rx *rx = NULL;

		ck_assert_int_eq(dtmf_rx_alloc(&rx, count, &n), 0);
		for (size_t i = 0; i < sp->n; i++) {
			int16_t x = (int16_t)(sp->pcm[i] / (1 << shift));

			dtmf_rx_put(rx, &x, 1);
		}
		mem_deref(rx);
	}
	return n;
}

static double listen_to(const char *path, double faster)
{
	struct speech sp;
	double s;

	ck_assert_msg(!speech_load(&sp, path, faster), "cannot read %s", path);
	s = (double)sp.n / 8000;
	ck_assert_msg(false_digits(&sp) == 0, "false digit in %s, %g faster", path, faster);
	free(sp.pcm);

	return s;
}

static void files_of(glob_t *g, const char *language)
{
	const char *dir = getenv("SPEECH_DIR");
	char pattern[512];

	snprintf(pattern, sizeof(pattern), "%s/%s-*.wav", dir ? dir : "build/speech", language);
	ck_assert_msg(!glob(pattern, 0, NULL, g), "no %s: run ci/speech.sh", pattern);
}

static const char *const languages[] = { "fr", "en", "de", "es", "pt" };

/* SIP-06: what is said in a call opens no relay */
START_TEST(speech_gives_no_digit)
{
	double s = 0;
	glob_t g;

	files_of(&g, languages[_i]);
	for (size_t i = 0; i < g.gl_pathc; i++)
		s += listen_to(g.gl_pathv[i], 1.0) + listen_to(g.gl_pathv[i], 1.08);
	ck_assert_msg(s / 2 >= LEAST_S, "only %.0f s of %s", s / 2, languages[_i]);
	globfree(&g);
}
END_TEST

/* the same ear hears a digit spoken over: the test above is not deaf */
START_TEST(a_digit_after_speech_is_heard)
{
	struct dtmf_step st;
	struct dtmf_tx *tx = NULL;
	struct dtmf_rx *rx = NULL;
	struct speech sp;
	unsigned n = 0;
	glob_t g;

	files_of(&g, "en");
	ck_assert_int_eq(speech_load(&sp, g.gl_pathv[0], 1.0), 0);
	ck_assert_int_eq(dtmf_tx_alloc(&tx), 0);
	ck_assert_int_eq(dtmf_rx_alloc(&rx, count, &n), 0);
	dtmf_tx_set(tx, true, false, -15, 2);
	ck_assert_int_eq(dtmf_tx_queue(tx, "1", 40, 40), 0);
	for (size_t i = 0; i + 160 <= 80000; i += 160) {
		if (i > 72000)
			dtmf_tx_step(tx, &st, sp.pcm + i, 160, 0);
		dtmf_rx_put(rx, sp.pcm + i, 160);
	}
	ck_assert_uint_eq(n, 1);
	free(sp.pcm);
	globfree(&g);
	mem_deref(rx);
	mem_deref(tx);
}
END_TEST

Suite *suite(void);

Suite *suite(void)
{
	Suite *s = suite_create("dtmf_speech");
	TCase *tc = tcase_create("talk-off");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, speech_gives_no_digit, 0, 5);
	tcase_add_test(tc, a_digit_after_speech_is_heard);
	suite_add_tcase(s, tc);

	return s;
}
