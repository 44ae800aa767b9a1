/**
 * @file vnet_addr.c  Addresses, hosts and who listens where in the simulated network
 *
 * SIM-03.  Both tables are hashes with chains: one look-up a packet, whatever the number of doors.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include "sim/vnet_priv.h"

enum { HASH_BITS = 16, HOST_BITS = 12 };

static struct vn_sock *socks[1 << HASH_BITS];
static struct vn_host *hosts[1 << HOST_BITS];

static uint32_t hash(const struct vn_addr *k, unsigned bits)
{
	const uint64_t x = k->a[0] ^ (k->a[1] * 31) ^ ((uint64_t)k->port << 40) ^
		((uint64_t)k->type << 33);

	return (uint32_t)((x * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - bits));
}

/**
 * Take an address from the socket interface's form.
 *
 * @param k    Written
 * @param sa   IPv4 or IPv6 address; scope and flow label are ignored
 * @param type SOCK_DGRAM or SOCK_STREAM
 *
 * @return false if it is of another family; k is then all zero
 */
bool vn_addr_set(struct vn_addr *k, const struct sockaddr *sa, uint32_t type)
{
	memset(k, 0, sizeof(*k));
	if (!sa)
		return false;

	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)sa;

		memcpy(k->a, &in->sin_addr, sizeof(in->sin_addr));
		k->port = in->sin_port;
	}
	else if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)sa;

		memcpy(k->a, &in6->sin6_addr, sizeof(in6->sin6_addr));
		k->port = in6->sin6_port;
	}
	else {
		return false;
	}

	k->family = sa->sa_family;
	k->type = type;

	return true;
}

/**
 * Give an address in the socket interface's form, cut to the room there is.
 *
 * @param k   Address
 * @param sa  Written, may be NULL
 * @param len In: room at sa; out: full size
 */
void vn_addr_get(const struct vn_addr *k, struct sockaddr *sa, socklen_t *len)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = k->port};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = k->port};
	const bool v6 = k->family == AF_INET6;
	const socklen_t full = v6 ? sizeof(in6) : sizeof(in);

	if (!sa || !len)
		return;

	memcpy(&in.sin_addr, k->a, sizeof(in.sin_addr));
	memcpy(&in6.sin6_addr, k->a, sizeof(in6.sin6_addr));
	memcpy(sa, v6 ? (void *)&in6 : (void *)&in, *len < full ? *len : full);
	*len = full;
}

/** @return true for 10.77.0.0/16 and fd77::/16 */
bool vn_addr_inside(const struct vn_addr *k)
{
	const uint8_t *a = (const uint8_t *)k->a;

	return k->family == AF_INET ? a[0] == 10 && a[1] == 77 :
		k->family == AF_INET6 && a[0] == 0xfd && a[1] == 0x77;
}

/** @return The address without port and type: a host's */
struct vn_addr vn_addr_host(const struct vn_addr *k)
{
	struct vn_addr h = *k;

	h.port = 0;
	h.type = 0;

	return h;
}

/**
 * Find a host, made known by asking.
 *
 * @param k Address; port and type are ignored
 *
 * @return Host, valid until the next vnet_start(); NULL when out of memory
 */
struct vn_host *vn_host_get(const struct vn_addr *k)
{
	const struct vn_addr addr = vn_addr_host(k);
	struct vn_host **slot = &hosts[hash(&addr, HOST_BITS)];
	struct vn_host *h = *slot;

	while (h && !vn_addr_eq(&h->addr, &addr))
		h = h->next;
	if (h)
		return h;

	h = calloc(1, sizeof(*h));
	if (!h)
		return NULL;
	h->addr = addr;
	h->fault = &vn.fault;
	h->next = *slot;
	*slot = h;

	return h;
}

/** Forget all hosts; no socket may refer to one any more */
void vn_hosts_reset(void)
{
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		while (hosts[i]) {
			struct vn_host *h = hosts[i];

			hosts[i] = h->next;
			vn_nat_free(h->box);
			free(h);
		}
	}
}

/** @return The socket bound to exactly this address, port and type, or NULL */
struct vn_sock *vn_find(const struct vn_addr *k)
{
	struct vn_sock *s = socks[hash(k, HASH_BITS)];

	while (s && !vn_addr_eq(&s->local, k))
		s = s->hash_next;

	return s;
}

void vn_hash_add(struct vn_sock *s)
{
	struct vn_sock **slot = &socks[hash(&s->local, HASH_BITS)];

	s->hash_next = *slot;
	*slot = s;
	s->hashed = true;
}

void vn_hash_remove(struct vn_sock *s)
{
	struct vn_sock **slot = &socks[hash(&s->local, HASH_BITS)];

	if (!s->hashed)
		return;

	while (*slot != s)
		slot = &(*slot)->hash_next;
	*slot = s->hash_next;
	s->hashed = false;
}
