/**
 * @file codec.c  Encoders and decoders: the rows that belong to core/door/codec.c (SIP-05)
 */
#include <errno.h>
#include <string.h>
#include <re.h>
#include "core/media/codec.h"
#include "core/media/conceal.h"

struct codec_encoder {
	const struct codec_ops *ops;
	void *state;
};

struct codec_decoder {
	const struct codec_ops *ops;
	void *state;
	struct conceal *conceal;        /* NULL = the codec has its own */
};

static const struct codec_ops *const ops[CODEC_COUNT] = {
	[CODEC_PCMA] = &codec_alaw,     [CODEC_PCMU] = &codec_ulaw,
	[CODEC_G722] = &codec_g722,     [CODEC_OPUS] = &codec_opus,     [CODEC_GSM] = &codec_gsm,
	[CODEC_SPEEX8] = &codec_speex,  [CODEC_SPEEX16] = &codec_speex, [CODEC_SPEEX32] = &codec_speex,
	[CODEC_G726_16] = &codec_g726,  [CODEC_G726_24] = &codec_g726,
	[CODEC_G726_32] = &codec_g726,  [CODEC_G726_40] = &codec_g726,
	[CODEC_AAL2_16] = &codec_g726,  [CODEC_AAL2_24] = &codec_g726,
	[CODEC_AAL2_32] = &codec_g726,  [CODEC_AAL2_40] = &codec_g726,
	[CODEC_AMR] = &codec_amr,
};

static void encoder_destructor(void *arg)
{
	struct codec_encoder *e = arg;

	mem_deref(e->state);
}

static void decoder_destructor(void *arg)
{
	struct codec_decoder *d = arg;

	mem_deref(d->state);
	mem_deref(d->conceal);
}

/**
 * Allocate an encoder.
 *
 * @param ep  Encoder, written on success; mem_deref frees it
 * @param prm Codec and packing, copied
 *
 * @return 0, EINVAL no such codec, ENOMEM
 */
int codec_encoder_alloc(struct codec_encoder **ep, const struct codec_params *prm)
{
	struct codec_encoder *e;
	int err = 0;

	if (!ep || !prm || (unsigned)prm->id >= CODEC_COUNT)
		return EINVAL;

	e = mem_zalloc(sizeof(*e), encoder_destructor);
	if (!e)
		return ENOMEM;

	e->ops = ops[prm->id];
	if (e->ops->encoder)
		err = e->ops->encoder(&e->state, prm);
	if (err)
		mem_deref(e);
	else
		*ep = e;

	return err;
}

/**
 * Encode 20 ms.
 *
 * @param e   Encoder
 * @param buf Payload, written
 * @param pcm Samples, mono, 8,000 Hz
 *
 * @return Bytes; 0 = nothing to send
 */
size_t codec_encode(struct codec_encoder *e, uint8_t buf[CODEC_PAYLOAD_MAX],
		    const int16_t pcm[GAP_FRAME])
{
	return e->ops->encode(e->state, buf, pcm);
}

/**
 * Allocate a decoder.
 *
 * @param dp  Decoder, written on success; mem_deref frees it
 * @param prm Codec and packing, copied
 *
 * @return 0, EINVAL no such codec, ENOMEM
 */
int codec_decoder_alloc(struct codec_decoder **dp, const struct codec_params *prm)
{
	struct codec_decoder *d;
	int err = 0;

	if (!dp || !prm || (unsigned)prm->id >= CODEC_COUNT)
		return EINVAL;

	d = mem_zalloc(sizeof(*d), decoder_destructor);
	if (!d)
		return ENOMEM;

	d->ops = ops[prm->id];
	if (d->ops->decoder)
		err = d->ops->decoder(&d->state, prm);
	if (!err && !d->ops->conceal)
		err = conceal_alloc(&d->conceal);
	if (err)
		mem_deref(d);
	else
		*dp = d;

	return err;
}

/**
 * Decode a payload from the network.
 *
 * @param d   Decoder
 * @param pcm Samples, mono, 8,000 Hz, written
 * @param buf Payload [n], anything at all
 * @param n   Its length [bytes]
 *
 * @return Samples, at most CODEC_PCM_MAX; 0 = malformed or too long
 */
size_t codec_decode(struct codec_decoder *d, int16_t pcm[CODEC_PCM_MAX], const uint8_t *buf, size_t n)
{
	const size_t k = n ? d->ops->decode(d->state, pcm, buf, n) : 0;

	if (d->conceal)
		conceal_good(d->conceal, pcm, k);

	return k;
}

/**
 * Make up 20 ms that were lost: by the codec where it can, else by conceal.c.
 *
 * @param d   Decoder
 * @param pcm Samples, written
 */
void codec_conceal(struct codec_decoder *d, int16_t pcm[GAP_FRAME])
{
	if (d->conceal)
		conceal_lost(d->conceal, pcm);
	else if (!d->ops->conceal(d->state, pcm))
		memset(pcm, 0, GAP_FRAME * sizeof(*pcm));
}

/**
 * Let an encoder follow what the other side asked for in its packets (AMR: codec mode request).
 *
 * @param e Encoder
 * @param d Decoder of the same codec
 */
void codec_follow(struct codec_encoder *e, const struct codec_decoder *d)
{
	if (e && d && e->ops == d->ops && e->ops->follow)
		e->ops->follow(e->state, d->state);
}
