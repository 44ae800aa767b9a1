/**
 * @file ioboard.h  The firmware's behaviour, on any board (HIL-01)
 */
#ifndef IOBOARD_IOBOARD_H
#define IOBOARD_IOBOARD_H

#include "board.h"
#include "debounce.h"
#include "edges.h"
#include "failsafe.h"
#include "plan.h"

#define IOBOARD_INPUTS (LINK_PIN_COUNT - LINK_PIN_BUTTON)
#define IOBOARD_MARK_US 50000           /**< a WATERMARK so often */
#define IOBOARD_SAY_US 500000           /**< FAILSAFE so often while not armed */

struct ioboard {
	struct link_reader reader;
	struct failsafe safe;
	struct plan plan;
	struct edges edges;
	struct debounce in[IOBOARD_INPUTS];     /**< of the pins from LINK_PIN_BUTTON on */
	uint64_t mark_us, said_us;              /**< last WATERMARK, last FAILSAFE */
	uint64_t tick_us;                       /**< last tick */
	uint32_t stall_us; /**< longest a tick was late since the last WATERMARK */
	uint32_t sent_edges, tx_lost, late_max_us;
	uint16_t seq;
	bool say, mark;                         /**< FAILSAFE, WATERMARK at once */
};

void ioboard_init(struct ioboard *io);
void ioboard_step(struct ioboard *io);
void ioboard_change(struct ioboard *io, unsigned pin, bool level, uint64_t at_us);
void ioboard_timer(struct ioboard *io);
void ioboard_tick(struct ioboard *io);

/* --- of this room alone --- */

bool ioboard_send(struct ioboard *io, struct link_msg *msg);
void ioboard_hello(struct ioboard *io);
void ioboard_stats(struct ioboard *io);
void ioboard_drive(struct ioboard *io, unsigned pin, bool level);
void ioboard_take(struct ioboard *io, const struct link_msg *msg);
uint32_t ioboard_levels(const struct ioboard *io);

#endif
