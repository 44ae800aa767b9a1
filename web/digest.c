/**
 * @file digest.c  Is a digest made with the right password, whatever its nonce? (RFC 7616 §3.4; API-50)
 *
 * libmicrohttpd 0.9.75 says the same of a wrong password and of a nonce that it has forgotten, or that was used
 * already: two programs that ask the same in the same second get the same nonce.  Whose digest is right has guessed
 * nothing: he is given a new nonce, marked stale, and his program asks again by itself.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include "web/digest.h"

#define VALUE 512                       /* longest value of a parameter */

enum param { NAME, REALM, NONCE, URI, CNONCE, NC, QOP, RESPONSE, PARAMS };

struct params {
	char value[PARAMS][VALUE];
};

/* Take one name=value; its end, NULL where there is none.  Names of no interest are passed over. */
static const char *take(struct params *p, const char *s)
{
	static const char *const name[PARAMS] = {"username", "realm", "nonce", "uri", "cnonce", "nc", "qop", "response"};
	const size_t n = strcspn(s, "=");
	const bool quoted = s[n] == '=' && s[n + 1] == '"';
	const char *value = s + n + 1 + quoted;
	size_t i, m;

	if (s[n] != '=')
		return NULL;
	m = strcspn(value, quoted ? "\"" : ", ");
	for (i = 0; i < PARAMS; i++)
		if (strlen(name[i]) == n && !strncasecmp(name[i], s, n) && m < VALUE)
			(void)snprintf(p->value[i], VALUE, "%.*s", (int)m, value);

	return value + m + (quoted && value[m] == '"');
}

static bool read_params(struct params *p, const char *h)
{
	memset(p, 0, sizeof(*p));
	if (strncasecmp(h, "Digest ", 7))
		return false;
	for (h += 7; h && *h; h = take(p, h))
		h += strspn(h, ", \t");

	return true;
}

/* Hexadecimal hash of up to six texts, joined by colons */
static bool hash(char hex[2 * EVP_MAX_MD_SIZE + 1], const char *name, const char *const *text, size_t n)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	const EVP_MD *md = EVP_get_digestbyname(name);
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned size = 0, i;
	bool ok = c && md && EVP_DigestInit_ex(c, md, NULL) == 1;

	for (i = 0; i < n && ok; i++)
		ok = EVP_DigestUpdate(c, ":", i > 0) == 1 && EVP_DigestUpdate(c, text[i], strlen(text[i])) == 1;
	ok = ok && EVP_DigestFinal_ex(c, raw, &size) == 1;
	EVP_MD_CTX_free(c);
	for (i = 0; i < size; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", raw[i]);

	return ok;
}

/* Is it about this request? */
static bool uri_fits(const char *uri, const struct digest_want *w)
{
	const size_t n = strlen(w->path);

	return !strncmp(uri, w->path, n) && (uri[n] == '?' ? !strcmp(uri + n + 1, w->query) : !uri[n] && !*w->query);
}

/**
 * Is a digest made with the right password?
 *
 * @param authorization Header, as it came
 * @param want          What it should be of
 */
bool digest_right(const char *authorization, const struct digest_want *want)
{
	char a1[2 * EVP_MAX_MD_SIZE + 1], a2[sizeof(a1)], right[sizeof(a1)];
	struct params p;

	if (!read_params(&p, authorization) || strcmp(p.value[NAME], want->user) || strcmp(p.value[REALM], want->realm) ||
	    strcmp(p.value[QOP], "auth") || !uri_fits(p.value[URI], want))
		return false;
	if (!hash(a1, want->hash, (const char *[]){want->user, want->realm, want->password}, 3) ||
	    !hash(a2, want->hash, (const char *[]){want->method, p.value[URI]}, 2) ||
	    !hash(right, want->hash, (const char *[]){a1, p.value[NONCE], p.value[NC], p.value[CNONCE], p.value[QOP], a2}, 6))
		return false;

	return strlen(p.value[RESPONSE]) == strlen(right) && !CRYPTO_memcmp(p.value[RESPONSE], right, strlen(right));
}
