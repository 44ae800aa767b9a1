/**
 * @file door.h  The door phone's behaviour: passive, instance-based, host-free
 *
 * A door is told (door_input), it is stepped (door_step), it says when it next wants to be
 * (door_deadline), and it asks through two structs of operations: the port's (hardware, port.h) and
 * the phone's (below).  Nothing acts inside door_input(): inputs are queued and processed, in the
 * order of their times and between the timers that are due before them, by door_step().
 *
 * Plain C11, no allocation, no global: ten thousand live in one process, and firmware includes it.
 * Requirements: DOOR-*, REL-*, SUP-*, HW-01, HW-02, HW-09.
 */
#ifndef DOOR_DOOR_H
#define DOOR_DOOR_H

#include "../port.h"
#include "event.h"
#include "frame.h"
#include "settings.h"

/** What the door is doing with calls */
enum door_state {
	DOOR_IDLE,
	DOOR_CALLING,                   /**< an INVITE is out, no answer yet */
	DOOR_WAITING,                   /**< refused; waits for T before the next contact (DOOR-03) */
	DOOR_RINGING,                   /**< incoming, not answered yet (DOOR-02) */
	DOOR_TALKING,
	DOOR_HELD,                      /**< on hold by the other side */
	DOOR_STATES
};

/** What the door asks of the telephone; each returns 0 or an errno.  `call` is the door's number. */
struct door_phone_ops {
	/** account 1..3: From is its identity (SUP-03); 0 = P2P, From is from_user (SUP-02) */
	int (*dial)(void *ctx, uint32_t call, const char *to, unsigned account, const char *from_user);
	int (*ring)(void *ctx, uint32_t call);
	int (*answer)(void *ctx, uint32_t call);
	int (*reject)(void *ctx, uint32_t call, unsigned code);
	int (*hangup)(void *ctx, uint32_t call);
	int (*digits)(void *ctx, uint32_t call, const char *digits, unsigned on_ms, unsigned off_ms);
	int (*mute)(void *ctx, uint32_t call, bool mute);       /**< detector off while we send (SUP-24) */
	int (*message)(void *ctx, const char *to, unsigned account, const char *from_user, const char *body);
	int (*say)(void *ctx, enum announce a);                 /**< speak at the loudspeaker, after what is spoken (DOOR-09) */
	void (*hush)(void *ctx, unsigned which);                /**< end those messages, bit n = enum announce n */
};

/** Things told to the door */
enum door_in_type {
	DOOR_IN_EDGE,                   /**< edge: a line of the port */
	DOOR_IN_INCOMING,               /**< call, text = from */
	DOOR_IN_PROGRESS,               /**< call, code */
	DOOR_IN_ANSWERED,               /**< call */
	DOOR_IN_CLOSED,                 /**< call, code (0 = hang-up), text = cause */
	DOOR_IN_HOLD,                   /**< call, level */
	DOOR_IN_DIGIT,                  /**< call, digit, text = way */
	DOOR_IN_DIGITS_SENT,            /**< call */
	DOOR_IN_MEDIA_LOST,             /**< call */
	DOOR_IN_HANGUP,                 /**< end whatever call there is (page, API) */
	DOOR_IN_DIAL,                   /**< text = contact (contact.h), called by command (page, API: SIP-11) */
	DOOR_IN_ANSWER,                 /**< answer the incoming call now (page, API: SIP-11) */
	DOOR_IN_STRIKE,                 /**< code = relay 1..2: a local command (page, API) */
	DOOR_IN_SAY,                    /**< code = enum announce: a person tries a voice message */
	DOOR_IN_APPLY,                  /**< settings changed: show them */
	DOOR_IN_ACCOUNT,                /**< code = account 1..3, level = registered (or switched off: no
	                                     fault), text = cause (SIP-10) */
};

struct door_in {
	uint64_t t_us;
	enum door_in_type type;
	uint32_t call;
	uint16_t code;
	bool level;
	char digit;
	enum gap_input line;            /**< DOOR_IN_EDGE */
	char text[SETTINGS_URI];
};

#define DOOR_ACCOUNTS 3
#define DOOR_EXTENSIONS 12              /**< three lists of four contacts */
#define DOOR_QUEUE 16
#define DOOR_QUEUE_CLOSED 4             /**< further places for DOOR_IN_CLOSED: no end of a call is lost */

/** Deadlines of one door; those of relays follow each other */
enum door_timer {
	DOOR_T_PRESS,                   /**< press becomes accepted (HW-01) */
	DOOR_T_FAULT,                   /**< button fault (DOOR-07) */
	DOOR_T_RING,                    /**< T since the INVITE (DOOR-03) */
	DOOR_T_ANSWER,                  /**< incoming call is answered (DOOR-02) */
	DOOR_T_TALK,                    /**< end of communication (DOOR-04) */
	DOOR_T_RELAY,                   /**< end of relay 1's hold or line time (REL-02) */
	DOOR_T_RELAY2,
	DOOR_T_SUP,                     /**< C or acknowledgement overdue (SUP-23) */
	DOOR_T_REACK,                   /**< a lone 1 after the acknowledgement is a repeated one */
	DOOR_T_CODE,                    /**< pause inside a code (REL-08) */
	DOOR_T_BOOT,                    /**< end of the lamp test (HW-09) */
	DOOR_T_INPUT,                   /**< input becomes accepted (DOOR-08) */
	DOOR_T_REPORT,                  /**< a technical or test call begins (SUP-31) */
	DOOR_T_DONE,                    /**< a technical or test call has nothing more to say (SUP-22) */
	DOOR_T_PBX,                     /**< a lost registration counts (SUP-31) */
	DOOR_T_TEST,                    /**< cyclic test (SUP-30) */
	DOOR_TIMERS
};

/** What became of a code that was entered as a whole (API-01) */
enum code_result {
	CODE_TAKEN,                     /**< its strike is energised */
	CODE_WRONG,
	CODE_NOT_REMOTE,                /**< its activation type is local (REL-08) */
	CODE_OUT_OF_SLOT,               /**< its time slot is not active (SCH-01) */
	CODE_NO_STRIKE,                 /**< its relay shows line, mains or network (REL-06) */
	CODE_RUNNING                    /**< its strike is energised already (REL-07) */
};

/** Where the supervision protocol of the present call stands (SUP-20 to SUP-24) */
enum sup_state { SUP_OFF, SUP_WAIT_C, SUP_SENDING, SUP_WAIT_ACK, SUP_ACKED, SUP_NO_C };

/** What a door must know again after a restart: the plan of the cyclic test (SUP-30) */
struct door_memory {
	int64_t retry_s;                /**< once more at this moment [s since 1970 UTC], 0 = no */
	int32_t days, at_min;           /**< settings the plan was made for; days 0 = no plan */
	int32_t due_day;                /**< next test: local day since 1970-01-01 ... */
	int32_t anchor_s;               /**< ... and second of that day */
};

struct door {
	const struct settings *conf;
	const struct gap_port_ops *port;
	void *port_ctx;
	const struct door_phone_ops *phone;
	void *phone_ctx;
	struct event_bus *bus;

	uint64_t now_us;                /**< time of what is being processed */
	uint64_t step_us;               /**< time of the step: events are stamped with it */
	uint64_t timer[DOOR_TIMERS];    /**< GAP_NEVER = not running */

	enum door_state state;
	uint32_t call;                  /**< number of the present call, 0 = none */
	uint32_t calls;                 /**< last number given */
	uint64_t answered_us;
	enum reason reason;             /**< of an outgoing call */
	const struct contact_list *list; /**< being called */
	unsigned contact;               /**< 0..3, index in the list */
	struct contact_list command;    /**< the one contact of a call by command (SIP-11) */
	bool messaged;                  /**< the MESSAGE to another contact is out (SUP-10) */
	bool reported;                  /**< the technical or test call has succeeded so far (SUP-23) */
	bool outgoing;
	bool answering;                 /**< the incoming call was told to be answered */
	uint32_t struck_in[GAP_RELAYS]; /**< call a strike was commanded in, 0 = none (DOOR-05) */

	enum sup_state sup;
	int dtmf;                       /**< enum dtmf_protocol of the called contact (SUP-25) */
	unsigned sup_frames;            /**< frames sent in this call */
	unsigned sup_acks;
	uint64_t sup_last_us;           /**< when the last digit of the frame begins */
	bool sup_early_ack;             /**< a 1 was heard since */
	uint64_t sup_reack_until_us;    /**< until then a lone 1 is answered again */

	char code[9];                   /**< digits entered so far */
	unsigned code_n;

	bool line[GAP_INS];             /**< levels */
	bool link_told;                 /**< the link's level is known (REL-05) */
	bool supply_seen[2];            /**< mains, PoE healthy once since boot (REL-04) */
	bool button_fault;
	bool supply_fault;              /**< as reported (SUP-31) */
	uint32_t extension;             /**< of the present outgoing call: its URI and account in short, 0 = P2P (SUP-12) */
	bool extension_heard, extension_rang; /**< a word of it came; it rang (180) */
	uint32_t lost[DOOR_EXTENSIONS]; /**< told as unreachable, not reached since */
	unsigned lost_n;
	bool speak_address;             /**< DIP switch 2 at boot (HW-06) */
	unsigned accounts_told, accounts_ok; /**< bit n = account n */
	uint8_t waiting[REASON_COUNT];  /**< enum reason, technical and test calls to make */
	unsigned waiting_n;
	int64_t clock_us;               /**< the door's calendar less the port's (TIM-01) */
	struct door_memory memory;
	bool memory_changed;            /**< the host keeps it, see door_memory_take() */
	bool relay[GAP_RELAYS];
	int32_t function[GAP_RELAYS];   /**< enum relay_function in force */
	struct gap_light light[GAP_PICTOS];

	unsigned head, queued;
	struct door_in queue[DOOR_QUEUE + DOOR_QUEUE_CLOSED];
};

void door_init(struct door *d, const struct settings *conf, struct event_bus *bus,
	       const struct gap_port_ops *port, void *port_ctx,
	       const struct door_phone_ops *phone, void *phone_ctx);
void door_remember(struct door *d, const struct door_memory *m);
bool door_memory_take(struct door *d, struct door_memory *m);
void door_clock(struct door *d, int64_t clock_us);
int64_t door_wall_us(const struct door *d);
void door_boot(struct door *d);
void door_shutdown(struct door *d, const char *cause);
int door_input(struct door *d, const struct door_in *in);
uint32_t door_call_number(struct door *d);
void door_step(struct door *d, uint64_t now_us);
enum code_result door_code(struct door *d, const char *digits, uint64_t now_us);
uint64_t door_deadline(const struct door *d);
bool door_can_dial(const struct door *d);
bool door_can_answer(const struct door *d);
const char *door_state_name(enum door_state state);
uint64_t door_relay_left_us(const struct door *d, unsigned relay, uint64_t now_us);

/* --- private to core/door --- */

#define door_emit(d, id, ...) \
	event_emit((d)->bus, (d)->step_us, door_wall_us(d), (id), ##__VA_ARGS__)

void door_timer_start(struct door *d, enum door_timer t, uint64_t delay_us);
void door_timer_stop(struct door *d, enum door_timer t);
bool door_timer_runs(const struct door *d, enum door_timer t);

void button_edge(struct door *d, bool pressed);
void button_timer(struct door *d, enum door_timer t);

/** Inputs of the call automaton; see the table in calling.c */
enum calling_in {
	CALLING_PRESS, CALLING_INCOMING, CALLING_PROGRESS, CALLING_ANSWERED, CALLING_CLOSED, CALLING_HOLD,
	CALLING_RING_END, CALLING_ANSWER_DUE, CALLING_TALK_END, CALLING_STRIKE_END,
	CALLING_MEDIA_LOST, CALLING_HANGUP,
	CALLING_DAY_CALL, CALLING_OWN_LIST,     /* the input (DOOR-08) */
	CALLING_REPORT, CALLING_REPORT_DONE,    /* technical and test calls (SUP-30, SUP-31) */
	CALLING_DIAL, CALLING_ANSWER,           /* commands (SIP-11) */
	CALLING_INS
};
void calling_input(struct door *d, enum calling_in in, const struct door_in *arg);
bool calling_active(const struct door *d);
bool calling_reports(const struct door *d);

void input_edge(struct door *d, bool closed);
void input_apply(struct door *d);
void input_timer(struct door *d);

int64_t schedule_local_s(const struct settings *s, int64_t wall_us);
bool schedule_active(const struct settings *s, int32_t slot, int64_t wall_us);
bool schedule_now(const struct door *d, int32_t slot);
unsigned schedule_volume(const struct settings *s, int64_t wall_us);

void technical_report(struct door *d, enum reason r);
bool technical_waits(const struct door *d, enum reason r);
bool technical_take(struct door *d, enum reason *r);
void technical_kick(struct door *d);
void technical_timer(struct door *d);
void technical_edge(struct door *d);
void technical_account(struct door *d, const struct door_in *in);
void technical_pbx_timer(struct door *d);
bool technical_pbx_fault(const struct door *d);
bool technical_network_fault(const struct door *d);

void extension_called(struct door *d, const char *uri, unsigned account);
void extension_progress(struct door *d, unsigned code);
void extension_reached(struct door *d);
void extension_failed(struct door *d, unsigned code);

void cyclic_plan(struct door *d);
void cyclic_timer(struct door *d);
void cyclic_result(struct door *d, bool ok);

void relay_boot(struct door *d);
int relay_strike(struct door *d, unsigned relay, const char *cause);
void relay_line(struct door *d, bool active);
void relay_faults(struct door *d);
bool relay_supply_fault(const struct door *d);
void relay_apply(struct door *d);
void relay_timer(struct door *d, unsigned relay);
void relay_release_all(struct door *d, const char *cause);

void code_reset(struct door *d);
enum code_result code_enter(struct door *d, const char *digits);
void code_digit(struct door *d, char digit);
void code_timer(struct door *d);
void code_hold(struct door *d, char digit);
bool code_goes_on_after(const struct door *d, char digit);

void pictogram_update(struct door *d);

const char *announce_name(enum announce a);
int announce_find(enum announce *a, const char *text);
void announce_say(struct door *d, enum announce a);
void announce_try(struct door *d, unsigned a);
void announce_call(struct door *d, unsigned account);
void announce_seize(struct door *d);
void announce_hush_call(struct door *d);
void announce_hush(struct door *d);

void sup_answered(struct door *d);
void sup_digit(struct door *d, char digit, const char *via);
void sup_sent(struct door *d);
void sup_timer(struct door *d, enum door_timer t);
void sup_closed(struct door *d);

/** One row of SUP-01/SUP-02/SUP-10 */
struct reason_row {
	uint16_t alerte;                /**< code of the MESSAGE; cd of the frame */
	const char *user;               /**< after IDENTITY_, NULL = a setting */
	bool vocal;
};
const struct reason_row *reason_row(enum reason r);
const char *reason_name(const struct settings *s, enum reason r);
int report_from_user(char *buf, size_t size, const struct settings *s, enum reason r);
int report_body(char *buf, size_t size, const struct settings *s, enum reason r);
#define REPORT_BODY 64
#define REPORT_USER 48
#define REPORT_PRODUCT 81
#define REPORT_MODULE 1

#endif
