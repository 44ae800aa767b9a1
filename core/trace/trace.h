/**
 * @file trace.h  The debug trace: SIP messages and packets of a running door, in bounded memory (WEB-08)
 *
 *     SIP messages  by UDP, TCP and TLS (in clear), as the agent's tap shows them (core/sip/ua.h)
 *     packets       datagrams as on the wire: SIP, RTP, RTCP, STUN, DNS, as the host's tap shows them
 *
 * Off by default: nothing is allocated, and the host's tap is not there.  Each kind has memory of its own, so that sound
 * does not push out the signalling; what is full drops its oldest.  A trace that nobody stops stops after TRACE_MAX_S.
 *
 * Read as text, secrets are struck out (trace_strike()); read as a capture, packets are as they were on the wire, and
 * only what TLS had hidden there is struck out.
 */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include <re.h>
#include "pcapng.h"

#define TRACE_CHUNK (128 * 1024)        /**< pieces of memory, dropped as a whole */
#define TRACE_SIP_BYTES (2 * 1024 * 1024)
#define TRACE_PACKET_BYTES (6 * 1024 * 1024)
#define TRACE_MAX_S 3600

enum trace_over { TRACE_UDP, TRACE_TCP, TRACE_TLS };
enum trace_form { TRACE_PCAPNG, TRACE_TEXT };

struct trace;

/** The trace begins or ends: the host shows it packets from now on, or no longer */
typedef void (trace_switch_h)(bool on, void *arg);

struct trace_state {
	bool running;
	int64_t since_us;               /**< calendar, 0 = never started */
	uint64_t sip, packets;          /**< kept */
	uint64_t bytes;                 /**< of memory */
	uint64_t dropped;               /**< of both: oldest, for which there was no room */
};

/** One message or packet, as it is given to the trace */
struct trace_item {
	int64_t wall_us;
	const struct sa *src, *dst;
	const uint8_t *data;
	size_t len;
	enum trace_over over;           /**< SIP */
	bool sent;                      /**< SIP */
};

/** Where a reader is; a trace may go on meanwhile, what comes then is not read */
struct trace_reader {
	enum trace_form form;
	uint64_t at, last;
	uint64_t passed;                /**< SIP messages up to this number are not for it */
	uint16_t id;
	bool begun;
};

int  trace_alloc(struct trace **tp, trace_switch_h *h, void *arg);
int  trace_start(struct trace *t, int64_t wall_us);
void trace_stop(struct trace *t);
void trace_clear(struct trace *t);
bool trace_runs(const struct trace *t);
void trace_sip(struct trace *t, const struct trace_item *it);
void trace_packet(struct trace *t, const struct trace_item *it);
void trace_state(const struct trace *t, struct trace_state *s);
void trace_read_begin(struct trace_reader *r, const struct trace *t, enum trace_form form);
int  trace_read(struct trace_reader *r, const struct trace *t, struct mbuf *mb, size_t size);

/* trace_text.c */
void trace_strike(char *msg, size_t len);

#endif
