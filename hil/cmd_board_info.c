/**
 * @file cmd_board_info.c  `ipgap board info` (HIL-01)
 */
#include "cmd_board.h"
#include "sim/cmd.h"

struct counter {
	const char *name;
	uint32_t n;
};

static const char *const clock_name[] = {"CRYSTAL", "RC", "EMULATED"};

static void say_pin(const struct board_run *r, unsigned pin)
{
	const unsigned where = board_hello(r->board)->u.hello.map[pin];
	const unsigned level = board_levels(r->board) >> pin & 1;
	const char port = (char)('A' + (where >> 4));

	if (r->args->json)
		(void)printf("%s\n  {\"pin\":\"%s\",\"direction\":\"%s\",\"port\":\"P%c%u\",\"level\":%u}", pin ? "," : "",
		             board_pin_name(pin), board_is_output(pin) ? "out" : "in", port, where & 15, level);
	else
		(void)printf("  %-8s %-3s  P%c%-2u  %s\n", board_pin_name(pin), board_is_output(pin) ? "out" : "in", port,
		             where & 15, level ? "on" : "off");
}

static void say_pins(const struct board_run *r)
{
	unsigned pin;

	(void)fputs(r->args->json ? "\"pins\":[" : "pins\n", stdout);
	for (pin = 0; pin < LINK_PIN_COUNT; ++pin)
		if (board_has(r->board, pin))
			say_pin(r, pin);
	(void)fputs(r->args->json ? "],\n" : "", stdout);
}

static void say_counters(const struct board_run *r)
{
	const struct link_msg *m = &r->stats;
	const struct counter c[] = {
		{"rx_frames", m->u.stats.rx_frames}, {"rx_bad", m->u.stats.rx_bad}, {"tx_lost", m->u.stats.tx_lost},
		{"edges", m->u.stats.edges}, {"edges_lost", m->u.stats.edges_lost}, {"glitches", m->u.stats.glitches},
		{"late_max_us", m->u.stats.late_max_us}, {"failsafes", m->u.stats.failsafes},
		{"stack_free", m->u.stats.stack_free},
	};
	size_t i;

	(void)fputs(r->args->json ? "\"stats\":{" : "since boot", stdout);
	for (i = 0; i < ARRAY_SIZE(c); ++i)
		(void)printf(r->args->json ? "%s\"%s\":%u" : "%s %s %u", i ? "," : "", c[i].name, c[i].n);
	(void)fputs(r->args->json ? "}}\n" : "\n", stdout);
}

static void say_board(const struct board_run *r)
{
	const struct link_msg *h = board_hello(r->board);
	const struct timesync *ts = board_sync(r->board);
	const bool json = r->args->json, armed = board_state(r->board) == BOARD_READY;
	char name[LINK_BOARD_ID + 1];

	(void)snprintf(name, sizeof(name), "%.16s", (const char *)h->u.hello.board);
	(void)fputs(json ? "{\"board\":\"" : "board      ", stdout);
	board_say_text(name);
	(void)printf(json ? "\",\"protocol\":%u,\"tables\":\"%08x\",\n" : "\nprotocol   %u, tables %08x: the same as this program's\n",
	             h->u.hello.version, h->u.hello.tables);
	(void)printf(json ? "\"clock\":\"%s\",\"tick_ns\":%u,\"armed\":%s,\n" : "clock      %s, tick %u ns\nrelays     %s\n",
	             clock_name[h->u.hello.clock], h->u.hello.tick_ns, json ? (armed ? "true" : "false")
	             : armed ? "armed" : "not armed");
	(void)printf(json ? "\"uncertainty_us\":%.0f,\"drift_ppm\":%.1f,\"drift_error_ppm\":%.1f,\n"
	                  : "time sync  +- %.0f us, drift %.1f ppm +- %.1f\n",
	             board_uncertainty_us(r), ts->drift * 1e6, ts->drift_error * 1e6);
}

/** Print who the board is. @return exit status */
int board_cmd_info(struct board_run *r)
{
	if (board_run_stats(r)) {
		(void)fprintf(stderr, "ipgap board: the board does not tell its counters\n");
		return CMD_FAILED;
	}
	say_board(r);
	say_pins(r);
	say_counters(r);
	return CMD_OK;
}
