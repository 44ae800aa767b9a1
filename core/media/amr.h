/**
 * @file amr.h  Payload of AMR, both packings (RFC 4867 §4.3, §4.4)
 */
#ifndef MEDIA_AMR_H
#define MEDIA_AMR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AMR_FRAMES 10                   /**< most frames taken from one payload: 200 ms */
#define AMR_FRAME 32                    /**< longest frame of the storage format: header and 244 bits */
#define AMR_MODES 8
#define AMR_SID 8
#define AMR_NO_DATA 15
#define AMR_NO_REQUEST 15

struct amr_payload {
	uint8_t request;                        /**< codec mode request: 0..7, AMR_NO_REQUEST */
	unsigned n;
	uint8_t frame[AMR_FRAMES][AMR_FRAME];   /**< storage format (§5.3): header byte, then bits */
};

size_t amr_frame_size(unsigned type);           /**< bytes with its header, 0 = no such type */
int amr_unpack(struct amr_payload *p, const uint8_t *buf, size_t n, bool octet_align);
size_t amr_pack(uint8_t *buf, size_t size, const uint8_t *frame, bool octet_align);

#endif
