/**
 * @file account.c  One account at a PBX: its identity, its life, its news (SIP-03, SUP-03)
 *
 *     setting                     becomes
 *     server, port, domain        registrar "sip:DOMAIN", else "sip:SERVER:PORT"
 *     identity                    From; empty: "sip:USER@" and the registrar's rest (manual §3.3.13)
 *     route                       first way: Route header and next hop
 *     (server)                    second way, or the only one; a Route where there is a domain
 *
 * News are told where they change: registered or not, and the code why not.
 */
#include <errno.h>
#include <string.h>
#include "core/sip/account_priv.h"
#include "core/sip/nat.h"

static void no_news(const struct account_news *news, void *arg)
{
	(void)news;
	(void)arg;
}

static void login_destructor(void *arg)
{
	struct account_login *l = arg;

	mem_deref(l->user);
	mem_deref(l->password);
}

static int login_alloc(struct account_login **lp, const struct account_settings *conf)
{
	struct account_login *l = mem_zalloc(sizeof(*l), login_destructor);
	int err;

	if (!l)
		return ENOMEM;

	err = str_dup(&l->user, conf->auth_id[0] ? conf->auth_id : conf->user);
	if (!err)
		err = str_dup(&l->password, conf->password);
	if (err)
		mem_deref(l);
	else
		*lp = l;

	return err;
}

/* Whatever the realm calls itself, the account has one password */
static int credentials(char **user, char **password, const char *realm, void *arg)
{
	const struct account_login *l = arg;
	int err;

	(void)realm;
	err = str_dup(user, l->user);
	if (!err)
		err = str_dup(password, l->password);

	return err;
}

static void destructor(void *arg)
{
	struct account *a = arg;
	unsigned i;

	account_close(a, true);
	mem_deref(a->login);
	mem_deref(a->identity);
	mem_deref(a->registrar);
	mem_deref(a->contact);
	mem_deref(a->etag);
	for (i = 0; i < ACCOUNT_WAYS; i++)
		mem_deref(a->way[i]);
}

/* "sip:[USER@]HOST[:PORT]"; port 0 = none */
static int make_uri(char **urip, const char *user, const char *host, int32_t port, const char *over)
{
	char text[8] = "";

	if (port && port != SIP_PORT)
		(void)re_snprintf(text, sizeof(text), ":%d", port);

	return re_sdprintf(urip, "sip:%s%s%s%s%s", user, *user ? "@" : "", host, text, over);
}

static const enum sip_transp over[] = {SIP_TRANSP_UDP, SIP_TRANSP_TCP, SIP_TRANSP_TLS};

static int set_identity(struct account *a)
{
	const struct account_settings *c = &a->conf;
	const char *host = c->domain[0] ? c->domain : c->server;
	const int32_t port = c->domain[0] ? 0 : c->port;
	const enum sip_transp tp = over[c->transport];
	int err;

	err = make_uri(&a->registrar, "", host, port, sip_transp_param(tp));
	if (!err && c->identity[0])
		err = str_dup(&a->identity, c->identity);
	else if (!err)
		err = make_uri(&a->identity, c->user, host, port, "");
	if (!err)
		err = ua_user_uri(a->ua, &a->contact, c->user, tp);

	return err;
}

/* libre writes the ;lr of a route itself */
static int route_dup(const struct account *a, char **routep, const char *route)
{
	const size_t n = strlen(route);
	const bool lr = n > 3 && !strcmp(route + n - 3, ";lr");
	char text[sizeof(a->conf.route)];
	enum sip_transp tp;

	str_ncpy(text, route, sizeof(text));
	if (lr)
		text[n - 3] = '\0';

	return ua_spell(routep, &tp, text, a->conf.transport);
}

static int set_ways(struct account *a)
{
	const struct account_settings *c = &a->conf;
	int err = 0;

	if (c->route[0])
		err = route_dup(a, &a->way[a->ways++], c->route);
	if (!err && c->domain[0])
		err = make_uri(&a->way[a->ways], "", c->server, c->port, sip_transp_param(over[c->transport]));
	a->ways++;

	return err;
}

/**
 * Register an account, and keep it registered.
 *
 * @param ap   Account, written on success; account_close() and mem_deref end it
 * @param ua   Agent (referenced until the account is closed)
 * @param conf Settings, copied; server and user must be there
 * @param h    Told what changes, from the loop; NULL = nobody.  It must not end the account
 * @param arg  Its argument
 *
 * @return 0, EINVAL server or user missing, ENOMEM
 *
 * The first REGISTER goes out in the next turn of the loop.  Source: manual §3.3.13, SIP-03, SIP-10.
 */
int account_alloc(struct account **ap, struct ua *ua, const struct account_settings *conf,
		  account_h *h, void *arg)
{
	struct account *a;
	int err;

	if (!ap || !ua || !conf || !conf->server[0] || !conf->user[0])
		return EINVAL;

	a = mem_zalloc(sizeof(*a), destructor);
	if (!a)
		return ENOMEM;

	tmr_init(&a->tmr);
	tmr_init(&a->pub_tmr);
	a->ua = mem_ref(ua);
	a->conf = *conf;
	a->expires_s = a->pub_expires_s = (uint32_t)conf->expires_s;
	a->h = h ? h : no_news;
	a->arg = arg;
	list_append(&ua->accounts, &a->le, a);
	err = login_alloc(&a->login, conf);
	if (!err)
		err = set_identity(a);
	if (!err)
		err = set_ways(a);
	if (err) {
		mem_deref(a);
		return err;
	}
	a->as = (struct ua_identity) {
		.uri = a->identity, .display = conf->display[0] ? a->conf.display : NULL,
		.user = a->conf.user, .route = a->way[0], .over = conf->transport, .authh = credentials, .arg = a->login,
	};
	account_retry(a);
	*ap = a;

	return 0;
}

/**
 * End an account: its presence is closed, its registration taken back; both go on in the background.
 *
 * @param a     Account
 * @param force true = power lost: nothing more is sent
 */
void account_close(struct account *a, bool force)
{
	if (!a || !a->ua)
		return;

	tmr_cancel(&a->tmr);
	tmr_cancel(&a->pub_tmr);
	if (!force) {
		account_unpublish(a);
		account_unregister(a);
	}
	a->alive = mem_deref(a->alive);
	a->reg = mem_deref(a->reg);
	a->pub = mem_deref(a->pub);
	a->reg_news.ok = false;
	list_unlink(&a->le);
	a->ua = mem_deref(a->ua);
}

/* Others are told another address: the old contact is taken back, the new one registered */
void account_moved(struct account *a)
{
	char *contact = NULL;

	if (!a->ua || ua_user_uri(a->ua, &contact, a->conf.user, over[a->conf.transport]))
		return;
	if (str_cmp(contact, a->contact)) {
		account_unregister(a);
		mem_deref(a->contact);
		a->contact = mem_ref(contact);
		a->alive = mem_deref(a->alive);
		account_retry(a);
	}
	mem_deref(contact);
}

static void retry_handler(void *arg)
{
	account_register(arg);
}

/**
 * Register at once, whatever the back-off says: at the start, and when the network is back.
 *
 * @param a Account
 */
void account_retry(struct account *a)
{
	if (!a || !a->ua)
		return;
	a->fails = a->tried = a->raises = 0;
	tmr_start(&a->tmr, nat_wait_ms(a->ua), retry_handler, a);
}

/** Is the account registered now? */
bool account_registered(const struct account *a)
{
	return a && a->reg_news.ok;
}

/** Was the account made of these settings? */
bool account_same(const struct account *a, const struct account_settings *conf)
{
	return a && !memcmp(&a->conf, conf, sizeof(*conf));
}

/** Identity of the account's calls and messages, by the way that works; valid as long as the account */
const struct ua_identity *account_identity(const struct account *a)
{
	return a && a->ua ? &a->as : NULL;
}

/* The account an incoming request is for; NULL = none, P2P */
const struct ua_identity *account_called(const struct ua *ua, const struct sip_msg *msg)
{
	const struct le *le;

	if (!msg)
		return NULL;
	for (le = ua->accounts.head; le; le = le->next) {
		const struct account *a = le->data;

		if (!pl_strcmp(&msg->uri.user, a->conf.user))
			return &a->as;
	}

	return NULL;
}

static bool changed(struct account_told *t, bool ok, uint16_t scode)
{
	if (t->told && t->ok == ok && t->scode == scode)
		return false;
	*t = (struct account_told) { .told = true, .ok = ok, .scode = scode };

	return true;
}

/* Tell what changed; the registration's faults are told once, however often they come again */
void account_tell(struct account *a, bool presence, bool ok, int err, const struct sip_msg *msg)
{
	struct account_news news = { .presence = presence, .ok = ok, .scode = msg ? msg->scode : 0 };
	char text[64] = "";
	char *reason = NULL;

	if (!changed(presence ? &a->pub_news : &a->reg_news, ok, news.scode))
		return;
	if (msg && !ua_text(&reason, &msg->reason))
		str_ncpy(text, reason, sizeof(text));
	else
		(void)re_snprintf(text, sizeof(text), "%m", err);
	news.cause = text;
	a->h(&news, a->arg);
	mem_deref(reason);
}

/* Refresh between 80 and 90 % of what was granted: a fleet does not come in one moment */
uint32_t account_refresh_ms(uint32_t expires_s)
{
	return expires_s * 10 * (80 + rand_u16() % 11);
}

int account_exchange(struct account *a, struct exchange **xp, const char *uri, exchange_h *h)
{
	struct exchange_config cfg = { .uri = uri, .to = a->identity, .as = &a->as };

	if (*xp)
		return 0;
	if (!a->ua || !a->ua->sip)
		return ENOTCONN;
	cfg.sip = a->ua->sip;

	return exchange_alloc(xp, &cfg, h, a);
}
