/**
 * @file test_dtmf.c  Digits, RFC 4733 payload, sender's packets and receiver (SIP-06)
 */
#include <check.h>
#include <errno.h>
#include <string.h>
#include <re.h>

#include "core/media/dtmf.h"

/* RFC 4733 §3.2: 0-9 are 0-9, * 10, # 11, A-D 12-15 */
START_TEST(digits_have_the_event_codes_of_rfc4733)
{
	for (int i = 0; i < 16; i++) {
		ck_assert_int_eq(dtmf_event("0123456789*#ABCD"[i]), i);
		ck_assert_int_eq(dtmf_digit(i), "0123456789*#ABCD"[i]);
		ck_assert(dtmf_is_digit("0123456789*#ABCD"[i]));
	}
	for (const char *p = "aE !+\x7f\xff"; *p; p++)
		ck_assert(!dtmf_is_digit(*p));
	ck_assert(!dtmf_is_digit('\0'));
	ck_assert_int_eq(dtmf_digit(-1), '\0');
	ck_assert_int_eq(dtmf_digit(16), '\0');
	ck_assert_str_eq(dtmf_via_name(DTMF_VIA_RFC4733), "rfc4733");
	ck_assert_str_eq(dtmf_via_name(DTMF_VIA_INFO), "info");
	ck_assert_str_eq(dtmf_via_name(DTMF_VIA_INBAND), "inband");
	ck_assert_str_eq(dtmf_via_name(DTMF_VIAS), "?");
}
END_TEST

/* RFC 4733 §2.3, figure 1; the R bit is ignored */
START_TEST(a_payload_is_written_and_read_as_rfc4733_draws_it)
{
	const struct dtmf_payload p = { .event = 11, .end = true, .volume = 8, .duration = 0x1234 };
	struct dtmf_payload q;
	uint8_t buf[DTMF_PAYLOAD];

	dtmf_payload_encode(buf, &p);
	ck_assert_mem_eq(buf, "\x0b\x88\x12\x34", 4);
	ck_assert_int_eq(dtmf_payload_decode(&q, (const uint8_t *)"\x0b\xc8\x12\x34", 4), 0);
	ck_assert(q.event == 11 && q.end && q.volume == 8 && q.duration == 0x1234);
	for (size_t n = 0; n < 4; n++)
		ck_assert_int_eq(dtmf_payload_decode(&q, buf, n), EBADMSG);
	ck_assert_int_eq(dtmf_payload_decode(&q, buf, 0), EBADMSG);
}
END_TEST

/* --- receiver --- */

static char take(struct dtmf_event_rx *rx, char digit, uint32_t ts, unsigned duration, int flags)
{
	const struct dtmf_payload p = { .event = (uint8_t)dtmf_event(digit), .end = flags & 1,
					.duration = (uint16_t)duration };

	return dtmf_event_recv(rx, &p, ts, flags & 2);
}

#define END 1
#define MARK 2

START_TEST(a_digit_is_reported_once_at_its_first_packet)
{
	struct dtmf_event_rx rx = { .n = 0 };

	ck_assert_int_eq(take(&rx, '5', 1000, 160, MARK), '5');
	ck_assert_int_eq(take(&rx, '5', 1000, 320, 0), '\0');
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(take(&rx, '5', 1000, 400, END), '\0');
}
END_TEST

/* SIP-06: 1 1 at 40/40 ms is two packets and two end triples; lose any of the 10 packets */
START_TEST(two_equal_digits_are_two_whatever_packets_are_lost)
{
	for (unsigned got = 1; got < 1u << 10; got++) {
		struct dtmf_event_rx rx = { .n = 0 };
		unsigned heard = 0, sent = (got & 0x1f ? 1u : 0u) + (got & 0x3e0 ? 1u : 0u);

		for (unsigned k = 0; k < 10; k++) {
			uint32_t ts = 0xffffff00u + (k / 5) * 640;      /* wraps between them */
			int flags = k % 5 == 0 ? MARK : k % 5 >= 2 ? END : 0;

			if (got & (1u << k))
				heard += take(&rx, '1', ts, k % 5 ? 320 : 160, flags) == '1';
		}
		ck_assert_uint_eq(heard, sent);
	}
}
END_TEST

static const uint32_t clocks[] = {0, 8000, 16000, 48000};

/* SIP-06: at any clock a time-stamp that runs inside a digit makes it no second one, and 40/40 ms are two */
START_TEST(the_clock_of_the_codec_decides_what_is_a_new_digit)
{
	struct dtmf_event_rx rx = { .clock_hz = clocks[_i] };
	const uint32_t ms = (clocks[_i] ? clocks[_i] : 8000) / 1000;
	unsigned heard = 0, i, k;

	for (i = 0; i < 5; i++) {
		for (k = 0; k < 5; k++)
			heard += take(&rx, '7', (i * 120 + k * 20) * ms, 20 * ms, k ? 0 : MARK) == '7';
	}
	ck_assert_uint_eq(heard, 5);
	for (i = 0; i < 5; i++)
		heard += take(&rx, '7', (1000 + i * 80) * ms, 40 * ms, MARK | END) == '7';
	ck_assert_uint_eq(heard, 10);
}
END_TEST

START_TEST(late_and_repeated_packets_of_an_older_digit_do_not_repeat_it)
{
	struct dtmf_event_rx rx = { .n = 0 };

	for (uint32_t i = 0; i < 8; i++)
		ck_assert_int_eq(take(&rx, (char)('1' + (char)(i % 2)), i * 640, 160, MARK),
				 '1' + (int)(i % 2));
	for (uint32_t i = 0; i < 8; i++)
		ck_assert_int_eq(take(&rx, (char)('1' + (char)(i % 2)), i * 640, 320, END), '\0');
	ck_assert_int_eq(take(&rx, '1', 8 * 640, 320, END), '1');
}
END_TEST

/* a digit whose only packet comes after the next digit's is late, not lost */
START_TEST(an_overtaken_digit_is_not_lost)
{
	struct dtmf_event_rx rx = { .n = 0 };

	ck_assert_int_eq(take(&rx, '2', 5640, 160, MARK), '2');
	ck_assert_int_eq(take(&rx, '1', 5000, 320, END), '1');
	ck_assert_int_eq(take(&rx, '2', 5640, 320, END), '\0');
}
END_TEST

/* RFC 4733 §2.5.1.3: after 0xffff a digit goes on as a new segment without marker */
START_TEST(a_digit_of_many_segments_is_one)
{
	struct dtmf_event_rx rx = { .n = 0 };
	uint32_t ts = 0xfffff000u;

	ck_assert_int_eq(take(&rx, 'C', ts, 160, MARK), 'C');
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(take(&rx, 'C', ts, 0xffff, 0), '\0');
		ts += 0xffff;
		ck_assert_int_eq(take(&rx, 'C', ts, 160, 0), '\0');
	}
	ck_assert_int_eq(take(&rx, 'C', ts, 4000, END), '\0');
	ck_assert_int_eq(take(&rx, 'C', ts + 0xffff, 160, 0), 'C');     /* the digit had ended */
	ck_assert_int_eq(take(&rx, 'C', ts + 2 * 0xffff, 160, MARK), 'C');      /* it is marked */
}
END_TEST

/* some senders let the time-stamp run with the sound */
START_TEST(a_running_time_stamp_is_one_digit)
{
	struct dtmf_event_rx rx = { .n = 0 };

	ck_assert_int_eq(take(&rx, '7', 0xffffff80u, 160, MARK), '7');
	for (uint32_t i = 1; i < 25; i++)
		ck_assert_int_eq(take(&rx, '7', 0xffffff80u + 160 * i, 160 * i, 0), '\0');
	ck_assert_int_eq(take(&rx, '7', 0xffffff80u + 4000 + 320, 160, MARK), '7');
}
END_TEST

START_TEST(events_that_are_no_digit_are_ignored)
{
	struct dtmf_event_rx rx = { .n = 0 };

	for (unsigned e = 16; e < 256; e++) {
		const struct dtmf_payload p = { .event = (uint8_t)e, .duration = 160 };

		ck_assert_int_eq(dtmf_event_recv(&rx, &p, e * 1000, true), '\0');
	}
	ck_assert_uint_eq(rx.n, 0);
}
END_TEST

/* --- sender --- */

struct log {
	struct dtmf_step step[256];
	unsigned n;
};

/* all steps of 20 ms until done, the first sample at time-stamp ts */
static void send_all(struct log *log, struct dtmf_tx *tx, uint32_t ts)
{
	for (log->n = 0; dtmf_tx_busy(tx) && log->n < 256; log->n++)
		dtmf_tx_step(tx, &log->step[log->n], NULL, 160, ts + log->n * 160);
	ck_assert(!dtmf_tx_busy(tx));
}

/* SIP-06: RFC 4733 §2.5.1: the table in the sender's head, 1 2 at 50/40 ms */
START_TEST(packets_carry_marker_growing_duration_and_three_exact_ends)
{
	static const struct { bool event, marker, end; unsigned duration, ts, repeat; } t[] = {
		{ 1, 1, 0, 160, 0, 1 },   { 1, 0, 0, 320, 0, 1 },   { 1, 0, 1, 400, 0, 3 },
		{ 0, 0, 0, 0, 0, 0 },     { 1, 1, 0, 80, 720, 1 },  { 1, 0, 0, 240, 720, 1 },
		{ 1, 0, 1, 400, 720, 3 }, { 0, 0, 0, 0, 0, 0 },     { 0, 0, 0, 0, 0, 0 },
	};
	struct dtmf_tx *tx = NULL;
	struct log log;

	ck_assert_int_eq(dtmf_tx_alloc(&tx), 0);
	ck_assert_int_eq(dtmf_tx_queue(tx, "12", 50, 40), 0);
	send_all(&log, tx, 5000);
	ck_assert_uint_eq(log.n, sizeof(t) / sizeof(t[0]));
	for (unsigned i = 0; i < log.n; i++) {
		const struct dtmf_step *st = &log.step[i];

		ck_assert_int_eq(st->event, t[i].event);
		ck_assert_int_eq(st->marker, t[i].marker);
		ck_assert_int_eq(st->p.end, t[i].end);
		ck_assert_uint_eq(st->p.duration, t[i].duration);
		ck_assert_uint_eq(st->repeat, t[i].repeat);
		ck_assert_uint_eq(st->ts_start, t[i].event ? 5000 + t[i].ts : 0);
		ck_assert_uint_eq(st->p.event, st->event ? (i < 4 ? 1 : 2) : 0);
		ck_assert(!st->tone);
		ck_assert_int_eq(st->done, i + 1 == log.n);
		ck_assert_int_eq(st->started, i == 0 ? '1' : i == 4 ? '2' : '\0');
		ck_assert_int_eq(st->ended, i == 2 ? '1' : i == 6 ? '2' : '\0');
	}
	mem_deref(tx);
}
END_TEST

/* the sender's packets through the receiver, for every on-time and step length */
START_TEST(what_is_sent_is_received_for_every_on_time)
{
	static const char digits[] = "1100*#ABCD9";
	static const size_t steps[] = { 80, 160, 240, 320 };

	for (unsigned k = 0; k < 4 * 461; k++) {
		struct dtmf_event_rx rx = { .n = 0 };
		struct dtmf_tx *tx = NULL;
		struct dtmf_step st;
		char heard[16] = "";
		uint32_t ts = 0xfffffff0u, end = 0;

		ck_assert_int_eq(dtmf_tx_alloc(&tx), 0);
		ck_assert_int_eq(dtmf_tx_queue(tx, digits, 40 + k / 4, 40), 0);
		for (size_t n = 0; dtmf_tx_busy(tx) && n < 15; ts += (uint32_t)steps[k % 4]) {
			dtmf_tx_step(tx, &st, NULL, steps[k % 4], ts);
			if (st.event)
				heard[n] = dtmf_event_recv(&rx, &st.p, st.ts_start, st.marker);
			n += heard[n] != '\0';
			end += st.event && st.p.end && st.p.duration == (40 + k / 4) * 8;
		}
		ck_assert_str_eq(heard, digits);
		ck_assert_uint_eq(end, sizeof(digits) - 1);
		mem_deref(tx);
	}
}
END_TEST

START_TEST(wrong_digits_and_times_are_refused_and_nothing_is_queued)
{
	struct dtmf_tx *tx = NULL;
	char many[DTMF_QUEUE + 2];

	ck_assert_int_eq(dtmf_tx_alloc(&tx), 0);
	ck_assert_int_eq(dtmf_tx_queue(tx, NULL, 100, 100), EINVAL);
	ck_assert_int_eq(dtmf_tx_queue(tx, "", 100, 100), EINVAL);
	ck_assert_int_eq(dtmf_tx_queue(tx, "12x", 100, 100), EINVAL);
	ck_assert_int_eq(dtmf_tx_queue(tx, "1", 39, 100), EINVAL);
	ck_assert_int_eq(dtmf_tx_queue(tx, "1", 1001, 100), EINVAL);
	ck_assert_int_eq(dtmf_tx_queue(tx, "1", 100, 39), EINVAL);
	ck_assert_int_eq(dtmf_tx_queue(tx, "1", 100, 1001), EINVAL);
	memset(many, '1', sizeof(many));
	many[DTMF_QUEUE + 1] = '\0';
	ck_assert_int_eq(dtmf_tx_queue(tx, many, 100, 100), ENOSPC);
	ck_assert(!dtmf_tx_busy(tx));
	many[DTMF_QUEUE] = '\0';
	ck_assert_int_eq(dtmf_tx_queue(tx, many, 100, 100), 0);
	ck_assert_int_eq(dtmf_tx_queue(tx, "1", 100, 100), ENOSPC);
	mem_deref(tx);
}
END_TEST

/* a cancelled digit still gets its end packets; the digits behind it are gone */
START_TEST(cancel_ends_the_digit_properly)
{
	struct dtmf_tx *tx = NULL;
	struct dtmf_step st;
	struct log log;

	ck_assert_int_eq(dtmf_tx_alloc(&tx), 0);
	ck_assert_int_eq(dtmf_tx_queue(tx, "123", 500, 40), 0);
	dtmf_tx_step(tx, &st, NULL, 160, 0);
	dtmf_tx_cancel(tx);
	send_all(&log, tx, 160);
	ck_assert_uint_eq(log.n, 3);
	ck_assert(log.step[0].p.end && log.step[0].p.duration == 176 && log.step[0].repeat == 3);
	ck_assert_int_eq(log.step[0].ended, '1');
	ck_assert(log.step[2].done);
	mem_deref(tx);
}
END_TEST

/* SIP-06: neither in-band nor RFC 4733: SIP INFO needs to know when digits start and end */
START_TEST(without_tones_and_packets_the_starts_are_told)
{
	struct dtmf_tx *tx = NULL;
	struct log log;
	unsigned started = 0, ended = 0;

	ck_assert_int_eq(dtmf_tx_alloc(&tx), 0);
	dtmf_tx_set(tx, false, false, -8, 0);
	ck_assert_int_eq(dtmf_tx_queue(tx, "12C", 100, 100), 0);
	send_all(&log, tx, 0);
	ck_assert_uint_eq(log.n, 30);
	for (unsigned i = 0; i < log.n; i++) {
		ck_assert(!log.step[i].event && !log.step[i].tone);
		started += log.step[i].started != '\0';
		ended += log.step[i].ended != '\0';
	}
	ck_assert(started == 3 && ended == 3);
	mem_deref(tx);
}
END_TEST

/* level and ways change with the next digit, never inside one */
START_TEST(a_change_of_ways_waits_for_the_next_digit)
{
	struct dtmf_tx *tx = NULL;
	struct dtmf_step st;
	int16_t pcm[160];
	unsigned events = 0, tones = 0;

	ck_assert_int_eq(dtmf_tx_alloc(&tx), 0);
	dtmf_tx_set(tx, false, true, -70, 0);
	ck_assert_int_eq(dtmf_tx_queue(tx, "12", 40, 40), 0);
	for (unsigned i = 0; dtmf_tx_busy(tx) && i < 20; i++) {
		dtmf_tx_step(tx, &st, pcm, 160, i * 160);
		dtmf_tx_set(tx, true, false, 3, 0);
		events += st.event;
		tones += st.tone;
		ck_assert(!st.event || st.p.volume == 63);
	}
	ck_assert(events == 2 && tones == 4);
	mem_deref(tx);
}
END_TEST

Suite *suite(void);

Suite *suite(void)
{
	Suite *s = suite_create("dtmf");
	TCase *pay = tcase_create("payload"), *rx = tcase_create("receiver");
	TCase *tx = tcase_create("sender");

	tcase_add_test(pay, digits_have_the_event_codes_of_rfc4733);
	tcase_add_test(pay, a_payload_is_written_and_read_as_rfc4733_draws_it);
	suite_add_tcase(s, pay);

	tcase_add_test(rx, a_digit_is_reported_once_at_its_first_packet);
	tcase_add_test(rx, two_equal_digits_are_two_whatever_packets_are_lost);
	tcase_add_test(rx, late_and_repeated_packets_of_an_older_digit_do_not_repeat_it);
	tcase_add_loop_test(rx, the_clock_of_the_codec_decides_what_is_a_new_digit, 0, 4);
	tcase_add_test(rx, an_overtaken_digit_is_not_lost);
	tcase_add_test(rx, a_digit_of_many_segments_is_one);
	tcase_add_test(rx, a_running_time_stamp_is_one_digit);
	tcase_add_test(rx, events_that_are_no_digit_are_ignored);
	suite_add_tcase(s, rx);

	tcase_add_test(tx, packets_carry_marker_growing_duration_and_three_exact_ends);
	tcase_add_test(tx, what_is_sent_is_received_for_every_on_time);
	tcase_add_test(tx, wrong_digits_and_times_are_refused_and_nothing_is_queued);
	tcase_add_test(tx, cancel_ends_the_digit_properly);
	tcase_add_test(tx, without_tones_and_packets_the_starts_are_told);
	tcase_add_test(tx, a_change_of_ways_waits_for_the_next_digit);
	suite_add_tcase(s, tx);

	return s;
}
