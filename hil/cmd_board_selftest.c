/**
 * @file cmd_board_selftest.c  `ipgap board selftest`: a line a check, with figures (HIL-01)
 *
 * A stamp may be as late as the board's clock stalled: what is off by more than allowed, but not by more than
 * that, is inconclusive.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "cmd_board.h"
#include "sim/cmd.h"

#define TIME_US 2000                    /* a hold, a schedule and a stamp are right within it */
#define SPARE_MS 2000

enum verdict { OK, FAIL, INCONCLUSIVE };

static int worst;                       /* exit status so far; one process tests one board */

static void say(const struct board_run *r, enum verdict v, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void say(const struct board_run *r, enum verdict v, const char *fmt, ...)
{
	static const char *const word[] = {"ok", "FAIL", "inconclusive"};
	char text[512];
	va_list ap;

	if (r->ended)
		return;         /* Ctrl-C is no verdict */
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)printf(r->args->json ? "{\"verdict\":\"%s\",\"check\":\"" : "%-12s  ", word[v]);
	board_say_text(text);
	(void)puts(r->args->json ? "\"}" : "");
	if (v == FAIL)
		worst = CMD_FAILED;
	else if (v == INCONCLUSIVE && worst == CMD_OK)
		worst = CMD_BOARD_INCONCLUSIVE;
}

static enum verdict judge(double off_us, double most_us, double unsure_us)
{
	if (off_us <= most_us && unsure_us <= most_us)
		return OK;
	return off_us > most_us + unsure_us ? FAIL : INCONCLUSIVE;
}

/* --- outputs --- */

static int stroke(struct board_run *r, unsigned pin, bool level, double *ms)
{
	const uint64_t before = hil_clock_us();
	struct board_edge e = {0};
	int err = board_set(r->board, pin, level);

	r->edges = r->outsides = 0;     /* of holds and strokes before */
	if (!err)
		err = board_run_edge(r, pin, level, SPARE_MS, &e);
	if (!err && rig_watches(r->rig, pin))
		err = board_run_outside(r, pin, level, SPARE_MS, NULL);
	*ms = (double)(e.seen_us - before) / 1000;
	return err;
}

static void output(struct board_run *r, unsigned pin)
{
	double on_ms = 0, off_ms = 0;
	int err = stroke(r, pin, true, &on_ms);

	if (!err)
		err = stroke(r, pin, false, &off_ms);
	if (err)
		say(r, FAIL, "%s driven: its edge did not come back, or was not seen from outside: %s", board_pin_name(pin),
		    strerror(err));
	else
		say(r, OK, "%s driven and read back: on %.1f ms, off %.1f ms%s", board_pin_name(pin), on_ms, off_ms,
		    rig_watches(r->rig, pin) ? ", seen from outside" : "");
}

/* --- inputs --- */

static int back_door(struct board_run *r, unsigned pin, bool level)
{
	const int in = hil_pin_input(pin), dip = hil_pin_dip(pin);

	return in >= 0 ? rig_backdoor.input(r->rig, (enum gap_input)in, level)
	               : rig_backdoor.dip(r->rig, (unsigned)dip, level);
}

static void input(struct board_run *r, unsigned pin)
{
	const bool rest = board_levels(r->board) >> pin & 1;
	struct board_edge e = {0};
	double ms[2] = {0};
	unsigned i;
	int err = 0;

	for (i = 0; i < 2 && !err; ++i) {
		const uint64_t before = hil_clock_us();

		err = back_door(r, pin, i ? rest : !rest);
		if (!err)
			err = board_run_edge(r, pin, i ? rest : !rest, SPARE_MS, &e);
		ms[i] = (double)(e.seen_us - before) / 1000;
	}
	if (err)
		say(r, FAIL, "%s driven from outside: no edge: %s", board_pin_name(pin), strerror(err));
	else
		say(r, OK, "%s driven from outside: told after %.1f ms, back after %.1f ms", board_pin_name(pin), ms[0], ms[1]);
}

static void pins(struct board_run *r)
{
	unsigned pin;

	for (pin = 0; pin < LINK_PIN_COUNT && !r->ended; ++pin) {
		if (!board_has(r->board, pin))
			continue;
		if (board_is_output(pin))
			output(r, pin);
		else if (rig_drives(r->rig))
			input(r, pin);
		else
			say(r, INCONCLUSIVE, "%s: nothing drives it; a second board does (driver=ADDRESS)", board_pin_name(pin));
	}
}

/* --- time --- */

static void hold(struct board_run *r, unsigned pin, unsigned ms)
{
	struct board_edge on, off;
	uint32_t a = 0, b = 0;
	double held;
	int err = board_pulse(r->board, pin, true, ms * 1000ull);

	if (!err)
		err = board_run_edge(r, pin, true, SPARE_MS, &on);
	if (!err)
		err = board_run_edge(r, pin, false, ms + SPARE_MS, &off);
	if (!err)
		err = board_run_stall(r, on.board_us, &a);
	if (!err)
		err = board_run_stall(r, off.board_us, &b);
	if (err) {
		say(r, FAIL, "%s held for %u ms: %s", board_pin_name(pin), ms, strerror(err));
		return;
	}
	a = a > b ? a : b;
	held = (double)(off.board_us - on.board_us);
	say(r, judge(held > ms * 1e3 ? held - ms * 1e3 : ms * 1e3 - held, TIME_US, a),
	    "%s held for %u ms: %.3f ms by the board's clock, which stalled for %.1f ms at most", board_pin_name(pin), ms,
	    held / 1e3, a / 1e3);
}

static void sync_known(const struct board_run *r)
{
	const double error = board_uncertainty_us(r);

	say(r, error <= TIME_US ? OK : INCONCLUSIVE, "time sync: uncertainty %.0f us", error);
}

/* --- silence --- */

static bool settled(const struct board_run *r, const void *arg)
{
	(void)arg;
	return r->released && rig_ready(r->rig);
}

static void judge_release(struct board_run *r, unsigned pin, const struct board_edge *e, uint64_t beat_us,
                          uint64_t seen_us, uint32_t stall_us)
{
	const double most = LINK_HEARTBEAT_MS * 1e3, took = (double)e->host_us - (double)beat_us;
	const double unsure = e->error_us + stall_us;
	enum verdict v = took + unsure <= most ? OK : took - unsure <= most ? INCONCLUSIVE : FAIL;
	char seen[64] = "";

	if (seen_us)
		(void)snprintf(seen, sizeof(seen), ", seen from outside after %.1f ms", (double)(seen_us - beat_us) / 1e3);
	if (v == OK && seen_us && (double)(seen_us - beat_us) > most)
		v = INCONCLUSIVE;
	say(r, v, "%s without a heartbeat: released after %.1f ms +- %.1f%s", board_pin_name(pin), took / 1e3,
	    unsure / 1e3, seen);
}

static void silence(struct board_run *r, unsigned pin)
{
	struct board_edge e;
	uint64_t beat_us, seen_us = 0;
	uint32_t stall = 0;
	double ms;
	int err = stroke(r, pin, true, &ms);

	r->released = 0;
	beat_us = board_mute(r->board, true);
	if (!err)
		err = board_run_edge(r, pin, false, SPARE_MS, &e);
	if (!err && rig_watches(r->rig, pin))
		err = board_run_outside(r, pin, false, SPARE_MS, &seen_us);
	board_mute(r->board, false);
	if (!err)
		err = board_run_wait(r, settled, NULL, SPARE_MS);
	if (!err)
		err = board_run_stall(r, e.board_us, &stall);
	if (err)
		say(r, FAIL, "%s without a heartbeat: not released, or no FAILSAFE, or not armed again: %s",
		    board_pin_name(pin), strerror(err));
	else
		judge_release(r, pin, &e, beat_us, seen_us, stall);
}

/* --- counters --- */

static void losses(struct board_run *r, const struct link_msg *before)
{
	const bool emulated = board_hello(r->board)->u.hello.clock == LINK_CLOCK_EMULATED;
	uint32_t bad, tx, lost, late;

	if (board_run_stats(r)) {
		say(r, FAIL, "the board does not tell its counters");
		return;
	}
	bad = r->stats.u.stats.rx_bad - before->u.stats.rx_bad;
	tx = r->stats.u.stats.tx_lost - before->u.stats.tx_lost;
	lost = r->stats.u.stats.edges_lost - before->u.stats.edges_lost;
	late = r->stats.u.stats.late_max_us;
	say(r, bad || tx || lost ? FAIL : OK, "lost on the way: %u bad frames, %u not sent, %u edges", bad, tx, lost);
	say(r, late <= TIME_US ? OK : emulated ? INCONCLUSIVE : FAIL,
	    "scheduled edges: at most %u us late since boot%s", late,
	    late > TIME_US && emulated ? "; an emulated clock stalls when the host does" : "");
}

static void troubles(const struct board_run *r)
{
	if (r->troubles)
		say(r, FAIL, "%u troubles, the first: %s", r->troubles, r->trouble);
	else
		say(r, OK, "no trouble of line, clock, levels or witness");
}

/** Test a board. @return exit status: 0, 1 something is wrong, 3 not all could be measured */
int board_cmd_selftest(struct board_run *r)
{
	static const unsigned hold_ms[] = {500, 5000};
	struct link_msg before;
	unsigned i, pin;

	if (board_run_stats(r)) {
		say(r, FAIL, "the board does not tell its counters");
		return worst;
	}
	before = r->stats;
	pins(r);
	for (i = 0; i < ARRAY_SIZE(hold_ms) && !r->ended; ++i)
		for (pin = LINK_PIN_RELAY1; pin <= LINK_PIN_RELAY2 && !r->ended; ++pin)
			hold(r, pin, hold_ms[i]);
	for (pin = LINK_PIN_RELAY1; pin <= LINK_PIN_RELAY2 && !r->ended; ++pin)
		silence(r, pin);
	if (r->ended) {
		(void)fprintf(stderr, "ipgap board: ended before all was tested\n");
		return CMD_FAILED;
	}
	sync_known(r);
	losses(r, &before);
	troubles(r);
	return worst;
}
