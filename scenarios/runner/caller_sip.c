/**
 * @file caller_sip.c  SIP of a faulty door: its calls and its MESSAGEs (SUP-02, SUP-10)
 *
 * One call at a time.  The offer is written by hand, because its payload types are part of what is tried.
 */
#include <errno.h>
#include <re.h>
#include <stdlib.h>
#include <string.h>
#include "../../core/sip/info.h"
#include "caller.h"

#define HASH_SIZE 16

struct message {
	struct le le;
	struct caller_actor *c;
	struct sip_request *req;
};

/* --- SDP --- */

static int formats(struct caller_actor *c)
{
	const bool alaw = !strcmp(c->codec, "PCMA");
	char pt[8];
	int err = sdp_format_add(NULL, c->media, false, alaw ? "8" : "0", c->codec, 8000, 1, NULL, NULL, NULL,
				 false, NULL);

	if (err || c->event_pt < 0)
		return err;
	(void)re_snprintf(pt, sizeof(pt), "%d", c->event_pt);

	return sdp_format_add(NULL, c->media, false, pt, "telephone-event", 8000, 1, NULL, NULL, NULL, false, "0-15");
}

static int describe(struct caller_actor *c)
{
	int err;

	c->sdp = mem_deref(c->sdp);
	err = sdp_session_alloc(&c->sdp, &c->a.addr);
	if (!err)
		err = sdp_media_add(&c->media, c->sdp, sdp_media_audio, sa_port(&c->rtp.local), sdp_proto_rtpavp);

	return err ? err : formats(c);
}

/** libre keeps the state of offer and answer: it believes that its own text goes out */
static int encode_aside(struct caller_actor *c, bool offer)
{
	struct mbuf *mb = NULL;
	const int err = sdp_encode(&mb, c->sdp, offer);

	mem_deref(mb);

	return err;
}

/** The offer, or the answer to a later one: always the same words */
static int write_sdp(struct caller_actor *c, struct mbuf **mbp, bool offer)
{
	const unsigned v = sa_af(&c->a.addr) == AF_INET6 ? 6 : 4;
	const unsigned pt = strcmp(c->codec, "PCMA") ? 0 : 8;
	struct mbuf *mb = mbuf_alloc(512);
	char event[8] = "";
	int err = encode_aside(c, offer);

	if (!mb)
		return ENOMEM;
	if (c->event_pt >= 0)
		(void)re_snprintf(event, sizeof(event), " %d", c->event_pt);
	if (!err)
		err = mbuf_printf(mb, "v=0\r\no=%s %u 1 IN IP%u %j\r\ns=Talk\r\nc=IN IP%u %j\r\nt=0 0\r\n"
			  "m=audio %u RTP/AVP %u%s\r\na=rtpmap:%u %s/8000\r\n", c->user, c->rtp.ssrc, v, &c->a.addr,
			  v, &c->a.addr, sa_port(&c->rtp.local), pt, event, pt, c->codec);
	if (!err && c->event_pt >= 0)
		err = mbuf_printf(mb, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\n", c->event_pt,
				  c->event_pt);
	if (!err)
		err = mbuf_printf(mb, "a=ptime:20\r\na=sendrecv\r\n");
	mb->pos = 0;
	if (err)
		mem_deref(mb);
	else
		*mbp = mb;

	return err;
}

static int read_sdp(struct caller_actor *c, const struct sip_msg *msg, bool offer)
{
	const struct sdp_format *f;
	int err;

	if (!mbuf_get_left(msg->mb))
		return sa_isset(&c->rtp.remote, SA_ALL) ? 0 : EBADMSG;
	err = sdp_decode(c->sdp, msg->mb, offer);
	if (err)
		return EBADMSG;
	f = sdp_media_rformat(c->media, c->codec);
	if (!f || !sa_isset(sdp_media_raddr(c->media), SA_ALL))
		return ENOTSUP;
	c->rtp.remote = *sdp_media_raddr(c->media);
	c->rtp.pt = (uint8_t)f->pt;
	f = sdp_media_rformat(c->media, "telephone-event");
	c->rtp.event_tx = c->event_pt >= 0 && f && f->pt >= 0 && f->pt < 128 ? f->pt : -1;
	c->rtp.event_rx = c->event_pt;
	caller_rtp_start(&c->rtp);

	return 0;
}

/* --- what libre's session tells --- */

static int offer_handler(struct mbuf **descp, const struct sip_msg *msg, void *arg)
{
	struct caller_actor *c = arg;
	const bool offered = mbuf_get_left(msg->mb) > 0;
	const int err = offered ? read_sdp(c, msg, true) : 0;

	return err ? err : write_sdp(c, descp, !offered);
}

static int answer_handler(const struct sip_msg *msg, void *arg)
{
	struct caller_actor *c = arg;
	const int err = read_sdp(c, msg, false);

	if (c->up)
		caller_log_answered(c, "modified");

	return err;
}

static void progress_handler(const struct sip_msg *msg, void *arg)
{
	if (msg->scode > 100)
		caller_log_code(arg, "progress", msg->scode, &msg->reason);
}

static void established_handler(const struct sip_msg *msg, void *arg)
{
	struct caller_actor *c = arg;

	(void)msg;
	c->up = true;
	caller_log_answered(c, "answered");
}

static void info_handler(struct sip *sip, const struct sip_msg *msg, void *arg)
{
	struct caller_actor *c = arg;
	unsigned ms;
	char digit;
	const int err = info_read(&digit, &ms, msg_ctype_cmp(&msg->ctyp, "application", "dtmf-relay"),
				  (const char *)mbuf_buf(msg->mb), mbuf_get_left(msg->mb));

	(void)sip_treply(NULL, sip, msg, 200, "OK");
	if (!err)
		caller_ear_digit(&c->rtp, digit, DTMF_VIA_INFO);
}

static void refer_handler(struct sip *sip, const struct sip_msg *msg, void *arg)
{
	(void)arg;
	(void)sip_treply(NULL, sip, msg, 603, "Decline");
}

static void close_handler(int err, const struct sip_msg *msg, void *arg)
{
	struct caller_actor *c = arg;
	struct pl reason = PL("");
	char text[64] = "";
	unsigned code = 0;

	if (msg && msg->scode >= 300) {
		code = msg->scode;
		reason = msg->reason;
	}
	else if (err && err != ECONNRESET) {
		(void)re_snprintf(text, sizeof(text), "%m", err);
		pl_set_str(&reason, text);
	}
	c->up = false;
	c->sess = mem_deref(c->sess);
	caller_rtp_stop(&c->rtp);
	caller_log_code(c, "closed", code, &reason);
}

/* --- what the script asks --- */

static int own_uri(const struct caller_actor *c, char **uri)
{
	const bool v6 = sa_af(&c->a.addr) == AF_INET6;
	char port[8] = "";

	if (sa_port(&c->a.addr) != SIP_PORT)
		(void)re_snprintf(port, sizeof(port), ":%u", sa_port(&c->a.addr));

	return re_sdprintf(uri, "sip:%s@%s%j%s%s", c->user, v6 ? "[" : "", &c->a.addr, v6 ? "]" : "", port);
}

/** Call; the caller has no call yet */
int caller_sip_dial(struct caller_actor *c, const char *uri, const char *headers)
{
	struct mbuf *mb = NULL;
	char *own = NULL;
	int err = describe(c);

	sa_init(&c->rtp.remote, AF_INET);
	c->rtp.event_tx = c->rtp.event_rx = -1;
	c->number++;
	if (!err)
		err = own_uri(c, &own);
	if (!err)
		err = write_sdp(c, &mb, true);
	if (!err)
		err = sipsess_connect(&c->sess, c->sock, uri, NULL, own, own, NULL, 0, "application/sdp", mb, NULL, NULL,
				      false, offer_handler, answer_handler, progress_handler, established_handler,
				      info_handler, refer_handler, close_handler, c, "%s", headers);
	mem_deref(mb);
	mem_deref(own);

	return err;
}

/** Offer anew in the call (re-INVITE), with another payload type for telephone-event */
int caller_sip_modify(struct caller_actor *c, int event_pt)
{
	struct mbuf *mb = NULL;
	int err;

	c->event_pt = event_pt;
	err = describe(c);
	if (!err)
		err = write_sdp(c, &mb, true);
	if (!err)
		err = sipsess_modify(c->sess, mb);
	mem_deref(mb);

	return err;
}

void caller_sip_info(struct caller_actor *c, char digit, unsigned ms)
{
	info_send(c->sess, digit, ms);
}

static void message_destructor(void *arg)
{
	struct message *m = arg;

	list_unlink(&m->le);
	mem_deref(m->req);
}

static void message_result(int err, const struct sip_msg *msg, void *arg)
{
	struct message *m = arg;
	struct pl reason = PL("no answer");

	if (!err && msg && msg->scode < 200)
		return;
	caller_log_code(m->c, "message_result", msg && !err ? msg->scode : 0, msg && !err ? &msg->reason : &reason);
	mem_deref(m);
}

/** Send a MESSAGE; its outcome is logged as message_result */
int caller_sip_message(struct caller_actor *c, const char *uri, const char *type, const char *body)
{
	struct message *m = mem_zalloc(sizeof(*m), message_destructor);
	const uint64_t tag = rand_u64();
	const uint64_t call_id = rand_u64();
	char *own = NULL;
	int err;

	if (!m)
		return ENOMEM;
	m->c = c;
	list_append(&c->messages, &m->le, m);
	err = own_uri(c, &own);
	if (!err)
		err = sip_requestf(&m->req, c->sip, true, "MESSAGE", uri, NULL, NULL, NULL, message_result, m,
				   "To: <%s>\r\nFrom: <%s>;tag=%016llx\r\nCall-ID: %016llx\r\nCSeq: 1 MESSAGE\r\n"
				   "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
				   uri, own, tag, call_id, type, strlen(body), body);
	if (err)
		mem_deref(m);
	mem_deref(own);

	return err;
}

static void incoming(const struct sip_msg *msg, void *arg)
{
	const struct caller_actor *c = arg;

	(void)sip_treply(NULL, c->sip, msg, 486, "Busy Here");
}

int caller_sip_open(struct caller_actor *c)
{
	int err = sip_alloc(&c->sip, NULL, HASH_SIZE, HASH_SIZE, HASH_SIZE, "ipgap scenario door", NULL, NULL);

	if (!err)
		err = sip_transp_add(c->sip, SIP_TRANSP_UDP, &c->a.addr);
	if (!err)
		err = sipsess_listen(&c->sock, c->sip, HASH_SIZE, incoming, c);

	return err;
}

/** As a door whose power was cut: not a word more, also to what comes */
void caller_sip_vanish(struct caller_actor *c)
{
	caller_rtp_stop(&c->rtp);
	sip_transp_flush(c->sip);
	c->sess = mem_deref(c->sess);
	c->up = false;
}

/** The scenario is over: a call that is up gets its BYE, so that the receiver's line is free again */
void caller_sip_close(struct caller_actor *c)
{
	c->sess = mem_deref(c->sess);
	list_flush(&c->messages);
	c->sock = mem_deref(c->sock);
	c->sdp = mem_deref(c->sdp);
	if (c->sip)
		sip_close(c->sip, true);
	c->sip = mem_deref(c->sip);
}
