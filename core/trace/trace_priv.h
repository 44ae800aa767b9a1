/**
 * @file trace_priv.h  What the files of the trace share
 */
#ifndef TRACE_TRACE_PRIV_H
#define TRACE_TRACE_PRIV_H

#include "trace.h"

/** What is kept of a message or packet, one behind the other in a chunk */
struct kept {
	uint64_t order;                 /**< 1, 2, 3 ... over both pools */
	int64_t wall_us;
	struct pcapng_addr src, dst;
	uint32_t len;
	uint8_t over;                   /**< enum trace_over */
	bool sent;
	uint8_t data[];
};

int trace_text_head(struct mbuf *mb);
int trace_text(struct mbuf *mb, const struct kept *k);

#endif
