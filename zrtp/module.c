/**
 * @file module.c  ipgap-zrtp.so: ZRTP by libbzrtp (SIP-09, RFC 6189)
 *
 * This module is linked to libbzrtp and libbctoolbox, which are under the GPL, version 3: see README.md.
 * No cache: each call begins without secrets of an earlier one, so that people compare the SAS each time.
 *
 * libbzrtp draws its random numbers by bctbx_rng_get(), which it asks of whoever is loaded first: that is
 * this module, and the program's own source stands behind it.
 */
#include <bzrtp/bzrtp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "core/media/zrtp_module.h"

#define EXPORT __attribute__((visibility("default")))
#define DIGITS 64                       /* hexadecimal, of the hash of a Hello */

struct zrtp_session {
	bzrtpContext_t *ctx;
	uint32_t ssrc;
	const struct zrtp_host *host;
	void *arg;
};

const struct zrtp_module *ipgap_zrtp_module(void (*random)(uint8_t *buf, size_t n));

static void (*host_random)(uint8_t *buf, size_t n);     /* of the process */

EXPORT int32_t bctbx_rng_get(bctbx_rng_context_t *context, unsigned char *output, size_t output_length)
{
	(void)context;
	host_random(output, output_length);

	return 0;
}

/* --- what libbzrtp tells --- */

static int on_send(void *arg, const uint8_t *packet, uint16_t n)
{
	const struct zrtp_session *s = arg;

	s->host->send(packet, n, s->arg);

	return 0;
}

static void give(const struct zrtp_session *s, const bzrtpSrtpSecrets_t *k, bool tx)
{
	const struct zrtp_key key = {
		.key = tx ? k->selfSrtpKey : k->peerSrtpKey, .salt = tx ? k->selfSrtpSalt : k->peerSrtpSalt,
		.key_bytes = tx ? k->selfSrtpKeyLength : k->peerSrtpKeyLength,
		.tag_bits = k->authTagAlgo == ZRTP_AUTHTAG_HS32 ? 32 : 80,
	};

	if ((tx ? k->selfSrtpSaltLength : k->peerSrtpSaltLength) == ZRTP_SALT)
		s->host->key(tx, &key, s->arg);
}

static int on_secrets(void *arg, const bzrtpSrtpSecrets_t *k, uint8_t part)
{
	const struct zrtp_session *s = arg;

	if (part & ZRTP_SRTP_SECRETS_FOR_SENDER)
		give(s, k, true);
	if (part & ZRTP_SRTP_SECRETS_FOR_RECEIVER)
		give(s, k, false);

	return 0;
}

static int on_secure(void *arg, const bzrtpSrtpSecrets_t *k, int32_t verified)
{
	const struct zrtp_session *s = arg;

	(void)verified;
	s->host->secure(k->sas ? k->sas : "", s->arg);

	return 0;
}

/* --- the table --- */

static void close_session(struct zrtp_session *s)
{
	if (!s)
		return;
	if (s->ctx)
		(void)bzrtp_destroyBzrtpContext(s->ctx, s->ssrc);
	free(s);
}

/* What SRTP here can do, the quick and strong first */
static void algorithms(bzrtpContext_t *ctx)
{
	uint8_t tag[7] = {ZRTP_AUTHTAG_HS80, ZRTP_AUTHTAG_HS32}, cipher[7] = {ZRTP_CIPHER_AES3, ZRTP_CIPHER_AES1};
	uint8_t agreement[7] = {ZRTP_KEYAGREEMENT_X255, ZRTP_KEYAGREEMENT_DH3k}, sas[7] = {ZRTP_SAS_B32};

	bzrtp_setSupportedCryptoTypes(ctx, ZRTP_AUTHTAG_TYPE, tag, 2);
	bzrtp_setSupportedCryptoTypes(ctx, ZRTP_CIPHERBLOCK_TYPE, cipher, 2);
	bzrtp_setSupportedCryptoTypes(ctx, ZRTP_KEYAGREEMENT_TYPE, agreement, 2);
	bzrtp_setSupportedCryptoTypes(ctx, ZRTP_SAS_TYPE, sas, 1);
}

static int open_session(struct zrtp_session **sp, uint32_t ssrc, const struct zrtp_host *host, void *arg)
{
	const bzrtpCallbacks_t calls = {
		.bzrtp_sendData = on_send, .bzrtp_srtpSecretsAvailable = on_secrets,
		.bzrtp_startSrtpSession = on_secure,
	};
	struct zrtp_session *s = calloc(1, sizeof(*s));

	if (!s)
		return ENOMEM;
	s->ssrc = ssrc;
	s->host = host;
	s->arg = arg;
	s->ctx = bzrtp_createBzrtpContext();
	if (s->ctx)
		algorithms(s->ctx);             /* before the Hello is built */
	if (!s->ctx || bzrtp_setCallbacks(s->ctx, &calls) || bzrtp_initBzrtpContext(s->ctx, ssrc) ||
	    bzrtp_setClientData(s->ctx, ssrc, s)) {
		close_session(s);
		return EPROTO;
	}
	*sp = s;

	return 0;
}

static int hash(struct zrtp_session *s, char buf[ZRTP_HASH_MAX])
{
	return bzrtp_getSelfHelloHash(s->ctx, s->ssrc, (uint8_t *)buf, ZRTP_HASH_MAX) ? EPROTO : 0;
}

static int verdict(int r)
{
	return !r ? 0 : r == BZRTP_ERROR_HELLOHASH_MISMATCH ? EACCES : EPROTO;
}

/* libbzrtp itself trusts the length of what it is given: "1.10 " and the digits, or it does not see it */
static int peer_hash(struct zrtp_session *s, const char *value)
{
	const char *digits = strrchr(value, ' ');
	uint8_t copy[ZRTP_HASH_MAX];
	const size_t n = strlen(value);

	digits = digits ? digits + 1 : value;
	if (n >= sizeof(copy) || strlen(digits) != DIGITS || strspn(digits, "0123456789abcdefABCDEF") != DIGITS)
		return EINVAL;
	memcpy(copy, value, n + 1);

	return verdict(bzrtp_setPeerHelloHash(s->ctx, s->ssrc, copy, n));
}

static int start(struct zrtp_session *s)
{
	return bzrtp_startChannelEngine(s->ctx, s->ssrc) ? EPROTO : 0;
}

static int step(struct zrtp_session *s, uint64_t now_ms)
{
	return verdict(bzrtp_iterate(s->ctx, s->ssrc, now_ms));
}

static int receive(struct zrtp_session *s, uint8_t *packet, size_t n)
{
	return n > UINT16_MAX ? EMSGSIZE : verdict(bzrtp_processMessage(s->ctx, s->ssrc, packet, (uint16_t)n));
}

EXPORT const struct zrtp_module *ipgap_zrtp_module(void (*random)(uint8_t *buf, size_t n))
{
	static const struct zrtp_module module = {
		.version = ZRTP_MODULE_VERSION, .open = open_session, .hash = hash, .peer_hash = peer_hash,
		.start = start, .step = step, .receive = receive, .close = close_session,
	};

	host_random = random;

	return &module;
}
