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
