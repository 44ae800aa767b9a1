/**
 * @file test_settings.c  The settings table and its functions
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "core/door/settings.h"

Suite *suite(void);

static struct settings s;
static char err[256];

static void fresh(void)
{
	settings_default(&s);
	err[0] = '\0';
}

static int set(const char *key, const char *value)
{
	return settings_set(&s, key, value, err, sizeof(err));
}

static const char *get(const char *key)
{
	static char buf[SETTINGS_TEXT];

	(void)settings_get(&s, settings_find(key), buf, sizeof(buf));
	return buf;
}

#define REFUSED(key, value, error, message) do { \
	struct settings before_ = s; \
	ck_assert_int_eq(set(key, value), error); \
	ck_assert_str_eq(err, message); \
	ck_assert_mem_eq(&s, &before_, sizeof(s)); \
} while (0)

/* Every row's default is a good value, and comes back as it was written */
START_TEST(defaults_are_accepted_and_read_back)
{
	size_t i;

	for (i = 0; i < settings_count; ++i) {
		const struct setting *row = &settings_table[i];

		ck_assert_msg(!set(row->key, row->def), "%s: %s", row->key, err);
		ck_assert_str_eq(get(row->key), row->def);
	}
	ck_assert_int_eq(settings_check(&s, err, sizeof(err)), 0);
	ck_assert_str_eq(err, "");
}
END_TEST

START_TEST(default_fields_are_those_of_the_requirements)
{
	ck_assert_str_eq(s.identity, "000000000");              /* DOOR-01 */
	ck_assert_int_eq(s.press_ms, 100);                      /* HW-01 */
	ck_assert_int_eq(s.button_fault_s, 600);                /* DOOR-07 */
	ck_assert_int_eq(s.ring_s, 30);                         /* DOOR-03 */
	ck_assert_int_eq(s.relay[1].hold_s, 5);                 /* REL-02 */
	ck_assert_int_eq(s.relay[1].line_s, SETTINGS_PERMANENT);
	ck_assert(s.ringing.colour == GAP_YELLOW && s.ringing.blink);   /* HW-02 */
	ck_assert(s.talking.colour == GAP_GREEN && !s.talking.blink);
	ck_assert_str_eq(s.sup_reason_button, "bouton_appel");  /* SUP-02 */
	ck_assert_int_eq(s.crc.poly, 7);                        /* SUP-21 */
	ck_assert_int_eq(s.sip_port, 5060);                     /* SIP-01 */
	ck_assert_int_eq(s.codecs.n, 2);                        /* SIP-05 */
	ck_assert_int_eq(s.codecs.id[0], CODEC_PCMA);
	ck_assert(s.dtmf_rfc4733 && !s.dtmf_info && !s.dtmf_dual);      /* SIP-06 */
}
END_TEST

/* Two rows that write one field would be a slip of the table */
START_TEST(rows_have_keys_and_fields_of_their_own)
{
	size_t i, j;

	for (i = 0; i < settings_count; ++i) {
		const struct setting *a = &settings_table[i];

		ck_assert_ptr_eq(settings_find(a->key), a);
		ck_assert(a->req && *a->req && a->help && *a->help);
		for (j = 0; j < i; ++j)
			ck_assert_msg(settings_table[j].offset != a->offset, "%s", a->key);
	}
}
END_TEST

START_TEST(numbers_have_bounds_words_and_hex)
{
	ck_assert_int_eq(set("door.press_ms", " 5000 "), 0);
	ck_assert_int_eq(s.press_ms, 5000);
	REFUSED("door.press_ms", "99", ERANGE,
		"door.press_ms: \"99\" is out of range; accepted: 100..5000 ms");
	REFUSED("door.press_ms", "99999999999999999999", ERANGE,
		"door.press_ms: \"99999999999999999999\" is out of range; accepted: 100..5000 ms");
	REFUSED("door.press_ms", "1s", EINVAL, "door.press_ms: \"1s\" is not accepted "
		"(not a whole number); accepted: 100..5000 ms");
	REFUSED("door.press_ms", "", EINVAL, "door.press_ms: \"\" is not accepted "
		"(not a whole number); accepted: 100..5000 ms");
	ck_assert_int_eq(set("crc.poly", "0x1D"), 0);
	ck_assert_int_eq(s.crc.poly, 0x1d);
	ck_assert_str_eq(get("crc.poly"), "29");
	ck_assert_int_eq(set("sip.dtmf_level", "-35"), 0);
	ck_assert_int_eq(s.dtmf_level_dbm0, -35);
}
END_TEST

/* DOOR-02, DOOR-04: the special word, and not the number behind it */
START_TEST(special_words_are_accepted_and_their_numbers_are_not)
{
	ck_assert_int_eq(set("door.answer_s", "Manual"), 0);
	ck_assert_int_eq(s.answer_s, SETTINGS_MANUAL);
	ck_assert_str_eq(get("door.answer_s"), "manual");
	ck_assert_int_eq(set("door.talk_min", "permanent"), 0);
	ck_assert_int_eq(s.talk_min, SETTINGS_PERMANENT);
	REFUSED("door.talk_min", "0", ERANGE,
		"door.talk_min: \"0\" is out of range; accepted: 1..10 min or permanent");
	REFUSED("door.answer_s", "-1", ERANGE,
		"door.answer_s: \"-1\" is out of range; accepted: 0..9 s or manual");
}
END_TEST

/* DOOR-01: empty or non-digit identity is refused */
START_TEST(identity_is_one_to_nine_digits)
{
	ck_assert_int_eq(set("identity", "1"), 0);
	ck_assert_str_eq(s.identity, "1");
	REFUSED("identity", "", EINVAL,
		"identity: \"\" is not accepted (empty); accepted: 1..9 digits");
	REFUSED("identity", "1234567890", EINVAL,
		"identity: \"1234567890\" is not accepted (too long); accepted: 1..9 digits");
	REFUSED("identity", "12a", EINVAL, "identity: \"12a\" is not accepted "
		"(not all of it is digits); accepted: 1..9 digits");
}
END_TEST

START_TEST(unknown_keys_are_told_with_the_nearest)
{
	REFUSED("door.pres_ms", "1", ENOENT,
		"door.pres_ms: there is no such setting; did you mean door.press_ms?");
	REFUSED("qwertzuiop", "1", ENOENT,
		"qwertzuiop: there is no such setting; `ipgap settings` lists them all");
	ck_assert_str_eq(settings_nearest("Identety"), "identity");
	ck_assert_str_eq(settings_nearest("hold_s"), "relay1.hold_s");
	ck_assert_ptr_null(settings_nearest(""));
	ck_assert_ptr_null(settings_nearest("a.very.long.name.that.is.certainly.no.setting.at."));
}
END_TEST

/* REL-08: a code is not told, whatever is wrong with it */
START_TEST(secrets_stay_out_of_messages)
{
	REFUSED("relay1.code1", "12345x", EINVAL, "relay1.code1: the value given is not accepted "
		"(not all of it is digits); accepted: 1..8 digits or empty");
	ck_assert_int_eq(set("relay1.code1", "4711"), 0);
	ck_assert_int_eq(set("relay2.code3", "4711"), 0);
	ck_assert_int_eq(settings_check(&s, err, sizeof(err)), EINVAL);
	ck_assert_ptr_null(strstr(err, "4711"));
	ck_assert_str_eq(get("relay2.code3"), "4711");
}
END_TEST

/* CON-01: an address becomes sip:address; SUP-25: the contact's own protocol */
START_TEST(contacts_become_sip_uris)
{
	char uri[SETTINGS_URI];

	ck_assert_int_eq(set("button.day", "192.168.0.22, 101@pbx.example:5070;transport=tcp,"
			     "SIP:[2001:db8::1]:5061;dtmf=required ,sips:door-1"), 0);
	ck_assert_int_eq(s.button_day.n, 4);
	ck_assert_uint_eq(settings_contact(uri, &s.button_day, 0), 16);
	ck_assert_str_eq(uri, "sip:192.168.0.22");
	ck_assert_uint_eq(settings_contact(uri, &s.button_day, 1), 38);
	ck_assert_str_eq(uri, "sip:101@pbx.example:5070;transport=tcp");
	ck_assert_uint_eq(settings_contact(uri, &s.button_day, 2), 36);
	ck_assert_str_eq(uri, "sip:[2001:db8::1]:5061;dtmf=required");
	ck_assert_uint_eq(settings_contact(uri, &s.button_day, 3), 11);
	ck_assert_str_eq(uri, "sips:door-1");
	ck_assert_int_eq(set("sup.message_to", "receiver.example"), 0);
	ck_assert_str_eq(s.sup_message_to, "sip:receiver.example");
	ck_assert_int_eq(set("button.day", ""), 0);
	ck_assert_int_eq(s.button_day.n, 0);
}
END_TEST

static const char *const bad_contact[] = {
	"sip:", "sip:101", "sip:@host", "192.168.0.256", "192.168.0", "1.2.3.4.5",
	"sip:a b@host", "sip:a:secret@host", "host:0", "host:65536", "host:", "-host", "host-.de",
	"host..de", "host;=x", "host;x=", "host;", "sip:%4@host", "[host]", "host?Subject=x",
	"<sip:host>", "host;dtmf=maybe", "host;dtmf=auto;x=y", "host;DTMF=auto", "host;account=4",
	"host;account=", "host;account=1;account=2", "host;p2p;account=1", "host;p2p=1", "101;p2p",
	"101;x=y", "host;p2p;x=y", ";p2p", "a,", ",a", "a,,b",
	"a,b,c,d,e", "sip:a@b@c", "[::1", "[1:2]", "[::1::2]", "[12345::]", "[1:2:3:4:5:6:7:8:9]", "[fe80::1%eth0]", "[1.2.3.4::]", "sip:\"x\"@host", "host\x01", "h\xc3\xb6st",
};

START_TEST(bad_contacts_are_refused)
{
	struct settings before = s;

	ck_assert_msg(set("button.day", bad_contact[_i]) == EINVAL, "%s", bad_contact[_i]);
	ck_assert_ptr_nonnull(strstr(err, "(")); /* says why */
	ck_assert_mem_eq(&s, &before, sizeof(s));
}
END_TEST

START_TEST(longest_contacts_fit_and_longer_ones_do_not)
{
	char uri[200], list[800] = "", got[SETTINGS_TEXT], uri4[SETTINGS_URI];
	size_t i;

	memset(uri, 'a', sizeof(uri));
	strcpy(uri + SETTINGS_URI - 1 - 4 - 3, "@ab");
	for (i = 0; i < 4; ++i) {
		if (i)
			strcat(list, ",");
		strcat(list, "sip:");
		strcat(list, uri);
	}
	ck_assert_int_eq(set("button.day", list), EINVAL);      /* four of the longest are too many */
	ck_assert_ptr_nonnull(strstr(err, "too long"));
	ck_assert_uint_eq(strlen(list), SETTINGS_TEXT - 1);
	list[SETTINGS_LIST - 1] = '\0';                         /* just before the third */
	ck_assert_int_eq(list[SETTINGS_LIST - 2], 'b');
	ck_assert_int_eq(set("button.day", list), 0);
	ck_assert_uint_eq(settings_get(&s, settings_find("button.day"), got, sizeof(got)),
			  SETTINGS_LIST - 1);
	ck_assert_str_eq(got, list);
	ck_assert_uint_eq(settings_contact(uri4, &s.button_day, 1), SETTINGS_URI - 1);
	ck_assert_uint_eq(settings_contact(uri4, &s.button_day, 2), 0);
	strcat(uri, "c");
	ck_assert_int_eq(set("button.day", uri), EINVAL);
	ck_assert_int_eq(set("sup.message_to", "host;dtmf=off"), EINVAL);
}
END_TEST

/* SIP-03: the user name has no blanks; the password is never shown */
START_TEST(an_account_takes_what_the_manual_names)
{
	ck_assert_int_eq(set("sip.account1.server", "192.168.0.10"), 0);
	ck_assert_int_eq(set("sip.account1.server", "192.168.0.300"), EINVAL);
	ck_assert_int_eq(set("sip.account1.user", "101"), 0);
	ck_assert_int_eq(set("sip.account1.user", "front door"), EINVAL);
	ck_assert_str_eq(s.account[0].user, "101");
	ck_assert_int_eq(set("sip.account1.route", "192.168.0.1:5080"), 0);
	ck_assert_str_eq(s.account[0].route, "sip:192.168.0.1:5080");
	ck_assert_int_eq(set("sip.account1.password", "a\nsecret"), EINVAL);
	ck_assert_ptr_null(strstr(err, "secret"));
	ck_assert_int_eq(set("sip.account1.expires_s", "10"), ERANGE);
	ck_assert_int_eq(set("sip.account1.active", "yes"), 0);
	ck_assert_int_eq(settings_check(&s, err, sizeof(err)), 0);
	ck_assert_int_eq(set("button.day", "102,sip:192.168.0.9;p2p"), 0);
	ck_assert_int_eq(settings_check(&s, err, sizeof(err)), 0);
}
END_TEST

/* HW-02 */
START_TEST(lights_are_a_colour_and_may_blink)
{
	ck_assert_int_eq(set("picto.idle", "White  BLINKING"), 0);
	ck_assert(s.idle.colour == GAP_WHITE && s.idle.blink);
	ck_assert_str_eq(get("picto.idle"), "white blinking");
	REFUSED("picto.idle", "pink", EINVAL, "picto.idle: \"pink\" is not accepted "
		"(colours are off, red, green, blue, yellow, white); "
		"accepted: COLOUR or COLOUR blinking");
	ck_assert_int_eq(set("picto.idle", "red fast"), EINVAL);
	ck_assert_int_eq(set("picto.idle", "off blinking"), EINVAL);
	ck_assert_int_eq(set("picto.idle", ""), EINVAL);
}
END_TEST

/* SIP-05 */
START_TEST(codecs_are_an_ordered_list_without_repeats)
{
	ck_assert_int_eq(set("sip.codecs", "pcmu"), 0);
	ck_assert_int_eq(s.codecs.n, 1);
	ck_assert_int_eq(s.codecs.id[0], CODEC_PCMU);
	ck_assert_int_eq(set("sip.codecs", "PCMU, PCMA"), 0);
	ck_assert_str_eq(get("sip.codecs"), "PCMU,PCMA");
	ck_assert_int_eq(set("sip.codecs", "PCMA,PCMA"), EINVAL);
	ck_assert_int_eq(set("sip.codecs", "PCMA,"), EINVAL);
	ck_assert_int_eq(set("sip.codecs", ""), EINVAL);
	ck_assert_int_eq(set("sip.codecs", "opera"), EINVAL);
}
END_TEST

START_TEST(texts_are_utf8_without_control_characters)
{
	ck_assert_int_eq(set("door.installation", "3, rue de l'\xc3\x89glise"), 0);
	ck_assert_str_eq(s.installation, "3, rue de l'\xc3\x89glise");
	ck_assert_int_eq(set("door.installation", "a\nb"), EINVAL);
	ck_assert_int_eq(set("door.installation", "a\xc2\x85" "b"), EINVAL);
	ck_assert_int_eq(set("door.installation", "\xc3"), EINVAL);
	ck_assert_int_eq(set("sup.reason_test", "essai_1"), 0);
	ck_assert_int_eq(set("sup.reason_test", "un essai"), EINVAL);
	ck_assert_int_eq(set("sup.reason_test", ""), EINVAL);
}
END_TEST

struct together { const char *key[3], *value[3], *message; };

static const struct together bad_together[] = {
	{{"audio.jitter_max_ms", "audio.jitter_min_ms"}, {"40", "60"}, "audio.jitter_min_ms=60 is more than "
		"audio.jitter_max_ms=40: lower the first or raise the second"},
	{{"sip.rtp_port_max"}, {"7085"}, "sip.rtp_port_max=7085 leaves too few ports: with "
		"sip.rtp_port_min=7078 it has to be at least 7086"},
	{{"sip.rtp_port_min"}, {"65530"}, "sip.rtp_port_max=7178 leaves too few ports: with "
		"sip.rtp_port_min=65530 no value is enough; lower sip.rtp_port_min to 65527 "
		"or less"},
	{{"sip.port"}, {"7100"}, "sip.port=7100 lies among the ports for sound "
		"(sip.rtp_port_min=7078, sip.rtp_port_max=7178): choose one outside"},
	{{"sip.dtmf_dual"}, {"yes"}, "sip.dtmf_dual=yes sends each digit twice over: set "
		"sip.dtmf_info=yes too, or sip.dtmf_dual=no"},
	{{"sip.dtmf_dual", "sip.dtmf_rfc4733"}, {"yes", "no"}, "sip.dtmf_dual=yes sends each digit "
		"twice over: set sip.dtmf_rfc4733=yes and sip.dtmf_info=yes too, or "
		"sip.dtmf_dual=no"},
	{{"sip.account2.active"}, {"yes"}, "sip.account2.active=yes needs sip.account2.server: "
		"set it first"},
	{{"sip.account1.server", "sip.account1.active"}, {"pbx", "yes"}, "sip.account1.active=yes "
		"needs sip.account1.user: set it first"},
	{{"sip.account3.display"}, {"the \"door\""}, "sip.account3.display holds a quote or a "
		"backslash: leave it out"},
	{{"button.day"}, {"192.168.0.9,101"}, "button.day: 101 is a number at a PBX, but no account "
		"is active: set sip.account1.active=yes, or write an address"},
	{{"button.day"}, {"sip:a@b;account=3"}, "button.day: sip:a@b;account=3 is called by an "
		"account that is not active: set sip.account3.active=yes, or write an address"},
	{{"nat.mode"}, {"gateway"}, "nat.mode=gateway needs nat.gateway, the public address: set it first"},
	{{"nat.mode"}, {"stun"}, "nat.mode=stun needs nat.stun_server: set it first"},
	{{"nat.gateway"}, {"224.0.0.5"}, "nat.gateway=224.0.0.5 is not the public address of a host: write it as in "
		"203.0.113.7, or [2001:db8::7]"},
	{{"nat.gateway"}, {"[ff02::1]"}, "nat.gateway=[ff02::1] is not the public address of a host: write it as in "
		"203.0.113.7, or [2001:db8::7]"},
	{{"ldap.enabled"}, {"yes"}, "ldap.enabled=yes needs ldap.server: set it first"},
	{{"ldap.user_dn", "ldap.server", "ldap.enabled"}, {"cn=door", "10.0.0.1", "yes"}, "ldap.user_dn needs ldap.password: "
		"without one the server takes the door for nobody"},
	{{"ldap.name_attribute"}, {"2.5.4.3"}, "ldap.name_attribute=2.5.4.3 is no name of an attribute: letters, then "
		"letters, digits and -, e.g. cn"},
	{{"ldap.number_attribute"}, {"a_b"}, "ldap.number_attribute=a_b is no name of an attribute: letters, then "
		"letters, digits and -, e.g. cn"},
	{{"relay1.code2", "relay2.code4"}, {"12", "12"}, "relay1.code2 is the same as "
		"relay2.code4: give each code its own digits"},
	{{"relay1.code1", "relay1.code3"}, {"1234", "12"}, "relay1.code3 is the beginning of "
		"relay1.code1, which could never be entered: change one of them"},
};

START_TEST(ldap_has_its_usual_ports_and_minutes_and_no_filter_gets_in) /* SRV-01 */
{
	static const char *const every[] = {"restart", "call", "5", "15", "30", "45", "60"};
	static const int32_t min[] = {0, 0, 5, 15, 30, 45, 60};
	unsigned i;

	ck_assert_int_eq(ldap_port(&s.ldap), 389);
	ck_assert_int_eq(set("ldap.security", "starttls"), 0);
	ck_assert_int_eq(ldap_port(&s.ldap), 389);
	ck_assert_int_eq(set("ldap.security", "tls"), 0);
	ck_assert_int_eq(ldap_port(&s.ldap), 636);
	ck_assert_int_eq(set("ldap.port", "1389"), 0);
	ck_assert_int_eq(ldap_port(&s.ldap), 1389);
	for (i = 0; i < 7; ++i) {
		ck_assert_int_eq(set("ldap.refresh", every[i]), 0);
		ck_assert_int_eq(ldap_every_min(&s.ldap), min[i]);
	}
	ck_assert_int_eq(set("ldap.name_attribute", "cn=*)(userPassword"), EINVAL);
	ck_assert_int_eq(set("ldap.number_attribute", ""), EINVAL);
	ck_assert_int_eq(set("ldap.number_attribute", "x-door2"), 0);
	ck_assert_int_eq(settings_check(&s, NULL, 0), 0);
}
END_TEST

START_TEST(settings_that_do_not_go_together_are_told)
{
	const struct together *b = &bad_together[_i];
	unsigned i;

	for (i = 0; i < 3 && b->key[i]; ++i)
		ck_assert_int_eq(set(b->key[i], b->value[i]), 0);
	ck_assert_int_eq(settings_check(&s, NULL, 0), EINVAL);
	ck_assert_int_eq(settings_check(&s, err, sizeof(err)), EINVAL);
	ck_assert_str_eq(err, b->message);
}
END_TEST

START_TEST(messages_never_leave_their_buffer)
{
	char small[24];
	size_t n;

	for (n = 1; n < sizeof(small); ++n) {
		memset(small, '~', sizeof(small));
		ck_assert_int_eq(settings_set(&s, "door.installation", "\xc3", small, n), EINVAL);
		ck_assert_uint_lt(strlen(small), n);
		ck_assert_int_eq(small[n], '~');
	}
	ck_assert_int_eq(settings_set(&s, "nothing", "1", NULL, 0), ENOENT);
}
END_TEST

START_TEST(ranges_are_told_for_people)
{
	static const char *const want[][2] = {
		{"relay1.hold_s", "1..25 s"}, {"door.talk_min", "1..10 min or permanent"},
		{"relay2.function", "strike | line | mains | network"}, {"identity", "1..9 digits"},
		{"button.day", "up to 4 numbers, addresses or sip: URIs"},
		{"sip.codecs", "list of PCMA, PCMU, G722, opus, GSM, speex/8000, speex/16000, speex/32000, G726-16, G726-24, G726-32, "
		 "G726-40, AAL2-G726-16, AAL2-G726-24, AAL2-G726-32, AAL2-G726-40, AMR"},
		{"sup.message_to", "a sip: URI or empty"}, {"sip.dtmf_level", "-35..-3 dBm0"},
		{"door.installation", "0..64 bytes of text"}, {"door.end_by_button", "yes | no"},
	};
	char range[256];
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); ++i) {
		ck_assert_uint_eq(settings_range(settings_find(want[i][0]), range, sizeof(range)),
				  strlen(want[i][1]));
		ck_assert_str_eq(range, want[i][1]);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *su = suite_create("settings");
	TCase *tc = tcase_create("settings");

	tcase_add_checked_fixture(tc, fresh, NULL);
	tcase_add_test(tc, defaults_are_accepted_and_read_back);
	tcase_add_test(tc, default_fields_are_those_of_the_requirements);
	tcase_add_test(tc, rows_have_keys_and_fields_of_their_own);
	tcase_add_test(tc, numbers_have_bounds_words_and_hex);
	tcase_add_test(tc, special_words_are_accepted_and_their_numbers_are_not);
	tcase_add_test(tc, identity_is_one_to_nine_digits);
	tcase_add_test(tc, unknown_keys_are_told_with_the_nearest);
	tcase_add_test(tc, secrets_stay_out_of_messages);
	tcase_add_test(tc, contacts_become_sip_uris);
	tcase_add_loop_test(tc, bad_contacts_are_refused, 0,
			    (int)(sizeof(bad_contact) / sizeof(bad_contact[0])));
	tcase_add_test(tc, longest_contacts_fit_and_longer_ones_do_not);
	tcase_add_test(tc, an_account_takes_what_the_manual_names);
	tcase_add_test(tc, lights_are_a_colour_and_may_blink);
	tcase_add_test(tc, codecs_are_an_ordered_list_without_repeats);
	tcase_add_test(tc, texts_are_utf8_without_control_characters);
	tcase_add_test(tc, ldap_has_its_usual_ports_and_minutes_and_no_filter_gets_in);
	tcase_add_loop_test(tc, settings_that_do_not_go_together_are_told, 0,
			    (int)(sizeof(bad_together) / sizeof(bad_together[0])));
	tcase_add_test(tc, messages_never_leave_their_buffer);
	tcase_add_test(tc, ranges_are_told_for_people);
	suite_add_tcase(su, tc);
	return su;
}
