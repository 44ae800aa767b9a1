/**
 * @file test_ioboard.c  The firmware of the input/output board, in QEMU, from outside (HIL-01)
 *
 *     test_ioboard FIRMWARE_ELF
 *
 * Speaks the link as a host would, drives inputs and watches outputs behind the firmware's back,
 * and prints what it measured.  Ends at the first thing that is wrong.
 */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../hil/clock.h"
#include "../hil/line.h"
#include "../hil/link.h"
#include "../hil/qemu.h"
#include "../hil/timesync.h"

#define PORT_B 1
#define BEAT_US 100000                  /* a heartbeat so often while beating */
#define TRIPS 2000
#define KEPT 512
#define STALL_MS 1000                   /* a host that stalls longer is no place for this test */
#define WAVE_STEP_US 10000
#define TICK_US 1000                    /* a stall shorter than the board's tick is not seen */

static struct qemu qemu;
static int serial = -1;
static struct link_reader reader;
static struct link_msg kept[KEPT];      /* what came and was not waited for yet, oldest first */
static unsigned kept_n;
static struct timesync sync_;
static struct link_msg hello;
static uint16_t seq;
static uint64_t beat_us;                /* host time of the last heartbeat */
static bool beating;
static uint32_t stall_us;               /* largest the board has told of since it was set to 0 */

static void need(bool ok, const char *fmt, ...)
{
	va_list ap;

	if (ok)
		return;
	va_start(ap, fmt);
	fprintf(stderr, "FAIL  ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	qemu_stop(&qemu);
	exit(1);
}

/* --- the link --- */

static uint16_t tell(struct link_msg m)
{
	uint8_t frame[LINK_FRAME_MAX];
	size_t n;

	m.seq = ++seq;
	m.t_us = hil_clock_us();
	need(!link_encode(frame, &n, &m), "message 0x%02x cannot be encoded", m.type);
	need(send(serial, frame, n, MSG_NOSIGNAL) == (ssize_t)n, "the serial line is closed");
	return m.seq;
}

static void beat(void)
{
	beat_us = hil_clock_us();
	tell((struct link_msg){.type = LINK_HEARTBEAT});
}

static void keep(const struct link_msg *m)
{
	if (m->type == LINK_WATERMARK && m->u.watermark.stall_us > stall_us)
		stall_us = m->u.watermark.stall_us;
	if (m->type == LINK_WATERMARK || m->type == LINK_FAILSAFE) {
		unsigned i;

		for (i = 0; i < kept_n && kept[i].type != m->type; ++i)
			;
		if (i < kept_n) {
			memmove(kept + i, kept + i + 1, (--kept_n - i) * sizeof(*kept));
		}
	}
	need(kept_n < KEPT, "%u messages nobody waited for", kept_n);
	kept[kept_n++] = *m;
}

/** Read for a while what comes; heartbeats go on */
static void listen_ms(int ms)
{
	struct pollfd p = {.fd = serial, .events = POLLIN};
	struct link_msg m;
	uint8_t buf[512];
	ssize_t n, i;

	if (beating && hil_clock_us() - beat_us >= BEAT_US)
		beat();
	if (poll(&p, 1, ms) <= 0)
		return;
	n = recv(serial, buf, sizeof(buf), 0);
	need(n > 0, "QEMU has closed the serial line");
	for (i = 0; i < n; ++i) {
		if (!link_read(&reader, &m, buf[i]))
			keep(&m);
	}
}

/** Wait for a message of a type; those before it of other types stay */
static struct link_msg await(unsigned type, int timeout_ms)
{
	const uint64_t until = hil_clock_us() + (uint64_t)timeout_ms * 1000;
	struct link_msg m;
	unsigned i;

	for (;;) {
		for (i = 0; i < kept_n; ++i) {
			if (kept[i].type != type)
				continue;
			m = kept[i];
			memmove(kept + i, kept + i + 1, (--kept_n - i) * sizeof(*kept));
			return m;
		}
		need(hil_clock_us() < until, "message 0x%02x did not come within %d ms", type,
		     timeout_ms);
		listen_ms(5);
	}
}

static void forget(void)
{
	const uint64_t until = hil_clock_us() + 60000;
	struct qemu_edge e;

	while (hil_clock_us() < until)
		listen_ms(5);
	kept_n = 0;
	while (!qemu_edge(&qemu, &e, 0))
		;
}

static void accepted(struct link_msg m)
{
	const uint16_t s = tell(m);

	need(await(LINK_ACK, 1000).u.ack.seq == s, "the ACK is not for message 0x%02x", m.type);
}

static void refused(struct link_msg m, enum link_reason reason)
{
	const uint16_t s = tell(m);
	const struct link_msg n = await(LINK_NACK, 1000);

	need(n.u.nack.seq == s && n.u.nack.reason == reason,
	     "message 0x%02x: NACK reason %u, want %u", m.type, n.u.nack.reason, reason);
}

static struct link_msg set(unsigned pin, bool level)
{
	struct link_msg m = {.type = LINK_SET};

	m.u.set.pin = (uint8_t)pin;
	m.u.set.level = level;
	return m;
}

static struct link_msg edge_of(unsigned pin, bool level)
{
	const struct link_msg e = await(LINK_EDGE, 1000);

	need(e.u.edge.pin == pin && e.u.edge.level == level,
	     "EDGE of pin %u to %u, want pin %u to %u", e.u.edge.pin, e.u.edge.level, pin, level);
	return e;
}

static struct qemu_edge outside(unsigned pin, bool level, int timeout_ms)
{
	const uint64_t until = hil_clock_us() + (uint64_t)timeout_ms * 1000;
	struct qemu_edge e = {0};
	int err;

	/* the serial line is read all the while: unread, it stalls the board */
	do {
		err = qemu_edge(&qemu, &e, 1);
		if (err == ETIMEDOUT)
			listen_ms(0);
	} while (err == ETIMEDOUT && hil_clock_us() < until);
	need(!err, "pin %u to %u: not seen from outside: %s", pin, level, strerror(err));
	need(e.bit == (hello.u.hello.map[pin] & 15u) && e.level == level,
	     "from outside bit %u went to %u", e.bit, e.level);
	return e;
}

/* --- what is tested --- */

static void greet(void)
{
	hello = await(LINK_HELLO, 5000);
	need(!memcmp(hello.u.hello.board, "lm3s6965evb", 12), "another board says HELLO");
	need(hello.u.hello.tables == link_tables_hash(),
	     "the board's tables are others than the host's");
	need(hello.u.hello.clock == LINK_CLOCK_EMULATED && !hello.u.hello.armed,
	     "clock or arming in HELLO");
	need(hello.u.hello.levels == (1u << LINK_PIN_MAINS | 1u << LINK_PIN_POE),
	     "levels 0x%x in HELLO", hello.u.hello.levels);
	need(await(LINK_FAILSAFE, 1000).u.failsafe.cause == LINK_CAUSE_BOOT,
	     "FAILSAFE at boot has another cause");
	printf("ok    HELLO: %s, protocol %u, tables %08x, tick %u ns\n",
	       (const char *)hello.u.hello.board, hello.u.hello.version, hello.u.hello.tables,
	       hello.u.hello.tick_ns);
}

static void arm(void)
{
	beat();
	accepted((struct link_msg){.type = LINK_ARM});
	beating = true;
}

static void refusals(void)
{
	struct link_msg late = {.type = LINK_SET_AT};

	refused(set(LINK_PIN_RELAY1, true), LINK_NACK_DISARMED);
	refused((struct link_msg){.type = LINK_ARM}, LINK_NACK_SILENT);
	refused(set(LINK_PIN_BUTTON, true), LINK_NACK_DIRECTION);
	refused((struct link_msg){.type = LINK_ACK}, LINK_NACK_TYPE);
	late.u.set_at.pin = LINK_PIN_LIT_CALL;
	late.u.set_at.at_us = 1;
	refused(late, LINK_NACK_LATE);
	arm();
	puts("ok    what is not allowed is refused with its reason; ARM wants a heartbeat");
}

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void round_trips(void)
{
	static uint64_t trip[TRIPS];
	uint64_t before, last = 0;
	struct link_msg e;
	unsigned i;

	for (i = 0; i < TRIPS; ++i) {
		const unsigned pin = i / 2 % 2 ? LINK_PIN_LIT_CALL : LINK_PIN_RELAY1;

		before = hil_clock_us();
		accepted(set(pin, !(i % 2)));
		e = edge_of(pin, !(i % 2));
		trip[i] = hil_clock_us() - before;
		need(e.u.edge.at_us > last, "the board's time went back");
		last = e.u.edge.at_us;
		(void)outside(pin, !(i % 2), 1000);
	}
	qsort(trip, TRIPS, sizeof(trip[0]), by_size);
	printf("ok    SET to EDGE, %d times, also seen from outside: p50 %llu us, p99 %llu us, "
	       "most %llu us\n",
	       TRIPS, (unsigned long long)trip[TRIPS / 2],
	       (unsigned long long)trip[TRIPS * 99 / 100], (unsigned long long)trip[TRIPS - 1]);
	need(await(LINK_WATERMARK, 1000).u.watermark.upto_us > 0, "no WATERMARK");
}

static void one_sync(void)
{
	struct link_msg m = {.type = LINK_TIMESYNC}, back;
	uint64_t now;

	m.u.timesync.host_us = hil_clock_us();
	tell(m);
	back = await(LINK_TIMESYNC, 1000);
	now = hil_clock_us();
	need(back.u.timesync.host_us == m.u.timesync.host_us,
	     "TIMESYNC came back with another time");
	need(!timesync_add(&sync_, m.u.timesync.host_us, back.u.timesync.board_us, back.t_us, now),
		"the board's clock contradicts itself");
}

static uint64_t board_now(void)
{
	double error;
	uint64_t board = 0;

	one_sync();
	need(!timesync_to_board(&sync_, &board, &error, hil_clock_us()), "no time sync");
	return board;
}

static void time_sync(void)
{
	const uint64_t until = hil_clock_us() + 3500000;
	double error = 0;
	uint64_t board;

	while (hil_clock_us() < until) {
		one_sync();
		listen_ms(20);
	}
	need(!timesync_to_board(&sync_, &board, &error, hil_clock_us()), "no time sync");
	printf("ok    time sync: uncertainty %.0f us, drift %.1f ppm +- %.1f\n", error,
	       sync_.drift * 1e6, sync_.drift_error * 1e6);
	forget();
}

/** Wait for a WATERMARK that covers a time */
static void await_mark(uint64_t board_us)
{
	while (await(LINK_WATERMARK, 1000).u.watermark.upto_us < board_us)
		;
}

/** A press that bounces: one EDGE, with the time of the first change; a stalled board stamps late,
 * and says so */
static void press(bool level, double *worst)
{
	const uint8_t where = hello.u.hello.map[LINK_PIN_BUTTON];
	const uint64_t before = hil_clock_us();
	uint64_t after, host = 0;
	struct link_msg e;
	double error = 0;

	stall_us = 0;
	need(!qemu_drive(&qemu, where, level), "qtest refuses to drive the button");
	after = hil_clock_us();
	need(!qemu_drive(&qemu, where, !level) && !qemu_drive(&qemu, where, level), "qtest");
	e = edge_of(LINK_PIN_BUTTON, level);
	need(!timesync_to_host(&sync_, &host, &error, e.u.edge.at_us), "no time sync");
	await_mark(e.u.edge.at_us);
	error += TICK_US + stall_us;
	need((double)host >= (double)before - error && (double)host <= (double)after + error,
	     "EDGE at %lld us, driven between 0 and %lld, uncertainty %.0f, stall %u",
	     (long long)(host - before), (long long)(after - before), error, stall_us);
	if (*worst < fabs((double)host - (double)before))
		*worst = fabs((double)host - (double)before);
}

static void inputs(void)
{
	double worst = 0;
	int i;

	for (i = 0; i < 20; ++i) {
		press(!(i % 2), &worst);
		one_sync();
		forget();
	}
	printf("ok    an input driven from outside, bouncing: one EDGE each, stamped at most %.0f "
	       "us off\n",
	       worst);
}

/** A WAVE of relay 2, then a SET_AT: lateness by the board's clock */
static void schedule(void)
{
	struct link_msg m = {.type = LINK_WAVE};
	uint64_t at, late, most = 0;
	unsigned i;

	m.u.wave.pin = LINK_PIN_RELAY2;
	m.u.wave.level = 1;
	m.u.wave.at_us = at = board_now() + 200000;
	m.u.wave.n = LINK_WAVE_MAX;
	for (i = 0; i < LINK_WAVE_MAX; ++i)
		m.u.wave.after_us[i] = WAVE_STEP_US;
	accepted(m);
	for (i = 0; i <= LINK_WAVE_MAX; ++i, at += WAVE_STEP_US) {
		const struct link_msg e = edge_of(LINK_PIN_RELAY2, !(i % 2));

		need(e.u.edge.at_us >= at, "edge %u of the WAVE came early", i);
		late = e.u.edge.at_us - at;
		most = late > most ? late : most;
		(void)outside(LINK_PIN_RELAY2, !(i % 2), 1000);
	}
	need(most < 100000, "a scheduled edge was %llu us late", (unsigned long long)most);
	accepted(set(LINK_PIN_RELAY2, false));
	(void)edge_of(LINK_PIN_RELAY2, false);
	printf("ok    a WAVE of %d edges, %d ms apart: at most %llu us late\n", LINK_WAVE_MAX + 1,
	       WAVE_STEP_US / 1000, (unsigned long long)most);
	forget();
}

/** 68 edges at one moment: 64 fit, 4 are said to be lost */
static void overflow(void)
{
	struct link_msg m = {.type = LINK_WAVE}, o;
	int i;

	m.u.wave.pin = LINK_PIN_LIT_DOOR;
	m.u.wave.n = LINK_WAVE_MAX;
	m.u.wave.at_us = board_now() + 300000;
	for (i = 0; i < 4; ++i) {
		m.u.wave.level = !(i % 2); /* 17 edges end where they began: each wave toggles on */
		accepted(m);
	}
	o = await(LINK_OVERFLOW, 1000);
	need(o.u.overflow.lost == 4 && o.u.overflow.pins == 1u << LINK_PIN_LIT_DOOR,
		"OVERFLOW: %u lost, pins 0x%x", o.u.overflow.lost, o.u.overflow.pins);
	printf("ok    OVERFLOW: %u edges of 68 at one moment\n", o.u.overflow.lost);
	forget();
}

static void garbage(void)
{
	struct link_msg m = {.type = LINK_ASK};
	uint8_t noise[200];
	size_t i;

	for (i = 0; i < sizeof(noise); ++i)
		noise[i] = (uint8_t)(i * 37 % 251 + 1);
	noise[sizeof(noise) - 1] = 0;
	for (i = 0; i < 20; ++i) {
		need(send(serial, noise, sizeof(noise), MSG_NOSIGNAL) == sizeof(noise),
		     "serial line");
		listen_ms(5);
	}
	m.u.ask.type = LINK_STATS;
	tell(m);
	m = await(LINK_STATS, 1000);
	need(m.u.stats.rx_bad >= 20 && m.u.stats.edges_lost == 4 && !m.u.stats.tx_lost,
	     "STATS: bad %u, lost %u, tx %u", m.u.stats.rx_bad, m.u.stats.edges_lost,
	     m.u.stats.tx_lost);
	printf("ok    garbage is dropped and counted; %u edges, at most %u us late, stack free %u "
	       "bytes, glitches %u\n",
	       m.u.stats.edges, m.u.stats.late_max_us, m.u.stats.stack_free, m.u.stats.glitches);
}

/** The host falls silent: the relay must have fallen 500 ms after the last heartbeat */
static void silence(void)
{
	struct link_msg f;
	struct qemu_edge e;
	uint64_t board = 0;
	double error = 0;

	accepted(set(LINK_PIN_RELAY1, true));
	(void)edge_of(LINK_PIN_RELAY1, true);
	(void)outside(LINK_PIN_RELAY1, true, 1000);
	one_sync();
	beat();
	beating = false;
	need(!timesync_to_board(&sync_, &board, &error, beat_us), "no time sync");
	e = outside(LINK_PIN_RELAY1, false, 2000);
	(void)edge_of(LINK_PIN_RELAY1, false);
	f = await(LINK_FAILSAFE, 1000);
	need(f.u.failsafe.cause == LINK_CAUSE_SILENCE, "FAILSAFE for another cause");
	need((double)(f.u.failsafe.at_us - board) <= LINK_HEARTBEAT_MS * 1000. + error,
	     "released %llu us after the heartbeat",
	     (unsigned long long)(f.u.failsafe.at_us - board));
	printf("ok    silence: relay released %.1f ms after the last heartbeat by the board's "
	       "clock, %.1f ms from outside\n",
	       (double)(f.u.failsafe.at_us - board) / 1000, (double)(e.t_us - beat_us) / 1000);
	refused(set(LINK_PIN_RELAY1, true), LINK_NACK_DISARMED);
	refused((struct link_msg){.type = LINK_ARM}, LINK_NACK_SILENT);
	arm();
	accepted(set(LINK_PIN_RELAY1, true));
	(void)edge_of(LINK_PIN_RELAY1, true);
	(void)outside(LINK_PIN_RELAY1, true, 1000);
	puts("ok    after ARM the relay is driven again");
}

/** The cable is pulled: nobody is there to be told */
static void cut(void)
{
	struct qemu_edge e;
	double ms;

	beat();
	shutdown(serial, SHUT_RDWR);
	need(!qemu_edge(&qemu, &e, 2000) && !e.bit && !e.level, "the relay is not released");
	ms = (double)(e.t_us - beat_us) / 1000;
	need(ms <= LINK_HEARTBEAT_MS + STALL_MS, "line cut: relay released only after %.1f ms", ms);
	printf("%s  line cut: relay released %.1f ms after it, seen from outside%s\n",
	       ms <= LINK_HEARTBEAT_MS ? "ok  " : "??  ", ms,
	       ms <= LINK_HEARTBEAT_MS
	               ? ""
	               : " (inconclusive: the host stalls, and nobody can ask the board)");
}

int main(int argc, char **argv)
{
	char said[256];
	int err;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2) {
		fprintf(stderr, "usage: test_ioboard FIRMWARE_ELF\n");
		return 2;
	}
	err = qemu_start(&qemu, argv[1], PORT_B);
	need(!err, "qemu-system-arm: %s", strerror(err));
	need(!line_open(&serial, qemu.address, said, sizeof(said)), "%s", said);
	/* healthy supplies before the firmware starts: D3 and D4 */
	need(!qemu_drive(&qemu, 0x33, true) && !qemu_drive(&qemu, 0x34, true) &&
	             !qemu_continue(&qemu),
	     "QEMU");
	greet();
	refusals();
	round_trips();
	time_sync();
	inputs();
	schedule();
	overflow();
	garbage();
	silence();
	cut();
	qemu_stop(&qemu);
	return 0;
}
