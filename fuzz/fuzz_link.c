/**
 * @file fuzz_link.c  Fuzz target: bytes from the serial line of a board (HIL-01)
 *
 * Whatever comes: the reader stays within its room, what it calls a message encodes to the very
 * bytes it was made of, and behind one 0x00 the next whole frame is read.
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include "../hil/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_same(const struct link_msg *m, const uint8_t *frame, size_t n)
{
	uint8_t again[LINK_FRAME_MAX];
	size_t n2 = 0;

	assert(link_encode(again, &n2, m) == 0);
	assert(n2 == n && !memcmp(again, frame, n));
}

static void assert_found(struct link_reader *r)
{
	struct link_msg m = {.type = LINK_EDGE, .seq = 0xbeef, .t_us = 1}, back;
	uint8_t frame[LINK_FRAME_MAX];
	size_t i, n = 0;

	(void)link_read(r, &back, 0);
	assert(link_encode(frame, &n, &m) == 0);
	for (i = 0; i + 1 < n; ++i)
		assert(link_read(r, &back, frame[i]) == EAGAIN);
	assert(link_read(r, &back, 0) == 0 && back.seq == m.seq);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct link_reader r = {0};
	struct link_msg m;
	size_t i, begin = 0;

	for (i = 0; i < size; ++i) {
		if (link_read(&r, &m, data[i]) == 0)
			assert_same(&m, data + begin, i + 1 - begin);
		if (!data[i])
			begin = i + 1;
		assert(r.n <= sizeof(r.buf));
	}
	assert_found(&r);
	/* the same bytes as one frame: a length of any size is an error at worst */
	if (link_decode(&m, data, size) == 0)
		assert(size <= LINK_FRAME_MAX);
	return 0;
}
