/**
 * @file bind_pbx.c  The PBX of a scenario: users, faults, death and return (SCN-01, SIP-03, SIP-10)
 */
#include <string.h>
#include "bind.h"
#include "pbx.h"

struct pbx_actor {
	struct actor a;
	struct world *w;
	struct pbx *pbx;
};

static void pbx_end(struct actor *a)
{
	struct pbx_actor *p = (struct pbx_actor *)(void *)a;

	p->pbx = mem_deref(p->pbx);
}

static struct pbx *check(lua_State *L, int index)
{
	struct pbx_actor **p = luaL_checkudata(L, index, WORLD_META_PBX);

	if (!(*p)->pbx)
		luaL_error(L, "this PBX's scenario is over");

	return (*p)->pbx;
}

static void on_event(const struct pbx_event *ev, void *arg)
{
	struct pbx_actor *p = arg;

	world_log_begin(p->w, p->a.name, ev->name);
	world_log_str(p->w, "user", ev->user);
	world_log_str(p->w, "text", ev->text);
	world_log_num(p->w, "n", ev->number);
	world_log_end(p->w);
}

/** users = {["101"] = "secret", ...} */
static void add_users(lua_State *L, struct pbx *pbx)
{
	if (lua_getfield(L, 1, "users") == LUA_TNIL) {
		lua_pop(L, 1);
		return;
	}
	luaL_checktype(L, -1, LUA_TTABLE);
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
			luaL_error(L, "users: {[\"NAME\"] = \"PASSWORD\"}");
		if (pbx_user(pbx, lua_tostring(L, -2), lua_tostring(L, -1)))
			bind_error(L, "users", ENOMEM);
	}
	lua_pop(L, 1);
}

/** t:pbx{name=, users=, realm=, challenge=, min_expires=, max_expires=} */
static int new_pbx(lua_State *L)
{
	struct world *w = world_get(L);
	struct pbx_actor **ud = lua_newuserdatauv(L, sizeof(*ud), 1);
	struct pbx_actor *p = mem_zalloc(sizeof(*p), NULL);
	struct pbx_config cfg = {.realm = bind_opt_str(L, 1, "realm", "pbx.test")};
	char name[32];
	int e;

	if (!p)
		return bind_error(L, "pbx", ENOMEM);
	*ud = p;
	p->w = w;
	luaL_setmetatable(L, WORLD_META_PBX);
	(void)re_snprintf(name, sizeof(name), "%s", bind_opt_str(L, 1, "name", "pbx"));
	world_actor_add(w, &p->a, name, pbx_end);
	cfg.challenge = bind_opt_bool(L, 1, "challenge", true);
	cfg.min_expires_s = (uint32_t)bind_opt_num(L, 1, "min_expires", 0);
	cfg.max_expires_s = (uint32_t)bind_opt_num(L, 1, "max_expires", 0);
	e = bind_address(L, 1, w, &p->a.addr, name);
	cfg.laddr = p->a.addr;
	if (!e)
		e = pbx_alloc(&p->pbx, &cfg, on_event, p);
	if (!e)
		add_users(L, p->pbx);
	if (!e)
		e = pbx_start(p->pbx);

	return e ? bind_error(L, name, e) : 1;
}

/** pbx:user(name, {way=, delay=, password=}) */
static int user(lua_State *L)
{
	static const char *const ways[] = {"normal", "busy", "unreachable", "slow", NULL};
	struct pbx *p = check(L, 1);
	const char *name = luaL_checkstring(L, 2);
	const char *password = bind_opt_str(L, 3, "password", pbx_password(p, name));
	const char *way = bind_opt_str(L, 3, "way", "normal");
	int i;

	if (!password)
		return luaL_error(L, "the PBX has no user %s; give its password to add it", name);
	for (i = 0; ways[i] && strcmp(ways[i], way); i++)
		;
	if (!ways[i])
		return luaL_error(L, "way \"%s\": normal, busy, unreachable or slow", way);
	lua_pushstring(L, password);
	if (pbx_user(p, name, lua_tostring(L, -1)) ||
	    pbx_way(p, name, (enum pbx_way)i, (uint32_t)(bind_opt_num(L, 3, "delay", 5) * 1000)))
		return bind_error(L, name, ENOMEM);

	return 0;
}

/** pbx:_faults{silent=, register=, publish=, unknown_etag=, stale=, realm=, retry_after=}: the rest is well */
static int faults(lua_State *L)
{
	*pbx_faults(check(L, 1)) = (struct pbx_faults) {
		.silent = bind_opt_bool(L, 2, "silent", 0),
		.reg = (uint16_t)bind_opt_num(L, 2, "register", 0),
		.publish = (uint16_t)bind_opt_num(L, 2, "publish", 0),
		.unknown_etag = bind_opt_bool(L, 2, "unknown_etag", 0),
		.stale = (unsigned)bind_opt_num(L, 2, "stale", 0),
		.realm = bind_opt_bool(L, 2, "realm", 0),
		.retry_after_s = (uint32_t)bind_opt_num(L, 2, "retry_after", 0),
	};

	return 0;
}

static int kill_it(lua_State *L)
{
	pbx_kill(check(L, 1));

	return 0;
}

static int start(lua_State *L)
{
	const int e = pbx_start(check(L, 1));

	return e ? bind_error(L, "the PBX cannot come back", e) : 0;
}

static int expire(lua_State *L)
{
	pbx_expire(check(L, 1));

	return 0;
}

static int registered(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)pbx_registered_s(check(L, 1), luaL_checkstring(L, 2)));

	return 1;
}

static int password(lua_State *L)
{
	lua_pushstring(L, pbx_password(check(L, 1), luaL_checkstring(L, 2)));

	return 1;
}

void bind_pbx(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"_user", user}, {"_faults", faults}, {"kill", kill_it}, {"start", start}, {"forget_nonces", expire},
		{"registered", registered}, {"_password", password}, {NULL, NULL},
	};

	bind_class(L, WORLD_META_PBX, methods);
	lua_pushcfunction(L, new_pbx);
	lua_setfield(L, -2, "pbx");
}
