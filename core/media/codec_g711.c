/**
 * @file codec_g711.c  G.711, both laws (SIP-05, RFC 3551 §4.5.14): librem's tables
 */
#include <re.h>
#include <rem_g711.h>
#include "core/media/codec.h"

/* g711_pcm2alaw() without its branch, which a voice's sign makes the processor guess wrong */
static uint8_t alaw(int v)
{
	const int sign = v >> 31, size = (v ^ sign) - sign;

	/* -32768 lies outside librem's tables */
	return g711_l2A[MIN(size, INT16_MAX) >> 4] & (uint8_t)(0xff ^ (sign & 0x80));
}

static size_t alaw_encode(void *st, uint8_t *buf, const int16_t *pcm)
{
	size_t i;

	(void)st;
	for (i = 0; i < GAP_FRAME; i++)
		buf[i] = alaw(pcm[i]);

	return GAP_FRAME;
}

static size_t ulaw_encode(void *st, uint8_t *buf, const int16_t *pcm)
{
	size_t i;

	(void)st;
	for (i = 0; i < GAP_FRAME; i++)
		buf[i] = g711_pcm2ulaw(pcm[i] == INT16_MIN ? -INT16_MAX : pcm[i]);

	return GAP_FRAME;
}

static size_t alaw_decode(void *st, int16_t *pcm, const uint8_t *buf, size_t n)
{
	size_t i;

	(void)st;
	if (n > CODEC_PCM_MAX)
		return 0;
	for (i = 0; i < n; i++)
		pcm[i] = g711_alaw2pcm(buf[i]);

	return n;
}

static size_t ulaw_decode(void *st, int16_t *pcm, const uint8_t *buf, size_t n)
{
	size_t i;

	(void)st;
	if (n > CODEC_PCM_MAX)
		return 0;
	for (i = 0; i < n; i++)
		pcm[i] = g711_ulaw2pcm(buf[i]);

	return n;
}

const struct codec_ops codec_alaw = {.encode = alaw_encode, .decode = alaw_decode};
const struct codec_ops codec_ulaw = {.encode = ulaw_encode, .decode = ulaw_decode};
