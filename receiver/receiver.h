/**
 * @file receiver.h  A reference alarm receiver: answers calls, speaks the DTMF supervision protocol
 *
 * A passive automaton on a SIP user agent, for any number of calls at once; it reports each alarm
 * once, and every step on the way.  It can misbehave in named ways, so that a door is tried against
 * bad receivers too.  Requirements: RCV-01, SUP-02, SUP-10, SUP-20 to SUP-24 (manual §3.3.22).
 */
#ifndef RECEIVER_RECEIVER_H
#define RECEIVER_RECEIVER_H

#include "core/door/frame.h"
#include "core/sip/call.h"
#include "message.h"

struct receiver;

/** How digits come and go; rows of receiver_transports[] */
enum receiver_transport {
	RECEIVER_ANY, RECEIVER_RFC4733, RECEIVER_INFO, RECEIVER_INBAND, RECEIVER_TRANSPORTS
};

/** One row of the ways digits come and go */
struct receiver_transport_row {
	const char *name;
	bool rfc4733, info;             /**< sip.dtmf_rfc4733, sip.dtmf_info of the agent */
	enum dtmf_listen listen;        /**< sip.dtmf_listen of the agent */
	unsigned heard;                 /**< mask 1 << enum dtmf_via, others are ignored */
	const char *help;
};

extern const struct receiver_transport_row receiver_transports[RECEIVER_TRANSPORTS];

enum receiver_hangup_at { HANGUP_NOWHERE, HANGUP_ANSWER, HANGUP_C, HANGUP_FRAME, HANGUP_ACK };

/** Ways to misbehave; all zero = none */
struct receiver_faults {
	unsigned wrong_ack;             /**< 2 instead of 1 */
	unsigned no_ack;
	unsigned late_ack_s;            /**< first 1 so long after the frame */
	unsigned no_c;
	unsigned late_c_s;              /**< C so long after the answer */
	unsigned bad_crc_replies;       /**< so many right frames are called wrong */
	unsigned drop_digit;            /**< the Nth digit of a call is not heard, 1 = first */
	unsigned hangup_at;             /**< enum receiver_hangup_at */
	unsigned double_c;
	unsigned reject;                /**< status code */
	unsigned no_answer;
	unsigned blind_crc;             /**< acknowledges whatever the checksum says */
	unsigned no_again;              /**< never C after a wrong frame */
	unsigned early_ack;             /**< 1 at once, without the pause */
	unsigned deaf_hash;             /**< the door's # is not heard */
	unsigned no_end;                /**< a technical call is not ended */
	unsigned no_tones;              /**< digits in the sound are not heard */
	unsigned stuck;                 /**< after a door's early hang-up the line stays busy */
	unsigned one_door;              /**< a second call of one identity rings for ever */
	unsigned reject_message;        /**< status code for every MESSAGE */
};

/** One row of the faults' table: names, parsing and help come from it */
struct receiver_fault_row {
	const char *name;
	size_t offset;                  /**< of an unsigned in struct receiver_faults */
	unsigned min, max;              /**< min = max: takes no value */
	unsigned def;                   /**< without a value; 0 = a value is needed */
	const char *const *words;       /**< NULL-ended, words[0] stands for 1; NULL = a number */
	const char *unit;               /**< what the value is, e.g. "S" */
	const char *help;
};

extern const struct receiver_fault_row receiver_fault_table[];
extern const size_t receiver_fault_count;

/** Configuration; start from receiver_config_default() */
struct receiver_config {
	struct sa laddr;                /**< port 0 = any */
	const char *user;               /**< user part of the own URI, copied */
	struct media *media;
	struct dnsc *dnsc;              /**< NULL = addresses only */
	bool tcp;
	enum receiver_transport transport;
	struct crc_settings crc;
	struct receiver_faults faults;
	char code[9];                   /**< strike code sent once the voice is up, "" = none */
	unsigned answer_ms;             /**< INVITE to 200 */
	unsigned c_delay_ms;            /**< answer to C */
	unsigned frame_wait_ms;         /**< C to the first digit of a frame */
	unsigned check_ms;              /**< pause after the last digit (SUP-22) */
	unsigned ack_gap_ms;            /**< 1 to 1 (SUP-22) */
	unsigned acks_max;              /**< (SUP-22) */
	unsigned again_max;             /**< C after wrong frames (SUP-23) */
	unsigned end_ms;                /**< end of the protocol to hang-up or code */
	unsigned talk_s;                /**< voice ends after, 0 = the door ends it */
	unsigned test_every_s;          /**< period of the doors' tests (SUP-30), 0 = they are not watched */
	unsigned test_grace_s;          /**< how much later a test may come */
};

/** Where the alarm's identity and reason come from: the best of what was heard */
enum receiver_via { RECEIVER_VIA_NONE, RECEIVER_VIA_FROM, RECEIVER_VIA_MESSAGE, RECEIVER_VIA_DTMF };

/** How an alarm ended */
enum receiver_result {
	RECEIVER_OPEN,                  /**< the receiver was closed before the end */
	RECEIVER_ACKNOWLEDGED,          /**< the door's # was heard */
	RECEIVER_NO_C,                  /**< no C was sent (fault no-c) */
	RECEIVER_NO_FRAME,              /**< no digit after C: a human's call */
	RECEIVER_INCOMPLETE,            /**< digits, never a whole frame */
	RECEIVER_BAD_CRC,               /**< every frame's checksum was wrong */
	RECEIVER_NO_HASH,               /**< the acknowledgements were never answered by # */
	RECEIVER_HANGUP,                /**< the door hung up before the end */
	RECEIVER_CANCELLED,             /**< the call ended before it was answered */
	RECEIVER_REFUSED,               /**< faults busy and reject */
	RECEIVER_FAULT,                 /**< hung up by fault hangup-at */
	RECEIVER_MESSAGE,               /**< a MESSAGE as it should be */
	RECEIVER_BAD_MESSAGE,           /**< a MESSAGE that is no alarm */
	RECEIVER_TEST_MISSED,           /**< no call at all: a door's test did not come in time */
	RECEIVER_RESULTS
};

/** One alarm: a call once it has ended, a MESSAGE, or a test that did not come */
struct receiver_alarm {
	uint64_t t_us;                  /**< of the INVITE or MESSAGE, clock */
	int64_t wall_us;                /**< the same, calendar [us since 1970 UTC] */
	unsigned call;                  /**< number of the call from 1 on, 0 = a MESSAGE */
	enum receiver_via via;
	enum receiver_result result;
	char from[SETTINGS_URI];        /**< URI, cut if longer */
	char reason[MESSAGE_REASON];    /**< From's user behind the first `_` */
	char identity[MESSAGE_IDENTITY];
	int product;                    /**< -1 = not told */
	int alerte;                     /**< -1 = not told; 1, 4, 11, 12, 17, 18, 404 or other */
	bool vocal;                     /**< a person wants to speak (or nothing says otherwise) */
	char frame[FRAME_MAX + 1];      /**< last frame or part of one, "" = none */
	bool whole;                     /**< frame is whole: cs and cs_want are valid */
	bool crc_ok;
	char cs[4], cs_want[4];         /**< checksum received and computed */
	unsigned attempts;              /**< frames heard, parts included */
	unsigned acks;                  /**< acknowledgements sent */
	bool acknowledged;
	uint64_t answered_ms;           /**< INVITE to answer */
	uint64_t duration_ms;           /**< answer to end, 0 = never answered */
	char cause[64];                 /**< how the call ended: "remote", "receiver", "487 ..." */
	const char *body;               /**< MESSAGE as it came, borrowed; NULL for a call */
};
typedef void (receiver_alarm_h)(const struct receiver_alarm *a, void *arg);

/** Steps on the way */
enum receiver_step {
	RECEIVER_STEP_INVITE,           /**< text = From */
	RECEIVER_STEP_ANSWER,           /**< text = codec */
	RECEIVER_STEP_REFUSE,           /**< n = status code */
	RECEIVER_STEP_C,                /**< text = what was sent, n = how often so far */
	RECEIVER_STEP_DIGIT,            /**< text = digit and its way, n = how many so far */
	RECEIVER_STEP_IGNORED,          /**< text = digit and its way: not heard on purpose */
	RECEIVER_STEP_FRAME,            /**< text = frame */
	RECEIVER_STEP_CRC_OK,
	RECEIVER_STEP_CRC_BAD,          /**< text = frame or part of one */
	RECEIVER_STEP_ACK,              /**< text = what was sent, n = how often so far */
	RECEIVER_STEP_HASH,             /**< the door's # */
	RECEIVER_STEP_VOICE,            /**< text = why: name of a result */
	RECEIVER_STEP_CODE,             /**< a strike code was sent */
	RECEIVER_STEP_MEDIA_LOST,
	RECEIVER_STEP_HANGUP,           /**< by the receiver, text = why */
	RECEIVER_STEP_CLOSED,           /**< by the door, text = how */
	RECEIVER_STEPS
};

struct receiver_event {
	uint64_t t_us;                  /**< clock */
	int64_t wall_us;                /**< calendar */
	enum receiver_step step;
	unsigned call;
	struct call *sip;               /**< the call, borrowed */
	const char *text;               /**< borrowed, "" = none */
	unsigned n;
};
typedef void (receiver_event_h)(const struct receiver_event *ev, void *arg);

void receiver_config_default(struct receiver_config *cfg);
int  receiver_alloc(struct receiver **rp, const struct receiver_config *cfg,
		    receiver_alarm_h *alarmh, receiver_event_h *eventh, void *arg);
void receiver_close(struct receiver *r, bool force);
const char *receiver_uri(const struct receiver *r);
void receiver_set_faults(struct receiver *r, const struct receiver_faults *f);
unsigned receiver_calls(const struct receiver *r);
int  receiver_hangup(struct receiver *r, unsigned call);
int  receiver_digits(struct receiver *r, unsigned call, const char *digits);

int  receiver_fault_set(struct receiver_faults *f, const char *text, char *err, size_t errsize);
int  receiver_transport_find(enum receiver_transport *t, const char *name);

/* receiver_text.c */
const char *receiver_via_name(enum receiver_via via);
const char *receiver_result_name(enum receiver_result result);
const char *receiver_step_name(enum receiver_step step);
size_t receiver_alarm_text(char *buf, size_t size, const struct receiver_alarm *a);
size_t receiver_alarm_json(char *buf, size_t size, const struct receiver_alarm *a);
size_t receiver_event_text(char *buf, size_t size, const struct receiver_event *ev);
size_t receiver_event_json(char *buf, size_t size, const struct receiver_event *ev);

#endif
