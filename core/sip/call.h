/**
 * @file call.h  One SIP call with its media: INVITE, answer, BYE, CANCEL, re-INVITE, INFO
 *
 * Reference-counted; the destructor finishes the protocol (CANCEL or BYE).  One short file a verb.
 * Requirements: SIP-02, SIP-06, SIP-10, SUP-02.
 */
#ifndef SIP_CALL_H
#define SIP_CALL_H

#include "ua.h"

enum call_event_type {
	CALL_PROGRESS,          /**< scode 180 / 183 */
	CALL_ANSWERED,          /**< established, media runs; codec, via of digits */
	CALL_CLOSED,            /**< the last event of a call; see struct call_event */
	CALL_HOLD,              /**< held: the other side put us on hold, or resumed (SIP-10) */
	CALL_DIGIT,             /**< digit, via */
	CALL_DIGITS_SENT,
	CALL_MEDIA_TIMEOUT,     /**< no RTP for media_timeout_s */
	CALL_ENCRYPTION,        /**< ok: new keys, reason = their suite; else what was wrong with SDP (SIP-09) */
	CALL_SAS,               /**< reason = ZRTP's short authentication string */
	CALL_ICE                /**< err 0: reason is where sound goes now; else no pair works (SIP-08) */
};

/**
 * CALL_CLOSED says why: scode 300..699 with its reason = the final answer to our INVITE, or 487
 * when the caller gave up before our answer; scode 0 and err 0 = BYE by the other side;
 * err = ETIMEDOUT nobody answered (32 s) or acknowledged, ENOTSUP or EBADMSG no usable SDP in the
 * answer, ENOKEY not encrypted as the settings want, others by the network.
 *
 * Events are delivered from the loop, never inside another function of this module, so a handler
 * may drop its reference, hang up or dial.
 */
struct call_event {
	enum call_event_type type;
	uint16_t scode;
	int err;
	const char *reason;             /**< reason phrase, "" */
	char digit;
	enum dtmf_via via;
	bool held, ok;
};
typedef void (call_event_h)(struct call *call, const struct call_event *ev, void *arg);

struct call_dial {
	const char *to;                 /**< "sip:192.168.0.22" */
	const char *from_user;          /**< "123456789_bouton_appel" (SUP-02); NULL = agent's */
	const struct ua_identity *as;   /**< an account; its user stands for from_user.  NULL = the agent */
	const char *headers;            /**< extra header lines, CRLF-ended, or NULL */
};

int  call_dial(struct call **cp, struct ua *ua, const struct call_dial *d, call_event_h *h,
	       void *arg);
void call_set_handler(struct call *c, call_event_h *h, void *arg);
void call_audio(struct call *c, stream_read_h *rh, stream_write_h *wh, void *arg);
int  call_ring(struct call *c); /**< 180; also sent for an owner that keeps it and says nothing */
int  call_answer(struct call *c);                       /**< 200 with SDP */
int  call_progress(struct call *c, uint16_t scode, const char *reason, bool sdp); /**< 183 */
int  call_reject(struct call *c, uint16_t scode, const char *reason);
int  call_hangup(struct call *c); /**< CANCEL, BYE, or 480 to a ringing call; no event follows */
int  call_hold(struct call *c, bool hold);              /**< re-INVITE sendonly / sendrecv */
int  call_digits(struct call *c, const char *digits, unsigned on_ms, unsigned off_ms);
void call_mute_digits(struct call *c, bool mute);
const char *call_peer(const struct call *c);            /**< remote URI */
const char *call_id(const struct call *c);              /**< Call-ID */
bool call_established(const struct call *c);
const char *call_encryption(const struct call *c);      /**< "none", "srtp", "zrtp" */
const char *call_codec(const struct call *c);           /**< "PCMA", "" before the answer */
enum dtmf_via call_dtmf_via(const struct call *c);
void call_stats(const struct call *c, struct stream_stats *st);

#endif
