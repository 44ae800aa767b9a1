/**
 * @file world.h  One running scenario: its clock, network, actors, log and coroutines
 *
 * The world lives from the scenario's first line to its verdict.  Everything that happens is one entry
 * of one numbered log: a Lua table for the script's expectations, and a line of JSON for people.
 * Coroutines wait for "something was logged" or for a time.
 */
#ifndef RUNNER_WORLD_H
#define RUNNER_WORLD_H

#include <lua.h>
#include <re.h>
#include <stdbool.h>
#include <stdint.h>
#include "../../core/media/media.h"
#include "live.h"
#include "record.h"

#define WORLD_META_DOOR  "ipgap.door"
#define WORLD_META_PHONE "ipgap.phone"
#define WORLD_META_CALL  "ipgap.call"
#define WORLD_META_SOCK  "ipgap.socket"
#define WORLD_META_ALARM "ipgap.alarm_receiver"
#define WORLD_META_PBX   "ipgap.pbx"
#define WORLD_META_PROCESS "ipgap.process"
#define WORLD_META_TCP   "ipgap.tcp"

struct world {
	lua_State *L;
	bool virtual_time;
	uint64_t seed;
	uint64_t t0_us;                 /**< start on the clock */
	uint64_t seq;                   /**< entries so far */
	int log_ref;                    /**< Lua registry: array of entries */
	unsigned hosts;                 /**< addresses given */
	struct media *media;
	struct record *rec;
	struct live *live;              /**< NULL = the story is not told */
	struct list actors;             /**< struct actor, in order of creation */
	struct list tasks;              /**< struct task */
	struct tmr wake;                /**< something was logged: resume those that wait for it */
	struct mbuf *line;              /**< JSON of the entry being built */
	struct mbuf *log;               /**< all JSON lines */
	struct mbuf *text;              /**< entry as text */
	bool failed, skipped, ended;
	char message[4096];             /**< why it failed or was skipped */
};

/** Something of the world with an end: released when the scenario is over, newest first */
struct actor {
	struct le le;
	void (*end)(struct actor *a);   /**< stop at once, without farewell; may come twice */
	char name[32];
	struct sa addr;                 /**< its own address, where it has one */
};

int  world_run(struct world *w, lua_State *L, int fn_index);
struct world *world_get(lua_State *L);
double world_now(const struct world *w);
void world_actor_add(struct world *w, struct actor *a, const char *name, void (*end)(struct actor *a));
int  world_address(struct world *w, struct sa *sa, const char *name);

/* one entry of the log: begin, fields, end */
void world_log_begin(struct world *w, const char *who, const char *event);
void world_log_str(struct world *w, const char *key, const char *val);
void world_log_num(struct world *w, const char *key, double val);
void world_log_bool(struct world *w, const char *key, bool val);
void world_log_ref(struct world *w, const char *key, int ref);          /**< Lua object; not in the JSON */
void world_log_end(struct world *w);

int  world_open_lib(lua_State *L);                                      /**< primitives and lib.lua */

/* bindings, one file an actor */
void bind_door(lua_State *L);
void bind_phone(lua_State *L);
void bind_call(lua_State *L);
void bind_socket(lua_State *L);
void bind_alarm(lua_State *L);
void bind_pbx(lua_State *L);
void bind_process(lua_State *L);
void bind_tcp(lua_State *L);
void bind_outside(lua_State *L);
void bind_net(lua_State *L);
void bind_frame(lua_State *L);

#endif
