/**
 * @file clip.c  A WAV file on its way to the loudspeaker (see clip.h; API-40)
 *
 *     tick     0      20     40     60     80 ms      absolute, while the clip plays
 *     call     -      -      frame  frame  -
 *     clip     own    own    mixed  mixed  own        own: no frame of a call in the last 30 ms
 */
#include <string.h>
#include <re.h>
#include "core/media/clip.h"
#include "core/media/gain.h"
#include "core/media/wav.h"
#include "core/port.h"

#define TICK_MS 20
#define CALL_MS 30                      /* a call writes frames at least so often */
#define LATE_TICKS 3                    /* a loop that stalled does not play what it missed */

struct clip {
	struct tmr tick;
	uint64_t next_ms, mixed_ms;
	bool mixed;
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

	tmr_cancel(&c->tick);
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
	const uint64_t now = tmr_jiffies();
	int16_t pcm[GAP_FRAME];

	if (over(c) && c->left == 1) {
		c->endh(c->arg);        /* ends the clip */
		return;
	}
	if (!c->mixed || now - c->mixed_ms >= CALL_MS) {
		c->mixed = false;
		take(c, pcm, GAP_FRAME);
		c->frameh(pcm, GAP_FRAME, c->arg);
	}
	c->next_ms += TICK_MS;
	if (now > c->next_ms + LATE_TICKS * TICK_MS)
		c->next_ms = now;
	tmr_start(&c->tick, c->next_ms > now ? c->next_ms - now : 0, tick, c);
}

/**
 * Begin to play a WAV file.
 *
 * @param cp      Written on success; mem_deref ends it, also inside of endh
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
int clip_alloc(struct clip **cp, const uint8_t *wav, size_t size, unsigned loops, clip_frame_h *frameh,
	       clip_end_h *endh, void *arg, char *err, size_t errsize)
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
	c->next_ms = tmr_jiffies();
	tmr_start(&c->tick, 0, tick, c);
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
	c->mixed_ms = tmr_jiffies();
}
