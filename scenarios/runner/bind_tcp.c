/**
 * @file bind_tcp.c  A TCP connection to a program of the outside world (SCN-01)
 *
 * It tries again until the other side listens.  What comes is an entry `data` each, or, with
 * ctrl = true, the messages of baresip's module ctrl_tcp: JSON objects in netstrings ("LENGTH:TEXT,").
 * Those become entries named by the object's `type`; answers to commands are entries `response`.
 */
#include <stdlib.h>
#include <string.h>
#include "bind.h"

#define RETRY_MS 50
#define MESSAGE_MAX 65536

struct tcp_actor {
	struct actor a;
	struct world *w;
	struct tcp_conn *tc;
	struct sa dst;
	struct tmr retry;
	struct mbuf *mb;                /**< ctrl: what is no whole message yet */
	bool ctrl, up, over;
};

static void try_connect(void *arg);

static void tcp_end(struct actor *a)
{
	struct tcp_actor *t = (struct tcp_actor *)(void *)a;

	t->over = true;
	tmr_cancel(&t->retry);
	t->tc = mem_deref(t->tc);
	t->mb = mem_deref(t->mb);
}

static struct tcp_actor *check(lua_State *L)
{
	struct tcp_actor **t = luaL_checkudata(L, 1, WORLD_META_TCP);

	return *t;
}

static void say(struct tcp_actor *t, const char *event)
{
	world_log_begin(t->w, t->a.name, event);
	world_log_end(t->w);
}

/* --- what comes --- */

static void plain(struct tcp_actor *t, const struct mbuf *mb)
{
	char text[8192];
	size_t n = mbuf_get_left(mb);

	n = n < sizeof(text) - 1 ? n : sizeof(text) - 1;
	memcpy(text, mbuf_buf(mb), n);
	text[n] = '\0';
	world_log_begin(t->w, t->a.name, "data");
	world_log_str(t->w, "data", text);
	world_log_end(t->w);
}

static void message(struct tcp_actor *t, const char *text, size_t n)
{
	static const char *const field[] = {"class", "direction", "peeruri", "id", "param", "data"};
	struct odict *od;
	const char *event;
	bool ok;
	size_t i;

	if (json_decode_odict(&od, 32, text, n, 8))
		return;
	event = odict_string(od, "type");
	world_log_begin(t->w, t->a.name, event ? event : "response");
	for (i = 0; i < sizeof(field) / sizeof(field[0]); i++)
		if (odict_string(od, field[i]))
			world_log_str(t->w, field[i], odict_string(od, field[i]));
	if (odict_get_boolean(od, &ok, "ok"))
		world_log_bool(t->w, "ok", ok);
	world_log_end(t->w);
	mem_deref(od);
}

/** One whole netstring taken from the buffer; false = there is none */
static bool take(struct tcp_actor *t)
{
	struct mbuf *mb = t->mb;
	char head[16] = "", *colon;
	size_t left = mbuf_get_left(mb), start, n;

	memcpy(head, mbuf_buf(mb), left < sizeof(head) - 1 ? left : sizeof(head) - 1);
	n = strtoul(head, &colon, 10);
	if (*colon != ':' || n > MESSAGE_MAX)
		return false;
	start = (size_t)(colon + 1 - head);
	if (left < start + n + 1)
		return false;
	message(t, (char *)mbuf_buf(mb) + start, n);
	mbuf_advance(mb, (ssize_t)(start + n + 1));

	return true;
}

static void received(struct mbuf *mb, void *arg)
{
	struct tcp_actor *t = arg;
	size_t pos;

	if (!t->ctrl) {
		plain(t, mb);
		return;
	}
	pos = t->mb->pos;
	mbuf_skip_to_end(t->mb);
	(void)mbuf_write_mem(t->mb, mbuf_buf(mb), mbuf_get_left(mb));
	mbuf_set_pos(t->mb, pos);
	while (mbuf_get_left(t->mb) && take(t))
		;
	if (!mbuf_get_left(t->mb))
		mbuf_rewind(t->mb);
}

/* --- connection --- */

static void established(void *arg)
{
	struct tcp_actor *t = arg;

	t->up = true;
	say(t, "connected");
}

static void closed(int err, void *arg)
{
	struct tcp_actor *t = arg;

	(void)err;
	t->tc = mem_deref(t->tc);
	if (t->up)
		say(t, "closed");
	else
		tmr_start(&t->retry, RETRY_MS, try_connect, t);
	t->up = false;
}

static void try_connect(void *arg)
{
	struct tcp_actor *t = arg;

	if (!t->over && tcp_connect(&t->tc, &t->dst, established, received, closed, t))
		tmr_start(&t->retry, RETRY_MS, try_connect, t);
}

/** t:tcp{address=, ctrl=, name=} */
static int new_tcp(lua_State *L)
{
	struct world *w = world_get(L);
	const char *address = bind_opt_str(L, 1, "address", "");
	struct tcp_actor **ud = lua_newuserdatauv(L, sizeof(*ud), 1);
	struct tcp_actor *t = *ud = mem_zalloc(sizeof(*t), NULL);

	if (!t)
		return bind_error(L, "tcp", ENOMEM);
	luaL_setmetatable(L, WORLD_META_TCP);
	t->w = w;
	t->ctrl = bind_opt_bool(L, 1, "ctrl", 0);
	tmr_init(&t->retry);
	world_actor_add(w, &t->a, bind_opt_str(L, 1, "name", "tcp"), tcp_end);
	if (w->virtual_time)
		return luaL_error(L, "tcp: the outside world needs the real clock: give the scenario "
				  "clock = \"real\" and run `ipgap test --clock real`");
	if (sa_decode(&t->dst, address, strlen(address)))
		return luaL_error(L, "tcp: address is \"127.0.0.1:PORT\", not \"%s\"", address);
	t->mb = mbuf_alloc(1024);
	if (!t->mb)
		return bind_error(L, "tcp", ENOMEM);
	try_connect(t);

	return 1;
}

/* --- methods --- */

static int put(struct tcp_actor *t, const char *data, size_t n)
{
	struct mbuf *mb = mbuf_alloc(n + 16);
	int err;

	if (!mb)
		return ENOMEM;
	err = t->ctrl ? mbuf_printf(mb, "%zu:", n) : 0;
	if (!err)
		err = mbuf_write_mem(mb, (const uint8_t *)data, n);
	if (!err && t->ctrl)
		err = mbuf_write_u8(mb, ',');
	mbuf_set_pos(mb, 0);
	if (!err)
		err = tcp_send(t->tc, mb);
	mem_deref(mb);

	return err;
}

/** tcp:send(bytes); with ctrl = true one JSON object */
static int send_data(lua_State *L)
{
	struct tcp_actor *t = check(L);
	size_t n;
	const char *data = luaL_checklstring(L, 2, &n);
	int err;

	if (!t->up)
		return luaL_error(L, "%s is not connected", t->a.name);
	err = put(t, data, n);

	return err ? bind_error(L, "send", err) : 0;
}

static int close_connection(lua_State *L)
{
	struct tcp_actor *t = check(L);

	t->over = true;
	t->up = false;
	tmr_cancel(&t->retry);
	t->tc = mem_deref(t->tc);

	return 0;
}

static int is_up(lua_State *L)
{
	lua_pushboolean(L, check(L)->up);

	return 1;
}

void bind_tcp(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"send", send_data}, {"close", close_connection}, {"is_up", is_up}, {NULL, NULL},
	};

	bind_class(L, WORLD_META_TCP, methods);
	lua_pushcfunction(L, new_tcp);
	lua_setfield(L, -2, "tcp");
}
