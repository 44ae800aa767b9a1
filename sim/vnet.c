/**
 * @file vnet.c  Virtual time and the simulated network: start, reset and what a scenario sets
 *
 * SIM-03.  vnet_clock.c: time and random numbers.  vnet_addr.c: hosts.  vnet_queue.c: packets under
 * way.  vnet_sock.c: the socket calls.  vnet_dgram.c and vnet_stream.c: UDP and TCP inside.
 * vnet_kernel.c: sockets of the real world.  vnet_poll.c: epoll, and the jump of the clock.
 */
#include <errno.h>
#include <re.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include "sim/vnet_priv.h"

/** 2026-01-05 08:00:00 UTC, a Monday */
#define EPOCH_US (INT64_C(1767600000) * 1000000)

static const struct vnet_fault no_fault = {.delay_us = 200};

static void no_tap(const struct vnet_packet *p, void *arg)
{
	(void)p;
	(void)arg;
}

static void idle_exit(void *arg)
{
	(void)arg;
	(void)fprintf(stderr, "vnet: no timer is running and no packet is under way at %.6f s: "
		      "nothing will ever happen again\n", (double)vn.now_us / 1e6);
	exit(3);
}

struct vn_net vn = {.fault = {.delay_us = 200}, .tap_h = no_tap, .idle_h = idle_exit};

/**
 * Choose the mode, or start afresh.
 *
 * @param virtual_time true: simulated network and clock; false: the machine's
 * @param seed         Start of every random stream
 *
 * @return 0
 *
 * Call it with no libre timer running and no libre socket open: before libre_init(), or between
 * scenarios. Sockets left open are dead from then on: they send into nothing, receive nothing, and
 * can be closed. Clock, calendar, streams, hosts, links, faults, ports, tap, idle handler and
 * counters are as in a fresh process. Source: SIM-03.
 */
int vnet_start(bool virtual_time, uint64_t seed)
{
	vn_socks_reset();
	vn_streams_reset();
	vn_queue_reset();
	vn_hosts_reset();

	memset(&vn, 0, sizeof(vn));
	vn.mode = virtual_time ? VN_VIRTUAL : VN_REAL;
	vn.fault = no_fault;
	vn.wall_offset_us = virtual_time ? EPOCH_US :
		vn_kernel_clock_us(CLOCK_REALTIME) - vn_kernel_clock_us(CLOCK_MONOTONIC);
	vn_rand_seed(seed);
	vnet_tap(NULL, NULL);
	vnet_on_idle(NULL, NULL);

	return 0;
}

/**
 * Let this process have as many sockets as the machine allows, simulated ones included: each is a descriptor.
 *
 * @return 0 or libre's error; call it after libre_init() and before the first socket
 */
int vnet_many_sockets(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return errno;
	limit.rlim_cur = limit.rlim_max < VN_FD_MAX ? limit.rlim_max : VN_FD_MAX;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		return errno;

	return fd_setsize((int)limit.rlim_cur);
}

static struct vn_host *host_of(const struct sa *sa)
{
	struct vn_addr k;

	return vn_addr_set(&k, &sa->u.sa, 0) ? vn_host_get(&k) : NULL;
}

/**
 * Set the faults of all a host sends (virtual mode).
 *
 * @param host Sender (address, port ignored), NULL = every host without faults of its own
 * @param f    Faults, copied; NULL = those of all (host), 200 us of delay and nothing else (all)
 *
 * Loss, duplication and reordering are drawn a packet. A packet drawn for reordering comes 30 ms
 * late, behind the next RTP packet; a duplicate comes 0.5 ms after the first. Streams keep order
 * and content: a lost segment comes 200 ms late. Packets under way are not affected.
 */
void vnet_set_fault(const struct sa *host, const struct vnet_fault *f)
{
	struct vn_host *h;

	if (!host) {
		vn.fault = f ? *f : no_fault;
		return;
	}

	h = host_of(host);
	if (!h)
		return;
	if (f)
		h->own = *f;
	h->fault = f ? &h->own : &vn.fault;
}

/**
 * Plug or pull a host's network cable.
 *
 * @param host Host (address, port ignored)
 * @param up   true = plugged
 *
 * Datagrams from and to the host vanish, without an error. Real mode: so do those of sockets bound
 * to its address in this process, and of sockets bound to none; streams are not touched there.
 * Virtual mode: what a stream sends is kept and arrives when both cables are plugged, as TCP would
 * repeat it; a connection asked for meanwhile times out after 127 s.
 */
void vnet_link(const struct sa *host, bool up)
{
	struct vn_host *h = host_of(host);

	if (!h || h->cut == !up)
		return;

	h->cut = !up;
	if (up) {
		--vn.ncut;
		vn_streams_release();
	}
	else {
		++vn.ncut;
	}
}

/**
 * Say which host unbound sockets belong to (virtual mode).
 *
 * @param host Address inside; replaces the one set before, of the same family only
 *
 * libre binds neither its outgoing TCP connections nor DNS queries: call this before another host
 * acts. While none is set, such a socket cannot reach the simulated network (ENETUNREACH).
 */
void vnet_home(const struct sa *host)
{
	struct vn_addr k;

	if (vn_addr_set(&k, &host->u.sa, 0) && vn_addr_inside(&k))
		vn.home[k.family == AF_INET6] = vn_addr_host(&k);
}

/**
 * Watch the datagrams.
 *
 * @param h   Handler, NULL = none. It must not send, close or call vnet_start()
 * @param arg Its argument
 *
 * Virtual mode: each datagram, when it is sent, once. Real mode: when sent, and when received from
 * a socket that is not bound in this process.
 */
void vnet_tap(vnet_tap_h *h, void *arg)
{
	vn.tap_h = h ? h : no_tap;
	vn.tap_arg = arg;
}

/**
 * Say what happens when nothing will ever happen again: no timer runs, no packet is under way, and
 * the kernel has nothing for the descriptors that are its own (asked for 1 s if there are any).
 *
 * @param h   Handler; it arms a timer, sends, or calls re_cancel(), or it is called again at once.
 *            NULL = print the fact and exit with 3
 * @param arg Its argument
 */
void vnet_on_idle(vnet_idle_h *h, void *arg)
{
	vn.idle_h = h ? h : idle_exit;
	vn.idle_arg = arg;
}

/**
 * Read the counters of the simulated network.
 *
 * @param st Written; zero in real mode
 */
void vnet_stats(struct vnet_stats *st)
{
	*st = vn.stats;
}

/** Show one datagram to the tap */
void vn_tap_call(const struct vn_addr *src, const struct vn_addr *dst, const void *buf, size_t len,
		 bool lost)
{
	struct sa from, to;
	struct vnet_packet p = {.t_us = (uint64_t)vnet_wall_us(), .src = &from, .dst = &to,
				.data = buf, .len = len, .lost = lost};

	if (vn.tap_h == no_tap)
		return;

	sa_init(&from, src->family);
	sa_init(&to, dst->family);
	from.len = to.len = sizeof(from.u);
	vn_addr_get(src, &from.u.sa, &from.len);
	vn_addr_get(dst, &to.u.sa, &to.len);
	vn.tap_h(&p, vn.tap_arg);
}
