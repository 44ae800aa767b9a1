/**
 * @file test_jitter.c  The jitter buffer and the joining of frames, packet by packet (SIP-05)
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include "core/media/jitter.h"
#include "core/media/join.h"

#define MS 8                            /* samples */

Suite *suite(void);

static struct jitter *j;
static struct mbuf *mb;

static void setup(void)
{
	mb = mbuf_alloc(1);
	ck_assert_int_eq(jitter_alloc(&j, 0, 200), 0);
}

static void teardown(void)
{
	j = mem_deref(j);
	ck_assert_uint_eq(mem_nrefs(mb), 1);    /* no packet leaks */
	mem_deref(mb);
}

static unsigned put(int seq, int ms)
{
	const struct jitter_packet p = {.mb = mb, .seq = (uint16_t)seq, .ts = (uint32_t)(ms * MS), .n = 1};

	return jitter_put(j, &p);
}

/* 20 ms of play-out: the packet's number, or -1 for a hole */
static int play(void)
{
	struct jitter_packet p;

	if (!jitter_get(j, &p)) {
		jitter_filled(j, 20 * MS);
		return -1;
	}
	mem_deref(p.mb);
	jitter_played(j, 20 * MS);

	return p.seq;
}

START_TEST(bad_limits)
{
	struct jitter *k = NULL;

	ck_assert_int_eq(jitter_alloc(&k, 60, 40), EINVAL);
	ck_assert_int_eq(jitter_alloc(&k, 0, 1000), EINVAL);
	ck_assert_int_eq(jitter_alloc(NULL, 0, 200), EINVAL);
	ck_assert_ptr_null(k);
}
END_TEST

/* Numbers and time-stamps wrap, whatever the clock of the codec */
START_TEST(put_in_order)
{
	const uint32_t unit = _i ? 6 : 1, ts = UINT32_MAX - 500;
	static const int order[] = {0, 2, 1, 3, 5, 4};
	struct jitter_packet p = {.mb = mb, .n = 1};
	int i;

	jitter_start(j, 65533, ts, unit);
	for (i = 0; i < 6; i++) {
		p.seq = (uint16_t)(65534 + order[i]);
		p.ts = ts + (uint32_t)(order[i] * 20 * MS) * unit;
		ck_assert_uint_eq(jitter_put(j, &p), 0);
	}
	for (i = 0; i < 6; i++)
		ck_assert_int_eq(play(), (uint16_t)(65534 + i));
	ck_assert_int_eq(play(), -1);
}
END_TEST

/* A packet that comes after its hole was filled makes the delay longer, and the next like it is in time */
START_TEST(grows_at_once)
{
	jitter_start(j, 0, 0, 1);
	ck_assert_uint_eq(put(1, 0), 0);
	ck_assert_int_eq(play(), 1);
	ck_assert_int_eq(play(), -1);
	ck_assert_uint_eq(put(2, 20), 0);       /* 20 ms late, heard all the same */
	ck_assert_int_eq(play(), 2);
	ck_assert_uint_eq(put(3, 40), 0);
	ck_assert_uint_eq(put(4, 60), 0);
	ck_assert_int_eq(play(), 3);
	ck_assert_int_eq(play(), 4);
}
END_TEST

/* Overtaken by what was played: not heard, but the delay grows by what was missing */
START_TEST(overtaken)
{
	jitter_start(j, 0, 0, 1);
	ck_assert_uint_eq(put(1, 0), 0);
	ck_assert_int_eq(play(), 1);
	ck_assert_int_eq(play(), -1);           /* 2 */
	ck_assert_uint_eq(put(3, 40), 0);
	ck_assert_int_eq(play(), 3);
	ck_assert_uint_eq(put(2, 20), 1);
	ck_assert_uint_eq(jitter_hole(j), UINT32_MAX);
	ck_assert_uint_eq(put(5, 80), 0);
	ck_assert_uint_eq(jitter_hole(j), 60 * MS);     /* 40 ms of growth, 20 ms of packet 4 */
	ck_assert_uint_eq(put(4, 60), 0);
	ck_assert_uint_eq(jitter_hole(j), 40 * MS);
}
END_TEST

/* A burst after half a second: the newest 200 ms are kept */
START_TEST(bounded)
{
	unsigned dropped = 0;
	int i;

	jitter_start(j, 0, 0, 1);
	for (i = 0; i < 25; i++)
		ck_assert_int_eq(play(), -1);
	for (i = 0; i < 25; i++)
		dropped += put(i + 1, i * 20);
	ck_assert_uint_eq(dropped, 14);
	ck_assert_int_eq(play(), 15);
	for (i = 16; i <= 25; i++)
		ck_assert_int_eq(play(), i);
	ck_assert_int_eq(play(), -1);
}
END_TEST

/* A way that is half a second longer from now on: heard again at once */
START_TEST(longer_way)
{
	int i;

	jitter_start(j, 0, 0, 1);
	for (i = 0; i < 25; i++)
		(void)play();
	for (i = 0; i < 10; i++) {
		ck_assert_uint_eq(put(i + 1, i * 20), 0);
		ck_assert_int_eq(play(), i + 1);
	}
}
END_TEST

/* A sender's clock that leaps, or numbers far ahead: start again there */
START_TEST(leaps)
{
	jitter_start(j, 0, 0, 1);
	ck_assert_uint_eq(put(1, 0), 0);
	ck_assert_uint_eq(put(2, 20), 0);
	ck_assert_uint_eq(put(3, 100000), 2);
	ck_assert_int_eq(play(), 3);
	ck_assert_uint_eq(put(200, 100020), 0);
	ck_assert_int_eq(play(), 200);
	ck_assert_uint_eq(put(201, 5), 0);
	ck_assert_int_eq(play(), 201);
}
END_TEST

/* Ten seconds with 60 ms that nobody needs: excess, a frame each 2 s; fewer than five windows: none */
START_TEST(shrinks_slowly)
{
	int seq = 0, w, i;

	jitter_start(j, 0, 0, 1);
	for (i = 0; i < 4; i++, seq++)
		(void)put(seq + 1, seq * 20);
	for (w = 1; w <= 8; w++) {
		for (i = 0; i < 100; i++, seq++) {
			ck_assert_int_eq(play(), seq - 3);
			ck_assert_uint_eq(put(seq + 1, seq * 20), 0);
		}
		jitter_window(j);
		if (w < 5)
			ck_assert_uint_eq(jitter_excess(j), 0);
		else
			ck_assert_uint_eq(jitter_excess(j), 50 * MS);
	}
	ck_assert(jitter_calm(j));
	ck_assert_uint_ge(jitter_depth_ms(j), 58);
	ck_assert_uint_le(jitter_depth_ms(j), 60);
}
END_TEST

/* SIP-05: what is left out of a tone or a voice leaves neither click nor hole */
START_TEST(joined_without_click)
{
	int16_t pcm[2 * GAP_FRAME];
	const double hz = 150 + 130 * _i;
	double sum = 0;
	size_t n, i;
	int step = 0;

	for (i = 0; i < 2 * GAP_FRAME; i++)
		pcm[i] = (int16_t)lrint(8000 * sin(2 * M_PI * hz * (double)i / 8000));
	n = join_frames(pcm);
	ck_assert_uint_ge(n, GAP_FRAME);
	ck_assert_uint_le(n, 2 * GAP_FRAME - 40);
	for (i = 1; i < n; i++) {
		step = abs(pcm[i] - pcm[i - 1]) > step ? abs(pcm[i] - pcm[i - 1]) : step;
		sum += pcm[i] * pcm[i];
	}
	ck_assert_int_le(step, (int)(8000 * 2 * M_PI * hz / 8000 * 1.25) + 300);
	ck_assert_double_ge(10 * log10(sum / (double)n / (8000.0 * 8000 / 2)), -1.0);
}
END_TEST

START_TEST(silence_is_known)
{
	int16_t pcm[GAP_FRAME] = {0};
	int i;

	ck_assert(join_silent(pcm));
	for (i = 0; i < GAP_FRAME; i++)
		pcm[i] = i & 1 ? 60 : -60;              /* -48 dBm0 */
	ck_assert(join_silent(pcm));
	for (i = 0; i < GAP_FRAME; i++)
		pcm[i] = i & 1 ? INT16_MAX : INT16_MIN;
	ck_assert(!join_silent(pcm));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("jitter");
	TCase *t = tcase_create("buffer");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, bad_limits);
	tcase_add_loop_test(t, put_in_order, 0, 2);
	tcase_add_test(t, grows_at_once);
	tcase_add_test(t, overtaken);
	tcase_add_test(t, bounded);
	tcase_add_test(t, longer_way);
	tcase_add_test(t, leaps);
	tcase_add_test(t, shrinks_slowly);
	tcase_add_loop_test(t, joined_without_click, 0, 20);
	tcase_add_test(t, silence_is_known);
	suite_add_tcase(s, t);

	return s;
}
