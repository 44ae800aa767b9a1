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
#include "udp_server.h"
#include "../../sim/vnet.h"

enum fault { NONE, DEAD, SLOW, TRANSACTION, ERROR, LYING, FAMILY, ZERO, EMPTY, SHORT, GARBAGE, STRANGER };
static const char *const faults[] = {
	"none", "dead", "slow", "transaction", "error", "lying", "family", "zero", "empty", "short", "garbage", "stranger",
	NULL
};

struct stun_actor {
	struct udp_server server;
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
	udp_server_end(a);
}

static void late_send(void *arg)
{
	struct late *l = arg;

	udp_server_send(&l->s->server, false, &l->dst, l->mb);
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
		if (s->fault == SLOW)
			send_later(s, src, mb);
		else
			udp_server_send(&s->server, s->fault == STRANGER, src, mb);
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
		world_log_begin(s->server.w, s->server.a.name, "asked");
		world_log_str(s->server.w, "from", from);
		world_log_end(s->server.w);
		if (s->fault != DEAD)
			answer(s, src, stun_msg_tid(msg));
	}
	mem_deref(msg);
}

static int new_stun(lua_State *L)
{
	static const struct udp_server_kind kind = {
		WORLD_META_STUN, "stun", sizeof(struct stun_actor), STUN_PORT, received, stun_end,
	};

	return udp_server_new(L, &kind);
}

/** stun:_fault(name, delay_ms) */
static int set_fault(lua_State *L)
{
	struct stun_actor *s = udp_server_check(L, WORLD_META_STUN, "STUN server");

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
