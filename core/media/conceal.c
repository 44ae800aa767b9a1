/**
 * @file conceal.c  Sound made up for lost packets, for codecs that have none of their own (SIP-05): spandsp
 *
 * spandsp's plc repeats the last pitch period, faded to silence within 50 ms, and joins it smoothly to the
 * next sound.  It is given its whole history (35 ms) at the beginning of each gap rather than each packet:
 * a packet in time costs a copy, and plc never has to turn its history round, which it does by a memcpy
 * onto itself.
 */
#include <errno.h>
#include <re.h>
#include <string.h>
#include <spandsp.h>
#include "core/media/conceal.h"

struct conceal {
	int16_t last[PLC_HISTORY_LEN];
	bool lost;                      /* the last frame was made up */
	plc_state_t plc;
};

/**
 * Allocate a state.
 *
 * @param cp State, written on success
 *
 * @return 0, ENOMEM
 */
int conceal_alloc(struct conceal **cp)
{
	struct conceal *c = mem_zalloc(sizeof(*c), NULL);

	if (!c)
		return ENOMEM;

	*cp = c;

	return 0;
}

/**
 * Sound that came.
 *
 * @param c   State
 * @param pcm Samples [n], mono, 8,000 Hz; after a gap their beginning is changed, so that they join on
 * @param n   Number of samples
 */
void conceal_good(struct conceal *c, int16_t *pcm, size_t n)
{
	const size_t k = MIN(n, (size_t)PLC_HISTORY_LEN);

	if (c->lost && n)
		(void)plc_rx(&c->plc, pcm, (int)n);
	c->lost = c->lost && !n;
	memmove(c->last, c->last + k, (PLC_HISTORY_LEN - k) * sizeof(*c->last));
	memcpy(c->last + PLC_HISTORY_LEN - k, pcm + n - k, k * sizeof(*c->last));
}

/**
 * Make up 20 ms.
 *
 * @param c   State
 * @param pcm Samples, written
 */
void conceal_lost(struct conceal *c, int16_t pcm[GAP_FRAME])
{
	if (!c->lost) {
		(void)plc_init(&c->plc);
		(void)plc_rx(&c->plc, c->last, PLC_HISTORY_LEN);
	}
	c->lost = true;
	(void)plc_fillin(&c->plc, pcm, GAP_FRAME);
}
