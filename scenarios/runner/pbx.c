/**
 * @file pbx.c  A PBX for scenarios: its socket, its users, what it answers itself (see pbx.h)
 */
#include <errno.h>
#include <string.h>
#include "pbx_priv.h"

static void user_destructor(void *arg)
{
	struct pbx_user *u = arg;

	list_unlink(&u->le);
	mem_deref(u->name);
	mem_deref(u->password);
	mem_deref(u->contact);
	mem_deref(u->etag);
}

static void destructor(void *arg)
{
	struct pbx *p = arg;

	pbx_kill(p);
	list_flush(&p->users);
	mem_deref(p->realm);
}

struct pbx_user *pbx_find(const struct pbx *p, const struct pl *name)
{
	const struct le *le;

	for (le = p->users.head; le; le = le->next) {
		struct pbx_user *u = le->data;

		if (!pl_strcmp(name, u->name))
			return u;
	}

	return NULL;
}

/* Our address, or our realm as a domain */
bool pbx_is_us(const struct pbx *p, const struct uri *uri)
{
	struct sa sa;

	if (!pl_strcasecmp(&uri->host, p->realm))
		return true;

	return !sa_set(&sa, &uri->host, uri->port ? uri->port : SIP_PORT) &&
	       sa_cmp(&sa, &p->laddr, SA_ALL);
}

void pbx_tell(struct pbx *p, const char *name, const struct pbx_user *u, const char *text, uint32_t number)
{
	const struct pbx_event ev = {
		.name = name, .user = u ? u->name : "", .text = text, .number = number
	};

	p->h(&ev, p->arg);
}

void pbx_send(struct pbx *p, const struct sa *dst, struct mbuf *mb)
{
	mb->pos = 0;
	if (p->us)
		(void)udp_send(p->us, dst, mb);
}

static bool via_handler(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	(void)msg;

	return 0 != mbuf_printf(arg, "Via: %r\r\n", &hdr->val);
}

/* An answer of our own; headers are CRLF-ended lines */
int pbx_reply(struct pbx *p, const struct sip_msg *msg, const struct sa *src, uint16_t scode,
	      const char *reason, const char *headers)
{
	const bool tag = scode > 100 && !pl_isset(&msg->to.tag);
	struct mbuf *mb = mbuf_alloc(1024);
	int err;

	if (!mb)
		return ENOMEM;

	err = mbuf_printf(mb, "SIP/2.0 %u %s\r\n", scode, reason);
	if (!err && sip_msg_hdr_apply(msg, true, SIP_HDR_VIA, via_handler, mb))
		err = ENOMEM;
	if (!err)
		err = mbuf_printf(mb, "To: %r%s\r\nFrom: %r\r\nCall-ID: %r\r\nCSeq: %u %r\r\n%s"
				  "Server: ipgap scenario PBX\r\nContent-Length: 0\r\n\r\n",
				  &msg->to.val, tag ? ";tag=" PBX_TAG : "", &msg->from.val, &msg->callid,
				  msg->cseq.num, &msg->cseq.met, headers);
	if (!err)
		pbx_send(p, src, mb);
	mem_deref(mb);

	return err;
}

static bool is(const struct sip_msg *msg, const char *method)
{
	return !pl_strcmp(&msg->met, method);
}

static void request(struct pbx *p, struct sip_msg *msg, const struct sa *src)
{
	if (is(msg, "ACK") && !pl_strcmp(&msg->to.tag, PBX_TAG))
		return;         /* of a refusal of ours */
	if (is(msg, "REGISTER"))
		pbx_register(p, msg, src);
	else if (is(msg, "PUBLISH"))
		pbx_publish(p, msg, src);
	else if (is(msg, "OPTIONS") && !pl_isset(&msg->uri.user) && pbx_is_us(p, &msg->uri))
		(void)pbx_reply(p, msg, src, 200, "OK", "");
	else
		pbx_proxy(p, msg, src);
}

static void received(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct pbx *p = arg;
	struct sip_msg *msg;

	if (p->faults.silent || sip_msg_decode(&msg, mb))
		return;
	if (msg->req)
		request(p, msg, src);
	else
		pbx_response(p, msg);
	mem_deref(msg);
}

/**
 * Make a PBX; it is dead until pbx_start().
 *
 * @param pp  Written on success
 * @param cfg Copied
 * @param h   Told what happens
 * @param arg Its argument
 *
 * @return 0, ENOMEM
 */
int pbx_alloc(struct pbx **pp, const struct pbx_config *cfg, pbx_event_h *h, void *arg)
{
	struct pbx *p = mem_zalloc(sizeof(*p), destructor);
	int err;

	if (!p)
		return ENOMEM;

	p->laddr = cfg->laddr;
	p->challenge = cfg->challenge;
	p->min_expires_s = cfg->min_expires_s;
	p->max_expires_s = cfg->max_expires_s;
	p->h = h;
	p->arg = arg;
	err = str_dup(&p->realm, cfg->realm);
	if (err)
		mem_deref(p);
	else
		*pp = p;

	return err;
}

/** Start, or come back after pbx_kill(): nobody is registered.  0, or the socket's errno */
int pbx_start(struct pbx *p)
{
	return p->us ? 0 : udp_listen(&p->us, &p->laddr, received, p);
}

/** Die without a word: the port is closed; registrations, presence and nonces are forgotten */
void pbx_kill(struct pbx *p)
{
	struct le *le;

	p->us = mem_deref(p->us);
	p->forgotten = p->nonces;
	list_flush(&p->held);
	for (le = p->users.head; le; le = le->next) {
		struct pbx_user *u = le->data;

		u->contact = mem_deref(u->contact);
		u->etag = mem_deref(u->etag);
	}
}

/** Add a user, or change its password.  0, ENOMEM */
int pbx_user(struct pbx *p, const char *name, const char *password)
{
	struct pl pl;
	struct pbx_user *u;
	int err = 0;

	pl_set_str(&pl, name);
	u = pbx_find(p, &pl);
	if (!u) {
		u = mem_zalloc(sizeof(*u), user_destructor);
		if (!u)
			return ENOMEM;
		list_append(&p->users, &u->le, u);
		err = str_dup(&u->name, name);
	}
	u->password = mem_deref(u->password);
	if (!err)
		err = str_dup(&u->password, password);
	if (err)
		mem_deref(u);

	return err;
}

/** How calls to a user go from now on.  0, ENOENT no such user */
int pbx_way(struct pbx *p, const char *name, enum pbx_way way, uint32_t delay_ms)
{
	struct pl pl;
	struct pbx_user *u;

	pl_set_str(&pl, name);
	u = pbx_find(p, &pl);
	if (!u)
		return ENOENT;
	u->way = way;
	u->delay_ms = delay_ms;

	return 0;
}

/** Password of a user, NULL = no such user */
const char *pbx_password(const struct pbx *p, const char *name)
{
	const struct pbx_user *u;
	struct pl pl;

	pl_set_str(&pl, name);
	u = pbx_find(p, &pl);

	return u ? u->password : NULL;
}

/** How long a user's registration still lasts [s]; 0 = not registered */
uint32_t pbx_registered_s(const struct pbx *p, const char *name)
{
	const uint64_t now_ms = tmr_jiffies();
	const struct pbx_user *u;
	struct pl pl;

	pl_set_str(&pl, name);
	u = pbx_find(p, &pl);

	return u && u->contact && u->until_ms > now_ms ? (uint32_t)((u->until_ms - now_ms + 999) / 1000) : 0;
}

/** Forget all nonces: the next answer to an old one is stale */
void pbx_expire(struct pbx *p)
{
	p->forgotten = p->nonces;
}

/** The faults, to be changed */
struct pbx_faults *pbx_faults(struct pbx *p)
{
	return &p->faults;
}
