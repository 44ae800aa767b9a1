/**
 * @file test_clock.c  A door's calendar on a machine whose own is set while it runs (TIM-01, SRV-04); the rest is in
 *                     scenarios/schedules/clock.lua
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#include "core/gap.h"
#include "sim/vnet.h"

Suite *suite(void);

#define US INT64_C(1000000)
#define HOUR_US (3600 * US)

static struct {
	struct media *media;
	struct store *store;
	struct gap *gap;
	struct udp_sock *server;
	int64_t machine_us;             /* the machine's calendar was set by so much */
	unsigned asked, clock, ntp;     /* questions, events */
	char by[32], change[32], dir[64];
} x;

static char err[512];

/* --- a machine --- */

static uint64_t now_us(void *ctx) { (void)ctx; return vnet_now_us(); }
static int64_t wall_us(void *ctx) { (void)ctx; return vnet_wall_us() + x.machine_us; }
static int relay(void *ctx, unsigned n, bool on, uint64_t us) { (void)ctx; (void)n; (void)on; (void)us; return 0; }
static int picto(void *ctx, enum gap_pictogram p, struct gap_light l) { (void)ctx; (void)p; (void)l; return 0; }
static int dip(void *ctx, unsigned *mask) { (void)ctx; *mask = 0; return 0; }
static int beep(void *ctx) { (void)ctx; return 0; }
static void stop(void *arg) { (void)arg; re_cancel(); }

static void run(uint64_t s)
{
	struct tmr tmr;

	tmr_init(&tmr);
	tmr_start(&tmr, s * 1000, stop, NULL);
	(void)re_main(NULL);
}

static void put_time(uint8_t *p, int64_t us)
{
	const uint64_t v = ((uint64_t)(us / US + INT64_C(2208988800)) << 32) + (((uint64_t)(us % US) << 32) / (uint64_t)US);
	unsigned i;

	for (i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
}

/* An NTP server whose time is the simulated one */
static void asked(const struct sa *src, struct mbuf *mb, void *arg)
{
	uint8_t p[NTP_PACKET] = {0x24, 2};
	struct mbuf *out = mbuf_alloc(sizeof(p));

	(void)arg;
	++x.asked;
	memcpy(p + 24, mbuf_buf(mb) + 40, NTP_COOKIE);
	put_time(p + 32, vnet_wall_us());
	put_time(p + 40, vnet_wall_us());
	(void)mbuf_write_mem(out, p, sizeof(p));
	out->pos = 0;
	(void)udp_send(x.server, src, out);
	mem_deref(out);
}

static void heard(const struct event *ev, void *arg)
{
	(void)arg;
	if (ev->id == EV_NTP)
		++x.ntp;
	if (ev->id != EV_CLOCK)
		return;
	++x.clock;
	str_ncpy(x.by, ev->val[0].s, sizeof(x.by));
	str_ncpy(x.change, ev->val[1].s, sizeof(x.change));
}

/* --- a door --- */

static void boot(void)
{
	static const struct gap_port_ops port = {
		.now_us = now_us, .wall_us = wall_us, .relay = relay, .pictogram = picto, .dip = dip, .beep = beep,
	};
	struct gap_config gc = {.port = &port, .media = x.media, .store = x.store};

	ck_assert_int_eq(sa_set_str(&gc.laddr, "10.77.0.1", 0), 0);
	ck_assert_int_eq(gap_alloc(&x.gap, &gc, err, sizeof(err)), 0);
	ck_assert_int_eq(event_subscribe(gap_bus(x.gap), heard, NULL), 0);
	ck_assert_msg(!gap_start(x.gap, err, sizeof(err)), "%s", err);
}

static void set(const char *key, const char *value)
{
	ck_assert_msg(!gap_set(x.gap, key, value, err, sizeof(err)), "%s", err);
}

static void by_ntp(void)
{
	set("time.ntp_server", "10.77.0.2");
	set("time.source", "ntp");
	run(2);
}

/* What the door shows more than it is [ms] */
static int64_t wrong_ms(void)
{
	return (gap_wall_us(x.gap) - vnet_wall_us()) / 1000;
}

static void setup(void)
{
	struct sa sa;

	memset(&x, 0, sizeof(x));
	ck_assert_int_eq(vnet_start(true, 3), 0);
	ck_assert_int_eq(libre_init(), 0);
	str_ncpy(x.dir, "/tmp/ipgap-clock-XXXXXX", sizeof(x.dir));
	ck_assert_ptr_nonnull(mkdtemp(x.dir));
	ck_assert_int_eq(store_open(&x.store, x.dir, err, sizeof(err)), 0);
	ck_assert_int_eq(media_alloc(&x.media, now_us, NULL), 0);
	ck_assert_int_eq(sa_set_str(&sa, "10.77.0.2", 123), 0);
	ck_assert_int_eq(udp_listen(&x.server, &sa, asked, NULL), 0);
	boot();
}

static void teardown(void)
{
	char file[128];

	x.gap = mem_deref(x.gap);
	mem_deref(x.store);
	mem_deref(x.media);
	mem_deref(x.server);
	(void)re_snprintf(file, sizeof(file), "%s/%s", x.dir, STORE_FILE);
	(void)unlink(file);
	(void)rmdir(x.dir);
	libre_close();
	tmr_debug();
	mem_debug();
}

/* --- the tests --- */

START_TEST(with_the_machines_clock_the_door_follows_it)
{
	x.machine_us = 5 * HOUR_US;
	ck_assert_int_eq(wrong_ms(), 5 * 3600000);
	run(200);
	ck_assert_uint_eq(x.clock, 0);
	ck_assert_uint_eq(x.asked, 0);
	ck_assert_ptr_null(gap_ntp(x.gap));
}
END_TEST

START_TEST(a_machine_that_is_wrong_is_put_right_for_the_door)
{
	x.machine_us = -5 * HOUR_US;
	by_ntp();
	ck_assert_int_eq(wrong_ms(), 0);
	ck_assert_str_eq(x.by, "ntp");
	ck_assert_str_eq(x.change, "+18000.000");
	ck_assert_uint_eq(x.ntp, 1);
}
END_TEST

/* Set anew, or asleep: within a minute the server is asked and believed at once, whatever the interval was */
START_TEST(a_machines_clock_that_is_set_is_seen_within_a_minute)
{
	unsigned n;

	by_ntp();
	run(20000);
	ck_assert_uint_eq(gap_ntp(x.gap)->poll_s, NTP_POLL_MAX_S);
	n = x.asked;
	x.machine_us = _i ? 8 * HOUR_US : -8 * HOUR_US;
	run(62);
	ck_assert_uint_eq(x.asked, n + 1);
	ck_assert_int_eq(wrong_ms(), 0);
	ck_assert_uint_eq(x.ntp, 1);                    /* the server was never lost */
	run(20000);
	ck_assert_int_eq(wrong_ms(), 0);
}
END_TEST

START_TEST(the_clock_by_hand_refuses_with_the_right_code)
{
	ck_assert_int_eq(gap_clock_set(x.gap, 1767600000 * US, "me", err, sizeof(err)), EPERM);
	set("time.source", "manual");
	ck_assert_int_eq(gap_clock_set(x.gap, GAP_CLOCK_MIN_US - 1, "me", err, sizeof(err)), EINVAL);
	ck_assert_int_eq(gap_clock_set(x.gap, GAP_CLOCK_MAX_US + 1, "me", err, sizeof(err)), EINVAL);
	ck_assert_int_eq(gap_clock_set(x.gap, INT64_MIN, "me", err, sizeof(err)), EINVAL);
	ck_assert_int_eq(gap_clock_local(x.gap, "never", "me", err, sizeof(err)), EINVAL);
	ck_assert_uint_eq(x.clock, 0);
	ck_assert_int_eq(gap_clock_set(x.gap, GAP_CLOCK_MAX_US, "me", err, sizeof(err)), 0);
	ck_assert_int_eq(gap_clock_set(x.gap, GAP_CLOCK_MIN_US, "me", err, sizeof(err)), 0);
	ck_assert_uint_eq(x.clock, 2);
	ck_assert_str_eq(x.by, "me");
	gap_stop(x.gap, "test");
	ck_assert_int_eq(gap_clock_set(x.gap, 1767600000 * US, "me", err, sizeof(err)), EAGAIN);
}
END_TEST

/* A full disk: by hand nothing changes, by the server the time is right all the same, and kept when there is room */
START_TEST(a_full_disk_is_told_and_does_no_harm)
{
	struct rlimit was, full;

	set("time.source", "manual");
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
	full = was;
	full.rlim_cur = 0;
	(void)signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
	ck_assert_int_ne(gap_clock_set(x.gap, vnet_wall_us() + HOUR_US, "me", err, sizeof(err)), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
	ck_assert_ptr_nonnull(strstr(err, "could not be stored"));
	ck_assert_int_eq(wrong_ms(), 0);
	ck_assert_uint_eq(x.clock, 0);

	x.machine_us = -HOUR_US;
	set("time.ntp_server", "10.77.0.2");
	set("time.source", "ntp");
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
	run(2);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
	ck_assert_int_eq(wrong_ms(), 0);
	ck_assert_int_eq(store_clock(x.store), 0);
	run(100);
	ck_assert_int_le(llabs(store_clock(x.store) - HOUR_US), 10);
}
END_TEST

/* Set by hand, and by the server: kept in the store, whatever the end was */
START_TEST(the_time_outlives_the_program)
{
	set("time.source", "manual");
	ck_assert_int_eq(gap_clock_set(x.gap, vnet_wall_us() + 7 * HOUR_US, "me", err, sizeof(err)), 0);
	gap_power_lost(x.gap);
	x.gap = mem_deref(x.gap);
	run(100);
	boot();
	ck_assert_int_eq(wrong_ms(), 7 * 3600000);
	by_ntp();
	ck_assert_int_eq(wrong_ms(), 0);
	x.gap = mem_deref(x.gap);
	x.machine_us = -HOUR_US;
	x.server = mem_deref(x.server);
	boot();
	ck_assert_int_eq(wrong_ms(), -3600000);         /* by the machine, the server is silent */
	set("time.source", "system");
	ck_assert_int_eq(wrong_ms(), -3600000);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("clock");
	TCase *tc = tcase_create("clock");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, with_the_machines_clock_the_door_follows_it);
	tcase_add_test(tc, a_machine_that_is_wrong_is_put_right_for_the_door);
	tcase_add_loop_test(tc, a_machines_clock_that_is_set_is_seen_within_a_minute, 0, 2);
	tcase_add_test(tc, the_clock_by_hand_refuses_with_the_right_code);
	tcase_add_test(tc, a_full_disk_is_told_and_does_no_harm);
	tcase_add_test(tc, the_time_outlives_the_program);
	suite_add_tcase(s, tc);

	return s;
}
