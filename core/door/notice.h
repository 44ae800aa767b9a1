/**
 * @file notice.h  Why a setting was refused, as an id with parameters (WEB-04)
 *
 * What is wrong is kept apart from how it is told, so that the same failure can be told in each
 * language of the pages.  The English texts are the rows of NOTICES; core/lang has the others, under
 * the same ids.  {name} in a text stands for the parameter of that name.
 *
 * Plain C11, no allocation.
 */
#ifndef DOOR_NOTICE_H
#define DOOR_NOTICE_H

#include <stddef.h>
#include <stdint.h>
#include "text.h"

#define NOTICES(X) \
	/* what stands around a reason */ \
	X(UNKNOWN_KEY, "{name}: there is no such setting; `ipgap settings` lists them all") \
	X(UNKNOWN_KEY_NEAR, "{name}: there is no such setting; did you mean {near}?") \
	X(OUT_OF_RANGE, "{key}: {value} is out of range; accepted: {range}") \
	X(REFUSED, "{key}: {value} is not accepted; accepted: {range}") \
	X(REFUSED_WHY, "{key}: {value} is not accepted ({why}); accepted: {range}") \
	X(SECRET, "the value given") \
	/* reasons */ \
	X(NOT_A_NUMBER, "not a whole number") \
	X(TOO_LONG, "too long") \
	X(TOO_SHORT, "too short") \
	X(EMPTY, "empty") \
	X(NOT_DIGITS, "not all of it is digits") \
	X(NOT_UTF8, "not UTF-8") \
	X(CONTROL_CHARACTER, "control character") \
	X(OTHER_CHARACTERS, "other characters") \
	X(NOT_A_HOST, "neither a name nor an address") \
	X(NOT_A_USER, "blank or other character that a SIP user has not") \
	X(TOO_MANY_CONTACTS, "too many contacts") \
	X(LAST_COMMA, "nothing after the last comma") \
	X(LIST_TOO_LONG, "the list is too long: 255 characters hold all of it, sip: included") \
	X(NO_COLOUR, "colours are off, red, green, blue, yellow, white") \
	X(NOT_BLINKING, "only blinking may follow") \
	X(OFF_BLINKS, "off cannot blink") \
	X(NO_CODEC, "no such codec") \
	X(CODEC_TWICE, "a codec twice") \
	X(NOT_A_ZONE, "neither a zone of docs/schedules.md nor a rule") \
	X(NOT_A_TIME, "a time is HH:MM") \
	X(SLOT_HEX, "hex: takes 168 hexadecimal digits") \
	X(SLOT_TIMES, "times are HH:MM-HH:MM in quarter hours, 00:00 to 24:00") \
	X(SLOT_ORDER, "a range ends after it begins; over midnight write 22:00-24:00 and, the day after, 00:00-06:00") \
	X(SLOT_DAYS, "days are mon, tue, wed, thu, fri, sat, sun, or a span like mon-fri, then a blank") \
	X(SLOT_BETWEEN, "only a blank or a comma may follow a range") \
	X(URI_PASSWORD, "a user part holds no password") \
	X(URI_USER, "user part empty or with characters to be written %XX") \
	X(URI_PARAMETER, "bad ;parameter") \
	X(URI_PORT, "port not 1..65535") \
	X(URI_HOST, "host is neither a name nor an address") \
	X(CONTACT_EMPTY, "a contact is empty") \
	X(CONTACT_NO_HOST, "a bare number needs its host: sip:NUMBER@HOST") \
	X(CONTACT_ONLY_LIST, ";account=, ;p2p and ;dtmf= belong to a contact of a list") \
	X(CONTACT_P2P_NUMBER, "a bare number is called by an account; ;p2p needs an address") \
	X(CONTACT_BAD_ACCOUNT, ";account= is 1, 2 or 3, once, and not beside ;p2p") \
	X(CONTACT_BAD_P2P, ";p2p has no value, stands once, and not beside ;account=") \
	X(CONTACT_BAD_DTMF, ";dtmf= comes last, once, as auto, required or off") \
	X(CONTACT_ORDER, ";account=, ;p2p and ;dtmf= come last") \
	/* settings that must go together */ \
	X(PORTS_FEW, "{key}={max} leaves too few ports: with {min_key}={min} it has to be at least {least}") \
	X(PORTS_NONE, "{key}={max} leaves too few ports: with {min_key}={min} no value is enough; " \
	  "lower {min_key} to {most} or less") \
	X(PORT_IN_SOUND, "{key}={port} lies among the ports for sound ({min_key}={min}, {max_key}={max}): " \
	  "choose one outside") \
	X(CODECS_EMPTY, "{key} is empty: name at least one codec, e.g. PCMA") \
	X(DUAL_ONE, "{key}=yes sends each digit twice over: set {other}=yes too, or {key}=no") \
	X(DUAL_BOTH, "{key}=yes sends each digit twice over: set {other}=yes and {third}=yes too, or {key}=no") \
	X(CODE_SAME, "{key} is the same as {other}: give each code its own digits") \
	X(CODE_BEGINS, "{key} is the beginning of {other}, which could never be entered: change one of them") \
	X(ACCOUNT_QUOTE, "{key} holds a quote or a backslash: leave it out") \
	X(ACCOUNT_NEEDS, "{key}=yes needs {other}: set it first") \
	X(CONTACT_ACCOUNT, "{key}: {contact} is called by an account that is not active: set {other}=yes, " \
	  "or write an address") \
	X(CONTACT_NUMBER, "{key}: {contact} is a number at a PBX, but no account is active: set {other}=yes, " \
	  "or write an address") \
	X(INPUT_RELAY, "{key}=strike with {relay_key}={relay} needs {other}=strike, but it is {function}; " \
	  "choose {relay_key}={good}") \
	X(INPUT_NO_RELAY, "{key}=strike with {relay_key}={relay} needs {other}=strike, but it is {function}; " \
	  "choose another {key}") \
	X(JITTER_ORDER, "{key}={min} is more than {other}={max}: lower the first or raise the second") \
	X(NAT_ADDRESS, "{key}={value} is not the public address of a host: write it as in 203.0.113.7, or [2001:db8::7]") \
	X(NAT_GATEWAY, "{key}=gateway needs {other}, the public address: set it first") \
	X(NAT_STUN, "{key}=stun needs {other}: set it first") \
	X(CLOCK_NTP, "{key}=ntp needs {other}: set it first") \
	X(LDAP_ATTRIBUTE, "{key}={value} is no name of an attribute: letters, then letters, digits and -, e.g. cn") \
	X(LDAP_SERVER, "{key}=yes needs {other}: set it first") \
	X(LDAP_PASSWORD, "{key} needs {other}: without one the server takes the door for nobody") \
	X(NO_ZRTP, "{key}=zrtp needs the module ipgap-zrtp.so, which is not here: choose srtp or none") \
	/* a file of settings (WEB-07) */ \
	X(CONF_NOT_ONE, "this is no file of settings: it has to begin with conf = {kind}") \
	X(CONF_OTHER, "this file is a {value}; here a {kind} is read") \
	X(CONF_MODEL, "the file is of model {value}, this door is of model {model}: only files of the same model are read") \
	X(CONF_FORMAT, "the file has format {value}, this door reads format {format}: update the door first") \
	X(CONF_HEAD, "the head is not whole: format = and model = have to stand before the settings") \
	X(CONF_LINE, "this is no key = value") \
	X(CONF_LONG, "the line has more than {max} bytes") \
	X(CONF_BIG, "the file has more than {max} bytes") \
	X(CONF_CHARACTERS, "the line is no UTF-8 text, or has a control character") \
	X(CONF_TWICE, "{name} stands twice, first in line {line}") \
	X(CONF_ELSEWHERE, "{name} belongs into {kind}") \
	X(CONF_CUT, "the file is cut: its last line has to be end = {kind}") \
	X(CONF_AFTER_END, "nothing may follow the line end = {kind}") \
	X(CONF_SEALED, "salt or sealed part of the file is damaged") \
	X(CONF_NO_PASSPHRASE, "the secrets in the file are sealed: give the passphrase that it was made with") \
	X(CONF_PASSPHRASE, "the passphrase is not the one that the file was made with, or the sealed part was changed") \
	/* what a setting accepts */ \
	X(OR, "or") \
	X(RANGE_DIGITS, "{min}..{max} digits") \
	X(RANGE_DIGITS_EMPTY, "{min}..{max} digits or empty") \
	X(RANGE_TEXT, "{min}..{max} bytes of text") \
	X(RANGE_TOKEN, "{min}..{max} of A-Z a-z 0-9 . - _") \
	X(RANGE_URI, "a sip: URI") \
	X(RANGE_URI_EMPTY, "a sip: URI or empty") \
	X(RANGE_HOST, "a host name or an address, or empty") \
	X(RANGE_USER, "a SIP user, up to {max} characters without blanks, or empty") \
	X(RANGE_CONTACTS, "up to {max} numbers, addresses or sip: URIs") \
	X(RANGE_LIGHT, "COLOUR or COLOUR blinking") \
	X(RANGE_SLOT, "hours such as mon-fri 08:00-18:00, sat 09:00-12:15; or empty") \
	X(RANGE_ZONE, "a zone such as Europe/Paris, or a rule such as CET-1CEST,M3.5.0,M10.5.0/3") \
	X(RANGE_CODECS, "list of {codecs}")

#define NOTICE_ENUM(id, english) MSG_##id,
enum notice_id { MSG_NONE, NOTICES(NOTICE_ENUM) NOTICE_COUNT };
#undef NOTICE_ENUM

#define NOTICE_ARGS 6
#define NOTICE_KEY 48                  /**< longest key of a setting, with its end */
#define NOTICE_STORE 256               /**< texts of a message's parameters */

enum notice_type {
	NOTICE_INT,
	NOTICE_TEXT,                   /* as it is */
	NOTICE_SETTING,                /* key of a setting: tellers may name it otherwise */
	NOTICE_ID,                     /* another message, without parameters */
	NOTICE_RANGE                   /* what the setting `key` accepts */
};

struct notice_arg {
	const char *name;
	enum notice_type type;
	int32_t value;                  /* number, message id, or where its text begins in store */
};

/** What is wrong; may be copied */
struct notice {
	enum notice_id id;
	int err;                        /**< ENOENT, ERANGE, EINVAL */
	char key[NOTICE_KEY];          /**< setting concerned; "" where there is no such one */
	unsigned n;
	struct notice_arg arg[NOTICE_ARGS];
	size_t used;
	char store[NOTICE_STORE];
};

/** Who tells it: a language */
struct teller {
	/** Text of (kind, name), kind = "message" or "unit"; NULL: the English one is told */
	const char *(*text)(const struct teller *who, const char *kind, const char *name);
	/** Write the name of a setting; NULL: the key is told */
	void (*setting)(const struct teller *who, struct text *t, const char *key);
	int lang;                       /**< theirs */
};

const char *notice_name(enum notice_id id);
const char *notice_english(enum notice_id id);
void notice_start(struct notice *m, enum notice_id id, int err, const char *key);
void notice_int(struct notice *m, const char *name, int32_t v);
void notice_text(struct notice *m, const char *name, const char *s, size_t limit);
void notice_quoted(struct notice *m, const char *name, const char *s, size_t limit);
void notice_setting(struct notice *m, const char *name, const char *key);
void notice_id(struct notice *m, const char *name, enum notice_id id);
void notice_range(struct notice *m, const char *name);
void notice_tell(struct text *t, const struct notice *m, const struct teller *who);
const char *notice_of(const struct teller *who, enum notice_id id);

#endif
