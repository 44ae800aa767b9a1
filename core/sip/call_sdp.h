/**
 * @file call_sdp.h  SDP of a call: one audio stream, its codecs and telephone-event (SIP-05, SIP-06)
 */
#ifndef SIP_CALL_SDP_H
#define SIP_CALL_SDP_H

#include <re.h>
#include <stdbool.h>
#include <stdint.h>
#include "core/media/media.h"

/** What the other side's description says, together with ours */
struct call_sdp {
	enum audio_codec codec;
	uint8_t pt;                     /**< to send with */
	bool octet_align;               /**< AMR: how we pack */
	uint8_t mode_set;               /**< AMR: what they take, 0 = all */
	struct codec_format rx[STREAM_FORMATS]; /**< what may come */
	unsigned rx_n;
	int event_tx, event_rx;         /**< telephone-event payload types, -1 = not negotiated */
	uint32_t event_clock_hz;        /**< of the time-stamps of digits */
	bool rtcp_mux;                  /**< reports come and go on the RTP port (RFC 5761) */
	struct sa rtp, rtcp;
	enum sdp_dir dir;               /**< our direction */
	bool held;                      /**< they want nothing: sendonly, inactive, c=0.0.0.0 */
};

/** Origin line (SUP-02) */
struct call_origin {
	const char *user;
	const struct sa *addr;
	uint64_t id;
	uint32_t version;
};

const char *call_codec_name(enum audio_codec codec);    /**< "PCMA" */
int call_sdp_alloc(struct sdp_session **sp, struct sdp_media **mp, const struct sa *laddr,
		   uint16_t port, bool srtp, const struct settings *conf);
int call_sdp_encode(struct mbuf **mbp, struct sdp_session *s, bool offer,
		    const struct call_origin *origin);
int call_sdp_decode(struct call_sdp *out, struct sdp_session *s, struct sdp_media *m,
		    const uint8_t *body, size_t n, bool offer, bool srtp);

#endif
