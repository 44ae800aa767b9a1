/**
 * @file ice.h  ICE of one RTP leg: candidates, checks, the pair in use (SIP-08; RFC 8445, RFC 8839)
 */
#ifndef MEDIA_ICE_H
#define MEDIA_ICE_H

#include <re.h>
#include <stdbool.h>

struct ice_leg;
struct stream;

enum ice_state {
	ICE_IDLE,               /**< our side is described, theirs is not known */
	ICE_PLAIN,              /**< the other side does no ICE, or its offer was spoilt on the way */
	ICE_READY,              /**< both are known; ice_leg_start() begins the checks */
	ICE_CHECKING,
	ICE_CONNECTED,
	ICE_FAILED              /**< no pair works: the signalled addresses are all there is */
};

/** The state is now CONNECTED (again, where a better pair was found) or FAILED; from the loop */
typedef void (ice_leg_h)(enum ice_state state, void *arg);

struct ice_config {
	struct stream *stream;
	struct sa host;                 /**< our own address; ports are the stream's */
	struct sa rtp, rtcp;            /**< as others are told; the same as host's = no candidate of their own */
	bool offerer;                   /**< controlling, unless the other side does only half of ICE */
	ice_leg_h *h;
	void *arg;
};

int  ice_leg_alloc(struct ice_leg **lp, const struct ice_config *cfg);  /**< mem_deref ends it */
int  ice_leg_describe(const struct ice_leg *l, struct sdp_media *m);
void ice_undescribe(struct sdp_media *m);
int  ice_leg_remote(struct ice_leg *l, const struct sdp_session *s, const struct sdp_media *m);
int  ice_leg_start(struct ice_leg *l);
enum ice_state ice_leg_state(const struct ice_leg *l);
bool ice_leg_restarted(const struct ice_leg *l, const struct sdp_session *s, const struct sdp_media *m);
const struct sa *ice_leg_peer(const struct ice_leg *l, bool rtcp);
bool ice_offered(const struct sdp_session *s, const struct sdp_media *m);

#endif
