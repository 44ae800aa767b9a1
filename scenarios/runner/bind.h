/**
 * @file bind.h  Helpers that every binding needs
 */
#ifndef RUNNER_BIND_H
#define RUNNER_BIND_H

#include <lauxlib.h>
#include <lua.h>
#include "world.h"

struct settings;

/** Make a class: metatable `meta` with `methods`, name, URI and address as its __index (lib/ adds more),
 *  and an end; its userdata are pointers to structs that begin with struct actor */
void bind_class(lua_State *L, const char *meta, const luaL_Reg *methods);

/** Apply the string-keyed settings of the table at `index` (nil = none); raises with the row's error */
typedef int (bind_set_h)(void *arg, const char *key, const char *value, char *err, size_t errsize);
void bind_settings(lua_State *L, int index, const char *const *skip, bind_set_h *set, void *arg);

/** A bind_set_h whose argument is a struct settings */
int bind_preset(void *arg, const char *key, const char *value, char *err, size_t errsize);

/** Field of the options table at `index`, or a default; raises on a wrong type */
const char *bind_opt_str(lua_State *L, int index, const char *key, const char *def);
double bind_opt_num(lua_State *L, int index, const char *key, double def);
int bind_opt_bool(lua_State *L, int index, const char *key, int def);

/** Give an actor its address, as its options at `index` say: ipv6 = true, and nat = address of the box it is behind;
 *  0 or errno */
int bind_address(lua_State *L, int index, struct world *w, struct sa *sa, const char *name);

struct dnsc;
int bind_dnsc(struct dnsc **dp, lua_State *L, int index, const struct sa *self);

/** Raise with the text of an errno */
int bind_error(lua_State *L, const char *what, int err);

#endif
