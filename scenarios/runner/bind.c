/**
 * @file bind.c  Helpers that every binding needs
 */
#include <string.h>
#include "bind.h"
#include "../../core/door/settings.h"
#include "../../sim/vnet.h"

/** The actor that a method was called on; its class is the method's upvalue */
static struct actor *self(lua_State *L)
{
	struct actor **a = luaL_checkudata(L, 1, lua_tostring(L, lua_upvalueindex(1)));

	return *a;
}

static int actor_name(lua_State *L)
{
	lua_pushstring(L, self(L)->name);

	return 1;
}

static int push_formatted(lua_State *L, const char *fmt)
{
	char buf[80];

	(void)re_snprintf(buf, sizeof(buf), fmt, &self(L)->addr);
	lua_pushstring(L, buf);

	return 1;
}

static int actor_uri(lua_State *L)
{
	return push_formatted(L, sa_af(&self(L)->addr) == AF_INET6 ? "sip:[%j]" : "sip:%j");
}

static int actor_address(lua_State *L)
{
	return push_formatted(L, "%J");
}

static int actor_gc(lua_State *L)
{
	struct actor **a = luaL_checkudata(L, 1, lua_tostring(L, lua_upvalueindex(1)));

	if (*a) {
		if ((*a)->end)
			(*a)->end(*a);
		list_unlink(&(*a)->le);
		*a = mem_deref(*a);
	}

	return 0;
}

void bind_class(lua_State *L, const char *meta, const luaL_Reg *methods)
{
	static const luaL_Reg common[] = {
		{"_name", actor_name}, {"_uri", actor_uri}, {"_address", actor_address}, {NULL, NULL},
	};

	luaL_newmetatable(L, meta);
	lua_newtable(L);
	luaL_setfuncs(L, methods, 0);
	lua_pushstring(L, meta);
	luaL_setfuncs(L, common, 1);
	lua_setfield(L, -2, "__index");
	lua_pushstring(L, meta);
	lua_pushcclosure(L, actor_gc, 1);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
}

static bool listed(const char *const *list, const char *key)
{
	for (; list && *list; list++)
		if (!strcmp(*list, key))
			return true;

	return false;
}

/** A Lua value as the text of a setting: true = yes, {a, b} = "a,b" */
static const char *value_text(lua_State *L, char *buf, size_t size)
{
	size_t n = 0;
	int i;

	if (lua_isboolean(L, -1))
		return lua_toboolean(L, -1) ? "yes" : "no";
	if (!lua_istable(L, -1))
		return lua_tostring(L, -1);

	buf[0] = '\0';
	for (i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL && n < size; i++) {
		n += (size_t)re_snprintf(buf + n, size - n, "%s%s", i > 1 ? "," : "", lua_tostring(L, -1));
		lua_pop(L, 1);
	}
	lua_pop(L, 1);

	return buf;
}

void bind_settings(lua_State *L, int index, const char *const *skip, bind_set_h *set, void *arg)
{
	char err[512], list[SETTINGS_TEXT];

	if (lua_isnoneornil(L, index))
		return;
	luaL_checktype(L, index, LUA_TTABLE);
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
		const char *value, *key;

		if (lua_type(L, -2) != LUA_TSTRING)
			luaL_error(L, "settings are [\"key\"] = value, not a list");
		key = lua_tostring(L, -2);
		if (listed(skip, key))
			continue;
		lua_pushvalue(L, -1);
		value = value_text(L, list, sizeof(list));
		if (!value)
			luaL_error(L, "%s: a setting is text, a number, true, false or a list", key);
		if (set(arg, key, value, err, sizeof(err)))
			luaL_error(L, "%s", err);
		lua_pop(L, 1);
	}
}

int bind_preset(void *arg, const char *key, const char *value, char *err, size_t errsize)
{
	return settings_set(arg, key, value, err, errsize);
}

static int opt_field(lua_State *L, int index, const char *key)
{
	if (lua_isnoneornil(L, index)) {
		lua_pushnil(L);
		return LUA_TNIL;
	}
	luaL_checktype(L, index, LUA_TTABLE);

	return lua_getfield(L, index, key);
}

const char *bind_opt_str(lua_State *L, int index, const char *key, const char *def)
{
	const char *s = opt_field(L, index, key) == LUA_TNIL ? def : luaL_checkstring(L, -1);

	lua_pop(L, 1);          /* the table keeps the string */

	return s;
}

double bind_opt_num(lua_State *L, int index, const char *key, double def)
{
	const double d = opt_field(L, index, key) == LUA_TNIL ? def : luaL_checknumber(L, -1);

	lua_pop(L, 1);

	return d;
}

int bind_opt_bool(lua_State *L, int index, const char *key, int def)
{
	const int b = opt_field(L, index, key) == LUA_TNIL ? def : lua_toboolean(L, -1);

	lua_pop(L, 1);

	return b;
}

int bind_address(lua_State *L, int index, struct world *w, struct sa *sa, const char *name)
{
	const char *nat = bind_opt_str(L, index, "nat", NULL);
	struct sa box;
	int err;

	err = bind_opt_bool(L, index, "ipv6", 0) ? world_address6(w, sa, name) : world_address(w, sa, name);
	if (err || !nat)
		return err;
	err = sa_decode(&box, nat, strlen(nat));

	return err ? err : vnet_nat_behind(&box, sa);
}

int bind_error(lua_State *L, const char *what, int err)
{
	return luaL_error(L, "%s: %s", what, strerror(err));
}
