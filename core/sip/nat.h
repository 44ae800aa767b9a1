/**
 * @file nat.h  Which address others are told: our own, the gateway's, or what a STUN server says (SIP-08)
 *
 * Inside of core/sip.  An agent with nat.mode=direct holds nothing of this.
 */
#ifndef SIP_NAT_H
#define SIP_NAT_H

#include "core/sip/ua.h"

struct nat_leg;

void nat_apply(struct ua *ua);
void nat_stop(struct ua *ua);
void nat_again(struct ua *ua);                          /**< the network is back: ask at once */
void nat_socket(struct ua *ua);                         /**< ua->udp is known now */
uint32_t nat_wait_ms(const struct ua *ua);              /**< so long a registration may wait for the address */
const struct sa *nat_address(const struct ua *ua);      /**< address and port of SIP over UDP */
uint16_t nat_tcp_port(const struct ua *ua);              /**< port of SIP over TCP that others are told */
int  nat_stream(struct stream **sp, struct nat_leg **lp, struct ua *ua, stream_event_h *h, void *arg);
void nat_media(struct sa *rtp, struct sa *rtcp, const struct ua *ua, const struct nat_leg *leg,
	       const struct stream *s);
int  nat_literal(struct sa *sa, const char *text, uint16_t port);

#endif
