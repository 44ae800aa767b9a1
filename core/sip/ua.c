/**
 * @file ua.c  One SIP user agent: its transports and its end (SIP-01, SIP-02, SIP-04)
 *
 * Closing by command hangs up what is up and lets libre finish its transactions in the background.
 * Closing by force is a power cut: SIP's socket drops what libre still wants to say, then all is
 * freed.
 */
#include <errno.h>
#include "core/sip/call_priv.h"

#define HASH_SIZE 16            /* ten thousand agents live in one process */

static void no_call(struct call *call, const struct sip_msg *msg, void *arg)
{
	(void)call;
	(void)msg;
	(void)arg;
}

static void no_message(const char *from, const char *body, void *arg)
{
	(void)from;
	(void)body;
	(void)arg;
}

static void no_refused(const char *from, const char *method, uint16_t scode, void *arg)
{
	(void)from;
	(void)method;
	(void)scode;
	(void)arg;
}

static void no_plain(const char *kind, const char *cause, void *arg)
{
	(void)kind;
	(void)cause;
	(void)arg;
}

static void no_fault(const char *about, const char *cause, void *arg)
{
	(void)about;
	(void)cause;
	(void)arg;
}

static void no_nat(bool ok, const char *about, const char *cause, void *arg)
{
	(void)ok;
	(void)about;
	(void)cause;
	(void)arg;
}

static void release(struct ua *ua)
{
	nat_stop(ua);
	tmr_cancel(&ua->bye);
	tmr_cancel(&ua->listen);
	ua->sock = mem_deref(ua->sock);
	ua->requests = mem_deref(ua->requests);
	ua->responses = mem_deref(ua->responses);
	ua->forks = mem_deref(ua->forks);
	ua_fork_forget(ua);
	ua->udp = mem_deref(ua->udp);
	ua->sip = mem_deref(ua->sip);
	tls_stop(ua);
}

static void bye_timer(void *arg)
{
	struct ua *ua = arg;

	release(ua);
	mem_deref(ua);
}

static void exit_handler(void *arg)
{
	struct ua *ua = arg;

	tmr_start(&ua->bye, 0, bye_timer, ua);
}

/* An agent that was not closed is closed now, and lives until that is done */
static void ua_destructor(void *arg)
{
	struct ua *ua = arg;

	if (ua->sip) {
		ua_close(ua, false);
		return;
	}
	mem_deref(ua->user);
	mem_deref(ua->software);
	mem_deref(ua->uri);
	mem_deref(ua->media);
}

static bool stray_response(const struct sip_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;

	return true;
}

static int listeners(struct ua *ua)
{
	int err;

	err = sip_listen(&ua->requests, ua->sip, true, ua_request, ua);
	if (err)
		return err;

	err = sip_listen(&ua->forks, ua->sip, false, ua_fork, ua);
	if (err)
		return err;

	err = sipsess_listen(&ua->sock, ua->sip, HASH_SIZE, call_incoming, ua);
	if (err)
		return err;

	return sip_listen(&ua->responses, ua->sip, false, stray_response, ua);
}

static int identity(struct ua *ua)
{
	ua->addr = ua->laddr;
	if (sa_is_any(&ua->laddr)) {
		int err = net_default_source_addr_get(sa_af(&ua->laddr), &ua->addr);

		if (err)
			return err;
		sa_set_port(&ua->addr, sa_port(&ua->laddr));
	}

	nat_apply(ua);

	return ua_user_uri(ua, &ua->uri, ua->user, SIP_TRANSP_UDP);
}

static void trace(bool sent, enum sip_transp tp, const struct sa *src, const struct sa *dst, const uint8_t *data,
		  size_t len, void *arg)
{
	const struct ua *ua = arg;

	ua->trace(sent, tp, src, dst, data, len, ua->trace_arg);
}

static int build(struct ua *ua, const struct ua_config *cfg)
{
	int err;

	err = str_dup(&ua->user, cfg->user);
	if (!err && cfg->software)
		err = str_dup(&ua->software, cfg->software);
	if (!err)
		err = sip_alloc(&ua->sip, cfg->dnsc, HASH_SIZE, HASH_SIZE, HASH_SIZE, ua->software,
				exit_handler, ua);
	ua->trace = cfg->trace;
	ua->trace_arg = cfg->trace_arg;
	ua->wall_us = cfg->wall_us;
	ua->wall_arg = cfg->wall_arg;
	if (!err && ua->trace)
		sip_set_trace_handler(ua->sip, trace);
	if (!err)
		err = ua_transports(ua, cfg);
	if (!err)
		err = listeners(ua);
	if (!err)
		err = identity(ua);

	return err;
}

/**
 * Start a user agent.
 *
 * @param uap Agent, written on success; ua_close() and mem_deref end it
 * @param cfg Configuration; conf must outlive the agent
 *
 * @return 0, EINVAL, EADDRINUSE port taken, EADDRNOTAVAIL not our address, ENOMEM
 */
int ua_alloc(struct ua **uap, const struct ua_config *cfg)
{
	struct ua *ua;
	int err;

	if (!uap || !cfg || !cfg->user || !cfg->conf || !cfg->media)
		return EINVAL;

	ua = mem_zalloc(sizeof(*ua), ua_destructor);
	if (!ua)
		return ENOMEM;

	tmr_init(&ua->bye);
	tmr_init(&ua->listen);
	ua_faults(ua, NULL, NULL);
	ua_encryption(ua, NULL, NULL);
	ua_nats(ua, NULL, NULL);
	ua->dnsc = cfg->dnsc;
	ua_handlers(ua, NULL, NULL, NULL, NULL);
	ua->conf = cfg->conf;
	ua->message_code = cfg->message_code;
	ua->media = mem_ref(cfg->media);
	err = build(ua, cfg);
	if (err) {
		ua_close(ua, true);
		mem_deref(ua);
		return err;
	}
	*uap = ua;

	return 0;
}

/**
 * Set who hears of what comes in outside a dialog.
 *
 * @param ua    Agent
 * @param callh New INVITE; NULL = refused with 486
 * @param msgh  MESSAGE; NULL = answered and forgotten
 * @param refh  A request was refused; NULL = nobody is told
 * @param arg   Argument of all three
 */
void ua_handlers(struct ua *ua, ua_call_h *callh, ua_message_h *msgh, ua_refused_h *refh, void *arg)
{
	if (!ua)
		return;

	ua->callh = callh ? callh : no_call;
	ua->msgh = msgh ? msgh : no_message;
	ua->refh = refh ? refh : no_refused;
	ua->arg = arg;
}

/**
 * Set who hears of faults of TCP and TLS (SIP-01).
 *
 * @param ua  Agent
 * @param h   Told from the loop; it must not end the agent.  NULL = nobody
 * @param arg Its argument
 */
void ua_faults(struct ua *ua, ua_fault_h *h, void *arg)
{
	ua->faulth = h ? h : no_fault;
	ua->fault_arg = arg;
}

/**
 * Set who hears of calls that were refused because of their encryption, or its lack (SIP-09).
 *
 * @param ua  Agent
 * @param h   Handler, NULL = nobody
 * @param arg Its argument
 */
void ua_encryption(struct ua *ua, ua_plain_h *h, void *arg)
{
	ua->plainh = h ? h : no_plain;
	ua->plain_arg = arg;
}

/**
 * Set who hears which address others are told (SIP-08).
 *
 * @param ua  Agent
 * @param h   Told from the loop; it must not end the agent.  NULL = nobody
 * @param arg Its argument
 */
void ua_nats(struct ua *ua, ua_nat_h *h, void *arg)
{
	ua->nath = h ? h : no_nat;
	ua->nat_arg = arg;
}

/**
 * Obey the settings of nat. anew: they may have changed.
 *
 * @param ua Agent
 */
void ua_reach(struct ua *ua)
{
	if (ua && ua->sip && !ua->closing)
		nat_apply(ua);
}

/**
 * Ask the STUN server at once: the network is back.
 *
 * @param ua Agent
 */
void ua_reach_again(struct ua *ua)
{
	if (ua && ua->sip && !ua->closing)
		nat_again(ua);
}

/**
 * Address and port the agent is bound to.
 *
 * @param ua Agent
 *
 * @return Address, NULL for no agent
 */
const struct sa *ua_laddr(const struct ua *ua)
{
	return ua ? &ua->laddr : NULL;
}

/** Address others reach the agent by on this network: the bound one, or the default route's where any was bound */
const struct sa *ua_addr(const struct ua *ua)
{
	return &ua->addr;
}

/**
 * The agent's own URI, port left out when it is 5060 (SIP-04).
 *
 * @param ua Agent
 *
 * @return "sip:user@addr[:port]", valid as long as the agent
 */
const char *ua_uri(const struct ua *ua)
{
	return ua ? ua->uri : NULL;
}

/**
 * libre's stack, for traces.
 *
 * @param ua Agent
 *
 * @return Stack (borrowed), NULL after ua_close()
 */
struct sip *ua_sip(struct ua *ua)
{
	return ua ? ua->sip : NULL;
}

/* "sip:user@addr[:port][;transport=tcp|tls]": From, Contact (SUP-02) */
int ua_user_uri(const struct ua *ua, char **urip, const char *user, enum sip_transp tp)
{
	const struct sa *at = nat_address(ua);
	const bool v6 = sa_af(at) == AF_INET6;
	const uint16_t own = tp == SIP_TRANSP_TLS ? ua->tls_port : tp == SIP_TRANSP_UDP ? sa_port(at) :
			     nat_tcp_port(ua);
	struct pl pl;
	char port[8] = "";

	pl_set_str(&pl, user);
	if (own != sip_transp_port(tp, 0))
		(void)re_snprintf(port, sizeof(port), ":%u", own);

	return re_sdprintf(urip, "sip:%H@%s%j%s%s%s", uri_user_escape, &pl, v6 ? "[" : "",
			   at, v6 ? "]" : "", port, sip_transp_param(tp));
}

void ua_refused(struct ua *ua, const struct sip_msg *msg, uint16_t scode)
{
	char *from = NULL, *method = NULL;

	if (!ua_text(&from, &msg->from.auri) && !ua_text(&method, &msg->met))
		ua->refh(from, method, scode, ua->arg);
	mem_deref(from);
	mem_deref(method);
}

static bool drop(int *err, struct sa *dst, struct mbuf *mb, void *arg)
{
	(void)err;
	(void)dst;
	(void)mb;
	(void)arg;

	return true;
}

/* Server transactions keep SIP's socket: from now on it swallows what they send */
static void silence(struct ua *ua)
{
	struct udp_helper *helper;

	if (ua->udp)
		(void)udp_register_helper(&helper, ua->udp, 0, drop, NULL, NULL);
	sip_transp_flush(ua->sip);
}

static void end_calls(struct ua *ua, bool force)
{
	struct le *le;

	while ((le = list_head(&ua->calls)))
		call_end(le->data, force);
}

static void close_forced(struct ua *ua)
{
	silence(ua);
	end_calls(ua, true);
	list_flush(&ua->messages);
	sipsess_close_all(ua->sock);
	sip_close(ua->sip, true);
	if (!ua->closing)
		release(ua);
	else if (tmr_isrunning(&ua->bye))
		bye_timer(ua);
}

/**
 * Close an agent: hang up its calls (no CALL_CLOSED follows), take no new ones.
 *
 * @param ua    Agent
 * @param force true = power lost: nothing more is sent, the port is free at once;
 *              false = BYE, CANCEL or 480, repeated in the background as long as need be; the port
 *              is free after that
 */
void ua_close(struct ua *ua, bool force)
{
	if (!ua || !ua->sip)
		return;

	tmr_cancel(&ua->listen);
	nat_stop(ua);
	if (force) {
		close_forced(ua);
	}
	else if (!ua->closing) {
		ua->closing = true;
		mem_ref(ua);
		end_calls(ua, false);
		list_flush(&ua->messages);
		sip_close(ua->sip, false);
	}
}
