/**
 * @file secure_rx.c  Receiving side of SRTP: whom to believe (RFC 3711 §3.3)
 *
 * libre's context takes note of a packet before it has proved it: of the first sequence number of an SSRC,
 * of a new SSRC (eight at most), of a roll-over.  A stranger could so make it deaf with one datagram.
 * Therefore:
 *
 *     packet of                           context
 *     an SSRC that was never authentic    one of its own, kept if the packet is authentic
 *     a known SSRC, authentic or not      the SSRC's
 *     the same, forged, as after a roll-over   the SSRC's, made anew where it stood
 */
#include <errno.h>
#include <string.h>
#include "core/media/secure_priv.h"

static int decrypt(struct srtp *srtp, struct mbuf *mb, bool rtcp)
{
	return rtcp ? srtcp_decrypt(srtp, mb) : srtp_decrypt(srtp, mb);
}

static bool header(struct secure_index *at, const struct mbuf *mb, bool rtcp)
{
	const uint8_t *p = mbuf_buf(mb);

	if (!rtcp)
		return secure_header(at, mb);
	if (mbuf_get_left(mb) < 8 || p[0] >> 6 != RTCP_VERSION)
		return false;
	at->ssrc = (uint32_t)p[4] << 24 | (uint32_t)p[5] << 16 | (uint32_t)p[6] << 8 | p[7];

	return true;
}

static struct secure_source *find(struct secure_rx *rx, uint32_t ssrc)
{
	unsigned i;

	for (i = 0; i < rx->n; i++) {
		if (rx->source[i].at.ssrc == ssrc)
			return &rx->source[i];
	}

	return NULL;
}

static const struct secure_index *before(const struct secure_rx *rx, uint32_t ssrc)
{
	unsigned i;

	for (i = 0; i < rx->before_n; i++) {
		if (rx->before[i].ssrc == ssrc)
			return &rx->before[i];
	}

	return NULL;
}

/* A try that leaves the packet as it was where it fails */
static int probe(struct srtp **sp, const struct secure_rx *rx, const struct secure_index *at, struct mbuf *mb,
		 bool rtcp)
{
	const size_t pos = mb->pos, end = mb->end;
	struct srtp *srtp = NULL;
	struct mbuf *copy = mbuf_alloc(end - pos + 64);
	int err = copy ? mbuf_write_mem(copy, mbuf_buf(mb), end - pos) : ENOMEM;

	if (!err)
		err = secure_context(&srtp, &rx->key, at, true);
	if (!err) {
		copy->pos = 0;
		err = decrypt(srtp, copy, rtcp);
	}
	if (!err) {
		memcpy(mbuf_buf(mb), copy->buf, copy->end);
		mb->end = pos + copy->end;
		*sp = mem_ref(srtp);
	}
	mem_deref(srtp);
	mem_deref(copy);

	return err;
}

/* After a new key the index goes on; some programs begin anew */
static int stranger(struct secure_rx *rx, const struct secure_index *packet, struct mbuf *mb, bool rtcp)
{
	const struct secure_index *was = before(rx, packet->ssrc);
	struct secure_source src = {.at = {.ssrc = packet->ssrc}};
	int err = EAUTH;

	if (rx->n == SECURE_SOURCES)
		return EAUTH;
	if (was && was->roc) {
		err = probe(&src.srtp, rx, was, mb, rtcp);
		if (!err)
			src.at = *was;
	}
	if (err)
		err = probe(&src.srtp, rx, NULL, mb, rtcp);
	if (err)
		return err;
	if (!rtcp)
		secure_count(&src.at, packet);
	rx->source[rx->n++] = src;

	return 0;
}

/* A forged packet made libre's context count on: again where it was */
static void repair(const struct secure_rx *rx, struct secure_source *src)
{
	struct srtp *again;

	if (secure_context(&again, &rx->key, &src->at, true))
		return;
	mem_deref(src->srtp);
	src->srtp = again;
}

/* Decrypt in place.  0, ENOKEY no key yet, EBADMSG no RTP or RTCP, EALREADY came before or far too late,
 * others (EAUTH) not authentic */
int secure_rx_decrypt(struct secure_rx *rx, struct mbuf *mb, bool rtcp)
{
	struct secure_index packet = {.set = false};
	struct secure_source *src;
	int err;

	if (!rx->keyed)
		return ENOKEY;
	if (!header(&packet, mb, rtcp))
		return EBADMSG;
	src = find(rx, packet.ssrc);
	if (!src)
		return stranger(rx, &packet, mb, rtcp);

	err = decrypt(src->srtp, mb, rtcp);
	if (!err && !rtcp)
		secure_count(&src->at, &packet);
	else if (err == ETIMEDOUT)
		err = EALREADY;
	else if (err && err != EALREADY && !rtcp && (!src->at.set || secure_rolls(&src->at, packet.seq)))
		repair(rx, src);

	return err;
}

static void forget(struct secure_rx *rx)
{
	while (rx->n)
		mem_deref(rx->source[--rx->n].srtp);
}

/* Another key from now on */
void secure_rx_key(struct secure_rx *rx, const struct secure_key *key)
{
	unsigned i;

	if (rx->keyed && secure_key_same(&rx->key, key))
		return;
	for (i = 0; i < rx->n; i++)
		rx->before[i] = rx->source[i].at;
	if (rx->n)
		rx->before_n = rx->n;
	forget(rx);
	rx->key = *key;
	rx->keyed = true;
}

void secure_rx_reset(struct secure_rx *rx)
{
	forget(rx);
	explicit_bzero(&rx->key, sizeof(rx->key));
	rx->keyed = false;
}
