/**
 * @file bind_scan.c  Scans of a scenario's door (NET-03): what pages and the line `scan` ask for
 */
#include <errno.h>
#include "../../core/gap.h"
#include "door_actor.h"

static struct gap *alive(lua_State *L)
{
	struct gap *g = vdoor_gap(door_check(L)->v);

	if (!g)
		luaL_error(L, "the door has no supply");

	return g;
}

/** door:scan(range [, port]) -> true, or nil, message */
static int scan(lua_State *L)
{
	char err[512] = "";
	const lua_Integer port = luaL_optinteger(L, 3, SCAN_PORT);

	luaL_argcheck(L, port >= 1 && port <= 65535, 3, "1 to 65535");
	if (!gap_scan(alive(L), luaL_checkstring(L, 2), (uint16_t)port, NULL, err, sizeof(err))) {
		lua_pushboolean(L, 1);
		return 1;
	}
	lua_pushnil(L);
	lua_pushstring(L, err);

	return 2;
}

/** door:scan_stop() -> true, or nil where none runs */
static int scan_stop(lua_State *L)
{
	if (gap_scan_stop(alive(L)))
		lua_pushnil(L);
	else
		lua_pushboolean(L, 1);

	return 1;
}

static void push_found(lua_State *L, const struct scan *s)
{
	const struct scan_found *f;
	char text[64];
	struct sa sa;
	unsigned i;

	lua_newtable(L);
	for (i = 0; (f = scan_found(s, i)); i++) {
		sa_set_in(&sa, f->addr, 0);
		(void)re_snprintf(text, sizeof(text), "%j", &sa);
		lua_createtable(L, 0, 3);
		lua_pushstring(L, text);
		lua_setfield(L, -2, "address");
		lua_pushstring(L, f->name);
		lua_setfield(L, -2, "name");
		lua_pushinteger(L, f->scode);
		lua_setfield(L, -2, "status");
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

/** door:scanned() -> {running=, cancelled=, done=, total=, unsent=, found={...}}, nil = there was none */
static int scanned(lua_State *L)
{
	const struct scan *s = gap_scanned(alive(L));
	struct scan_state st;

	if (!s) {
		lua_pushnil(L);
		return 1;
	}
	scan_look(s, &st);
	lua_createtable(L, 0, 6);
	lua_pushboolean(L, st.running);
	lua_setfield(L, -2, "running");
	lua_pushboolean(L, st.cancelled);
	lua_setfield(L, -2, "cancelled");
	lua_pushinteger(L, st.done);
	lua_setfield(L, -2, "done");
	lua_pushinteger(L, st.total);
	lua_setfield(L, -2, "total");
	lua_pushinteger(L, st.unsent);
	lua_setfield(L, -2, "unsent");
	push_found(L, s);
	lua_setfield(L, -2, "found");

	return 1;
}

const luaL_Reg door_scan_methods[] = {{"scan", scan}, {"scan_stop", scan_stop}, {"scanned", scanned}, {NULL, NULL}};
