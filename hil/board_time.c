/**
 * @file board_time.c  Up to when a board's edges are complete, and how late a stamp may be (HIL-01)
 */
#include <errno.h>
#include <string.h>
#include "board_priv.h"

static const struct board_mark *mark_at(const struct board *b, unsigned i)
{
	return &b->mark[i % BOARD_MARKS];
}

/** Take a watermark */
void board_mark(struct board *b, const struct link_msg *msg)
{
	struct board_mark *m = &b->mark[b->marks++ % BOARD_MARKS];

	m->upto_us = b->upto_us = msg->u.watermark.upto_us;
	m->stall_us = msg->u.watermark.stall_us;
}

/** The board has started again: its time too */
void board_time_reset(struct board *b)
{
	const double drift = b->sync.drift_most;

	memset(&b->sync, 0, sizeof(b->sync));
	b->sync.drift_most = drift;
	b->marks = 0;
	b->upto_us = 0;
	b->differs = 0;
	memset(b->edge_us, 0, sizeof(b->edge_us));
}

/** Board time up to which every edge has been told [us]. */
uint64_t board_upto_us(const struct board *b)
{
	return b->upto_us;
}

/** The same in host time [us], with the uncertainty taken off; 0 before the first time sync. */
uint64_t board_upto_host_us(const struct board *b)
{
	uint64_t host = 0;
	double error = 0;

	if (!b->upto_us || timesync_to_host(&b->sync, &host, &error, b->upto_us))
		return 0;
	return (double)host > error ? host - (uint64_t)error : 0;
}

/**
 * How late the stamp of an edge may be: the longest stall told by the watermark that covers it, by the next one,
 * as a stall may be seen by the tick after it only, and by the one before, which may have told it already.
 *
 * @param b        Board
 * @param stall_us Written on success [us]
 * @param board_us Time of the edge
 *
 * @return 0, EAGAIN until both watermarks have come, ENOENT longer ago than marks are kept
 */
int board_stall_us(const struct board *b, uint32_t *stall_us, uint64_t board_us)
{
	const unsigned oldest = b->marks > BOARD_MARKS ? b->marks - BOARD_MARKS : 0;
	unsigned i = b->marks;

	while (i > oldest && mark_at(b, i - 1)->upto_us >= board_us)
		--i;
	if (i == oldest && oldest)
		return ENOENT;
	if (i + 1 >= b->marks)
		return EAGAIN;
	*stall_us = mark_at(b, i)->stall_us;
	if (mark_at(b, i + 1)->stall_us > *stall_us)
		*stall_us = mark_at(b, i + 1)->stall_us;
	if (i > oldest && mark_at(b, i - 1)->stall_us > *stall_us)
		*stall_us = mark_at(b, i - 1)->stall_us;
	return 0;
}
