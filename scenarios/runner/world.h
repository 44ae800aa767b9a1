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
#include "../../core/door/frame.h"
#include "../../core/media/media.h"
#include "lateness.h"
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
#define WORLD_META_CALLER "ipgap.caller"
#define WORLD_META_NAT   "ipgap.nat"
#define WORLD_META_STUN  "ipgap.stun"
#define WORLD_META_NTP   "ipgap.ntp"
#define WORLD_META_DNS   "ipgap.dns"

struct world {
	lua_State *L;
	bool virtual_time;
	const struct rig_spec *rig;     /**< where the doors' panels are; borrowed */
	bool dry;                       /**< a trial that tells how long it takes and what it needs */
	uint64_t seed;
	const char *receiver;           /**< URI of the receiver under test, NULL = our own */
	const struct frame_preset *crc; /**< checksum of its frames, NULL = the default */
	const char *plant;              /**< faults of our own receiver under test, NULL = none */
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
	struct mbuf *timings;           /**< text: a line for each time that was measured */
	struct mbuf *edges;             /**< text: "SIGNAL LEVEL SECONDS UNCERTAINTY", a line an edge */
	struct lateness late;
	unsigned doors;                 /**< made so far */
	char needs[64];                 /**< what it did that a board's real time cannot do, "" = nothing */
	bool failed, skipped, doubted, ended;
	char message[4096];             /**< why it failed, was skipped or proves nothing */
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
int  world_address6(struct world *w, struct sa *sa, const char *name);

/* one entry of the log: begin (now, or at a clock time that may be past), fields, end */
void world_log_begin(struct world *w, const char *who, const char *event);
void world_log_begin_at(struct world *w, const char *who, const char *event, uint64_t t_us);
void world_log_str(struct world *w, const char *key, const char *val);
void world_log_num(struct world *w, const char *key, double val);
void world_log_bool(struct world *w, const char *key, bool val);
void world_log_ref(struct world *w, const char *key, int ref);          /**< Lua object; not in the JSON */
void world_log_end(struct world *w);

int  world_open_lib(lua_State *L);                                      /**< primitives and lib/ */

/* bindings, one file an actor */
void bind_door(lua_State *L);
void bind_voice(lua_State *L);
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
void bind_caller(lua_State *L);
void bind_receiver(lua_State *L);
void bind_nat(lua_State *L);
void bind_stun(lua_State *L);
void bind_dns(lua_State *L);
void bind_ntp(lua_State *L);

#endif
