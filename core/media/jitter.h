/**
 * @file jitter.h  Adaptive jitter buffer of one leg (SIP-05, SIP-08)
 *
 * Pure: packets and ticks in, packets and holes out; no clock, no socket.  Times are ticks of the RTP
 * time-stamp, `unit` of them a sample at 8,000 Hz.
 */
#ifndef MEDIA_JITTER_H
#define MEDIA_JITTER_H

#include <re.h>
#include <stdbool.h>
#include <stdint.h>
#include "core/door/codec.h"

#define JITTER_SLOTS 64                 /**< packets; a power of 2 */

struct jitter;

/** A packet of sound; the buffer keeps a reference of mb */
struct jitter_packet {
	struct mbuf *mb;
	const uint8_t *payload;
	size_t n;
	uint32_t ts;
	uint16_t seq;
	struct codec_format fmt;
};

int  jitter_alloc(struct jitter **jp, unsigned min_ms, unsigned max_ms); /**< mem_deref frees */
void jitter_start(struct jitter *j, uint16_t played, uint32_t ts, unsigned unit);
unsigned jitter_put(struct jitter *j, const struct jitter_packet *p);
bool jitter_get(struct jitter *j, struct jitter_packet *p);
unsigned jitter_hole(const struct jitter *j);
void jitter_played(struct jitter *j, unsigned samples);
void jitter_filled(struct jitter *j, unsigned samples);
void jitter_window(struct jitter *j);
unsigned jitter_excess(const struct jitter *j);
void jitter_skip(struct jitter *j, unsigned samples);
bool jitter_calm(const struct jitter *j);
uint32_t jitter_ts(const struct jitter *j);
unsigned jitter_depth_ms(const struct jitter *j);

#endif
