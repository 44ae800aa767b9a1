/**
 * @file netinfo.c  The interface of the door (see netinfo.h; WEB-09)
 */
#include <ifaddrs.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include "web/netinfo.h"

#define RTF_GATEWAY 2                   /* of linux/route.h, which does not go with net/if.h */

static void of_interface(struct netinfo *n, const struct ifaddrs *list)
{
	const struct ifaddrs *i;
	struct sa sa;

	for (i = list; i; i = i->ifa_next) {
		if (!i->ifa_addr || sa_set_sa(&sa, i->ifa_addr) || !sa_cmp(&sa, &n->address, SA_ADDR))
			continue;
		str_ncpy(n->interface, i->ifa_name, sizeof(n->interface));
		if (i->ifa_netmask)
			(void)sa_set_sa(&n->mask, i->ifa_netmask);
		return;
	}
}

/* Iface Destination Gateway Flags ...: the first route to everywhere by a gateway */
static void gateway4(struct netinfo *n, FILE *f)
{
	char line[256], name[32];
	unsigned dest, gate, flags;

	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%31s %x %x %x", name, &dest, &gate, &flags) != 4 || dest || !(flags & RTF_GATEWAY) ||
		    strcmp(name, n->interface))
			continue;
		sa_set_in(&n->gateway, ntohl(gate), 0);
		return;
	}
}

/* dest len src len next metric refcnt use flags iface, in hexadecimal without colons */
static void gateway6(struct netinfo *n, FILE *f)
{
	char line[256], dest[33], len[3], gate[33], name[32];
	uint8_t a[16];
	unsigned flags;

	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%32s %2s %*s %*s %32s %*s %*s %*s %x %31s", dest, len, gate, &flags, name) != 5 ||
		    strspn(dest, "0") != 32 || strcmp(len, "00") || !(flags & RTF_GATEWAY) || strcmp(name, n->interface) ||
		    strlen(gate) != 32 || str_hex(a, sizeof(a), gate))
			continue;
		sa_set_in6(&n->gateway, a, 0);
		return;
	}
}

static void gateway(struct netinfo *n)
{
	const bool four = sa_af(&n->address) == AF_INET;
	FILE *f = fopen(four ? "/proc/net/route" : "/proc/net/ipv6_route", "re");

	if (!f)
		return;
	if (four)
		gateway4(n, f);
	else
		gateway6(n, f);
	(void)fclose(f);
}

static bool count(uint64_t *value, const struct netinfo *n, const char *what)
{
	char path[128];
	FILE *f;
	bool ok;

	(void)re_snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", n->interface, what);
	f = fopen(path, "re");
	ok = f && fscanf(f, "%" SCNu64, value) == 1;
	if (f)
		(void)fclose(f);

	return ok;
}

/**
 * Look the interface up.
 *
 * @param n     Written; not known = "", not set
 * @param bound Address that the door is bound to; any address = the one that the default route leaves by
 */
void netinfo_read(struct netinfo *n, const struct sa *bound)
{
	struct ifaddrs *list;

	memset(n, 0, sizeof(*n));
	n->address = *bound;
	if (!sa_isset(bound, SA_ADDR) && net_default_source_addr_get(sa_af(bound) ? sa_af(bound) : AF_INET, &n->address))
		sa_init(&n->address, AF_UNSPEC);
	n->dns_n = NETINFO_DNS;
	if (dns_srv_get(NULL, 0, n->dns, &n->dns_n))
		n->dns_n = 0;
	if (!sa_isset(&n->address, SA_ADDR) || getifaddrs(&list))
		return;
	of_interface(n, list);
	freeifaddrs(list);
	if (!n->interface[0])
		return;
	gateway(n);
	n->counted = count(&n->packets.received, n, "rx_packets") && count(&n->packets.sent, n, "tx_packets") &&
		     count(&n->bytes.received, n, "rx_bytes") && count(&n->bytes.sent, n, "tx_bytes");
}
