/**
 * @file ui_events.c  The kept events for the pages: a page of them, and all as a file (EVT-01)
 *
 *     GET /ui/events        newest first, `limit` of them; `before` the last number seen = the next page
 *     GET /ui/events.csv    all, oldest first, RFC 4180
 *     GET /ui/events.jsonl  all, oldest first, one JSON object a line
 *
 * All three are feeds: a search goes on by one turn of the store each turn of the loop, and a reply never holds more
 * than a piece.  What comes to the events after a file was begun is in it too.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/store/event_line.h"
#include "web/ui.h"
#include "web/ui_acts.h"

#define PIECE 32768                     /* bytes; a search pauses where so many wait */
#define LIMIT 100
#define LIMIT_MAX 1000
#define FILTER 1024                     /* longest value of a field as it comes, with its end */

enum form { FORM_PAGE, FORM_CSV, FORM_JSONL };

struct events_feed {
	struct web_feed feed;           /* first: the reply knows no more */
	struct store *store;
	struct store_find *find;        /* NULL = at its end */
	struct mbuf *piece;             /* what waits to be read, from its pos */
	struct tmr turn;
	enum form form;
	struct event_lines lines;
	unsigned left;                  /* FORM_PAGE: events still wanted */
	bool first, more, failed;
};

static void destructor(void *arg)
{
	struct events_feed *f = arg;

	tmr_cancel(&f->turn);
	mem_deref(f->find);
	mem_deref(f->piece);
	event_lines_end(&f->lines);
	mem_deref(f->store);
}

/* --- one turn --- */

static int put(struct events_feed *f, const struct store_event *ev)
{
	int err;

	if (f->form != FORM_PAGE)
		return event_line(f->piece, &f->lines, ev);
	err = f->first ? 0 : mbuf_write_u8(f->piece, ',');
	f->first = false;

	return err ? err : event_line_json(f->piece, ev);
}

static bool found(const struct store_event *ev, void *arg)
{
	struct events_feed *f = arg;

	if (f->form == FORM_PAGE && !f->left--) {
		f->more = true;
		return false;
	}
	if (put(f, ev))
		f->failed = true;

	return !f->failed && f->piece->end < PIECE;
}

/* The last piece; a page that could not be read to its end says so, a file is cut where it is */
static void finish(struct events_feed *f)
{
	f->find = mem_deref(f->find);
	if (f->form == FORM_PAGE)
		(void)mbuf_printf(f->piece, "],\"more\":%s%s}", f->more ? "true" : "false",
				  f->failed ? ",\"id\":\"not_readable\"" : "");
}

static void search(struct events_feed *f)
{
	int e;

	mbuf_rewind(f->piece);
	e = store_find_turn(f->find, found, f);
	f->failed = f->failed || (e && e != ENODATA);
	if (e || f->failed || f->more)
		finish(f);
	f->piece->pos = 0;
}

static void again(void *arg)
{
	struct events_feed *f = arg;

	web_feed_wake(&f->feed);
}

static int read_feed(struct web_feed *feed, uint8_t *buf, size_t size)
{
	struct events_feed *f = (struct events_feed *)feed;
	size_t n = mbuf_get_left(f->piece);

	if (!n && f->find && !tmr_isrunning(&f->turn)) {
		tmr_start(&f->turn, 1, again, f);       /* the next turn of the search is one of the loop too */
		search(f);
		n = mbuf_get_left(f->piece);
	}
	if (!n)
		return f->find ? 0 : -1;
	n = n < size ? n : size;
	(void)mbuf_read_mem(f->piece, buf, n);

	return (int)n;
}

/* --- what is asked for --- */

static bool number(const struct ui_ask *ask, struct web_reply *rep, const char *name, uint64_t max, uint64_t *v)
{
	char text[FILTER], *end;

	if (!ui_query(ask, name, text, sizeof(text)) || !text[0])
		return true;
	errno = 0;
	*v = strtoull(text, &end, 10);
	if (strspn(text, "0123456789") == strlen(text) && !errno && !*end && *v <= max)
		return true;
	ui_refuse(rep, 422, "bad_number", "%s=%.40s: a whole number from 0 to %" PRIu64 " is wanted", name, text, max);

	return false;
}

static bool classes(const struct ui_ask *ask, struct web_reply *rep, unsigned *mask)
{
	char text[FILTER] = "", *word, *next = text;
	enum event_class cls;

	(void)ui_query(ask, "class", text, sizeof(text));
	while ((word = strsep(&next, ","))) {
		if (!*word)
			continue;
		if (!event_class_find(&cls, word)) {
			ui_refuse(rep, 422, "bad_class", "class=%.40s: there are application, network, display, hardware, door, "
				  "usage, audio, separated by commas", word);
			return false;
		}
		*mask |= 1u << cls;
	}

	return true;
}

static bool word(const struct ui_ask *ask, struct web_reply *rep, char text[STORE_WORD])
{
	char buf[3 * FILTER] = "";

	(void)ui_query(ask, "text", buf, sizeof(buf));
	if (strlen(buf) < STORE_WORD) {
		memcpy(text, buf, strlen(buf) + 1);
		return true;
	}
	ui_refuse(rep, 422, "text_too_long", "the text that is searched for may have %d bytes, this one has %zu",
		  STORE_WORD - 1, strlen(buf));

	return false;
}

static bool read_query(const struct ui_ask *ask, struct web_reply *rep, struct store_query *q)
{
	uint64_t from = 0, to = 0;

	if (!number(ask, rep, "from_us", INT64_MAX, &from) || !number(ask, rep, "to_us", INT64_MAX, &to) ||
	    !number(ask, rep, "before", INT64_MAX, &q->before) || !classes(ask, rep, &q->classes) ||
	    !word(ask, rep, q->text))
		return false;
	q->from_us = (int64_t)from;
	q->to_us = (int64_t)to;

	return true;
}

/* --- replies --- */

static int make(struct events_feed **fp, const struct ui_ask *ask, const struct store_query *q, enum form form,
		unsigned limit)
{
	struct events_feed *f = mem_zalloc(sizeof(*f), destructor);
	int err = ENOMEM;

	if (!f)
		return ENOMEM;
	f->feed.read = read_feed;
	f->form = form;
	f->left = limit;
	f->first = true;
	f->store = mem_ref(ask->host->store);
	f->piece = mbuf_alloc(PIECE);
	if (f->piece)
		err = event_lines_begin(&f->lines, form == FORM_CSV ? EVENT_FORM_CSV : EVENT_FORM_JSON);
	if (!err)
		err = store_find(&f->find, f->store, q);
	if (!err)
		err = form == FORM_PAGE ? mbuf_write_str(f->piece, "{\"events\":[") :
			event_line_head(f->piece, &f->lines);
	if (err) {
		mem_deref(f);
		return err;
	}
	f->piece->pos = 0;
	*fp = f;

	return 0;
}

static void answer(const struct ui_ask *ask, struct web_reply *rep, const struct store_query *q, enum form form,
		   unsigned limit)
{
	struct events_feed *f = NULL;
	int err = ask->host->store ? make(&f, ask, q, form, limit) : 0;

	if (!ask->host->store) {
		ui_refuse(rep, 404, "not_readable", "this door keeps no events");
	}
	else if (err) {
		ui_refuse(rep, 503, "not_readable", "the events cannot be read: %s",
			  err == ENOMEM ? "no memory" : store_error(ask->host->store));
	}
	else {
		rep->status = 200;
		rep->type = form == FORM_CSV ? "text/csv; charset=utf-8; header=present" :
			    form == FORM_JSONL ? "application/x-ndjson" : "application/json";
		rep->feed = &f->feed;
	}
}

/** Events, newest first */
void ui_events(const struct ui_ask *ask, struct web_reply *rep)
{
	struct store_query q = {0};
	uint64_t limit = LIMIT;

	if (!number(ask, rep, "limit", LIMIT_MAX, &limit) || !read_query(ask, rep, &q))
		return;
	answer(ask, rep, &q, FORM_PAGE, limit ? (unsigned)limit : LIMIT);
}

/**
 * The reply is a file to be saved, named by what it is and when.
 *
 * @param rep    Reply
 * @param what   "events", "trace"
 * @param ending "csv"
 */
void ui_attach(struct web_reply *rep, const char *what, const char *ending)
{
	const time_t now = time(NULL);
	char when[24] = "";
	struct tm tm;

	if (localtime_r(&now, &tm))
		(void)strftime(when, sizeof(when), "%Y%m%d-%H%M", &tm);
	web_reply_header(rep, "Content-Disposition", "attachment; filename=\"ipgap-%s-%s.%s\"", what, when, ending);
}

static void file(const struct ui_ask *ask, struct web_reply *rep, enum form form)
{
	struct store_query q = {.oldest_first = true};

	if (!read_query(ask, rep, &q))
		return;
	answer(ask, rep, &q, form, 0);
	if (rep->feed)
		ui_attach(rep, "events", form == FORM_CSV ? "csv" : "jsonl");
}

/** Events as a table, oldest first */
void ui_events_csv(const struct ui_ask *ask, struct web_reply *rep)
{
	file(ask, rep, FORM_CSV);
}

/** Events as JSON Lines, oldest first */
void ui_events_jsonl(const struct ui_ask *ask, struct web_reply *rep)
{
	file(ask, rep, FORM_JSONL);
}
