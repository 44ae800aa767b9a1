/**
 * @file gap_priv.h  A door phone from inside: what gap.c and gap_change.c share
 */
#ifndef GAP_GAP_PRIV_H
#define GAP_GAP_PRIV_H

#include "gap.h"
#include "media/clip.h"
#include "sip/phone.h"

struct gap {
	struct gap_config cfg;
	struct settings settings;
	struct book *book;                      /**< NULL = empty */
	struct event_bus bus;
	struct door door;
	struct phone *phone;
	struct gap_port_ops port;               /**< the host's, with sound metered */
	float level_in, level_out;
	struct tmr step, commit;
	bool stuck;                             /* nothing can be stored (EVT-01) */
	struct door_memory memory;              /**< what the door must know again after a restart */
	unsigned volume;                        /**< of the loudspeaker, looked up once a second in a call */
	uint64_t volume_until_us;
	struct clip *clip;                      /**< sound from the API (API-40), NULL = none */
	uint64_t version;                       /**< of settings and draft (WEB-04) */
	struct draft *draft;                    /**< validated, not applied; NULL = none */
	struct scan *scan;                      /**< present or last one (NET-03), NULL = none */
	uint64_t started_us;
	bool running;
};

void gap_emit2(struct gap *g, enum event_id id, const char *a, const char *b);
bool gap_encryption_there(const struct settings *s, char *err, size_t errsize);

#endif
