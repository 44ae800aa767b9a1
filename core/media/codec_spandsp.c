/**
 * @file codec_spandsp.c  G.722 and G.726 (SIP-05, RFC 3551 §4.5.2, §4.5.4): spandsp
 *
 * G.722 works at 8,000 Hz here: spandsp leaves the upper band out, and is compatible with the other
 * side's 16,000 Hz.  A byte of G.726 holds its first code word at the low end in RFC 3551, at the
 * high end in I.366.2 (AAL2):
 *
 *     bits    code words a group   bytes a group
 *     2       4                    1
 *     3       8                    3
 *     4       2                    1
 *     5       8                    5
 */
#include <errno.h>
#include <re.h>
#include <spandsp.h>
#include "core/media/codec.h"

#define G722_BIT_RATE 64000

struct g722 {
	g722_encode_state_t *enc;
	g722_decode_state_t *dec;
};

static void g722_destructor(void *arg)
{
	struct g722 *g = arg;

	if (g->enc)
		g722_encode_free(g->enc);
	if (g->dec)
		g722_decode_free(g->dec);
}

static int g722_alloc(void **sp, bool encoder)
{
	struct g722 *g = mem_zalloc(sizeof(*g), g722_destructor);

	if (!g)
		return ENOMEM;

	if (encoder)
		g->enc = g722_encode_init(NULL, G722_BIT_RATE, G722_SAMPLE_RATE_8000);
	else
		g->dec = g722_decode_init(NULL, G722_BIT_RATE, G722_SAMPLE_RATE_8000);
	if (!g->enc && !g->dec) {
		mem_deref(g);
		return ENOMEM;
	}
	*sp = g;

	return 0;
}

static int g722_encoder(void **sp, const struct codec_params *prm)
{
	(void)prm;
	return g722_alloc(sp, true);
}

static int g722_decoder(void **sp, const struct codec_params *prm)
{
	(void)prm;
	return g722_alloc(sp, false);
}

static size_t g722_put(void *st, uint8_t *buf, const int16_t *pcm)
{
	struct g722 *g = st;
	const int n = g722_encode(g->enc, buf, pcm, GAP_FRAME);

	return n > 0 ? (size_t)n : 0;
}

static size_t g722_get(void *st, int16_t *pcm, const uint8_t *buf, size_t n)
{
	struct g722 *g = st;
	int k;

	if (n > CODEC_PCM_MAX)
		return 0;
	k = g722_decode(g->dec, pcm, buf, (int)n);

	return k > 0 ? (size_t)k : 0;
}

const struct codec_ops codec_g722 = {
	.encoder = g722_encoder, .decoder = g722_decoder, .encode = g722_put, .decode = g722_get,
};

struct g726 {
	g726_state_t *state;
	unsigned bits;                  /* of a code word */
};

static void g726_destructor(void *arg)
{
	struct g726 *g = arg;

	if (g->state)
		g726_free(g->state);
}

static unsigned g726_bits(enum audio_codec id)
{
	return 2 + (id >= CODEC_AAL2_16 ? id - CODEC_AAL2_16 : id - CODEC_G726_16);
}

static int g726_alloc(void **sp, const struct codec_params *prm)
{
	const int packing = prm->id >= CODEC_AAL2_16 ? G726_PACKING_LEFT : G726_PACKING_RIGHT;
	struct g726 *g = mem_zalloc(sizeof(*g), g726_destructor);

	if (!g)
		return ENOMEM;

	g->bits = g726_bits(prm->id);
	g->state = g726_init(NULL, (int)g->bits * 8000, G726_ENCODING_LINEAR, packing);
	if (!g->state) {
		mem_deref(g);
		return ENOMEM;
	}
	*sp = g;

	return 0;
}

static size_t g726_put(void *st, uint8_t *buf, const int16_t *pcm)
{
	struct g726 *g = st;
	const int n = g726_encode(g->state, buf, pcm, GAP_FRAME);

	return n > 0 ? (size_t)n : 0;
}

/* Part of a group would stay in spandsp's shift register and spoil all after it */
static size_t g726_get(void *st, int16_t *pcm, const uint8_t *buf, size_t n)
{
	struct g726 *g = st;
	const size_t group = g->bits & 1 ? g->bits : 1;
	int k;

	if (n % group || n * 8 / g->bits > CODEC_PCM_MAX)
		return 0;
	k = g726_decode(g->state, pcm, buf, (int)n);

	return k > 0 ? (size_t)k : 0;
}

const struct codec_ops codec_g726 = {
	.encoder = g726_alloc, .decoder = g726_alloc, .encode = g726_put, .decode = g726_get,
};
