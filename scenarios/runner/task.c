/**
 * @file task.c  Coroutines of one scenario in libre's event loop
 *
 * A coroutine yields (deadline, any): it goes on at the deadline [s since start], or, where `any` is
 * true, as soon as something was logged.  Nothing of Lua runs inside a callback of the network: wake-ups
 * happen by timers at the end of the loop turn.
 */
#include <lauxlib.h>
#include <math.h>
#include <string.h>
#include "../../sim/vnet.h"
#include "task.h"

struct task {
	struct le le;
	struct world *w;
	lua_State *co;
	int ref;                        /**< keeps the coroutine alive */
	bool any;                       /**< resume when something was logged */
	struct tmr tmr;
};

static void resume(struct task *t, int nargs);

static void destructor(void *arg)
{
	struct task *t = arg;

	list_unlink(&t->le);
	tmr_cancel(&t->tmr);
	luaL_unref(t->w->L, LUA_REGISTRYINDEX, t->ref);
}

/** The verdict is known: leave the event loop */
void world_end(struct world *w)
{
	w->ended = true;
	re_cancel();
}

/** First failure wins */
void world_fail(struct world *w, const char *message)
{
	if (!w->failed) {
		w->failed = true;
		str_ncpy(w->message, message, sizeof(w->message));
	}
	world_end(w);
}

static void due(void *arg)
{
	resume(arg, 0);
}

static void yielded(struct task *t, int nres)
{
	const double deadline = nres > 0 ? lua_tonumber(t->co, -nres) : 0;
	const uint64_t now = vnet_now_us();
	uint64_t at, ms;

	t->any = nres > 1 && lua_toboolean(t->co, -nres + 1);
	lua_pop(t->co, nres);
	at = t->w->t0_us + (uint64_t)llround((deadline < 0 ? 0 : deadline) * 1e6);
	ms = at <= now ? 0 : (at + 999) / 1000 - now / 1000;
	tmr_start(&t->tmr, ms, due, t);
}

static void finished(struct task *t)
{
	struct world *w = t->w;

	mem_deref(t);
	if (list_isempty(&w->tasks))
		world_end(w);
}

static void broke(struct task *t)
{
	struct world *w = t->w;

	lua_getglobal(t->co, "__verdict");
	lua_insert(t->co, -2);
	if (lua_pcall(t->co, 1, 2, 0)) {
		world_fail(w, lua_tostring(t->co, -1));
	}
	else if (lua_isstring(t->co, -2)) {
		const bool skip = !strcmp(lua_tostring(t->co, -2), "skip");

		w->skipped = skip;
		w->doubted = !skip;
		str_ncpy(w->message, luaL_tolstring(t->co, -1, NULL), sizeof(w->message));
		world_end(w);
	}
	else {
		world_fail(w, luaL_tolstring(t->co, -1, NULL));
	}
	mem_deref(t);
}

static void resume(struct task *t, int nargs)
{
	int nres = 0, st;

	tmr_cancel(&t->tmr);
	t->any = false;
	st = lua_resume(t->co, t->w->L, nargs, &nres);
	if (st == LUA_YIELD)
		yielded(t, nres);
	else if (st == LUA_OK)
		finished(t);
	else {
		luaL_traceback(t->w->L, t->co, NULL, 0);
		lua_setglobal(t->w->L, "__traceback");
		broke(t);
	}
}

static void wake(void *arg)
{
	struct world *w = arg;
	struct le *le = w->tasks.head;

	while (le && !w->ended) {
		struct task *t = le->data;

		le = le->next;
		if (t->any)
			resume(t, 0);
	}
}

/** Something was logged: those that wait for it go on at the end of this loop turn */
void task_wake(struct world *w)
{
	if (!tmr_isrunning(&w->wake))
		tmr_start(&w->wake, 0, wake, w);
}

int task_start(struct world *w)
{
	struct task *t = mem_zalloc(sizeof(*t), destructor);

	if (!t)
		return ENOMEM;
	t->w = w;
	t->co = lua_newthread(w->L);
	t->ref = luaL_ref(w->L, LUA_REGISTRYINDEX);
	lua_xmove(w->L, t->co, 2);
	list_append(&w->tasks, &t->le, t);
	resume(t, 1);

	return 0;
}

/** Line of the script where its first coroutine waits: " at FILE:LINE", "" where that is unknown */
void task_where(const struct world *w, char *buf, size_t size)
{
	const struct task *t = list_ledata(list_head(&w->tasks));
	lua_Debug ar;
	int level;

	buf[0] = '\0';
	for (level = 0; t && lua_getstack(t->co, level, &ar); level++) {
		if (!lua_getinfo(t->co, "Sl", &ar) || ar.source[0] != '@')
			continue;
		(void)re_snprintf(buf, size, " at %s:%d", ar.short_src, ar.currentline);
		return;
	}
}

void task_end_all(struct world *w)
{
	list_flush(&w->tasks);
}

static uint64_t clock_us(void *arg)
{
	(void)arg;

	return vnet_now_us();
}

/** The world's media engine, on its clock */
int media_clock(struct world *w)
{
	return media_alloc(&w->media, clock_us, NULL);
}
