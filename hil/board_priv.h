/**
 * @file board_priv.h  What the files of hil/board*.c know of a board (HIL-01)
 *
 *     board.c       life: line, greeting, ready, lost     board_send.c  what is sent and answered
 *     board_take.c  what comes                            board_time.c  watermarks: how late a stamp may be
 */
#ifndef HIL_BOARD_PRIV_H
#define HIL_BOARD_PRIV_H

#include <re.h>
#include "board.h"
#include "clock.h"

#define BOARD_PENDING 64                /* commands on their way */
#define BOARD_MARKS 2048                /* watermarks kept: 100 s */
#define BOARD_SENT 4096                 /* bytes that wait for the line */
#define BOARD_SYNCS 20                  /* exchanges of times before a board is ready: 100 ms, its start is over */

/** A command that was not answered yet */
struct board_pending {
	bool used;
	uint8_t type, pin;
	uint16_t seq;
	uint64_t sent_us;
};

/** How late stamps may be up to a board time */
struct board_mark {
	uint64_t upto_us;
	uint32_t stall_us;
};

struct board {
	struct board_config cfg;
	enum board_state state;
	int fd;                         /**< -1 = the line is closed */
	bool connected, unplugged, deaf, ever;
	bool mute;                      /**< no heartbeat, see board_mute() */
	struct tmr tick, retry;
	unsigned backoff_ms;
	uint64_t open_us, heard_us, beat_us, asked_us, synced_us; /**< host times */
	uint64_t known_us;              /**< of the last word that was taken, on this line or the one before */

	uint8_t out[BOARD_SENT];
	size_t out_n;
	uint16_t tx_seq;
	struct board_pending pending[BOARD_PENDING];

	struct link_reader reader;
	bool seq_known;
	uint16_t rx_seq;                /**< the next frame's */
	struct link_msg hello;
	bool greeted, armed;
	unsigned syncs;
	uint32_t levels;                /**< as the edges say */
	uint64_t edge_us[LINK_PIN_COUNT]; /**< board time of each pin's last edge */
	uint32_t differs;               /**< pins that the last watermark showed otherwise */
	struct timesync sync;
	uint64_t upto_us;
	struct board_mark mark[BOARD_MARKS];
	unsigned marks;                 /**< ever */
};

void board_trouble(struct board *b, enum board_trouble t, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void board_enter(struct board *b, enum board_state state, const char *text);
void board_drop(struct board *b, const char *why);
void board_greet(struct board *b);

/* board_send.c */
int  board_send(struct board *b, struct link_msg *msg);
void board_flush(struct board *b);
void board_answered(struct board *b, const struct link_msg *msg);
void board_overdue(struct board *b, uint64_t now_us);
void board_forget(struct board *b);

/* board_take.c */
void board_take_byte(struct board *b, uint8_t byte);

/* board_time.c */
void board_mark(struct board *b, const struct link_msg *msg);
void board_time_reset(struct board *b);

#endif
