/**
 * @file codec_amr.c  AMR, narrow band (SIP-05, RFC 4867): opencore-amrnb
 *
 * Sent at 12.2 kbit/s, or the highest mode of the other side's mode-set, until it asks for another
 * (codec mode request).
 */
#include <errno.h>
#include <opencore-amrnb/interf_dec.h>
#include <opencore-amrnb/interf_enc.h>
#include <re.h>
#include "core/media/amr.h"
#include "core/media/codec.h"

struct state {
	void *enc, *dec;
	bool octet_align;
	uint8_t mode_set, mode, request;
};

static void destructor(void *arg)
{
	struct state *s = arg;

	if (s->enc)
		Encoder_Interface_exit(s->enc);
	if (s->dec)
		Decoder_Interface_exit(s->dec);
}

/* The highest mode up to `most` that may be sent, else the lowest of all that may */
static uint8_t choose(uint8_t mode_set, unsigned most)
{
	unsigned m = most;

	while (m && !(mode_set >> m & 1))
		m--;
	while (m < AMR_MODES - 1 && !(mode_set >> m & 1))
		m++;

	return (uint8_t)m;
}

static int alloc(void **sp, const struct codec_params *prm, bool enc)
{
	struct state *s = mem_zalloc(sizeof(*s), destructor);

	if (!s)
		return ENOMEM;

	s->octet_align = prm->octet_align;
	s->mode_set = prm->mode_set ? prm->mode_set : 0xff;
	s->mode = choose(s->mode_set, AMR_MODES - 1);
	s->request = AMR_NO_REQUEST;
	if (enc)
		s->enc = Encoder_Interface_init(0);
	else
		s->dec = Decoder_Interface_init();
	if (!s->enc && !s->dec) {
		mem_deref(s);
		return ENOMEM;
	}
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

static size_t encode(void *st, uint8_t *buf, const int16_t *pcm)
{
	struct state *s = st;
	uint8_t frame[2 * AMR_FRAME] = {0};

	if (Encoder_Interface_Encode(s->enc, (enum Mode)s->mode, pcm, frame, 0) <= 0)
		return 0;

	return amr_pack(buf, CODEC_PAYLOAD_MAX, frame, s->octet_align);
}

static size_t decode(void *st, int16_t *pcm, const uint8_t *buf, size_t n)
{
	struct state *s = st;
	struct amr_payload p;
	unsigned i;

	if (amr_unpack(&p, buf, n, s->octet_align))
		return 0;

	s->request = p.request;
	for (i = 0; i < p.n; i++)
		Decoder_Interface_Decode(s->dec, p.frame[i], pcm + i * GAP_FRAME, !(p.frame[i][0] & 4));

	return p.n * GAP_FRAME;
}

static bool conceal(void *st, int16_t *pcm)
{
	static const uint8_t no_data[AMR_FRAME] = {AMR_NO_DATA << 3 | 4};
	struct state *s = st;

	Decoder_Interface_Decode(s->dec, no_data, pcm, 1);

	return true;
}

static void follow(void *enc, const void *dec)
{
	struct state *e = enc;
	const struct state *d = dec;

	if (d->request < AMR_MODES)
		e->mode = choose(e->mode_set, d->request);
}

const struct codec_ops codec_amr = {
	.encoder = encoder, .decoder = decoder, .encode = encode, .decode = decode, .conceal = conceal,
	.follow = follow,
};
