/**
 * @file session.c  Sessions of the pages (see session.h; WEB-01, WEB-05)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include "web/session.h"

static bool random_token(char token[SESSION_TOKEN])
{
	uint8_t b[SESSION_TOKEN / 2];

	if (RAND_bytes(b, sizeof(b)) != 1)
		return false;
	(void)re_snprintf(token, SESSION_TOKEN, "%w", b, sizeof(b));

	return true;
}

/* Where they differ is not told by the time it takes */
static bool same(const char *a, const char *b)
{
	return strlen(a) == SESSION_TOKEN - 1 && strlen(b) == SESSION_TOKEN - 1 && !CRYPTO_memcmp(a, b, SESSION_TOKEN - 1);
}

static bool alive(const struct session *s, uint64_t now_ms)
{
	return s->token[0] && now_ms - s->used_ms < SESSION_IDLE_MS && now_ms - s->begun_ms < SESSION_MS;
}

/**
 * Begin a session.
 *
 * @param ss     Sessions
 * @param login  Whose
 * @param now_ms A clock that does not step back
 *
 * @return It, NULL = there is no randomness
 */
struct session *session_begin(struct sessions *ss, const char *login, uint64_t now_ms)
{
	struct session *s = ss->session, *p;

	for (p = ss->session; p < ss->session + SESSIONS; p++) {
		if (!alive(p, now_ms) || p->used_ms < s->used_ms)
			s = p;
		if (!alive(p, now_ms))
			break;
	}
	memset(s, 0, sizeof(*s));
	if (!random_token(s->csrf) || !random_token(s->token)) {
		s->token[0] = '\0';
		return NULL;
	}
	str_ncpy(s->login, login, sizeof(s->login));
	s->begun_ms = s->used_ms = now_ms;

	return s;
}

/* Cookies are not of a port, and a computer may have doors on several: the port is in the name */
static void cookie_name(char name[24], const struct web_request *req)
{
	const char *host = req->header(req, "Host"), *colon = host ? strrchr(host, ':') : NULL;
	const unsigned port = colon && !strchr(colon, ']') ? (unsigned)strtoul(colon + 1, NULL, 10) & 0xffff : 0;

	(void)snprintf(name, 24, "ipgap-%u", port ? port : req->secure ? 443 : 80);
}

/**
 * A cookie of a request.
 *
 * @param req  Request
 * @param name Cookie
 * @param buf  Its value, written where it fits
 * @param size Of buf
 *
 * @return Is there one that fits?
 */
bool session_cookie_value(const struct web_request *req, const char *name, char *buf, size_t size)
{
	const char *p = req->header(req, "Cookie");
	const size_t n = strlen(name);

	for (; p && *p; p += strcspn(p, ";"), p += strspn(p, "; ")) {
		const size_t m = strncmp(p, name, n) || p[n] != '=' ? size : strcspn(p + n + 1, ";");

		if (m >= size)
			continue;
		memcpy(buf, p + n + 1, m);
		buf[m] = '\0';
		return true;
	}

	return false;
}

static bool cookie(char token[SESSION_TOKEN], const struct web_request *req)
{
	char name[24];

	cookie_name(name, req);

	return session_cookie_value(req, name, token, SESSION_TOKEN);
}

/** The session of a token, which is not used by that; NULL = it is over */
struct session *session_peek(struct sessions *ss, const char *token, uint64_t now_ms)
{
	struct session *found = NULL, *s;

	for (s = ss->session; s < ss->session + SESSIONS; s++)
		if (same(s->token, token) && alive(s, now_ms))
			found = s;

	return found;
}

/** The session of a request, which is in use now; NULL = none */
struct session *session_find(struct sessions *ss, const struct web_request *req)
{
	char token[SESSION_TOKEN];
	struct session *found = cookie(token, req) ? session_peek(ss, token, req->now_ms) : NULL;

	if (found)
		found->used_ms = req->now_ms;

	return found;
}

/** Set the cookie of a session; NULL = take it away */
void session_cookie(const struct web_request *req, struct web_reply *rep, const struct session *s)
{
	char name[24];

	cookie_name(name, req);
	web_reply_header(rep, "Set-Cookie", "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", name, s ? s->token : "",
			 req->secure ? "; Secure" : "", s ? "" : "; Max-Age=0");
}

/** End the sessions of a user, but for one (NULL = all) */
void sessions_end(struct sessions *ss, const char *login, const struct session *but)
{
	struct session *s;

	for (s = ss->session; s < ss->session + SESSIONS; s++)
		if (s != but && s->token[0] && !strcmp(s->login, login))
			memset(s, 0, sizeof(*s));
}

/** Was it asked by our own page, or by no page at all? */
bool session_own_site(const struct web_request *req)
{
	const char *site = req->header(req, "Sec-Fetch-Site"), *origin = req->header(req, "Origin"),
		   *host = req->header(req, "Host");
	const char *scheme = req->secure ? "https://" : "http://";
	const size_t n = strlen(scheme);

	if (site && strcmp(site, "same-origin") && strcmp(site, "none"))
		return false;

	return !origin || (host && !strncmp(origin, scheme, n) && !strcasecmp(origin + n, host));
}

/** Does it carry the session's second token? */
bool session_token_right(const struct session *s, const struct web_request *req)
{
	const char *given = req->header(req, "X-CSRF-Token");

	return given && same(s->csrf, given);
}
