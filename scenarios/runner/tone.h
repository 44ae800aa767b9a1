/**
 * @file tone.h  A sine to play and a level to measure: sound of a scenario, checked by number
 */
#ifndef RUNNER_TONE_H
#define RUNNER_TONE_H

#include <stddef.h>
#include <stdint.h>

/** Zero it before the first use */
struct tone {
	double amplitude, step, phase;  /**< what is played; amplitude 0 = silence */
	double energy;                  /**< what was heard: mean square, smoothed over about 200 ms */
};

void tone_set(struct tone *t, double hz, double dbm0);
void tone_read(struct tone *t, int16_t *pcm, size_t n);
void tone_hear(struct tone *t, const int16_t *pcm, size_t n);
double tone_level(const struct tone *t);

#endif
