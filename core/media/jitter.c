/**
 * @file jitter.c  Adaptive jitter buffer of one leg (SIP-05, SIP-08)
 *
 * A packet's margin is how long it will wait: its time-stamp less that which is played next.
 *
 *     margin        below 0                  0 ... max     above max              beyond 1 s
 *     overtaken     dropped, delay grows     -             -                      start again there
 *     else          played next, delay grew  kept, sorted  kept, oldest dropped   start again there
 *
 * So the delay grows at once by what was missing.  It shrinks slowly: each 2 s the least margin is looked
 * at; what exceeds 10 ms (and the least delay asked for) in four of them in a row is excess, which the
 * player takes out in silence or by joining two frames, a frame each 2 s.  A peer's clock that runs fast
 * makes excess, one that runs slow makes late packets: neither builds up.
 *
 * Why not a library: libre 1.1's jbuf counts packets, not time, has a fixed depth and no place for a hole or
 * for a clock that drifts; librem's aubuf holds decoded samples, too late to put packets in order.  Both
 * would stand in the way of every packet, this one only while packets are late or lost (stream_play.c).
 * Its cost is media.jitter_ratio of `make bench`.
 */
#include <errno.h>
#include <string.h>
#include "core/media/jitter.h"

#define SAMPLES_MS 8
#define SAFE 80                         /* samples: 10 ms of margin stay */
#define JUMP (1000 * SAMPLES_MS)        /* samples: a sender's clock that leaps */
#define WINDOWS_GROWN 4                 /* without growth before it shrinks */
#define WINDOWS_CALM 5                  /* before it is not needed any more */
#define PAUSE (100 * SAMPLES_MS)        /* samples made up in a row */
#define CALM (5 * SAMPLES_MS)           /* samples between the least and the greatest margin */

struct jitter {
	struct jitter_packet slot[JITTER_SLOTS];
	unsigned used;
	uint16_t played, newest;        /* sequence numbers: passed for good; highest kept */
	uint32_t ts;                    /* played next */
	int32_t unit;
	int32_t min, max;               /* samples */
	int32_t least, greatest;        /* margin in this window [samples]; least > greatest = none */
	int32_t excess, depth;
	unsigned steady, calm;          /* windows in a row */
	unsigned silent;                /* samples made up since the last packet */
	bool grew, rough;               /* in this window */
};

static struct jitter_packet *slot(struct jitter *j, uint16_t seq)
{
	return &j->slot[seq % JITTER_SLOTS];
}

static void drop(struct jitter *j, struct jitter_packet *p)
{
	if (!p->mb)
		return;
	p->mb = mem_deref(p->mb);
	j->used--;
}

static void flush(struct jitter *j)
{
	unsigned i;

	for (i = 0; i < JITTER_SLOTS; i++)
		drop(j, &j->slot[i]);
}

static void destructor(void *arg)
{
	flush(arg);
}

static void open_window(struct jitter *j)
{
	j->least = INT32_MAX;
	j->greatest = INT32_MIN;
	j->grew = j->rough = false;
}

/**
 * Allocate a buffer.
 *
 * @param jp     Buffer, written on success
 * @param min_ms Least delay [ms]
 * @param max_ms Greatest delay [ms], at least min_ms
 *
 * @return 0, EINVAL, ENOMEM
 */
int jitter_alloc(struct jitter **jp, unsigned min_ms, unsigned max_ms)
{
	struct jitter *j;

	if (!jp || min_ms > max_ms || max_ms * SAMPLES_MS >= JUMP)
		return EINVAL;

	j = mem_zalloc(sizeof(*j), destructor);
	if (!j)
		return ENOMEM;

	j->min = (int32_t)min_ms * SAMPLES_MS;
	j->max = (int32_t)max_ms * SAMPLES_MS;
	*jp = j;

	return 0;
}

/**
 * Start, or start again: empty, with a packet of time-stamp ts to be played after the least delay.
 *
 * @param j      Buffer
 * @param played Sequence number before the first one that is taken
 * @param ts     Time-stamp of that one
 * @param unit   Ticks of the time-stamp a sample
 */
void jitter_start(struct jitter *j, uint16_t played, uint32_t ts, unsigned unit)
{
	flush(j);
	j->unit = (int32_t)MAX(unit, 1);
	j->played = j->newest = played;
	j->ts = ts - (uint32_t)(j->min * j->unit);
	j->excess = 0;
	j->depth = j->min;
	j->steady = j->calm = 0;
	j->silent = 0;
	open_window(j);
}

static int32_t margin_of(const struct jitter *j, uint32_t ts)
{
	return (int32_t)(ts - j->ts) / j->unit;
}

/* Play later by so many samples, as far as the greatest delay allows; false where it does not */
static bool grow(struct jitter *j, int32_t samples)
{
	j->grew = j->rough = true;
	j->excess = 0;
	if (j->used && margin_of(j, slot(j, j->newest)->ts) + samples > j->max)
		return false;
	j->ts -= (uint32_t)(samples * j->unit);

	return true;
}

/* Nothing waits longer than max: the oldest ones go */
static unsigned shorten(struct jitter *j, int32_t margin)
{
	const uint16_t newest = j->newest;
	unsigned dropped = 0;
	uint16_t seq;

	j->ts += (uint32_t)((margin - j->max) * j->unit);
	j->rough = true;
	for (seq = (uint16_t)(j->played + 1); j->used && (int16_t)(newest - seq) >= 0; seq++) {
		struct jitter_packet *p = slot(j, seq);

		if (p->mb && margin_of(j, p->ts) >= 0)
			break;
		dropped += p->mb != NULL;
		drop(j, p);
		j->played = seq;
	}

	return dropped;
}

static void note(struct jitter *j, int32_t margin)
{
	j->least = MIN(j->least, margin);
	j->greatest = MAX(j->greatest, margin);
	j->depth += (margin - j->depth) / 8;
}

static void keep(struct jitter *j, const struct jitter_packet *p)
{
	struct jitter_packet *to = slot(j, p->seq);

	if ((int16_t)(p->seq - j->newest) > 0)
		j->newest = p->seq;
	drop(j, to);
	*to = *p;
	mem_ref(to->mb);
	j->used++;
}

/* Overtaken by what was played, or no room to wait for it: the next one like it shall be in time */
static unsigned late(struct jitter *j, int32_t margin)
{
	if (margin < 0)
		(void)grow(j, MIN(-margin, j->max));

	return 1;
}

/* A sender that says nothing in a pause: all of the excess goes at its end, unheard */
static int32_t after_pause(struct jitter *j, int32_t margin)
{
	const int32_t n = MIN(j->excess, margin);

	if (j->used || j->silent < PAUSE || n <= 0)
		return margin;

	j->ts += (uint32_t)(n * j->unit);
	jitter_skip(j, (unsigned)n);

	return margin - n;
}

/**
 * Put a packet of sound in its place.
 *
 * @param j Buffer, started
 * @param p Packet, copied; its sequence number was not put before
 *
 * @return Packets that will not be heard: 1 where this one is too late, or those that made way for it
 */
unsigned jitter_put(struct jitter *j, const struct jitter_packet *p)
{
	const int ahead = (int16_t)(p->seq - j->played);
	int32_t margin = margin_of(j, p->ts);
	unsigned dropped = 0;

	if (margin > JUMP || margin < -JUMP || ahead >= JITTER_SLOTS) {
		dropped = j->used;
		jitter_start(j, (uint16_t)(p->seq - 1), p->ts, (unsigned)j->unit);
		margin = j->min;
	}
	else if (ahead <= 0 || (margin < 0 && !grow(j, -margin))) {
		return late(j, margin);
	}
	margin = after_pause(j, MAX(margin, 0));
	keep(j, p);
	if (margin > j->max) {
		dropped += shorten(j, margin);
		margin = j->max;
	}
	note(j, margin);

	return dropped;
}

static struct jitter_packet *first(struct jitter *j)
{
	uint16_t seq = j->played;

	if (!j->used)
		return NULL;
	while (!slot(j, ++seq)->mb)
		;

	return slot(j, seq);
}

/**
 * Take the packet that is due.
 *
 * @param j Buffer, started
 * @param p Packet, written on success; its mb is the caller's to mem_deref
 *
 * @return true; false = none is due (jitter_hole() says for how long)
 */
bool jitter_get(struct jitter *j, struct jitter_packet *p)
{
	struct jitter_packet *head = first(j);

	if (!head || (int32_t)(head->ts - j->ts) >= j->unit)
		return false;

	*p = *head;
	head->mb = NULL;
	j->used--;
	j->played = p->seq;
	j->ts = p->ts;

	return true;
}

/**
 * How long nothing is due.
 *
 * @param j Buffer, started
 *
 * @return Samples up to the next packet, UINT32_MAX = there is none
 */
unsigned jitter_hole(const struct jitter *j)
{
	const struct jitter_packet *head = first((struct jitter *)(uintptr_t)j);

	return head ? (unsigned)MAX(margin_of(j, head->ts), 0) : UINT32_MAX;
}

/** The packet taken gave so many samples */
void jitter_played(struct jitter *j, unsigned samples)
{
	j->ts += samples * (uint32_t)j->unit;
	j->silent = 0;
}

/** So many samples of a hole were made up */
void jitter_filled(struct jitter *j, unsigned samples)
{
	j->ts += samples * (uint32_t)j->unit;
	j->silent += samples;
	j->rough = true;
}

/**
 * Two seconds are over: was the delay longer than needed?
 *
 * @param j Buffer, started
 */
void jitter_window(struct jitter *j)
{
	const bool heard = j->least <= j->greatest;

	j->steady = j->grew ? 0 : j->steady + heard;
	j->calm = j->rough || (heard && j->greatest - j->least > CALM) ? 0 : j->calm + heard;
	j->excess = heard && j->steady > WINDOWS_GROWN ? MAX(j->least - MAX(SAFE, j->min), 0) : 0;
	open_window(j);
}

/**
 * Delay that is not needed.
 *
 * @param j Buffer, started
 *
 * @return Samples that may be left out now
 */
unsigned jitter_excess(const struct jitter *j)
{
	return (unsigned)j->excess;
}

/**
 * Samples were left out: the delay is shorter; no more of it before the next window.
 *
 * @param j       Buffer, started
 * @param samples How many
 */
void jitter_skip(struct jitter *j, unsigned samples)
{
	j->excess = 0;
	j->depth = MAX(j->depth - (int32_t)samples, 0);
	if (j->least <= j->greatest) {
		j->least -= (int32_t)samples;
		j->greatest -= (int32_t)samples;
	}
}

/**
 * Is the buffer not needed any more?
 *
 * @param j Buffer, started
 *
 * @return true after ten seconds without loss, lateness or jitter; never where a least delay is asked for
 */
bool jitter_calm(const struct jitter *j)
{
	return !j->min && j->calm >= WINDOWS_CALM;
}

/** Time-stamp of what is played next */
uint32_t jitter_ts(const struct jitter *j)
{
	return j->ts;
}

/**
 * How long packets wait at present.
 *
 * @param j Buffer
 *
 * @return Mean of the last packets [ms]
 */
unsigned jitter_depth_ms(const struct jitter *j)
{
	return (unsigned)MAX(j->depth, 0) / SAMPLES_MS;
}
