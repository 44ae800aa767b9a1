/**
 * @file vnet_poll.c  epoll for the simulated sockets, and the jump of the clock
 *
 * SIM-03.  One turn of libre's loop in virtual mode: deliver what is due; if a socket has
 * something, report it; if not, go on to the next packet, but no further than the loop's time-out,
 * that is the next timer.  libre counts whole milliseconds: the time-out ends at (now / 1 ms +
 * time-out) * 1 ms, or timers would drift as soon as a packet arrives between two milliseconds.  A
 * timer goes before a packet due at the same microsecond.
 *
 * The kernel is asked every 64th turn, and only if a descriptor of its own is watched.
 */
#include <errno.h>
#include <stdlib.h>
#include "sim/vnet_priv.h"

enum { KERNEL_EVERY = 64, IDLE_WAIT_MS = 1000 };

static struct vn_sock *ready_head, *ready_tail;
static int kernel_ep[VN_FD_MAX];        /* epoll descriptor + 1 that watches it; 0 = none */
static int kernel_used;                 /* highest such descriptor + 1 */
static int kernel_n;

/** Put a socket on the list of those to look at */
void vn_ready(struct vn_sock *s)
{
	if (!s->watched || s->ready)
		return;

	s->ready = true;
	s->ready_next = NULL;
	s->ready_prev = ready_tail;
	if (ready_tail)
		ready_tail->ready_next = s;
	else
		ready_head = s;
	ready_tail = s;
}

static void unready(struct vn_sock *s)
{
	if (!s->ready)
		return;

	s->ready = false;
	*(s->ready_prev ? &s->ready_prev->ready_next : &ready_head) = s->ready_next;
	*(s->ready_next ? &s->ready_next->ready_prev : &ready_tail) = s->ready_prev;
}

/** Watch a socket of the simulated network no longer */
void vn_unwatch(struct vn_sock *s)
{
	unready(s);
	s->watched = false;
}

/**
 * Let the kernel watch a descriptor.
 *
 * @return As epoll_ctl()
 */
int vn_watch_kernel(int epfd, int op, int fd, struct epoll_event *ev)
{
	const int err = __real_epoll_ctl(epfd, op, fd, ev);

	if (err || fd < 0 || fd >= VN_FD_MAX)
		return err;

	kernel_n += (op == EPOLL_CTL_ADD) - (op == EPOLL_CTL_DEL && kernel_ep[fd]);
	if (op != EPOLL_CTL_MOD)
		kernel_ep[fd] = op == EPOLL_CTL_ADD ? epfd + 1 : 0;
	if (fd >= kernel_used)
		kernel_used = fd + 1;

	return 0;
}

/** A descriptor closes: the kernel watches it no longer, nor what it watched itself */
void vn_watch_forget(int closing)
{
	if (closing < 0 || closing >= VN_FD_MAX || !kernel_n)
		return;

	for (int fd = 0; fd < kernel_used; fd++) {
		if (kernel_ep[fd] && (fd == closing || kernel_ep[fd] == closing + 1)) {
			kernel_ep[fd] = 0;
			--kernel_n;
		}
	}
}

static int watch(struct vn_sock *s, int epfd, int op, const struct epoll_event *ev)
{
	if (s->watched == (op == EPOLL_CTL_ADD)) {
		errno = s->watched ? EEXIST : ENOENT;
		return -1;
	}

	vn_unwatch(s);
	if (op == EPOLL_CTL_DEL)
		return 0;

	s->epfd = epfd;
	s->interest = ev->events;
	s->user = ev->data;
	s->watched = true;
	vn_ready(s);

	return 0;
}

int __wrap_epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev)
{
	struct vn_sock *s = vn_slot(fd);

	if (!s || s->kind == VN_KERNEL)
		return vn_watch_kernel(epfd, op, fd, ev);
	if (s->kind == VN_DEAD)
		return 0;

	return watch(s, epfd, op, ev);
}

static uint32_t state_of(const struct vn_sock *s)
{
	switch (s->kind) {

	case VN_DGRAM:
		return (s->rx.head ? EPOLLIN : 0u) | EPOLLOUT;

	case VN_LISTEN:
		return s->accept_next ? EPOLLIN : 0u;

	case VN_OPEN:
		return (s->rx.head || s->eof ? EPOLLIN : 0u) | EPOLLOUT;

	case VN_BROKEN:
		return EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP;

	default:
		return 0;
	}
}

/* Report sockets that have something; those stay on the list, behind the others */
static int report(struct epoll_event *ev, int max)
{
	const struct vn_sock *last = ready_tail;
	struct vn_sock *s = NULL;
	int n = 0;

	while (ready_head && s != last && n < max) {
		uint32_t events;

		s = ready_head;
		unready(s);
		events = state_of(s) & (s->interest | EPOLLERR | EPOLLHUP);
		if (!events)
			continue;
		ev[n].events = events;
		ev[n++].data = s->user;
		vn_ready(s);
	}

	return n;
}

static void deliver(void)
{
	while (vn_queue_due_us() <= vn.now_us) {
		struct vn_pkt *p = vn_queue_pop();

		if (p->op == VN_OP_DGRAM)
			vn_dgram_arrive(p);
		else
			vn_stream_arrive(p);
	}
}

static uint64_t limit_us(int timeout_ms)
{
	uint64_t limit;

	if (timeout_ms < 0)
		return UINT64_MAX;

	limit = (vn.now_us / 1000 + (uint64_t)timeout_ms) * 1000;

	return limit > vn.now_us ? limit : vn.now_us;
}

static int kernel_turn(int epfd, struct epoll_event *ev, int max)
{
	if (!kernel_n || ++vn.turn % KERNEL_EVERY)
		return 0;

	return __real_epoll_wait(epfd, ev, max, 0);
}

static int idle(int epfd, struct epoll_event *ev, int max)
{
	const int n = kernel_n ? __real_epoll_wait(epfd, ev, max, IDLE_WAIT_MS) : 0;

	if (!n)
		vn.idle_h(vn.idle_arg);

	return n;
}

static int wait_virtual(int epfd, struct epoll_event *ev, int max, int timeout_ms)
{
	const uint64_t limit = limit_us(timeout_ms);
	int n = kernel_turn(epfd, ev, max);

	while (!n) {
		uint64_t due_us;

		deliver();
		n = report(ev, max);
		if (n)
			break;

		due_us = vn_queue_due_us();
		if (due_us < limit) {
			vn.now_us = due_us;
			continue;
		}
		if (limit == UINT64_MAX)
			return idle(epfd, ev, max);
		vn.now_us = limit;
		break;
	}

	return n;
}

int __wrap_epoll_wait(int epfd, struct epoll_event *ev, int max, int timeout_ms)
{
	return vn.mode == VN_VIRTUAL ? wait_virtual(epfd, ev, max, timeout_ms) :
		__real_epoll_wait(epfd, ev, max, timeout_ms);
}
