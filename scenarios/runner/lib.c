/**
 * @file lib.c  The scenario library in a Lua state: primitives in C, the rest in lib/ (Lua)
 *
 * Those are one chunk, compiled into the program (build/gen/lib_lua.h, made by the Makefile).
 */
#include <lauxlib.h>
#include <lualib.h>
#include "bind.h"
#include "gen/lib_lua.h"

static void metas(lua_State *L)
{
	static const struct { const char *key, *meta; } row[] = {
		{"door", WORLD_META_DOOR}, {"phone", WORLD_META_PHONE}, {"call", WORLD_META_CALL},
		{"socket", WORLD_META_SOCK}, {"alarm", WORLD_META_ALARM}, {"pbx", WORLD_META_PBX},
		{"process", WORLD_META_PROCESS}, {"tcp", WORLD_META_TCP},
		{"caller", WORLD_META_CALLER}, {"nat", WORLD_META_NAT}, {"stun", WORLD_META_STUN},
		{"dns", WORLD_META_DNS}, {"ntp", WORLD_META_NTP},
	};
	size_t i;

	lua_newtable(L);
	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		luaL_getmetatable(L, row[i].meta);
		lua_setfield(L, -2, row[i].key);
	}
	lua_setfield(L, -2, "meta");
}

/**
 * Open the library in a fresh state.
 *
 * @param L State; Lua's standard libraries are opened too
 *
 * @return LUA_OK, or an error whose text is on the stack
 */
int world_open_lib(lua_State *L)
{
	luaL_openlibs(L);
	if (luaL_loadbuffer(L, (const char *)lib_lua, sizeof(lib_lua), "=scenario library"))
		return LUA_ERRSYNTAX;

	lua_newtable(L);
	bind_door(L);
	bind_voice(L);
	bind_phone(L);
	bind_call(L);
	bind_socket(L);
	bind_alarm(L);
	bind_pbx(L);
	bind_process(L);
	bind_tcp(L);
	bind_outside(L);
	bind_net(L);
	bind_frame(L);
	bind_caller(L);
	bind_receiver(L);
	bind_nat(L);
	bind_stun(L);
	bind_dns(L);
	bind_ntp(L);
	metas(L);

	return lua_pcall(L, 1, 0, 0);
}
