/**
 * @file settings_check.c  What settings_set() cannot see: settings that must go together
 */
#include <errno.h>
#include <string.h>
#include "contact.h"
#include "settings_priv.h"

#define RTP_SPAN 8                      /* two calls, RTP and RTCP, and as much to spare */
#define CODES (GAP_RELAYS * SETTINGS_CODES)

static int wrong(struct notice *m, enum notice_id id, const char *key)
{
	notice_start(m, id, EINVAL, key);
	return EINVAL;
}

static int check_ports(const struct settings *s, struct notice *m)
{
	const bool none = s->rtp_port_min + RTP_SPAN > UINT16_MAX;

	if (s->rtp_port_max < s->rtp_port_min + RTP_SPAN) {
		(void)wrong(m, none ? MSG_PORTS_NONE : MSG_PORTS_FEW, "sip.rtp_port_max");
		notice_int(m, none ? "most" : "least", none ? UINT16_MAX - RTP_SPAN : s->rtp_port_min + RTP_SPAN);
	} else if (s->sip_port >= s->rtp_port_min && s->sip_port <= s->rtp_port_max) {
		(void)wrong(m, MSG_PORT_IN_SOUND, "sip.port");
		notice_int(m, "port", s->sip_port);
		notice_setting(m, "max_key", "sip.rtp_port_max");
	} else {
		return 0;
	}
	notice_setting(m, "min_key", "sip.rtp_port_min");
	notice_int(m, "min", s->rtp_port_min);
	notice_int(m, "max", s->rtp_port_max);
	return EINVAL;
}

static int check_jitter(const struct settings *s, struct notice *m)
{
	if (s->jitter_min_ms <= s->jitter_max_ms)
		return 0;
	(void)wrong(m, MSG_JITTER_ORDER, "audio.jitter_min_ms");
	notice_int(m, "min", s->jitter_min_ms);
	notice_setting(m, "other", "audio.jitter_max_ms");
	notice_int(m, "max", s->jitter_max_ms);

	return EINVAL;
}

static int check_sip(const struct settings *s, struct notice *m)
{
	const bool both = !s->dtmf_rfc4733 && !s->dtmf_info;

	if (s->codecs.n < 1)
		return wrong(m, MSG_CODECS_EMPTY, "sip.codecs");
	if (!s->dtmf_dual || (s->dtmf_rfc4733 && s->dtmf_info))
		return 0;
	(void)wrong(m, both ? MSG_DUAL_BOTH : MSG_DUAL_ONE, "sip.dtmf_dual");
	notice_setting(m, "other", s->dtmf_rfc4733 ? "sip.dtmf_info" : "sip.dtmf_rfc4733");
	if (both)
		notice_setting(m, "third", "sip.dtmf_info");
	return EINVAL;
}

/* SIP-08: what a mode cannot do without */
static int check_nat(const struct settings *s, struct notice *m)
{
	const struct nat_settings *n = &s->nat;

	if (n->gateway[0] && !settings_address_ok(n->gateway)) {
		(void)wrong(m, MSG_NAT_ADDRESS, "nat.gateway");
		notice_text(m, "value", n->gateway, sizeof(n->gateway));
		return EINVAL;
	}
	if (n->mode == NAT_GATEWAY && !n->gateway[0]) {
		(void)wrong(m, MSG_NAT_GATEWAY, "nat.mode");
		notice_setting(m, "other", "nat.gateway");
		return EINVAL;
	}
	if (n->mode == NAT_STUN && !n->stun_server[0]) {
		(void)wrong(m, MSG_NAT_STUN, "nat.mode");
		notice_setting(m, "other", "nat.stun_server");
		return EINVAL;
	}

	return 0;
}

/* TIM-01 */
static int check_clock(const struct settings *s, struct notice *m)
{
	if (s->clock_source != CLOCK_NTP || s->ntp_server[0])
		return 0;
	(void)wrong(m, MSG_CLOCK_NTP, "time.source");
	notice_setting(m, "other", "time.ntp_server");

	return EINVAL;
}

/* RFC 4512: a name of an attribute, no OID: what stands in a filter is nothing but that */
static bool is_descr(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", more[] = "0123456789-";
	size_t n = strspn(s, letters), i;

	for (i = n; n && s[i] && (strchr(letters, s[i]) || strchr(more, s[i])); ++i)
		;
	return n && !s[i];
}

/* SRV-01: what a directory cannot do without */
static int check_ldap(const struct settings *s, struct notice *m)
{
	const struct ldap_settings *l = &s->ldap;
	const bool name = !is_descr(l->name_attribute);

	if (name || !is_descr(l->number_attribute)) {
		(void)wrong(m, MSG_LDAP_ATTRIBUTE, name ? "ldap.name_attribute" : "ldap.number_attribute");
		notice_text(m, "value", name ? l->name_attribute : l->number_attribute, sizeof(l->name_attribute));
		return EINVAL;
	}
	if (!l->enabled || (l->server[0] && (!l->user_dn[0] || l->password[0])))
		return 0;
	(void)wrong(m, l->server[0] ? MSG_LDAP_PASSWORD : MSG_LDAP_SERVER, l->server[0] ? "ldap.user_dn" : "ldap.enabled");
	notice_setting(m, "other", l->server[0] ? "ldap.password" : "ldap.server");
	return EINVAL;
}

/** Port of the LDAP server: as set, else the usual one */
int32_t ldap_port(const struct ldap_settings *l)
{
	return l->port ? l->port : l->security == LDAP_TLS ? 636 : 389;
}

/** Minutes between two reads of the directory, 0 = it is not read by the clock */
int32_t ldap_every_min(const struct ldap_settings *l)
{
	static const int32_t min[] = {5, 15, 30, 45, 60};

	return l->refresh < LDAP_EVERY ? 0 : min[l->refresh - LDAP_EVERY];
}

static const char *code(const struct settings *s, size_t i)
{
	return s->relay[i / SETTINGS_CODES].code[i % SETTINGS_CODES].digits;
}

/* relayN.codeN */
static void code_key(char key[NOTICE_KEY], size_t i)
{
	struct text t;

	text_start(&t, key, NOTICE_KEY);
	text_str(&t, "relay");
	text_uint(&t, i / SETTINGS_CODES + 1, 0);
	text_str(&t, ".code");
	text_uint(&t, i % SETTINGS_CODES + 1, 0);
}

/* REL-08: no code is another one, nor its beginning; the digits themselves are not told */
static int check_pair(const struct settings *s, size_t a, size_t b, struct notice *m)
{
	size_t na = strlen(code(s, a)), nb = strlen(code(s, b));
	char key[NOTICE_KEY];

	if (!na || !nb || strncmp(code(s, a), code(s, b), na < nb ? na : nb))
		return 0;
	code_key(key, na <= nb ? a : b);
	(void)wrong(m, na == nb ? MSG_CODE_SAME : MSG_CODE_BEGINS, key);
	code_key(key, na <= nb ? b : a);
	notice_setting(m, "other", key);
	return EINVAL;
}

static int check_codes(const struct settings *s, struct notice *m)
{
	size_t a, b;
	int err = 0;

	for (a = 0; a < CODES && !err; ++a) {
		for (b = a + 1; b < CODES && !err; ++b)
			err = check_pair(s, a, b, m);
	}
	return err;
}

/* sip.accountN.field */
static const char *account_key(char key[NOTICE_KEY], size_t i, const char *field)
{
	struct text t;

	text_start(&t, key, NOTICE_KEY);
	text_str(&t, "sip.account");
	text_uint(&t, i + 1, 0);
	text_str(&t, field);
	return key;
}

/* libre puts both between quotes as they are */
static bool quotable(const char *s)
{
	return !strpbrk(s, "\"\\");
}

/* SIP-03: what an active account cannot do without */
static int check_account(const struct settings *s, size_t i, struct notice *m)
{
	const struct account_settings *a = &s->account[i];
	char key[NOTICE_KEY];

	if (!quotable(a->auth_id) || !quotable(a->display))
		return wrong(m, MSG_ACCOUNT_QUOTE, account_key(key, i, quotable(a->auth_id) ? ".display" : ".auth_id"));
	if (!a->active || (a->server[0] && a->user[0]))
		return 0;
	(void)wrong(m, MSG_ACCOUNT_NEEDS, account_key(key, i, ".active"));
	notice_setting(m, "other", account_key(key, i, a->server[0] ? ".user" : ".server"));
	return EINVAL;
}

/* CON-01: a number, or a contact that names an account, needs that account to be active */
static int check_contact(const struct settings *s, const char *key, const char *contact,
			 struct notice *m)
{
	struct contact_params p;
	char other[NOTICE_KEY];
	enum notice_id why;
	const size_t n = contact_params(&p, contact, strlen(contact), &why);
	const unsigned account = contact_account(s, &p);

	if (account ? s->account[account - 1].active : !contact_is_number(contact, n))
		return 0;
	(void)wrong(m, account ? MSG_CONTACT_ACCOUNT : MSG_CONTACT_NUMBER, key);
	notice_text(m, "contact", contact, SETTINGS_URI);
	notice_setting(m, "other", account_key(other, account ? account - 1 : 0, ".active"));
	return EINVAL;
}

/* The contacts of one list */
static int check_list(const struct settings *s, const char *key, const struct contact_list *list, struct notice *m)
{
	char contact[SETTINGS_URI];
	unsigned i;
	int err = 0;

	for (i = 0; !err && settings_contact(contact, list, i); ++i)
		err = check_contact(s, key, contact, m);
	return err;
}

static int check_accounts(const struct settings *s, struct notice *m)
{
	const struct {
		const char *key;
		const struct contact_list *list;
	} lists[] = {
		{"button.day", &s->button_day}, {"button.night", &s->button_night}, {"input.contacts", &s->input_list},
		{"tech.contacts", &s->tech_list}, {"test.contacts", &s->test_list},
	};
	size_t i;
	int err = 0;

	for (i = 0; i < SETTINGS_ACCOUNTS && !err; ++i)
		err = check_account(s, i, m);
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]) && !err; ++i)
		err = check_list(s, lists[i].key, lists[i].list, m);
	return err;
}

static bool input_uses(const struct settings *s, int32_t relay)
{
	return s->input_relay == INPUT_RELAY_BOTH || s->input_relay == relay;
}

/* DOOR-08, REL-06: a relay that shows something is not offered to the input */
static int check_input(const struct settings *s, struct notice *m)
{
	static const char *const shows[] = {"strike", "line", "mains", "network"};
	bool other;
	int32_t i;

	if (!s->input_enabled || s->input_function != INPUT_STRIKE)
		return 0;
	for (i = 0; i < GAP_RELAYS; ++i) {
		if (!input_uses(s, i) || s->relay[i].function == RELAY_STRIKE)
			continue;
		other = s->relay[!i].function == RELAY_STRIKE;
		(void)wrong(m, other ? MSG_INPUT_RELAY : MSG_INPUT_NO_RELAY, "input.function");
		notice_setting(m, "relay_key", "input.relay");
		notice_text(m, "relay", s->input_relay == INPUT_RELAY_BOTH ? "1+2" : i ? "2" : "1", 4);
		notice_setting(m, "other", i ? "relay2.function" : "relay1.function");
		notice_text(m, "function", shows[s->relay[i].function], 8);
		if (other)
			notice_int(m, "good", i ? 1 : 2);
		return EINVAL;
	}
	return 0;
}

/**
 * Check that settings go together; what is wrong can be told in any language.
 *
 * @param s   Settings
 * @param why What is wrong and what would be right, the first found (written on error only)
 *
 * @return 0, EINVAL
 *
 * Relay codes are told by key, never by digits.
 */
int settings_check_why(const struct settings *s, struct notice *why)
{
	int e = check_ports(s, why);

	if (!e)
		e = check_sip(s, why);
	if (!e)
		e = check_jitter(s, why);
	if (!e)
		e = check_nat(s, why);
	if (!e)
		e = check_clock(s, why);
	if (!e)
		e = check_ldap(s, why);
	if (!e)
		e = check_codes(s, why);
	if (!e)
		e = check_accounts(s, why);
	if (!e)
		e = check_input(s, why);
	return e;
}

/**
 * Check that settings go together; what is wrong is told in English.
 *
 * @param s       Settings
 * @param err     What is wrong and what would be right, the first found (may be NULL; not written
 *                on success)
 * @param errsize Bytes of err
 *
 * @return 0, EINVAL
 */
int settings_check(const struct settings *s, char *err, size_t errsize)
{
	struct notice why;
	struct text t;
	int e = settings_check_why(s, &why);

	if (e && err) {
		text_start(&t, err, errsize);
		notice_tell(&t, &why, NULL);
	}
	return e;
}
