/**
 * @file scan_range.c  Ranges of addresses that may be scanned (NET-03)
 *
 *     192.168.0.0/24              its hosts: without network and broadcast address
 *     192.168.0.10-192.168.0.20   both and what lies between; 192.168.0.10-20 is the same
 *     192.168.0.17                that one
 *
 * Private networks and our own: a door asks nobody else.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/sip/scan.h"

static const struct { uint32_t net, mask; } private_nets[] = {
	{0x0a000000, 0xff000000}, {0xac100000, 0xfff00000}, {0xc0a80000, 0xffff0000},   /* RFC 1918 */
	{0xa9fe0000, 0xffff0000}, {0x64400000, 0xffc00000}, {0x7f000000, 0xff000000},   /* link-local, RFC 6598, loopback */
};

static bool inside(const struct scan_range *r, uint32_t first, uint32_t last)
{
	return r->last && first >= r->first && last <= r->last;
}

static bool is_private(const struct scan_range *r)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(private_nets); i++)
		if ((r->first & private_nets[i].mask) == private_nets[i].net &&
		    (r->last & private_nets[i].mask) == private_nets[i].net)
			return true;

	return false;
}

static bool read_number(const char **p, unsigned max, unsigned *value)
{
	const size_t n = strspn(*p, "0123456789");

	if (!n || n > 3)
		return false;
	*value = (unsigned)strtoul(*p, NULL, 10);
	*p += n;

	return *value <= max;
}

static bool read_address(const char **p, uint32_t *addr)
{
	unsigned byte, i;

	for (*addr = 0, i = 0; i < 4; i++) {
		if (!read_number(p, 255, &byte) || (i < 3 && *(*p)++ != '.'))
			return false;
		*addr = *addr << 8 | byte;
	}

	return true;
}

static bool read_net(const char *p, struct scan_range *r)
{
	unsigned bits;
	uint32_t hosts;

	if (!read_number(&p, 32, &bits) || *p)
		return false;
	hosts = bits ? (uint32_t)((1ull << (32 - bits)) - 1) : 0xffffffff;
	r->first &= ~hosts;
	r->last = r->first | hosts;
	if (bits <= 30) {
		++r->first;
		--r->last;
	}

	return true;
}

static bool read_end(const char *p, struct scan_range *r)
{
	const char *q = p;
	unsigned byte;

	if (read_number(&q, 255, &byte) && !*q) {
		r->last = (r->first & 0xffffff00) | byte;
		return true;
	}

	return read_address(&p, &r->last) && !*p;
}

static bool read_range(const char *p, struct scan_range *r)
{
	if (!read_address(&p, &r->first))
		return false;
	r->last = r->first;

	return !*p || (*p == '/' ? read_net(p + 1, r) : *p == '-' && read_end(p + 1, r));
}

static const char *wrong(const struct scan_range *r, const struct scan_range *local)
{
	if (r->last < r->first)
		return "ends before it begins";
	if (r->first < 0x01000000)
		return "has addresses of 0.0.0.0/8, which no device has";
	if (r->last >= 0xe0000000)
		return "has addresses for multicast or broadcast, which no device has";
	if (r->last - r->first >= SCAN_MAX)
		return "has more than 1,024 addresses; scan it in parts, at most a /22 each";
	if (!is_private(r) && !(local && inside(local, r->first, r->last)))
		return "is not local; accepted: private networks (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, "
		       "100.64.0.0/10), and the door's own";

	return NULL;
}

/**
 * Read a range.
 *
 * @param r       Written on success
 * @param text    "192.168.0.0/24", "A-B", "A"
 * @param local   Our own network, may be public; NULL or 0 = not known
 * @param err     Written on failure: what is wrong and what would be right
 * @param errsize Its size
 *
 * @return 0, EINVAL
 */
int scan_range_read(struct scan_range *r, const char *text, const struct scan_range *local, char *err, size_t errsize)
{
	struct scan_range got;
	const char *why;

	if (strlen(text) >= SCAN_RANGE || !read_range(text, &got)) {
		(void)snprintf(err, errsize, "\"%.40s\" is no range; accepted: 192.168.0.0/24, 192.168.0.10-192.168.0.20, "
			       "192.168.0.17", text);
		return EINVAL;
	}
	why = wrong(&got, local);
	if (why) {
		(void)snprintf(err, errsize, "%s %s", text, why);
		return EINVAL;
	}
	*r = got;

	return 0;
}

/** A range as "A-B", or "A" */
void scan_range_text(char *buf, size_t size, const struct scan_range *r)
{
	struct sa first, last;

	sa_set_in(&first, r->first, 0);
	sa_set_in(&last, r->last, 0);
	if (r->first == r->last)
		(void)re_snprintf(buf, size, "%j", &first);
	else
		(void)re_snprintf(buf, size, "%j-%j", &first, &last);
}
