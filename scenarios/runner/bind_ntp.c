/**
 * @file bind_ntp.c  An NTP server, and what may be wrong with one (SCN-01, TIM-01, SRV-04; RFC 5905)
 *
 *     fault            what it does
 *     dead             says nothing
 *     cookie           answers with another origin time-stamp
 *     stranger         answers from another port
 *     stratum          says stratum 16
 *     leap             says that it is not synchronised
 *     rate, deny       kiss-o'-death
 *     zero             tells no time
 *     short            its answer is cut off
 *     garbage          sends 48 random bytes
 *
 * Its clock is the calendar and `ahead`.
 */
#include <string.h>
#include "../../sim/vnet.h"
#include "udp_server.h"

#define PORT 123
#define PACKET 48
#define ORIGIN 24
#define RECEIVE 32
#define TRANSMIT 40

enum fault { NONE, DEAD, COOKIE, STRANGER, STRATUM, LEAP, RATE, DENY, ZERO, SHORT, GARBAGE };
static const char *const faults[] = {
	"none", "dead", "cookie", "stranger", "stratum", "leap", "rate", "deny", "zero", "short", "garbage", NULL
};

struct ntp_actor {
	struct udp_server server;
	enum fault fault;
	int64_t ahead_us;
};

/* RFC 5905 §6: seconds since 1900, and the fraction */
static void put_time(uint8_t *p, int64_t us)
{
	const uint64_t s = (uint64_t)(us / 1000000 + INT64_C(2208988800)), f = ((uint64_t)(us % 1000000) << 32) / 1000000;
	unsigned i;

	for (i = 0; i < 4; i++) {
		p[i] = (uint8_t)(s >> (24 - 8 * i));
		p[4 + i] = (uint8_t)(f >> (24 - 8 * i));
	}
}

static void spoil(const struct ntp_actor *s, uint8_t p[PACKET])
{
	unsigned i;

	switch (s->fault) {

	case COOKIE: p[ORIGIN] ^= 1; break;
	case STRATUM: p[1] = 16; break;
	case LEAP: p[0] |= 3 << 6; break;
	case RATE:
	case DENY:
		p[1] = 0;
		memcpy(p + 12, s->fault == RATE ? "RATE" : "DENY", 4);
		break;
	case ZERO: memset(p + RECEIVE, 0, PACKET - RECEIVE); break;
	case GARBAGE:
		for (i = 0; i < PACKET; i++)
			p[i] = (uint8_t)vnet_random();
		break;
	default: break;
	}
}

static void answer(struct ntp_actor *s, const struct sa *src, const uint8_t *asked)
{
	struct mbuf *mb = mbuf_alloc(PACKET);
	uint8_t p[PACKET] = {4 << 3 | 4, 2, 6, 0xec};

	memcpy(p + ORIGIN, asked + TRANSMIT, 8);
	put_time(p + RECEIVE, vnet_wall_us() + s->ahead_us);
	put_time(p + TRANSMIT, vnet_wall_us() + s->ahead_us);
	spoil(s, p);
	if (mb && !mbuf_write_mem(mb, p, s->fault == SHORT ? PACKET - 1 : PACKET))
		udp_server_send(&s->server, s->fault == STRANGER, src, mb);
	mem_deref(mb);
}

static void received(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct ntp_actor *s = arg;

	if (mbuf_get_left(mb) < PACKET || (mbuf_buf(mb)[0] & 7) != 3)
		return;
	world_log_begin(s->server.w, s->server.a.name, "asked");
	world_log_end(s->server.w);
	if (s->fault != DEAD)
		answer(s, src, mbuf_buf(mb));
}

static struct ntp_actor *check(lua_State *L)
{
	return udp_server_check(L, WORLD_META_NTP, "NTP server");
}

static int new_ntp(lua_State *L)
{
	static const struct udp_server_kind kind = {
		WORLD_META_NTP, "ntp", sizeof(struct ntp_actor), PORT, received, udp_server_end,
	};

	return udp_server_new(L, &kind);
}

/** ntp:fault(name) */
static int set_fault(lua_State *L)
{
	check(L)->fault = (enum fault)luaL_checkoption(L, 2, "none", faults);

	return 0;
}

/** ntp:ahead(seconds) */
static int set_ahead(lua_State *L)
{
	check(L)->ahead_us = (int64_t)(luaL_checknumber(L, 2) * 1e6);

	return 0;
}

void bind_ntp(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"fault", set_fault}, {"ahead", set_ahead}, {NULL, NULL},
	};

	bind_class(L, WORLD_META_NTP, methods);
	lua_pushcfunction(L, new_ntp);
	lua_setfield(L, -2, "ntp");
}
