/**
 * @file text.c  Text into a buffer of fixed size, never past its end
 */
#include <string.h>
#include "text.h"

/**
 * Begin a text.
 *
 * @param t    Text (written)
 * @param buf  Where it is written (borrowed until the last use of t), may be NULL where size is 0
 * @param size Bytes of buf, with the ending zero
 */
void text_start(struct text *t, char *buf, size_t size)
{
	t->buf = buf;
	t->size = size;
	t->n = 0;
	t->cut = false;
	if (size)
		buf[0] = '\0';
}

/**
 * Add n bytes; what does not fit is left out at a character's border, and t->cut is set.
 *
 * @param t Text
 * @param s Bytes, UTF-8
 * @param n Number of bytes
 */
void text_mem(struct text *t, const char *s, size_t n)
{
	size_t room = t->size > t->n ? t->size - t->n - 1 : 0;

	if (t->cut || !n)
		return;
	if (n > room) {
		t->cut = true;
		n = room;
		while (n && ((unsigned char)s[n] & 0xc0) == 0x80)
			--n;
	}
	if (!n)
		return;
	memcpy(t->buf + t->n, s, n);
	t->n += n;
	t->buf[t->n] = '\0';
}

/** Add a zero-ended string. */
void text_str(struct text *t, const char *s)
{
	text_mem(t, s, strlen(s));
}

/** Add one ASCII character. */
void text_char(struct text *t, char c)
{
	text_mem(t, &c, 1);
}

/**
 * Add a decimal number.
 *
 * @param t     Text
 * @param v     Number
 * @param width Least number of digits (0..20), filled with leading zeros
 */
void text_uint(struct text *t, uint64_t v, unsigned width)
{
	char digits[20];
	size_t n = sizeof(digits);

	if (width > sizeof(digits))
		width = sizeof(digits);
	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	while (sizeof(digits) - n < width)
		digits[--n] = '0';
	text_mem(t, digits + n, sizeof(digits) - n);
}

/** Add a signed decimal number. */
void text_int(struct text *t, int64_t v)
{
	if (v < 0)
		text_char(t, '-');
	text_uint(t, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 0);
}

/**
 * A byte of UTF-8 in small letters: A to Z, and U+00C0 to U+00DE behind their first byte; the multiplication sign stays.
 *
 * @param before The byte before it, 0 = none
 * @param c      Byte
 *
 * @return It, or that of the small letter
 */
uint8_t text_small(uint8_t before, uint8_t c)
{
	const bool latin1 = before == 0xc3 && c >= 0x80 && c <= 0x9e && c != 0x97;

	return (c >= 'A' && c <= 'Z') || latin1 ? c | 0x20 : c;
}

/** Least code point a sequence of this length may carry: shorter forms exist below it */
static const uint32_t utf8_least[5] = {0, 0, 0x80, 0x800, 0x10000};

/**
 * Length of the UTF-8 character at s.
 *
 * @param s Bytes
 * @param n Bytes there are
 *
 * @return 1 to 4, or 0: no valid character (n is 0, bad or cut sequence, overlong form, surrogate)
 *
 * Source: RFC 3629.
 */
size_t text_utf8(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t len, i;
	uint32_t c;

	if (!n)
		return 0;
	if (u[0] < 0x80)
		return 1;
	if (u[0] < 0xc2 || u[0] > 0xf4)
		return 0;
	len = u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	if (n < len)
		return 0;
	c = u[0] & (0xffu >> (len + 1));
	for (i = 1; i < len; ++i) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3fu);
	}
	if (c < utf8_least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return len;
}

/* One ASCII character as JSON wants it */
static void escaped_char(struct text *t, char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *p = strchr(from, c);
	unsigned char u = (unsigned char)c;
	char out[6] = {'\\', 'u', '0', '0', hex[u >> 4], hex[u & 15]};

	if (p) {
		out[1] = to[p - from];
		text_mem(t, out, 2);
	} else if (u < 0x20 || u == 0x7f) {
		text_mem(t, out, sizeof(out));
	} else {
		text_char(t, c);
	}
}

/**
 * Add a string as the inside of a JSON string: escaped, each byte that is no UTF-8 as U+FFFD.
 *
 * @param t     Text
 * @param s     Zero-ended string
 * @param limit Bytes of s at most; where s is longer it is shortened and ends with U+2026 (...)
 *
 * Source: RFC 8259 §7.
 */
void text_escaped(struct text *t, const char *s, size_t limit)
{
	size_t n = strlen(s), i = 0, len;

	while (i < n) {
		len = text_utf8(s + i, n - i);
		if (i + (len ? len : 1) > limit) {
			text_str(t, "\xe2\x80\xa6");
			return;
		}
		if (!len)
			text_str(t, "\xef\xbf\xbd");
		else if (len == 1)
			escaped_char(t, s[i]);
		else
			text_mem(t, s + i, len);
		i += len ? len : 1;
	}
}

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

/** True where two strings are equal but for the case of ASCII letters. */
bool text_same(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		++a;
		++b;
	}
	return lower(*a) == lower(*b);
}
