/**
 * @file voice_wav.c  Reads a WAV file that lies in memory: an installer's own voice message (DOOR-09)
 *
 * RIFF, "fmt " before "data", other chunks passed over.  PCM of 16 bits, mono, 8,000 Hz; nothing is converted,
 * so that what is heard is what was made.  Every length is checked against the file's.
 */
#include <errno.h>
#include <re.h>
#include <string.h>
#include "core/media/voice.h"

#define RIGHT "a voice message is a WAV file of PCM, 16 bits, mono, 8000 Hz"
#define PCM 1

struct chunk {
	const uint8_t *body;
	size_t size;
};

static uint32_t u16(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const uint8_t *p)
{
	return u16(p) | u16(p + 2) << 16;
}

/** Find a chunk; a body that its file cuts short is what there is of it */
static int find(struct chunk *c, const char id[4], const uint8_t *file, size_t bytes)
{
	size_t at = 12;

	while (at + 8 <= bytes) {
		const size_t size = u32(file + at + 4), rest = bytes - at - 8;

		if (!memcmp(file + at, id, 4)) {
			c->body = file + at + 8;
			c->size = size < rest ? size : rest;
			return 0;
		}
		if (size >= rest)
			break;
		at += 8 + size + (size & 1);
	}

	return ENOENT;
}

static int check_format(const struct chunk *fmt, char *err, size_t errsize)
{
	const uint32_t format = u16(fmt->body), channels = u16(fmt->body + 2), rate = u32(fmt->body + 4),
		       bits = u16(fmt->body + 14);

	if (format != PCM)
		(void)re_snprintf(err, errsize, "its format is %u, not 1 (PCM); " RIGHT, format);
	else if (channels != 1)
		(void)re_snprintf(err, errsize, "it has %u channels; " RIGHT, channels);
	else if (rate != GAP_AUDIO_RATE)
		(void)re_snprintf(err, errsize, "its rate is %u Hz; " RIGHT, rate);
	else if (bits != 16)
		(void)re_snprintf(err, errsize, "its samples have %u bits; " RIGHT, bits);
	else
		return 0;

	return ENOTSUP;
}

static int take(size_t *n, int16_t *buf, size_t size, const struct chunk *data, char *err, size_t errsize)
{
	const size_t samples = data->size / 2;
	size_t i;

	if (!samples) {
		(void)re_snprintf(err, errsize, "it has no samples; " RIGHT);
		return EBADMSG;
	}
	if (samples > size) {
		(void)re_snprintf(err, errsize, "it is %zu s long; at most %u s are spoken", samples / GAP_AUDIO_RATE,
				  VOICE_WAV_S);
		return EFBIG;
	}
	for (i = 0; i < samples; i++)
		buf[i] = (int16_t)u16(data->body + 2 * i);
	*n = samples;

	return 0;
}

/**
 * Read a WAV file.
 *
 * @param n       Written on success: samples
 * @param buf     Samples
 * @param size    Room in buf [samples]
 * @param file    The file's bytes
 * @param bytes   How many
 * @param err     Written on failure: what is wrong, what would be right
 * @param errsize Its size
 *
 * @return 0, EBADMSG no WAV file or an empty one, ENOTSUP another format, EFBIG too long
 */
int voice_wav(size_t *n, int16_t *buf, size_t size, const uint8_t *file, size_t bytes, char *err, size_t errsize)
{
	struct chunk fmt, data;
	int e;

	if (bytes < 12 || memcmp(file, "RIFF", 4) || memcmp(file + 8, "WAVE", 4) ||
	    find(&fmt, "fmt ", file, bytes) || fmt.size < 16 || find(&data, "data", file, bytes)) {
		(void)re_snprintf(err, errsize, "it is no whole WAV file; " RIGHT);
		return EBADMSG;
	}
	e = check_format(&fmt, err, errsize);

	return e ? e : take(n, buf, size, &data, err, errsize);
}
