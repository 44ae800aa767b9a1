/**
 * @file exchange.h  A SIP request outside a call, sent again with credentials where it is challenged
 *
 * REGISTER and PUBLISH of an account, and MESSAGE.  RFC 3261 §22, SIP-03.
 */
#ifndef SIP_EXCHANGE_H
#define SIP_EXCHANGE_H

#include "ua.h"

struct exchange;

/** Where the requests go, and as whom; strings are copied */
struct exchange_config {
	struct sip *sip;                /**< referenced */
	const char *uri;                /**< request URI */
	const char *to;                 /**< URI */
	const struct ua_identity *as;   /**< From, route and credentials */
};

/** The final answer, once a request: err, or msg with its scode */
typedef void (exchange_h)(int err, const struct sip_msg *msg, void *arg);

int  exchange_alloc(struct exchange **xp, const struct exchange_config *cfg, exchange_h *h, void *arg);
int  exchange_send(struct exchange *x, const char *method, const char *fmt, ...);
bool exchange_busy(const struct exchange *x);
void exchange_detach(struct exchange *x);

#endif
