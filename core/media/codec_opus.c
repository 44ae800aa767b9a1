/**
 * @file codec_opus.c  Opus (SIP-05, RFC 6716, RFC 7587): libopus
 *
 * libopus codes and decodes at the port's 8,000 Hz, whatever band the other side sends.
 */
#include <errno.h>
#include <opus/opus.h>
#include <re.h>
#include "core/media/codec.h"

#define BIT_RATE 16000
#define COMPLEXITY 5
#define PCM_MAX 960                     /* 120 ms, the longest packet there is */

struct state {
	OpusEncoder *enc;
	OpusDecoder *dec;
};

static void destructor(void *arg)
{
	struct state *s = arg;

	if (s->enc)
		opus_encoder_destroy(s->enc);
	if (s->dec)
		opus_decoder_destroy(s->dec);
}

static int encoder(void **sp, const struct codec_params *prm)
{
	struct state *s = mem_zalloc(sizeof(*s), destructor);
	int err;

	(void)prm;
	if (!s)
		return ENOMEM;

	s->enc = opus_encoder_create(GAP_AUDIO_RATE, 1, OPUS_APPLICATION_VOIP, &err);
	if (!s->enc) {
		mem_deref(s);
		return ENOMEM;
	}
	(void)opus_encoder_ctl(s->enc, OPUS_SET_BITRATE(BIT_RATE));
	(void)opus_encoder_ctl(s->enc, OPUS_SET_COMPLEXITY(COMPLEXITY));
	*sp = s;

	return 0;
}

static int decoder(void **sp, const struct codec_params *prm)
{
	struct state *s = mem_zalloc(sizeof(*s), destructor);
	int err;

	(void)prm;
	if (!s)
		return ENOMEM;

	s->dec = opus_decoder_create(GAP_AUDIO_RATE, 1, &err);
	if (!s->dec) {
		mem_deref(s);
		return ENOMEM;
	}
	*sp = s;

	return 0;
}

static size_t encode(void *st, uint8_t *buf, const int16_t *pcm)
{
	struct state *s = st;
	const opus_int32 n = opus_encode(s->enc, pcm, GAP_FRAME, buf, CODEC_PAYLOAD_MAX);

	return n > 0 ? (size_t)n : 0;
}

static size_t decode(void *st, int16_t *pcm, const uint8_t *buf, size_t n)
{
	struct state *s = st;
	const int k = n > INT32_MAX ? 0 : opus_decode(s->dec, buf, (opus_int32)n, pcm, PCM_MAX, 0);

	return k > 0 ? (size_t)k : 0;
}

static bool conceal(void *st, int16_t *pcm)
{
	struct state *s = st;

	return opus_decode(s->dec, NULL, 0, pcm, GAP_FRAME, 0) == GAP_FRAME;
}

const struct codec_ops codec_opus = {
	.encoder = encoder, .decoder = decoder, .encode = encode, .decode = decode, .conceal = conceal,
};
