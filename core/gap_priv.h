/**
 * @file gap_priv.h  A door phone from inside: what gap.c and gap_change.c share
 */
#ifndef GAP_GAP_PRIV_H
#define GAP_GAP_PRIV_H

#include "gap.h"
#include "media/clip.h"
#include "service/ntp.h"
#include "sip/phone.h"

/** The door's calendar (gap_clock.c) */
struct gap_clock {
	int64_t us, kept_us;                    /**< less the port's; as the store has it */
	struct ntp *ntp;                        /**< NULL = nobody is asked */
	struct tmr watch;                       /**< while somebody is asked */
	int64_t apart_us;                       /**< the port's calendar less its clock, as it was then */
	bool on, ntp_ok;                        /**< settings are obeyed; the server gives the time */
	char cause[NTP_CAUSE];                  /**< why it does not, as was told */
	int32_t source, port;                   /**< as obeyed ... */
	char server[64];                        /**< ... likewise */
};

/** gap_directory.c */
struct gap_directory {
	struct book *book;                      /**< read last, NULL = never, or empty */
	void *job;                              /**< a reading, NULL = none */
	struct tmr timer;                       /**< the next one */
	bool asked;                             /**< somebody waits for it */
	bool read, full, begun;
	unsigned left_out, tries;               /**< tries: that failed, since it was read */
	uint64_t begun_us;
	int64_t read_wall_us;
	char cause[DIRECTORY_CAUSE];            /**< why the last try failed */
};

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
	struct gap_clock clock;                 /**< TIM-01 */
	struct scan *scan;                      /**< present or last one (NET-03), NULL = none */
	struct gap_directory directory;         /**< SRV-01 */
	uint64_t started_us;
	bool running;
};

void gap_emit2(struct gap *g, enum event_id id, const char *a, const char *b);
void clock_apply(struct gap *g);
void clock_stop(struct gap *g);
void clock_again(struct gap *g);
void gap_directory_start(struct gap *g);
void gap_directory_stop(struct gap *g);
void gap_directory_call_over(struct gap *g);
void gap_directory_settings(struct gap *g, const struct settings *was);
bool gap_encryption_there(const struct settings *s, char *err, size_t errsize);

#endif
