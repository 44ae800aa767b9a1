/**
 * @file codec_gsm.c  GSM 06.10 full rate (SIP-05, RFC 3551 §4.5.8): libgsm
 */
#include <errno.h>
#include <gsm.h>
#include <re.h>
#include <string.h>
#include "core/media/codec.h"

#define FRAME 33                        /* bytes of 20 ms */

struct state {
	gsm gsm;
};

static void destructor(void *arg)
{
	struct state *s = arg;

	if (s->gsm)
		gsm_destroy(s->gsm);
}

static int alloc(void **sp, const struct codec_params *prm)
{
	struct state *s = mem_zalloc(sizeof(*s), destructor);

	(void)prm;
	if (!s)
		return ENOMEM;

	s->gsm = gsm_create();
	if (!s->gsm) {
		mem_deref(s);
		return ENOMEM;
	}
	*sp = s;

	return 0;
}

static size_t encode(void *st, uint8_t *buf, const int16_t *pcm)
{
	struct state *s = st;
	gsm_signal in[GAP_FRAME];

	memcpy(in, pcm, sizeof(in));
	gsm_encode(s->gsm, in, buf);

	return FRAME;
}

static size_t decode(void *st, int16_t *pcm, const uint8_t *buf, size_t n)
{
	struct state *s = st;
	gsm_byte frame[FRAME];
	size_t i;

	if (n % FRAME || n / FRAME * GAP_FRAME > CODEC_PCM_MAX)
		return 0;

	for (i = 0; i < n / FRAME; i++) {
		memcpy(frame, buf + i * FRAME, sizeof(frame));
		if (gsm_decode(s->gsm, frame, pcm + i * GAP_FRAME))     /* not its magic 0xd */
			break;
	}

	return i * GAP_FRAME;
}

const struct codec_ops codec_gsm = {
	.encoder = alloc, .decoder = alloc, .encode = encode, .decode = decode,
};
