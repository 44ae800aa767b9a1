/**
 * @file test_vnet.c  Virtual time and datagrams of the simulated network (SIM-03)
 */
#include <check.h>
#include <re.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "sim/vnet.h"

enum { LOG_MAX = 64 };

/** A socket that notes what it gets */
struct end {
	struct udp_sock *us;
	struct sa sa, from;
	unsigned n;
	uint64_t t_us[LOG_MAX];
	uint8_t id[LOG_MAX];
};

static struct end a, b;

static void on_packet(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct end *e = arg;

	e->from = *src;
	if (e->n < LOG_MAX) {
		e->t_us[e->n] = vnet_now_us();
		e->id[e->n] = mbuf_read_u8(mb);
	}
	e->n++;
}

static void end_open(struct end *e, const char *ip, uint16_t port)
{
	memset(e, 0, sizeof(*e));
	ck_assert_int_eq(sa_set_str(&e->sa, ip, port), 0);
	ck_assert_int_eq(udp_listen(&e->us, &e->sa, on_packet, e), 0);
	ck_assert_int_eq(udp_local_get(e->us, &e->sa), 0);
}

static void say(struct end *from, const struct sa *to, uint8_t id)
{
	struct mbuf *mb = mbuf_alloc(160);

	ck_assert_ptr_nonnull(mb);
	(void)mbuf_write_u8(mb, id);
	(void)mbuf_fill(mb, 0xd5, 159);
	mb->pos = 0;
	ck_assert_int_eq(udp_send(from->us, to, mb), 0);
	mem_deref(mb);
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

static void setup(void)
{
	ck_assert_int_eq(vnet_start(true, 7), 0);
	ck_assert_int_eq(libre_init(), 0);
	end_open(&a, "10.77.0.2", 5060);
	end_open(&b, "10.77.0.3", 5060);
}

static void teardown(void)
{
	a.us = mem_deref(a.us);
	b.us = mem_deref(b.us);
	libre_close();
}

struct repeat {
	struct tmr t;
	unsigned n;
};

static void again(void *arg)
{
	struct repeat *r = arg;

	r->n++;
	tmr_start(&r->t, 30000, again, r);
}

/* SIM-03: "minutes and days pass in milliseconds" */
START_TEST(test_seven_idle_days_of_a_30_s_timer)
{
	struct repeat r = {.n = 0};
	const int64_t wall = vnet_wall_us();
	const uint64_t week_s = 7 * 86400;

	tmr_start(&r.t, 30000, again, &r);
	run_ms(week_s * 1000);
	tmr_cancel(&r.t);

	ck_assert_uint_eq(r.n, week_s / 30);
	ck_assert_uint_eq(vnet_now_us(), week_s * 1000000);
	ck_assert_int_eq(vnet_wall_us() - wall, (int64_t)week_s * 1000000);
}
END_TEST

START_TEST(test_calendar_starts_monday_8_00_utc)
{
	struct timeval tv;
	struct timespec ts;

	ck_assert_int_eq(vnet_wall_us(), INT64_C(1767600000) * 1000000);
	run_ms(1500);
	ck_assert_int_eq(time(NULL), 1767600001);
	ck_assert_int_eq(gettimeofday(&tv, NULL), 0);
	ck_assert_int_eq(tv.tv_usec, 500000);
	ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &ts), 0);
	ck_assert_int_eq(ts.tv_nsec, 500000000);
	ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC_RAW, &ts), 0);
	ck_assert_int_eq(ts.tv_sec, 1);
}
END_TEST

START_TEST(test_datagrams_arrive_in_order_after_exactly_the_delay)
{
	vnet_set_fault(NULL, &(struct vnet_fault){.delay_us = 12345});
	for (uint8_t i = 0; i < 10; i++)
		say(&a, &b.sa, i);
	run_ms(100);

	ck_assert_uint_eq(b.n, 10);
	for (uint8_t i = 0; i < 10; i++) {
		ck_assert_uint_eq(b.id[i], i);
		ck_assert_uint_eq(b.t_us[i], 12345);
	}
	ck_assert(sa_cmp(&b.from, &a.sa, SA_ALL));
}
END_TEST

START_TEST(test_a_faster_host_overtakes_a_slower_one)
{
	struct end c;

	end_open(&c, "10.77.0.4", 5060);
	vnet_set_fault(&a.sa, &(struct vnet_fault){.delay_us = 5000});
	say(&a, &b.sa, 1);
	say(&c, &b.sa, 2);
	run_ms(4);
	ck_assert_uint_eq(b.n, 1);
	run_ms(4);
	ck_assert_uint_eq(b.n, 2);
	ck_assert_uint_eq(b.id[0], 2);
	ck_assert_uint_eq(b.t_us[0], 200);
	ck_assert_uint_eq(b.t_us[1], 5000);

	vnet_set_fault(&a.sa, NULL);
	say(&a, &b.sa, 3);
	run_ms(4);
	ck_assert_uint_eq(b.t_us[2], 8200);
	mem_deref(c.us);
}
END_TEST

static uint64_t fired_us;

static void note_time(void *arg)
{
	(void)arg;
	fired_us = vnet_now_us();
}

START_TEST(test_a_packet_between_two_milliseconds_shifts_no_timer)
{
	struct tmr t;

	tmr_init(&t);
	tmr_start(&t, 20, note_time, NULL);
	vnet_set_fault(NULL, &(struct vnet_fault){.delay_us = 7777});
	say(&a, &b.sa, 0);
	run_ms(50);

	ck_assert_uint_eq(b.t_us[0], 7777);
	ck_assert_uint_eq(fired_us, 20000);
	ck_assert_uint_eq(vnet_now_us(), 50000);
}
END_TEST

START_TEST(test_a_timer_goes_before_a_packet_due_at_the_same_time)
{
	vnet_set_fault(NULL, &(struct vnet_fault){.delay_us = 30000});
	say(&a, &b.sa, 0);
	run_ms(30);
	ck_assert_uint_eq(vnet_now_us(), 30000);
	ck_assert_uint_eq(b.n, 0);
	run_ms(1);
	ck_assert_uint_eq(b.t_us[0], 30000);
}
END_TEST

START_TEST(test_pulled_cable_drops_both_ways)
{
	struct vnet_stats st;

	vnet_link(&b.sa, false);
	say(&a, &b.sa, 1);
	say(&b, &a.sa, 2);
	run_ms(10);
	ck_assert_uint_eq(a.n + b.n, 0);
	vnet_stats(&st);
	ck_assert_uint_eq(st.cut, 2);

	vnet_link(&b.sa, true);
	say(&a, &b.sa, 3);
	say(&b, &a.sa, 4);
	run_ms(10);
	ck_assert_uint_eq(b.n, 1);
	ck_assert_uint_eq(a.id[0], 4);
}
END_TEST

struct seen {
	unsigned n, lost;
	struct vnet_packet p;
	struct sa src, dst;
};

static void on_tap(const struct vnet_packet *p, void *arg)
{
	struct seen *s = arg;

	s->n++;
	s->lost += p->lost;
	s->p = *p;
	s->src = *p->src;
	s->dst = *p->dst;
}

START_TEST(test_tap_sees_each_datagram_once_and_when)
{
	struct seen s = {0};

	run_ms(3);
	vnet_tap(on_tap, &s);
	say(&a, &b.sa, 1);
	run_ms(10);
	ck_assert_uint_eq(s.n, 1);
	ck_assert_uint_eq(s.lost, 0);
	ck_assert_uint_eq(s.p.t_us, UINT64_C(1767600000003000));
	ck_assert_uint_eq(s.p.len, 160);
	ck_assert(sa_cmp(&s.src, &a.sa, SA_ALL));
	ck_assert(sa_cmp(&s.dst, &b.sa, SA_ALL));

	vnet_link(&a.sa, false);
	say(&a, &b.sa, 2);
	ck_assert_uint_eq(s.lost, 1);
	vnet_tap(NULL, NULL);
	say(&a, &b.sa, 3);
	ck_assert_uint_eq(s.n, 2);
}
END_TEST

START_TEST(test_ports_conflict_and_come_free)
{
	struct udp_sock *us = NULL;

	ck_assert_int_eq(udp_listen(&us, &a.sa, on_packet, &b), EADDRINUSE);
	a.us = mem_deref(a.us);
	ck_assert_int_eq(udp_listen(&us, &a.sa, on_packet, &b), 0);
	mem_deref(us);
}
END_TEST

START_TEST(test_ephemeral_ports_are_each_hosts_own)
{
	struct end e[3];

	end_open(&e[0], "10.77.0.2", 0);
	end_open(&e[1], "10.77.0.2", 0);
	end_open(&e[2], "10.77.0.3", 0);
	ck_assert_uint_eq(sa_port(&e[0].sa), 49152);
	ck_assert_uint_eq(sa_port(&e[1].sa), 49153);
	ck_assert_uint_eq(sa_port(&e[2].sa), 49152);
	for (size_t i = 0; i < 3; i++)
		mem_deref(e[i].us);
}
END_TEST

START_TEST(test_ipv6)
{
	struct end c, d;

	end_open(&c, "fd77::2", 5060);
	end_open(&d, "fd77::3", 5060);
	say(&c, &d.sa, 9);
	run_ms(1);
	ck_assert_uint_eq(d.id[0], 9);
	ck_assert(sa_cmp(&d.from, &c.sa, SA_ALL));
	mem_deref(c.us);
	mem_deref(d.us);
}
END_TEST

START_TEST(test_nobody_at_the_address_is_silence)
{
	struct vnet_stats st;
	struct sa sa;

	sa_set_str(&sa, "10.77.9.9", 5060);
	say(&a, &sa, 1);
	say(&a, &b.sa, 2);
	b.us = mem_deref(b.us);
	run_ms(10);
	vnet_stats(&st);
	ck_assert_uint_eq(st.unreachable, 2);
	ck_assert_uint_eq(b.n, 0);
}
END_TEST

START_TEST(test_inside_and_outside_do_not_mix)
{
	struct mbuf *mb = mbuf_alloc(8);
	struct sa sa;

	sa_set_str(&sa, "192.0.2.1", 5060);
	mbuf_write_u32(mb, 0);
	mb->pos = 0;
	ck_assert_int_eq(udp_send(a.us, &sa, mb), ENETUNREACH);
	ck_assert_int_eq(udp_send_anon(&b.sa, mb), ENETUNREACH);

	vnet_home(&a.sa);
	ck_assert_int_eq(udp_send_anon(&b.sa, mb), 0);
	run_ms(1);
	ck_assert_uint_eq(b.n, 1);
	ck_assert(sa_cmp(&b.from, &a.sa, SA_ADDR));
	mem_deref(mb);
}
END_TEST

START_TEST(test_connected_socket_hears_its_peer_only)
{
	struct end c;

	end_open(&c, "10.77.0.4", 5060);
	ck_assert_int_eq(udp_connect(b.us, &c.sa), 0);
	say(&a, &b.sa, 1);
	say(&c, &b.sa, 2);
	say(&b, &c.sa, 3);
	run_ms(1);
	ck_assert_uint_eq(b.n, 1);
	ck_assert_uint_eq(b.id[0], 2);
	ck_assert_uint_eq(c.id[0], 3);
	mem_deref(c.us);
}
END_TEST

START_TEST(test_every_datagram_is_accounted_for)
{
	const struct vnet_fault f = {.delay_us = 200, .jitter_us = 40000, .loss_ppm = 100000,
				     .duplicate_ppm = 50000, .reorder_ppm = 50000};
	struct vnet_stats st;

	vnet_set_fault(NULL, &f);
	for (unsigned i = 0; i < 2000; i++) {
		say(&a, &b.sa, (uint8_t)i);
		run_ms(20);
	}
	run_ms(1000);
	vnet_stats(&st);
	ck_assert_uint_eq(st.sent, 2000);
	ck_assert_uint_eq(st.delivered, b.n);
	ck_assert_uint_eq(st.delivered, st.sent - st.lost + st.duplicated);
	ck_assert_uint_gt(st.lost, 150);
	ck_assert_uint_lt(st.lost, 250);
	ck_assert_uint_gt(st.duplicated, 60);
	ck_assert_uint_gt(st.reordered, 60);
}
END_TEST

static unsigned idle_n;

static void on_idle(void *arg)
{
	(void)arg;
	idle_n++;
	re_cancel();
}

START_TEST(test_nothing_left_to_happen_is_said)
{
	vnet_on_idle(on_idle, NULL);
	say(&a, &b.sa, 1);
	ck_assert_int_eq(re_main(NULL), 0);
	ck_assert_uint_eq(idle_n, 1);
	ck_assert_uint_eq(b.n, 1);
}
END_TEST

START_TEST(test_nothing_left_to_happen_exits_unless_handled)
{
	(void)re_main(NULL);
}
END_TEST

/* FNV-1a over what both ends heard and when, and what libre drew meanwhile */
static uint64_t scenario(uint64_t seed, const struct vnet_fault *f, uint32_t *tag, uint64_t *own)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	ck_assert_int_eq(vnet_start(true, seed), 0);
	end_open(&a, "10.77.0.2", 0);
	end_open(&b, "10.77.0.3", 0);
	vnet_set_fault(NULL, f);
	for (uint8_t i = 0; i < LOG_MAX; i++) {
		say(&a, &b.sa, i);
		say(&b, &a.sa, i);
		run_ms(20);
	}
	run_ms(200);
	*tag = rand_u32();
	*own = vnet_random();

	for (size_t i = 0; i < LOG_MAX; i++) {
		const uint64_t w[] = {a.t_us[i], b.t_us[i], a.id[i], b.id[i], sa_port(&a.sa)};

		for (size_t k = 0; k < sizeof(w) / sizeof(w[0]); k++)
			h = (h ^ w[k]) * UINT64_C(0x100000001b3);
	}
	a.us = mem_deref(a.us);
	b.us = mem_deref(b.us);

	return h;
}

static const struct vnet_fault rough = {
	.delay_us = 3000, .jitter_us = 35000, .loss_ppm = 80000, .duplicate_ppm = 50000,
	.reorder_ppm = 50000,
};

static uint64_t in_a_fresh_process(uint64_t seed, const struct vnet_fault *f)
{
	uint64_t h = 0, own;
	uint32_t tag;
	int fd[2];
	pid_t pid;

	ck_assert_int_eq(pipe(fd), 0);
	pid = fork();
	if (!pid) {
		(void)libre_init();
		h = scenario(seed, f, &tag, &own);
		_exit(write(fd[1], &h, sizeof(h)) != sizeof(h));
	}
	ck_assert_int_eq(read(fd[0], &h, sizeof(h)), sizeof(h));
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	(void)close(fd[0]);
	(void)close(fd[1]);

	return h;
}

/* SIM-03: "with the same result each time" */
START_TEST(test_one_seed_one_result_whatever_ran_before)
{
	uint32_t tag[3];
	uint64_t own[3], h[3];
	const uint64_t fresh = in_a_fresh_process(5, &rough);

	ck_assert_int_eq(libre_init(), 0);
	h[0] = scenario(5, &rough, &tag[0], &own[0]);
	h[1] = scenario(6, &rough, &tag[1], &own[1]);
	h[2] = scenario(5, &rough, &tag[2], &own[2]);
	libre_close();

	ck_assert_uint_eq(h[0], fresh);
	ck_assert_uint_eq(h[2], fresh);
	ck_assert_uint_ne(h[1], fresh);
	ck_assert_uint_eq(tag[0], tag[2]);
	ck_assert_uint_eq(own[0], own[2]);
	ck_assert_uint_ne(tag[0], tag[1]);
}
END_TEST

START_TEST(test_faults_shift_no_other_stream)
{
	uint32_t tag[2];
	uint64_t own[2], h[2];

	ck_assert_int_eq(libre_init(), 0);
	h[0] = scenario(5, NULL, &tag[0], &own[0]);
	h[1] = scenario(5, &rough, &tag[1], &own[1]);
	libre_close();

	ck_assert_uint_ne(h[0], h[1]);
	ck_assert_uint_eq(tag[0], tag[1]);
	ck_assert_uint_eq(own[0], own[1]);
}
END_TEST

START_TEST(test_sockets_of_the_scenario_before_are_dead)
{
	struct end old = a;

	ck_assert_int_eq(vnet_start(true, 7), 0);
	a.us = NULL;
	end_open(&a, "10.77.0.2", 5060);
	say(&old, &b.sa, 1);
	say(&a, &b.sa, 2);
	run_ms(10);
	ck_assert_uint_eq(old.n + b.n, 0);
	mem_deref(old.us);
	say(&a, &a.sa, 3);
	run_ms(10);
	ck_assert_uint_eq(a.n, 1);
}
END_TEST

/* A process of many doors: each has two sockets, and libre's own table holds 1,024 descriptors */
START_TEST(test_as_many_sockets_as_the_machine_allows)
{
	enum { SOCKETS = 3000 };
	static struct udp_sock *us[SOCKETS];
	struct rlimit limit;
	struct sa at;
	int i;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_max < SOCKETS + 100)
		return;
	ck_assert_int_eq(vnet_start(true, 1), 0);
	ck_assert_int_eq(libre_init(), 0);
	ck_assert_int_eq(vnet_many_sockets(), 0);
	ck_assert_int_eq(sa_set_str(&at, "10.77.0.1", 0), 0);
	for (i = 0; i < SOCKETS; i++)
		ck_assert_int_eq(udp_listen(&us[i], &at, NULL, NULL), 0);
	for (i = 0; i < SOCKETS; i++)
		us[i] = mem_deref(us[i]);
	libre_close();
}
END_TEST

Suite *suite(void);

Suite *suite(void)
{
	Suite *s = suite_create("vnet");
	TCase *net = tcase_create("network");
	TCase *runs = tcase_create("runs");

	tcase_add_checked_fixture(net, setup, teardown);
	tcase_add_test(net, test_seven_idle_days_of_a_30_s_timer);
	tcase_add_test(net, test_calendar_starts_monday_8_00_utc);
	tcase_add_test(net, test_datagrams_arrive_in_order_after_exactly_the_delay);
	tcase_add_test(net, test_a_faster_host_overtakes_a_slower_one);
	tcase_add_test(net, test_a_packet_between_two_milliseconds_shifts_no_timer);
	tcase_add_test(net, test_a_timer_goes_before_a_packet_due_at_the_same_time);
	tcase_add_test(net, test_pulled_cable_drops_both_ways);
	tcase_add_test(net, test_tap_sees_each_datagram_once_and_when);
	tcase_add_test(net, test_ports_conflict_and_come_free);
	tcase_add_test(net, test_ephemeral_ports_are_each_hosts_own);
	tcase_add_test(net, test_ipv6);
	tcase_add_test(net, test_nobody_at_the_address_is_silence);
	tcase_add_test(net, test_inside_and_outside_do_not_mix);
	tcase_add_test(net, test_connected_socket_hears_its_peer_only);
	tcase_add_test(net, test_every_datagram_is_accounted_for);
	tcase_add_test(net, test_nothing_left_to_happen_is_said);
	tcase_add_exit_test(net, test_nothing_left_to_happen_exits_unless_handled, 3);
	tcase_add_test(net, test_sockets_of_the_scenario_before_are_dead);
	suite_add_tcase(s, net);

	tcase_add_test(runs, test_one_seed_one_result_whatever_ran_before);
	tcase_add_test(runs, test_faults_shift_no_other_stream);
	tcase_add_test(runs, test_as_many_sockets_as_the_machine_allows);
	suite_add_tcase(s, runs);

	return s;
}
