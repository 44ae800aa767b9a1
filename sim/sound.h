/**
 * @file sound.h  What the virtual door's microphone hears and where its loudspeaker sounds
 *
 * The computer's sound card, a pair of WAV files, or nothing (HW-07).
 */
#ifndef SIM_SOUND_H
#define SIM_SOUND_H

#include "panel.h"

struct sound;

int  sound_open(struct sound **sp, const char *spec, char *err, size_t errsize);
int  sound_check(const char *spec, char *err, size_t errsize);
void sound_panel(struct sound *s, struct panel_audio *audio);
void sound_rewind(struct sound *s);

/* --- private to sound*.c --- */

/** One way of making sound; read fills and write takes n samples, mono, GAP_AUDIO_RATE */
struct sound_ops {
	int (*read)(void *ctx, int16_t *pcm, size_t n);
	int (*write)(void *ctx, const int16_t *pcm, size_t n);
	int (*burst)(void *ctx, const int16_t *pcm, size_t n);  /**< any n at once */
	int (*rewind)(void *ctx);
};

extern const struct sound_ops sound_wav_ops, sound_card_ops;
int sound_wav_open(void **ctx, const char *files, char *err, size_t errsize);
int sound_card_open(void **ctx, char *err, size_t errsize);

#endif
