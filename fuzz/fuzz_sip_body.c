/**
 * @file fuzz_sip_body.c  Bodies of SIP from outside: INFO digits and SDP (SIP-05, SIP-06)
 *
 * First byte: 0 application/dtmf, 1 application/dtmf-relay, 2 SDP offer, 3 SDP answer (modulo 4), plus 4:
 * SDP with SRTP (SIP-09); the rest is the body.  Built with libFuzzer, or with a main() that feeds the corpus.
 */
#include <stdlib.h>
#include <string.h>
#include "core/media/dtmf.h"
#include "core/sip/call_sdp.h"
#include "core/sip/info.h"
#include "core/sip/sdes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void info(bool relay, const uint8_t *body, size_t n)
{
	unsigned ms = 0;
	char digit = 0;

	if (info_read(&digit, &ms, relay, (const char *)body, n))
		return;
	if (!dtmf_is_digit(digit) || !ms || ms > 60000)
		abort();
}

/* What was agreed must be something we can speak, and our answer must be readable */
static void agreed(const struct call_sdp *out, struct sdp_session *s, bool offer)
{
	const struct call_origin origin = { .user = "x", .addr = &out->rtp, .id = 1, .version = 1 };
	struct mbuf *mb = NULL;

	if (out->codec < 0 || out->codec >= CODEC_COUNT || out->pt > 127 || out->event_tx > 127 ||
	    out->event_rx > 127 || (out->event_tx < 0) != (out->event_rx < 0))
		abort();
	if (offer && !call_sdp_encode(&mb, s, false, &origin) && memcmp(mb->buf, "v=0\r\no=x ", 9))
		abort();
	mem_deref(mb);
}

/* Keys that were agreed have a suite of ours, and stand in our answer */
static void keys(const struct sdes *k, bool offer)
{
	struct mbuf *mb = mbuf_alloc(256);

	if (!k->agreed || k->tx.suite >= SECURE_SUITES || k->tx.suite != k->rx.suite)
		abort();
	if (offer && mb && (sdes_encode(mb, false, (void *)(uintptr_t)k) || memcmp(mb->buf, "a=crypto:", 9)))
		abort();
	mem_deref(mb);
}

static void sdp(bool offer, bool srtp, const uint8_t *body, size_t n)
{
	struct sdes k = { .agreed = false };
	struct settings conf = { .codecs = { 2, { CODEC_PCMA, CODEC_PCMU } },
				.dtmf_rfc4733 = true };
	struct sdp_session *s;
	struct sdp_media *m;
	struct call_sdp out = {.held = false};
	struct mbuf *mb = NULL;
	struct sa sa;

	sa_set_str(&sa, "10.77.0.1", 0);
	if (call_sdp_alloc(&s, &m, &sa, 5000, srtp, &conf))
		return;
	if (srtp)
		sdp_media_set_encode_handler(m, sdes_encode, &k);
	if (srtp && !offer && sdes_offer(&k))
		abort();
	if (!offer) {
		const struct call_origin origin = { .user = "x", .addr = &sa, .id = 1,
						   .version = 1 };

		(void)call_sdp_encode(&mb, s, true, &origin);
	}
	if (!call_sdp_decode(&out, s, m, body, n, offer, srtp)) {
		if (srtp && !(offer ? sdes_read_offer(&k, m) : sdes_read_answer(&k, m)))
			keys(&k, offer);
		agreed(&out, s, offer);
	}
	mem_deref(mb);
	mem_deref(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *body;

	if (!size)
		return 0;

	body = malloc(size);            /* its own block: no byte past the end goes unseen */
	if (!body)
		return 0;
	memcpy(body, data + 1, size - 1);
	switch (data[0] & 3) {

	case 0:
	case 1:
		info(data[0] & 1, body, size - 1);
		break;

	default:
		sdp(!(data[0] & 1), data[0] & 4, body, size - 1);
		break;
	}
	free(body);

	return 0;
}
