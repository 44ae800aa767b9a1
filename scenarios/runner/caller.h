/**
 * @file caller.h  A caller that behaves as a faulty door, to try an alarm receiver (RCV-01)
 *
 * It has a SIP stack and an RTP leg of its own, so that everything on the wire can be wrong in a chosen
 * way, on either clock: digits, their packets, their payload type, and the network under them.
 *
 *     bind_caller.c   the script's side
 *     caller_sip.c    INVITE, BYE, CANCEL, INFO, MESSAGE
 *     caller_rtp.c    packets out: sound, digits, and what becomes of them
 *     caller_ear.c    packets in: digits by RFC 4733 and in the sound
 */
#ifndef RUNNER_CALLER_H
#define RUNNER_CALLER_H

#include "../../core/media/dtmf.h"
#include "bind.h"
#include "tone.h"
#include "voice.h"

/** How digits are sent, taken over at the start of each text of digits */
struct caller_way {
	bool events, inband, info;
	bool marker;                    /**< on the first packet of an event */
	unsigned ends;                  /**< end packets of an event, 0 to 3 */
	int level_dbm0, twist_db;
};

/** What the network does to what is sent; percent */
struct caller_net {
	double loss, duplicate, reorder, jitter_ms;
	double skew_ppm;                /**< its clock is faster by so much, slower where negative */
};

/** What the leg tells; digits are merged over all ways */
struct caller_rtp_ops {
	void (*digit)(char digit, enum dtmf_via via, void *arg);
	void (*sent)(void *arg);                /**< the queue of digits is empty */
	void (*info)(char digit, unsigned ms, void *arg);
};

struct caller_rtp {
	struct udp_sock *us;
	struct sa local, remote;
	bool running, quiet;            /**< quiet: no packet at all goes out */
	struct tmr tmr;
	uint64_t next_us;
	int64_t rest_ns;                /**< of next_us */
	uint16_t seq;
	uint32_t ts, ssrc;
	uint8_t pt;                     /**< of the sound: 8 or 0 */
	int event_tx, event_rx;         /**< payload types, -1 = none */
	struct dtmf_tx *tx;
	unsigned digit_ms;
	struct caller_way way;
	struct voice voice;
	bool heard;                     /**< a packet came from where the SDP said */
	struct dtmf_rx *rx;
	struct dtmf_event_rx events;
	struct dtmf_merge merge;
	struct caller_net net;
	uint64_t chance;                /**< state of its random stream */
	struct mbuf *held;              /**< reordering: goes out behind the next packet */
	struct list late;               /**< jitter: packets on their way */
	const struct caller_rtp_ops *ops;
	void *arg;
};

struct caller_actor {
	struct actor a;
	struct world *w;
	struct sip *sip;
	struct sipsess_sock *sock;
	struct sipsess *sess;           /**< NULL = no call */
	struct sdp_session *sdp;
	struct sdp_media *media;
	struct list messages;           /**< MESSAGEs waiting for their answer */
	struct caller_rtp rtp;
	char user[128];                 /**< of From: "123456789_bouton_appel" */
	char codec[8];
	int event_pt;                   /**< offered, -1 = no telephone-event */
	uint32_t number;                /**< calls so far */
	bool up;
};

/* caller_rtp.c */
int  caller_rtp_open(struct caller_rtp *r, const struct sa *laddr, uint64_t random, bool virtual_time,
		     const struct caller_rtp_ops *ops, void *arg);
void caller_rtp_start(struct caller_rtp *r);
void caller_rtp_stop(struct caller_rtp *r);
void caller_rtp_close(struct caller_rtp *r);
int  caller_rtp_digits(struct caller_rtp *r, const char *digits, unsigned on_ms, unsigned off_ms,
		       const struct caller_way *way);

/* caller_ear.c */
void caller_ear_recv(const struct sa *src, struct mbuf *mb, void *arg);
void caller_ear_digit(struct caller_rtp *r, char digit, enum dtmf_via via);
int  caller_ear_open(struct caller_rtp *r);

/* caller_sip.c */
int  caller_sip_open(struct caller_actor *c);
int  caller_sip_dial(struct caller_actor *c, const char *uri, const char *headers);
int  caller_sip_message(struct caller_actor *c, const char *uri, const char *type, const char *body);
int  caller_sip_modify(struct caller_actor *c, int event_pt);
void caller_sip_info(struct caller_actor *c, char digit, unsigned ms);
void caller_sip_vanish(struct caller_actor *c);
void caller_sip_close(struct caller_actor *c);

/* bind_caller.c: what happened becomes an entry of the log */
void caller_log_code(struct caller_actor *c, const char *event, unsigned code, const struct pl *reason);
void caller_log_answered(struct caller_actor *c, const char *event);

#endif
