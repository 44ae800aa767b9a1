/**
 * @file fuzz_rtcp.c  RTCP of any kind into a leg that sends and receives (SIP-08)
 *
 * Input: flags (bit 0 on the RTP port, rtcp-mux, bit 1 from a stranger), then a datagram, in which the text S1S1
 * stands for the leg's SSRC; P1P1 is its peer's.  What must hold: the call goes on, and a stranger
 * leaves no figure.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <string.h>
#include "core/media/stream_priv.h"
#define DEBUG_MODULE "fuzz"
#define DEBUG_LEVEL 0
#include <re_dbg.h>
#include "sim/vnet.h"

#define DATAGRAM_MAX 1500

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct media *media;
static struct udp_sock *peer, *stranger;
static struct sa there, elsewhere;

static uint64_t clock_us(void *arg)
{
	(void)arg;

	return vnet_now_us();
}

static void no_packet(const struct sa *src, struct mbuf *mb, void *arg)
{
	(void)src;
	(void)mb;
	(void)arg;
}

static void on_event(const struct stream_event *ev, void *arg)
{
	(void)arg;
	assert(ev->type == STREAM_FIRST);
}

static void stop(void *arg)
{
	(void)arg;
	re_cancel();
}

static void run(unsigned ms)
{
	struct tmr tmr;

	tmr_init(&tmr);
	tmr_start(&tmr, ms, stop, NULL);
	(void)re_main(NULL);
	tmr_cancel(&tmr);
}

static int prepare(void)
{
	int err = vnet_start(true, 1);

	sa_set_str(&there, "10.77.0.2", 7000);
	sa_set_str(&elsewhere, "10.77.0.3", 7000);
	if (!err)
		err = libre_init();
	if (!err)
		err = media_alloc(&media, clock_us, NULL);
	if (!err)
		err = udp_listen(&peer, &there, no_packet, NULL);

	return err ? err : udp_listen(&stranger, &elsewhere, no_packet, NULL);
}

static void send_to(struct udp_sock *us, const struct stream *s, unsigned port, const uint8_t *data, size_t n)
{
	struct mbuf *mb = mbuf_alloc(n + 1);
	struct sa to = *rtp_local(s->rtp);

	if (!mb)
		return;
	sa_set_port(&to, (uint16_t)port);
	(void)mbuf_write_mem(mb, data, n);
	mb->pos = 0;
	(void)udp_send(us, &to, mb);
	mem_deref(mb);
}

static void put_ssrc(uint8_t *buf, size_t n, const char *mark, uint32_t ssrc)
{
	const uint32_t be = htonl(ssrc);
	uint8_t *p;

	while ((p = memmem(buf, n, mark, 4)) != NULL)
		memcpy(p, &be, sizeof(be));
}

static void reports(struct stream *s, uint8_t flags, const uint8_t *data, size_t size)
{
	uint8_t buf[DATAGRAM_MAX], sound[RTP_HEADER_SIZE + 1] = {0x80, 8, 0, 1, 0, 0, 0, 0, 0x50, 0x31, 0x50, 0x31, 0xd5};
	struct stream_stats st;
	const size_t n = MIN(size, sizeof(buf));

	send_to(peer, s, stream_port(s), sound, sizeof(sound));
	run(30);
	memcpy(buf, data, n);
	put_ssrc(buf, n, "S1S1", rtp_sess_ssrc(s->rtp));
	send_to(flags & 2 ? stranger : peer, s, (unsigned)stream_port(s) + (flags & 1 ? 0u : 1u), buf, n);
	run(2);
	stream_stats(s, &st);
	assert(!(flags & 2) || (!st.reports && !st.rtt_us && !st.remote_lost && !st.remote_jitter_us));
	run(5100);                              /* our report, with what was made of theirs */
}

/**
 * Entry of the fuzzer.
 *
 * @param data Input
 * @param size Its length [bytes]
 *
 * @return 0
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream_params p = {.event_pt_tx = -1, .event_pt_rx = -1, .send = true, .receive = true, .pt = 8};
	static bool ready;
	struct stream *s = NULL;
	struct sa laddr;

	if (!size || (!ready && prepare()))
		return 0;
	ready = true;
	dbg_init(DBG_ERR, DBG_NONE);
	p.rtcp_mux = data[0] & 1;
	sa_set_str(&laddr, "10.77.0.1", 0);
	if (stream_alloc(&s, media, &laddr, 5000, 5099, on_event, NULL))
		return 0;
	if (!stream_start(s, &there, &there, &p))
		reports(s, data[0], data + 1, size - 1);
	mem_deref(s);

	return 0;
}
