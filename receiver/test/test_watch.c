/* The watch over the doors' cyclic tests (SUP-30) */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include "receiver/receiver_priv.h"
#include "sim/vnet.h"

#define HOUR_S 3600u

static struct watch *w;
static char told[512];                  /* "identity@hour " */
static struct tmr stop;

static void on_missed(const char *identity, void *arg)
{
	const size_t n = strlen(told);

	(void)arg;
	snprintf(told + n, sizeof(told) - n, "%s@%u ", identity, (unsigned)(vnet_now_us() / 1000000 / HOUR_S));
}

static void stopped(void *arg)
{
	(void)arg;
	re_cancel();
}

static void run_to_h(unsigned h)
{
	const uint64_t at_ms = (uint64_t)h * HOUR_S * 1000, now_ms = vnet_now_us() / 1000;

	tmr_start(&stop, at_ms - now_ms, stopped, NULL);
	ck_assert_int_eq(re_main(NULL), 0);
}

static void setup(void)
{
	told[0] = '\0';
	ck_assert_int_eq(vnet_start(true, 1), 0);
	ck_assert_int_eq(libre_init(), 0);
	tmr_init(&stop);
	ck_assert_int_eq(watch_alloc(&w, DAY_S, 2 * HOUR_S, on_missed, NULL), 0);
}

static void teardown(void)
{
	w = mem_deref(w);
	tmr_cancel(&stop);
	libre_close();
}

static void test_of(const char *identity)
{
	struct receiver_alarm a = {.t_us = vnet_now_us(), .alerte = 4, .acknowledged = true,
				   .result = RECEIVER_ACKNOWLEDGED};

	snprintf(a.identity, sizeof(a.identity), "%s", identity);
	watch_alarm(w, &a);
}

START_TEST(test_in_time_nothing_is_told)
{
	unsigned h;

	for (h = 0; h < 240; h += 24) {
		test_of("1");
		run_to_h(h + 24);
	}
	ck_assert_str_eq(told, "");
}
END_TEST

START_TEST(test_missed_is_told_after_the_grace_and_again_a_period_later)
{
	test_of("1");
	run_to_h(75);
	ck_assert_str_eq(told, "1@26 1@50 1@74 ");
}
END_TEST

/* the door that was reminded of is due before one that tested meanwhile, or after: each has its own time */
START_TEST(test_doors_are_told_in_the_order_of_their_times)
{
	test_of("1");
	run_to_h(10);
	test_of("2");
	run_to_h(27);
	test_of("3");
	run_to_h(62);
	ck_assert_str_eq(told, "1@26 2@36 1@50 3@53 2@60 ");
}
END_TEST

START_TEST(test_what_is_no_test_starts_no_watch)
{
	static const struct receiver_alarm no[] = {
		{.alerte = 1, .acknowledged = true, .identity = "1", .result = RECEIVER_ACKNOWLEDGED},
		{.alerte = 4, .identity = "1", .result = RECEIVER_CANCELLED},
		{.alerte = 4, .identity = "1", .result = RECEIVER_REFUSED},
		{.alerte = 4, .identity = "1", .result = RECEIVER_BAD_CRC},
		{.alerte = 4, .acknowledged = true, .identity = "", .result = RECEIVER_ACKNOWLEDGED},
	};

	watch_alarm(w, &no[_i]);
	run_to_h(100);
	ck_assert_str_eq(told, "");
}
END_TEST

/* SUP-30: what the door takes for success is a test: 1 heard, 200 without a frame, the MESSAGE */
START_TEST(test_what_a_door_counts_as_success_is_a_test)
{
	static const struct receiver_alarm yes[] = {
		{.alerte = 4, .acks = 5, .identity = "1", .result = RECEIVER_NO_HASH},
		{.alerte = 4, .identity = "1", .result = RECEIVER_NO_FRAME},
		{.alerte = 4, .identity = "1", .result = RECEIVER_MESSAGE},
	};

	watch_alarm(w, &yes[_i]);
	run_to_h(30);
	ck_assert_str_eq(told, "1@26 ");
}
END_TEST

START_TEST(test_a_hundred_thousand_doors_are_the_limit)
{
	char id[12];
	unsigned i;

	for (i = 0; i < 100010; i++) {
		snprintf(id, sizeof(id), "%u", i);
		test_of(id);
	}
	run_to_h(20);
	test_of("5");
	test_of("100005");
	told[0] = '\0';
	run_to_h(45);
	ck_assert_ptr_nonnull(strstr(told, "0@26 "));
	ck_assert_ptr_null(strstr(told, "100005@"));
}
END_TEST

START_TEST(test_without_a_watch_an_alarm_is_no_harm)
{
	const struct receiver_alarm a = {.alerte = 4, .acknowledged = true};

	watch_alarm(NULL, &a);
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("watch");
	TCase *tc = tcase_create("watch");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_in_time_nothing_is_told);
	tcase_add_test(tc, test_missed_is_told_after_the_grace_and_again_a_period_later);
	tcase_add_test(tc, test_doors_are_told_in_the_order_of_their_times);
	tcase_add_loop_test(tc, test_what_is_no_test_starts_no_watch, 0, 5);
	tcase_add_loop_test(tc, test_what_a_door_counts_as_success_is_a_test, 0, 3);
	tcase_add_test(tc, test_a_hundred_thousand_doors_are_the_limit);
	tcase_add_test(tc, test_without_a_watch_an_alarm_is_no_harm);
	suite_add_tcase(s, tc);

	return s;
}
