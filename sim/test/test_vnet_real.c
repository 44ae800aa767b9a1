/**
 * @file test_vnet_real.c  Real mode: the kernel's loopback, with cable and tap (SIM-03)
 */
#include <check.h>
#include <re.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "sim/vnet.h"

Suite *suite(void);

struct end {
	struct udp_sock *us;
	struct sa sa;
	unsigned n;
	bool echo;
};

static struct end a, b;
static unsigned tapped, tapped_lost;
static struct sa tap_src, tap_dst;

static void say(struct end *from, const struct sa *to)
{
	struct mbuf *mb = mbuf_alloc(4);

	ck_assert_ptr_nonnull(mb);
	(void)mbuf_write_u32(mb, 0);
	mb->pos = 0;
	ck_assert_int_eq(udp_send(from->us, to, mb), 0);
	mem_deref(mb);
}

static void on_packet(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct end *e = arg;

	(void)mb;
	e->n++;
	if (e->echo)
		say(e, src);
}

static void end_open(struct end *e, const char *ip)
{
	memset(e, 0, sizeof(*e));
	ck_assert_int_eq(sa_set_str(&e->sa, ip, 0), 0);
	ck_assert_int_eq(udp_listen(&e->us, &e->sa, on_packet, e), 0);
	ck_assert_int_eq(udp_local_get(e->us, &e->sa), 0);
}

static void stop(void *arg)
{
	(void)arg;
	re_cancel();
}

static void run_ms(uint64_t ms)
{
	struct tmr t;

	tmr_init(&t);
	tmr_start(&t, ms, stop, NULL);
	ck_assert_int_eq(re_main(NULL), 0);
}

static void on_tap(const struct vnet_packet *p, void *arg)
{
	(void)arg;
	tapped++;
	tapped_lost += p->lost;
	tap_src = *p->src;
	tap_dst = *p->dst;
}

static void setup(void)
{
	ck_assert_int_eq(vnet_start(false, 1), 0);
	ck_assert_int_eq(libre_init(), 0);
	end_open(&a, "127.0.0.1");
	end_open(&b, "127.0.0.2");
}

static void teardown(void)
{
	a.us = mem_deref(a.us);
	b.us = mem_deref(b.us);
	libre_close();
}

START_TEST(test_loopback_echo)
{
	b.echo = true;
	say(&a, &b.sa);
	run_ms(50);
	ck_assert_uint_eq(b.n, 1);
	ck_assert_uint_eq(a.n, 1);
}
END_TEST

START_TEST(test_pulled_cable_drops_both_ways_silently)
{
	vnet_link(&b.sa, false);
	say(&a, &b.sa);
	say(&b, &a.sa);
	run_ms(50);
	ck_assert_uint_eq(a.n + b.n, 0);

	/* nothing waits in the kernel for the cable to come back */
	vnet_link(&b.sa, true);
	run_ms(50);
	ck_assert_uint_eq(a.n + b.n, 0);
	say(&a, &b.sa);
	run_ms(50);
	ck_assert_uint_eq(b.n, 1);
}
END_TEST

START_TEST(test_a_socket_bound_to_no_address_belongs_to_every_host)
{
	struct sa to = b.sa;
	struct end any;

	end_open(&any, "0.0.0.0");
	sa_set_str(&to, "127.0.0.1", sa_port(&any.sa));
	vnet_link(&b.sa, false);
	say(&a, &to);
	say(&any, &a.sa);
	run_ms(50);
	ck_assert_uint_eq(any.n + a.n, 0);
	vnet_link(&b.sa, true);
	say(&a, &to);
	run_ms(50);
	ck_assert_uint_eq(any.n, 1);
	mem_deref(any.us);
}
END_TEST

START_TEST(test_tap_sees_what_is_sent_here_once)
{
	vnet_tap(on_tap, NULL);
	say(&a, &b.sa);
	run_ms(50);
	ck_assert_uint_eq(tapped, 1);
	ck_assert(sa_cmp(&tap_src, &a.sa, SA_ALL));
	ck_assert(sa_cmp(&tap_dst, &b.sa, SA_ALL));

	vnet_link(&a.sa, false);
	say(&a, &b.sa);
	ck_assert_uint_eq(tapped, 2);
	ck_assert_uint_eq(tapped_lost, 1);
}
END_TEST

/* the raw system call stands for another process */
START_TEST(test_tap_sees_what_comes_from_elsewhere)
{
	struct sa from;
	const int fd = (int)syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0);

	vnet_tap(on_tap, NULL);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq((int)syscall(SYS_sendto, fd, "x", 1, 0,
				      &b.sa.u.sa, b.sa.len), 1);
	sa_init(&from, AF_INET);
	ck_assert_int_eq(getsockname(fd, &from.u.sa, &from.len), 0);
	run_ms(50);
	ck_assert_uint_eq(b.n, 1);
	ck_assert_uint_eq(tapped, 1);
	ck_assert_uint_eq(sa_port(&tap_src), sa_port(&from));
	ck_assert(sa_cmp(&tap_dst, &b.sa, SA_ALL));
	(void)close(fd);
}
END_TEST

START_TEST(test_calendar_runs_with_the_monotonic_clock)
{
	const int64_t offset = vnet_wall_us() - (int64_t)vnet_now_us();
	struct timespec ts;
	struct timeval tv;

	run_ms(30);
	ck_assert_int_le(llabs(vnet_wall_us() - (int64_t)vnet_now_us() - offset), 1000);
	ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC, &ts), 0);
	ck_assert_int_le((int64_t)(vnet_now_us() / 1000000) - ts.tv_sec, 1);
	ck_assert_int_eq(gettimeofday(&tv, NULL), 0);
	ck_assert_int_le(time(NULL) - tv.tv_sec, 1);
	ck_assert_int_le(vnet_wall_us() / 1000000 - tv.tv_sec, 1);
}
END_TEST

/* TIM-01 */
START_TEST(test_the_machines_calendar_is_its_own)
{
	struct stat st;
	char file[] = "/tmp/ipgap-clock-XXXXXX";
	const int fd = mkstemp(file);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	ck_assert_int_eq(fstat(fd, &st), 0);            /* the kernel's stamp, from no clock of ours */
	(void)close(fd);
	(void)unlink(file);
	ck_assert_int_le(llabs(vnet_machine_us() / 1000000 - st.st_mtim.tv_sec), 2);
}
END_TEST

START_TEST(test_randomness_of_libre_is_not_the_seeds)
{
	const uint64_t own = vnet_random();
	const uint64_t first = rand_u64();

	ck_assert_int_eq(vnet_start(false, 1), 0);
	ck_assert_uint_eq(vnet_random(), own);
	ck_assert_uint_ne(rand_u64(), first);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("vnet_real");
	TCase *tc = tcase_create("real");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_loopback_echo);
	tcase_add_test(tc, test_pulled_cable_drops_both_ways_silently);
	tcase_add_test(tc, test_a_socket_bound_to_no_address_belongs_to_every_host);
	tcase_add_test(tc, test_tap_sees_what_is_sent_here_once);
	tcase_add_test(tc, test_tap_sees_what_comes_from_elsewhere);
	tcase_add_test(tc, test_calendar_runs_with_the_monotonic_clock);
	tcase_add_test(tc, test_the_machines_calendar_is_its_own);
	tcase_add_test(tc, test_randomness_of_libre_is_not_the_seeds);
	suite_add_tcase(s, tc);

	return s;
}
