/**
 * @file bind_directory.c  The directory of a scenario's door (SRV-01): a table, where `ipgap run` has an LDAP server
 *
 * What it holds goes through directory_add(), as a server's entries do; it answers after delay_ms, or says why not.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../../core/gap.h"
#include "door_actor.h"

#define DELAY_MS 20

struct job {
	struct tmr tmr;
	struct door_directory *from;
	directory_h *done;
	void *arg;
};

static void job_destructor(void *arg)
{
	struct job *job = arg;

	tmr_cancel(&job->tmr);
}

static int copy(struct directory_list *to, const struct directory_list *from)
{
	*to = *from;
	to->contact = malloc((from->n + 1) * sizeof(*to->contact));
	if (!to->contact)
		return ENOMEM;
	if (from->n)
		memcpy(to->contact, from->contact, from->n * sizeof(*to->contact));
	to->room = from->n + 1;

	return 0;
}

static void answer(void *arg)
{
	struct job *job = arg;
	struct directory_result r = {.err = job->from->cause[0] ? EPROTO : 0};

	str_ncpy(r.cause, job->from->cause, sizeof(r.cause));
	if (!r.err)
		r.err = copy(&r.list, &job->from->list);
	job->done(&r, job->arg);
	directory_end(&r.list);
}

static int read_table(void **jobp, void *ctx, const struct ldap_settings *how, directory_h *done, void *arg)
{
	struct door_directory *from = ctx;
	struct job *job = mem_zalloc(sizeof(*job), job_destructor);

	(void)how;
	if (!job)
		return ENOMEM;
	from->asked++;
	job->from = from;
	job->done = done;
	job->arg = arg;
	tmr_start(&job->tmr, from->delay_ms, answer, job);
	*jobp = job;

	return 0;
}

const struct directory_ops door_directory_ops = {.read = read_table};

/* --- what it holds --- */

static int entry(struct directory_list *l, lua_State *L, int i)
{
	size_t name_n = 0, number_n = 0;
	const char *name, *number;
	int e;

	(void)lua_getfield(L, i, "name");
	(void)lua_getfield(L, i, "number");
	name = lua_tolstring(L, -2, &name_n);
	number = lua_tolstring(L, -1, &number_n);
	e = name && number ? directory_add(l, name, name_n, number, number_n) : EINVAL;
	lua_pop(L, 2);

	return e == ENOSPC ? 0 : e;
}

static void fill(struct door_directory *d, lua_State *L, int index)
{
	lua_Integer i, n = luaL_len(L, index);

	(void)lua_getfield(L, index, "delay_ms");
	d->delay_ms = (uint32_t)luaL_optinteger(L, -1, DELAY_MS);
	lua_pop(L, 1);
	for (i = 1; i <= n; i++) {
		(void)lua_rawgeti(L, index, i);
		if (!lua_istable(L, -1) || entry(&d->list, L, lua_absindex(L, -1)))
			luaL_error(L, "directory: entry %d: expected {name = TEXT, number = TEXT}", (int)i);
		lua_pop(L, 1);
	}
	directory_sort(&d->list);
}

/**
 * From now on the directory holds, or fails with, what stands at an index.
 *
 * @param d     Directory
 * @param L     Lua
 * @param index Table: entries, delay_ms; text: why it cannot be read; nil: it is empty
 */
void door_directory_holds(struct door_directory *d, lua_State *L, int index)
{
	directory_end(&d->list);
	d->cause[0] = '\0';
	d->delay_ms = DELAY_MS;
	if (lua_type(L, index) == LUA_TSTRING)
		str_ncpy(d->cause, lua_tostring(L, index), sizeof(d->cause));
	else if (!lua_isnil(L, index))
		fill(d, L, lua_absindex(L, index));
}

/* --- methods --- */

static struct gap *alive(lua_State *L)
{
	struct gap *g = vdoor_gap(door_check(L)->v);

	if (!g)
		luaL_error(L, "the door has no supply");

	return g;
}

/** door:directory_holds(entries | cause) */
static int holds(lua_State *L)
{
	door_directory_holds(&door_check(L)->directory, L, 2);

	return 0;
}

/** door:directory_asked(): how often the server was asked */
static int asked(lua_State *L)
{
	lua_pushinteger(L, door_check(L)->directory.asked);

	return 1;
}

/** door:directory_read() -> true, or nil, message */
static int read_now(lua_State *L)
{
	char err[256] = "";

	if (!gap_directory_read(alive(L), err, sizeof(err))) {
		lua_pushboolean(L, 1);
		return 1;
	}
	lua_pushnil(L);
	lua_pushstring(L, err);

	return 2;
}

static void set_flag(lua_State *L, const char *name, bool on)
{
	lua_pushboolean(L, on);
	lua_setfield(L, -2, name);
}

/** door:directory() -> list of {name=, number=}, {enabled=, reading=, read=, failed=, cause=, left_out=} */
static int directory(lua_State *L)
{
	const struct gap *g = alive(L);
	const struct book *b = gap_directory(g);
	struct gap_directory_state st;
	unsigned i;

	lua_newtable(L);
	for (i = 1; i <= book_count(b); i++) {
		lua_createtable(L, 0, 2);
		lua_pushstring(L, book_get(b, i)->surname);
		lua_setfield(L, -2, "name");
		lua_pushstring(L, book_get(b, i)->number);
		lua_setfield(L, -2, "number");
		lua_rawseti(L, -2, (lua_Integer)i);
	}
	gap_directory_look(g, &st);
	lua_createtable(L, 0, 6);
	set_flag(L, "enabled", st.enabled);
	set_flag(L, "reading", st.reading);
	set_flag(L, "read", st.read);
	set_flag(L, "failed", st.failed);
	lua_pushstring(L, st.cause);
	lua_setfield(L, -2, "cause");
	lua_pushinteger(L, st.left_out);
	lua_setfield(L, -2, "left_out");

	return 2;
}

const luaL_Reg door_directory_methods[] = {
	{"directory", directory}, {"directory_holds", holds}, {"directory_read", read_now}, {"directory_asked", asked},
	{NULL, NULL},
};
