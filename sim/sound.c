/**
 * @file sound.c  Which sound the virtual door has (see sound.h), and its beep (HW-09)
 */
#include <errno.h>
#include <math.h>
#include <re.h>
#include <string.h>
#include "sound.h"

#define BEEP_HZ 1000
#define BEEP_MS 150
#define BEEP_AMPLITUDE 8000             /* -12 dBFS */
#define BEEP_RAMP 80                    /* samples, against the click */
#define BEEP_SAMPLES (GAP_AUDIO_RATE / 1000 * BEEP_MS)

struct sound {
	const struct sound_ops *ops;
	void *ctx;                      /* counted by libre */
};

static void destructor(void *arg)
{
	struct sound *s = arg;

	mem_deref(s->ctx);
}

/**
 * See whether a text names a way of making sound.
 *
 * @param spec    "portaudio", "none", "file:IN.wav,OUT.wav"
 * @param err     Written on failure: what would be right
 * @param errsize Its size
 *
 * @return 0, EINVAL
 */
int sound_check(const char *spec, char *err, size_t errsize)
{
	if (!strcmp(spec, "portaudio") || !strcmp(spec, "none") || !strncmp(spec, "file:", 5))
		return 0;
	(void)re_snprintf(err, errsize, "\"%s\" is no sound; accepted: portaudio, none,"
			  " file:IN.wav,OUT.wav (either file may be left out)", spec);

	return EINVAL;
}

static int start(struct sound *s, const char *spec, char *err, size_t errsize)
{
	if (!strncmp(spec, "file:", 5)) {
		s->ops = &sound_wav_ops;
		return sound_wav_open(&s->ctx, spec + 5, err, errsize);
	}
	s->ops = &sound_card_ops;

	return sound_card_open(&s->ctx, err, errsize);
}

/**
 * Open the sound.
 *
 * @param sp      Written on success; NULL for "none".  mem_deref() closes it
 * @param spec    As sound_check() accepts it
 * @param err     Written on failure: what failed
 * @param errsize Its size
 *
 * @return 0, EINVAL, errno of a file, ENODEV no sound card
 */
int sound_open(struct sound **sp, const char *spec, char *err, size_t errsize)
{
	struct sound *s;
	int e = sound_check(spec, err, errsize);

	if (e || !strcmp(spec, "none"))
		return e;
	s = mem_zalloc(sizeof(*s), destructor);
	if (!s)
		return ENOMEM;
	e = start(s, spec, err, errsize);
	if (e)
		mem_deref(s);
	else
		*sp = s;

	return e;
}

static int16_t beep_sample(int i)
{
	const int edge = i < BEEP_SAMPLES - i ? i : BEEP_SAMPLES - i;
	const double ramp = edge < BEEP_RAMP ? (double)edge / BEEP_RAMP : 1;

	return (int16_t)lrint(BEEP_AMPLITUDE * ramp * sin(2 * M_PI * BEEP_HZ * i / GAP_AUDIO_RATE));
}

static void beep(void *ctx)
{
	const struct sound *s = ctx;
	int16_t pcm[BEEP_SAMPLES];
	int i;

	for (i = 0; i < BEEP_SAMPLES; i++)
		pcm[i] = beep_sample(i);
	(void)s->ops->burst(s->ctx, pcm, BEEP_SAMPLES);
}

static int sound_read(void *ctx, int16_t *pcm, size_t n)
{
	const struct sound *s = ctx;

	return s->ops->read(s->ctx, pcm, n);
}

static int sound_write(void *ctx, const int16_t *pcm, size_t n)
{
	const struct sound *s = ctx;

	return s->ops->write(s->ctx, pcm, n);
}

/** Join the sound to a panel; it must outlive the panel's use of it */
void sound_panel(struct sound *s, struct panel_audio *audio)
{
	audio->read = sound_read;
	audio->write = sound_write;
	audio->beep = beep;
	audio->ctx = s;
}

/** A call begins: what the microphone hears starts anew, where it is a file */
void sound_rewind(struct sound *s)
{
	if (s->ops->rewind)
		(void)s->ops->rewind(s->ctx);
}
