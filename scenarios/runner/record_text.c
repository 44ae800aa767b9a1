/**
 * @file record_text.c  Bytes from the network made fit to be shown
 *
 * What a peer sent may be anything.  Characters that draw nothing or turn the writing direction,
 * and bytes that are no UTF-8, become U+FFFD; mark-up is escaped.
 */
#include <arpa/inet.h>
#include <string.h>
#include "../../core/door/text.h"
#include "record_priv.h"

#define REPLACEMENT "\xef\xbf\xbd"

static uint32_t code_point(const uint8_t *p, size_t n)
{
	static const uint8_t mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = p[0] & mask[n];

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}


static bool shows(uint32_t c)
{
	return c >= 0x20 && !(c >= 0x7f && c < 0xa0) && c != 0xad && c != 0xfeff &&
	       !(c >= 0x200b && c <= 0x200f) && !(c >= 0x2028 && c <= 0x202e) &&
	       !(c >= 0x2060 && c <= 0x206f);
}


/* Length of the character at p that can be shown, 0 = replace the byte */
static size_t visible(const uint8_t *p, size_t left)
{
	const size_t n = text_utf8((const char *)p, left);

	return n && shows(code_point(p, n)) ? n : 0;
}


/**
 * One line of clean UTF-8
 *
 * @param buf  Text, zero-ended
 * @param size Its size [bytes]; longer text ends with "..."
 * @param data Bytes
 * @param len  How many
 *
 * @return Length of the text; line ends and tabs became one blank each
 */
size_t rec_clean(char *buf, size_t size, const void *data, size_t len)
{
	const uint8_t *p = data, *end = p + len;
	size_t n = 0, k;

	while (p < end) {
		const bool blank = *p == '\n' || *p == '\t';

		k = visible(p, (size_t)(end - p));
		if (n + 8 > size) {
			memcpy(&buf[n], "...", 3);
			n += 3;
			break;
		}
		if (k) {
			memcpy(&buf[n], p, k);
			n += k;
		}
		else if (blank) {
			buf[n++] = ' ';
		}
		else if (*p != '\r') {
			memcpy(&buf[n], REPLACEMENT, 3);
			n += 3;
		}
		p += k ? k : 1;
	}

	buf[n] = '\0';
	return n;
}


static const char *entity(uint8_t c)
{
	switch (c) {

	case '&':  return "&amp;";
	case '<':  return "&lt;";
	case '>':  return "&gt;";
	case '"':  return "&quot;";
	case '\'': return "&#39;";
	case '\n': return "\n";
	case '\t': return "\t";
	case '\r': return "";
	default:   return NULL;
	}
}


/**
 * Write bytes as text of a page, for elements and for attributes in quotes
 *
 * @param f    File
 * @param data Bytes; line ends and tabs are kept
 * @param len  How many
 */
void rec_html(FILE *f, const void *data, size_t len)
{
	const uint8_t *p = data, *end = p + len;
	size_t k;

	for (; p < end; p += k ? k : 1) {
		const char *e = entity(*p);

		k = e ? 1 : visible(p, (size_t)(end - p));
		if (e)
			(void)fputs(e, f);
		else if (k)
			(void)fwrite(p, 1, k, f);
		else
			(void)fputs(REPLACEMENT, f);
	}
}


/**
 * An address as text
 *
 * @param a    Address
 * @param port With its port
 * @param buf  Text
 * @param size Its size [bytes]
 *
 * @return Length of the text
 */
size_t rec_addr_text(const struct pcapng_addr *a, bool port, char *buf, size_t size)
{
	const bool v6 = a->af == AF_INET6;
	char ip[INET6_ADDRSTRLEN] = "";

	(void)inet_ntop(a->af, a->ip, ip, sizeof(ip));
	if (port)
		(void)re_snprintf(buf, size, v6 ? "[%s]:%u" : "%s:%u", ip, a->port);
	else
		(void)str_ncpy(buf, ip, size);

	return strlen(buf);
}
