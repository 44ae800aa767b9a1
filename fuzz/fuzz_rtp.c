/**
 * @file fuzz_rtp.c  RTP packets of any kind into a leg: order, jitter buffer, codecs, digits (SIP-05, SIP-06, SIP-08)
 *
 * Input: codec, flags (bit 0 detector, bit 1 no sink, bit 2 AMR octet-align, bits 4..6 least delay [20 ms]),
 * then records:
 *
 *     ticks (0..15), seq (2), ts (4), marker and payload type, padding and SSRC, length, payload
 *
 * seq and ts are added to those of a stream in order, so that zeros are a good one.  What must hold: frames
 * at the sink are whole, one a tick and what came directly, no packet waits longer than 500 ms, and
 * no packet is kept when the leg is gone.
 */
#include <assert.h>
#include <string.h>
#include "core/media/stream_priv.h"
#define DEBUG_MODULE "fuzz"
#define DEBUG_LEVEL 0
#include <re_dbg.h>
#include "sim/vnet.h"

#define HEAD 10
#define EVENT 101

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t now_us;
static struct media *media;

struct leg {
	struct stream *s;
	struct sa src;
	uint16_t seq;
	uint32_t ts;
};

static uint64_t clock_us(void *arg)
{
	(void)arg;

	return now_us;
}

static void sink(const int16_t *pcm, size_t n, void *arg)
{
	(void)pcm;
	(void)arg;
	assert(n == GAP_FRAME);
}

static void on_event(const struct stream_event *ev, void *arg)
{
	(void)arg;
	assert(ev->type != STREAM_DIGIT || dtmf_is_digit(ev->digit));
}

static struct mbuf *payload_of(const uint8_t *p, size_t n)
{
	struct mbuf *mb = mbuf_alloc(n ? n : 1);

	if (mb) {
		(void)mbuf_write_mem(mb, p, n);
		mb->pos = 0;
	}

	return mb;
}

static void steps(struct leg *l, unsigned n)
{
	while (n--) {
		now_us += STREAM_TICK_US;
		stream_step(l->s, now_us);
	}
}

static void packet(struct leg *l, const uint8_t *r, size_t n)
{
	const struct rtp_header hdr = {
		.ver = RTP_VERSION, .m = r[7] >> 7, .pt = r[7] & 0x7f, .pad = r[8] & 1, .ssrc = r[8] >> 6,
		.seq = (uint16_t)(l->seq++ + (r[1] | r[2] << 8)),
		.ts = l->ts + (r[3] | (uint32_t)r[4] << 8 | (uint32_t)r[5] << 16 | (uint32_t)r[6] << 24),
	};
	struct mbuf *mb = payload_of(r + HEAD, n);
	struct stream_stats st;

	if (!mb)
		return;
	l->ts += GAP_FRAME;
	stream_recv(&l->src, &hdr, mb, l->s);
	mem_deref(mb);
	stream_stats(l->s, &st);
	assert(st.buffer_ms <= 500 && st.buffer_max_ms <= 500);
}

static void formats(struct stream_params *p, uint8_t codec)
{
	unsigned i;

	for (i = 0; i < CODEC_COUNT; i++)
		p->rx[p->rx_n++] = (struct codec_format) {.codec = (uint8_t)i, .pt = codec_table[i].format[0].pt};
	p->codec = (enum audio_codec)(codec % CODEC_COUNT);
	p->pt = codec_table[p->codec].format[0].pt;
}

static bool start(struct leg *l, const uint8_t *data)
{
	struct stream_params p = {
		.event_pt_tx = EVENT, .event_pt_rx = EVENT, .receive = true, .listen = data[1] & 1,
		.jitter_min_ms = (data[1] >> 4 & 7) * 20u, .jitter_max_ms = 200,
	};
	struct sa laddr;

	formats(&p, data[0]);
	p.rx[CODEC_AMR].octet_align = data[1] & 4;
	sa_set_str(&laddr, "10.77.0.1", 0);
	sa_set_str(&l->src, "10.77.0.2", 7000);
	if (stream_alloc(&l->s, media, &laddr, 5000, 5099, on_event, NULL))
		return false;
	if (!(data[1] & 2))
		stream_audio(l->s, NULL, sink, NULL);

	return !stream_start(l->s, &l->src, NULL, &p);
}

static void records(struct leg *l, const uint8_t *data, size_t size)
{
	while (size >= HEAD) {
		const size_t n = MIN((size_t)data[9], size - HEAD);

		steps(l, data[0] & 15);
		packet(l, data, n);
		data += HEAD + n;
		size -= HEAD + n;
	}
	steps(l, 30);
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
	static bool ready;
	struct leg l = {.s = NULL};

	if (!ready && (vnet_start(true, 1) || libre_init() || media_alloc(&media, clock_us, NULL)))
		return 0;
	ready = true;
	dbg_init(DBG_ERR, DBG_NONE);
	if (size >= 2 && start(&l, data))
		records(&l, data + 2, size - 2);
	mem_deref(l.s);

	return 0;
}
