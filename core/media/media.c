/**
 * @file media.c  The one tick of all RTP legs
 *
 * Deadlines are absolute: tick k is due at start + k * 20 ms of the given clock, whatever the loop
 * did meanwhile.  A host that stalled catches up without a burst:
 *
 *     late by       0..39 ms   40..59 ms   60 ms and more
 *     frames now    1 or 2     3           3, the rest is dropped, the phase is kept
 */
#include <errno.h>
#include "core/media/stream_priv.h"

#define FRAMES_A_TURN 3

static void tick(void *arg);

static void media_destructor(void *arg)
{
	struct media *m = arg;

	tmr_cancel(&m->tmr);
}

static void schedule(struct media *m, uint64_t now)
{
	const uint64_t left = m->next_us > now ? m->next_us - now : 0;

	tmr_start(&m->tmr, (left + 999) / 1000, tick, m);
}

static void step_all(struct media *m, uint64_t now)
{
	struct le *le = m->streams.head;

	while (le) {
		struct stream *s = le->data;

		le = le->next;
		stream_step(s, now);
	}
}

static void tick(void *arg)
{
	struct media *m = arg;
	const uint64_t now = media_now(m);
	unsigned n;

	for (n = 0; n < FRAMES_A_TURN && m->next_us <= now; n++) {
		m->next_us += STREAM_TICK_US;
		step_all(m, now);
	}
	if (m->next_us <= now)
		m->next_us += ((now - m->next_us) / STREAM_TICK_US + 1) * STREAM_TICK_US;
	if (m->streams.head)
		schedule(m, now);
}

/**
 * Allocate the media engine of a process.
 *
 * @param mp    Engine, written on success; mem_deref frees it, after its streams
 * @param clock Monotonic clock [us]
 * @param arg   Its argument
 *
 * @return 0, EINVAL, ENOMEM
 */
int media_alloc(struct media **mp, media_clock_h *clock, void *arg)
{
	struct media *m;

	if (!mp || !clock)
		return EINVAL;

	m = mem_zalloc(sizeof(*m), media_destructor);
	if (!m)
		return ENOMEM;

	tmr_init(&m->tmr);
	m->clock = clock;
	m->arg = arg;
	level_tables(m);
	*mp = m;

	return 0;
}

uint64_t media_now(const struct media *m)
{
	return m->clock(m->arg);
}

void media_add(struct media *m, struct stream *s)
{
	const uint64_t now = media_now(m);

	if (s->le.list)
		return;

	list_append(&m->streams, &s->le, s);
	if (!tmr_isrunning(&m->tmr)) {
		m->next_us = now + STREAM_TICK_US;
		schedule(m, now);
	}
}

void media_remove(struct media *m, struct stream *s)
{
	list_unlink(&s->le);
	if (!m->streams.head)
		tmr_cancel(&m->tmr);
}
