/**
 * @file base64.c  Base64 in both alphabets (RFC 4648 §4 and §5; API-40)
 *
 * Taken as people send it: line ends are passed over, padding may be missing, and a blank is the + that a form
 * made of it.  Anything else is refused, as is a last digit that says nothing.
 */
#include <errno.h>
#include <stdbool.h>
#include "web/base64.h"

/* Value of each character, 0 = none, else value + 1; 65 = passed over */
static const uint8_t digit[256] = {
	['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
	['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
	['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
	['+'] = 63, ['-'] = 63, [' '] = 63, ['/'] = 64, ['_'] = 64, ['\r'] = 65, ['\n'] = 65,
};

/* The bulk of it: digits alone, four at a time; how many were taken */
static size_t quads(uint8_t *out, size_t *done, const char *text, size_t size)
{
	const uint8_t *p = (const uint8_t *)text;
	uint8_t *to = out + *done;
	size_t i;

	for (i = 0; i + 4 <= size; i += 4, p += 4, to += 3) {
		const uint32_t a = digit[p[0]] - 1u, b = digit[p[1]] - 1u, c = digit[p[2]] - 1u, d = digit[p[3]] - 1u;
		const uint32_t v = a << 18 | b << 12 | c << 6 | d;

		if ((a | b | c | d) > 63)
			break;
		to[0] = (uint8_t)(v >> 16);
		to[1] = (uint8_t)(v >> 8);
		to[2] = (uint8_t)v;
	}
	*done = (size_t)(to - out);

	return i;
}

/**
 * Decode.
 *
 * @param out  Written: at least size / 4 * 3 + 2 bytes; may be text itself
 * @param n    Written on success: bytes of out
 * @param text Base64
 * @param size Its length
 *
 * @return 0, EINVAL
 */
int web_base64(uint8_t *out, size_t *n, const char *text, size_t size)
{
	uint32_t bits = 0;
	unsigned have = 0, pads = 0;
	size_t i, done = 0;

	for (i = 0; i < size; i++) {
		uint8_t d;

		if (!have && !pads)
			i += quads(out, &done, text + i, size - i);
		if (i == size)
			break;
		d = digit[(uint8_t)text[i]];

		if (d == 65)
			continue;
		if (text[i] == '=' && ++pads <= 2)
			continue;
		if (!d || pads)
			return EINVAL;
		bits = bits << 6 | (uint32_t)(d - 1);
		if (++have == 4) {
			out[done++] = (uint8_t)(bits >> 16);
			out[done++] = (uint8_t)(bits >> 8);
			out[done++] = (uint8_t)bits;
			have = 0;
			bits = 0;
		}
	}
	if (have == 1 || (pads && have + pads != 4))
		return EINVAL;
	if (have >= 2)
		out[done++] = (uint8_t)(bits >> (have == 2 ? 4 : 10));
	if (have == 3)
		out[done++] = (uint8_t)(bits >> 2);
	*n = done;

	return 0;
}
