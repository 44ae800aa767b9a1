/**
 * @file bind_socket.c  Raw SIP: a UDP socket that sends any text and logs what comes (SCN-01)
 */
#include <string.h>
#include "bind.h"

struct sock_actor {
	struct actor a;
	struct world *w;
	struct udp_sock *us;
};

static void sock_end(struct actor *a)
{
	struct sock_actor *s = (struct sock_actor *)(void *)a;

	s->us = mem_deref(s->us);
}

static struct sock_actor *check(lua_State *L)
{
	struct sock_actor **s = luaL_checkudata(L, 1, WORLD_META_SOCK);

	if (!(*s)->us)
		luaL_error(L, "this socket's scenario is over");

	return *s;
}

static void received(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct sock_actor *s = arg;
	char from[64], data[4096];
	size_t n = mbuf_get_left(mb);

	n = n < sizeof(data) - 1 ? n : sizeof(data) - 1;
	memcpy(data, mbuf_buf(mb), n);
	data[n] = '\0';
	(void)re_snprintf(from, sizeof(from), "%J", src);
	world_log_begin(s->w, s->a.name, "datagram");
	world_log_str(s->w, "from", from);
	world_log_str(s->w, "data", data);
	world_log_end(s->w);
}

/** t:sip_socket{name=} */
static int new_socket(lua_State *L)
{
	struct world *w = world_get(L);
	struct sock_actor **ud = lua_newuserdatauv(L, sizeof(*ud), 1);
	struct sock_actor *s = mem_zalloc(sizeof(*s), NULL);
	char name[32];
	int e;

	if (!s)
		return bind_error(L, "socket", ENOMEM);
	*ud = s;
	s->w = w;
	luaL_setmetatable(L, WORLD_META_SOCK);
	(void)re_snprintf(name, sizeof(name), "%s", bind_opt_str(L, 1, "name", "socket"));
	world_actor_add(w, &s->a, name, sock_end);
	e = bind_address(L, 1, w, &s->a.addr, name);
	if (!e)
		e = udp_listen(&s->us, &s->a.addr, received, s);
	if (e)
		return bind_error(L, name, e);

	return 1;
}

/** socket:send(text, "10.77.0.1:5060") */
static int send_text(lua_State *L)
{
	const struct sock_actor *s = check(L);
	size_t n;
	const char *text = luaL_checklstring(L, 2, &n);
	struct mbuf *mb = mbuf_alloc(n ? n : 1);
	struct sa dst;
	int e;

	if (!mb)
		return bind_error(L, "send", ENOMEM);
	e = sa_decode(&dst, luaL_checkstring(L, 3), strlen(lua_tostring(L, 3)));
	if (!e)
		e = mbuf_write_mem(mb, (const uint8_t *)text, n);
	mbuf_set_pos(mb, 0);
	if (!e)
		e = udp_send(s->us, &dst, mb);
	mem_deref(mb);

	return e ? bind_error(L, lua_tostring(L, 3), e) : 0;
}

void bind_socket(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"_send", send_text}, {NULL, NULL},
	};

	bind_class(L, WORLD_META_SOCK, methods);
	lua_pushcfunction(L, new_socket);
	lua_setfield(L, -2, "sip_socket");
}
