/**
 * @file log.c  The one numbered log of a scenario: Lua entries for the script, JSON lines for people
 *
 * An entry is {seq, t, who, event, ...fields}; t is seconds since the scenario's start.  Two runs with one
 * seed give the same bytes.  SIP messages seen on the network are entries of `who` = "sip", in Lua only:
 * the capture and the ladder have them.
 */
#include <lauxlib.h>
#include <string.h>
#include "../../core/door/text.h"
#include "../../sim/vnet.h"
#include "task.h"

static void set_field(struct world *w, const char *key)
{
	lua_setfield(w->L, -2, key);
}

void world_log_begin_at(struct world *w, const char *who, const char *event, uint64_t t_us)
{
	const uint64_t us = t_us > w->t0_us ? t_us - w->t0_us : 0;

	luaL_checkstack(w->L, 8, "log");
	mbuf_rewind(w->line);
	mbuf_rewind(w->text);
	lua_newtable(w->L);
	lua_pushinteger(w->L, (lua_Integer)++w->seq);
	set_field(w, "seq");
	lua_pushnumber(w->L, (double)us / 1e6);
	set_field(w, "t");
	lua_pushstring(w->L, who);
	set_field(w, "who");
	lua_pushstring(w->L, event);
	set_field(w, "event");
	(void)mbuf_printf(w->line, "{\"seq\":%llu,\"t\":%llu.%06llu,\"who\":\"%s\",\"event\":\"%s\"", w->seq,
			  us / 1000000, us % 1000000, who, event);
	(void)mbuf_printf(w->text, "%s", event);
}

void world_log_begin(struct world *w, const char *who, const char *event)
{
	world_log_begin_at(w, who, event, vnet_now_us());
}

void world_log_str(struct world *w, const char *key, const char *val)
{
	char esc[1024];
	struct text t;

	val = val ? val : "";
	lua_pushstring(w->L, val);
	set_field(w, key);
	text_start(&t, esc, sizeof(esc));
	text_escaped(&t, val, sizeof(esc));
	(void)mbuf_printf(w->line, ",\"%s\":\"%s\"", key, esc);
	(void)mbuf_printf(w->text, " %s=%s", key, val);
}

void world_log_num(struct world *w, const char *key, double val)
{
	char num[40];

	lua_pushnumber(w->L, val);
	if ((double)(int64_t)val == val) {
		lua_pop(w->L, 1);
		lua_pushinteger(w->L, (lua_Integer)val);
	}
	set_field(w, key);
	(void)snprintf(num, sizeof(num), "%.10g", val);
	(void)mbuf_printf(w->line, ",\"%s\":%s", key, num);
	(void)mbuf_printf(w->text, " %s=%s", key, num);
}

void world_log_bool(struct world *w, const char *key, bool val)
{
	lua_pushboolean(w->L, val);
	set_field(w, key);
	(void)mbuf_printf(w->line, ",\"%s\":%s", key, val ? "true" : "false");
	(void)mbuf_printf(w->text, " %s=%s", key, val ? "true" : "false");
}

void world_log_ref(struct world *w, const char *key, int ref)
{
	lua_rawgeti(w->L, LUA_REGISTRYINDEX, ref);
	set_field(w, key);
}

/** Append the entry on the stack to the log */
static void append(struct world *w)
{
	lua_rawgeti(w->L, LUA_REGISTRYINDEX, w->log_ref);
	lua_insert(w->L, -2);
	lua_rawseti(w->L, -2, luaL_len(w->L, -2) + 1);
	lua_pop(w->L, 1);
	task_wake(w);
}

static void tell(struct world *w)
{
	lua_State *L = w->L;
	const char *who, *event;

	lua_getfield(L, -1, "who");
	lua_getfield(L, -2, "event");
	who = lua_tostring(L, -2);
	event = lua_tostring(L, -1);
	lua_pop(L, 2);          /* the entry keeps the strings */
	live_entry(w->live, L, vnet_now_us() - w->t0_us, who, event);
}

void world_log_end(struct world *w)
{
	if (w->live)
		tell(w);
	lua_getfield(w->L, -1, "who");
	(void)mbuf_printf(w->line, "}");
	(void)mbuf_write_u8(w->line, 0);
	(void)mbuf_write_u8(w->text, 0);
	(void)record_event(w->rec, vnet_wall_us(), lua_tostring(w->L, -1), (char *)w->line->buf,
			   (char *)w->text->buf);
	lua_pop(w->L, 1);
	(void)mbuf_printf(w->log, "%s\n", (char *)w->line->buf);
	append(w);
}

static bool is_sip(const uint8_t *data, size_t len)
{
	const uint8_t *eol = memchr(data, '\r', len < 1024 ? len : 1024);

	return eol && ((len > 8 && !memcmp(data, "SIP/2.0 ", 8)) ||
		       (eol - data > 8 && !memcmp(eol - 7, "SIP/2.0", 7)));
}

static void push_addr(struct world *w, const char *key, const struct sa *sa)
{
	char buf[64];

	(void)re_snprintf(buf, sizeof(buf), "%J", sa);
	lua_pushstring(w->L, buf);
	set_field(w, key);
}

/** A datagram passes: SIP messages become entries that scripts can read whole */
void sniff_packet(struct world *w, const struct sa *src, const struct sa *dst, const uint8_t *data, size_t len,
		  bool lost)
{
	if (!is_sip(data, len))
		return;
	if (w->live)
		live_sip(w->live, vnet_now_us() - w->t0_us, src, dst, data, len);

	luaL_checkstack(w->L, 8, "sip");
	lua_newtable(w->L);
	lua_pushnumber(w->L, world_now(w));
	set_field(w, "t");
	lua_pushliteral(w->L, "sip");
	set_field(w, "who");
	lua_pushliteral(w->L, "message");
	set_field(w, "event");
	push_addr(w, "src", src);
	push_addr(w, "dst", dst);
	lua_pushboolean(w->L, lost);
	set_field(w, "lost");
	lua_pushlstring(w->L, (const char *)data, len);
	set_field(w, "raw");
	append(w);
}
