/**
 * @file crc_solve.c  Finds the CRC-8 variants that fit captured alarm frames (SUP-21)
 *
 * Tried are 256 polynomials, 4 reflections, 256 init, 256 xorout, 5 encodings and 3 renderings: a
 * thousand million variants.  init and xorout need no search.  The CRC of n bytes is
 *
 *     CRC(data) = L(data) ^ T^n(init) ^ xorout        L = CRC with init 0, T = one zero byte more
 *
 * (all of it reflected but xorout, with refout).  So what L leaves of a frame's checksum depends on
 * its length alone: frames of one length must leave the same, which drops nearly every polynomial;
 * then each init has exactly one xorout, and a second length tells which of the 256 inits.
 *
 * Variants can be one and the same function: a polynomial divisible by x+1 has inits that a xorout
 * makes up for, and ascii, value and rfc4733 differ by constants that another init and xorout can
 * make up for.  Each symbol adds its own share to the CRC whatever the others are, so two variants
 * that agree on one frame of each length and on its changes by one digit agree on every frame.
 */
#include <errno.h>
#include <string.h>
#include "../core/door/crc.h"
#include "crc_solve.h"

#define CS 3

/* All frames in one encoding */
struct captured {
	size_t n;
	struct { uint8_t byte[FRAME_DATA_MAX]; size_t n; const char *cs; } frame[CRC_SOLVE_FRAMES];
};

/* What is left of the checksums for T^n(init) ^ xorout, by length in bytes */
struct left {
	bool known[FRAME_DATA_MAX + 1];
	uint8_t value[FRAME_DATA_MAX + 1];
};

/* T^n(init) of one polynomial */
struct zeros {
	uint8_t of[FRAME_DATA_MAX + 1][256];
};

static void zeros_fill(struct zeros *z, uint8_t poly)
{
	unsigned n, v;

	for (v = 0; v < 256; ++v) {
		z->of[0][v] = (uint8_t)v;
		z->of[1][v] = crc8_step((uint8_t)v, poly, 0);
	}
	for (n = 2; n <= FRAME_DATA_MAX; ++n) {
		for (v = 0; v < 256; ++v)
			z->of[n][v] = z->of[1][z->of[n - 1][v]];
	}
}

static int capture(struct captured *c, const char *const *frames, size_t n, int encoding)
{
	struct crc_settings crc = {.encoding = encoding};
	struct frame f;
	size_t i, len;

	if (!n || n > CRC_SOLVE_FRAMES)
		return EINVAL;
	c->n = n;
	for (i = 0; i < n; ++i) {
		len = strlen(frames[i]);
		if (frame_decode(&f, &crc, frames[i], len))
			return EBADMSG;
		c->frame[i].cs = frames[i] + len - CS;
		c->frame[i].n = frame_bytes(c->frame[i].byte, &crc, frames[i], len - CS);
	}
	return 0;
}

/* Whether frames of the same length leave the same */
static bool left_fill(struct left *l, const struct captured *c, const struct crc_settings *crc,
		      const uint8_t *linear)
{
	size_t i, len;
	int cs;
	uint8_t v;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < c->n; ++i) {
		len = c->frame[i].n;
		cs = frame_cs_value(c->frame[i].cs, crc->rendering);
		if (cs < 0)
			return false;
		v = (uint8_t)((crc->refout ? crc8_reflect(linear[i]) : linear[i]) ^ cs);
		if (l->known[len] && l->value[len] != v)
			return false;
		l->known[len] = true;
		l->value[len] = v;
	}
	return true;
}

/* The xorout that goes with an init, -1 where the lengths disagree */
static int xorout_of(const struct left *l, const struct zeros *z, uint8_t init, bool refout)
{
	int xorout = -1, v;
	unsigned n;
	uint8_t t;

	for (n = 0; n <= FRAME_DATA_MAX; ++n) {
		if (!l->known[n])
			continue;
		t = z->of[n][init];
		v = l->value[n] ^ (refout ? crc8_reflect(t) : t);
		if (xorout >= 0 && xorout != v)
			return -1;
		xorout = v;
	}
	return xorout;
}

static const struct frame_preset *preset_of(const struct crc_settings *crc)
{
	const struct crc_settings *p;
	size_t i;

	for (i = 0; i < frame_presets_count; ++i) {
		p = &frame_presets[i].crc;
		if (p->poly == crc->poly && p->init == crc->init && p->xorout == crc->xorout
		    && p->refin == crc->refin && p->refout == crc->refout)
			return &frame_presets[i];
	}
	return NULL;
}

/* Presets first, then what designers choose: 00 and FF, reflection both ways, an odd polynomial */
static unsigned rank_of(const struct crc_settings *crc, bool preset)
{
	unsigned unlike = 0, coded = (unsigned)(crc->encoding * FRAME_RENDERINGS + crc->rendering);

	if (preset)
		return coded;
	unlike += crc->init == 0 ? 0 : crc->init == 0xff ? 1 : 4;
	unlike += crc->xorout == 0 ? 0 : crc->xorout == 0xff ? 1 : 4;
	unlike += crc->refin == crc->refout ? 0 : 8;
	unlike += crc->poly & 1 ? 0 : 16;
	return 16 * (unlike + 1) + coded;
}

/* Keep a variant if it is among the likeliest so far; equal ones stay in the order found */
static void keep(struct crc_solution *sol, const struct crc_settings *crc)
{
	const struct frame_preset *preset = preset_of(crc);
	unsigned rank = rank_of(crc, preset != NULL);
	size_t at;

	++sol->count;
	sol->presets += preset != NULL;
	if (sol->n == CRC_SOLVE_BEST && sol->best[sol->n - 1].rank <= rank)
		return;
	if (sol->n < CRC_SOLVE_BEST)
		++sol->n;
	for (at = sol->n - 1; at && sol->best[at - 1].rank > rank; --at)
		sol->best[at] = sol->best[at - 1];
	sol->best[at] = (struct crc_fit){*crc, preset, rank};
}

static void solve_inits(struct crc_solution *sol, const struct left *l, const struct zeros *z,
			struct crc_settings *crc)
{
	for (crc->init = 0; crc->init < 256; ++crc->init) {
		crc->xorout = xorout_of(l, z, (uint8_t)crc->init, crc->refout);
		if (crc->xorout >= 0) {
			keep(sol, crc);
			sol->encoding[crc->encoding] = true;
			sol->rendering[crc->rendering] = true;
		}
	}
}

/* All variants of one polynomial, input reflection and encoding */
static void solve_poly(struct crc_solution *sol, const struct captured *c, const struct zeros *z,
		       const struct crc_settings *tried)
{
	struct crc_settings crc = *tried;
	uint8_t linear[CRC_SOLVE_FRAMES];
	struct left l;
	size_t i;
	int refout;

	for (i = 0; i < c->n; ++i)
		linear[i] = crc8(tried, c->frame[i].byte, c->frame[i].n);
	for (refout = 0; refout < 2; ++refout) {
		crc.refout = refout;
		for (crc.rendering = 0; crc.rendering < FRAME_RENDERINGS; ++crc.rendering) {
			if (left_fill(&l, c, &crc, linear))
				solve_inits(sol, &l, z, &crc);
		}
	}
}

static uint64_t hash(uint64_t h, const char *s)
{
	for (; *s; ++s)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;   /* FNV-1a */
	return h;
}

/* What a variant computes: equal for variants that are the same function */
static uint64_t signature(const struct crc_settings *crc)
{
	char data[FRAME_DATA_MAX + 1] = "9000000", cs[4];
	uint64_t h = 0xcbf29ce484222325u;
	size_t n, i;

	for (n = 8; n < FRAME_DATA_MAX; ++n) {
		data[n - 1] = '0';
		data[n] = 'C';
		for (i = 1; i < n; ++i) {
			for (data[i] = '0'; data[i] <= '9'; ++data[i]) {
				(void)frame_checksum(cs, crc, data, n + 1);
				h = hash(h, cs);
			}
			data[i] = '0';
		}
	}
	return h;
}

static void count_functions(struct crc_solution *sol)
{
	uint64_t seen[CRC_SOLVE_COMPARED], h;
	size_t i, j;

	if (sol->count > CRC_SOLVE_COMPARED)
		return;
	for (i = 0; i < sol->n; ++i) {
		h = signature(&sol->best[i].crc);
		for (j = 0; j < sol->functions && seen[j] != h; ++j)
			;
		if (j == sol->functions)
			seen[sol->functions++] = h;
	}
}

/**
 * Find every CRC-8 variant that gives all frames the checksum they carry.
 *
 * @param sol    What was found (written)
 * @param frames Whole frames with checksum, zero-ended
 * @param n      Number of frames, 1..CRC_SOLVE_FRAMES
 *
 * @return 0 (also where nothing fits), EINVAL number of frames, EBADMSG not the form of a frame
 */
int crc_solve(struct crc_solution *sol, const char *const *frames, size_t n)
{
	struct crc_settings crc;
	struct captured c;
	struct zeros z;
	int encoding, poly, refin, err;

	memset(sol, 0, sizeof(*sol));
	for (encoding = 0; encoding < FRAME_ENCODINGS; ++encoding) {
		err = capture(&c, frames, n, encoding);
		if (err)
			return err;
		for (poly = 0; poly < 256; ++poly) {
			zeros_fill(&z, (uint8_t)poly);
			for (refin = 0; refin < 2; ++refin) {
				memset(&crc, 0, sizeof(crc));
				crc.encoding = encoding;
				crc.poly = poly;
				crc.refin = refin;
				solve_poly(sol, &c, &z, &crc);
			}
		}
	}
	count_functions(sol);
	return 0;
}
