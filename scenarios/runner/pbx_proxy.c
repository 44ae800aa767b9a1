/**
 * @file pbx_proxy.c  Stateless proxy of the scenarios' PBX (RFC 3261 §16.11)
 *
 *     request for a user       404 unknown, 480 not registered, 486 busy, else to its contact
 *     request of a user        407 first, where the PBX challenges (never ACK and CANCEL)
 *     in a dialog              where its Route, else its URI says; our own Route is taken off
 *     CANCEL of a held INVITE  200, and 487 to the INVITE
 */
#include <errno.h>
#include "pbx_priv.h"

static bool is(const struct sip_msg *msg, const char *method)
{
	return !pl_strcmp(&msg->met, method);
}

/* --- forwarding --- */

struct forward {
	struct pbx *p;
	struct mbuf *mb;
	const struct sip_msg *msg;
	struct sa src, dst;
	bool first_via, routed;
	int err;
};

/* First Via of a request: where it came from is added, so that the answer finds back */
static void put_via(struct forward *f, const struct pl *val)
{
	struct pl before, after;

	if (f->msg->req && f->first_via) {
		f->first_via = false;
		if (!re_regex(val->p, val->l, "[^]+;rport[^]*", &before, &after) && !(after.l && *after.p == '='))
			f->err |= mbuf_printf(f->mb, "Via: %r;received=%j;rport=%u%r\r\n", &before, &f->src,
					      sa_port(&f->src), &after);
		else
			f->err |= mbuf_printf(f->mb, "Via: %r;received=%j\r\n", val, &f->src);
	}
	else if (f->first_via) {
		f->first_via = false;           /* of a response: our own */
	}
	else {
		f->err |= mbuf_printf(f->mb, "Via: %r\r\n", val);
	}
}

/* Our own Route ends here; the first other one is the next hop */
static void put_route(struct forward *f, const struct pl *val)
{
	struct sip_addr addr;

	if (!sip_addr_decode(&addr, val)) {
		if (!f->routed && pbx_is_us(f->p, &addr.uri))
			return;
		if (!f->routed)
			f->routed = !sa_set(&f->dst, &addr.uri.host, addr.uri.port ? addr.uri.port : SIP_PORT);
	}
	f->err |= mbuf_printf(f->mb, "Route: %r\r\n", val);
}

static void put_header(struct forward *f, const struct sip_hdr *hdr)
{
	switch (hdr->id) {

	case SIP_HDR_VIA:
		put_via(f, &hdr->val);
		break;

	case SIP_HDR_ROUTE:
		put_route(f, &hdr->val);
		break;

	case SIP_HDR_PROXY_AUTHORIZATION:
		break;

	case SIP_HDR_MAX_FORWARDS:
		f->err |= mbuf_printf(f->mb, "Max-Forwards: %u\r\n", pl_u32(&hdr->val) - 1);
		break;

	default:
		f->err |= mbuf_printf(f->mb, "%r: %r\r\n", &hdr->name, &hdr->val);
		break;
	}
}

static void put_headers(struct forward *f)
{
	const struct le *le;

	f->first_via = true;
	for (le = f->msg->hdrl.head; le; le = le->next)
		put_header(f, le->data);
	f->err |= mbuf_write_str(f->mb, "\r\n");
	f->err |= mbuf_write_mem(f->mb, mbuf_buf(f->msg->mb), mbuf_get_left(f->msg->mb));
}

/* The same for an INVITE, its repetitions, its CANCEL and the ACK of its refusal */
static void put_branch(struct forward *f)
{
	uint8_t md[MD5_SIZE];

	(void)md5_printf(md, "%r:%r:%u", &f->msg->via.branch, &f->msg->callid, f->msg->cseq.num);
	f->err |= mbuf_printf(f->mb, "Via: SIP/2.0/UDP %J;branch=z9hG4bK%w\r\n", &f->p->laddr, md, sizeof(md));
}

static void forward_request(struct pbx *p, const struct sip_msg *msg, const struct sa *src,
			    const struct sa *dst, const char *uri)
{
	struct forward f = { .p = p, .mb = mbuf_alloc(2048), .msg = msg, .src = *src, .dst = *dst };

	if (!f.mb)
		return;
	f.err = mbuf_printf(f.mb, "%r %s SIP/2.0\r\n", &msg->met, uri);
	put_branch(&f);
	if (is(msg, "INVITE") && !pl_isset(&msg->to.tag))
		f.err |= mbuf_printf(f.mb, "Record-Route: <sip:%J;lr>\r\n", &p->laddr);
	put_headers(&f);
	if (!f.err)
		pbx_send(p, &f.dst, f.mb);
	mem_deref(f.mb);
}

/* --- held INVITEs --- */

static void held_destructor(void *arg)
{
	struct pbx_held *h = arg;

	list_unlink(&h->le);
	tmr_cancel(&h->tmr);
	mem_deref(h->msg);
}

static struct pbx_held *held_find(const struct pbx *p, const struct sip_msg *msg)
{
	const struct le *le;

	for (le = p->held.head; le; le = le->next) {
		struct pbx_held *h = le->data;

		if (!pl_cmp(&h->msg->via.branch, &msg->via.branch))
			return h;
	}

	return NULL;
}

static void slow_handler(void *arg)
{
	struct pbx_held *h = arg;

	if (h->user->contact)
		forward_request(h->pbx, h->msg, &h->src, &h->user->addr, h->user->contact);
	mem_deref(h);
}

static void hold_back(struct pbx *p, struct sip_msg *msg, const struct sa *src, struct pbx_user *u)
{
	struct pbx_held *h = mem_zalloc(sizeof(*h), held_destructor);

	if (!h)
		return;
	tmr_init(&h->tmr);
	h->pbx = p;
	h->msg = mem_ref(msg);
	h->src = *src;
	h->user = u;
	list_append(&p->held, &h->le, h);
	if (u->way == PBX_SLOW)
		tmr_start(&h->tmr, u->delay_ms, slow_handler, h);
	(void)pbx_reply(p, msg, src, 100, "Trying", "");
}

/* true = it was about one that is held */
static bool about_held(struct pbx *p, const struct sip_msg *msg, const struct sa *src)
{
	struct pbx_held *h = held_find(p, msg);

	if (!h)
		return false;
	if (is(msg, "CANCEL")) {
		(void)pbx_reply(p, msg, src, 200, "OK", "");
		(void)pbx_reply(p, h->msg, &h->src, 487, "Request Terminated", "");
		mem_deref(h);
	}

	return true;
}

/* --- requests --- */

static void refuse(struct pbx *p, const struct sip_msg *msg, const struct sa *src, const struct pbx_user *u,
		   uint16_t scode, const char *reason)
{
	if (is(msg, "ACK"))
		return;
	(void)pbx_reply(p, msg, src, scode, reason, "");
	pbx_tell(p, "refused", u, reason, scode);
}

static void to_user(struct pbx *p, struct sip_msg *msg, const struct sa *src)
{
	struct pbx_user *u = pbx_find(p, &msg->uri.user);
	const bool invite = is(msg, "INVITE");

	if (!u)
		refuse(p, msg, src, NULL, 404, "Not Found");
	else if (!u->contact || u->until_ms <= tmr_jiffies())
		refuse(p, msg, src, u, 480, "Temporarily Unavailable");
	else if (invite && u->way == PBX_BUSY)
		refuse(p, msg, src, u, 486, "Busy Here");
	else if (invite && u->way != PBX_NORMAL)
		hold_back(p, msg, src, u);
	else {
		char method[16] = "";

		(void)pl_strcpy(&msg->met, method, sizeof(method));
		pbx_tell(p, "relayed", u, method, 0);
		forward_request(p, msg, src, &u->addr, u->contact);
	}
}

static void in_dialog(struct pbx *p, const struct sip_msg *msg, const struct sa *src)
{
	struct sa dst;
	char *uri = NULL;

	if (sa_set(&dst, &msg->uri.host, msg->uri.port ? msg->uri.port : SIP_PORT) || pl_strdup(&uri, &msg->ruri))
		return;
	forward_request(p, msg, src, &dst, uri);
	mem_deref(uri);
}

void pbx_proxy(struct pbx *p, struct sip_msg *msg, const struct sa *src)
{
	struct pbx_user *from = pbx_find(p, &msg->from.uri.user);

	if (pl_isset(&msg->maxfwd) && !pl_u32(&msg->maxfwd)) {
		refuse(p, msg, src, NULL, 483, "Too Many Hops");
		return;
	}
	if (about_held(p, msg, src))
		return;
	if (p->challenge && from && pbx_is_us(p, &msg->from.uri) && !is(msg, "ACK") && !is(msg, "CANCEL") &&
	    !pbx_authorized(p, msg, src, from, true))
		return;
	if (pbx_is_us(p, &msg->uri))
		to_user(p, msg, src);
	else
		in_dialog(p, msg, src);
}

/* --- responses --- */

static bool second_via(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	struct sip_via *via = arg;

	if (hdr->val.p == msg->via.val.p)
		return false;

	return !sip_via_decode(via, &hdr->val);
}

/* Back by the second Via: received and rport, else sent-by */
void pbx_response(struct pbx *p, const struct sip_msg *msg)
{
	struct forward f = { .p = p, .msg = msg };
	struct sip_via via;
	struct pl val;

	if (!sip_msg_hdr_apply(msg, true, SIP_HDR_VIA, second_via, &via))
		return;
	f.dst = via.addr;
	if (!msg_param_decode(&via.params, "received", &val))
		(void)sa_set(&f.dst, &val, sa_port(&via.addr));
	if (!msg_param_decode(&via.params, "rport", &val))
		sa_set_port(&f.dst, (uint16_t)pl_u32(&val));
	f.mb = mbuf_alloc(2048);
	if (!f.mb)
		return;
	f.err = mbuf_printf(f.mb, "SIP/2.0 %u %r\r\n", msg->scode, &msg->reason);
	put_headers(&f);
	if (!f.err)
		pbx_send(p, &f.dst, f.mb);
	mem_deref(f.mb);
}
