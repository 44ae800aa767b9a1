/**
 * @file run_trace.c  The debug trace of `ipgap run`: its taps, and its lines (WEB-08)
 *
 * SIP is shown by the door's agent, datagrams by the sockets' wrapper (vnet_tap), which is there only while the trace
 * runs.  `trace save` writes in pieces, one each turn of the loop, and is answered when the file is whole.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "run.h"
#include "vnet.h"

#define PIECE 65536

struct trace_save {
	struct run *run;
	FILE *f;
	struct mbuf *mb;
	struct trace_reader reader;
	struct tmr tmr;
	char file[LINE_BYTES + 1];
};

/* --- taps --- */

/** Each SIP message of the door; @p arg is the run */
void run_trace_sip(bool sent, enum sip_transp tp, const struct sa *src, const struct sa *dst, const uint8_t *data,
		   size_t len, void *arg)
{
	const struct run *r = arg;
	const struct trace_item it = {
		.wall_us = vnet_wall_us(), .src = src, .dst = dst, .data = data, .len = len, .sent = sent,
		.over = tp == SIP_TRANSP_TLS ? TRACE_TLS : tp == SIP_TRANSP_TCP ? TRACE_TCP : TRACE_UDP,
	};

	if (trace_runs(r->trace))
		trace_sip(r->trace, &it);
}

static void packet(const struct vnet_packet *p, void *arg)
{
	const struct trace_item it = {
		.wall_us = (int64_t)p->t_us, .src = p->src, .dst = p->dst, .data = p->data, .len = p->len,
	};

	if (!p->lost)
		trace_packet(arg, &it);
}

static void turned(bool on, void *arg)
{
	const struct run *r = arg;

	vnet_tap(on ? packet : NULL, r->trace);
}

/** Make the trace; it does not run yet.  0, ENOMEM */
int run_trace_start(struct run *r)
{
	return trace_alloc(&r->trace, turned, r);
}

/* --- a file --- */

static void save_destructor(void *arg)
{
	struct trace_save *s = arg;

	tmr_cancel(&s->tmr);
	if (s->f)
		(void)fclose(s->f);
	mem_deref(s->mb);
	s->run->save = NULL;
}

/* The next piece; 0 there are more, ENODATA it is whole, else errno */
static int piece(struct trace_save *s)
{
	int e, failed = 0;

	errno = 0;
	mbuf_rewind(s->mb);
	e = trace_read(&s->reader, s->run->trace, s->mb, PIECE);
	if (fwrite(s->mb->buf, 1, s->mb->end, s->f) != s->mb->end)
		failed = errno ? errno : EIO;
	if (e == ENODATA && !failed) {
		failed = fclose(s->f) ? errno : 0;
		s->f = NULL;
	}

	return failed ? failed : e;
}

static void told(struct run *r, const char *file, int e)
{
	if (e == ENODATA)
		say_ok(r, "%s written", file);
	else
		say_error(r, "%s cannot be written: %s", file, strerror(e));
}

static void go_on(void *arg)
{
	struct trace_save *s = arg;
	struct run *r = s->run;
	const int e = piece(s);

	if (!e) {
		tmr_start(&s->tmr, 0, go_on, s);
		return;
	}
	told(r, s->file, e);
	mem_deref(s);
}

static int open_file(struct trace_save *s, const char *file, enum trace_form form)
{
	str_ncpy(s->file, file, sizeof(s->file));
	s->mb = mbuf_alloc(PIECE);
	if (!s->mb)
		return ENOMEM;
	s->f = fopen(file, "wb");
	if (!s->f)
		return errno;
	trace_read_begin(&s->reader, s->run->trace, form);
	tmr_start(&s->tmr, 0, go_on, s);

	return 0;
}

static bool ends(const char *text, const char *end)
{
	const size_t n = strlen(text), m = strlen(end);

	return n > m && !strcmp(text + n - m, end);
}

static void save(struct run *r, const char *file)
{
	int e;

	if (!ends(file, ".pcapng") && !ends(file, ".txt")) {
		say_error(r, "\"%s\" is not accepted; accepted: FILE.pcapng, a capture, or FILE.txt, SIP as text", file);
		return;
	}
	if (r->save) {
		say_error(r, "%s is being written; try again when it is", r->save->file);
		return;
	}
	r->save = mem_zalloc(sizeof(*r->save), save_destructor);
	if (!r->save) {
		told(r, file, ENOMEM);
		return;
	}
	r->save->run = r;
	e = open_file(r->save, file, ends(file, ".txt") ? TRACE_TEXT : TRACE_PCAPNG);
	if (e) {
		told(r, file, e);
		mem_deref(r->save);
	}
}

/** The run ends: what is being written is written at once, and nothing is recorded any more */
void run_trace_stop(struct run *r)
{
	int e = 0;

	if (r->trace)
		trace_stop(r->trace);
	while (r->save && !e)
		e = piece(r->save);
	mem_deref(r->save);
}

/* --- lines --- */

static void state(struct run *r)
{
	struct trace_state s;

	trace_state(r->trace, &s);
	say_ok(r, "trace %s: %llu SIP messages, %llu packets, %llu dropped, %llu of %d KiB", s.running ? "runs" : "is off",
	       (unsigned long long)s.sip, (unsigned long long)s.packets, (unsigned long long)s.dropped,
	       (unsigned long long)s.bytes / 1024, (TRACE_SIP_BYTES + TRACE_PACKET_BYTES) / 1024);
}

/**
 * `trace start`, `trace stop`, `trace state`, `trace save FILE`.
 *
 * @param r    Run
 * @param what Its second word
 * @param file Its third, "" = none
 */
void run_trace(struct run *r, const char *what, const char *file)
{
	if (!strcmp(what, "save")) {
		save(r, file);
		return;
	}
	if (!strcmp(what, "start") && trace_start(r->trace, vnet_wall_us())) {
		say_error(r, "the trace runs already; `trace stop` ends it, `trace save FILE` writes it");
		return;
	}
	if (!strcmp(what, "stop"))
		trace_stop(r->trace);
	state(r);
}
