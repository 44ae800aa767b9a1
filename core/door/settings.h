/**
 * @file settings.h  The one table of settings
 *
 * Each setting is a row: key, type, range, unit, default, requirement, help.  Store, command line,
 * pages, API, validation and documentation all read this table (settings.c); the behaviour reads the
 * plain fields of struct settings.
 *
 * Plain C11, no allocation.
 */
#ifndef DOOR_SETTINGS_H
#define DOOR_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../port.h"
#include "event.h"
#include "notice.h"
#include "slot.h"
#include "zone.h"

#define SETTINGS_TEXT 512               /**< longest value as text, with its end */
#define SETTINGS_CODES 4                /**< REL-08 */
#define SETTINGS_CONTACTS 4             /**< DOOR-03 */
#define SETTINGS_PATH 112               /**< longest file name, with its end */
#define SETTINGS_URI 128                /**< longest contact, with its end */
#define SETTINGS_ACCOUNTS 3             /**< SIP-03 */
#define SETTINGS_LIST 256               /**< longest list of contacts, with its end: ten thousand doors keep five each */
#define SETTINGS_SLOTS 4                /**< SCH-01 */

enum relay_function { RELAY_STRIKE, RELAY_LINE, RELAY_MAINS, RELAY_NETWORK };
enum code_type { CODE_REMOTE, CODE_LOCAL };
enum dtmf_protocol { DTMF_PROTOCOL_AUTO, DTMF_PROTOCOL_REQUIRED, DTMF_PROTOCOL_OFF };
enum button_mode { BUTTON_CALL_CALL, BUTTON_CALL_NONE, BUTTON_STRIKE_CALL };      /* DOOR-06, day/night */
enum input_function { INPUT_BUTTON, INPUT_STRIKE, INPUT_DAY_CALL, INPUT_OWN_LIST }; /* DOOR-08 */
enum input_relay { INPUT_RELAY_1, INPUT_RELAY_2, INPUT_RELAY_BOTH };
enum input_rest { INPUT_NORMALLY_OPEN, INPUT_NORMALLY_CLOSED };

/** Why a call is made (SUP-01); rows of reason_table in report.c */
enum reason {
	REASON_BUTTON,
	REASON_TEST,
	REASON_MAINS_BACK,
	REASON_MAINS_FAULT,
	REASON_BUTTON_FAULT,
	REASON_BUTTON_BACK,
	REASON_PBX_FAULT,
	REASON_COUNT
};

/** Voice messages (DOOR-09); rows of the table in announce.c */
enum announce {
	ANNOUNCE_UNAVAILABLE,           /**< nobody of the list answered */
	ANNOUNCE_END,                   /**< the time of communication is over (DOOR-04) */
	ANNOUNCE_NETWORK,               /**< the call cannot leave: no link, or no registration */
	ANNOUNCE_CALLING,               /**< the list is being called */
	ANNOUNCE_DOOR_OPEN,             /**< a strike is energised */
	ANNOUNCE_ADDRESS,               /**< our IP address, at boot by DIP switch 2 (HW-06) */
	ANNOUNCE_COUNT
};

/** Languages of voice messages and pages, in the order of the setting's words */
enum language { LANGUAGE_FR, LANGUAGE_EN, LANGUAGE_DE, LANGUAGE_ES, LANGUAGE_PT, LANGUAGES };
/** What may encrypt the sound (SIP-09) */
enum media_encryption { MEDIA_PLAIN, MEDIA_SRTP, MEDIA_ZRTP };

enum dtmf_listen { DTMF_LISTEN_AUTO, DTMF_LISTEN_ALWAYS, DTMF_LISTEN_NEVER };
/** How who uses the API shows who he is (API-50), and by what a digest is made */
enum api_auth { API_AUTH_NONE, API_AUTH_BASIC, API_AUTH_DIGEST };
enum api_hash { API_HASH_MD5, API_HASH_SHA256 };
/** Rows of codec_table (codec.h); the two laws of G.711 come first */
enum audio_codec {
	CODEC_PCMA, CODEC_PCMU, CODEC_G722, CODEC_OPUS, CODEC_GSM, CODEC_SPEEX8, CODEC_SPEEX16, CODEC_SPEEX32,
	CODEC_G726_16, CODEC_G726_24, CODEC_G726_32, CODEC_G726_40,
	CODEC_AAL2_16, CODEC_AAL2_24, CODEC_AAL2_32, CODEC_AAL2_40, CODEC_AMR, CODEC_COUNT
};

#define SETTINGS_MANUAL (-1)            /**< answer_s: by the button (DOOR-02) */
#define SETTINGS_PERMANENT 0            /**< talk_min, line_s: no end (DOOR-04, REL-02) */
#define SETTINGS_OFF 0                  /**< a slot: none is attributed; test_days: no test */
#define SETTINGS_ACTIVATION (-1)        /**< test_at_min: the time of day when the test was switched on */

struct relay_code {
	char digits[9];                 /**< 1 to 8 digits, empty = none */
	int32_t type;                   /**< enum code_type */
	int32_t slot;                   /**< 1..SETTINGS_SLOTS, SETTINGS_OFF = always valid */
};

struct relay_settings {
	int32_t function;               /**< enum relay_function (REL-01) */
	int32_t hold_s;                 /**< strike (REL-02) */
	int32_t line_s;                 /**< line seized, SETTINGS_PERMANENT (REL-02) */
	struct relay_code code[SETTINGS_CODES];
};

/** A list of up to 4 SIP URIs, tried in this order; settings_contact() takes one out */
struct contact_list {
	int32_t n;
	char text[SETTINGS_LIST];       /**< separated by commas */
};

/** A weekly slot and its name (SCH-01) */
struct named_slot {
	char name[33];
	struct slot hours;
};

/** How SIP travels (SIP-01), in the order of the settings' words */
enum sip_over { SIP_OVER_UDP, SIP_OVER_TCP, SIP_OVER_TLS };

/** How the door is reached from outside (SIP-08, manual §3.3.11) */
enum nat_mode { NAT_DIRECT, NAT_GATEWAY, NAT_STUN };

/** TIM-01: who says what time it is; the words are in settings_table.c */
enum clock_source { CLOCK_SYSTEM, CLOCK_MANUAL, CLOCK_NTP };

struct nat_settings {
	int32_t mode;                   /**< enum nat_mode */
	char gateway[64];               /**< its public address, NAT_GATEWAY */
	int32_t gateway_port;           /**< public port of SIP over UDP, 0 = sip.port itself */
	char stun_server[64];           /**< name or address, NAT_STUN */
	int32_t stun_port;              /**< 0 = by DNS (SRV) */
	int32_t keepalive_s;            /**< between two binding requests */
	bool ice;
	bool symmetric_rtp;             /**< send where their packets come from */
};

/** How LDAP travels, and when the directory is read (SRV-01), in the order of the settings' words */
enum ldap_security { LDAP_PLAIN, LDAP_STARTTLS, LDAP_TLS };
enum ldap_refresh { LDAP_AT_RESTART, LDAP_AFTER_CALL, LDAP_EVERY };      /* from LDAP_EVERY on: minutes, ldap_every_min() */

/** The directory (SRV-01, manual §3.3.18) */
struct ldap_settings {
	bool enabled, tls_verify;
	int32_t port;                   /**< 0 = the usual one of its security */
	int32_t security;               /**< enum ldap_security */
	int32_t refresh;                /**< enum ldap_refresh */
	char server[64];                /**< name or address */
	char user_dn[161];              /**< who asks, empty = nobody */
	char password[65];
	char base_dn[161];
	char name_attribute[33], number_attribute[33];
	char tls_ca[SETTINGS_PATH];     /**< PEM: whom we trust; empty = the system's list */
};

/** One account at a PBX (SIP-03, manual §3.3.13) */
struct account_settings {
	bool active;
	bool publish;                   /**< tell our presence by PUBLISH */
	int32_t port;                   /**< of the server */
	int32_t transport;              /**< enum sip_over */
	int32_t expires_s;
	char server[64];                /**< name or address */
	char domain[64];                /**< where it is not the server's name */
	char route[96];                 /**< outbound proxy, "sip:..."; empty = none */
	char user[33];                  /**< number or name */
	char auth_id[49];               /**< empty = user */
	char identity[96];              /**< "sip:..."; empty = sip:user@server:port */
	char password[49];
	char display[33];               /**< display name */
};

/** CRC-8 of the alarm frame (SUP-21); see frame.h for encoding and rendering */
struct crc_settings {
	int32_t poly, init, xorout;
	bool refin, refout;
	int32_t encoding;               /**< enum frame_encoding */
	int32_t rendering;              /**< enum frame_rendering */
};

/** Ordered choice of codecs */
struct codec_list {
	int32_t n;
	int32_t id[CODEC_COUNT];        /**< enum audio_codec */
};

/** All settings of one door.  Fields are read directly; written by settings_set() only. */
struct settings {
	char identity[10];              /**< DOOR-01 */
	char installation[65];          /**< DOOR-01 */
	int32_t press_ms;               /**< HW-01 */
	int32_t button_fault_s;         /**< DOOR-07 */
	int32_t answer_s;               /**< DOOR-02, SETTINGS_MANUAL */
	int32_t ring_s;                 /**< DOOR-03 */
	bool advance_on_refusal;        /**< DOOR-03 */
	int32_t talk_min;               /**< DOOR-04, SETTINGS_PERMANENT */
	bool end_after_strike;          /**< DOOR-05 */
	bool end_by_button;             /**< DOOR-05 */
	int32_t code_gap_ms;            /**< REL-08: longest pause inside a code */
	int32_t boot_ms;                /**< HW-09: lamp test at boot */
	struct contact_list button_day; /**< DOOR-06 */
	struct contact_list button_night; /**< DOOR-06 modes 1 and 3 */
	int32_t button_mode;            /**< DOOR-06: enum button_mode */
	int32_t button_slot;            /**< DOOR-06: day; SETTINGS_OFF = always day */
	int32_t button_relay;           /**< DOOR-06 mode 3: 0..GAP_RELAYS-1 */

	bool input_enabled;             /**< DOOR-08 */
	int32_t input_function;         /**< DOOR-08: enum input_function */
	int32_t input_relay;            /**< DOOR-08: enum input_relay */
	int32_t input_rest;             /**< HW-04: enum input_rest */
	int32_t input_active_ms;        /**< DOOR-08 */
	int32_t input_slot;             /**< DOOR-08 */
	struct contact_list input_list; /**< DOOR-08 */

	struct named_slot slot[SETTINGS_SLOTS]; /**< SCH-01 */
	char zone[ZONE_TEXT];           /**< TIM-01, SCH-02 */
	int32_t clock_source;           /**< TIM-01: enum clock_source */
	char ntp_server[64];            /**< TIM-01, SRV-04: empty = none */
	int32_t ntp_port;               /**< SRV-04 */
	struct relay_settings relay[GAP_RELAYS];
	struct gap_light calling, ringing, talking, held, strike, idle, fault; /**< HW-02 */

	bool sup_report[REASON_COUNT];  /**< SUP-11; the test's is test_days */
	bool sup_message[REASON_COUNT]; /**< SUP-11: MESSAGE beside the INVITE */
	struct contact_list tech_list;  /**< SUP-31 */
	int32_t pbx_delay_s;            /**< SUP-31, SUP-12: so long a registration must be lost */
	struct contact_list test_list;  /**< SUP-30 */
	int32_t test_days;              /**< SUP-30, SETTINGS_OFF */
	int32_t test_at_min;            /**< SUP-30: minute of the local day, SETTINGS_ACTIVATION */
	int32_t test_retry_h;           /**< SUP-30 */
	char sup_message_to[SETTINGS_URI]; /**< SUP-10: empty = the called contact */
	char sup_reason_button[33];     /**< SUP-02 */
	char sup_reason_test[33];       /**< SUP-02 */
	int32_t sup_dtmf;               /**< SUP-25: enum dtmf_protocol */
	int32_t sup_c_wait_s;           /**< SUP-23 */
	int32_t sup_ack_wait_s;         /**< SUP-23 */
	int32_t sup_frames_max;         /**< SUP-23 */
	int32_t digit_on_ms;            /**< SUP-24 */
	int32_t digit_off_ms;           /**< SUP-24 */
	struct crc_settings crc;        /**< SUP-21 */

	int32_t sip_port;               /**< SIP-01 */
	int32_t tls_port;               /**< SIP-01 */
	int32_t transport;              /**< SIP-01: enum sip_over, of calls without an account */
	bool tcp;                       /**< listen on TCP in any case */
	bool tls_verify, tls_verify_cn; /**< a server's certificate, and the name in it */
	char tls_cert[SETTINGS_PATH];   /**< PEM: own certificate and key; empty = made at the start */
	char tls_ca[SETTINGS_PATH];     /**< PEM: whom we trust; empty = the system's list */
	struct codec_list codecs;       /**< SIP-05 */
	bool dtmf_rfc4733;              /**< SIP-06 */
	bool dtmf_info;                 /**< SIP-06 */
	bool dtmf_dual;                 /**< SIP-06 */
	int32_t dtmf_listen;            /**< SIP-06: enum dtmf_listen */
	int32_t dtmf_level_dbm0;        /**< in-band level of each tone */
	int32_t rtp_port_min, rtp_port_max; /**< SIP-08 */
	bool rtcp_fb;                   /**< SIP-07: say rtcp-fb in SDP */
	int32_t media_encryption;       /**< SIP-09: enum media_encryption */
	int32_t media_timeout_s;        /**< a call without packets ends, 0 = never */
	int32_t session_s;              /**< session timer of our calls, 0 = none (RFC 4028) */
	int32_t register_retry_s;       /**< longest wait between two tries to register (SIP-10) */
	struct account_settings account[SETTINGS_ACCOUNTS]; /**< SIP-03 */
	struct nat_settings nat;        /**< SIP-08 */
	struct ldap_settings ldap;      /**< SRV-01 */

	bool http;                      /**< WEB-05: plain HTTP is served */
	bool keep[EVENT_CLASSES];       /**< events of this class are stored (EVT-01) */
	char web_name[64];              /**< WEB-01: name the pages are asked by, beside addresses */
	char web_cert[SETTINGS_PATH];   /**< PEM: certificate and key of HTTPS; empty = made at the first start */
	int32_t api_auth;               /**< API-50: enum api_auth */
	int32_t api_digest;             /**< API-50: enum api_hash */
	char api_user[33], api_password[49]; /**< API-50 */

	int32_t volume;                 /**< HW-07: loudspeaker, percent */
	int32_t quiet_volume;           /**< HW-07: the same outside of attenuation_slot */
	int32_t attenuation_slot;       /**< HW-07: SETTINGS_OFF = never attenuated */
	int32_t microphone;             /**< HW-07: percent */
	int32_t language;               /**< DOOR-09, WEB-01: enum language */
	bool say[ANNOUNCE_COUNT];       /**< DOOR-09: the message is spoken */
	int32_t jitter_min_ms, jitter_max_ms; /**< SIP-05: how long received sound may wait */
};

enum setting_type {
	SETTING_BOOL,                   /**< yes/no (also on/off, true/false, 1/0) */
	SETTING_INT,                    /**< min..max, or the row's word for its special value */
	SETTING_ENUM,                   /**< one of words */
	SETTING_DIGITS,                 /**< min..max decimal digits; min 0 = may be empty */
	SETTING_TEXT,                   /**< UTF-8, up to max bytes, no control characters */
	SETTING_TOKEN,                  /**< user part of a SIP URI, 1..max of A-Z a-z 0-9 . - _ */
	SETTING_URI,                    /**< one sip: URI, empty allowed where min = 0, up to max bytes */
	SETTING_HOST,                   /**< host name or address, or empty */
	SETTING_USER,                   /**< user part of a SIP URI without %XX, or empty */
	SETTING_CONTACTS,               /**< up to 4 contacts (contact.h), separated by commas */
	SETTING_LIGHT,                  /**< colour, then optionally "blinking" */
	SETTING_CODECS,                 /**< ordered list, separated by commas */
	SETTING_SLOT,                   /**< weekly hours, see slot.h */
	SETTING_ZONE,                   /**< name of a zone or POSIX TZ rule */
	SETTING_TIME                    /**< HH:MM, or the row's word for its special value */
};

/** One row of the table */
struct setting {
	const char *key;
	enum setting_type type;
	size_t offset;                  /**< in struct settings */
	int32_t min, max;
	const char *unit;               /**< "s", "ms", "%", "dBm0" or NULL */
	const char *const *words;       /**< SETTING_ENUM: NULL-ended; SETTING_INT: NULL or {special word, NULL} */
	int32_t special;                /**< SETTING_INT: value behind words[0] */
	const char *def;                /**< default, as text */
	const char *req;                /**< requirement ids, separated by blanks */
	const char *help;               /**< one or two sentences */
	bool secret;                    /**< never shown, logged or returned */
	bool restart;                   /**< takes effect at the next start */
};

extern const struct setting settings_table[];
extern const size_t settings_count;
extern const char *const settings_colours[GAP_COLOURS];         /**< names of enum gap_colour */

const struct setting *settings_find(const char *key);
const char *settings_nearest(const char *key);
void settings_default(struct settings *s);
int settings_set(struct settings *s, const char *key, const char *text, char *err, size_t errsize);
int settings_check(const struct settings *s, char *err, size_t errsize);
int settings_set_why(struct settings *s, const char *key, const char *text, struct notice *why);
int settings_check_why(const struct settings *s, struct notice *why);
size_t settings_get(const struct settings *s, const struct setting *row, char *buf, size_t size);
bool settings_equal(const struct settings *a, const struct settings *b, const struct setting *row);
size_t settings_contact(char uri[SETTINGS_URI], const struct contact_list *list, unsigned i);
size_t settings_range(const struct setting *row, char *buf, size_t size);
int32_t ldap_port(const struct ldap_settings *l);
int32_t ldap_every_min(const struct ldap_settings *l);
size_t settings_range_in(const struct setting *row, const struct teller *who, char *buf, size_t size);

#endif
