/**
 * @file test_dtmf_merge.c  One digit however many ways it comes (SIP-06)
 *
 * Lags after the digit's start [ms]: RFC 4733 at its first packet, in-band 40 ms into the tone and
 * behind a jitter buffer, INFO at the start or at the end of the tone, 200 ms of network.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/media/dtmf.h"

struct report {
	unsigned t_ms;
	enum dtmf_via via;
	char digit;
};

static int earlier(const void *a, const void *b)
{
	const struct report *x = a, *y = b;

	return x->t_ms != y->t_ms ? (x->t_ms < y->t_ms ? -1 : 1) : (int)x->via - (int)y->via;
}

/* digits sent every period_ms, reported by the ways of the mask with their lags */
static void merge(char *counted, const char *digits, unsigned period_ms, unsigned ways,
		  const unsigned lag_ms[DTMF_VIAS])
{
	struct report r[128];
	struct dtmf_merge m = { .n = 0 };
	size_t n = 0, k = 0;

	for (unsigned i = 0; digits[i]; i++) {
		for (unsigned v = 0; v < DTMF_VIAS; v++) {
			if (ways & (1u << v))
				r[n++] = (struct report){ i * period_ms + lag_ms[v], v, digits[i] };
		}
	}
	qsort(r, n, sizeof(r[0]), earlier);
	for (size_t i = 0; i < n; i++) {
		if (dtmf_merge(&m, r[i].via, r[i].digit, 1000ull * r[i].t_ms))
			counted[k++] = r[i].digit;
	}
	counted[k] = '\0';
}

static const char *const sequences[] = {
	"11", "111", "1111111111", "1212", "9810101123456789C042", "112233112233", "00C00", "#",
};

#define SEQUENCES ((int)(sizeof(sequences) / sizeof(sequences[0])))

/* SIP-06: every mix of ways, 40/40, 100/100 and 500/40 ms, early and late reports */
START_TEST(each_digit_counts_once_by_any_mix_of_ways)
{
	static const unsigned period_ms[] = { 80, 200, 540 };
	static const unsigned on_ms[] = { 40, 100, 500 };
	static const unsigned net_ms[] = { 0, 30, 200 };
	char counted[128];

	for (unsigned ways = 1; ways < 8; ways++)
	for (unsigned k = 0; k < 3 * 3 * 3 * 2; k++) {
		unsigned p = k % 3, late = k / 27;
		const unsigned lag_ms[DTMF_VIAS] = {
			[DTMF_VIA_RFC4733] = 20 + net_ms[k / 3 % 3],
			[DTMF_VIA_INBAND]  = 60 + net_ms[k / 9 % 3],
			[DTMF_VIA_INFO]    = (late ? on_ms[p] : 0) + net_ms[2 - k / 3 % 3],
		};

		merge(counted, sequences[_i], period_ms[p], ways, lag_ms);
		ck_assert_msg(!strcmp(counted, sequences[_i]), "%s: %s, ways %u, case %u",
			      sequences[_i], counted, ways, k);
	}
}
END_TEST

/* two equal digits by one way are two, however close */
START_TEST(equal_digits_by_one_way_are_never_merged)
{
	for (enum dtmf_via v = 0; v < DTMF_VIAS; v++) {
		struct dtmf_merge m = { .n = 0 };

		for (unsigned i = 0; i < 100; i++)
			ck_assert(dtmf_merge(&m, v, '1', 1000ull * i));
	}
}
END_TEST

/* RFC 4733 and in-band: 400 ms; with INFO: 800 ms, either first */
START_TEST(a_report_after_the_window_is_a_new_digit)
{
	static const struct { enum dtmf_via a, b; uint64_t us; } t[] = {
		{ DTMF_VIA_RFC4733, DTMF_VIA_INBAND, 400000 },
		{ DTMF_VIA_INBAND, DTMF_VIA_RFC4733, 400000 },
		{ DTMF_VIA_RFC4733, DTMF_VIA_INFO, 800000 },
		{ DTMF_VIA_INFO, DTMF_VIA_INBAND, 800000 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct dtmf_merge m = { .n = 0 };

		ck_assert(dtmf_merge(&m, t[i].a, '4', 5000000));
		ck_assert(!dtmf_merge(&m, t[i].b, '4', 5000000 + t[i].us));
		ck_assert(dtmf_merge(&m, t[i].a, '4', 9000000));
		ck_assert(dtmf_merge(&m, t[i].b, '4', 9000001 + t[i].us));
	}
}
END_TEST

/* a way that misses a digit, or comes late into the call, makes no digit of another */
START_TEST(a_way_with_gaps_adds_and_takes_nothing)
{
	static const char digits[] = "981010112C";

	for (unsigned lost = 0; lost < 1u << 10; lost++) {
		struct dtmf_merge m = { .n = 0 };
		char counted[24] = "";
		size_t n = 0;

		for (unsigned i = 0; i < 10; i++) {
			uint64_t t = 200000ull * i;

			if (dtmf_merge(&m, DTMF_VIA_RFC4733, digits[i], t))
				counted[n++] = digits[i];
			if (!(lost & (1u << i)) &&
			    dtmf_merge(&m, DTMF_VIA_INBAND, digits[i], t + 60000))
				counted[n++] = '!';
		}
		ck_assert_str_eq(counted, digits);
	}
}
END_TEST

/* different digits are never one, by whatever ways, for longer than the ring is */
START_TEST(different_digits_are_never_merged)
{
	struct dtmf_merge m = { .n = 0 };

	for (unsigned i = 0; i < 1000; i++)
		ck_assert(dtmf_merge(&m, i % DTMF_VIAS, dtmf_digit((int)(i % 16)), 60000ull * i));
}
END_TEST

Suite *suite(void);

Suite *suite(void)
{
	Suite *s = suite_create("dtmf_merge");
	TCase *tc = tcase_create("merge");

	tcase_add_loop_test(tc, each_digit_counts_once_by_any_mix_of_ways, 0, SEQUENCES);
	tcase_add_test(tc, equal_digits_by_one_way_are_never_merged);
	tcase_add_test(tc, a_report_after_the_window_is_a_new_digit);
	tcase_add_test(tc, a_way_with_gaps_adds_and_takes_nothing);
	tcase_add_test(tc, different_digits_are_never_merged);
	suite_add_tcase(s, tc);

	return s;
}
