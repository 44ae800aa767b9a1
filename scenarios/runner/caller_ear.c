/**
 * @file caller_ear.c  What a faulty door hears: the receiver's digits, by whichever way (SIP-06)
 *
 * Everything comes from outside: lengths are checked, foreign payload types are passed over.
 */
#include <re.h>
#include <rem_g711.h>
#include "../../core/port.h"
#include "../../sim/vnet.h"
#include "caller.h"

#define SOUND_MAX 1600                  /* samples of the longest packet listened to: 200 ms */

/** A digit came by one way; it is told once */
void caller_ear_digit(struct caller_rtp *r, char digit, enum dtmf_via via)
{
	if (dtmf_merge(&r->merge, via, digit, vnet_now_us()))
		r->ops->digit(digit, via, r->arg);
}

static void inband(char digit, void *arg)
{
	caller_ear_digit(arg, digit, DTMF_VIA_INBAND);
}

static void event(struct caller_rtp *r, const struct rtp_header *hdr, const struct mbuf *mb)
{
	struct dtmf_payload p;
	char digit;

	if (dtmf_payload_decode(&p, mbuf_buf(mb), mbuf_get_left(mb)))
		return;
	digit = dtmf_event_recv(&r->events, &p, hdr->ts, hdr->m);
	if (digit)
		caller_ear_digit(r, digit, DTMF_VIA_RFC4733);
}

static void sound(struct caller_rtp *r, uint8_t pt, const uint8_t *buf, size_t n)
{
	int16_t pcm[SOUND_MAX];
	size_t i;

	/* our own digits come back from a receiver with an echo */
	if (n > SOUND_MAX || dtmf_tx_busy(r->tx))
		return;
	for (i = 0; i < n; i++)
		pcm[i] = pt ? g711_alaw2pcm(buf[i]) : g711_ulaw2pcm(buf[i]);
	dtmf_rx_put(r->rx, pcm, n);
}

/** The signalled source; another one (a receiver that sends from another port) only while that one is silent */
static bool of_this_call(struct caller_rtp *r, const struct sa *src)
{
	const bool signalled = sa_cmp(src, &r->remote, SA_ALL);

	r->heard = r->heard || signalled;

	return signalled || !r->heard;
}

void caller_ear_recv(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct caller_rtp *r = arg;
	struct rtp_header hdr;

	if (!r->running || !of_this_call(r, src) || rtp_hdr_decode(&hdr, mb))
		return;
	if (hdr.pt == r->event_rx)
		event(r, &hdr, mb);
	else if (hdr.pt == 8 || hdr.pt == 0)
		sound(r, hdr.pt, mbuf_buf(mb), mbuf_get_left(mb));
}

int caller_ear_open(struct caller_rtp *r)
{
	return dtmf_rx_alloc(&r->rx, inband, r);
}
