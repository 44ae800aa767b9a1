/**
 * @file vnet_sock.c  The socket calls: which go into the simulated network, which to the kernel
 *
 * SIM-03.  Virtual mode: a socket is decided by its first address.  Bound to an address inside, or
 * sent or connected to one while bound to none: simulated, in the second case as the home
 * host's.  Anything else, a port of the wildcard address included: the kernel's, and it never
 * reaches an address inside (ENETUNREACH), so that no test leaks into a real network.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include "sim/vnet_priv.h"

enum { EPHEMERAL_FIRST = 49152, EPHEMERAL_LAST = 65535 };

static struct vn_sock slots[VN_FD_MAX];
static int slots_used;

/** @return The slot of an internet socket, NULL for any other descriptor */
struct vn_sock *vn_slot(int fd)
{
	if (fd < 0 || fd >= VN_FD_MAX || slots[fd].kind == VN_NONE)
		return NULL;

	return &slots[fd];
}

/** @return The descriptor of a slot */
int vn_fd(const struct vn_sock *s)
{
	return (int)(s - slots);
}

/**
 * Take the slot of a new descriptor.
 *
 * @return Slot; NULL if the descriptor is too high or not an internet socket of a known type
 */
struct vn_sock *vn_sock_open(int fd, int family, uint32_t type)
{
	struct vn_sock *s;
	uint32_t gen;

	if (fd < 0 || fd >= VN_FD_MAX || (family != AF_INET && family != AF_INET6) ||
	    (type != SOCK_DGRAM && type != SOCK_STREAM))
		return NULL;

	s = &slots[fd];
	gen = s->gen + 1;
	memset(s, 0, sizeof(*s));
	s->gen = gen;
	s->local.family = (uint16_t)family;
	s->local.type = type;
	s->kind = vn.mode == VN_VIRTUAL ? VN_FRESH : VN_KERNEL;
	if (fd >= slots_used)
		slots_used = fd + 1;

	return s;
}

static int fail(int err)
{
	errno = err;

	return -1;
}

static bool simulated(const struct vn_sock *s)
{
	return s && s->kind > VN_FRESH;
}

static bool is_stream(const struct vn_sock *s)
{
	return s->local.type == SOCK_STREAM;
}

int __wrap_socket(int family, int type, int proto)
{
	int fd = __real_socket(family, type, proto);
	const uint32_t base = (uint32_t)type & ~(uint32_t)(SOCK_NONBLOCK | SOCK_CLOEXEC);

	/* a machine without IPv6 still simulates it: the descriptor is a place-holder only */
	if (fd < 0 && errno == EAFNOSUPPORT && family == AF_INET6 && vn.mode == VN_VIRTUAL)
		fd = __real_socket(AF_INET, type, proto);
	if (fd >= 0)
		(void)vn_sock_open(fd, family, base);

	return fd;
}

/** Make a socket one of a host's, or of none (NULL) */
void vn_join(struct vn_sock *s, struct vn_host *h)
{
	if (s->host)
		--s->host->sockets;
	s->host = h;
	if (h)
		++h->sockets;
}

static int ephemeral(struct vn_host *h, struct vn_addr *k)
{
	for (int i = EPHEMERAL_FIRST; i <= EPHEMERAL_LAST; i++) {
		if (h->ephemeral < EPHEMERAL_FIRST || h->ephemeral == EPHEMERAL_LAST)
			h->ephemeral = EPHEMERAL_FIRST;
		else
			h->ephemeral++;
		k->port = htons(h->ephemeral);
		if (!vn_find(k))
			return 0;
	}

	return EADDRINUSE;
}

/**
 * Bind a socket inside the simulated network.
 *
 * @param s Fresh socket
 * @param k Address; port 0 = one of the host's own ephemeral ports, in turn
 *
 * @return 0, EADDRINUSE, ENOMEM
 */
int vn_bind_inside(struct vn_sock *s, const struct vn_addr *k)
{
	struct vn_host *h = vn_host_get(k);
	struct vn_addr local = *k;

	if (!h)
		return ENOMEM;
	if (!local.port) {
		const int err = ephemeral(h, &local);

		if (err)
			return err;
	}
	else if (vn_find(&local)) {
		return EADDRINUSE;
	}

	s->local = local;
	vn_join(s, h);
	s->kind = is_stream(s) ? VN_STREAM : VN_DGRAM;
	vn_hash_add(s);

	return 0;
}

/**
 * Bind an unbound socket to the home host.
 *
 * @return 0, ENETUNREACH no vnet_home() of that family, EADDRINUSE, ENOMEM
 */
int vn_bind_home(struct vn_sock *s, uint16_t family)
{
	struct vn_addr k = vn.home[family == AF_INET6];

	if (!k.family)
		return ENETUNREACH;
	k.type = s->local.type;

	return vn_bind_inside(s, &k);
}

static int to_kernel(struct vn_sock *s)
{
	struct epoll_event ev = {.events = s->interest, .data = s->user};
	const bool watched = s->watched;

	vn_unwatch(s);
	s->kind = VN_KERNEL;

	return watched ? vn_watch_kernel(s->epfd, EPOLL_CTL_ADD, vn_fd(s), &ev) : 0;
}

/* A client's socket, bound to no host and no port (DNS, STUN): its first datagram decides */
static bool sends_first(const struct vn_sock *s, const struct sockaddr *sa)
{
	const struct vn_addr any = {.family = s->local.family, .type = SOCK_DGRAM};
	struct vn_addr k;

	return vn_addr_set(&k, sa, s->local.type) && vn_addr_eq(&k, &any);
}

int __wrap_bind(int fd, const struct sockaddr *sa, socklen_t sl)
{
	struct vn_sock *s = vn_slot(fd);
	struct vn_addr k;
	int err;

	if (!s)
		return __real_bind(fd, sa, sl);
	if (s->kind != VN_KERNEL && s->kind != VN_FRESH)
		return fail(EINVAL);

	if (s->kind == VN_FRESH && vn_addr_set(&k, sa, s->local.type) && vn_addr_inside(&k)) {
		err = vn_bind_inside(s, &k);
		return err ? fail(err) : 0;
	}
	if (s->kind == VN_FRESH && !sends_first(s, sa) && to_kernel(s))
		return -1;

	err = __real_bind(fd, sa, sl);
	if (!err && s->kind == VN_KERNEL)
		vn_kernel_bound(s);

	return err;
}

/* Decide a socket that is sent or connected somewhere; 0 or errno */
static int decide(struct vn_sock *s, const struct vn_addr *dst)
{
	if (s->kind == VN_FRESH) {
		if (vn_addr_inside(dst))
			return vn_bind_home(s, dst->family);
		if (to_kernel(s))
			return errno;
	}
	if (s->kind == VN_DEAD || vn.mode != VN_VIRTUAL)
		return 0;

	return simulated(s) == vn_addr_inside(dst) ? 0 : ENETUNREACH;
}

int __wrap_connect(int fd, const struct sockaddr *sa, socklen_t sl)
{
	struct vn_sock *s = vn_slot(fd);
	struct vn_addr dst;
	int err;

	if (!s || !vn_addr_set(&dst, sa, s->local.type))
		return __real_connect(fd, sa, sl);

	err = decide(s, &dst);
	if (err)
		return fail(err);
	if (s->kind == VN_DEAD)
		return fail(ENETUNREACH);
	if (simulated(s) && is_stream(s))
		return fail(vn_stream_connect(s, &dst));

	s->peer = dst;

	return simulated(s) ? 0 : __real_connect(fd, sa, sl);
}

int __wrap_listen(int fd, int backlog)
{
	struct vn_sock *s = vn_slot(fd);

	if (!simulated(s))
		return __real_listen(fd, backlog);
	if (s->kind != VN_STREAM)
		return fail(EINVAL);
	s->kind = VN_LISTEN;

	return 0;
}

int __wrap_accept(int fd, struct sockaddr *sa, socklen_t *sl)
{
	struct vn_sock *s = vn_slot(fd);

	if (simulated(s))
		return s->kind == VN_LISTEN ? vn_stream_accept(s, sa, sl) : fail(EINVAL);

	return __real_accept(fd, sa, sl);
}

int __wrap_getsockname(int fd, struct sockaddr *sa, socklen_t *sl)
{
	struct vn_sock *s = vn_slot(fd);

	if (!simulated(s))
		return __real_getsockname(fd, sa, sl);
	vn_addr_get(&s->local, sa, sl);

	return 0;
}

int __wrap_getpeername(int fd, struct sockaddr *sa, socklen_t *sl)
{
	struct vn_sock *s = vn_slot(fd);

	if (!simulated(s))
		return __real_getpeername(fd, sa, sl);
	if (!s->peer.family)
		return fail(ENOTCONN);
	vn_addr_get(&s->peer, sa, sl);

	return 0;
}

int __wrap_getsockopt(int fd, int level, int opt, void *val, socklen_t *len)
{
	struct vn_sock *s = vn_slot(fd);

	if (!simulated(s) || level != SOL_SOCKET || opt != SO_ERROR || *len < sizeof(int))
		return __real_getsockopt(fd, level, opt, val, len);

	memcpy(val, &s->err, sizeof(int));
	*len = sizeof(int);
	s->err = 0;

	return 0;
}

ssize_t __wrap_sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *sa,
		      socklen_t sl)
{
	struct vn_sock *s = vn_slot(fd);
	struct vn_addr dst;
	int err;

	if (!s)
		return __real_sendto(fd, buf, len, flags, sa, sl);
	if (s->kind == VN_DEAD)
		return (ssize_t)len;
	if (is_stream(s))
		return simulated(s) ? vn_stream_send(s, buf, len) :
			__real_sendto(fd, buf, len, flags, sa, sl);

	if (!sa || !vn_addr_set(&dst, sa, SOCK_DGRAM))
		dst = s->peer;
	err = dst.family ? decide(s, &dst) : 0;
	if (err)
		return fail(err);

	return simulated(s) ? vn_dgram_send(s, buf, len, &dst) :
		vn_kernel_send(s, buf, len, flags, sa, sl);
}

ssize_t __wrap_send(int fd, const void *buf, size_t len, int flags)
{
	return vn_slot(fd) ? __wrap_sendto(fd, buf, len, flags, NULL, 0) :
		__real_send(fd, buf, len, flags);
}

ssize_t __wrap_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *sa,
			socklen_t *sl)
{
	struct vn_sock *s = vn_slot(fd);

	if (!s || s->kind == VN_FRESH)
		return __real_recvfrom(fd, buf, len, flags, sa, sl);
	if (s->kind == VN_DEAD)
		return fail(EAGAIN);
	if (s->kind == VN_KERNEL)
		return vn_kernel_recv(s, buf, len, flags, sa, sl);

	return is_stream(s) ? vn_stream_recv(s, buf, len) : vn_dgram_recv(s, buf, len, sa, sl);
}

ssize_t __wrap_recv(int fd, void *buf, size_t len, int flags)
{
	return vn_slot(fd) ? __wrap_recvfrom(fd, buf, len, flags, NULL, NULL) :
		__real_recv(fd, buf, len, flags);
}

/* Take a socket out of all tables; its descriptor stays open */
static void leave(struct vn_sock *s)
{
	vn_unwatch(s);
	vn_hash_remove(s);
	vn_join(s, NULL);
	vn_fifo_flush(&s->rx);
	++s->gen;
}

int __wrap_close(int fd)
{
	struct vn_sock *s = vn_slot(fd);

	if (s) {
		if (simulated(s) && s->kind != VN_DEAD && is_stream(s))
			vn_stream_close(s);
		leave(s);
		s->kind = VN_NONE;
	}
	vn_watch_forget(fd);

	return __real_close(fd);
}

/** Make dead what is open inside the simulated network; forget the addresses of the others */
void vn_socks_reset(void)
{
	for (int fd = 0; fd < slots_used; fd++) {
		struct vn_sock *s = vn_slot(fd);

		if (!s)
			continue;
		leave(s);
		if (s->kind != VN_KERNEL)
			s->kind = VN_DEAD;
	}
}
