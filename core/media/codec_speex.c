/**
 * @file codec_speex.c  Speex at 8, 16 and 32 kHz (SIP-05, RFC 5574): libspeex, libspeexdsp
 *
 * The wide bands are resampled from and to the port's 8,000 Hz: 20 ms are 160, 320 or 640 samples.
 *
 * libspeex writes to standard error where a frame has a mode that there is not.  So the modes of a packet are
 * read before it is decoded, frame by frame:
 *
 *     wide band layers     1 bit 1, 3 bits mode, the mode's bits     behind a narrow one, at most two
 *     narrow band          1 bit 0, 4 bits mode, the mode's bits     0..8
 *     request, user data   1 bit 0, 4 bits 14 or 13, their length    before a narrow band
 *     end                  1 bit 0, 4 bits 15
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
#define MODE_LAST 8
#define MODE_USER 13
#define MODE_REQUEST 14
#define MODE_END 15
#define WIDE_HEAD 4                     /* bits before a layer of the wide band */

struct state {
	void *speex;
	void (*destroy)(void *speex);
	SpeexBits bits;
	SpeexResamplerState *resampler; /* NULL at 8 kHz */
	unsigned frame;                 /* samples of 20 ms */
	int layers;                     /* wide bands that a frame may have */
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
	s->layers = (int)(prm->id - CODEC_SPEEX8);
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

/* Bits of one layer, its mode's included; negative = there is no such mode */
static int layer_bits(int mode_id, int mode)
{
	int n = mode;

	(void)speex_mode_query(speex_lib_get_mode(mode_id), SPEEX_SUBMODE_BITS_PER_FRAME, &n);

	return n;
}

/* Layers of the wide band behind a frame; false = a mode that there is not, or more than so many.  The
 * second one is of 32 kHz, which has fewer modes. */
static bool wide_layers(SpeexBits *b, int most)
{
	int i, mode, n;

	for (i = 0; speex_bits_remaining(b) > 0 && speex_bits_peek(b); i++) {
		(void)speex_bits_unpack_unsigned(b, 1);
		mode = (int)speex_bits_unpack_unsigned(b, WIDE_HEAD - 1);
		n = layer_bits(i ? SPEEX_MODEID_UWB : SPEEX_MODEID_WB, mode);
		if (n < 0 || i == most)
			return false;
		speex_bits_advance(b, MAX(n - WIDE_HEAD, 0));
	}

	return true;
}

/* What libspeex skips before a frame */
static void skip_request(SpeexBits *b, unsigned mode)
{
	static const uint8_t bits[16] = {1, 1, 4, 4, 4, 4, 4, 4, 8, 8, 16, 16, 32, 32, 64, 64};
	const unsigned id = speex_bits_unpack_unsigned(b, 4);

	speex_bits_advance(b, mode == MODE_REQUEST ? bits[id] : (int)(5 + 8 * id));
}

static bool modes_exist(const SpeexBits *packet, int layers)
{
	SpeexBits b = *packet;
	unsigned mode;
	int n;

	while (speex_bits_remaining(&b) >= MODE_BITS) {
		mode = speex_bits_unpack_unsigned(&b, MODE_BITS);
		if (mode == MODE_END)
			return true;
		if (mode == MODE_REQUEST || mode == MODE_USER) {
			skip_request(&b, mode);
			continue;
		}
		n = mode <= MODE_LAST ? layer_bits(SPEEX_MODEID_NB, (int)mode) : -1;
		if (n < 0)
			return false;
		speex_bits_advance(&b, MAX(n - MODE_BITS, 0));
		if (!wide_layers(&b, layers))
			return false;
	}

	return true;
}

static size_t decode(void *st, int16_t *pcm, const uint8_t *buf, size_t n)
{
	struct state *s = st;
	spx_int16_t wide[FRAME_MAX];
	size_t k = 0;

	if (n > CODEC_PCM_MAX)
		return 0;
	speex_bits_read_from(&s->bits, (const char *)buf, (int)n);
	if (!modes_exist(&s->bits, s->layers))
		return 0;
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
