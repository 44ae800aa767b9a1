/**
 * @file test_board.c  The host's side of the board link against a fake board (HIL-01)
 */
#include "../board_priv.h"
#include "fake_board.h"

Suite *suite(void);

static struct fake fake;
static struct board *board;
static unsigned troubles[BOARD_TROUBLE_COUNT], edges;
static char said[256], why[256];
static struct board_edge last;

static void on_state(enum board_state state, const char *text, void *arg)
{
	(void)arg;
	(void)state;
	(void)snprintf(why, sizeof(why), "%s", text);
}

static void on_edge(const struct board_edge *e, void *arg)
{
	(void)arg;
	last = *e;
	++edges;
}

static void on_trouble(enum board_trouble t, const char *text, void *arg)
{
	(void)arg;
	++troubles[t];
	(void)snprintf(said, sizeof(said), "%s", text);
}

static void setup(void)
{
	ck_assert_int_eq(vnet_start(false, 1), 0);
	ck_assert_int_eq(libre_init(), 0);
	memset(troubles, 0, sizeof(troubles));
	edges = 0;
	fake_open(&fake);
}

static void teardown(void)
{
	board = mem_deref(board);
	fake_close(&fake);
	libre_close();
}

static void start(void)
{
	struct board_config cfg = {.state = on_state, .edge = on_edge, .trouble = on_trouble};
	char err[256];

	(void)snprintf(cfg.address, sizeof(cfg.address), "%s", fake.address);
	ck_assert_int_eq(board_alloc(&board, &cfg, err, sizeof(err)), 0);
}

/** Run until the state is there, or most_ms are over */
static void until(enum board_state state, unsigned most_ms)
{
	unsigned ms;

	for (ms = 0; ms < most_ms && board_state(board) != state; ms += 10)
		run_ms(10);
	ck_assert_int_eq(board_state(board), state);
}

static void ready(void)
{
	start();
	until(BOARD_READY, 2000);
	ck_assert_int_eq(board_idle(board), true);
}

static unsigned all_troubles(void)
{
	unsigned i, n = 0;

	for (i = 0; i < BOARD_TROUBLE_COUNT; ++i)
		n += troubles[i];
	return n;
}

/* HIL-01 */
START_TEST(greets_arms_compares_clocks_and_is_ready)
{
	ready();
	ck_assert_str_eq(why, "fake");
	ck_assert_uint_eq(fake.arms, 1);
	ck_assert_uint_eq(all_troubles(), 0);
}
END_TEST

/* HIL-01 */
START_TEST(who_does_not_say_hello_is_asked_again_and_dropped)
{
	fake.mute = true;
	start();
	until(BOARD_DOWN, 4000);
	ck_assert_uint_ge(fake.greetings, 5);
	ck_assert_ptr_nonnull(strstr(why, "is the firmware flashed?"));
	fake.mute = false;
	until(BOARD_READY, 2000);
	ck_assert_uint_eq(troubles[BOARD_GONE_TROUBLE], 0);
}
END_TEST

/* HIL-01: a clock that is never told ends the greeting, too */
START_TEST(who_does_not_tell_its_time_is_dropped)
{
	unsigned ms;

	fake.no_sync = true;
	start();
	for (ms = 0; ms < 4000 && board_state(board) != BOARD_DOWN; ms += 50) {
		run_ms(50);
		if (fake.fd >= 0 && board_hello(board))
			fake_watermark(&fake, fake_now(&fake), fake.levels, 0);
	}
	ck_assert_int_eq(board_state(board), BOARD_DOWN);
	ck_assert_ptr_nonnull(strstr(why, "time"));
}
END_TEST

/* HIL-01 */
START_TEST(other_tables_are_refused_with_both_hashes)
{
	fake.tables ^= 1;
	start();
	until(BOARD_REFUSED, 1000);
	ck_assert_ptr_nonnull(strstr(why, "make ioboard"));
}
END_TEST

/* HIL-01 */
START_TEST(another_protocol_is_refused_with_its_number)
{
	uint8_t raw[LINK_HEADER + 2] = {(uint8_t)_i, 0x0a}, frame[sizeof(raw) + 2];
	size_t i, code = 0;
	char want[64];

	fake.mute = true;
	start();
	run_ms(50);
	raw[12] = (uint8_t)link_crc(raw, 12);
	raw[13] = (uint8_t)(link_crc(raw, 12) >> 8);
	for (i = 0; i < sizeof(raw); ++i) {     /* COBS */
		frame[i + 1] = raw[i];
		if (!raw[i]) {
			frame[code] = (uint8_t)(i + 1 - code);
			code = i + 1;
		}
	}
	frame[code] = (uint8_t)(i + 1 - code);
	frame[i + 1] = 0;
	fake_bytes(&fake, frame, sizeof(frame));
	until(BOARD_REFUSED, 500);
	(void)snprintf(want, sizeof(want), "protocol %d,", _i);
	ck_assert_ptr_nonnull(strstr(why, want));
}
END_TEST

/* HIL-01 */
START_TEST(a_refusal_says_pin_and_reason)
{
	ready();
	fake.nack = (uint8_t)_i;
	ck_assert_int_eq(board_set(board, LINK_PIN_RELAY2, true), 0);
	run_ms(50);
	ck_assert_uint_eq(troubles[BOARD_REFUSED_TROUBLE], 1);
	ck_assert_ptr_nonnull(strstr(said, "RELAY2: the board refused: "));
	ck_assert_ptr_null(strchr(said, '?'));
	ck_assert(board_idle(board));
}
END_TEST

/* HIL-01 */
START_TEST(no_answer_within_500_ms_is_told)
{
	ready();
	fake.no_ack = true;
	ck_assert_int_eq(board_set(board, LINK_PIN_RELAY1, true), 0);
	ck_assert_int_eq(board_set(board, LINK_PIN_BUTTON, true), EINVAL);
	run_ms(400);
	ck_assert_uint_eq(all_troubles(), 0);
	ck_assert(!board_idle(board));
	run_ms(250);
	ck_assert_uint_eq(troubles[BOARD_UNANSWERED_TROUBLE], 1);
	ck_assert(board_idle(board));
}
END_TEST

/* HIL-01 */
START_TEST(a_gap_in_the_numbers_is_told_with_its_size)
{
	ready();
	fake.seq = (uint16_t)(fake.seq + 3);
	fake_watermark(&fake, fake_now(&fake), fake.levels, 0);
	run_ms(30);
	ck_assert_uint_eq(troubles[BOARD_LOST_TROUBLE], 1);
	ck_assert_ptr_nonnull(strstr(said, "3 frames"));
}
END_TEST

/* HIL-01: a frame that comes twice is one edge, and no 65,535 lost frames */
START_TEST(a_frame_that_comes_twice_is_taken_once)
{
	ready();
	fake_edge(&fake, LINK_PIN_BUTTON, true, fake_now(&fake));
	--fake.seq;
	fake_edge(&fake, LINK_PIN_BUTTON, true, fake_now(&fake));
	run_ms(30);
	ck_assert_uint_eq(edges, 1);
	ck_assert_uint_eq(troubles[BOARD_LOST_TROUBLE], 1);
	ck_assert_ptr_nonnull(strstr(said, "twice or late"));
	fake_edge(&fake, LINK_PIN_BUTTON, false, fake_now(&fake));
	run_ms(30);
	ck_assert_uint_eq(edges, 2);
	ck_assert_uint_eq(all_troubles(), 1);
}
END_TEST

/* HIL-01 */
START_TEST(overflow_is_told)
{
	struct link_msg m = {.type = LINK_OVERFLOW};

	ready();
	m.u.overflow.lost = 17;
	fake_send(&fake, m);
	run_ms(30);
	ck_assert_uint_eq(troubles[BOARD_OVERFLOW_TROUBLE], 1);
	ck_assert_ptr_nonnull(strstr(said, "17 edges"));
}
END_TEST

/* HIL-01: two marks that show another level, with no edge after them, are a missed edge */
START_TEST(a_level_without_an_edge_is_missed)
{
	ready();
	fake_watermark(&fake, fake_now(&fake), fake.levels | 1u << LINK_PIN_BUTTON, 0);
	run_ms(20);
	ck_assert_uint_eq(troubles[BOARD_MISSED_TROUBLE], 0);
	fake_watermark(&fake, fake_now(&fake), fake.levels | 1u << LINK_PIN_BUTTON, 0);
	run_ms(20);
	ck_assert_uint_eq(troubles[BOARD_MISSED_TROUBLE], 1);
	ck_assert_uint_eq(edges, 1);
	ck_assert_uint_eq(last.pin, LINK_PIN_BUTTON);
	ck_assert(last.level);
}
END_TEST

/* HIL-01 */
START_TEST(an_edge_later_than_the_mark_is_not_missed)
{
	uint64_t now;
	unsigned i;

	ready();
	now = fake_now(&fake);
	fake_edge(&fake, LINK_PIN_BUTTON, true, now);
	for (i = 0; i < 3; ++i)
		fake_watermark(&fake, now - 10 + i, 0, 0);
	run_ms(30);
	ck_assert_uint_eq(all_troubles(), 0);
	ck_assert_uint_eq(edges, 1);
}
END_TEST

/* HIL-01 */
START_TEST(failsafe_is_told_and_armed_again)
{
	struct link_msg m = {.type = LINK_FAILSAFE};

	ready();
	m.u.failsafe.cause = LINK_CAUSE_SILENCE;
	fake_send(&fake, m);
	run_ms(50);
	until(BOARD_READY, 1000);
	ck_assert_uint_eq(troubles[BOARD_RELEASED_TROUBLE], 1);
	ck_assert_uint_eq(fake.arms, 2);
	ck_assert_uint_eq(all_troubles(), 1);
}
END_TEST

/* HIL-01 */
START_TEST(a_hello_with_a_smaller_time_is_a_restart)
{
	ready();
	fake_watermark(&fake, fake_now(&fake), fake.levels, 0);
	fake_hello(&fake);
	run_ms(30);
	ck_assert_uint_eq(all_troubles(), 0);
	fake.offset_us = -(int64_t)hil_clock_us();
	fake_hello(&fake);
	run_ms(30);
	until(BOARD_READY, 1000);
	ck_assert_uint_eq(troubles[BOARD_RESTARTED_TROUBLE], 1);
	ck_assert_uint_eq(all_troubles(), 1);
	ck_assert_uint_eq(fake.arms, 2);
}
END_TEST

/* HIL-01 */
START_TEST(a_clock_that_jumps_is_told)
{
	ready();
	fake.offset_us += 5000000;
	run_ms(400);
	ck_assert_uint_eq(troubles[BOARD_TIME_TROUBLE], 1);
}
END_TEST

/* HIL-01: what happened while the line was closed lies between the last word before it and now */
START_TEST(an_edge_while_the_line_was_closed_has_an_error_that_reaches_back)
{
	uint64_t gone;

	ready();
	gone = hil_clock_us();
	fake_hang_up(&fake);
	fd_close(fake.listen_fd);
	run_ms(300);
	ck_assert_uint_eq(troubles[BOARD_GONE_TROUBLE], 1);
	fake.levels |= 1u << LINK_PIN_BUTTON;
	ck_assert_int_eq(fd_listen(fake.listen_fd, FD_READ, fake_accept, &fake), 0);
	until(BOARD_READY, 3000);
	ck_assert_uint_eq(edges, 1);
	ck_assert_uint_eq(last.pin, LINK_PIN_BUTTON);
	ck_assert_double_le((double)last.host_us - last.error_us, (double)gone);
}
END_TEST

/* HIL-01 */
START_TEST(silence_is_taken_for_a_lost_line)
{
	ready();
	fake.no_sync = fake.mute = true;
	until(BOARD_DOWN, 1200);
	ck_assert_uint_eq(troubles[BOARD_GONE_TROUBLE], 1);
	ck_assert_str_eq(why, "the board is silent");
	fake.no_sync = fake.mute = false;
	until(BOARD_READY, 2000);
}
END_TEST

/* HIL-01 */
START_TEST(a_line_that_takes_nothing_ends)
{
	static const uint8_t noise[1024] = {0};
	unsigned i;
	int err = 0;

	ready();
	for (i = 0; i < 10000 && !err; ++i)     /* the loop does not run: the fake reads nothing */
		err = board_noise(board, noise, sizeof(noise));
	ck_assert_int_eq(err, ENOBUFS);
	ck_assert_int_eq(board_state(board), BOARD_DOWN);
	ck_assert_str_eq(said, "the board takes nothing that is sent");
	until(BOARD_READY, 2000);
}
END_TEST

/* HIL-01: noise between frames hits none of them */
START_TEST(noise_between_frames_does_no_harm)
{
	static const uint8_t noise[] = {0x13, 0xff, 0x80, 0, 0, 7, 0};
	unsigned i;

	ready();
	for (i = 0; i < 20; ++i) {
		fake_bytes(&fake, noise, sizeof(noise));
		fake_edge(&fake, LINK_PIN_BUTTON, i & 1, fake_now(&fake));
	}
	run_ms(50);
	ck_assert_uint_eq(edges, 20);
	ck_assert_uint_eq(all_troubles(), 0);
}
END_TEST

/* HIL-01 */
START_TEST(the_time_of_an_edge_contains_the_truth)
{
	uint64_t truth;
	unsigned i;

	ready();
	for (i = 0; i < 20; ++i) {
		truth = hil_clock_us();
		fake_edge(&fake, LINK_PIN_CONTACT, i & 1, truth + (uint64_t)fake.offset_us);
		run_ms(20);
		ck_assert_uint_eq(edges, i + 1);
		ck_assert_double_le((double)llabs((long long)(last.host_us - truth)), last.error_us);
		ck_assert_double_le(last.error_us, 50000);
	}
}
END_TEST

/* HIL-01 */
START_TEST(a_stall_is_that_of_the_covering_mark_and_the_next)
{
	uint32_t stall = 0;
	uint64_t t;

	ready();
	t = fake_now(&fake);
	fake_watermark(&fake, t, fake.levels, 5);
	run_ms(20);
	ck_assert_int_eq(board_stall_us(board, &stall, t), EAGAIN);
	fake_watermark(&fake, t + 50, fake.levels, 9);
	fake_watermark(&fake, t + 100, fake.levels, 2);
	run_ms(20);
	ck_assert_int_eq(board_stall_us(board, &stall, t), 0);
	ck_assert_uint_eq(stall, 9);
	ck_assert_int_eq(board_stall_us(board, &stall, t + 1), 0);
	ck_assert_uint_eq(stall, 9);
	ck_assert_int_eq(board_stall_us(board, &stall, t + 51), EAGAIN);
}
END_TEST

/* --- a million corrupted frames --- */

static uint64_t seed = 7;

static unsigned draw(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static void on_true_edge(const struct board_edge *e, void *arg)
{
	(void)arg;
	/* the fake's edges say their pin and level in their time, too */
	ck_assert_uint_eq(e->board_us % 48, e->pin * 2u + e->level);
	++edges;
}

/** Cut, merge, flip; the reader starts in the middle of whatever came before */
static void corrupt(struct board *b, uint8_t *frame, size_t n)
{
	const unsigned kind = draw(4);
	size_t i, from = kind == 1 ? draw((unsigned)n) : 0, to = kind == 2 ? draw((unsigned)n) : n;

	if (kind == 0 || kind == 3)
		frame[draw((unsigned)n)] ^= (uint8_t)(1u << draw(8));
	for (i = from; i < to; ++i)
		board_take_byte(b, frame[i]);
}

/* HIL-01: no sockets here, so that a million takes a second */
START_TEST(a_million_corrupted_frames_give_no_wrong_edge)
{
	static struct board b;
	struct link_msg m = {.type = LINK_EDGE};
	uint8_t frame[LINK_FRAME_MAX];
	unsigned i, whole = 0;
	size_t k, n = 0;

	memset(&b, 0, sizeof(b));
	b.fd = -1;
	b.cfg.edge = on_true_edge;
	b.greeted = true;
	b.state = BOARD_READY;
	for (i = 0; i < 1000000; ++i) {
		m.seq = (uint16_t)i;
		m.u.edge.pin = (uint8_t)draw(LINK_PIN_COUNT);
		m.u.edge.level = (uint8_t)draw(2);
		m.u.edge.at_us = (uint64_t)i * 48 + m.u.edge.pin * 2u + m.u.edge.level;
		ck_assert_int_eq(link_encode(frame, &n, &m), 0);
		if (i % 100 == 99) {            /* a whole one, behind the end of what came before */
			board_take_byte(&b, 0);
			for (k = 0; k < n; ++k)
				board_take_byte(&b, frame[k]);
			++whole;
		}
		else {
			corrupt(&b, frame, n);
		}
	}
	ck_assert_uint_ge(edges, whole);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("board");
	TCase *tc = tcase_create("board");

	tcase_set_timeout(tc, 10);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, greets_arms_compares_clocks_and_is_ready);
	tcase_add_test(tc, who_does_not_say_hello_is_asked_again_and_dropped);
	tcase_add_test(tc, who_does_not_tell_its_time_is_dropped);
	tcase_add_test(tc, other_tables_are_refused_with_both_hashes);
	tcase_add_loop_test(tc, another_protocol_is_refused_with_its_number, 2, 4);
	tcase_add_loop_test(tc, another_protocol_is_refused_with_its_number, 0, 1);
	tcase_add_loop_test(tc, a_refusal_says_pin_and_reason, 1, 8);
	tcase_add_test(tc, no_answer_within_500_ms_is_told);
	tcase_add_test(tc, a_gap_in_the_numbers_is_told_with_its_size);
	tcase_add_test(tc, a_frame_that_comes_twice_is_taken_once);
	tcase_add_test(tc, overflow_is_told);
	tcase_add_test(tc, a_level_without_an_edge_is_missed);
	tcase_add_test(tc, an_edge_later_than_the_mark_is_not_missed);
	tcase_add_test(tc, failsafe_is_told_and_armed_again);
	tcase_add_test(tc, a_hello_with_a_smaller_time_is_a_restart);
	tcase_add_test(tc, a_clock_that_jumps_is_told);
	tcase_add_test(tc, an_edge_while_the_line_was_closed_has_an_error_that_reaches_back);
	tcase_add_test(tc, silence_is_taken_for_a_lost_line);
	tcase_add_test(tc, a_line_that_takes_nothing_ends);
	tcase_add_test(tc, noise_between_frames_does_no_harm);
	tcase_add_test(tc, the_time_of_an_edge_contains_the_truth);
	tcase_add_test(tc, a_stall_is_that_of_the_covering_mark_and_the_next);
	tcase_add_test(tc, a_million_corrupted_frames_give_no_wrong_edge);
	suite_add_tcase(s, tc);
	return s;
}
