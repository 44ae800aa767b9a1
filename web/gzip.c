/**
 * @file gzip.c  gzip of bytes in memory; the one file that includes zlib, whose crc32() is not libre's
 */
#include <zlib.h>
#include "web/gzip.h"

#define LEVEL 3                         /* 30 kB in a millisecond */
#define GZIP (15 + 16)                  /* largest window, gzip's header */

/**
 * Make bytes shorter.
 *
 * @param to   Written
 * @param n    Room of to; its bytes on success
 * @param from Bytes
 * @param size Their number
 *
 * @return Did they fit?
 */
bool gzip_pack(uint8_t *to, size_t *n, const uint8_t *from, size_t size)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)from, .avail_in = (uInt)size, .next_out = to, .avail_out = (uInt)*n};
	bool ok;

	if (deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
	*n = z.total_out;
	(void)deflateEnd(&z);

	return ok;
}

/**
 * Make them what they were.
 *
 * @param to   Written
 * @param room Of it
 * @param n    Its bytes
 * @param from What gzip made
 * @param size Its bytes
 *
 * @return Was it gzip's, and did all fit?
 */
bool gzip_unpack(uint8_t *to, size_t room, size_t *n, const uint8_t *from, size_t size)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)from, .avail_in = (uInt)size, .next_out = to, .avail_out = (uInt)room};
	bool ok;

	if (inflateInit2(&z, GZIP) != Z_OK)
		return false;
	ok = inflate(&z, Z_FINISH) == Z_STREAM_END;
	*n = z.total_out;
	(void)inflateEnd(&z);

	return ok;
}
