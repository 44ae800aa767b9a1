/**
 * @file record.c  Collects what happens in a scenario, in bounded memory
 *
 * Items lie one behind the other in chunks, so a packet costs a copy and no allocation.  Two pools:
 * signalling, events and edges are kept until 64 MiB are full; RTP is a ring of 32 MiB that drops
 * its oldest chunk.  What was dropped is counted, and README.txt says so.
 *
 * Requirement: SCN-01.
 */
#define _GNU_SOURCE                     /* memmem */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "record_priv.h"

#define SPARE_CHUNKS (REC_RING_MAX / REC_CHUNK)         /* touched memory is fast memory */
#define RTP_HEADER 12

static void flush_pool(struct record *r, struct rec_pool *p)
{
	struct le *le;

	while ((le = list_head(&p->chunks))) {
		struct rec_chunk *c = le->data;

		list_unlink(le);
		if (c->size == REC_CHUNK && list_count(&r->spare) < SPARE_CHUNKS)
			list_append(&r->spare, le, c);
		else
			mem_deref(c);
	}
	p->bytes = 0;
	p->dropped = 0;
}


static void destructor(void *arg)
{
	struct record *r = arg;

	list_flush(&r->kept.chunks);
	list_flush(&r->ring.chunks);
	list_flush(&r->spare);
	list_flush(&r->hosts);
}


/**
 * Allocate a recorder
 *
 * @param rp Recorder returned, mem_deref() frees it
 *
 * @return 0, EINVAL or ENOMEM
 */
int record_alloc(struct record **rp)
{
	struct record *r;

	if (!rp)
		return EINVAL;

	r = mem_zalloc(sizeof(*r), destructor);
	if (!r)
		return ENOMEM;

	r->kept.max = REC_KEPT_MAX;
	r->ring.max = REC_RING_MAX;
	r->ring.ring = true;
	*rp = r;
	return 0;
}


/**
 * Forget everything, hosts too: the next scenario begins
 *
 * @param r Recorder
 */
void record_reset(struct record *r)
{
	if (!r)
		return;

	flush_pool(r, &r->kept);
	flush_pool(r, &r->ring);
	list_flush(&r->hosts);
	r->order = 0;
	r->started = false;
}


/**
 * Say when time 0 of the ladder and the edges is; without it, it is the first item's time
 *
 * @param r       Recorder
 * @param wall_us Calendar time [us since 1970 UTC]
 *
 * @return 0 or EINVAL
 */
int record_start(struct record *r, int64_t wall_us)
{
	if (!r)
		return EINVAL;

	r->start_us = wall_us;
	r->started = true;
	return 0;
}


static struct rec_chunk *chunk_new(struct record *r, size_t size)
{
	struct le *le = list_head(&r->spare);
	struct rec_chunk *c;

	if (le && size == REC_CHUNK) {
		list_unlink(le);
		return le->data;
	}

	c = mem_alloc(sizeof(*c) + size, NULL);
	if (c)
		memset(&c->le, 0, sizeof(c->le));
	return c;
}


static struct rec_chunk *chunk_oldest(struct rec_pool *p)
{
	struct rec_chunk *c = list_head(&p->chunks)->data;

	list_unlink(&c->le);
	p->bytes -= c->size;
	p->dropped += c->items;
	return c;
}


/* A new last chunk of a pool, with room for need bytes; NULL = full or no memory */
static struct rec_chunk *pool_grow(struct record *r, struct rec_pool *p, size_t need)
{
	const size_t size = need > REC_CHUNK ? need : REC_CHUNK;
	struct rec_chunk *c;

	if (p->bytes + size <= p->max)
		c = chunk_new(r, size);
	else
		c = p->ring ? chunk_oldest(p) : NULL;
	if (!c)
		return NULL;

	c->size = size;
	c->used = 0;
	c->items = 0;
	p->bytes += size;
	list_append(&p->chunks, &c->le, c);
	return c;
}


/* Room for one item with len bytes of data behind it; the caller fills in the rest */
static struct rec_item *item_new(struct record *r, struct rec_pool *p, enum rec_kind kind,
				 int64_t wall_us, size_t len)
{
	const size_t need = (sizeof(struct rec_item) + len + 7) & ~(size_t)7;
	struct le *le = list_tail(&p->chunks);
	struct rec_chunk *c = le ? le->data : NULL;
	struct rec_item *it;

	if (!c || c->size - c->used < need) {
		c = pool_grow(r, p, need);
		if (!c) {
			++p->dropped;
			return NULL;
		}
	}

	it = (void *)&c->data[c->used];
	c->used += need;
	++c->items;
	it->wall_us = wall_us;
	it->order = r->order++;
	it->len = (uint32_t)len;
	it->kind = (uint8_t)kind;
	it->flag = false;
	return it;
}


static void addr_set(struct pcapng_addr *a, const struct sa *sa)
{
	memset(a, 0, sizeof(*a));
	a->af = (uint16_t)sa_af(sa);
	if (a->af == AF_INET6) {
		memcpy(a->ip, &sa->u.in6.sin6_addr, 16);
		a->port = ntohs(sa->u.in6.sin6_port);
	}
	else {
		memcpy(a->ip, &sa->u.in.sin_addr, 4);
		a->port = ntohs(sa->u.in.sin_port);
	}
}


bool rec_addr_ip_equal(const struct pcapng_addr *a, const struct pcapng_addr *b)
{
	return a->af == b->af && !memcmp(a->ip, b->ip, sizeof(a->ip));
}


bool rec_addr_equal(const struct pcapng_addr *a, const struct pcapng_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}


/**
 * Name a host: a column of the ladder
 *
 * @param r    Recorder
 * @param addr Address; port 0 = all its ports.  Several addresses may have one name.
 * @param name Name shown
 *
 * @return 0, EINVAL or ENOMEM
 */
int record_host(struct record *r, const struct sa *addr, const char *name)
{
	struct rec_host *h;

	if (!r || !addr || !name || !name[0])
		return EINVAL;

	h = mem_zalloc(sizeof(*h), NULL);
	if (!h)
		return ENOMEM;

	addr_set(&h->addr, addr);
	(void)str_ncpy(h->name, name, sizeof(h->name));
	list_append(&r->hosts, &h->le, h);
	return 0;
}


static bool is_rtp(const uint8_t *data, size_t len)
{
	return len >= RTP_HEADER && (data[0] & 0xc0) == 0x80;
}


/**
 * Record a datagram
 *
 * @param r       Recorder
 * @param wall_us Time of the sending [us since 1970 UTC]
 * @param src     Sender
 * @param dst     Receiver
 * @param data    Payload, copied
 * @param len     Its length [bytes]; beyond REC_PAYLOAD_MAX it is cut
 * @param lost    The network dropped it
 *
 * @return 0, EINVAL, or ENOBUFS no room: it is counted and README.txt says so
 */
int record_packet(struct record *r, int64_t wall_us, const struct sa *src, const struct sa *dst,
		  const uint8_t *data, size_t len, bool lost)
{
	struct rec_item *it;
	bool rtp;

	if (!r || !src || !dst || (!data && len))
		return EINVAL;

	if (len > REC_PAYLOAD_MAX)
		len = REC_PAYLOAD_MAX;
	rtp = is_rtp(data, len);
	it = item_new(r, rtp ? &r->ring : &r->kept, rtp ? REC_MEDIA : REC_SIGNAL, wall_us, len);
	if (!it)
		return ENOBUFS;

	addr_set(&it->src, src);
	addr_set(&it->dst, dst);
	it->flag = lost;
	if (len)
		memcpy(it->data, data, len);
	return 0;
}


static bool one_line_object(const char *json)
{
	const size_t n = strlen(json);

	return n >= 2 && json[0] == '{' && json[n - 1] == '}' && !strpbrk(json, "\r\n");
}


/**
 * Record an event
 *
 * @param r       Recorder
 * @param wall_us Time [us since 1970 UTC]
 * @param who     Actor; the name of a host puts it in that host's column
 * @param json    One object in one line
 * @param text    The same for people
 *
 * @return 0, EINVAL, EBADMSG json is not one object in one line, ENOBUFS no room
 */
int record_event(struct record *r, int64_t wall_us, const char *who, const char *json,
		 const char *text)
{
	struct rec_item *it;
	size_t w, j, t;

	if (!r || !who || !json || !text)
		return EINVAL;
	if (!one_line_object(json))
		return EBADMSG;

	w = strlen(who) + 1;
	j = strlen(json) + 1;
	t = strlen(text) + 1;
	it = item_new(r, &r->kept, REC_EVENT, wall_us, w + j + t);
	if (!it)
		return ENOBUFS;

	memcpy(it->data, who, w);
	memcpy(it->data + w, json, j);
	memcpy(it->data + w + j, text, t);
	return 0;
}


/**
 * Record an edge of a line
 *
 * @param r       Recorder
 * @param wall_us Time [us since 1970 UTC]
 * @param signal  "host.line": what is before the first dot is its scope
 * @param level   Level from now on
 *
 * @return 0, EINVAL, ENOBUFS no room
 */
int record_edge(struct record *r, int64_t wall_us, const char *signal, bool level)
{
	struct rec_item *it;

	if (!r || !signal || !signal[0])
		return EINVAL;

	it = item_new(r, &r->kept, REC_EDGE, wall_us, strlen(signal) + 1);
	if (!it)
		return ENOBUFS;

	memcpy(it->data, signal, strlen(signal) + 1);
	it->flag = level;
	return 0;
}


const char *rec_event_json(const struct rec_item *item)
{
	const char *who = (const char *)item->data;

	return who + strlen(who) + 1;
}


const char *rec_event_text(const struct rec_item *item)
{
	const char *json = rec_event_json(item);

	return json + strlen(json) + 1;
}


/* A datagram whose first line is one of SIP, RFC 3261 7.1 and 7.2 */
bool rec_is_sip(const struct rec_item *item)
{
	const char *p = (const char *)item->data;
	const char *eol = memchr(p, '\n', item->len);
	const size_t n = eol ? (size_t)(eol - p) : item->len;

	return item->kind == REC_SIGNAL && n > 8 &&
	       (!memcmp(p, "SIP/2.0 ", 8) || memmem(p, n, " SIP/2.0", 8));
}


static size_t pool_items(const struct rec_pool *p, const struct rec_item **v)
{
	size_t n = 0, pos;
	struct le *le;

	for (le = list_head(&p->chunks); le; le = le->next) {
		const struct rec_chunk *c = le->data;

		for (pos = 0; pos < c->used; n++) {
			const struct rec_item *it = (const void *)&c->data[pos];

			if (v)
				v[n] = it;
			pos += (sizeof(*it) + it->len + 7) & ~(size_t)7;
		}
	}

	return n;
}


static int by_time(const void *a, const void *b)
{
	const struct rec_item *x = *(const struct rec_item *const *)a;
	const struct rec_item *y = *(const struct rec_item *const *)b;

	if (x->wall_us != y->wall_us)
		return x->wall_us < y->wall_us ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}


/* All items of a recorder in order of time; list->v is the caller's to mem_deref() */
int rec_list_init(struct rec_list *list, const struct record *r)
{
	const size_t n = pool_items(&r->kept, NULL) + pool_items(&r->ring, NULL);
	size_t k;

	list->v = mem_alloc((n + 1) * sizeof(*list->v), NULL);
	if (!list->v)
		return ENOMEM;

	k = pool_items(&r->kept, list->v);
	list->n = k + pool_items(&r->ring, list->v + k);
	qsort(list->v, list->n, sizeof(*list->v), by_time);
	list->start_us = r->started ? r->start_us : (n ? list->v[0]->wall_us : 0);
	return 0;
}
