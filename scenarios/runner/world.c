/**
 * @file world.c  One running scenario: start, actors, addresses, end (see world.h)
 *
 * A scenario ends when its function and all coroutines it spawned have returned, at the first error,
 * or when its time is up.  Requirements: SCN-01, SIM-03.
 */
#include <lauxlib.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "../../sim/vnet.h"
#include "outside.h"
#include "task.h"
#include "world.h"

#define KEY_WORLD "ipgap.world"

/** The world of a Lua state; raises where none runs (a script that acts outside a scenario) */
struct world *world_get(lua_State *L)
{
	struct world *w;

	lua_getfield(L, LUA_REGISTRYINDEX, KEY_WORLD);
	w = lua_touserdata(L, -1);
	lua_pop(L, 1);
	if (!w)
		luaL_error(L, "this works inside a scenario only");

	return w;
}

/** Time since the scenario's start [s] */
double world_now(const struct world *w)
{
	return (double)(vnet_now_us() - w->t0_us) / 1e6;
}

void world_actor_add(struct world *w, struct actor *a, const char *name, void (*end)(struct actor *a))
{
	str_ncpy(a->name, name, sizeof(a->name));
	a->end = end;
	list_append(&w->actors, &a->le, a);
}

/**
 * The part of 127.77.0.0/16 that is this process's own: 127.77.x.*.  A socket with the name of x says so to the
 * other processes of this machine, and goes with this one.
 */
static unsigned own_net(void)
{
	static int net = -1;
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	const int fd = net < 0 ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
	unsigned i;

	for (i = 0; i < 250 && net < 0; i++) {
		const unsigned x = ((unsigned)getpid() + i) % 250;
		const int n = snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "ipgap-127.77.%u", x);

		if (!bind(fd, (struct sockaddr *)&un, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n)))
			net = (int)x;
	}

	return net < 0 ? 250 : (unsigned)net;
}

/**
 * Give a host its own address: 10.77.x.y in virtual time, 127.77.x.y on the real clock, where x differs
 * from process to process, so that runs side by side do not meet.  Towards a receiver from outside it
 * is what the route demands, with a free port (outside.c).
 *
 * @param sa   Written: address, port 5060
 * @param name Host's name on the ladder
 *
 * @return 0, EMFILE after 60,000 hosts, 250 on the real clock
 */
int world_address(struct world *w, struct sa *sa, const char *name)
{
	const unsigned n = ++w->hosts;
	char text[32];
	int err;

	if (n > (w->virtual_time ? 60000 : 249))
		return EMFILE;
	(void)re_snprintf(text, sizeof(text), "%u.77.%u.%u", w->virtual_time ? 10 : 127,
			  w->virtual_time ? n / 250 : own_net(), n % 250 + 1);
	err = sa_set_str(sa, text, 5060);
	if (!err && w->receiver)
		err = outside_address(sa, w->receiver);
	if (!err && w->live)
		live_host(w->live, sa, name);

	return err ? err : record_host(w->rec, sa, name);
}

/**
 * As world_address(), of IPv6: fd77::y in virtual time, ::1 and a free port on the real clock.
 *
 * @return 0, EMFILE after 60,000 hosts, errno of a machine without IPv6
 */
int world_address6(struct world *w, struct sa *sa, const char *name)
{
	char text[32];
	int err;

	if (++w->hosts > 60000)
		return EMFILE;
	(void)re_snprintf(text, sizeof(text), "fd77::%x", w->hosts + 1);
	err = w->virtual_time ? sa_set_str(sa, text, 5060) : outside_loopback6(sa);
	if (!err && w->live)
		live_host(w->live, sa, name);

	return err ? err : record_host(w->rec, sa, name);
}

static void tap(const struct vnet_packet *p, void *arg)
{
	struct world *w = arg;

	(void)record_packet(w->rec, (int64_t)p->t_us, p->src, p->dst, p->data, p->len, p->lost);
	sniff_packet(w, p->src, p->dst, p->data, p->len, p->lost);
}

static void end_actors(struct world *w)
{
	struct le *le;

	while ((le = list_tail(&w->actors))) {
		struct actor *a = le->data;

		list_unlink(le);
		a->end(a);
	}
}

static int set_up(struct world *w, lua_State *L)
{
	int err;

	w->L = L;
	w->t0_us = vnet_now_us();
	lua_pushlightuserdata(L, w);
	lua_setfield(L, LUA_REGISTRYINDEX, KEY_WORLD);
	lua_newtable(L);
	lua_pushvalue(L, -1);
	lua_setglobal(L, "__log");
	w->log_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	w->line = mbuf_alloc(512);
	w->text = mbuf_alloc(512);
	w->log = mbuf_alloc(65536);
	w->timings = mbuf_alloc(256);
	w->edges = mbuf_alloc(1024);
	if (!w->line || !w->text || !w->log || !w->timings || !w->edges)
		return ENOMEM;
	tmr_init(&w->wake);
	(void)record_start(w->rec, vnet_wall_us());
	err = media_clock(w);
	vnet_tap(tap, w);
	if (!w->virtual_time)
		lateness_start(&w->late);

	return err;
}

/** What makes the picture incomplete, and was not expected by the script, leaves no verdict; a board that is proved
 *  wrong fails */
static void doubt(struct world *w)
{
	lua_State *L = w->L;
	const char *text;
	bool wrong;

	if (w->skipped || w->doubted || w->dry)
		return;
	lua_getglobal(L, "__doubt");
	if (lua_pcall(L, 0, 2, 0)) {
		world_fail(w, lua_tostring(L, -1));
		lua_pop(L, 1);
		return;
	}
	text = lua_tostring(L, -2);
	wrong = lua_toboolean(L, -1);
	if (text) {
		char before[sizeof(w->message)];

		str_ncpy(before, w->failed ? w->message : "", sizeof(before));
		(void)re_snprintf(w->message, sizeof(w->message), "%s%s%s", text,
				  before[0] ? "\nwhat failed: " : "", before);
		w->failed |= wrong;
		w->doubted = !wrong;
	}
	lua_pop(L, 2);
}

static void tear_down(struct world *w)
{
	vnet_tap(NULL, NULL);
	lateness_stop(&w->late);
	doubt(w);
	task_end_all(w);
	end_actors(w);
	tmr_cancel(&w->wake);
	luaL_unref(w->L, LUA_REGISTRYINDEX, w->log_ref);
	lua_pushnil(w->L);
	lua_setfield(w->L, LUA_REGISTRYINDEX, KEY_WORLD);
	(void)lua_gc(w->L, LUA_GCCOLLECT, 0);
	w->media = mem_deref(w->media);
	w->line = mem_deref(w->line);
	w->text = mem_deref(w->text);
}

/**
 * Run one scenario to its verdict: w->failed, w->skipped, w->message, w->log.
 *
 * @param w        World with virtual_time, seed and rec set; vnet and libre are started
 * @param L        Lua state with the library and the script
 * @param fn_index Stack index of the scenario's function
 *
 * @return 0, errno where the world could not be made
 */
int world_run(struct world *w, lua_State *L, int fn_index)
{
	int err;

	fn_index = lua_absindex(L, fn_index);
	err = set_up(w, L);
	if (!err) {
		lua_getglobal(L, "__start");
		lua_pushvalue(L, fn_index);
		err = task_start(w);
	}
	if (!err && !w->ended)
		err = re_main(NULL);
	tear_down(w);

	return err;
}
