/**
 * @file board.h  One input/output board at the end of a line, on libre's loop (HIL-01)
 *
 * Connects, greets, arms, keeps the board's clock in step, and tells what its pins do; connects again
 * when the line is lost.  What may make the picture incomplete is said as a trouble, never passed over.
 *
 *     DOWN --line open--> GREETING --HELLO, ARM, time sync--> READY
 *       ^                     |                                 |  FAILSAFE, HELLO: greets again
 *       +---- line lost, silence ------------------------------+
 *     REFUSED: another protocol; only a new connection helps
 */
#ifndef HIL_BOARD_H
#define HIL_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "line.h"
#include "link.h"
#include "timesync.h"

struct board;

enum board_state { BOARD_DOWN, BOARD_GREETING, BOARD_READY, BOARD_REFUSED };

/* T(name, word, meaning) */
#define BOARD_TROUBLES(T) \
	T(GONE, "gone", "the line was closed, or the board was silent for too long") \
	T(LOST, "lost", "frames did not arrive: the sequence numbers have a gap") \
	T(OVERFLOW, "overflow", "the board had no room for edges") \
	T(MISSED, "missed", "a level changed, but no edge told of it") \
	T(RESTARTED, "restarted", "the board has started again") \
	T(RELEASED, "released", "the board released its relays, as it heard no heartbeat") \
	T(TIME, "time", "the board's clock jumped") \
	T(UNANSWERED, "unanswered", "the board did not answer a command") \
	T(REFUSED, "refused", "the board refused a command") \
	T(WITNESS, "witness", "what was seen at the pins from outside is not what the board told")

#define BOARD_ENUM_T(name, word, text) BOARD_##name##_TROUBLE,
enum board_trouble { BOARD_TROUBLES(BOARD_ENUM_T) BOARD_TROUBLE_COUNT };

/** An edge of a pin */
struct board_edge {
	uint8_t pin;                    /**< enum link_pin */
	bool level;
	uint64_t board_us;              /**< board time of the edge [us] */
	uint64_t host_us;               /**< the same in host time [us] */
	double error_us;                /**< how far host_us may be off, either way [us] */
	bool guessed;                   /**< no edge told it, but the levels: some time within error_us before */
	uint64_t seen_us;               /**< host time of its arrival [us] */
};

typedef void (board_state_h)(enum board_state state, const char *text, void *arg);
typedef void (board_edge_h)(const struct board_edge *e, void *arg);
typedef void (board_trouble_h)(enum board_trouble t, const char *text, void *arg);
typedef void (board_stats_h)(const struct link_msg *stats, void *arg);

/** Handlers may be NULL; none may free the board */
struct board_config {
	char address[LINE_ADDRESS];     /**< see line.c */
	board_state_h *state;
	board_edge_h *edge;
	board_trouble_h *trouble;
	board_stats_h *stats;           /**< answer to board_ask(LINK_STATS) */
	void *arg;
};

int  board_alloc(struct board **bp, const struct board_config *cfg, char *err, size_t errsize);
enum board_state board_state(const struct board *b);
const char *board_trouble_name(enum board_trouble t);
const char *board_pin_name(unsigned pin);
int  board_pin(const char *name);
bool board_is_output(unsigned pin);

int  board_set(struct board *b, unsigned pin, bool level);
int  board_pulse(struct board *b, unsigned pin, bool level, uint64_t for_us);
int  board_ask(struct board *b, unsigned type);
bool board_idle(const struct board *b);

const struct link_msg *board_hello(const struct board *b);
bool board_has(const struct board *b, unsigned pin);
uint32_t board_levels(const struct board *b);
const struct timesync *board_sync(const struct board *b);
uint64_t board_upto_us(const struct board *b);
uint64_t board_upto_host_us(const struct board *b);
int  board_stall_us(const struct board *b, uint32_t *stall_us, uint64_t board_us);

/* --- what a test does to the line --- */

void board_cable(struct board *b, bool plugged);
int  board_noise(struct board *b, const uint8_t *bytes, size_t n);
void board_deaf(struct board *b, bool deaf);
uint64_t board_mute(struct board *b, bool mute);

#endif
