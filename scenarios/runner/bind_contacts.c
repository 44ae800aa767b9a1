/**
 * @file bind_contacts.c  Contacts and commands of a scenario's door: what pages, API and command line ask for
 * (CON-01, CON-02, SIP-11, API-20)
 */
#include <errno.h>
#include <string.h>
#include "../../core/gap.h"
#include "door_actor.h"

static const char *errno_name(int e)
{
	static const struct { int e; const char *name; } names[] = {
		{EINVAL, "EINVAL"}, {ENOENT, "ENOENT"}, {EBUSY, "EBUSY"}, {ENOTSUP, "ENOTSUP"}, {EAGAIN, "EAGAIN"},
		{ESTALE, "ESTALE"}, {ENOSPC, "ENOSPC"}, {EFBIG, "EFBIG"}, {ENOTCONN, "ENOTCONN"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].e == e)
			return names[i].name;

	return strerror(e);
}

/* true, or nil, the message where there is one, and the error's name */
static int result(lua_State *L, int e, const char *message)
{
	if (!e) {
		lua_pushboolean(L, 1);
		return 1;
	}
	lua_pushnil(L);
	if (message)
		lua_pushstring(L, message);
	lua_pushstring(L, errno_name(e));

	return message ? 3 : 2;
}

/* --- the book --- */

static void push_contact(lua_State *L, const struct book_contact *c)
{
	char text[SETTINGS_URI];
	unsigned i;

	lua_createtable(L, 0, BOOK_COLUMNS);
	for (i = 0; i < BOOK_COLUMNS; i++) {
		book_column_get(text, c, i);
		lua_pushstring(L, text);
		lua_setfield(L, -2, book_column(i));
	}
}

/** door:contacts() -> list of {number=, account=, ...}, version */
static int contacts(lua_State *L)
{
	const struct book *b = vdoor_book(door_check(L)->v);
	unsigned i;

	lua_createtable(L, (int)book_count(b), 0);
	for (i = 1; i <= book_count(b); i++) {
		push_contact(L, book_get(b, i));
		lua_rawseti(L, -2, (lua_Integer)i);
	}
	lua_pushinteger(L, (lua_Integer)book_version(b));

	return 2;
}

static int edit(lua_State *L, const struct book_edit *e)
{
	char err[BOOK_ERR] = "";

	return result(L, vdoor_book_edit(door_check(L)->v, e, err, sizeof(err)), err);
}

/* Number of a field, or 0 */
static lua_Integer field(lua_State *L, int index, const char *key)
{
	return (lua_Integer)bind_opt_num(L, index, key, 0);
}

static bool is_place(const char *key)
{
	return !strcmp(key, "at") || !strcmp(key, "version");
}

/* One field of a contact's table, at the top of the stack; a name that is none raises */
static int take_column(lua_State *L, struct book_contact *c, char *err, size_t errsize)
{
	const char *key = luaL_checkstring(L, -2), *text, *why;
	const int column = book_column_find(key, strlen(key));
	int e;

	if (is_place(key))
		return 0;
	if (column < 0)
		return luaL_error(L, "a contact has no \"%s\"", key);
	if (lua_isboolean(L, -1))
		lua_pushstring(L, lua_toboolean(L, -1) ? "yes" : "no");
	else
		lua_pushvalue(L, -1);
	text = luaL_checkstring(L, -1);
	e = book_column_set(c, (unsigned)column, text, strlen(text), &why);
	if (e)
		(void)re_snprintf(err, errsize, "%s \"%s\": %s", key, text, why);
	lua_pop(L, 1);

	return e;
}

/* Edit with the contact of the table at `index` */
static int edit_with(lua_State *L, int index, struct book_edit *e, struct book_contact *c)
{
	char err[BOOK_ERR];

	luaL_checktype(L, index, LUA_TTABLE);
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
		if (take_column(L, c, err, sizeof(err)))
			return result(L, EINVAL, err);
	e->version = (uint64_t)field(L, index, "version");
	e->contact = c;

	return edit(L, e);
}

static int add_contact(lua_State *L)
{
	struct book_edit e = {.op = BOOK_ADD};
	struct book_contact c;

	(void)door_check(L);
	book_contact_init(&c);
	e.at = (unsigned)field(L, 2, "at");

	return edit_with(L, 2, &e, &c);
}

/** door:edit_contact(i, {surname = "..."}): the columns that are not given stay */
static int edit_contact(lua_State *L)
{
	struct book_edit e = {.op = BOOK_EDIT, .at = (unsigned)luaL_checkinteger(L, 2)};
	const struct book_contact *old = book_get(vdoor_book(door_check(L)->v), e.at);
	struct book_contact c;

	book_contact_init(&c);
	if (old)
		c = *old;

	return edit_with(L, 3, &e, &c);
}

static int move_contact(lua_State *L)
{
	const struct book_edit e = {.op = BOOK_MOVE, .at = (unsigned)luaL_checkinteger(L, 2),
				    .to = (unsigned)luaL_checkinteger(L, 3),
				    .version = (uint64_t)luaL_optinteger(L, 4, 0)};

	return edit(L, &e);
}

static int remove_contact(lua_State *L)
{
	const struct book_edit e = {.op = BOOK_REMOVE, .at = (unsigned)luaL_checkinteger(L, 2),
				    .version = (uint64_t)luaL_optinteger(L, 3, 0)};

	return edit(L, &e);
}

static int import_contacts(lua_State *L)
{
	struct book_edit e = {.op = BOOK_IMPORT, .version = (uint64_t)luaL_optinteger(L, 3, 0)};

	e.csv = luaL_checklstring(L, 2, &e.csv_n);

	return edit(L, &e);
}

static int export_contacts(lua_State *L)
{
	const struct door_actor *d = door_check(L);
	const struct book_style style = {
		.separator = bind_opt_str(L, 2, "separator", ",")[0], .bom = bind_opt_bool(L, 2, "bom", false),
	};
	struct mbuf *mb = mbuf_alloc(4096);
	const int e = mb ? book_export(mb, vdoor_book(d->v), &style) : ENOMEM;

	if (!e)
		lua_pushlstring(L, (const char *)mb->buf, mb->end);
	mem_deref(mb);

	return e ? bind_error(L, "export", e) : 1;
}

/* --- commands --- */

static struct gap *alive(lua_State *L)
{
	struct gap *g = vdoor_gap(door_check(L)->v);

	if (!g)
		luaL_error(L, "the door has no supply");

	return g;
}

/** door:call(id [, table]): table is "liste" unless said */
static int call(lua_State *L)
{
	struct gap *g = alive(L);

	return result(L, gap_voip_call(g, luaL_optstring(L, 3, "liste"), luaL_checkstring(L, 2)), NULL);
}

static int answer(lua_State *L)
{
	return result(L, gap_voip_answer(alive(L)), NULL);
}

static int hangup(lua_State *L)
{
	return result(L, gap_voip_end_all(alive(L)), NULL);
}

const luaL_Reg door_contact_methods[] = {
	{"contacts", contacts}, {"add_contact", add_contact}, {"edit_contact", edit_contact},
	{"move_contact", move_contact}, {"remove_contact", remove_contact}, {"import_contacts", import_contacts},
	{"export_contacts", export_contacts}, {"call", call}, {"answer", answer}, {"hangup", hangup}, {NULL, NULL},
};
