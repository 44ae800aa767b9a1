/**
 * @file clip.h  A WAV file on its way to the loudspeaker, again and again (API-40)
 *
 * While a call writes the loudspeaker's frames, the clip is mixed into them; else it makes frames of its own,
 * every 20 ms.
 */
#ifndef MEDIA_CLIP_H
#define MEDIA_CLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clip;
struct media;

#define CLIP_FOR_EVER 0

typedef void (clip_frame_h)(int16_t *pcm, size_t n, void *arg); /**< a frame of the clip's own: play it */
typedef void (clip_end_h)(void *arg);                           /**< played as often as asked */

int clip_alloc(struct clip **cp, struct media *m, const uint8_t *wav, size_t size, unsigned loops,
	       clip_frame_h *frameh, clip_end_h *endh, void *arg, char *err, size_t errsize);
void clip_gain(struct clip *c, unsigned percent);
void clip_mix(struct clip *c, int16_t *pcm, size_t n);

#endif
