/**
 * @file settings_check.c  What settings_set() cannot see: settings that must go together
 */
#include <errno.h>
#include <string.h>
#include "contact.h"
#include "settings_priv.h"

#define RTP_SPAN 8                      /* two calls, RTP and RTCP, and as much to spare */
#define CODES (GAP_RELAYS * SETTINGS_CODES)

static void put_value(struct text *t, const char *key, int32_t v)
{
	text_str(t, key);
	text_char(t, '=');
	text_int(t, v);
}

static int check_ports(const struct settings *s, struct text *t)
{
	if (s->rtp_port_max < s->rtp_port_min + RTP_SPAN) {
		put_value(t, "sip.rtp_port_max", s->rtp_port_max);
		text_str(t, " leaves too few ports: with ");
		put_value(t, "sip.rtp_port_min", s->rtp_port_min);
		if (s->rtp_port_min + RTP_SPAN > UINT16_MAX) {
			text_str(t, " no value is enough; lower sip.rtp_port_min to ");
			text_int(t, UINT16_MAX - RTP_SPAN);
			text_str(t, " or less");
		} else {
			text_str(t, " it has to be at least ");
			text_int(t, s->rtp_port_min + RTP_SPAN);
		}
		return EINVAL;
	}
	if (s->sip_port >= s->rtp_port_min && s->sip_port <= s->rtp_port_max) {
		put_value(t, "sip.port", s->sip_port);
		text_str(t, " lies among the ports for sound (");
		put_value(t, "sip.rtp_port_min", s->rtp_port_min);
		text_str(t, ", ");
		put_value(t, "sip.rtp_port_max", s->rtp_port_max);
		text_str(t, "): choose one outside");
		return EINVAL;
	}
	return 0;
}

static int check_jitter(const struct settings *s, struct text *t)
{
	if (s->jitter_min_ms <= s->jitter_max_ms)
		return 0;
	put_value(t, "audio.jitter_min_ms", s->jitter_min_ms);
	text_str(t, " is more than ");
	put_value(t, "audio.jitter_max_ms", s->jitter_max_ms);
	text_str(t, ": lower the first or raise the second");

	return EINVAL;
}

static int check_sip(const struct settings *s, struct text *t)
{
	if (s->codecs.n < 1) {
		text_str(t, "sip.codecs is empty: name at least one codec, e.g. PCMA");
		return EINVAL;
	}
	if (s->dtmf_dual && !(s->dtmf_rfc4733 && s->dtmf_info)) {
		text_str(t, "sip.dtmf_dual=yes sends each digit twice over: set ");
		text_str(t, s->dtmf_rfc4733 ? "sip.dtmf_info=yes" : "sip.dtmf_rfc4733=yes");
		if (!s->dtmf_rfc4733 && !s->dtmf_info)
			text_str(t, " and sip.dtmf_info=yes");
		text_str(t, " too, or sip.dtmf_dual=no");
		return EINVAL;
	}
	return 0;
}

/* SIP-08: what a mode cannot do without */
static int check_nat(const struct settings *s, struct text *t)
{
	const struct nat_settings *n = &s->nat;

	if (n->gateway[0] && !settings_address_ok(n->gateway)) {
		text_str(t, "nat.gateway=");
		text_escaped(t, n->gateway, sizeof(n->gateway));
		text_str(t, " is not the public address of a host: write it as in 203.0.113.7, or [2001:db8::7]");
		return EINVAL;
	}
	if (n->mode == NAT_GATEWAY && !n->gateway[0]) {
		text_str(t, "nat.mode=gateway needs nat.gateway, the public address: set it first");
		return EINVAL;
	}
	if (n->mode == NAT_STUN && !n->stun_server[0]) {
		text_str(t, "nat.mode=stun needs nat.stun_server: set it first");
		return EINVAL;
	}
	return 0;
}

static const char *code(const struct settings *s, size_t i)
{
	return s->relay[i / SETTINGS_CODES].code[i % SETTINGS_CODES].digits;
}

static void put_code(struct text *t, size_t i)
{
	text_str(t, "relay");
	text_uint(t, i / SETTINGS_CODES + 1, 0);
	text_str(t, ".code");
	text_uint(t, i % SETTINGS_CODES + 1, 0);
}

/* REL-08: no code is another one, nor its beginning; the digits themselves are not told */
static int check_pair(const struct settings *s, size_t a, size_t b, struct text *t)
{
	size_t na = strlen(code(s, a)), nb = strlen(code(s, b));

	if (!na || !nb || strncmp(code(s, a), code(s, b), na < nb ? na : nb))
		return 0;
	put_code(t, na <= nb ? a : b);
	text_str(t, na == nb ? " is the same as " : " is the beginning of ");
	put_code(t, na <= nb ? b : a);
	text_str(t, na == nb ? ": give each code its own digits"
		 : ", which could never be entered: change one of them");
	return EINVAL;
}

static int check_codes(const struct settings *s, struct text *t)
{
	size_t a, b;
	int err = 0;

	for (a = 0; a < CODES && !err; ++a) {
		for (b = a + 1; b < CODES && !err; ++b)
			err = check_pair(s, a, b, t);
	}
	return err;
}

static void put_account(struct text *t, size_t i, const char *field)
{
	text_str(t, "sip.account");
	text_uint(t, i + 1, 0);
	text_str(t, field);
}

/* libre puts both between quotes as they are */
static bool quotable(const char *s)
{
	return !strpbrk(s, "\"\\");
}

/* SIP-03: what an active account cannot do without */
static int check_account(const struct settings *s, size_t i, struct text *t)
{
	const struct account_settings *a = &s->account[i];

	if (!quotable(a->auth_id) || !quotable(a->display)) {
		put_account(t, i, quotable(a->auth_id) ? ".display" : ".auth_id");
		text_str(t, " holds a quote or a backslash: leave it out");
		return EINVAL;
	}
	if (!a->active || (a->server[0] && a->user[0]))
		return 0;
	put_account(t, i, ".active=yes needs ");
	put_account(t, i, a->server[0] ? ".user" : ".server");
	text_str(t, ": set it first");
	return EINVAL;
}

/* CON-01: a number, or a contact that names an account, needs that account to be active */
static int check_contact(const struct settings *s, const char *key, const char *contact,
			 struct text *t)
{
	struct contact_params p;
	const char *why;
	const size_t n = contact_params(&p, contact, strlen(contact), &why);
	const unsigned account = contact_account(s, &p);

	if (account ? s->account[account - 1].active : !contact_is_number(contact, n))
		return 0;
	text_str(t, key);
	text_str(t, ": ");
	text_escaped(t, contact, SETTINGS_URI);
	if (account) {
		text_str(t, " is called by an account that is not active: set ");
		put_account(t, account - 1, ".active=yes");
	} else {
		text_str(t, " is a number at a PBX, but no account is active: set "
			 "sip.account1.active=yes");
	}
	text_str(t, ", or write an address");
	return EINVAL;
}

/* The contacts of one list */
static int check_list(const struct settings *s, const char *key, const struct contact_list *list, struct text *t)
{
	char contact[SETTINGS_URI];
	unsigned i;
	int err = 0;

	for (i = 0; !err && settings_contact(contact, list, i); ++i)
		err = check_contact(s, key, contact, t);
	return err;
}

static int check_accounts(const struct settings *s, struct text *t)
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
		err = check_account(s, i, t);
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]) && !err; ++i)
		err = check_list(s, lists[i].key, lists[i].list, t);
	return err;
}

static bool input_uses(const struct settings *s, int32_t relay)
{
	return s->input_relay == INPUT_RELAY_BOTH || s->input_relay == relay;
}

/* DOOR-08, REL-06: a relay that shows something is not offered to the input */
static int check_input(const struct settings *s, struct text *t)
{
	static const char *const shows[] = {"strike", "line", "mains", "network"};
	int32_t i;

	if (!s->input_enabled || s->input_function != INPUT_STRIKE)
		return 0;
	for (i = 0; i < GAP_RELAYS; ++i) {
		if (!input_uses(s, i) || s->relay[i].function == RELAY_STRIKE)
			continue;
		text_str(t, "input.function=strike with input.relay=");
		text_str(t, s->input_relay == INPUT_RELAY_BOTH ? "1+2" : i ? "2" : "1");
		text_str(t, i ? " needs relay2.function=strike, but it is "
			      : " needs relay1.function=strike, but it is ");
		text_str(t, shows[s->relay[i].function]);
		text_str(t, s->relay[!i].function == RELAY_STRIKE
			 ? (i ? "; choose input.relay=1" : "; choose input.relay=2")
			 : "; choose another input.function");
		return EINVAL;
	}
	return 0;
}

/**
 * Check that settings go together.
 *
 * @param s       Settings
 * @param err     What is wrong and what would be right, the first found (may be NULL; not written
 *                on success)
 * @param errsize Bytes of err
 *
 * @return 0, EINVAL
 *
 * Relay codes are told by key, never by digits.
 */
int settings_check(const struct settings *s, char *err, size_t errsize)
{
	char scratch[384];
	struct text t;
	int e;

	text_start(&t, scratch, sizeof(scratch));
	e = check_ports(s, &t);
	if (!e)
		e = check_sip(s, &t);
	if (!e)
		e = check_jitter(s, &t);
	if (!e)
		e = check_nat(s, &t);
	if (!e)
		e = check_codes(s, &t);
	if (!e)
		e = check_accounts(s, &t);
	if (!e)
		e = check_input(s, &t);
	if (e && err) {
		text_start(&t, err, errsize);
		text_str(&t, scratch);
	}
	return e;
}
