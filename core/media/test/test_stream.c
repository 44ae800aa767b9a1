/**
 * @file test_stream.c  One RTP leg against a peer that sends RTP by hand, in virtual time
 *
 * SIP-05, SIP-06, SIP-08, SUP-24.  Leg 10.77.0.1, peer 10.77.0.2:7000.
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <re.h>
#define DEBUG_MODULE "test_stream"
#define DEBUG_LEVEL 0
#include <re_dbg.h>
#include <stdlib.h>
#include <string.h>
#include "core/media/media.h"
#include "sim/vnet.h"

#define SSRC 0x1234u
#define PCMA 8
#define EVENT 101

Suite *suite(void);

struct packet {
	uint16_t seq;
	uint32_t ts;
	uint8_t pt;
	bool marker;
	uint8_t payload[4];
	size_t n;
	struct sa to;
};

static struct {
	struct media *media;
	struct stream *s;
	struct udp_sock *peer, *peer_rtcp, *other;
	struct sa here, there, rtcp;
	struct stream_params prm;
	struct packet tx[1024];         /* RTP the leg sent */
	unsigned sent, rtcp_bye;
	uint64_t stall_us;
	uint16_t seq;                   /* of the peer's next packet */
	uint32_t ts;
	uint64_t samples;
	unsigned frames, loud;          /* frames at the sink, those with sound */
	char log[256];
} x;

static uint64_t clock_us(void *arg)
{
	(void)arg;
	return vnet_now_us() + x.stall_us;
}

static void on_event(const struct stream_event *ev, void *arg)
{
	char *end = x.log + strlen(x.log);

	(void)arg;
	ck_assert_uint_lt(strlen(x.log), sizeof(x.log) - 32);
	switch (ev->type) {

	case STREAM_DIGIT:
		sprintf(end, "%c/%s ", ev->digit, dtmf_via_name(ev->via));
		break;

	case STREAM_INFO:
		sprintf(end, "info:%c:%u ", ev->digit, ev->duration_ms);
		break;

	case STREAM_DIGITS_SENT:
		strcat(end, "sent ");
		break;

	case STREAM_TIMEOUT:
		strcat(end, "timeout ");
		break;

	case STREAM_FIRST:
		strcat(end, "first ");
		break;

	case STREAM_ENCRYPTED:
	case STREAM_SAS:
	case STREAM_PLAIN:
		strcat(end, "encryption ");     /* test_secure.c; never here */
		break;
	}
}

static void rtp_in(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct packet *p = &x.tx[x.sent % ARRAY_SIZE(x.tx)];
	const uint8_t *b = mbuf_buf(mb);
	const size_t n = mbuf_get_left(mb);

	(void)src;
	ck_assert_uint_ge(n, RTP_HEADER_SIZE);
	p->marker = b[1] >> 7;
	p->pt = b[1] & 0x7f;
	p->seq = (uint16_t)(b[2] << 8 | b[3]);
	p->ts = (uint32_t)b[4] << 24 | (uint32_t)b[5] << 16 | (uint32_t)b[6] << 8 | b[7];
	p->n = n - RTP_HEADER_SIZE;
	memcpy(p->payload, b + RTP_HEADER_SIZE, MIN(p->n, sizeof(p->payload)));
	udp_local_get(arg ? *(struct udp_sock **)arg : x.peer, &p->to);
	x.sent++;
}

static void rtcp_in(const struct sa *src, struct mbuf *mb, void *arg)
{
	(void)src;
	(void)arg;
	if (mbuf_get_left(mb) > 1 && mbuf_buf(mb)[1] == RTCP_BYE)
		x.rtcp_bye++;
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

static void setup(void)
{
	memset(&x, 0, sizeof(x));
	ck_assert_int_eq(vnet_start(true, 1), 0);
	ck_assert_int_eq(libre_init(), 0);
	dbg_init(DBG_ERR, DBG_NONE);
	ck_assert_int_eq(media_alloc(&x.media, clock_us, NULL), 0);
	sa_set_str(&x.here, "10.77.0.1", 0);
	sa_set_str(&x.there, "10.77.0.2", 7000);
	sa_set_str(&x.rtcp, "10.77.0.2", 7001);
	ck_assert_int_eq(udp_listen(&x.peer, &x.there, rtp_in, NULL), 0);
	ck_assert_int_eq(udp_listen(&x.peer_rtcp, &x.rtcp, rtcp_in, NULL), 0);
	ck_assert_int_eq(stream_alloc(&x.s, x.media, &x.here, 5000, 5099, on_event, NULL), 0);
	x.prm = (struct stream_params) {
		.codec = CODEC_PCMA, .pt = PCMA, .event_pt_tx = EVENT, .event_pt_rx = EVENT,
		.send = true, .receive = true, .tx_events = true, .level_dbm0 = -8,
	};
	sa_set_port(&x.here, stream_port(x.s));
	x.seq = 65530;                  /* wraps soon */
	x.ts = UINT32_MAX - 400;
}

static void teardown(void)
{
	mem_deref(x.s);
	mem_deref(x.media);
	mem_deref(x.peer);
	mem_deref(x.peer_rtcp);
	mem_deref(x.other);
	libre_close();
}

static void start(void)
{
	ck_assert_int_eq(stream_start(x.s, &x.there, &x.rtcp, &x.prm), 0);
}

static void sink(const int16_t *pcm, size_t n, void *arg)
{
	bool loud = false;
	size_t i;

	(void)arg;
	ck_assert_uint_eq(n, GAP_FRAME);
	for (i = 0; i < n; i++)
		loud |= abs(pcm[i]) > 100;
	x.samples += n;
	x.frames++;
	x.loud += loud;
}

static void raw(struct udp_sock *us, uint8_t first, uint8_t pt, uint16_t seq, uint32_t ts,
		uint32_t ssrc, const uint8_t *payload, size_t n)
{
	struct mbuf *mb = mbuf_alloc(RTP_HEADER_SIZE + n);
	int err;

	err = mbuf_write_u8(mb, first);
	err |= mbuf_write_u8(mb, pt);
	err |= mbuf_write_u16(mb, htons(seq));
	err |= mbuf_write_u32(mb, htonl(ts));
	err |= mbuf_write_u32(mb, htonl(ssrc));
	err |= mbuf_write_mem(mb, payload, n);
	ck_assert_int_eq(err, 0);
	mb->pos = 0;
	ck_assert_int_eq(udp_send(us, &x.here, mb), 0);
	mem_deref(mb);
}

/* n samples of something loud */
static void voice(struct udp_sock *us, uint16_t seq, uint32_t ts, size_t n)
{
	uint8_t buf[960];

	memset(buf, 0x2a, n);
	raw(us, 0x80, PCMA, seq, ts, SSRC, buf, n);
}

/* The peer's next packet, lost if told so */
static void next(bool lost)
{
	if (!lost)
		voice(x.peer, x.seq, x.ts, GAP_FRAME);
	x.seq++;
	x.ts += GAP_FRAME;
	run(20);
}

static void digit_packet(uint8_t event, bool end, uint16_t duration, uint32_t ts, bool marker)
{
	uint8_t buf[DTMF_PAYLOAD];
	const struct dtmf_payload p = { .event = event, .end = end, .volume = 10,
				       .duration = duration };

	dtmf_payload_encode(buf, &p);
	raw(x.peer, 0x80, (uint8_t)(EVENT | (marker ? 0x80 : 0)), x.seq++, ts, SSRC, buf,
	    sizeof(buf));
	run(1);
}

START_TEST(ports_are_even)
{
	struct sa any = x.here;
	struct stream *s = NULL, *t = NULL, *u = NULL;

	sa_set_port(&any, 0);
	ck_assert_uint_eq(stream_port(x.s) % 2, 0);
	ck_assert_uint_ge(stream_port(x.s), 5000);
	ck_assert_uint_le(stream_port(x.s), 5098);
	ck_assert_int_eq(stream_alloc(&s, x.media, &any, 6000, 6000, NULL, NULL), EINVAL);
	ck_assert_int_eq(stream_alloc(&s, x.media, &any, 6001, 6002, NULL, NULL), EINVAL);
	ck_assert_int_eq(stream_alloc(&s, x.media, &any, 6001, 6003, NULL, NULL), 0);
	ck_assert_uint_eq(stream_port(s), 6002);
	ck_assert_int_eq(stream_alloc(&t, x.media, &any, 65534, 65535, NULL, NULL), 0);
	ck_assert_uint_eq(stream_port(t), 65534);
	ck_assert_int_eq(stream_alloc(&u, x.media, &any, 6001, 6003, NULL, NULL), EADDRINUSE);
	mem_deref(s);
	mem_deref(t);
}
END_TEST

/* A range of ten pairs gives ten legs, not nine by bad luck */
START_TEST(range_is_used_up)
{
	struct sa any = x.here;
	struct stream *s[10], *more = NULL;
	unsigned i, k;

	sa_set_port(&any, 0);
	for (i = 0; i < 10; i++) {
		ck_assert_int_eq(stream_alloc(&s[i], x.media, &any, 6000, 6019, NULL, NULL), 0);
		for (k = 0; k < i; k++)
			ck_assert_uint_ne(stream_port(s[i]), stream_port(s[k]));
	}
	ck_assert_int_eq(stream_alloc(&more, x.media, &any, 6000, 6019, NULL, NULL), EADDRINUSE);
	for (i = 0; i < 10; i++)
		mem_deref(s[i]);
}
END_TEST

/* 50 packets a second for an hour, none more, none less */
START_TEST(no_drift)
{
	struct stream_stats st;

	run(1000);
	ck_assert_uint_eq(x.sent, 0);
	start();
	run(3600 * 1000 + 10);
	stream_stats(x.s, &st);
	ck_assert_uint_eq(st.sent, 3600 * 50);
	ck_assert_uint_eq(x.sent, 3600 * 50);
	stream_stop(x.s);
	ck_assert_int_eq(stream_start(x.s, &x.there, NULL, &x.prm), EINVAL);
	run(1000);
	ck_assert_uint_eq(x.sent, 3600 * 50);
	ck_assert_uint_eq(x.rtcp_bye, 1);
}
END_TEST

START_TEST(packets_follow_each_other)
{
	unsigned i;

	start();
	run(1010);
	ck_assert_uint_eq(x.sent, 50);
	ck_assert(x.tx[0].marker);
	for (i = 1; i < 50; i++) {
		ck_assert_uint_eq(x.tx[i].seq, (uint16_t)(x.tx[0].seq + i));
		ck_assert_uint_eq(x.tx[i].ts, x.tx[0].ts + i * GAP_FRAME);
		ck_assert(!x.tx[i].marker);
		ck_assert_uint_eq(x.tx[i].n, GAP_FRAME);
		ck_assert_uint_eq(x.tx[i].payload[0], 0xd5);
	}
}
END_TEST

/* A host that stalled for a second: three frames at most, then 50 a second again */
START_TEST(stall_makes_no_burst)
{
	unsigned before;

	start();
	run(1010);
	before = x.sent;
	x.stall_us = 1000000;
	run(20);
	ck_assert_uint_le(x.sent - before, 3);
	before = x.sent;
	run(1000);
	ck_assert_uint_eq(x.sent - before, 50);
	x.stall_us += 45000;
	before = x.sent;
	run(20);
	ck_assert_uint_le(x.sent - before, 4);
	ck_assert_uint_ge(x.sent - before, 3);
}
END_TEST

/* Power lost: no RTCP BYE */
START_TEST(abort_is_silent)
{
	start();
	run(100);
	stream_abort(x.s);
	run(100);
	ck_assert_uint_eq(x.rtcp_bye, 0);
}
END_TEST

/* SIP-05: 60 ms of a gap are made up, up to 200 ms are silent, the rest is left out */
START_TEST(gap_is_made_up_then_silent)
{
	struct stream_stats st;
	unsigned i;

	stream_audio(x.s, NULL, sink, NULL);
	start();
	for (i = 0; i < 20; i++)
		next(i >= 5 && i < 5 + (unsigned)_i);
	stream_stats(x.s, &st);
	ck_assert_uint_eq(st.received, 20 - (unsigned)_i);
	ck_assert_uint_eq(st.lost, (unsigned)_i);
	ck_assert_uint_eq(x.loud, 20 - (unsigned)_i + MIN((unsigned)_i, 3));
	ck_assert_uint_eq(x.frames, 20 - (unsigned)_i + MIN((unsigned)_i, 10));
	ck_assert_str_eq(x.log, "first ");
}
END_TEST

START_TEST(late_and_double)
{
	struct stream_stats st;
	uint16_t seq;
	uint32_t ts;

	stream_audio(x.s, NULL, sink, NULL);
	start();
	next(false);
	seq = x.seq;
	ts = x.ts;
	next(true);
	next(false);
	voice(x.peer, seq, ts, GAP_FRAME);              /* late */
	voice(x.peer, seq, ts, GAP_FRAME);              /* and again */
	voice(x.peer, (uint16_t)(seq - 1), ts, GAP_FRAME); /* double */
	run(20);
	next(false);
	stream_stats(x.s, &st);
	ck_assert_uint_eq(st.received, 4);
	ck_assert_uint_eq(st.late, 1);
	ck_assert_uint_eq(st.lost, 0);
	ck_assert_uint_eq(x.frames, 4);
	ck_assert_uint_eq(x.loud, 4);                   /* one of them made up */
	ck_assert_uint_eq(st.concealed, 1);
}
END_TEST

/* A sender that restarts its numbers is followed after two packets; a new SSRC at once */
START_TEST(numbers_restart)
{
	struct stream_stats st;
	unsigned i;

	stream_audio(x.s, NULL, sink, NULL);
	start();
	for (i = 0; i < 5; i++)
		next(false);
	x.seq = (uint16_t)(x.seq + 20000);
	x.ts += 1000000;
	for (i = 0; i < 5; i++)
		next(false);
	stream_stats(x.s, &st);
	ck_assert_uint_eq(st.received, 9);
	ck_assert_uint_eq(st.lost, 0);
	raw(x.peer, 0x80, PCMA, 7, 7, SSRC + 1, (const uint8_t *)"abcd", 4);
	run(20);
	stream_stats(x.s, &st);
	ck_assert_uint_eq(st.received, 10);
	ck_assert_uint_eq(x.frames, 9);
}
END_TEST

static const size_t ptimes[] = { 80, 240, 320, 480, 100 };

/* Packets of any length reach the sink as frames of 20 ms */
START_TEST(any_ptime)
{
	const size_t n = ptimes[_i];
	unsigned i;

	stream_audio(x.s, NULL, sink, NULL);
	start();
	for (i = 0; i < 48; i++) {
		voice(x.peer, x.seq++, x.ts, n);
		x.ts += (uint32_t)n;
		run((unsigned)n / 8);
	}
	ck_assert_uint_eq(x.frames, 48 * n / GAP_FRAME);
	ck_assert_uint_eq(x.loud, x.frames);
}
END_TEST

/* Nothing of this is sound, nothing of it does harm */
START_TEST(odd_packets)
{
	static const uint8_t zero[4], pad[4] = { 1, 2, 3, 200 };
	struct stream_stats st;
	uint8_t buf[200];
	unsigned i, k;

	stream_audio(x.s, NULL, sink, NULL);
	start();
	raw(x.peer, 0x80, 97, 1, 1, SSRC, zero, 4);     /* a type nobody agreed on */
	raw(x.peer, 0x40, PCMA, 1, 1, SSRC, zero, 4);   /* version 1 */
	raw(x.peer, 0x8f, PCMA, 1, 1, SSRC, zero, 4);   /* 15 contributors, not there */
	raw(x.peer, 0x90, PCMA, 1, 1, SSRC, pad, 4);    /* extension longer than the packet */
	run(20);
	stream_stats(x.s, &st);
	ck_assert_uint_eq(st.received, 0);
	raw(x.peer, 0xa0, PCMA, 1, 1, SSRC, pad, 4);    /* padding longer than the packet */
	raw(x.peer, 0x80, PCMA, 2, 1, SSRC, zero, 0);   /* no sound in it */
	raw(x.peer, 0x80, EVENT, 3, 1, SSRC, zero, 3);  /* event cut short */
	raw(x.peer, 0x80, EVENT, 4, 1, SSRC, (const uint8_t *)"\xff\xff\xff\xff", 4);
	run(20);
	ck_assert_uint_eq(x.loud, 0);
	ck_assert_str_eq(x.log, "first ");

	srand(1);
	for (i = 0; i < 5000; i++) {
		const size_t n = (size_t)rand() % sizeof(buf);

		for (k = 0; k < n; k++)
			buf[k] = (uint8_t)rand();
		raw(x.peer, (uint8_t)(0x80 | (rand() & 0x3f)), rand() & 1 ? PCMA : EVENT,
		    (uint16_t)rand(), (uint32_t)rand(), SSRC, buf, n);
		if (i % 10 == 0)
			run(1);
	}
}
END_TEST

/* SIP-08: behind a NAT packets come from elsewhere; two in a row prove it, then we send there */
START_TEST(symmetric_rtp)
{
	struct sa nat;
	struct stream_stats st;
	unsigned i;

	sa_set_str(&nat, "10.77.0.9", 9000);
	ck_assert_int_eq(udp_listen(&x.other, &nat, rtp_in, &x.other), 0);
	start();
	voice(x.other, 100, 0, GAP_FRAME);
	run(40);
	ck_assert_str_eq(x.log, "");
	ck_assert(sa_cmp(&x.tx[x.sent - 1].to, &x.there, SA_ALL));
	for (i = 1; i < 5; i++) {
		voice(x.other, (uint16_t)(100 + i), i * GAP_FRAME, GAP_FRAME);
		run(20);
	}
	ck_assert_str_eq(x.log, "first ");
	ck_assert(sa_cmp(&x.tx[x.sent - 1].to, &nat, SA_ALL));

	voice(x.peer, 1, 0, GAP_FRAME);         /* a stranger now */
	voice(x.peer, 2, 0, GAP_FRAME);
	run(20);
	stream_stats(x.s, &st);
	ck_assert_uint_eq(st.received, 4);
	ck_assert(sa_cmp(&x.tx[x.sent - 1].to, &nat, SA_ALL));
}
END_TEST

/* Who sends from the signalled address cannot be displaced while he speaks */
START_TEST(no_takeover)
{
	struct sa nat;
	struct stream_stats st;
	unsigned i;

	sa_set_str(&nat, "10.77.0.9", 9000);
	ck_assert_int_eq(udp_listen(&x.other, &nat, rtp_in, &x.other), 0);
	start();
	for (i = 0; i < 50; i++) {
		voice(x.other, (uint16_t)(100 + i), i * GAP_FRAME, GAP_FRAME);
		next(false);
	}
	stream_stats(x.s, &st);
	ck_assert_uint_eq(st.received, 50);
	ck_assert_uint_eq(st.lost + st.late, 0);
	ck_assert(sa_cmp(&x.tx[x.sent - 1].to, &x.there, SA_ALL));
}
END_TEST

/* SIP-06: every end packet of a 5 is lost, then comes another 5: two digits */
START_TEST(lost_ends)
{
	unsigned i, k;

	start();
	next(false);
	for (i = 0; i < 2; i++) {
		for (k = 1; k <= 5; k++)
			digit_packet(5, false, (uint16_t)(k * GAP_FRAME), x.ts, k == 1);
		x.seq = (uint16_t)(x.seq + 3);
		x.ts += 1600;
		run(200);
	}
	ck_assert_str_eq(x.log, "first 5/rfc4733 5/rfc4733 ");
}
END_TEST

/* All but the last end packet lost: still a digit; repeated ends: one digit */
START_TEST(only_ends)
{
	start();
	digit_packet(11, true, 800, x.ts, false);
	digit_packet(11, true, 800, x.ts, false);
	digit_packet(11, true, 800, x.ts, false);
	run(100);
	ck_assert_str_eq(x.log, "first #/rfc4733 ");
}
END_TEST

/* The sink keeps its time while a digit takes the place of the sound */
START_TEST(silence_during_digit)
{
	unsigned k;

	stream_audio(x.s, NULL, sink, NULL);
	start();
	next(false);
	for (k = 1; k <= 10; k++) {
		digit_packet(1, k == 10, (uint16_t)(k * GAP_FRAME), x.ts, k == 1);
		run(19);
	}
	x.ts += 1600;
	next(false);
	ck_assert_uint_eq(x.frames, 12);
	ck_assert_uint_eq(x.loud, 2);
}
END_TEST

/* RFC 4733 §2.5.1: one time-stamp a digit, marker first, end three times, no sound beside it */
START_TEST(digit_sent)
{
	unsigned i, first = 0, events = 0, ends = 0;

	start();
	run(210);
	ck_assert_int_eq(stream_digits(x.s, "9", 100, 100), 0);
	run(500);
	ck_assert_str_eq(x.log, "sent ");
	for (i = 0; i < x.sent; i++) {
		const struct packet *p = &x.tx[i];

		ck_assert_uint_eq(p->seq, (uint16_t)(x.tx[0].seq + i));
		if (p->pt != EVENT) {
			ck_assert_uint_eq((p->ts - x.tx[0].ts) % GAP_FRAME, 0);
			ck_assert(!events || events == 7);
			continue;
		}
		first = events ? first : i;
		ck_assert_uint_eq(p->payload[0], 9);
		ck_assert_uint_eq(p->ts, x.tx[first].ts);
		ck_assert_uint_eq(p->marker, events == 0);
		ends += p->payload[1] >> 7;
		events++;
	}
	ck_assert_uint_eq(events, 7);           /* 20 40 60 80, then 100 ms three times */
	ck_assert_uint_eq(ends, 3);
	ck_assert_uint_eq(x.tx[first].ts, x.tx[first - 1].ts + GAP_FRAME);
	ck_assert_uint_eq(x.tx[first + 7].ts, x.tx[first].ts + 5 * GAP_FRAME);
}
END_TEST

START_TEST(digit_by_info)
{
	x.prm.tx_events = false;
	x.prm.tx_info = true;
	start();
	ck_assert_int_eq(stream_digits(x.s, "7#", 100, 100), 0);
	run(1000);
	ck_assert_str_eq(x.log, "info:7:100 info:#:100 sent ");
}
END_TEST

START_TEST(digits_cancelled)
{
	start();
	ck_assert_int_eq(stream_digits(x.s, "123", 100, 100), 0);
	ck_assert_int_eq(stream_digits(x.s, "1z", 100, 100), EINVAL);
	stream_digits_cancel(x.s);
	run(1000);
	ck_assert(!strstr(x.log, "info"));
	ck_assert_uint_eq(x.tx[x.sent - 1].pt, PCMA);
}
END_TEST

static void extremes(int16_t *pcm, size_t n, void *arg)
{
	size_t i;

	(void)arg;
	for (i = 0; i < n; i++)
		pcm[i] = i & 1 ? INT16_MIN : INT16_MAX;
}

/* Full scale, -32768 included, in both codecs: 3.14 dB over a sine of the same peak */
START_TEST(full_scale)
{
	struct stream_stats st;

	x.prm.codec = (enum audio_codec)_i;
	x.prm.pt = _i == CODEC_PCMU ? 0 : PCMA;
	stream_audio(x.s, extremes, NULL, NULL);
	start();
	run(1500);
	stream_stats(x.s, &st);
	ck_assert(fabs(st.tx_dbm0 - 6.0) < 0.3);
	ck_assert(st.rx_dbm0 <= STREAM_SILENCE_DBM0);
}
END_TEST

START_TEST(timeout_once)
{
	unsigned i;

	x.prm.timeout_s = 5;
	start();
	run(4900);
	ck_assert_str_eq(x.log, "");
	run(10000);
	ck_assert_str_eq(x.log, "timeout ");
	for (i = 0; i < 5; i++)
		next(false);
	run(6000);
	ck_assert_str_eq(x.log, "timeout first timeout ");
}
END_TEST

/* Paused: nothing goes out, and the first packet afterwards is marked */
START_TEST(hold_and_resume)
{
	unsigned before;

	start();
	run(510);
	x.prm.send = false;
	start();
	before = x.sent;
	run(500);
	ck_assert_uint_eq(x.sent, before);
	x.prm.send = true;
	start();
	run(100);
	ck_assert_uint_eq(x.sent, before + 5);
	ck_assert(x.tx[before].marker);
	ck_assert_uint_eq(x.tx[before].ts, x.tx[before - 1].ts + 26 * GAP_FRAME);
	ck_assert_uint_eq(x.tx[before].seq, (uint16_t)(x.tx[before - 1].seq + 1));
}
END_TEST

/* RFC 3550: packets 5 ms early and late in turn make some 5 ms of jitter, even ones none */
START_TEST(jitter)
{
	struct stream_stats st;
	unsigned i;

	start();
	for (i = 0; i < 100; i++)
		next(false);
	stream_stats(x.s, &st);
	ck_assert_uint_le(st.jitter_us, 125);
	for (i = 0; i < 200; i++) {
		voice(x.peer, x.seq++, x.ts, GAP_FRAME);
		x.ts += GAP_FRAME;
		run(i & 1 ? 15 : 25);
	}
	stream_stats(x.s, &st);
	ck_assert_uint_ge(st.jitter_us, 4000);
	ck_assert_uint_le(st.jitter_us, 5500);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("stream");
	TCase *t = tcase_create("stream");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, ports_are_even);
	tcase_add_test(t, range_is_used_up);
	tcase_add_test(t, no_drift);
	tcase_add_test(t, packets_follow_each_other);
	tcase_add_test(t, stall_makes_no_burst);
	tcase_add_test(t, abort_is_silent);
	tcase_add_loop_test(t, gap_is_made_up_then_silent, 0, 13);
	tcase_add_test(t, late_and_double);
	tcase_add_test(t, numbers_restart);
	tcase_add_loop_test(t, any_ptime, 0, ARRAY_SIZE(ptimes));
	tcase_add_test(t, odd_packets);
	tcase_add_test(t, symmetric_rtp);
	tcase_add_test(t, no_takeover);
	tcase_add_test(t, lost_ends);
	tcase_add_test(t, only_ends);
	tcase_add_test(t, silence_during_digit);
	tcase_add_test(t, digit_sent);
	tcase_add_test(t, digit_by_info);
	tcase_add_test(t, digits_cancelled);
	tcase_add_loop_test(t, full_scale, 0, CODEC_PCMU + 1);
	tcase_add_test(t, timeout_once);
	tcase_add_test(t, hold_and_resume);
	tcase_add_test(t, jitter);
	suite_add_tcase(s, t);

	return s;
}
