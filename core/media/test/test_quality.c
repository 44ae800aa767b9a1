/**
 * @file test_quality.c  Waiting sound, reports and digits of a leg against a peer that sends by hand (SIP-05, SIP-06, SIP-08)
 *
 * Leg 10.77.0.1, peer 10.77.0.2:7000 (RTCP 7001), stranger 10.77.0.9:7001.
 */
#include <check.h>
#include <re.h>
#define DEBUG_MODULE "test_quality"
#define DEBUG_LEVEL 0
#include <re_dbg.h>
#include <string.h>
#include "core/media/media.h"
#include "sim/vnet.h"

#define SSRC 0x1234u
#define PCMA 8
#define OPUS 96
#define EVENT 101

Suite *suite(void);

static struct {
	struct media *media;
	struct stream *s;
	struct udp_sock *rtp, *rtcp, *stranger;
	struct sa here, here_rtcp, there, there_rtcp;
	struct stream_params prm;
	uint16_t seq;
	uint32_t ts;
	unsigned frames, sr_rtp, sr_rtcp;       /* at the sink; sender reports by port */
	uint32_t ssrc;                          /* the leg's */
	struct { uint32_t ts; uint8_t pt; uint16_t duration; } tx[512];
	unsigned sent;
	char log[64];
} x;

static uint64_t clock_us(void *arg)
{
	(void)arg;

	return vnet_now_us();
}

static void on_event(const struct stream_event *ev, void *arg)
{
	(void)arg;
	if (ev->type == STREAM_DIGIT && strlen(x.log) < sizeof(x.log) - 1)
		x.log[strlen(x.log)] = ev->digit;
	if (ev->type == STREAM_TIMEOUT)
		strcat(x.log, "timeout");
}

static void rtp_in(const struct sa *src, struct mbuf *mb, void *arg)
{
	const uint8_t *b = mbuf_buf(mb);

	(void)src;
	(void)arg;
	if (b[1] == RTCP_SR) {
		x.sr_rtp++;
		return;
	}
	memcpy(&x.ssrc, b + 8, 4);
	x.tx[x.sent % 512].ts = (uint32_t)b[4] << 24 | (uint32_t)b[5] << 16 | (uint32_t)b[6] << 8 | b[7];
	x.tx[x.sent % 512].pt = b[1] & 0x7f;
	x.tx[x.sent++ % 512].duration = (uint16_t)(b[14] << 8 | b[15]);
}

static void rtcp_in(const struct sa *src, struct mbuf *mb, void *arg)
{
	(void)src;
	(void)arg;
	x.sr_rtcp += mbuf_buf(mb)[1] == RTCP_SR;
}

static void cancel(void *arg)
{
	(void)arg;
	re_cancel();
}

static void run(unsigned ms)
{
	struct tmr tmr;

	tmr_init(&tmr);
	tmr_start(&tmr, ms, cancel, NULL);
	ck_assert_int_eq(re_main(NULL), 0);
}

static void sink(const int16_t *pcm, size_t n, void *arg)
{
	(void)pcm;
	(void)arg;
	ck_assert_uint_eq(n, GAP_FRAME);
	x.frames++;
}

static void setup(void)
{
	struct sa other;

	memset(&x, 0, sizeof(x));
	ck_assert_int_eq(vnet_start(true, 1), 0);
	ck_assert_int_eq(libre_init(), 0);
	dbg_init(DBG_ERR, DBG_NONE);
	ck_assert_int_eq(media_alloc(&x.media, clock_us, NULL), 0);
	sa_set_str(&x.here, "10.77.0.1", 0);
	sa_set_str(&x.there, "10.77.0.2", 7000);
	sa_set_str(&x.there_rtcp, "10.77.0.2", 7001);
	sa_set_str(&other, "10.77.0.9", 7001);
	ck_assert_int_eq(udp_listen(&x.rtp, &x.there, rtp_in, NULL), 0);
	ck_assert_int_eq(udp_listen(&x.rtcp, &x.there_rtcp, rtcp_in, NULL), 0);
	ck_assert_int_eq(udp_listen(&x.stranger, &other, rtcp_in, NULL), 0);
	ck_assert_int_eq(stream_alloc(&x.s, x.media, &x.here, 5000, 5099, on_event, NULL), 0);
	stream_audio(x.s, NULL, sink, NULL);
	x.prm = (struct stream_params) {
		.codec = CODEC_PCMA, .pt = PCMA, .event_pt_tx = EVENT, .event_pt_rx = EVENT, .send = true,
		.receive = true, .tx_events = true, .level_dbm0 = -8, .jitter_max_ms = 200,
	};
	sa_set_port(&x.here, stream_port(x.s));
	x.here_rtcp = x.here;
	sa_set_port(&x.here_rtcp, (uint16_t)(stream_port(x.s) + 1));
	x.seq = 65530;
	x.ts = UINT32_MAX - 400;
}

static void teardown(void)
{
	mem_deref(x.s);
	mem_deref(x.media);
	mem_deref(x.rtp);
	mem_deref(x.rtcp);
	mem_deref(x.stranger);
	libre_close();
}

static void start(void)
{
	ck_assert_int_eq(stream_start(x.s, &x.there, &x.there_rtcp, &x.prm), 0);
}

static struct stream_stats stats(void)
{
	struct stream_stats st = {.sent = 0};

	stream_stats(x.s, &st);

	return st;
}

static void put(struct mbuf *mb, struct udp_sock *us, const struct sa *to)
{
	mb->pos = 0;
	ck_assert_int_eq(udp_send(us, to, mb), 0);
	mem_deref(mb);
	run(1);
}

static void packet(uint8_t pt, uint16_t seq, uint32_t ts, const uint8_t *buf, size_t n)
{
	const struct rtp_header hdr = {.ver = RTP_VERSION, .pt = pt, .seq = seq, .ts = ts, .ssrc = SSRC};
	struct mbuf *mb = mbuf_alloc(RTP_HEADER_SIZE + n);

	ck_assert_int_eq(rtp_hdr_encode(mb, &hdr) | mbuf_write_mem(mb, buf, n), 0);
	put(mb, x.rtp, &x.here);
}

static void voice(int ahead)
{
	uint8_t buf[GAP_FRAME];

	memset(buf, 0x2a, sizeof(buf));
	packet(PCMA, (uint16_t)(x.seq + ahead), x.ts + (uint32_t)(ahead * GAP_FRAME), buf, sizeof(buf));
}

static void next(unsigned n)
{
	while (n--) {
		voice(0);
		x.seq++;
		x.ts += GAP_FRAME;
		run(19);
	}
}

/* --- waiting --- */

/* SIP-05: one frame a tick while sound waits; a packet overtaken by one is heard the next time */
START_TEST(order_is_restored)
{
	unsigned i, before;

	start();
	next(10);
	ck_assert_uint_eq(stats().buffer_max_ms, 0);
	for (i = 0; i < 20; i++) {
		voice(1);
		run(19);
		voice(0);
		run(19);
		x.seq = (uint16_t)(x.seq + 2);
		x.ts += 2 * GAP_FRAME;
	}
	ck_assert_uint_le(stats().late, 1);
	ck_assert_uint_eq(stats().lost, 0);
	before = x.frames;
	next(50);
	ck_assert_uint_eq(x.frames - before, 50);
	ck_assert_uint_ge(stats().buffer_ms, 15);
}
END_TEST

/* A sender that falls silent in pauses (no packets, the clock runs on) loses nothing and waits no longer */
START_TEST(silence_suppression)
{
	unsigned i;

	start();
	next(5);
	voice(1);
	run(20);
	x.seq = (uint16_t)(x.seq + 2);          /* one is lost: from now on sound waits */
	x.ts += 2 * GAP_FRAME;
	for (i = 0; i < 10; i++) {
		next(25);
		run(1500);
		x.ts += 75 * GAP_FRAME;
	}
	ck_assert_uint_eq(stats().lost, 1);
	ck_assert_uint_eq(stats().late, 0);
	ck_assert_uint_le(stats().buffer_max_ms, 40);
}
END_TEST

/* SIP-06: a digit counts when it comes, however long the sound waits */
START_TEST(digits_do_not_wait)
{
	uint8_t buf[DTMF_PAYLOAD];
	const struct dtmf_payload p = {.event = 5, .volume = 10, .duration = GAP_FRAME};

	x.prm.jitter_min_ms = 200;
	start();
	next(20);
	ck_assert_uint_ge(stats().buffer_ms, 180);
	dtmf_payload_encode(buf, &p);
	packet(EVENT, x.seq++, x.ts, buf, sizeof(buf));
	ck_assert_str_eq(x.log, "5");
}
END_TEST

/* Nobody listens: nothing waits, whatever the network does */
START_TEST(nobody_listens)
{
	stream_audio(x.s, NULL, NULL, NULL);
	x.prm.jitter_min_ms = 100;
	start();
	next(10);
	x.seq++;
	next(10);
	ck_assert_uint_eq(stats().buffer_ms, 0);
	ck_assert_uint_eq(stats().lost, 1);
}
END_TEST

/* The leg changes its listener while sound waits */
START_TEST(listener_leaves)
{
	x.prm.jitter_min_ms = 100;
	start();
	next(10);
	stream_audio(x.s, NULL, NULL, NULL);
	next(10);
	ck_assert_uint_eq(stats().buffer_ms, 0);
	stream_audio(x.s, NULL, sink, NULL);
	next(20);
	ck_assert_uint_ge(stats().buffer_ms, 80);
}
END_TEST

/* --- digits beside opus --- */

static const uint32_t clocks[] = {0, 48000, 8000};

/* RFC 4733: the digits' own clock, whatever the sound beside them counts in */
START_TEST(digit_clock)
{
	const uint32_t khz = clocks[_i] == 8000 ? 8 : 48;
	unsigned i, events = 0;
	uint32_t ts = 0;

	x.prm.codec = CODEC_OPUS;
	x.prm.pt = OPUS;
	x.prm.event_clock_hz = clocks[_i];
	start();
	run(110);
	ck_assert_int_eq(stream_digits(x.s, "77", 100, 100), 0);
	run(600);
	for (i = 0; i < x.sent; i++) {
		if (x.tx[i].pt != EVENT)
			continue;
		if (events && x.tx[i].ts != ts)
			ck_assert_uint_eq(x.tx[i].ts - ts, 200 * khz);
		ts = x.tx[i].ts;
		events++;
		ck_assert_uint_le(x.tx[i].duration, 100 * khz);
		ck_assert_uint_eq(x.tx[i].duration % (20 * khz), 0);
	}
	ck_assert_uint_eq(events, 14);
}
END_TEST

static void digit_in(uint32_t ts, uint16_t duration, bool end)
{
	uint8_t buf[DTMF_PAYLOAD];
	const struct dtmf_payload p = {.event = 7, .end = end, .volume = 10, .duration = duration};

	dtmf_payload_encode(buf, &p);
	packet(EVENT, x.seq++, ts, buf, sizeof(buf));
}

/* Received: five digits whose time-stamp runs inside each, at 48,000 Hz and at 8,000 Hz */
START_TEST(digit_clock_received)
{
	const uint32_t khz = clocks[_i] == 8000 ? 8 : 48;
	unsigned i, k;

	x.prm.codec = CODEC_OPUS;
	x.prm.pt = OPUS;
	x.prm.event_clock_hz = clocks[_i] ? clocks[_i] : 48000;
	start();
	for (i = 0; i < 5; i++) {
		for (k = 0; k < 4; k++)
			digit_in(x.ts + (i * 120 + k * 20) * khz, (uint16_t)(20 * khz), k == 3);
	}
	ck_assert_str_eq(x.log, "77777");
}
END_TEST

/* --- reports --- */

static void report(struct udp_sock *us, const struct sa *to, uint32_t who, uint32_t about_be, int lost)
{
	struct mbuf *mb = mbuf_alloc(64);
	int err = mbuf_write_u8(mb, 0x81);

	err |= mbuf_write_u8(mb, RTCP_RR);
	err |= mbuf_write_u16(mb, htons(7));
	err |= mbuf_write_u32(mb, htonl(who));
	err |= mbuf_write_u32(mb, about_be);
	err |= mbuf_write_u32(mb, htonl((uint32_t)lost & 0xffffff));
	err |= mbuf_write_u32(mb, 0);
	err |= mbuf_write_u32(mb, htonl(80));   /* 10 ms */
	err |= mbuf_write_u32(mb, 0);
	err |= mbuf_write_u32(mb, 0);
	ck_assert_int_eq(err, 0);
	put(mb, us, to);
}

START_TEST(peer_reports)
{
	start();
	next(5);
	report(x.rtcp, &x.here_rtcp, SSRC, x.ssrc, 12);
	ck_assert_uint_eq(stats().reports, 1);
	ck_assert_uint_eq(stats().remote_lost, 12);
	ck_assert_uint_eq(stats().remote_jitter_us, 10000);
	report(x.rtcp, &x.here_rtcp, SSRC, x.ssrc, -3);
	ck_assert_uint_eq(stats().reports, 2);
	ck_assert_uint_eq(stats().remote_lost, 0);
	run(5000);
	ck_assert_uint_eq(x.sr_rtcp, 1);
	ck_assert_uint_eq(x.sr_rtp, 0);
}
END_TEST

/* SIP-08: a stranger, another SSRC, a block about somebody else */
START_TEST(others_do_not_count)
{
	start();
	next(5);
	report(x.stranger, &x.here_rtcp, SSRC, x.ssrc, 12);
	report(x.rtcp, &x.here_rtcp, SSRC + 1, x.ssrc, 12);
	report(x.rtcp, &x.here_rtcp, SSRC, x.ssrc ^ 1, 12);
	ck_assert_uint_eq(stats().reports, 0);
	ck_assert_uint_eq(stats().remote_lost, 0);
}
END_TEST

/* Only the peer's reports keep a silent leg alive */
START_TEST(strangers_keep_nothing_alive)
{
	unsigned i;

	x.prm.timeout_s = 10;
	start();
	next(5);
	for (i = 0; i < 4; i++) {
		run(4000);
		report(_i ? x.rtcp : x.stranger, &x.here_rtcp, SSRC, x.ssrc, 0);
	}
	ck_assert_str_eq(x.log, _i ? "" : "timeout");
}
END_TEST

/* A goodbye by RTCP ends nothing: calls end by SIP */
START_TEST(goodbye_is_no_hangup)
{
	struct mbuf *mb = mbuf_alloc(16);

	start();
	next(5);
	ck_assert_int_eq(mbuf_write_u32(mb, htonl(0x81cb0001)) | mbuf_write_u32(mb, htonl(SSRC)), 0);
	put(mb, x.rtcp, &x.here_rtcp);
	next(5);
	ck_assert_uint_eq(stats().received, 10);
	ck_assert_uint_eq(x.frames, 10);
	report(x.rtcp, &x.here_rtcp, SSRC, x.ssrc, 1);
	ck_assert_uint_eq(stats().reports, 1);
}
END_TEST

/* RFC 5761: reports on the RTP port, both ways, where it was agreed */
START_TEST(one_port)
{
	x.prm.rtcp_mux = true;
	start();
	next(5);
	report(x.rtp, &x.here, SSRC, x.ssrc, 4);
	ck_assert_uint_eq(stats().remote_lost, 4);
	ck_assert_uint_eq(stats().received, 5);
	run(5000);
	ck_assert_uint_eq(x.sr_rtp, 1);
	ck_assert_uint_eq(x.sr_rtcp, 0);
}
END_TEST

/* A re-INVITE may move the port of reports */
START_TEST(port_of_reports_moves)
{
	start();
	next(5);
	sa_set_str(&x.there_rtcp, "10.77.0.9", 7001);
	start();
	x.sr_rtcp = 0;
	mem_deref(x.rtcp);
	x.rtcp = NULL;
	run(5100);
	ck_assert_uint_eq(x.sr_rtcp, 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("quality");
	TCase *t = tcase_create("quality");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, order_is_restored);
	tcase_add_test(t, silence_suppression);
	tcase_add_test(t, digits_do_not_wait);
	tcase_add_test(t, nobody_listens);
	tcase_add_test(t, listener_leaves);
	tcase_add_loop_test(t, digit_clock, 0, 3);
	tcase_add_loop_test(t, digit_clock_received, 0, 3);
	tcase_add_test(t, peer_reports);
	tcase_add_test(t, others_do_not_count);
	tcase_add_loop_test(t, strangers_keep_nothing_alive, 0, 2);
	tcase_add_test(t, goodbye_is_no_hangup);
	tcase_add_test(t, one_port);
	tcase_add_test(t, port_of_reports_moves);
	suite_add_tcase(s, t);

	return s;
}
