/**
 * @file media.h  The media engine: one 20 ms tick for all RTP legs
 *
 * libre's timers are a sorted list, so one timer a leg does not scale: every stream of a process
 * is stepped by one tick with absolute deadlines (20 ms, drift-free).  The tick runs only while
 * there are started streams, or a voice message is spoken (voice.c).
 */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H

#include <stdint.h>
#include "codec.h"
#include "dtmf.h"

struct sa;
struct udp_sock;
struct media;
struct stream;

#define MEDIA_PTIME_MS 20

typedef uint64_t (media_clock_h)(void *arg);            /**< monotonic [us] */

int media_alloc(struct media **mp, media_clock_h *clock, void *arg); /**< mem_deref frees */
int media_voices_load(struct media *m, const char *dir, unsigned *loaded, char *err, size_t errsize);

/** What a stream tells its owner, from the loop; the owner may not free the stream inside */
enum stream_event_type {
	STREAM_DIGIT,           /**< a digit was received (merged over all ways) */
	STREAM_DIGITS_SENT,     /**< the queue of digits to send ran empty */
	STREAM_INFO,            /**< send this digit by SIP INFO now (digit, duration_ms) */
	STREAM_TIMEOUT,         /**< no packet for timeout_s */
	STREAM_FIRST,           /**< first packet received */
	STREAM_ENCRYPTED,       /**< ZRTP gave keys; text = their suite (SIP-09) */
	STREAM_SAS,             /**< text = its short authentication string */
	STREAM_PLAIN            /**< it gave none; text = why */
};
struct stream_event {
	enum stream_event_type type;
	char digit;
	enum dtmf_via via;
	unsigned duration_ms;
	const char *text;               /**< borrowed */
};
typedef void (stream_event_h)(const struct stream_event *ev, void *arg);

/** Sound of the leg: fill / take GAP_FRAME samples, mono, 8000 Hz.  NULL = silence / discard. */
typedef void (stream_read_h)(int16_t *pcm, size_t n, void *arg);
typedef void (stream_write_h)(const int16_t *pcm, size_t n, void *arg);

/** What was negotiated */
#define STREAM_FORMATS (CODEC_COUNT * CODEC_FORMATS)
struct stream_params {
	enum audio_codec codec;
	uint8_t pt;                     /**< payload type of the codec, ours to send */
	bool octet_align;               /**< AMR: how ours is packed */
	uint8_t mode_set;               /**< AMR: what the other side takes, 0 = all */
	struct codec_format rx[STREAM_FORMATS]; /**< what may come, with the types we gave */
	unsigned rx_n;
	int event_pt_tx, event_pt_rx;   /**< telephone-event payload types, -1 = not negotiated */
	uint32_t event_clock_hz;        /**< of their time-stamps, 0 = the codec's */
	unsigned jitter_min_ms, jitter_max_ms; /**< how long sound may wait; max 0 = no buffer */
	bool send, receive;             /**< direction (hold) */
	bool tx_events, tx_info, tx_inband;     /**< how digits are sent (SIP-06) */
	bool listen;                    /**< in-band detector runs */
	int level_dbm0, twist_db;       /**< in-band sending */
	unsigned timeout_s;             /**< 0 = never */
	bool rtcp_mux;                  /**< reports on the RTP port (RFC 5761) */
	bool fixed;                     /**< not symmetric: sound goes where they announced, wherever theirs comes from */
};

#define STREAM_SILENCE_DBM0 (-99.0)     /**< level of nothing at all; zeros are -66 in A-law */

struct stream_stats {
	uint64_t sent, received;        /**< packets; duplicates and strangers' are not counted */
	uint64_t lost, late;            /**< never came; came too late to be heard */
	uint64_t concealed;             /**< frames of 20 ms that were made up or left silent, digits' not counted */
	unsigned buffer_ms, buffer_max_ms; /**< how long packets wait now, and at most so far */
	uint32_t jitter_us;             /**< RFC 3550 §6.4.1, audio packets */
	uint64_t reports;               /**< the other side's about us; the next three are the last one's */
	uint32_t remote_lost, remote_jitter_us, rtt_us;
	double rx_dbm0, tx_dbm0;        /**< level of the last whole second, as coded */
	uint64_t forged, replayed;      /**< encrypted ones that were not authentic, or came before (SIP-09) */
};

int  stream_alloc(struct stream **sp, struct media *m, const struct sa *laddr, uint16_t port_min,
		  uint16_t port_max, stream_event_h *h, void *arg);
void stream_audio(struct stream *s, stream_read_h *rh, stream_write_h *wh, void *arg);
uint16_t stream_port(const struct stream *s);
void stream_owner(struct stream *s, stream_event_h *h, void *arg);      /**< one made before its call */
struct udp_sock *stream_sock(const struct stream *s, bool rtcp);        /**< NULL once stopped */
int  stream_start(struct stream *s, const struct sa *raddr, const struct sa *rtcp,
		  const struct stream_params *prm);     /**< again = change them (re-INVITE) */
void stream_stop(struct stream *s);     /**< final: RTCP BYE, sockets closed, figures stay */
void stream_abort(struct stream *s);    /**< power lost: as stream_stop(), nothing is sent */
int  stream_digits(struct stream *s, const char *digits, unsigned on_ms, unsigned off_ms);
void stream_digits_cancel(struct stream *s);
void stream_mute_rx(struct stream *s, bool mute);       /**< in-band detector deaf (SUP-24) */
void stream_info_digit(struct stream *s, char digit);   /**< came by SIP INFO: into the merger */
void stream_stats(const struct stream *s, struct stream_stats *st);

#endif
