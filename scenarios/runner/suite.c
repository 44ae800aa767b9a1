/**
 * @file suite.c  Finding scripts and the scenarios they declare
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include "suite.h"
#include "world.h"

#define PATH 4096

const char *verdict_name(enum verdict v)
{
	static const char *const name[] = {"pass", "fail", "skip", "inconclusive"};

	return name[v];
}

bool verdict_bad(enum verdict v)
{
	return v == VERDICT_FAIL || v == VERDICT_INCONCLUSIVE;
}

/**
 * Load a script: its scenarios are then in the global __scenarios.
 *
 * @param file Path of a .lua file
 *
 * @return State, NULL where the script is wrong: what and where was printed on standard error
 */
lua_State *suite_open(const char *file)
{
	lua_State *L = luaL_newstate();

	if (!L) {
		fprintf(stderr, "ipgap test: out of memory\n");
		return NULL;
	}
	if (world_open_lib(L) || luaL_dofile(L, file)) {
		fprintf(stderr, "ipgap test: %s\n", lua_tostring(L, -1));
		lua_close(L);
		return NULL;
	}

	return L;
}

static char *field(lua_State *L, const char *key)
{
	char *s;

	lua_getfield(L, -1, key);
	s = strdup(luaL_tolstring(L, -1, NULL));
	lua_pop(L, 2);

	return s;
}

static double number(lua_State *L, const char *key)
{
	double d;

	lua_getfield(L, -1, key);
	d = lua_tonumber(L, -1);
	lua_pop(L, 1);

	return d;
}

static int add(struct suite *s, const char *file, lua_State *L, unsigned index)
{
	struct item *item = realloc(s->item, (s->n + 1) * sizeof(*item));
	char *clock, *rig;

	if (!item)
		return ENOMEM;
	s->item = item;
	item = &s->item[s->n++];
	memset(item, 0, sizeof(*item));
	item->file = strdup(file);
	item->name = field(L, "name");
	item->req = field(L, "req");
	item->fault = field(L, "fault");
	item->should = field(L, "should");
	item->group = field(L, "group");
	item->line = (int)number(L, "line");
	item->timeout_s = number(L, "timeout");
	item->index = index;
	clock = field(L, "clock");
	rig = field(L, "rig");
	snprintf(item->clock, sizeof(item->clock), "%s", clock ? clock : "any");
	snprintf(item->rig, sizeof(item->rig), "%s", rig ? rig : "any");
	free(clock);
	free(rig);

	return item->file && item->name && item->req && item->fault && item->should && item->group ? 0 : ENOMEM;
}

static int load_file(struct suite *s, const char *file)
{
	lua_State *L = suite_open(file);
	lua_Integer i, n;
	int err = 0;

	if (!L)
		return EINVAL;
	lua_getglobal(L, "__scenarios");
	n = luaL_len(L, -1);
	for (i = 1; i <= n && !err; i++) {
		lua_rawgeti(L, -1, i);
		err = add(s, file, L, (unsigned)i - 1);
		lua_pop(L, 1);
	}
	lua_close(L);

	return err;
}

static int is_script(const struct dirent *e)
{
	const size_t n = strlen(e->d_name);

	return e->d_name[0] != '.' && (n < 5 || !strcmp(e->d_name + n - 4, ".lua") || !strchr(e->d_name, '.'));
}

static int load_dir(struct suite *s, const char *dir, unsigned depth)
{
	struct dirent **list;
	int i, err = 0, n = scandir(dir, &list, is_script, alphasort);

	if (n < 0)
		return errno;
	for (i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		const size_t len = strlen(name);
		char path[PATH];
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (err || stat(path, &st)) {
			/* the first error is told; a name that vanished is none */
		}
		else if (S_ISDIR(st.st_mode)) {
			/* the runner's own sources are no suites */
			if (depth < 4 && strcmp(name, "runner"))
				err = load_dir(s, path, depth + 1);
		}
		else if (len > 4 && !strcmp(name + len - 4, ".lua") && strcmp(name, "ipgap.lua"))
			err = load_file(s, path);
		free(list[i]);
	}
	free(list);

	return err;
}

/**
 * Add the scenarios of a script, or of all scripts below a folder.
 *
 * @param path File or folder; an annotation file ipgap.lua is passed over
 *
 * @return 0, errno of the path, EINVAL where a script is wrong (printed)
 */
int suite_load(struct suite *s, const char *path)
{
	char clean[PATH];
	struct stat st;
	size_t n;

	if (stat(path, &st)) {
		const int err = errno;

		fprintf(stderr, "ipgap test: %s: %s\n", path, strerror(err));
		return err;
	}
	if (!S_ISDIR(st.st_mode))
		return load_file(s, path);
	snprintf(clean, sizeof(clean), "%s", path);
	for (n = strlen(clean); n > 1 && clean[n - 1] == '/'; n--)
		clean[n - 1] = '\0';

	return load_dir(s, clean, 0);
}

static void item_free(struct item *item)
{
	free(item->file);
	free(item->name);
	free(item->req);
	free(item->fault);
	free(item->should);
	free(item->group);
}

/** Keep what contains the text in name, file or ids; "=text" is the whole name */
void suite_filter(struct suite *s, const char *filter)
{
	size_t i, n = 0;

	for (i = 0; i < s->n; i++) {
		struct item *it = &s->item[i];
		const bool keep = filter[0] == '=' ? !strcmp(it->name, filter + 1) :
			strcasestr(it->name, filter) || strcasestr(it->file, filter) || strcasestr(it->req, filter);

		if (keep)
			s->item[n++] = *it;
		else
			item_free(it);
	}
	s->n = n;
}

void suite_free(struct suite *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		item_free(&s->item[i]);
	free(s->item);
	s->item = NULL;
	s->n = 0;
}
