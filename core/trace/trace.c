/**
 * @file trace.c  The debug trace's memory (see trace.h)
 *
 * Two pools of chunks, the oldest first.  Items have one numbering over both, so that a reader needs no place in memory
 * but a number: what it has not read and is dropped meanwhile is left out.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include "trace_priv.h"

struct chunk {
	struct le le;
	size_t used;
	uint64_t last;                  /* number of its last item */
	uint64_t items;
	uint8_t data[TRACE_CHUNK] __attribute__((aligned(8)));
};

struct pool {
	struct list chunks;
	unsigned max;                   /* chunks */
	uint64_t items, dropped;
};

struct trace {
	struct pool sip, packet;
	trace_switch_h *h;
	void *arg;
	struct tmr limit;
	uint64_t order;
	int64_t since_us;
	bool running;
};

/* --- pools --- */

static void chunk_destructor(void *arg)
{
	struct chunk *c = arg;

	list_unlink(&c->le);
}

static void drop_oldest(struct pool *p)
{
	struct chunk *c = list_ledata(list_head(&p->chunks));

	p->items -= c->items;
	p->dropped += c->items;
	mem_deref(c);
}

/* A chunk with room for so much; NULL = no memory */
static struct chunk *chunk_for(struct pool *p, size_t need)
{
	struct chunk *c = list_ledata(list_tail(&p->chunks));

	if (c && TRACE_CHUNK - c->used >= need)
		return c;
	if (list_count(&p->chunks) >= p->max)
		drop_oldest(p);
	c = mem_alloc(sizeof(*c), chunk_destructor);
	if (!c)
		return NULL;
	memset(c, 0, offsetof(struct chunk, data));
	list_append(&p->chunks, &c->le, c);

	return c;
}

static size_t size_of(size_t len)
{
	return (sizeof(struct kept) + len + 7) & ~(size_t)7;
}

static void keep(struct trace *t, struct pool *p, const struct trace_item *it)
{
	const size_t need = size_of(it->len);
	struct chunk *c = need <= TRACE_CHUNK ? chunk_for(p, need) : NULL;
	struct kept *k;

	if (!c) {
		++p->dropped;
		return;
	}
	k = (void *)(c->data + c->used);
	memset(k, 0, sizeof(*k));
	k->order = ++t->order;
	k->wall_us = it->wall_us;
	pcapng_addr(&k->src, it->src);
	pcapng_addr(&k->dst, it->dst);
	k->len = (uint32_t)it->len;
	k->over = (uint8_t)it->over;
	k->sent = it->sent;
	memcpy(k->data, it->data, it->len);
	c->used += need;
	c->last = k->order;
	++c->items;
	++p->items;
}

/* The first item behind a number; NULL = none */
static const struct kept *behind(const struct pool *p, uint64_t order)
{
	const struct le *le = list_head(&p->chunks);
	const struct kept *k;
	const struct chunk *c;
	size_t at;

	while (le && ((const struct chunk *)le->data)->last <= order)
		le = le->next;
	if (!le)
		return NULL;
	c = le->data;
	for (at = 0; at < c->used; at += size_of(k->len)) {
		k = (const void *)(c->data + at);
		if (k->order > order)
			return k;
	}

	return NULL;
}

static void flush(struct pool *p)
{
	list_flush(&p->chunks);
	p->items = p->dropped = 0;
}

/* --- on and off --- */

static void destructor(void *arg)
{
	struct trace *t = arg;

	trace_stop(t);
	trace_clear(t);
}

static void no_switch(bool on, void *arg)
{
	(void)on;
	(void)arg;
}

/**
 * Make a trace; it does not run.
 *
 * @param tp  Written on success; mem_deref() ends it
 * @param h   Called where it begins and ends, may be NULL
 * @param arg Its argument
 *
 * @return 0, ENOMEM
 */
int trace_alloc(struct trace **tp, trace_switch_h *h, void *arg)
{
	struct trace *t = mem_zalloc(sizeof(*t), destructor);

	if (!t)
		return ENOMEM;
	t->h = h ? h : no_switch;
	t->arg = arg;
	t->sip.max = TRACE_SIP_BYTES / TRACE_CHUNK;
	t->packet.max = TRACE_PACKET_BYTES / TRACE_CHUNK;
	*tp = t;

	return 0;
}

static void over_time(void *arg)
{
	trace_stop(arg);
}

/**
 * Begin to record; what was recorded before is forgotten.
 *
 * @param t       Trace
 * @param wall_us Calendar
 *
 * @return 0, EALREADY it runs: nothing is changed
 */
int trace_start(struct trace *t, int64_t wall_us)
{
	if (t->running)
		return EALREADY;
	trace_clear(t);
	t->running = true;
	t->since_us = wall_us;
	tmr_start(&t->limit, TRACE_MAX_S * 1000, over_time, t);
	t->h(true, t->arg);

	return 0;
}

/** Record no longer; what was recorded stays */
void trace_stop(struct trace *t)
{
	tmr_cancel(&t->limit);
	if (!t->running)
		return;
	t->running = false;
	t->h(false, t->arg);
}

/** Forget what was recorded, and give its memory back; one that runs goes on */
void trace_clear(struct trace *t)
{
	flush(&t->sip);
	flush(&t->packet);
	if (!t->running)
		t->since_us = 0;
}

/** Does it record? */
bool trace_runs(const struct trace *t)
{
	return t && t->running;
}

/* --- recording --- */

/** A SIP message went or came */
void trace_sip(struct trace *t, const struct trace_item *it)
{
	if (trace_runs(t))
		keep(t, &t->sip, it);
}

/** A datagram went or came */
void trace_packet(struct trace *t, const struct trace_item *it)
{
	if (trace_runs(t))
		keep(t, &t->packet, it);
}

/** How much there is */
void trace_state(const struct trace *t, struct trace_state *s)
{
	*s = (struct trace_state){
		.running = t->running, .since_us = t->since_us, .sip = t->sip.items, .packets = t->packet.items,
		.bytes = (uint64_t)(list_count(&t->sip.chunks) + list_count(&t->packet.chunks)) * TRACE_CHUNK,
		.dropped = t->sip.dropped + t->packet.dropped,
	};
}

/* --- reading --- */

/**
 * Begin to read.
 *
 * @param r    Written
 * @param t    Trace
 * @param form As text, or as a capture
 */
void trace_read_begin(struct trace_reader *r, const struct trace *t, enum trace_form form)
{
	*r = (struct trace_reader){.form = form, .last = t->order};
}

static int head(struct trace_reader *r, struct mbuf *mb)
{
	static const char *const comment[] = {
		"Datagrams as they were on the wire. SIP over TCP and TLS: messages in clear; of those over TLS secrets are "
		"struck out by *."
	};
	int err;

	if (r->form == TRACE_TEXT)
		return trace_text_head(mb);
	err = pcapng_section(mb, comment, 1);
	err = err ? err : pcapng_interface(mb, PCAPNG_RAW, "door");

	return err ? err : pcapng_interface(mb, PCAPNG_UPPER_PDU, "SIP over TCP and TLS");
}

/* SIP over UDP is in the capture as a datagram: it is passed over, once */
static const struct kept *next_sip(struct trace_reader *r, const struct trace *t)
{
	const struct kept *k = behind(&t->sip, r->at > r->passed ? r->at : r->passed);

	while (k && r->form == TRACE_PCAPNG && k->over == TRACE_UDP && k->order <= r->last) {
		r->passed = k->order;
		k = behind(&t->sip, k->order);
	}

	return k;
}

static int put_sip(struct mbuf *mb, const struct pcapng_packet *p, bool tls)
{
	struct pcapng_packet struck = *p;
	char *copy = tls ? mem_alloc(p->len + 1, NULL) : NULL;
	int err;

	if (tls && !copy)
		return ENOMEM;
	if (copy) {
		memcpy(copy, p->data, p->len);
		trace_strike(copy, p->len);
		struck.data = (const uint8_t *)copy;
	}
	err = pcapng_sip(mb, &struck);
	mem_deref(copy);

	return err;
}

static int put(struct trace_reader *r, struct mbuf *mb, const struct kept *k, bool sip)
{
	const struct pcapng_packet p = {
		.wall_us = k->wall_us, .src = &k->src, .dst = &k->dst, .data = k->data, .len = k->len, .id = ++r->id,
		.interface = sip ? 1 : 0,
	};

	if (r->form == TRACE_TEXT)
		return trace_text(mb, k);

	return sip ? put_sip(mb, &p, k->over == TRACE_TLS) : pcapng_datagram(mb, &p);
}

/**
 * Read the next piece.
 *
 * @param r    Reader
 * @param t    Trace
 * @param mb   Written at its end
 * @param size A piece is whole where mb has so many bytes, or a packet more [bytes]
 *
 * @return 0 there may be more; ENODATA that was all; ENOMEM
 */
int trace_read(struct trace_reader *r, const struct trace *t, struct mbuf *mb, size_t size)
{
	int err = r->begun ? 0 : head(r, mb);

	r->begun = true;
	while (!err && mb->end < size) {
		const struct kept *s = next_sip(r, t);
		const struct kept *p = r->form == TRACE_PCAPNG ? behind(&t->packet, r->at) : NULL;
		const bool sip = s && (!p || s->order < p->order);
		const struct kept *k = sip ? s : p;

		if (!k || k->order > r->last)
			return ENODATA;
		err = put(r, mb, k, sip);
		r->at = k->order;
	}

	return err;
}
