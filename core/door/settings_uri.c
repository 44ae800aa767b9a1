/**
 * @file settings_uri.c  Contacts: SIP URIs and bare addresses (CON-01, SUP-25)
 *
 *     sip:USER@HOST:PORT;NAME=VALUE...;dtmf=auto|required|off
 *
 * A bare HOST or USER@HOST gets its sip: here.  The last parameter, dtmf, is this project's and is
 * taken off before the contact is called.
 */
#include <errno.h>
#include <string.h>
#include "settings_priv.h"

#define DTMF_PARAM ";dtmf="
#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define HEX "0123456789abcdefABCDEF"
#define IN(s, n, set) (span(s, n, set) == (n))

/* Length of the first part of s[n] that is made of the set's characters */
static size_t span(const char *s, size_t n, const char *set)
{
	size_t i = 0;

	while (i < n && s[i] && strchr(set, s[i]))
		++i;
	return i;
}

/* Where c first stands in s[n]; n where it does not */
static size_t find(const char *s, size_t n, char c)
{
	const char *p = n ? memchr(s, c, n) : NULL;

	return p ? (size_t)(p - s) : n;
}

/* RFC 3261 user part, without comma (our separator), ; and ? (write %3B, %3F) and password */
static bool user_ok(const char *s, size_t n)
{
	size_t i = 0, len;

	while (i < n) {
		len = span(s + i, n - i, ALNUM "-_.!~*'()&=+$/");
		if (!len && n - i >= 3 && s[i] == '%' && IN(s + i + 1, 2, HEX))
			len = 3;
		if (!len)
			return false;
		i += len;
	}
	return n > 0;
}

/* Number 0..max of at most five digits; -1 where s[n] is none */
static int small_number(const char *s, size_t n, int max)
{
	int v = 0;
	size_t i;

	if (!n || n > 5 || !IN(s, n, "0123456789"))
		return -1;
	for (i = 0; i < n; ++i)
		v = v * 10 + s[i] - '0';
	return v <= max ? v : -1;
}

/* Four numbers 0..255 */
static bool ipv4_ok(const char *s, size_t n)
{
	size_t len, parts;

	for (parts = 1; ; ++parts) {
		len = find(s, n, '.');
		if (small_number(s, len, 255) < 0)
			return false;
		if (len == n)
			return parts == 4;
		s += len + 1;
		n -= len + 1;
	}
}

/* Labels of letters, digits and inner hyphens; the last one begins with a letter (RFC 3261 §25) */
static bool name_ok(const char *s, size_t n)
{
	size_t len;

	for (;;) {
		len = find(s, n, '.');
		if (!len || len > 63 || !IN(s, len, ALNUM "-") || s[0] == '-' || s[len - 1] == '-')
			return false;
		if (len == n)
			return !IN(s, 1, "0123456789");
		s += len + 1;
		n -= len + 1;
	}
}

static bool host_ok(const char *s, size_t n)
{
	if (n > 4 && s[0] == '[' && s[n - 1] == ']')
		return IN(s + 1, n - 2, HEX ":.") && find(s, n, ':') < n;
	if (n && IN(s, n, "0123456789."))
		return ipv4_ok(s, n);
	return name_ok(s, n);
}

/* Parameters, each with its semicolon */
static bool params_ok(const char *s, size_t n)
{
	size_t len, name;

	while (n) {
		len = 1 + find(s + 1, n - 1, ';');
		name = find(s + 1, len - 1, '=');
		if (!name || !IN(s + 1, name, ALNUM "-_.!~*'+"))
			return false;
		if (name < len - 1 && (name == len - 2
		    || !IN(s + name + 2, len - name - 2, ALNUM "-_.!~*'()[]/:&+$%")))
			return false;
		s += len;
		n -= len;
	}
	return true;
}

/* SUP-25: DTMF_PROTOCOL_* of a word, -1 */
static int protocol_of(const char *s, size_t n)
{
	static const char *const word[] = {"auto", "required", "off"};
	int i;

	for (i = 0; i < 3; ++i) {
		if (strlen(word[i]) == n && !memcmp(word[i], s, n))
			return i;
	}
	return -1;
}

/* Why the parameters s[n] hold no ;dtmf= as they should; NULL where all is well */
static const char *dtmf_fault(const char *s, size_t n, bool contact)
{
	char name[sizeof(DTMF_PARAM)] = "";
	size_t i, len = strlen(DTMF_PARAM);

	for (i = 0; i + len <= n; ++i) {
		memcpy(name, s + i, len);
		if (!text_same(name, DTMF_PARAM))
			continue;
		if (!contact)
			return ";dtmf= belongs to a contact of a list";
		if (memcmp(s + i, DTMF_PARAM, len) || protocol_of(s + i + len, n - i - len) < 0)
			return ";dtmf= comes last, once, as auto, required or off";
	}
	return NULL;
}

/* Why s[n], all behind "sip:", is no address; NULL where it is one */
static const char *address_fault(const char *s, size_t n, bool contact)
{
	size_t at = find(s, n, '@'), host, port;

	if (at < n) {
		if (find(s, at, ':') < at)
			return "a user part holds no password";
		if (!user_ok(s, at))
			return "user part empty or with characters to be written %XX";
		s += at + 1;
		n -= at + 1;
	}
	host = find(s, n, ';');
	if (!params_ok(s + host, n - host))
		return "bad ;parameter";
	port = n && *s == '[' ? find(s, host, ']') : 0;
	port += find(s + port, host - port, ':');
	if (port < host && small_number(s + port + 1, host - port - 1, 65535) < 1)
		return "port not 1..65535";
	if (!host_ok(s, port))
		return "host is neither a name nor an address";
	return dtmf_fault(s + host, n - host, contact);
}

/* Length of "sip:" or "sips:" before s[n], in any case; 0 where there is none */
static size_t scheme_len(const char *s, size_t n)
{
	char word[5] = "";
	size_t colon = find(s, n, ':');

	if (colon == n || colon >= sizeof(word))
		return 0;
	memcpy(word, s, colon);
	return text_same(word, "sip") || text_same(word, "sips") ? colon + 1 : 0;
}

/**
 * Check a contact and write it as a sip: URI.
 *
 * @param uri     URI (written on success), zero-ended
 * @param s       Contact, not zero-ended
 * @param n       Its length
 * @param contact It may carry ;dtmf= (SUP-25)
 * @param why     What is wrong (written on error, static)
 *
 * @return 0, EINVAL
 *
 * A bare number is refused: it needs the server of an account (CON-01).
 */
int settings_parse_uri(char uri[SETTINGS_URI], const char *s, size_t n, bool contact,
		       const char **why)
{
	char out[SETTINGS_URI];
	size_t scheme = scheme_len(s, n);
	struct text t;

	s += scheme;
	n -= scheme;
	*why = NULL;
	if (!n)
		*why = "a contact is empty";
	else if (IN(s, n, "0123456789+*#"))
		*why = "a bare number needs its host: sip:NUMBER@HOST";
	else
		*why = address_fault(s, n, contact);
	if (*why)
		return EINVAL;
	text_start(&t, out, sizeof(out));
	text_str(&t, scheme == 5 ? "sips:" : "sip:");
	text_mem(&t, s, n);
	if (t.cut) {
		*why = "too long";
		return EINVAL;
	}
	memset(uri, 0, SETTINGS_URI);
	memcpy(uri, out, t.n);
	return 0;
}
