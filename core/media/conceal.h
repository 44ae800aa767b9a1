/**
 * @file conceal.h  Sound made up for lost packets, for codecs that have none of their own (SIP-05)
 */
#ifndef MEDIA_CONCEAL_H
#define MEDIA_CONCEAL_H

#include <stddef.h>
#include <stdint.h>
#include "core/port.h"

struct conceal;

int  conceal_alloc(struct conceal **cp);                /**< mem_deref frees */
void conceal_good(struct conceal *c, int16_t *pcm, size_t n);
void conceal_lost(struct conceal *c, int16_t pcm[GAP_FRAME]);

#endif
