/**
 * @file bind_door.c  Doors of a scenario: panel, back-door, settings, sound (SCN-01)
 */
#include <string.h>
#include "../../core/gap.h"
#include "../../sim/vnet.h"
#include "door_actor.h"
#include "rigs.h"

struct door_actor *door_check(lua_State *L)
{
	struct door_actor **d = luaL_checkudata(L, 1, WORLD_META_DOOR);

	if (!(*d)->v)
		luaL_error(L, "this door's scenario is over");

	return *d;
}

static void door_end(struct actor *a)
{
	struct door_actor *d = (struct door_actor *)(void *)a;

	d->api = mem_deref(d->api);
	d->v = mem_deref(d->v);
	directory_end(&d->directory.list);
	if (d->rig)
		rigs_back(d->rig);
	d->rig = NULL;
}

/* --- what the door does becomes entries of the log --- */

static void on_event(const struct event *ev, void *arg)
{
	struct door_actor *d = arg;
	const struct event_def *def = event_def(ev->id);
	unsigned i;

	world_log_begin(d->w, d->a.name, def->name);
	for (i = 0; i < EVENT_FIELDS && def->field[i].key; i++) {
		const char *key = def->field[i].key;

		if (def->field[i].type == EVENT_STR)
			world_log_str(d->w, key, ev->val[i].s);
		else if (def->field[i].type == EVENT_BOOL)
			world_log_bool(d->w, key, ev->val[i].u != 0);
		else
			world_log_num(d->w, key, (double)ev->val[i].u);
	}
	world_log_end(d->w);
}

static void on_edge(const struct panel_edge *e, void *arg)
{
	struct door_actor *d = arg;
	struct world *w = d->w;
	char name[64];

	(void)re_snprintf(name, sizeof(name), "%s.%s", d->a.name, e->signal);
	(void)record_edge(w->rec, vnet_wall_us() - (int64_t)(vnet_now_us() - e->t_us), name, e->level);
	(void)mbuf_printf(w->edges, "%s %d %f %f\n", name, e->level, ((double)e->t_us - (double)w->t0_us) / 1e6,
			  e->error_us / 1e6);
	world_log_begin_at(w, d->a.name, "edge", e->t_us);
	world_log_str(w, "signal", e->signal);
	world_log_bool(w, "level", e->level);
	if (e->board_us) {
		world_log_num(w, "board_us", (double)e->board_us);
		world_log_num(w, "seen_us", (double)(vnet_now_us() - w->t0_us));
		world_log_num(w, "error_us", (double)(uint64_t)(e->error_us + 0.5));
	}
	world_log_end(w);
}

static int audio_read(void *ctx, int16_t *pcm, size_t n)
{
	struct door_actor *d = ctx;

	tone_read(&d->mic, pcm, n);

	return 0;
}

static int audio_write(void *ctx, const int16_t *pcm, size_t n)
{
	struct door_actor *d = ctx;

	tone_hear(&d->speaker, pcm, n);
	heard_add(&d->heard, pcm, n);

	return 0;
}

static void beep(void *ctx)
{
	struct door_actor *d = ctx;

	world_log_begin(d->w, d->a.name, "beep");
	world_log_end(d->w);
}

static void on_failed(int err, const char *text, void *arg)
{
	struct door_actor *d = arg;

	world_log_begin(d->w, d->a.name, err ? "boot_failed" : "boot_warning");
	world_log_str(d->w, "text", text);
	world_log_end(d->w);
}

/* --- t:door{} --- */

static int preset(void *arg, const char *key, const char *value, char *err, size_t errsize)
{
	return vdoor_preset(arg, key, value, err, errsize);
}

/** On a board: it is there once door:_ready(), and boots by door:_start() */
static int take_rig(lua_State *L, struct door_actor *d, const struct world *w)
{
	char err[1024];
	int e;

	if (w->rig->kind == RIG_SIM)
		return 0;
	e = rigs_take(&d->rig, w->rig, err, sizeof(err));
	if (e == EBUSY)
		lua_pushfstring(L, "skip: %s", err);
	else if (e)
		lua_pushstring(L, err);

	return e ? lua_error(L) : 0;
}

static int new_door(lua_State *L)
{
	static const char *const own[] = {"name", "nat", "ipv6", "dns", "directory", NULL};
	struct world *w = world_get(L);
	struct door_actor **ud = lua_newuserdatauv(L, sizeof(*ud), 1);
	struct door_actor *d = mem_zalloc(sizeof(*d), NULL);
	struct panel_audio audio = {.read = audio_read, .write = audio_write, .beep = beep, .ctx = d};
	struct vdoor_config cfg = {
		.media = w->media, .event = on_event, .edge = on_edge, .failed = on_failed, .board = door_board_news,
		.outside = door_outside, .directory = &door_directory_ops, .directory_ctx = &d->directory, .arg = d,
	};
	char name[32], err[1024];
	int e;

	if (!d)
		return bind_error(L, "door", ENOMEM);
	*ud = d;
	d->w = w;
	d->a.end = door_end;
	luaL_setmetatable(L, WORLD_META_DOOR);
	(void)take_rig(L, d, w);
	(void)re_snprintf(name, sizeof(name), "%s", bind_opt_str(L, 1, "name", "door"));
	e = bind_address(L, 1, w, &d->a.addr, name);
	cfg.laddr = d->a.addr;
	cfg.rig = d->rig;
	if (w->virtual_time || sa_af(&cfg.laddr) == AF_INET)
		sa_set_port(&cfg.laddr, 0);
	if (!e)
		e = bind_dnsc(&cfg.dnsc, L, 1, &d->a.addr);
	if (e)
		return bind_error(L, "door", e);
	world_actor_add(w, &d->a, name, door_end);
	++w->doors;
	e = vdoor_alloc(&d->v, &cfg, err, sizeof(err));
	mem_deref(cfg.dnsc);
	if (e)
		return luaL_error(L, "%s", err);
	panel_set_audio(vdoor_panel(d->v), &audio);
	(void)lua_getfield(L, 1, "directory");
	door_directory_holds(&d->directory, L, -1);
	lua_pop(L, 1);
	bind_settings(L, 1, own, preset, d->v);
	if (!d->rig && vdoor_start(d->v, err, sizeof(err)))
		return luaL_error(L, "%s", err);

	return 1;
}

/* --- back-door --- */

static int input(lua_State *L)
{
	static const char *const name[] = {"button", "contact", "mains", "poe", "link", NULL};
	const struct door_actor *d = door_check(L);
	const int in = luaL_checkoption(L, 2, NULL, name);
	char err[512];

	luaL_checktype(L, 3, LUA_TBOOLEAN);
	if (vdoor_input(d->v, (enum gap_input)in, lua_toboolean(L, 3), err, sizeof(err)))
		return luaL_error(L, "%s", err);

	return 0;
}

static int dip(lua_State *L)
{
	const struct door_actor *d = door_check(L);
	const lua_Integer n = luaL_checkinteger(L, 2);

	luaL_argcheck(L, n >= 1 && n <= 4, 2, "DIP switches are 1 to 4");
	luaL_checktype(L, 3, LUA_TBOOLEAN);
	if (panel_backdoor.dip(vdoor_panel(d->v), (unsigned)n - 1, lua_toboolean(L, 3)))
		return luaL_error(L, "dip: this rig has nobody to turn a switch");

	return 0;
}

static int restart(lua_State *L)
{
	vdoor_restart(door_check(L)->v);

	return 0;
}

static int tell(lua_State *L, enum door_in_type type, uint16_t code)
{
	const struct door_actor *d = door_check(L);
	const struct door_in in = {.type = type, .code = code};

	if (!vdoor_gap(d->v))
		return luaL_error(L, "the door has no supply");
	(void)gap_tell(vdoor_gap(d->v), &in);

	return 0;
}

static int open_strike(lua_State *L)
{
	const lua_Integer n = luaL_checkinteger(L, 2);

	luaL_argcheck(L, n >= 1 && n <= GAP_RELAYS, 2, "relays are 1 and 2");

	return tell(L, DOOR_IN_STRIKE, (uint16_t)n);
}

/** door:account(n, registered, cause): what the telephone would say of a registration */
static int account(lua_State *L)
{
	const struct door_actor *d = door_check(L);
	struct door_in in = {.type = DOOR_IN_ACCOUNT, .code = (uint16_t)luaL_checkinteger(L, 2)};

	luaL_argcheck(L, in.code >= 1 && in.code <= DOOR_ACCOUNTS, 2, "accounts are 1 to 3");
	luaL_checktype(L, 3, LUA_TBOOLEAN);
	in.level = lua_toboolean(L, 3);
	str_ncpy(in.text, luaL_optstring(L, 4, ""), sizeof(in.text));
	if (!vdoor_gap(d->v))
		return luaL_error(L, "the door has no supply");
	(void)gap_tell(vdoor_gap(d->v), &in);

	return 0;
}

/** door:set(key, value): true, or nil and the error a person would see */
static int set(lua_State *L)
{
	const struct door_actor *d = door_check(L);
	const char *key = luaL_checkstring(L, 2);
	const char *value = lua_isboolean(L, 3) ? lua_toboolean(L, 3) ? "yes" : "no" : luaL_checkstring(L, 3);
	char err[512];

	if (vdoor_set(d->v, key, value, err, sizeof(err))) {
		lua_pushnil(L);
		lua_pushstring(L, err);
		return 2;
	}
	lua_pushboolean(L, 1);

	return 1;
}

static int get(lua_State *L)
{
	const struct door_actor *d = door_check(L);
	const struct setting *row = settings_find(luaL_checkstring(L, 2));
	char text[SETTINGS_TEXT];

	if (!row)
		return luaL_error(L, "no setting %s; nearest: %s", lua_tostring(L, 2),
				  settings_nearest(lua_tostring(L, 2)));
	(void)settings_get(vdoor_settings(d->v), row, text, sizeof(text));
	lua_pushstring(L, text);

	return 1;
}

/* --- looking --- */

static int state(lua_State *L)
{
	const struct door_actor *d = door_check(L);
	const struct gap *g = vdoor_gap(d->v);

	lua_pushstring(L, g ? door_state_name(gap_door(g)->state) : "off");

	return 1;
}

static int relay(lua_State *L)
{
	const struct door_actor *d = door_check(L);
	const lua_Integer n = luaL_checkinteger(L, 2);

	luaL_argcheck(L, n >= 1 && n <= GAP_RELAYS, 2, "relays are 1 and 2");
	lua_pushboolean(L, panel_relay(vdoor_panel(d->v), (unsigned)n - 1));

	return 1;
}

/** door:light("call") -> colour, blinking */
static int light(lua_State *L)
{
	static const char *const picto[] = {"call", "talk", "door", NULL};
	const struct door_actor *d = door_check(L);
	const int p = luaL_checkoption(L, 2, NULL, picto);
	const struct gap_light l = panel_light(vdoor_panel(d->v), (enum gap_pictogram)p);

	lua_pushstring(L, settings_colours[l.colour]);
	lua_pushboolean(L, l.blink);

	return 2;
}

static int play(lua_State *L)
{
	struct door_actor *d = door_check(L);

	tone_set(&d->mic, luaL_checknumber(L, 2), luaL_optnumber(L, 3, -10));

	return 0;
}

static int level(lua_State *L)
{
	const struct door_actor *d = door_check(L);

	lua_pushnumber(L, tone_level(&d->speaker));

	return 1;
}

/** rt.events: event -> field -> true, so that a misspelt expectation is told */
static void push_events(lua_State *L)
{
	const struct event_def *def;
	unsigned i, k;

	lua_newtable(L);
	for (i = 0; (def = event_def((enum event_id)i)); i++) {
		lua_newtable(L);
		for (k = 0; k < EVENT_FIELDS && def->field[k].key; k++) {
			lua_pushboolean(L, 1);
			lua_setfield(L, -2, def->field[k].key);
		}
		lua_setfield(L, -2, def->name);
	}
}

void bind_door(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"_input", input}, {"_dip", dip}, {"restart", restart}, {"open", open_strike},
		{"account", account}, {"set", set}, {"get", get}, {"state", state}, {"_relay", relay}, {"_light", light},
		{"play", play}, {"level", level}, {NULL, NULL},
	};

	bind_class(L, WORLD_META_DOOR, methods);
	luaL_getmetatable(L, WORLD_META_DOOR);
	(void)lua_getfield(L, -1, "__index");
	luaL_setfuncs(L, door_api_methods, 0);
	luaL_setfuncs(L, door_board_methods, 0);
	luaL_setfuncs(L, door_contact_methods, 0);
	luaL_setfuncs(L, door_directory_methods, 0);
	luaL_setfuncs(L, door_scan_methods, 0);
	luaL_setfuncs(L, door_clock_methods, 0);
	luaL_setfuncs(L, door_voice_methods, 0);
	lua_pop(L, 2);
	lua_pushcfunction(L, new_door);
	lua_setfield(L, -2, "door");
	push_events(L);
	lua_setfield(L, -2, "events");
}
