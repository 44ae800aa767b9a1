/**
 * @file event.h  The door's one list of events, and its only emitter
 *
 * Every event is a row of one table (event.c): its name, its class (EVT-01) and its fields.  The
 * emitter numbers and time-stamps it and hands it to the subscribers: store, live page, printer,
 * scenario.  A scenario asserts this same numbered list, whatever the port.
 *
 * Plain C11, no allocation.
 */
#ifndef DOOR_EVENT_H
#define DOOR_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Classes of EVT-01; the manual's French names are in event_class_name() */
enum event_class {
	EVENT_APPLICATION,
	EVENT_NETWORK,
	EVENT_DISPLAY,
	EVENT_HARDWARE,
	EVENT_DOOR,
	EVENT_USAGE,
	EVENT_AUDIO,
	EVENT_CLASSES
};

/** The events; the row of each in event.c names its fields, in this order */
enum event_id {
	EV_BOOT,                /**< dip */
	EV_SHUTDOWN,            /**< cause */
	EV_SETTING,             /**< key, value ("(secret)" where it is one) */
	EV_DRAFT,               /**< action: validate, apply, discard; settings, by (WEB-04) */
	EV_CONTACTS,            /**< action, contacts, version (CON-02) */
	EV_BUTTON,              /**< pressed */
	EV_PRESS,               /**< action: what an accepted press did */
	EV_BUTTON_FAULT,        /**< fault (DOOR-07) */
	EV_CONTACT,             /**< closed (HW-04) */
	EV_INPUT,               /**< action: what the input did (DOOR-08) */
	EV_MAINS,               /**< ok */
	EV_POE,                 /**< ok */
	EV_LINK,                /**< up */
	EV_STORAGE,             /**< ok, lost (EVT-01) */
	EV_ACCOUNT,             /**< account (1..3), ok, cause (SIP-10, REL-05) */
	EV_COMMAND,             /**< command: call, answer; result: ok, busy (SIP-11) */
	EV_CALL_OUT,            /**< call, to, reason, contact (1..4) */
	EV_CALL_RINGING,        /**< call, code */
	EV_CALL_FAILED,         /**< call, code, cause */
	EV_EXTENSION,           /**< contact, ok (SUP-12) */
	EV_CALL_IN,             /**< call, from */
	EV_CALL_REFUSED,        /**< from, code, cause */
	EV_CALL_ANSWERED,       /**< call */
	EV_CALL_HOLD,           /**< call, held */
	EV_CALL_END,            /**< call, cause, talk_ms */
	EV_REPORT,              /**< reason, waiting: a technical or test call is due (SUP-30, SUP-31) */
	EV_REPORT_END,          /**< reason, ok: it reached its receiver, or nobody of the list (SUP-23) */
	EV_UNAVAILABLE,         /**< reason: the whole list was tried (DOOR-03) */
	EV_ANNOUNCE,            /**< message, language (DOOR-09) */
	EV_ANNOUNCE_END,        /**< message, played (DOOR-09) */
	EV_DIGIT,               /**< digit ("x" inside a code), via */
	EV_SUP_START,           /**< call: the receiver's C was heard (SUP-20) */
	EV_SUP_FRAME,           /**< call, frame, attempt: frame going out */
	EV_SUP_SENT,            /**< call, attempt: last digit is out */
	EV_SUP_ACK,             /**< call, count: a 1 was answered by # (SUP-22) */
	EV_SUP_END,             /**< call, result: ok, no_c, no_ack, late_c, too_many, cannot_send, hangup (SUP-23) */
	EV_MESSAGE_OUT,         /**< to, body (SUP-10) */
	EV_MESSAGE_RESULT,      /**< to, code */
	EV_MESSAGE_IN,          /**< from, body */
	EV_CODE,                /**< relay, code (1..4): a valid code (REL-08) */
	EV_CODE_REFUSED,        /**< relay, cause: running, function, local, slot; relay 0 = wrong code */
	EV_RELAY,               /**< relay, on, cause */
	EV_PICTOGRAM,           /**< picto, colour, blink */
	EV_MEDIA,               /**< call, codec, dtmf */
	EV_MEDIA_STATS,         /**< call, sent, received, lost */
	EV_MEDIA_QUALITY,       /**< call, lost, late, concealed, jitter_us, buffer_ms, reports, rtt_us, remote_lost, remote_jitter_us */
	EV_MEDIA_ENCRYPTION,    /**< call (0: refused before there was one), ok, kind, detail (SIP-09) */
	EV_MEDIA_SAS,           /**< call, sas: to be compared by both sides (ZRTP) */
	EV_MEDIA_DROPPED,       /**< call, forged, replayed: encrypted packets */
	EV_SIP_REFUSED,         /**< from, method, code: a request we could not serve */
	EV_REGISTRATION,        /**< account, ok, code, cause (SIP-10) */
	EV_PRESENCE,            /**< account, ok, code, cause (SIP-03) */
	EV_TRANSPORT,           /**< about, cause (SIP-01) */
	EV_NAT,                 /**< address, by (SIP-08) */
	EV_NAT_FAULT,           /**< about, cause (SIP-08, SRV-04) */
	EV_CLOCK,               /**< by, change_s: the door's clock was set (TIM-01) */
	EV_NTP,                 /**< ok, server, cause (TIM-01, SRV-04) */
	EV_DIRECTORY,           /**< action: read, back, failed; contacts, left_out, ms, cause (SRV-01) */
	EV_SCAN,                /**< action: start, end, cancel; range, addresses, found (NET-03) */
	EV_ICE,                 /**< call, state: connected, failed; peer (SIP-08) */
	EV_API,                 /**< request, code, from: an API request that was carried out, or refused (API-01) */
	EV_LOGIN,               /**< result: ok, wrong, locked, logout; login, from (WEB-05) */
	EV_USER,                /**< action: add, role, password, remove; login, by (WEB-05) */
	EV_SOUND,               /**< action: play, stop, end (API-40) */
	EV_COUNT
};

enum event_type { EVENT_UINT, EVENT_BOOL, EVENT_STR };

#define EVENT_FIELDS 10

/** One row of the event table */
struct event_def {
	const char *name;               /**< as in JSON and scenarios, e.g. "call_out" */
	enum event_class cls;
	struct { const char *key; enum event_type type; } field[EVENT_FIELDS]; /**< key NULL = no more */
	const char *help;               /**< one sentence */
};

/** One event; the strings are borrowed and valid during the handler only */
struct event {
	uint64_t seq;                   /**< 1, 2, 3 ... for one emitter */
	uint64_t t_us;                  /**< door's clock [us] */
	int64_t wall_us;                /**< calendar [us since 1970 UTC] */
	enum event_id id;
	union { uint64_t u; const char *s; } val[EVENT_FIELDS];
};

typedef void (event_h)(const struct event *ev, void *arg);

#define EVENT_SUBSCRIBERS 6

/** The emitter: one per door */
struct event_bus {
	uint64_t seq;
	unsigned n;
	struct { event_h *h; void *arg; } sub[EVENT_SUBSCRIBERS];
};

const struct event_def *event_def(enum event_id id);
const char *event_class_name(enum event_class cls);
const char *event_class_id(enum event_class cls);
bool event_class_find(enum event_class *cls, const char *word);
bool event_find(enum event_id *id, const char *name);
bool event_always_kept(enum event_id id);
int event_subscribe(struct event_bus *bus, event_h *h, void *arg);
void event_unsubscribe(struct event_bus *bus, event_h *h, void *arg);
void event_emit(struct event_bus *bus, uint64_t t_us, int64_t wall_us, unsigned id, ...);
size_t event_json(char *buf, size_t size, const struct event *ev);
size_t event_text(char *buf, size_t size, const struct event *ev);

#endif
