/**
 * @file fuzz_stun.c  Fuzz target: STUN packets and candidate lines from outside (SIP-08, SRV-04)
 *
 * First byte modulo 4:
 *
 *     0   the rest comes from the STUN server's address
 *     1   likewise, with the number of the request under way: an answer
 *     2   the rest are lines of an SDP offer; ICE reads them and begins its checks
 *     3   the rest comes to a socket that does ICE
 *
 * Whatever came, an address is only believed where others could reach it, and ICE is in no state that its interface
 * does not name.  Simulated network and clock.
 */
#include <assert.h>
#include <re.h>
#define DEBUG_MODULE "fuzz_stun"
#define DEBUG_LEVEL 0
#include <re_dbg.h>
#include <stdlib.h>
#include <string.h>
#include "core/media/binding.h"
#include "core/media/ice.h"
#include "core/media/media.h"
#include "sim/vnet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD "v=0\r\no=- 1 1 IN IP4 10.77.0.2\r\ns=-\r\nc=IN IP4 10.77.0.2\r\nt=0 0\r\nm=audio 9000 RTP/AVP 8\r\n"
#define OURS HEAD "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n" \
	"a=candidate:1 1 UDP 2130706431 10.77.0.2 9000 typ host\r\n"

static struct {
	struct media *media;
	struct stream *s;
	struct udp_sock *us, *server;
	struct binding *b;
	struct sa here, there;
	uint8_t tid[STUN_TID_SIZE];     /* of the request under way */
} x;

static uint64_t clock_us(void *arg)
{
	(void)arg;
	return vnet_now_us();
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
}

static void asked(const struct sa *src, struct mbuf *mb, void *arg)
{
	(void)src;
	(void)arg;
	if (mbuf_get_left(mb) >= STUN_HEADER_SIZE)
		memcpy(x.tid, mbuf_buf(mb) + STUN_HEADER_SIZE - STUN_TID_SIZE, STUN_TID_SIZE);
}

static void set_up(void)
{
	int err;

	if (x.media)
		return;
	(void)vnet_start(true, 1);
	err = libre_init();
	dbg_init(DBG_EMERG, DBG_NONE);
	err |= sa_set_str(&x.here, "10.77.0.1", 5060);
	err |= sa_set_str(&x.there, "10.77.0.2", STUN_PORT);
	err |= media_alloc(&x.media, clock_us, NULL);
	err |= stream_alloc(&x.s, x.media, &x.here, 7000, 7100, NULL, NULL);
	err |= udp_listen(&x.us, &x.here, NULL, NULL);
	err |= udp_listen(&x.server, &x.there, asked, NULL);
	err |= binding_alloc(&x.b, x.us, &x.there, 20, NULL, NULL);
	assert(!err);
}

static void from_server(const uint8_t *data, size_t n, bool answer)
{
	struct mbuf *mb = mbuf_alloc(n ? n : 1);        /* its own block: no byte past the end goes unseen */

	if (!mb)
		return;
	(void)mbuf_write_mem(mb, data, n);
	mb->pos = 0;
	binding_again(x.b);
	run(1);
	if (answer && n >= STUN_HEADER_SIZE)
		memcpy(mb->buf + STUN_HEADER_SIZE - STUN_TID_SIZE, x.tid, STUN_TID_SIZE);
	assert(!binding_take(x.b, &x.here, mb));
	(void)binding_take(x.b, &x.there, mb);
	assert(!binding_address(x.b) || binding_usable(&x.here, binding_address(x.b)));
	mem_deref(mb);
}

/* A leg that does ICE with the side that SDP describes; NULL = it does none */
static struct ice_leg *ice(const uint8_t *data, size_t n)
{
	const struct ice_config cfg = { .stream = x.s, .host = x.here, .rtp = x.there, .rtcp = x.there };
	struct mbuf *mb = mbuf_alloc(n + sizeof(HEAD));
	struct sdp_session *s = NULL;
	struct sdp_media *m;
	struct ice_leg *l = NULL;

	if (!mb || sdp_session_alloc(&s, &x.here) || sdp_media_add(&m, s, sdp_media_audio, 7000, sdp_proto_rtpavp) ||
	    sdp_format_add(NULL, m, false, "8", "PCMA", 8000, 1, NULL, NULL, NULL, false, NULL))
		goto out;
	(void)mbuf_write_mem(mb, data, n);
	mb->pos = 0;
	if (sdp_decode(s, mb, true) || !ice_offered(s, m) || ice_leg_alloc(&l, &cfg))
		goto out;
	assert(!ice_leg_restarted(l, s, m));
	if (!ice_leg_remote(l, s, m)) {
		assert(ice_leg_state(l) == ICE_READY || ice_leg_state(l) == ICE_PLAIN);
		assert(!ice_leg_restarted(l, s, m));
		(void)ice_leg_describe(l, m);
		(void)ice_leg_start(l);
		run(50);
		assert(ice_leg_state(l) != ICE_IDLE && !ice_leg_peer(l, false));
	}
 out:
	mem_deref(s);
	mem_deref(mb);

	return l;
}

static void candidates(const uint8_t *data, size_t n)
{
	char *text = malloc(sizeof(HEAD) + n);

	if (!text)
		return;
	memcpy(text, HEAD, sizeof(HEAD) - 1);
	memcpy(text + sizeof(HEAD) - 1, data, n);
	mem_deref(ice((const uint8_t *)text, sizeof(HEAD) - 1 + n));
	free(text);
}

static void to_ice(const uint8_t *data, size_t n)
{
	struct ice_leg *l = ice((const uint8_t *)OURS, sizeof(OURS) - 1);
	struct mbuf *mb = mbuf_alloc(n + 1);
	struct sa rtp = x.here;

	assert(l);
	sa_set_port(&rtp, stream_port(x.s));
	if (mb && !mbuf_write_mem(mb, data, n)) {
		mb->pos = 0;
		(void)udp_send(x.server, &rtp, mb);
		run(30);
		assert(!ice_leg_peer(l, false));        /* nothing was proved */
	}
	mem_deref(mb);
	mem_deref(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	set_up();
	if (!size)
		return 0;
	switch (data[0] & 3) {

	case 0: from_server(data + 1, size - 1, false); break;
	case 1: from_server(data + 1, size - 1, true); break;
	case 2: candidates(data + 1, size - 1); break;
	default: to_ice(data + 1, size - 1); break;
	}

	return 0;
}
