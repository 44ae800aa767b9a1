/**
 * @file secure_index.c  The packet index of SRTP: sequence number and roll-over counter (RFC 3711 §3.3.1)
 *
 * libre keeps the index inside of its context and begins each one at roll-over 0.  A new key goes on
 * where the old one stood (§3.2.1, "MUST NOT be reset"), so that a new context is walked there, by packets
 * that nobody sees, in steps that libre follows:
 *
 *     seq    65535   0   32768   65535   0   32768   65535   ...   the one wanted
 *     roc    0       1   1       1       2   2       2
 */
#include <errno.h>
#include <string.h>
#include "core/media/secure_priv.h"

#define HALF 32768
#define ROC_MAX 10000                   /* half a year of one call */

/* Sequence number and source of a packet of RTP; false = it is none */
bool secure_header(struct secure_index *at, const struct mbuf *mb)
{
	const uint8_t *p = mbuf_buf(mb);

	if (mbuf_get_left(mb) < RTP_HEADER_SIZE || p[0] >> 6 != RTP_VERSION)
		return false;
	at->seq = (uint16_t)(p[2] << 8 | p[3]);
	at->ssrc = (uint32_t)p[8] << 24 | (uint32_t)p[9] << 16 | (uint32_t)p[10] << 8 | p[11];

	return true;
}

/* Would this packet be the first after a roll-over?  libre believes it before it has proved the packet */
bool secure_rolls(const struct secure_index *at, uint16_t seq)
{
	return at->set && seq - at->seq <= -HALF;
}

/* A packet was sent, or was authentic */
void secure_count(struct secure_index *at, const struct secure_index *packet)
{
	if (secure_rolls(at, packet->seq))
		at->roc++;
	else if (at->set && packet->seq < at->seq)
		return;
	at->ssrc = packet->ssrc;
	at->seq = packet->seq;
	at->set = true;
}

struct walk {
	struct srtp *pen, *eye;         /* eye NULL = only the pen is wanted */
	uint32_t ssrc;
};

static int pace(const struct walk *w, uint16_t seq)
{
	const struct rtp_header hdr = {.ver = RTP_VERSION, .seq = seq, .ssrc = w->ssrc};
	struct mbuf *mb = mbuf_alloc(64);
	int err = mb ? rtp_hdr_encode(mb, &hdr) : ENOMEM;

	if (!err)
		err = mbuf_write_u8(mb, 0);
	if (!err) {
		mb->pos = 0;
		err = srtp_encrypt(w->pen, mb);
	}
	if (!err && w->eye)
		err = srtp_decrypt(w->eye, mb);
	mem_deref(mb);

	return err;
}

static int walk(const struct walk *w, const struct secure_index *to)
{
	uint32_t roc;
	int err = to->roc ? pace(w, 2 * HALF - 1) : 0;

	for (roc = 1; roc <= to->roc && !err; roc++) {
		err = pace(w, 0);
		if (!err && (roc < to->roc || to->seq > HALF))
			err = pace(w, HALF);
		if (!err && roc < to->roc)
			err = pace(w, 2 * HALF - 1);
	}
	if (err || (to->roc && !to->seq))
		return err;

	return pace(w, to->seq);
}

static int context(struct srtp **sp, const struct secure_key *key)
{
	const struct secure_suite *suite = &secure_suites[key->suite];

	return srtp_alloc(sp, (enum srtp_suite)suite->id, key->buf, suite->key_bytes, 0);
}

/* Make a context of a key that stands where `at` does (NULL or not set: at the beginning) */
int secure_context(struct srtp **sp, const struct secure_key *key, const struct secure_index *at, bool receiver)
{
	struct walk w = {.ssrc = at ? at->ssrc : 0};
	int err;

	if (!at || !at->set)
		return context(sp, key);
	if (at->roc > ROC_MAX)
		return ERANGE;
	err = context(&w.pen, key);
	if (!err && receiver)
		err = context(&w.eye, key);
	if (!err)
		err = walk(&w, at);
	if (!err)
		*sp = mem_ref(receiver ? w.eye : w.pen);
	mem_deref(w.pen);
	mem_deref(w.eye);

	return err;
}
