/**
 * @file sdes.h  Keys of SRTP in SDP: a=crypto (RFC 4568, SIP-09)
 */
#ifndef SIP_SDES_H
#define SIP_SDES_H

#include <re.h>
#include <stdbool.h>
#include "core/media/secure.h"

#define SDES_OFFERS 4                   /**< lines of an offer of ours */

/** One line, as far as we can serve it */
struct sdes_line {
	uint32_t tag;
	struct secure_key key;
};

/** One call's state of offer and answer; holds keys */
struct sdes {
	struct secure_key offer[SDES_OFFERS];   /**< ours, tags 1 .. offers */
	unsigned offers;
	bool agreed;                    /**< what follows is valid */
	bool fresh;                     /**< keys changed; whoever puts them in force clears it */
	uint32_t tag;                   /**< of the line that was taken */
	struct secure_key tx, rx;
};

int  sdes_line(struct sdes_line *line, const struct pl *value);
int  sdes_offer(struct sdes *s);
int  sdes_read_offer(struct sdes *s, const struct sdp_media *m);
int  sdes_read_answer(struct sdes *s, const struct sdp_media *m);
int  sdes_encode(struct mbuf *mb, bool offer, void *arg);       /**< sdp_media_enc_h; arg is a struct sdes */
void sdes_forget(struct sdes *s);

#endif
