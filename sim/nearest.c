/**
 * @file nearest.c  The word a person most likely meant: commands, options, lines
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include "nearest.h"

#define WORD_MAX 32                     /* longer words resemble none of ours */

static unsigned least3(unsigned a, unsigned b, unsigned c)
{
	const unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

static bool swapped(const char *a, const char *b, unsigned i, unsigned j)
{
	return i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
}

/* Characters to insert, leave out, replace, or swap with their neighbour, to turn a into b */
static unsigned distance(const char *a, const char *b)
{
	unsigned d[WORD_MAX + 1][WORD_MAX + 1], i, j;
	const unsigned m = (unsigned)strlen(a), n = (unsigned)strlen(b);

	for (i = 0; i <= m; ++i)
		d[i][0] = i;
	for (j = 0; j <= n; ++j)
		d[0][j] = j;
	for (i = 1; i <= m; ++i) {
		for (j = 1; j <= n; ++j) {
			d[i][j] = least3(d[i - 1][j - 1] + (a[i - 1] != b[j - 1]), d[i - 1][j] + 1,
					 d[i][j - 1] + 1);
			if (swapped(a, b, i, j))
				d[i][j] = least3(d[i][j], d[i - 2][j - 2] + 1, d[i][j]);
		}
	}

	return d[m][n];
}

/* A word that was not typed to its end is near */
static unsigned farness(const char *word, const char *known)
{
	const size_t n = strlen(word);

	return n && !strncmp(known, word, n) ? 1 : distance(word, known);
}

/**
 * The known word nearest to a mistyped one.
 *
 * @param word Anything
 * @param at   Gives the known words, 0, 1, 2 ... and NULL behind the last; each under 32 bytes
 * @param arg  Its last argument
 *
 * @return Known word, NULL where none resembles it
 */
const char *nearest_of(const char *word, nearest_h *at, const void *arg)
{
	const char *best = NULL, *known;
	const size_t n = strlen(word);
	unsigned d, i, least = (unsigned)n / 2 + 1;

	if (n > WORD_MAX)
		return NULL;
	for (i = 0; (known = at(i, arg)); ++i) {
		d = farness(word, known);
		if (d < least) {
			least = d;
			best = known;
		}
	}

	return best;
}

struct words { const char *(*at)(unsigned i); };

static const char *word_at(unsigned i, const void *arg)
{
	return ((const struct words *)arg)->at(i);
}

/** The same, of a table that needs no argument */
const char *nearest_word(const char *word, const char *(*at)(unsigned i))
{
	const struct words words = {at};

	return nearest_of(word, word_at, &words);
}
