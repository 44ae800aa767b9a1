/**
 * @file slot.c  Weekly time slots to and from text (SCH-01)
 *
 * Written: days that are alike and follow each other are joined, quarters that follow each other too.
 * A set so scattered that its text would be longer than a setting is written "hex:" and 168 digits,
 * Monday 00:00 first: each byte holds eight quarters, the earliest in its lowest bit.
 */
#include <errno.h>
#include <string.h>
#include "settings.h"
#include "slot.h"

#define HEX_MARK "hex:"

static const char *const day_name[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static void mark(struct slot *s, unsigned quarter)
{
	s->bits[quarter / 8] = (uint8_t)(s->bits[quarter / 8] | 1u << quarter % 8);
}

/**
 * Is a quarter hour selected?
 *
 * @param s       Slot
 * @param weekday 0..6, 0 = Monday
 * @param quarter 0..95
 */
bool slot_has(const struct slot *s, unsigned weekday, unsigned quarter)
{
	const unsigned q = weekday * SLOT_QUARTERS + quarter;

	return q / 8 < SLOT_BYTES && (s->bits[q / 8] >> q % 8 & 1);
}

/* --- from text --- */

static int digit_of(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;

	return p ? (int)(p - digits) : -1;
}

static int parse_hex(struct slot *s, const char *p, enum notice_id *why)
{
	unsigned i;

	for (i = 0; i < 2 * SLOT_BYTES && digit_of(p[i]) >= 0; i++)
		s->bits[i / 2] = (uint8_t)(s->bits[i / 2] << 4 | digit_of(p[i]));
	if (i == 2 * SLOT_BYTES && !p[i])
		return 0;
	*why = MSG_SLOT_HEX;

	return EINVAL;
}

static void skip_blanks(const char **p)
{
	*p += strspn(*p, " ");
}

static bool take_day(const char **p, unsigned *day)
{
	char word[4] = "";

	memcpy(word, *p, strlen(*p) < 3 ? strlen(*p) : 3);
	for (*day = 0; *day < 7 && !text_same(word, day_name[*day]); ++*day)
		;
	*p += *day < 7 ? 3 : 0;

	return *day < 7;
}

/* "mon" or "mon-fri" */
static bool take_days(const char **p, unsigned *first, unsigned *last)
{
	if (!take_day(p, first))
		return false;
	*last = *first;
	if (**p == '-') {
		++*p;
		if (!take_day(p, last) || *last < *first)
			return false;
	}

	return **p == ' ';
}

/* "08:15" as a number of quarters, 24:00 included */
static bool take_quarter(const char **p, unsigned *quarter)
{
	const char *s = *p;
	unsigned h, m;

	if (strspn(s, "0123456789") != 2 || s[2] != ':' || strspn(s + 3, "0123456789") != 2)
		return false;
	h = (unsigned)(s[0] - '0') * 10 + (unsigned)(s[1] - '0');
	m = (unsigned)(s[3] - '0') * 10 + (unsigned)(s[4] - '0');
	*p += 5;
	*quarter = h * 4 + m / 15;

	return m < 60 && m % 15 == 0 && *quarter <= SLOT_QUARTERS;
}

static enum notice_id take_range(struct slot *s, const char **p, unsigned first, unsigned last)
{
	unsigned from, to, day, q;

	if (!take_quarter(p, &from) || **p != '-' || (++*p, !take_quarter(p, &to)))
		return MSG_SLOT_TIMES;
	if (to <= from)
		return MSG_SLOT_ORDER;
	for (day = first; day <= last; day++)
		for (q = from; q < to; q++)
			mark(s, day * SLOT_QUARTERS + q);

	return MSG_NONE;
}

/* One part: days, then one range or more */
static enum notice_id take_part(struct slot *s, const char **p)
{
	enum notice_id why = MSG_NONE;
	unsigned first, last;

	skip_blanks(p);
	if (!take_days(p, &first, &last))
		return MSG_SLOT_DAYS;
	do {
		skip_blanks(p);
		why = take_range(s, p, first, last);
		if (!why && **p && **p != ',' && **p != ' ')
			why = MSG_SLOT_BETWEEN;
		if (!why && **p == ' ')
			skip_blanks(p);
	} while (!why && **p && **p != ',');

	return why;
}

/**
 * Parse a slot.
 *
 * @param s    Written on success
 * @param text As written by slot_put(), or by hand; empty selects nothing
 * @param why  What is wrong (written on error)
 *
 * @return 0, EINVAL
 */
int slot_parse(struct slot *s, const char *text, enum notice_id *why)
{
	enum notice_id fault = MSG_NONE;
	const char *p = text;
	struct slot out;

	memset(&out, 0, sizeof(out));
	if (!strncmp(p, HEX_MARK, strlen(HEX_MARK))) {
		if (parse_hex(&out, p + strlen(HEX_MARK), why))
			return EINVAL;
		*s = out;
		return 0;
	}
	while (*p && !fault) {
		fault = take_part(&out, &p);
		if (!fault && *p == ',' && !*++p)
			fault = MSG_LAST_COMMA;
	}
	if (fault) {
		*why = fault;
		return EINVAL;
	}
	*s = out;

	return 0;
}

/* --- to text --- */

static void put_time(struct text *t, unsigned quarter)
{
	text_uint(t, quarter / 4, 2);
	text_char(t, ':');
	text_uint(t, quarter % 4 * 15, 2);
}

static const uint8_t *bits_of(const struct slot *s, unsigned day)
{
	return s->bits + day * (SLOT_QUARTERS / 8);
}

static bool alike(const struct slot *s, unsigned a, unsigned b)
{
	return !memcmp(bits_of(s, a), bits_of(s, b), SLOT_QUARTERS / 8);
}

static void put_ranges(struct text *t, const struct slot *s, unsigned day)
{
	unsigned from, to;

	for (from = 0; from < SLOT_QUARTERS; from = to + 1) {
		for (to = from; to < SLOT_QUARTERS && slot_has(s, day, to); to++)
			;
		if (to == from)
			continue;
		text_char(t, ' ');
		put_time(t, from);
		text_char(t, '-');
		put_time(t, to);
	}
}

static void put_days(struct text *t, const struct slot *s)
{
	static const struct slot nothing;
	unsigned first, last;

	for (first = 0; first < 7; first = last + 1) {
		for (last = first; last < 6 && alike(s, first, last + 1); last++)
			;
		if (!memcmp(bits_of(s, first), nothing.bits, SLOT_QUARTERS / 8))
			continue;
		text_str(t, t->n ? ", " : "");
		text_str(t, day_name[first]);
		if (last > first) {
			text_char(t, '-');
			text_str(t, day_name[last]);
		}
		put_ranges(t, s, first);
	}
}

/**
 * Write a slot; slot_parse() takes back exactly the same set.
 *
 * @param t Text
 * @param s Slot
 */
void slot_put(struct text *t, const struct slot *s)
{
	static const char digits[] = "0123456789abcdef";
	char buf[SETTINGS_TEXT];
	struct text days;
	unsigned i;

	text_start(&days, buf, sizeof(buf));
	put_days(&days, s);
	if (!days.cut) {
		text_mem(t, buf, days.n);
		return;
	}
	text_str(t, HEX_MARK);
	for (i = 0; i < SLOT_BYTES; i++) {
		text_char(t, digits[s->bits[i] >> 4]);
		text_char(t, digits[s->bits[i] & 15]);
	}
}
