/**
 * @file test_secure.c  SRTP and SRTCP of a leg: roll-over, replay, forgery, new keys (SIP-09, RFC 3711)
 *
 * A sender of libre's own context against secure_rx; the index of a new context against one that counted
 * its way there packet by packet.
 */
#include <check.h>
#include <errno.h>
#include <re.h>
#include <string.h>
#include "core/media/secure_priv.h"

#define SSRC 0xcafe0001u

Suite *suite(void);

static struct secure_key key, key2;
static struct srtp *pen;
static struct secure_rx rx;

static void start(void)
{
	memset(&rx, 0, sizeof(rx));
	ck_assert_int_eq(secure_key_random(&key, (unsigned)SECURE_CM_128_80), 0);
	ck_assert_int_eq(secure_key_random(&key2, (unsigned)SECURE_CM_128_80), 0);
	ck_assert_int_eq(secure_context(&pen, &key, NULL, false), 0);
	secure_rx_key(&rx, &key);
}

static void stop(void)
{
	secure_rx_reset(&rx);
	pen = mem_deref(pen);
}

static struct mbuf *packet(struct srtp *with, uint32_t ssrc, uint16_t seq)
{
	const struct rtp_header hdr = {.ver = RTP_VERSION, .seq = seq, .ssrc = ssrc, .pt = 8};
	struct mbuf *mb = mbuf_alloc(256);

	ck_assert(mb != NULL);
	ck_assert_int_eq(rtp_hdr_encode(mb, &hdr), 0);
	ck_assert_int_eq(mbuf_fill(mb, 0xd5, 160), 0);
	mb->pos = 0;
	ck_assert_int_eq(srtp_encrypt(with, mb), 0);

	return mb;
}

static int take(struct mbuf *mb)
{
	const int err = secure_rx_decrypt(&rx, mb, false);

	if (!err) {
		ck_assert_uint_eq(mbuf_get_left(mb), RTP_HEADER_SIZE + 160);
		ck_assert_uint_eq(mb->buf[mb->pos + RTP_HEADER_SIZE], 0xd5);
	}
	mem_deref(mb);

	return err;
}

static int forged(uint32_t ssrc, uint16_t seq)
{
	struct srtp *other;
	struct mbuf *mb;

	ck_assert_int_eq(secure_context(&other, &key2, NULL, false), 0);
	mb = packet(other, ssrc, seq);
	mem_deref(other);

	return take(mb);
}

START_TEST(each_suite_both_ways)
{
	stop();
	ck_assert_int_eq(secure_key_random(&key, (unsigned)_i), 0);
	ck_assert_int_eq(secure_context(&pen, &key, NULL, false), 0);
	secure_rx_key(&rx, &key);
	ck_assert_int_eq(take(packet(pen, SSRC, 1)), 0);
	ck_assert_int_eq(take(packet(pen, SSRC, 2)), 0);
	ck_assert_int_ne(forged(SSRC, 3), 0);
	ck_assert_int_eq(take(packet(pen, SSRC, 3)), 0);
}
END_TEST

START_TEST(no_key_no_packet)
{
	secure_rx_reset(&rx);
	ck_assert_int_eq(take(packet(pen, SSRC, 1)), ENOKEY);
}
END_TEST

START_TEST(replayed)
{
	struct mbuf *first = packet(pen, SSRC, 10), *again = mbuf_alloc(256);

	ck_assert_int_eq(mbuf_write_mem(again, first->buf, first->end), 0);
	again->pos = 0;
	ck_assert_int_eq(take(first), 0);
	ck_assert_int_eq(take(packet(pen, SSRC, 11)), 0);
	ck_assert_int_eq(take(again), EALREADY);
}
END_TEST

/* A packet before the first authentic one must not say where the sequence stands */
START_TEST(forged_before_the_first)
{
	ck_assert_int_eq(forged(SSRC, 65000), EAUTH);
	ck_assert_int_eq(take(packet(pen, SSRC, 5)), 0);
}
END_TEST

/* libre counts the roll-over of a packet before it looks at its tag */
START_TEST(forged_roll_over)
{
	unsigned i;

	ck_assert_int_eq(take(packet(pen, SSRC, 50000)), 0);
	for (i = 0; i < 10; i++)
		ck_assert_int_eq(forged(SSRC, (uint16_t)(100 + i)), EAUTH);
	ck_assert_int_eq(take(packet(pen, SSRC, 50001)), 0);
}
END_TEST

/* Nor do strangers use up the places of true senders */
START_TEST(forged_sources)
{
	uint32_t i;

	for (i = 0; i < 100; i++)
		ck_assert_int_eq(forged(SSRC + 10 + i, 1), EAUTH);
	ck_assert_uint_eq(rx.n, 0);
	ck_assert_int_eq(take(packet(pen, SSRC, 1)), 0);
}
END_TEST

START_TEST(roll_over_with_loss_and_disorder)
{
	struct mbuf *late;

	ck_assert_int_eq(take(packet(pen, SSRC, 65533)), 0);
	late = packet(pen, SSRC, 65534);
	ck_assert_int_eq(take(packet(pen, SSRC, 65535)), 0);
	ck_assert_int_eq(take(late), 0);
	mem_deref(packet(pen, SSRC, 0));        /* lost */
	ck_assert_int_eq(take(packet(pen, SSRC, 1)), 0);
	ck_assert_uint_eq(rx.source[0].at.roc, 1);
	ck_assert_uint_eq(rx.source[0].at.seq, 1);
}
END_TEST

/* Drive a context and its account to a roll-over and sequence number, in steps a call could make */
static void drive(struct srtp *with, struct secure_index *at, uint32_t roc, uint16_t seq)
{
	uint16_t n = 0;

	do {
		struct secure_index p;
		struct mbuf *mb = packet(with, SSRC, n);

		ck_assert(secure_header(&p, mb));
		secure_count(at, &p);
		mem_deref(mb);
		n = (uint16_t)(n + (at->roc < roc ? 256 : 1));
	} while (at->roc != roc || at->seq != seq);
}

static const struct { uint32_t roc; uint16_t seq; } places[] = {
	{0, 0}, {0, 40000}, {1, 0}, {1, 1}, {1, 32768}, {1, 32769}, {1, 65535}, {3, 500}, {3, 65000},
};

/* RFC 3711 §3.2.1: the index goes on with the new key, for sender and receiver */
START_TEST(new_key_goes_on_where_the_old_one_stood)
{
	struct secure_index at = {.set = false};
	struct srtp *out;
	uint16_t next;

	drive(pen, &at, places[_i].roc, places[_i].seq);
	ck_assert_uint_eq(at.roc, places[_i].roc);
	next = (uint16_t)(at.seq + 1);
	ck_assert_int_eq(secure_context(&out, &key2, &at, false), 0);

	rx.source[0].at = at;
	rx.n = 1;
	secure_rx_key(&rx, &key2);
	ck_assert_int_eq(take(packet(out, SSRC, next)), 0);
	ck_assert_int_eq(take(packet(out, SSRC, (uint16_t)(next + 1))), 0);
	mem_deref(out);
}
END_TEST

/* Some programs begin anew instead */
START_TEST(new_key_that_begins_anew)
{
	const struct secure_index at = {.ssrc = SSRC, .roc = 2, .seq = 700, .set = true};
	struct srtp *out;

	ck_assert_int_eq(secure_context(&out, &key2, NULL, false), 0);
	rx.source[0].at = at;
	rx.n = 1;
	secure_rx_key(&rx, &key2);
	ck_assert_int_eq(take(packet(out, SSRC, 701)), 0);
	mem_deref(out);
}
END_TEST

START_TEST(old_key_opens_nothing_any_more)
{
	ck_assert_int_eq(take(packet(pen, SSRC, 1)), 0);
	secure_rx_key(&rx, &key2);
	ck_assert_int_eq(take(packet(pen, SSRC, 2)), EAUTH);
}
END_TEST

static struct mbuf *report(void)
{
	struct mbuf *mb = mbuf_alloc(256);

	ck_assert_int_eq(rtcp_encode(mb, RTCP_RR, 0, SSRC, NULL, NULL), 0);
	mb->pos = 0;
	ck_assert_int_eq(srtcp_encrypt(pen, mb), 0);

	return mb;
}

START_TEST(reports)
{
	struct mbuf *mb = report(), *again = mbuf_alloc(256);

	ck_assert_int_eq(mbuf_write_mem(again, mb->buf, mb->end), 0);
	again->pos = 0;
	ck_assert_int_eq(secure_rx_decrypt(&rx, mb, true), 0);
	ck_assert_uint_eq(mbuf_get_left(mb), 8);
	ck_assert_int_eq(secure_rx_decrypt(&rx, again, true), EALREADY);
	mem_deref(again);
	again = report();
	again->buf[again->pos + 4] ^= 1;
	ck_assert_int_eq(secure_rx_decrypt(&rx, again, true), EAUTH);
	mem_deref(again);
	mem_deref(mb);
	ck_assert_int_eq(take(packet(pen, SSRC, 1)), 0);
}
END_TEST

/* Any length, any first bytes: refused, never read past the end */
START_TEST(short_and_odd)
{
	uint8_t junk[40];
	size_t n;

	for (n = 0; n <= sizeof(junk); n++) {
		struct mbuf *mb = mbuf_alloc(n ? n : 1);

		memset(junk, _i, sizeof(junk));
		ck_assert_int_eq(mbuf_write_mem(mb, junk, n), 0);
		mb->pos = 0;
		ck_assert_int_ne(secure_rx_decrypt(&rx, mb, false), 0);
		mb->pos = 0;
		mb->end = n;
		ck_assert_int_ne(secure_rx_decrypt(&rx, mb, true), 0);
		mem_deref(mb);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("secure");
	TCase *c = tcase_create("packets");

	tcase_add_checked_fixture(c, start, stop);
	tcase_add_loop_test(c, each_suite_both_ways, 0, SECURE_SUITES);
	tcase_add_test(c, no_key_no_packet);
	tcase_add_test(c, replayed);
	tcase_add_test(c, forged_before_the_first);
	tcase_add_test(c, forged_roll_over);
	tcase_add_test(c, forged_sources);
	tcase_add_test(c, roll_over_with_loss_and_disorder);
	tcase_add_loop_test(c, new_key_goes_on_where_the_old_one_stood, 0, (int)ARRAY_SIZE(places));
	tcase_add_test(c, new_key_that_begins_anew);
	tcase_add_test(c, old_key_opens_nothing_any_more);
	tcase_add_test(c, reports);
	tcase_add_loop_test(c, short_and_odd, 0, 256);
	suite_add_tcase(s, c);

	return s;
}
