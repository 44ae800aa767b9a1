/**
 * @file account_priv.h  Inside of an account, shared by account*.c
 */
#ifndef SIP_ACCOUNT_PRIV_H
#define SIP_ACCOUNT_PRIV_H

#include "core/sip/account.h"
#include "core/sip/exchange.h"
#include "core/sip/ua_priv.h"

#define ACCOUNT_WAYS 2                  /* by the route, and straight to the server */
#define ACCOUNT_RAISES 2                /* how often one registration is asked to be longer (423) */

/** User and password, referenced by every request and call of the account */
struct account_login {
	char *user, *password;
};

/** What was told last */
struct account_told {
	bool told, ok;
	uint16_t scode;
};

struct account {
	struct le le;                   /* in ua->accounts */
	struct ua *ua;                  /* NULL once closed */
	struct account_settings conf;
	struct account_login *login;
	struct ua_identity as;          /* with the way in use */
	char *identity, *registrar, *contact;
	char *way[ACCOUNT_WAYS];        /* routes in order of preference; NULL = none needed */
	unsigned ways, now;             /* number of them, the one in use */
	unsigned tried;                 /* in this round */
	unsigned fails;                 /* rounds in a row */
	unsigned raises;
	struct exchange *reg;
	struct sip_keepalive *alive;    /* TCP, TLS: hears when the connection breaks */
	uint64_t registered_ms;
	struct tmr tmr;                 /* next REGISTER */
	uint32_t expires_s;             /* asked for */
	struct account_told reg_news;   /* .ok = registered */

	struct exchange *pub;           /* presence */
	struct tmr pub_tmr;
	char *etag;
	uint32_t pub_expires_s;
	struct account_told pub_news;
	account_h *h;
	void *arg;
};

/* account.c */
void account_moved(struct account *a);
void account_tell(struct account *a, bool presence, bool ok, int err, const struct sip_msg *msg);
uint32_t account_refresh_ms(uint32_t expires_s);
int account_exchange(struct account *a, struct exchange **xp, const char *uri, exchange_h *h);

/* account_register.c */
void account_register(struct account *a);
void account_unregister(struct account *a);

/* account_publish.c */
void account_publish(struct account *a);
void account_unpublish(struct account *a);

#endif
