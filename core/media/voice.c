/**
 * @file voice.c  One loudspeaker's voice messages: what waits, what plays, mixed into a call (DOOR-09, HW-07)
 *
 * The media tick (media.c) runs it, and only while something is spoken:
 *
 *     a frame of the call came since the last tick      it was mixed by voice_mix(), the tick plays nothing
 *     none came                                         the tick plays the message alone
 *
 * so that the loudspeaker gets 20 ms each 20 ms with a call, without, and with one whose packets stop.
 * No message waits twice, so the queue is no longer than there are messages.
 */
#include <errno.h>
#include <re.h>
#include <string.h>
#include "core/media/stream_priv.h"
#include "core/media/gain.h"
#include "core/media/voice.h"

#define DUCK 4                          /* the call's sound is divided by this under a message */

struct voice {
	struct media_ticker ticker;
	struct media *media;
	struct voice_handlers h;
	uint8_t queue[ANNOUNCE_COUNT];  /* enum announce; the first one is being spoken */
	unsigned n;
	enum language language;         /* of the first one */
	char text[VOICE_TEXT];          /* what follows ANNOUNCE_ADDRESS */
	size_t part;                    /* 0 = its own clip, i = character i - 1 of text */
	const int16_t *pcm;             /* rest of the clip that plays */
	size_t left;
	bool mixed;                     /* voice_mix() took a frame since the last tick */
};

static void destructor(void *arg)
{
	struct voice *v = arg;

	media_ticker_stop(v->media, &v->ticker);
	mem_deref(v->media);
}

/** Character that the present part speaks, 0 = the message's own clip, or no more */
static bool part_of(const struct voice *v, char *c)
{
	*c = v->part ? v->text[v->part - 1] : '\0';

	return !v->part || (v->queue[0] == ANNOUNCE_ADDRESS && *c);
}

/** Find the samples of the present part, of the next one that has some; false = the message is spoken */
static bool part_open(struct voice *v)
{
	struct voices *set = media_voices(v->media);
	char c;

	for (; set && part_of(v, &c); v->part++)
		if (!voices_clip(set, v->language, (enum announce)v->queue[0], c, &v->pcm, &v->left) && v->left)
			return true;

	return false;
}

static void begin(struct voice *v)
{
	v->language = v->h.language(v->h.arg);
	v->part = 0;
	v->left = 0;
	v->h.begin((enum announce)v->queue[0], v->language, v->h.arg);
}

/** Take message i out of the queue; the first one was spoken wholly, or cut */
static void drop(struct voice *v, unsigned i, bool whole)
{
	const enum announce a = (enum announce)v->queue[i];

	memmove(v->queue + i, v->queue + i + 1, --v->n - i);
	if (!i)
		v->h.end(a, whole, v->h.arg);
}

/** Next frame of what is spoken; false = nothing is */
static bool frame(struct voice *v, int16_t pcm[GAP_FRAME])
{
	size_t got;

	while (v->n && !v->left) {
		if (part_open(v))
			break;
		drop(v, 0, true);
		if (v->n)
			begin(v);
	}
	if (!v->n)
		return false;

	got = v->left < GAP_FRAME ? v->left : GAP_FRAME;
	memcpy(pcm, v->pcm, got * sizeof(*pcm));
	memset(pcm + got, 0, (GAP_FRAME - got) * sizeof(*pcm));
	v->pcm += got;
	v->left -= got;
	v->part += !v->left;

	return true;
}

static void tick(void *arg)
{
	struct voice *v = arg;
	int16_t pcm[GAP_FRAME];
	const bool mixed = v->mixed;

	v->mixed = false;
	if (!mixed && frame(v, pcm))
		v->h.write(pcm, GAP_FRAME, v->h.arg);
	if (!v->n)
		media_ticker_stop(v->media, &v->ticker);
}

/**
 * Allocate a loudspeaker's player; nothing plays yet.
 *
 * @param vp Written on success; mem_deref frees it, without a word
 * @param m  Engine whose tick and clips it uses, referenced
 * @param h  Copied, all there
 *
 * @return 0, EINVAL, ENOMEM
 */
int voice_alloc(struct voice **vp, struct media *m, const struct voice_handlers *h)
{
	struct voice *v;

	if (!vp || !m || !h)
		return EINVAL;
	v = mem_zalloc(sizeof(*v), destructor);
	if (!v)
		return ENOMEM;
	v->media = mem_ref(m);
	v->h = *h;
	v->ticker.h = tick;
	v->ticker.arg = v;
	*vp = v;

	return 0;
}

/**
 * Speak a message, after what is being spoken.
 *
 * @param v    Player
 * @param a    Message
 * @param text What follows ANNOUNCE_ADDRESS, character by character; NULL = nothing
 *
 * @return 0, EINVAL no such message or text too long, EALREADY it is being spoken or waits, ENOMEM no clips
 */
int voice_say(struct voice *v, enum announce a, const char *text)
{
	if ((unsigned)a >= ANNOUNCE_COUNT || (text && strlen(text) >= VOICE_TEXT))
		return EINVAL;
	if (memchr(v->queue, (int)a, v->n))
		return EALREADY;
	if (!media_voices(v->media))
		return ENOMEM;
	if (a == ANNOUNCE_ADDRESS)
		str_ncpy(v->text, text ? text : "", sizeof(v->text));
	v->queue[v->n++] = (uint8_t)a;
	if (v->n == 1)
		begin(v);
	media_ticker_start(v->media, &v->ticker);

	return 0;
}

/**
 * End messages at once: the one being spoken, and those that wait.
 *
 * @param v     Player
 * @param which Bit n = enum announce n
 */
void voice_hush(struct voice *v, unsigned which)
{
	const bool first = v->n && which >> v->queue[0] & 1;
	unsigned i;

	for (i = v->n; i-- > 0;)
		if (which >> v->queue[i] & 1)
			drop(v, i, false);
	if (first && v->n)
		begin(v);
	if (!v->n)
		media_ticker_stop(v->media, &v->ticker);
}

/**
 * Lay the message over a frame of the call, which becomes fainter meanwhile.
 *
 * @param v   Player
 * @param pcm Samples [n], changed in place
 * @param n   GAP_FRAME, else nothing happens
 */
void voice_mix(struct voice *v, int16_t *pcm, size_t n)
{
	int16_t said[GAP_FRAME];
	size_t i;

	if (n != GAP_FRAME || !frame(v, said))
		return;
	v->mixed = true;
	for (i = 0; i < n; i++)
		pcm[i] = gain_clamp(pcm[i] / DUCK + said[i]);
}

/** Is something being spoken? */
bool voice_plays(const struct voice *v)
{
	return v->n > 0;
}
