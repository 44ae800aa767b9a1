/**
 * @file test_ntp.c  NTP: packets, verdicts, arithmetic, and the client against a server of the simulated network
 *                   (TIM-01, SRV-04)
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "core/service/ntp.h"
#include "sim/vnet.h"

Suite *suite(void);

#define US INT64_C(1000000)
#define SERVER_PORT 123
#define NOW_S INT64_C(1767600000)       /* 2026-01-05 08:00:00 UTC */

static const uint8_t cookie[NTP_COOKIE] = {0xc0, 1, 2, 3, 4, 5, 6, 7};

static void put(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static void put_time(uint8_t *p, int64_t us)
{
	put(p, (uint32_t)(uint64_t)(us / US + INT64_C(2208988800)));
	put(p + 4, (uint32_t)(((uint64_t)(us % US) << 32) / (uint64_t)US));
}

/* A good answer of a server whose clock shows us */
static void answer(uint8_t p[NTP_PACKET], int64_t us)
{
	memset(p, 0, NTP_PACKET);
	p[0] = 4 << 3 | 4;
	p[1] = 2;
	memcpy(p + 24, cookie, NTP_COOKIE);
	put_time(p + 32, us);
	put_time(p + 40, us);
}

/* --- packets --- */

START_TEST(a_request_says_nothing_of_us)
{
	uint8_t p[NTP_PACKET], want[NTP_PACKET] = {0x23};

	memset(p, 0xaa, sizeof(p));
	ntp_request(p, cookie);
	memcpy(want + 40, cookie, NTP_COOKIE);
	ck_assert_mem_eq(p, want, sizeof(p));
}
END_TEST

START_TEST(a_good_answer_is_read)
{
	struct ntp_answer a;
	uint8_t p[NTP_PACKET + 20] = {0};

	answer(p, NOW_S * US + 500000);
	put_time(p + 40, NOW_S * US + 500250);
	ck_assert_int_eq(ntp_read(&a, p, NTP_PACKET, cookie), NTP_GOOD);
	ck_assert_int_le(llabs(a.received_us - NOW_S * US - 500000), 1);
	ck_assert_int_le(llabs(a.sent_us - NOW_S * US - 500250), 1);
	ck_assert_uint_eq(a.stratum, 2);
	ck_assert_int_eq(ntp_read(&a, p, sizeof(p), cookie), NTP_GOOD);         /* a MAC behind it */
	p[0] = 3 << 3 | 4;
	ck_assert_int_eq(ntp_read(&a, p, NTP_PACKET, cookie), NTP_GOOD);        /* version 3 */
}
END_TEST

/* RFC 4330 §3: on 2036-02-07 06:28:16 the seconds begin again at 0 */
START_TEST(time_goes_on_in_2036)
{
	const int64_t era_s = INT64_C(2085978496);
	struct ntp_answer a;
	uint8_t p[NTP_PACKET];

	answer(p, (era_s - 1) * US);
	ck_assert_int_eq(ntp_read(&a, p, sizeof(p), cookie), NTP_GOOD);
	ck_assert_int_eq(a.sent_us, (era_s - 1) * US);
	answer(p, (era_s + 100) * US);
	ck_assert_int_eq(ntp_read(&a, p, sizeof(p), cookie), NTP_GOOD);
	ck_assert_int_eq(a.sent_us, (era_s + 100) * US);
}
END_TEST

/* byte, its value; 0 = nothing but the length changes */
static const struct { const char *what; unsigned at; uint8_t value; size_t n; enum ntp_verdict verdict; } wrong[] = {
	{"short", 0, 0x24, 47, NTP_FOREIGN}, {"empty", 0, 0x24, 0, NTP_FOREIGN},
	{"a client's", 0, 0x23, 48, NTP_FOREIGN}, {"a broadcast", 0, 0x25, 48, NTP_FOREIGN},
	{"version 2", 0, 0x14, 48, NTP_FOREIGN}, {"version 5", 0, 0x2c, 48, NTP_FOREIGN},
	{"another cookie, first byte", 24, 0xc1, 48, NTP_FOREIGN}, {"another cookie, last byte", 31, 8, 48, NTP_FOREIGN},
	{"leap 3: not synchronised", 0, 0xe4, 48, NTP_UNSYNCHRONISED}, {"stratum 16", 1, 16, 48, NTP_UNSYNCHRONISED},
	{"stratum 255", 1, 255, 48, NTP_UNSYNCHRONISED}, {"root delay 16 s", 5, 16, 48, NTP_UNSYNCHRONISED},
	{"root delay negative", 4, 0x80, 48, NTP_UNSYNCHRONISED}, {"root dispersion 17 s", 9, 17, 48, NTP_UNSYNCHRONISED},
	{"1972", 32, 0x87, 48, NTP_IMPOSSIBLE}, {"sent before it came", 40, 0xec, 48, NTP_IMPOSSIBLE},
	{"stratum 0 without a kiss", 1, 0, 48, NTP_UNSYNCHRONISED},
};

START_TEST(other_answers_are_not_believed)
{
	struct ntp_answer a = {0};
	uint8_t p[NTP_PACKET];

	answer(p, NOW_S * US);
	p[wrong[_i].at] = wrong[_i].value;
	ck_assert_msg(ntp_read(&a, p, wrong[_i].n, cookie) == wrong[_i].verdict, "%s", wrong[_i].what);
}
END_TEST

START_TEST(zero_timestamps_are_no_time)
{
	struct ntp_answer a;
	uint8_t p[NTP_PACKET];

	answer(p, NOW_S * US);
	memset(p + 40, 0, 8);
	ck_assert_int_eq(ntp_read(&a, p, sizeof(p), cookie), NTP_IMPOSSIBLE);
	answer(p, NOW_S * US);
	memset(p + 32, 0, 8);
	ck_assert_int_eq(ntp_read(&a, p, sizeof(p), cookie), NTP_IMPOSSIBLE);
}
END_TEST

START_TEST(a_kiss_is_four_capitals)
{
	struct ntp_answer a;
	uint8_t p[NTP_PACKET];

	answer(p, NOW_S * US);
	p[1] = 0;
	memcpy(p + 12, "RATE", 4);
	ck_assert_int_eq(ntp_read(&a, p, sizeof(p), cookie), NTP_KISSED);
	ck_assert_str_eq(a.kiss, "RATE");
	memcpy(p + 12, "RA\nE", 4);
	ck_assert_int_eq(ntp_read(&a, p, sizeof(p), cookie), NTP_UNSYNCHRONISED);
	memset(p + 12, 0, 4);                                                   /* as chrony has it */
	ck_assert_int_eq(ntp_read(&a, p, sizeof(p), cookie), NTP_UNSYNCHRONISED);
}
END_TEST

START_TEST(half_of_the_way_is_taken_off)
{
	struct ntp_answer a = {.received_us = NOW_S * US + 3600 * US + 20000, .sent_us = NOW_S * US + 3600 * US + 21000};
	int64_t offset, delay;

	/* an hour ahead, 20 ms each way, 1 ms at the server */
	ck_assert(ntp_offset(&offset, &delay, &a, NOW_S * US, NOW_S * US + 41000));
	ck_assert_int_eq(offset, 3600 * US);
	ck_assert_int_eq(delay, 40000);
	ck_assert(ntp_offset(&offset, &delay, &a, NOW_S * US, NOW_S * US + 500));       /* coarse clocks */
	ck_assert_int_eq(delay, 0);
	a.sent_us += US;
	ck_assert(!ntp_offset(&offset, &delay, &a, NOW_S * US, NOW_S * US + 41000));
}
END_TEST

/* --- the client --- */

static struct {
	struct sa addr, laddr;
	struct udp_sock *us, *other;
	struct ntp *ntp;
	int64_t ahead_us;               /* the server's clock */
	enum { GOOD, DEAD, UNSYNC, KISS, STRANGER, FORGED } does;
	char kiss[5];
	unsigned asked, told;
	uint64_t at_us[64];             /* of requests */
	uint8_t last[NTP_PACKET];
	struct ntp_state st;            /* as told last */
} x;

static uint64_t now_us(void *arg) { (void)arg; return vnet_now_us(); }
static int64_t wall_us(void *arg) { (void)arg; return vnet_wall_us(); }

static void asked(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct mbuf *out = mbuf_alloc(NTP_PACKET);
	uint8_t p[NTP_PACKET];

	(void)arg;
	ck_assert_uint_eq(mbuf_get_left(mb), NTP_PACKET);
	if (x.asked < ARRAY_SIZE(x.at_us))
		x.at_us[x.asked] = vnet_now_us();
	++x.asked;
	ck_assert_mem_ne(x.last + 40, mbuf_buf(mb) + 40, NTP_COOKIE);           /* each its own */
	memcpy(x.last, mbuf_buf(mb), NTP_PACKET);
	answer(p, vnet_wall_us() + x.ahead_us);
	memcpy(p + 24, x.last + 40, NTP_COOKIE);
	if (x.does == UNSYNC)
		p[1] = 16;
	if (x.does == KISS) {
		p[1] = 0;
		memcpy(p + 12, x.kiss, 4);
	}
	if (x.does == FORGED)
		p[31] ^= 1;
	(void)mbuf_write_mem(out, p, sizeof(p));
	out->pos = 0;
	if (x.does != DEAD)
		(void)udp_send(x.does == STRANGER ? x.other : x.us, src, out);
	mem_deref(out);
}

static void told(const struct ntp_state *st, void *arg)
{
	(void)arg;
	++x.told;
	x.st = *st;
}

static void stop(void *arg) { (void)arg; re_cancel(); }

static void run(uint64_t s)
{
	struct tmr tmr;

	tmr_init(&tmr);
	tmr_start(&tmr, s * 1000, stop, NULL);
	(void)re_main(NULL);
}

/* Until the next poll is over */
static void next_poll(void)
{
	const unsigned n = x.told;

	while (x.told == n)
		run(1);
}

static struct ntp_config config(const char *server)
{
	return (struct ntp_config){.server = server, .port = SERVER_PORT, .laddr = x.laddr,
				   .clock = {.now_us = now_us, .wall_us = wall_us}};
}

static void start(void)
{
	const struct ntp_config cfg = config("10.77.0.2");

	ck_assert_int_eq(ntp_alloc(&x.ntp, &cfg, told, NULL), 0);
}

static void setup(void)
{
	struct sa other;

	memset(&x, 0, sizeof(x));
	ck_assert_int_eq(vnet_start(true, 7), 0);
	ck_assert_int_eq(libre_init(), 0);
	ck_assert_int_eq(sa_set_str(&x.laddr, "10.77.0.1", 5060), 0);
	ck_assert_int_eq(sa_set_str(&x.addr, "10.77.0.2", SERVER_PORT), 0);
	ck_assert_int_eq(udp_listen(&x.us, &x.addr, asked, NULL), 0);
	other = x.addr;
	sa_set_port(&other, SERVER_PORT + 1);
	ck_assert_int_eq(udp_listen(&x.other, &other, NULL, NULL), 0);
	x.ahead_us = 3600 * US;
}

static void teardown(void)
{
	x.ntp = mem_deref(x.ntp);
	x.us = mem_deref(x.us);
	x.other = mem_deref(x.other);
	libre_close();
	tmr_debug();
	mem_debug();
}

START_TEST(the_offset_is_told_and_the_interval_grows)
{
	unsigned i;

	start();
	run(2);
	ck_assert_uint_eq(x.told, 1);
	ck_assert(x.st.ok && x.st.ever);
	ck_assert_int_le(llabs(x.st.offset_us - x.ahead_us), 10);
	ck_assert_int_le(llabs(x.st.delay_us - 400), 10);               /* 200 us each way */
	ck_assert_uint_eq(x.st.poll_s, 64);
	run(86400);
	for (i = 1; i < 6; i++)
		ck_assert_uint_le((x.at_us[i] - x.at_us[i - 1]) / US, i == 1 ? 64 : 65u << (i - 1));
	ck_assert_uint_eq(x.st.poll_s, NTP_POLL_MAX_S);
	ck_assert_uint_eq(x.told, x.asked);
	ck_assert_uint_le(x.asked, 6 + 86400 / NTP_POLL_MAX_S + 1);
}
END_TEST

START_TEST(a_correction_shortens_the_interval)
{
	start();
	run(4000);
	ck_assert_uint_gt(x.st.poll_s, NTP_POLL_MIN_S);
	x.ahead_us += NTP_STEP_US + 1000;
	next_poll();
	ck_assert_int_le(llabs(x.st.offset_us - x.ahead_us), 10);
	ck_assert_uint_eq(x.st.poll_s, NTP_POLL_MIN_S);
	x.ahead_us += NTP_STEP_US - 1000;
	next_poll();
	ck_assert_uint_eq(x.st.poll_s, 2 * NTP_POLL_MIN_S);
}
END_TEST

START_TEST(silence_is_told_after_three_requests_and_backs_off)
{
	unsigned n;

	x.does = DEAD;
	start();
	run(8);
	ck_assert_uint_eq(x.asked, NTP_TRIES);
	ck_assert_uint_eq(x.told, 1);
	ck_assert(!x.st.ok && !x.st.ever);
	ck_assert_str_eq(x.st.cause, "the NTP server does not answer");
	run(86400);
	n = x.asked;
	ck_assert_uint_le(n, NTP_TRIES * (7 + 86400 / NTP_POLL_MAX_S + 1));
	x.does = GOOD;
	next_poll();
	ck_assert(x.st.ok);
	ck_assert_uint_eq(x.st.poll_s, NTP_POLL_MIN_S);
	ck_assert_uint_eq(x.asked, n + 1);
}
END_TEST

static const struct { int does; const char *kiss, *cause; bool last; } fault[] = {
	{UNSYNC, "", "does not know the time itself", false},
	{STRANGER, "", "does not answer", false},
	{FORGED, "", "does not answer", false},
	{KISS, "RATE", "less often (RATE)", false},
	{KISS, "DENY", "(DENY): it is not asked again", true},
	{KISS, "RSTR", "(RSTR): it is not asked again", true},
	{KISS, "INIT", "does not know the time (INIT)", false},
};

START_TEST(a_faulty_server_gives_no_time)
{
	x.does = fault[_i].does;
	memcpy(x.kiss, fault[_i].kiss, strlen(fault[_i].kiss));
	start();
	run(10);
	ck_assert(!x.st.ok && !x.st.ever);
	ck_assert_msg(strstr(x.st.cause, fault[_i].cause), "%s", x.st.cause);
	x.does = GOOD;
	x.asked = 0;
	run(100000);
	ck_assert_int_eq(x.st.ok, !fault[_i].last);
	ck_assert_int_eq(x.asked == 0, fault[_i].last);
	ntp_again(x.ntp);
	run(1);
	ck_assert_int_eq(x.asked == 0, fault[_i].last);
}
END_TEST

START_TEST(rate_is_obeyed_for_good)
{
	x.does = KISS;
	memcpy(x.kiss, "RATE", 4);
	start();
	run(10);
	ck_assert_uint_ge(x.st.poll_s, 2 * NTP_POLL_MIN_S);
	x.does = GOOD;
	ntp_again(x.ntp);
	run(60);
	ck_assert(!x.st.ok);                            /* not a moment before */
	run(100);
	ck_assert(x.st.ok);
	ck_assert_uint_ge(x.st.poll_s, 2 * NTP_POLL_MIN_S);
}
END_TEST

START_TEST(a_jump_is_believed_when_it_was_told_three_times)
{
	unsigned n;

	start();
	run(2);
	x.ahead_us += 86400 * US;
	n = x.asked;
	while (x.asked < n + NTP_AGREE - 1)
		run(1);
	run(1);
	ck_assert(!x.st.ok && x.st.ever);
	ck_assert_int_le(llabs(x.st.offset_us - x.ahead_us + 86400 * US), 10);
	ck_assert_ptr_nonnull(strstr(x.st.cause, "has jumped"));
	while (x.asked < n + NTP_AGREE)
		run(1);
	run(1);
	ck_assert(x.st.ok);
	ck_assert_int_le(llabs(x.st.offset_us - x.ahead_us), 10);
}
END_TEST

START_TEST(a_jump_that_changes_each_time_is_not_believed)
{
	const int64_t before = x.ahead_us;
	unsigned i;

	start();
	run(2);
	for (i = 0; i < 20; i++) {
		x.ahead_us += 86400 * US;
		run(70);
	}
	ck_assert_int_le(llabs(x.st.offset_us - before), 10);
	x.ahead_us = before;
	run(NTP_POLL_MAX_S + 10);
	ck_assert(x.st.ok);
}
END_TEST

START_TEST(the_network_is_back)
{
	x.does = DEAD;
	start();
	run(400);
	x.does = GOOD;
	x.asked = 0;
	ntp_again(x.ntp);
	run(1);
	ck_assert(x.st.ok);
	ck_assert_uint_eq(x.asked, 1);
	ntp_again(x.ntp);                               /* nothing failed: nothing is asked */
	ntp_again(NULL);
	run(1);
	ck_assert_uint_eq(x.asked, 1);
}
END_TEST

START_TEST(what_cannot_be_asked_is_told)
{
	const struct ntp_config name = config("ntp.example"), six = config("[fd77::2]");
	struct ntp_config cfg = config("10.77.0.2");

	ck_assert_int_eq(ntp_alloc(&x.ntp, &name, told, NULL), 0);
	run(2);
	ck_assert_ptr_nonnull(strstr(x.st.cause, "address was not found"));     /* no DNS */
	mem_deref(x.ntp);
	ck_assert_int_eq(ntp_alloc(&x.ntp, &six, told, NULL), 0);
	run(2);
	ck_assert_ptr_nonnull(strstr(x.st.cause, "cannot be asked"));           /* the door is on IPv4 */
	x.ntp = mem_deref(x.ntp);
	ck_assert_int_eq(ntp_alloc(&x.ntp, &cfg, NULL, NULL), EINVAL);
	cfg.port = 0;
	ck_assert_int_eq(ntp_alloc(&x.ntp, &cfg, told, NULL), EINVAL);
}
END_TEST

/* Ended at any moment of a poll, nothing comes any more */
START_TEST(it_ends_at_any_moment)
{
	struct tmr tmr;
	unsigned n;

	x.does = _i & 1 ? DEAD : GOOD;
	tmr_init(&tmr);
	start();
	tmr_start(&tmr, (uint64_t)_i * 97, stop, NULL);
	(void)re_main(NULL);
	n = x.told;
	x.ntp = mem_deref(x.ntp);
	run(100);
	ck_assert_uint_eq(x.told, n);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ntp");
	TCase *p = tcase_create("packets"), *c = tcase_create("client");

	tcase_add_test(p, a_request_says_nothing_of_us);
	tcase_add_test(p, a_good_answer_is_read);
	tcase_add_test(p, time_goes_on_in_2036);
	tcase_add_loop_test(p, other_answers_are_not_believed, 0, ARRAY_SIZE(wrong));
	tcase_add_test(p, zero_timestamps_are_no_time);
	tcase_add_test(p, a_kiss_is_four_capitals);
	tcase_add_test(p, half_of_the_way_is_taken_off);
	suite_add_tcase(s, p);
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, the_offset_is_told_and_the_interval_grows);
	tcase_add_test(c, a_correction_shortens_the_interval);
	tcase_add_test(c, silence_is_told_after_three_requests_and_backs_off);
	tcase_add_loop_test(c, a_faulty_server_gives_no_time, 0, ARRAY_SIZE(fault));
	tcase_add_test(c, rate_is_obeyed_for_good);
	tcase_add_test(c, a_jump_is_believed_when_it_was_told_three_times);
	tcase_add_test(c, a_jump_that_changes_each_time_is_not_believed);
	tcase_add_test(c, the_network_is_back);
	tcase_add_test(c, what_cannot_be_asked_is_told);
	tcase_add_loop_test(c, it_ends_at_any_moment, 0, 24);
	suite_add_tcase(s, c);

	return s;
}
