/**
 * @file crc_solve.h  Finds the CRC-8 variants that fit captured alarm frames (SUP-21)
 */
#ifndef SIM_CRC_SOLVE_H
#define SIM_CRC_SOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../core/door/frame.h"

#define CRC_SOLVE_FRAMES 256            /* frames at most */
#define CRC_SOLVE_BEST 1000             /* variants kept */
#define CRC_SOLVE_COMPARED 256          /* variants compared with each other; more are not */

/** One variant that fits */
struct crc_fit {
	struct crc_settings crc;
	const struct frame_preset *preset;      /**< same CRC, NULL = none; encoding may differ */
	unsigned rank;                          /**< the lower, the likelier */
};

/** What was found */
struct crc_solution {
	uint64_t count;                         /**< variants that fit */
	uint64_t presets;                       /**< of them with a preset's CRC */
	bool encoding[FRAME_ENCODINGS];         /**< of any that fits */
	bool rendering[FRAME_RENDERINGS];
	size_t functions;                       /**< different ones among them, 0 = not counted */
	size_t n;                               /**< of best */
	struct crc_fit best[CRC_SOLVE_BEST];    /**< the likeliest, in order */
};

int crc_solve(struct crc_solution *sol, const char *const *frames, size_t n);
int crc_report(const struct crc_solution *sol, const char *const *frames, size_t n, size_t max);

#endif
