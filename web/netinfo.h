/**
 * @file netinfo.h  The network interface that the door is bound to, as its operating system knows it (WEB-09)
 *
 * The one place that asks: getifaddrs(), /proc/net/route, /sys/class/net.  What is not known is "" or 0.
 */
#ifndef WEB_NETINFO_H
#define WEB_NETINFO_H

#include <re.h>

#define NETINFO_DNS 4

struct netinfo {
	char interface[32];
	struct sa address, mask, gateway;       /**< not set = not known, or there is none */
	struct sa dns[NETINFO_DNS];
	uint32_t dns_n;
	bool counted;                           /**< the figures below are known */
	struct { uint64_t received, sent; } packets, bytes;
};

void netinfo_read(struct netinfo *n, const struct sa *bound);

#endif
