/**
 * @file crc_report.c  Prints the CRC-8 variants that fit captured frames (SUP-21)
 */
#include <stdio.h>
#include <string.h>
#include "crc_solve.h"

static const char *yes_no(bool b)
{
	return b ? "yes" : "no";
}

static void print_fits(const struct crc_solution *sol, size_t max)
{
	size_t i, n = sol->n < max ? sol->n : max;

	printf("\n%-12s %-4s %-4s %-6s %-5s %-6s %-8s %s\n", "PRESET", "POLY", "INIT", "XOROUT",
	       "REFIN", "REFOUT", "ENCODING", "RENDERING");
	for (i = 0; i < n; ++i) {
		const struct crc_fit *fit = &sol->best[i];

		printf("%-12s 0x%02x 0x%02x 0x%02x   %-5s %-6s %-8s %s\n",
		       fit->preset ? fit->preset->name : "-", (unsigned)fit->crc.poly,
		       (unsigned)fit->crc.init, (unsigned)fit->crc.xorout, yes_no(fit->crc.refin),
		       yes_no(fit->crc.refout), frame_encoding_names[fit->crc.encoding],
		       frame_rendering_names[fit->crc.rendering]);
	}
	if (sol->count > n)
		printf("... and %llu more\n", (unsigned long long)(sol->count - n));
}

static size_t count_true(const bool *b, size_t n)
{
	size_t i, sum = 0;

	for (i = 0; i < n; ++i)
		sum += b[i];
	return sum;
}

static bool one_length(const char *const *frames, size_t n)
{
	size_t i;

	for (i = 1; i < n; ++i) {
		if (strlen(frames[i]) != strlen(frames[0]))
			return false;
	}
	return true;
}

/* What to capture next */
static void advise(const char *const *frames, size_t n,
		   const struct crc_solution *sol)
{
	if (one_length(frames, n))
		printf("- All frames are equally long, so init and xorout cannot be told apart:\n"
		       "  each init has its own xorout.  Add a frame with a shorter or longer\n"
		       "  identity.\n");
	else
		printf("- Frames of two lengths tell init from xorout; a third length tells\n"
		       "  more.\n");
	if (count_true(sol->encoding, FRAME_ENCODINGS) > 1)
		printf("- Encodings are left open: add frames that differ in several digits and\n"
		       "  in length.\n");
	if (count_true(sol->rendering, FRAME_RENDERINGS) > 1)
		printf("- Renderings are left open: add frames until a checksum has a digit that\n"
		       "  only one of them can have.\n");
}

/* How far the frames decide */
static void explain(const char *const *frames, size_t n,
		   const struct crc_solution *sol)
{
	if (sol->count < 2)
		return;
	if (sol->functions == 1) {
		printf("\nThey are the same: every frame there can be gets the same checksum from\n"
		       "each of them, so no capture could tell them apart.  Use the first.\n");
		return;
	}
	if (sol->functions)
		printf("\nThey compute %zu different checksums.  To tell which is right:\n",
		       sol->functions);
	else
		printf("\nToo few frames to decide.  To tell more:\n");
	advise(frames, n, sol);
}

/* Two checksums for the same data: no variant can give both */
static bool contradicting(const char *const *frames, size_t n)
{
	size_t i, j, len;

	for (i = 0; i < n; ++i) {
		len = strlen(frames[i]);
		for (j = 0; j < i; ++j) {
			if (strlen(frames[j]) == len && !memcmp(frames[i], frames[j], len - 3)
			    && strcmp(frames[i], frames[j])) {
				printf("%s and %s contradict each other: the same data, two "
				       "checksums.\n", frames[j], frames[i]);
				return true;
			}
		}
	}
	return false;
}

/**
 * Print what crc_solve() found, and which frames would tell more.
 *
 * @param sol    What was found
 * @param frames Its frames
 * @param n      Number of frames
 * @param max    Variants to list, at most
 *
 * @return Exit status: 0, 1 nothing fits
 */
int crc_report(const struct crc_solution *sol, const char *const *frames, size_t n, size_t max)
{
	if (!sol->count) {
		if (!contradicting(frames, n))
			printf("No variant fits.  A digit may have been misread: try fewer "
			       "frames.  Or\nthe checksum is no CRC-8 over everything from 9 to "
			       "C.\n");
		return 1;
	}
	printf("%llu variant%s fit%s %zu frame%s, %llu of them with the CRC of a preset.\n",
	       (unsigned long long)sol->count, sol->count == 1 ? "" : "s",
	       sol->count == 1 ? "s" : "", n, n == 1 ? "" : "s",
	       (unsigned long long)sol->presets);
	print_fits(sol, max);
	explain(frames, n, sol);
	return 0;
}
