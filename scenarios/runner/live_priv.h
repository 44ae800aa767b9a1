/**
 * @file live_priv.h  What the files of the live story share
 */
#ifndef RUNNER_LIVE_PRIV_H
#define RUNNER_LIVE_PRIV_H

#include <re.h>
#include <stdbool.h>
#include "../../core/port.h"
#include "live.h"

#define LIVE_WIDTH 100
#define LIVE_HOSTS 6
#define LIVE_TEXT 512

enum live_paint { PAINT_PLAIN, PAINT_DIM, PAINT_SIP, PAINT_GOOD, PAINT_BAD, PAINT_STRONG, PAINTS };

struct live_host {
	char name[32];
	struct sa addr;
	uint64_t on_us[GAP_RELAYS];             /**< when the relay was energised */
};

struct live_cell {
	char ch[5];                             /**< one character of UTF-8 */
	uint8_t paint;
};

struct live {
	struct live_host host[LIVE_HOSTS];
	unsigned hosts, shown;                  /**< shown: columns of the last header */
	bool colours, utf8;
	const struct live_host *digits;         /**< whose digits the open line has, NULL = none is open */
	unsigned open;                          /**< its width so far */
	struct live_cell cell[LIVE_WIDTH];
};

/* live.c: drawing */
void live_note(struct live *l, uint64_t t_us, const struct live_host *h, const char *text, enum live_paint p);
void live_digit(struct live *l, uint64_t t_us, const struct live_host *h, char digit);
void live_title(struct live *l, const char *text);
void live_arrow(struct live *l, uint64_t t_us, const struct live_host *from, const struct live_host *to,
		const char *text);

#endif
