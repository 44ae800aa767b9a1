/**
 * @file suite.h  Scripts, the scenarios they declare, and their results
 */
#ifndef RUNNER_SUITE_H
#define RUNNER_SUITE_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One scenario of one script */
struct item {
	char *file, *name, *req;        /**< req: ids separated by blanks */
	char *fault, *should, *group;   /**< for a scorecard, "" = none */
	int line;
	unsigned index;                 /**< in its file, 0.. */
	double timeout_s;
	char clock[8];                  /**< "any", "virtual", "real" */
	char rig[8];                    /**< "any", "sim", "board" */
};

struct suite {
	struct item *item;
	size_t n;
};

/** Inconclusive: what was measured is less certain than what was to be shown */
enum verdict { VERDICT_PASS, VERDICT_FAIL, VERDICT_SKIP, VERDICT_INCONCLUSIVE };

/** What became of one run of one item */
struct result {
	enum verdict verdict;
	double sim_s, wall_s;           /**< scenario's time, machine's time */
	uint64_t seed;
	unsigned tries;                 /**< above 1: an inconclusive run was repeated */
	char *message;                  /**< "" where it passed */
	char *timings;                  /**< a line for each measured time */
	char *edges;                    /**< a line for each edge: signal, level, time, uncertainty [s] */
	unsigned doors;                 /**< doors it made */
	char needs[64];                 /**< what only the simulator has, "" = nothing */
	char *folder;                   /**< where a failure's files are, "" = nowhere */
	char *seen;                     /**< "time\ttext" a line, for a scorecard */
	char *peer;                     /**< what the receiver under test calls itself, "" */
};

int  suite_load(struct suite *s, const char *path);     /**< a script, or a folder's *.lua, in order of name */
void suite_filter(struct suite *s, const char *filter);
void suite_free(struct suite *s);
lua_State *suite_open(const char *file);                /**< prints what is wrong and returns NULL */
const char *verdict_name(enum verdict v);
bool verdict_bad(enum verdict v);                       /**< it failed, or proved nothing */

#endif
