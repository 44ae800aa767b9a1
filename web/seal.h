/**
 * @file seal.h  Text sealed by a key: AES-256-GCM (NIST SP 800-38D), by OpenSSL (WEB-07)
 *
 *     nonce (12, random) | ciphertext, as long as the text | tag (16)
 *
 * What it is about (a file's head) is bound to it: sealed there, it opens nowhere else.
 */
#ifndef WEB_SEAL_H
#define WEB_SEAL_H

#include <re.h>

#define SEAL_KEY 32
#define SEAL_NONCE 12
#define SEAL_TAG 16

int  seal_close(struct mbuf *out, const uint8_t key[SEAL_KEY], const char *about, const void *text, size_t n);
int  seal_open(struct mbuf *out, const uint8_t key[SEAL_KEY], const char *about, const uint8_t *sealed, size_t n);
int  seal_random(uint8_t *buf, size_t n);
void seal_forget(void *secret, size_t n);

#endif
