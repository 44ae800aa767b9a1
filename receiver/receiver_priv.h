/**
 * @file receiver_priv.h  Inside of the receiver, shared by receiver.c and session*.c
 */
#ifndef RECEIVER_RECEIVER_PRIV_H
#define RECEIVER_RECEIVER_PRIV_H

#include "core/door/door.h"
#include "receiver.h"

struct receiver {
	struct receiver_config cfg;     /* cfg.user is not kept */
	struct settings conf;           /* of the agent */
	struct ua *ua;
	struct list sessions;           /* struct session, owned */
	unsigned calls;                 /* last number given */
	bool busy;                      /* fault stuck has struck */
	struct watch *watch;            /* NULL = tests are not watched */
	receiver_alarm_h *alarmh;
	receiver_event_h *eventh;
	void *arg;
};

/** States of a call; the table is in session.c */
enum session_state {
	SESSION_RING, SESSION_CONNECT, SESSION_C_DUE, SESSION_LISTEN, SESSION_CHECK, SESSION_ACK,
	SESSION_CODE, SESSION_TALK, SESSION_END, SESSION_GONE, SESSION_STATES
};

#define SESSION_NEVER UINT64_MAX        /* delay of a state without a timer */

/** One call */
struct session {
	struct le le;
	struct receiver *r;             /* borrowed: it owns us */
	struct call *call;
	struct receiver_faults faults;  /* as they were at the INVITE */
	enum session_state state;
	struct tmr tmr;                 /* end of the state */
	struct frame_reader reader;
	char text[FRAME_MAX + 1];       /* digits since the last C, as many as fit */
	struct receiver_alarm alarm;
	unsigned digits;                /* heard in this call */
	unsigned part;                  /* of them since the last C */
	unsigned asked;                 /* how often C was sent */
	unsigned ack_turns;             /* acknowledgements due so far */
	unsigned bad_replies;           /* fault bad-crc-reply: still to give */
	uint64_t answered_us;
};

/* session.c */
int session_alloc(struct receiver *r, struct call *call);
void session_finish(struct session *s, enum receiver_result result, const char *cause);
void session_step(const struct session *s, enum receiver_step step, const char *text, unsigned n);
void session_state(struct session *s, enum session_state state, uint64_t delay_ms);
void session_end(struct session *s, enum receiver_result result, const char *cause,
		 uint64_t delay_ms);
void session_talk(struct session *s, enum receiver_result result);
void session_send(const struct session *s, const char *digits);

/* session_frame.c */
void session_ask(struct session *s);
void session_digit(struct session *s, char digit, enum dtmf_via via);
void session_sent(struct session *s);
void session_quiet(struct session *s);
void session_judge(struct session *s);
void session_ack(struct session *s);

/* watch.c: doors whose cyclic tests are due */
struct watch;
typedef void (watch_h)(const char *identity, void *arg);

int  watch_alloc(struct watch **wp, unsigned period_s, unsigned grace_s, watch_h *h, void *arg);
void watch_alarm(struct watch *w, const struct receiver_alarm *a);

/* receiver.c */
void receiver_tell(struct receiver *r, const struct receiver_alarm *a);

/* alarm.c */
void alarm_open(struct receiver_alarm *a, const struct settings *conf, const char *from);
void alarm_message(struct receiver_alarm *a, const char *body);
void alarm_part(struct receiver_alarm *a, const char *digits);
void alarm_frame(struct receiver_alarm *a, const struct frame *f);

#endif
