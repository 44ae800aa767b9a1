/**
 * @file voice.h  A voice made by number: what a person beside the digits sounds like to a detector
 */
#ifndef RUNNER_VOICE_H
#define RUNNER_VOICE_H

#include <stddef.h>
#include <stdint.h>

/** Zero it before the first use */
struct voice {
	double amplitude;               /**< 0 = silent */
	double phase;                   /**< of the vocal cords, 0..1 */
	uint64_t pos;                   /**< samples so far */
	double y[3][2];                 /**< memory of the three formants */
};

void voice_set(struct voice *v, double dbm0);
void voice_add(struct voice *v, int16_t *pcm, size_t n);

#endif
