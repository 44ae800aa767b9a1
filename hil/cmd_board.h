/**
 * @file cmd_board.h  Inside of `ipgap board`, shared by cmd_board*.c (HIL-01)
 *
 *     cmd_board.c       the command, and waiting       cmd_board_args.c      its command line and help
 *     cmd_board_say.c   lines and JSON                 cmd_board_VERB.c      one verb each
 */
#ifndef HIL_CMD_BOARD_H
#define HIL_CMD_BOARD_H

#include <stdio.h>
#include "board_priv.h"
#include "rig.h"

#define CMD_BOARD_INCONCLUSIVE 3        /**< exit status: nothing was wrong, not all of it could be measured */
#define CMD_BOARD_KEPT 128
#define CMD_BOARD_ANSWER_MS 2000        /**< an edge that has not come by then does not come */

struct board_run;

/** The command line, taken apart */
struct board_args {
	const struct board_verb *verb;
	const char *rig;
	int pin;                        /**< -1 = not said */
	bool level, json, help;
	const char *for_text;           /**< as it was written, NULL = not said; its unit is the verb's */
	unsigned for_ms;                /**< 0 = not said */
	unsigned count;
};

struct board_verb {
	const char *name, *words, *help;
	unsigned for_unit_ms;           /**< of --for; 0 = it takes none */
	bool counts;                    /**< it takes --count */
	int (*run)(struct board_run *r);
};

struct board_outside {
	unsigned pin;
	bool level;
	uint64_t t_us;
};

/** The running command */
struct board_run {
	const struct board_args *args;
	struct rig *rig;
	struct board *board;            /**< the rig's */
	bool ended;                     /**< Ctrl-C */
	bool colour, failed;
	char said[320];                 /**< why there is no board */
	struct board_edge edge[CMD_BOARD_KEPT];         /**< came and was not waited for yet, oldest first */
	struct board_outside outside[CMD_BOARD_KEPT];
	unsigned edges, outsides;
	struct link_msg stats;
	bool counted;                   /**< stats have come */
	unsigned troubles, released;    /**< released: those that are a fail-safe */
	char trouble[320];              /**< the first one that is none */
	void (*on_edge)(struct board_run *r, const struct board_edge *e);
	void (*on_trouble)(struct board_run *r, enum board_trouble t, const char *text);
	void (*on_state)(struct board_run *r, enum board_state state, const char *text);
};

extern const struct board_verb board_verbs[];           /**< the last has no name */

int  board_args_read(struct board_args *a, int argc, char **argv, char *err, size_t errsize);
void board_args_help(FILE *to);

/* cmd_board.c: waiting; 0, ETIMEDOUT, or ECANCELED after Ctrl-C */
typedef bool (board_done_h)(const struct board_run *r, const void *arg);

int  board_run_wait(struct board_run *r, board_done_h *done, const void *arg, unsigned ms);
int  board_run_edge(struct board_run *r, unsigned pin, bool level, unsigned ms, struct board_edge *e);
int  board_run_outside(struct board_run *r, unsigned pin, bool level, unsigned ms, uint64_t *t_us);
int  board_run_stats(struct board_run *r);
int  board_run_stall(struct board_run *r, uint64_t board_us, uint32_t *stall_us);

/* cmd_board_say.c */
void board_say_text(const char *s);
void board_say_edge(const struct board_run *r, const struct board_edge *e, uint64_t held_us);
void board_say_trouble(struct board_run *r, enum board_trouble t, const char *text);
double board_uncertainty_us(const struct board_run *r);

int  board_cmd_info(struct board_run *r);
int  board_cmd_watch(struct board_run *r);
int  board_cmd_set(struct board_run *r);
int  board_cmd_selftest(struct board_run *r);
int  board_cmd_bench(struct board_run *r);

#endif
