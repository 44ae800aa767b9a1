/**
 * @file test_vnet_timers.c  libre's timers as a heap behave as its list did (SIM-03)
 */
#include <check.h>
#include <re.h>
#include <string.h>
#include "sim/vnet.h"

Suite *suite(void);

enum { N = 300, STEPS = 3000 };

struct one {
	struct tmr t;
	uint64_t due_ms;
	unsigned started;               /* n-th start of all */
	bool runs;
};

static struct one all[N];
static unsigned starts, fired, wrong;
static unsigned last_started;
static uint64_t last_ms, epoch_ms;

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

static uint64_t now_ms(void)
{
	return vnet_now_us() / 1000;
}

static void on_timer(void *arg)
{
	struct one *o = arg;

	fired++;
	wrong += !o->runs || o->due_ms != now_ms();
	wrong += last_ms == o->due_ms && last_started > o->started;
	last_ms = o->due_ms;
	last_started = o->started;
	o->runs = false;
}

static void start(struct one *o, uint64_t ms)
{
	tmr_start(&o->t, ms, on_timer, o);
	o->due_ms = now_ms() + ms;
	o->started = ++starts;
	o->runs = true;
}

static void setup(void)
{
	ck_assert_int_eq(vnet_start(true, 11), 0);
	ck_assert_int_eq(libre_init(), 0);
	epoch_ms = tmr_jiffies();
}

static void teardown(void)
{
	libre_close();
}

START_TEST(test_due_together_fire_in_order_of_starting)
{
	for (unsigned i = 0; i < N; i++)
		start(&all[(i * 7) % N], 50);
	run_ms(100);
	ck_assert_uint_eq(fired, N);
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(vnet_timers(), 0);
}
END_TEST

/* against the plain model: each timer fires once, when it was last started for, unless cancelled */
START_TEST(test_any_mix_of_start_restart_and_cancel)
{
	unsigned expected = 0;

	for (unsigned i = 0; i < STEPS; i++) {
		struct one *o = &all[vnet_random() % N];
		const bool ran = tmr_isrunning(&o->t);

		if (vnet_random() % 4) {
			start(o, 1 + vnet_random() % 200);
			expected += !ran;
		}
		else {
			tmr_cancel(&o->t);
			o->runs = false;
			expected -= ran;
		}
		ck_assert_uint_eq(vnet_timers(), expected - fired);
		if (i % 16 == 0)
			run_ms(1 + vnet_random() % 5);
	}
	run_ms(1000);
	ck_assert_uint_eq(fired, expected);
	ck_assert_uint_gt(fired, N);
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(vnet_timers(), 0);
}
END_TEST

static void cancel_next(void *arg)
{
	struct one *o = arg;

	fired++;
	tmr_cancel(&o->t);
}

START_TEST(test_a_handler_cancels_the_timer_due_with_it)
{
	tmr_start(&all[0].t, 10, cancel_next, &all[1]);
	start(&all[1], 10);
	run_ms(20);
	ck_assert_uint_eq(fired, 1);
	ck_assert(!tmr_isrunning(&all[1].t));
}
END_TEST

static void at_once(void *arg)
{
	struct one *o = arg;

	if (++fired < 10)
		tmr_start(&o->t, 0, at_once, o);
}

START_TEST(test_a_handler_starts_its_timer_again)
{
	tmr_start(&all[0].t, 10, at_once, &all[0]);
	run_ms(20);
	ck_assert_uint_eq(fired, 10);
}
END_TEST

START_TEST(test_time_left)
{
	start(&all[0], 500);
	run_ms(200);
	ck_assert_uint_eq(tmr_get_expire(&all[0].t), 300);
	ck_assert_uint_eq(tmr_jiffies() - epoch_ms, 200);
	tmr_cancel(&all[0].t);
}
END_TEST

/* the loop's time-out is an int of milliseconds: 24.8 days */
START_TEST(test_a_timer_of_a_year)
{
	start(&all[0], UINT64_C(365) * 86400000);
	ck_assert_uint_eq(vnet_timers(), 1);
	run_ms(UINT64_C(366) * 86400000);
	ck_assert_uint_eq(fired, 1);
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("vnet_timers");
	TCase *tc = tcase_create("timers");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_due_together_fire_in_order_of_starting);
	tcase_add_test(tc, test_any_mix_of_start_restart_and_cancel);
	tcase_add_test(tc, test_a_handler_cancels_the_timer_due_with_it);
	tcase_add_test(tc, test_a_handler_starts_its_timer_again);
	tcase_add_test(tc, test_time_left);
	tcase_add_test(tc, test_a_timer_of_a_year);
	suite_add_tcase(s, tc);

	return s;
}
