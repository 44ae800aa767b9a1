/**
 * @file phone_secure.c  What the door hears of its calls' encryption (SIP-09)
 */
#include <string.h>
#include "call.h"
#include "phone_priv.h"

static void encryption(struct line *l, const struct call_event *ev)
{
	const struct phone_news news = {
		.id = EV_MEDIA_ENCRYPTION, .num = {l->number, ev->ok}, .text = {call_encryption(l->call), ev->reason},
	};

	if (ev->ok) {
		l->phone->encrypted = l->number;
		(void)re_snprintf(l->phone->encryption, sizeof(l->phone->encryption), "%s %s",
				  call_encryption(l->call), ev->reason);
	}
	l->phone->cfg.news(&news, l->phone->cfg.arg);
}

static void sas(struct line *l, const struct call_event *ev)
{
	const struct phone_news news = {.id = EV_MEDIA_SAS, .num = {l->number}, .text = {ev->reason, NULL}};
	struct phone *p = l->phone;
	const size_t n = strlen(p->encryption);

	(void)re_snprintf(p->encryption + n, sizeof(p->encryption) - n, " SAS %s", ev->reason);
	l->phone->cfg.news(&news, l->phone->cfg.arg);
}

/* A call has news of its encryption */
void phone_secure(struct line *l, const struct call_event *ev)
{
	if (ev->type == CALL_SAS)
		sas(l, ev);
	else
		encryption(l, ev);
}

/* What a call that ends did not take */
void phone_secure_stats(const struct line *l, const struct stream_stats *st)
{
	const struct phone_news news = {.id = EV_MEDIA_DROPPED, .num = {l->number, st->forged, st->replayed}};

	if (st->forged || st->replayed)
		l->phone->cfg.news(&news, l->phone->cfg.arg);
}

/* A new call was refused */
void phone_secure_refused(const char *kind, const char *cause, void *arg)
{
	const struct phone *p = arg;
	const struct phone_news news = {.id = EV_MEDIA_ENCRYPTION, .text = {kind, cause}};

	p->cfg.news(&news, p->cfg.arg);
}

/** Encryption of the present call, as "srtp AES_CM_128_HMAC_SHA1_80"; "" = plain, or no call */
const char *phone_encryption(const struct phone *p)
{
	unsigned i;

	for (i = 0; i < PHONE_LINES; i++) {
		if (call_established(p->line[i].call) && p->line[i].number == p->encrypted)
			return p->encryption;
	}

	return "";
}
