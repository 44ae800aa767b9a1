/**
 * @file phone_account.c  The door's accounts, as its settings say (SIP-03, SIP-10, SUP-03)
 *
 * Both who watches and the door hear what becomes of a registration.
 */
#include <errno.h>
#include "phone_priv.h"

#define TELL_AGAIN_MS 100
#define ACCOUNTS_AGAIN_MS 10000         /* an account that found no memory is tried again */

static void accounts_again(void *arg)
{
	phone_accounts(arg);
}

/* A door whose queue is full is told again: relay and alert hang on it (REL-05, SUP-12) */
static void tell_door(struct registration *r, bool ok, const char *cause)
{
	struct phone *p = r->phone;
	struct door_in in = {.type = DOOR_IN_ACCOUNT, .code = (uint16_t)r->number, .level = ok};

	str_ncpy(in.text, cause, sizeof(in.text));
	r->untold = p->cfg.tell(&in, p->cfg.arg) == ENOBUFS;
	if (r->untold)
		tmr_start(&p->accounts, TELL_AGAIN_MS, accounts_again, p);
}

static void account_news(const struct account_news *an, void *arg)
{
	struct registration *r = arg;
	const struct phone_config *cfg = &r->phone->cfg;
	const struct phone_news news = {
		.id = an->presence ? EV_PRESENCE : EV_REGISTRATION, .text = {an->cause, NULL},
		.num = {r->number, an->ok, an->scode},
	};

	cfg->news(&news, cfg->arg);
	if (!an->presence)
		tell_door(r, an->ok, an->cause);
}

static void registration_end(struct registration *r, bool force)
{
	account_close(r->account, force);
	r->account = mem_deref(r->account);
}

/** false = it could not be made */
static bool registration_apply(struct registration *r)
{
	const struct phone *p = r->phone;
	const struct account_settings *conf = &p->cfg.ua.conf->account[r->number - 1];

	if (conf->active && account_same(r->account, conf))
		return true;
	if (r->account && !conf->active)
		tell_door(r, true, "not active");       /* no fault of the PBX any more */
	registration_end(r, false);

	return !conf->active || !account_alloc(&r->account, p->ua, conf, account_news, r);
}

/**
 * Register the accounts of the settings: new and changed ones anew, those that are no longer active are
 * given up.  None active = P2P (SIP-03).
 *
 * @param p Telephone
 */
void phone_accounts(struct phone *p)
{
	unsigned i;

	ua_reach(p->ua);
	for (i = 0; p->ua && i < SETTINGS_ACCOUNTS; i++) {
		p->reg[i].phone = p;
		p->reg[i].number = i + 1;
		if (p->reg[i].untold)
			tell_door(&p->reg[i], !p->reg[i].account || account_registered(p->reg[i].account), "");
		if (!registration_apply(&p->reg[i]))
			tmr_start(&p->accounts, ACCOUNTS_AGAIN_MS, accounts_again, p);
	}
}

/** The network is back: register at once, whatever the back-off says */
void phone_retry(struct phone *p)
{
	unsigned i;

	ua_reach_again(p->ua);
	for (i = 0; p->ua && i < SETTINGS_ACCOUNTS; i++)
		account_retry(p->reg[i].account);
}

/* Identity of an account 1..3; NULL where it is not active */
const struct ua_identity *phone_identity(const struct phone *p, unsigned account)
{
	return account >= 1 && account <= SETTINGS_ACCOUNTS ?
	       account_identity(p->reg[account - 1].account) : NULL;
}

/** Is this account registered at its PBX? false where it is not active */
bool phone_registered(const struct phone *p, unsigned account)
{
	return account >= 1 && account <= SETTINGS_ACCOUNTS && p->reg[account - 1].account &&
	       account_registered(p->reg[account - 1].account);
}

void phone_accounts_end(struct phone *p, bool force)
{
	unsigned i;

	tmr_cancel(&p->accounts);
	for (i = 0; i < SETTINGS_ACCOUNTS; i++)
		registration_end(&p->reg[i], force);
}
