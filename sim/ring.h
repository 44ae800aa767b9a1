/**
 * @file ring.h  Sound between the sound card's thread and the event loop, without a lock
 *
 * One thread writes, one reads.  The loop's side also makes up for the difference between its clock
 * and the card's: ring_play() where it writes, ring_record() where it reads.
 */
#ifndef SIM_RING_H
#define SIM_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_SAMPLES 32768              /* a power of two; 0.68 s at 48 kHz */

struct ring {
	_Atomic size_t head, tail;      /**< samples ever written, ever read */
	bool primed;                    /**< loop's side of ring_record(): the delay is filled */
	int16_t pcm[RING_SAMPLES];
};

size_t ring_fill(const struct ring *r);
size_t ring_put(struct ring *r, const int16_t *pcm, size_t n);
size_t ring_get(struct ring *r, int16_t *pcm, size_t n);
void ring_play(struct ring *r, const int16_t *pcm, size_t n, size_t target);
void ring_record(struct ring *r, int16_t *pcm, size_t n, size_t target);

#endif
