/**
 * @file settings_uri.c  Contacts: SIP URIs, bare addresses, bare numbers (CON-01, SUP-25)
 *
 *     sip:USER@HOST:PORT;NAME=VALUE...;account=1..3|p2p;dtmf=auto|required|off
 *
 * A bare HOST or USER@HOST gets its sip: here; a bare number gets it when it is called, for it needs
 * the server of an account.  The last parameters are this project's: contact.h.
 */
#include <errno.h>
#include <string.h>
#include "contact.h"
#include "settings_priv.h"

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

/* Groups of four hexadecimal digits before the first "::" or the end; -1 where one is none.  An IPv4 address may be
 * the last one, and counts as two */
static int groups(const char *s, size_t n)
{
	int count = 0;
	size_t len;

	while (n) {
		len = find(s, n, ':');
		if (len == n && find(s, n, '.') < n)
			return ipv4_ok(s, n) ? count + 2 : -1;
		if (!len || len > 4 || !IN(s, len, HEX) || len + 1 == n)
			return -1;
		++count;
		len += len < n;
		s += len;
		n -= len;
	}
	return count;
}

/* RFC 4291 §2.2, without a zone */
static bool ipv6_ok(const char *s, size_t n)
{
	size_t gap = 0;
	int before, after;

	while (gap + 1 < n && (s[gap] != ':' || s[gap + 1] != ':'))
		++gap;
	if (gap + 1 >= n)
		return groups(s, n) == 8;
	before = groups(s, gap);
	after = groups(s + gap + 2, n - gap - 2);
	return before >= 0 && after >= 0 && before + after < 8 && find(s, gap, '.') == gap;
}

static bool host_ok(const char *s, size_t n)
{
	if (n && s[0] == '[')
		return n > 3 && s[n - 1] == ']' && ipv6_ok(s + 1, n - 2);
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

/* Why s[n], all behind "sip:", is no address; MSG_NONE where it is one */
static enum notice_id address_fault(const char *s, size_t n)
{
	size_t at = find(s, n, '@'), host, port;

	if (at < n) {
		if (find(s, at, ':') < at)
			return MSG_URI_PASSWORD;
		if (!user_ok(s, at))
			return MSG_URI_USER;
		s += at + 1;
		n -= at + 1;
	}
	host = find(s, n, ';');
	if (!params_ok(s + host, n - host))
		return MSG_URI_PARAMETER;
	port = n && *s == '[' ? find(s, host, ']') : 0;
	port += find(s + port, host - port, ':');
	if (port < host && small_number(s + port + 1, host - port - 1, 65535) < 1)
		return MSG_URI_PORT;
	if (!host_ok(s, port))
		return MSG_URI_HOST;
	return MSG_NONE;
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

/** Is s[n] a host name or an address? */
bool settings_host_ok(const char *s, size_t n)
{
	return n && host_ok(s, n);
}

/* First number of an IPv4 address that has passed ipv4_ok() */
static int first_number(const char *s)
{
	return small_number(s, find(s, strlen(s), '.'), 255);
}

/** Is s an address of one host, IPv4 or [IPv6], that others could reach? */
bool settings_address_ok(const char *s)
{
	const size_t n = strlen(s);

	if (n && *s == '[')
		return host_ok(s, n) && strcmp(s, "[::]") && strcmp(s, "[::1]") && !((s[1] | 32) == 'f' && (s[2] | 32) == 'f');
	if (!n || !IN(s, n, "0123456789.") || !ipv4_ok(s, n))
		return false;
	return first_number(s) > 0 && first_number(s) != 127 && first_number(s) < 224;
}

/** Is s[n] a user part that needs no escape? */
bool settings_user_ok(const char *s, size_t n)
{
	return user_ok(s, n) && find(s, n, '%') == n;
}

/* Why a contact without our parameters is none; MSG_NONE where it is one */
static enum notice_id target_fault(const char *s, size_t n, bool number)
{
	if (!n)
		return MSG_CONTACT_EMPTY;
	if (contact_is_number(s, n))
		return number ? MSG_NONE : MSG_CONTACT_NO_HOST;
	return address_fault(s, n);
}

/**
 * Check a contact and write it as a sip: URI, or as the bare number it is.
 *
 * @param uri     URI (written on success), zero-ended
 * @param s       Contact, not zero-ended
 * @param n       Its length
 * @param contact It is one of a list: it may be a bare number, and carry ;account= ;p2p ;dtmf=
 * @param why     What is wrong (written on error)
 *
 * @return 0, EINVAL
 *
 * Whether there is an account for a bare number is settings_check()'s to see (CON-01).
 */
int settings_parse_uri(char uri[SETTINGS_URI], const char *s, size_t n, bool contact,
		       enum notice_id *why)
{
	char out[SETTINGS_URI];
	size_t scheme = scheme_len(s, n), target;
	struct contact_params p;
	struct text t;

	s += scheme;
	n -= scheme;
	target = contact_params(&p, s, n, why);
	if (!*why && target < n && !contact)
		*why = MSG_CONTACT_ONLY_LIST;
	if (!*why)
		*why = target_fault(s, target, contact && !scheme);
	if (!*why && p.p2p && contact_is_number(s, target))
		*why = MSG_CONTACT_P2P_NUMBER;
	if (*why)
		return EINVAL;
	text_start(&t, out, sizeof(out));
	if (!contact_is_number(s, target))
		text_str(&t, scheme == 5 ? "sips:" : "sip:");
	text_mem(&t, s, n);
	if (t.cut) {
		*why = MSG_TOO_LONG;
		return EINVAL;
	}
	memset(uri, 0, SETTINGS_URI);
	memcpy(uri, out, t.n);
	return 0;
}
