/**
 * @file wav.h  A WAV file in memory, read as 8 kHz sound (API-40)
 *
 * Mono, 8 or 16 kHz, PCM of 8 or 16 bits, A-law or mu-law.  The bytes stay where they are: a sample is
 * decoded when it is played.
 */
#ifndef MEDIA_WAV_H
#define MEDIA_WAV_H

#include <stddef.h>
#include <stdint.h>

enum wav_coding { WAV_PCM8, WAV_PCM16, WAV_ALAW, WAV_ULAW };

struct wav {
	const uint8_t *data;            /**< borrowed: inside of the bytes that were parsed */
	size_t samples;                 /**< as coded */
	enum wav_coding coding;
	unsigned ratio;                 /**< coded samples a played one: 1 or 2 */
};

int wav_parse(struct wav *w, const uint8_t *buf, size_t size, char *err, size_t errsize);
size_t wav_length(const struct wav *w);
void wav_read(const struct wav *w, size_t pos, int16_t *pcm, size_t n);

#endif
