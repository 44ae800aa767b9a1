/**
 * @file store.h  Settings, contacts and events kept in SQLite
 *
 * Crash-safe: WAL with synchronous=FULL; what was acknowledged (store_set() or store_commit()
 * returned 0) survives kill -9 and power cuts.  Events of one loop turn are committed together.
 * sqlite3.h is included by store.c, store_book.c and store_find.c alone.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../door/door.h"
#include "../door/event.h"
#include "../door/settings.h"
#include "book.h"
#include "draft.h"

#define STORE_FILE "ipgap.sqlite"       /**< in the data directory */
#define STORE_EVENTS 100000             /**< newest events kept (EVT-01) */
#define STORE_PRUNE 1024                /**< more before the oldest are deleted together */
#define STORE_BYTES (32 * 1024 * 1024)  /**< of their lines kept, whatever their number */
#define STORE_PRUNE_BYTES (1024 * 1024) /**< more before the oldest are deleted together */
#define STORE_PENDING 1024              /**< events queued before store_put() commits by itself */
#define STORE_JSON 4096                 /**< longest event line; event_json() shortens */

/** An open store; mem_deref() commits what is queued and closes */
struct store;

/** One stored event */
struct store_event { uint64_t seq; int64_t wall_us; const char *name; const char *json; };
typedef void (store_event_h)(const struct store_event *ev, void *arg);

#define STORE_WORD 256                  /**< longest text that is searched for, with its end */
#define STORE_TURN 500                  /**< rows looked at in one turn: about a millisecond ... */
#define STORE_TURN_BYTES (128 * 1024)   /**< ... and at most so much text, where rows are long */

/** Which kept events (EVT-01); all zero = all, newest first */
struct store_query {
	unsigned classes;               /**< 1 << enum event_class, or'ed; 0 = all */
	int64_t from_us, to_us;         /**< calendar, both included; to_us 0 = no end */
	uint64_t before;                /**< numbers below this; 0 = all */
	uint64_t after;                 /**< numbers above this */
	bool oldest_first;
	char text[STORE_WORD];          /**< in the line, upper or lower case; "" = any */
};

/** A search under way; mem_deref() ends it */
struct store_find;

/** A kept event that was searched for; false = no more now, the next turn goes on behind it */
typedef bool (store_found_h)(const struct store_event *ev, void *arg);

int store_open(struct store **sp, const char *dir, char *err, size_t errsize);

/** 0 with text in err = warning: a stored row that is not used */
int store_load(struct store *st, struct settings *s, char *err, size_t errsize);
int store_set(struct store *st, const char *key, const char *value);   /**< durable on return */
int store_unset(struct store *st, const char *key);                    /**< back to the default */
int store_factory(struct store *st);                                   /**< all defaults (HW-06) */
int store_remember(struct store *st, const struct door_memory *m);     /**< durable on return */
void store_recall(struct store *st, struct door_memory *m);            /**< unchanged where none is kept */
int store_keep_clock(struct store *st, int64_t clock_us);               /**< TIM-01; durable on return */
int64_t store_clock(struct store *st);                                 /**< 0 where none is kept */
/** What changes together; durable, all of it, when store_change() returned 0 */
struct store_change {
	const struct settings *was, *now;       /**< settings as stored, as they shall be; now NULL = they stay */
	bool book_changes, draft_changes;
	const struct book *book;                /**< where it changes; NULL = empty */
	const struct draft *draft;              /**< where it changes; NULL = none is left */
	uint64_t version;                       /**< of settings and draft, 0 = it stays */
};
int store_change(struct store *st, const struct store_change *c);
int store_load_draft(struct store *st, const struct settings *now, uint64_t *version, struct draft **dp);
/** The book, and the settings that differ between was and s, in one transaction; durable on return */
int store_book(struct store *st, const struct book *b, const struct settings *was, const struct settings *s);
int store_load_book(struct store *st, struct book **bp, char *err, size_t errsize);
int store_put(struct store *st, const struct event *ev);               /**< queued, see commit */
int store_commit(struct store *st);                                    /**< durable on return */
int store_events(struct store *st, uint64_t after_seq, size_t limit, store_event_h *h, void *arg);
int store_find(struct store_find **fp, struct store *st, const struct store_query *q);
int store_find_turn(struct store_find *f, store_found_h *h, void *arg); /**< 0, ENODATA = that was all */
uint64_t store_lost(struct store *st);                                 /**< events dropped from the queue since then */
void store_pass(struct store *st, uint64_t seq);                       /**< a number that is not kept */
uint64_t store_last_seq(struct store *st);                             /**< numbering goes on */
const char *store_error(const struct store *st);                       /**< of the last failure */

#endif
