/**
 * @file ua.h  One SIP user agent: transports, sessions, out-of-dialog requests (libre)
 *
 * The door has one, a reference phone has one; 10,000 live in one process.
 * Requirements: SIP-01, SIP-02, SIP-10 (OPTIONS, 486 by the owner), SUP-10 (MESSAGE).
 */
#ifndef SIP_UA_H
#define SIP_UA_H

#include <re.h>
#include <stdbool.h>
#include <stdint.h>
#include "../media/media.h"

struct ua;
struct call;

/** As whom a request goes out beside the agent's own identity: an account at a PBX (SUP-03) */
struct ua_identity {
	const char *uri;                /**< From */
	const char *display;            /**< display name, NULL = none */
	const char *user;               /**< user part of Contact and SDP origin */
	const char *route;              /**< next hop, NULL = by the request's URI */
	int32_t over;                   /**< enum sip_over, where the URI does not say */
	sip_auth_h *authh;              /**< credentials for a challenge, NULL = none */
	void *arg;                      /**< its argument, a libre object that users of this reference */
};

/** A SIP message as it went or came, in clear where it goes by TLS (WEB-08); it may do nothing but look */
typedef void (ua_trace_h)(bool sent, enum sip_transp tp, const struct sa *src, const struct sa *dst, const uint8_t *data,
			  size_t len, void *arg);

/** Configuration of a user agent; strings are copied */
struct ua_config {
	struct sa laddr;                /**< address and port to bind; port 0 = any */
	const char *user;               /**< user part of our own URI, e.g. "ipacGap" (SIP-04) */
	const char *software;           /**< User-Agent / Server */
	const struct settings *conf;    /**< codecs, DTMF, RTP ports; borrowed, read at each call */
	struct media *media;            /**< borrowed reference */
	struct dnsc *dnsc;              /**< NULL = addresses only */
	bool tcp;                       /**< also listen on TCP */
	ua_trace_h *trace;              /**< NULL = none */
	void *trace_arg;
	int64_t (*wall_us)(void *arg);  /**< calendar certificates are judged by; NULL = time() */
	void *wall_arg;
	uint16_t message_code;          /**< refuse every MESSAGE by it (a receiver's fault); 0 = take them */
};

/** Things that come in outside a dialog */
/** New INVITE: take a reference and answer, ring or keep it, or it is refused with 486 */
typedef void (ua_call_h)(struct call *call, const struct sip_msg *msg, void *arg);
/** SIP MESSAGE text/plain, already answered 200; valid UTF-8 without control characters but \n */
typedef void (ua_message_h)(const char *from, const char *body, void *arg);
typedef void (ua_refused_h)(const char *from, const char *method, uint16_t scode, void *arg);
/** TCP or TLS failed: about our address, our file, or the subject of a peer's certificate */
typedef void (ua_fault_h)(const char *about, const char *cause, void *arg);
/** A new INVITE was refused because of its encryption, or its lack: kind is what we want (SIP-09) */
typedef void (ua_plain_h)(const char *kind, const char *cause, void *arg);

/** Which address others are told (SIP-08): ok, about = that address, cause = who told it; else what is wrong with whom */
typedef void (ua_nat_h)(bool ok, const char *about, const char *cause, void *arg);
typedef void (ua_message_sent_h)(const char *to, int err, uint16_t scode, void *arg);

int  ua_alloc(struct ua **uap, const struct ua_config *cfg);
void ua_handlers(struct ua *ua, ua_call_h *callh, ua_message_h *msgh, ua_refused_h *refh,
		 void *arg);
void ua_faults(struct ua *ua, ua_fault_h *h, void *arg);
void ua_encryption(struct ua *ua, ua_plain_h *h, void *arg);
void ua_nats(struct ua *ua, ua_nat_h *h, void *arg);
void ua_reach(struct ua *ua);                           /**< obey changed nat. settings */
void ua_reach_again(struct ua *ua);                     /**< the network is back */
const struct sa *ua_laddr(const struct ua *ua);
const struct sa *ua_addr(const struct ua *ua);
const char *ua_uri(const struct ua *ua);                /**< "sip:user@addr[:port]" */
int  ua_message(struct ua *ua, const char *to, const char *from_user, const char *body,
		ua_message_sent_h *h, void *arg);
int  ua_message_as(struct ua *ua, const struct ua_identity *as, const char *to, const char *body,
		   ua_message_sent_h *h, void *arg);
struct sip *ua_sip(struct ua *ua);
void ua_close(struct ua *ua, bool force);       /**< force = power lost: nothing more is sent */

/** What we serve of the manual's trace (§3.3.22.1); no NOTIFY and SUBSCRIBE, and no REFER: a door calls
 *  whom its settings name, not whom a caller names.  REFER gets 603 (RFC 3515 §2.4.2) */
#define UA_ALLOW "INVITE, ACK, CANCEL, OPTIONS, BYE, MESSAGE, INFO, UPDATE"
/** Extensions we serve: RFC 3891, RFC 4028 */
#define UA_SUPPORTED "replaces, timer"
#define UA_MESSAGE_MAX 4096             /**< longest body of a MESSAGE taken */

#endif
