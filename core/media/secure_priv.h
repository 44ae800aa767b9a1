/**
 * @file secure_priv.h  Inside of the encryption of a leg, shared by secure*.c and zrtp.c
 */
#ifndef MEDIA_SECURE_PRIV_H
#define MEDIA_SECURE_PRIV_H

#include <re.h>
#include "core/media/secure.h"

#define SECURE_SOURCES 4                /* SSRCs with one key: never forgotten, or replays would pass */

/* Where a sequence of packets stands */
struct secure_index {
	uint32_t ssrc, roc;             /* roc: how often seq has begun anew */
	uint16_t seq;                   /* highest one */
	bool set;                       /* a packet of RTP was there */
};

/* One sender whose packets were authentic */
struct secure_source {
	struct secure_index at;
	struct srtp *srtp;
};

struct secure_rx {
	struct secure_key key;
	bool keyed;
	struct secure_source source[SECURE_SOURCES];
	unsigned n;
	struct secure_index before[SECURE_SOURCES];     /* with the key before this one */
	unsigned before_n;
};

struct secure {
	struct stream *stream;          /* not referenced: it owns us */
	struct srtp *tx;                /* NULL = no key yet */
	struct secure_key tx_key;
	struct secure_index tx_at;
	struct secure_rx rx;
	uint64_t forged, replayed;
	bool raw;                       /* a packet of the key exchange goes out as it is */
	struct zrtp *zrtp;
};

/* secure_index.c */
bool secure_header(struct secure_index *at, const struct mbuf *mb);
bool secure_rolls(const struct secure_index *at, uint16_t seq);
void secure_count(struct secure_index *at, const struct secure_index *packet);
int  secure_context(struct srtp **sp, const struct secure_key *key, const struct secure_index *at, bool receiver);

/* secure_rx.c */
int  secure_rx_decrypt(struct secure_rx *rx, struct mbuf *mb, bool rtcp);
void secure_rx_key(struct secure_rx *rx, const struct secure_key *key);
void secure_rx_reset(struct secure_rx *rx);

/* secure.c */
int  secure_tx_key(struct secure *s, const struct secure_key *key);
void secure_forget(struct secure *s);
void secure_stats(const struct secure *s, struct stream_stats *st);

/* zrtp.c */
bool zrtp_is(const struct mbuf *mb);
void zrtp_receive(struct zrtp *z, struct mbuf *mb);
void zrtp_step(struct zrtp *z, uint64_t now_us);

#endif
