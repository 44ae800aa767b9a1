/**
 * @file fuzz_dtmf.c  RFC 4733 payloads, receiver and merger over arbitrary bytes (SIP-06)
 *
 * Input: records of 12 bytes: flags (bit 0 marker, bits 1..2 way of a second report), time step
 * [10 ms], RTP time-stamp (4), payload length, payload (5). What must hold:
 *   - a short payload is refused, a decoded one encodes to the same bytes (without the R bit);
 *   - only DTMF events give digits, and a packet repeated at once gives none;
 *   - one way alone always counts; no way counts more digits than it reported, and the digits
 *     counted are no fewer than the busiest way's reports.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "core/media/dtmf.h"

#define RECORD 12

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct state {
	struct dtmf_event_rx rx;
	struct dtmf_merge merge, alone[DTMF_VIAS];
	unsigned reports[DTMF_VIAS], counted;
	uint64_t t_us;
};

static bool payload(struct dtmf_payload *p, const uint8_t *buf, size_t n)
{
	uint8_t again[DTMF_PAYLOAD];
	int err = dtmf_payload_decode(p, buf, n);

	assert(err == (n < DTMF_PAYLOAD ? EBADMSG : 0));
	if (err)
		return false;
	dtmf_payload_encode(again, p);
	assert(again[0] == buf[0] && again[1] == (buf[1] & 0xbf));
	assert(again[2] == buf[2] && again[3] == buf[3]);

	return true;
}

static void report(struct state *s, enum dtmf_via via, char digit)
{
	bool alone = dtmf_merge(&s->alone[via], via, digit, s->t_us);

	assert(alone);
	(void)alone;
	s->reports[via]++;
	s->counted += dtmf_merge(&s->merge, via, digit, s->t_us);
}

static void packet(struct state *s, const struct dtmf_payload *p, uint32_t ts, uint8_t flags)
{
	char digit = dtmf_event_recv(&s->rx, p, ts, flags & 1);

	assert(!digit || dtmf_event(digit) == p->event);
	assert(!dtmf_event_recv(&s->rx, p, ts, flags & 1));
	if (digit)
		report(s, DTMF_VIA_RFC4733, digit);
	if (dtmf_digit(p->event) && (flags & 6) == 2)
		report(s, DTMF_VIA_INFO, dtmf_digit(p->event));
	if (dtmf_digit(p->event) && (flags & 6) == 4)
		report(s, DTMF_VIA_INBAND, dtmf_digit(p->event));
}

static void record(struct state *s, const uint8_t r[RECORD])
{
	struct dtmf_payload p;
	uint32_t ts;

	memcpy(&ts, r + 2, sizeof(ts));
	s->t_us += 10000u * r[1];
	if (payload(&p, r + 7, r[6] % 6))
		packet(s, &p, ts, r[0]);
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
	struct state s;
	unsigned sum = 0;

	memset(&s, 0, sizeof(s));
	for (; size >= RECORD; data += RECORD, size -= RECORD)
		record(&s, data);

	for (unsigned v = 0; v < DTMF_VIAS; v++) {
		assert(s.counted >= s.reports[v]);
		sum += s.reports[v];
	}
	assert(s.counted <= sum);

	return 0;
}
