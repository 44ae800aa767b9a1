/**
 * @file clip.c  A WAV file on its way to the loudspeaker (see clip.h; API-40)
 *
 * The media tick (media.c) runs it, as it runs voice messages: where a call wrote a frame since the last tick,
 * clip_mix() has mixed that one; where none did, the tick makes a frame of the clip's own.
 */
#include <string.h>
#include <re.h>
#include "core/media/clip.h"
#include "core/media/gain.h"
#include "core/media/stream_priv.h"
#include "core/media/wav.h"
#include "core/port.h"

struct clip {
	struct media_ticker ticker;
	struct media *media;
	bool mixed;                     /* clip_mix() took a frame since the last tick */
	struct wav wav;
	size_t pos;
	unsigned left;                  /* plays to come, with this one; CLIP_FOR_EVER */
	unsigned percent;
	clip_frame_h *frameh;
	clip_end_h *endh;
	void *arg;
	uint8_t bytes[];
};

static void destructor(void *arg)
{
	struct clip *c = arg;

	media_ticker_stop(c->media, &c->ticker);
	mem_deref(c->media);
}

static bool over(const struct clip *c)
{
	return c->pos >= wav_length(&c->wav);
}

/* The next samples; at the end of the last play there is silence */
static void take(struct clip *c, int16_t *pcm, size_t n)
{
	const size_t length = wav_length(&c->wav);
	size_t done = 0, part;

	while (done < n) {
		if (over(c)) {
			if (c->left == 1)
				break;
			c->left -= c->left != CLIP_FOR_EVER;
			c->pos = 0;
		}
		part = length - c->pos < n - done ? length - c->pos : n - done;
		wav_read(&c->wav, c->pos, pcm + done, part);
		c->pos += part;
		done += part;
	}
	memset(pcm + done, 0, (n - done) * sizeof(*pcm));
	gain_apply(pcm, n, c->percent);
}

static void tick(void *arg)
{
	struct clip *c = arg;
	int16_t pcm[GAP_FRAME];
	const bool mixed = c->mixed;

	c->mixed = false;
	if (over(c) && c->left == 1) {
		c->endh(c->arg);        /* ends the clip */
	}
	else if (!mixed) {
		take(c, pcm, GAP_FRAME);
		c->frameh(pcm, GAP_FRAME, c->arg);
	}
}

/**
 * Begin to play a WAV file.
 *
 * @param cp      Written on success; mem_deref ends it, also inside of endh
 * @param m       Engine whose tick it uses, referenced
 * @param wav     The file's bytes, copied
 * @param size    Their number
 * @param loops   How often it is played, CLIP_FOR_EVER
 * @param frameh  Called from the loop, 20 ms each, while no call writes sound
 * @param endh    Called after the last play
 * @param arg     Their argument
 * @param err     Written on failure: what was wrong and what would be right
 * @param errsize Its size
 *
 * @return 0, ENOMEM, as wav_parse()
 */
int clip_alloc(struct clip **cp, struct media *m, const uint8_t *wav, size_t size, unsigned loops,
	       clip_frame_h *frameh, clip_end_h *endh, void *arg, char *err, size_t errsize)
{
	struct wav w;
	struct clip *c;
	int e = wav_parse(&w, wav, size, err, errsize);

	if (e)
		return e;
	c = mem_zalloc(sizeof(*c) + size, destructor);
	if (!c) {
		(void)re_snprintf(err, errsize, "%m", ENOMEM);
		return ENOMEM;
	}
	memcpy(c->bytes, wav, size);
	c->wav = w;
	c->wav.data = c->bytes + (w.data - wav);
	c->left = loops;
	c->percent = GAIN_UNITY;
	c->frameh = frameh;
	c->endh = endh;
	c->arg = arg;
	c->media = mem_ref(m);
	c->ticker.h = tick;
	c->ticker.arg = c;
	media_ticker_start(m, &c->ticker);
	*cp = c;

	return 0;
}

/** Volume of what follows [percent], GAIN_UNITY as it is */
void clip_gain(struct clip *c, unsigned percent)
{
	c->percent = percent;
}

/**
 * A call writes a frame: mix the clip into it.
 *
 * @param c   Clip
 * @param pcm Changed: n samples, at most GAP_FRAME
 */
void clip_mix(struct clip *c, int16_t *pcm, size_t n)
{
	int16_t own[GAP_FRAME];
	size_t i;

	n = n < GAP_FRAME ? n : GAP_FRAME;
	take(c, own, n);
	for (i = 0; i < n; i++)
		pcm[i] = gain_clamp(pcm[i] + own[i]);
	c->mixed = true;
}
