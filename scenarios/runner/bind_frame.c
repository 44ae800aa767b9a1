/**
 * @file bind_frame.c  The alarm frame for scripts: the same codec as the door's (SUP-20, SUP-21)
 */
#include <string.h>
#include "../../core/door/door.h"
#include "bind.h"

static void crc_of(lua_State *L, int index, struct settings *s)
{
	const struct world *w = world_get(L);

	settings_default(s);
	if (w->crc)
		s->crc = w->crc->crc;
	bind_settings(L, index, NULL, bind_preset, s);
}

/** rt.checksum(data, {["crc.poly"]=...}) -> "097" */
static int checksum(lua_State *L)
{
	size_t n;
	const char *data = luaL_checklstring(L, 1, &n);
	struct settings s;
	char cs[4];

	crc_of(L, 2, &s);
	if (frame_checksum(cs, &s.crc, data, n))
		return luaL_error(L, "no frame data: \"%s\" (digits, then C)", data);
	lua_pushstring(L, cs);

	return 1;
}

/** rt.frame(reason, identity, {["crc.poly"]=...}) -> whole frame with checksum */
static int frame(lua_State *L)
{
	const lua_Integer reason = luaL_checkinteger(L, 1);
	const char *identity = luaL_checkstring(L, 2);
	char text[FRAME_MAX + 1];
	struct settings s;

	crc_of(L, 3, &s);
	if (reason < 0 || reason > 99 ||
	    frame_encode(text, &s.crc, REPORT_PRODUCT, (unsigned)reason, REPORT_MODULE, identity))
		return luaL_error(L, "no frame: reason 0 to 99, identity 1 to 9 digits");
	lua_pushstring(L, text);

	return 1;
}

void bind_frame(lua_State *L)
{
	static const luaL_Reg f[] = {{"checksum", checksum}, {"frame", frame}, {NULL, NULL}};

	luaL_setfuncs(L, f, 0);
}
