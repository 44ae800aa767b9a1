/**
 * @file page_table.c  The one table of the door's pages and the settings on them (see page_table.h; WEB-03, WEB-05)
 *
 * Order and names are the manual's (§3.3); users see the basic ones, and the events with the live panel (§3.3.23).
 */
#include <string.h>
#include "web/page_table.h"

#define ACCOUNT(n) {"account" #n, "sip.account" #n ".*"}
#define SLOT(n) {"slot" #n, "slot" #n ".name slot" #n ".hours"}

const struct page page_table[] = {
	{"info", PAGE_BASIC, UI_USER, false, {{NULL, NULL}}},
	{"contacts", PAGE_BASIC, UI_USER, false, {{NULL, NULL}}},
	{"relays", PAGE_BASIC, UI_USER, false, {{"relay1", "relay1.function relay1.hold_s relay1.line_s"},
						{"relay2", "relay2.function relay2.hold_s relay2.line_s"}}},
	{"codes", PAGE_BASIC, UI_USER, false, {{"relay1", "relay1.code*"}, {"relay2", "relay2.code*"}}},
	{"slots", PAGE_BASIC, UI_USER, false, {SLOT(1), SLOT(2), SLOT(3), SLOT(4)}},
	{"door", PAGE_BASIC, UI_USER, false, {
		{"identity", "identity door.installation"},
		{"calls", "door.answer_s door.ring_s door.advance_on_refusal door.talk_min door.end_after_strike"},
		{"press", "door.press_ms door.end_by_button door.button_fault_s door.code_gap_ms door.boot_ms"},
	}},
	{"input", PAGE_BASIC, UI_USER, false, {{"", "input.*"}}},
	{"button", PAGE_BASIC, UI_USER, false, {
		{"", "button.mode button.slot"}, {"day", "button.day button.relay"}, {"night", "button.night"},
	}},
	{"audio", PAGE_BASIC, UI_USER, false, {
		{"", "audio.volume audio.attenuation_slot audio.attenuated_volume audio.microphone"},
	}},
	{"voice", PAGE_BASIC, UI_USER, false, {{"", "door.language voice.*"}}},
	{"pictograms", PAGE_ADVANCED, UI_ADMIN, false, {{"", "picto.*"}}},
	{"network", PAGE_ADVANCED, UI_ADMIN, true, {
		{"nat", "nat.*"},
		{"protocol", "sip.port sip.transport sip.tcp sip.tls_port sip.tls_cert sip.tls_ca sip.tls_verify "
			     "sip.tls_verify_cn"},
		{"encryption", "sip.media_encryption"},
		{"ports", "sip.rtp_port_min sip.rtp_port_max sip.media_timeout_s"},
	}},
	{"sip", PAGE_ADVANCED, UI_ADMIN, true, {
		ACCOUNT(1), ACCOUNT(2), ACCOUNT(3), {"registration", "sip.register_retry_s sip.session_s"},
	}},
	{"codecs", PAGE_ADVANCED, UI_ADMIN, true, {
		{"codecs", "sip.codecs"},
		{"dtmf", "sip.dtmf_rfc4733 sip.dtmf_info sip.dtmf_dual sip.dtmf_listen sip.dtmf_level"},
		{"media", "sip.rtcp_fb audio.jitter_min_ms audio.jitter_max_ms"},
	}},
	{"time", PAGE_ADVANCED, UI_ADMIN, false, {{"", "time.*"}}},
	{"ldap", PAGE_ADVANCED, UI_ADMIN, false, {
		{"", "ldap.enabled ldap.server ldap.port ldap.user_dn ldap.password ldap.refresh ldap.base_dn "
		     "ldap.name_attribute ldap.number_attribute"},
		{"tls", "ldap.security ldap.tls_verify ldap.tls_ca"},
	}},
	{"api", PAGE_ADVANCED, UI_ADMIN, false, {{"", "api.*"}}},
	{"events", PAGE_ADVANCED, UI_USER, false, {{"kept", "events.*"}}},
	{"technical", PAGE_ADVANCED, UI_ADMIN, false, {
		{"reports", "tech.contacts sup.pbx_delay_s sup.report_* sup.message_button sup.message_mains_fault "
			    "sup.message_mains_back sup.message_button_fault sup.message_button_back sup.message_pbx_fault "
			    "sup.message_test"},
		{"test", "test.*"},
		{"messages", "sup.message_to sup.reason_button sup.reason_test"},
		{"dtmf_protocol", "sup.dtmf sup.c_wait_s sup.ack_wait_s sup.frames_max sup.digit_on_ms sup.digit_off_ms"},
		{"crc", "crc.*"},
	}},
	{"users", PAGE_ADVANCED, UI_ADMIN, false, {{"web", "web.*"}}},
	{"files", PAGE_ADVANCED, UI_ADMIN, false, {{NULL, NULL}}},
	{"debug", PAGE_ADVANCED, UI_ADMIN, false, {{NULL, NULL}}},
};

const size_t page_count = sizeof(page_table) / sizeof(page_table[0]);

static bool fits(const char *pattern, size_t n, const char *key)
{
	return n && pattern[n - 1] == '*' ? !strncmp(pattern, key, n - 1) : strlen(key) == n && !strncmp(pattern, key, n);
}

/** Is a setting one of these? */
bool page_lists(const char *keys, const char *key)
{
	const char *p = keys;

	for (; p && *p; p += strcspn(p, " "), p += strspn(p, " "))
		if (fits(p, strcspn(p, " "), key))
			return true;

	return false;
}

/** The page of a setting, NULL = it is on none */
const struct page *page_of(const char *key)
{
	size_t i, k;

	for (i = 0; i < page_count; i++)
		for (k = 0; k < PAGE_GROUPS && page_table[i].group[k].id; k++)
			if (page_lists(page_table[i].group[k].keys, key))
				return &page_table[i];

	return NULL;
}
