/**
 * @file bind_voice.c  What a scenario hears at a door's loudspeaker, and its voice messages (DOOR-09)
 */
#include <math.h>
#include "../../core/gap.h"
#include "door_actor.h"

#define PEAK_0DBM0 22826.0              /* as in tone.c */
#define SILENCE_DBM0 (-96.0)
#define FNV_START 2166136261u
#define FNV_PRIME 16777619u

/** A frame at the loudspeaker; nothing happens before door:listen() */
void heard_add(struct heard *h, const int16_t *pcm, size_t n)
{
	size_t i;

	if (!h->on)
		return;
	for (i = 0; i < n; i++) {
		h->energy += (uint64_t)(pcm[i] * pcm[i]);
		h->print = (h->print ^ (uint16_t)pcm[i]) * FNV_PRIME;
	}
	h->n += n;
}

/** door:listen() */
static int listen_from_now(lua_State *L)
{
	struct door_actor *d = door_check(L);

	d->heard = (struct heard){.on = true, .print = FNV_START};

	return 0;
}

/** door:heard() -> {s, dbm0, print} */
static int heard(lua_State *L)
{
	const struct heard *h = &door_check(L)->heard;
	const double ref = PEAK_0DBM0 * PEAK_0DBM0 / 2.0;

	if (!h->on)
		return luaL_error(L, "heard: nothing listens; call door:listen() before");
	lua_newtable(L);
	lua_pushnumber(L, (double)h->n / GAP_AUDIO_RATE);
	lua_setfield(L, -2, "s");
	lua_pushnumber(L, h->energy ? 10.0 * log10((double)h->energy / (double)h->n / ref) : SILENCE_DBM0);
	lua_setfield(L, -2, "dbm0");
	lua_pushinteger(L, h->print);
	lua_setfield(L, -2, "print");

	return 1;
}

/** door:say(message) */
static int say(lua_State *L)
{
	const struct door_actor *d = door_check(L);
	struct door_in in = {.type = DOOR_IN_SAY};
	enum announce a;

	if (announce_find(&a, luaL_checkstring(L, 2)))
		return luaL_error(L, "say: no voice message is called %s", lua_tostring(L, 2));
	if (!vdoor_gap(d->v))
		return luaL_error(L, "the door has no supply");
	in.code = (uint16_t)a;
	(void)gap_tell(vdoor_gap(d->v), &in);

	return 0;
}

/** rt.voices(dir): how many files, or nil and what a person would read */
static int voices(lua_State *L)
{
	const struct world *w = world_get(L);
	char err[1600] = "";
	unsigned n = 0;

	if (media_voices_load(w->media, luaL_checkstring(L, 1), &n, err, sizeof(err))) {
		lua_pushnil(L);
		lua_pushstring(L, err);
		return 2;
	}
	lua_pushinteger(L, n);

	return 1;
}

const luaL_Reg door_voice_methods[] = {
	{"listen", listen_from_now}, {"heard", heard}, {"say", say}, {NULL, NULL},
};

void bind_voice(lua_State *L)
{
	lua_pushcfunction(L, voices);
	lua_setfield(L, -2, "voices");
}
