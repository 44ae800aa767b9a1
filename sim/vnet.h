/**
 * @file vnet.h  Virtual time and the simulated network under libre
 *
 * The seam is the linker's --wrap on statically linked libre: its calls for time, sockets, epoll
 * and random bytes come here.  Two modes, chosen once before libre_init() (vnet_start()):
 *
 * - real:    calls go to the kernel; time is the machine's, made monotonic.  A host's cable can
 *            still be cut (vnet_link), and every datagram can still be tapped.
 * - virtual: datagrams and streams between 10.77.0.0/16 and fd77::/16 addresses are delivered in
 *            the process; when no packet and no timer is due the clock jumps to the next one.
 *            Delay, loss, jitter, duplication and reordering are drawn from a stream of their own.
 *
 * CLOCK_MONOTONIC stays the kernel's in both modes, as the stop-watch of who measures a run; all
 * other clocks, gettimeofday() and time() are the simulated ones.
 *
 * SIM-03.  One process has one network (libc's calls are the process's), so this module alone has
 * globals.
 */
#ifndef SIM_VNET_H
#define SIM_VNET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sa;

/** Faults of the network, of one direction host -> anywhere; parts per million */
struct vnet_fault {
	uint32_t delay_us;              /**< default 200 us */
	uint32_t jitter_us;
	uint32_t loss_ppm;
	uint32_t duplicate_ppm;
	uint32_t reorder_ppm;
};

/** One datagram as sent (before loss) */
struct vnet_packet {
	uint64_t t_us;                  /**< calendar [us since 1970 UTC], of the sending */
	const struct sa *src, *dst;
	const uint8_t *data;
	size_t len;
	bool lost;                      /**< the simulated network dropped it */
};
typedef void (vnet_tap_h)(const struct vnet_packet *p, void *arg);

/** How a NAT box maps and filters datagrams (RFC 3489 §5); it is deaf to what comes from inside for itself */
enum vnet_nat_kind { VNET_FULL_CONE, VNET_RESTRICTED, VNET_PORT_RESTRICTED, VNET_SYMMETRIC };

/** What became of the datagrams since vnet_start(), virtual mode */
struct vnet_stats {
	uint64_t sent;                  /**< handed to the network, duplicates not counted */
	uint64_t delivered;             /**< to a receiving socket, duplicates counted */
	uint64_t lost;                  /**< drawn by loss_ppm, or the receiver's queue was full */
	uint64_t cut;                   /**< dropped because a cable was out */
	uint64_t unreachable;           /**< nobody listened at the destination, or no longer */
	uint64_t duplicated, reordered;
};
typedef void (vnet_idle_h)(void *arg);

/* before libre_init; again = reset: clock to the epoch, streams reseeded, queues empty */
int  vnet_start(bool virtual_time, uint64_t seed);
int  vnet_many_sockets(void);           /**< after libre_init, before any socket */
uint64_t vnet_now_us(void);             /**< monotonic [us]; virtual: 0 at vnet_start() */
/* calendar [us since 1970 UTC]; virtual epoch 2026-01-05 08:00:00 UTC, a Monday */
int64_t vnet_wall_us(void);
int64_t vnet_machine_us(void);          /**< the same, but real: as the machine's is set now */

/* host NULL = every host; f NULL = none */
void vnet_set_fault(const struct sa *host, const struct vnet_fault *f);
void vnet_link(const struct sa *host, bool up); /**< cable of one host (port ignored), both modes */
void vnet_home(const struct sa *host);          /**< virtual: whose the unbound sockets are */
/* virtual: a NAT box at the address `outside`; then hosts behind it.  Only UDP is translated */
int  vnet_nat(const struct sa *outside, enum vnet_nat_kind kind, uint32_t timeout_s);
int  vnet_nat_behind(const struct sa *outside, const struct sa *host);
int  vnet_nat_forward(const struct sa *outside, uint16_t port, const struct sa *host);
void vnet_nat_forget(const struct sa *outside); /**< as after its restart: no mapping is left */
void vnet_tap(vnet_tap_h *h, void *arg);        /**< h NULL = none */

/* virtual: nothing will ever happen again; h NULL = say so, exit 3 */
void vnet_on_idle(vnet_idle_h *h, void *arg);
void vnet_stats(struct vnet_stats *st);
unsigned vnet_timers(void);                     /**< libre timers that run, both modes */
uint64_t vnet_random(void);                     /**< scenario's own stream */

#endif
