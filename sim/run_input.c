/**
 * @file run_input.c  Lines from standard input, one a turn of the loop (SIM-02)
 *
 * A terminal or pipe is waited for by the loop; a file or /dev/null cannot be, and is read by a
 * timer.  Standard input stays blocking, since a shell may share it: it is read only when there is
 * something.  One line a turn leaves the door time to act in between.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "run.h"

static void turn(void *arg);

static void deaf(struct run_input *in)
{
	if (in->listening)
		fd_close(STDIN_FILENO);
	in->listening = false;
	in->eof = true;
}

static bool waits(void)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

/* What cannot be read has ended: a directory, a terminal that is gone or belongs to another job */
static void fill(struct run_input *in)
{
	ssize_t n;

	in->pos = in->n = 0;
	if (!waits())
		return;
	n = read(STDIN_FILENO, in->buf, sizeof(in->buf));
	if (n > 0)
		in->n = (size_t)n;
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		deaf(in);
}

static void finish(struct run *r, enum line_status status)
{
	const struct line_reader *l = &r->in.line;

	if (status == LINE_READY)
		run_line(r, l->buf);
	else if (status == LINE_TOO_LONG)
		say_error(r, "the line is longer than %d bytes and was left out", LINE_BYTES);
	else if (status == LINE_CONTROL)
		say_error(r, "the line has a control character (byte 0x%02x) and was left out;"
			  " type plain text", l->control & 0xff);
}

/* One line at most; true where there was one */
static bool one_line(struct run *r)
{
	struct run_input *in = &r->in;
	enum line_status status = LINE_MORE;

	while (in->pos < in->n && status == LINE_MORE)
		status = line_byte(&in->line, in->buf[in->pos++]);
	if (status == LINE_MORE && in->eof && line_begun(&in->line))
		status = line_byte(&in->line, '\n');
	finish(r, status);

	return status != LINE_MORE;
}

/* A headless door ends with its input, but not before the picture it was asked for */
static void end_of_input(struct run *r)
{
	if (!r->window && !tmr_isrunning(&r->shot))
		run_end(r, "end of input");
}

static void turn(void *arg)
{
	struct run *r = arg;
	struct run_input *in = &r->in;

	if (r->ending)
		return;
	if (in->pos == in->n && !in->eof)
		fill(in);
	if (one_line(r) || in->pos < in->n || (!in->listening && !in->eof))
		tmr_start(&in->tmr, 0, turn, r);
	else if (in->eof)
		end_of_input(r);
}

static void readable(int flags, void *arg)
{
	struct run *r = arg;

	(void)flags;
	if (!tmr_isrunning(&r->in.tmr))
		turn(r);
}

/* epoll takes neither files nor /dev/null and its like */
static bool pollable(void)
{
	struct stat st;

	if (fstat(STDIN_FILENO, &st))
		return false;

	return S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(STDIN_FILENO);
}

/**
 * Begin to take lines.
 *
 * @return 0, errno of the loop
 */
int run_input_start(struct run *r)
{
	if (!pollable()) {
		tmr_start(&r->in.tmr, 0, turn, r);
		return 0;
	}
	r->in.listening = true;

	return fd_listen(STDIN_FILENO, FD_READ, readable, r);
}

/** Take no more lines */
void run_input_stop(struct run *r)
{
	tmr_cancel(&r->in.tmr);
	deaf(&r->in);
}
