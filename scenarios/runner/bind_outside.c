/**
 * @file bind_outside.c  What a program of the outside world needs: an address, a folder, a WAV's level
 */
#define _GNU_SOURCE
#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <re.h>
#include <rem_au.h>
#include <rem_aufile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bind.h"
#include "tone.h"

/** A temporary folder; gone at the scenario's end */
struct folder {
	struct actor a;
	char path[256];
};

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;

	return remove(path);
}

static void folder_end(struct actor *a)
{
	struct folder *f = (struct folder *)(void *)a;

	(void)nftw(f->path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	mem_deref(f);
}

/** rt.folder() -> path of a new empty folder */
static int new_folder(lua_State *L)
{
	const char *tmp = getenv("TMPDIR");
	struct folder *f = mem_zalloc(sizeof(*f), NULL);
	int err;

	if (!f)
		return bind_error(L, "folder", ENOMEM);
	(void)snprintf(f->path, sizeof(f->path), "%s/ipgap-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(f->path)) {
		err = errno;
		mem_deref(f);
		return bind_error(L, "folder", err);
	}
	world_actor_add(world_get(L), &f->a, "folder", folder_end);
	lua_pushstring(L, f->path);

	return 1;
}

/** rt.host(name, ipv6) -> "127.77.0.3:5060" or "[::1]:PORT", an address of its own with that name on the ladder */
static int new_host(lua_State *L)
{
	struct sa sa;
	char text[64];
	struct world *w = world_get(L);
	const char *name = luaL_checkstring(L, 1);
	const int err = lua_toboolean(L, 2) ? world_address6(w, &sa, name) : world_address(w, &sa, name);

	if (err)
		return bind_error(L, lua_tostring(L, 1), err);
	(void)re_snprintf(text, sizeof(text), "%J", &sa);
	lua_pushstring(L, text);

	return 1;
}

/** What one hears of a recording */
struct heard {
	double dbm0;            /* loudest second, as the doors' ears hear it */
	size_t samples;
};

/** Of more channels than one only the first */
static int listen_to(struct heard *h, struct aufile *af, unsigned channels)
{
	struct tone ear = {.energy = 0};
	int16_t raw[160 * 2], pcm[160];
	const size_t want = 160 * channels * sizeof(*raw);
	size_t i;
	int err = 0;

	*h = (struct heard) {.dbm0 = -96};
	for (;;) {
		size_t n = want;

		err = aufile_read(af, (uint8_t *)raw, &n);
		if (err || n < want)
			break;
		for (i = 0; i < 160; i++)
			pcm[i] = raw[i * channels];
		tone_hear(&ear, pcm, 160);
		h->dbm0 = fmax(h->dbm0, tone_level(&ear));
		h->samples += 160;
	}

	return err;
}

/** rt.wav_level(file) -> loudest level [dBm0], length [s] */
static int wav_level(lua_State *L)
{
	const char *file = luaL_checkstring(L, 1);
	struct aufile_prm prm;
	struct aufile *af;
	struct heard h;
	int err = aufile_open(&af, &prm, file, AUFILE_READ);

	if (err)
		return bind_error(L, file, err);
	if (!prm.channels || prm.channels > 2 || prm.fmt != AUFMT_S16LE)
		err = EINVAL;
	else
		err = listen_to(&h, af, prm.channels);
	mem_deref(af);
	if (err)
		return bind_error(L, file, err);
	lua_pushnumber(L, h.dbm0);
	lua_pushnumber(L, (double)h.samples / prm.srate);

	return 2;
}

void bind_outside(lua_State *L)
{
	static const luaL_Reg f[] = {
		{"folder", new_folder}, {"host", new_host}, {"wav_level", wav_level}, {NULL, NULL},
	};

	luaL_setfuncs(L, f, 0);
}
