/**
 * @file digest.h  Is a digest made with the right password, whatever its nonce? (RFC 7616 §3.4; API-50)
 */
#ifndef WEB_DIGEST_H
#define WEB_DIGEST_H

#include <stdbool.h>

/** What the digest should be of */
struct digest_want {
	const char *hash;               /**< OpenSSL's name: "MD5", "SHA256" */
	const char *method, *path, *query;
	const char *realm, *user, *password;
};

bool digest_right(const char *authorization, const struct digest_want *want);

#endif
