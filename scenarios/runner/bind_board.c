/**
 * @file bind_board.c  The board below a scenario's door: how certain it is, and what a test does to it (HIL-01)
 *
 * News of the board are entries of the log: `board` (state, text), `trouble` (trouble, text), `outside` (signal,
 * level: an output as it was seen without the board's firmware).
 */
#include <errno.h>
#include <string.h>
#include "../../hil/rig.h"
#include "../../sim/vnet.h"
#include "door_actor.h"

#define NOISE_MOST 4096

static struct door_actor *on_board(lua_State *L)
{
	struct door_actor *d = door_check(L);

	if (!d->rig)
		luaL_error(L, "this door has no board: `rig = \"board\"` keeps the scenario off the simulator");

	return d;
}

/* --- what the board does becomes entries of the log --- */

void door_board_news(enum board_state state, const char *trouble, const char *text, void *arg)
{
	static const char *const name[] = {"down", "greeting", "ready", "refused"};
	struct door_actor *d = arg;

	str_ncpy(d->board, text, sizeof(d->board));
	d->refused |= state == BOARD_REFUSED;
	world_log_begin(d->w, d->a.name, trouble ? "trouble" : "board");
	world_log_str(d->w, trouble ? "trouble" : "state", trouble ? trouble : name[state]);
	world_log_str(d->w, "text", text);
	world_log_end(d->w);
}

static const char *signal_name(unsigned pin)
{
	static const char *const name[] = {"relay1", "relay2", "call", "talk", "door", "beep"};

	return pin < ARRAY_SIZE(name) ? name[pin] : "?";
}

void door_outside(unsigned pin, bool level, uint64_t t_us, void *arg)
{
	struct door_actor *d = arg;

	world_log_begin_at(d->w, d->a.name, "outside", t_us);
	world_log_str(d->w, "signal", signal_name(pin));
	world_log_bool(d->w, "level", level);
	world_log_end(d->w);
}

/* --- how certain it is --- */

/** door:_ready() -> true; or false, what was last said, and whether waiting is in vain */
static int ready(lua_State *L)
{
	const struct door_actor *d = door_check(L);

	lua_pushboolean(L, vdoor_ready(d->v));
	lua_pushstring(L, d->board);
	lua_pushboolean(L, d->refused);

	return 3;
}

static int start(lua_State *L)
{
	struct door_actor *d = door_check(L);
	char err[512];

	if (vdoor_start(d->v, err, sizeof(err)))
		return luaL_error(L, "%s", err);

	return 0;
}

/** door:_emulated(): an emulator may stand still between an edge and its stamp */
static int is_emulated(lua_State *L)
{
	const struct door_actor *d = door_check(L);

	lua_pushboolean(L, d->rig && rig_emulated(d->rig));

	return 1;
}

/** door:_on_board() */
static int is_on_board(lua_State *L)
{
	lua_pushboolean(L, door_check(L)->rig != NULL);

	return 1;
}

/** door:_settled(): every command answered, outputs as they were told, each edge told also seen */
static int settled(lua_State *L)
{
	const struct door_actor *d = door_check(L);

	lua_pushboolean(L, !d->rig || (hil_port_settled(rig_port(d->rig)) && rig_witnessed(d->rig)));

	return 1;
}

/** door:_told(t): has every edge up to that time been told? */
static int told(lua_State *L)
{
	const struct door_actor *d = door_check(L);
	const double t = luaL_checknumber(L, 2);

	lua_pushboolean(L, !d->rig || board_upto_host_us(rig_board(d->rig)) >= d->w->t0_us + (uint64_t)(t > 0 ? t * 1e6 : 0));

	return 1;
}

/** door:_stall(board_us) -> how late the stamp of an edge may be [s]; nil = not known yet */
static int stall(lua_State *L)
{
	const struct door_actor *d = on_board(L);
	uint32_t us = 0;
	const int e = board_stall_us(rig_board(d->rig), &us, (uint64_t)luaL_checkinteger(L, 2));

	if (e == EAGAIN)
		return 0;
	lua_pushnumber(L, e ? 1 : us / 1e6);

	return 1;
}

/** door:_level("button"): a line of the panel as it is known */
static int level(lua_State *L)
{
	static const char *const name[] = {"button", "contact", "mains", "poe", "link", NULL};
	const struct door_actor *d = door_check(L);

	lua_pushboolean(L, panel_level(vdoor_panel(d->v), (enum gap_input)luaL_checkoption(L, 2, NULL, name)));

	return 1;
}

/* --- what a test does to it --- */

static int cable(lua_State *L)
{
	struct door_actor *d = on_board(L);

	luaL_checktype(L, 2, LUA_TBOOLEAN);
	board_cable(rig_board(d->rig), lua_toboolean(L, 2));

	return 0;
}

static int answer(lua_State *L, int e)
{
	return e ? luaL_error(L, "%s", e == ENOTSUP ? "only an emulated board can do that" : strerror(e)) : 0;
}

static int reset(lua_State *L)
{
	return answer(L, rig_reset(on_board(L)->rig));
}

static int stand_still(lua_State *L)
{
	struct door_actor *d = on_board(L);

	luaL_checktype(L, 2, LUA_TBOOLEAN);

	return answer(L, rig_pause(d->rig, lua_toboolean(L, 2)));
}

/** door:noise(n): random bytes of the seed on the line to the board */
static int noise(lua_State *L)
{
	struct door_actor *d = on_board(L);
	const lua_Integer n = luaL_checkinteger(L, 2);
	uint8_t bytes[NOISE_MOST];
	lua_Integer i;

	luaL_argcheck(L, n >= 1 && n <= NOISE_MOST, 2, "1 to 4096 bytes");
	for (i = 0; i < n; i++)
		bytes[i] = (uint8_t)(vnet_random() >> 32);

	return answer(L, board_noise(rig_board(d->rig), bytes, (size_t)n));
}

/** door:deaf(true): nothing the board says arrives */
static int deaf(lua_State *L)
{
	struct door_actor *d = on_board(L);

	luaL_checktype(L, 2, LUA_TBOOLEAN);
	board_deaf(rig_board(d->rig), lua_toboolean(L, 2));

	return 0;
}

/** door:pulse(relay, s): drive a relay without the door, for a time that the board measures */
static int pulse(lua_State *L)
{
	struct door_actor *d = on_board(L);
	const lua_Integer n = luaL_checkinteger(L, 2);
	const double s = luaL_checknumber(L, 3);

	luaL_argcheck(L, n >= 1 && n <= GAP_RELAYS, 2, "relays are 1 and 2");
	luaL_argcheck(L, s > 0 && s <= 60, 3, "0 to 60 s");

	return answer(L, board_pulse(rig_board(d->rig), LINK_PIN_RELAY1 + (unsigned)n - 1, true, (uint64_t)(s * 1e6)));
}

const luaL_Reg door_board_methods[] = {
	{"_ready", ready}, {"_start", start}, {"_on_board", is_on_board}, {"_emulated", is_emulated}, {"_settled", settled}, {"_told", told},
	{"_stall", stall}, {"_level", level}, {"cable", cable}, {"reset_board", reset}, {"pause_board", stand_still},
	{"noise", noise}, {"deaf", deaf}, {"pulse", pulse}, {NULL, NULL},
};
