/**
 * @file execute.c  Run one scenario in this process, from a fresh clock to a verdict
 */
#include <errno.h>
#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "../../sim/vnet.h"
#include "rigs.h"
#include "run.h"
#include "task.h"

static bool started;

static double machine_s(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);

	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/** libre and the clock, once a process; each scenario then starts from the epoch */
static int start(const struct run_opts *o, uint64_t seed)
{
	int err = vnet_start(!o->real, seed);

	if (!err && !started) {
		err = libre_init();
		started = !err;
		if (!err)
			(void)vnet_many_sockets();
	}

	return err;
}

void execute_close(void)
{
	rigs_close();
	if (started)
		libre_close();
	started = false;
}

static void time_up(void *arg)
{
	struct world *w = arg;
	char where[128], text[256];

	task_where(w, where, sizeof(where));
	(void)re_snprintf(text, sizeof(text), "the scenario's time is up (its `timeout`, by default 3600 s) while it waits%s",
			  where);
	world_fail(w, text);
}

/** A name that is a good file name everywhere */
static void slug(char *buf, size_t size, const char *name)
{
	size_t n = 0;

	for (; *name && n + 1 < size; name++) {
		const bool good = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
				  (*name >= '0' && *name <= '9');

		if (good)
			buf[n++] = *name;
		else if (n && buf[n - 1] != '-')
			buf[n++] = '-';
	}
	while (n && buf[n - 1] == '-')
		--n;
	buf[n] = '\0';
}

/** The folder holds the script too: it may have changed by the time somebody reads it */
static void copy_script(const char *file, const char *dir)
{
	char to[600], buf[4096];
	FILE *in = fopen(file, "r"), *out;
	size_t n;

	(void)snprintf(to, sizeof(to), "%s/scenario.lua", dir);
	out = in ? fopen(to, "w") : NULL;
	while (out && (n = fread(buf, 1, sizeof(buf), in)) > 0)
		(void)fwrite(buf, 1, n, out);
	if (out)
		(void)fclose(out);
	if (in)
		(void)fclose(in);
}

static void keep_failure(const struct run_opts *o, const struct item *item, const struct world *w,
			 struct result *r)
{
	const bool board = o->rig.kind != RIG_SIM;
	char name[96], dir[512], info[3072], verdict[4200];

	slug(name, sizeof(name), item->name);
	(void)snprintf(dir, sizeof(dir), "%s/%s-%llu", o->keep, name, (unsigned long long)r->seed);
	(void)snprintf(verdict, sizeof(verdict), "%s: %s", w->doubted ? "INCONCLUSIVE" : "FAIL", w->message);
	(void)snprintf(info, sizeof(info),
		"script        %s:%d\nrequirements  %s\nseed          %llu\nclock         %s\nrig           %s\n"
		"ended at      t = %.6f s\n%s%.*s\nreplay it:    ipgap test --seed %llu %s %s --filter '=%s' %s\n",
		item->file, item->line, item->req[0] ? item->req : "none", (unsigned long long)r->seed,
		w->virtual_time ? "virtual" : "real", o->rig_name, r->sim_s, w->timings->end ? "\nmeasured:\n" : "",
		(int)(w->timings->end < 1024 ? w->timings->end : 1024), (char *)w->timings->buf,
		(unsigned long long)r->seed, board ? "--rig" : "--clock",
		board ? o->rig_name : w->virtual_time ? "virtual" : "real", item->name, item->file);
	if (record_write(w->rec, dir, item->name, verdict, info))
		return;
	copy_script(item->file, dir);
	r->folder = strdup(dir);
}

/** --log DIR: the event log of every scenario, for comparing two runs byte by byte */
static void write_log(const struct run_opts *o, const struct item *item, const struct world *w)
{
	char name[96], file[600], *base = strrchr(item->file, '/');
	FILE *f;

	slug(name, sizeof(name), item->name);
	(void)mkdir(o->log, 0777);
	(void)snprintf(file, sizeof(file), "%s/%s-%s.jsonl", o->log, base ? base + 1 : item->file, name);
	f = fopen(file, "w");
	if (!f) {
		fprintf(stderr, "ipgap test: %s: %s\n", file, strerror(errno));
		return;
	}
	if (w->log)
		(void)fwrite(w->log->buf, 1, w->log->end, f);
	(void)fclose(f);
}

static char *text_of(const struct mbuf *mb)
{
	const size_t n = mb ? mb->end : 0;
	char *s = malloc(n + 1);

	if (s) {
		memcpy(s, mb ? (const void *)mb->buf : "", n);
		s[n] = '\0';
	}

	return s;
}

static void verdict(struct result *r, const struct world *w, int err)
{
	if (err) {
		char text[128];

		(void)snprintf(text, sizeof(text), "the scenario could not be started: %s", strerror(err));
		r->verdict = VERDICT_FAIL;
		r->message = strdup(text);
		return;
	}
	r->verdict = w->skipped ? VERDICT_SKIP : w->doubted ? VERDICT_INCONCLUSIVE : w->failed ? VERDICT_FAIL :
		VERDICT_PASS;
	r->message = strdup(r->verdict == VERDICT_PASS ? "" : w->message);
	r->timings = text_of(w->timings);
	r->edges = text_of(w->edges);
}

/** What the scorecard tells: the library knows what of the log is worth telling */
static void seen(struct result *r, lua_State *L)
{
	const int top = lua_gettop(L);

	lua_getglobal(L, "__seen");
	if (!lua_pcall(L, 0, 2, 0)) {
		r->seen = strdup(luaL_tolstring(L, top + 1, NULL));
		r->peer = strdup(luaL_tolstring(L, top + 2, NULL));
	}
	lua_settop(L, top);
}

static int run_in(lua_State *L, const struct run_opts *o, const struct item *item, struct result *r)
{
	struct world w = {.virtual_time = !o->real, .rig = &o->rig, .dry = o->dry, .seed = r->seed, .plant = o->plant,
			  .crc = o->crc, .receiver = o->receiver[0] ? o->receiver : NULL};
	struct tmr limit;
	int err = record_alloc(&w.rec);

	if (!err && o->live)
		err = live_alloc(&w.live);
	if (err) {
		mem_deref(w.rec);
		return err;
	}
	tmr_init(&limit);
	tmr_start(&limit, (uint64_t)(item->timeout_s * 1000), time_up, &w);
	err = world_run(&w, L, -1);
	tmr_cancel(&limit);
	r->sim_s = world_now(&w);
	verdict(r, &w, err);
	str_ncpy(r->needs, w.needs, sizeof(r->needs));
	r->doors = w.doors;
	seen(r, L);
	if ((r->verdict == VERDICT_FAIL || r->verdict == VERDICT_INCONCLUSIVE) && o->keep)
		keep_failure(o, item, &w, r);
	if (o->log)
		write_log(o, item, &w);
	mem_deref(w.live);
	mem_deref(w.log);
	mem_deref(w.timings);
	mem_deref(w.edges);
	mem_deref(w.rec);

	return 0;
}

static int run_once(const struct run_opts *o, const struct item *item, struct result *r)
{
	lua_State *L;
	int err = start(o, r->seed);

	if (err)
		return err;
	L = suite_open(item->file);
	if (!L)
		return EINVAL;
	lua_getglobal(L, "__scenarios");
	lua_rawgeti(L, -1, (lua_Integer)item->index + 1);
	lua_getfield(L, -1, "fn");
	err = run_in(L, o, item, r);
	lua_close(L);

	return err;
}

static int skip(struct result *r, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	r->verdict = VERDICT_SKIP;
	r->message = strdup(text);

	return 0;
}

void execute_forget(struct result *r)
{
	free(r->message);
	free(r->folder);
	free(r->timings);
	free(r->edges);
	free(r->seen);
	free(r->peer);
	r->message = r->folder = r->timings = r->edges = r->seen = r->peer = NULL;
}

/**
 * Before a board is bothered: the same scenario on the simulator, in virtual time, tells in milliseconds how
 * long it takes and what it needs.
 *
 * @return true = it is no scenario for this rig; r says why
 */
static bool trial_skips(const struct run_opts *o, const struct item *item, struct result *r)
{
	struct run_opts dry = {.seed = o->seed, .dry = true, .rig_name = "sim"};
	struct result t = {.seed = r->seed};
	bool skipped = true;

	if (run_once(&dry, item, &t))
		return false;
	if (t.verdict == VERDICT_SKIP)
		(void)skip(r, "%s", t.message);
	else if (t.needs[0])
		(void)skip(r, "needs %s", t.needs);
	else if (!t.doors)
		(void)skip(r, "has no door: a board would see nothing of it");
	else if (t.sim_s > o->longest_s)
		(void)skip(r, "takes %.0f s, and a board's time is real: --longest %.0f and more runs it", t.sim_s,
			   t.sim_s + 1);
	else
		skipped = false;
	execute_forget(&t);

	return skipped;
}

/** Why the rig or the clock does not suit the scenario; true = r says so */
static bool unfit(const struct run_opts *o, const struct item *item, struct result *r)
{
	const bool board = o->rig.kind != RIG_SIM;

	if (strcmp(item->rig, "any") && strcmp(item->rig, board ? "board" : "sim"))
		return !skip(r, "needs %s", board ? "the simulated panel" : "a board: --rig board:...");
	if (strcmp(item->clock, "any") && strcmp(item->clock, o->real ? "real" : "virtual"))
		return !skip(r, "needs the %s clock", item->clock);

	return board && !strcmp(item->clock, "any") && !strcmp(item->rig, "any") && trial_skips(o, item, r);
}

static int run_tries(const struct run_opts *o, const struct item *item, struct result *r)
{
	const uint64_t seed = r->seed;
	char err[1024] = "";
	unsigned tries = 0;
	int e = rigs_prepare(&o->rig, err, sizeof(err));

	if (e) {
		r->verdict = VERDICT_FAIL;
		r->message = strdup(err[0] ? err : strerror(e));
		return 0;
	}
	do {
		execute_forget(r);
		memset(r, 0, sizeof(*r));
		r->seed = seed;
		e = run_once(o, item, r);
		r->tries = ++tries;
	} while (!e && r->verdict == VERDICT_INCONCLUSIVE && tries <= o->retry);

	return e;
}

/**
 * Run one scenario.
 *
 * @param o    Options
 * @param item Scenario
 * @param seed Of this run; all of the scenario's randomness comes from it
 * @param r    Written
 *
 * @return 0, errno where it could not even be tried
 */
int execute_job(const struct run_opts *o, const struct item *item, uint64_t seed, struct result *r)
{
	const double begin = machine_s();
	int err;

	memset(r, 0, sizeof(*r));
	r->seed = seed;
	if (unfit(o, item, r))
		return 0;
	err = run_tries(o, item, r);
	r->wall_s = machine_s() - begin;

	return err;
}
