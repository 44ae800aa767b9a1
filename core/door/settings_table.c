/**
 * @file settings_table.c  The rows of the settings table
 *
 * Ranges and defaults are the manual's (§3.3) or are marked "Decided" in the requirement named.
 */
#include "settings.h"

#define F(field) offsetof(struct settings, field)

static const char *const relay_words[] = {"strike", "line", "mains", "network", NULL};
static const char *const code_words[] = {"remote", "local", NULL};
static const char *const protocol_words[] = {"auto", "required", "off", NULL};
static const char *const listen_words[] = {"auto", "always", "never", NULL};
static const char *const encoding_words[] = {"ascii", "value", "rfc4733", "mt8870", "bcd", NULL};
static const char *const rendering_words[] = {"decimal", "octal", "hex", NULL};
static const char *const manual_words[] = {"manual", NULL};
static const char *const permanent_words[] = {"permanent", NULL};
static const char *const over_words[] = {"udp", "tcp", "tls", NULL};
static const char *const encryption_words[] = {"none", "srtp", "zrtp", NULL};
static const char *const none_words[] = {"none", NULL};
static const char *const slot_words[] = {"off", "1", "2", "3", "4", NULL};
static const char *const mode_words[] = {"call/call", "call/none", "strike/call", NULL};
static const char *const relay_number_words[] = {"1", "2", NULL};
static const char *const input_words[] = {"button", "strike", "day_call", "list", NULL};
static const char *const input_relay_words[] = {"1", "2", "1+2", NULL};
static const char *const rest_words[] = {"open", "closed", NULL};
static const char *const off_words[] = {"off", NULL};
static const char *const nat_words[] = {"direct", "gateway", "stun", NULL};
static const char *const clock_words[] = {"system", "manual", "ntp", NULL};
static const char *const auth_words[] = {"none", "basic", "digest", NULL};
static const char *const hash_words[] = {"md5", "sha-256", NULL};
static const char *const activation_words[] = {"activation", NULL};
static const char *const security_words[] = {"none", "starttls", "tls", NULL};
static const char *const refresh_words[] = {"restart", "call", "5", "15", "30", "45", "60", NULL};
static const char *const language_words[] = {"fr", "en", "de", "es", "pt", NULL};

#define SLOT_ROW(name, field, id, text) \
	{.key = name, .type = SETTING_ENUM, .offset = F(field), .words = slot_words, .def = "off", \
	 .req = id, .help = text}

#define SLOT_ROWS(n, i) \
	{.key = "slot" #n ".name", .type = SETTING_TEXT, .offset = F(slot[i].name), .max = 32, .def = "", \
	 .req = "SCH-01", .help = "What time slot " #n " is called."}, \
	{.key = "slot" #n ".hours", .type = SETTING_SLOT, .offset = F(slot[i].hours), .def = "", \
	 .req = "SCH-01 SCH-02", \
	 .help = "Hours of the week in time slot " #n ", quarter by quarter: days, then ranges; parts " \
		 "are separated by commas, e.g. mon-fri 08:00-12:00 14:00-18:00, sat 09:00-12:15."}

#define CONTACTS_ROW(name, field, id, text) \
	{.key = name, .type = SETTING_CONTACTS, .offset = F(field), .max = SETTINGS_CONTACTS, .def = "", \
	 .req = id, .help = text}

/* A report of a technical call and its MESSAGE */
#define REPORT_ROWS(name, reason, what) \
	{.key = "sup.report_" name, .type = SETTING_BOOL, .offset = F(sup_report[reason]), .def = "yes", \
	 .req = "SUP-11 SUP-31", .help = "Call tech.contacts when " what "."}, \
	{.key = "sup.message_" name, .type = SETTING_BOOL, .offset = F(sup_message[reason]), .def = "yes", \
	 .req = "SUP-10 SUP-11", .help = "Send a SIP MESSAGE beside the call made when " what "."}

/* A voice message; its name is the one of announce.c */
#define VOICE_ROW(name, message, id, what) \
	{.key = "voice." name, .type = SETTING_BOOL, .offset = F(say[message]), .def = "yes", \
	 .req = id, .help = "Speak the voice message " what "."}

/* What becomes of the events of a class; its word is the one of event_class_id() */
#define KEEP_ROW(name, cls, what) \
	{.key = "events." name, .type = SETTING_BOOL, .offset = F(keep[cls]), .def = "yes", .req = "EVT-01", \
	 .help = "Keep the events of " what ". no: they are shown as they happen, and not kept; starts, stops, " \
		 "logins and changes of settings, contacts and users are always kept."}

/* One of the four codes of relay n = 1, 2 (index i) */
#define CODE_ROWS(n, i, c, j) \
	{.key = "relay" #n ".code" #c, .type = SETTING_DIGITS, .min = 0, .max = 8, \
	 .offset = F(relay[i].code[j].digits), .def = "", .req = "REL-08", .secret = true, \
	 .help = "Code " #c " of relay " #n ", dialled by the other side during a call."}, \
	{.key = "relay" #n ".code" #c "_type", .type = SETTING_ENUM, .words = code_words, \
	 .offset = F(relay[i].code[j].type), .def = "remote", .req = "REL-08", \
	 .help = "Where code " #c " of relay " #n " may come from: remote is by DTMF in a call; " \
		 "a local code is refused there."}, \
	SLOT_ROW("relay" #n ".code" #c "_slot", relay[i].code[j].slot, "REL-08 SCH-01", \
		 "Time slot in which code " #c " of relay " #n " is valid; off is always.")

#define RELAY_ROWS(n, i) \
	{.key = "relay" #n ".function", .type = SETTING_ENUM, .offset = F(relay[i].function), \
	 .words = relay_words, .def = "strike", .req = "REL-01 REL-06", \
	 .help = "What relay " #n " does: open the door, show that the line is seized, or show a " \
		 "mains or network fault. Only a strike obeys codes."}, \
	{.key = "relay" #n ".hold_s", .type = SETTING_INT, .offset = F(relay[i].hold_s), \
	 .min = 1, .max = 25, .unit = "s", .def = "5", .req = "REL-02 REL-07", \
	 .help = "How long relay " #n " stays energised as a strike."}, \
	{.key = "relay" #n ".line_s", .type = SETTING_INT, .offset = F(relay[i].line_s), \
	 .min = 1, .max = 9, .unit = "s", .words = permanent_words, .special = SETTINGS_PERMANENT, \
	 .def = "permanent", .req = "REL-02 REL-03", \
	 .help = "How long relay " #n " stays energised as line-seized information; permanent is " \
		 "until the call ends."}, \
	CODE_ROWS(n, i, 1, 0), CODE_ROWS(n, i, 2, 1), CODE_ROWS(n, i, 3, 2), CODE_ROWS(n, i, 4, 3)

#define LIGHT_ROW(name, value, text) \
	{.key = "picto." #name, .type = SETTING_LIGHT, .offset = F(name), .def = value, \
	 .req = "HW-02", .help = text " Colours: off, red, green, blue, yellow, white."}

#define ACCOUNT(n, i, key_, field_, type_, max_, def_, help_) \
	{.key = "sip.account" #n "." key_, .type = type_, .offset = F(account[i].field_), .max = max_, \
	 .def = def_, .req = "SIP-03", .help = help_}

/* Account n = 1..3 (index i) at a PBX; manual §3.3.13 */
#define ACCOUNT_ROWS(n, i) \
	ACCOUNT(n, i, "active", active, SETTING_BOOL, 0, "no", "Register account " #n " at its PBX. " \
		"With no account active the door is in P2P mode."), \
	ACCOUNT(n, i, "server", server, SETTING_HOST, 63, "", "Address or name of the PBX."), \
	{.key = "sip.account" #n ".port", .type = SETTING_INT, .offset = F(account[i].port), .min = 1, \
	 .max = 65535, .def = "5060", .req = "SIP-03", .help = "SIP port of the PBX; over TLS 5060 stands for TLS's own, 5061."}, \
	{.key = "sip.account" #n ".transport", .type = SETTING_ENUM, .offset = F(account[i].transport), \
	 .words = over_words, .def = "udp", .req = "SIP-01 SIP-03", \
	 .help = "How SIP goes to the PBX and, without a word of it in the route, to its proxy."}, \
	ACCOUNT(n, i, "domain", domain, SETTING_HOST, 63, "", \
		"Domain of the account, where it is not the server's own name."), \
	{.key = "sip.account" #n ".expires_s", .type = SETTING_INT, .offset = F(account[i].expires_s), \
	 .min = 30, .max = 86400, .unit = "s", .def = "3600", .req = "SIP-03", \
	 .help = "Length of a registration; it is renewed before it runs out, and longer where the " \
		 "PBX wants that."}, \
	ACCOUNT(n, i, "route", route, SETTING_URI, 95, "", "Outbound proxy that all requests of the " \
		"account go by; where it fails, the server is tried directly."), \
	ACCOUNT(n, i, "user", user, SETTING_USER, 32, "", "Number or name at the PBX."), \
	ACCOUNT(n, i, "auth_id", auth_id, SETTING_TEXT, 48, "", \
		"User name for the PBX's challenge; empty is the account's user."), \
	ACCOUNT(n, i, "identity", identity, SETTING_URI, 95, "", \
		"SIP identity, the From of its calls; empty is sip:user@server:port."), \
	{.key = "sip.account" #n ".password", .type = SETTING_TEXT, .offset = F(account[i].password), \
	 .max = 48, .def = "", .req = "SIP-03", .secret = true, .help = "Password at the PBX."}, \
	ACCOUNT(n, i, "display", display, SETTING_TEXT, 32, "", \
		"Name that phones show beside the number."), \
	ACCOUNT(n, i, "publish", publish, SETTING_BOOL, 0, "no", \
		"Tell the PBX our presence (SIP PUBLISH).")

const struct setting settings_table[] = {
	{.key = "identity", .type = SETTING_DIGITS, .offset = F(identity), .min = 1, .max = 9,
	 .def = "000000000", .req = "DOOR-01 SUP-02 SUP-20",
	 .help = "The door's number at the alarm centre. SIP texts fill it with zeros to 9 digits; "
		 "the DTMF frame carries it as written here."},
	{.key = "door.installation", .type = SETTING_TEXT, .offset = F(installation), .max = 64,
	 .def = "", .req = "DOOR-01", .help = "Where the door stands: its installation address."},
	{.key = "door.press_ms", .type = SETTING_INT, .offset = F(press_ms), .min = 100,
	 .max = 5000, .unit = "ms", .def = "100", .req = "HW-01",
	 .help = "How long the call button must be pressed to count."},
	{.key = "door.button_fault_s", .type = SETTING_INT, .offset = F(button_fault_s), .min = 60,
	 .max = 3600, .unit = "s", .def = "600", .req = "DOOR-07",
	 .help = "A button pressed for longer than this is a fault."},
	{.key = "door.answer_s", .type = SETTING_INT, .offset = F(answer_s), .min = 0, .max = 9,
	 .unit = "s", .words = manual_words, .special = SETTINGS_MANUAL, .def = "0",
	 .req = "DOOR-02",
	 .help = "When an incoming call is answered: at once (0), after this delay, or by the call "
		 "button (manual)."},
	{.key = "door.ring_s", .type = SETTING_INT, .offset = F(ring_s), .min = 10, .max = 60,
	 .unit = "s", .def = "30", .req = "DOOR-03",
	 .help = "How long one contact is called before the next one of the list."},
	{.key = "door.advance_on_refusal", .type = SETTING_BOOL, .offset = F(advance_on_refusal),
	 .def = "no", .req = "DOOR-03",
	 .help = "Call the next contact at once when one refuses, instead of when door.ring_s has "
		 "run."},
	{.key = "door.talk_min", .type = SETTING_INT, .offset = F(talk_min), .min = 1, .max = 10,
	 .unit = "min", .words = permanent_words, .special = SETTINGS_PERMANENT, .def = "3",
	 .req = "DOOR-04", .help = "Longest communication; permanent has no end."},
	{.key = "door.end_after_strike", .type = SETTING_BOOL, .offset = F(end_after_strike),
	 .def = "no",
	 .req = "DOOR-05", .help = "End the call when the hold time of a strike has run."},
	{.key = "door.end_by_button", .type = SETTING_BOOL, .offset = F(end_by_button), .def = "no",
	 .req = "DOOR-05 HW-01", .help = "A press of the call button ends the call."},
	{.key = "door.code_gap_ms", .type = SETTING_INT, .offset = F(code_gap_ms), .min = 500,
	 .max = 10000, .unit = "ms", .def = "3000", .req = "REL-08",
	 .help = "Longest pause between two digits of one relay code."},
	{.key = "door.boot_ms", .type = SETTING_INT, .offset = F(boot_ms), .min = 0, .max = 10000,
	 .unit = "ms", .def = "1000", .req = "HW-09", .restart = true,
	 .help = "How long every pictogram is lit at boot, before the beep."},
	{.key = "button.day", .type = SETTING_CONTACTS, .offset = F(button_day),
	 .max = SETTINGS_CONTACTS, .def = "", .req = "DOOR-03 CON-01 SUP-25",
	 .help = "Who the button calls, in this order: numbers at the PBX, addresses or sip: URIs, "
		 "separated by commas. A contact may end with ;account=1 to 3, or ;p2p (never by an "
		 "account: it works when the PBX is down), and ;dtmf=auto, ;dtmf=required or ;dtmf=off."},
	CONTACTS_ROW("button.night", button_night, "DOOR-06 DOOR-03",
		     "Who the button calls outside of its time slot, where its mode is call/call or "
		     "strike/call."),
	{.key = "button.mode", .type = SETTING_ENUM, .offset = F(button_mode), .words = mode_words,
	 .def = "call/call", .req = "DOOR-06",
	 .help = "What the button does by day, inside of its time slot, and by night: call/call "
		 "calls button.day and button.night, call/none calls by day only, strike/call opens "
		 "the door by day and calls button.night by night."},
	SLOT_ROW("button.slot", button_slot, "DOOR-06 SCH-01",
		 "Time slot in which it is day for the button; off is always day."),
	{.key = "button.relay", .type = SETTING_ENUM, .offset = F(button_relay),
	 .words = relay_number_words, .def = "1", .req = "DOOR-06 REL-06",
	 .help = "Relay that the button energises in mode strike/call; it must be a strike."},
	{.key = "input.enabled", .type = SETTING_BOOL, .offset = F(input_enabled), .def = "no",
	 .req = "DOOR-08", .help = "The external input does something."},
	{.key = "input.function", .type = SETTING_ENUM, .offset = F(input_function),
	 .words = input_words, .def = "button", .req = "DOOR-08",
	 .help = "What the input does: the same as the call button, open the door, call button.day "
		 "(button.night where button.mode is strike/call), or call input.contacts."},
	{.key = "input.relay", .type = SETTING_ENUM, .offset = F(input_relay),
	 .words = input_relay_words, .def = "1", .req = "DOOR-08 REL-06",
	 .help = "Relay that the input energises as a strike."},
	{.key = "input.normally", .type = SETTING_ENUM, .offset = F(input_rest), .words = rest_words,
	 .def = "open", .req = "DOOR-08 HW-04",
	 .help = "How the input's contact is at rest; open: it is active when closed."},
	{.key = "input.active_ms", .type = SETTING_INT, .offset = F(input_active_ms), .min = 500,
	 .max = 5500, .unit = "ms", .def = "500", .req = "DOOR-08",
	 .help = "How long the input must be active to count."},
	SLOT_ROW("input.slot", input_slot, "DOOR-08 SCH-01",
		 "Time slot in which the input works; off is always."),
	CONTACTS_ROW("input.contacts", input_list, "DOOR-08 DOOR-03",
		     "Who the input calls where its function is list."),
	SLOT_ROWS(1, 0), SLOT_ROWS(2, 1), SLOT_ROWS(3, 2), SLOT_ROWS(4, 3),
	{.key = "time.source", .type = SETTING_ENUM, .offset = F(clock_source), .words = clock_words, .def = "system",
	 .req = "TIM-01",
	 .help = "Where the door's date and time come from: the clock of the machine it runs on, by hand, or the NTP server "
		 "(time.ntp_server). The machine's own clock is never set."},
	{.key = "time.ntp_server", .type = SETTING_HOST, .offset = F(ntp_server), .max = 63, .def = "",
	 .req = "TIM-01 SRV-04", .help = "Name or address of the NTP server where time.source is ntp. IPv6 in []."},
	{.key = "time.ntp_port", .type = SETTING_INT, .offset = F(ntp_port), .min = 1, .max = 65535, .def = "123",
	 .req = "SRV-04", .help = "Port of the NTP server."},
	{.key = "time.zone", .type = SETTING_ZONE, .offset = F(zone), .min = 1, .max = ZONE_TEXT - 1,
	 .def = "Europe/Paris", .req = "TIM-01 SCH-02",
	 .help = "Time zone of the time slots and of the cyclic test, daylight saving included: a name "
		 "or a POSIX TZ rule."},
	RELAY_ROWS(1, 0),
	RELAY_ROWS(2, 1),
	LIGHT_ROW(calling, "yellow", "Bell pictogram while the door calls."),
	LIGHT_ROW(ringing, "yellow blinking", "Bell pictogram while the door is called."),
	LIGHT_ROW(talking, "green", "Speech pictogram in communication."),
	LIGHT_ROW(held, "green blinking", "Speech pictogram while the call is on hold."),
	LIGHT_ROW(strike, "blue", "Key pictogram while a strike is energised."),
	LIGHT_ROW(idle, "off", "Every pictogram with nothing to show."),
	LIGHT_ROW(fault, "red", "Pictogram of what is faulty."),

	{.key = "sup.report_button", .type = SETTING_BOOL, .offset = F(sup_report[REASON_BUTTON]),
	 .def = "yes",
	 .req = "SUP-11", .help = "Report calls of the button to the alarm receiver."},
	{.key = "sup.message_button", .type = SETTING_BOOL, .offset = F(sup_message[REASON_BUTTON]),
	 .def = "yes",
	 .req = "SUP-10 SUP-11", .help = "Send a SIP MESSAGE beside each call of the button."},
	{.key = "sup.message_to", .type = SETTING_URI, .offset = F(sup_message_to),
	 .max = SETTINGS_URI - 1, .def = "",
	 .req = "SUP-10", .help = "Where the SIP MESSAGE goes; empty is to the called contact."},
	REPORT_ROWS("mains_fault", REASON_MAINS_FAULT, "a supply is lost, mains or PoE+"),
	REPORT_ROWS("mains_back", REASON_MAINS_BACK, "the lost supply is back"),
	REPORT_ROWS("button_fault", REASON_BUTTON_FAULT, "the button is pressed for too long"),
	REPORT_ROWS("button_back", REASON_BUTTON_BACK, "a faulty button is released"),
	REPORT_ROWS("pbx_fault", REASON_PBX_FAULT,
		    "a registration is lost, or a PBX cannot reach a called extension; only P2P contacts are told"),
	{.key = "sup.message_test", .type = SETTING_BOOL, .offset = F(sup_message[REASON_TEST]),
	 .def = "yes", .req = "SUP-10 SUP-11", .help = "Send a SIP MESSAGE beside each cyclic test call."},
	CONTACTS_ROW("tech.contacts", tech_list, "SUP-31",
		     "Who technical calls go to, in this order; empty makes none."),
	{.key = "sup.pbx_delay_s", .type = SETTING_INT, .offset = F(pbx_delay_s), .min = 0, .max = 3600,
	 .unit = "s", .def = "60", .req = "SUP-31 SUP-12",
	 .help = "How long a registration must be lost before that is reported."},
	CONTACTS_ROW("test.contacts", test_list, "SUP-30",
		     "Who the cyclic test calls, in this order."),
	{.key = "test.days", .type = SETTING_INT, .offset = F(test_days), .min = 1, .max = 7,
	 .unit = "days", .words = off_words, .special = SETTINGS_OFF, .def = "off", .req = "SUP-30",
	 .help = "How often the cyclic test calls; off makes none."},
	{.key = "test.at", .type = SETTING_TIME, .offset = F(test_at_min), .words = activation_words,
	 .special = SETTINGS_ACTIVATION, .def = "activation", .req = "SUP-30 SCH-02",
	 .help = "Local time of the cyclic test; activation is the time of day when test.days or "
		 "test.at was changed last, and the first test comes one period later."},
	{.key = "test.retry_h", .type = SETTING_INT, .offset = F(test_retry_h), .min = 1, .max = 24,
	 .unit = "h", .def = "1", .req = "SUP-30",
	 .help = "How long after a failed cyclic test it is tried once more."},
	{.key = "sup.reason_button", .type = SETTING_TOKEN, .offset = F(sup_reason_button),
	 .max = 32, .def = "bouton_appel", .req = "SUP-02",
	 .help = "Reason of a button call, as in From: <sip:IDENTITY_REASON@door>."},
	{.key = "sup.reason_test", .type = SETTING_TOKEN, .offset = F(sup_reason_test), .max = 32,
	 .def = "test", .req = "SUP-02", .help = "Reason of a cyclic test call."},
	{.key = "sup.dtmf", .type = SETTING_ENUM, .offset = F(sup_dtmf), .words = protocol_words,
	 .def = "auto", .req = "SUP-25 SUP-23",
	 .help = "DTMF supervision protocol of contacts that do not say: auto answers a C, "
		 "required counts its absence as a failure, off ignores it."},
	{.key = "sup.c_wait_s", .type = SETTING_INT, .offset = F(sup_c_wait_s), .min = 1, .max = 60,
	 .unit = "s", .def = "10", .req = "SUP-23",
	 .help = "How long the door waits for the receiver's first C."},
	{.key = "sup.ack_wait_s", .type = SETTING_INT, .offset = F(sup_ack_wait_s), .min = 1,
	 .max = 120, .unit = "s", .def = "30", .req = "SUP-23",
	 .help = "How long the door waits for the receiver's 1 after a frame."},
	{.key = "sup.frames_max", .type = SETTING_INT, .offset = F(sup_frames_max), .min = 1,
	 .max = 10, .unit = "frames", .def = "3", .req = "SUP-23",
	 .help = "How often the door sends its frame in one call, the first one included."},
	{.key = "sup.digit_on_ms", .type = SETTING_INT, .offset = F(digit_on_ms), .min = 40,
	 .max = 500, .unit = "ms", .def = "100", .req = "SUP-24",
	 .help = "Length of each DTMF digit of the frame."},
	{.key = "sup.digit_off_ms", .type = SETTING_INT, .offset = F(digit_off_ms), .min = 40,
	 .max = 500, .unit = "ms", .def = "100", .req = "SUP-24",
	 .help = "Pause after each DTMF digit of the frame."},

	{.key = "crc.poly", .type = SETTING_INT, .offset = F(crc.poly), .min = 0, .max = 255,
	 .def = "7", .req = "SUP-21",
	 .help = "Polynomial of the frame's CRC-8, without its highest term. `ipgap crc presets` "
		 "lists the usual variants; `ipgap crc solve` finds one from captured frames."},
	{.key = "crc.init", .type = SETTING_INT, .offset = F(crc.init), .min = 0, .max = 255,
	 .def = "0", .req = "SUP-21", .help = "Value the CRC-8 begins with."},
	{.key = "crc.xorout", .type = SETTING_INT, .offset = F(crc.xorout), .min = 0, .max = 255,
	 .def = "0", .req = "SUP-21", .help = "What the finished CRC-8 is XORed with."},
	{.key = "crc.refin", .type = SETTING_BOOL, .offset = F(crc.refin),
	 .def = "no", .req = "SUP-21",
	 .help = "The CRC-8 takes each byte lowest bit first."},
	{.key = "crc.refout", .type = SETTING_BOOL, .offset = F(crc.refout),
	 .def = "no", .req = "SUP-21",
	 .help = "The CRC-8 is turned round, lowest bit first, before crc.xorout."},
	{.key = "crc.encoding", .type = SETTING_ENUM, .offset = F(crc.encoding),
	 .words = encoding_words, .def = "ascii", .req = "SUP-21",
	 .help = "Bytes the CRC-8 is taken over: ASCII characters, digit values (C = 12), RFC 4733 "
		 "events (C = 14), MT8870 nibbles (0 = 10, C = 15), or packed BCD."},
	{.key = "crc.rendering", .type = SETTING_ENUM, .offset = F(crc.rendering),
	 .words = rendering_words, .def = "decimal", .req = "SUP-21",
	 .help = "How the checksum is written as three digits: 000..255, 000..377, or 0 and two "
		 "hexadecimal digits (E = *, F = #)."},

	{.key = "sip.port", .type = SETTING_INT, .offset = F(sip_port), .min = 0, .max = 65535,
	 .def = "5060", .req = "SIP-01", .restart = true,
	 .help = "Port the door listens on for SIP; 0 takes any free one."},
	{.key = "sip.transport", .type = SETTING_ENUM, .offset = F(transport), .words = over_words,
	 .def = "udp", .req = "SIP-01",
	 .help = "How SIP goes to contacts that are called without an account and do not say it "
		 "themselves by ;transport= or sips:."},
	{.key = "sip.tcp", .type = SETTING_BOOL, .offset = F(tcp), .def = "no", .req = "SIP-01",
	 .restart = true,
	 .help = "Listen on TCP too, whether or not a transport setting asks for TCP."},
	{.key = "sip.tls_port", .type = SETTING_INT, .offset = F(tls_port), .min = 0, .max = 65535,
	 .def = "5061", .req = "SIP-01", .restart = true,
	 .help = "Port the door listens on for SIP over TLS, once TLS is in use; 0 takes any free one."},
	{.key = "sip.tls_cert", .type = SETTING_TEXT, .offset = F(tls_cert), .max = SETTINGS_PATH - 1,
	 .def = "", .req = "SIP-01", .restart = true,
	 .help = "PEM file with the door's certificate and its key; with one the door listens on TLS. "
		 "Empty: a self-signed one is made at each start where TLS is in use."},
	{.key = "sip.tls_ca", .type = SETTING_TEXT, .offset = F(tls_ca), .max = SETTINGS_PATH - 1,
	 .def = "", .req = "SIP-01", .restart = true,
	 .help = "PEM file with the certificates of the authorities that are trusted; empty is the "
		 "system's list."},
	{.key = "sip.tls_verify", .type = SETTING_BOOL, .offset = F(tls_verify), .def = "yes",
	 .req = "SIP-01",
	 .help = "Refuse a server over TLS whose certificate no trusted authority signed, or is out of date."},
	{.key = "sip.tls_verify_cn", .type = SETTING_BOOL, .offset = F(tls_verify_cn), .def = "yes",
	 .req = "SIP-01",
	 .help = "With sip.tls_verify, also refuse one whose certificate carries another name or "
		 "address than was called."},
	{.key = "sip.codecs", .type = SETTING_CODECS, .offset = F(codecs), .def = "PCMA,PCMU",
	 .req = "SIP-05", .help = "Audio codecs in the order of preference. The first ones should stay PCMA "
		 "and PCMU where alarm digits may go as tones: only G.711 carries them unharmed."},
	{.key = "sip.dtmf_rfc4733", .type = SETTING_BOOL, .offset = F(dtmf_rfc4733), .def = "yes",
	 .req = "SIP-06", .help = "Send digits as RTP telephone-events (RFC 4733, once RFC 2833)."},
	{.key = "sip.dtmf_info", .type = SETTING_BOOL, .offset = F(dtmf_info), .def = "no",
	 .req = "SIP-06",
	 .help = "Send digits as SIP INFO. With neither RFC 4733 nor INFO they go as tones."},
	{.key = "sip.dtmf_dual", .type = SETTING_BOOL, .offset = F(dtmf_dual), .def = "no",
	 .req = "SIP-06",
	 .help = "Where both RFC 4733 and INFO are chosen, send each digit by both, not by RFC "
		 "4733 alone."},
	{.key = "sip.dtmf_listen", .type = SETTING_ENUM, .offset = F(dtmf_listen),
	 .words = listen_words, .def = "auto", .req = "SIP-06",
	 .help = "When the door listens for digits in the sound: auto does unless telephone-event "
		 "was negotiated."},
	{.key = "sip.dtmf_level", .type = SETTING_INT, .offset = F(dtmf_level_dbm0), .min = -35,
	 .max = -3, .unit = "dBm0", .def = "-10", .req = "SIP-06",
	 .help = "Level of each of the two tones of a digit sent as sound."},
	{.key = "sip.rtp_port_min", .type = SETTING_INT, .offset = F(rtp_port_min), .min = 1024,
	 .max = 65534, .def = "7078", .req = "SIP-08", .restart = true,
	 .help = "Lowest port for sound (RTP and RTCP)."},
	{.key = "sip.rtp_port_max", .type = SETTING_INT, .offset = F(rtp_port_max), .min = 1024,
	 .max = 65535, .def = "7178", .req = "SIP-08", .restart = true,
	 .help = "Highest port for sound; at least 8 above sip.rtp_port_min."},
	{.key = "sip.rtcp_fb", .type = SETTING_BOOL, .offset = F(rtcp_fb), .def = "yes", .req = "SIP-07",
	 .help = "Say in SDP how often reports come (a=rtcp-fb). No is the manual's CISCO box, ticked: the "
		 "attribute is left out."},
	{.key = "sip.media_encryption", .type = SETTING_ENUM, .offset = F(media_encryption),
	 .words = encryption_words, .def = "none", .req = "SIP-09",
	 .help = "How sound is encrypted. srtp takes the keys from SDP, which should then go over TLS; zrtp "
		 "agrees on them in the media (module ipgap-zrtp.so). A call that is not encrypted so is refused."},
	{.key = "sip.media_timeout_s", .type = SETTING_INT, .offset = F(media_timeout_s), .min = 0,
	 .max = 600, .unit = "s", .def = "30", .req = "SIP-08",
	 .help = "A call without any sound packet for this long ends; 0 never ends it."},
	{.key = "sip.session_s", .type = SETTING_INT, .offset = F(session_s), .min = 90, .max = 86400,
	 .unit = "s", .words = none_words, .special = 0, .def = "1800", .req = "SIP-10",
	 .help = "Session timer asked for in our calls (RFC 4028): a call whose other side vanished "
		 "ends after that. none asks for no timer, but obeys the caller's."},
	{.key = "sip.register_retry_s", .type = SETTING_INT, .offset = F(register_retry_s), .min = 10,
	 .max = 1800, .unit = "s", .def = "120", .req = "SIP-10",
	 .help = "Longest wait between two tries to register at a PBX that does not answer; the "
		 "first ones follow sooner."},
	ACCOUNT_ROWS(1, 0),
	ACCOUNT_ROWS(2, 1),
	ACCOUNT_ROWS(3, 2),
	{.key = "nat.mode", .type = SETTING_ENUM, .offset = F(nat.mode), .words = nat_words, .def = "direct",
	 .req = "SIP-08",
	 .help = "How others reach the door: directly, behind a gateway whose public address is known "
		 "(nat.gateway), or behind one whose address a STUN server tells (nat.stun_server)."},
	{.key = "nat.gateway", .type = SETTING_HOST, .offset = F(nat.gateway), .max = 63, .def = "",
	 .req = "SIP-08",
	 .help = "Public address of the gateway, told to others in place of the door's own where "
		 "nat.mode is gateway; its ports for SIP and sound must be forwarded to the door. IPv6 in []."},
	{.key = "nat.gateway_port", .type = SETTING_INT, .offset = F(nat.gateway_port), .min = 0, .max = 65535,
	 .def = "0", .req = "SIP-08",
	 .help = "Port of the gateway that is forwarded to sip.port; 0 is the same number."},
	{.key = "nat.stun_server", .type = SETTING_HOST, .offset = F(nat.stun_server), .max = 63, .def = "",
	 .req = "SIP-08 SRV-04", .help = "Name or address of the STUN server where nat.mode is stun. IPv6 in []."},
	{.key = "nat.stun_port", .type = SETTING_INT, .offset = F(nat.stun_port), .min = 0, .max = 65535,
	 .def = "3478", .req = "SRV-04", .help = "Port of the STUN server; 0 asks DNS (SRV) for it."},
	{.key = "nat.keepalive_s", .type = SETTING_INT, .offset = F(nat.keepalive_s), .min = 5, .max = 600,
	 .unit = "s", .def = "20", .req = "SIP-08 SRV-04",
	 .help = "How often the STUN server is asked again, which keeps the gateway's ports open."},
	{.key = "nat.ice", .type = SETTING_BOOL, .offset = F(nat.ice), .def = "no", .req = "SIP-08",
	 .help = "Offer ICE in calls, and use it where the other side does: both try all addresses and keep the "
		 "best that works."},
	{.key = "nat.symmetric_rtp", .type = SETTING_BOOL, .offset = F(nat.symmetric_rtp), .def = "yes",
	 .req = "SIP-08",
	 .help = "Send sound to where the other side's comes from, should that differ from what it announced."},
	{.key = "ldap.enabled", .type = SETTING_BOOL, .offset = F(ldap.enabled), .def = "no", .req = "SRV-01",
	 .help = "Read the directory of an LDAP server: its entries can be called, and copied into the contacts."},
	{.key = "ldap.server", .type = SETTING_HOST, .offset = F(ldap.server), .max = 63, .def = "", .req = "SRV-01",
	 .help = "Name or address of the LDAP server. IPv6 in []."},
	{.key = "ldap.port", .type = SETTING_INT, .offset = F(ldap.port), .min = 0, .max = 65535, .def = "0", .req = "SRV-01",
	 .help = "Port of the LDAP server; 0 is the usual one: 389, or 636 where ldap.security is tls."},
	{.key = "ldap.security", .type = SETTING_ENUM, .offset = F(ldap.security), .words = security_words, .def = "none",
	 .req = "SRV-01",
	 .help = "How LDAP goes to the server: none is in clear, the password too; starttls begins TLS on the plain port; "
		 "tls is ldaps."},
	{.key = "ldap.tls_verify", .type = SETTING_BOOL, .offset = F(ldap.tls_verify), .def = "yes", .req = "SRV-01",
	 .help = "Refuse a server over TLS whose certificate no trusted authority signed, is out of date, or carries "
		 "another name or address than ldap.server."},
	{.key = "ldap.tls_ca", .type = SETTING_TEXT, .offset = F(ldap.tls_ca), .max = SETTINGS_PATH - 1, .def = "",
	 .req = "SRV-01",
	 .help = "PEM file with the certificates of the authorities that are trusted; empty is the system's list."},
	{.key = "ldap.user_dn", .type = SETTING_TEXT, .offset = F(ldap.user_dn), .max = 160, .def = "", .req = "SRV-01",
	 .help = "DN of the user that the door logs in as, e.g. cn=door,dc=pbx,dc=com; empty asks as nobody."},
	{.key = "ldap.password", .type = SETTING_TEXT, .offset = F(ldap.password), .max = 64, .def = "", .req = "SRV-01",
	 .secret = true, .help = "Password of ldap.user_dn."},
	{.key = "ldap.base_dn", .type = SETTING_TEXT, .offset = F(ldap.base_dn), .max = 160, .def = "", .req = "SRV-01",
	 .help = "DN below which entries are looked for, e.g. dc=pbx,dc=com."},
	{.key = "ldap.name_attribute", .type = SETTING_TOKEN, .offset = F(ldap.name_attribute), .max = 32, .def = "cn",
	 .req = "SRV-01", .help = "Attribute with the name of a contact."},
	{.key = "ldap.number_attribute", .type = SETTING_TOKEN, .offset = F(ldap.number_attribute), .max = 32,
	 .def = "telephoneNumber", .req = "SRV-01 CON-01",
	 .help = "Attribute with the number or the address of a contact. Each of its values is a contact."},
	{.key = "ldap.refresh", .type = SETTING_ENUM, .offset = F(ldap.refresh), .words = refresh_words, .def = "restart",
	 .req = "SRV-01",
	 .help = "When the directory is read again: at each restart alone, also after each call, or every 5 to 60 minutes."},
	{.key = "web.http", .type = SETTING_BOOL, .offset = F(http), .def = "yes", .req = "WEB-01 WEB-05",
	 .help = "Serve pages and API by plain HTTP too. No leaves HTTPS alone."},
	{.key = "web.name", .type = SETTING_HOST, .offset = F(web_name), .max = 63, .def = "", .req = "WEB-01",
	 .help = "Name of the door in the local DNS, by which its pages may be asked for; its addresses, localhost and "
		 "the machine's own name always are. A page of another site cannot pretend to be the door's."},
	{.key = "web.cert", .type = SETTING_TEXT, .offset = F(web_cert), .max = SETTINGS_PATH - 1,
	 .def = "", .req = "WEB-01", .restart = true,
	 .help = "PEM file with the certificate and the key of HTTPS. Empty: a self-signed one, made at the "
		 "first start and kept."},
	{.key = "api.auth", .type = SETTING_ENUM, .offset = F(api_auth), .words = auth_words, .def = "digest",
	 .req = "API-50",
	 .help = "How a user of the API shows who he is: by the fields login and password of each request "
		 "(none), by HTTP Basic, or by HTTP Digest. Only digest keeps the password off the wire."},
	{.key = "api.digest", .type = SETTING_ENUM, .offset = F(api_digest), .words = hash_words, .def = "md5",
	 .req = "API-50", .help = "Hash of HTTP Digest; md5 is what every program knows, sha-256 is newer."},
	{.key = "api.user", .type = SETTING_TOKEN, .offset = F(api_user), .max = 32, .def = "admin",
	 .req = "API-50", .help = "User name of the API."},
	{.key = "api.password", .type = SETTING_TEXT, .offset = F(api_password), .min = 1, .max = 48,
	 .def = "admin", .req = "API-50", .secret = true, .help = "Password of the API: change it."},
	{.key = "audio.volume", .type = SETTING_INT, .offset = F(volume), .min = 0, .max = 100,
	 .unit = "%", .def = "80", .req = "HW-07", .help = "Volume of the loudspeaker."},
	SLOT_ROW("audio.attenuation_slot", attenuation_slot, "HW-07 SCH-01",
		 "Time slot of the full volume; outside of it audio.attenuated_volume is in force. "
		 "off is always full."),
	{.key = "audio.attenuated_volume", .type = SETTING_INT, .offset = F(quiet_volume), .min = 0,
	 .max = 100, .unit = "%", .def = "40", .req = "HW-07",
	 .help = "Volume of the loudspeaker outside of audio.attenuation_slot."},
	{.key = "audio.microphone", .type = SETTING_INT, .offset = F(microphone), .min = 0,
	 .max = 100, .unit = "%", .def = "80", .req = "HW-07",
	 .help = "Sensitivity of the microphone."},
	{.key = "audio.jitter_min_ms", .type = SETTING_INT, .offset = F(jitter_min_ms), .min = 0,
	 .max = 200, .unit = "ms", .def = "0", .req = "SIP-05",
	 .help = "Received sound waits at least this long. 0: it is played as it comes, until a packet "
		 "is late, lost or out of order."},
	{.key = "audio.jitter_max_ms", .type = SETTING_INT, .offset = F(jitter_max_ms), .min = 20,
	 .max = 500, .unit = "ms", .def = "200", .req = "SIP-05",
	 .help = "Received sound waits at most this long for packets that are late; "
		 "at least audio.jitter_min_ms."},
	{.key = "door.language", .type = SETTING_ENUM, .offset = F(language), .words = language_words,
	 .def = "fr", .req = "DOOR-09 WEB-01",
	 .help = "Language of voice messages and pages: French, English, German, Spanish or Portuguese."},
	VOICE_ROW("contact_unavailable", ANNOUNCE_UNAVAILABLE, "DOOR-09 DOOR-03",
		  "that the contact is unavailable, once everybody of the list was called in vain"),
	VOICE_ROW("end_of_communication", ANNOUNCE_END, "DOOR-09 DOOR-04",
		  "that the communication ends, when door.talk_min has run"),
	VOICE_ROW("network_fault", ANNOUNCE_NETWORK, "DOOR-09",
		  "that the network is out of service, to a visitor whose call cannot leave: the link is "
		  "down, or the first contact goes by an account that lost its registration"),
	VOICE_ROW("call_in_progress", ANNOUNCE_CALLING, "DOOR-09",
		  "that the call is in progress, until somebody answers"),
	VOICE_ROW("door_open", ANNOUNCE_DOOR_OPEN, "DOOR-09",
		  "that the door is open, when a strike is energised"),
	VOICE_ROW("ip_address", ANNOUNCE_ADDRESS, "DOOR-09 HW-06",
		  "with the door's IP address after the end of start-up, where DIP switch 2 is on"),
	KEEP_ROW("application", EVENT_APPLICATION, "the door itself: supervision, technical calls, API"),
	KEEP_ROW("network", EVENT_NETWORK, "the network: link, accounts, SIP messages"),
	KEEP_ROW("display", EVENT_DISPLAY, "the display: its pictograms"),
	KEEP_ROW("hardware", EVENT_HARDWARE, "the hardware: button, input, supplies"),
	KEEP_ROW("door", EVENT_DOOR, "door opening: codes and relays"),
	KEEP_ROW("usage", EVENT_USAGE, "usage: calls and their digits"),
	KEEP_ROW("audio", EVENT_AUDIO, "sound: media, encryption, voice messages"),
};

const size_t settings_count = sizeof(settings_table) / sizeof(settings_table[0]);
