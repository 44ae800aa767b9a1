/**
 * @file link.c  Frames and messages between the host and an input/output board (HIL-01)
 *
 * The rows of link_table.h say where a field lies in struct link_msg and how many bytes it has; one
 * walk over them writes a payload, another one reads it.
 */
#include "link.h"
#include <errno.h>
#include <string.h>

/** One row of LINK_FIELDS */
struct field {
	uint8_t type;
	uint8_t width;                  /**< bytes of one element */
	int8_t times; /**< elements; below 0: at most so many, the field before says how many */
	uint8_t limit;                  /**< largest value; 0 = any */
	uint16_t offset;                /**< in struct link_msg */
};

#define FIELD(type, member, width, times, limit, text) \
	{LINK_##type, width, times, limit, offsetof(struct link_msg, u.member)},
static const struct field fields[] = { LINK_FIELDS(FIELD) };

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

#define TEXT_M(name, code, from, text) #name " " #code " " from "\n"
#define TEXT_F(type, member, width, times, limit, text)                                            \
#type " " #member " " #width " " #times " " #limit "\n"
#define TEXT_P(name, number, dir, text) #name " " #number " " dir "\n"
#define TEXT_V(name, value, text) #name " " #value "\n"
static const char tables_text[] = LINK_MESSAGES(TEXT_M) LINK_FIELDS(TEXT_F) LINK_PINS(TEXT_P)
	LINK_REASONS(TEXT_V) LINK_CLOCKS(TEXT_V) LINK_CAUSES(TEXT_V);

/* one byte of COBS' overhead is enough for what is shorter than 254 bytes */
_Static_assert(LINK_RAW_MAX < 254, "a frame has one COBS code too many");

/**
 * CRC-16/IBM-3740, known as CCITT-FALSE: poly 0x1021, init 0xffff, not reflected, no xorout.
 *
 * @param data Bytes
 * @param n    Number of bytes
 *
 * @return CRC; 0x29b1 for "123456789"
 */
uint16_t link_crc(const uint8_t *data, size_t n)
{
	uint32_t crc = 0xffff;
	size_t i;

	for (i = 0; i < n; ++i) {
		crc = (crc >> 8 | crc << 8) & 0xffff;
		crc ^= data[i];
		crc ^= (crc & 0xff) >> 4;
		crc ^= crc << 12 & 0xffff;
		crc ^= (crc & 0xff) << 5;
	}
	return (uint16_t)crc;
}

/** The tables without their explanations, a line each: what the hash is made of. */
const char *link_tables_text(void)
{
	return tables_text;
}

/**
 * Hash of the protocol's tables: both ends say theirs, and refuse to work with another one.
 *
 * @return FNV-1a, 32 bit, of link_tables_text()
 */
uint32_t link_tables_hash(void)
{
	const char *p;
	uint32_t hash = 2166136261u;

	for (p = tables_text; *p; ++p)
		hash = (hash ^ (uint8_t)*p) * 16777619u;
	return hash;
}

/* --- numbers --- */

static void put(uint8_t *at, uint64_t v, unsigned width)
{
	unsigned i;

	for (i = 0; i < width; ++i)
		at[i] = (uint8_t)(v >> (8 * i));
}

static uint64_t get(const uint8_t *at, unsigned width)
{
	uint64_t v = 0;
	unsigned i;

	for (i = 0; i < width; ++i)
		v |= (uint64_t)at[i] << (8 * i);
	return v;
}

static uint64_t member_load(const uint8_t *at, unsigned width)
{
	uint16_t v16;
	uint32_t v32;
	uint64_t v64;

	switch (width) {
	case 1:  return *at;
	case 2:  memcpy(&v16, at, sizeof(v16)); return v16;
	case 4:  memcpy(&v32, at, sizeof(v32)); return v32;
	default: memcpy(&v64, at, sizeof(v64)); return v64;
	}
}

static void member_store(uint8_t *at, uint64_t v, unsigned width)
{
	const uint8_t v8 = (uint8_t)v;
	const uint16_t v16 = (uint16_t)v;
	const uint32_t v32 = (uint32_t)v;

	switch (width) {
	case 1:  *at = v8; break;
	case 2:  memcpy(at, &v16, sizeof(v16)); break;
	case 4:  memcpy(at, &v32, sizeof(v32)); break;
	default: memcpy(at, &v, sizeof(v)); break;
	}
}

/* --- payloads --- */

static unsigned field_times(const struct field *f, uint64_t before)
{
	return f->times < 0 ? (unsigned)before : (unsigned)f->times;
}

/** Write the payload; out has room for LINK_PAYLOAD_MAX bytes, which the largest one fits */
static int payload_write(uint8_t *out, size_t *np, const struct link_msg *msg)
{
	const struct field *f;
	uint64_t v = 0;
	size_t n = 0;
	unsigned i, times;

	for (f = fields; f < fields + FIELDS; ++f) {
		if (f->type != msg->type)
			continue;
		times = field_times(f, v);
		for (i = 0; i < times; ++i, n += f->width) {
			v = member_load((const uint8_t *)msg + f->offset + i * f->width, f->width);
			if (f->limit && v > f->limit)
				return EINVAL;
			put(out + n, v, f->width);
		}
	}
	*np = n;
	return 0;
}

/** Read the payload, which must have its length to the byte */
static int payload_read(struct link_msg *msg, const uint8_t *in, size_t n)
{
	const struct field *f;
	uint64_t v = 0;
	size_t at = 0;
	unsigned i, times;

	for (f = fields; f < fields + FIELDS; ++f) {
		if (f->type != msg->type)
			continue;
		times = field_times(f, v);
		for (i = 0; i < times; ++i, at += f->width) {
			if (n - at < f->width)
				return EMSGSIZE;
			v = get(in + at, f->width);
			if (f->limit && v > f->limit)
				return EINVAL;
			member_store((uint8_t *)msg + f->offset + i * f->width, v, f->width);
		}
	}
	return at == n ? 0 : EMSGSIZE;
}

static bool type_known(unsigned type)
{
#define KNOWN(name, code, from, text) || type == (code)
	return false LINK_MESSAGES(KNOWN);
}

/* --- COBS --- */

/** Take the zeros out; out has room for one byte more */
static size_t cobs_encode(uint8_t *out, const uint8_t *in, size_t n)
{
	size_t i, code = 0;

	for (i = 0; i < n; ++i) {
		out[i + 1] = in[i];
		if (in[i])
			continue;
		out[code] = (uint8_t)(i + 1 - code);
		code = i + 1;
	}
	out[code] = (uint8_t)(n + 1 - code);
	return n + 1;
}

/** Put the zeros back; out has room for one byte less.  A code past the end is an error. */
static int cobs_decode(uint8_t *out, const uint8_t *in, size_t n)
{
	size_t i, next = in[0];

	if (!next)
		return EBADMSG;
	for (i = 1; i < n; ++i) {
		if (!in[i])
			return EBADMSG;
		out[i - 1] = i == next ? 0 : in[i];
		if (i == next)
			next += in[i];
	}
	return next == n ? 0 : EBADMSG;
}

/* --- frames --- */

/**
 * Encode a message.
 *
 * @param frame Frame, with its closing 0x00
 * @param np    Number of its bytes, 1..LINK_FRAME_MAX
 * @param msg   Message
 *
 * @return 0, EINVAL for an unknown type or a value outside its field's limit
 */
int link_encode(uint8_t frame[LINK_FRAME_MAX], size_t *np, const struct link_msg *msg)
{
	uint8_t raw[LINK_RAW_MAX];
	size_t n = 0;
	int err;

	if (!type_known(msg->type))
		return EINVAL;
	raw[0] = LINK_VERSION;
	raw[1] = msg->type;
	put(raw + 2, msg->seq, 2);
	put(raw + 4, msg->t_us, 8);
	err = payload_write(raw + LINK_HEADER, &n, msg);
	if (err)
		return err;
	n += LINK_HEADER;
	put(raw + n, link_crc(raw, n), 2);
	n = cobs_encode(frame, raw, n + 2);
	frame[n++] = 0;
	*np = n;
	return 0;
}

/**
 * Decode a frame.
 *
 * @param msg   Message, written on success; what the type does not use is zero
 * @param frame Frame without its closing 0x00
 * @param n     Number of its bytes
 *
 * @return 0, EMSGSIZE wrong length, EBADMSG COBS or CRC, EPROTO another version, EINVAL unknown
 *         type or a value outside its field's limit
 */
int link_decode(struct link_msg *msg, const uint8_t *frame, size_t n)
{
	struct link_msg m;
	uint8_t raw[LINK_RAW_MAX];
	int err;

	if (n < 1 + LINK_HEADER + 2 || n > 1 + LINK_RAW_MAX)
		return EMSGSIZE;
	if (cobs_decode(raw, frame, n))
		return EBADMSG;
	n -= 1 + 2;
	if (get(raw + n, 2) != link_crc(raw, n))
		return EBADMSG;
	if (raw[0] != LINK_VERSION)
		return EPROTO;
	memset(&m, 0, sizeof(m));
	m.type = raw[1];
	m.seq = (uint16_t)get(raw + 2, 2);
	m.t_us = get(raw + 4, 8);
	err = type_known(m.type) ? payload_read(&m, raw + LINK_HEADER, n - LINK_HEADER) : EINVAL;
	if (!err)
		*msg = m;
	return err;
}

/**
 * Read one byte from the line.
 *
 * @param r    Reader
 * @param msg  Message, written when one is complete
 * @param byte Byte
 *
 * @return 0 = msg is a message, EAGAIN = no message yet, others = a frame was dropped (see
 *         link_decode)
 *
 * An empty frame, 0x00 alone, is passed over: a sender may begin with one to end what noise began.
 */
int link_read(struct link_reader *r, struct link_msg *msg, uint8_t byte)
{
	const bool skip = r->skip;
	const size_t n = r->n;
	int err;

	if (byte) {
		r->skip = skip || n == sizeof(r->buf);
		if (!r->skip)
			r->buf[r->n++] = byte;
		return EAGAIN;
	}
	r->n = 0;
	r->skip = false;
	if (!n)
		return EAGAIN;
	err = skip ? EMSGSIZE : link_decode(msg, r->buf, n);
	if (err)
		++r->bad;
	else
		++r->frames;
	return err;
}
