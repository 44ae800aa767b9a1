/**
 * @file vnet_priv.h  Inside of the simulated network: shared by sim/vnet*.c only
 *
 * A socket of the process is one slot, found by its descriptor; the descriptor itself is a kernel
 * socket, a place-holder once the slot is inside the simulated network.  A packet names its
 * receiver by slot and generation, so that a closed and reused descriptor gets nothing of its
 * predecessor.
 */
#ifndef SIM_VNET_PRIV_H
#define SIM_VNET_PRIV_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include "sim/vnet.h"

enum {
	VN_FD_MAX = 65536,              /**< descriptors above stay with the kernel */
	VN_RX_MAX = 1024,               /**< datagrams one socket keeps unread; the rest is lost */
};

enum vn_mode { VN_OFF, VN_REAL, VN_VIRTUAL };

/** One random stream a purpose: what is drawn from one shifts no other */
enum vn_stream { VN_RAND_LIBRE, VN_RAND_NET, VN_RAND_SCENARIO, VN_RAND_N };

enum vn_kind {
	VN_NONE,                        /**< not an internet socket, or closed */
	VN_KERNEL,                      /**< left to the kernel */
	VN_FRESH,                       /**< virtual mode, neither bound nor connected yet */
	VN_DGRAM,                       /**< inside, from here on */
	VN_STREAM,                      /**< bound */
	VN_LISTEN,
	VN_CONNECTING,
	VN_OPEN,
	VN_BROKEN,                      /**< refused, reset or timed out: `err` says which */
	VN_DEAD,                        /**< left over from before vnet_start() */
};

/** Address, port and type; no padding, compared as a whole. Host addresses have port and type 0 */
struct vn_addr {
	uint64_t a[2];                  /**< network order; IPv4 in the first four octets */
	uint16_t port;                  /**< network order */
	uint16_t family;
	uint32_t type;                  /**< SOCK_DGRAM, SOCK_STREAM */
};

struct vn_host {
	struct vn_host *next;
	struct vn_addr addr;
	struct vnet_fault own;
	const struct vnet_fault *fault; /**< &own, or the default of all */
	uint32_t sockets;               /**< bound here; 0 = nobody answers */
	uint16_t ephemeral;             /**< last port given out */
	bool cut;
	struct vn_nat *nat;             /**< box this host is behind, NULL = none */
	struct vn_nat *box;             /**< box that this host is, NULL = none */
};

enum vn_op {
	VN_OP_DGRAM,
	VN_OP_SYN, VN_OP_SYNACK, VN_OP_DATA, VN_OP_FIN, VN_OP_RST,
	VN_OP_TIMEOUT,                  /**< no packet: a connection request gives up */
};

struct vn_pkt {
	struct vn_pkt *next;
	uint64_t due_us, seq;
	struct vn_sock *to, *from;      /**< `from` with streams only */
	uint32_t to_gen, from_gen;
	enum vn_op op;
	uint32_t len, size;
	struct vn_addr src, dst;        /**< `dst` with streams only */
	uint8_t data[];
};

/** Packets in order of arrival */
struct vn_fifo {
	struct vn_pkt *head, *tail;
};

struct vn_sock {
	enum vn_kind kind;
	uint32_t gen;
	struct vn_addr local, peer;     /**< peer.family 0 = not connected */
	struct vn_host *host;
	struct vn_sock *hash_next;
	bool hashed;

	struct vn_fifo rx;
	uint32_t rx_count, rx_off;      /**< rx_off: octets of the head already read (streams) */

	int epfd;
	uint32_t interest;
	epoll_data_t user;
	bool watched, ready;
	struct vn_sock *ready_prev, *ready_next;

	struct vn_sock *mate;           /**< other end of a stream */
	uint32_t mate_gen;
	uint64_t last_due_us;           /**< streams: of the last segment under way to here */
	struct vn_sock *accept_next;    /**< connections waiting for accept() */
	int err;
	bool eof;
};

struct vn_net {
	enum vn_mode mode;
	uint64_t now_us;                /**< virtual clock */
	int64_t wall_offset_us;         /**< calendar minus monotonic */
	uint64_t rand[VN_RAND_N];
	struct vnet_fault fault;        /**< default of every host */
	struct vnet_stats stats;
	struct vn_addr home[2];         /**< IPv4, IPv6; family 0 = unset */
	unsigned turn;                  /**< of the loop; the kernel is asked every so many */
	uint32_t ncut;                  /**< hosts whose cable is out */
	uint32_t nats;                  /**< NAT boxes */
	vnet_tap_h *tap_h;
	void *tap_arg;
	vnet_idle_h *idle_h;
	void *idle_arg;
};
extern struct vn_net vn;

/* vnet_clock.c */
int64_t  vn_kernel_clock_us(clockid_t id);
void     vn_rand_seed(uint64_t seed);
uint64_t vn_rand(enum vn_stream stream);

/* vnet_addr.c */
bool vn_addr_set(struct vn_addr *k, const struct sockaddr *sa, uint32_t type);
void vn_addr_get(const struct vn_addr *k, struct sockaddr *sa, socklen_t *len);
bool vn_addr_inside(const struct vn_addr *k);
struct vn_addr vn_addr_host(const struct vn_addr *k);
struct vn_host *vn_host_get(const struct vn_addr *k);
void vn_hosts_reset(void);
struct vn_sock *vn_find(const struct vn_addr *k);
void vn_hash_add(struct vn_sock *s);
void vn_hash_remove(struct vn_sock *s);

static inline bool vn_addr_eq(const struct vn_addr *x, const struct vn_addr *y)
{
	return x->a[0] == y->a[0] && x->a[1] == y->a[1] && x->port == y->port &&
		x->family == y->family && x->type == y->type;
}

/* vnet_queue.c */
struct vn_pkt *vn_pkt_alloc(const void *data, size_t len);
void vn_pkt_free(struct vn_pkt *p);
void vn_fifo_add(struct vn_fifo *f, struct vn_pkt *p);
struct vn_pkt *vn_fifo_take(struct vn_fifo *f);
void vn_fifo_flush(struct vn_fifo *f);
int  vn_queue_push(struct vn_pkt *p);
uint64_t vn_queue_due_us(void);
struct vn_pkt *vn_queue_pop(void);
void vn_queue_reset(void);

/* vnet_sock.c */
struct vn_sock *vn_slot(int fd);
struct vn_sock *vn_sock_open(int fd, int family, uint32_t type);
int  vn_fd(const struct vn_sock *s);
void vn_join(struct vn_sock *s, struct vn_host *h);
int  vn_bind_inside(struct vn_sock *s, const struct vn_addr *k);
int  vn_bind_home(struct vn_sock *s, uint16_t family);
void vn_socks_reset(void);

/* vnet_dgram.c */
bool vn_chance(uint32_t ppm);
uint64_t vn_delay_us(const struct vnet_fault *f);
ssize_t vn_dgram_send(struct vn_sock *s, const void *buf, size_t len, const struct vn_addr *dst);
ssize_t vn_dgram_recv(struct vn_sock *s, void *buf, size_t len, struct sockaddr *sa, socklen_t *sl);
void vn_dgram_arrive(struct vn_pkt *p);
void vn_tap_call(const struct vn_addr *src, const struct vn_addr *dst, const void *buf, size_t len,
		 bool lost);

/* vnet_nat.c */
struct vn_sock *vn_nat_route(struct vn_addr *src, const struct vn_addr *dst, struct vn_host *from);
void vn_nat_free(struct vn_nat *n);

/* vnet_stream.c */
int  vn_stream_connect(struct vn_sock *s, const struct vn_addr *dst);
int  vn_stream_accept(struct vn_sock *s, struct sockaddr *sa, socklen_t *sl);
ssize_t vn_stream_send(struct vn_sock *s, const void *buf, size_t len);
ssize_t vn_stream_recv(struct vn_sock *s, void *buf, size_t len);
void vn_stream_arrive(struct vn_pkt *p);
void vn_stream_close(struct vn_sock *s);
void vn_streams_release(void);
void vn_streams_reset(void);

/* vnet_poll.c */
void vn_ready(struct vn_sock *s);
void vn_unwatch(struct vn_sock *s);
int  vn_watch_kernel(int epfd, int op, int fd, struct epoll_event *ev);
void vn_watch_forget(int fd);

/* vnet_kernel.c */
ssize_t vn_kernel_send(struct vn_sock *s, const void *buf, size_t len, int flags,
		       const struct sockaddr *sa, socklen_t sl);
ssize_t vn_kernel_recv(struct vn_sock *s, void *buf, size_t len, int flags,
		       struct sockaddr *sa, socklen_t *sl);
void vn_kernel_bound(struct vn_sock *s);

/* the seam: __wrap_X takes the place of X in every object of the program, __real_X is libc's */
#define VN_SEAM(type, name, ...) \
	type __wrap_##name(__VA_ARGS__); \
	type __real_##name(__VA_ARGS__)

VN_SEAM(int, socket, int family, int type, int proto);
VN_SEAM(int, bind, int fd, const struct sockaddr *sa, socklen_t sl);
VN_SEAM(int, connect, int fd, const struct sockaddr *sa, socklen_t sl);
VN_SEAM(int, listen, int fd, int backlog);
VN_SEAM(int, accept, int fd, struct sockaddr *sa, socklen_t *sl);
VN_SEAM(int, getsockname, int fd, struct sockaddr *sa, socklen_t *sl);
VN_SEAM(int, getpeername, int fd, struct sockaddr *sa, socklen_t *sl);
VN_SEAM(int, getsockopt, int fd, int level, int opt, void *val, socklen_t *len);
VN_SEAM(ssize_t, sendto, int fd, const void *buf, size_t len, int flags, const struct sockaddr *sa,
	socklen_t sl);
VN_SEAM(ssize_t, send, int fd, const void *buf, size_t len, int flags);
VN_SEAM(ssize_t, recvfrom, int fd, void *buf, size_t len, int flags, struct sockaddr *sa,
	socklen_t *sl);
VN_SEAM(ssize_t, recv, int fd, void *buf, size_t len, int flags);
VN_SEAM(int, close, int fd);
VN_SEAM(int, epoll_ctl, int epfd, int op, int fd, struct epoll_event *ev);
VN_SEAM(int, epoll_wait, int epfd, struct epoll_event *ev, int max, int timeout_ms);
VN_SEAM(int, gettimeofday, struct timeval *tv, void *tz);
VN_SEAM(int, clock_gettime, clockid_t id, struct timespec *ts);
VN_SEAM(time_t, time, time_t *t);
VN_SEAM(int, RAND_bytes, unsigned char *buf, int num);

#endif
