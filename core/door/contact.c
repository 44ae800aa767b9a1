/**
 * @file contact.c  Whom a contact of a list means (CON-01, SUP-03, SUP-25, manual §3.3.2)
 *
 *     written                          called                      by
 *     101                              sip:101@SERVER              account 1, or the first active one
 *     101;account=2                    sip:101@SERVER-of-2         account 2
 *     192.168.0.22, user@host          sip:192.168.0.22 ...        the first active account, else P2P
 *     sip:user@host;transport=tcp      as it is                    the same
 *     sip:192.168.0.22;p2p             sip:192.168.0.22            P2P: it works when the PBX is down
 *
 * ;account= ;p2p ;dtmf= stand behind all other parameters, each once, in any order.  A port other than
 * 5060 goes into the URI of a number.
 */
#include <errno.h>
#include <string.h>
#include "contact.h"
#include "settings_priv.h"
#include "text.h"

#define SIP_PORT_DEFAULT 5060

/* Is s[n] the parameter "name", with or without a value, in any case?  Its value in *v, *vn */
static bool is_param(const char *s, size_t n, const char *name, const char **v, size_t *vn)
{
	const size_t len = strlen(name);
	char word[8] = "";

	if (n < len || len >= sizeof(word))
		return false;
	memcpy(word, s, len);
	if (!text_same(word, name) || (n > len && s[len] != '='))
		return false;
	*v = n > len ? s + len + 1 : NULL;
	*vn = n > len ? n - len - 1 : 0;
	if (memcmp(s, name, len))               /* ours are written small, or not at all */
		*v = "?", *vn = 1;
	return true;
}

static int word_of(const char *const *word, const char *v, size_t n)
{
	int i;

	for (i = 0; word[i]; ++i) {
		if (v && strlen(word[i]) == n && !memcmp(word[i], v, n))
			return i;
	}
	return -1;
}

/* One parameter s[n] without its semicolon: 1 = ours and good, 0 = not ours, -1 = ours and wrong */
static int take(struct contact_params *p, const char *s, size_t n, enum notice_id *why)
{
	static const char *const account[] = {"1", "2", "3", NULL};
	static const char *const dtmf[] = {"auto", "required", "off", NULL};
	const char *v;
	size_t vn;

	if (is_param(s, n, "account", &v, &vn)) {
		*why = MSG_CONTACT_BAD_ACCOUNT;
		if (p->account || p->p2p)
			return -1;
		p->account = word_of(account, v, vn) + 1;
		return p->account ? 1 : -1;
	}
	if (is_param(s, n, "p2p", &v, &vn)) {
		*why = MSG_CONTACT_BAD_P2P;
		if (p->account || p->p2p || v)
			return -1;
		p->p2p = true;
		return 1;
	}
	if (is_param(s, n, "dtmf", &v, &vn)) {
		*why = MSG_CONTACT_BAD_DTMF;
		if (p->dtmf >= 0)
			return -1;
		p->dtmf = word_of(dtmf, v, vn);
		return p->dtmf >= 0 ? 1 : -1;
	}
	return 0;
}

/**
 * Find this project's parameters behind a contact.
 *
 * @param p   Parameters (written)
 * @param s   Contact, not zero-ended
 * @param n   Its length
 * @param why What is wrong, MSG_NONE where all is well (written)
 *
 * @return Length of the contact without them
 */
size_t contact_params(struct contact_params *p, const char *s, size_t n, enum notice_id *why)
{
	size_t i = 0, len, end = n;
	enum notice_id fault = MSG_NONE;
	bool ours = false;

	*p = (struct contact_params) {.dtmf = -1};
	*why = MSG_NONE;
	while (i < n && s[i] != ';')
		++i;
	for (; i < n; i += len) {
		int r;

		for (len = 1; i + len < n && s[i + len] != ';'; ++len)
			;
		r = take(p, s + i + 1, len - 1, &fault);
		if (r < 0 || (ours && !r)) {
			*why = r < 0 ? fault : MSG_CONTACT_ORDER;
			return end;
		}
		if (r && !ours)
			end = i;
		ours = r > 0;
	}
	return end;
}

/**
 * Check a contact, and write it as a list keeps it: sip: before an address, a number as it is (CON-01).
 *
 * @param text Written on success, zero-ended; may be s
 * @param s    Contact with its parameters, not zero-ended
 * @param n    Its length
 * @param why  What is wrong (written on error, static)
 *
 * @return 0, EINVAL
 */
int contact_write(char text[SETTINGS_URI], const char *s, size_t n, const char **why)
{
	enum notice_id id = MSG_NONE;
	const int err = settings_parse_uri(text, s, n, true, &id);

	*why = id ? notice_english(id) : NULL;

	return err;
}

/** Is s[n] a bare number, which needs the server of an account? */
bool contact_is_number(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; ++i) {
		if (!s[i] || !strchr("0123456789+*#", s[i]))
			return false;
	}
	return n > 0;
}

/**
 * The account a contact is called by.
 *
 * @param s Settings
 * @param p Its parameters
 *
 * @return 1..3: the one it names, else the first active one; 0 = P2P
 */
unsigned contact_account(const struct settings *s, const struct contact_params *p)
{
	unsigned i;

	if (p->p2p)
		return 0;
	if (p->account)
		return (unsigned)p->account;
	for (i = 0; i < SETTINGS_ACCOUNTS; ++i) {
		if (s->account[i].active)
			return i + 1;
	}
	return 0;
}

/* sip:NUMBER@SERVER[:PORT]; # is no character of a URI */
static void put_number(struct text *t, const char *s, size_t n, const struct account_settings *a)
{
	size_t i;

	text_str(t, "sip:");
	for (i = 0; i < n; ++i) {
		if (s[i] == '#')
			text_str(t, "%23");
		else
			text_char(t, s[i]);
	}
	text_char(t, '@');
	text_str(t, a->domain[0] ? a->domain : a->server);
	if (!a->domain[0] && a->port != SIP_PORT_DEFAULT) {
		text_char(t, ':');
		text_int(t, a->port);
	}
}

/**
 * Make a contact ready to be called.
 *
 * @param c    Written on success
 * @param s    Settings: accounts, and the DTMF protocol of contacts that do not say
 * @param text Contact as settings_set() stored it
 *
 * @return 0, EINVAL not a contact, ENOENT its account is not active, EOVERFLOW the URI is too long
 *
 * Source: manual §3.3.2, CON-01, SUP-03, SUP-25.
 */
int contact_resolve(struct contact *c, const struct settings *s, const char *text)
{
	enum notice_id why;
	struct contact_params p;
	struct contact out;
	struct text t;
	const size_t n = contact_params(&p, text, strlen(text), &why);
	const bool number = contact_is_number(text, n);

	if (why || !n)
		return EINVAL;
	out.account = contact_account(s, &p);
	out.dtmf = p.dtmf >= 0 ? p.dtmf : s->sup_dtmf;
	if (out.account ? !s->account[out.account - 1].active : number)
		return ENOENT;
	text_start(&t, out.uri, sizeof(out.uri));
	if (number)
		put_number(&t, text, n, &s->account[out.account - 1]);
	else
		text_mem(&t, text, n);
	if (t.cut)
		return EOVERFLOW;
	memset(out.uri + t.n, 0, sizeof(out.uri) - t.n);
	*c = out;
	return 0;
}
