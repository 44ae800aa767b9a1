/**
 * @file vnet_kernel.c  Datagrams of the real world: the pulled cable and the tap
 *
 * SIM-03, real mode.  A socket bound to an address belongs to that host; one bound to none belongs
 * to every host.  Streams pass untouched.
 */
#include <errno.h>
#include "sim/vnet_priv.h"

/** Note the address a socket of the kernel is bound to */
void vn_kernel_bound(struct vn_sock *s)
{
	struct sockaddr_storage ss;
	socklen_t sl = sizeof(ss);
	struct vn_addr any = {.family = s->local.family};
	struct vn_addr host;

	if (__real_getsockname(vn_fd(s), (struct sockaddr *)&ss, &sl))
		return;

	vn_hash_remove(s);
	(void)vn_addr_set(&s->local, (struct sockaddr *)&ss, s->local.type);
	host = vn_addr_host(&s->local);
	if (s->local.port && s->local.family) {
		vn_hash_add(s);
		vn_join(s, vn_addr_eq(&host, &any) ? NULL : vn_host_get(&host));
	}
}

static bool cut(const struct vn_sock *s)
{
	return vn.ncut && (!s->host || s->host->cut);
}

static bool passes(const struct vn_sock *s)
{
	return vn.mode != VN_REAL || s->local.type != SOCK_DGRAM;
}

/**
 * Send a datagram through the kernel.
 *
 * @return As sendto(); len while the cable is out
 */
ssize_t vn_kernel_send(struct vn_sock *s, const void *buf, size_t len, int flags,
		       const struct sockaddr *sa, socklen_t sl)
{
	const bool lost = cut(s);
	struct vn_addr dst;
	ssize_t n = (ssize_t)len;

	if (passes(s))
		return __real_sendto(vn_fd(s), buf, len, flags, sa, sl);

	if (!lost)
		n = __real_sendto(vn_fd(s), buf, len, flags, sa, sl);
	if (n < 0)
		return n;

	if (!s->local.port)
		vn_kernel_bound(s);
	if (!sa || !vn_addr_set(&dst, sa, SOCK_DGRAM))
		dst = s->peer;
	vn_tap_call(&s->local, &dst, buf, len, lost);

	return n;
}

static void tap_received(const struct vn_sock *s, const struct vn_addr *src, const void *buf,
			 ssize_t n)
{
	if (src->family && !vn_find(src))
		vn_tap_call(src, &s->local, buf, (size_t)n, false);
}

/**
 * Read a datagram from the kernel; while the cable is out, drain and find nothing.
 *
 * @return As recvfrom()
 */
ssize_t vn_kernel_recv(struct vn_sock *s, void *buf, size_t len, int flags,
		       struct sockaddr *sa, socklen_t *sl)
{
	struct sockaddr_storage ss;
	socklen_t room = sizeof(ss);
	struct vn_addr src;
	ssize_t n;

	if (passes(s))
		return __real_recvfrom(vn_fd(s), buf, len, flags, sa, sl);

	do {
		room = sizeof(ss);
		n = __real_recvfrom(vn_fd(s), buf, len, cut(s) ? flags | MSG_DONTWAIT : flags,
				    (struct sockaddr *)&ss, &room);
	} while (n >= 0 && cut(s));
	if (n < 0)
		return n;

	if (!vn_addr_set(&src, (struct sockaddr *)&ss, SOCK_DGRAM))
		src = s->peer;
	tap_received(s, &src, buf, n);
	vn_addr_get(&src, sa, sl);

	return n;
}
