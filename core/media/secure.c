/**
 * @file secure.c  Encrypted RTP and RTCP of a leg, beside stream.c (SIP-09, RFC 3711)
 *
 * Two helpers on the leg's sockets, between libre's RTP and the network:
 *
 *     state            out                     in
 *     no key yet       dropped                 dropped
 *     keys             encrypted               decrypted; forged, replayed ones are counted and dropped
 *     key exchange     ZRTP goes out as it is  ZRTP goes to zrtp.c
 *
 * The helpers are the sockets'; they live until RTCP's BYE is out.
 */
#include <errno.h>
#include <string.h>
#include "core/media/secure_priv.h"
#include "core/media/stream_priv.h"

#define LAYER 10                        /* above what finds the way (STUN, TURN, ICE) */

const struct secure_suite secure_suites[SECURE_SUITES] = {
	[SECURE_CM_128_80] = {"AES_CM_128_HMAC_SHA1_80", SRTP_AES_CM_128_HMAC_SHA1_80, 30},
	[SECURE_CM_128_32] = {"AES_CM_128_HMAC_SHA1_32", SRTP_AES_CM_128_HMAC_SHA1_32, 30},
	[SECURE_CM_256_80] = {"AES_256_CM_HMAC_SHA1_80", SRTP_AES_256_CM_HMAC_SHA1_80, 46},
	[SECURE_CM_256_32] = {"AES_256_CM_HMAC_SHA1_32", SRTP_AES_256_CM_HMAC_SHA1_32, 46},
	[SECURE_GCM_128] = {"AEAD_AES_128_GCM", SRTP_AES_128_GCM, 28},
	[SECURE_GCM_256] = {"AEAD_AES_256_GCM", SRTP_AES_256_GCM, 44},
};

/**
 * Draw a master key and its salt.
 *
 * @param key   Written
 * @param suite Row of secure_suites
 *
 * @return 0, EIO where the source of randomness gave nothing
 *
 * libre asks OpenSSL (RAND_bytes); only virtual time puts its own stream there.
 */
int secure_key_random(struct secure_key *key, unsigned suite)
{
	static const uint8_t nothing[SECURE_KEY_MAX];
	const size_t n = secure_suites[suite].key_bytes;

	memset(key, 0, sizeof(*key));
	key->suite = (uint8_t)suite;
	rand_bytes(key->buf, n);

	return memcmp(key->buf, nothing, n) ? 0 : EIO;
}

/**
 * Compare two keys.
 *
 * @param a Key
 * @param b Key
 *
 * @return true = same suite, same bytes
 */
bool secure_key_same(const struct secure_key *a, const struct secure_key *b)
{
	return a->suite == b->suite && !memcmp(a->buf, b->buf, secure_suites[a->suite].key_bytes);
}

/* --- packets --- */

static bool rtp_out(int *err, struct sa *dst, struct mbuf *mb, void *arg)
{
	struct secure_index packet = {.set = false};
	struct secure *s = arg;

	(void)dst;
	if (s->raw)
		return false;
	*err = s->tx ? 0 : ENOKEY;
	if (!*err && secure_header(&packet, mb))
		secure_count(&s->tx_at, &packet);
	if (!*err)
		*err = srtp_encrypt(s->tx, mb);

	return *err != 0;
}

static bool rtcp_out(int *err, struct sa *dst, struct mbuf *mb, void *arg)
{
	struct secure *s = arg;

	(void)dst;
	*err = s->tx ? srtcp_encrypt(s->tx, mb) : ENOKEY;

	return *err != 0;
}

/* true = it ends here */
static bool in(struct secure *s, struct mbuf *mb, bool rtcp)
{
	switch (secure_rx_decrypt(&s->rx, mb, rtcp)) {

	case 0:
		return false;

	case ENOKEY:
	case EBADMSG:
		return true;

	case EALREADY:
		s->replayed++;
		return true;

	default:
		s->forged++;
		return true;
	}
}

static bool rtp_in(struct sa *src, struct mbuf *mb, void *arg)
{
	struct secure *s = arg;

	(void)src;
	if (!zrtp_is(mb))
		return in(s, mb, false);
	if (s->zrtp)
		zrtp_receive(s->zrtp, mb);

	return true;
}

static bool rtcp_in(struct sa *src, struct mbuf *mb, void *arg)
{
	(void)src;

	return in(arg, mb, true);
}

/* --- life --- */

/* Without keys again: nothing passes */
void secure_forget(struct secure *s)
{
	s->tx = mem_deref(s->tx);
	secure_rx_reset(&s->rx);
	explicit_bzero(&s->tx_key, sizeof(s->tx_key));
}

static void destructor(void *arg)
{
	struct secure *s = arg;

	mem_deref(s->zrtp);
	secure_forget(s);
}

/**
 * Let nothing plain pass on a leg, either way, from now on; again = no change.
 *
 * @param s Stream, not stopped
 *
 * @return 0, EINVAL, ENOMEM
 */
int stream_encrypt(struct stream *s)
{
	struct secure *sec;
	int err;

	if (!s || !s->rtp)
		return EINVAL;
	if (s->secure)
		return 0;

	sec = mem_zalloc(sizeof(*sec), destructor);
	if (!sec)
		return ENOMEM;
	s->secure = sec;                /* also where a helper fails: the other one points to it */
	sec->stream = s;
	err = udp_register_helper(NULL, rtp_sock(s->rtp), LAYER, rtp_out, rtp_in, sec);
	if (!err)
		err = udp_register_helper(NULL, rtcp_sock(s->rtp), LAYER, rtcp_out, rtcp_in, sec);

	return err;
}

/* Another key to encrypt with */
int secure_tx_key(struct secure *s, const struct secure_key *key)
{
	struct srtp *tx;
	int err;

	if (s->tx && secure_key_same(&s->tx_key, key))
		return 0;
	err = secure_context(&tx, key, &s->tx_at, false);
	if (err)
		return err;
	mem_deref(s->tx);
	s->tx = tx;
	s->tx_key = *key;

	return 0;
}

/**
 * Give a leg its keys, or others (re-INVITE); those that did not change go on as they are.
 *
 * @param s  Stream
 * @param tx To encrypt with
 * @param rx To decrypt with
 *
 * @return 0, EINVAL, ENOMEM
 */
int stream_keys(struct stream *s, const struct secure_key *tx, const struct secure_key *rx)
{
	int err;

	if (!s || !tx || !rx || tx->suite >= SECURE_SUITES || rx->suite >= SECURE_SUITES)
		return EINVAL;

	err = stream_encrypt(s);
	if (!err)
		err = secure_tx_key(s->secure, tx);
	if (!err)
		secure_rx_key(&s->secure->rx, rx);

	return err;
}

void secure_stats(const struct secure *s, struct stream_stats *st)
{
	st->forged = s ? s->forged : 0;
	st->replayed = s ? s->replayed : 0;
}
