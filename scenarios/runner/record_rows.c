/**
 * @file record_rows.c  The recorded items as rows of a ladder
 *
 * A row is a SIP message, a digit (RFC 4733, once however many packets carried it), a run of RTP
 * packets of one stream, another datagram, an event or an edge.  Columns are hosts: by their
 * name, by what they announced in a session description, else by their address.
 */
#include <errno.h>
#include <string.h>
#include "record_priv.h"

#define RTP_HEADER 12
#define RUN_GAP_US 1000000              /* a longer silence begins a new run of RTP */
#define AGAIN_ROWS 128                  /* SIP messages compared for retransmission */
#define STREAM_BUCKETS 256

/** One RTP stream, and the rows it goes on filling */
struct stream {
	struct le le;
	struct pcapng_addr src, dst;
	uint32_t ssrc;
	bool rtcp;
	int from, to;
	size_t run, digit;              /* index of the row + 1, 0 = none */
};

struct builder {
	struct rec_ladder *l;
	const struct record *r;
	struct list media;              /* struct rec_media */
	struct hash *streams;
	size_t room;                    /* rows allocated */
	uint32_t sum[AGAIN_ROWS];       /* hashes of the last SIP messages */
	const struct rec_item *sip[AGAIN_ROWS];
	size_t sips;
};


static uint32_t be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}


static uint32_t be32(const uint8_t *p)
{
	return be16(p) << 16 | be16(p + 2);
}


/* Column of a name, made if missing; -1 = no memory */
static int column_named(struct rec_ladder *l, const char *name)
{
	char (*col)[64];

	for (int i = 0; i < l->cols; i++) {
		if (!strcmp(l->col[i], name))
			return i;
	}

	col = mem_reallocarray(l->col, (size_t)l->cols + 1, sizeof(*col), NULL);
	if (!col)
		return -1;

	l->col = col;
	(void)str_ncpy(col[l->cols], name, sizeof(*col));
	return l->cols++;
}


/* A name may come from a script: columns show clean text, and are found by the clean text */
static int column_clean(struct rec_ladder *l, const char *name)
{
	char clean[64];

	(void)rec_clean(clean, sizeof(clean), name, strlen(name));
	return column_named(l, clean);
}


static const struct rec_host *host_find(const struct record *r, const struct pcapng_addr *a,
					bool exact, unsigned *n)
{
	const struct rec_host *found = NULL;
	struct le *le;

	*n = 0;
	for (le = list_tail(&r->hosts); le; le = le->prev) {
		const struct rec_host *h = le->data;

		if (exact ? !rec_addr_equal(&h->addr, a) : !rec_addr_ip_equal(&h->addr, a))
			continue;
		if (!found || strcmp(found->name, h->name))
			++*n;
		found = h;
	}

	return found;
}


/* Whose column is an address? */
static int column_of(struct builder *b, const struct pcapng_addr *a)
{
	const struct rec_host *h;
	const struct rec_media *m;
	char text[64];
	unsigned n;

	h = host_find(b->r, a, true, &n);
	if (h)
		return column_clean(b->l, h->name);

	m = rec_media_find(&b->media, a);
	if (m)
		return m->col;

	h = host_find(b->r, a, false, &n);
	if (n == 1)
		return column_clean(b->l, h->name);

	(void)rec_addr_text(a, n > 1, text, sizeof(text));
	return column_named(b->l, text);
}


static int column_who(struct builder *b, const char *who)
{
	struct le *le;

	for (le = list_head(&b->r->hosts); le; le = le->next) {
		const struct rec_host *h = le->data;

		if (!strcmp(h->name, who))
			return column_clean(b->l, who);
	}

	return -1;
}


/* A new last row; NULL = no memory */
static struct rec_row *row_new(struct builder *b, enum rec_row_kind kind,
			       const struct rec_item *item)
{
	struct rec_ladder *l = b->l;
	struct rec_row *row;

	if (l->rows == b->room) {
		b->room = b->room ? b->room * 2 : 256;
		row = mem_reallocarray(l->row, b->room, sizeof(*row), NULL);
		if (!row)
			return NULL;
		l->row = row;
	}

	row = &l->row[l->rows++];
	memset(row, 0, sizeof(*row));
	row->kind = kind;
	row->item = item;
	row->t_us = row->end_us = item->wall_us - l->list.start_us;
	row->from = row->to = -1;
	return row;
}


static bool seen_before(struct builder *b, const struct rec_item *it)
{
	const uint32_t sum = hash_joaat(it->data, it->len);
	const size_t slot = b->sips++ % AGAIN_ROWS;
	bool again = false;

	for (size_t i = 0; i < AGAIN_ROWS && !again; i++) {
		const struct rec_item *o = b->sip[i];

		again = o && b->sum[i] == sum && o->len == it->len &&
			rec_addr_equal(&o->src, &it->src) && rec_addr_equal(&o->dst, &it->dst) &&
			!memcmp(o->data, it->data, it->len);
	}

	b->sum[slot] = sum;
	b->sip[slot] = it;
	return again;
}


static int add_signal(struct builder *b, const struct rec_item *it)
{
	const bool sip = rec_is_sip(it);
	struct rec_row *row = row_new(b, sip ? ROW_SIP : ROW_UDP, it);
	struct pl sdp;

	if (!row)
		return ENOMEM;

	row->from = column_of(b, &it->src);
	row->to = column_of(b, &it->dst);
	if (row->from < 0 || row->to < 0)
		return ENOMEM;
	if (!sip)
		return 0;

	row->again = seen_before(b, it);
	row->sdp = rec_sip_sdp(it, &sdp);
	if (row->sdp)
		rec_media_learn(&b->media, &sdp, row->from);
	return 0;
}


static bool is_rtcp(const struct rec_item *it)
{
	return it->data[1] >= 192 && it->data[1] <= 223;        /* RFC 5761 4 */
}


static bool same_stream(struct le *le, void *arg)
{
	const struct stream *a = le->data, *b = arg;

	return a->ssrc == b->ssrc && a->rtcp == b->rtcp && rec_addr_equal(&a->src, &b->src) &&
	       rec_addr_equal(&a->dst, &b->dst);
}


static struct stream *stream_of(struct builder *b, const struct rec_item *it)
{
	struct stream key = {
		.src = it->src, .dst = it->dst, .rtcp = is_rtcp(it),
	};
	struct stream *s;
	struct le *le;
	uint32_t sum;

	key.ssrc = be32(&it->data[key.rtcp ? 4 : 8]);
	sum = key.ssrc ^ hash_joaat((const uint8_t *)&key.src, sizeof(key.src));
	le = hash_lookup(b->streams, sum, same_stream, &key);
	if (le)
		return le->data;

	s = mem_alloc(sizeof(*s), NULL);
	if (!s)
		return NULL;

	*s = key;
	s->from = column_of(b, &it->src);
	s->to = column_of(b, &it->dst);
	if (s->from < 0 || s->to < 0)
		return mem_deref(s);
	hash_append(b->streams, sum, &s->le, s);
	return s;
}


static size_t header_len(const struct rec_item *it)
{
	size_t n = RTP_HEADER + 4u * (it->data[0] & 0x0f);

	if (it->data[0] & 0x10 && n + 4 <= it->len)
		n += 4 + 4 * be16(&it->data[n + 2]);
	return n;
}


static void count(struct rec_row *row, const struct rec_item *it, int64_t start_us)
{
	++row->packets;
	row->lost += it->flag;
	row->end_us = it->wall_us - start_us;
}


/* RFC 4733 2.3: packets of one digit share their time-stamp, and the duration grows */
static int add_digit(struct builder *b, struct stream *s, const struct rec_item *it,
		     const uint8_t *event, uint32_t clock)
{
	static const char digits[] = "0123456789*#ABCD";
	struct rec_row *row = s->digit ? &b->l->row[s->digit - 1] : NULL;
	const uint32_t stamp = be32(&it->data[4]);

	if (!row || row->stamp != stamp) {
		row = row_new(b, ROW_DTMF, it);
		if (!row)
			return ENOMEM;
		s->digit = b->l->rows;
		row->from = s->from;
		row->to = s->to;
		row->stamp = stamp;
		row->clock = clock;
		if (event[0] < 16)
			row->name[0] = digits[event[0]];
		else
			(void)re_snprintf(row->name, sizeof(row->name), "event %u", event[0]);
	}

	if (be16(&event[2]) > row->units)
		row->units = be16(&event[2]);
	count(row, it, b->l->list.start_us);
	return 0;
}


static int add_run(struct builder *b, struct stream *s, const struct rec_item *it, const char *name)
{
	struct rec_row *row = s->run ? &b->l->row[s->run - 1] : NULL;
	const int64_t t = it->wall_us - b->l->list.start_us;

	if (!row || strcmp(row->name, name) || (!s->rtcp && t - row->end_us > RUN_GAP_US)) {
		row = row_new(b, ROW_RTP, it);
		if (!row)
			return ENOMEM;
		s->run = b->l->rows;
		row->from = s->from;
		row->to = s->to;
		(void)str_ncpy(row->name, name, sizeof(row->name));
	}

	count(row, it, b->l->list.start_us);
	return 0;
}


static int add_media(struct builder *b, const struct rec_item *it)
{
	struct stream *s = stream_of(b, it);
	char name[24] = "RTCP";
	const char *codec;
	uint32_t clock;
	size_t n;

	if (!s)
		return ENOMEM;
	if (s->rtcp)
		return add_run(b, s, it, name);

	codec = rec_media_codec(&b->media, it, &clock);
	n = header_len(it);
	if (codec && !str_casecmp(codec, "telephone-event") && it->len >= n + 4)
		return add_digit(b, s, it, &it->data[n], clock);

	if (codec)
		(void)re_snprintf(name, sizeof(name), "RTP %s", codec);
	else
		(void)re_snprintf(name, sizeof(name), "RTP type %u", it->data[1] & 0x7f);
	return add_run(b, s, it, name);
}


/* An edge is recorded as such; the log's line about it would say it twice */
static bool is_edge_event(const struct rec_item *it)
{
	return strstr(rec_event_json(it), "\"event\":\"edge\"") != NULL;
}


static int add_note(struct builder *b, const struct rec_item *it)
{
	const char *text = (const char *)it->data;
	const char *dot = strchr(text, '.');
	struct rec_row *row;
	char who[64];

	if (it->kind == REC_EVENT && is_edge_event(it))
		return 0;

	row = row_new(b, it->kind == REC_EVENT ? ROW_EVENT : ROW_EDGE, it);
	if (!row)
		return ENOMEM;

	(void)str_ncpy(who, text, sizeof(who));
	if (it->kind == REC_EDGE && dot && (size_t)(dot - text) < sizeof(who))
		who[dot - text] = '\0';
	row->from = row->to = column_who(b, who);
	return 0;
}


static int add(struct builder *b, const struct rec_item *it)
{
	switch (it->kind) {

	case REC_SIGNAL: return add_signal(b, it);
	case REC_MEDIA:  return add_media(b, it);
	default:         return add_note(b, it);
	}
}


/* Drop columns nothing happened in; the others keep their order */
static void drop_unused(struct rec_ladder *l, int *map)
{
	int used = 0;

	memset(map, 0, (size_t)l->cols * sizeof(*map));
	for (size_t i = 0; i < l->rows; i++) {
		if (l->row[i].from >= 0)
			map[l->row[i].from] = map[l->row[i].to] = 1;
	}

	for (int c = 0; c < l->cols; c++) {
		if (!map[c])
			continue;
		memmove(l->col[used], l->col[c], sizeof(*l->col));
		map[c] = used++;
	}

	l->cols = used;
	for (size_t i = 0; i < l->rows; i++) {
		if (l->row[i].from < 0)
			continue;
		l->row[i].from = map[l->row[i].from];
		l->row[i].to = map[l->row[i].to];
	}
}


static int build(struct builder *b)
{
	int err = hash_alloc(&b->streams, STREAM_BUCKETS);
	struct le *le;
	int *map;

	for (le = list_head(&b->r->hosts); le && !err; le = le->next) {
		const struct rec_host *h = le->data;

		err = column_clean(b->l, h->name) < 0 ? ENOMEM : 0;
	}

	for (size_t i = 0; i < b->l->list.n && !err; i++)
		err = add(b, b->l->list.v[i]);
	if (err)
		return err;

	map = mem_alloc((size_t)(b->l->cols + 1) * sizeof(*map), NULL);
	if (!map)
		return ENOMEM;

	drop_unused(b->l, map);
	mem_deref(map);
	return 0;
}


static void destructor(void *arg)
{
	struct rec_ladder *l = arg;

	mem_deref(l->list.v);
	mem_deref(l->col);
	mem_deref(l->row);
}


/**
 * Make the rows of a ladder
 *
 * @param lp Ladder returned; it borrows the recorder's items
 * @param r  Recorder
 *
 * @return 0 or ENOMEM
 */
int rec_ladder_alloc(struct rec_ladder **lp, const struct record *r)
{
	struct builder *b = mem_zalloc(sizeof(*b), NULL);
	struct rec_ladder *l = mem_zalloc(sizeof(*l), destructor);
	int err = b && l ? rec_list_init(&l->list, r) : ENOMEM;

	if (!err) {
		b->l = l;
		b->r = r;
		l->dropped = r->ring.dropped;
		err = build(b);
		hash_flush(b->streams);
		mem_deref(b->streams);
		list_flush(&b->media);
	}

	mem_deref(b);
	if (err)
		mem_deref(l);
	else
		*lp = l;
	return err;
}


/**
 * Is this row drawn?  A very long ladder shows its beginning and its end.
 *
 * @param l Ladder
 * @param i Index of the row
 *
 * @return True where it is drawn
 */
bool rec_row_shown(const struct rec_ladder *l, size_t i)
{
	return i < REC_HEAD_ROWS || i + REC_TAIL_ROWS >= l->rows;
}
