/**
 * @file fuzz_api.c  Fuzz target: what the API reads of a request: fields, JSON, base64, WAV, digest (API-01 to API-50)
 *
 * Input: a letter that says which, then the bytes as they come from the network: U urlencoded, J JSON, B base64,
 * W a WAV file, D an Authorization header.  What is taken lies within its bytes.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "../core/media/wav.h"
#include "../web/base64.h"
#include "../web/digest.h"
#include "../web/fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char err[256];

typedef int (read_h)(struct web_fields *f, const char *text, size_t size, char *err, size_t errsize);

static void fields(read_h *h, const uint8_t *data, size_t size)
{
	struct web_fields f;
	unsigned i;
	int e;

	memset(&f, 0, sizeof(f));
	err[0] = '\0';
	e = h(&f, (const char *)data, size, err, sizeof(err));
	assert(!e || err[0]);
	for (i = 0; i < FIELD_COUNT && !e; i++)
		assert(!f.value[i] || strlen(f.value[i]) <= 4 * size);
	fields_end(&f);
}

static void base64(const uint8_t *data, size_t size)
{
	uint8_t *out = malloc(size / 4 * 3 + 3);
	size_t n = 0;

	assert(out);
	if (!web_base64(out, &n, (const char *)data, size))
		assert(n <= size / 4 * 3 + 2);
	free(out);
}

static void sound(const uint8_t *data, size_t size)
{
	struct wav w;
	int16_t pcm[160];

	err[0] = '\0';
	if (wav_parse(&w, data, size, err, sizeof(err))) {
		assert(err[0]);
		return;
	}
	assert(wav_length(&w) >= 1 && w.data >= data && w.data + w.samples <= data + size);
	wav_read(&w, 0, pcm, 160);
	wav_read(&w, wav_length(&w) - 1, pcm, 160);
}

static void digest(const uint8_t *data, size_t size)
{
	const struct digest_want w = {
		.hash = "MD5", .method = "GET", .path = "/api/remote", .query = "code=1", .realm = "IP-GAP", .user = "admin",
		.password = "admin",
	};
	char *text = malloc(size + 1);

	assert(text);
	memcpy(text, data, size);
	text[size] = '\0';
	(void)digest_right(text, &w);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	switch (data[0]) {
	case 'U': fields(fields_url, data + 1, size - 1); break;
	case 'J': fields(fields_json, data + 1, size - 1); break;
	case 'B': base64(data + 1, size - 1); break;
	case 'W': sound(data + 1, size - 1); break;
	case 'D': digest(data + 1, size - 1); break;
	default: break;
	}

	return 0;
}
