/**
 * @file pbx_priv.h  Inside of the PBX, shared by pbx*.c
 */
#ifndef RUNNER_PBX_PRIV_H
#define RUNNER_PBX_PRIV_H

#include "pbx.h"

#define PBX_TAG "pbx"                   /* To tag of what the PBX answers itself */

struct pbx_user {
	struct le le;
	char *name, *password;
	enum pbx_way way;
	uint32_t delay_ms;
	char *contact;                  /* URI; NULL = not registered */
	struct sa addr;                 /* where its REGISTER came from */
	uint64_t until_ms;
	char *etag;
};

/** An INVITE that is held back, or was swallowed */
struct pbx_held {
	struct le le;
	struct pbx *pbx;
	struct sip_msg *msg;
	struct sa src;
	struct pbx_user *user;
	struct tmr tmr;
};

struct pbx {
	struct udp_sock *us;            /* NULL = dead */
	struct sa laddr;
	char *realm;
	bool challenge;
	uint32_t min_expires_s, max_expires_s;
	struct pbx_faults faults;
	struct list users, held;
	uint64_t nonces;                /* given so far */
	uint64_t forgotten;             /* nonces up to this one are stale */
	uint64_t etags;
	pbx_event_h *h;
	void *arg;
};

/* pbx.c */
struct pbx_user *pbx_find(const struct pbx *p, const struct pl *name);
bool pbx_is_us(const struct pbx *p, const struct uri *uri);
void pbx_tell(struct pbx *p, const char *name, const struct pbx_user *u, const char *text, uint32_t number);
int  pbx_reply(struct pbx *p, const struct sip_msg *msg, const struct sa *src, uint16_t scode,
	       const char *reason, const char *headers);
void pbx_send(struct pbx *p, const struct sa *dst, struct mbuf *mb);

/* pbx_auth.c */
bool pbx_authorized(struct pbx *p, const struct sip_msg *msg, const struct sa *src, struct pbx_user *u,
		    bool proxy);

/* pbx_registrar.c */
void pbx_register(struct pbx *p, const struct sip_msg *msg, const struct sa *src);
void pbx_publish(struct pbx *p, const struct sip_msg *msg, const struct sa *src);

/* pbx_proxy.c */
void pbx_proxy(struct pbx *p, struct sip_msg *msg, const struct sa *src);
void pbx_response(struct pbx *p, const struct sip_msg *msg);

#endif
