/**
 * @file stream_tx.c  Sending side of an RTP leg: sound or digits (SIP-05, SIP-06)
 *
 * While a digit goes out by RFC 4733 its packets take the place of the sound and carry the
 * time-stamp of the digit's start; the time-stamp of the sound runs on meanwhile.
 */
#include <errno.h>
#include <re.h>
#include <string.h>
#include "core/media/stream_priv.h"

static void packet(struct stream *s, bool marker, uint8_t pt, uint32_t ts, const uint8_t *buf,
		   size_t n)
{
	struct mbuf *mb = s->mb;

	mb->pos = mb->end = RTP_HEADER_SIZE;
	if (mbuf_write_mem(mb, buf, n))
		return;
	mb->pos = RTP_HEADER_SIZE;
	if (!rtp_send(s->rtp, &s->raddr, false, marker, pt, ts, mb))
		s->tx.sent++;
}

/* Ticks of the time-stamp a sample at 8,000 Hz */
static unsigned clock_of(const struct stream *s)
{
	return codec_table[s->prm.codec].clock_hz / GAP_AUDIO_RATE;
}

/* The same for digits: the codec's clock, unless the peer offered telephone-event at 8,000 Hz alone */
static unsigned event_clock_of(const struct stream *s)
{
	return s->prm.event_clock_hz ? s->prm.event_clock_hz / GAP_AUDIO_RATE : clock_of(s);
}

/* Make the encoder of what was negotiated; again = keep it where nothing changed */
int stream_tx_encoder(struct stream *s)
{
	const struct codec_params p = {
		.id = s->prm.codec, .octet_align = s->prm.octet_align, .mode_set = s->prm.mode_set
	};
	struct codec_encoder *enc;
	const struct codec_params *now = &s->tx.params;
	int err;

	if (s->tx.enc && now->id == p.id && now->octet_align == p.octet_align && now->mode_set == p.mode_set)
		return 0;
	err = codec_encoder_alloc(&enc, &p);
	if (err)
		return err;

	mem_deref(s->tx.enc);
	s->tx.enc = enc;
	s->tx.params = p;
	rtcp_set_srate_tx(s->rtp, codec_table[p.id].clock_hz);

	return 0;
}

static size_t encode(struct stream *s, uint8_t *buf, const int16_t *pcm)
{
	static const int16_t silence[GAP_FRAME];
	const enum audio_codec id = s->prm.codec;
	size_t n;

	if (!pcm && codec_is_g711(id)) {
		memset(buf, s->media->silence[id], GAP_FRAME);
		n = GAP_FRAME;
	}
	else {
		n = codec_encode(s->tx.enc, buf, pcm ? pcm : silence);
	}
	if (codec_is_g711(id))
		level_add(&s->tx.level, s->media->square[id], buf, n);
	else
		level_pcm(&s->tx.level, pcm ? pcm : silence, GAP_FRAME);

	return n;
}

static void sound(struct stream *s, const int16_t *pcm, uint32_t ts)
{
	uint8_t buf[CODEC_PAYLOAD_MAX];
	const size_t n = encode(s, buf, pcm);

	if (!n)
		return;
	packet(s, s->tx.marker, s->prm.pt, ts * clock_of(s), buf, n);
	s->tx.marker = false;
}

static void event(struct stream *s, const struct dtmf_step *st)
{
	uint8_t buf[DTMF_PAYLOAD];
	const unsigned clock = event_clock_of(s);
	struct dtmf_payload p = st->p;
	unsigned i;

	p.duration = (uint16_t)(p.duration * clock);
	dtmf_payload_encode(buf, &p);
	for (i = 0; i < st->repeat; i++)
		packet(s, st->marker && i == 0, (uint8_t)s->prm.event_pt_tx, st->ts_start * clock, buf,
		       sizeof(buf));
}

static void digit_step(struct stream *s, struct dtmf_step *st, int16_t *pcm, uint32_t ts)
{
	dtmf_tx_step(s->tx.dtmf, st, pcm, GAP_FRAME, ts);
	if (st->started && s->prm.tx_info) {
		const struct stream_event ev = {
			.type = STREAM_INFO, .digit = st->started, .duration_ms = s->tx.digit_ms
		};
		stream_event(s, &ev);
	}
}

/* One frame out: called each 20 ms while the leg is started */
void stream_tx_step(struct stream *s)
{
	const uint32_t ts = s->tx.ts;
	struct dtmf_step st = { .event = false };
	int16_t pcm[GAP_FRAME];

	s->tx.ts += GAP_FRAME;
	if (!s->prm.send || !sa_isset(&s->raddr, SA_ALL)) {
		s->tx.marker = true;
		return;
	}
	if (!s->tx.dtmf || !dtmf_tx_busy(s->tx.dtmf)) {
		if (s->rh != stream_no_read)
			s->rh(pcm, GAP_FRAME, s->audio_arg);
		sound(s, s->rh != stream_no_read ? pcm : NULL, ts);
		return;
	}

	s->rh(pcm, GAP_FRAME, s->audio_arg);
	digit_step(s, &st, pcm, ts);
	if (st.event)
		event(s, &st);
	else
		sound(s, pcm, ts);
	if (st.done) {
		const struct stream_event ev = { .type = STREAM_DIGITS_SENT };

		stream_event(s, &ev);
	}
}

/* How digits go out now: after each change of the parameters */
void stream_tx_digits(struct stream *s)
{
	const struct stream_params *p = &s->prm;

	if (s->tx.dtmf)
		dtmf_tx_set(s->tx.dtmf, p->tx_inband, p->tx_events, p->level_dbm0, p->twist_db);
}

/**
 * Queue digits to be sent the negotiated way; STREAM_DIGITS_SENT follows.
 *
 * @param s      Stream
 * @param digits 0-9 A-D * #
 * @param on_ms  Length of a digit [ms]
 * @param off_ms Pause after it [ms]
 *
 * @return 0, EINVAL not a digit or time out of range, ENOSPC queue full, ENOMEM
 *
 * Nothing goes out while the direction forbids sending (hold); the queue waits.
 */
int stream_digits(struct stream *s, const char *digits, unsigned on_ms, unsigned off_ms)
{
	int err;

	if (!s || !digits)
		return EINVAL;

	if (!s->tx.dtmf) {
		err = dtmf_tx_alloc(&s->tx.dtmf);
		if (err)
			return err;
		stream_tx_digits(s);
	}
	s->tx.digit_ms = on_ms;

	return dtmf_tx_queue(s->tx.dtmf, digits, on_ms, off_ms);
}

/**
 * Forget the digits not yet sent.
 *
 * @param s Stream
 */
void stream_digits_cancel(struct stream *s)
{
	if (s && s->tx.dtmf)
		dtmf_tx_cancel(s->tx.dtmf);
}
