/**
 * @file binding.h  What a UDP socket looks like from outside: STUN Binding (SIP-08, SRV-04; RFC 8489)
 */
#ifndef MEDIA_BINDING_H
#define MEDIA_BINDING_H

#include <re.h>
#include <stdbool.h>
#include <stdint.h>

struct binding;

/** A request was answered (err 0, at = the address), or failed: ETIMEDOUT no answer, EPROTO refused, EBADMSG an
 *  answer without a usable address.  It may not end the binding */
typedef void (binding_h)(int err, const struct sa *at, void *arg);

int  binding_alloc(struct binding **bp, struct udp_sock *us, const struct sa *server, uint32_t keepalive_s,
		   binding_h *h, void *arg);            /**< mem_deref ends it */
void binding_again(struct binding *b);                  /**< ask now, whatever the wait */
const struct sa *binding_address(const struct binding *b); /**< NULL as long as none was told */
bool binding_take(struct binding *b, const struct sa *src, struct mbuf *mb);
bool binding_usable(const struct sa *own, const struct sa *at);

#endif
