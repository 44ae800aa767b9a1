/**
 * @file run_say.c  What `ipgap run` writes to standard output: answers, and durable events (EVT-01)
 *
 *     text   ok TEXT           error: TEXT                  08:00:00.123 call_answered call=1
 *     JSON   {"ok":true,...}   {"ok":false,"error":"TEXT"}  {"seq":...,"event":"call_answered",...}
 *
 * Each line is flushed at once, so that a program behind a pipe may rely on what it read.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "../core/door/text.h"
#include "run.h"
#include "vnet.h"

#define EVENT_BYTES STORE_JSON
#define WAITING_MAX 1000000             /* bytes of events kept for a disk that does not answer */
#define WAITING_US 2000000              /* a person is told when events wait that long */

static const char *const colour[EVENT_CLASSES] = {
	[EVENT_APPLICATION] = "35", [EVENT_NETWORK] = "34", [EVENT_DISPLAY] = "33",
	[EVENT_HARDWARE] = "31", [EVENT_DOOR] = "32", [EVENT_USAGE] = "36", [EVENT_AUDIO] = "95",
};

/* Nobody reads any more: the run ends, and stderr says why */
static void closed(struct run *r)
{
	if (r->status)
		return;
	r->status = 1;
	(void)fprintf(stderr, "ipgap run: standard output cannot be written: ending\n");
	run_end(r, "standard output closed");
}

static void out(struct run *r, const void *buf, size_t n, bool line)
{
	if (fwrite(buf, 1, n, stdout) != n || (line && putchar('\n') == EOF) || fflush(stdout))
		closed(r);
}

/** Write a line as it is: part of an answer of many lines */
void say_line(struct run *r, const char *text)
{
	out(r, text, strlen(text), true);
}

/** Write all of a buffer as one line */
void say_mbuf(struct run *r, struct mbuf *mb)
{
	out(r, mb->buf, mb->end, true);
}

/** Add a text to a buffer as a JSON string */
void say_quoted(struct mbuf *mb, const char *text)
{
	char buf[6 * SETTINGS_TEXT + 1];
	struct text t;

	text_start(&t, buf, sizeof(buf));
	text_escaped(&t, text, SETTINGS_TEXT);
	(void)mbuf_printf(mb, "\"%s\"", buf);
}

static void answer(struct run *r, bool ok, const char *text)
{
	struct mbuf *mb = mbuf_alloc(256);

	if (!mb)
		return;
	if (!r->args.json) {
		(void)mbuf_printf(mb, "%s%s%s%s%s", r->colour && !ok ? "\033[31m" : "",
				  ok ? "ok" : "error:", r->colour && !ok ? "\033[0m" : "",
				  *text ? " " : "", text);
	}
	else {
		(void)mbuf_printf(mb, "{\"ok\":%s", ok ? "true" : "false");
		if (*text) {
			(void)mbuf_printf(mb, ",\"%s\":", ok ? "text" : "error");
			say_quoted(mb, text);
		}
		(void)mbuf_write_str(mb, "}");
	}
	say_mbuf(r, mb);
	mem_deref(mb);
}

/** Answer that a command was done */
void say_ok(struct run *r, const char *fmt, ...)
{
	char text[RUN_ERR] = "";
	va_list ap;

	va_start(ap, fmt);
	(void)re_vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	answer(r, true, text);
}

/** Answer that a command was not done: what was wrong, and what would be right */
void say_error(struct run *r, const char *fmt, ...)
{
	char text[RUN_ERR] = "";
	va_list ap;

	va_start(ap, fmt);
	(void)re_vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	answer(r, false, text);
}

/**
 * Local time of day, "08:00:00.123".
 *
 * @param buf     Written
 * @param size    13 hold it
 * @param wall_us Calendar [us since 1970 UTC]
 *
 * @return Length
 */
size_t say_time(char *buf, size_t size, int64_t wall_us)
{
	const time_t s = (time_t)(wall_us / 1000000);
	struct tm tm;
	size_t n = strftime(buf, size, "%H:%M:%S", localtime_r(&s, &tm));

	return n + (size_t)snprintf(buf + n, size - n, ".%03d", (int)(wall_us / 1000 % 1000));
}

static void event_line(const struct run *r, const struct event *ev)
{
	char text[EVENT_BYTES], time[16];
	size_t n;

	if (r->args.json) {
		(void)event_json(text, sizeof(text), ev);
		(void)mbuf_printf(r->waiting, "%s\n", text);
		return;
	}
	(void)event_text(text, sizeof(text), ev);
	(void)say_time(time, sizeof(time), ev->wall_us);
	n = strcspn(text, " ");
	if (r->colour)
		(void)mbuf_printf(r->waiting, "\033[2m%s\033[0m \033[%sm%b\033[0m%s\n", time,
				  colour[event_def(ev->id)->cls], text, n, text + n);
	else
		(void)mbuf_printf(r->waiting, "%s %s\n", time, text);
}

/** An event happened: it is written by say_durable() */
void say_event(struct run *r, const struct event *ev)
{
	if (!r->waiting_us)
		r->waiting_us = vnet_now_us();
	if (r->waiting->end < WAITING_MAX)
		event_line(r, ev);
}

/** All events so far are durable: write them */
void say_durable(struct run *r)
{
	struct mbuf *mb = r->waiting;

	if (r->store_told)
		(void)fprintf(stderr, "ipgap run: events are stored again\n");
	r->store_told = false;
	r->waiting_us = 0;
	if (mb->end)
		out(r, mb->buf, mb->end, false);
	mbuf_reset(mb);
}

/** From time to time: tell a person when events cannot be stored */
void say_watch(struct run *r)
{
	if (!r->waiting_us || r->store_told || vnet_now_us() - r->waiting_us < WAITING_US)
		return;
	r->store_told = true;
	(void)fprintf(stderr, "ipgap run: events cannot be stored and wait in memory: %s\n",
		      store_error(r->store));
}
