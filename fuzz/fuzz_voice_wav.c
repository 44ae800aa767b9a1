/**
 * @file fuzz_voice_wav.c  An installer's WAV files (DOOR-09)
 *
 * The input is the file.  Built with libFuzzer, or with a main() that feeds the corpus.
 */
#include <stdlib.h>
#include <string.h>
#include "core/media/voice.h"

#define ROOM 4000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int16_t *room = malloc(ROOM * sizeof(*room));   /* blocks of their own: no step past an end goes unseen */
	uint8_t *file = malloc(size ? size : 1);
	char err[256] = "";
	size_t n = 0;

	if (room && file) {
		if (size)
			memcpy(file, data, size);
		if (voice_wav(&n, room, ROOM, file, size, err, sizeof(err))) {
			if (!err[0])
				abort();                /* a refusal without a word */
		} else if (!n || n > ROOM || 2 * n > size) {
			abort();
		}
	}
	free(file);
	free(room);

	return 0;
}
