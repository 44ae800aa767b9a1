/**
 * @file stream_rx.c  Receiving side of an RTP leg (SIP-05, SIP-06, SIP-08)
 *
 * Whom we listen to: the signalled address at once; another one (behind a NAT) after two packets in
 * a row, while nobody else has spoken for 200 ms; from then on we send there too.
 *
 *     packet      next   gap            before (not seen)   seen      jump of 3000
 *     what        taken  lost counted   put in order        dropped   taken if the next follows
 *
 * Digits by RFC 4733 count at once, even when their packet is late; sound goes on to stream_play.c.
 */
#include <errno.h>
#include <re.h>
#include <string.h>
#include "core/media/stream_priv.h"

#define TAKEOVER_US 200000u
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
	if (s->prm.rtcp_mux)
		stream_rtcp_start(s, src);
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
		rx->gap |= d > 1;
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

static void event(struct stream *s, const struct rtp_header *hdr, const uint8_t *buf, size_t n,
		  enum order order)
{
	struct dtmf_payload p;
	char digit;

	if (dtmf_payload_decode(&p, buf, n))
		return;
	play_digit(s, hdr->ts, hdr->ts + p.duration, order == ORDER_NEXT);
	s->rx.events.clock_hz = s->prm.event_clock_hz;
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
	else if (n && n <= CODEC_PCM_MAX) {
		const struct jitter_packet p = {
			.mb = mb, .payload = mbuf_buf(mb), .n = n, .ts = hdr->ts, .seq = hdr->seq, .fmt = f,
		};

		play_sound(s, &p, order == ORDER_NEXT, now);
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
