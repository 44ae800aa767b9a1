/**
 * @file bind_nat.c  NAT boxes of the simulated network (SCN-01, SIP-08)
 */
#include <string.h>
#include "../../sim/vnet.h"
#include "bind.h"

struct nat_actor {
	struct actor a;
	struct world *w;
};

static void nat_end(struct actor *a)
{
	(void)a;
}

/** rt.nat{name=, kind=, timeout=, ipv6=} */
static int new_nat(lua_State *L)
{
	static const char *const kinds[] = {"full cone", "restricted", "port restricted", "symmetric", NULL};
	struct world *w = world_get(L);
	struct nat_actor **ud = lua_newuserdatauv(L, sizeof(*ud), 1);
	struct nat_actor *n = mem_zalloc(sizeof(*n), NULL);
	char name[32];
	int kind, e;

	if (!n)
		return bind_error(L, "nat", ENOMEM);
	*ud = n;
	n->w = w;
	luaL_setmetatable(L, WORLD_META_NAT);
	if (!w->virtual_time) {
		lua_pushstring(L, "skip: NAT boxes need virtual time");
		return lua_error(L);
	}
	(void)re_snprintf(name, sizeof(name), "%s", bind_opt_str(L, 1, "name", "nat"));
	(void)lua_getfield(L, 1, "kind");
	kind = luaL_checkoption(L, -1, "port restricted", kinds);
	world_actor_add(w, &n->a, name, nat_end);
	e = bind_address(L, 1, w, &n->a.addr, name);
	if (!e)
		e = vnet_nat(&n->a.addr, (enum vnet_nat_kind)kind, (uint32_t)bind_opt_num(L, 1, "timeout", 60));
	lua_pop(L, 1);

	return e ? bind_error(L, name, e) : 1;
}

static const struct nat_actor *check(lua_State *L)
{
	struct nat_actor **n = luaL_checkudata(L, 1, WORLD_META_NAT);

	return *n;
}

/** nat:forward(port, "10.77.0.2:5060") */
static int forward(lua_State *L)
{
	const struct nat_actor *n = check(L);
	const lua_Integer port = luaL_checkinteger(L, 2);
	const char *to = luaL_checkstring(L, 3);
	struct sa sa;
	int e;

	luaL_argcheck(L, port >= 1 && port <= 65535, 2, "a port is 1 to 65535");
	e = sa_decode(&sa, to, strlen(to));
	if (!e)
		e = vnet_nat_forward(&n->a.addr, (uint16_t)port, &sa);

	return e ? bind_error(L, to, e) : 0;
}

/** nat:restart(): no mapping is left, but those made by hand */
static int restart(lua_State *L)
{
	vnet_nat_forget(&check(L)->a.addr);

	return 0;
}

void bind_nat(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"_forward", forward}, {"restart", restart}, {NULL, NULL},
	};

	bind_class(L, WORLD_META_NAT, methods);
	lua_pushcfunction(L, new_nat);
	lua_setfield(L, -2, "nat");
}
