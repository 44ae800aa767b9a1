/**
 * @file udp_server.c  A server of one UDP port (see udp_server.h)
 */
#include <errno.h>
#include "udp_server.h"

/** rt.KIND{name=, ipv6=} */
int udp_server_new(lua_State *L, const struct udp_server_kind *kind)
{
	struct world *w = world_get(L);
	struct udp_server **ud = lua_newuserdatauv(L, sizeof(*ud), 1);
	struct udp_server *s = mem_zalloc(kind->size, NULL);
	struct sa other;
	char name[32];
	int e;

	if (!s)
		return bind_error(L, kind->name, ENOMEM);
	*ud = s;
	s->w = w;
	luaL_setmetatable(L, kind->meta);
	(void)re_snprintf(name, sizeof(name), "%s", bind_opt_str(L, 1, "name", kind->name));
	world_actor_add(w, &s->a, name, kind->end);
	e = bind_address(L, 1, w, &s->a.addr, name);
	sa_set_port(&s->a.addr, kind->port);
	other = s->a.addr;
	sa_set_port(&other, kind->port + 1);
	if (!e)
		e = udp_listen(&s->us, &s->a.addr, kind->received, s);
	if (!e)
		e = udp_listen(&s->other, &other, NULL, NULL);

	return e ? bind_error(L, name, e) : 1;
}

/** The actor at index 1; raises where its scenario is over */
void *udp_server_check(lua_State *L, const char *meta, const char *what)
{
	struct udp_server **s = luaL_checkudata(L, 1, meta);

	if (!(*s)->us)
		luaL_error(L, "this %s's scenario is over", what);

	return *s;
}

void udp_server_end(struct actor *a)
{
	struct udp_server *s = (struct udp_server *)(void *)a;

	s->us = mem_deref(s->us);
	s->other = mem_deref(s->other);
}

/** Send from its port, or from the other one, as a stranger would */
void udp_server_send(const struct udp_server *s, bool other, const struct sa *dst, struct mbuf *mb)
{
	mb->pos = 0;
	(void)udp_send(other ? s->other : s->us, dst, mb);
}
