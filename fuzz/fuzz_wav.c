/**
 * @file fuzz_wav.c  WAV files of an installer, and of the API (DOOR-09, API-40)
 *
 * The input is the file.  Built with libFuzzer, or with a main() that feeds the corpus.
 */
#include <stdlib.h>
#include <string.h>
#include "core/media/wav.h"

#define ROOM 4000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const struct wav *w, size_t size)
{
	int16_t *room = malloc(ROOM * sizeof(*room));   /* a block of its own: no step past its end goes unseen */

	if (!wav_length(w) || wav_length(w) > size)
		abort();
	if (room) {
		wav_read(w, 0, room, ROOM);
		wav_read(w, wav_length(w) - 1, room, ROOM);
	}
	free(room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *file = malloc(size ? size : 1);
	char err[256] = "";
	struct wav w;

	if (file) {
		if (size)
			memcpy(file, data, size);
		if (!wav_parse(&w, file, size, err, sizeof(err)))
			read_all(&w, size);
		else if (!err[0])
			abort();                /* a refusal without a word */
	}
	free(file);

	return 0;
}
