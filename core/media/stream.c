/**
 * @file stream.c  One RTP leg: sockets, start, stop, figures (SIP-05, SIP-08)
 *
 * RTP and RTCP are libre's (a report every 5 s, BYE at the end); sending is in stream_tx.c,
 * receiving in stream_rx.c and stream_play.c, reports in stream_rtcp.c, the clock of all legs in media.c.
 */
#include <errno.h>
#include <string.h>
#include "core/media/secure_priv.h"
#include "core/media/stream_priv.h"

#define PACKET_MAX 2048                 /* libre's 8 kB a receive buffer cost time */
#define TICKS_A_SECOND (1000 / MEDIA_PTIME_MS)

void stream_no_read(int16_t *pcm, size_t n, void *arg)
{
	(void)arg;
	memset(pcm, 0, n * sizeof(*pcm));
}

void stream_no_write(const int16_t *pcm, size_t n, void *arg)
{
	(void)pcm;
	(void)n;
	(void)arg;
}

static void no_event(const struct stream_event *ev, void *arg)
{
	(void)ev;
	(void)arg;
}

void stream_event(struct stream *s, const struct stream_event *ev)
{
	s->h(ev, s->arg);
}

static void stream_destructor(void *arg)
{
	struct stream *s = arg;

	stream_stop(s);
	mem_deref(s->secure);           /* after the sockets, which use it */
	mem_deref(s->mb);
	mem_deref(s->tx.dtmf);
	mem_deref(s->rx.dtmf);
	mem_deref(s->tx.enc);
	mem_deref(s->rx.dec);
	mem_deref(s->rx.jitter);
	mem_deref(s->media);
}

static int listen_pair(struct stream *s, const struct sa *laddr, unsigned lo, unsigned hi)
{
	return rtp_listen(&s->rtp, IPPROTO_UDP, laddr, (uint16_t)lo, (uint16_t)hi, true,
			  stream_recv, stream_rtcp_recv, s);
}

/* rtp_listen draws 64 times; a range nearly full is then searched pair by pair */
static int listen_range(struct stream *s, const struct sa *laddr, unsigned port_min,
			unsigned port_max)
{
	const unsigned lo = (port_min + 1) & ~1u, hi = MIN((port_max + 1) & ~1u, 65535u);
	unsigned p;
	int err;

	if (hi <= lo)
		return EINVAL;

	err = listen_pair(s, laddr, lo, hi);
	for (p = lo; err == EADDRINUSE && p + 1 < hi; p += 2)
		err = listen_pair(s, laddr, p, p + 2);

	return err;
}

/**
 * Allocate an RTP leg with its ports; nothing is sent before stream_start().
 *
 * @param sp       Stream, written on success; mem_deref frees it
 * @param m        Engine (a reference is kept)
 * @param laddr    Local address; its port is ignored
 * @param port_min First and last port; RTP takes an even one, RTCP the next
 * @param port_max
 * @param h        Event handler or NULL
 * @param arg      Its argument
 *
 * @return 0, EINVAL no even pair in the range, EADDRINUSE all taken, ENOMEM
 */
int stream_alloc(struct stream **sp, struct media *m, const struct sa *laddr, uint16_t port_min,
		 uint16_t port_max, stream_event_h *h, void *arg)
{
	struct stream *s;
	int err;

	if (!sp || !m || !laddr)
		return EINVAL;

	s = mem_zalloc(sizeof(*s), stream_destructor);
	if (!s)
		return ENOMEM;

	s->media = mem_ref(m);
	s->h = h ? h : no_event;
	s->arg = arg;
	stream_audio(s, NULL, NULL, NULL);
	s->mb = mbuf_alloc(RTP_HEADER_SIZE + GAP_FRAME);
	err = s->mb ? listen_range(s, laddr, port_min, port_max) : ENOMEM;
	if (err)
		goto out;

	s->port = sa_port(rtp_local(s->rtp));
	udp_rxsz_set(rtp_sock(s->rtp), PACKET_MAX);
	rtcp_set_srate(s->rtp, GAP_AUDIO_RATE, GAP_AUDIO_RATE);
	s->tx.ts = rand_u32();
 out:
	if (err)
		mem_deref(s);
	else
		*sp = s;

	return err;
}

/**
 * Connect the sound of a leg.
 *
 * @param s   Stream
 * @param rh  Fills GAP_FRAME samples each 20 ms; NULL = silence
 * @param wh  Takes GAP_FRAME samples a call; NULL = discard, nothing is decoded then
 * @param arg Argument of both
 */
void stream_audio(struct stream *s, stream_read_h *rh, stream_write_h *wh, void *arg)
{
	if (!s)
		return;

	s->rh = rh ? rh : stream_no_read;
	s->wh = wh ? wh : stream_no_write;
	s->audio_arg = arg;
}

/**
 * Local RTP port of a leg.
 *
 * @param s Stream
 *
 * @return Port, even; 0 for no stream
 */
uint16_t stream_port(const struct stream *s)
{
	return s ? s->port : 0;
}

/**
 * Give a leg its owner, where it was made before there was one.
 *
 * @param s   Stream
 * @param h   Event handler or NULL
 * @param arg Its argument
 */
void stream_owner(struct stream *s, stream_event_h *h, void *arg)
{
	if (!s)
		return;

	s->h = h ? h : no_event;
	s->arg = arg;
}

/**
 * Socket of a leg, for what travels beside the sound (STUN, ICE).
 *
 * @param s    Stream
 * @param rtcp true = that of the reports
 *
 * @return Socket (borrowed), NULL once stopped
 */
struct udp_sock *stream_sock(const struct stream *s, bool rtcp)
{
	if (!s || !s->rtp)
		return NULL;

	return rtcp ? rtcp_sock(s->rtp) : rtp_sock(s->rtp);
}

static void start_first(struct stream *s)
{
	s->tx.marker = true;
	s->rx.last_us = media_now(s->media);
	media_add(s->media, s);
}

/**
 * Start a leg, or change its parameters (re-INVITE).
 *
 * @param s     Stream, not stopped
 * @param raddr Where the peer wants its packets; symmetric RTP may replace it (SIP-08)
 * @param rtcp  Its RTCP address, NULL = none
 * @param prm   What was negotiated, copied
 *
 * @return 0, EINVAL, ENOMEM
 */
int stream_start(struct stream *s, const struct sa *raddr, const struct sa *rtcp,
		 const struct stream_params *prm)
{
	bool fresh;
	int err;

	if (!s || !raddr || !prm || !s->rtp)
		return EINVAL;

	fresh = prm->timeout_s && !s->prm.timeout_s;

	if (!sa_cmp(raddr, &s->sdp, SA_ALL)) {
		s->sdp = s->raddr = *raddr;
		s->rx.locked = false;
	}
	s->prm = *prm;
	err = stream_tx_encoder(s);
	if (err)
		return err;
	stream_tx_digits(s);
	stream_rtcp_start(s, rtcp);
	if (!s->le.list)
		start_first(s);
	else if (fresh)
		s->rx.last_us = media_now(s->media);

	return stream_rx_detector(s);
}

/**
 * Stop a leg for good: RTCP BYE, sockets closed.  Its figures can still be read.
 *
 * @param s Stream, may be NULL
 */
void stream_stop(struct stream *s)
{
	if (!s)
		return;

	media_remove(s->media, s);
	s->rtp = mem_deref(s->rtp);
}

/**
 * Stop a leg as a power cut does: not even RTCP BYE goes out.
 *
 * @param s Stream, may be NULL
 */
void stream_abort(struct stream *s)
{
	if (!s)
		return;

	rtcp_start(s->rtp, NULL, NULL); /* without a name there is no BYE */
	stream_stop(s);
}

/* Nobody is obliged to send while one side holds the other */
static void check_timeout(struct stream *s, uint64_t now_us)
{
	const struct stream_event ev = { .type = STREAM_TIMEOUT };
	const uint64_t limit = s->prm.timeout_s * 1000000ull;

	if (!limit || s->rx.timed_out)
		return;
	if (!s->prm.send || !s->prm.receive) {
		s->rx.last_us = now_us;
		return;
	}
	if (now_us - s->rx.last_us < limit)
		return;

	s->rx.timed_out = true;
	stream_event(s, &ev);
}

void stream_step(struct stream *s, uint64_t now_us)
{
	if (++s->ticks == TICKS_A_SECOND) {
		s->ticks = 0;
		level_second(&s->rx.level);
		level_second(&s->tx.level);
	}
	if (s->secure && s->secure->zrtp)
		zrtp_step(s->secure->zrtp, now_us);
	stream_tx_step(s);
	play_step(s);
	check_timeout(s, now_us);
}

/**
 * Figures of a leg since its start.
 *
 * @param s  Stream
 * @param st Written
 */
void stream_stats(const struct stream *s, struct stream_stats *st)
{
	if (!s || !st)
		return;

	st->sent = s->tx.sent;
	st->received = s->rx.received;
	st->lost = s->rx.lost;
	st->late = s->rx.late;
	st->concealed = s->rx.concealed;
	st->buffer_ms = s->rx.jitter ? jitter_depth_ms(s->rx.jitter) : 0;
	st->buffer_max_ms = s->rx.depth_max_ms;
	st->jitter_us = (s->rx.jitter16 >> 4) * 1000 / STREAM_RATE_KHZ / MAX(s->rx.clock, 1);
	st->reports = s->rtcp.reports;
	st->remote_lost = s->rtcp.lost;
	st->remote_jitter_us = s->rtcp.jitter_us;
	st->rtt_us = s->rtcp.rtt_us;
	st->rx_dbm0 = level_dbm0(&s->rx.level);
	st->tx_dbm0 = level_dbm0(&s->tx.level);
	secure_stats(s->secure, st);
}
