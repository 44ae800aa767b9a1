/**
 * @file amr.c  Payload of AMR, both packings (SIP-05, RFC 4867 §4.3, §4.4)
 *
 *     bits                 bandwidth-efficient     octet-aligned
 *     mode request         4                       4 + 4 of padding
 *     table, each frame    F, type (4), Q          F, type (4), Q, 2 of padding
 *     speech, each frame   as many as it has       filled up to a whole byte
 *
 * Checksums, interleaving and sorting are not agreed to, so that they never come.
 */
#include <errno.h>
#include <string.h>
#include "core/media/amr.h"

#define BITS 8u

static const uint8_t speech_bits[AMR_SID + 1] = {95, 103, 118, 134, 148, 159, 204, 244, 39};

/* Position in bits; `bad` once something was asked for that is not there */
struct reader {
	const uint8_t *buf;
	size_t pos, end;
	bool bad;
};

static unsigned take(struct reader *r, unsigned bits)
{
	unsigned v = 0;

	if (r->end - r->pos < bits) {
		r->bad = true;
		return 0;
	}
	for (; bits; bits--, r->pos++)
		v = v << 1 | ((unsigned)r->buf[r->pos / BITS] >> (BITS - 1 - r->pos % BITS) & 1u);

	return v;
}

static unsigned bits_of(unsigned type)
{
	return type <= AMR_SID ? speech_bits[type] : 0;
}

/**
 * Length of a frame in storage format.
 *
 * @param type Frame type
 *
 * @return Bytes with its header, 0 where there is no such type
 */
size_t amr_frame_size(unsigned type)
{
	if (type > AMR_SID && type != AMR_NO_DATA)
		return 0;

	return 1 + (bits_of(type) + BITS - 1) / BITS;
}

/* The table of contents becomes the headers of the frames */
static int read_table(struct amr_payload *p, struct reader *r, bool octet_align)
{
	unsigned entry;

	do {
		if (p->n == AMR_FRAMES)
			return EMSGSIZE;
		entry = take(r, 6);
		if (octet_align)
			(void)take(r, 2);
		if (r->bad || !amr_frame_size(entry >> 1 & 0xf))
			return EBADMSG;
		p->frame[p->n++][0] = (uint8_t)((entry & 0x1f) << 2);
	} while (entry & 0x20);

	return 0;
}

static void read_speech(uint8_t *frame, struct reader *r, bool octet_align)
{
	unsigned left = bits_of(frame[0] >> 3 & 0xf), i;

	for (i = 1; left; i++) {
		const unsigned k = left < BITS ? left : BITS;

		frame[i] = (uint8_t)(take(r, k) << (BITS - k));
		left -= k;
		if (octet_align && k < BITS)
			(void)take(r, BITS - k);
	}
}

/**
 * Take a payload apart.
 *
 * @param p           Written on success
 * @param buf         Payload [n], anything at all
 * @param n           Its length [bytes]
 * @param octet_align The packing agreed on
 *
 * @return 0, EBADMSG malformed, EMSGSIZE more than AMR_FRAMES frames
 */
int amr_unpack(struct amr_payload *p, const uint8_t *buf, size_t n, bool octet_align)
{
	struct reader r = {.buf = buf, .end = n * BITS};
	unsigned i;
	int err;

	memset(p, 0, sizeof(*p));
	p->request = (uint8_t)take(&r, 4);
	if (octet_align)
		(void)take(&r, 4);
	err = read_table(p, &r, octet_align);
	for (i = 0; i < p->n && !err; i++) {
		read_speech(p->frame[i], &r, octet_align);
		err = r.bad ? EBADMSG : 0;
	}

	return err;
}

static void put(uint8_t *buf, size_t *pos, unsigned v, unsigned bits)
{
	for (; bits; bits--, ++*pos) {
		if (v >> (bits - 1) & 1u)
			buf[*pos / BITS] |= (uint8_t)(0x80 >> *pos % BITS);
	}
}

/**
 * Make a payload of one frame, without a mode request.
 *
 * @param buf         Payload, written
 * @param size        Its room [bytes]
 * @param frame       Frame in storage format
 * @param octet_align The packing agreed on
 *
 * @return Bytes, 0 where there is no such frame type or no room
 */
size_t amr_pack(uint8_t *buf, size_t size, const uint8_t *frame, bool octet_align)
{
	const unsigned type = frame[0] >> 3 & 0xf;
	unsigned left = bits_of(type), i;
	size_t pos = 0;

	if (!amr_frame_size(type) || size < AMR_FRAME + 2)
		return 0;

	memset(buf, 0, AMR_FRAME + 2);
	put(buf, &pos, AMR_NO_REQUEST, 4);
	if (octet_align)
		pos += 4;
	put(buf, &pos, frame[0] >> 2 & 0x1f, 6);
	if (octet_align)
		pos += 2;
	for (i = 1; left; i++) {
		const unsigned k = left < BITS ? left : BITS;

		put(buf, &pos, frame[i] >> (BITS - k), k);
		left -= k;
	}

	return (pos + BITS - 1) / BITS;
}
