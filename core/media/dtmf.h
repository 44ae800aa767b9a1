/**
 * @file dtmf.h  DTMF both ways by RFC 4733, SIP INFO and in-band (SIP-06, SUP-24)
 *
 * One sender, one in-band detector, one RFC 4733 decoder, and one merger that reports each digit
 * once however many ways it came. All pure: samples and payloads in, digits out; no clock, no
 * socket. The sampling rate is 8,000 Hz throughout; the RTP clock of events may be another.
 */
#ifndef MEDIA_DTMF_H
#define MEDIA_DTMF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dtmf_via { DTMF_VIA_RFC4733, DTMF_VIA_INFO, DTMF_VIA_INBAND, DTMF_VIAS };

const char *dtmf_via_name(enum dtmf_via via);   /**< "rfc4733", "info", "inband" */
bool dtmf_is_digit(char c);                     /**< 0-9 A-D * # */
int dtmf_event(char digit);                     /**< RFC 4733 event code 0..15, -1 */
char dtmf_digit(int event);                     /**< inverse, '\0' */

/* --- RFC 4733 payload --- */
struct dtmf_payload { uint8_t event; bool end; uint8_t volume; uint16_t duration; };
#define DTMF_PAYLOAD 4
void dtmf_payload_encode(uint8_t buf[DTMF_PAYLOAD], const struct dtmf_payload *p);
int dtmf_payload_decode(struct dtmf_payload *p, const uint8_t *buf, size_t n); /**< EBADMSG */

/** RFC 4733 receiver: the RTP time-stamp decides what is a new digit, so a digit survives the loss
 *  of all its end packets and two equal digits in a row are two. Zero before first use. */
#define DTMF_EVENTS_KEPT 8
struct dtmf_event_rx {
	struct { uint32_t ts; uint8_t event; bool end; } kept[DTMF_EVENTS_KEPT];
	unsigned n;             /**< digits heard; kept[] is a ring of the last ones */
	uint32_t clock_hz;      /**< of the time-stamps, 0 = 8,000 */
};
char dtmf_event_recv(struct dtmf_event_rx *rx, const struct dtmf_payload *p, uint32_t ts,
		     bool marker);

/* --- sender: a queue of digits turned into 20 ms steps --- */
#define DTMF_QUEUE 64
#define DTMF_TIME_MIN_MS 40
#define DTMF_TIME_MAX_MS 1000
#define DTMF_STEP_MAX 320       /**< longest step [samples]: one digit border a step at most */
enum dtmf_tx_state { DTMF_TX_IDLE, DTMF_TX_ON, DTMF_TX_OFF };
struct dtmf_tx;         /* opaque: queue, on/off times [ms], level; see dtmf_tx_* */

/** What to send in one 20 ms step */
struct dtmf_step {
	bool tone;              /**< in-band: pcm was overwritten (door's voice is muted) */
	bool event;             /**< RFC 4733: send payload p, marker m, time-stamp ts_start */
	bool marker;
	struct dtmf_payload p;
	uint32_t ts_start;      /**< RTP time-stamp of the digit's first sample */
	unsigned repeat;        /**< times to send this packet now (3 for the end packet) */
	char started;           /**< digit begun in this step (SIP INFO is sent then), or '\0' */
	char ended;             /**< digit that ended in this step, else '\0' */
	bool done;              /**< the queue ran empty in this step (after the last pause) */
};
int dtmf_tx_alloc(struct dtmf_tx **txp);                /**< libre's mem_zalloc; mem_deref frees */
int dtmf_tx_queue(struct dtmf_tx *tx, const char *digits, unsigned on_ms, unsigned off_ms);
void dtmf_tx_cancel(struct dtmf_tx *tx);
bool dtmf_tx_busy(const struct dtmf_tx *tx);
void dtmf_tx_set(struct dtmf_tx *tx, bool inband, bool events, int level_dbm0, int twist_db);
void dtmf_tx_step(struct dtmf_tx *tx, struct dtmf_step *st, int16_t *pcm, size_t n, uint32_t ts);

/* --- in-band detector --- */
typedef void (dtmf_digit_h)(char digit, void *arg);
struct dtmf_rx;
int dtmf_rx_alloc(struct dtmf_rx **rxp, dtmf_digit_h *h, void *arg);
void dtmf_rx_put(struct dtmf_rx *rx, const int16_t *pcm, size_t n);
bool dtmf_rx_hears(const struct dtmf_rx *rx);
void dtmf_rx_reset(struct dtmf_rx *rx);

/* --- merger: one digit however many ways. Zero before first use. --- */
#define DTMF_MERGE_US 400000u           /**< RFC 4733 and in-band report one digit within this */
#define DTMF_MERGE_INFO_US 800000u      /**< INFO may come at the end of a 500 ms digit */
#define DTMF_MERGE_KEPT 16
struct dtmf_merge {
	struct { uint64_t t_us; char digit; uint8_t first, ways; } kept[DTMF_MERGE_KEPT];
	unsigned n;             /**< digits counted; kept[] is a ring of the last ones */
};
bool dtmf_merge(struct dtmf_merge *m, enum dtmf_via via, char digit, uint64_t t_us);

#endif
