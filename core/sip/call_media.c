/**
 * @file call_media.c  Offer, answer and the RTP leg of a call (SIP-05, SIP-06, SIP-10)
 *
 * How digits go out (SIP-06):
 *
 *     settings            telephone-event agreed       not agreed
 *     rfc4733             RFC 4733                     in-band
 *     info                SIP INFO                     SIP INFO
 *     rfc4733 + info      RFC 4733                     SIP INFO
 *     both + dual         RFC 4733 and SIP INFO        SIP INFO
 *     neither             in-band                      in-band
 *
 * The in-band detector runs where telephone-event was not agreed, or by sip dtmf_listen always or
 * never.
 */
#include <errno.h>
#include <string.h>
#include "core/sip/call_priv.h"

static void digit(struct call *c, const struct stream_event *ev)
{
	const struct call_event out = { .type = CALL_DIGIT, .digit = ev->digit, .via = ev->via };

	call_post(c, &out, NULL);
}

static void stream_handler(const struct stream_event *ev, void *arg)
{
	struct call *c = arg;

	switch (ev->type) {

	case STREAM_DIGIT:
		digit(c, ev);
		break;

	case STREAM_DIGITS_SENT:
		call_post(c, &(struct call_event) { .type = CALL_DIGITS_SENT }, NULL);
		break;

	case STREAM_INFO:
		call_info_send(c, ev->digit, ev->duration_ms);
		break;

	case STREAM_TIMEOUT:
		call_post(c, &(struct call_event) { .type = CALL_MEDIA_TIMEOUT }, NULL);
		break;

	case STREAM_ENCRYPTED:
	case STREAM_SAS:
	case STREAM_PLAIN:
		call_secure_event(c, ev);
		break;

	case STREAM_FIRST:
		break;
	}
}

int call_media_alloc(struct call *c)
{
	int err;

	c->origin_id = rand_u32();
	c->dir = SDP_SENDRECV;
	err = nat_stream(&c->stream, &c->leg, c->ua, stream_handler, c);

	return err ? err : call_secure_alloc(c);
}

static int new_sdp(struct call *c, struct sdp_session **sp, struct sdp_media **mp)
{
	struct sa rtp, rtcp;
	int err;

	nat_media(&rtp, &rtcp, c->ua, c->leg, c->stream);
	err = call_sdp_alloc(sp, mp, &rtp, sa_port(&rtp), c->sdes != NULL, c->ua->conf);
	if (err)
		return err;
	sdp_media_set_ldir(*mp, c->dir);
	if (sa_port(&rtcp) != sa_port(&rtp) + 1)
		sdp_media_set_lport_rtcp(*mp, sa_port(&rtcp));
	call_secure_describe(c, *mp);

	return err;
}

static int encode(struct call *c, struct mbuf **mbp, bool offer)
{
	struct sa rtp, rtcp;
	const struct call_origin origin = {
		.user = c->user, .addr = &rtp, .id = c->origin_id,
		.version = ++c->origin_version
	};

	nat_media(&rtp, &rtcp, c->ua, c->leg, c->stream);

	return call_sdp_encode(mbp, c->sdp, offer, &origin);
}

int call_media_offer(struct call *c, struct mbuf **mbp)
{
	int err = 0;

	if (!c->sdp)
		err = new_sdp(c, &c->sdp, &c->media);
	if (!err)
		err = call_secure_offer(c);
	if (!err)
		err = call_ice_offer(c);
	if (!err)
		err = encode(c, mbp, true);

	return err;
}

int call_media_answer(struct call *c, struct mbuf **mbp)
{
	return encode(c, mbp, false);
}

/* Sound at an address of the other family (IPv4, IPv6) is out of our reach; 0.0.0.0 is a hold */
static int reachable(const struct call *c, const struct call_sdp *remote)
{
	const bool somewhere = sa_isset(&remote->rtp, SA_ADDR);

	return somewhere && sa_af(&remote->rtp) != sa_af(&c->ua->addr) ? EAFNOSUPPORT : 0;
}

/* A refused offer leaves the session as it was: the new one is read aside */
int call_media_read_offer(struct call *c, const struct sip_msg *msg)
{
	struct sdp_session *sdp;
	struct sdp_media *media;
	struct call_sdp remote = c->remote;
	int err;

	if (!msg_ctype_cmp(&msg->ctyp, "application", "sdp"))
		return ENOTSUP;

	err = new_sdp(c, &sdp, &media);
	if (err)
		return err;

	err = call_sdp_decode(&remote, sdp, media, mbuf_buf(msg->mb), mbuf_get_left(msg->mb), true, c->sdes != NULL);
	if (!err)
		err = reachable(c, &remote);
	err = call_secure_read(c, media, true, err);
	if (!err)
		err = call_ice_offered(c, sdp, media);
	if (err) {
		mem_deref(sdp);
		return err;
	}
	mem_deref(c->sdp);
	c->remote = remote;
	c->sdp = sdp;
	c->media = media;
	c->negotiated = true;

	return 0;
}

/* An empty body repeats what an earlier 183 said */
int call_media_read_answer(struct call *c, const struct sip_msg *msg)
{
	struct call_sdp remote = c->remote;
	int err;

	if (!mbuf_get_left(msg->mb))
		return c->negotiated ? 0 : EBADMSG;
	if (!msg_ctype_cmp(&msg->ctyp, "application", "sdp"))
		return ENOTSUP;

	err = call_sdp_decode(&remote, c->sdp, c->media, mbuf_buf(msg->mb), mbuf_get_left(msg->mb), false, c->sdes != NULL);
	if (!err)
		err = reachable(c, &remote);
	err = call_secure_read(c, c->media, false, err);
	if (!err)
		err = call_ice_answered(c);
	if (err)
		return err;
	c->remote = remote;
	c->negotiated = true;

	return 0;
}

static void digits_out(const struct call *c, struct stream_params *p)
{
	const struct settings *conf = c->ua->conf;

	p->tx_events = conf->dtmf_rfc4733 && c->remote.event_tx >= 0;
	p->tx_info = conf->dtmf_info && (!p->tx_events || conf->dtmf_dual);
	p->tx_inband = !p->tx_events && !p->tx_info;
	p->level_dbm0 = conf->dtmf_level_dbm0;
}

static bool listens(const struct call *c)
{
	switch (c->ua->conf->dtmf_listen) {

	case DTMF_LISTEN_ALWAYS:
		return true;

	case DTMF_LISTEN_NEVER:
		return false;

	default:
		return c->remote.event_rx < 0;
	}
}

/* Start the leg, or let it follow a re-INVITE */
int call_media_start(struct call *c)
{
	const bool waits = call_ice_waits(c);
	const struct sa *peer = call_ice_peer(c, false), *rtcp = call_ice_peer(c, true);
	struct stream_params p = {
		.codec = c->remote.codec,
		.pt = c->remote.pt,
		.octet_align = c->remote.octet_align,
		.mode_set = c->remote.mode_set,
		.rx_n = c->remote.rx_n,
		.rtcp_mux = c->remote.rtcp_mux,
		.event_pt_tx = c->remote.event_tx,
		.event_pt_rx = c->remote.event_rx,
		.event_clock_hz = c->remote.event_clock_hz,
		.send = (c->remote.dir & SDP_SENDONLY) && !waits,
		.receive = c->remote.dir & SDP_RECVONLY,
		.listen = listens(c),
		.jitter_min_ms = (unsigned)c->ua->conf->jitter_min_ms,
		.jitter_max_ms = (unsigned)MAX(c->ua->conf->jitter_min_ms, c->ua->conf->jitter_max_ms),
		.fixed = peer || !c->ua->conf->nat.symmetric_rtp,
		.timeout_s = c->established ? (unsigned)c->ua->conf->media_timeout_s : 0,
	};

	int err;

	memcpy(p.rx, c->remote.rx, sizeof(p.rx));
	digits_out(c, &p);
	c->via = p.tx_events ? DTMF_VIA_RFC4733 : p.tx_info ? DTMF_VIA_INFO : DTMF_VIA_INBAND;
	err = call_secure_start(c);

	return err ? err : stream_start(c->stream, peer ? peer : &c->remote.rtp, rtcp ? rtcp : &c->remote.rtcp, &p);
}

/* Tell the owner where the other side's wish changed; an "inactive" to our own hold is none */
void call_media_held(struct call *c)
{
	const struct call_event ev = { .type = CALL_HOLD, .held = c->remote.held };

	if (c->held == c->remote.held || c->dir != SDP_SENDRECV)
		return;

	c->held = c->remote.held;
	call_post(c, &ev, NULL);
}

/**
 * Put the other side on hold (re-INVITE, sendonly) or resume (SIP-10).
 *
 * @param c    Call, established
 * @param hold true = hold
 *
 * @return 0, ENOTCONN not established, or libre's error; a refusal by the other side changes
 *         nothing
 */
int call_hold(struct call *c, bool hold)
{
	struct mbuf *mb = NULL;
	int err;

	if (!c || !c->established || !c->sess)
		return ENOTCONN;

	c->dir = hold ? SDP_SENDONLY : SDP_SENDRECV;
	sdp_media_set_ldir(c->media, c->dir);
	err = call_media_offer(c, &mb);
	if (!err)
		err = sipsess_modify(c->sess, mb);
	mem_deref(mb);

	return err;
}

/**
 * Send digits the negotiated way; CALL_DIGITS_SENT follows.
 *
 * @param c      Call with media
 * @param digits 0-9 A-D * #
 * @param on_ms  Length of a digit [ms]
 * @param off_ms Pause after it [ms]
 *
 * @return 0, ENOTCONN no media yet or no longer, else as stream_digits()
 */
int call_digits(struct call *c, const char *digits, unsigned on_ms, unsigned off_ms)
{
	if (!c || !c->negotiated || c->over)
		return ENOTCONN;

	return stream_digits(c->stream, digits, on_ms, off_ms);
}

/**
 * Mute the in-band detector of a call (SUP-24).
 *
 * @param c    Call
 * @param mute true = deaf for tones
 */
void call_mute_digits(struct call *c, bool mute)
{
	if (c)
		stream_mute_rx(c->stream, mute);
}

/**
 * Connect the sound of a call; see stream_audio().
 *
 * @param c   Call
 * @param rh  Source, NULL = silence
 * @param wh  Sink, NULL = discard
 * @param arg Argument of both
 */
void call_audio(struct call *c, stream_read_h *rh, stream_write_h *wh, void *arg)
{
	if (c)
		stream_audio(c->stream, rh, wh, arg);
}
