/**
 * @file test_wav.c  WAV files in memory, and their way to the loudspeaker (API-40)
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <re.h>
#include <rem.h>
#include "../clip.h"
#include "../media.h"
#include "../wav.h"
#include "../../port.h"
#include "../../../sim/vnet.h"

Suite *suite(void);

static uint8_t file[20000];
static char err[256];

static void put(uint8_t *p, unsigned bytes, unsigned v)
{
	while (bytes--) {
		*p++ = (uint8_t)v;
		v >>= 8;
	}
}

/* A header for a data chunk of n bytes; returns where they begin */
static size_t header(unsigned tag, unsigned channels, unsigned rate, unsigned bits, unsigned n)
{
	memset(file, 0, sizeof(file));
	memcpy(file, "RIFF\0\0\0\0WAVEfmt ", 16);
	put(file + 4, 4, 36 + n);
	put(file + 16, 4, 16);
	put(file + 20, 2, tag);
	put(file + 22, 2, channels);
	put(file + 24, 4, rate);
	put(file + 34, 2, bits);
	memcpy(file + 36, "data", 4);
	put(file + 40, 4, n);

	return 44;
}

static void tone(unsigned rate, unsigned hz, size_t n)
{
	size_t i;

	(void)header(1, 1, rate, 16, (unsigned)n * 2);
	for (i = 0; i < n; i++)
		put(file + 44 + 2 * i, 2, (unsigned)(int)lrint(8000 * sin(2 * M_PI * hz * (double)i / rate)) & 0xffff);
}

static double rms(const int16_t *pcm, size_t n)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += (double)pcm[i] * pcm[i];

	return sqrt(sum / (double)n);
}

START_TEST(each_coding_gives_its_samples)
{
	static const struct { unsigned tag, bits; uint8_t bytes[4]; int16_t want; size_t n; } row[] = {
		{1, 16, {0x34, 0x12, 0xff, 0xff}, 0x1234, 2}, {1, 8, {0xff, 0, 0x80, 0x80}, 0x7f00, 4},
		{6, 8, {0xd5, 0x55, 0, 0}, 8, 4}, {7, 8, {0x00, 0x80, 0, 0}, -32124, 4},
	};
	const size_t at = header(row[_i].tag, 1, 8000, row[_i].bits, 4);
	struct wav w;
	int16_t pcm[6];

	memcpy(file + at, row[_i].bytes, 4);
	ck_assert_int_eq(wav_parse(&w, file, at + 4, err, sizeof(err)), 0);
	ck_assert_uint_eq(wav_length(&w), row[_i].n);
	wav_read(&w, 0, pcm, 6);
	ck_assert_int_eq(pcm[0], row[_i].want);
	ck_assert_int_eq(pcm[row[_i].n], 0);
}
END_TEST

/* 16 kHz: what is above 4 kHz does not come back as something else */
START_TEST(half_the_rate_keeps_the_voice_and_no_alias)
{
	struct wav w;
	int16_t pcm[800];

	tone(16000, 1000, 1600);
	ck_assert_int_eq(wav_parse(&w, file, 44 + 3200, err, sizeof(err)), 0);
	ck_assert_uint_eq(wav_length(&w), 800);
	wav_read(&w, 0, pcm, 800);
	ck_assert_double_eq_tol(rms(pcm + 20, 760), 8000 / sqrt(2), 150);
	tone(16000, 7000, 1600);
	ck_assert_int_eq(wav_parse(&w, file, 44 + 3200, err, sizeof(err)), 0);
	wav_read(&w, 0, pcm, 800);
	ck_assert_double_lt(rms(pcm + 20, 760), 300);
}
END_TEST

START_TEST(chunks_before_the_sound_are_passed_over)
{
	static const uint8_t list[] = {'L', 'I', 'S', 'T', 3, 0, 0, 0, 'a', 'b', 'c', 0};
	struct wav w;

	(void)header(1, 1, 8000, 16, 4);
	memmove(file + 36 + sizeof(list), file + 36, 12);
	memcpy(file + 36, list, sizeof(list));
	ck_assert_int_eq(wav_parse(&w, file, 48 + sizeof(list), err, sizeof(err)), 0);
	ck_assert_uint_eq(wav_length(&w), 2);
}
END_TEST

START_TEST(a_pipe_writes_no_length)
{
	struct wav w;

	(void)header(1, 1, 8000, 16, _i ? 0xffffffffu : 0);
	ck_assert_int_eq(wav_parse(&w, file, 44 + 320, err, sizeof(err)), 0);
	ck_assert_uint_eq(wav_length(&w), 160);
}
END_TEST

START_TEST(what_cannot_be_played_is_told)
{
	static const struct { unsigned tag, channels, rate, bits, n; int e; const char *say; } row[] = {
		{1, 2, 8000, 16, 4, ENOTSUP, "2 channels"}, {1, 1, 44100, 16, 4, ENOTSUP, "44100 Hz"},
		{3, 1, 8000, 32, 4, ENOTSUP, "format 3"}, {1, 1, 8000, 24, 4, ENOTSUP, "24 bits"},
		{1, 1, 8000, 16, 5000, EINVAL, "cut short"}, {1, 1, 8000, 16, 1, EINVAL, "cut short"},
	};
	struct wav w;

	(void)header(row[_i].tag, row[_i].channels, row[_i].rate, row[_i].bits, row[_i].n);
	ck_assert_int_eq(wav_parse(&w, file, 48, err, sizeof(err)), row[_i].e);
	ck_assert_msg(strstr(err, row[_i].say), "%s", err);
}
END_TEST

/* Any cut of a good file is refused or played within its bytes: the sanitizers watch */
START_TEST(a_file_cut_anywhere_is_harmless)
{
	size_t n;

	(void)header(1, 1, 16000, 16, 64);
	for (n = 0; n <= 44 + 64; n++) {
		uint8_t *copy = malloc(n ? n : 1);
		struct wav w;
		int16_t pcm[64];

		memcpy(copy, file, n);
		if (!wav_parse(&w, copy, n, err, sizeof(err)))
			wav_read(&w, 0, pcm, 64);
		free(copy);
	}
}
END_TEST

/* --- the clip --- */

static struct clip *clip;
static struct media *engine;
static unsigned frames, ends, loud;

static void frame(int16_t *pcm, size_t n, void *arg)
{
	(void)arg;
	++frames;
	loud += rms(pcm, n) > 100;
}

static void end(void *arg)
{
	(void)arg;
	++ends;
	clip = mem_deref(clip);
	re_cancel();
}

static void stop(void *arg)
{
	(void)arg;
	re_cancel();
}

static void run_ms(uint64_t ms)
{
	struct tmr t;

	tmr_init(&t);
	tmr_start(&t, ms, stop, NULL);
	(void)re_main(NULL);
	tmr_cancel(&t);
}

static uint64_t now_us(void *arg)
{
	(void)arg;

	return tmr_jiffies() * 1000;
}

static void begin(unsigned loops)
{
	(void)vnet_start(true, 1);
	ck_assert_int_eq(libre_init(), 0);
	frames = ends = loud = 0;
	tone(8000, 500, 1600);
	ck_assert_int_eq(media_alloc(&engine, now_us, NULL), 0);
	ck_assert_int_eq(clip_alloc(&clip, engine, file, 44 + 3200, loops, frame, end, NULL, err, sizeof(err)), 0);
}

static void finish(void)
{
	clip = mem_deref(clip);
	engine = mem_deref(engine);
	libre_close();
}

/* 200 ms, twice: 20 frames of 20 ms, then its end, once */
START_TEST(it_is_played_as_often_as_asked)
{
	begin(2);
	run_ms(5000);
	ck_assert_uint_eq(frames, 20);
	ck_assert_uint_eq(loud, 20);
	ck_assert_uint_eq(ends, 1);
	finish();
}
END_TEST

START_TEST(for_ever_has_no_end)
{
	begin(CLIP_FOR_EVER);
	run_ms(10000);
	ck_assert_uint_ge(frames, 499);
	ck_assert_uint_eq(ends, 0);
	finish();
}
END_TEST

/* While a call writes frames the clip makes none, and is in those */
START_TEST(a_call_gets_it_mixed_in)
{
	int16_t pcm[GAP_FRAME];
	unsigned i;

	begin(CLIP_FOR_EVER);
	for (i = 0; i < 50; i++) {
		memset(pcm, 0, sizeof(pcm));
		clip_mix(clip, pcm, GAP_FRAME);
		ck_assert_double_gt(rms(pcm, GAP_FRAME), 5000);
		run_ms(20);
	}
	ck_assert_uint_eq(frames, 0);
	run_ms(1000);
	ck_assert_uint_ge(frames, 47);
	finish();
}
END_TEST

START_TEST(a_mix_is_limited)
{
	int16_t pcm[GAP_FRAME];
	unsigned i;

	begin(CLIP_FOR_EVER);
	for (i = 0; i < GAP_FRAME; i++)
		pcm[i] = i & 1 ? INT16_MAX : INT16_MIN;
	clip_mix(clip, pcm, GAP_FRAME);
	for (i = 0; i < GAP_FRAME; i++)
		ck_assert(i & 1 ? pcm[i] > 0 : pcm[i] < 0);
	finish();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("wav");
	TCase *tc = tcase_create("wav");

	tcase_add_loop_test(tc, each_coding_gives_its_samples, 0, 4);
	tcase_add_test(tc, half_the_rate_keeps_the_voice_and_no_alias);
	tcase_add_test(tc, chunks_before_the_sound_are_passed_over);
	tcase_add_loop_test(tc, a_pipe_writes_no_length, 0, 2);
	tcase_add_loop_test(tc, what_cannot_be_played_is_told, 0, 6);
	tcase_add_test(tc, a_file_cut_anywhere_is_harmless);
	tcase_add_test(tc, it_is_played_as_often_as_asked);
	tcase_add_test(tc, for_ever_has_no_end);
	tcase_add_test(tc, a_call_gets_it_mixed_in);
	tcase_add_test(tc, a_mix_is_limited);
	suite_add_tcase(s, tc);

	return s;
}
