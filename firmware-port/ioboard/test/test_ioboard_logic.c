/**
 * @file test_ioboard_logic.c  The firmware's behaviour on a board made of variables (HIL-01)
 */
#include <check.h>
#include "../ioboard.h"
#include "fake.h"

Suite *suite(void);

static struct ioboard io;

static void setup(void)
{
	fake_init();
	ioboard_init(&io);
	ioboard_step(&io);
}

/** Let time pass as the board would: ticks, timer, main loop */
static void pass_us(uint64_t us)
{
	const uint64_t until = fake.now_us + us;

	while (fake.now_us < until) {
		fake.now_us += 100;
		if (fake.timer_us <= fake.now_us)
			ioboard_timer(&io);
		if (fake.now_us % 1000 == 0)
			ioboard_tick(&io);
		ioboard_step(&io);
	}
}

/** What was said last of a type; type 0 = it was not said */
static struct link_msg last_said(unsigned type)
{
	unsigned i;

	for (i = fake.said_n; i > 0; --i) {
		if (fake.said[i - 1].type == type)
			return fake.said[i - 1];
	}
	return (struct link_msg){0};
}

static unsigned times_said(unsigned type)
{
	unsigned i, n = 0;

	for (i = 0; i < fake.said_n; ++i)
		n += fake.said[i].type == type;
	return n;
}

/** Send a message over the line; returns the reason of its NACK, 0 for an ACK, 99 for silence */
static unsigned tell(struct link_msg m)
{
	uint8_t frame[LINK_FRAME_MAX];
	size_t n = 0;

	ck_assert_int_eq(link_encode(frame, &n, &m), 0);
	fake.in = frame;
	fake.in_n = n;
	fake.said_n = 0;
	ioboard_step(&io);
	if (times_said(LINK_NACK))
		return last_said(LINK_NACK).u.nack.reason;
	return times_said(LINK_ACK) ? 0 : 99;
}

static unsigned set(unsigned pin, bool level)
{
	struct link_msg m = {.type = LINK_SET};

	m.u.set.pin = (uint8_t)pin;
	m.u.set.level = level;
	return tell(m);
}

static unsigned set_at(unsigned pin, bool level, uint64_t at_us)
{
	struct link_msg m = {.type = LINK_SET_AT};

	m.u.set_at.pin = (uint8_t)pin;
	m.u.set_at.level = level;
	m.u.set_at.at_us = at_us;
	return tell(m);
}

static unsigned say(unsigned type)
{
	return tell((struct link_msg){.type = (uint8_t)type});
}

static void arm(void)
{
	ck_assert_uint_eq(say(LINK_HEARTBEAT), 99);
	ck_assert_uint_eq(say(LINK_ARM), 0);
}

static void change(unsigned pin, bool level)
{
	fake.level[pin] = level;
	ioboard_change(&io, pin, level, fake.now_us);
}

/* HIL-01: at boot: HELLO, then FAILSAFE with its cause, then a WATERMARK */
START_TEST(boot_says_who_and_that_relays_are_off)
{
	ck_assert_uint_eq(fake.said[0].type, LINK_HELLO);
	ck_assert_uint_eq(fake.said[0].u.hello.tables, link_tables_hash());
	ck_assert_uint_eq(fake.said[1].type, LINK_FAILSAFE);
	ck_assert_uint_eq(fake.said[2].type, LINK_WATERMARK);
	ck_assert_uint_eq(set(LINK_PIN_RELAY1, true), LINK_NACK_DISARMED);
	ck_assert(!fake.level[LINK_PIN_RELAY1]);
}
END_TEST

/* HIL-01: silence releases both relays within 500 ms of the last heartbeat, drops their schedule,
 * wants ARM */
START_TEST(silence_releases_the_relays)
{
	arm();
	ck_assert_uint_eq(set(LINK_PIN_RELAY1, true), 0);
	ck_assert_uint_eq(set(LINK_PIN_RELAY2, true), 0);
	ck_assert_uint_eq(set(LINK_PIN_LIT_CALL, true), 0);
	ck_assert_uint_eq(set_at(LINK_PIN_RELAY1, true, 800000), 0);
	pass_us(470000);
	ck_assert(fake.level[LINK_PIN_RELAY1]);
	fake.said_n = 0;
	pass_us(30000);
	ck_assert(!fake.level[LINK_PIN_RELAY1] && !fake.level[LINK_PIN_RELAY2]);
	ck_assert(fake.level[LINK_PIN_LIT_CALL]);
	ck_assert_uint_eq(last_said(LINK_FAILSAFE).u.failsafe.cause, LINK_CAUSE_SILENCE);
	ck_assert_uint_eq(times_said(LINK_EDGE), 2);
	pass_us(500000);
	ck_assert(!fake.level[LINK_PIN_RELAY1]);
	ck_assert_uint_eq(say(LINK_ARM), LINK_NACK_SILENT);
	arm();
	ck_assert_uint_eq(set(LINK_PIN_RELAY1, true), 0);
}
END_TEST

/* HIL-01: heartbeats keep the relays; other messages do not */
START_TEST(only_heartbeats_keep_the_relays)
{
	int i;

	arm();
	ck_assert_uint_eq(set(LINK_PIN_RELAY1, true), 0);
	for (i = 0; i < 20; ++i) {
		pass_us(100000);
		(void)say(LINK_HEARTBEAT);
	}
	ck_assert(fake.level[LINK_PIN_RELAY1]);
	for (i = 0; i < 5; ++i) {
		pass_us(100000);
		(void)set(LINK_PIN_LIT_CALL, i % 2);
	}
	ck_assert(!fake.level[LINK_PIN_RELAY1]);
}
END_TEST

/* HIL-01: what may not be driven is refused with its reason, and nothing changes */
START_TEST(refusals_have_reasons)
{
	arm();
	ck_assert_uint_eq(set(LINK_PIN_BUTTON, true), LINK_NACK_DIRECTION);
	ck_assert_uint_eq(set(LINK_PIN_DOOR_B, true), LINK_NACK_ABSENT);
	pass_us(1000);
	ck_assert_uint_eq(set_at(LINK_PIN_BEEP, true, 1), LINK_NACK_LATE);
	ck_assert_uint_eq(say(LINK_ACK), LINK_NACK_TYPE);
	ck_assert_uint_eq(tell((struct link_msg){.type = LINK_ASK, .u.ask.type = LINK_SET}),
	                  LINK_NACK_TYPE);
	ck_assert(!fake.level[LINK_PIN_BUTTON] && !fake.level[LINK_PIN_DOOR_B] &&
	          !fake.level[LINK_PIN_BEEP]);
}
END_TEST

/* HIL-01: scheduled edges come in their order and at their time, told with it */
START_TEST(schedule_is_kept)
{
	arm();
	ck_assert_uint_eq(set_at(LINK_PIN_BEEP, false, 30000), 0);
	ck_assert_uint_eq(set_at(LINK_PIN_BEEP, true, 20000), 0);
	fake.said_n = 0;
	pass_us(40000);
	ck_assert_uint_eq(times_said(LINK_EDGE), 2);
	ck_assert_uint_eq(last_said(LINK_EDGE).u.edge.at_us, 30000);
	ck_assert(!fake.level[LINK_PIN_BEEP]);
	ck_assert_uint_eq(io.late_max_us, 0);
}
END_TEST

/* HIL-01: a WAVE is taken whole or not at all; a SET ends it */
START_TEST(wave_is_whole_or_refused)
{
	struct link_msg m = {.type = LINK_WAVE};
	unsigned i;

	m.u.wave.pin = LINK_PIN_BEEP;
	m.u.wave.level = 1;
	m.u.wave.at_us = 10000;
	m.u.wave.n = LINK_WAVE_MAX;
	for (i = 0; i < LINK_WAVE_MAX; ++i)
		m.u.wave.after_us[i] = 1000;
	for (i = 0; i < PLAN_ROOM / (LINK_WAVE_MAX + 1); ++i)
		ck_assert_uint_eq(tell(m), 0);
	ck_assert_uint_eq(tell(m), LINK_NACK_FULL);
	ck_assert_uint_eq(io.plan.n, i * (LINK_WAVE_MAX + 1));
	ck_assert_uint_eq(set(LINK_PIN_BEEP, false), 0);
	ck_assert_uint_eq(io.plan.n, 0);
	pass_us(30000);
	ck_assert_uint_eq(times_said(LINK_EDGE), 0);
}
END_TEST

/* HIL-01, HW-01: a press that bounces is one EDGE with the time of the first change */
START_TEST(bouncing_press_is_one_edge)
{
	uint64_t first;
	int i;

	pass_us(10000);
	first = fake.now_us;
	fake.said_n = 0;
	for (i = 0; i < 5; ++i) {
		change(LINK_PIN_BUTTON, !(i % 2));
		pass_us(1000);
	}
	ck_assert_uint_eq(times_said(LINK_EDGE), 0);
	pass_us(10000);
	ck_assert_uint_eq(times_said(LINK_EDGE), 1);
	ck_assert_uint_eq(last_said(LINK_EDGE).u.edge.at_us, first);
	ck_assert_uint_eq(last_said(LINK_EDGE).u.edge.level, 1);
}
END_TEST

/* HIL-01: a spike is no edge, and is counted */
START_TEST(spike_is_counted)
{
	fake.said_n = 0;
	change(LINK_PIN_CONTACT, true);
	pass_us(300);
	change(LINK_PIN_CONTACT, false);
	pass_us(20000);
	ck_assert_uint_eq(times_said(LINK_EDGE), 0);
	ck_assert_uint_eq(io.in[LINK_PIN_CONTACT - LINK_PIN_BUTTON].glitches, 1);
}
END_TEST

/* HIL-01: no edge comes with a time a WATERMARK has passed */
START_TEST(watermark_waits_for_a_moving_line)
{
	uint64_t first;
	unsigned i;

	pass_us(100000);
	first = fake.now_us;
	fake.said_n = 0;
	for (i = 0; i < 60; ++i) {
		change(LINK_PIN_BUTTON, !(i % 2));
		pass_us(2000);
	}
	ck_assert_uint_ge(times_said(LINK_WATERMARK), 2);
	ck_assert_uint_lt(last_said(LINK_WATERMARK).u.watermark.upto_us, first);
	change(LINK_PIN_BUTTON, true);
	pass_us(60000);
	ck_assert_uint_eq(last_said(LINK_EDGE).u.edge.at_us, first);
	ck_assert_uint_gt(last_said(LINK_WATERMARK).u.watermark.upto_us, first);
}
END_TEST

/* HIL-01: edges wait while the line is full; those that find no room are told of, with pins and
 * time */
START_TEST(overflow_is_told)
{
	unsigned i;

	arm();
	fake.room = 0;
	for (i = 0; i < EDGES_ROOM + 3; ++i) {
		fake.now_us += 100;
		ioboard_drive(&io, LINK_PIN_BEEP, !(i % 2));
	}
	fake.said_n = 0;
	ioboard_step(&io);
	ck_assert_uint_eq(fake.said_n, 0);
	fake.room = SIZE_MAX;
	ioboard_step(&io);
	ck_assert_uint_eq(times_said(LINK_EDGE), EDGES_ROOM);
	ck_assert_uint_eq(times_said(LINK_OVERFLOW), 1);
	ck_assert_uint_eq(last_said(LINK_OVERFLOW).u.overflow.lost, 3);
	ck_assert_uint_eq(last_said(LINK_OVERFLOW).u.overflow.pins, 1u << LINK_PIN_BEEP);
	ck_assert_uint_eq(last_said(LINK_OVERFLOW).u.overflow.from_us, (EDGES_ROOM + 1) * 100);
}
END_TEST

/* HIL-01: a board that stood still says for how long */
START_TEST(stall_is_told)
{
	pass_us(60000);
	fake.now_us += 70000;
	ioboard_tick(&io);
	fake.said_n = 0;
	ioboard_step(&io);
	ck_assert_uint_ge(last_said(LINK_WATERMARK).u.watermark.stall_us, 69000);
	pass_us(200000);
	ck_assert_uint_le(last_said(LINK_WATERMARK).u.watermark.stall_us, 0);
}
END_TEST

/* HIL-01: TIMESYNC comes back with the host's time as it was; STATS when asked */
START_TEST(answers_to_questions)
{
	struct link_msg m = {.type = LINK_TIMESYNC};

	fake.now_us = 777;
	m.u.timesync.host_us = 123456789;
	ck_assert_uint_eq(tell(m), 99);
	ck_assert_uint_eq(last_said(LINK_TIMESYNC).u.timesync.host_us, 123456789);
	ck_assert_uint_eq(last_said(LINK_TIMESYNC).u.timesync.board_us, 777);
	(void)tell((struct link_msg){.type = LINK_ASK, .u.ask.type = LINK_STATS});
	ck_assert_uint_eq(last_said(LINK_STATS).u.stats.rx_frames, 2);
	(void)tell((struct link_msg){.type = LINK_ASK, .u.ask.type = LINK_HELLO});
	ck_assert_uint_eq(times_said(LINK_HELLO), 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ioboard");
	TCase *tc = tcase_create("ioboard");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, boot_says_who_and_that_relays_are_off);
	tcase_add_test(tc, silence_releases_the_relays);
	tcase_add_test(tc, only_heartbeats_keep_the_relays);
	tcase_add_test(tc, refusals_have_reasons);
	tcase_add_test(tc, schedule_is_kept);
	tcase_add_test(tc, wave_is_whole_or_refused);
	tcase_add_test(tc, bouncing_press_is_one_edge);
	tcase_add_test(tc, spike_is_counted);
	tcase_add_test(tc, watermark_waits_for_a_moving_line);
	tcase_add_test(tc, overflow_is_told);
	tcase_add_test(tc, stall_is_told);
	tcase_add_test(tc, answers_to_questions);
	suite_add_tcase(s, tc);
	return s;
}
