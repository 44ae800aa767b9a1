/**
 * @file bind_phone.c  Phones and receivers that a script drives by hand (SCN-01)
 */
#include <string.h>
#include "../../receiver/receiver.h"
#include "phone.h"

static void phone_end(struct actor *a)
{
	struct phone_actor *p = (struct phone_actor *)(void *)a;

	account_close(p->account, true);
	p->account = mem_deref(p->account);
	if (p->ua)
		ua_close(p->ua, true);
	p->ua = mem_deref(p->ua);
}

struct phone_actor *phone_check(lua_State *L, int index)
{
	struct phone_actor **p = luaL_checkudata(L, index, WORLD_META_PHONE);

	if (!(*p)->ua)
		luaL_error(L, "this phone's scenario is over");

	return *p;
}

/** Text of a header, as it was sent */
static void log_uri_user(struct world *w, const char *key, const struct pl *user)
{
	char buf[128] = "";

	(void)pl_strcpy(user, buf, sizeof(buf));
	world_log_str(w, key, buf);
}

static void incoming(struct call *call, const struct sip_msg *msg, void *arg)
{
	struct phone_actor *p = arg;
	struct call_actor *c;

	if (call_new(&c, p))
		return;
	c->call = mem_ref(call);
	call_set_handler(call, call_handle, c);
	world_log_begin(p->w, p->a.name, "call_in");
	world_log_num(p->w, "call", c->number);
	log_uri_user(p->w, "from", &msg->from.uri.user);
	log_uri_user(p->w, "to", &msg->to.uri.user);
	log_uri_user(p->w, "callid", &msg->callid);
	world_log_ref(p->w, "object", c->ref);
	world_log_end(p->w);
}

static void message_in(const char *from, const char *body, void *arg)
{
	struct phone_actor *p = arg;

	world_log_begin(p->w, p->a.name, "message_in");
	world_log_str(p->w, "from", from);
	world_log_str(p->w, "body", body);
	world_log_end(p->w);
}

static void refused(const char *from, const char *method, uint16_t scode, void *arg)
{
	struct phone_actor *p = arg;

	world_log_begin(p->w, p->a.name, "refused");
	world_log_str(p->w, "from", from);
	world_log_str(p->w, "method", method);
	world_log_num(p->w, "code", scode);
	world_log_end(p->w);
}

static void message_sent(const char *to, int err, uint16_t scode, void *arg)
{
	struct phone_actor *p = arg;

	(void)err;
	world_log_begin(p->w, p->a.name, "message_result");
	world_log_str(p->w, "to", to);
	world_log_num(p->w, "code", scode);
	world_log_end(p->w);
}

/** Which ways of DTMF a phone speaks: a row of the receiver's table (SIP-06) */
static void transport(lua_State *L, struct settings *s, const char *name)
{
	enum receiver_transport t;

	if (receiver_transport_find(&t, name))
		luaL_error(L, "transport \"%s\": rfc4733, info, inband or any", name);
	s->dtmf_rfc4733 = receiver_transports[t].rfc4733;
	s->dtmf_info = receiver_transports[t].info;
	s->dtmf_listen = receiver_transports[t].listen;
}

static void account_news(const struct account_news *news, void *arg)
{
	struct phone_actor *p = arg;

	world_log_begin(p->w, p->a.name, news->presence ? "presence" : "registration");
	world_log_bool(p->w, "ok", news->ok);
	world_log_num(p->w, "code", news->scode);
	world_log_str(p->w, "cause", news->cause);
	world_log_end(p->w);
}

/** phone:_register{server=, user=, password=, expires=}: an account as a door has it */
static int register_at(lua_State *L)
{
	struct phone_actor *p = phone_check(L, 1);
	struct account_settings *conf = &p->settings.account[0];
	int err;

	str_ncpy(conf->server, bind_opt_str(L, 2, "server", ""), sizeof(conf->server));
	str_ncpy(conf->user, bind_opt_str(L, 2, "user", ""), sizeof(conf->user));
	str_ncpy(conf->password, bind_opt_str(L, 2, "password", ""), sizeof(conf->password));
	conf->expires_s = (int32_t)bind_opt_num(L, 2, "expires", 3600);
	account_close(p->account, false);
	p->account = mem_deref(p->account);
	err = account_alloc(&p->account, p->ua, conf, account_news, p);

	return err ? bind_error(L, "register", err) : 0;
}

/** phone:unregister() */
static int unregister(lua_State *L)
{
	struct phone_actor *p = phone_check(L, 1);

	account_close(p->account, false);
	p->account = mem_deref(p->account);

	return 0;
}

/** t:phone{name=, transport=, user=, [setting]=value ...} */
static int new_phone(lua_State *L)
{
	static const char *const own[] = {"name", "transport", "user", "nat", "ipv6", NULL};
	struct world *w = world_get(L);
	struct phone_actor **ud = lua_newuserdatauv(L, sizeof(*ud), 1);
	struct phone_actor *p = mem_zalloc(sizeof(*p), NULL);
	struct ua_config uc = {.software = "ipgap scenario phone", .media = w->media};
	char name[32];
	int e;

	if (!p)
		return bind_error(L, "phone", ENOMEM);
	*ud = p;
	p->w = w;
	luaL_setmetatable(L, WORLD_META_PHONE);
	(void)re_snprintf(name, sizeof(name), "%s", bind_opt_str(L, 1, "name", "receiver"));
	world_actor_add(w, &p->a, name, phone_end);
	settings_default(&p->settings);
	p->settings.media_timeout_s = 0;
	transport(L, &p->settings, bind_opt_str(L, 1, "transport", "rfc4733"));
	bind_settings(L, 1, own, bind_preset, &p->settings);

	e = bind_address(L, 1, w, &p->a.addr, name);
	uc.laddr = p->a.addr;
	uc.conf = &p->settings;
	uc.user = bind_opt_str(L, 1, "user", "receiver");
	if (!e)
		e = ua_alloc(&p->ua, &uc);
	if (e)
		return bind_error(L, name, e);
	ua_handlers(p->ua, incoming, message_in, refused, p);

	return 1;
}

/** phone:message(uri, body, {from=}) */
static int message(lua_State *L)
{
	struct phone_actor *p = phone_check(L, 1);
	const struct ua_identity *as = account_identity(p->account);
	const char *to = luaL_checkstring(L, 2), *body = luaL_checkstring(L, 3);
	const char *from = bind_opt_str(L, 4, "from", NULL);
	const int err = as && !from ? ua_message_as(p->ua, as, to, body, message_sent, p) :
			ua_message(p->ua, to, from, body, message_sent, p);

	return err ? bind_error(L, to, err) : 0;
}

void bind_phone(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"dial", call_dial_out}, {"_message", message}, {"_register", register_at},
		{"unregister", unregister}, {NULL, NULL},
	};

	bind_class(L, WORLD_META_PHONE, methods);
	lua_pushcfunction(L, new_phone);
	lua_setfield(L, -2, "phone");
}
