/**
 * @file cmd_board_watch.c  `ipgap board watch` and `set`: edges as they come (HIL-01)
 */
#include <errno.h>
#include <string.h>
#include "cmd_board.h"
#include "sim/cmd.h"

static uint64_t since_us[LINK_PIN_COUNT];       /* board time of each pin's last edge; one process watches one board */

static bool never(const struct board_run *r, const void *arg)
{
	(void)r;
	(void)arg;
	return false;
}

static void say(struct board_run *r, const struct board_edge *e)
{
	const uint64_t before = since_us[e->pin];

	board_say_edge(r, e, before && e->board_us > before ? e->board_us - before : 0);
	since_us[e->pin] = e->board_us;
}

/* A board that starts again counts its time anew */
static void say_state(struct board_run *r, enum board_state state, const char *text)
{
	if (state != BOARD_READY)
		memset(since_us, 0, sizeof(since_us));
	if (!r->args->json && (state == BOARD_READY || *text)) {
		(void)fputs(state == BOARD_READY ? "ready: " : "away: ", stdout);
		board_say_text(text);
		(void)putchar('\n');
	}
}

/** Print edges and troubles for a time, or until Ctrl-C. @return exit status */
int board_cmd_watch(struct board_run *r)
{
	r->on_edge = say;
	r->on_trouble = board_say_trouble;
	r->on_state = say_state;
	if (!r->args->json && !r->args->for_ms)
		(void)puts("watching, Ctrl-C ends it");
	(void)board_run_wait(r, never, NULL, r->args->for_ms);
	return CMD_OK;
}

static bool refused(const struct board_run *r, const void *arg)
{
	(void)arg;
	return r->troubles || r->released;
}

static int hold(struct board_run *r, unsigned pin)
{
	const bool relay = hil_pin_relay(pin) >= 0;

	if (!r->args->json)
		(void)printf("stays so until Ctrl-C%s\n",
		             relay && r->args->level ? "; the board releases relays 480 ms after the program has ended" : "");
	return board_run_wait(r, refused, NULL, 0) == ECANCELED ? CMD_OK : CMD_FAILED;
}

static int failed(const char *why)
{
	(void)fprintf(stderr, "ipgap board: %s\n", why);
	return CMD_FAILED;
}

static int drive(struct board_run *r, unsigned pin)
{
	const struct board_args *a = r->args;
	int err = a->for_ms ? board_pulse(r->board, pin, a->level, a->for_ms * 1000ull)
	                    : board_set(r->board, pin, a->level);

	if (!err)
		err = board_run_edge(r, pin, a->level, CMD_BOARD_ANSWER_MS, NULL);
	if (!err && a->for_ms)
		err = board_run_edge(r, pin, !a->level, a->for_ms + CMD_BOARD_ANSWER_MS, NULL);
	if (err == ECANCELED)
		return CMD_OK;
	if (err)
		return failed(r->troubles ? r->trouble : strerror(err));
	return a->for_ms ? CMD_OK : hold(r, pin);
}

/** Drive an output, and print its edges. @return exit status */
int board_cmd_set(struct board_run *r)
{
	const unsigned pin = (unsigned)r->args->pin;

	if (!board_has(r->board, pin))
		return failed("this board has no such pin; `ipgap board info` lists those it has");
	r->on_edge = say;
	r->on_trouble = board_say_trouble;
	if ((board_levels(r->board) >> pin & 1) != r->args->level)
		return drive(r, pin);
	if (r->args->for_ms)
		return failed("the pin is at that level already: a pulse would leave it at the other one");
	if (!r->args->json)
		(void)printf("%s is %s already\n", board_pin_name(pin), r->args->level ? "on" : "off");
	return hold(r, pin);
}
