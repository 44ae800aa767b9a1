/**
 * @file draw_text.c  Text that never overruns its place, whatever it contains
 *
 * Peer addresses and events come from the network: bytes that are no UTF-8 or do not print become
 * U+FFFD (cairo would stop drawing altogether), and what is too long ends in an ellipsis.
 */
#include <stdint.h>
#include <string.h>
#include "draw.h"

#define SANS "DejaVu Sans"              /* package fonts-dejavu-core */
#define MONO "DejaVu Sans Mono"
#define ELLIPSIS "…"
#define CLEAN_MAX 512           /* the longest text of struct view fits, each byte replaced */

static const struct {
	const char *family;
	cairo_font_weight_t weight;
	double size;
} fonts[F_FONTS] = {
	[F_STATE] = { SANS, CAIRO_FONT_WEIGHT_BOLD,   23   },
	[F_TIMER] = { SANS, CAIRO_FONT_WEIGHT_BOLD,   18   },
	[F_BODY]  = { SANS, CAIRO_FONT_WEIGHT_NORMAL, 13   },
	[F_BOLD]  = { SANS, CAIRO_FONT_WEIGHT_BOLD,   12.5 },
	[F_SMALL] = { SANS, CAIRO_FONT_WEIGHT_NORMAL, 11.5 },
	[F_TITLE] = { SANS, CAIRO_FONT_WEIGHT_BOLD,   10   },
	[F_TINY]  = { SANS, CAIRO_FONT_WEIGHT_NORMAL, 10   },
	[F_MONO]  = { MONO, CAIRO_FONT_WEIGHT_NORMAL, 11   },
	[F_NAME]  = { MONO, CAIRO_FONT_WEIGHT_BOLD,   17   },
	[F_HEAD]  = { SANS, CAIRO_FONT_WEIGHT_BOLD,   20   },
};

static void use_font(cairo_t *cr, enum font f)
{
	cairo_font_options_t *opt = cairo_font_options_create();

	/* no hints: one layout at any scale, glyphs free of what was drawn before */
	cairo_font_options_set_hint_metrics(opt, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_hint_style(opt, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_antialias(opt, CAIRO_ANTIALIAS_GRAY);
	cairo_set_font_options(cr, opt);
	cairo_font_options_destroy(opt);

	cairo_select_font_face(cr, fonts[f].family, CAIRO_FONT_SLANT_NORMAL, fonts[f].weight);
	cairo_set_font_size(cr, fonts[f].size);
}

/* Bytes of the well-formed, printable character at s (RFC 3629), 0 where there is none */
static size_t char_bytes(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc0 ? 2 : 0;
	uint32_t c;

	if (n == 1)
		return s[0] >= 0x20 && s[0] != 0x7f;

	c = n ? s[0] & (0x7fu >> n) : 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3fu);
	}
	if (s[0] >= 0xf8 || !n || c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return c < 0xa0 ? 0 : n;
}

/* Copy s with every byte that is no character replaced by U+FFFD */
static void clean(char *out, size_t size, const char *s)
{
	size_t n = 0;

	while (*s && n + 5 < size) {
		size_t len = char_bytes((const unsigned char *)s);

		memcpy(out + n, len ? s : "\xef\xbf\xbd", len ? len : 3);
		n += len ? len : 3;
		s += len ? len : 1;
	}
	out[n] = '\0';
}

static double advance(cairo_t *cr, const char *s)
{
	cairo_text_extents_t ext;

	cairo_text_extents(cr, s, &ext);
	return ext.x_advance;
}

/* Cut s behind its first `keep` bytes, at a character's start, and put the ellipsis there */
static void cut(char *out, const char *s, size_t keep)
{
	while (keep && ((unsigned char)s[keep] & 0xc0) == 0x80)
		keep--;
	while (keep && s[keep - 1] == ' ')
		keep--;
	memcpy(out, s, keep);
	memcpy(out + keep, ELLIPSIS, sizeof(ELLIPSIS));
}

/* Shorten s, in place, until it is at most max wide */
static void fit(cairo_t *cr, char *s, double max)
{
	char trial[CLEAN_MAX + sizeof(ELLIPSIS)];
	size_t low = 0, high = strlen(s);

	if (advance(cr, s) <= max)
		return;

	while (low + 1 < high) {
		size_t mid = (low + high) / 2;

		cut(trial, s, mid);
		if (advance(cr, trial) <= max)
			low = mid;
		else
			high = mid;
	}
	cut(trial, s, low);
	memcpy(s, trial, strlen(trial) + 1);
}

/** The width of a text in a font, user units; for text of our own only (it is not cleaned) */
double draw_text_width(cairo_t *cr, enum font f, const char *s)
{
	use_font(cr, f);
	return advance(cr, s);
}

/**
 * Draw a text.
 *
 * @param x, y Its left end, middle or right end (as al says), and its base line
 * @param max  The width it may take: a longer text ends in an ellipsis
 * @param s    Any bytes; what is no printable UTF-8 is replaced
 *
 * @return The width it took
 */
double draw_text(cairo_t *cr, enum font f, unsigned rgb, enum align al, double x, double y,
		 double max, const char *s)
{
	char text[CLEAN_MAX + sizeof(ELLIPSIS)];
	double w;

	use_font(cr, f);
	clean(text, CLEAN_MAX, s);
	fit(cr, text, max);
	w = advance(cr, text);

	cairo_move_to(cr, al == LEFT ? x : al == RIGHT ? x - w : x - w / 2, y);
	draw_rgb(cr, rgb, 1);
	cairo_show_text(cr, text);
	cairo_new_path(cr);
	return w;
}
