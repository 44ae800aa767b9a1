/**
 * @file stream_play.c  Received sound on its way to the loudspeaker and the in-band detector (SIP-05, SIP-06, SIP-08)
 *
 * Two ways, and one decoder for both listeners, which codecs with a memory demand:
 *
 *     direct      packets in order and in time are played as they come: no delay, no copy
 *     buffered    jitter.c; from the first packet that is lost, out of order or 10 ms late, until ten seconds
 *                 passed without any; the media tick takes 20 ms out of it each time
 *
 * Digits by RFC 4733 do not pass here: they count when they come.  The detector listens after the buffer: put
 * in order and without holes a tone is heard whole, at the price of the delay.
 *
 * Missing sound: the codec, or spandsp for those that cannot (conceal.c), makes up 60 ms, which fade; what
 * follows is silent.  Direct, a gap of the time-stamps is filled up to 200 ms, so that both keep their time.
 */
#include <string.h>
#include "core/media/join.h"
#include "core/media/stream_priv.h"

#define FILL_MAX 1600                   /* samples: 200 ms */
#define CONCEAL_FRAMES 3                /* 60 ms that may be made up; longer inventions are noise */
#define LAG_MAX 80                      /* samples: 10 ms late is jitter */
#define CREEP_PACKETS 16                /* the fastest way is forgotten by a sample each so many: 400 ppm */
#define STEP_MAX (1u << 26)             /* ticks: more is no jitter, and would overflow its sum */
#define WINDOW_TICKS 100                /* 2 s */

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

static bool wanted(const struct stream *s)
{
	return listening(s) || s->wh != stream_no_write;
}

static void put(struct stream *s, const int16_t *pcm, size_t n)
{
	size_t i;

	for (i = 0; i < n; i += GAP_FRAME) {
		const size_t part = MIN(n - i, GAP_FRAME);

		if (listening(s))
			dtmf_rx_put(s->rx.dtmf, pcm + i, part);
		if (s->wh != stream_no_write)
			to_sink(s, pcm + i, part);
	}
}

/* 20 ms or less that did not come: made up at the beginning of a gap in the sound, then silent */
static void fill_frame(struct stream *s, size_t n, bool sound)
{
	struct stream_rx *rx = &s->rx;
	int16_t pcm[GAP_FRAME] = {0};

	if (sound && rx->dec && rx->missing < CONCEAL_FRAMES)
		codec_conceal(rx->dec, pcm);
	rx->missing++;
	rx->concealed += sound;
	put(s, pcm, n);
}

/* From where the sound stopped up to time-stamp ts */
static void fill(struct stream *s, uint32_t ts, bool sound)
{
	int32_t gap = s->rx.ts_set ? (int32_t)(ts - s->rx.ts) / (int32_t)MAX(s->rx.clock, 1) : 0;

	s->rx.ts = ts;
	s->rx.ts_set = true;
	for (gap = MIN(gap, FILL_MAX); gap > 0; gap -= GAP_FRAME)
		fill_frame(s, (size_t)MIN(gap, GAP_FRAME), sound);
}

static unsigned clock_of(const struct codec_format *f)
{
	return codec_table[f->codec].clock_hz / GAP_AUDIO_RATE;
}

/* Another codec than before: its own clock and decoder */
static void change(struct stream *s, const struct codec_format *f)
{
	struct stream_rx *rx = &s->rx;
	const unsigned clock = clock_of(f);

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

/* Samples of a packet; of G.711 that nobody wants, their number and the level only */
static size_t hear(struct stream *s, int16_t *pcm, const struct jitter_packet *p)
{
	const bool law = codec_is_g711(s->rx.fmt.codec);
	size_t k = p->n;

	if (law)
		level_add(&s->rx.level, s->media->square[s->rx.fmt.codec], p->payload, p->n);
	if (!law || wanted(s))
		k = decode(s, pcm, p->payload, p->n);
	if (!law) {
		level_pcm(&s->rx.level, pcm, k);
		codec_follow(s->tx.enc, s->rx.dec);
	}

	return k;
}

/* --- direct --- */

static void direct(struct stream *s, const struct jitter_packet *p)
{
	struct stream_rx *rx = &s->rx;
	int16_t pcm[CODEC_PCM_MAX];
	size_t k;

	change(s, &p->fmt);
	if (wanted(s))
		fill(s, p->ts, !rx->quiet);
	rx->missing = 0;
	rx->quiet = false;
	k = hear(s, pcm, p);
	rx->ts = p->ts + (uint32_t)k * rx->clock;
	rx->ts_set = true;
	if (wanted(s))
		put(s, pcm, k);
}

/* --- buffered --- */

static bool in_digit(const struct stream_rx *rx)
{
	const uint32_t ts = jitter_ts(rx->jitter);

	return rx->quiet || (rx->digit && (int32_t)(ts - rx->digit_from) >= 0 && (int32_t)(rx->digit_to - ts) > 0);
}

static void play_hole(struct stream *s)
{
	struct stream_rx *rx = &s->rx;
	const unsigned n = MIN(jitter_hole(rx->jitter), (unsigned)GAP_FRAME);

	fill_frame(s, n, !in_digit(rx));
	jitter_filled(rx->jitter, n);
	rx->owed -= (int)n;
}

static size_t take(struct stream *s, int16_t *pcm, struct jitter_packet *p)
{
	size_t k;

	change(s, &p->fmt);
	k = hear(s, pcm, p);
	jitter_played(s->rx.jitter, (unsigned)k);
	mem_deref(p->mb);
	s->rx.missing = 0;

	return k;
}

/* Joined with the frame after it, where that is at hand and of 20 ms too */
static size_t join_next(struct stream *s, int16_t *pcm)
{
	int16_t next[CODEC_PCM_MAX];
	struct jitter_packet p;
	size_t k, n;

	if (!jitter_get(s->rx.jitter, &p))
		return GAP_FRAME;
	k = take(s, next, &p);
	memcpy(pcm + GAP_FRAME, next, MIN(k, CODEC_PCM_MAX - (size_t)GAP_FRAME) * sizeof(*pcm));
	if (k != GAP_FRAME)
		return GAP_FRAME + MIN(k, CODEC_PCM_MAX - (size_t)GAP_FRAME);
	n = join_frames(pcm);
	jitter_skip(s->rx.jitter, (unsigned)(2 * GAP_FRAME - n));

	return n;
}

/* Catch up where the delay is longer than needed: best in silence, never in a tone that may be a digit */
static size_t shorten(struct stream *s, int16_t *pcm, size_t k)
{
	const unsigned excess = jitter_excess(s->rx.jitter);

	if (k != GAP_FRAME || excess < GAP_FRAME)
		return k;
	if (join_silent(pcm)) {
		jitter_skip(s->rx.jitter, GAP_FRAME);
		return 0;
	}
	if (excess < 2 * GAP_FRAME || (listening(s) && dtmf_rx_hears(s->rx.dtmf)))
		return k;

	return join_next(s, pcm);
}

static void play_next(struct stream *s, struct jitter_packet *p)
{
	int16_t pcm[CODEC_PCM_MAX];
	size_t k = take(s, pcm, p);

	k = shorten(s, pcm, k);
	put(s, pcm, k);
	s->rx.owed -= (int)k;
}

/* What is left is played at once; nothing waits from now on */
static void unbuffer(struct stream *s)
{
	struct stream_rx *rx = &s->rx;
	struct jitter_packet p;
	unsigned hole;

	while (wanted(s) && (hole = jitter_hole(rx->jitter)) != UINT32_MAX) {
		jitter_filled(rx->jitter, hole);
		if (jitter_get(rx->jitter, &p))
			play_next(s, &p);
	}
	rx->ts = jitter_ts(rx->jitter);
	rx->owed = 0;
	rx->ticks = 0;
	rx->jitter = mem_deref(rx->jitter);
}

static void window(struct stream *s)
{
	jitter_window(s->rx.jitter);
	if (jitter_calm(s->rx.jitter))
		unbuffer(s);
}

/* 20 ms out of the buffer: called by each media tick */
void play_step(struct stream *s)
{
	struct stream_rx *rx = &s->rx;
	struct jitter_packet p;

	if (!rx->jitter)
		return;
	for (rx->owed += GAP_FRAME; rx->owed > 0;) {
		if (jitter_get(rx->jitter, &p))
			play_next(s, &p);
		else
			play_hole(s);
	}
	if (++rx->ticks >= WINDOW_TICKS) {
		rx->ticks = 0;
		window(s);
	}
}

/* p is in order, and what came before it was played; or it is not, and a later one was */
static void buffer(struct stream *s, const struct jitter_packet *p, bool in_order)
{
	struct stream_rx *rx = &s->rx;

	if (jitter_alloc(&rx->jitter, s->prm.jitter_min_ms, s->prm.jitter_max_ms))
		return;
	if (in_order && rx->ts_set)
		fill(s, p->ts, !rx->quiet);
	jitter_start(rx->jitter, in_order ? (uint16_t)(p->seq - 1) : rx->seq, in_order ? p->ts : rx->ts, rx->clock);
	rx->ts_set = true;
	rx->owed = 0;
}

static void buffered(struct stream *s, const struct jitter_packet *p)
{
	struct stream_rx *rx = &s->rx;

	if (!rx->ts_set)
		jitter_start(rx->jitter, (uint16_t)(p->seq - 1), p->ts, rx->clock);
	rx->ts_set = true;
	rx->quiet = false;
	rx->late += jitter_put(rx->jitter, p);
	rx->depth_max_ms = MAX(rx->depth_max_ms, jitter_depth_ms(rx->jitter));
}

/* RFC 3550 §6.4.1; returns how much longer than the fastest one this packet was under way [samples] */
static int32_t jitter(struct stream_rx *rx, uint32_t ts, uint64_t now)
{
	const int32_t transit = (int32_t)((uint32_t)(now * STREAM_RATE_KHZ * rx->clock / 1000) - ts);
	const int32_t d = (int32_t)((uint32_t)transit - (uint32_t)rx->transit);
	const uint32_t size = d < 0 ? 0 - (uint32_t)d : (uint32_t)d;

	rx->transit = transit;
	if (!rx->ts_set) {
		rx->fastest = transit;
		return 0;
	}
	rx->jitter16 += MIN(size, STEP_MAX) - ((rx->jitter16 + 8) >> 4);
	if (++rx->creep % CREEP_PACKETS == 0)
		rx->fastest = (int32_t)((uint32_t)rx->fastest + rx->clock);
	if ((int32_t)((uint32_t)transit - (uint32_t)rx->fastest) < 0)
		rx->fastest = transit;

	return (int32_t)((uint32_t)transit - (uint32_t)rx->fastest) / (int32_t)rx->clock;
}

static bool disorder(const struct stream *s, bool in_order, int32_t lag)
{
	if (!s->prm.jitter_max_ms || !wanted(s))
		return false;

	return !in_order || s->rx.gap || lag > LAG_MAX || s->prm.jitter_min_ms;
}

/**
 * A packet of sound came.
 *
 * @param s        Stream
 * @param p        Packet; its mb is borrowed, and kept where it has to wait
 * @param in_order No later one came before it
 * @param now      [us]
 */
void play_sound(struct stream *s, const struct jitter_packet *p, bool in_order, uint64_t now)
{
	struct stream_rx *rx = &s->rx;
	int32_t lag = 0;

	if (rx->jitter && (!wanted(s) || clock_of(&p->fmt) != rx->clock))
		unbuffer(s);
	if (clock_of(&p->fmt) != rx->clock)
		change(s, &p->fmt);
	if (in_order)
		lag = jitter(rx, p->ts, now);
	if (!rx->jitter && disorder(s, in_order, lag))
		buffer(s, p, in_order);
	rx->gap = false;
	if (rx->jitter)
		buffered(s, p);
	else if (in_order)
		direct(s, p);
	else
		rx->late++;
}

/**
 * A digit by RFC 4733 stands instead of the sound: silence, nothing made up.
 *
 * @param s        Stream
 * @param from     Time-stamp of its first sample
 * @param to       After the last one that is known
 * @param in_order No later packet came before it
 */
void play_digit(struct stream *s, uint32_t from, uint32_t to, bool in_order)
{
	struct stream_rx *rx = &s->rx;

	rx->quiet |= in_order;
	if (!s->prm.event_clock_hz || s->prm.event_clock_hz == rx->clock * GAP_AUDIO_RATE) {
		rx->digit = true;
		rx->digit_from = from;
		rx->digit_to = to;
		if (in_order && !rx->jitter && wanted(s))
			fill(s, to, false);
	}
}
