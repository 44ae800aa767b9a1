/**
 * @file fake_board.h  A board in the test's own process, behind a UNIX socket (HIL-01)
 *
 * It greets, acknowledges and answers times as the firmware does; a test says what it leaves out, and sends
 * whatever frame it likes.  All in one thread: the fake is a handler of libre's loop too.
 */
#ifndef HIL_TEST_FAKE_BOARD_H
#define HIL_TEST_FAKE_BOARD_H

#include <check.h>
#include <errno.h>
#include <re.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "../clock.h"
#include "../link.h"
#include "../../sim/vnet.h"

#define LINE_ROOM 128

struct fake {
	int listen_fd, fd;
	char address[LINE_ROOM];
	struct link_reader reader;
	uint16_t seq;
	int64_t offset_us;              /* board time = host time + offset */
	uint32_t levels;
	uint32_t tables;
	bool mute, no_ack, no_sync;     /* what it leaves out */
	uint8_t nack;                   /* reason for every SET and WAVE, 0 = ACK */
	unsigned greetings, arms, sets, waves;
	struct link_msg last;           /* SET or WAVE */
};

static inline uint64_t fake_now(const struct fake *f)
{
	return hil_clock_us() + (uint64_t)f->offset_us;
}

static inline void fake_bytes(struct fake *f, const uint8_t *p, size_t n)
{
	if (f->fd >= 0)
		ck_assert_int_eq(send(f->fd, p, n, MSG_NOSIGNAL), (ssize_t)n);
}

static inline void fake_send(struct fake *f, struct link_msg m)
{
	uint8_t frame[LINK_FRAME_MAX];
	size_t n = 0;

	m.seq = ++f->seq;
	if (!m.t_us)
		m.t_us = fake_now(f);
	ck_assert_int_eq(link_encode(frame, &n, &m), 0);
	fake_bytes(f, frame, n);
}

static inline void fake_hello(struct fake *f)
{
	struct link_msg m = {.type = LINK_HELLO};
	unsigned i;

	memcpy(m.u.hello.board, "fake", 4);
	m.u.hello.version = LINK_VERSION;
	m.u.hello.tables = f->tables;
	m.u.hello.levels = f->levels;
	m.u.hello.n = LINK_PIN_COUNT;
	for (i = 0; i < LINK_PIN_COUNT; ++i)
		m.u.hello.map[i] = (uint8_t)i;
	fake_send(f, m);
}

static inline void fake_edge(struct fake *f, unsigned pin, bool level, uint64_t at_us)
{
	struct link_msg m = {.type = LINK_EDGE};

	m.u.edge.pin = (uint8_t)pin;
	m.u.edge.level = level;
	m.u.edge.at_us = at_us;
	f->levels = (f->levels & ~(1u << pin)) | (uint32_t)level << pin;
	fake_send(f, m);
}

static inline void fake_watermark(struct fake *f, uint64_t upto_us, uint32_t levels, uint32_t stall_us)
{
	struct link_msg m = {.type = LINK_WATERMARK};

	m.u.watermark.upto_us = upto_us;
	m.u.watermark.levels = levels;
	m.u.watermark.stall_us = stall_us;
	fake_send(f, m);
}

static inline void fake_answer(struct fake *f, const struct link_msg *q, uint8_t nack)
{
	struct link_msg m = {.type = nack ? LINK_NACK : LINK_ACK};

	if (nack) {
		m.u.nack.seq = q->seq;
		m.u.nack.type = q->type;
		m.u.nack.reason = nack;
	}
	else {
		m.u.ack.seq = q->seq;
		m.u.ack.type = q->type;
	}
	fake_send(f, m);
}

static inline void fake_drive(struct fake *f, const struct link_msg *m)
{
	const bool set = m->type == LINK_SET;
	const unsigned pin = set ? m->u.set.pin : m->u.wave.pin;
	const bool level = set ? m->u.set.level : m->u.wave.level;

	f->last = *m;
	if (set)
		++f->sets;
	else
		++f->waves;
	if (f->no_ack)
		return;
	fake_answer(f, m, f->nack);
	if (!f->nack && (f->levels >> pin & 1) != level)
		fake_edge(f, pin, level, fake_now(f));
}

static inline void fake_take(struct fake *f, const struct link_msg *m)
{
	struct link_msg r = {.type = LINK_TIMESYNC};

	switch (m->type) {
	case LINK_ASK:
		++f->greetings;
		if (!f->mute && m->u.ask.type == LINK_HELLO)
			fake_hello(f);
		break;
	case LINK_ARM:
		++f->arms;
		fake_answer(f, m, 0);
		break;
	case LINK_TIMESYNC:
		r.u.timesync.host_us = m->u.timesync.host_us;
		r.u.timesync.board_us = fake_now(f);
		if (!f->no_sync)
			fake_send(f, r);
		break;
	case LINK_SET:
	case LINK_WAVE:
		fake_drive(f, m);
		break;
	default:
		break;
	}
}

static inline void fake_hang_up(struct fake *f)
{
	if (f->fd < 0)
		return;
	fd_close(f->fd);
	(void)close(f->fd);
	f->fd = -1;
}

static inline void fake_read(int flags, void *arg)
{
	struct fake *f = arg;
	uint8_t buf[4096];
	struct link_msg m;
	ssize_t i, n = recv(f->fd, buf, sizeof(buf), MSG_DONTWAIT);

	(void)flags;
	if (n <= 0 && !(n < 0 && errno == EAGAIN))
		fake_hang_up(f);
	for (i = 0; i < n && f->fd >= 0; ++i)
		if (!link_read(&f->reader, &m, buf[i]))
			fake_take(f, &m);
}

static inline void fake_accept(int flags, void *arg)
{
	struct fake *f = arg;

	(void)flags;
	fake_hang_up(f);
	f->fd = accept(f->listen_fd, NULL, NULL);
	memset(&f->reader, 0, sizeof(f->reader));
	ck_assert_int_eq(fd_listen(f->fd, FD_READ, fake_read, f), 0);
}

/** Listen; the address is one of this process */
static inline void fake_open(struct fake *f)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int n;

	memset(f, 0, sizeof(*f));
	f->fd = -1;
	f->tables = link_tables_hash();
	f->offset_us = -(int64_t)hil_clock_us() + 1000000;      /* a board that has run for a second */
	n = snprintf(sa.sun_path + 1, sizeof(sa.sun_path) - 1, "ipgap-fake-%d", (int)getpid());
	(void)snprintf(f->address, sizeof(f->address), "unix:@%s", sa.sun_path + 1);
	f->listen_fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(f->listen_fd, (struct sockaddr *)&sa,
	                      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n)), 0);
	ck_assert_int_eq(listen(f->listen_fd, 4), 0);
	ck_assert_int_eq(fd_listen(f->listen_fd, FD_READ, fake_accept, f), 0);
}

static inline void fake_close(struct fake *f)
{
	fake_hang_up(f);
	fd_close(f->listen_fd);
	(void)close(f->listen_fd);
}

/* --- the loop --- */

static inline void fake_stop(void *arg)
{
	(void)arg;
	re_cancel();
}

static inline void run_ms(uint64_t ms)
{
	struct tmr t;

	tmr_init(&t);
	tmr_start(&t, ms, fake_stop, NULL);
	ck_assert_int_eq(re_main(NULL), 0);
	tmr_cancel(&t);
}

#endif
