/**
 * @file fuzz_codec.c  Every decoder over arbitrary payloads (SIP-05)
 *
 * Input: a byte that chooses codec and packing, then payloads, each after a byte of its length; length
 * 0 stands for a lost one.  No decoder writes more than CODEC_PCM_MAX samples, or outside them.
 */
#include <assert.h>
#include <re.h>
#include "core/media/codec.h"

#define GUARD 0x1234

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct codec_params p = {.id = CODEC_PCMA};
	struct codec_decoder *d = NULL;
	int16_t pcm[CODEC_PCM_MAX + 1];
	size_t i, n;

	if (!size)
		return 0;
	p.id = (enum audio_codec)(data[0] % CODEC_COUNT);
	p.octet_align = data[0] >= 128;
	if (codec_decoder_alloc(&d, &p))
		return 0;
	for (i = 1; i < size; i += n) {
		n = MIN(data[i], size - i - 1);
		i++;
		pcm[CODEC_PCM_MAX] = GUARD;
		if (n)
			n = codec_decode(d, pcm, data + i, n) <= CODEC_PCM_MAX ? n : (assert(0), n);
		else
			codec_conceal(d, pcm);
		assert(pcm[CODEC_PCM_MAX] == GUARD);
	}
	mem_deref(d);

	return 0;
}
