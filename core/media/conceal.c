/**
 * @file conceal.c  Lost sound made up from what was heard, for codecs that cannot themselves (SIP-05)
 *
 * spandsp's plc: one pitch period is said again and again, overlapped at both ends and fading to
 * silence within 50 ms, as G.711 appendix I does it.
 */
#include <errno.h>
#include <re.h>
#include <spandsp.h>
#include "core/media/codec.h"

struct conceal {
	plc_state_t plc;
};

/**
 * Allocate what remembers the last sound.
 *
 * @param cp Written on success; mem_deref frees it
 *
 * @return 0, ENOMEM
 */
int conceal_alloc(struct conceal **cp)
{
	struct conceal *c = mem_zalloc(sizeof(*c), NULL);

	if (!c)
		return ENOMEM;

	plc_init(&c->plc);
	*cp = c;

	return 0;
}

/**
 * Remember sound that came.
 *
 * @param c   Concealment
 * @param pcm Samples [n]; the first ones are blended with what was made up before
 * @param n   Number
 */
void conceal_heard(struct conceal *c, int16_t *pcm, size_t n)
{
	(void)plc_rx(&c->plc, pcm, (int)n);
}

/**
 * Make up sound that did not come.
 *
 * @param c   Concealment
 * @param pcm Samples [n], written
 * @param n   Number
 */
void conceal_fill(struct conceal *c, int16_t *pcm, size_t n)
{
	(void)plc_fillin(&c->plc, pcm, (int)n);
}
