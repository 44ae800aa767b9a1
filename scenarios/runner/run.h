/**
 * @file run.h  Options of a test run, workers, reports
 */
#ifndef RUNNER_RUN_H
#define RUNNER_RUN_H

#include "../../core/door/frame.h"
#include "../../hil/rig.h"
#include "suite.h"

struct run_opts {
	bool real;                      /**< --clock real */
	uint64_t seed;
	unsigned repeat, jobs, shard, shards;
	double limit_s;                 /**< a worker silent for longer is stopped */
	const char *junit, *keep, *log, *filter;
	bool list, tap, live, timings, dry;
	struct rig_spec rig;            /**< --rig */
	const char *rig_name;
	double longest_s;               /**< on a board: what takes longer is skipped */
	unsigned retry;                 /**< an inconclusive run is repeated so often */
	unsigned alone;                 /**< as many that did not pass beside others are run once more, alone */
	const char *compare;            /**< --compare: the other rig */
	double tolerance_s;             /**< of --compare */
	const char *scorecard;          /**< file of the scorecard */
	char receiver[320];             /**< URI of the receiver under test, "" = our own */
	const struct frame_preset *crc; /**< checksum of the receiver under test, NULL = the default */
	const char *plant;              /**< faults of our own receiver under test */
};

/** One run of one item */
struct job {
	const struct item *item;
	uint64_t seed;
	unsigned repetition;
	bool done;
	struct result result;
	char *beside;                   /**< it is run alone: what it said beside others; else NULL */
};

struct plan {
	struct run_opts opts;
	struct job *job;
	size_t n;
	size_t told;                    /**< TAP's lines so far */
};

/* execute.c: one job, in this process */
int  execute_job(const struct run_opts *o, const struct item *item, uint64_t seed, struct result *r);
void execute_forget(struct result *r);         /**< frees its texts */
void execute_close(void);

/* compare.c: one scenario on two rigs */
int  compare_run(const struct run_opts *opts, const struct suite *s);

/* worker.c: jobs in processes of their own */
typedef void (run_done_h)(struct plan *p, size_t i, void *arg);
double run_clock_s(void);
int  workers_run(struct plan *p, run_done_h *h, void *arg);

/* alone.c: what others on this host may have disturbed */
bool alone_may(const struct plan *p);
int  alone_run(struct plan *p, run_done_h *h, void *arg);

/* report.c */
void report_alone(struct plan *p, size_t n);
void report_start(const struct plan *p);
void report_job(struct plan *p, size_t i, void *arg);
int  report_end(const struct plan *p, double wall_s);
int  report_junit(const struct plan *p, const char *file);

/* scorecard.c */
int  scorecard_write(const struct plan *p, const char *file);

#endif
