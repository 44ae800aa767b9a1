/**
 * @file test_vnet_nat.c  NAT boxes of the simulated network (SIM-03, SIP-08; RFC 3489 §5)
 *
 * The box is 10.77.0.100; in1 and in2 are behind it, out1 to out3 are not: out1 and out2 on one host, out3 on another.
 */
#include <check.h>
#include <errno.h>
#include <re.h>
#include <string.h>
#include "sim/vnet.h"

Suite *suite(void);

struct end {
	struct udp_sock *us;
	struct sa sa, from;
	unsigned n;
};

static struct {
	struct end in1, in2, out1, out2, out3;
	struct sa box;
} x;

static void on_packet(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct end *e = arg;

	(void)mb;
	e->from = *src;
	e->n++;
}

static void end_open(struct end *e, const char *ip, uint16_t port)
{
	ck_assert_int_eq(sa_set_str(&e->sa, ip, port), 0);
	ck_assert_int_eq(udp_listen(&e->us, &e->sa, on_packet, e), 0);
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

/* Does a datagram get through? */
static bool reaches(struct end *from, const struct sa *to, struct end *who)
{
	const unsigned before = who->n;
	struct mbuf *mb = mbuf_alloc(4);

	(void)mbuf_write_u32(mb, 1);
	mb->pos = 0;
	ck_assert_int_eq(udp_send(from->us, to, mb), 0);
	mem_deref(mb);
	run_ms(5);

	return who->n > before;
}

static void setup(void)
{
	memset(&x, 0, sizeof(x));
	ck_assert_int_eq(vnet_start(true, 7), 0);
	ck_assert_int_eq(libre_init(), 0);
	end_open(&x.in1, "10.77.0.1", 5060);
	end_open(&x.in2, "10.77.0.2", 5060);
	end_open(&x.out1, "10.77.0.3", 5060);
	end_open(&x.out2, "10.77.0.3", 5062);
	end_open(&x.out3, "10.77.0.4", 5060);
	ck_assert_int_eq(sa_set_str(&x.box, "10.77.0.100", 0), 0);
}

static void teardown(void)
{
	mem_deref(x.in1.us);
	mem_deref(x.in2.us);
	mem_deref(x.out1.us);
	mem_deref(x.out2.us);
	mem_deref(x.out3.us);
	libre_close();
}

static void box_up(enum vnet_nat_kind kind)
{
	ck_assert_int_eq(vnet_nat(&x.box, kind, 60), 0);
	ck_assert_int_eq(vnet_nat_behind(&x.box, &x.in1.sa), 0);
	ck_assert_int_eq(vnet_nat_behind(&x.box, &x.in2.sa), 0);
}

/* SIP-08: who may come in by the port that a datagram to out1 opened */
START_TEST(kinds_let_in_whom_they_should)
{
	static const struct {
		bool out2, out3, same;  /* same: one public port for all destinations */
	} row[] = {
		[VNET_FULL_CONE] = {true, true, true}, [VNET_RESTRICTED] = {true, false, true},
		[VNET_PORT_RESTRICTED] = {false, false, true}, [VNET_SYMMETRIC] = {false, false, false},
	};
	struct sa public;

	box_up((enum vnet_nat_kind)_i);
	ck_assert(reaches(&x.in1, &x.out1.sa, &x.out1));
	public = x.out1.from;
	ck_assert(sa_cmp(&public, &x.box, SA_ADDR));
	ck_assert_uint_ne(sa_port(&public), 5060);
	ck_assert(reaches(&x.out1, &public, &x.in1));
	ck_assert(sa_cmp(&x.in1.from, &x.out1.sa, SA_ALL));
	ck_assert(reaches(&x.out2, &public, &x.in1) == row[_i].out2);
	ck_assert(reaches(&x.out3, &public, &x.in1) == row[_i].out3);
	ck_assert(reaches(&x.in1, &x.out3.sa, &x.out3));
	ck_assert(sa_cmp(&x.out3.from, &public, SA_ALL) == row[_i].same);
}
END_TEST

START_TEST(hosts_behind_a_box_are_reached_from_inside_only)
{
	box_up(VNET_FULL_CONE);
	ck_assert(!reaches(&x.out1, &x.in1.sa, &x.in1));
	ck_assert(reaches(&x.in2, &x.in1.sa, &x.in1));
	ck_assert(sa_cmp(&x.in1.from, &x.in2.sa, SA_ALL));
	ck_assert(reaches(&x.in1, &x.out1.sa, &x.out1));
	ck_assert_msg(!reaches(&x.in2, &x.out1.from, &x.in1), "no hairpin");
	ck_assert(reaches(&x.out3, &x.out1.sa, &x.out1));
}
END_TEST

START_TEST(mappings_end_and_are_forgotten)
{
	struct sa public;

	box_up(VNET_FULL_CONE);
	ck_assert(reaches(&x.in1, &x.out1.sa, &x.out1));
	public = x.out1.from;
	run_ms(59000);
	ck_assert(reaches(&x.out1, &public, &x.in1));
	run_ms(1000);
	ck_assert_msg(!reaches(&x.out1, &public, &x.in1), "only what goes out keeps it");
	ck_assert(reaches(&x.in1, &x.out1.sa, &x.out1));
	public = x.out1.from;
	vnet_nat_forget(&x.box);
	ck_assert(!reaches(&x.out1, &public, &x.in1));
}
END_TEST

START_TEST(forwarded_ports_are_for_everybody_and_for_ever)
{
	struct sa public = x.box;

	box_up(VNET_SYMMETRIC);
	sa_set_port(&public, 7070);
	ck_assert_int_eq(vnet_nat_forward(&x.box, 7070, &x.in1.sa), 0);
	ck_assert_int_eq(vnet_nat_forward(&x.box, 7070, &x.in2.sa), EEXIST);
	run_ms(600000);
	vnet_nat_forget(&x.box);
	ck_assert(reaches(&x.out3, &public, &x.in1));
	ck_assert(reaches(&x.in1, &x.out3.sa, &x.out3));
	ck_assert_msg(sa_cmp(&x.out3.from, &public, SA_ALL), "answers come from the forwarded port");
}
END_TEST

START_TEST(what_is_no_box_is_refused)
{
	struct sa far;

	ck_assert_int_eq(sa_set_str(&far, "192.0.2.1", 0), 0);
	ck_assert_int_eq(vnet_nat(&far, VNET_FULL_CONE, 60), EINVAL);
	ck_assert_int_eq(vnet_nat_behind(&x.box, &x.in1.sa), EINVAL);
	ck_assert_int_eq(vnet_nat_forward(&x.box, 1, &x.in1.sa), EINVAL);
	box_up(VNET_FULL_CONE);
	ck_assert_int_eq(vnet_nat(&x.box, VNET_FULL_CONE, 60), EEXIST);
	ck_assert_int_eq(vnet_nat_behind(&x.box, &far), EINVAL);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("vnet_nat");
	TCase *t = tcase_create("vnet_nat");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, kinds_let_in_whom_they_should, VNET_FULL_CONE, VNET_SYMMETRIC + 1);
	tcase_add_test(t, hosts_behind_a_box_are_reached_from_inside_only);
	tcase_add_test(t, mappings_end_and_are_forgotten);
	tcase_add_test(t, forwarded_ports_are_for_everybody_and_for_ever);
	tcase_add_test(t, what_is_no_box_is_refused);
	suite_add_tcase(s, t);

	return s;
}
