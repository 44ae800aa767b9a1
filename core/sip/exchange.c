/**
 * @file exchange.c  A SIP request outside a call, sent again with credentials where it is challenged
 *
 *     request ──> 401/407 ──> request + Authorization ──> final answer: the handler
 *                                   └──> 401 stale ──> request with the new nonce
 *                                   └──> 401/407 again: that is the final answer (wrong password)
 *
 * All requests of one exchange have one Call-ID and rising CSeq, as a registration needs it.
 * libre's sipreg is not used for REGISTER: version 1.1.0 repeats a wrong password 16 times, waits up to
 * 30 minutes between tries, and knows one way to the server only.
 */
#include <errno.h>
#include "exchange.h"

struct exchange {
	struct sip *sip;
	struct sip_dialog *dlg;
	struct sip_auth *auth;
	struct sip_request *req;
	struct sip_loopstate ls;
	struct mbuf *text;              /* headers and body, as given */
	const char *method;
	exchange_h *h;
	void *arg;
	bool detached;
};

static void no_answer(int err, const struct sip_msg *msg, void *arg)
{
	(void)err;
	(void)msg;
	(void)arg;
}

static void destructor(void *arg)
{
	struct exchange *x = arg;

	mem_deref(x->req);
	mem_deref(x->dlg);
	mem_deref(x->auth);
	mem_deref(x->text);
	mem_deref(x->sip);
}

static void response_handler(int err, const struct sip_msg *msg, void *arg);

static int request(struct exchange *x)
{
	return sip_drequestf(&x->req, x->sip, true, x->method, x->dlg, 0, x->auth, NULL,
			     response_handler, x, "%b", mbuf_buf(x->text), mbuf_get_left(x->text));
}

/* 0: sent again with credentials */
static int answer_challenge(struct exchange *x, const struct sip_msg *msg)
{
	int err;

	if ((msg->scode != 401 || !sip_msg_hdr(msg, SIP_HDR_WWW_AUTHENTICATE)) &&
	    (msg->scode != 407 || !sip_msg_hdr(msg, SIP_HDR_PROXY_AUTHENTICATE)))
		return ENOENT;

	err = sip_auth_authenticate(x->auth, msg);
	if (!err)
		err = request(x);

	return err;
}

static void response_handler(int err, const struct sip_msg *msg, void *arg)
{
	struct exchange *x = arg;

	if (!err && msg->scode < 200)
		return;
	if (!err && !sip_request_loops(&x->ls, msg->scode) && !answer_challenge(x, msg))
		return;
	x->text = mem_deref(x->text);   /* not needed until the next request */
	if (x->detached)
		mem_deref(x);
	else
		x->h(err, err ? NULL : msg, x->arg);
}

/**
 * Prepare an exchange; nothing is sent yet.
 *
 * @param xp  Written on success; mem_deref ends it, a request under way is forgotten
 * @param cfg Where to, as whom
 * @param h   Told each final answer
 * @param arg Its argument
 *
 * @return 0, EINVAL not a URI, ENOMEM
 */
int exchange_alloc(struct exchange **xp, const struct exchange_config *cfg, exchange_h *h, void *arg)
{
	const char *route = cfg->as->route;
	struct exchange *x = mem_zalloc(sizeof(*x), destructor);
	int err;

	if (!x)
		return ENOMEM;

	x->sip = mem_ref(cfg->sip);
	x->h = h ? h : no_answer;
	x->arg = arg;
	err = sip_dialog_alloc(&x->dlg, cfg->uri, cfg->to, cfg->as->display, cfg->as->uri, &route,
			       route ? 1 : 0);
	if (!err)
		err = sip_auth_alloc(&x->auth, cfg->as->authh, cfg->as->arg, cfg->as->arg != NULL);
	if (err)
		mem_deref(x);
	else
		*xp = x;

	return err;
}

/**
 * Send a request.
 *
 * @param x      Exchange; a request under way is no longer minded
 * @param method Method (static text)
 * @param fmt    Further headers, empty line and body
 *
 * @return 0, or libre's error; the handler is not called then
 */
int exchange_send(struct exchange *x, const char *method, const char *fmt, ...)
{
	va_list ap;
	int err;

	x->req = mem_deref(x->req);
	mem_deref(x->text);
	x->text = mbuf_alloc(512);
	if (!x->text)
		return ENOMEM;

	va_start(ap, fmt);
	err = mbuf_vprintf(x->text, fmt, ap);
	va_end(ap);
	if (err)
		return err;

	x->text->pos = 0;
	x->method = method;
	sip_loopstate_reset(&x->ls);
	sip_auth_reset(x->auth);        /* an old nonce only costs a refusal */

	return request(x);
}

/** Is a request under way? */
bool exchange_busy(const struct exchange *x)
{
	return x && x->req;
}

/**
 * Let go of an exchange whose request is under way: it goes on by itself, challenges included, and is
 * freed with its answer.
 *
 * @param x Exchange; not to be used afterwards
 */
void exchange_detach(struct exchange *x)
{
	if (!x)
		return;
	x->h = no_answer;
	x->detached = true;
	if (!x->req)
		mem_deref(x);
}
