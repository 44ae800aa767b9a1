/**
 * @file stream_rtcp.c  Reports of a leg: what the other side received of us (SIP-05, SIP-08, RFC 3550 §6)
 *
 * libre sends our report every 5 s and answers theirs.  Theirs counts where it comes from the address that the
 * sound comes from, or the signalled one, and under the sound's SSRC; its block about our SSRC gives loss and
 * jitter, libre the round trip.
 *
 *     from        address and SSRC right   stranger   BYE                  on the RTP port
 *     what        counted, peer lives      nothing    nothing: SIP hangs   as on RTCP's, where a=rtcp-mux
 *                                                     up, not RTCP         was agreed (RFC 5761)
 *
 * A stranger's SSRC still takes one of the eight places of libre's table, so that with eight of them our own
 * reports say nothing any more; sound is not touched by that.
 */
#include "core/media/stream_priv.h"

static bool from_peer(const struct stream *s, const struct sa *src, uint32_t ssrc)
{
	const struct stream_rx *rx = &s->rx;

	if (!rx->locked)
		return sa_cmp(src, &s->sdp, SA_ADDR);

	return ssrc == rx->ssrc && (sa_cmp(src, &rx->src, SA_ADDR) || sa_cmp(src, &s->sdp, SA_ADDR));
}

/* libre took the round trip from the last block that has one: ours, or it is not ours */
static void round_trip(struct stream *s, uint32_t reporter, const struct rtcp_rr *block, uint32_t n)
{
	struct rtcp_stats st;

	while (n && !(block[n - 1].lsr && block[n - 1].dlsr))
		n--;
	if (n && block[n - 1].ssrc == rtp_sess_ssrc(s->rtp) && !rtcp_stats(s->rtp, reporter, &st))
		s->rtcp.rtt_us = st.rtt;
}

static void blocks(struct stream *s, uint32_t reporter, const struct rtcp_rr *block, uint32_t n)
{
	const uint32_t hz = codec_table[s->prm.codec].clock_hz;
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (block[i].ssrc != rtp_sess_ssrc(s->rtp))
			continue;
		s->rtcp.reports++;
		s->rtcp.lost = block[i].lost > 0 ? (uint32_t)block[i].lost : 0;
		s->rtcp.jitter_us = (uint32_t)MIN(block[i].jitter * 1000000ull / hz, UINT32_MAX);
	}
	round_trip(s, reporter, block, n);
}

/* libre's handler, after its own */
void stream_rtcp_recv(const struct sa *src, struct rtcp_msg *msg, void *arg)
{
	struct stream *s = arg;
	const bool sr = msg->hdr.pt == RTCP_SR;
	const uint32_t ssrc = sr ? msg->r.sr.ssrc : msg->r.rr.ssrc;

	if ((!sr && msg->hdr.pt != RTCP_RR) || !s->rtp || !from_peer(s, src, ssrc))
		return;

	s->rx.last_us = media_now(s->media);
	blocks(s, ssrc, sr ? msg->r.sr.rrv : msg->r.rr.rrv, msg->hdr.count);
}

/* Where reports go from now on: at the start, and after each change of the parameters */
void stream_rtcp_start(struct stream *s, const struct sa *rtcp)
{
	const struct sa *to = s->prm.rtcp_mux ? &s->raddr : rtcp;
	char cname[64];

	rtcp_enable_mux(s->rtp, s->prm.rtcp_mux);
	if (s->le.list && to && sa_cmp(to, &s->rtcp.to, SA_ALL))
		return;
	if (to)
		s->rtcp.to = *to;
	(void)re_snprintf(cname, sizeof(cname), "%J", rtp_local(s->rtp));
	rtcp_start(s->rtp, cname, to);
}
