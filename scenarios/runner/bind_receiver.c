/**
 * @file bind_receiver.c  The receiver under test: a product from outside, or our own (RCV-01)
 */
#include "../../core/door/codec.h"
#include "bind.h"

/** rt.under_test() -> URI of the receiver from outside, nil = our own */
static int under_test(lua_State *L)
{
	lua_pushstring(L, world_get(L)->receiver);

	return 1;
}

/** rt.planted() -> faults planted in our own receiver, "a,b", or nil */
static int planted(lua_State *L)
{
	lua_pushstring(L, world_get(L)->plant);

	return 1;
}

/** rt.codecs() -> names of all codecs, in the settings' order; for scripts at load time too */
static int codecs(lua_State *L)
{
	int i;

	lua_newtable(L);
	for (i = 0; i < CODEC_COUNT; i++) {
		lua_pushstring(L, codec_table[i].name);
		lua_rawseti(L, -2, i + 1);
	}

	return 1;
}

void bind_receiver(lua_State *L)
{
	static const luaL_Reg f[] = {
		{"under_test", under_test}, {"planted", planted}, {"codecs", codecs}, {NULL, NULL},
	};

	luaL_setfuncs(L, f, 0);
}
