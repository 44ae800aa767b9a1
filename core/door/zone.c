/**
 * @file zone.c  Local time from a POSIX TZ rule (TIM-01, SCH-02; POSIX.1-2017 §8.3)
 *
 *     CET-1CEST,M3.5.0,M10.5.0/3      an offset is positive west of Greenwich
 *
 *                     spring, Paris                   autumn, Paris
 *     UTC     00:59:59    01:00:00            00:59:59    01:00:00
 *     local   01:59:59    03:00:00            02:59:59    02:00:00
 *             02:xx does not exist            02:xx comes twice
 *
 * From local time back to UTC: of an hour that comes twice the first one is taken; a moment that does
 * not exist is taken as if the clock had not yet been put forward: 02:30 is 03:30.
 */
#include <errno.h>
#include <string.h>
#include "zone.h"

/** Zones by name, with the rules in force (IANA tzdata 2024b); any other is written as its rule */
static const struct { const char *name, *rule; } table[] = {
	{"UTC", "UTC0"},
	{"Africa/Algiers", "CET-1"}, {"Africa/Cairo", "EET-2EEST,M4.5.5/0,M10.5.4/24"},
	{"Africa/Dakar", "GMT0"}, {"Africa/Johannesburg", "SAST-2"}, {"Africa/Tunis", "CET-1"},
	{"America/Cayenne", "<-03>3"}, {"America/Chicago", "CST6CDT,M3.2.0,M11.1.0"},
	{"America/Denver", "MST7MDT,M3.2.0,M11.1.0"}, {"America/Guadeloupe", "AST4"},
	{"America/Los_Angeles", "PST8PDT,M3.2.0,M11.1.0"}, {"America/Martinique", "AST4"},
	{"America/Miquelon", "<-03>3<-02>,M3.2.0,M11.1.0"},
	{"America/New_York", "EST5EDT,M3.2.0,M11.1.0"}, {"America/Sao_Paulo", "<-03>3"},
	{"America/Toronto", "EST5EDT,M3.2.0,M11.1.0"},
	{"Asia/Dubai", "<+04>-4"}, {"Asia/Kolkata", "IST-5:30"}, {"Asia/Shanghai", "CST-8"},
	{"Asia/Tokyo", "JST-9"},
	{"Atlantic/Azores", "<-01>1<+00>,M3.5.0/0,M10.5.0/1"},
	{"Atlantic/Canary", "WET0WEST,M3.5.0/1,M10.5.0"}, {"Atlantic/Reykjavik", "GMT0"},
	{"Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3"},
	{"Europe/Amsterdam", "CET-1CEST,M3.5.0,M10.5.0/3"}, {"Europe/Athens", "EET-2EEST,M3.5.0/3,M10.5.0/4"},
	{"Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"}, {"Europe/Brussels", "CET-1CEST,M3.5.0,M10.5.0/3"},
	{"Europe/Bucharest", "EET-2EEST,M3.5.0/3,M10.5.0/4"}, {"Europe/Copenhagen", "CET-1CEST,M3.5.0,M10.5.0/3"},
	{"Europe/Dublin", "GMT0IST,M3.5.0/1,M10.5.0"}, {"Europe/Helsinki", "EET-2EEST,M3.5.0/3,M10.5.0/4"},
	{"Europe/Istanbul", "<+03>-3"}, {"Europe/Lisbon", "WET0WEST,M3.5.0/1,M10.5.0"},
	{"Europe/London", "GMT0BST,M3.5.0/1,M10.5.0"}, {"Europe/Luxembourg", "CET-1CEST,M3.5.0,M10.5.0/3"},
	{"Europe/Madrid", "CET-1CEST,M3.5.0,M10.5.0/3"}, {"Europe/Monaco", "CET-1CEST,M3.5.0,M10.5.0/3"},
	{"Europe/Moscow", "MSK-3"}, {"Europe/Oslo", "CET-1CEST,M3.5.0,M10.5.0/3"},
	{"Europe/Paris", "CET-1CEST,M3.5.0,M10.5.0/3"}, {"Europe/Prague", "CET-1CEST,M3.5.0,M10.5.0/3"},
	{"Europe/Rome", "CET-1CEST,M3.5.0,M10.5.0/3"}, {"Europe/Stockholm", "CET-1CEST,M3.5.0,M10.5.0/3"},
	{"Europe/Vienna", "CET-1CEST,M3.5.0,M10.5.0/3"}, {"Europe/Warsaw", "CET-1CEST,M3.5.0,M10.5.0/3"},
	{"Europe/Zurich", "CET-1CEST,M3.5.0,M10.5.0/3"},
	{"Indian/Mayotte", "EAT-3"}, {"Indian/Reunion", "<+04>-4"}, {"Pacific/Noumea", "<+11>-11"},
	{"Pacific/Tahiti", "<-10>10"},
};

/* --- the rule's text --- */

static bool is_alpha(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "CET" or "<+04>", at least three characters */
static bool skip_name(const char **p)
{
	const char *s = *p;
	const bool quoted = *s == '<';

	s += quoted;
	while (is_alpha(*s) || (quoted && (is_digit(*s) || *s == '+' || *s == '-')))
		++s;
	if (s - *p < 3 + quoted || (quoted && *s != '>'))
		return false;
	*p = s + quoted;

	return true;
}

/* A number min..max; the text moves behind it */
static bool take(const char **p, int32_t min, int32_t max, int32_t *v)
{
	const char *s = *p;
	int32_t sum = 0;

	for (; is_digit(*s) && s - *p < 3; ++s)
		sum = sum * 10 + (*s - '0');
	if (s == *p || is_digit(*s) || sum < min || sum > max)
		return false;
	*p = s;
	*v = sum;

	return true;
}

/* [+-]h[:mm[:ss]] */
static bool take_time(const char **p, int32_t hours_max, int32_t *s)
{
	const int32_t sign = **p == '-' ? -1 : 1;
	int32_t h, m = 0, sec = 0;

	*p += **p == '-' || **p == '+';
	if (!take(p, 0, hours_max, &h))
		return false;
	if (**p == ':' && (++*p, !take(p, 0, 59, &m)))
		return false;
	if (**p == ':' && (++*p, !take(p, 0, 59, &sec)))
		return false;
	*s = sign * (h * 3600 + m * 60 + sec);

	return true;
}

static bool expect(const char **p, char c)
{
	if (**p != c)
		return false;
	++*p;

	return true;
}

/* ",M3.5.0/2"; without a time it is 02:00 */
static bool take_change(const char **p, struct zone_change *c)
{
	c->time_s = 7200;
	if (!expect(p, ',') || !expect(p, 'M') || !take(p, 1, 12, &c->month) || !expect(p, '.') ||
	    !take(p, 1, 5, &c->week) || !expect(p, '.') || !take(p, 0, 6, &c->weekday))
		return false;

	return **p != '/' || (++*p, take_time(p, 167, &c->time_s));
}

static bool take_dst(const char **p, struct zone *z)
{
	z->has_dst = true;
	z->dst_s = z->std_s + 3600;
	if (!skip_name(p))
		return false;
	if (**p && **p != ',') {
		if (!take_time(p, 24, &z->dst_s))
			return false;
		z->dst_s = -z->dst_s;
	}

	return take_change(p, &z->to_dst) && take_change(p, &z->to_std);
}

static const char *rule_of(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (!strcmp(table[i].name, text))
			return table[i].rule;

	return text;
}

/**
 * Parse a zone.
 *
 * @param z    Written on success
 * @param text Name of the table, or a POSIX rule with M dates
 *
 * @return 0, EINVAL neither
 */
int zone_parse(struct zone *z, const char *text)
{
	const char *p = rule_of(text);
	struct zone out;

	memset(&out, 0, sizeof(out));
	if (!skip_name(&p) || !take_time(&p, 24, &out.std_s))
		return EINVAL;
	out.std_s = -out.std_s;
	if (*p && !take_dst(&p, &out))
		return EINVAL;
	if (*p)
		return EINVAL;
	*z = out;

	return 0;
}

/* --- the calendar --- */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/** Local day, counted from 1970-01-01 (a Thursday) */
int64_t zone_day(int64_t local_s)
{
	return floor_div(local_s, DAY_S);
}

/** Second of the local day */
int32_t zone_second(int64_t local_s)
{
	return (int32_t)(local_s - zone_day(local_s) * DAY_S);
}

/** Days from 1970-01-01 to a date (Howard Hinnant's algorithm: years begin in March, eras have 400) */
int64_t zone_days(int64_t year, int32_t month, int32_t day)
{
	const int64_t y = year - (month <= 2);
	const int64_t era = floor_div(y, 400), yoe = y - era * 400;
	const int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int64_t year_of(int64_t day)
{
	int64_t year = 1970 + floor_div(day * 400, 146097);

	while (zone_days(year, 1, 1) > day)
		--year;
	while (zone_days(year + 1, 1, 1) <= day)
		++year;

	return year;
}

/* Local second, by the clock in force before it, at which a change of a year happens */
static int64_t change_s(const struct zone_change *c, int64_t year)
{
	const int64_t first = zone_days(year, c->month, 1);
	const int64_t next = c->month == 12 ? zone_days(year + 1, 1, 1) : zone_days(year, c->month + 1, 1);
	const int64_t weekday = (first + 4) - floor_div(first + 4, 7) * 7;
	int64_t day = first + (c->weekday - weekday + 7) % 7 + (c->week - 1) * 7;

	if (day >= next)
		day -= 7;

	return day * DAY_S + c->time_s;
}

/**
 * What local time is ahead of UTC.
 *
 * @param z     Zone
 * @param utc_s Moment [s since 1970 UTC]
 *
 * @return [s], positive east of Greenwich
 */
int64_t zone_offset_s(const struct zone *z, int64_t utc_s)
{
	const int64_t year = year_of(zone_day(utc_s + z->std_s));
	int64_t begin, end;

	if (!z->has_dst)
		return z->std_s;
	begin = change_s(&z->to_dst, year) - z->std_s;
	end = change_s(&z->to_std, year) - z->dst_s;
	if (begin < end)
		return utc_s >= begin && utc_s < end ? z->dst_s : z->std_s;

	return utc_s >= begin || utc_s < end ? z->dst_s : z->std_s;     /* south of the equator */
}

/** Local time of a moment, as seconds since 1970-01-01 00:00 local */
int64_t zone_local_s(const struct zone *z, int64_t utc_s)
{
	return utc_s + zone_offset_s(z, utc_s);
}

/**
 * The moment of a local time: the first where it comes twice; where it does not exist, what the clock
 * would show had it not yet been put forward.
 *
 * @param z       Zone
 * @param local_s Seconds since 1970-01-01 00:00 local
 *
 * @return [s since 1970 UTC]
 */
int64_t zone_utc_s(const struct zone *z, int64_t local_s)
{
	const int64_t high = z->has_dst && z->dst_s > z->std_s ? z->dst_s : z->std_s;
	const int64_t low = z->has_dst && z->dst_s < z->std_s ? z->dst_s : z->std_s;

	return zone_local_s(z, local_s - high) == local_s ? local_s - high : local_s - low;
}
