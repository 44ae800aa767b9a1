/**
 * @file api_auth.c  Who uses the API: NONE, BASIC or DIGEST (API-50; RFC 7617, RFC 7616)
 *
 *     none    fields login and password, or what curl http://user:password@... sends: HTTP Basic; no challenge
 *     basic   HTTP Basic
 *     digest  HTTP Digest; the server knows its nonces (web_request.digest)
 *
 * A request without any name is told how to give one; a wrong one counts (guard.h).
 */
#include <string.h>
#include "web/api.h"
#include "web/base64.h"

enum who { WHO_NOBODY, WHO_WRONG, WHO_KNOWN, WHO_STALE };

/* The time it takes does not tell where they differ */
static bool same(const char *given, const char *right)
{
	const size_t n = strlen(given), m = strlen(right);
	unsigned differ = n != m;
	size_t i;

	for (i = 0; i < n; i++)
		differ |= (unsigned char)(given[i] ^ right[m ? i % m : 0]);

	return !differ;
}

static enum who known(const struct settings *s, const char *user, const char *password)
{
	const bool u = same(user, s->api_user), p = same(password, s->api_password);

	return u && p ? WHO_KNOWN : WHO_WRONG;
}

static enum who basic(const struct settings *s, const struct web_request *req)
{
	const char *h = req->header(req, "Authorization");
	char text[256], *password;
	size_t n;

	if (!h || strncasecmp(h, "Basic ", 6))
		return h ? WHO_WRONG : WHO_NOBODY;
	h += 6 + strspn(h + 6, " ");
	if (strlen(h) >= sizeof(text) || web_base64((uint8_t *)text, &n, h, strlen(h)))
		return WHO_WRONG;
	text[n] = '\0';
	password = strlen(text) == n ? strchr(text, ':') : NULL;
	if (!password)
		return WHO_WRONG;
	*password++ = '\0';

	return known(s, text, password);
}

static enum who digest(const struct settings *s, const struct web_request *req)
{
	switch (req->digest(req, s->api_user, s->api_password)) {
	case WEB_DIGEST_OK:     return WHO_KNOWN;
	case WEB_DIGEST_STALE:  return WHO_STALE;
	case WEB_DIGEST_WRONG:  return WHO_WRONG;
	case WEB_DIGEST_ABSENT: return req->header(req, "Authorization") ? WHO_WRONG : WHO_NOBODY;
	}

	return WHO_WRONG;
}

static enum who who_is(const struct settings *s, const struct web_request *req, const struct web_fields *f)
{
	if (s->api_auth == API_AUTH_DIGEST)
		return digest(s, req);
	if (s->api_auth == API_AUTH_NONE && f->value[FIELD_LOGIN] && f->value[FIELD_PASSWORD])
		return known(s, f->value[FIELD_LOGIN], f->value[FIELD_PASSWORD]);

	return basic(s, req);
}

static void refuse(const struct settings *s, enum who who, struct web_reply *rep)
{
	static const enum web_challenge asks[] = {
		[API_AUTH_NONE] = WEB_NO_CHALLENGE, [API_AUTH_BASIC] = WEB_BASIC, [API_AUTH_DIGEST] = WEB_DIGEST,
	};

	rep->challenge = who == WHO_STALE ? WEB_DIGEST_AGAIN : asks[s->api_auth];
	if (who == WHO_STALE)
		api_say(rep, 401, "this nonce is used up: ask again with the new one");
	else if (who == WHO_WRONG)
		api_say(rep, 401, "user or password is wrong");
	else
		api_say(rep, 401, s->api_auth == API_AUTH_NONE ? "the fields \"login\" and \"password\" are missing" :
			"user and password are missing");
}

/**
 * Is this a user of the API?
 *
 * @param a   Remembers who guessed
 * @param g   Door phone
 * @param req Request
 * @param f   Its fields, needed where api.auth is none
 * @param rep Filled where the answer is no
 *
 * @return 0, EACCES
 */
int api_allowed(struct api *a, struct gap *g, const struct web_request *req, const struct web_fields *f,
		struct web_reply *rep)
{
	const struct settings *s = gap_settings(g);
	const unsigned left_s = guard_left_s(&a->login, &req->from, req->now_ms);
	enum who who;

	if (left_s) {
		web_reply_header(rep, "Retry-After", "%u", left_s);
		api_say(rep, 429, "too many wrong passwords came from this address; it is heard again in %u s", left_s);
		return EACCES;
	}
	who = who_is(s, req, f);
	if (who == WHO_KNOWN)
		return 0;
	if (who == WHO_WRONG) {
		const bool locked = guard_wrong(&a->login, &req->from, req->now_ms);

		api_event(g, req, locked ? "login locked" : "login", 401);
	}
	refuse(s, who, rep);

	return EACCES;
}
