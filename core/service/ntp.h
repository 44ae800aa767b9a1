/**
 * @file ntp.h  What an NTP server says the time is: an SNTP client (TIM-01, SRV-04; RFC 5905 §14, RFC 4330)
 *
 *     ms      0    2000   4000    6000
 *             request, again, again   no answer: failed
 *     answered    -> again after 64, 128 ... 4096 s; 64 s after a correction of more than 128 ms
 *     failed      -> again after 64, 128 ... 4096 s; a name is looked up anew
 *     kiss RATE   -> the interval doubles, and gets no shorter again
 *     kiss DENY, RSTR and the like -> never again
 *
 * The client sets no clock: it tells how far the server's is ahead of the one it was given.  An answer counts where it
 * comes from the address that was asked and carries the request's transmit time-stamp, which is 64 random bits and says
 * nothing of our own clock.  A server that was believed once is not believed when it jumps by more than NTP_JUMP_S, until it
 * said the same NTP_AGREE times.
 */
#ifndef SERVICE_NTP_H
#define SERVICE_NTP_H

#include <re.h>
#include <stdbool.h>
#include <stdint.h>

#define NTP_PACKET 48
#define NTP_COOKIE 8
#define NTP_KISS 5
#define NTP_TRIES 3
#define NTP_TRY_MS 2000
#define NTP_POLL_MIN_S 64
#define NTP_POLL_MAX_S 4096
#define NTP_STEP_US 128000
#define NTP_JUMP_S 1000
#define NTP_AGREE 3
#define NTP_CAUSE 128

/* --- packets: ntp_packet.c --- */

enum ntp_verdict {
	NTP_GOOD,
	NTP_FOREIGN,                    /**< not an answer to this request: go on waiting */
	NTP_KISSED,                     /**< stratum 0: the server wants something of us */
	NTP_UNSYNCHRONISED,             /**< it does not know the time itself */
	NTP_IMPOSSIBLE,                 /**< a time that cannot be */
};

/** What an answer says; times in us since 1970 UTC */
struct ntp_answer {
	int64_t received_us, sent_us;   /**< NTP_GOOD: by the server's clock */
	unsigned stratum;
	char kiss[NTP_KISS];            /**< NTP_KISSED: "RATE", "DENY" ... */
};

void ntp_request(uint8_t p[NTP_PACKET], const uint8_t cookie[NTP_COOKIE]);
enum ntp_verdict ntp_read(struct ntp_answer *a, const uint8_t *p, size_t n, const uint8_t cookie[NTP_COOKIE]);
bool ntp_offset(int64_t *offset_us, int64_t *delay_us, const struct ntp_answer *a, int64_t asked_us, int64_t came_us);

/* --- the client: ntp.c --- */

struct ntp;

/** The client's own clock */
struct ntp_clock {
	uint64_t (*now_us)(void *arg);  /**< never goes back */
	int64_t (*wall_us)(void *arg);  /**< calendar that the offset is told against */
	void *arg;
};

struct ntp_config {
	const char *server;             /**< name or address, IPv6 in [] */
	uint16_t port;
	struct sa laddr;                /**< of the door; its port is not used */
	struct dnsc *dnsc;              /**< NULL = addresses only */
	struct ntp_clock clock;
};

/** How it stands */
struct ntp_state {
	bool ok;                        /**< the last poll gave the time */
	bool ever;                      /**< one did */
	int64_t offset_us;              /**< where ever: server's clock less ours ... */
	int64_t delay_us;               /**< ... there and back ... */
	unsigned stratum;
	uint64_t at_us;                 /**< ... and when, by now_us */
	uint32_t poll_s;                /**< interval in force, 0 = it asks no more */
	const char *trouble;            /**< why it is not ok, a word (static): silent, unsynchronised, impossible, jumped,
					     rate, denied, unknown, unreachable; "" = nothing is wrong so far */
	char cause[NTP_CAUSE];          /**< the same as a sentence */
};

/** A poll is over; it may not end the client */
typedef void (ntp_h)(const struct ntp_state *st, void *arg);

int  ntp_alloc(struct ntp **np, const struct ntp_config *cfg, ntp_h *h, void *arg);    /**< mem_deref ends it */
void ntp_again(struct ntp *n);          /**< the network is back: where it failed, ask now */
const struct ntp_state *ntp_state(const struct ntp *n);

#endif
