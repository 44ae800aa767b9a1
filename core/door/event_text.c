/**
 * @file event_text.c  An event as a JSON line and as a line for people (EVT-01)
 */
#include "event.h"
#include "text.h"

#define US 1000000
#define DAY_S 86400
#define WALL_MAX_S 253402300799        /* 9999-12-31T23:59:59 */

/* Year, month and day of a day counted from 1970-01-01: eras of 400 years that begin in March */
static void date_of(uint64_t day, uint64_t date[3])
{
	uint64_t z = day + 719468;              /* days since 0000-03-01 */
	uint64_t era = z / 146097, doe = z % 146097;
	uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint64_t mp = (5 * doy + 2) / 153;

	date[2] = doy - (153 * mp + 2) / 5 + 1;
	date[1] = mp < 10 ? mp + 3 : mp - 9;
	date[0] = yoe + era * 400 + (date[1] <= 2);
}

/* ISO 8601 in UTC with microseconds; held to the years 1970 to 9999 */
static void put_wall(struct text *t, int64_t wall_us)
{
	uint64_t us = wall_us < 0 ? 0 : (uint64_t)wall_us, s = us / US, date[3];

	if (s > WALL_MAX_S)
		s = WALL_MAX_S;
	date_of(s / DAY_S, date);
	text_uint(t, date[0], 4);
	text_char(t, '-');
	text_uint(t, date[1], 2);
	text_char(t, '-');
	text_uint(t, date[2], 2);
	text_char(t, 'T');
	text_uint(t, s % DAY_S / 3600, 2);
	text_char(t, ':');
	text_uint(t, s % 3600 / 60, 2);
	text_char(t, ':');
	text_uint(t, s % 60, 2);
	text_char(t, '.');
	text_uint(t, us % US, 6);
	text_char(t, 'Z');
}

static void put_field(struct text *t, const struct event *ev, unsigned i, size_t limit)
{
	const struct event_def *def = event_def(ev->id);

	text_str(t, ",\"");
	text_str(t, def->field[i].key);
	text_str(t, "\":");
	if (def->field[i].type == EVENT_STR) {
		text_char(t, '"');
		text_escaped(t, ev->val[i].s, limit);
		text_char(t, '"');
	} else if (def->field[i].type == EVENT_BOOL) {
		text_str(t, ev->val[i].u ? "true" : "false");
	} else {
		text_uint(t, ev->val[i].u, 0);
	}
}

/* The whole line, no string longer than limit bytes.  True where it fits. */
static bool json_line(char *buf, size_t size, const struct event *ev, size_t limit, size_t *n)
{
	const struct event_def *def = event_def(ev->id);
	struct text t;
	unsigned i;

	text_start(&t, buf, size);
	text_str(&t, "{\"seq\":");
	text_uint(&t, ev->seq, 0);
	text_str(&t, ",\"t\":");
	text_uint(&t, ev->t_us / US, 0);
	text_char(&t, '.');
	text_uint(&t, ev->t_us % US, 6);
	text_str(&t, ",\"wall\":\"");
	put_wall(&t, ev->wall_us);
	text_str(&t, "\",\"event\":\"");
	text_str(&t, def->name);
	text_char(&t, '"');
	for (i = 0; i < EVENT_FIELDS && def->field[i].key; ++i)
		put_field(&t, ev, i, limit);
	text_char(&t, '}');
	*n = t.n;
	return !t.cut;
}

static size_t nothing(char *buf, size_t size)
{
	if (size)
		buf[0] = '\0';
	return 0;
}

/**
 * Write an event as one line of JSON (no line end).
 *
 * @param buf  Line (written, zero-ended)
 * @param size Bytes of buf; 512 hold any event whose strings are short
 * @param ev   Event
 *
 * @return Length; 0 where size cannot hold even the event without its strings
 *
 * Where the line does not fit, its longest strings are shortened and end with U+2026: what is
 * written is always valid JSON.  t is the door's clock [s], wall the calendar in UTC (held to
 * 1970..9999).
 */
size_t event_json(char *buf, size_t size, const struct event *ev)
{
	size_t lo = 0, hi = size, mid, n;

	if (!event_def(ev->id))
		return nothing(buf, size);
	if (json_line(buf, size, ev, SIZE_MAX, &n))
		return n;
	if (!json_line(buf, size, ev, 0, &n))
		return nothing(buf, size);
	while (hi - lo > 1) {
		mid = lo + (hi - lo) / 2;
		if (json_line(buf, size, ev, mid, &n))
			lo = mid;
		else
			hi = mid;
	}
	(void)json_line(buf, size, ev, lo, &n);
	return n;
}

/* True where a string needs quotes in a line for people */
static bool needs_quotes(const char *s)
{
	if (!*s)
		return true;
	for (; *s; ++s) {
		if ((unsigned char)*s <= ' ' || *s == '"' || *s == '\\' || *s == 0x7f)
			return true;
	}
	return false;
}

static void text_value(struct text *t, const char *s)
{
	bool quotes = needs_quotes(s);

	if (quotes)
		text_char(t, '"');
	text_escaped(t, s, SIZE_MAX);
	if (quotes)
		text_char(t, '"');
}

/**
 * Write an event as one line for people, without its time: `call_answered call=1`.
 *
 * @param buf  Line (written, zero-ended), cut where it does not fit
 * @param size Bytes of buf
 * @param ev   Event
 *
 * @return Length
 *
 * Booleans are yes or no; strings with blanks stand in quotes, control characters are escaped.
 */
size_t event_text(char *buf, size_t size, const struct event *ev)
{
	const struct event_def *def = event_def(ev->id);
	struct text t;
	unsigned i;

	text_start(&t, buf, size);
	if (!def)
		return 0;
	text_str(&t, def->name);
	for (i = 0; i < EVENT_FIELDS && def->field[i].key; ++i) {
		text_char(&t, ' ');
		text_str(&t, def->field[i].key);
		text_char(&t, '=');
		if (def->field[i].type == EVENT_STR)
			text_value(&t, ev->val[i].s);
		else if (def->field[i].type == EVENT_BOOL)
			text_str(&t, ev->val[i].u ? "yes" : "no");
		else
			text_uint(&t, ev->val[i].u, 0);
	}
	return t.n;
}
