/**
 * @file call_priv.h  Inside of a call, shared by call_*.c and ua.c
 */
#ifndef SIP_CALL_PRIV_H
#define SIP_CALL_PRIV_H

#include "core/sip/call.h"
#include "core/sip/call_sdp.h"
#include "core/sip/sdes.h"
#include "core/sip/nat.h"
#include "core/sip/ua_priv.h"

#define CALL_EVENTS 16                  /* waiting at once; a turn of the loop never makes more */
#define CALL_REASON 48

struct call_queued {
	struct call_event ev;
	char reason[CALL_REASON];
};

/** As whom and by which way the INVITE went, for one that follows it */
struct call_way {
	char *from, *display, *route, *headers;
	sip_auth_h *authh;
	void *arg;                      /* referenced */
};

/** Session timer (RFC 4028) */
struct call_timer {
	uint32_t ask_s;                 /* what our INVITE asks for, 0 = nothing */
	uint32_t session_s;             /* agreed, 0 = none */
	bool ours;                      /* we refresh */
	bool raised;                    /* 422 was obeyed once */
	bool update;                    /* the other side serves UPDATE */
	char header[64];                /* of our 200 */
	struct tmr tmr;                 /* refresh, or end */
	struct sip_request *req;        /* UPDATE under way */
	struct sip_auth *auth;
};

struct call {
	struct le le;                   /* in ua->calls while it lives */
	struct ua *ua;
	bool rung;                      /**< 180 was sent */
	struct sipsess *sess;           /* NULL: not yet answered in any way, or over */
	struct sip_msg *msg;            /* incoming INVITE until sess is there */
	struct sdp_session *sdp;
	struct sdp_media *media;        /* owned by sdp */
	struct call_sdp remote;
	enum media_encryption encryption; /* as wanted when the call began (SIP-09) */
	char *zrtp_hash;                /* of our Hello; NULL = another kind */
	struct sdes *sdes;              /* SRTP's keys; NULL = another kind */
	struct stream *stream;
	struct nat_leg *leg;            /* its public side, NULL = none of its own */
	struct ice_leg *ice;            /* NULL = no ICE */
	struct sa ice_peer;             /* where its pair leads, unset = none */
	call_event_h *h;
	void *arg;
	char *peer, *id, *user, *contact;
	bool outgoing, offered;         /* offered: the INVITE has SDP (ours or theirs) */
	bool answered;                  /* 200 sent or received */
	bool established;               /* and acknowledged */
	bool negotiated;                /* remote is valid */
	bool held;                      /* last CALL_HOLD told */
	bool over;
	enum sdp_dir dir;               /* ours, by call_hold() */
	uint64_t origin_id;
	uint32_t origin_version;
	enum dtmf_via via;
	struct call_way way;
	struct call_timer timer;
	struct tmr tmr;                 /* delivers the queue */
	struct call_queued queue[CALL_EVENTS];
	unsigned head, count;
	struct call_queued last;        /* CALL_CLOSED, after the queue */
};

/* call.c */
int call_alloc(struct call **cp, struct ua *ua, const char *user, enum sip_transp tp);
void call_post(struct call *c, const struct call_event *ev, const struct pl *reason);
void call_end(struct call *c, bool force);

/* call_dial.c */
int call_invite(struct call *c);

/* call_answer.c */
int call_open_session(struct call *c, uint16_t scode, const char *reason, struct mbuf *desc);
int call_described(struct call *c, const struct sip_msg *msg);
void call_refuse_for(struct ua *ua, const struct sip_msg *msg, int err);

/* call_replace.c */
bool call_replace(struct ua *ua, const struct sip_msg *msg);

/* call_timer.c */
uint32_t call_timer_value(const struct sip_msg *msg, enum sip_hdrid id);
bool call_timer_too_short(struct ua *ua, const struct sip_msg *msg);
void call_timer_asked(struct call *c, const struct sip_msg *msg);
void call_timer_answered(struct call *c, const struct sip_msg *msg);
void call_timer_start(struct call *c);
void call_timer_stop(struct call *c);
void call_timer_reinvited(struct call *c);
bool call_timer_raise(struct call *c, const struct sip_msg *msg);

/* call_session.c: handlers of sipsess, same for both directions */
int call_offer_handler(struct mbuf **descp, const struct sip_msg *msg, void *arg);
int call_answer_handler(const struct sip_msg *msg, void *arg);
void call_progress_handler(const struct sip_msg *msg, void *arg);
void call_established_handler(const struct sip_msg *msg, void *arg);
void call_refer_handler(struct sip *sip, const struct sip_msg *msg, void *arg);
void call_close_handler(int err, const struct sip_msg *msg, void *arg);

/* call_info.c */
void call_info_handler(struct sip *sip, const struct sip_msg *msg, void *arg);
void call_info_send(struct call *c, char digit, unsigned duration_ms);

/* call_secure.c */
int call_secure_alloc(struct call *c);
int call_secure_anew(struct call *c);
void call_secure_describe(struct call *c, struct sdp_media *m);
int call_secure_offer(struct call *c);
int call_secure_read(struct call *c, const struct sdp_media *m, bool offer, int err);
int call_secure_start(struct call *c);
void call_secure_event(struct call *c, const struct stream_event *ev);
const char *call_secure_cause(enum media_encryption kind, bool offer);

/* call_ice.c */
int call_ice_offer(struct call *c);
int call_ice_offered(struct call *c, struct sdp_session *s, struct sdp_media *m);
int call_ice_answered(struct call *c);
bool call_ice_waits(struct call *c);
const struct sa *call_ice_peer(const struct call *c, bool rtcp);
void call_ice_end(struct call *c);

/* call_media.c */
int call_media_alloc(struct call *c);
int call_media_offer(struct call *c, struct mbuf **mbp);
int call_media_answer(struct call *c, struct mbuf **mbp);
int call_media_read_offer(struct call *c, const struct sip_msg *msg);
int call_media_read_answer(struct call *c, const struct sip_msg *msg);
int call_media_start(struct call *c);
void call_media_held(struct call *c);

#endif
