/**
 * @file gap.h  One whole door phone: behaviour, telephone, media and store on one port
 *
 * The only place where door/, sip/, media/ and store/ meet.  A host (simulator, board, image) makes a
 * port, allocates a struct gap on it, subscribes to its events, starts it, and tells it the edges.
 * Instance-based: as many as one likes in one event loop (libre's).
 */
#ifndef GAP_GAP_H
#define GAP_GAP_H

#include <re.h>
#include "directory/directory.h"
#include "door/door.h"
#include "media/media.h"
#include "service/ntp.h"
#include "sip/scan.h"
#include "sip/ua.h"
#include "store/store.h"

#define GAP_MODEL "01"                  /**< IP-GAP 01: without camera (HW-08) */
#define GAP_VERSION "0.1"

struct gap;

typedef void (gap_committed_h)(void *arg);

struct gap_config {
	const struct gap_port_ops *port;        /**< borrowed */
	void *port_ctx;
	struct sa laddr;                        /**< SIP address; port 0 = the setting sip.port */
	struct media *media;
	const struct directory_ops *directory;  /**< how a directory is read (SRV-01), NULL = not at all */
	void *directory_ctx;                    /**< its own, borrowed */
	struct dnsc *dnsc;                      /**< NULL = addresses only */
	struct store *store;                    /**< NULL = nothing is kept */
	const struct settings *settings;        /**< start values without a store, NULL = defaults */
	struct book *book;                      /**< contacts without a store, referenced; may be NULL */
	const struct door_memory *memory;       /**< of the last run without a store, may be NULL */
	int64_t clock_us;                       /**< gap_clock_us() of the last run without a store */
	ua_trace_h *trace;                      /**< each SIP message that goes or comes (WEB-08); may be NULL */
	void *trace_arg;
	gap_committed_h *committed;             /**< events emitted so far are durable; may be NULL */
	void *arg;
};

int  gap_alloc(struct gap **gp, const struct gap_config *cfg, char *err, size_t errsize);
int  gap_start(struct gap *g, char *err, size_t errsize);
void gap_stop(struct gap *g, const char *cause);
void gap_power_lost(struct gap *g);

int  gap_port_event(struct gap *g, const struct gap_port_event *ev);
int  gap_tell(struct gap *g, const struct door_in *in);

/* gap_change.c: settings in force and their draft (WEB-04) */

/** A setting and the value it shall have, as text */
struct gap_value {
	const char *key, *text;
};
/** What is wrong with a value, or with some together */
typedef void (gap_wrong_h)(const struct notice *why, void *arg);

int  gap_set(struct gap *g, const char *key, const char *value, char *err, size_t errsize);
int  gap_draft_set(struct gap *g, const struct gap_value *v, size_t n, bool anew, const char *by, gap_wrong_h *wrong,
		   void *arg);
int  gap_draft_apply(struct gap *g, const char *by, bool *restart, gap_wrong_h *wrong, void *arg);
int  gap_draft_discard(struct gap *g, const char *by);
const struct draft *gap_draft(const struct gap *g);
uint64_t gap_version(const struct gap *g);

/* contacts (CON-02) */
struct book *gap_book(const struct gap *g);
int  gap_book_edit(struct gap *g, const struct book_edit *e, char *err, size_t errsize);

/* gap_directory.c: contacts that somebody else keeps (SRV-01) */

struct gap_directory_state {
	bool enabled, reading;
	bool read;                              /**< there is what was read once */
	bool full;                              /**< the server has more than DIRECTORY_CONTACTS */
	unsigned left_out;                      /**< values that are no contact */
	int64_t read_wall_us;                   /**< when it was read, calendar */
	bool failed;                            /**< the last try did; then why */
	const char *cause;                      /**< borrowed */
};

int  gap_directory_read(struct gap *g, char *err, size_t errsize);
void gap_directory_look(const struct gap *g, struct gap_directory_state *st);
const struct book *gap_directory(const struct gap *g);

/* gap_voip.c: calls asked for by the network (SIP-11, API-20) */
int  gap_voip_call(struct gap *g, const char *table, const char *id);
int  gap_voip_answer(struct gap *g);
int  gap_voip_end_all(struct gap *g);

/* gap_scan.c: SIP devices of the network (NET-03) */
int  gap_scan(struct gap *g, const char *range, uint16_t port, const struct scan_range *local, char *err, size_t errsize);
int  gap_scan_stop(struct gap *g);
const struct scan *gap_scanned(const struct gap *g);

/* gap_clock.c: date and time (TIM-01) */
#define GAP_CLOCK_MIN_US INT64_C(946684800000000)       /**< 2000-01-01 */
#define GAP_CLOCK_MAX_US INT64_C(4102444799999999)      /**< 2099-12-31 */
int  gap_clock_set(struct gap *g, int64_t wall_us, const char *by, char *err, size_t errsize);
int  gap_clock_local(struct gap *g, const char *text, const char *by, char *err, size_t errsize);
int64_t gap_clock_us(const struct gap *g);
const struct ntp_state *gap_ntp(const struct gap *g);

struct event_bus *gap_bus(struct gap *g);
const struct settings *gap_settings(const struct gap *g);
const struct door_memory *gap_memory(const struct gap *g);
const struct door *gap_door(const struct gap *g);
const char *gap_uri(const struct gap *g);
const char *gap_peer(const struct gap *g);
const char *gap_encryption(const struct gap *g);
bool gap_has_account(const struct gap *g);
bool gap_registered(const struct gap *g, unsigned account);
uint64_t gap_uptime_us(const struct gap *g);
uint64_t gap_now_us(const struct gap *g);
int64_t gap_wall_us(const struct gap *g);
void gap_levels(const struct gap *g, float *in, float *out);

/* what the API commands (API-01, API-40) */
enum code_result gap_code(struct gap *g, const char *digits);
int  gap_play(struct gap *g, const uint8_t *wav, size_t size, unsigned loops, char *err, size_t errsize);
void gap_play_stop(struct gap *g);
void gap_pages_event(struct gap *g, enum event_id id, const char *a, const char *b, const char *c);
void gap_api_event(struct gap *g, const char *request, unsigned status, const char *from);

#endif
