/**
 * @file cmd_board.c  `ipgap board`: looks after an input/output board, in real time (HIL-01)
 *
 * A verb is written top down: what it waits for is let come by libre's loop, which runs inside of
 * board_run_wait() and stops at each news.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd_board.h"
#include "sim/cmd.h"
#include "sim/vnet.h"

#define LOOK_MS 20                      /* what no handler tells is looked for so often */
#define READY_MS 15000                  /* an emulated board on a busy host boots for seconds */

const struct board_verb board_verbs[] = {
	{"info", "", "who the board is, its pins, clock and counters", 0, false, board_cmd_info},
	{"watch", "", "each edge as it comes, for --for S seconds or until Ctrl-C", 1000, false, board_cmd_watch},
	{"set", "PIN on|off", "drives an output, for --for MS milliseconds or until Ctrl-C", 1, false, board_cmd_set},
	{"selftest", "", "drives, measures and watches all that can be; some 15 s", 0, false, board_cmd_selftest},
	{"bench", "", "round trips from SET to EDGE, edges a second", 0, true, board_cmd_bench},
	{0},
};

/* --- what comes --- */

static void on_state(enum board_state state, const char *text, void *arg)
{
	struct board_run *r = arg;

	if (state == BOARD_DOWN || state == BOARD_REFUSED)
		(void)snprintf(r->said, sizeof(r->said), "%s", text);
	if (r->on_state && !r->ended)
		r->on_state(r, state, text);
	re_cancel();
}

static void on_edge(const struct board_edge *e, void *arg)
{
	struct board_run *r = arg;

	if (r->edges == CMD_BOARD_KEPT)
		memmove(r->edge, r->edge + 1, --r->edges * sizeof(r->edge[0]));
	r->edge[r->edges++] = *e;
	if (r->on_edge)
		r->on_edge(r, e);
	re_cancel();
}

static void on_outside(unsigned pin, bool level, uint64_t t_us, void *arg)
{
	struct board_run *r = arg;

	if (r->outsides == CMD_BOARD_KEPT)
		memmove(r->outside, r->outside + 1, --r->outsides * sizeof(r->outside[0]));
	r->outside[r->outsides++] = (struct board_outside){pin, level, t_us};
	re_cancel();
}

static void on_trouble(enum board_trouble t, const char *text, void *arg)
{
	struct board_run *r = arg;

	if (t == BOARD_RELEASED_TROUBLE)
		++r->released;
	else if (!r->troubles++)
		(void)snprintf(r->trouble, sizeof(r->trouble), "%s: %s", board_trouble_name(t), text);
	if (r->on_trouble && !r->ended)
		r->on_trouble(r, t, text);
	re_cancel();
}

static void on_stats(const struct link_msg *stats, void *arg)
{
	struct board_run *r = arg;

	r->stats = *stats;
	r->counted = true;
	re_cancel();
}

/* --- waiting --- */

static struct board_run *signalled;     /* the one that runs: signals carry no argument */

static void signal_handler(int sig)
{
	(void)sig;
	signalled->ended = true;
	re_cancel();
}

static void look(void *arg)
{
	(void)arg;
	re_cancel();
}

/**
 * Let libre's loop run until something is true.
 *
 * @param r    Running command
 * @param done Asked after each news, and every LOOK_MS
 * @param arg  For it
 * @param ms   Longest wait [ms], 0 = for ever
 *
 * @return 0, ETIMEDOUT, ECANCELED Ctrl-C was pressed, errno of re_main()
 */
int board_run_wait(struct board_run *r, board_done_h *done, const void *arg, unsigned ms)
{
	const uint64_t from = hil_clock_us();
	struct tmr tmr;
	int err = 0;

	tmr_init(&tmr);
	while (!err && !done(r, arg)) {
		if (r->ended)
			err = ECANCELED;
		else if (ms && hil_clock_us() - from >= ms * 1000ull)
			err = ETIMEDOUT;
		if (err)
			break;
		tmr_start(&tmr, LOOK_MS, look, NULL);
		err = re_main(signal_handler);
	}
	tmr_cancel(&tmr);
	return err;
}

static bool edge_is(const struct board_edge *e, const struct board_edge *want)
{
	return e->pin == want->pin && e->level == want->level;
}

static bool edge_came(const struct board_run *r, const void *arg)
{
	unsigned i;

	for (i = 0; i < r->edges; ++i)
		if (edge_is(&r->edge[i], arg))
			return true;
	return false;
}

/**
 * Wait for an edge; it and those before it are taken.
 *
 * @param e Written on success; may be NULL
 *
 * @return as board_run_wait()
 */
int board_run_edge(struct board_run *r, unsigned pin, bool level, unsigned ms, struct board_edge *e)
{
	const struct board_edge want = {.pin = (uint8_t)pin, .level = level};
	const int err = board_run_wait(r, edge_came, &want, ms);
	unsigned i = 0;

	if (err)
		return err;
	while (!edge_is(&r->edge[i], &want))
		++i;
	if (e)
		*e = r->edge[i];
	r->edges -= i + 1;
	memmove(r->edge, r->edge + i + 1, r->edges * sizeof(r->edge[0]));
	return 0;
}

static bool outside_came(const struct board_run *r, const void *arg)
{
	const struct board_outside *want = arg;
	unsigned i;

	for (i = 0; i < r->outsides; ++i)
		if (r->outside[i].pin == want->pin && r->outside[i].level == want->level)
			return true;
	return false;
}

/** Wait for an output to be seen from outside; what was seen before is forgotten. */
int board_run_outside(struct board_run *r, unsigned pin, bool level, unsigned ms, uint64_t *t_us)
{
	const struct board_outside want = {.pin = pin, .level = level};
	const int err = board_run_wait(r, outside_came, &want, ms);
	unsigned i = 0;

	if (err)
		return err;
	while (r->outside[i].pin != pin || r->outside[i].level != level)
		++i;
	if (t_us)
		*t_us = r->outside[i].t_us;
	r->outsides -= i + 1;
	memmove(r->outside, r->outside + i + 1, r->outsides * sizeof(r->outside[0]));
	return 0;
}

static bool counted(const struct board_run *r, const void *arg)
{
	(void)arg;
	return r->counted;
}

/** Ask for the board's counters, and wait for them. */
int board_run_stats(struct board_run *r)
{
	int err;

	r->counted = false;
	err = board_ask(r->board, LINK_STATS);
	return err ? err : board_run_wait(r, counted, NULL, CMD_BOARD_ANSWER_MS);
}

static bool stall_known(const struct board_run *r, const void *arg)
{
	uint32_t stall;

	return board_stall_us(r->board, &stall, *(const uint64_t *)arg) != EAGAIN;
}

/** How late the stamp of an edge may be, once the board has told it; see board_stall_us(). */
int board_run_stall(struct board_run *r, uint64_t board_us, uint32_t *stall_us)
{
	const int err = board_run_wait(r, stall_known, &board_us, CMD_BOARD_ANSWER_MS);

	return err ? err : board_stall_us(r->board, stall_us, board_us);
}

/* --- life --- */

static bool there_or_not(const struct board_run *r, const void *arg)
{
	(void)arg;
	return rig_ready(r->rig) || r->said[0];
}

static int complain(const char *text)
{
	(void)fprintf(stderr, "ipgap board: %s\n", text);
	return CMD_FAILED;
}

static int join(struct board_run *r)
{
	const struct rig_handlers h = {.state = on_state, .edge = on_edge, .trouble = on_trouble,
	                               .stats = on_stats, .outside = on_outside, .arg = r};
	char err[512] = "";
	int e;

	if (rig_join(r->rig, &h, err, sizeof(err)))
		return complain(err);
	r->board = rig_board(r->rig);
	e = board_run_wait(r, there_or_not, NULL, READY_MS);
	if (!e && rig_ready(r->rig))
		return CMD_OK;
	if (e == ECANCELED)
		return complain("ended before the board was ready");
	return complain(r->said[0] ? r->said : "the board does not become ready: an input is not as the second "
	                                       "board drives it; see the wiring in docs/boards.md");
}

static int serve(const struct board_args *args, const struct rig_spec *spec)
{
	struct board_run r = {.args = args, .colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR")};
	char err[1024] = "";
	int status;

	signalled = &r;
	if (rig_open(&r.rig, spec, err, sizeof(err)))
		return complain(err[0] ? err : strerror(ENOMEM));
	status = join(&r);
	if (!status)
		status = args->verb->run(&r);
	mem_deref(r.rig);
	return status;
}

static int wrong(const char *text)
{
	(void)fprintf(stderr, "ipgap board: %s\n`ipgap board --help` explains\n", text);
	return CMD_USAGE;
}

/**
 * The command `ipgap board`.
 *
 * @param argc Number of words
 * @param argv Words, the first is "board"
 *
 * @return Exit status: 0, 1 it failed, 2 wrong command line, 3 selftest: not all of it could be measured
 */
int cmd_board(int argc, char **argv)
{
	struct board_args args;
	struct rig_spec spec;
	char err[1024];
	int status;

	if (board_args_read(&args, argc, argv, err, sizeof(err)))
		return wrong(err);
	if (args.help) {
		board_args_help(stdout);
		return CMD_OK;
	}
	if (rig_parse(&spec, args.rig, err, sizeof(err)))
		return wrong(err);
	if (spec.kind == RIG_SIM)
		return wrong("the rig \"sim\" has no board; right would be board:qemu or board:/dev/ttyACM0");
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	(void)vnet_start(false, 0);
	if (libre_init()) {
		(void)fprintf(stderr, "ipgap board: the network library does not start\n");
		return CMD_FAILED;
	}
	status = serve(&args, &spec);
	libre_close();
	return status;
}
