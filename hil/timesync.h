/**
 * @file timesync.h  The board's clock told in host time, with the uncertainty (HIL-01)
 *
 * Plain functions on one struct: no clock is read here.
 */
#ifndef HIL_TIMESYNC_H
#define HIL_TIMESYNC_H

#include <stddef.h>
#include <stdint.h>

#define TIMESYNC_SLOTS 16               /**< Samples kept, the quickest of each slot */
#define TIMESYNC_SLOT_US 1000000        /**< Length of a slot, host time [us] */

/** One exchange of times */
struct timesync_sample {
	uint64_t host_us;               /**< middle of the exchange, host time [us] */
	uint64_t board_us;              /**< middle of the exchange, board time [us] */
	uint64_t trip_us;               /**< round trip without the board's own time [us] */
	double error_us;                /**< how far the line may be off here [us] */
};

/** All zero is a clock of which nothing is known */
struct timesync {
	struct timesync_sample s[TIMESYNC_SLOTS];       /**< oldest first */
	size_t n;
	uint32_t restarts;              /**< times a sample contradicted all before it */
	double drift_most; /**< set by the caller: largest drift the clocks may have; 0 = 200e-6
	                      (quartz) */
	double offset_us;               /**< board minus host time, less that of the first sample */
	double drift;                   /**< board's rate minus host's, 1e-6 = 1 ppm */
	double drift_error;             /**< how wrong the drift may be */
};

int timesync_add(struct timesync *ts, uint64_t sent_us, uint64_t board_rx_us, uint64_t board_tx_us,
                 uint64_t received_us);
int timesync_to_host(const struct timesync *ts, uint64_t *host_us, double *error_us,
                     uint64_t board_us);
int timesync_to_board(const struct timesync *ts, uint64_t *board_us, double *error_us,
                      uint64_t host_us);

#endif
