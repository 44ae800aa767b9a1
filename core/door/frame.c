/**
 * @file frame.c  The alarm frame of the DTMF protocol (manual §3.3.22.4, SUP-20, SUP-21)
 */
#include <errno.h>
#include <string.h>
#include "crc.h"
#include "frame.h"

#define HEAD 7                          /* 9 ab cd ef */
#define IDENTITY_MAX 9
#define CS 3

const char *const frame_encoding_names[] = {"ascii", "value", "rfc4733", "mt8870", "bcd", NULL};
const char *const frame_rendering_names[] = {"decimal", "octal", "hex", NULL};

/* The sixteen DTMF symbols in the order of what they stand for */
static const char *const symbols[FRAME_ENCODINGS] = {
	[FRAME_ASCII] = "0123456789ABCD*#",
	[FRAME_VALUE] = "0123456789ABCD*#",
	[FRAME_RFC4733] = "0123456789*#ABCD",
	[FRAME_MT8870] = "D1234567890*#ABC",
	[FRAME_BCD] = "0123456789ABCD*#",
};

/* What stands for a symbol, 0..15; -1 where c is none */
static int value_of(char c, int encoding)
{
	const char *p = c ? strchr(symbols[encoding], c) : NULL;

	return p ? (int)(p - symbols[encoding]) : -1;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Byte i of the data as encoded; n symbols */
static uint8_t byte_of(const struct crc_settings *crc, const char *data, size_t n, size_t i)
{
	int low;

	if (crc->encoding == FRAME_ASCII)
		return (uint8_t)data[i];
	if (crc->encoding != FRAME_BCD)
		return (uint8_t)value_of(data[i], crc->encoding);
	low = 2 * i + 1 < n ? value_of(data[2 * i + 1], FRAME_BCD) : 0xf;
	return (uint8_t)(value_of(data[2 * i], FRAME_BCD) << 4 | low);
}

/**
 * Encode symbols as the bytes a checksum is taken over.
 *
 * @param out  Bytes (written), room for n
 * @param crc  Its encoding decides
 * @param data Symbols: 0..9, A..D, *, #
 * @param n    Number of symbols
 *
 * @return Number of bytes: n, or half of it (rounded up) for BCD
 */
size_t frame_bytes(uint8_t *out, const struct crc_settings *crc, const char *data, size_t n)
{
	size_t i, bytes = crc->encoding == FRAME_BCD ? (n + 1) / 2 : n;

	for (i = 0; i < bytes; ++i)
		out[i] = byte_of(crc, data, n, i);
	return bytes;
}

/**
 * CRC-8 over symbols.
 *
 * @param crc  Variant and encoding
 * @param data Symbols: 0..9, A..D, *, #
 * @param n    Number of symbols, any
 *
 * @return CRC
 */
uint8_t frame_crc(const struct crc_settings *crc, const char *data, size_t n)
{
	struct crc_settings last = *crc, step = *crc;
	size_t i, bytes = crc->encoding == FRAME_BCD ? (n + 1) / 2 : n;
	uint8_t byte;

	step.refout = false;
	step.xorout = 0;
	for (i = 0; i < bytes; ++i) {
		byte = byte_of(crc, data, n, i);
		step.init = crc8(&step, &byte, 1);
	}
	last.init = step.init;
	return crc8(&last, NULL, 0);
}

/**
 * Checksum of data as three DTMF symbols (SUP-21).
 *
 * @param cs   Symbols, zero-ended (written on success)
 * @param crc  Variant, encoding and rendering
 * @param data Symbols: 0..9, A..D, *, #; a frame's from 9 to C, both inclusive
 * @param n    Number of symbols, at least 1
 *
 * @return 0, EINVAL no symbols, other symbols, or no such encoding or rendering
 */
int frame_checksum(char cs[4], const struct crc_settings *crc, const char *data, size_t n)
{
	static const unsigned base[FRAME_RENDERINGS] = {10, 8, 16};
	unsigned v, b;
	size_t i;

	if (!n || crc->encoding < 0 || crc->encoding >= FRAME_ENCODINGS || crc->rendering < 0
	    || crc->rendering >= FRAME_RENDERINGS)
		return EINVAL;
	for (i = 0; i < n; ++i) {
		if (value_of(data[i], FRAME_VALUE) < 0)
			return EINVAL;
	}
	v = frame_crc(crc, data, n);
	b = base[crc->rendering];
	for (i = CS; i--; v /= b)
		cs[i] = symbols[FRAME_VALUE][v % b];
	cs[CS] = '\0';
	return 0;
}

/**
 * Value of a checksum as rendered.
 *
 * @param cs        Three symbols
 * @param rendering enum frame_rendering
 *
 * @return 0..255, -1 where no value is rendered like this
 */
int frame_cs_value(const char cs[3], int rendering)
{
	static const int base[FRAME_RENDERINGS] = {10, 8, 16};
	int i, d, v = 0;

	for (i = 0; i < CS; ++i) {
		d = value_of(cs[i], FRAME_VALUE);
		if (d < 0 || d >= base[rendering])
			return -1;
		v = v * base[rendering] + d;
	}
	return v <= UINT8_MAX ? v : -1;
}

static size_t identity_len(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && is_digit(s[i]))
		++i;
	return i;
}

/**
 * Build a frame (SUP-20).
 *
 * @param frame    Frame with checksum, zero-ended (written on success)
 * @param crc      Variant of the checksum
 * @param product  ab, 0..99
 * @param reason   cd, 0..99
 * @param module   ef, 0..99
 * @param identity 1 to 9 digits; sent as it is, not filled up (DOOR-01)
 *
 * @return 0, EINVAL
 */
int frame_encode(char frame[FRAME_MAX + 1], const struct crc_settings *crc, unsigned product,
		 unsigned reason, unsigned module, const char *identity)
{
	const unsigned part[3] = {product, reason, module};
	char buf[FRAME_MAX + 1] = "9";
	size_t len = strlen(identity), n = 1, i;
	int err;

	if (!len || len > IDENTITY_MAX || identity_len(identity, len) != len)
		return EINVAL;
	for (i = 0; i < 3; ++i) {
		if (part[i] > FRAME_REASON_MAX)
			return EINVAL;
		buf[n++] = (char)('0' + part[i] / 10);
		buf[n++] = (char)('0' + part[i] % 10);
	}
	memcpy(buf + n, identity, len);
	n += len;
	buf[n++] = 'C';
	err = frame_checksum(buf + n, crc, buf, n);
	if (!err)
		memcpy(frame, buf, sizeof(buf));
	return err;
}

static uint8_t two_digits(const char *s)
{
	return (uint8_t)((s[0] - '0') * 10 + s[1] - '0');
}

/* Whether s[n] begins as a frame does; *whole: and is all of one */
static bool prefix_ok(const char *s, size_t n, bool *whole)
{
	size_t digits = identity_len(s, n), i;

	*whole = false;
	if (digits > HEAD + IDENTITY_MAX || (n && s[0] != '9'))
		return false;
	if (digits == n)
		return true;
	if (s[digits] != 'C' || digits <= HEAD || n > digits + 1 + CS)
		return false;
	for (i = digits + 1; i < n; ++i) {
		if (value_of(s[i], FRAME_VALUE) < 0)
			return false;
	}
	*whole = n == digits + 1 + CS;
	return true;
}

/**
 * Take a frame apart and check its checksum.
 *
 * @param f      Frame (written on success)
 * @param crc    Variant of the checksum
 * @param digits Symbols of one whole frame
 * @param n      Number of symbols
 *
 * @return 0 (see f->crc_ok), EBADMSG not the form of a frame, EINVAL no such encoding or rendering
 */
int frame_decode(struct frame *f, const struct crc_settings *crc, const char *digits, size_t n)
{
	struct frame out;
	size_t data;
	bool whole;
	int err;

	if (n > FRAME_MAX || !prefix_ok(digits, n, &whole) || !whole)
		return EBADMSG;
	memset(&out, 0, sizeof(out));
	data = n - CS;
	err = frame_checksum(out.cs_want, crc, digits, data);
	if (err)
		return err;
	memcpy(out.text, digits, data);
	memcpy(out.identity, digits + HEAD, data - HEAD - 1);
	memcpy(out.cs, digits + data, CS);
	out.product = two_digits(digits + 1);
	out.reason = two_digits(digits + 3);
	out.module = two_digits(digits + 5);
	out.crc_ok = !memcmp(out.cs, out.cs_want, CS);
	*f = out;
	return 0;
}

/**
 * Feed a reader with one digit.
 *
 * @param r     Reader
 * @param digit DTMF symbol; a..d count as A..D
 *
 * @return true where r->buf now holds one whole frame of r->n symbols (its checksum is not looked
 *         at); the next digit begins the next frame
 *
 * What cannot begin a frame is dropped, up to the next 9 from which the digits heard so far can: so
 * a frame is found behind a lost C or an identity too long, and behind any garbage.  Only a stray 9
 * right before a frame with a short identity can swallow it, as the form cannot tell them apart:
 * its checksum then fails, and the door is asked for the frame again (SUP-23).
 */
bool frame_read(struct frame_reader *r, char digit)
{
	bool whole;

	if (digit >= 'a' && digit <= 'd')
		digit = (char)(digit - 'a' + 'A');
	if (r->n >= FRAME_MAX || (prefix_ok(r->buf, r->n, &whole) && whole))
		frame_reader_reset(r);
	r->buf[r->n++] = digit;
	while (!prefix_ok(r->buf, r->n, &whole)) {
		--r->n;
		memmove(r->buf, r->buf + 1, r->n);
	}
	r->buf[r->n] = '\0';
	return whole;
}

/** Forget the digits read so far. */
void frame_reader_reset(struct frame_reader *r)
{
	r->n = 0;
	r->buf[0] = '\0';
}
