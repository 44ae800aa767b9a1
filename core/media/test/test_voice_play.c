/**
 * @file test_voice_play.c  Voice messages: clips, queue, mixing, an installer's WAV files (DOOR-09)
 */
#include <check.h>
#include <errno.h>
#include <re.h>
#include <stdlib.h>
#include <string.h>
#include "core/door/door.h"
#include "core/media/stream_priv.h"
#include "core/media/voice.h"

Suite *suite(void);

#define OFTEN 2000                      /* ticks: longer than any message */

static struct {
	struct media *media;
	struct voice *voice;
	enum language language;
	uint64_t now_us;
	char log[2048];
	size_t frames;
	int16_t last[GAP_FRAME];
} x;

static uint64_t now(void *arg)
{
	(void)arg;
	return x.now_us;
}

static void begin(enum announce a, enum language l, void *arg)
{
	(void)arg;
	(void)re_snprintf(x.log + strlen(x.log), sizeof(x.log) - strlen(x.log), "+%s/%s ", announce_name(a),
			  voice_language_name(l));
}

static void end(enum announce a, bool whole, void *arg)
{
	(void)arg;
	(void)re_snprintf(x.log + strlen(x.log), sizeof(x.log) - strlen(x.log), "%s%s ", whole ? "-" : "!",
			  announce_name(a));
}

static void play(const int16_t *pcm, size_t n, void *arg)
{
	(void)arg;
	ck_assert_uint_eq(n, GAP_FRAME);
	memcpy(x.last, pcm, sizeof(x.last));
	++x.frames;
}

static enum language language(void *arg)
{
	(void)arg;
	return x.language;
}

static void setup(void)
{
	const struct voice_handlers h = {.begin = begin, .end = end, .write = play, .language = language};

	memset(&x, 0, sizeof(x));
	ck_assert_int_eq(libre_init(), 0);
	ck_assert_int_eq(media_alloc(&x.media, now, NULL), 0);
	ck_assert_int_eq(voice_alloc(&x.voice, x.media, &h), 0);
}

static void teardown(void)
{
	x.voice = mem_deref(x.voice);
	x.media = mem_deref(x.media);
	tmr_debug();
	libre_close();
}

/* One tick of whatever wants one */
static void tick(void)
{
	struct media_ticker *t = list_ledata(list_head(&x.media->tickers));

	if (t)
		t->h(t->arg);
}

static void ticks(unsigned n)
{
	while (n--)
		tick();
}

static bool idle(void)
{
	return !list_head(&x.media->tickers) && !tmr_isrunning(&x.media->tmr);
}

START_TEST(every_language_has_every_clip)
{
	struct voices *v = media_voices(x.media);
	const enum language l = (enum language)_i;
	const int16_t *pcm;
	size_t n, bytes = 0, k;
	unsigned i;

	ck_assert_ptr_nonnull(v);
	for (i = 0; i < ANNOUNCE_COUNT; i++) {
		ck_assert_int_eq(voices_clip(v, l, (enum announce)i, '\0', &pcm, &n), 0);
		ck_assert_uint_gt(n, GAP_AUDIO_RATE / 2);
	}
	for (i = 0; i < VOICE_PARTS; i++) {
		ck_assert_int_eq(voices_clip(v, l, ANNOUNCE_ADDRESS, "0123456789abcdef.:"[i], &pcm, &n), 0);
		ck_assert_uint_gt(n, GAP_AUDIO_RATE / 8);
		ck_assert_uint_lt(n, GAP_AUDIO_RATE * 3 / 2);
	}
	for (k = 0; k < voice_clips_count; k++) {
		ck_assert_uint_eq(voice_clips[k].size % 33, 0);
		bytes += voice_clips[k].size;
	}
	ck_assert_uint_eq(voice_clips_count, LANGUAGES * (ANNOUNCE_COUNT + VOICE_PARTS));
	ck_assert_uint_lt(bytes, 250000);
}
END_TEST

START_TEST(what_is_no_clip_is_refused)
{
	struct voices *v = media_voices(x.media);
	const int16_t *pcm;
	size_t n;

	ck_assert_int_eq(voices_clip(v, LANGUAGES, ANNOUNCE_END, '\0', &pcm, &n), ENOENT);
	ck_assert_int_eq(voices_clip(v, LANGUAGE_FR, ANNOUNCE_COUNT, '\0', &pcm, &n), ENOENT);
	ck_assert_int_eq(voices_clip(v, LANGUAGE_FR, ANNOUNCE_ADDRESS, '%', &pcm, &n), ENOENT);
}
END_TEST

START_TEST(the_tick_runs_only_while_something_is_spoken)
{
	ck_assert(idle());
	ck_assert_int_eq(voice_say(x.voice, ANNOUNCE_DOOR_OPEN, NULL), 0);
	ck_assert(!idle() && tmr_isrunning(&x.media->tmr));
	ticks(OFTEN);
	ck_assert(idle() && !voice_plays(x.voice));
	ck_assert_str_eq(x.log, "+door_open/fr -door_open ");
	ck_assert_uint_gt(x.frames, 20);
}
END_TEST

START_TEST(messages_wait_for_each_other_once)
{
	unsigned i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(voice_say(x.voice, ANNOUNCE_DOOR_OPEN, NULL), i ? EALREADY : 0);
		ck_assert_int_eq(voice_say(x.voice, ANNOUNCE_END, NULL), i ? EALREADY : 0);
	}
	x.language = LANGUAGE_DE;               /* counts for what begins from now on */
	ticks(OFTEN);
	ck_assert_str_eq(x.log, "+door_open/fr -door_open +end_of_communication/de -end_of_communication ");
}
END_TEST

START_TEST(all_messages_fit_into_the_queue)
{
	unsigned i;

	for (i = 0; i < ANNOUNCE_COUNT; i++)
		ck_assert_int_eq(voice_say(x.voice, (enum announce)i, "10.0.0.1"), 0);
	ck_assert_int_eq(voice_say(x.voice, ANNOUNCE_COUNT, NULL), EINVAL);
	ticks(OFTEN);
	ck_assert(idle());
}
END_TEST

START_TEST(hush_ends_what_is_named_and_the_next_begins)
{
	ck_assert_int_eq(voice_say(x.voice, ANNOUNCE_CALLING, NULL), 0);
	ck_assert_int_eq(voice_say(x.voice, ANNOUNCE_END, NULL), 0);
	ck_assert_int_eq(voice_say(x.voice, ANNOUNCE_DOOR_OPEN, NULL), 0);
	ticks(3);
	voice_hush(x.voice, 1u << ANNOUNCE_CALLING | 1u << ANNOUNCE_END | 1u << ANNOUNCE_NETWORK);
	ck_assert_str_eq(x.log, "+call_in_progress/fr !call_in_progress +door_open/fr ");
	voice_hush(x.voice, ~0u);
	ck_assert_str_eq(x.log, "+call_in_progress/fr !call_in_progress +door_open/fr !door_open ");
	ck_assert(idle());
	voice_hush(x.voice, ~0u);
	ck_assert_uint_eq(x.frames, 3);
}
END_TEST

START_TEST(an_address_is_spoken_character_by_character)
{
	static const char *const text[] = {"", "1", "1.1", "10.77.0.1", "fd77::12"};
	size_t length[5], i, n;
	const int16_t *pcm;

	for (i = 0; i < 5; i++) {
		const char *c;
		size_t want;

		x.frames = 0;
		ck_assert_int_eq(voice_say(x.voice, ANNOUNCE_ADDRESS, text[i]), 0);
		ticks(OFTEN);
		ck_assert_int_eq(voices_clip(media_voices(x.media), LANGUAGE_FR, ANNOUNCE_ADDRESS, '\0', &pcm, &n), 0);
		want = n / GAP_FRAME;
		for (c = text[i]; *c; c++) {
			ck_assert_int_eq(voices_clip(media_voices(x.media), LANGUAGE_FR, ANNOUNCE_ADDRESS, *c, &pcm, &n), 0);
			want += n / GAP_FRAME;
		}
		length[i] = x.frames;
		ck_assert_uint_eq(length[i], want);
	}
	ck_assert_uint_gt(length[3], length[2]);
}
END_TEST

START_TEST(a_text_too_long_is_refused)
{
	ck_assert_int_eq(voice_say(x.voice, ANNOUNCE_ADDRESS, "0123456789012345678901234567890123456789012345678"), EINVAL);
	ck_assert(idle());
}
END_TEST

START_TEST(a_call_carries_the_message_and_the_tick_adds_none)
{
	int16_t pcm[GAP_FRAME], alone[GAP_FRAME], want;
	unsigned i, k;

	ck_assert_int_eq(voice_say(x.voice, ANNOUNCE_DOOR_OPEN, NULL), 0);
	for (k = 0; k < 10; k++)
		tick();
	memcpy(alone, x.last, sizeof(alone));   /* the tenth frame */
	voice_hush(x.voice, ~0u);
	ck_assert_int_eq(voice_say(x.voice, ANNOUNCE_DOOR_OPEN, NULL), 0);
	x.frames = 0;
	for (k = 0; k < 10; k++) {
		for (i = 0; i < GAP_FRAME; i++)
			pcm[i] = 400;
		voice_mix(x.voice, pcm, GAP_FRAME);
		tick();
	}
	ck_assert_uint_eq(x.frames, 0);
	for (i = 0; i < GAP_FRAME; i++) {
		want = (int16_t)(alone[i] + 100);
		ck_assert_int_eq(pcm[i], want);
	}
	tick();                                 /* no frame of the call: the message goes on alone */
	ck_assert_uint_eq(x.frames, 1);
}
END_TEST

START_TEST(a_loud_call_does_not_overflow)
{
	int16_t pcm[GAP_FRAME];
	unsigned i, k;

	ck_assert_int_eq(voice_say(x.voice, ANNOUNCE_DOOR_OPEN, NULL), 0);
	for (k = 0; k < 20; k++) {
		for (i = 0; i < GAP_FRAME; i++)
			pcm[i] = INT16_MAX;
		voice_mix(x.voice, pcm, GAP_FRAME);
		for (i = 0; i < GAP_FRAME; i++)
			ck_assert_int_gt(pcm[i], -26000);
	}
}
END_TEST

START_TEST(no_message_leaves_the_call_alone)
{
	int16_t pcm[GAP_FRAME] = {1, 2, 3};

	voice_mix(x.voice, pcm, GAP_FRAME);
	ck_assert_int_eq(pcm[1], 2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("voice messages");
	TCase *t = tcase_create("player");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, every_language_has_every_clip, 0, LANGUAGES);
	tcase_add_test(t, what_is_no_clip_is_refused);
	tcase_add_test(t, the_tick_runs_only_while_something_is_spoken);
	tcase_add_test(t, messages_wait_for_each_other_once);
	tcase_add_test(t, all_messages_fit_into_the_queue);
	tcase_add_test(t, hush_ends_what_is_named_and_the_next_begins);
	tcase_add_test(t, an_address_is_spoken_character_by_character);
	tcase_add_test(t, a_text_too_long_is_refused);
	tcase_add_test(t, a_call_carries_the_message_and_the_tick_adds_none);
	tcase_add_test(t, a_loud_call_does_not_overflow);
	tcase_add_test(t, no_message_leaves_the_call_alone);
	suite_add_tcase(s, t);

	return s;
}
