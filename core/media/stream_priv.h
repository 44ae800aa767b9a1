/**
 * @file stream_priv.h  Inside of the media engine: one RTP leg, shared by media.c and stream_*.c
 */
#ifndef MEDIA_STREAM_PRIV_H
#define MEDIA_STREAM_PRIV_H

#include <re.h>
#include <stdbool.h>
#include <stdint.h>
#include "core/media/jitter.h"
#include "core/media/media.h"

#define STREAM_RATE_KHZ 8               /* samples a millisecond */
#define STREAM_LAWS (CODEC_PCMU + 1)
#define STREAM_TICK_US (1000 * MEDIA_PTIME_MS)

/** Somebody else on the tick, after the legs: once each 20 ms while started */
struct media_ticker {
	struct le le;
	void (*h)(void *arg);           /* may stop its own ticker, no other one */
	void *arg;
};

struct voices;

struct media {
	struct list streams;            /* started ones */
	struct list tickers;
	struct voices *voices;          /* NULL before the first message */
	struct tmr tmr;
	uint64_t next_us;               /* deadline of the next tick */
	bool ticking;                   /* inside of it */
	media_clock_h *clock;
	void *arg;
	uint32_t square[STREAM_LAWS][256]; /* G.711: of each code word, for the levels */
	uint8_t silence[STREAM_LAWS];   /* code word of 0 */
};

/* Mean square of the last whole second */
struct stream_level {
	uint64_t sum, sum_last;
	uint32_t n, n_last;
};

struct stream_tx {
	uint32_t ts;                    /* RTP time-stamp of the next frame */
	bool marker;                    /* next packet starts a talk spurt */
	struct dtmf_tx *dtmf;           /* NULL before the first digit */
	unsigned digit_ms;
	struct codec_encoder *enc;      /* NULL = silence in G.711 needs none */
	struct codec_params params;     /* enc's */
	uint64_t sent;
	struct stream_level level;
};

struct stream_rx {
	struct sa src, candidate;       /* whom we listen to; who may take over */
	uint32_t ssrc, candidate_ssrc;
	uint16_t candidate_seq;
	bool locked, synced, first, ts_set, mute, timed_out;
	uint16_t seq, bad_seq;          /* last in order; expected after a jump */
	uint64_t window;                /* bit n: packet seq - n came */
	uint32_t ts;                    /* time-stamp after the last sample */
	int32_t transit, fastest;       /* of the last packet, of the fastest one [ticks] */
	unsigned creep;                 /* packets since the start */
	bool gap;                       /* packets are missing before this one */
	bool quiet;                     /* a digit came after the last sound */
	bool digit;                     /* it stood here: */
	uint32_t digit_from, digit_to;
	unsigned missing;               /* frames made up in a row */
	uint64_t concealed;             /* frames made up in all */
	struct jitter *jitter;          /* NULL = packets are played as they come */
	int owed;                       /* samples to be played from it */
	unsigned ticks, depth_max_ms;
	uint32_t jitter16;              /* 16 x jitter [samples] */
	uint64_t last_us, received, lost, late;
	struct dtmf_event_rx events;
	struct dtmf_rx *dtmf;
	struct dtmf_merge merge;
	struct codec_decoder *dec;      /* NULL before the first sound that is wanted */
	struct codec_format fmt;        /* dec's */
	unsigned clock;                 /* ticks of the time-stamp a sample at 8,000 Hz */
	int16_t block[GAP_FRAME];       /* what does not fill a frame yet */
	size_t filled;
	struct stream_level level;
};

/* What the other side said about our packets */
struct stream_rtcp {
	struct sa to;                   /* where ours go */
	uint64_t reports;
	uint32_t lost, jitter_us, rtt_us;
};

struct stream {
	struct le le;
	struct media *media;
	struct rtp_sock *rtp;
	struct mbuf *mb;                /* the one packet buffer for sending */
	uint16_t port;
	struct sa sdp, raddr;           /* signalled; where we send */
	struct stream_params prm;
	stream_event_h *h;
	void *arg;
	stream_read_h *rh;
	stream_write_h *wh;
	void *audio_arg;
	struct stream_tx tx;
	struct stream_rx rx;
	struct stream_rtcp rtcp;
	struct secure *secure;          /* NULL = plain (SIP-09) */
	unsigned ticks;
};

/* media.c */
uint64_t media_now(const struct media *m);
void media_add(struct media *m, struct stream *s);
void media_remove(struct media *m, struct stream *s);
void media_ticker_start(struct media *m, struct media_ticker *t);
void media_ticker_stop(struct media *m, struct media_ticker *t);
struct voices *media_voices(struct media *m);

/* stream.c */
void stream_step(struct stream *s, uint64_t now_us);
void stream_event(struct stream *s, const struct stream_event *ev);
void stream_no_read(int16_t *pcm, size_t n, void *arg);
void stream_no_write(const int16_t *pcm, size_t n, void *arg);

/* stream_tx.c */
void stream_tx_step(struct stream *s);
int stream_tx_encoder(struct stream *s);
void stream_tx_digits(struct stream *s);

/* stream_rx.c */
void stream_recv(const struct sa *src, const struct rtp_header *hdr, struct mbuf *mb, void *arg);
void stream_rx_digit(struct stream *s, enum dtmf_via via, char digit);
int stream_rx_detector(struct stream *s);

/* stream_rtcp.c */
void stream_rtcp_recv(const struct sa *src, struct rtcp_msg *msg, void *arg);
void stream_rtcp_start(struct stream *s, const struct sa *rtcp);

/* stream_play.c */
void play_sound(struct stream *s, const struct jitter_packet *p, bool in_order, uint64_t now);
void play_digit(struct stream *s, uint32_t from, uint32_t to, bool in_order);
void play_step(struct stream *s);

/* stream_level.c */
void level_tables(struct media *m);
void level_add(struct stream_level *l, const uint32_t square[256], const uint8_t *buf, size_t n);
void level_pcm(struct stream_level *l, const int16_t *pcm, size_t n);
void level_second(struct stream_level *l);
double level_dbm0(const struct stream_level *l);

#endif
