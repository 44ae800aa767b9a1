/**
 * @file ui_trace.c  The debug trace for the pages: start, stop, clear, fetch (WEB-08)
 *
 *     GET  /ui/trace         what there is
 *     POST /ui/trace         {"action":"start" | "stop" | "clear"}; start forgets what was recorded before
 *     GET  /ui/trace.pcapng  packets, as they were on the wire
 *     GET  /ui/trace.txt     SIP messages, secrets struck out
 *
 * Files are feeds: a piece is made when it is read, and a reply never holds more.
 */
#include <errno.h>
#include <string.h>
#include <sys/time.h>
#include "core/trace/trace.h"
#include "web/ui.h"
#include "web/ui_acts.h"

#define PIECE 32768

struct trace_feed {
	struct web_feed feed;           /* first: the reply knows no more */
	struct trace *trace;
	struct trace_reader reader;
	struct mbuf *piece;             /* what waits to be read, from its pos */
	struct tmr turn;
	bool end;
};

static void destructor(void *arg)
{
	struct trace_feed *f = arg;

	tmr_cancel(&f->turn);
	mem_deref(f->piece);
	mem_deref(f->trace);
}

static void again(void *arg)
{
	struct trace_feed *f = arg;

	web_feed_wake(&f->feed);
}

/* One piece a turn of the loop, so that no tick of a call waits for more */
static int read_feed(struct web_feed *feed, uint8_t *buf, size_t size)
{
	struct trace_feed *f = (struct trace_feed *)feed;
	size_t n = mbuf_get_left(f->piece);

	if (!n && !f->end && !tmr_isrunning(&f->turn)) {
		tmr_start(&f->turn, 1, again, f);
		mbuf_rewind(f->piece);
		f->end = trace_read(&f->reader, f->trace, f->piece, PIECE) != 0;
		f->piece->pos = 0;
		n = mbuf_get_left(f->piece);
	}
	if (!n)
		return f->end ? -1 : 0;
	n = n < size ? n : size;
	(void)mbuf_read_mem(f->piece, buf, n);

	return (int)n;
}

/* --- what it does --- */

static bool there(const struct ui_ask *ask, struct web_reply *rep)
{
	if (ask->host->trace)
		return true;
	ui_refuse(rep, 404, "no_trace", "this door records no trace");

	return false;
}

static void state(const struct ui_ask *ask, struct web_reply *rep)
{
	struct trace_state s;

	trace_state(ask->host->trace, &s);
	ui_reply(rep, 200, json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "running", (int)s.running,
				     "since_us", (json_int_t)s.since_us, "sip", (json_int_t)s.sip,
				     "packets", (json_int_t)s.packets, "bytes", (json_int_t)s.bytes,
				     "limit_bytes", (json_int_t)(TRACE_SIP_BYTES + TRACE_PACKET_BYTES),
				     "dropped", (json_int_t)s.dropped, "limit_s", (json_int_t)TRACE_MAX_S));
}

/** What there is */
void ui_trace(const struct ui_ask *ask, struct web_reply *rep)
{
	if (there(ask, rep))
		state(ask, rep);
}

static int64_t wall_us(void)
{
	struct timeval tv;

	(void)gettimeofday(&tv, NULL);

	return (int64_t)tv.tv_sec * 1000000 + tv.tv_usec;
}

/** Start, stop, clear */
void ui_trace_do(const struct ui_ask *ask, struct web_reply *rep)
{
	const char *action = ui_text(ask, "action", "");

	if (!there(ask, rep))
		return;
	if (!strcmp(action, "start")) {
		if (trace_start(ask->host->trace, wall_us())) {
			ui_refuse(rep, 409, "trace_runs", "the trace runs already; stop it first");
			return;
		}
	}
	else if (!strcmp(action, "stop")) {
		trace_stop(ask->host->trace);
	}
	else if (!strcmp(action, "clear")) {
		trace_clear(ask->host->trace);
	}
	else {
		ui_refuse(rep, 422, "bad_action", "action \"%.40s\": there are start, stop, clear", action);
		return;
	}
	state(ask, rep);
}

/* --- files --- */

static void file(const struct ui_ask *ask, struct web_reply *rep, enum trace_form form)
{
	struct trace_feed *f;

	if (!there(ask, rep))
		return;
	f = mem_zalloc(sizeof(*f), destructor);
	if (f)
		f->piece = mbuf_alloc(PIECE);
	if (!f || !f->piece) {
		mem_deref(f);
		ui_refuse(rep, 503, "no_memory", "no memory for this download; try again");
		return;
	}
	f->feed.read = read_feed;
	f->trace = mem_ref(ask->host->trace);
	trace_read_begin(&f->reader, f->trace, form);
	rep->status = 200;
	rep->type = form == TRACE_TEXT ? "text/plain; charset=utf-8" : "application/x-pcapng";
	rep->feed = &f->feed;
	ui_attach(rep, "trace", form == TRACE_TEXT ? "txt" : "pcapng");
}

/** Packets */
void ui_trace_pcapng(const struct ui_ask *ask, struct web_reply *rep)
{
	file(ask, rep, TRACE_PCAPNG);
}

/** SIP as text */
void ui_trace_txt(const struct ui_ask *ask, struct web_reply *rep)
{
	file(ask, rep, TRACE_TEXT);
}
