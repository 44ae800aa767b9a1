/**
 * @file wav.c  WAV files in memory (see wav.h; API-40)
 *
 *     0  "RIFF" size "WAVE"
 *     12 chunks: name, size, bytes, padded to an even number; "fmt " before "data", others are passed over
 *
 * A data chunk of size 0xffffffff or 0 goes to the end of the file: programs that write into a pipe do not
 * know better.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <re.h>
#include <rem.h>
#include "core/media/gain.h"
#include "core/media/wav.h"

#define RATE 8000
#define EXTENSIBLE 0xfffe               /* the coding stands in the sub-format */

struct chunk {
	const uint8_t *bytes;
	size_t size;                    /* what is there of it */
	uint32_t said;                  /* what it says of itself */
};

static unsigned le16(const uint8_t *p)
{
	return (unsigned)(p[0] | p[1] << 8);
}

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The first chunk of this name */
static bool find(struct chunk *c, const char *name, const uint8_t *buf, size_t size)
{
	size_t pos = 12;

	while (size - pos >= 8) {
		const uint8_t *head = buf + pos;

		pos += 8;
		c->bytes = buf + pos;
		c->said = le32(head + 4);
		c->size = c->said < size - pos ? c->said : size - pos;
		if (!memcmp(head, name, 4))
			return true;
		pos += c->size;
		pos += c->size & 1 && pos < size;
	}

	return false;
}

static int coding(struct wav *w, unsigned tag, unsigned bits)
{
	static const struct { unsigned tag, bits; enum wav_coding coding; } row[] = {
		{1, 8, WAV_PCM8}, {1, 16, WAV_PCM16}, {6, 8, WAV_ALAW}, {7, 8, WAV_ULAW},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		if (row[i].tag == tag && row[i].bits == bits) {
			w->coding = row[i].coding;
			return 0;
		}
	}

	return ENOTSUP;
}

static int format(struct wav *w, const struct chunk *c, char *err, size_t errsize)
{
	unsigned tag, channels, rate, bits;

	if (c->size < 16) {
		(void)snprintf(err, errsize, "the WAV file's \"fmt \" chunk has %zu bytes; it needs 16", c->size);
		return EINVAL;
	}
	tag = le16(c->bytes);
	channels = le16(c->bytes + 2);
	rate = le32(c->bytes + 4);
	bits = le16(c->bytes + 14);
	if (tag == EXTENSIBLE && c->size >= 26)
		tag = le16(c->bytes + 24);
	if (channels != 1 || (rate != RATE && rate != 2 * RATE) || coding(w, tag, bits)) {
		(void)snprintf(err, errsize, "the WAV file has format %u, %u bits, %u channels, %u Hz; accepted: mono,"
			       " 8000 or 16000 Hz, PCM (1) of 8 or 16 bits, A-law (6) or mu-law (7)", tag, bits, channels,
			       rate);
		return ENOTSUP;
	}
	w->ratio = rate / RATE;

	return 0;
}

/**
 * Look at a WAV file.
 *
 * @param w       Written on success; borrows buf
 * @param buf     Its bytes
 * @param size    Their number
 * @param err     Written on failure: what was wrong and what would be right
 * @param errsize Its size
 *
 * @return 0, EINVAL no WAV file, or a damaged one, ENOTSUP a coding that is not played
 */
int wav_parse(struct wav *w, const uint8_t *buf, size_t size, char *err, size_t errsize)
{
	struct chunk fmt, data;
	struct wav found;
	int e;

	if (size < 12 || memcmp(buf, "RIFF", 4) || memcmp(buf + 8, "WAVE", 4)) {
		(void)snprintf(err, errsize, "this is no WAV file: it does not begin with RIFF and WAVE");
		return EINVAL;
	}
	if (!find(&fmt, "fmt ", buf, size) || !find(&data, "data", buf, size)) {
		(void)snprintf(err, errsize, "the WAV file has no \"fmt \" or no \"data\" chunk");
		return EINVAL;
	}
	e = format(&found, &fmt, err, errsize);
	if (e)
		return e;
	if (data.said == 0)
		data.size = (size_t)(buf + size - data.bytes);
	found.data = data.bytes;
	found.samples = data.size / (found.coding == WAV_PCM16 ? 2 : 1);
	if ((data.said > data.size && data.said != UINT32_MAX) || found.samples < found.ratio) {
		(void)snprintf(err, errsize, "the WAV file is cut short: %zu of %u bytes of sound are there", data.size,
			       data.said);
		return EINVAL;
	}
	*w = found;

	return 0;
}

/** Length when played [samples at 8 kHz], 1 and up */
size_t wav_length(const struct wav *w)
{
	return w->samples / w->ratio;
}

/* A coded sample; silence before the first and after the last */
static int at(const struct wav *w, size_t i)
{
	if (i >= w->samples)
		return 0;
	switch (w->coding) {
	case WAV_PCM8:  return (w->data[i] - 128) * 256;
	case WAV_PCM16: return (int16_t)le16(w->data + 2 * i);
	case WAV_ALAW:  return g711_alaw2pcm(w->data[i]);
	case WAV_ULAW:  return g711_ulaw2pcm(w->data[i]);
	}

	return 0;
}

/* Half the rate: half-band low-pass (-1 0 9 16 9 0 -1)/32 around sample 2i */
static int16_t halved(const struct wav *w, size_t i)
{
	const size_t m = 2 * i;
	const int sum = 16 * at(w, m) + 9 * ((m ? at(w, m - 1) : 0) + at(w, m + 1)) - (m > 2 ? at(w, m - 3) : 0) -
			at(w, m + 3);

	return gain_clamp(sum / 32);
}

/**
 * Read sound.
 *
 * @param w   Of wav_parse()
 * @param pos First sample [8 kHz]; what is beyond the end is silence
 * @param pcm Written: n samples, mono, 8 kHz
 */
void wav_read(const struct wav *w, size_t pos, int16_t *pcm, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		pcm[i] = w->ratio == 2 ? halved(w, pos + i) : (int16_t)at(w, pos + i);
}
