/**
 * @file sound_wav.c  Sound from and to WAV files (HW-07); the one file that reads and writes them
 *
 * The microphone hears IN.wav from its start in each call, then silence.  OUT.wav gets all that the
 * loudspeaker plays, one call after the other; its header is right once it is closed.
 */
#include <errno.h>
#include <re.h>
#include <rem.h>
#include <string.h>
#include "sound.h"

#define IN_MAX (48000 / 50 * 2)         /* samples of 20 ms, 48 kHz, stereo */

struct wav {
	char *in_name, *out_name;       /* NULL = none */
	struct aufile *in, *out;        /* in NULL = at its end */
	struct aufile_prm prm;          /* of in */
	struct auresamp resamp;
};

static void destructor(void *arg)
{
	struct wav *w = arg;

	mem_deref(w->in);
	mem_deref(w->out);
	mem_deref(w->in_name);
	mem_deref(w->out_name);
}

static bool good_rate(const struct aufile_prm *prm)
{
	return prm->fmt == AUFMT_S16LE && (prm->channels == 1 || prm->channels == 2) &&
	       (prm->srate == 8000 || prm->srate == 16000 || prm->srate == 48000);
}

static int wav_rewind(void *ctx)
{
	struct wav *w = ctx;
	int err;

	w->in = mem_deref(w->in);
	if (!w->in_name)
		return 0;
	err = aufile_open(&w->in, &w->prm, w->in_name, AUFILE_READ);
	if (err)
		return err;
	auresamp_init(&w->resamp);
	if (good_rate(&w->prm))
		err = auresamp_setup(&w->resamp, w->prm.srate, w->prm.channels, GAP_AUDIO_RATE, 1);
	else
		err = ENOTSUP;
	if (err)
		w->in = mem_deref(w->in);

	return err;
}

/* n samples at 8 kHz need this many of the file's */
static size_t fetch(struct wav *w, int16_t *raw, size_t n)
{
	const size_t want = n * (w->prm.srate / GAP_AUDIO_RATE) * w->prm.channels * sizeof(*raw);
	size_t got = want;

	memset(raw, 0, want);
	if (aufile_read(w->in, (uint8_t *)raw, &got) || !got)
		w->in = mem_deref(w->in);

	return want / sizeof(*raw);
}

static int wav_read(void *ctx, int16_t *pcm, size_t n)
{
	struct wav *w = ctx;
	int16_t raw[IN_MAX], wide[IN_MAX];      /* auresamp() filters in its output, at the file's rate */
	size_t count, out = IN_MAX;
	int err = 0;

	memset(pcm, 0, n * sizeof(*pcm));
	if (!w->in || n > GAP_FRAME)
		return 0;
	count = fetch(w, raw, n);
	if (!w->in)
		return 0;
	if (w->resamp.resample)
		err = auresamp(&w->resamp, wide, &out, raw, count);
	memcpy(pcm, w->resamp.resample ? wide : raw, n * sizeof(*pcm));

	return err;
}

static int wav_write(void *ctx, const int16_t *pcm, size_t n)
{
	struct wav *w = ctx;
	int err;

	if (!w->out)
		return 0;
	err = aufile_write(w->out, (const uint8_t *)pcm, n * sizeof(*pcm));
	if (err) {
		(void)fprintf(stderr, "warning: %s cannot be written (%s); no more sound goes there\n", w->out_name,
			      strerror(err));
		w->out = mem_deref(w->out);
	}

	return err;
}

static int names(struct wav *w, const char *files)
{
	const char *comma = strchr(files, ',');
	const size_t n = comma ? (size_t)(comma - files) : strlen(files);
	struct pl in = {files, n};
	int err = n ? pl_strdup(&w->in_name, &in) : 0;

	if (!err && comma && comma[1])
		err = str_dup(&w->out_name, comma + 1);

	return err;
}

static int open_out(struct wav *w)
{
	struct aufile_prm prm = {.srate = GAP_AUDIO_RATE, .channels = 1, .fmt = AUFMT_S16LE};

	return w->out_name ? aufile_open(&w->out, &prm, w->out_name, AUFILE_WRITE) : 0;
}

static void explain(const struct wav *w, int e, bool in, char *err, size_t errsize)
{
	const char *file = in ? w->in_name : w->out_name;

	if (in && (e == ENOTSUP || e == EBADMSG || e == ENOSYS))
		(void)re_snprintf(err, errsize, "%s is no sound we read; accepted: WAV, 16-bit PCM,"
				  " 8, 16 or 48 kHz, mono or stereo", file);
	else
		(void)re_snprintf(err, errsize, "%s cannot be %s: %m", file,
				  in ? "read" : "written", e);
}

/**
 * Open the files.
 *
 * @param ctx     Written on success, mem_deref() finishes OUT.wav
 * @param files   "IN.wav,OUT.wav", either may be left out
 * @param err     Written on failure
 * @param errsize Its size
 *
 * @return 0, errno of a file, ENOTSUP / EBADMSG not a WAV file of a rate we read
 */
int sound_wav_open(void **ctx, const char *files, char *err, size_t errsize)
{
	struct wav *w = mem_zalloc(sizeof(*w), destructor);
	bool in = true;
	int e;

	if (!w)
		return ENOMEM;
	e = names(w, files);
	if (!e)
		e = wav_rewind(w);
	if (!e) {
		in = false;
		e = open_out(w);
	}
	if (e) {
		explain(w, e, in, err, errsize);
		mem_deref(w);
	}
	else {
		*ctx = w;
	}

	return e;
}

const struct sound_ops sound_wav_ops = {
	.read = wav_read, .write = wav_write, .burst = wav_write, .rewind = wav_rewind,
};
