/**
 * @file door_actor.h  A door of a scenario: what its bindings share
 *
 *     bind_api.c   its HTTP API
 *     bind_door.c  the door, on any rig         bind_board.c  the board below it
 *     bind_contacts.c  its contacts, and commands
 *     bind_directory.c  its directory
 *     bind_scan.c  its scans of the network
 *     bind_voice.c what its loudspeaker plays
 */
#ifndef RUNNER_DOOR_ACTOR_H
#define RUNNER_DOOR_ACTOR_H

#include "../../sim/vdoor.h"
#include "bind.h"
#include "tone.h"

/** What the loudspeaker played since door:listen() */
struct heard {
	bool on;
	uint64_t energy;                /**< sum of squares */
	size_t n;                       /**< samples */
	uint32_t print;                 /**< the same for the same samples (FNV-1a) */
};

/** What stands in the place of an LDAP server */
struct door_directory {
	struct directory_list list;
	char cause[DIRECTORY_CAUSE];    /**< "" = it can be read */
	uint32_t delay_ms;              /**< until it answers */
	unsigned asked;
};

struct door_actor {
	struct actor a;
	struct world *w;
	struct vdoor *v;
	struct rig *rig;                /**< NULL = a simulated panel */
	char board[256];                /**< what was last said of the board */
	bool refused;                   /**< the board is no good for this program */
	struct tone mic, speaker;
	struct heard heard;
	struct door_directory directory;
	struct door_api *api;           /**< NULL = nobody has asked yet */
};

extern const luaL_Reg door_api_methods[];
struct door_actor *door_check(lua_State *L);
void door_board_news(enum board_state state, const char *trouble, const char *text, void *arg);
void door_outside(unsigned pin, bool level, uint64_t t_us, void *arg);
extern const luaL_Reg door_board_methods[];
extern const luaL_Reg door_contact_methods[];   /**< bind_contacts.c */
extern const luaL_Reg door_clock_methods[];     /**< bind_clock.c */
extern const luaL_Reg door_directory_methods[]; /**< bind_directory.c */
extern const struct directory_ops door_directory_ops;
void door_directory_holds(struct door_directory *d, lua_State *L, int index);
extern const luaL_Reg door_scan_methods[];      /**< bind_scan.c */
extern const luaL_Reg door_voice_methods[];
void heard_add(struct heard *h, const int16_t *pcm, size_t n);

#endif
