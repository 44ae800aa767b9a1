/**
 * @file voice_set.c  The clips of a process, as samples (DOOR-09)
 *
 * A built-in clip is decoded when it is first spoken, once for all doors: GSM 06.10 is integer arithmetic,
 * the same samples on every machine.  An installer's own WAV files take the place of clips; they are
 * read once, at the start:
 *
 *     DIR/LANGUAGE/NAME.wav     e.g. fr/door_open.wav; NAME is a message, or 0-9, a-f, point, colon
 */
#include <dirent.h>
#include <errno.h>
#include <re.h>
#include <stdio.h>
#include <string.h>
#include "core/door/door.h"
#include "core/media/codec.h"
#include "core/media/voice.h"
#include "core/media/wav.h"

#define CLIPS (ANNOUNCE_COUNT + VOICE_PARTS)
#define GSM_FRAME 33
#define WAV_SAMPLES (VOICE_WAV_S * GAP_AUDIO_RATE)
#define WAV_BYTES (4 * WAV_SAMPLES + 4096)      /* at 16,000 Hz, with room for other chunks */

struct clip {
	const struct voice_clip *built_in;
	int16_t *pcm;                   /* NULL = not decoded yet */
	size_t n;
};

struct voices {
	struct clip clip[LANGUAGES][CLIPS];
};

static const char parts[VOICE_PARTS + 1] = "0123456789abcdef.:";

/** Language as in the setting door.language and in paths */
const char *voice_language_name(enum language l)
{
	static const char *const name[LANGUAGES] = {"fr", "en", "de", "es", "pt"};

	return (unsigned)l < LANGUAGES ? name[l] : "?";
}

/** Name of the clip of character i of "0123456789abcdef.:", as in files */
const char *voice_part_name(unsigned i)
{
	static const char *const name[VOICE_PARTS] = {
		"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f", "point", "colon",
	};

	return i < VOICE_PARTS ? name[i] : "?";
}

static const char *clip_name(unsigned i)
{
	return i < ANNOUNCE_COUNT ? announce_name((enum announce)i) : voice_part_name(i - ANNOUNCE_COUNT);
}

static unsigned clip_index(const char *name, size_t n)
{
	unsigned i;

	for (i = 0; i < CLIPS; i++)
		if (strlen(clip_name(i)) == n && !strncmp(clip_name(i), name, n))
			break;

	return i;
}

static unsigned language_index(const char *name)
{
	unsigned i;

	for (i = 0; i < LANGUAGES; i++)
		if (!strcmp(voice_language_name((enum language)i), name))
			break;

	return i;
}

static void destructor(void *arg)
{
	struct voices *v = arg;
	unsigned l, i;

	for (l = 0; l < LANGUAGES; l++)
		for (i = 0; i < CLIPS; i++)
			mem_deref(v->clip[l][i].pcm);
}

/**
 * Allocate the set of built-in clips.
 *
 * @param vp Written on success; mem_deref frees it, after the players
 *
 * @return 0, ENOMEM
 */
int voices_alloc(struct voices **vp)
{
	struct voices *v = mem_zalloc(sizeof(*v), destructor);
	size_t k;

	if (!v)
		return ENOMEM;
	for (k = 0; k < voice_clips_count; k++) {
		const struct voice_clip *c = &voice_clips[k];
		const unsigned l = language_index(c->language), i = clip_index(c->name, strlen(c->name));

		if (l < LANGUAGES && i < CLIPS)
			v->clip[l][i].built_in = c;
	}
	*vp = v;

	return 0;
}

static int decode(struct clip *c)
{
	const struct codec_params prm = {.id = CODEC_GSM};
	const size_t frames = c->built_in->size / GSM_FRAME;
	struct codec_decoder *d = NULL;
	int16_t *pcm = mem_zalloc(frames * GAP_FRAME * sizeof(*pcm), NULL), out[CODEC_PCM_MAX];
	int err = pcm ? codec_decoder_alloc(&d, &prm) : ENOMEM;
	size_t i;

	for (i = 0; i < frames && !err; i++) {
		if (codec_decode(d, out, c->built_in->gsm + i * GSM_FRAME, GSM_FRAME) == GAP_FRAME)
			memcpy(pcm + i * GAP_FRAME, out, GAP_FRAME * sizeof(*pcm));
		else
			err = EBADMSG;
	}
	mem_deref(d);
	if (err) {
		mem_deref(pcm);
		return err;
	}
	c->pcm = pcm;
	c->n = frames * GAP_FRAME;

	return 0;
}

/** Place of a clip in its language, CLIPS = there is none */
static unsigned place(enum announce a, char part)
{
	const char *p = part ? strchr(parts, part) : NULL;

	if (part)
		return p ? ANNOUNCE_COUNT + (unsigned)(p - parts) : CLIPS;

	return (unsigned)a < ANNOUNCE_COUNT ? (unsigned)a : CLIPS;
}

/**
 * Samples of a clip, valid as long as the set.
 *
 * @param v    Set
 * @param l    Language
 * @param a    Message, where part is 0
 * @param part Character of a text: 0-9, a-f, '.', ':'
 * @param pcm  Written on success: mono, GAP_AUDIO_RATE
 * @param n    Written on success
 *
 * @return 0, ENOENT there is none, ENOMEM, EBADMSG
 */
int voices_clip(struct voices *v, enum language l, enum announce a, char part, const int16_t **pcm, size_t *n)
{
	const unsigned i = place(a, part);
	struct clip *c;
	int err = 0;

	if ((unsigned)l >= LANGUAGES || i >= CLIPS)
		return ENOENT;
	c = &v->clip[l][i];
	if (!c->pcm)
		err = c->built_in ? decode(c) : ENOENT;
	if (err)
		return err;
	*pcm = c->pcm;
	*n = c->n;

	return 0;
}

/* --- an installer's own --- */

static int read_file(uint8_t **bytes, size_t *size, const char *path, char *err, size_t errsize)
{
	FILE *f = fopen(path, "rb");
	uint8_t *buf = f ? mem_alloc(WAV_BYTES + 1, NULL) : NULL;
	int e = f ? ENOMEM : errno;

	if (buf) {
		*size = fread(buf, 1, WAV_BYTES + 1, f);
		e = ferror(f) ? EIO : *size > WAV_BYTES ? EFBIG : 0;
	}
	if (f)
		(void)fclose(f);
	if (e == EFBIG)
		(void)re_snprintf(err, errsize, "%s: it is longer than %u bytes; a voice message has at most %u s", path,
				  WAV_BYTES, VOICE_WAV_S);
	else if (e)
		(void)re_snprintf(err, errsize, "%s: it cannot be read: %m", path, e);
	if (e)
		mem_deref(buf);
	else
		*bytes = buf;

	return e;
}

/* The bytes of a WAV file become sound at our rate */
static int sound(struct clip *c, const uint8_t *file, size_t size, char *err, size_t errsize)
{
	struct wav w;
	int16_t *pcm;
	int e = wav_parse(&w, file, size, err, errsize);

	if (e)
		return e;
	if (wav_length(&w) > WAV_SAMPLES) {
		(void)re_snprintf(err, errsize, "it is %zu s long; a voice message has at most %u s",
				  wav_length(&w) / GAP_AUDIO_RATE, VOICE_WAV_S);
		return EFBIG;
	}
	pcm = mem_alloc(wav_length(&w) * sizeof(*pcm), NULL);
	if (!pcm)
		return ENOMEM;
	wav_read(&w, 0, pcm, wav_length(&w));
	mem_deref(c->pcm);
	c->pcm = pcm;
	c->n = wav_length(&w);

	return 0;
}

static int replace(struct clip *c, const char *path, char *err, size_t errsize)
{
	char why[256] = "";
	uint8_t *file = NULL;
	size_t size = 0;
	int e = read_file(&file, &size, path, err, errsize);

	if (e)
		return e;
	e = sound(c, file, size, why, sizeof(why));
	mem_deref(file);
	if (e)
		(void)re_snprintf(err, errsize, "%s: %s", path, why[0] ? why : strerror(e));

	return e;
}

static int unknown(const char *path, const char *what, char *err, size_t errsize)
{
	(void)re_snprintf(err, errsize, "%s: %s; accepted: LANGUAGE/NAME.wav, e.g. fr/door_open.wav, with fr, en, de, es or pt, "
			  "and the name of a message or 0 to 9, a to f, point, colon", path, what);

	return ENOENT;
}

static int load_language(struct voices *v, unsigned l, const char *dir, unsigned *loaded, char *err, size_t errsize)
{
	DIR *d = opendir(dir);
	const struct dirent *f;
	char path[1024];
	int e = 0;

	if (!d)
		return unknown(dir, "this is no directory", err, errsize);
	while (!e && (f = readdir(d))) {
		const char *dot = strrchr(f->d_name, '.');
		const unsigned i = dot ? clip_index(f->d_name, (size_t)(dot - f->d_name)) : CLIPS;

		if (f->d_name[0] == '.')
			continue;
		(void)re_snprintf(path, sizeof(path), "%s/%s", dir, f->d_name);
		if (i == CLIPS || strcmp(dot, ".wav"))
			e = unknown(path, "no message has this name", err, errsize);
		else
			e = replace(&v->clip[l][i], path, err, errsize);
		*loaded += !e;
	}
	(void)closedir(d);

	return e;
}

/**
 * Put an installer's WAV files in the place of clips; before anything is spoken.
 *
 * @param v       Set
 * @param dir     Directory with one directory a language
 * @param loaded  Written: how many files were taken
 * @param err     Written on failure: which file, what is wrong, what would be right
 * @param errsize Its size
 *
 * @return 0, errno; files before the bad one are taken
 */
int voices_load(struct voices *v, const char *dir, unsigned *loaded, char *err, size_t errsize)
{
	DIR *d = opendir(dir);
	const struct dirent *f;
	char path[768];
	int e = 0;

	*loaded = 0;
	if (!d) {
		e = errno;
		(void)re_snprintf(err, errsize, "%s: the directory of voice messages cannot be read: %m", dir, e);
		return e;
	}
	while (!e && (f = readdir(d))) {
		const unsigned l = language_index(f->d_name);

		if (f->d_name[0] == '.')
			continue;
		(void)re_snprintf(path, sizeof(path), "%s/%s", dir, f->d_name);
		if (l == LANGUAGES)
			e = unknown(path, "no language has this name", err, errsize);
		else
			e = load_language(v, l, path, loaded, err, errsize);
	}
	(void)closedir(d);

	return e;
}
