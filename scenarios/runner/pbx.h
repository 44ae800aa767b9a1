/**
 * @file pbx.h  A PBX for scenarios: registrar with digest, proxy, presence; faults on demand (SCN-01)
 *
 * One UDP socket, in virtual or real time.  It proxies statelessly (RFC 3261 §16.11), so that what
 * crosses on the network crosses here too.  Requirements it serves: SIP-03, SIP-10, CON-01, SUP-03.
 */
#ifndef RUNNER_PBX_H
#define RUNNER_PBX_H

#include <re.h>
#include <stdbool.h>
#include <stdint.h>

struct pbx;

/** How calls to a user go */
enum pbx_way {
	PBX_NORMAL,
	PBX_BUSY,                       /**< 486 */
	PBX_UNREACHABLE,                /**< 100, and nothing more */
	PBX_SLOW                        /**< 100, and the INVITE goes on after delay_ms */
};

/** What is wrong with the PBX; zero = nothing */
struct pbx_faults {
	bool silent;                    /**< hears everything, answers nothing */
	uint16_t reg;                   /**< REGISTER is refused with this code */
	uint16_t publish;               /**< PUBLISH is refused with this code */
	bool unknown_etag;              /**< the next PUBLISH that refers to one gets 412 */
	unsigned stale;                 /**< so many good answers to a challenge come too late */
	bool realm;                     /**< challenges with a realm its passwords are not of */
	uint32_t retry_after_s;         /**< in refusals of REGISTER */
};

struct pbx_config {
	struct sa laddr;
	const char *realm;
	bool challenge;                 /**< requests of users but REGISTER, too */
	uint32_t min_expires_s, max_expires_s;
};

/** What happened: "registered" user expires, "unregistered" user, "refused" user method code,
 *  "challenged" user method, "relayed" user method (to whom), "presence" user text */
struct pbx_event {
	const char *name;
	const char *user, *text;
	uint32_t number;
};
typedef void (pbx_event_h)(const struct pbx_event *ev, void *arg);

int  pbx_alloc(struct pbx **pp, const struct pbx_config *cfg, pbx_event_h *h, void *arg);
int  pbx_start(struct pbx *p);
void pbx_kill(struct pbx *p);
int  pbx_user(struct pbx *p, const char *name, const char *password);
int  pbx_way(struct pbx *p, const char *name, enum pbx_way way, uint32_t delay_ms);
const char *pbx_password(const struct pbx *p, const char *name);
uint32_t pbx_registered_s(const struct pbx *p, const char *name);
void pbx_expire(struct pbx *p);
struct pbx_faults *pbx_faults(struct pbx *p);

#endif
