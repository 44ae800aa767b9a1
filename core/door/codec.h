/**
 * @file codec.h  The one table of audio codecs (SIP-05)
 *
 * Settings, SDP and documentation read these rows; how a codec is coded is the same row of
 * core/media/codec.c.  Every packet carries 20 ms, and every codec meets the port at 8,000 Hz.
 *
 * Plain C11, no allocation.
 */
#ifndef DOOR_CODEC_H
#define DOOR_CODEC_H

#include "settings.h"

#define CODEC_NAME 16                   /**< longest name, with its end */
#define CODEC_FORMATS 2                 /**< ways of one codec to be packed */

/** One format line of SDP; where a codec can be packed in two ways, each has a line */
struct codec_format {
	uint8_t codec;                  /**< enum audio_codec: the row it stands in */
	uint8_t pt;                     /**< payload type offered; below 96 = static (RFC 3551) */
	bool octet_align;               /**< AMR: RFC 4867 §4.4 rather than §4.3 */
	const char *fmtp;               /**< offered, NULL = none */
};

struct codec {
	const char *name;               /**< in settings and events */
	const char *sdp;                /**< encoding name of a=rtpmap */
	uint32_t clock_hz;              /**< of the RTP time-stamp */
	uint8_t channels;               /**< of a=rtpmap */
	uint8_t formats;
	struct codec_format format[CODEC_FORMATS];
};

/** Payload type that telephone-event is offered with at one clock rate (RFC 4733 §2.1) */
struct codec_event {
	uint32_t clock_hz;
	uint8_t pt;
};
#define CODEC_EVENTS 4

extern const struct codec codec_table[CODEC_COUNT];
extern const struct codec_event codec_events[CODEC_EVENTS];

static inline bool codec_is_g711(enum audio_codec id)
{
	return id <= CODEC_PCMU;
}

#endif
