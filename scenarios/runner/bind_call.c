/**
 * @file bind_call.c  Calls of a scenario's phones: answer, digits, frames, sound, hang up (SCN-01)
 */
#include <string.h>
#include "phone.h"

static struct call_actor *any_call(lua_State *L)
{
	struct call_actor **c = luaL_checkudata(L, 1, WORLD_META_CALL);

	return *c;
}

static struct call_actor *check(lua_State *L)
{
	struct call_actor *c = any_call(L);

	if (!c->call)
		luaL_error(L, "call %d of %s is over", (int)c->number, c->a.name);

	return c;
}

static void log_begin(struct call_actor *c, const char *event)
{
	world_log_begin(c->w, c->a.name, event);
	world_log_num(c->w, "call", c->number);
}

/* --- what happens to a call --- */

static void log_frame(struct call_actor *c)
{
	const char *digits = c->reader.buf;
	struct frame f;

	if (frame_decode(&f, &c->phone->settings.crc, digits, strlen(digits)))
		return;
	log_begin(c, "frame");
	world_log_str(c->w, "text", f.text);
	world_log_num(c->w, "product", f.product);
	world_log_num(c->w, "reason", f.reason);
	world_log_num(c->w, "module", f.module);
	world_log_str(c->w, "identity", f.identity);
	world_log_str(c->w, "cs", f.cs);
	world_log_str(c->w, "cs_want", f.cs_want);
	world_log_bool(c->w, "crc_ok", f.crc_ok);
	world_log_end(c->w);
}

static void on_digit(struct call_actor *c, const struct call_event *ev)
{
	const char text[2] = {ev->digit, '\0'};

	log_begin(c, "dtmf");
	world_log_str(c->w, "digit", text);
	world_log_str(c->w, "via", dtmf_via_name(ev->via));
	world_log_end(c->w);
	if (frame_read(&c->reader, ev->digit)) {
		log_frame(c);
		frame_reader_reset(&c->reader);
	}
}

static void log_code(struct call_actor *c, const char *event, const struct call_event *ev)
{
	log_begin(c, event);
	world_log_num(c->w, "code", ev->scode);
	world_log_str(c->w, "reason", ev->reason);
	world_log_end(c->w);
}

static void let_go(struct call_actor *c)
{
	c->call = mem_deref(c->call);
	if (c->ref != LUA_NOREF)
		luaL_unref(c->w->L, LUA_REGISTRYINDEX, c->ref);
	c->ref = LUA_NOREF;
}

void call_handle(struct call *call, const struct call_event *ev, void *arg)
{
	struct call_actor *c = arg;

	(void)call;
	switch (ev->type) {
	case CALL_PROGRESS:      log_code(c, "progress", ev); break;
	case CALL_ANSWERED:
		log_begin(c, "answered");
		world_log_str(c->w, "codec", call_codec(c->call));
		world_log_str(c->w, "dtmf", dtmf_via_name(call_dtmf_via(c->call)));
		world_log_end(c->w);
		break;
	case CALL_HOLD:
		log_begin(c, "hold");
		world_log_bool(c->w, "held", ev->held);
		world_log_end(c->w);
		break;
	case CALL_DIGIT:         on_digit(c, ev); break;
	case CALL_DIGITS_SENT:
		log_begin(c, "dtmf_sent");
		world_log_end(c->w);
		break;
	case CALL_ENCRYPTION:
		log_begin(c, "encryption");
		world_log_bool(c->w, "ok", ev->ok);
		world_log_str(c->w, "kind", call_encryption(c->call));
		world_log_str(c->w, "detail", ev->reason);
		world_log_end(c->w);
		break;
	case CALL_SAS:
		log_begin(c, "sas");
		world_log_str(c->w, "sas", ev->reason);
		world_log_end(c->w);
		break;
	case CALL_MEDIA_TIMEOUT:
		log_begin(c, "media_timeout");
		world_log_end(c->w);
		break;
	case CALL_ICE:
		log_begin(c, "ice");
		world_log_str(c->w, "state", ev->err ? "failed" : "connected");
		world_log_str(c->w, "peer", ev->reason);
		world_log_end(c->w);
		break;
	case CALL_CLOSED:
		log_code(c, "closed", ev);
		let_go(c);
		break;
	}
}

/* --- life --- */

static void call_end(struct actor *a)
{
	struct call_actor *c = (struct call_actor *)(void *)a;

	let_go(c);
}

static void mic_read(int16_t *pcm, size_t n, void *arg)
{
	struct call_actor *c = arg;

	tone_read(&c->mic, pcm, n);
}

/** Sound of a call that was just made or taken */
static void join_sound(struct call_actor *c)
{
	call_audio(c->call, mic_read, NULL, c);
}

/**
 * Make the Lua side of a call of a phone; c->call is the caller's to set.
 *
 * @param cp Written on success; owned by Lua
 * @param ph Phone
 */
int call_new(struct call_actor **cp, struct phone_actor *ph)
{
	lua_State *L = ph->w->L;
	struct call_actor *c = mem_zalloc(sizeof(*c), NULL);
	struct call_actor **ud;

	if (!c)
		return ENOMEM;
	luaL_checkstack(L, 4, "call");
	ud = lua_newuserdatauv(L, sizeof(*ud), 1);
	*ud = c;
	luaL_setmetatable(L, WORLD_META_CALL);
	c->ref = luaL_ref(L, LUA_REGISTRYINDEX);
	c->phone = ph;
	c->w = ph->w;
	c->number = ++ph->calls;
	world_actor_add(ph->w, &c->a, ph->a.name, call_end);
	*cp = c;

	return 0;
}

/** phone:dial(uri, {from=, headers=}) -> call */
int call_dial_out(lua_State *L)
{
	struct phone_actor *ph = phone_check(L, 1);
	const char *from = bind_opt_str(L, 3, "from", NULL);
	const struct call_dial d = {
		.to = luaL_checkstring(L, 2), .from_user = from, .as = from ? NULL : account_identity(ph->account),
		.headers = bind_opt_str(L, 3, "headers", NULL),
	};
	struct call_actor *c;
	int err = call_new(&c, ph);

	if (!err)
		err = call_dial(&c->call, ph->ua, &d, call_handle, c);
	if (err)
		return bind_error(L, d.to, err);
	join_sound(c);
	lua_rawgeti(L, LUA_REGISTRYINDEX, c->ref);

	return 1;
}

/* --- methods --- */

static int act(lua_State *L, int err, const char *what)
{
	return err ? bind_error(L, what, err) : 0;
}

static int ring(lua_State *L)
{
	return act(L, call_ring(check(L)->call), "ring");
}

static int answer(lua_State *L)
{
	struct call_actor *c = check(L);

	join_sound(c);

	return act(L, call_answer(c->call), "answer");
}

static int progress(lua_State *L)
{
	struct call_actor *c = check(L);

	join_sound(c);

	return act(L, call_progress(c->call, (uint16_t)luaL_optinteger(L, 2, 183), luaL_optstring(L, 3, "Session Progress"),
				    true), "progress");
}

static int reject(lua_State *L)
{
	struct call_actor *c = check(L);
	const lua_Integer code = luaL_checkinteger(L, 2);
	int err;

	luaL_argcheck(L, code >= 300 && code <= 699, 2, "a final refusal is 300 to 699");
	err = call_reject(c->call, (uint16_t)code, luaL_optstring(L, 3, "Refused"));
	let_go(c);

	return act(L, err, "reject");
}

static int hangup(lua_State *L)
{
	struct call_actor *c = check(L);
	const int err = call_hangup(c->call);

	let_go(c);

	return act(L, err, "hangup");
}

static int hold(lua_State *L)
{
	const int err = call_hold(check(L)->call, lua_isnone(L, 2) || lua_toboolean(L, 2));

	if (err == ENOTCONN)
		return luaL_error(L, "hold: the call is not up yet; wait for it with call:expect_answer()");

	return act(L, err, "hold");
}

static int send_digits(lua_State *L)
{
	struct call_actor *c = check(L);
	const char *digits = luaL_checkstring(L, 2);
	const double on = bind_opt_num(L, 3, "on", 100), off = bind_opt_num(L, 3, "off", 100);

	if (on < 20 || on > 10000 || off < 0 || off > 10000)
		return luaL_error(L, "dtmf: on is 20 to 10000 ms, off 0 to 10000 ms");

	return act(L, call_digits(c->call, digits, (unsigned)on, (unsigned)off), digits);
}

static int play(lua_State *L)
{
	struct call_actor *c = check(L);

	tone_set(&c->mic, luaL_checknumber(L, 2), luaL_optnumber(L, 3, -10));

	return 0;
}

static int level(lua_State *L)
{
	struct stream_stats st;

	call_stats(check(L)->call, &st);
	lua_pushnumber(L, st.rx_dbm0);

	return 1;
}

static void push_figures(lua_State *L, const struct stream_stats *st)
{
	const struct { const char *key; uint64_t value; } row[] = {
		{"sent", st->sent}, {"received", st->received}, {"lost", st->lost}, {"late", st->late},
		{"concealed", st->concealed}, {"jitter_us", st->jitter_us}, {"buffer_ms", st->buffer_ms},
		{"buffer_max_ms", st->buffer_max_ms}, {"reports", st->reports}, {"rtt_us", st->rtt_us},
		{"remote_lost", st->remote_lost}, {"remote_jitter_us", st->remote_jitter_us},
	};
	size_t i;

	lua_newtable(L);
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		lua_pushinteger(L, (lua_Integer)row[i].value);
		lua_setfield(L, -2, row[i].key);
	}
}

static int stats(lua_State *L)
{
	struct stream_stats st = {.sent = 0};

	call_stats(check(L)->call, &st);
	push_figures(L, &st);

	return 1;
}

/** call:dropped() -> forged, replayed */
static int dropped(lua_State *L)
{
	struct stream_stats st;

	call_stats(check(L)->call, &st);
	lua_pushinteger(L, (lua_Integer)st.forged);
	lua_pushinteger(L, (lua_Integer)st.replayed);

	return 2;
}

static int number(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)any_call(L)->number);

	return 1;
}

static int is_over(lua_State *L)
{
	lua_pushboolean(L, !any_call(L)->call);

	return 1;
}

void bind_call(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"ring", ring}, {"answer", answer}, {"progress", progress}, {"reject", reject}, {"hangup", hangup},
		{"hold", hold}, {"_digits", send_digits}, {"play", play}, {"level", level}, {"stats", stats}, {"dropped", dropped},
		{"_number", number}, {"is_over", is_over}, {NULL, NULL},
	};

	bind_class(L, WORLD_META_CALL, methods);
}
