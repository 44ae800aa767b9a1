/**
 * @file board.c  One input/output board: its life (see board.h, HIL-01)
 *
 *     ms  0    line opens: ASK HELLO
 *         ..   HELLO: tables compared, HEARTBEAT, ARM, twenty TIMESYNC
 *         100  HEARTBEAT, again and again; the board releases its relays 480 ms after the last one
 *         250  TIMESYNC, again and again
 *         700  of silence: the line is taken for lost and opened anew, after 100, 200 ... 2000 ms
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "board_priv.h"

#define TICK_MS 50
#define GREET_TICK_MS 5
#define BEAT_US 100000
#define SYNC_US 250000
#define ASK_US 300000
#define GREET_US 3000000
#define SILENCE_US 700000
#define BACKOFF_MS 100
#define BACKOFF_MOST_MS 2000

static void connect_line(void *arg);
static void tick(void *arg);

/* --- news --- */

/** Say what makes the picture incomplete */
void board_trouble(struct board *b, enum board_trouble t, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (b->cfg.trouble)
		b->cfg.trouble(t, text, b->cfg.arg);
}

/** Enter a state, and say so where it is another one */
void board_enter(struct board *b, enum board_state state, const char *text)
{
	const bool same = b->state == state;

	b->state = state;
	if (!same && b->cfg.state)
		b->cfg.state(state, text, b->cfg.arg);
}

/* --- the line --- */

static void close_line(struct board *b)
{
	tmr_cancel(&b->tick);
	if (b->fd >= 0) {
		fd_close(b->fd);
		(void)close(b->fd);
	}
	b->fd = -1;
	b->connected = b->greeted = b->armed = false;
	b->out_n = 0;
	board_forget(b);
}

/** Close the line, say why, and try again later */
void board_drop(struct board *b, const char *why)
{
	const bool was = b->state == BOARD_READY || b->state == BOARD_GREETING;

	close_line(b);
	if (was && b->ever)
		board_trouble(b, BOARD_GONE_TROUBLE, "%s", why);
	board_enter(b, BOARD_DOWN, why);
	if (b->unplugged)
		return;
	tmr_start(&b->retry, b->backoff_ms, connect_line, b);
	b->backoff_ms = b->backoff_ms * 2 < BACKOFF_MOST_MS ? b->backoff_ms * 2 : BACKOFF_MOST_MS;
}

static int line_error(const struct board *b)
{
	socklen_t n = sizeof(int);
	int err = 0;

	if (getsockopt(b->fd, SOL_SOCKET, SO_ERROR, &err, &n))
		return errno == ENOTSOCK ? 0 : errno;
	return err;
}

static void take_bytes(struct board *b)
{
	uint8_t buf[1024];
	const ssize_t n = read(b->fd, buf, sizeof(buf));
	ssize_t i;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		board_drop(b, n ? strerror(errno) : "the line was closed at the other end");
		return;
	}
	for (i = 0; i < n && b->fd >= 0 && !b->deaf; ++i)
		board_take_byte(b, buf[i]);
}

static void line_ready(int flags, void *arg)
{
	struct board *b = arg;
	int err;

	if (!b->connected) {
		err = line_error(b);
		if (err) {
			board_drop(b, strerror(err));
			return;
		}
		b->connected = true;
		(void)fd_listen(b->fd, FD_READ, line_ready, b);
		board_greet(b);
	}
	if (flags & FD_WRITE)
		board_flush(b);
	if (b->fd >= 0 && flags & ~FD_WRITE)
		take_bytes(b);
}

static int open_line(struct board *b, char *err, size_t errsize)
{
	int e = line_open(&b->fd, b->cfg.address, err, errsize);

	if (e) {
		b->fd = -1;
		return e;
	}
	memset(&b->reader, 0, sizeof(b->reader));
	b->seq_known = false;
	b->open_us = b->heard_us = hil_clock_us();
	e = fd_listen(b->fd, FD_READ | FD_WRITE, line_ready, b);
	if (!e)
		tmr_start(&b->tick, GREET_TICK_MS, tick, b);
	return e;
}

static void connect_line(void *arg)
{
	struct board *b = arg;
	char err[LINE_ADDRESS + 128];

	if (!open_line(b, err, sizeof(err)))
		board_enter(b, BOARD_GREETING, "");
	else
		board_drop(b, err);
}

/* --- greeting --- */

static void tell(struct board *b, uint8_t type)
{
	struct link_msg msg = {.type = type};

	(void)board_send(b, &msg);
}

static void beat(struct board *b, uint64_t now)
{
	b->beat_us = now;
	tell(b, LINK_HEARTBEAT);
}

static void sync_times(struct board *b, uint64_t now)
{
	struct link_msg msg = {.type = LINK_TIMESYNC};

	b->synced_us = now;
	msg.u.timesync.host_us = hil_clock_us();
	(void)board_send(b, &msg);
}

/** Ask who is there, or, where that is known, arm and compare the clocks */
void board_greet(struct board *b)
{
	const uint64_t now = hil_clock_us();

	b->asked_us = now;
	if (!b->greeted) {
		(void)board_ask(b, LINK_HELLO);
		return;
	}
	beat(b, now);
	tell(b, LINK_ARM);
	sync_times(b, now);
}

static void greet_on(struct board *b, uint64_t now)
{
	char text[160];

	if (b->greeted && b->armed && b->syncs >= BOARD_SYNCS) {
		b->backoff_ms = BACKOFF_MS;
		b->ever = true;
		(void)snprintf(text, sizeof(text), "%.16s", (const char *)b->hello.u.hello.board);
		board_enter(b, BOARD_READY, text);
	}
	else if (now - b->open_us > GREET_US) {
		board_drop(b, !b->greeted ? "nothing at the other end says HELLO; is the firmware flashed?"
		              : !b->armed ? "the board does not let its relays be armed"
		                          : "the board does not tell its time");
	}
	else if (b->greeted && b->armed) {
		sync_times(b, now);
	}
	else if (now - b->asked_us > ASK_US) {
		board_greet(b);
	}
}

/* A host that was away may find the answer in its buffer: the line is read before a timer is looked at */
static void tick(void *arg)
{
	struct board *b = arg;
	const uint64_t now = hil_clock_us();

	tmr_start(&b->tick, b->state == BOARD_READY ? TICK_MS : GREET_TICK_MS, tick, b);
	if (b->state == BOARD_REFUSED || !b->connected)
		return;
	if (b->greeted && now - b->heard_us > SILENCE_US) {
		board_drop(b, "the board is silent");
		return;
	}
	if (b->greeted && !b->mute && now - b->beat_us >= BEAT_US)
		beat(b, now);
	if (b->state == BOARD_GREETING)
		greet_on(b, now);
	else if (now - b->synced_us >= SYNC_US)
		sync_times(b, now);
	if (b->fd >= 0)
		board_overdue(b, now);
}

/* --- life --- */

static void destructor(void *arg)
{
	struct board *b = arg;

	tmr_cancel(&b->retry);
	close_line(b);
}

/**
 * Open the way to a board; what follows is told by the handlers.
 *
 * @param bp      Written on success; mem_deref() closes the line, the board releases its relays 480 ms later
 * @param cfg     Copied
 * @param err     Written on failure: what was wrong, and what would be right
 * @param errsize Its size
 *
 * @return 0, ENOMEM, errno of line_open()
 */
int board_alloc(struct board **bp, const struct board_config *cfg, char *err, size_t errsize)
{
	struct board *b = mem_zalloc(sizeof(*b), destructor);
	int e;

	if (!b) {
		(void)snprintf(err, errsize, "%s", strerror(ENOMEM));
		return ENOMEM;
	}
	b->cfg = *cfg;
	b->fd = -1;
	b->backoff_ms = BACKOFF_MS;
	e = open_line(b, err, errsize);
	if (e) {
		mem_deref(b);
		return e;
	}
	b->state = BOARD_GREETING;
	*bp = b;
	return 0;
}

/* --- what a test does to the line --- */

/** Pull the cable, or plug it again. */
void board_cable(struct board *b, bool plugged)
{
	b->unplugged = !plugged;
	tmr_cancel(&b->retry);
	if (!plugged)
		board_drop(b, "the cable was pulled");
	else if (b->fd < 0)
		connect_line(b);
}

/** Read what comes, but take none of it for a message: the host's ear is lost, its voice is not. */
void board_deaf(struct board *b, bool deaf)
{
	b->deaf = deaf;
}

/**
 * Send no heartbeat, as a program that hangs: the board releases its relays and says so; then it is greeted anew.
 *
 * @return Host time of the last heartbeat [us]
 */
uint64_t board_mute(struct board *b, bool mute)
{
	b->mute = mute;
	return b->beat_us;
}
