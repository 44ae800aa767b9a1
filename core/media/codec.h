/**
 * @file codec.h  Encoders and decoders of one leg, whatever the codec (SIP-05)
 *
 * 20 ms of 160 samples at 8,000 Hz go in and come out; wide-band codecs convert inside their
 * adapter.  Each host library stands behind one adapter file, codec_*.c, which fills a struct
 * codec_ops; a state is made for the codec in use and for no other.
 */
#ifndef MEDIA_CODEC_H
#define MEDIA_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/door/codec.h"

#define CODEC_PAYLOAD_MAX 400           /**< longest payload made */
#define CODEC_PCM_MAX 1600              /**< 200 ms: most samples taken from one payload */

struct codec_encoder;
struct codec_decoder;

/** Which codec, packed how */
struct codec_params {
	enum audio_codec id;
	bool octet_align;               /**< AMR */
	uint8_t mode_set;               /**< AMR: bit n = mode n may be sent, 0 = all */
};

int codec_encoder_alloc(struct codec_encoder **ep, const struct codec_params *prm);
size_t codec_encode(struct codec_encoder *e, uint8_t buf[CODEC_PAYLOAD_MAX],
		    const int16_t pcm[GAP_FRAME]);
int codec_decoder_alloc(struct codec_decoder **dp, const struct codec_params *prm);
size_t codec_decode(struct codec_decoder *d, int16_t pcm[CODEC_PCM_MAX], const uint8_t *buf, size_t n);
void codec_conceal(struct codec_decoder *d, int16_t pcm[GAP_FRAME]);
void codec_follow(struct codec_encoder *e, const struct codec_decoder *d);

/* --- adapters --- */

typedef int (codec_state_h)(void **sp, const struct codec_params *prm);        /**< mem_deref frees */
typedef size_t (codec_encode_h)(void *st, uint8_t *buf, const int16_t *pcm);   /**< bytes, 0 = failed */
typedef size_t (codec_decode_h)(void *st, int16_t *pcm, const uint8_t *buf, size_t n); /**< samples, 0 = malformed */
typedef bool (codec_conceal_h)(void *st, int16_t *pcm);                        /**< false = cannot */
typedef void (codec_follow_h)(void *enc, const void *dec);

struct codec_ops {
	codec_state_h *encoder, *decoder;       /**< NULL = has no state */
	codec_encode_h *encode;
	codec_decode_h *decode;
	codec_conceal_h *conceal;               /**< NULL = conceal.c does it */
	codec_follow_h *follow;                 /**< the other side's wishes, NULL = it has none */
};

extern const struct codec_ops codec_alaw, codec_ulaw, codec_g722, codec_g726, codec_opus, codec_gsm,
	codec_speex, codec_amr;

#endif
