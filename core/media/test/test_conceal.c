/**
 * @file test_conceal.c  Sound made up for lost packets, measured; corrupt packets of Speex (SIP-05, SIP-06)
 */
#include <check.h>
#include <math.h>
#include <re.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/media/codec.h"
#include "core/media/dtmf.h"
#include "scenarios/runner/voice.h"

Suite *suite(void);

/* Codecs that need conceal.c, each way of making their sound up */
static const enum audio_codec plain[] = {CODEC_PCMA, CODEC_PCMU, CODEC_G722, CODEC_G726_32, CODEC_AAL2_40, CODEC_GSM};

static struct codec_encoder *e;
static struct codec_decoder *d;

static void open_codec(enum audio_codec id)
{
	const struct codec_params p = {.id = id};

	e = mem_deref(e);
	d = mem_deref(d);
	ck_assert_int_eq(codec_encoder_alloc(&e, &p), 0);
	ck_assert_int_eq(codec_decoder_alloc(&d, &p), 0);
}

static void teardown(void)
{
	e = mem_deref(e);
	d = mem_deref(d);
}

static void good(int16_t *out, const int16_t *pcm)
{
	uint8_t buf[CODEC_PAYLOAD_MAX];
	int16_t all[CODEC_PCM_MAX];

	ck_assert_uint_eq(codec_decode(d, all, buf, codec_encode(e, buf, pcm)), GAP_FRAME);
	memcpy(out, all, GAP_FRAME * sizeof(*out));
}

/* It was sent, and did not come */
static void lost(int16_t *out, const int16_t *pcm)
{
	uint8_t buf[CODEC_PAYLOAD_MAX];

	(void)codec_encode(e, buf, pcm);
	codec_conceal(d, out);
}

static void sine(int16_t *pcm, unsigned from, double hz)
{
	unsigned i;

	for (i = 0; i < GAP_FRAME; i++)
		pcm[i] = (int16_t)lrint(8000 * sin(2 * M_PI * hz * (from + i) / 8000));
}

static double power_db(const int16_t *pcm, size_t n)
{
	double sum = 1;
	size_t i;

	for (i = 0; i < n; i++)
		sum += pcm[i] * pcm[i];

	return 10 * log10(sum / (double)n / (8000.0 * 8000 / 2));
}

static int step_max(const int16_t *pcm, size_t n)
{
	int most = 0;
	size_t i;

	for (i = 1; i < n; i++)
		most = MAX(most, abs(pcm[i] - pcm[i - 1]));

	return most;
}

/* SIP-05: one frame of ten is lost: its level stays within 6 dB, nowhere is a step that the tone has not */
START_TEST(a_lost_frame_is_neither_hole_nor_click)
{
	int16_t in[GAP_FRAME], out[100 * GAP_FRAME];
	unsigned i;

	open_codec(plain[_i]);
	for (i = 0; i < 100; i++) {
		sine(in, i * GAP_FRAME, 210);
		if (i % 10 != 9) {
			good(out + i * GAP_FRAME, in);
		}
		else {
			lost(out + i * GAP_FRAME, in);
			ck_assert_double_ge(power_db(out + i * GAP_FRAME, GAP_FRAME), -6);
			ck_assert_double_le(power_db(out + i * GAP_FRAME, GAP_FRAME), 1);
		}
	}
	ck_assert_int_le(step_max(out + 20 * GAP_FRAME, 80 * GAP_FRAME), 2 * (int)(8000 * 2 * M_PI * 210 / 8000));
	ck_assert_double_ge(power_db(out, 100 * GAP_FRAME), -2);
}
END_TEST

/* What is made up falls to silence: after 60 ms nothing is left, and nothing before the first sound */
START_TEST(made_up_sound_fades)
{
	int16_t in[GAP_FRAME], out[GAP_FRAME];
	unsigned i;

	open_codec(plain[_i]);
	codec_conceal(d, out);
	ck_assert_double_le(power_db(out, GAP_FRAME), -40);
	for (i = 0; i < 10; i++) {
		sine(in, i * GAP_FRAME, 400);
		good(out, in);
	}
	codec_conceal(d, out);
	ck_assert_double_ge(power_db(out, GAP_FRAME), -6);
	for (i = 1; i < 4; i++)
		codec_conceal(d, out);
	ck_assert_double_le(power_db(out, GAP_FRAME), -40);
}
END_TEST

static unsigned digits;

static void digit(char c, void *arg)
{
	(void)c;
	(void)arg;
	digits++;
}

/* SIP-06: ten minutes of a voice, every tenth frame lost by chance: no digit is invented */
START_TEST(no_digit_is_made_up)
{
	struct voice voice = {.pos = 0};
	struct dtmf_rx *rx = NULL;
	int16_t in[GAP_FRAME], out[GAP_FRAME];
	unsigned i, missing = 0;

	digits = 0;
	srand(3);
	open_codec(_i ? CODEC_PCMU : CODEC_PCMA);
	ck_assert_int_eq(dtmf_rx_alloc(&rx, digit, NULL), 0);
	voice_set(&voice, -10);
	for (i = 0; i < 600 * 50; i++) {
		memset(in, 0, sizeof(in));
		voice_add(&voice, in, GAP_FRAME);
		if (rand() % 10) {
			good(out, in);
			missing = 0;
		}
		else if (++missing <= 3) {
			lost(out, in);
		}
		dtmf_rx_put(rx, out, GAP_FRAME);
	}
	mem_deref(rx);
	ck_assert_uint_eq(digits, 0);
}
END_TEST

/* A tone of 100 ms with a frame lost anywhere is one digit; its 60 ms of pause stay one */
START_TEST(a_hole_in_a_digit_is_bridged)
{
	struct dtmf_rx *rx = NULL;
	int16_t in[GAP_FRAME], out[GAP_FRAME];
	unsigned i, k;

	digits = 0;
	open_codec(CODEC_PCMA);
	ck_assert_int_eq(dtmf_rx_alloc(&rx, digit, NULL), 0);
	for (i = 0; i < 40; i++) {
		for (k = 0; k < GAP_FRAME; k++)
			in[k] = i % 8 < 5 ? (int16_t)(4000 * sin(2 * M_PI * 770 * (i * GAP_FRAME + k) / 8000) +
				4000 * sin(2 * M_PI * 1336 * (i * GAP_FRAME + k) / 8000)) : 0;
		(i % 8 == (unsigned)_i ? lost : good)(out, in);
		dtmf_rx_put(rx, out, GAP_FRAME);
	}
	mem_deref(rx);
	ck_assert_uint_eq(digits, 5);
}
END_TEST

static void corrupt(enum audio_codec id)
{
	int16_t pcm[CODEC_PCM_MAX];
	uint8_t buf[CODEC_PAYLOAD_MAX];
	size_t n, k;
	int i;

	open_codec(id);
	for (i = 0; i < 4000; i++) {
		n = 1 + (size_t)rand() % 80;
		for (k = 0; k < n; k++)
			buf[k] = (uint8_t)rand();
		(void)codec_decode(d, pcm, buf, n);
		sine(pcm, (unsigned)i * GAP_FRAME, 300);
		n = codec_encode(e, buf, pcm);
		buf[(size_t)rand() % n] ^= (uint8_t)(1 << rand() % 8);
		(void)codec_decode(d, pcm, buf, n);
	}
}

/* libspeex complains on standard error: nothing comes there, and intact packets are still heard */
START_TEST(corrupt_speex_is_quiet)
{
	const enum audio_codec id = (enum audio_codec)(CODEC_SPEEX8 + _i);
	int16_t in[GAP_FRAME], out[GAP_FRAME];
	FILE *f = tmpfile();
	int keep = dup(STDERR_FILENO), i;
	long said;

	ck_assert_ptr_nonnull(f);
	srand(5);
	(void)dup2(fileno(f), STDERR_FILENO);
	corrupt(id);
	(void)fflush(stderr);
	(void)dup2(keep, STDERR_FILENO);
	said = lseek(fileno(f), 0, SEEK_END);
	fclose(f);
	close(keep);
	ck_assert_int_eq(said, 0);
	open_codec(id);
	for (i = 0; i < 50; i++) {
		sine(in, (unsigned)i * GAP_FRAME, 300);
		good(out, in);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("conceal");
	TCase *t = tcase_create("conceal");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_loop_test(t, a_lost_frame_is_neither_hole_nor_click, 0, ARRAY_SIZE(plain));
	tcase_add_loop_test(t, made_up_sound_fades, 0, ARRAY_SIZE(plain));
	tcase_add_loop_test(t, no_digit_is_made_up, 0, 2);
	tcase_add_loop_test(t, a_hole_in_a_digit_is_bridged, 0, 5);
	tcase_add_loop_test(t, corrupt_speex_is_quiet, 0, 3);
	suite_add_tcase(s, t);

	return s;
}
