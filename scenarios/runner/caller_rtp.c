/**
 * @file caller_rtp.c  Packets of a faulty door: sound, digits, and a network that spoils them (RCV-01)
 *
 * A frame of sound every 20 ms, always; packets of an event beside it, not instead of it where the tone
 * is in the sound too.  A packet that the network loses has had its sequence number.
 *
 *     drawn      what becomes of the packet
 *     loss       nothing goes out
 *     reorder    it is held and follows the next one
 *     duplicate  it goes out twice
 *     jitter     it goes out up to jitter_ms later
 *     skew       (not drawn) all its times are shorter by so many millionths
 */
#include <re.h>
#include <rem_g711.h>
#include <string.h>
#include "../../core/port.h"
#include "../../sim/vnet.h"
#include "caller.h"

#define TICK_US 20000u
#define PORT_MIN 40000u
#define PORT_PAIRS 5000u

/** A packet on its way */
struct late {
	struct le le;
	struct tmr tmr;
	struct caller_rtp *r;
	struct mbuf *mb;
};

/** xorshift64*: 0 <= x < n */
static uint32_t chance(struct caller_rtp *r, uint32_t n)
{
	r->chance ^= r->chance >> 12;
	r->chance ^= r->chance << 25;
	r->chance ^= r->chance >> 27;

	return (uint32_t)((r->chance * 0x2545f4914f6cdd1dull) >> 33) % n;
}

static bool percent(struct caller_rtp *r, double p)
{
	return p > 0 && chance(r, 100000) < p * 1000;
}

static void put(struct caller_rtp *r, struct mbuf *mb)
{
	mb->pos = 0;
	(void)udp_send(r->us, &r->remote, mb);
}

static void late_destructor(void *arg)
{
	struct late *l = arg;

	tmr_cancel(&l->tmr);
	list_unlink(&l->le);
	mem_deref(l->mb);
}

static void late_due(void *arg)
{
	struct late *l = arg;

	put(l->r, l->mb);
	mem_deref(l);
}

static void put_late(struct caller_rtp *r, struct mbuf *mb, uint32_t ms)
{
	struct late *l = ms ? mem_zalloc(sizeof(*l), late_destructor) : NULL;

	if (!l) {
		put(r, mb);
		return;
	}
	l->r = r;
	l->mb = mem_ref(mb);
	tmr_init(&l->tmr);
	list_append(&r->late, &l->le, l);
	tmr_start(&l->tmr, ms, late_due, l);
}

static void through_network(struct caller_rtp *r, struct mbuf *mb)
{
	const uint32_t jitter = (uint32_t)r->net.jitter_ms;
	struct mbuf *held = r->held;

	if (percent(r, r->net.loss))
		return;
	if (!held && percent(r, r->net.reorder)) {
		r->held = mem_ref(mb);
		return;
	}
	put_late(r, mb, jitter ? chance(r, jitter + 1) : 0);
	if (percent(r, r->net.duplicate))
		put_late(r, mb, jitter ? chance(r, jitter + 1) : 0);
	if (held) {
		r->held = NULL;
		put_late(r, held, 0);
		mem_deref(held);
	}
}

static void packet(struct caller_rtp *r, bool marker, uint8_t pt, uint32_t ts, const uint8_t *buf, size_t n)
{
	const struct rtp_header hdr = {
		.ver = RTP_VERSION, .m = marker, .pt = pt, .seq = r->seq++, .ts = ts, .ssrc = r->ssrc,
	};
	struct mbuf *mb;

	if (r->quiet)
		return;
	mb = mbuf_alloc(RTP_HEADER_SIZE + n);
	if (mb && !rtp_hdr_encode(mb, &hdr) && !mbuf_write_mem(mb, buf, n))
		through_network(r, mb);
	mem_deref(mb);
}

static void event(struct caller_rtp *r, const struct dtmf_step *st)
{
	const unsigned n = st->p.end ? r->way.ends : 1;
	uint8_t buf[DTMF_PAYLOAD];
	unsigned i;

	dtmf_payload_encode(buf, &st->p);
	for (i = 0; i < n; i++)
		packet(r, st->marker && r->way.marker && !i, (uint8_t)r->event_tx, st->ts_start, buf, sizeof(buf));
}

static void sound(struct caller_rtp *r, const int16_t *pcm, uint32_t ts)
{
	uint8_t buf[GAP_FRAME];
	size_t i;

	for (i = 0; i < GAP_FRAME; i++)
		buf[i] = r->pt ? g711_pcm2alaw(pcm[i]) : g711_pcm2ulaw(pcm[i]);
	packet(r, false, r->pt, ts, buf, sizeof(buf));
}

/* One frame; after it nothing of r is used where the handlers ended the call */
static void step(struct caller_rtp *r)
{
	struct dtmf_step st = {.event = false};
	int16_t pcm[GAP_FRAME] = {0};
	const uint32_t ts = r->ts;

	r->ts += GAP_FRAME;
	if (dtmf_tx_busy(r->tx))
		dtmf_tx_step(r->tx, &st, pcm, GAP_FRAME, ts);
	voice_add(&r->voice, pcm, GAP_FRAME);
	/* a person who speaks is heard beside the events */
	if (!st.event || r->way.inband || r->voice.amplitude > 0)
		sound(r, pcm, ts);
	if (st.event)
		event(r, &st);
	if (st.started && r->way.info)
		r->ops->info(st.started, r->digit_ms, r->arg);
	if (st.done)
		r->ops->sent(r->arg);
}

/* Nanoseconds are carried over: 100 ppm of 20 ms are 2 us */
static uint64_t tick_us(struct caller_rtp *r)
{
	const int64_t ns = r->rest_ns + (int64_t)(TICK_US * 1000 - r->net.skew_ppm * TICK_US / 1000);

	r->rest_ns = ns % 1000;

	return (uint64_t)ns / 1000;
}

static void tick(void *arg)
{
	struct caller_rtp *r = arg;
	const uint64_t now = vnet_now_us();

	while (r->running && r->next_us <= now) {
		r->next_us += tick_us(r);
		step(r);
	}
	if (r->running)
		tmr_start(&r->tmr, (r->next_us - now + 999) / 1000, tick, r);
}

/** Packets go out from now on, to r->remote */
void caller_rtp_start(struct caller_rtp *r)
{
	if (r->running)
		return;
	r->running = true;
	r->next_us = vnet_now_us() + TICK_US;
	tmr_start(&r->tmr, TICK_US / 1000, tick, r);
}

/** End of a call: the sockets stay for the next one */
void caller_rtp_stop(struct caller_rtp *r)
{
	r->running = false;
	tmr_cancel(&r->tmr);
	r->held = mem_deref(r->held);
	list_flush(&r->late);
	dtmf_tx_cancel(r->tx);
	/* let the queue run out, unheard */
	while (dtmf_tx_busy(r->tx)) {
		int16_t pcm[GAP_FRAME];
		struct dtmf_step st;

		dtmf_tx_step(r->tx, &st, pcm, GAP_FRAME, 0);
	}
	r->heard = false;
	dtmf_rx_reset(r->rx);
	memset(&r->events, 0, sizeof(r->events));
	memset(&r->merge, 0, sizeof(r->merge));
}

/**
 * Queue digits; ops->sent follows.
 *
 * @return 0, EINVAL no digit or time out of range, ENOSPC more than 64 would wait
 */
int caller_rtp_digits(struct caller_rtp *r, const char *digits, unsigned on_ms, unsigned off_ms,
		      const struct caller_way *way)
{
	const int err = dtmf_tx_queue(r->tx, digits, on_ms, off_ms);

	if (err)
		return err;
	r->way = *way;
	r->way.events = way->events && r->event_tx >= 0;
	r->digit_ms = on_ms;
	dtmf_tx_set(r->tx, way->inband, r->way.events, way->level_dbm0, way->twist_db);

	return 0;
}

/* On the real clock another port each time: a receiver may go on sending to the last call's, whose door vanished */
static int listen_any(struct caller_rtp *r, const struct sa *laddr, bool virtual_time)
{
	const uint64_t first = virtual_time ? chance(r, PORT_PAIRS) : vnet_now_us() / 1000;
	int err = EADDRINUSE;
	unsigned i;

	for (i = 0; i < 64 && err == EADDRINUSE; i++) {
		r->local = *laddr;
		sa_set_port(&r->local, (uint16_t)(PORT_MIN + 2 * ((first + i) % PORT_PAIRS)));
		err = udp_listen(&r->us, &r->local, caller_ear_recv, r);
	}

	return err;
}

/**
 * Open a leg: its port is in r->local.
 *
 * @param r      Zeroed
 * @param laddr  Address; its port is ignored
 * @param random Seed of its chance
 * @param virtual_time Is time virtual?
 * @param ops    What it tells
 */
int caller_rtp_open(struct caller_rtp *r, const struct sa *laddr, uint64_t random,
		    bool virtual_time, const struct caller_rtp_ops *ops, void *arg)
{
	int err;

	tmr_init(&r->tmr);
	r->chance = random | 1;
	r->ops = ops;
	r->arg = arg;
	r->ssrc = chance(r, 0x7fffffff);
	r->ts = chance(r, 0x7fffffff);
	r->seq = (uint16_t)chance(r, 0x10000);
	err = dtmf_tx_alloc(&r->tx);
	if (!err)
		err = caller_ear_open(r);

	return err ? err : listen_any(r, laddr, virtual_time);
}

void caller_rtp_close(struct caller_rtp *r)
{
	r->running = false;
	tmr_cancel(&r->tmr);
	list_flush(&r->late);
	r->held = mem_deref(r->held);
	r->us = mem_deref(r->us);
	r->tx = mem_deref(r->tx);
	r->rx = mem_deref(r->rx);
}
