/**
 * @file execute.c  Run one scenario in this process, from a fresh clock to a verdict
 */
#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "../../sim/vnet.h"
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
	}

	return err;
}

void execute_close(void)
{
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
	char name[96], dir[512], info[2048], verdict[4200];

	slug(name, sizeof(name), item->name);
	(void)snprintf(dir, sizeof(dir), "%s/%s-%llu", o->keep, name, (unsigned long long)r->seed);
	(void)snprintf(verdict, sizeof(verdict), "FAIL: %s", w->message);
	(void)snprintf(info, sizeof(info),
		"script        %s:%d\nrequirements  %s\nseed          %llu\nclock         %s\n"
		"ended at      t = %.6f s\n\nreplay it:    ipgap test --seed %llu --clock %s --filter '=%s' %s\n",
		item->file, item->line, item->req[0] ? item->req : "none", (unsigned long long)r->seed,
		w->virtual_time ? "virtual" : "real", r->sim_s, (unsigned long long)r->seed,
		w->virtual_time ? "virtual" : "real", item->name, item->file);
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

static void verdict(struct result *r, const struct world *w, int err)
{
	if (err) {
		char text[128];

		(void)snprintf(text, sizeof(text), "the scenario could not be started: %s", strerror(err));
		r->verdict = VERDICT_FAIL;
		r->message = strdup(text);
		return;
	}
	r->verdict = w->failed ? VERDICT_FAIL : w->skipped ? VERDICT_SKIP : VERDICT_PASS;
	r->message = strdup(w->failed || w->skipped ? w->message : "");
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
	struct world w = {.virtual_time = !o->real, .seed = r->seed, .plant = o->plant, .crc = o->crc,
			  .receiver = o->receiver[0] ? o->receiver : NULL};
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
	seen(r, L);
	if (r->verdict == VERDICT_FAIL && o->keep)
		keep_failure(o, item, &w, r);
	if (o->log)
		write_log(o, item, &w);
	mem_deref(w.live);
	mem_deref(w.log);
	mem_deref(w.rec);

	return 0;
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
	lua_State *L;
	int err;

	memset(r, 0, sizeof(*r));
	r->seed = seed;
	if (strcmp(item->clock, "any") && strcmp(item->clock, o->real ? "real" : "virtual")) {
		char text[64];

		(void)snprintf(text, sizeof(text), "needs the %s clock", item->clock);
		r->verdict = VERDICT_SKIP;
		r->message = strdup(text);
		return 0;
	}
	err = start(o, seed);
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
	r->wall_s = machine_s() - begin;

	return err;
}
