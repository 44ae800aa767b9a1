/**
 * @file witness.c  What the board told of its outputs against what was seen at its pins (see witness.h, HIL-01)
 */
#include "witness.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/** Start anew: the board was away, or has started again. */
void witness_reset(struct witness *w, bool on)
{
	memset(w, 0, sizeof(*w));
	w->on = on;
}

/** A pin's edges were missed, and that was told: begin anew with it. */
void witness_forget(struct witness *w, unsigned pin)
{
	if (pin < WITNESS_PINS)
		w->told[pin].n = w->seen[pin].n = 0;
}

static struct witness_edge *head(struct witness_side *s)
{
	return &s->e[s->first];
}

static void drop(struct witness_side *s)
{
	s->first = (s->first + 1) % WITNESS_ROOM;
	--s->n;
}

static int put(struct witness_side *s, const struct witness_edge *e)
{
	if (s->n == WITNESS_ROOM)
		return ENOBUFS;
	s->e[(s->first + s->n++) % WITNESS_ROOM] = *e;
	return 0;
}

/** A pin's two oldest edges: the same, or one of them has no counterpart */
static int compare(struct witness *w, unsigned pin, char *text, size_t size)
{
	struct witness_side *told = &w->told[pin], *seen = &w->seen[pin];
	const struct witness_edge *t = head(told), *s = head(seen);

	if (!told->n || !seen->n)
		return 0;
	if (t->level != s->level) {
		/* the older one is alone: drop it, the other may have its counterpart still to come */
		const bool alone = t->t_us < s->t_us;

		(void)snprintf(text, size, "pin %u went to %u: %s", pin, alone ? t->level : s->level,
		               alone ? "the board told it, nobody saw it" : "it was seen from outside, the board did not tell it");
		drop(alone ? told : seen);
		return EBADMSG;
	}
	if ((double)t->t_us > (double)s->t_us + t->error_us + s->error_us) {
		(void)snprintf(text, size, "pin %u went to %u: seen from outside %llu us before the time the board told",
		               pin, t->level, (unsigned long long)(t->t_us - s->t_us));
		drop(told);
		drop(seen);
		return EBADMSG;
	}
	drop(told);
	drop(seen);
	++w->matched;
	return 0;
}

static int take(struct witness *w, struct witness_side *side, unsigned pin, const struct witness_edge *e,
		char *text, size_t size)
{
	if (!w->on || pin >= WITNESS_PINS)
		return 0;
	if (put(&side[pin], e)) {
		(void)snprintf(text, size, "pin %u: %d edges without a counterpart", pin, WITNESS_ROOM);
		witness_reset(w, true);
		return EBADMSG;
	}
	return compare(w, pin, text, size);
}

/**
 * The board told an edge.
 *
 * @param w    Witness
 * @param pin  Pin, enum link_pin
 * @param e    Edge, copied; t_us is when it happened by the board's word, in host time
 * @param text Written when something does not fit
 * @param size Its size
 *
 * @return 0, EBADMSG told and seen do not fit
 */
int witness_told(struct witness *w, unsigned pin, const struct witness_edge *e, char *text, size_t size)
{
	return take(w, w->told, pin, e, text, size);
}

/** The same for an edge that was seen; t_us is when it was read, not before it happened. */
int witness_seen(struct witness *w, unsigned pin, const struct witness_edge *e, char *text, size_t size)
{
	return take(w, w->seen, pin, e, text, size);
}

static int late(struct witness_side *s, uint64_t now_us)
{
	return s->n && now_us > head(s)->t_us + WITNESS_WAIT_US;
}

/**
 * Look for an edge whose counterpart is overdue; it is forgotten.
 *
 * @return 0 = there is none, EBADMSG = text says which; call again
 */
int witness_overdue(struct witness *w, uint64_t now_us, char *text, size_t size)
{
	unsigned pin;

	for (pin = 0; w->on && pin < WITNESS_PINS; ++pin) {
		const bool told = late(&w->told[pin], now_us);
		struct witness_side *s = told ? &w->told[pin] : &w->seen[pin];

		if (!told && !late(s, now_us))
			continue;
		(void)snprintf(text, size, "pin %u went to %u: %s", pin, head(s)->level,
		               told ? "the board told it, nobody saw it" : "it was seen from outside, the board did not tell it");
		drop(s);
		return EBADMSG;
	}
	return 0;
}

/** Does an edge wait for its counterpart? */
bool witness_waits(const struct witness *w)
{
	unsigned pin;

	for (pin = 0; pin < WITNESS_PINS; ++pin)
		if (w->told[pin].n || w->seen[pin].n)
			return true;
	return false;
}
