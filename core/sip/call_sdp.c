/**
 * @file call_sdp.c  SDP of a call: one audio stream, its codecs and telephone-event (SIP-05, SIP-06)
 *
 * libre negotiates; it writes "o=-" and "s=-", which call_sdp_encode() replaces: the manual's trace
 * (§3.3.22.1) carries the user of From in the origin line (SUP-02).
 */
#include <errno.h>
#include <string.h>
#include "core/media/media.h"
#include "core/sip/call_sdp.h"

/**
 * Name of a codec in SDP.
 *
 * @param codec Codec
 *
 * @return "PCMA", "opus", ...
 */
const char *call_codec_name(enum audio_codec codec)
{
	return codec_table[codec].name;
}

static bool has_param(const char *params, const char *name, unsigned *value)
{
	char buf[64];
	struct pl pl, v;

	pl_set_str(&pl, params ? params : "");
	(void)re_snprintf(buf, sizeof(buf), "%s", name);
	if (!fmt_param_get(&pl, buf, &v))
		return false;
	*value = pl_u32(&v);

	return true;
}

/* AMR: alike in packing, and none of RFC 4867's extras */
static bool amr_alike(const char *lfmtp, const char *rfmtp, void *data)
{
	static const char *const extra[] = {"crc", "robust-sorting", "interleaving"};
	unsigned here = 0, there = 0, v = 0;
	size_t i;

	(void)data;
	for (i = 0; i < ARRAY_SIZE(extra); i++) {
		if (has_param(rfmtp, extra[i], &v) && v)
			return false;
	}
	(void)has_param(lfmtp, "octet-align", &here);
	(void)has_param(rfmtp, "octet-align", &there);

	return here == there;
}

static int add_codec(struct sdp_media *m, const struct codec *c)
{
	unsigned i;
	int err = 0;

	for (i = 0; i < c->formats && !err; i++) {
		const struct codec_format *f = &c->format[i];
		char pt[4];

		(void)re_snprintf(pt, sizeof(pt), "%u", f->pt);
		err = sdp_format_add(NULL, m, false, pt, c->sdp, c->clock_hz, c->channels, NULL,
				     c->formats > 1 ? amr_alike : NULL, (void *)(uintptr_t)f, false,
				     f->fmtp ? "%s" : NULL, f->fmtp);
	}

	return err;
}

static bool uses_clock(const struct settings *conf, uint32_t hz)
{
	int i;

	for (i = 0; i < conf->codecs.n; i++) {
		if (codec_table[conf->codecs.id[i]].clock_hz == hz)
			return true;
	}

	return false;
}

/*
 * One for each clock among the codecs: a digit counts time as the sound beside it does (RFC 4733 §2.1).
 * 8,000 Hz in any case: there are phones that know no other, whatever they speak.
 */
static int add_events(struct sdp_media *m, const struct settings *conf)
{
	unsigned i;
	int err = 0;

	for (i = 0; i < CODEC_EVENTS && !err; i++) {
		char pt[4];

		if (codec_events[i].clock_hz != GAP_AUDIO_RATE && !uses_clock(conf, codec_events[i].clock_hz))
			continue;
		(void)re_snprintf(pt, sizeof(pt), "%u", codec_events[i].pt);
		err = sdp_format_add(NULL, m, false, pt, "telephone-event", codec_events[i].clock_hz, 1,
				     NULL, NULL, NULL, false, "0-15");
	}

	return err;
}

static int formats(struct sdp_media *m, const struct settings *conf)
{
	int i, err = 0;

	for (i = 0; i < conf->codecs.n && !err; i++)
		err = add_codec(m, &codec_table[conf->codecs.id[i]]);
	if (!err && conf->dtmf_rfc4733)
		err = add_events(m, conf);
	if (!err)
		err = sdp_media_set_lattr(m, true, "ptime", "%u", MEDIA_PTIME_MS);
	if (!err && conf->rtcp_fb)
		err = sdp_media_set_lattr(m, true, "rtcp-fb", "* trr-int 5000");

	return err;
}

/**
 * Describe our side: codecs in the order of the settings, telephone-event 0-15 where they want it.
 *
 * @param sp    Session, written on success; mem_deref frees it
 * @param mp    Its audio stream, owned by the session
 * @param laddr Address of the media
 * @param port  RTP port
 * @param srtp  true = RTP/SAVP and nothing else, false = RTP/AVP (SIP-09)
 * @param conf  Settings
 *
 * @return 0, EINVAL, ENOMEM
 */
int call_sdp_alloc(struct sdp_session **sp, struct sdp_media **mp, const struct sa *laddr,
		   uint16_t port, bool srtp, const struct settings *conf)
{
	struct sdp_session *s;
	int err;

	err = sdp_session_alloc(&s, laddr);
	if (err)
		return err;

	err = sdp_media_add(mp, s, sdp_media_audio, port, srtp ? sdp_proto_rtpsavp : sdp_proto_rtpavp);
	if (!err)
		err = formats(*mp, conf);
	if (err)
		mem_deref(s);
	else
		*sp = s;

	return err;
}

/* A blank would end the field */
static void origin_user(char *buf, size_t size, const char *user)
{
	size_t i;

	for (i = 0; i + 1 < size && user[i]; i++)
		buf[i] = user[i] > ' ' ? user[i] : '_';
	buf[i] = '\0';
}

static int with_origin(struct mbuf **mbp, const struct mbuf *from, const struct call_origin *o)
{
	struct mbuf *mb = mbuf_alloc(from->end + 64);
	struct pl rest;
	char user[128];
	int err;

	if (!mb)
		return ENOMEM;

	origin_user(user, sizeof(user), o->user);
	if (re_regex((const char *)from->buf, from->end, "\r\nc=[^]+", &rest)) {
		err = EBADMSG;
		goto out;
	}
	err = mbuf_printf(mb, "v=0\r\no=%s %llu %u IN IP%d %j\r\ns=Talk\r\nc=%r", user, o->id,
			  o->version, sa_af(o->addr) == AF_INET6 ? 6 : 4, o->addr, &rest);
	mb->pos = 0;
 out:
	if (err)
		mem_deref(mb);
	else
		*mbp = mb;

	return err;
}

/**
 * Write our offer or answer.
 *
 * @param mbp    Text, position 0, written on success
 * @param s      Session
 * @param offer  true = offer, false = answer to what was decoded last
 * @param origin Origin line
 *
 * @return 0, ENOMEM
 */
int call_sdp_encode(struct mbuf **mbp, struct sdp_session *s, bool offer,
		    const struct call_origin *origin)
{
	struct mbuf *mb;
	int err;

	err = sdp_encode(&mb, s, offer);
	if (err)
		return err;

	err = with_origin(mbp, mb, origin);
	mem_deref(mb);

	return err;
}

/* What may come: each format agreed on, by the type that we gave it */
static void receivable(struct call_sdp *out, const struct sdp_media *m, const struct codec_format *f)
{
	const struct le *le;

	for (le = sdp_media_format_lst(m, true)->head; le; le = le->next) {
		const struct sdp_format *here = le->data;

		if (here->data != f || here->pt < 0 || here->pt > 127 || out->rx_n == STREAM_FORMATS)
			continue;
		out->rx[out->rx_n] = *f;
		out->rx[out->rx_n++].pt = (uint8_t)here->pt;
	}
}

static uint8_t mode_set(const char *params)
{
	struct pl pl, v;
	uint8_t set = 0;
	size_t i;

	pl_set_str(&pl, params ? params : "");
	if (!fmt_param_get(&pl, "mode-set", &v))
		return 0;
	for (i = 0; i < v.l; i++) {
		if (v.p[i] >= '0' && v.p[i] <= '7')
			set = (uint8_t)(set | 1u << (v.p[i] - '0'));
	}

	return set;
}

/* The first one is spoken, all are understood */
static int common_codecs(struct call_sdp *out, const struct sdp_media *m)
{
	const struct le *le;

	for (le = sdp_media_format_lst(m, false)->head; le; le = le->next) {
		const struct sdp_format *f = le->data;
		const struct codec_format *row = f->sup ? f->data : NULL;

		if (!row || f->pt < 0 || f->pt > 127)
			continue;
		if (!out->rx_n) {
			out->codec = (enum audio_codec)row->codec;
			out->pt = (uint8_t)f->pt;
			out->octet_align = row->octet_align;
			out->mode_set = mode_set(f->params);
		}
		receivable(out, m, row);
	}

	return out->rx_n ? 0 : ENOTSUP;
}

static int payload_type(const struct sdp_format *f)
{
	return f && f->sup && f->pt >= 0 && f->pt < 128 ? f->pt : -1;
}

static bool events_at(struct call_sdp *out, const struct sdp_media *m, uint32_t hz)
{
	const int32_t srate = (int32_t)hz;

	out->event_clock_hz = hz;
	out->event_tx = payload_type(sdp_media_format(m, false, NULL, -1, "telephone-event", srate, 1));
	out->event_rx = payload_type(sdp_media_format(m, true, NULL, -1, "telephone-event", srate, 1));

	return out->event_tx >= 0 && out->event_rx >= 0;
}

/* At the codec's clock, else at 8,000 Hz */
static void events(struct call_sdp *out, const struct sdp_media *m)
{
	if (!events_at(out, m, codec_table[out->codec].clock_hz) && !events_at(out, m, GAP_AUDIO_RATE))
		out->event_tx = out->event_rx = -1;
}

/* Accepted where it is offered (RFC 5761 §5.1.1), never asked for: there are PBXs that stumble over it */
static void reports(struct call_sdp *out, struct sdp_media *m, bool offer, bool before)
{
	const bool theirs = sdp_media_rattr(m, "rtcp-mux") != NULL;

	out->rtcp_mux = theirs && (offer || before);
	if (!out->rtcp_mux)
		sdp_media_del_lattr(m, "rtcp-mux");
	else if (sdp_media_set_lattr(m, true, "rtcp-mux", NULL))
		out->rtcp_mux = false;
	sdp_media_raddr_rtcp(m, &out->rtcp);
}

/* To libre 0.0.0.0 (hold of RFC 2543) and no connection line at all look the same */
static bool has_connection(const uint8_t *body, size_t n)
{
	return !re_regex((const char *)body, n, "[\r\n]1c=IN", NULL);
}

/* Did libre pass over their audio because it is encrypted and ours is not, or the other way round? */
static bool other_protection(const uint8_t *body, size_t n, bool srtp)
{
	struct pl proto;

	if (re_regex((const char *)body, n, "m=audio [0-9]+ [^ \r\n]+", NULL, &proto) ||
	    re_regex(proto.p, proto.l, "RTP/"))
		return false;

	return !re_regex(proto.p, proto.l, "SAVP") != srtp;
}

/**
 * Read the other side's offer or answer, and settle on a codec.
 *
 * @param out   What was agreed, written on success; before, what was agreed last, or zeroed
 * @param s     Session
 * @param m     Its audio stream
 * @param body  SDP text
 * @param n     Its length
 * @param offer true = an offer
 * @param srtp  As given to call_sdp_alloc()
 *
 * @return 0, ENOTSUP no common codec or no audio, ENOKEY encrypted where we are not, or the other way
 *         round, EBADMSG not SDP
 */
int call_sdp_decode(struct call_sdp *out, struct sdp_session *s, struct sdp_media *m,
		    const uint8_t *body, size_t n, bool offer, bool srtp)
{
	struct call_sdp r = { .held = false };
	struct mbuf mb = { .buf = (uint8_t *)(uintptr_t)body, .size = n, .end = n };
	bool nowhere;
	int err;

	err = sdp_decode(s, &mb, offer);
	if (err)
		return err == ENOMEM ? err : EBADMSG;

	r.rtp = *sdp_media_raddr(m);
	if (!sa_isset(&r.rtp, SA_PORT))
		return other_protection(body, n, srtp) ? ENOKEY : ENOTSUP;
	nowhere = !sa_isset(&r.rtp, SA_ADDR);
	if (nowhere && !has_connection(body, n))
		return EBADMSG;
	err = common_codecs(&r, m);
	if (err)
		return err;

	events(&r, m);
	reports(&r, m, offer, out->rtcp_mux);
	r.dir = sdp_media_dir(m);
	r.held = nowhere || !(sdp_media_rdir(m) & SDP_SENDONLY);
	if (nowhere)
		r.dir &= SDP_RECVONLY;
	*out = r;

	return 0;
}
