/**
 * @file test_run_sound.c  The virtual door's sound: the rings to the card, WAV files, the beep (HW-07, HW-09)
 *
 * Sound is checked by sample count and level.
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <re.h>
#include <rem.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "sim/ring.h"
#include "sim/sound.h"

#define N 160
#define TARGET 480                      /* 60 ms */

/* Ten minutes of frames while the card runs at this rate [samples in 10 s of ours] in blocks of n */
struct drift { double card_hz; size_t block; unsigned gaps; size_t least, most; };

static void card_plays(struct ring *r, struct drift *d, double *due, unsigned frame)
{
	int16_t out[1024];

	for (*due += d->card_hz / 50; *due >= (double)d->block; *due -= (double)d->block)
		if (ring_get(r, out, d->block) < d->block && frame > 50)
			d->gaps++;
}

static void play_for_ten_minutes(struct drift *d)
{
	static struct ring r;
	const int16_t pcm[N] = {1};
	double due = 0;
	unsigned i;

	memset(&r, 0, sizeof(r));
	d->least = RING_SAMPLES;
	for (i = 0; i < 30000; i++) {
		ring_play(&r, pcm, N, TARGET);
		card_plays(&r, d, &due, i);
		if (i < 500)
			continue;
		d->least = ring_fill(&r) < d->least ? ring_fill(&r) : d->least;
		d->most = ring_fill(&r) > d->most ? ring_fill(&r) : d->most;
	}
}

static void record_for_ten_minutes(struct drift *d)
{
	static struct ring r;
	int16_t in[1024], pcm[N];
	double due = 0;
	unsigned i, j;

	memset(&r, 0, sizeof(r));
	for (j = 0; j < 1024; j++)
		in[j] = 1;
	d->least = RING_SAMPLES;
	for (i = 0; i < 30000; i++) {
		for (due += d->card_hz / 50; due >= (double)d->block; due -= (double)d->block)
			(void)ring_put(&r, in, d->block);
		ring_record(&r, pcm, N, TARGET);
		if (i < 500)
			continue;
		d->gaps += !pcm[0] || !pcm[N - 1];
		d->least = ring_fill(&r) < d->least ? ring_fill(&r) : d->least;
		d->most = ring_fill(&r) > d->most ? ring_fill(&r) : d->most;
	}
}

static const struct drift clocks[] = {
	{.card_hz = 8000, .block = 160}, {.card_hz = 8002, .block = 160}, {.card_hz = 7998, .block = 160},
	{.card_hz = 8040, .block = 64}, {.card_hz = 7960, .block = 64}, {.card_hz = 8008, .block = 240},
};

START_TEST(the_delay_to_the_loudspeaker_stays_whatever_the_clocks)
{
	struct drift d = clocks[_i];

	play_for_ten_minutes(&d);
	ck_assert_uint_eq(d.gaps, 0);
	ck_assert_uint_ge(d.least, 1);
	ck_assert_uint_le(d.most, TARGET + 3 * N);
}
END_TEST

START_TEST(the_delay_from_the_microphone_stays_whatever_the_clocks)
{
	struct drift d = clocks[_i];

	record_for_ten_minutes(&d);
	ck_assert_uint_eq(d.gaps, 0);
	ck_assert_uint_le(d.most, TARGET + 3 * N);
}
END_TEST

START_TEST(old_sound_is_left_out_when_a_call_begins)
{
	static struct ring r;
	int16_t old[1000], fresh[TARGET + N], pcm[N];
	unsigned i;

	memset(&r, 0, sizeof(r));
	for (i = 0; i < 1000; i++)
		old[i] = 1;
	for (i = 0; i < TARGET + N; i++)
		fresh[i] = 2;
	for (i = 0; i < 30; i++)
		(void)ring_put(&r, old, 1000);
	(void)ring_put(&r, fresh, TARGET + N);
	ring_record(&r, pcm, N, TARGET);
	ck_assert_int_eq(pcm[0], 2);
	ck_assert_uint_le(ring_fill(&r), TARGET);
}
END_TEST

START_TEST(a_full_ring_takes_no_more_and_an_empty_one_gives_none)
{
	static struct ring r;
	int16_t pcm[N];
	size_t n = 0;

	memset(&r, 0, sizeof(r));
	ck_assert_uint_eq(ring_get(&r, pcm, N), 0);
	while (ring_put(&r, NULL, N) == N)
		n += N;
	ck_assert_uint_gt(n + N, RING_SAMPLES - N);
	ck_assert_uint_eq(ring_fill(&r), RING_SAMPLES);
}
END_TEST

/* --- files --- */

static char in_name[64], out_name[64], spec[160], err[256];

static void file_names(void)
{
	(void)snprintf(in_name, sizeof(in_name), "/tmp/ipgap-test-%d-in.wav", (int)getpid());
	(void)snprintf(out_name, sizeof(out_name), "/tmp/ipgap-test-%d-out.wav", (int)getpid());
	(void)snprintf(spec, sizeof(spec), "file:%s,%s", in_name, out_name);
}

static void remove_files(void)
{
	(void)remove(in_name);
	(void)remove(out_name);
}

/* 200 ms of 500 Hz */
static void write_tone(uint32_t rate, uint8_t channels)
{
	struct aufile_prm prm = {.srate = rate, .channels = channels, .fmt = AUFMT_S16LE};
	struct aufile *f;
	int16_t s[2];
	uint32_t i;

	ck_assert_int_eq(aufile_open(&f, &prm, in_name, AUFILE_WRITE), 0);
	for (i = 0; i < rate / 5; i++) {
		s[0] = s[1] = (int16_t)(8000 * sin(2 * M_PI * 500 * i / rate));
		ck_assert_int_eq(aufile_write(f, (uint8_t *)s, channels * sizeof(s[0])), 0);
	}
	mem_deref(f);
}

static double level(const int16_t *pcm, size_t n)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += (double)pcm[i] * pcm[i];

	return sqrt(sum / (double)n) * M_SQRT2;
}

static struct sound *open_files(struct panel_audio *audio)
{
	struct sound *s = NULL;

	ck_assert_msg(!sound_open(&s, spec, err, sizeof(err)), "%s", err);
	sound_panel(s, audio);

	return s;
}

static const struct { uint32_t rate; uint8_t channels; } tones[] = {
	{8000, 1}, {8000, 2}, {16000, 1}, {16000, 2}, {48000, 1}, {48000, 2},
};

START_TEST(a_file_of_any_rate_is_heard_once_from_its_start_in_each_call)
{
	struct panel_audio audio;
	struct sound *s;
	int16_t pcm[N];
	unsigned i, call;

	write_tone(tones[_i].rate, tones[_i].channels);
	s = open_files(&audio);
	for (call = 0; call < 2; call++) {
		sound_rewind(s);
		for (i = 0; i < 15; i++) {
			ck_assert_int_eq(audio.read(audio.ctx, pcm, N), 0);
			if (i > 0 && i < 9)
				ck_assert_double_eq_tol(level(pcm, N), 8000, 1400);
			if (i > 10)
				ck_assert_double_eq_tol(level(pcm, N), 0, 1);
		}
	}
	mem_deref(s);
}
END_TEST

START_TEST(what_the_loudspeaker_plays_is_in_the_file)
{
	struct aufile_prm prm;
	struct panel_audio audio;
	struct sound *s;
	struct aufile *f;
	int16_t pcm[4000];
	size_t n = sizeof(pcm);

	write_tone(8000, 1);
	s = open_files(&audio);
	audio.beep(audio.ctx);
	memset(pcm, 0, sizeof(pcm));
	ck_assert_int_eq(audio.write(audio.ctx, pcm, N), 0);
	mem_deref(s);

	ck_assert_int_eq(aufile_open(&f, &prm, out_name, AUFILE_READ), 0);
	ck_assert_uint_eq(prm.srate, 8000);
	ck_assert_uint_eq(prm.channels, 1);
	ck_assert_int_eq(aufile_read(f, (uint8_t *)pcm, &n), 0);
	ck_assert_uint_eq(n / 2, 1200 + N);
	ck_assert_double_eq_tol(level(pcm + 100, 1000), 8000, 10);
	ck_assert_double_eq_tol(level(pcm + 1200, N), 0, .5);
	mem_deref(f);
}
END_TEST

START_TEST(what_is_no_sound_is_said)
{
	struct sound *s = NULL;

	ck_assert_int_eq(sound_open(&s, "none", err, sizeof(err)), 0);
	ck_assert_ptr_null(s);
	ck_assert_int_eq(sound_open(&s, "trumpet", err, sizeof(err)), EINVAL);
	ck_assert_ptr_nonnull(strstr(err, "portaudio"));
	ck_assert_int_eq(sound_open(&s, "file:/nowhere/a.wav", err, sizeof(err)), ENOENT);
	ck_assert_ptr_nonnull(strstr(err, "/nowhere/a.wav cannot be read"));
	ck_assert_int_ne(sound_open(&s, "file:/dev/null", err, sizeof(err)), 0);
	write_tone(22050, 1);
	ck_assert_int_eq(sound_open(&s, spec, err, sizeof(err)), ENOTSUP);
	ck_assert_ptr_nonnull(strstr(err, "8, 16 or 48 kHz"));
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("run_sound");
	TCase *t = tcase_create("sound");

	tcase_add_checked_fixture(t, file_names, remove_files);
	tcase_add_loop_test(t, the_delay_to_the_loudspeaker_stays_whatever_the_clocks, 0,
			    ARRAY_SIZE(clocks));
	tcase_add_loop_test(t, the_delay_from_the_microphone_stays_whatever_the_clocks, 0,
			    ARRAY_SIZE(clocks));
	tcase_add_test(t, old_sound_is_left_out_when_a_call_begins);
	tcase_add_test(t, a_full_ring_takes_no_more_and_an_empty_one_gives_none);
	tcase_add_loop_test(t, a_file_of_any_rate_is_heard_once_from_its_start_in_each_call, 0,
			    ARRAY_SIZE(tones));
	tcase_add_test(t, what_the_loudspeaker_plays_is_in_the_file);
	tcase_add_test(t, what_is_no_sound_is_said);
	suite_add_tcase(s, t);

	return s;
}
