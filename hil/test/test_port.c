/**
 * @file test_port.c  The core's port on a board, against a fake board (HIL-01, REL-02, HW-02)
 */
#include "../board_priv.h"
#include "../port.h"
#include "fake_board.h"

Suite *suite(void);

static struct fake fake;
static struct hil_port *port;
static unsigned unanswered;

static void on_trouble(enum board_trouble t, const char *text, void *arg)
{
	(void)arg;
	(void)text;
	unanswered += t == BOARD_UNANSWERED_TROUBLE;
}

static void until_ready(void)
{
	unsigned i;

	for (i = 0; i < 200 && board_state(hil_port_board(port)) != BOARD_READY; ++i)
		run_ms(10);
	ck_assert_int_eq(board_state(hil_port_board(port)), BOARD_READY);
	run_ms(50);
}

static void setup(void)
{
	struct board_config cfg = {.trouble = on_trouble};
	char err[256];

	ck_assert_int_eq(vnet_start(false, 1), 0);
	ck_assert_int_eq(libre_init(), 0);
	fake_open(&fake);
	fake.levels = 5u << LINK_PIN_DIP1;
	unanswered = 0;
	(void)snprintf(cfg.address, sizeof(cfg.address), "%s", fake.address);
	ck_assert_int_eq(hil_port_alloc(&port, &cfg, err, sizeof(err)), 0);
	until_ready();
	fake.sets = fake.waves = 0;
}

static void teardown(void)
{
	port = mem_deref(port);
	fake_close(&fake);
	libre_close();
}

static bool level(unsigned pin)
{
	return fake.levels >> pin & 1;
}

/* HIL-01, REL-02: the board measures the hold; the door's own end of it is not sent */
START_TEST(a_hold_is_one_wave)
{
	ck_assert_int_eq(hil_port_ops.relay(port, 1, true, 200000), 0);
	run_ms(100);
	ck_assert_uint_eq(fake.waves, 1);
	ck_assert_uint_eq(fake.last.u.wave.pin, LINK_PIN_RELAY2);
	ck_assert_uint_eq(fake.last.u.wave.n, 1);
	ck_assert_uint_eq(fake.last.u.wave.after_us[0], 200000);
	fake_edge(&fake, LINK_PIN_RELAY2, false, fake_now(&fake));
	run_ms(120);
	ck_assert_int_eq(hil_port_ops.relay(port, 1, false, 0), 0);
	run_ms(700);
	ck_assert_uint_eq(fake.sets, 0);
	ck_assert_uint_eq(unanswered, 0);
	ck_assert(hil_port_settled(port));
}
END_TEST

/* HIL-01, REL-02 */
START_TEST(an_early_end_is_a_set)
{
	ck_assert_int_eq(hil_port_ops.relay(port, 0, true, 5000000), 0);
	run_ms(50);
	ck_assert_int_eq(hil_port_ops.relay(port, 0, false, 0), 0);
	run_ms(50);
	ck_assert_uint_eq(fake.sets, 1);
	ck_assert(!level(LINK_PIN_RELAY1));
	ck_assert(hil_port_settled(port));
}
END_TEST

/* HIL-01, REL-02: a board that does not release is told to, and that is said */
START_TEST(a_release_that_does_not_come_is_forced)
{
	ck_assert_int_eq(hil_port_ops.relay(port, 0, true, 100000), 0);
	run_ms(120);
	ck_assert_int_eq(hil_port_ops.relay(port, 0, false, 0), 0);
	run_ms(300);
	ck_assert_uint_eq(fake.sets, 0);
	ck_assert(level(LINK_PIN_RELAY1));
	run_ms(300);
	ck_assert_uint_eq(unanswered, 1);
	ck_assert_uint_eq(fake.sets, 1);
	ck_assert(!level(LINK_PIN_RELAY1));
}
END_TEST

/* HIL-01: a door must not open by itself when the line is back */
START_TEST(after_a_lost_line_only_untimed_relays_come_back)
{
	ck_assert_int_eq(hil_port_ops.relay(port, 0, true, GAP_NEVER), 0);
	ck_assert_int_eq(hil_port_ops.relay(port, 1, true, 20000000), 0);
	run_ms(50);
	ck_assert_uint_eq(fake.levels & 3, 3);
	fake_hang_up(&fake);
	fake.levels &= ~3u;
	run_ms(50);
	until_ready();
	ck_assert_uint_eq(fake.levels & 3, 1);
	ck_assert_uint_eq(fake.waves, 1);
}
END_TEST

/* HW-02: three lines make the colours; the lit line stays while they blink */
START_TEST(blinking_toggles_the_colours_alone)
{
	const struct gap_light yellow = {.colour = GAP_YELLOW, .blink = true}, off = {.colour = GAP_OFF};

	ck_assert_int_eq(hil_port_ops.pictogram(port, GAP_PICTO_TALK, yellow), 0);
	run_ms(100);
	ck_assert_uint_eq(fake.levels >> LINK_PIN_TALK_R & 7, 3);
	ck_assert(level(LINK_PIN_LIT_TALK));
	run_ms(600);
	ck_assert_uint_eq(fake.levels >> LINK_PIN_TALK_R & 7, 0);
	ck_assert(level(LINK_PIN_LIT_TALK));
	run_ms(500);
	ck_assert_uint_eq(fake.levels >> LINK_PIN_TALK_R & 7, 3);
	ck_assert_int_eq(hil_port_ops.pictogram(port, GAP_PICTO_TALK, off), 0);
	run_ms(50);
	ck_assert(!level(LINK_PIN_LIT_TALK));
	ck_assert_uint_eq(fake.levels >> LINK_PIN_TALK_R & 7, 0);
	ck_assert(hil_port_settled(port));
}
END_TEST

/* HW-06, HW-09 */
START_TEST(beep_is_a_wave_and_dip_what_the_board_says)
{
	unsigned dip = 0;

	ck_assert_int_eq(hil_port_ops.dip(port, &dip), 0);
	ck_assert_uint_eq(dip, GAP_DIP_DHCP | GAP_DIP_ADDRESS);
	ck_assert_int_eq(hil_port_ops.beep(port), 0);
	run_ms(50);
	ck_assert_uint_eq(fake.waves, 1);
	ck_assert_uint_eq(fake.last.u.wave.pin, LINK_PIN_BEEP);
	ck_assert_uint_eq(fake.last.u.wave.after_us[0], 200000);
	ck_assert_int_eq(hil_port_ops.relay(port, GAP_RELAYS, true, 1), EINVAL);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("port");
	TCase *tc = tcase_create("port");

	tcase_set_timeout(tc, 10);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_hold_is_one_wave);
	tcase_add_test(tc, an_early_end_is_a_set);
	tcase_add_test(tc, a_release_that_does_not_come_is_forced);
	tcase_add_test(tc, after_a_lost_line_only_untimed_relays_come_back);
	tcase_add_test(tc, blinking_toggles_the_colours_alone);
	tcase_add_test(tc, beep_is_a_wave_and_dip_what_the_board_says);
	suite_add_tcase(s, tc);
	return s;
}
