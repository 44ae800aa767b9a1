/**
 * @file bind_caller.c  A faulty door in a scenario: t:caller (RCV-01)
 */
#include <string.h>
#include "../../core/media/dtmf.h"
#include "../../sim/vnet.h"
#include "caller.h"

static struct caller_actor *check(lua_State *L)
{
	struct caller_actor **c = luaL_checkudata(L, 1, WORLD_META_CALLER);

	if (!(*c)->sip)
		luaL_error(L, "this caller's scenario is over");

	return *c;
}

static struct caller_actor *check_call(lua_State *L)
{
	struct caller_actor *c = check(L);

	if (!c->sess)
		luaL_error(L, "%s has no call; dial first", c->a.name);

	return c;
}

/* --- the log --- */

static void log_begin(struct caller_actor *c, const char *event)
{
	world_log_begin(c->w, c->a.name, event);
	world_log_num(c->w, "call", c->number);
}

void caller_log_code(struct caller_actor *c, const char *event, unsigned code, const struct pl *reason)
{
	char text[64] = "";
	size_t i;

	(void)pl_strcpy(reason, text, sizeof(text));
	for (i = 0; text[i]; i++)
		text[i] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
	log_begin(c, event);
	world_log_num(c->w, "code", code);
	world_log_str(c->w, "reason", text);
	world_log_end(c->w);
}

void caller_log_answered(struct caller_actor *c, const char *event)
{
	log_begin(c, event);
	world_log_str(c->w, "codec", c->codec);
	world_log_str(c->w, "dtmf", dtmf_via_name(c->rtp.event_tx >= 0 ? DTMF_VIA_RFC4733 : DTMF_VIA_INBAND));
	world_log_end(c->w);
}

static void on_digit(char digit, enum dtmf_via via, void *arg)
{
	struct caller_actor *c = arg;
	const char text[2] = {digit, '\0'};

	log_begin(c, "dtmf");
	world_log_str(c->w, "digit", text);
	world_log_str(c->w, "via", dtmf_via_name(via));
	world_log_end(c->w);
}

static void on_sent(void *arg)
{
	log_begin(arg, "dtmf_sent");
	world_log_end(((struct caller_actor *)arg)->w);
}

static void on_info(char digit, unsigned ms, void *arg)
{
	caller_sip_info(arg, digit, ms);
}

/* --- life --- */

static void caller_end(struct actor *a)
{
	struct caller_actor *c = (struct caller_actor *)(void *)a;

	caller_sip_close(c);
	caller_rtp_close(&c->rtp);
}

static int payload_type(lua_State *L, int index)
{
	const lua_Integer pt = (lua_Integer)bind_opt_num(L, index, "event_pt", 101);

	if (pt < 96 || pt > 127)
		luaL_error(L, "caller: event_pt is 96 to 127");

	return (int)pt;
}

static void configure(lua_State *L, struct caller_actor *c)
{
	const int pt = payload_type(L, 1);

	str_ncpy(c->user, bind_opt_str(L, 1, "user", "123456789_bouton_appel"), sizeof(c->user));
	str_ncpy(c->codec, bind_opt_str(L, 1, "codec", "PCMA"), sizeof(c->codec));
	if (strcmp(c->codec, "PCMA") && strcmp(c->codec, "PCMU"))
		luaL_error(L, "caller: codec \"%s\": PCMA or PCMU; other codecs are a t:phone's", c->codec);
	if (strpbrk(c->user, " <>@\"\r\n"))
		luaL_error(L, "caller: user \"%s\" is no user part of a URI", c->user);
	c->event_pt = bind_opt_bool(L, 1, "events", true) ? pt : -1;
}

/** t:caller{name=, user=, codec=, events=, event_pt=} */
static int new_caller(lua_State *L)
{
	static const struct caller_rtp_ops ops = {.digit = on_digit, .sent = on_sent, .info = on_info};
	struct world *w = world_get(L);
	struct caller_actor **ud = lua_newuserdatauv(L, sizeof(*ud), 1);
	struct caller_actor *c = mem_zalloc(sizeof(*c), NULL);
	char name[32];
	int e;

	if (!c)
		return bind_error(L, "caller", ENOMEM);
	*ud = c;
	c->w = w;
	luaL_setmetatable(L, WORLD_META_CALLER);
	(void)re_snprintf(name, sizeof(name), "%s", bind_opt_str(L, 1, "name", "caller"));
	world_actor_add(w, &c->a, name, caller_end);
	configure(L, c);
	e = world_address(w, &c->a.addr, name);
	if (!e)
		e = caller_rtp_open(&c->rtp, &c->a.addr, vnet_random(), w->virtual_time, &ops, c);
	if (!e)
		e = caller_sip_open(c);

	return e ? bind_error(L, name, e) : 1;
}

/* --- methods --- */

/** caller:_dial(uri, {headers=}) */
static int dial(lua_State *L)
{
	struct caller_actor *c = check(L);
	const char *uri = luaL_checkstring(L, 2);
	int e;

	if (c->sess)
		return luaL_error(L, "%s has a call already", c->a.name);
	e = caller_sip_dial(c, uri, bind_opt_str(L, 3, "headers", ""));
	if (e)
		return bind_error(L, uri, e);
	log_begin(c, "dialled");
	world_log_str(c->w, "to", uri);
	world_log_end(c->w);

	return 0;
}

static int hangup(lua_State *L)
{
	struct caller_actor *c = check_call(L);

	log_begin(c, c->up ? "hung_up" : "cancelled");
	world_log_end(c->w);
	caller_rtp_stop(&c->rtp);
	c->sess = mem_deref(c->sess);
	c->up = false;

	return 0;
}

/** caller:_modify{event_pt=} */
static int modify(lua_State *L)
{
	struct caller_actor *c = check_call(L);
	int e;

	if (!c->up)
		return luaL_error(L, "modify: the call is not up yet; wait for it with caller:expect_answer()");
	e = caller_sip_modify(c, payload_type(L, 2));

	return e ? bind_error(L, "modify", e) : 0;
}

static int vanish(lua_State *L)
{
	struct caller_actor *c = check(L);

	log_begin(c, "vanished");
	world_log_end(c->w);
	caller_sip_vanish(c);

	return 0;
}

static const char *way_text(const struct caller_way *way, char *buf, size_t size)
{
	(void)re_snprintf(buf, size, "%s%s%s", way->events ? "rfc4733 " : "", way->inband ? "inband " : "",
			  way->info ? "info " : "");
	if (*buf)
		buf[strlen(buf) - 1] = '\0';

	return buf;
}

/** caller:_digits(digits, {on=, off=, events=, inband=, info=, marker=, ends=, level=, twist=}) */
static int digits(lua_State *L)
{
	struct caller_actor *c = check_call(L);
	const char *text = luaL_checkstring(L, 2);
	const double on = bind_opt_num(L, 3, "on", 100), off = bind_opt_num(L, 3, "off", 100);
	const int events = bind_opt_bool(L, 3, "events", c->rtp.event_tx >= 0);
	const int info = bind_opt_bool(L, 3, "info", false);
	struct caller_way way = {
		.events = events, .info = info, .inband = bind_opt_bool(L, 3, "inband", !events && !info),
		.marker = bind_opt_bool(L, 3, "marker", true),
		.level_dbm0 = (int)bind_opt_num(L, 3, "level", -8), .twist_db = (int)bind_opt_num(L, 3, "twist", 0),
	};
	const double ends = bind_opt_num(L, 3, "ends", 3);
	char via[32];
	int e;

	if (on < DTMF_TIME_MIN_MS || on > DTMF_TIME_MAX_MS || off < DTMF_TIME_MIN_MS || off > DTMF_TIME_MAX_MS)
		return luaL_error(L, "dtmf: on and off are %d to %d ms", DTMF_TIME_MIN_MS, DTMF_TIME_MAX_MS);
	if (ends < 0 || ends > 3)
		return luaL_error(L, "dtmf: ends is 0 to 3");
	if (events && c->rtp.event_tx < 0)
		return luaL_error(L, "dtmf: telephone-event was not agreed in this call");
	way.ends = (unsigned)ends;
	e = caller_rtp_digits(&c->rtp, text, (unsigned)on, (unsigned)off, &way);
	if (e)
		return bind_error(L, text, e);
	log_begin(c, "sending");
	world_log_str(c->w, "digits", text);
	world_log_str(c->w, "via", way_text(&way, via, sizeof(via)));
	world_log_end(c->w);

	return 0;
}

static int voice(lua_State *L)
{
	voice_set(&check(L)->rtp.voice, luaL_checknumber(L, 2));

	return 0;
}

static int quiet(lua_State *L)
{
	check(L)->rtp.quiet = lua_isnone(L, 2) || lua_toboolean(L, 2);

	return 0;
}

static double percentage(lua_State *L, const char *key)
{
	const double p = bind_opt_num(L, 2, key, 0);

	if (p < 0 || p > 100)
		luaL_error(L, "net: %s is a percentage, 0 to 100", key);

	return p;
}

/** caller:_net{loss=, duplicate=, reorder=, jitter_ms=, skew_ppm=} */
static int net(lua_State *L)
{
	struct caller_actor *c = check(L);
	const double jitter_ms = bind_opt_num(L, 2, "jitter_ms", 0);
	const double skew_ppm = bind_opt_num(L, 2, "skew_ppm", 0);

	if (skew_ppm < -1000 || skew_ppm > 1000)
		return luaL_error(L, "net: skew_ppm is -1000 to 1000");
	if (jitter_ms < 0 || jitter_ms > 1000)
		return luaL_error(L, "net: jitter_ms is 0 to 1000");
	c->rtp.net.loss = percentage(L, "loss");
	c->rtp.net.duplicate = percentage(L, "duplicate");
	c->rtp.net.reorder = percentage(L, "reorder");
	c->rtp.net.jitter_ms = jitter_ms;
	c->rtp.net.skew_ppm = skew_ppm;

	return 0;
}

/** caller:_message(uri, body, {type=}) */
static int message(lua_State *L)
{
	struct caller_actor *c = check(L);
	const char *uri = luaL_checkstring(L, 2);
	const int e = caller_sip_message(c, uri, bind_opt_str(L, 4, "type", "text/plain"), luaL_checkstring(L, 3));

	return e ? bind_error(L, uri, e) : 0;
}

static int number(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)check(L)->number);

	return 1;
}

static int is_over(lua_State *L)
{
	lua_pushboolean(L, !check(L)->sess);

	return 1;
}

void bind_caller(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"_dial", dial}, {"hangup", hangup}, {"vanish", vanish}, {"_modify", modify}, {"_digits", digits}, {"voice", voice},
		{"quiet", quiet}, {"_net", net}, {"_message", message}, {"_number", number}, {"is_over", is_over},
		{NULL, NULL},
	};

	bind_class(L, WORLD_META_CALLER, methods);
	lua_pushcfunction(L, new_caller);
	lua_setfield(L, -2, "caller");
}
