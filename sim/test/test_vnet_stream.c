/**
 * @file test_vnet_stream.c  TCP and TLS inside the simulated network, through libre (SIM-03)
 */
#include <check.h>
#include <errno.h>
#include <re.h>
#include <string.h>
#include "sim/vnet.h"

Suite *suite(void);

enum { BIG = 100000 };

/** One end of a connection, and what it has seen */
struct end {
	struct tcp_conn *tc;
	struct tls_conn *sc;
	unsigned estab, closed;
	int err;
	uint64_t estab_us, got_us, closed_us;
	size_t got;
	uint32_t sum;                   /* depends on order */
	bool echo;
};

static struct tcp_sock *listener;
static struct tls *tls;
static struct end client, server;
static struct sa at, home, peer;

static void say(struct end *e, const void *data, size_t len)
{
	struct mbuf *mb = mbuf_alloc(len);

	ck_assert_ptr_nonnull(mb);
	(void)mbuf_write_mem(mb, data, len);
	mb->pos = 0;
	ck_assert_int_eq(tcp_send(e->tc, mb), 0);
	mem_deref(mb);
}

static void on_estab(void *arg)
{
	struct end *e = arg;

	e->estab++;
	e->estab_us = vnet_now_us();
}

static void on_data(struct mbuf *mb, void *arg)
{
	struct end *e = arg;

	e->got_us = vnet_now_us();
	if (e->echo)
		say(e, mbuf_buf(mb), mbuf_get_left(mb));
	while (mbuf_get_left(mb)) {
		e->sum = e->sum * 31 + mbuf_read_u8(mb);
		e->got++;
	}
}

static void on_close(int err, void *arg)
{
	struct end *e = arg;

	e->closed++;
	e->err = err;
	e->closed_us = vnet_now_us();
}

static void on_connect(const struct sa *from, void *arg)
{
	(void)arg;
	peer = *from;
	ck_assert_int_eq(tcp_accept(&server.tc, listener, on_estab, on_data, on_close, &server), 0);
	if (tls)
		ck_assert_int_eq(tls_start_tcp(&server.sc, tls, server.tc, 0), 0);
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

static void dial(const struct sa *to)
{
	ck_assert_int_eq(tcp_connect(&client.tc, to, on_estab, on_data, on_close, &client), 0);
}

static void setup(void)
{
	ck_assert_int_eq(vnet_start(true, 3), 0);
	ck_assert_int_eq(libre_init(), 0);
	sa_set_str(&at, "10.77.0.3", 5061);
	sa_set_str(&home, "10.77.0.2", 0);
	vnet_home(&home);
	ck_assert_int_eq(tcp_listen(&listener, &at, on_connect, NULL), 0);
}

static void teardown(void)
{
	client.sc = mem_deref(client.sc);
	server.sc = mem_deref(server.sc);
	client.tc = mem_deref(client.tc);
	server.tc = mem_deref(server.tc);
	listener = mem_deref(listener);
	tls = mem_deref(tls);
	libre_close();
}

START_TEST(test_connection_takes_its_round_trip_and_echoes)
{
	struct sa sa;

	vnet_set_fault(NULL, &(struct vnet_fault){.delay_us = 10000});
	server.echo = true;
	dial(&at);
	run_ms(100);
	ck_assert_uint_eq(client.estab_us, 20000);
	ck_assert(sa_cmp(&peer, &home, SA_ADDR));
	ck_assert_int_eq(tcp_conn_local_get(client.tc, &sa), 0);
	ck_assert(sa_cmp(&peer, &sa, SA_ALL));
	ck_assert_int_eq(tcp_conn_peer_get(client.tc, &sa), 0);
	ck_assert(sa_cmp(&at, &sa, SA_ALL));

	say(&client, "hello", 5);
	run_ms(100);
	ck_assert_uint_eq(server.got_us, 110000);
	ck_assert_uint_eq(client.got_us, 120000);
	ck_assert_uint_eq(client.got, 5);
	ck_assert_uint_eq(client.sum, server.sum);
}
END_TEST

START_TEST(test_ipv6)
{
	listener = mem_deref(listener);
	sa_set_str(&at, "fd77::3", 5061);
	sa_set_str(&home, "fd77::2", 0);
	vnet_home(&home);
	ck_assert_int_eq(tcp_listen(&listener, &at, on_connect, NULL), 0);
	dial(&at);
	run_ms(10);
	say(&client, "hello", 5);
	run_ms(10);
	ck_assert_uint_eq(server.got, 5);
	ck_assert(sa_cmp(&peer, &home, SA_ADDR));
}
END_TEST

START_TEST(test_bad_network_changes_neither_order_nor_content)
{
	uint8_t data[BIG];
	uint32_t sum = 0;

	vnet_set_fault(NULL, &(struct vnet_fault){.delay_us = 5000, .jitter_us = 50000,
						  .loss_ppm = 100000, .reorder_ppm = 100000});
	for (size_t i = 0; i < BIG; i++) {
		data[i] = (uint8_t)rand_u16();
		sum = sum * 31 + data[i];
	}
	dial(&at);
	run_ms(1000);
	for (size_t i = 0; i < BIG; i += 1000)
		say(&client, data + i, 1000);
	client.tc = mem_deref(client.tc);
	run_ms(10000);
	ck_assert_uint_eq(server.got, BIG);
	ck_assert_uint_eq(server.sum, sum);
	ck_assert_uint_eq(server.closed, 1);
	ck_assert_int_eq(server.err, 0);
}
END_TEST

START_TEST(test_nobody_listens_on_the_host_is_refused)
{
	sa_set_port(&at, 9);
	dial(&at);
	run_ms(10);
	ck_assert_int_eq(client.err, ECONNREFUSED);
	ck_assert_uint_eq(client.closed_us, 400);
}
END_TEST

START_TEST(test_nobody_at_the_address_times_out)
{
	sa_set_str(&at, "10.77.9.9", 5061);
	dial(&at);
	run_ms(200000);
	ck_assert_int_eq(client.err, ETIMEDOUT);
	ck_assert_uint_eq(client.closed_us, 127000200);
}
END_TEST

START_TEST(test_pulled_cable_holds_a_connection_request)
{
	vnet_link(&at, false);
	dial(&at);
	run_ms(60000);
	ck_assert_uint_eq(client.estab, 0);
	vnet_link(&at, true);
	run_ms(10);
	ck_assert_uint_eq(client.estab, 1);

	mem_deref(client.tc);
	vnet_link(&at, false);
	dial(&at);
	run_ms(200000);
	ck_assert_int_eq(client.err, ETIMEDOUT);
}
END_TEST

START_TEST(test_pulled_cable_holds_the_octets_in_order)
{
	dial(&at);
	run_ms(10);
	vnet_link(&home, false);
	say(&client, "a", 1);
	say(&client, "b", 1);
	vnet_link(&at, false);
	run_ms(60000);
	vnet_link(&home, true);
	run_ms(1000);
	ck_assert_uint_eq(server.got, 0);
	vnet_link(&at, true);
	say(&client, "c", 1);
	run_ms(10);
	ck_assert_uint_eq(server.got, 3);
	ck_assert_uint_eq(server.sum, ('a' * 31 + 'b') * 31 + 'c');
}
END_TEST

START_TEST(test_writing_to_a_closed_end_resets)
{
	dial(&at);
	run_ms(10);
	vnet_set_fault(NULL, &(struct vnet_fault){.delay_us = 50000});
	server.tc = mem_deref(server.tc);
	say(&client, "late", 4);
	run_ms(200);
	ck_assert_uint_eq(client.closed, 1);
	ck_assert_uint_eq(server.got, 0);
}
END_TEST

START_TEST(test_closed_listener_and_port_in_use)
{
	struct tcp_sock *ts = NULL;

	ck_assert_int_eq(tcp_listen(&ts, &at, on_connect, NULL), EADDRINUSE);
	listener = mem_deref(listener);
	ck_assert_int_eq(tcp_listen(&listener, &at, on_connect, NULL), 0);
	dial(&at);
	run_ms(10);
	ck_assert_uint_eq(client.estab, 1);
}
END_TEST

START_TEST(test_a_peer_that_has_gone_before_accept)
{
	struct udp_sock *us = NULL;

	dial(&at);
	client.tc = mem_deref(client.tc);
	run_ms(10);
	ck_assert_uint_eq(server.estab, 0);

	/* the host is there still, the listener is not */
	ck_assert_int_eq(udp_listen(&us, &at, NULL, NULL), 0);
	dial(&at);
	listener = mem_deref(listener);
	run_ms(10);
	ck_assert_int_eq(client.err, ECONNREFUSED);
	mem_deref(us);
}
END_TEST

START_TEST(test_tls_rides_on_it)
{
	ck_assert_int_eq(tls_alloc(&tls, TLS_METHOD_SSLV23, NULL, NULL), 0);
	ck_assert_int_eq(tls_set_selfsigned_rsa(tls, "door", 2048), 0);
	server.echo = true;
	dial(&at);
	ck_assert_int_eq(tls_start_tcp(&client.sc, tls, client.tc, 0), 0);
	run_ms(100);
	ck_assert_uint_eq(client.estab, 1);
	say(&client, "secret", 6);
	run_ms(100);
	ck_assert_uint_eq(client.got, 6);
}
END_TEST

START_TEST(test_reset_leaves_open_connections_dead)
{
	dial(&at);
	run_ms(10);
	say(&client, "x", 1);
	ck_assert_int_eq(vnet_start(true, 3), 0);
	run_ms(1000);
	ck_assert_uint_eq(server.got + server.closed + client.closed, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("vnet_stream");
	TCase *tc = tcase_create("stream");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_connection_takes_its_round_trip_and_echoes);
	tcase_add_test(tc, test_ipv6);
	tcase_add_test(tc, test_bad_network_changes_neither_order_nor_content);
	tcase_add_test(tc, test_nobody_listens_on_the_host_is_refused);
	tcase_add_test(tc, test_nobody_at_the_address_times_out);
	tcase_add_test(tc, test_pulled_cable_holds_a_connection_request);
	tcase_add_test(tc, test_pulled_cable_holds_the_octets_in_order);
	tcase_add_test(tc, test_writing_to_a_closed_end_resets);
	tcase_add_test(tc, test_closed_listener_and_port_in_use);
	tcase_add_test(tc, test_a_peer_that_has_gone_before_accept);
	tcase_add_test(tc, test_tls_rides_on_it);
	tcase_add_test(tc, test_reset_leaves_open_connections_dead);
	suite_add_tcase(s, tc);

	return s;
}
