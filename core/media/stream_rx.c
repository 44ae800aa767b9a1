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
#include <stdlib.h>
#include <string.h>
#include "core/media/stream_priv.h"

#define TAKEOVER_US 200000u
#define FILL_MAX 1600                   /* samples: 200 ms */
#define CONCEAL_FRAMES 3                /* 60 ms that a codec may make up; longer inventions are noise */
#define DROPOUT_MAX 3000                /* RFC 3550 appendix A.1 */
#define MISORDER_MAX 100
#define WINDOW 64

/* Static payload types of RFC 3551 are taken whatever we send */
static bool format_of(struct codec_format *f, const struct stream *s, uint8_t pt)
{
	static const struct codec_format law[] = {{.codec = CODEC_PCMA, .pt = 8}, {.codec = CODEC_PCMU, .pt = 0}};
	unsigned i;

	for (i = 0; i < s->prm.rx_n; i++) {
		if (s->prm.rx[i].pt == pt) {
			*f = s->prm.rx[i];
			return true;
		}
	}
	if (pt == s->prm.pt && !s->prm.rx_n) {
		*f = (struct codec_format) {.codec = (uint8_t)s->prm.codec, .pt = pt};
		return true;
	}
	if (pt != 8 && pt != 0)
		return false;
	*f = law[pt == 0];
	return true;
}

static void lock_source(struct stream *s, const struct sa *src, const struct rtp_header *hdr)
{
	s->rx.src = *src;
	s->rx.ssrc = hdr->ssrc;
	s->rx.locked = true;
	s->rx.synced = s->rx.ts_set = false;
	if (!s->prm.fixed)
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

/* 20 ms that did not come: the codec makes up the first ones of a gap in the sound, where it can; the rest is silent */
static void fill_frame(struct stream *s, int32_t nth, int32_t n, bool sound)
{
	int16_t pcm[GAP_FRAME] = {0};

	if (sound && s->rx.dec && nth < CONCEAL_FRAMES && n == GAP_FRAME)
		codec_conceal(s->rx.dec, pcm);
	put(s, pcm, (size_t)n);
}

/* From where the sound stopped up to time-stamp ts */
static void fill(struct stream *s, uint32_t ts, bool sound)
{
	int32_t nth = 0, gap = s->rx.ts_set ? (int32_t)(ts - s->rx.ts) / (int32_t)MAX(s->rx.clock, 1) : 0;

	s->rx.ts = ts;
	s->rx.ts_set = true;
	for (gap = MIN(gap, FILL_MAX); gap > 0; gap -= GAP_FRAME)
		fill_frame(s, nth++, MIN(gap, GAP_FRAME), sound);
}

static void jitter(struct stream_rx *rx, uint32_t ts, uint64_t now)
{
	const int32_t transit = (int32_t)((uint32_t)(now * STREAM_RATE_KHZ * rx->clock / 1000) - ts);
	const int32_t d = transit - rx->transit;

	rx->transit = transit;
	if (!rx->ts_set)
		return;
	rx->jitter16 += (uint32_t)abs(d) - ((rx->jitter16 + 8) >> 4);
}

/* Another codec than before: its own clock and decoder */
static void change(struct stream *s, const struct codec_format *f)
{
	struct stream_rx *rx = &s->rx;
	const unsigned clock = codec_table[f->codec].clock_hz / GAP_AUDIO_RATE;

	if (rx->clock && rx->fmt.codec == f->codec && rx->fmt.octet_align == f->octet_align)
		return;
	if (clock != rx->clock) {
		rx->ts_set = false;
		rtcp_set_srate_rx(s->rtp, codec_table[f->codec].clock_hz);
	}
	rx->clock = clock;
	rx->fmt = *f;
	rx->dec = mem_deref(rx->dec);
}

static size_t decode(struct stream *s, int16_t *pcm, const uint8_t *buf, size_t n)
{
	struct stream_rx *rx = &s->rx;
	const struct codec_params p = {.id = rx->fmt.codec, .octet_align = rx->fmt.octet_align};

	if (!rx->dec && codec_decoder_alloc(&rx->dec, &p))
		return 0;

	return codec_decode(rx->dec, pcm, buf, n);
}

static void sound(struct stream *s, uint32_t ts, const uint8_t *buf, size_t n)
{
	const bool law = codec_is_g711(s->rx.fmt.codec);
	int16_t pcm[CODEC_PCM_MAX];
	size_t k = n, i;

	if (law)
		level_add(&s->rx.level, s->media->square[s->rx.fmt.codec], buf, n);
	if (wanted(s))
		fill(s, ts, true);
	if (!law || wanted(s))
		k = decode(s, pcm, buf, n);
	if (!law) {
		level_pcm(&s->rx.level, pcm, k);
		codec_follow(s->tx.enc, s->rx.dec);
	}
	s->rx.ts = ts + (uint32_t)k * s->rx.clock;
	s->rx.ts_set = true;
	for (i = 0; wanted(s) && i < k; i += GAP_FRAME)
		put(s, pcm + i, MIN(k - i, GAP_FRAME));
}

static void event(struct stream *s, const struct rtp_header *hdr, const uint8_t *buf, size_t n,
		  enum order order)
{
	struct dtmf_payload p;
	char digit;

	if (dtmf_payload_decode(&p, buf, n))
		return;
	if (order == ORDER_NEXT && wanted(s))
		fill(s, hdr->ts + p.duration, false);

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
	struct codec_format f;
	const bool known = format_of(&f, s, hdr->pt);
	const size_t n = payload(hdr, mbuf_buf(mb), mbuf_get_left(mb));
	enum order order;

	if (!s->le.list || (!is_event && !known) || !source_ok(s, src, hdr, now))
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
		change(s, &f);
		jitter(&s->rx, hdr->ts, now);
		sound(s, hdr->ts, mbuf_buf(mb), n);
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
