/**
 * @file codec_speex.c  Speex at 8, 16 and 32 kHz (SIP-05, RFC 5574): libspeex, libspeexdsp
 *
 * The wide bands are resampled from and to the port's 8,000 Hz: 20 ms are 160, 320 or 640 samples.
 */
#include <errno.h>
#include <re.h>
#include <speex/speex.h>
#include <speex/speex_resampler.h>
#include "core/media/codec.h"

#define QUALITY 8
#define RESAMPLER_QUALITY 3
#define FRAME_MAX 640
#define MODE_BITS 5                     /* the shortest there can be of a further frame */

struct state {
	void *speex;
	void (*destroy)(void *speex);
	SpeexBits bits;
	SpeexResamplerState *resampler; /* NULL at 8 kHz */
	unsigned frame;                 /* samples of 20 ms */
};

static void destructor(void *arg)
{
	struct state *s = arg;

	if (s->speex)
		s->destroy(s->speex);
	if (s->resampler)
		speex_resampler_destroy(s->resampler);
	speex_bits_destroy(&s->bits);
}

static const SpeexMode *mode_of(enum audio_codec id)
{
	static const int mode[] = {SPEEX_MODEID_NB, SPEEX_MODEID_WB, SPEEX_MODEID_UWB};

	return speex_lib_get_mode(mode[id - CODEC_SPEEX8]);
}

static int resampler(struct state *s, unsigned from_hz, unsigned to_hz)
{
	int err = 0;

	if (from_hz == to_hz)
		return 0;
	s->resampler = speex_resampler_init(1, from_hz, to_hz, RESAMPLER_QUALITY, &err);

	return s->resampler ? 0 : ENOMEM;
}

static int alloc(void **sp, const struct codec_params *prm, bool enc)
{
	const unsigned hz = codec_table[prm->id].clock_hz;
	struct state *s = mem_zalloc(sizeof(*s), destructor);
	int quality = QUALITY, err;

	if (!s)
		return ENOMEM;

	speex_bits_init(&s->bits);
	s->frame = hz / 50;
	s->destroy = enc ? speex_encoder_destroy : speex_decoder_destroy;
	s->speex = enc ? speex_encoder_init(mode_of(prm->id)) : speex_decoder_init(mode_of(prm->id));
	err = !s->speex ? ENOMEM : enc ? resampler(s, GAP_AUDIO_RATE, hz) : resampler(s, hz, GAP_AUDIO_RATE);
	if (err) {
		mem_deref(s);
		return err;
	}
	if (enc)
		(void)speex_encoder_ctl(s->speex, SPEEX_SET_QUALITY, &quality);
	*sp = s;

	return 0;
}

static int encoder(void **sp, const struct codec_params *prm)
{
	return alloc(sp, prm, true);
}

static int decoder(void **sp, const struct codec_params *prm)
{
	return alloc(sp, prm, false);
}

/* The converter gives a sample less in its first frames; the gap is left silent */
static void convert(struct state *s, const int16_t *in, unsigned n_in, int16_t *out, unsigned n_out)
{
	spx_uint32_t used = n_in, made = n_out;

	if (s->resampler)
		(void)speex_resampler_process_int(s->resampler, 0, in, &used, out, &made);
	else
		for (made = 0; made < n_out; made++)
			out[made] = in[made];
	while (made < n_out)
		out[made++] = 0;
}

static size_t encode(void *st, uint8_t *buf, const int16_t *pcm)
{
	struct state *s = st;
	spx_int16_t wide[FRAME_MAX];
	int n;

	convert(s, pcm, GAP_FRAME, wide, s->frame);
	speex_bits_reset(&s->bits);
	(void)speex_encode_int(s->speex, wide, &s->bits);
	n = speex_bits_write(&s->bits, (char *)buf, CODEC_PAYLOAD_MAX);

	return n > 0 ? (size_t)n : 0;
}

static size_t decode(void *st, int16_t *pcm, const uint8_t *buf, size_t n)
{
	struct state *s = st;
	spx_int16_t wide[FRAME_MAX];
	size_t k = 0;

	if (n > CODEC_PCM_MAX)
		return 0;
	speex_bits_read_from(&s->bits, (const char *)buf, (int)n);
	while (k + GAP_FRAME <= CODEC_PCM_MAX && speex_bits_remaining(&s->bits) >= MODE_BITS) {
		if (speex_decode_int(s->speex, &s->bits, wide) || speex_bits_remaining(&s->bits) < 0)
			break;
		convert(s, wide, s->frame, pcm + k, GAP_FRAME);
		k += GAP_FRAME;
	}

	return k;
}

static bool conceal(void *st, int16_t *pcm)
{
	struct state *s = st;
	spx_int16_t wide[FRAME_MAX];

	if (speex_decode_int(s->speex, NULL, wide))
		return false;
	convert(s, wide, s->frame, pcm, GAP_FRAME);

	return true;
}

const struct codec_ops codec_speex = {
	.encoder = encoder, .decoder = decoder, .encode = encode, .decode = decode, .conceal = conceal,
};
