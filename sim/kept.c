/**
 * @file kept.c  Searching a door's kept events (see kept.h)
 */
#define _GNU_SOURCE                     /* strptime */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <re.h>
#include "kept.h"

/* --- the last of them --- */

struct count { uint64_t left, seq; };

static bool count_one(const struct store_event *ev, void *arg)
{
	struct count *c = arg;

	c->seq = ev->seq;

	return --c->left > 0;
}

/* The number before the first of the last n, as the oldest are told first */
static int find_start(struct store *st, const struct store_query *q, uint64_t n, uint64_t *after)
{
	struct count c = {.left = n};
	struct store_query back = *q;
	struct store_find *f = NULL;
	int err;

	back.oldest_first = false;
	err = store_find(&f, st, &back);
	while (!err && c.left)
		err = store_find_turn(f, count_one, &c);
	mem_deref(f);
	if (c.seq && (!err || err == ENODATA))
		*after = c.seq - 1;

	return err == ENODATA ? 0 : err;
}

struct each { store_event_h *h; void *arg; };

static bool tell(const struct store_event *ev, void *arg)
{
	const struct each *e = arg;

	e->h(ev, e->arg);

	return true;
}

/**
 * Tell all kept events that a query finds, the oldest first.
 *
 * @param st   Store
 * @param q    Query; its order does not count
 * @param last Only so many, the newest; 0 = all
 * @param h    Called for each
 * @param arg  Its argument
 *
 * @return 0, ENOMEM, or an errno with store_error()
 */
int kept_each(struct store *st, const struct store_query *q, uint64_t last, store_event_h *h, void *arg)
{
	struct each e = {.h = h, .arg = arg};
	struct store_query on = *q;
	struct store_find *f = NULL;
	int err = last ? find_start(st, q, last, &on.after) : 0;

	on.oldest_first = true;
	err = err ? err : store_find(&f, st, &on);
	while (!err)
		err = store_find_turn(f, tell, &e);
	mem_deref(f);

	return err == ENODATA ? 0 : err;
}

/* --- words --- */

/* "90s", "15m", "2h", "3d" before now */
static bool ago(int64_t *us, const char *text, int64_t now_us)
{
	static const struct { char unit; int64_t s; } row[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	const size_t n = strspn(text, "0123456789");
	size_t i;

	for (i = 0; n && n < 9 && i < sizeof(row) / sizeof(row[0]); i++) {
		if (text[n] != row[i].unit || text[n + 1])
			continue;
		*us = now_us - strtoll(text, NULL, 10) * row[i].s * 1000000;
		return true;
	}

	return false;
}

static bool in_range(const struct tm *tm, const struct tm *asked)
{
	return tm->tm_mday == asked->tm_mday && tm->tm_mon == asked->tm_mon && tm->tm_hour == asked->tm_hour &&
	       tm->tm_min == asked->tm_min && tm->tm_sec == asked->tm_sec;
}

/* "2026-01-05", "2026-01-05 08:00[:30[.5]]", T in place of the blank, Z behind it = UTC, else local time */
static bool date(int64_t *us, const char *text)
{
	struct tm tm = {.tm_isdst = -1}, asked;
	const char *end = strptime(text, "%Y-%m-%d", &tm), *more;
	int64_t fraction = 0, unit = 100000;
	time_t s;

	if (!end || !isdigit((unsigned char)*text))
		return false;
	if ((*end == 'T' || *end == ' ') && (more = strptime(end + 1, "%H:%M", &tm)))
		end = more;
	if (*end == ':' && (more = strptime(end + 1, "%S", &tm)))
		end = more;
	if (*end == '.' && tm.tm_sec <= 59)
		for (++end; isdigit((unsigned char)*end); ++end, unit /= 10)
			fraction += (*end - '0') * unit;
	if (*end && strcmp(end, "Z"))
		return false;
	tm.tm_isdst = -1;
	asked = tm;
	s = *end ? timegm(&tm) : mktime(&tm);
	*us = (int64_t)s * 1000000 + fraction;

	return in_range(&tm, &asked);
}

/**
 * Read a time.
 *
 * @param us     Written on success [us since 1970 UTC]
 * @param text   "2026-01-05 08:00:30", a date alone, Z behind for UTC; or "90s", "15m", "2h", "3d": so long ago
 * @param now_us Calendar
 *
 * @return 0, EINVAL
 */
int kept_time(int64_t *us, const char *text, int64_t now_us)
{
	return ago(us, text, now_us) || date(us, text) ? 0 : EINVAL;
}

/**
 * Read a list of classes.
 *
 * @param mask    1 << enum event_class, or'ed; written on success
 * @param text    "door,network"; the manual's names are taken too
 * @param err     Written on failure: which word, and what there is
 * @param errsize Its size
 *
 * @return 0, EINVAL
 */
int kept_classes(unsigned *mask, const char *text, char *err, size_t errsize)
{
	enum event_class cls;
	unsigned got = 0;
	char word[32];
	size_t n;

	for (;; text += n + 1) {
		n = strcspn(text, ",");
		(void)snprintf(word, sizeof(word), "%.*s", (int)(n < sizeof(word) ? n : sizeof(word) - 1), text);
		if (!event_class_find(&cls, word)) {
			(void)snprintf(err, errsize, "there is no class \"%s\"; there are application, network, display, hardware,"
				       " door, usage, audio", word);
			return EINVAL;
		}
		got |= 1u << cls;
		if (!text[n])
			break;
	}
	*mask = got;

	return 0;
}
