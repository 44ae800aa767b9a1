/**
 * @file bind_clock.c  The clock of a scenario's door (TIM-01): what pages and the line `clock` ask for
 */
#include "../../core/gap.h"
#include "door_actor.h"

static struct gap *alive(lua_State *L)
{
	struct gap *g = vdoor_gap(door_check(L)->v);

	if (!g)
		luaL_error(L, "the door has no supply");

	return g;
}

/** door:set_clock(local) -> true, or nil, message */
static int set_clock(lua_State *L)
{
	char err[512] = "";

	if (!gap_clock_local(alive(L), luaL_checkstring(L, 2), "scenario", err, sizeof(err))) {
		lua_pushboolean(L, 1);
		return 1;
	}
	lua_pushnil(L);
	lua_pushstring(L, err);

	return 2;
}

static void push_ntp(lua_State *L, const struct ntp_state *st)
{
	lua_createtable(L, 0, 6);
	lua_pushboolean(L, st->ok);
	lua_setfield(L, -2, "ok");
	lua_pushnumber(L, st->ever ? (double)st->offset_us / 1e6 : 0);
	lua_setfield(L, -2, "offset");
	lua_pushnumber(L, st->ever ? (double)st->delay_us / 1e6 : 0);
	lua_setfield(L, -2, "delay");
	lua_pushinteger(L, st->stratum);
	lua_setfield(L, -2, "stratum");
	lua_pushinteger(L, st->poll_s);
	lua_setfield(L, -2, "poll");
	lua_pushstring(L, st->trouble);
	lua_setfield(L, -2, "trouble");
}

/** door:clock() -> {wall=, text=, ntp=} */
static int clock_of(lua_State *L)
{
	const struct gap *g = alive(L);
	char text[ZONE_DATE];

	zone_write(text, schedule_local_s(gap_settings(g), gap_wall_us(g)));
	lua_createtable(L, 0, 3);
	lua_pushnumber(L, (double)gap_wall_us(g) / 1e6);
	lua_setfield(L, -2, "wall");
	lua_pushstring(L, text);
	lua_setfield(L, -2, "text");
	if (gap_ntp(g)) {
		push_ntp(L, gap_ntp(g));
		lua_setfield(L, -2, "ntp");
	}

	return 1;
}

const luaL_Reg door_clock_methods[] = {{"set_clock", set_clock}, {"clock", clock_of}, {NULL, NULL}};
