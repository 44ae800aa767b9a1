/**
 * @file bind_net.c  Time, chance and the network's faults for scripts (SIM-03)
 */
#include <math.h>
#include <string.h>
#include "../../sim/vnet.h"
#include "bind.h"
#include "task.h"

static int now(lua_State *L)
{
	lua_pushnumber(L, world_now(world_get(L)));

	return 1;
}

static int wall(lua_State *L)
{
	lua_pushnumber(L, (double)vnet_wall_us() / 1e6);

	return 1;
}

/** rt.random(n): 1..n; rt.random(): 0 <= x < 1; the scenario's own stream of the seed */
static int random_number(lua_State *L)
{
	const uint64_t r = vnet_random();

	if (lua_isnoneornil(L, 1))
		lua_pushnumber(L, (double)(r >> 11) * 0x1p-53);
	else {
		const lua_Integer n = luaL_checkinteger(L, 1);

		luaL_argcheck(L, n >= 1, 1, "random(n) wants n >= 1");
		lua_pushinteger(L, (lua_Integer)(r % (uint64_t)n) + 1);
	}

	return 1;
}

static uint32_t ppm(lua_State *L, const char *key)
{
	const double percent = bind_opt_num(L, 2, key, 0);

	if (percent < 0 || percent > 100)
		luaL_error(L, "net: %s is a percentage, 0 to 100", key);

	return (uint32_t)lround(percent * 10000);
}

static uint32_t micros(lua_State *L, const char *key, double def)
{
	const double ms = bind_opt_num(L, 2, key, def);

	if (ms < 0 || ms > 60000)
		luaL_error(L, "net: %s is 0 to 60000 ms", key);

	return (uint32_t)lround(ms * 1000);
}

/** rt.net(address or nil, {delay_ms=, jitter_ms=, loss=, duplicate=, reorder=} or nil) */
static int net(lua_State *L)
{
	struct vnet_fault f;
	struct sa sa, *host = NULL;

	str_ncpy(world_get(L)->needs, "the simulated network's faults", sizeof(world_get(L)->needs));
	if (!world_get(L)->virtual_time)
		return luaL_error(L, "net faults need virtual time; on the real clock the network is the machine's");
	if (!lua_isnoneornil(L, 1)) {
		const char *text = luaL_checkstring(L, 1);

		if (sa_decode(&sa, text, strlen(text)))
			return luaL_error(L, "no address: %s", text);
		host = &sa;
	}
	if (lua_isnoneornil(L, 2)) {
		vnet_set_fault(host, NULL);
		return 0;
	}
	f.delay_us = micros(L, "delay_ms", 0.2);
	f.jitter_us = micros(L, "jitter_ms", 0);
	f.loss_ppm = ppm(L, "loss");
	f.duplicate_ppm = ppm(L, "duplicate");
	f.reorder_ppm = ppm(L, "reorder");
	vnet_set_fault(host, &f);

	return 0;
}

/** rt.link(address, up): the cable of one host */
static int link_cable(lua_State *L)
{
	const char *text = luaL_checkstring(L, 1);
	struct sa sa;

	if (sa_decode(&sa, text, strlen(text)))
		return luaL_error(L, "no address: %s", text);
	vnet_link(&sa, lua_toboolean(L, 2));

	return 0;
}

static int is_virtual(lua_State *L)
{
	lua_pushboolean(L, world_get(L)->virtual_time);

	return 1;
}

/** rt.late(from, to, least) -> longest stall of this host in that time, sum of those of `least` and more [s]; 0 in virtual time */
static int late(lua_State *L)
{
	const struct world *w = world_get(L);
	const double from = luaL_checknumber(L, 1), to = luaL_checknumber(L, 2), least = luaL_optnumber(L, 3, 0);
	struct stalls s = {0, 0};

	if (!w->virtual_time)
		s = lateness_stalls(&w->late, w->t0_us + (uint64_t)(from > 0 ? from * 1e6 : 0),
				    w->t0_us + (uint64_t)(to > 0 ? to * 1e6 : 0), (uint32_t)(least * 1e6));
	lua_pushnumber(L, s.most_us / 1e6);
	lua_pushnumber(L, (double)s.sum_us / 1e6);

	return 2;
}

/** rt.timing(text): a measured time, for the report */
static int timing(lua_State *L)
{
	(void)mbuf_printf(world_get(L)->timings, "%s\n", luaL_checkstring(L, 1));

	return 0;
}

static int seed(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)world_get(L)->seed);

	return 1;
}

/** rt.spawn(fn): one more coroutine */
static int spawn(lua_State *L)
{
	struct world *w = world_get(L);
	int e;

	luaL_checktype(L, 1, LUA_TFUNCTION);
	lua_getglobal(w->L, "__spawned");
	lua_pushvalue(L, 1);
	lua_xmove(L, w->L, 1);
	e = task_start(w);

	return e ? bind_error(L, "spawn", e) : 0;
}

/** rt.log(text): a remark of the script */
static int remark(lua_State *L)
{
	struct world *w = world_get(L);

	world_log_begin(w, "script", "log");
	world_log_str(w, "text", luaL_checkstring(L, 1));
	world_log_end(w);

	return 0;
}

void bind_net(lua_State *L)
{
	static const luaL_Reg f[] = {
		{"now", now}, {"wall", wall}, {"random", random_number}, {"net", net}, {"link", link_cable},
		{"virtual", is_virtual}, {"seed", seed}, {"spawn", spawn}, {"late", late}, {"timing", timing}, {"log", remark}, {NULL, NULL},
	};

	luaL_setfuncs(L, f, 0);
}
