/**
 * @file stream_rx.c  Receiving side of an RTP leg (SIP-05, SIP-06, SIP-08)
 *
 * Whom we listen to: the signalled address at once; another one (behind a NAT) after two packets in
 * a row, while nobody else has spoken for 200 ms; from then on we send there too.
 *
 *     packet      next   gap            before (not seen)   seen      jump of 3000
 *     what        taken  lost counted   late, dropped       dropped   taken if the next follows
 *
 * Missing sound, up to 200 ms by the time-stamps, reaches detector and sink as silence, so that
 * both keep their time.  Digits by RFC 4733 count even when their packet is late.
 */
#include <errno.h>
#include <re.h>
#include <rem_g711.h>
#include <stdlib.h>
#include <string.h>
#include "core/media/stream_priv.h"

#define TAKEOVER_US 200000u
#define FILL_MAX 1600                   /* samples: 200 ms */
#define DROPOUT_MAX 3000                /* RFC 3550 appendix A.1 */
#define MISORDER_MAX 100
#define WINDOW 64

/* Static payload types of RFC 3551 are taken whatever we send */
static int codec_of(const struct stream *s, uint8_t pt)
{
	if (pt == s->prm.pt)
		return s->prm.codec;

	return pt == 8 ? CODEC_PCMA : pt == 0 ? CODEC_PCMU : -1;
}

static void lock_source(struct stream *s, const struct sa *src, const struct rtp_header *hdr)
{
	s->rx.src = *src;
	s->rx.ssrc = hdr->ssrc;
	s->rx.locked = true;
	s->rx.synced = s->rx.ts_set = false;
	s->raddr = *src;
}

static bool candidate(struct stream *s, const struct sa *src, const struct rtp_header *hdr)
{
	struct stream_rx *rx = &s->rx;
	const bool again = sa_cmp(src, &rx->candidate, SA_ALL) && hdr->ssrc == rx->candidate_ssrc &&
			   hdr->seq == (uint16_t)(rx->candidate_seq + 1);

	rx->candidate = *src;
	rx->candidate_ssrc = hdr->ssrc;
	rx->candidate_seq = hdr->seq;

	return again;
}

static bool source_ok(struct stream *s, const struct sa *src, const struct rtp_header *hdr,
		      uint64_t now)
{
	struct stream_rx *rx = &s->rx;

	if (rx->locked && sa_cmp(src, &rx->src, SA_ALL)) {
		if (hdr->ssrc != rx->ssrc)
			lock_source(s, src, hdr);
		return true;
	}
	if (rx->locked && now - rx->last_us < TAKEOVER_US)
		return false;
	if (!(sa_cmp(src, &s->sdp, SA_ALL) && !rx->locked) && !candidate(s, src, hdr))
		return false;

	lock_source(s, src, hdr);
	return true;
}

static void resync(struct stream_rx *rx, uint16_t seq)
{
	rx->seq = seq;
	rx->window = 1;
	rx->synced = true;
	rx->ts_set = false;
}

enum order { ORDER_NEXT, ORDER_LATE, ORDER_DROP };

static enum order before(struct stream_rx *rx, unsigned age)
{
	const uint64_t bit = age < WINDOW ? 1ull << age : 0;

	if (rx->window & bit)
		return ORDER_DROP;

	rx->window |= bit;
	rx->late++;
	if (rx->lost)
		rx->lost--;
	return ORDER_LATE;
}

static enum order sequence(struct stream_rx *rx, uint16_t seq)
{
	const int d = (int16_t)(seq - rx->seq);

	if (!rx->synced) {
		resync(rx, seq);
	}
	else if (d > 0 && d < DROPOUT_MAX) {
		rx->lost += (unsigned)d - 1;
		rx->window = d < WINDOW ? rx->window << d | 1 : 1;
		rx->seq = seq;
	}
	else if (d <= 0 && d > -MISORDER_MAX) {
		return before(rx, (unsigned)-d);
	}
	else if (seq == rx->bad_seq) {
		resync(rx, seq);
	}
	else {
		rx->bad_seq = (uint16_t)(seq + 1);
		return ORDER_DROP;
	}
	return ORDER_NEXT;
}

static void to_sink(struct stream *s, const int16_t *pcm, size_t n)
{
	struct stream_rx *rx = &s->rx;

	if (!rx->filled && n == GAP_FRAME) {
		s->wh(pcm, n, s->audio_arg);
		return;
	}
	while (n) {
		const size_t part = MIN(n, GAP_FRAME - rx->filled);

		memcpy(rx->block + rx->filled, pcm, part * sizeof(*pcm));
		rx->filled += part;
		pcm += part;
		n -= part;
		if (rx->filled == GAP_FRAME) {
			rx->filled = 0;
			s->wh(rx->block, GAP_FRAME, s->audio_arg);
		}
	}
}

static bool listening(const struct stream *s)
{
	return s->prm.listen && !s->rx.mute && s->rx.dtmf;
}

static void put(struct stream *s, const int16_t *pcm, size_t n)
{
	if (listening(s))
		dtmf_rx_put(s->rx.dtmf, pcm, n);
	if (s->wh != stream_no_write)
		to_sink(s, pcm, n);
}

static bool wanted(const struct stream *s)
{
	return listening(s) || s->wh != stream_no_write;
}

/* Silence from where the sound stopped up to time-stamp ts */
static void fill(struct stream *s, uint32_t ts)
{
	static const int16_t silence[GAP_FRAME];
	int32_t gap = s->rx.ts_set ? (int32_t)(ts - s->rx.ts) : 0;

	s->rx.ts = ts;
	s->rx.ts_set = true;
	for (gap = MIN(gap, FILL_MAX); gap > 0; gap -= GAP_FRAME)
		put(s, silence, (size_t)MIN(gap, GAP_FRAME));
}

static void jitter(struct stream_rx *rx, uint32_t ts, uint64_t now)
{
	const int32_t transit = (int32_t)((uint32_t)(now * STREAM_RATE_KHZ / 1000) - ts);
	const int32_t d = transit - rx->transit;

	rx->transit = transit;
	if (!rx->ts_set)
		return;
	rx->jitter16 += (uint32_t)abs(d) - ((rx->jitter16 + 8) >> 4);
}

static void sound(struct stream *s, enum audio_codec codec, uint32_t ts, const uint8_t *buf,
		  size_t n)
{
	int16_t pcm[GAP_FRAME];

	level_add(&s->rx.level, s->media->square[codec], buf, n);
	if (!wanted(s)) {
		s->rx.ts = ts + (uint32_t)n;
		s->rx.ts_set = true;
		return;
	}
	fill(s, ts);
	s->rx.ts += (uint32_t)n;
	while (n) {
		const size_t part = MIN(n, GAP_FRAME);
		size_t i;

		if (codec == CODEC_PCMU)
			for (i = 0; i < part; i++)
				pcm[i] = g711_ulaw2pcm(buf[i]);
		else
			for (i = 0; i < part; i++)
				pcm[i] = g711_alaw2pcm(buf[i]);
		put(s, pcm, part);
		buf += part;
		n -= part;
	}
}

static void event(struct stream *s, const struct rtp_header *hdr, const uint8_t *buf, size_t n,
		  enum order order)
{
	struct dtmf_payload p;
	char digit;

	if (dtmf_payload_decode(&p, buf, n))
		return;
	if (order == ORDER_NEXT && wanted(s))
		fill(s, hdr->ts + p.duration);

	digit = dtmf_event_recv(&s->rx.events, &p, hdr->ts, hdr->m);
	if (digit)
		stream_rx_digit(s, DTMF_VIA_RFC4733, digit);
}

static size_t payload(const struct rtp_header *hdr, const uint8_t *buf, size_t n)
{
	if (!hdr->pad || !n)
		return n;

	return buf[n - 1] <= n ? n - buf[n - 1] : 0;
}

static void alive(struct stream *s, uint64_t now)
{
	const struct stream_event ev = { .type = STREAM_FIRST };
	const bool first = !s->rx.first;

	s->rx.last_us = now;
	s->rx.timed_out = false;
	s->rx.first = true;
	if (first)
		stream_event(s, &ev);
}

/* RTP handler */
void stream_recv(const struct sa *src, const struct rtp_header *hdr, struct mbuf *mb, void *arg)
{
	struct stream *s = arg;
	const uint64_t now = media_now(s->media);
	const bool is_event = hdr->pt == s->prm.event_pt_rx;
	const int codec = codec_of(s, hdr->pt);
	const size_t n = payload(hdr, mbuf_buf(mb), mbuf_get_left(mb));
	enum order order;

	if (!s->le.list || (!is_event && codec < 0) || !source_ok(s, src, hdr, now))
		return;
	order = sequence(&s->rx, hdr->seq);
	if (order == ORDER_DROP)
		return;

	alive(s, now);
	s->rx.received++;
	if (is_event) {
		event(s, hdr, mbuf_buf(mb), n, order);
	}
	else if (order == ORDER_NEXT && n && n <= FILL_MAX) {
		jitter(&s->rx, hdr->ts, now);
		sound(s, (enum audio_codec)codec, hdr->ts, mbuf_buf(mb), n);
	}
}

void stream_rx_digit(struct stream *s, enum dtmf_via via, char digit)
{
	const struct stream_event ev = { .type = STREAM_DIGIT, .digit = digit, .via = via };

	if (dtmf_merge(&s->rx.merge, via, digit, media_now(s->media)))
		stream_event(s, &ev);
}

static void inband_handler(char digit, void *arg)
{
	stream_rx_digit(arg, DTMF_VIA_INBAND, digit);
}

int stream_rx_detector(struct stream *s)
{
	if (!s->prm.listen || s->rx.dtmf)
		return 0;

	return dtmf_rx_alloc(&s->rx.dtmf, inband_handler, s);
}

/**
 * Mute the in-band detector, for instance while the door itself sends (SUP-24).
 *
 * @param s    Stream
 * @param mute true = deaf for tones; RFC 4733 and SIP INFO still count
 */
void stream_mute_rx(struct stream *s, bool mute)
{
	if (!s || s->rx.mute == mute)
		return;

	s->rx.mute = mute;
	if (s->rx.dtmf)
		dtmf_rx_reset(s->rx.dtmf);
}

/**
 * A digit came by SIP INFO: STREAM_DIGIT follows unless another way told it already (SIP-06).
 *
 * @param s     Stream
 * @param digit 0-9 A-D * #
 */
void stream_info_digit(struct stream *s, char digit)
{
	if (s && dtmf_is_digit(digit))
		stream_rx_digit(s, DTMF_VIA_INFO, digit);
}
