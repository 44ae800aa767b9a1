/**
 * @file ring.c  Sound between the sound card's thread and the event loop (see ring.h)
 *
 * The loop moves one frame each 20 ms of its clock; the card moves blocks by its own.  What lies in
 * the ring is the delay.  It is held near a target: where it leaves target +- one frame, one sample in
 * 160 is left out or repeated, which nobody hears and which makes up for 0.6 % of difference.
 *
 *     delay              ring_play (to the loudspeaker)     ring_record (from the microphone)
 *     nothing            silence of the target, the frame   silence until the target is there
 *     target +- 1 frame  the frame                          a frame
 *     below, above       one sample in 160 more, less       one sample in 160 less, more
 *     far above          the frame is left out              all but the target is left out
 */
#include <string.h>
#include "ring.h"

#define SLIP 160                        /* one sample in that many is left out or repeated */
#define FAR 3                           /* times the target: something stood still */

/** Samples that lie in the ring; exact on neither side, never more than there is on the reader's */
size_t ring_fill(const struct ring *r)
{
	return atomic_load_explicit(&r->head, memory_order_acquire) -
	       atomic_load_explicit(&r->tail, memory_order_acquire);
}

/**
 * Write samples; what does not fit is left out.
 *
 * @param r   Ring
 * @param pcm Samples, mono; NULL = silence
 * @param n   Number of samples
 *
 * @return Samples written
 */
size_t ring_put(struct ring *r, const int16_t *pcm, size_t n)
{
	const size_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	const size_t room = RING_SAMPLES - ring_fill(r);
	size_t i;

	if (n > room)
		n = room;
	for (i = 0; i < n; i++)
		r->pcm[(head + i) % RING_SAMPLES] = pcm ? pcm[i] : 0;
	atomic_store_explicit(&r->head, head + n, memory_order_release);

	return n;
}

/**
 * Read samples.
 *
 * @param r   Ring
 * @param pcm Where they go, mono; NULL = they are left out
 * @param n   Number of samples
 *
 * @return Samples read; fewer where there are no more
 */
size_t ring_get(struct ring *r, int16_t *pcm, size_t n)
{
	const size_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	const size_t fill = ring_fill(r);
	size_t i;

	if (n > fill)
		n = fill;
	for (i = 0; pcm && i < n; i++)
		pcm[i] = r->pcm[(tail + i) % RING_SAMPLES];
	atomic_store_explicit(&r->tail, tail + n, memory_order_release);

	return n;
}

/**
 * Write one frame of the loop's clock, held to a delay.
 *
 * @param r      Ring the card reads
 * @param pcm    Samples, mono
 * @param n      Samples of the frame
 * @param target Delay [samples]
 */
void ring_play(struct ring *r, const int16_t *pcm, size_t n, size_t target)
{
	const size_t fill = ring_fill(r), slip = (n + SLIP - 1) / SLIP;
	size_t i;

	if (fill > FAR * target)
		return;
	if (!fill)
		(void)ring_put(r, NULL, target);
	if (fill > target + n)
		n -= slip;
	(void)ring_put(r, pcm, n);
	for (i = 0; fill && fill + n < target && i < slip; i++)
		(void)ring_put(r, &pcm[n - 1], 1);
}

/* Nothing is given out until the delay is filled; what is older than that is left out */
static bool prime(struct ring *r, size_t n, size_t target)
{
	const size_t fill = ring_fill(r);

	if (r->primed && fill < n)
		r->primed = false;
	if (fill > FAR * target + n)
		(void)ring_get(r, NULL, fill - target - n);
	else if (!r->primed && fill < target + n)
		return false;
	r->primed = true;

	return true;
}

/**
 * Read one frame of the loop's clock, held to a delay.
 *
 * @param r      Ring the card writes
 * @param pcm    Samples, mono, all written; silence where there are none
 * @param n      Samples of the frame
 * @param target Delay [samples]
 */
void ring_record(struct ring *r, int16_t *pcm, size_t n, size_t target)
{
	const size_t slip = (n + SLIP - 1) / SLIP;
	size_t fill, got = 0;

	if (prime(r, n, target)) {
		fill = ring_fill(r);
		got = ring_get(r, pcm, fill < target ? n - slip : n);
		if (fill > target + 2 * n)
			(void)ring_get(r, NULL, slip);
	}
	for (; got < n; got++)
		pcm[got] = got && r->primed ? pcm[got - 1] : 0;
}
