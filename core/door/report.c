/**
 * @file report.c  How a call says why it is made: reasons, From user, MESSAGE body (SUP-01, SUP-02, SUP-10)
 */
#include <errno.h>
#include <string.h>
#include "door.h"
#include "text.h"

/** The manual's tables of §3.3.22.1 to 3, one row a reason */
const struct reason_row *reason_row(enum reason r)
{
	static const struct reason_row table[REASON_COUNT] = {
		[REASON_BUTTON]       = {  1, NULL,              true},
		[REASON_TEST]         = {  4, NULL,              false},
		[REASON_MAINS_BACK]   = { 11, "retourSecteur",   false},
		[REASON_MAINS_FAULT]  = { 12, "defautSecteur",   false},
		[REASON_BUTTON_FAULT] = { 17, "panneBoutonALB",  false},
		[REASON_BUTTON_BACK]  = { 18, "retourBoutonALB", false},
		[REASON_PBX_FAULT]    = {404, "pannePbx",        false},
	};

	return &table[r];
}

/** Name of a reason, as after IDENTITY_ in the From header (SUP-02) */
const char *reason_name(const struct settings *s, enum reason r)
{
	switch (r) {
	case REASON_BUTTON: return s->sup_reason_button;
	case REASON_TEST:   return s->sup_reason_test;
	default:            return reason_row(r)->user;
	}
}

static int identity9(char buf[10], const struct settings *s)
{
	const size_t n = strlen(s->identity);

	if (n > 9)
		return EINVAL;
	memset(buf, '0', 9);
	memcpy(buf + 9 - n, s->identity, n + 1);

	return 0;
}

/**
 * User part of From, Contact and SDP origin of a P2P call.
 *
 * @param buf  Written: "123456789_bouton_appel", identity padded to 9 digits (DOOR-01)
 * @param size Its size, REPORT_USER is enough
 *
 * @return 0, EOVERFLOW
 *
 * Source: manual §3.3.22.1, SUP-02.
 */
int report_from_user(char *buf, size_t size, const struct settings *s, enum reason r)
{
	char id[10];
	struct text t;

	if (identity9(id, s))
		return EINVAL;
	text_start(&t, buf, size);
	text_str(&t, id);
	text_char(&t, '_');
	text_str(&t, reason_name(s, r));

	return t.cut ? EOVERFLOW : 0;
}

/**
 * Body of the SIP MESSAGE, text/plain.
 *
 * @param buf  Written: "identity=000000000 ;product=81 ;alerte=01"
 * @param size Its size, REPORT_BODY is enough
 *
 * @return 0, EOVERFLOW
 *
 * Source: manual §3.3.22.2, SUP-10.
 */
int report_body(char *buf, size_t size, const struct settings *s, enum reason r)
{
	char id[10];
	struct text t;

	if (identity9(id, s))
		return EINVAL;
	text_start(&t, buf, size);
	text_str(&t, "identity=");
	text_str(&t, id);
	text_str(&t, " ;product=");
	text_uint(&t, REPORT_PRODUCT, 2);
	text_str(&t, " ;alerte=");
	text_uint(&t, reason_row(r)->alerte, 2);

	return t.cut ? EOVERFLOW : 0;
}

/**
 * Split a contact of a list into what is called and its DTMF protocol (SUP-25).
 *
 * @param uri     Written: the URI without ";dtmf=..."
 * @param size    Its size
 * @param dtmf    Written: enum dtmf_protocol, the contact's own or the door's setting
 * @param contact Entry of the list
 *
 * @return 0, EOVERFLOW
 */
int report_contact(char *uri, size_t size, int *dtmf, const struct settings *s, const char *contact)
{
	static const char *const word[] = {"auto", "required", "off"};
	const char *p = strstr(contact, ";dtmf=");
	const size_t n = p ? (size_t)(p - contact) : strlen(contact);
	int i;

	if (n >= size)
		return EOVERFLOW;
	memcpy(uri, contact, n);
	uri[n] = '\0';

	*dtmf = s->sup_dtmf;
	for (i = 0; p && i < 3; i++)
		if (!strcmp(p + 6, word[i]))
			*dtmf = i;

	return 0;
}

static bool is_address(const char *host)
{
	return *host == '[' || strspn(host, "0123456789.") == strcspn(host, ":;");
}

/**
 * Is a contact called without any PBX, so that it works while the PBX does not (SUP-12, CON-01)?
 *
 * @param contact Entry of a list
 *
 * @return true with ;p2p, and without ;account= for an address or a whole host (sip:HOST)
 */
bool report_contact_p2p(const char *contact)
{
	const char *host = strchr(contact, ':'), *at = strchr(contact, '@');
	const char *p2p = strstr(contact, ";p2p");

	if (p2p && (!p2p[4] || p2p[4] == ';'))
		return true;
	if (!host || strstr(contact, ";account="))
		return false;

	return !at || is_address(at + 1);
}
