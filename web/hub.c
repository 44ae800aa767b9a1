/**
 * @file hub.c  Server-sent events (see hub.h; EVT-02)
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "web/hub.h"
#include "web/session.h"

/* Who may see a kind, and what it is called; events are an administrator's */
static const struct { const char *name; enum ui_role role; } kinds[HUB_KINDS] = {
	[HUB_STATE] = {"state", UI_USER},
	[HUB_VALUES] = {"values", UI_USER},
	[HUB_SCAN] = {"scan", UI_ADMIN},
};

struct hub {
	struct hub_config cfg;
	struct list streams;
	struct tmr turn, beat;
	uint64_t made_ms;
	bool changed[HUB_KINDS];
	struct mbuf *text[HUB_KINDS];  /* newest, as it is sent; NULL = none yet */
};

struct stream {
	struct web_feed feed;           /* first: the carrier holds it */
	struct le le;
	struct hub *live;              /* NULL = the hub is gone */
	char token[SESSION_TOKEN];
	bool begun, beat;
	bool replaced, told;            /* by a newer stream of its session; its reader knows */
	bool due[HUB_KINDS];
	unsigned lost;                  /* events, since the last note */
	struct mbuf *event[HUB_EVENTS];
	unsigned head, n;
	struct mbuf *piece;             /* on its way, shared with other streams */
	size_t at;
};

/* --- pieces --- */

static struct mbuf *piece_of(const char *name, const char *data)
{
	struct mbuf *mb = mbuf_alloc(strlen(data) + 64);

	if (mb && mbuf_printf(mb, "event: %s\ndata: %s\n\n", name, data))
		mb = mem_deref(mb);

	return mb;
}

static struct mbuf *comment(const char *text)
{
	struct mbuf *mb = mbuf_alloc(64);

	if (mb && mbuf_write_str(mb, text))
		mb = mem_deref(mb);

	return mb;
}

static bool same(const struct mbuf *a, const struct mbuf *b)
{
	return a && b && a->end == b->end && !memcmp(a->buf, b->buf, a->end);
}

/* --- a stream's queue --- */

static struct mbuf *take_event(struct stream *s)
{
	struct mbuf *mb = s->event[s->head];

	s->event[s->head] = NULL;
	s->head = (s->head + 1) % HUB_EVENTS;
	--s->n;

	return mb;
}

static void put_event(struct stream *s, struct mbuf *mb)
{
	if (s->n == HUB_EVENTS) {
		mem_deref(take_event(s));
		++s->lost;
	}
	s->event[(s->head + s->n) % HUB_EVENTS] = mem_ref(mb);
	++s->n;
}

static void forget_events(struct stream *s)
{
	s->lost = 0;
	while (s->n)
		mem_deref(take_event(s));
}

static struct mbuf *note_of_loss(struct stream *s)
{
	char data[32];
	unsigned i;

	(void)re_snprintf(data, sizeof(data), "{\"events\":%u}", s->lost);
	s->lost = 0;
	for (i = 0; i < HUB_KINDS; i++)
		s->due[i] = true;

	return piece_of("lost", data);
}

static struct mbuf *due(struct stream *s, enum ui_role role)
{
	unsigned i;

	for (i = 0; i < HUB_KINDS; i++) {
		const bool send = s->due[i] && s->live->text[i] && role >= kinds[i].role;

		s->due[i] = false;
		if (send)
			return mem_ref(s->live->text[i]);
	}

	return NULL;
}

/* What is next; NULL = nothing, or no memory: then it is as lost as it would be on the way */
static struct mbuf *next(struct stream *s, enum ui_role role)
{
	struct mbuf *mb;

	if (s->replaced) {
		mb = s->told ? NULL : piece_of("replaced", "{}");
		s->told = true;
		return mb;
	}
	if (!s->begun) {
		s->begun = true;
		return comment("retry: 2000\n\n");
	}
	if (role < UI_ADMIN)
		forget_events(s);
	if (s->lost)
		return note_of_loss(s);
	mb = due(s, role);
	if (mb || s->n)
		return mb ? mb : take_event(s);
	if (!s->beat)
		return NULL;
	s->beat = false;

	return comment(": beat\n\n");
}

static size_t some(struct stream *s, uint8_t *buf, size_t size)
{
	const size_t left = s->piece->end - s->at, n = left < size ? left : size;

	memcpy(buf, s->piece->buf + s->at, n);
	s->at += n;
	if (s->at == s->piece->end)
		s->piece = mem_deref(s->piece);

	return n;
}

static int stream_read(struct web_feed *feed, uint8_t *buf, size_t size)
{
	struct stream *s = (struct stream *)feed;
	const enum ui_role role = s->live ? s->live->cfg.role(s->token, s->live->cfg.arg) : UI_NOBODY;
	size_t n = 0;

	if (role == UI_NOBODY)
		return -1;
	while (n < size) {
		if (!s->piece) {
			s->at = 0;
			s->piece = next(s, role);
		}
		if (!s->piece)
			break;
		n += some(s, buf + n, size - n);
	}

	return !n && s->replaced ? -1 : (int)n;
}

/* --- the hub --- */

static void wake_all(struct hub *l)
{
	struct le *le = list_head(&l->streams);

	while (le) {
		struct stream *s = le->data;

		le = le->next;
		web_feed_wake(&s->feed);
	}
}

/* Make a kind anew; true where it is another text than before */
static bool make(struct hub *l, enum hub_kind kind)
{
	char *data = l->cfg.make(kind, l->cfg.arg);
	struct mbuf *mb = data ? piece_of(kinds[kind].name, data) : NULL;

	free(data);
	l->changed[kind] = false;
	if (!mb || same(mb, l->text[kind])) {
		mem_deref(mb);
		return false;
	}
	mem_deref(l->text[kind]);
	l->text[kind] = mb;

	return true;
}

static bool make_changed(struct hub *l)
{
	struct le *le;
	bool any = false;
	unsigned i;

	for (i = 0; i < HUB_KINDS; i++) {
		if (!l->changed[i] || !make(l, (enum hub_kind)i))
			continue;
		any = true;
		LIST_FOREACH(&l->streams, le)
			((struct stream *)le->data)->due[i] = true;
	}
	l->made_ms = tmr_jiffies();

	return any;
}

static void turn(void *arg)
{
	struct hub *l = arg;

	if (make_changed(l))
		wake_all(l);
}

static void beat(void *arg)
{
	struct hub *l = arg;
	struct le *le;

	tmr_start(&l->beat, HUB_BEAT_MS, beat, l);
	LIST_FOREACH(&l->streams, le)
		((struct stream *)le->data)->beat = true;
	wake_all(l);
}

/**
 * Something that a kind tells may have changed.
 *
 * @param l    Hub
 * @param kind What it would be told by
 */
void hub_changed(struct hub *l, enum hub_kind kind)
{
	const uint64_t now = tmr_jiffies(), next_ms = l->made_ms + HUB_GAP_MS;

	if (!hub_watched(l))
		return;
	l->changed[kind] = true;
	if (!tmr_isrunning(&l->turn))
		tmr_start(&l->turn, next_ms > now ? next_ms - now : 0, turn, l);
}

/**
 * An event of the door, for administrators.
 *
 * @param l  Hub
 * @param ev Event
 */
void hub_event(struct hub *l, const struct event *ev)
{
	char json[HUB_TEXT];
	struct mbuf *mb;
	struct le *le;
	size_t n;

	if (!hub_watched(l) || !(n = event_json(json, sizeof(json) - HUB_CLASS, ev)))
		return;
	(void)re_snprintf(json + n - 1, sizeof(json) - n + 1, ",\"class\":\"%s\"}",   /* as /ui/events gives it */
			  event_class_id(event_def(ev->id)->cls));
	mb = piece_of("event", json);
	LIST_FOREACH(&l->streams, le) {
		struct stream *s = le->data;

		if (mb && l->cfg.role(s->token, l->cfg.arg) == UI_ADMIN)
			put_event(s, mb);
	}
	mem_deref(mb);
	wake_all(l);
}

/** Does anybody watch? */
bool hub_watched(const struct hub *l)
{
	return !list_isempty(&l->streams);
}

/* --- life --- */

static void stream_destructor(void *arg)
{
	struct stream *s = arg;

	forget_events(s);
	mem_deref(s->piece);
	list_unlink(&s->le);
	if (!s->live || hub_watched(s->live))
		return;
	tmr_cancel(&s->live->turn);
	tmr_cancel(&s->live->beat);
}

/* A page that was left is not noticed before something is written to it: the oldest of a session makes room */
static void make_room(struct hub *l, const char *token)
{
	struct stream *oldest = NULL;
	struct le *le;
	unsigned each = 0;

	LIST_FOREACH(&l->streams, le) {
		struct stream *s = le->data;

		if (s->replaced || strcmp(s->token, token))
			continue;
		oldest = oldest ? oldest : s;
		++each;
	}
	if (each < HUB_EACH)
		return;
	oldest->replaced = true;
	web_feed_wake(&oldest->feed);
}

static unsigned count(const struct hub *l)
{
	const struct le *le;
	unsigned n = 0;

	LIST_FOREACH(&l->streams, le)
		n += !((const struct stream *)le->data)->replaced;

	return n;
}

/**
 * A stream for a reader; it begins with what is so now.
 *
 * @param fp    Written on success
 * @param l     Hub; may end before the stream
 * @param token Whose session
 *
 * @return 0, EBUSY there are too many, ENOMEM
 */
int hub_stream(struct web_feed **fp, struct hub *l, const char *token)
{
	struct stream *s;
	unsigned i;

	make_room(l, token);
	if (count(l) >= HUB_STREAMS)
		return EBUSY;
	s = mem_zalloc(sizeof(*s), stream_destructor);
	if (!s)
		return ENOMEM;
	s->feed.read = stream_read;
	s->live = l;
	str_ncpy(s->token, token, sizeof(s->token));
	if (!hub_watched(l))
		tmr_start(&l->beat, HUB_BEAT_MS, beat, l);
	list_append(&l->streams, &s->le, s);
	for (i = 0; i < HUB_KINDS; i++)
		l->changed[i] = true;
	if (make_changed(l))
		wake_all(l);
	for (i = 0; i < HUB_KINDS; i++)
		s->due[i] = true;
	*fp = &s->feed;

	return 0;
}

static void destructor(void *arg)
{
	struct hub *l = arg;
	struct le *le;
	unsigned i;

	tmr_cancel(&l->turn);
	tmr_cancel(&l->beat);
	while ((le = list_head(&l->streams))) {
		struct stream *s = le->data;

		list_unlink(le);
		s->live = NULL;
		web_feed_wake(&s->feed);
	}
	for (i = 0; i < HUB_KINDS; i++)
		mem_deref(l->text[i]);
}

/**
 * A hub.
 *
 * @param lp  Written on success
 * @param cfg Copied
 *
 * @return 0, ENOMEM
 */
int hub_alloc(struct hub **lp, const struct hub_config *cfg)
{
	struct hub *l = mem_zalloc(sizeof(*l), destructor);

	if (!l)
		return ENOMEM;
	l->cfg = *cfg;
	*lp = l;

	return 0;
}
