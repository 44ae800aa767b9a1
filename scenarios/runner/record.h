/**
 * @file record.h  What a scenario leaves behind
 *
 * Collects packets (from the network's tap) and marks (events, relay edges, asserts) in memory,
 * bounded, and writes a failing scenario's folder: events.jsonl, ladder.txt, ladder.html,
 * capture.pcapng, relays.vcd, README.txt (verdict, seed, the one command that replays it).
 */
#ifndef RUNNER_RECORD_H
#define RUNNER_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record;
struct sa;

/** A named host: the ladder's columns, in order of naming */
int  record_alloc(struct record **rp);                                  /**< mem_deref frees */
void record_reset(struct record *r);
int  record_start(struct record *r, int64_t wall_us);                   /**< time 0 of the ladder */
int  record_host(struct record *r, const struct sa *addr, const char *name);
int  record_packet(struct record *r, int64_t wall_us, const struct sa *src, const struct sa *dst,
		   const uint8_t *data, size_t len, bool lost);
/** An event line: already JSON (one object), from actor `who` */
int  record_event(struct record *r, int64_t wall_us, const char *who, const char *json,
		  const char *text);
/** A logic edge for the VCD: signal "door.relay1", 0/1 */
int  record_edge(struct record *r, int64_t wall_us, const char *signal, bool level);
/** Write all files into dir (made, parents too). info: free text for README.txt */
int  record_write(const struct record *r, const char *dir, const char *title, const char *verdict,
		  const char *info);
int  record_ladder_text(const struct record *r, int (*print)(const char *line, void *arg),
			void *arg);

#endif
