/**
 * @file phone_priv.h  Inside of the door's telephone, shared by phone*.c
 */
#ifndef SIP_PHONE_PRIV_H
#define SIP_PHONE_PRIV_H

#include "account.h"
#include "phone.h"
#include "../media/voice.h"

#define PHONE_LINES 4

struct line {
	struct phone *phone;
	struct call *call;
	uint32_t number;
};

/** An account of the settings; empty where it is not active */
struct registration {
	struct phone *phone;
	struct account *account;
	unsigned number;                /**< 1..3 */
	bool untold;                    /**< the door could not take the last news */
};

struct phone {
	struct phone_config cfg;
	struct ua *ua;
	struct line line[PHONE_LINES];
	struct registration reg[SETTINGS_ACCOUNTS];
	struct tmr accounts;
	struct voice *voice;            /**< NULL before the first message */
	char peer[SETTINGS_URI];
	uint32_t encrypted;             /**< call of what follows */
	char encryption[80];            /**< "srtp AES_CM_128_HMAC_SHA1_80" */
};

/* phone_voice.c */
int phone_say(void *ctx, enum announce a);
void phone_hush(void *ctx, unsigned which);
void phone_play(const struct phone *p, int16_t pcm[GAP_FRAME]);

/* phone_secure.c */
struct call_event;
void phone_secure(struct line *l, const struct call_event *ev);
void phone_secure_stats(const struct line *l, const struct stream_stats *st);
void phone_secure_refused(const char *kind, const char *cause, void *arg);

/* phone_account.c */
void phone_accounts_end(struct phone *p, bool force);
const struct ua_identity *phone_identity(const struct phone *p, unsigned account);

#endif
