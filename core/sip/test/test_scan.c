/**
 * @file test_scan.c  Ranges of a scan, and what a scan refuses (NET-03); the rest is in scenarios/network
 */
#include "core/sip/scan.h"
#include "core/sip/test/pair.h"

Suite *suite(void);

static char err[512];

static const struct { const char *text, *range; } good[] = {
	{"192.168.0.17", "192.168.0.17"}, {"192.168.0.0/24", "192.168.0.1-192.168.0.254"},
	{"192.168.0.77/24", "192.168.0.1-192.168.0.254"}, {"10.1.2.3/32", "10.1.2.3"}, {"10.1.2.3/31", "10.1.2.2-10.1.2.3"},
	{"172.16.0.0/22", "172.16.0.1-172.16.3.254"}, {"192.168.0.10-192.168.0.20", "192.168.0.10-192.168.0.20"},
	{"192.168.0.10-20", "192.168.0.10-192.168.0.20"}, {"169.254.255.254", "169.254.255.254"},
	{"10.0.0.0-10.0.3.255", "10.0.0.0-10.0.3.255"}, {"127.0.0.1", "127.0.0.1"}, {"100.64.0.1", "100.64.0.1"},
};

START_TEST(ranges_are_read)
{
	struct scan_range r;
	char text[SCAN_RANGE];

	ck_assert_msg(!scan_range_read(&r, good[_i].text, NULL, err, sizeof(err)), "%s: %s", good[_i].text, err);
	scan_range_text(text, sizeof(text), &r);
	ck_assert_str_eq(text, good[_i].range);
	ck_assert_uint_lt(r.last - r.first, SCAN_MAX);
}
END_TEST

static const struct { const char *text, *say; } bad[] = {
	{"", "accepted: 192.168.0.0/24"}, {"10.0.0", "no range"}, {"10.0.0.1/", "no range"}, {"10.0.0.1/33", "no range"},
	{"10.0.0.1/024x", "no range"}, {"10.0.0.1 ", "no range"}, {"10.0.0.1-", "no range"}, {"10.0.0.1-256", "no range"},
	{"10.0.0.1000", "no range"}, {"10..0.1", "no range"}, {"fd00::1", "no range"}, {"10.0.0.9-10.0.0.1", "ends before"},
	{"10.0.0.9-1", "ends before"}, {"0.0.0.0", "0.0.0.0/8"}, {"0.255.255.255", "0.0.0.0/8"}, {"10.0.0.0/0", "0.0.0.0/8"},
	{"223.255.255.255-224.0.0.0", "multicast"}, {"255.255.255.255", "multicast"}, {"240.0.0.1", "multicast"},
	{"10.0.0.0/21", "1,024"}, {"10.0.0.0-10.0.4.0", "1,024"}, {"8.8.8.8", "not local"}, {"172.15.255.255", "not local"},
	{"172.31.255.255-172.32.0.0", "not local"}, {"192.167.255.255", "not local"}, {"100.128.0.1", "not local"},
};

START_TEST(bad_ranges_are_told)
{
	struct scan_range r = {7, 9};

	ck_assert_int_eq(scan_range_read(&r, bad[_i].text, NULL, err, sizeof(err)), EINVAL);
	ck_assert_msg(strstr(err, bad[_i].say), "%s: %s", bad[_i].text, err);
	ck_assert_uint_eq(r.first, 7);
}
END_TEST

/* A public network may be ours */
START_TEST(our_own_network_is_local)
{
	const struct scan_range local = {0xc6336400, 0xc63364ff};       /* 198.51.100.0/24 */
	struct scan_range r;

	ck_assert_int_eq(scan_range_read(&r, "198.51.100.0/24", &local, err, sizeof(err)), 0);
	ck_assert_int_eq(scan_range_read(&r, "198.51.100.0-198.51.101.0", &local, err, sizeof(err)), EINVAL);
	ck_assert_int_eq(scan_range_read(&r, "198.51.100.1", NULL, err, sizeof(err)), EINVAL);
}
END_TEST

static void ended(const struct scan *s, void *arg)
{
	(void)s;
	++*(int *)arg;
}

static struct scan_config config(void)
{
	return (struct scan_config){
		.laddr = ua_laddr(pair.door.ua), .addr = ua_addr(pair.door.ua), .uri = ua_uri(pair.door.ua), .software = "x",
		.range = {0x0a4d0001, 0x0a4d0004},
	};
}

/* 10.77.0.1 is the door itself, .2 the phone; .3 and .4 are nobody */
START_TEST(a_scan_ends_once_and_leaves_us_out)
{
	struct scan_config cfg = config();
	struct scan_state st;
	struct scan *s;
	int n = 0;

	ck_assert_int_eq(scan_alloc(&s, &cfg, ended, &n), 0);
	pair_run(500);
	scan_look(s, &st);
	ck_assert(st.running);
	ck_assert_uint_eq(st.total, 8);
	pair_run(10000);
	scan_look(s, &st);
	ck_assert(!st.running && !st.cancelled);
	ck_assert_int_eq(n, 1);
	ck_assert_uint_eq(st.done, 8);
	ck_assert_uint_eq(st.found, 1);
	ck_assert_uint_eq(scan_found(s, 0)->addr, 0x0a4d0002);
	ck_assert_ptr_null(scan_found(s, 1));
	scan_cancel(s);
	scan_look(s, &st);
	ck_assert(!st.cancelled);
	mem_deref(s);
}
END_TEST

START_TEST(a_cancelled_scan_is_silent)
{
	struct scan_config cfg = config();
	struct scan_state st;
	struct scan *s;
	int n = 0;

	ck_assert_int_eq(scan_alloc(&s, &cfg, ended, &n), 0);
	pair_run(50);
	scan_cancel(s);
	pair_run(10000);
	scan_look(s, &st);
	ck_assert(st.cancelled && !st.running);
	ck_assert_int_eq(n, 0);
	mem_deref(s);
	ck_assert_int_eq(scan_alloc(&s, &cfg, ended, &n), 0);
	mem_deref(s);                           /* freed while it runs */
	pair_run(10000);
	ck_assert_int_eq(n, 0);
}
END_TEST

START_TEST(what_cannot_be_scanned_is_refused)
{
	struct scan_config cfg = config();
	struct scan *s = NULL;
	struct sa six;
	int n = 0;

	cfg.range.last = cfg.range.first + SCAN_MAX;
	ck_assert_int_eq(scan_alloc(&s, &cfg, ended, &n), EINVAL);
	cfg = config();
	cfg.range.last = cfg.range.first - 1;
	ck_assert_int_eq(scan_alloc(&s, &cfg, ended, &n), EINVAL);
	cfg = config();
	ck_assert_int_eq(sa_set_str(&six, "fd77::1", 0), 0);
	cfg.laddr = &six;
	ck_assert_int_eq(scan_alloc(&s, &cfg, ended, &n), EAFNOSUPPORT);
	ck_assert_ptr_null(s);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("scan");
	TCase *r = tcase_create("range"), *t = tcase_create("scan");

	tcase_add_loop_test(r, ranges_are_read, 0, ARRAY_SIZE(good));
	tcase_add_loop_test(r, bad_ranges_are_told, 0, ARRAY_SIZE(bad));
	tcase_add_test(r, our_own_network_is_local);
	suite_add_tcase(s, r);
	tcase_add_checked_fixture(t, pair_start, pair_stop);
	tcase_add_test(t, a_scan_ends_once_and_leaves_us_out);
	tcase_add_test(t, a_cancelled_scan_is_silent);
	tcase_add_test(t, what_cannot_be_scanned_is_refused);
	suite_add_tcase(s, t);

	return s;
}
