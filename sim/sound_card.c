/**
 * @file sound_card.c  The computer's sound card (HW-07); the one file that includes PortAudio
 *
 * PortAudio's callback runs in a thread of its own, the only one of the program: it moves samples
 * between the card and two rings (ring.h), nothing else.  The loop resamples where the card refuses
 * 8 kHz.
 *
 *     0 .. 60 ms      ring, held there by ring_play() and ring_record()
 *     + 40 ms         asked of the card
 */
#include <errno.h>
#include <fcntl.h>
#include <portaudio.h>
#include <re.h>
#include <rem.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "ring.h"
#include "sound.h"

#define DELAY_MS 60
#define CARD_LATENCY_S 0.04
#define RATIO_MAX 6                     /* 48 kHz */

struct card {
	PaStream *stream;
	bool initialised, in, out;
	unsigned ratio;                 /* card's rate / 8000 */
	struct auresamp up, down;
	struct ring play, record;
};

static int callback(const void *in, void *out, unsigned long frames,
		    const PaStreamCallbackTimeInfo *t, PaStreamCallbackFlags flags, void *arg)
{
	struct card *c = arg;
	size_t got;

	(void)t;
	(void)flags;
	if (in)
		(void)ring_put(&c->record, in, frames);
	if (out) {
		got = ring_get(&c->play, out, frames);
		memset((int16_t *)out + got, 0, (frames - got) * sizeof(int16_t));
	}

	return paContinue;
}

/* ALSA and JACK write what they miss to stderr: a person is told in one line instead */
static int hush(void)
{
	const int kept = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)fflush(stderr);
	if (kept >= 0 && null >= 0)
		(void)dup2(null, STDERR_FILENO);
	if (null >= 0)
		(void)close(null);

	return kept;
}

static void speak(int kept)
{
	if (kept < 0)
		return;
	(void)dup2(kept, STDERR_FILENO);
	(void)close(kept);
}

static void destructor(void *arg)
{
	struct card *c = arg;
	const int kept = hush();

	if (c->stream)
		(void)Pa_CloseStream(c->stream);
	if (c->initialised)
		(void)Pa_Terminate();
	speak(kept);
}

static PaError try_rate(struct card *c, unsigned ratio, bool with_in)
{
	const PaStreamParameters in = {
		.device = Pa_GetDefaultInputDevice(), .channelCount = 1, .sampleFormat = paInt16,
		.suggestedLatency = CARD_LATENCY_S,
	};
	PaStreamParameters out = in;
	PaError e;

	out.device = Pa_GetDefaultOutputDevice();
	c->in = with_in && in.device != paNoDevice;
	c->out = out.device != paNoDevice;
	c->ratio = ratio;
	if (!c->in && !c->out)
		return paDeviceUnavailable;
	e = Pa_OpenStream(&c->stream, c->in ? &in : NULL, c->out ? &out : NULL,
			  ratio * GAP_AUDIO_RATE, paFramesPerBufferUnspecified, paClipOff, callback, c);
	if (e)
		c->stream = NULL;

	return e;
}

/* Both directions in one stream, else the loudspeaker alone; at 8 kHz, else at 16 or 48 */
static PaError open_stream(struct card *c)
{
	static const unsigned ratio[] = {1, 2, RATIO_MAX};
	PaError e = paDeviceUnavailable;
	unsigned i;

	for (i = 0; i < 2 * ARRAY_SIZE(ratio); i++) {
		e = try_rate(c, ratio[i % ARRAY_SIZE(ratio)], i < ARRAY_SIZE(ratio));
		if (!e)
			break;
	}

	return e ? e : Pa_StartStream(c->stream);
}

static PaError start(struct card *c)
{
	PaError e;

	(void)setenv("JACK_NO_START_SERVER", "1", 0);
	e = Pa_Initialize();
	if (e)
		return e;
	c->initialised = true;

	return open_stream(c);
}

/* The card's thread takes no signal: they end the program in the loop */
static PaError start_quietly(struct card *c)
{
	sigset_t all, before;
	PaError e;
	int kept;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	kept = hush();
	e = start(c);
	speak(kept);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);

	return e;
}

static int resamplers(struct card *c)
{
	const uint32_t rate = c->ratio * GAP_AUDIO_RATE;
	int err;

	auresamp_init(&c->up);
	auresamp_init(&c->down);
	if (c->ratio == 1)
		return 0;
	err = auresamp_setup(&c->up, GAP_AUDIO_RATE, 1, rate, 1);

	return err ? err : auresamp_setup(&c->down, rate, 1, GAP_AUDIO_RATE, 1);
}

/**
 * Open the default sound card.
 *
 * @param ctx     Written on success, mem_deref() closes
 * @param err     Written on failure: why
 * @param errsize Its size
 *
 * @return 0, ENODEV, ENOMEM
 */
int sound_card_open(void **ctx, char *err, size_t errsize)
{
	struct card *c = mem_zalloc(sizeof(*c), destructor);
	PaError e;
	int r = 0;

	if (!c)
		return ENOMEM;
	e = start_quietly(c);
	if (!e)
		r = resamplers(c);
	if (e || r) {
		(void)re_snprintf(err, errsize, "no sound card answers (%s)",
				  e ? Pa_GetErrorText(e) : "its rate is not ours");
		mem_deref(c);
		return ENODEV;
	}
	*ctx = c;

	return 0;
}

static size_t target(const struct card *c)
{
	return (size_t)c->ratio * GAP_AUDIO_RATE / 1000 * DELAY_MS;
}

static int card_read(void *ctx, int16_t *pcm, size_t n)
{
	struct card *c = ctx;
	int16_t raw[GAP_FRAME * RATIO_MAX], wide[GAP_FRAME * RATIO_MAX];
	size_t out = GAP_FRAME * RATIO_MAX;     /* auresamp() filters in its output, at the card's rate */
	int err = 0;

	if (n > GAP_FRAME)
		return EINVAL;
	if (!c->in) {
		memset(pcm, 0, n * sizeof(*pcm));
		return 0;
	}
	ring_record(&c->record, raw, n * c->ratio, target(c));
	if (c->ratio > 1)
		err = auresamp(&c->down, wide, &out, raw, n * c->ratio);
	memcpy(pcm, c->ratio > 1 ? wide : raw, n * sizeof(*pcm));

	return err;
}

/* A frame at the card's rate; n up to GAP_FRAME */
static int convert(struct card *c, int16_t *raw, size_t *count, const int16_t *pcm, size_t n)
{
	*count = GAP_FRAME * RATIO_MAX;
	if (c->ratio > 1)
		return auresamp(&c->up, raw, count, pcm, n);
	memcpy(raw, pcm, n * sizeof(*pcm));
	*count = n;

	return 0;
}

static int card_write(void *ctx, const int16_t *pcm, size_t n)
{
	struct card *c = ctx;
	int16_t raw[GAP_FRAME * RATIO_MAX];
	size_t count;
	int err = n > GAP_FRAME ? EINVAL : 0;

	if (err || !c->out)
		return err;
	err = convert(c, raw, &count, pcm, n);
	if (!err)
		ring_play(&c->play, raw, count, target(c));

	return err;
}

static int card_burst(void *ctx, const int16_t *pcm, size_t n)
{
	struct card *c = ctx;
	int16_t raw[GAP_FRAME * RATIO_MAX];
	size_t count, part;
	int err = 0;

	for (; n && c->out && !err; n -= part, pcm += part) {
		part = n < GAP_FRAME ? n : GAP_FRAME;
		err = convert(c, raw, &count, pcm, part);
		if (!err)
			(void)ring_put(&c->play, raw, count);
	}

	return err;
}

const struct sound_ops sound_card_ops = {
	.read = card_read, .write = card_write, .burst = card_burst,
};
