/**
 * @file ua_transport.c  How SIP travels: UDP, TCP, TLS (SIP-01)
 *
 * UDP is always there.  TCP and TLS start with the loop's first turn where the settings ask for them,
 * else when somebody is first called that way: an agent that needs neither holds no socket for them.
 *
 *     URI                     goes by
 *     sips:                   TLS, written sip:...;transport=tls: libre knows no sips:
 *     ;transport=udp|tcp|tls  that
 *     else                    the account's transport; without an account sip.transport
 */
#include <errno.h>
#include "core/sip/ua_priv.h"

static const enum sip_transp transp[] = {SIP_TRANSP_UDP, SIP_TRANSP_TCP, SIP_TRANSP_TLS};

static void fault(const struct ua *ua, const char *about, const char *cause)
{
	ua->faulth(about, cause, ua->fault_arg);
}

static int listen_tcp(struct ua *ua)
{
	char addr[64], cause[96];
	const int err = sip_transp_add(ua->sip, SIP_TRANSP_TCP, &ua->laddr);

	ua->tcp_up = !err;
	if (err) {
		(void)re_snprintf(addr, sizeof(addr), "%J", &ua->laddr);
		(void)re_snprintf(cause, sizeof(cause), "no SIP over TCP here: %m", err);
		fault(ua, addr, cause);
	}

	return err;
}

static int listen_tls(struct ua *ua)
{
	char addr[64], cause[160];
	struct sa laddr = ua->laddr;
	const char *why = "no SIP over TLS here", *about = addr;
	int err;

	sa_set_port(&laddr, (uint16_t)ua->conf->tls_port);
	(void)re_snprintf(addr, sizeof(addr), "%J", &laddr);
	err = tls_start(ua, &about, &why);
	if (!err)
		err = sip_transp_add(ua->sip, SIP_TRANSP_TLS, &laddr, ua->tls);
	if (!err)
		err = sip_transp_laddr(ua->sip, &laddr, SIP_TRANSP_TLS, &laddr);
	ua->tls_up = !err;
	ua->tls_port = sa_port(&laddr);
	if (err) {
		ua->tls = mem_deref(ua->tls);
		(void)re_snprintf(cause, sizeof(cause), "%s: %m", why, err);
		fault(ua, about, cause);
	}

	return err;
}

static int need(struct ua *ua, enum sip_transp tp)
{
	int err = 0;

	if (tp == SIP_TRANSP_TCP && !ua->tcp_up)
		err = listen_tcp(ua);
	else if (tp == SIP_TRANSP_TLS && !ua->tls_up)
		err = listen_tls(ua);

	return err ? EPROTONOSUPPORT : 0;
}

/* Does a setting ask for it from the start?  Accounts ask by themselves */
static bool wanted(const struct settings *s, enum sip_over over)
{
	return s->transport == (int32_t)over || (over == SIP_OVER_TCP ? s->tcp : s->tls_cert[0]);
}

static void listen_handler(void *arg)
{
	struct ua *ua = arg;

	if (wanted(ua->conf, SIP_OVER_TCP))
		(void)need(ua, SIP_TRANSP_TCP);
	if (wanted(ua->conf, SIP_OVER_TLS))
		(void)need(ua, SIP_TRANSP_TLS);
}

/* UDP at once, the others as said above */
int ua_transports(struct ua *ua, const struct ua_config *cfg)
{
	int err;

	ua->tls_port = (uint16_t)ua->conf->tls_port;
	err = sip_transp_add(ua->sip, SIP_TRANSP_UDP, &cfg->laddr);
	if (!err)
		err = sip_transp_laddr(ua->sip, &ua->laddr, SIP_TRANSP_UDP, &cfg->laddr);
	if (!err && cfg->tcp) {
		err = sip_transp_add(ua->sip, SIP_TRANSP_TCP, &ua->laddr);
		ua->tcp_up = !err;
	}
	if (!err && (wanted(ua->conf, SIP_OVER_TCP) || wanted(ua->conf, SIP_OVER_TLS)))
		tmr_start(&ua->listen, 0, listen_handler, ua);

	return err;
}

/* true = the URI itself says how */
static bool said(const struct uri *uri, enum sip_transp *tp)
{
	struct pl word;
	size_t i;

	if (!pl_strcasecmp(&uri->scheme, "sips")) {
		*tp = SIP_TRANSP_TLS;
		return false;
	}
	if (msg_param_decode(&uri->params, "transport", &word))
		return false;
	for (i = 0; i < ARRAY_SIZE(transp); i++) {
		if (!pl_strcasecmp(&word, sip_transp_name(transp[i])))
			*tp = transp[i];
	}

	return true;
}

/* Write a URI as libre understands it, and how it goes.  over: enum sip_over where it does not say.
 * 0, EINVAL no sip: or sips: URI, ENOMEM */
int ua_spell(char **urip, enum sip_transp *tp, const char *to, int32_t over)
{
	struct uri uri;
	struct pl pl, rest;
	bool whole;

	pl_set_str(&pl, to);
	if (uri_decode(&uri, &pl) || (pl_strcasecmp(&uri.scheme, "sip") && pl_strcasecmp(&uri.scheme, "sips")))
		return EINVAL;

	*tp = transp[over];
	whole = said(&uri, tp);
	rest.p = uri.scheme.p + uri.scheme.l;
	rest.l = pl.l - (size_t)(rest.p - pl.p);

	return re_sdprintf(urip, "sip%r%s", &rest, whole ? "" : sip_transp_param(*tp));
}

/* The same, and start what it takes to go there.  Also EPROTONOSUPPORT: it cannot be started, and why
 * was told */
int ua_target(struct ua *ua, char **urip, enum sip_transp *tp, const char *to, int32_t over)
{
	struct uri uri;
	struct pl pl;
	int err;

	err = ua_spell(urip, tp, to, over);
	if (err)
		return err;
	err = need(ua, *tp);
	pl_set_str(&pl, *urip);
	if (!err && *tp == SIP_TRANSP_TLS)
		err = uri_decode(&uri, &pl);
	if (!err && *tp == SIP_TRANSP_TLS)
		err = tls_called(ua, &uri.host);
	if (err)
		*urip = mem_deref(*urip);

	return err;
}
