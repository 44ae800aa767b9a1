/**
 * @file ua_priv.h  Inside of the user agent, shared by ua*.c and call_*.c
 */
#ifndef SIP_UA_PRIV_H
#define SIP_UA_PRIV_H

#include "core/sip/ua.h"

#define UA_PAST 2                       /* outgoing calls that are over, whose forks may still answer */
#define UA_PAST_MS 32000

struct ua_past {
	struct sip_dialog *dlg;
	uint64_t until_ms;
};

struct ua {
	struct sip *sip;                /* NULL once closed */
	ua_trace_h *trace;              /* NULL = none */
	void *trace_arg;
	int64_t (*wall_us)(void *arg);
	void *wall_arg;
	struct tmr bye;                 /* libre's stack is done, it is freed one turn later */
	bool closing;                   /* the stack still finishes transactions, and holds us */
	struct sipsess_sock *sock;
	struct sip_lsnr *requests, *responses, *forks;
	struct ua_past past[UA_PAST];
	uint32_t fork_tag;              /* hash of the last forked answer's tag: its BYE is sent */
	struct udp_sock *udp;           /* SIP's socket, learnt from the first request */
	struct tls *tls;                /* NULL until TLS is in use */
	struct list tls_names;          /* host names that were called over TLS */
	struct tmr listen;              /* TCP and TLS start when whoever hears of faults is there */
	bool tcp_up, tls_up;
	uint16_t tls_port;              /* as bound */
	struct sa laddr;                /* as bound */
	struct sa addr;                 /* as told to others */
	char *user, *software, *uri;
	const struct settings *conf;
	struct media *media;
	struct list calls;              /* live struct call, not owned */
	uint16_t message_code;
	struct list messages;           /* MESSAGEs waiting for their answer */
	struct list accounts;           /* struct account, not owned */
	ua_call_h *callh;
	ua_message_h *msgh;
	ua_refused_h *refh;
	void *arg;
	struct nat *nat;                /* NULL = others are told addr */
	struct dnsc *dnsc;              /* borrowed, NULL = addresses only */
	ua_nat_h *nath;
	void *nat_arg;
	ua_fault_h *faulth;
	void *fault_arg;
	ua_plain_h *plainh;
	void *plain_arg;
};

/* ua.c */
int ua_user_uri(const struct ua *ua, char **urip, const char *user, enum sip_transp tp);
void ua_refused(struct ua *ua, const struct sip_msg *msg, uint16_t scode);

/* ua_transport.c */
int ua_transports(struct ua *ua, const struct ua_config *cfg);
int ua_spell(char **urip, enum sip_transp *tp, const char *to, int32_t over);
int ua_target(struct ua *ua, char **urip, enum sip_transp *tp, const char *to, int32_t over);

/* tls.c */
int tls_start(struct ua *ua, const char **about, const char **why);
void tls_stop(struct ua *ua);
int tls_called(struct ua *ua, const struct pl *host);

/* ua_fork.c */
bool ua_fork(const struct sip_msg *msg, void *arg);
void ua_fork_keep(struct ua *ua, struct sip_dialog *dlg);
void ua_fork_forget(struct ua *ua);

/* ua_request.c */
bool ua_request(const struct sip_msg *msg, void *arg);

/* ua_message.c */
void ua_message_recv(struct ua *ua, const struct sip_msg *msg);
int ua_text(char **textp, const struct pl *pl);

/* account.c */
const struct ua_identity *account_called(const struct ua *ua, const struct sip_msg *msg);

/* call_update.c */
void call_update_recv(struct ua *ua, const struct sip_msg *msg);
struct call *call_of_dialog(const struct ua *ua, const struct sip_msg *msg);

/* call_answer.c */
void call_incoming(const struct sip_msg *msg, void *arg);

#endif
