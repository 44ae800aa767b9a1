/**
 * @file call_sdp.c  SDP of a call: one audio stream, G.711 and telephone-event (SIP-05, SIP-06)
 *
 * libre negotiates; it writes "o=-" and "s=-", which call_sdp_encode() replaces: the manual's trace
 * (§3.3.22.1) carries the user of From in the origin line (SUP-02).
 */
#include <errno.h>
#include <string.h>
#include "core/media/media.h"
#include "core/sip/call_sdp.h"

#define EVENT_PT "101"

static const struct codec {
	const char *name, *pt;
} codecs[CODEC_COUNT] = {
	[CODEC_PCMA] = { "PCMA", "8" },
	[CODEC_PCMU] = { "PCMU", "0" },
};

/**
 * Name of a codec in SDP.
 *
 * @param codec Codec
 *
 * @return "PCMA", "PCMU"
 */
const char *call_codec_name(enum audio_codec codec)
{
	return codecs[codec].name;
}

static int formats(struct sdp_media *m, const struct settings *conf)
{
	int i, err = 0;

	for (i = 0; i < conf->codecs.n && !err; i++) {
		const struct codec *c = &codecs[conf->codecs.id[i]];

		err = sdp_format_add(NULL, m, false, c->pt, c->name, GAP_AUDIO_RATE, 1, NULL, NULL,
				     NULL, false, NULL);
	}
	if (!err && conf->dtmf_rfc4733)
		err = sdp_format_add(NULL, m, false, EVENT_PT, "telephone-event", GAP_AUDIO_RATE, 1,
				     NULL, NULL, NULL, false, "0-15");
	if (!err)
		err = sdp_media_set_lattr(m, true, "ptime", "%u", MEDIA_PTIME_MS);

	return err;
}

/**
 * Describe our side: codecs in the order of the settings, telephone-event 0-15 where they want it.
 *
 * @param sp    Session, written on success; mem_deref frees it
 * @param mp    Its audio stream, owned by the session
 * @param laddr Address of the media
 * @param port  RTP port
 * @param conf  Settings
 *
 * @return 0, EINVAL, ENOMEM
 */
int call_sdp_alloc(struct sdp_session **sp, struct sdp_media **mp, const struct sa *laddr,
		   uint16_t port, const struct settings *conf)
{
	struct sdp_session *s;
	int err;

	err = sdp_session_alloc(&s, laddr);
	if (err)
		return err;

	err = sdp_media_add(mp, s, sdp_media_audio, port, sdp_proto_rtpavp);
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

static int codec_of(const struct sdp_format *f)
{
	int i;

	for (i = 0; i < CODEC_COUNT; i++) {
		if (!strcmp(f->id, codecs[i].pt))
			return i;
	}

	return -1;
}

static int first_codec(struct call_sdp *out, const struct sdp_media *m)
{
	const struct le *le;

	for (le = sdp_media_format_lst(m, false)->head; le; le = le->next) {
		const struct sdp_format *f = le->data;
		const int codec = f->sup ? codec_of(f) : -1;

		if (codec < 0)
			continue;
		out->codec = (enum audio_codec)codec;
		out->pt = (uint8_t)f->pt;
		return 0;
	}

	return ENOTSUP;
}

static int payload_type(const struct sdp_format *f)
{
	return f && f->sup && f->pt >= 0 && f->pt < 128 ? f->pt : -1;
}

static void events(struct call_sdp *out, const struct sdp_media *m)
{
	out->event_tx = payload_type(sdp_media_rformat(m, "telephone-event"));
	out->event_rx = payload_type(sdp_media_format(m, true, NULL, -1, "telephone-event",
						      GAP_AUDIO_RATE, 1));
	if (out->event_tx < 0 || out->event_rx < 0)
		out->event_tx = out->event_rx = -1;
}

/* To libre 0.0.0.0 (hold of RFC 2543) and no connection line at all look the same */
static bool has_connection(const uint8_t *body, size_t n)
{
	return !re_regex((const char *)body, n, "[\r\n]1c=IN", NULL);
}

/**
 * Read the other side's offer or answer, and settle on a codec.
 *
 * @param out   What was agreed, written on success
 * @param s     Session
 * @param m     Its audio stream
 * @param body  SDP text
 * @param n     Its length
 * @param offer true = an offer
 *
 * @return 0, ENOTSUP no common codec or no audio, EBADMSG not SDP
 */
int call_sdp_decode(struct call_sdp *out, struct sdp_session *s, struct sdp_media *m,
		    const uint8_t *body, size_t n, bool offer)
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
		return ENOTSUP;
	nowhere = !sa_isset(&r.rtp, SA_ADDR);
	if (nowhere && !has_connection(body, n))
		return EBADMSG;
	err = first_codec(&r, m);
	if (err)
		return err;

	events(&r, m);
	sdp_media_raddr_rtcp(m, &r.rtcp);
	r.dir = sdp_media_dir(m);
	r.held = nowhere || !(sdp_media_rdir(m) & SDP_SENDONLY);
	if (nowhere)
		r.dir &= SDP_RECVONLY;
	*out = r;

	return 0;
}
