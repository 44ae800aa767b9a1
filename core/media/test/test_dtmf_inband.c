/**
 * @file test_dtmf_inband.c  In-band tones: exact levels and times, and a detector that hears them
 */
#include <check.h>
#include <spandsp.h>

#include "core/media/test/dtmf_line.h"

static const char frame[] = "9810101123456789C042";     /* a supervision frame, SUP-20 */
static const char all16[] = "0123456789ABCD*#";

/* power of one frequency [dBm0] in n samples, a whole number of its periods or many of them */
static double tone_dbm0(const int16_t *pcm, size_t n, double hz)
{
	double c = 0, s = 0;

	for (size_t i = 0; i < n; i++) {
		double a = 2 * M_PI * hz * (double)i / 8000;

		c += pcm[i] * cos(a);
		s += pcm[i] * sin(a);
	}
	return 20 * log10(2 * sqrt(c * c + s * s) / (double)n / LINE_0DBM0);
}

/* sends digits in-band over a microphone of 1000 each; returns samples until done */
static size_t send_inband(const char *digits, unsigned on_ms, unsigned off_ms, int level_dbm0,
			  int twist_db, int16_t *pcm, size_t room)
{
	struct dtmf_tx *tx = NULL;
	struct dtmf_step st;
	size_t n = 0;

	for (size_t i = 0; i < room; i++)
		pcm[i] = 1000;
	ck_assert_int_eq(dtmf_tx_alloc(&tx), 0);
	dtmf_tx_set(tx, true, false, level_dbm0, twist_db);
	ck_assert_int_eq(dtmf_tx_queue(tx, digits, on_ms, off_ms), 0);
	for (; dtmf_tx_busy(tx) && n + 160 <= room; n += 160)
		dtmf_tx_step(tx, &st, pcm + n, 160, 0);
	ck_assert(!dtmf_tx_busy(tx));
	mem_deref(tx);

	return n;
}

/* SIP-06: the louder tone is at the level asked for, the other the twist below */
START_TEST(tones_have_the_level_asked_for)
{
	static const struct { int level, twist; double low, high; } t[] = {
		{ -3, 0, -3, -3 }, { -8, 2, -10, -8 }, { -8, -6, -8, -14 }, { -35, -6, -35, -41 },
	};
	int16_t pcm[8000];

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		send_inband("5", 500, 40, t[i].level, t[i].twist, pcm, 8000);
		ck_assert_double_eq_tol(tone_dbm0(pcm + 80, 3840, 770), t[i].low, 0.1);
		ck_assert_double_eq_tol(tone_dbm0(pcm + 80, 3840, 1336), t[i].high, 0.1);
	}
}
END_TEST

/* G.711 table 5: this A-law period is a 1 kHz sine at 0 dBm0, so our 0 dBm0 is G.711's */
START_TEST(zero_dbm0_is_that_of_g711)
{
	static const uint8_t alaw[8] = { 0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4 };
	int16_t pcm[800];

	for (size_t i = 0; i < 800; i++)
		pcm[i] = g711_alaw2pcm(alaw[i % 8]);
	ck_assert_double_eq_tol(tone_dbm0(pcm, 800, 1000), 0.0, 0.1);
}
END_TEST

/* SIP-06: tone and pause are exact to the sample whatever the steps, without clicks */
START_TEST(on_and_off_times_are_exact_to_the_sample)
{
	static const unsigned ms[][2] = { { 40, 40 }, { 47, 53 }, { 100, 100 }, { 333, 41 } };
	int16_t pcm[16000];

	for (size_t k = 0; k < sizeof(ms) / sizeof(ms[0]); k++) {
		size_t on = ms[k][0] * 8, off = ms[k][1] * 8;

		send_inband("8D", ms[k][0], ms[k][1], -3, 0, pcm, 16000);
		ck_assert_int_lt(abs(pcm[0]), 200);
		ck_assert_int_lt(abs(pcm[on - 1]), 200);
		for (size_t i = on; i < on + off; i++)
			ck_assert_int_eq(pcm[i], 0);
		ck_assert_int_ne(pcm[on + off + 4], 0);
		ck_assert_int_eq(pcm[2 * (on + off) - 1], 0);
		ck_assert_int_eq(pcm[2 * (on + off)], 1000);    /* the voice is back */
	}
}
END_TEST

static void oracle_hears(const char *digits, const int16_t *pcm, size_t n)
{
	dtmf_rx_state_t *dsp = dtmf_rx_init(NULL, NULL, NULL);
	char heard[64] = "";

	ck_assert_ptr_nonnull(dsp);
	dtmf_rx(dsp, pcm, (int)n);
	dtmf_rx_get(dsp, heard, 63);
	ck_assert_str_eq(heard, digits);
	dtmf_rx_free(dsp);
}

/* SIP-06: a foreign detector understands the sender. It needs spandsp's Goertzel filters, which
 * librem exports by the same names, and librem's G.711 in the same program. */
START_TEST(spandsp_hears_what_is_sent_through_librem_g711)
{
	int16_t pcm[16000];
	size_t n = send_inband(all16, 40, 40, -10, 0, pcm, 16000);

	for (size_t i = 0; i < n; i++)
		pcm[i] = g711_alaw2pcm(g711_pcm2alaw(pcm[i]));
	oracle_hears(all16, pcm, n);
}
END_TEST

/* SIP-06: 40/40 ms, -3 to -35 dBm0, twist -6 to +2 dB, 12 dB of white noise, both G.711 laws */
START_TEST(a_frame_is_heard_over_the_whole_range)
{
	struct line l = { .snr_db = 12, .on_ms = 40, .off_ms = 40, .seed = 4711, .twist_db = _i };

	for (l.law = LINE_ALAW; l.law <= LINE_ULAW; l.law++) {
		for (l.level_dbm0 = -3; l.level_dbm0 >= -35; l.level_dbm0--) {
			l.shift += 37;
			ck_assert_int_eq(line_run(&l, frame), 0);
			ck_assert_str_eq(l.heard, frame);
			ck_assert_int_eq(line_run(&l, all16), 0);
			ck_assert_str_eq(l.heard, all16);
		}
	}
}
END_TEST

/* the detector's windows start anywhere in a tone: every phase of the shortest digits */
START_TEST(the_shortest_digits_are_heard_at_any_phase)
{
	struct line l = { .law = LINE_ALAW, .snr_db = 99, .on_ms = 40, .off_ms = 40, .seed = 1,
			  .level_dbm0 = -35, .twist_db = -6 };

	for (l.shift = 0; l.shift < 80; l.shift++) {
		ck_assert_int_eq(line_run(&l, "1100#D*"), 0);
		ck_assert_str_eq(l.heard, "1100#D*");
	}
}
END_TEST

/* a long digit is one digit, in noise too */
START_TEST(a_long_digit_is_heard_once)
{
	struct line l = { .law = LINE_ULAW, .snr_db = 12, .on_ms = 500, .off_ms = 40, .seed = 9,
			  .level_dbm0 = -20, .twist_db = 2 };

	for (unsigned i = 0; i < 10; i++) {
		ck_assert_int_eq(line_run(&l, "0123456789*#ABCD"), 0);
		ck_assert_str_eq(l.heard, "0123456789*#ABCD");
	}
}
END_TEST

/* SIP-06: silence in place of one RTP packet of 20 ms, anywhere in a digit, makes no second one */
START_TEST(a_lost_packet_inside_a_digit_does_not_split_it)
{
	static const int16_t silence[160];
	int16_t pcm[2000], damaged[2000];

	send_inband("0", 100, 40, -10, -2, pcm, 2000);
	for (size_t at = 0; at <= 800 - 160; at += 7) {
		struct line l = { .law = LINE_ALAW };
		struct dtmf_rx *rx = NULL;

		memcpy(damaged, pcm, sizeof(pcm));
		memcpy(damaged + at, silence, sizeof(silence));
		ck_assert_int_eq(dtmf_rx_alloc(&rx, line_digit, &l), 0);
		dtmf_rx_put(rx, damaged, 1120);
		ck_assert_str_eq(l.heard, "0");
		mem_deref(rx);
	}
}
END_TEST

static void two_tones(struct line *l, double low_hz, double high_hz, size_t n)
{
	struct dtmf_rx *rx = NULL;
	double a = LINE_0DBM0 * pow(10, l->level_dbm0 / 20.0);

	memset(l->heard, 0, sizeof(l->heard));
	ck_assert_int_eq(dtmf_rx_alloc(&rx, line_digit, l), 0);
	for (size_t i = 0; i < n; i++) {
		double t = 2 * M_PI * (double)i / 8000;
		int16_t x = line_code(l->law, a * (sin(low_hz * t) + sin(high_hz * t)));

		dtmf_rx_put(rx, &x, 1);
	}
	mem_deref(rx);
}

/* Q.24: 1.5 % off is a digit, 3.5 % off is none; nor is one tone alone, nor a whisper */
START_TEST(tones_off_their_frequency_are_told_apart)
{
	struct line l = { .law = LINE_ALAW, .level_dbm0 = -10 };

	for (int sign = -1; sign <= 1; sign += 2) {
		two_tones(&l, 941 * (1 + sign * 0.015), 1633 * (1 + sign * 0.015), 800);
		ck_assert_str_eq(l.heard, "D");
		two_tones(&l, 941 * (1 + sign * 0.035), 1633 * (1 + sign * 0.035), 800);
		ck_assert_str_eq(l.heard, "");
	}
	two_tones(&l, 941, 941, 800);
	ck_assert_str_eq(l.heard, "");
	l.level_dbm0 = -50;
	two_tones(&l, 941, 1633, 800);
	ck_assert_str_eq(l.heard, "");
}
END_TEST

/* twist far outside the range is no digit */
START_TEST(too_much_twist_is_refused)
{
	struct line l = { .snr_db = 99, .on_ms = 100, .off_ms = 100, .seed = 1, .level_dbm0 = -10 };

	l.twist_db = -12;
	ck_assert_int_eq(line_run(&l, all16), 0);
	ck_assert_str_eq(l.heard, "");
	l.twist_db = 8;
	ck_assert_int_eq(line_run(&l, all16), 0);
	ck_assert_str_eq(l.heard, "");
}
END_TEST

/* white noise alone, five minutes of it at -15 dBm0, is no digit */
START_TEST(noise_gives_no_digit)
{
	struct line l = { .law = LINE_ALAW, .seed = 77 };
	struct dtmf_rx *rx = NULL;
	int16_t pcm[160];

	ck_assert_int_eq(dtmf_rx_alloc(&rx, line_digit, &l), 0);
	for (unsigned i = 0; i < 300 * 50; i++) {
		memset(pcm, 0, sizeof(pcm));
		line_disturb(&l, 2870, pcm, 160);
		dtmf_rx_put(rx, pcm, 160);
	}
	ck_assert_str_eq(l.heard, "");
	mem_deref(rx);
}
END_TEST

/* SUP-24: after a reset half a digit heard before does not count */
START_TEST(a_reset_forgets_half_a_digit)
{
	struct line l = { .law = LINE_LINEAR };
	struct dtmf_rx *rx = NULL;
	int16_t pcm[8000];

	send_inband("5", 40, 40, -10, 0, pcm, 8000);
	ck_assert_int_eq(dtmf_rx_alloc(&rx, line_digit, &l), 0);
	dtmf_rx_put(rx, pcm, 200);
	dtmf_rx_reset(rx);
	dtmf_rx_put(rx, pcm + 200, 440);
	ck_assert_str_eq(l.heard, "");
	dtmf_rx_put(rx, pcm, 320);
	ck_assert_str_eq(l.heard, "5");
	dtmf_rx_reset(rx);
	dtmf_rx_put(rx, pcm, 320);
	ck_assert_str_eq(l.heard, "55");
	mem_deref(rx);
}
END_TEST

/* no handler, odd block lengths, the extremes of the sample range */
START_TEST(any_samples_are_taken)
{
	struct dtmf_rx *rx = NULL;
	int16_t pcm[333];

	ck_assert_int_eq(dtmf_rx_alloc(&rx, NULL, NULL), 0);
	for (size_t i = 0; i < 333; i++)
		pcm[i] = i & 4 ? -32768 : 32767;
	for (size_t n = 0; n <= 333; n++)
		dtmf_rx_put(rx, pcm, n);
	mem_deref(rx);
}
END_TEST

Suite *suite(void);

Suite *suite(void)
{
	Suite *s = suite_create("dtmf_inband");
	TCase *tx = tcase_create("sender"), *rx = tcase_create("detector");

	tcase_add_test(tx, tones_have_the_level_asked_for);
	tcase_add_test(tx, zero_dbm0_is_that_of_g711);
	tcase_add_test(tx, on_and_off_times_are_exact_to_the_sample);
	tcase_add_test(tx, spandsp_hears_what_is_sent_through_librem_g711);
	suite_add_tcase(s, tx);

	tcase_set_timeout(rx, 60);
	tcase_add_loop_test(rx, a_frame_is_heard_over_the_whole_range, -6, 3);
	tcase_add_test(rx, the_shortest_digits_are_heard_at_any_phase);
	tcase_add_test(rx, a_long_digit_is_heard_once);
	tcase_add_test(rx, a_lost_packet_inside_a_digit_does_not_split_it);
	tcase_add_test(rx, tones_off_their_frequency_are_told_apart);
	tcase_add_test(rx, too_much_twist_is_refused);
	tcase_add_test(rx, noise_gives_no_digit);
	tcase_add_test(rx, a_reset_forgets_half_a_digit);
	tcase_add_test(rx, any_samples_are_taken);
	suite_add_tcase(s, rx);

	return s;
}
