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
#include "core/media/voice.h"

#define FRAMES_A_TURN 3

static void tick(void *arg);

static void media_destructor(void *arg)
{
	struct media *m = arg;

	tmr_cancel(&m->tmr);
	mem_deref(m->voices);
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
	le = m->tickers.head;
	while (le) {
		struct media_ticker *t = le->data;

		le = le->next;
		t->h(t->arg);
	}
}

static bool busy(const struct media *m)
{
	return m->streams.head || m->tickers.head;
}

/** Start the tick where it does not run */
static void start(struct media *m)
{
	const uint64_t now = media_now(m);

	if (tmr_isrunning(&m->tmr) || m->ticking)
		return;
	m->next_us = now + STREAM_TICK_US;
	schedule(m, now);
}

static void tick(void *arg)
{
	struct media *m = arg;
	const uint64_t now = media_now(m);
	unsigned n;

	m->ticking = true;
	for (n = 0; n < FRAMES_A_TURN && m->next_us <= now; n++) {
		m->next_us += STREAM_TICK_US;
		step_all(m, now);
	}
	if (m->next_us <= now)
		m->next_us += ((now - m->next_us) / STREAM_TICK_US + 1) * STREAM_TICK_US;
	m->ticking = false;
	if (busy(m))
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
	if (s->le.list)
		return;

	list_append(&m->streams, &s->le, s);
	start(m);
}

void media_remove(struct media *m, struct stream *s)
{
	list_unlink(&s->le);
	if (!busy(m))
		tmr_cancel(&m->tmr);
}

void media_ticker_start(struct media *m, struct media_ticker *t)
{
	if (t->le.list)
		return;
	list_append(&m->tickers, &t->le, t);
	start(m);
}

void media_ticker_stop(struct media *m, struct media_ticker *t)
{
	list_unlink(&t->le);
	if (!busy(m))
		tmr_cancel(&m->tmr);
}

/** The clips, made when the first message is spoken; NULL where there is no memory */
struct voices *media_voices(struct media *m)
{
	if (!m->voices)
		(void)voices_alloc(&m->voices);

	return m->voices;
}

/** Put an installer's own messages in the place of the built-in ones; see voices_load() */
int media_voices_load(struct media *m, const char *dir, unsigned *loaded, char *err, size_t errsize)
{
	if (media_voices(m))
		return voices_load(m->voices, dir, loaded, err, errsize);
	(void)re_snprintf(err, errsize, "%m", ENOMEM);

	return ENOMEM;
}
