/**
 * @file pbx_auth.c  Digest of the scenarios' PBX (RFC 2617, MD5, qop=auth)
 *
 * A nonce is its number and a hash; one older than the last expiry is stale.
 */
#include <stdlib.h>
#include "pbx_priv.h"

#define NONCE 32

static void nonce_text(char buf[NONCE], const struct pbx *p, uint64_t n)
{
	uint8_t md[MD5_SIZE];

	(void)md5_printf(md, "%llu:%s", n, p->realm);
	(void)re_snprintf(buf, NONCE, "%llx-%w", n, md, (size_t)8);
}

static void challenge(struct pbx *p, const struct sip_msg *msg, const struct sa *src, bool proxy, bool stale)
{
	char nonce[NONCE], header[256];

	nonce_text(nonce, p, ++p->nonces);
	(void)re_snprintf(header, sizeof(header), "%s: Digest realm=\"%s%s\", nonce=\"%s\", qop=\"auth\", "
			  "algorithm=MD5%s\r\n", proxy ? "Proxy-Authenticate" : "WWW-Authenticate",
			  p->faults.realm ? "not-" : "", p->realm, nonce, stale ? ", stale=true" : "");
	(void)pbx_reply(p, msg, src, proxy ? 407 : 401, proxy ? "Proxy Authentication Required" : "Unauthorized",
			header);
}

static bool known(const struct pbx *p, const struct pl *nonce)
{
	char text[24] = "", want[NONCE];
	uint64_t n;

	if (pl_strcpy(nonce, want, sizeof(want)))
		return false;
	str_ncpy(text, want, sizeof(text));
	n = strtoull(text, NULL, 16);
	nonce_text(want, p, n);

	return n > p->forgotten && n <= p->nonces && !pl_strcmp(nonce, want);
}

static bool good(const struct pbx *p, const struct httpauth_digest_resp *r, const struct sip_msg *msg,
		 const struct pbx_user *u)
{
	uint8_t ha1[MD5_SIZE];

	return !pl_strcmp(&r->username, u->name) && !pl_strcmp(&r->realm, p->realm) &&
	       !md5_printf(ha1, "%s:%s:%s", u->name, p->realm, u->password) &&
	       !httpauth_digest_response_auth(r, &msg->met, ha1);
}

/* Are the credentials of a request the user's?  If not, it is challenged */
bool pbx_authorized(struct pbx *p, const struct sip_msg *msg, const struct sa *src, struct pbx_user *u,
		    bool proxy)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, proxy ? SIP_HDR_PROXY_AUTHORIZATION : SIP_HDR_AUTHORIZATION);
	struct httpauth_digest_resp r;
	bool stale = false;

	if (hdr && !httpauth_digest_response_decode(&r, &hdr->val) && good(p, &r, msg, u)) {
		stale = p->faults.stale || !known(p, &r.nonce);
		if (!stale)
			return true;
		p->faults.stale -= p->faults.stale > 0;
	}
	pbx_tell(p, stale ? "stale" : hdr ? "wrong_password" : "challenged", u, "", proxy ? 407 : 401);
	challenge(p, msg, src, proxy, stale);

	return false;
}
