/**
 * @file live.h  A scenario told while it happens (`ipgap test --live`)
 *
 * One column a host; SIP messages are arrows, events stand in their host's column, digits follow each
 * other on one line, a relay's release says how long it was held.  100 characters a line.
 */
#ifndef RUNNER_LIVE_H
#define RUNNER_LIVE_H

#include <lua.h>
#include <stddef.h>
#include <stdint.h>

struct live;
struct sa;

int  live_alloc(struct live **lp);                      /**< to standard output; mem_deref ends it */
void live_host(struct live *l, const struct sa *addr, const char *name);
void live_sip(struct live *l, uint64_t t_us, const struct sa *src, const struct sa *dst,
	      const uint8_t *data, size_t len);
void live_entry(struct live *l, lua_State *L, uint64_t t_us, const char *who, const char *event);

#endif
