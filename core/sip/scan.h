/**
 * @file scan.h  Which addresses of the local network answer SIP: OPTIONS to each of a range (NET-03)
 *
 *     each address once, one every SCAN_GAP_MS (50 a second); then those that were silent once more, SCAN_REPEAT_MS
 *     after the first round began at the earliest; SCAN_WAIT_MS for the last answers
 *
 * 254 silent addresses take 13 s, 1,024 take 43 s.  The socket is the scan's own: SIP's transactions and a call's timing
 * know nothing of it.  An answer counts where it comes from the address that was asked and carries that request's
 * branch, 64 random bits; any final code says that somebody is there.
 */
#ifndef SIP_SCAN_H
#define SIP_SCAN_H

#include <re.h>
#include <stdbool.h>
#include <stdint.h>

#define SCAN_MAX 1024                   /**< addresses of a range */
#define SCAN_GAP_MS 20
#define SCAN_REPEAT_MS 1000
#define SCAN_WAIT_MS 2000
#define SCAN_NAME 64
#define SCAN_RANGE 40                   /**< a range as text */
#define SCAN_PORT 5060

/** IPv4 addresses, in the host's byte order; both are asked */
struct scan_range {
	uint32_t first, last;
};

struct scan;

/** It is over; it may not be freed here */
typedef void (scan_h)(const struct scan *s, void *arg);

struct scan_config {
	const struct sa *laddr;         /**< SIP's, bound */
	const struct sa *addr;          /**< SIP's, as told to others: it is not asked */
	const char *uri;                /**< our own */
	const char *software;
	struct scan_range range;
	struct scan_range local;        /**< our network with its two ends, 0 = not known; those ends are not asked */
	uint16_t port;
};

/** A device that answered */
struct scan_found {
	uint32_t addr;
	uint16_t scode;
	char name[SCAN_NAME];           /**< User-Agent or Server: printable UTF-8, "" where it told none */
};

struct scan_state {
	bool running, cancelled;
	struct scan_range range;
	uint16_t port;
	unsigned done, total;           /**< questions of both rounds */
	unsigned unsent;                /**< the network took them not */
	unsigned found;
};

int  scan_range_read(struct scan_range *r, const char *text, const struct scan_range *local, char *err, size_t errsize);
void scan_range_text(char *buf, size_t size, const struct scan_range *r);
int  scan_alloc(struct scan **sp, const struct scan_config *cfg, scan_h *h, void *arg);
void scan_cancel(struct scan *s);
void scan_look(const struct scan *s, struct scan_state *st);
const struct scan_found *scan_found(const struct scan *s, unsigned i);  /**< by address; NULL behind the last */

#endif
