/**
 * @file bench_codec.c  What each codec costs: a frame encoded and decoded, as a multiple of PCMA's (SIP-05)
 */
#include <errno.h>
#include <re.h>
#include "bench.h"
#include "core/media/codec.h"
#include "scenarios/runner/tone.h"

#define FRAMES 2000                     /* 40 s of sound */
#define RUNS 5

static int frames(const struct codec_params *p, const int16_t *pcm)
{
	struct codec_encoder *e = NULL;
	struct codec_decoder *d = NULL;
	uint8_t buf[CODEC_PAYLOAD_MAX];
	int16_t out[CODEC_PCM_MAX];
	int i, err = codec_encoder_alloc(&e, p);

	if (!err)
		err = codec_decoder_alloc(&d, p);
	for (i = 0; i < FRAMES && !err; i++) {
		const size_t n = codec_encode(e, buf, pcm + i % 50 * GAP_FRAME);

		err = n && codec_decode(d, out, buf, n) == GAP_FRAME ? 0 : EBADMSG;
	}
	mem_deref(d);
	mem_deref(e);

	return err;
}

/**
 * Cost of a codec.
 *
 * @param us Written: microseconds a frame of 20 ms, encoded and decoded, median of RUNS
 * @param id Codec
 *
 * @return 0, EBADMSG where a frame did not come back, other errno
 */
int bench_codec(double *us, enum audio_codec id)
{
	const struct codec_params p = {.id = id, .octet_align = true};
	static int16_t pcm[GAP_AUDIO_RATE];
	struct tone tone = {.amplitude = 0};
	double value[RUNS];
	int i, err = 0;

	tone_set(&tone, 440, -12);
	tone_read(&tone, pcm, GAP_AUDIO_RATE);
	for (i = 0; i < RUNS && !err; i++) {
		const double begin = bench_clock_s();

		err = frames(&p, pcm);
		value[i] = (bench_clock_s() - begin) * 1e6 / FRAMES;
	}
	if (!err)
		*us = bench_median(value, RUNS);

	return err;
}
