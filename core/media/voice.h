/**
 * @file voice.h  Voice messages at the loudspeaker: the clips, and who plays them (DOOR-09)
 *
 *     voice_clips.c (made)  the clips as bytes, GSM 06.10, from fixtures/voice/clips
 *     voice_set.c           clips of a process, as samples; an installer's own WAV files instead
 *     voice.c               one loudspeaker: what waits, what plays, mixed into a call
 *
 * A message is one clip, or a row of them: its own, then one for each character of a text.
 */
#ifndef MEDIA_VOICE_H
#define MEDIA_VOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../door/settings.h"

struct media;

/** One clip as it is built in; the table is made by ci/voice_clips.sh, in no special order */
struct voice_clip {
	const char *language;           /**< "fr" */
	const char *name;               /**< of a message (announce_name()) or of a character (voice_part_name()) */
	const uint8_t *gsm;             /**< frames of 33 bytes */
	size_t size;
};
extern const struct voice_clip voice_clips[];
extern const size_t voice_clips_count;

/* --- voice_set.c --- */

#define VOICE_WAV_S 20                  /**< longest clip of an installer [s] */
#define VOICE_PARTS 18                  /**< 0-9, a-f, '.', ':' */

struct voices;

int voices_alloc(struct voices **vp);
int voices_load(struct voices *v, const char *dir, unsigned *loaded, char *err, size_t errsize);
int voices_clip(struct voices *v, enum language l, enum announce a, char part, const int16_t **pcm, size_t *n);
const char *voice_part_name(unsigned i);
const char *voice_language_name(enum language l);

/* --- voice.c --- */

#define VOICE_TEXT 48                   /**< longest text after a message, with its end */

struct voice;

/** Handlers of a loudspeaker; begin and end may emit, but not free the player */
struct voice_handlers {
	void (*begin)(enum announce a, enum language l, void *arg);
	void (*end)(enum announce a, bool whole, void *arg);
	void (*write)(const int16_t *pcm, size_t n, void *arg);        /**< GAP_FRAME samples, outside of a call */
	enum language (*language)(void *arg);                           /**< of the next message */
	void *arg;
};

int  voice_alloc(struct voice **vp, struct media *m, const struct voice_handlers *h);
int  voice_say(struct voice *v, enum announce a, const char *text);
void voice_hush(struct voice *v, unsigned which);
void voice_mix(struct voice *v, int16_t *pcm, size_t n);
bool voice_plays(const struct voice *v);

#endif
