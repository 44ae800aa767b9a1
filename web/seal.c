/**
 * @file seal.c  Text sealed by a key (see seal.h; WEB-07)
 */
#include <errno.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include "web/seal.h"

/* Either way: 0, EPROTO where the tag is not right, ENOMEM */
static int gcm(EVP_CIPHER_CTX *c, bool closing, const uint8_t *key, const uint8_t *nonce, const char *about, const uint8_t *in,
	       size_t n, uint8_t *to, uint8_t *tag)
{
	int len;

	if (EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, key, nonce, closing) != 1 ||
	    EVP_CipherUpdate(c, NULL, &len, (const uint8_t *)about, (int)strlen(about)) != 1 ||
	    (n && EVP_CipherUpdate(c, to, &len, in, (int)n) != 1) ||
	    (!closing && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, SEAL_TAG, tag) != 1))
		return ENOMEM;
	if (EVP_CipherFinal_ex(c, to + n, &len) != 1)
		return EPROTO;

	return closing && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, SEAL_TAG, tag) != 1 ? ENOMEM : 0;
}

/* Room for n bytes behind what is there */
static uint8_t *room(struct mbuf *mb, size_t n)
{
	const size_t at = mb->end;

	mb->pos = at;
	if (mbuf_fill(mb, 0, n))
		return NULL;

	return mb->buf + at;
}

/**
 * Seal a text.
 *
 * @param out   Added to
 * @param key   Key
 * @param about What it is bound to
 * @param text  Text
 * @param n     Its length, up to 1 MiB
 *
 * @return 0, EFBIG, ENOMEM
 */
int seal_close(struct mbuf *out, const uint8_t key[SEAL_KEY], const char *about, const void *text, size_t n)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t *to = n <= 1 << 20 ? room(out, SEAL_NONCE + n + SEAL_TAG) : NULL;
	int err = n > 1 << 20 ? EFBIG : c && to ? 0 : ENOMEM;

	if (!err && RAND_bytes(to, SEAL_NONCE) != 1)
		err = ENOMEM;
	if (!err)
		err = gcm(c, true, key, to, about, text, n, to + SEAL_NONCE, to + SEAL_NONCE + n);
	EVP_CIPHER_CTX_free(c);

	return err;
}

/**
 * Open what was sealed.
 *
 * @param out    Added to on success; on failure it may hold what is not to be used
 * @param key    Key
 * @param about  As when it was sealed
 * @param sealed As seal_close() wrote it
 * @param n      Its length
 *
 * @return 0, EBADMSG too short, EPROTO another key or about, or it was changed, ENOMEM
 */
int seal_open(struct mbuf *out, const uint8_t key[SEAL_KEY], const char *about, const uint8_t *sealed, size_t n)
{
	EVP_CIPHER_CTX *c;
	uint8_t *to, tag[SEAL_TAG];
	int err;

	if (n < SEAL_NONCE + SEAL_TAG || n > 2 << 20)
		return EBADMSG;
	n -= SEAL_NONCE + SEAL_TAG;
	memcpy(tag, sealed + SEAL_NONCE + n, SEAL_TAG);
	c = EVP_CIPHER_CTX_new();
	to = room(out, n + 1);
	err = c && to ? gcm(c, false, key, sealed, about, sealed + SEAL_NONCE, n, to, tag) : ENOMEM;
	if (to)
		out->end -= 1;
	EVP_CIPHER_CTX_free(c);

	return err;
}

/** Random bytes for a salt; 0, EIO */
int seal_random(uint8_t *buf, size_t n)
{
	return RAND_bytes(buf, (int)n) == 1 ? 0 : EIO;
}

/** Overwrite a secret that is not needed any more */
void seal_forget(void *secret, size_t n)
{
	OPENSSL_cleanse(secret, n);
}
