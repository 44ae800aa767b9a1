/**
 * @file secure.h  Encrypted RTP and RTCP of a leg (SIP-09; RFC 3711, RFC 6188, RFC 7714)
 *
 * Who agrees on the keys is another matter: SDP (core/sip/sdes.c) or the media themselves (zrtp.c).
 * A plain leg has none of this: no helper on its sockets, nothing a packet.
 */
#ifndef MEDIA_SECURE_H
#define MEDIA_SECURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct secure;
struct stream;
struct stream_stats;

#define SECURE_KEY_MAX 46               /**< AES-256 and its salt */

/** Suites, the most common first; the row's number is kept with a key */
enum {
	SECURE_CM_128_80, SECURE_CM_128_32, SECURE_CM_256_80, SECURE_CM_256_32, SECURE_GCM_128, SECURE_GCM_256,
	SECURE_SUITES
};

struct secure_suite {
	const char *name;               /**< in SDP */
	int id;                         /**< enum srtp_suite of libre */
	uint8_t key_bytes;              /**< master key and salt */
};
extern const struct secure_suite secure_suites[SECURE_SUITES];

/** Master key and salt of one direction */
struct secure_key {
	uint8_t suite;
	uint8_t buf[SECURE_KEY_MAX];
};

int  secure_key_random(struct secure_key *key, unsigned suite);
bool secure_key_same(const struct secure_key *a, const struct secure_key *b);

int  stream_encrypt(struct stream *s);  /**< from now on nothing plain passes, either way */
bool zrtp_available(void);
int  stream_zrtp(struct stream *s, char *hash);         /**< keys come by ZRTP; hash: ZRTP_HASH_MAX bytes */
void stream_zrtp_peer(struct stream *s, const char *hash);
int  stream_keys(struct stream *s, const struct secure_key *tx, const struct secure_key *rx);

#endif
