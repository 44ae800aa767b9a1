/**
 * @file trace_text.c  SIP messages as text, their secrets struck out (WEB-08)
 *
 * Struck out, character by character, so that lengths stay what the message says they are:
 *
 *     Authorization, Proxy-Authorization   all but user name, realm, nonce, URI, algorithm, opaque, qop, nc; a scheme that
 *                                          is not Digest, wholly
 *     Authentication-Info                  rspauth, cnonce: likewise
 *     a=crypto (SDES)                      the keys, behind inline:
 *     a=key-mgmt, k=, a=ice-pwd            what they carry
 *     body of an INFO                      digits, behind Signal= or alone: relay codes are dialled so
 *
 * Digits that go by RFC 4733 or as tones are in no SIP message.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include "trace_priv.h"

/* --- striking out --- */

static void strike(char *p, const char *end)
{
	for (; p < end; p++)
		if (*p != '\r' && *p != '\n' && *p != ' ')
			*p = '*';
}

static bool begins(const char *p, const char *end, const char *word)
{
	const size_t n = strlen(word);

	return (size_t)(end - p) >= n && !strncasecmp(p, word, n);
}

static const char *const harmless[] = {
	"username", "realm", "nonce", "uri", "algorithm", "opaque", "qop", "nc", "nextnonce",
};

static bool is_harmless(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(harmless); i++)
		if (strlen(harmless[i]) == n && !strncasecmp(p, harmless[i], n))
			return true;

	return false;
}

/* The end of a parameter: a comma outside of quotes */
static char *param_end(char *p, char *end)
{
	bool quoted = false;

	for (; p < end && (quoted || *p != ','); p++) {
		if (quoted && *p == '\\' && p + 1 < end)
			++p;
		else if (*p == '"')
			quoted = !quoted;
	}

	return p;
}

/* name = value, name = "value" ... : values of names that are not known to be harmless */
static void strike_params(char *p, char *end)
{
	while (p < end) {
		char *stop = param_end(p, end), *equal = memchr(p, '=', (size_t)(stop - p)), *name_end;

		while (p < stop && isspace((unsigned char)*p))
			++p;
		name_end = equal ? equal : p;
		while (name_end > p && isspace((unsigned char)name_end[-1]))
			--name_end;
		if (!equal || !is_harmless(p, (size_t)(name_end - p)))
			strike(equal ? equal + 1 : p, stop);
		p = stop + 1;
	}
}

/* Where quotes are not in pairs, a response could pass for a part of another value */
static void strike_responses(char *p, char *end)
{
	static const char word[] = "response";
	char *stop;

	for (; p < end; p++) {
		if (!begins(p, end, word))
			continue;
		p += sizeof(word) - 1;
		while (p < end && (isspace((unsigned char)*p) || *p == '='))
			++p;
		for (stop = p; stop < end && *stop != ','; stop++)
			;
		strike(p, stop);
	}
}

static void strike_credentials(char *p, char *end)
{
	while (p < end && isspace((unsigned char)*p))
		++p;
	if (begins(p, end, "Digest") && p + 6 < end && isspace((unsigned char)p[6])) {
		strike_params(p + 6, end);
		strike_responses(p + 6, end);
	}
	else {
		strike(p, end);
	}
}

static void strike_header(char *p, char *end)
{
	char *colon = memchr(p, ':', (size_t)(end - p));

	if (!colon)
		return;
	if (begins(p, end, "Authorization") || begins(p, end, "Proxy-Authorization"))
		strike_credentials(colon + 1, end);
	else if (begins(p, end, "Authentication-Info") || begins(p, end, "Proxy-Authentication-Info"))
		strike_params(colon + 1, end);
}

static char *line_end(char *p, char *end)
{
	char *nl = memchr(p, '\n', (size_t)(end - p));

	return nl ? nl + 1 : end;
}

static void strike_sdp(char *p, char *end)
{
	static const char inl[] = "inline:";
	char *s = p;

	if (begins(p, end, "a=crypto:")) {
		while (s < end && !begins(s, end, inl))
			++s;
		strike(s < end ? s + sizeof(inl) - 1 : p + 9, end);
	}
	else if (begins(p, end, "a=ice-pwd:")) {
		strike(p + 10, end);
	}
	else if (begins(p, end, "a=key-mgmt:")) {
		strike(p + 11, end);
	}
	else if (begins(p, end, "k=")) {
		strike(p + 2, end);
	}
}

/* "Signal=5 CR LF Duration=160", or the digit alone */
static void strike_info(char *p, char *end)
{
	char *equal = memchr(p, '=', (size_t)(end - p));

	if (!equal)
		strike(p, end);
	else if (begins(p, end, "Signal"))
		strike(equal + 1, end);
}

/* A header goes on in lines that begin with a blank (RFC 3261 §7.3.1) */
static char *header_end(char *p, char *end)
{
	char *next = line_end(p, end);

	while (next < end && (*next == ' ' || *next == '\t'))
		next = line_end(next, end);

	return next;
}

/**
 * Strike out the secrets of a SIP message; its length stays.
 *
 * @param msg As it was on the wire; need not be valid
 * @param len Its length
 */
void trace_strike(char *msg, size_t len)
{
	char *p = msg, *end = msg + len, *next;
	const bool info = begins(msg, end, "INFO ");

	for (; p < end && *p != '\r' && *p != '\n'; p = next) {
		next = header_end(p, end);
		strike_header(p, next);
	}
	for (p = p < end ? line_end(p, end) : end; p < end; p = next) {
		next = line_end(p, end);
		strike_sdp(p, next);
		if (info)
			strike_info(p, next);
	}
}

/* --- text --- */

static const char rule[] = "------------------------------------------------------------------------\n";

int trace_text_head(struct mbuf *mb)
{
	return mbuf_printf(mb, "SIP messages of the door, times in UTC; passwords' digests, keys of media and digits of INFO are "
			   "struck out by *\n%s", rule);
}

static int put_addr(struct mbuf *mb, const struct pcapng_addr *a)
{
	struct sa sa;

	if (a->af == AF_INET6)
		sa_set_in6(&sa, a->ip, a->port);
	else
		sa_set_in(&sa, (uint32_t)a->ip[0] << 24 | (uint32_t)a->ip[1] << 16 | (uint32_t)a->ip[2] << 8 | a->ip[3],
			  a->port);

	return mbuf_printf(mb, "%J", &sa);
}

/* Text as it is; what would move a terminal's cursor is a point */
static int put_clean(struct mbuf *mb, char *p, size_t n)
{
	size_t i, to = 0;

	for (i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)p[i];

		if (c == '\r' && i + 1 < n && p[i + 1] == '\n')
			continue;
		p[to++] = (char)((c < ' ' && c != '\n' && c != '\t') || c == 0x7f ? '.' : c);
	}

	return to ? mbuf_write_mem(mb, (const uint8_t *)p, to) : 0;
}

static int put_when(struct mbuf *mb, const struct kept *k)
{
	static const char *const over[] = {"UDP", "TCP", "TLS"};
	const time_t s = (time_t)(k->wall_us / 1000000);
	char when[24] = "";
	struct tm tm;

	if (gmtime_r(&s, &tm))
		(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);

	return mbuf_printf(mb, "%s.%06uZ  %s by %s, %u bytes, ", when, (unsigned)(k->wall_us % 1000000),
			   k->sent ? "sent" : "received", over[k->over], k->len);
}

/** One message */
int trace_text(struct mbuf *mb, const struct kept *k)
{
	char *copy = mem_alloc(k->len + 1, NULL);
	int err;

	if (!copy)
		return ENOMEM;
	memcpy(copy, k->data, k->len);
	trace_strike(copy, k->len);
	err = put_when(mb, k);
	err = err ? err : put_addr(mb, &k->src);
	err = err ? err : mbuf_write_str(mb, " -> ");
	err = err ? err : put_addr(mb, &k->dst);
	err = err ? err : mbuf_write_str(mb, "\n\n");
	err = err ? err : put_clean(mb, copy, k->len);
	err = err ? err : mbuf_printf(mb, "\n%s", rule);
	mem_deref(copy);

	return err;
}
