/**
 * @file bind_alarm.c  The reference alarm receiver in a scenario: it answers by itself (RCV-01)
 */
#include <string.h>
#include "../../receiver/receiver.h"
#include "bind.h"

struct alarm_actor {
	struct actor a;
	struct world *w;
	struct receiver *r;
	struct receiver_config cfg;
	struct settings settings;       /**< of which the crc.* rows are used */
};

static void alarm_end(struct actor *a)
{
	struct alarm_actor *al = (struct alarm_actor *)(void *)a;

	if (al->r)
		receiver_close(al->r, true);
	al->r = mem_deref(al->r);
}

static void on_alarm(const struct receiver_alarm *al, void *arg)
{
	struct alarm_actor *a = arg;

	world_log_begin(a->w, a->a.name, "alarm");
	world_log_num(a->w, "call", al->call);
	world_log_str(a->w, "via", receiver_via_name(al->via));
	world_log_str(a->w, "result", receiver_result_name(al->result));
	world_log_str(a->w, "reason", al->reason);
	world_log_str(a->w, "identity", al->identity);
	world_log_num(a->w, "product", al->product);
	world_log_num(a->w, "alerte", al->alerte);
	world_log_str(a->w, "frame", al->frame);
	world_log_bool(a->w, "crc_ok", al->crc_ok);
	world_log_num(a->w, "attempts", al->attempts);
	world_log_num(a->w, "acks", al->acks);
	world_log_bool(a->w, "acknowledged", al->acknowledged);
	world_log_end(a->w);
}

static void on_step(const struct receiver_event *ev, void *arg)
{
	struct alarm_actor *a = arg;

	world_log_begin(a->w, a->a.name, receiver_step_name(ev->step));
	world_log_num(a->w, "call", ev->call);
	world_log_str(a->w, "text", ev->text);
	world_log_num(a->w, "n", ev->n);
	world_log_end(a->w);
}

/** faults = "no-ack" or {"no-ack", "late-c=5"} */
static void faults(lua_State *L, struct receiver_faults *f)
{
	char err[256];
	int i;

	if (lua_isnoneornil(L, 1))
		return;
	if (lua_getfield(L, 1, "fault") == LUA_TNIL) {
		lua_pop(L, 1);
		return;
	}
	if (lua_isstring(L, -1)) {
		if (receiver_fault_set(f, lua_tostring(L, -1), err, sizeof(err)))
			luaL_error(L, "%s", err);
		lua_pop(L, 1);
		return;
	}
	luaL_checktype(L, -1, LUA_TTABLE);
	for (i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
		if (receiver_fault_set(f, luaL_checkstring(L, -1), err, sizeof(err)))
			luaL_error(L, "%s", err);
		lua_pop(L, 1);
	}
	lua_pop(L, 2);
}

static void configure(lua_State *L, struct alarm_actor *a)
{
	static const char *const own[] = {"name", "nat", "ipv6", "transport", "fault", "code", "talk_s", "answer_ms", "test_every_s",
					"test_grace_s", NULL};
	const char *way = bind_opt_str(L, 1, "transport", "any");

	receiver_config_default(&a->cfg);
	if (receiver_transport_find(&a->cfg.transport, way))
		luaL_error(L, "transport \"%s\": rfc4733, info, inband or any", way);
	settings_default(&a->settings);
	bind_settings(L, 1, own, bind_preset, &a->settings);
	a->cfg.crc = a->settings.crc;
	a->cfg.laddr = a->a.addr;
	a->cfg.media = a->w->media;
	a->cfg.talk_s = (unsigned)bind_opt_num(L, 1, "talk_s", a->cfg.talk_s);
	a->cfg.answer_ms = (unsigned)bind_opt_num(L, 1, "answer_ms", a->cfg.answer_ms);
	a->cfg.test_every_s = (unsigned)bind_opt_num(L, 1, "test_every_s", 0);
	a->cfg.test_grace_s = (unsigned)bind_opt_num(L, 1, "test_grace_s", a->cfg.test_grace_s);
	str_ncpy(a->cfg.code, bind_opt_str(L, 1, "code", ""), sizeof(a->cfg.code));
	faults(L, &a->cfg.faults);
}

/** t:alarm_receiver{transport=, fault=, code=, talk_s=, answer_ms=, test_every_s=, ["crc.poly"]=...} */
static int new_alarm(lua_State *L)
{
	struct world *w = world_get(L);
	struct alarm_actor **ud = lua_newuserdatauv(L, sizeof(*ud), 1);
	struct alarm_actor *a = mem_zalloc(sizeof(*a), NULL);
	char name[32];
	int e;

	if (!a)
		return bind_error(L, "alarm receiver", ENOMEM);
	*ud = a;
	a->w = w;
	luaL_setmetatable(L, WORLD_META_ALARM);
	(void)re_snprintf(name, sizeof(name), "%s", bind_opt_str(L, 1, "name", "alarm"));
	world_actor_add(w, &a->a, name, alarm_end);
	e = bind_address(L, 1, w, &a->a.addr, name);
	configure(L, a);
	if (!e)
		e = receiver_alloc(&a->r, &a->cfg, on_alarm, on_step, a);

	return e ? bind_error(L, name, e) : 1;
}

void bind_alarm(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{NULL, NULL},
	};

	bind_class(L, WORLD_META_ALARM, methods);
	lua_pushcfunction(L, new_alarm);
	lua_setfield(L, -2, "alarm_receiver");
}
