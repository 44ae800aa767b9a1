/**
 * @file phone.h  Phones of a scenario and their calls (private to the bindings)
 */
#ifndef RUNNER_PHONE_H
#define RUNNER_PHONE_H

#include "../../core/door/frame.h"
#include "../../core/sip/account.h"
#include "../../core/sip/call.h"
#include "bind.h"
#include "tone.h"

/** A phone or receiver that the script drives by hand */
struct phone_actor {
	struct actor a;
	struct world *w;
	struct ua *ua;
	struct settings settings;
	struct account *account;        /**< at a PBX, NULL = none */
	uint32_t calls;
};

/** One call of a phone; its userdata is kept alive by the registry until the call is over */
struct call_actor {
	struct actor a;
	struct phone_actor *phone;
	struct world *w;
	struct call *call;
	struct frame_reader reader;
	struct tone mic;
	uint32_t number;
	int ref;                        /**< Lua registry: this call's userdata */
};

struct phone_actor *phone_check(lua_State *L, int index);
int  call_new(struct call_actor **cp, struct phone_actor *ph);
void call_handle(struct call *call, const struct call_event *ev, void *arg);
int  call_dial_out(lua_State *L);

#endif
