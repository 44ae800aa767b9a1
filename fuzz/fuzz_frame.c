/**
 * @file fuzz_frame.c  Fuzz target: the alarm frame among any digits (SUP-20, SUP-21)
 *
 * Input: five bytes choose the CRC-8 variant, the others are digits.  Whatever they are: what the
 * reader calls a frame is one, and encodes to itself; and behind four # a frame is always found.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include "../core/door/frame.h"

#define HEAD 5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_frame(const struct crc_settings *crc, const struct frame_reader *r)
{
	struct frame f;
	char again[FRAME_MAX + 1];
	size_t n;

	assert(frame_decode(&f, crc, r->buf, r->n) == 0);
	n = strlen(f.text);
	assert(r->n == n + 3);
	assert(f.crc_ok == !strcmp(f.cs, f.cs_want));
	assert(frame_cs_value(f.cs_want, crc->rendering) == frame_crc(crc, f.text, n));
	assert(frame_encode(again, crc, f.product, f.reason, f.module, f.identity) == 0);
	assert(!strncmp(again, f.text, n) && !strcmp(again + n, f.cs_want));
}

static void assert_found(const struct crc_settings *crc, struct frame_reader *r)
{
	char frame[FRAME_MAX + 1];
	size_t i, n;

	for (i = 0; i < 4; ++i)
		(void)frame_read(r, '#');
	assert(frame_encode(frame, crc, 81, 1, 1, "000000000") == 0);
	n = strlen(frame);
	for (i = 0; i < n; ++i)
		assert(frame_read(r, frame[i]) == (i + 1 == n));
	assert(!strcmp(r->buf, frame));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct crc_settings crc = {0};
	struct frame_reader r;
	size_t i;

	if (size < HEAD)
		return 0;
	crc.poly = data[0];
	crc.init = data[1];
	crc.xorout = data[2];
	crc.refin = data[3] & 1;
	crc.refout = data[3] >> 1 & 1;
	crc.encoding = data[4] % FRAME_ENCODINGS;
	crc.rendering = data[4] / FRAME_ENCODINGS % FRAME_RENDERINGS;
	memset(&r, 0, sizeof(r));
	for (i = HEAD; i < size; ++i) {
		if (frame_read(&r, (char)data[i]))
			assert_frame(&crc, &r);
		assert(r.n <= FRAME_MAX && r.buf[r.n] == '\0');
		assert(!r.n || r.buf[0] == '9');
	}
	assert_found(&crc, &r);
	return 0;
}
