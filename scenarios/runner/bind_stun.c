/**
 * @file bind_stun.c  A STUN server, and what may be wrong with one (SCN-01, SRV-04; RFC 8489)
 *
 *     fault         what it does
 *     dead          says nothing
 *     slow          answers delay_ms later
 *     transaction   answers with another transaction number
 *     error         refuses with 500
 *     lying         tells an address that was never there
 *     family        tells an IPv6 address to IPv4, and the other way round
 *     zero          tells the address of nobody, 0.0.0.0
 *     empty         answers without an address
 *     short         its attribute is cut off
 *     garbage       sends a hundred random bytes
 *     stranger      answers from another port
 */
#include <string.h>
#include "bind.h"
#include "../../sim/vnet.h"

enum fault { NONE, DEAD, SLOW, TRANSACTION, ERROR, LYING, FAMILY, ZERO, EMPTY, SHORT, GARBAGE, STRANGER };
static const char *const faults[] = {
	"none", "dead", "slow", "transaction", "error", "lying", "family", "zero", "empty", "short", "garbage", "stranger",
	NULL
};

struct stun_actor {
	struct actor a;
	struct world *w;
	struct udp_sock *us, *other;
	struct list late;
	enum fault fault;
	unsigned delay_ms;
};

/** An answer that waits */
struct late {
	struct le le;
	struct tmr tmr;
	struct stun_actor *s;
	struct sa dst;
	struct mbuf *mb;
};

static void late_destructor(void *arg)
{
	struct late *l = arg;

	tmr_cancel(&l->tmr);
	list_unlink(&l->le);
	mem_deref(l->mb);
}

static void stun_end(struct actor *a)
{
	struct stun_actor *s = (struct stun_actor *)(void *)a;

	list_flush(&s->late);
	s->us = mem_deref(s->us);
	s->other = mem_deref(s->other);
}

static void late_send(void *arg)
{
	struct late *l = arg;

	(void)udp_send(l->s->us, &l->dst, l->mb);
	mem_deref(l);
}

static void send_later(struct stun_actor *s, const struct sa *dst, struct mbuf *mb)
{
	struct late *l = mem_zalloc(sizeof(*l), late_destructor);

	if (!l)
		return;
	tmr_init(&l->tmr);
	l->s = s;
	l->dst = *dst;
	l->mb = mem_ref(mb);
	list_append(&s->late, &l->le, l);
	tmr_start(&l->tmr, s->delay_ms, late_send, l);
}

/** The address that is told */
static struct sa told(const struct stun_actor *s, const struct sa *src)
{
	struct sa sa = *src;

	if (s->fault == LYING)
		(void)sa_set_str(&sa, sa_af(src) == AF_INET ? "10.77.99.99" : "fd77::9999", sa_port(src));
	else if (s->fault == FAMILY)
		(void)sa_set_str(&sa, sa_af(src) == AF_INET ? "fd77::9999" : "10.77.99.99", sa_port(src));
	else if (s->fault == ZERO)
		(void)sa_set_str(&sa, sa_af(src) == AF_INET ? "0.0.0.0" : "::", sa_port(src));

	return sa;
}

static int encode(const struct stun_actor *s, struct mbuf *mb, const struct sa *src, const uint8_t *asked)
{
	const struct stun_errcode ec = {.code = 500, .reason = (char *)(uintptr_t)"Server Error"};
	uint8_t tid[STUN_TID_SIZE];
	const struct sa at = told(s, src);
	size_t i;

	memcpy(tid, asked, sizeof(tid));
	if (s->fault == TRANSACTION)
		tid[0] ^= 1;
	if (s->fault == ERROR)
		return stun_msg_encode(mb, STUN_METHOD_BINDING, STUN_CLASS_ERROR_RESP, tid, &ec, NULL, 0, false, 0, 0);
	if (s->fault == EMPTY)
		return stun_msg_encode(mb, STUN_METHOD_BINDING, STUN_CLASS_SUCCESS_RESP, tid, NULL, NULL, 0, false, 0, 0);
	if (s->fault == GARBAGE) {
		int err = 0;

		for (i = 0; i < 100 && !err; i++)
			err = mbuf_write_u8(mb, (uint8_t)vnet_random());
		return err;
	}

	return stun_msg_encode(mb, STUN_METHOD_BINDING, STUN_CLASS_SUCCESS_RESP, tid, NULL, NULL, 0, false, 0, 1,
			       STUN_ATTR_XOR_MAPPED_ADDR, &at);
}

static void answer(struct stun_actor *s, const struct sa *src, const uint8_t *tid)
{
	struct mbuf *mb = mbuf_alloc(128);

	if (mb && !encode(s, mb, src, tid)) {
		if (s->fault == SHORT)
			mb->end -= 4;
		mb->pos = 0;
		if (s->fault == SLOW)
			send_later(s, src, mb);
		else
			(void)udp_send(s->fault == STRANGER ? s->other : s->us, src, mb);
	}
	mem_deref(mb);
}

static void received(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct stun_actor *s = arg;
	struct stun_unknown_attr unknown;
	struct stun_msg *msg;
	char from[64];

	if (stun_msg_decode(&msg, mb, &unknown))
		return;
	if (stun_msg_method(msg) == STUN_METHOD_BINDING && stun_msg_class(msg) == STUN_CLASS_REQUEST) {
		(void)re_snprintf(from, sizeof(from), "%J", src);
		world_log_begin(s->w, s->a.name, "asked");
		world_log_str(s->w, "from", from);
		world_log_end(s->w);
		if (s->fault != DEAD)
			answer(s, src, stun_msg_tid(msg));
	}
	mem_deref(msg);
}

static struct stun_actor *check(lua_State *L)
{
	struct stun_actor **s = luaL_checkudata(L, 1, WORLD_META_STUN);

	if (!(*s)->us)
		luaL_error(L, "this STUN server's scenario is over");

	return *s;
}

/** rt.stun{name=, ipv6=} */
static int new_stun(lua_State *L)
{
	struct world *w = world_get(L);
	struct stun_actor **ud = lua_newuserdatauv(L, sizeof(*ud), 1);
	struct stun_actor *s = mem_zalloc(sizeof(*s), NULL);
	struct sa other;
	char name[32];
	int e;

	if (!s)
		return bind_error(L, "stun", ENOMEM);
	*ud = s;
	s->w = w;
	luaL_setmetatable(L, WORLD_META_STUN);
	(void)re_snprintf(name, sizeof(name), "%s", bind_opt_str(L, 1, "name", "stun"));
	world_actor_add(w, &s->a, name, stun_end);
	e = bind_address(L, 1, w, &s->a.addr, name);
	sa_set_port(&s->a.addr, STUN_PORT);
	other = s->a.addr;
	sa_set_port(&other, STUN_PORT + 1);
	if (!e)
		e = udp_listen(&s->us, &s->a.addr, received, s);
	if (!e)
		e = udp_listen(&s->other, &other, NULL, NULL);

	return e ? bind_error(L, name, e) : 1;
}

/** stun:_fault(name, delay_ms) */
static int set_fault(lua_State *L)
{
	struct stun_actor *s = check(L);

	s->fault = (enum fault)luaL_checkoption(L, 2, "none", faults);
	s->delay_ms = (unsigned)luaL_optinteger(L, 3, 2000);

	return 0;
}

void bind_stun(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"_fault", set_fault}, {NULL, NULL},
	};

	bind_class(L, WORLD_META_STUN, methods);
	lua_pushcfunction(L, new_stun);
	lua_setfield(L, -2, "stun");
}
