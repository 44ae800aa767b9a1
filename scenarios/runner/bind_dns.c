/**
 * @file bind_dns.c  A name server of the simulated network: addresses and SRV records (SCN-01, SIP-02)
 *
 * A name it does not know gets NXDOMAIN; a known one without such a record an empty answer.
 */
#include <string.h>
#include "../../sim/vnet.h"
#include "bind.h"

#define NAME 96
#define TTL_S 60

struct record {
	struct le le;
	char name[NAME];
	uint16_t type;
	struct sa addr;                 /* A, AAAA */
	char target[NAME];              /* SRV */
	uint16_t port;
};

struct dns_actor {
	struct actor a;
	struct world *w;
	struct udp_sock *us;
	struct list records;
	bool dead;
};

static void record_destructor(void *arg)
{
	struct record *r = arg;

	list_unlink(&r->le);
}

static void dns_end(struct actor *a)
{
	struct dns_actor *d = (struct dns_actor *)(void *)a;

	list_flush(&d->records);
	d->us = mem_deref(d->us);
}

static int write_rr(struct mbuf *mb, const struct record *r)
{
	struct dnsrr rr = {.name = (char *)(uintptr_t)r->name, .type = r->type, .dnsclass = DNS_CLASS_IN, .ttl = TTL_S};

	if (r->type == DNS_TYPE_A)
		rr.rdata.a.addr = sa_in(&r->addr);
	else if (r->type == DNS_TYPE_AAAA)
		sa_in6(&r->addr, rr.rdata.aaaa.addr);
	else {
		rr.rdata.srv.pri = rr.rdata.srv.weight = 1;
		rr.rdata.srv.port = r->port;
		rr.rdata.srv.target = (char *)(uintptr_t)r->target;
	}

	return dns_rr_encode(mb, &rr, 0, NULL, 0);
}

static int write_answer(struct mbuf *mb, const struct dns_actor *d, struct dnshdr *hdr, const char *name, uint16_t type)
{
	const struct le *le;
	bool known = false;
	int err;

	hdr->nans = 0;
	for (le = d->records.head; le; le = le->next) {
		const struct record *r = le->data;

		known |= !str_casecmp(r->name, name);
		hdr->nans = (uint16_t)(hdr->nans + (!str_casecmp(r->name, name) && r->type == type));
	}
	hdr->qr = hdr->ra = true;
	hdr->nauth = hdr->nadd = 0;
	hdr->rcode = known ? DNS_RCODE_OK : DNS_RCODE_NAME_ERR;
	err = dns_hdr_encode(mb, hdr);
	if (!err)
		err = dns_dname_encode(mb, name, NULL, 0, false);
	if (!err)
		err = mbuf_write_u16(mb, htons(type));
	if (!err)
		err = mbuf_write_u16(mb, htons(DNS_CLASS_IN));
	for (le = d->records.head; le && !err; le = le->next) {
		const struct record *r = le->data;

		if (!str_casecmp(r->name, name) && r->type == type)
			err = write_rr(mb, r);
	}

	return err;
}

static void received(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct dns_actor *d = arg;
	struct mbuf *out = mbuf_alloc(512);
	struct dnshdr hdr;
	char *name = NULL;
	uint16_t type;

	if (!out || dns_hdr_decode(mb, &hdr) || hdr.nq != 1 || dns_dname_decode(mb, &name, 0) || mbuf_get_left(mb) < 4)
		goto out;
	type = ntohs(mbuf_read_u16(mb));
	world_log_begin(d->w, d->a.name, "asked");
	world_log_str(d->w, "name", name);
	world_log_str(d->w, "type", dns_rr_typename(type));
	world_log_end(d->w);
	if (!d->dead && !write_answer(out, d, &hdr, name, type)) {
		out->pos = 0;
		(void)udp_send(d->us, src, out);
	}
 out:
	mem_deref(name);
	mem_deref(out);
}

static struct dns_actor *check(lua_State *L)
{
	struct dns_actor **d = luaL_checkudata(L, 1, WORLD_META_DNS);

	if (!(*d)->us)
		luaL_error(L, "this name server's scenario is over");

	return *d;
}

/** rt.dns{name=, ipv6=} */
static int new_dns(lua_State *L)
{
	struct world *w = world_get(L);
	struct dns_actor **ud = lua_newuserdatauv(L, sizeof(*ud), 1);
	struct dns_actor *d = mem_zalloc(sizeof(*d), NULL);
	char name[32];
	int e;

	if (!d)
		return bind_error(L, "dns", ENOMEM);
	*ud = d;
	d->w = w;
	luaL_setmetatable(L, WORLD_META_DNS);
	if (!w->virtual_time) {
		lua_pushstring(L, "skip: the name server needs virtual time");
		return lua_error(L);
	}
	(void)re_snprintf(name, sizeof(name), "%s", bind_opt_str(L, 1, "name", "dns"));
	world_actor_add(w, &d->a, name, dns_end);
	e = bind_address(L, 1, w, &d->a.addr, name);
	sa_set_port(&d->a.addr, DNS_PORT);
	if (!e)
		e = udp_listen(&d->us, &d->a.addr, received, d);

	return e ? bind_error(L, name, e) : 1;
}

static struct record *add(lua_State *L, struct dns_actor *d, uint16_t type)
{
	struct record *r = mem_zalloc(sizeof(*r), record_destructor);

	if (!r)
		(void)bind_error(L, "record", ENOMEM);
	str_ncpy(r->name, luaL_checkstring(L, 2), sizeof(r->name));
	r->type = type;
	list_append(&d->records, &r->le, r);

	return r;
}

/** dns:address("pbx.example", "10.77.0.5") */
static int add_address(lua_State *L)
{
	struct dns_actor *d = check(L);
	const char *text = luaL_checkstring(L, 3);
	struct sa sa;

	if (sa_set_str(&sa, text, 0))
		return luaL_error(L, "no address: %s", text);
	add(L, d, sa_af(&sa) == AF_INET6 ? DNS_TYPE_AAAA : DNS_TYPE_A)->addr = sa;

	return 0;
}

/** dns:srv("_sip._udp.pbx.example", "host.example", 5070) */
static int add_srv(lua_State *L)
{
	struct dns_actor *d = check(L);
	const char *target = luaL_checkstring(L, 3);
	const lua_Integer port = luaL_checkinteger(L, 4);
	struct record *r;

	luaL_argcheck(L, port >= 1 && port <= 65535, 4, "a port is 1 to 65535");
	r = add(L, d, DNS_TYPE_SRV);
	str_ncpy(r->target, target, sizeof(r->target));
	r->port = (uint16_t)port;

	return 0;
}

/** dns:dead(true) */
static int set_dead(lua_State *L)
{
	check(L)->dead = lua_toboolean(L, 2);

	return 0;
}

/** The client of a door whose options at `index` say dns = ADDRESS; NULL without.  Its queries are `self`'s */
int bind_dnsc(struct dnsc **dp, lua_State *L, int index, const struct sa *self)
{
	const char *text = bind_opt_str(L, index, "dns", NULL);
	struct sa srv;
	int err;

	*dp = NULL;
	if (!text)
		return 0;
	err = sa_decode(&srv, text, strlen(text));
	if (err)
		return err;
	vnet_home(self);

	return dnsc_alloc(dp, NULL, &srv, 1);
}

void bind_dns(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"_add", add_address}, {"srv", add_srv}, {"dead", set_dead}, {NULL, NULL},
	};

	bind_class(L, WORLD_META_DNS, methods);
	lua_pushcfunction(L, new_dns);
	lua_setfield(L, -2, "dns");
}
