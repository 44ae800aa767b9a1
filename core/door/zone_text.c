/**
 * @file zone_text.c  A date and time of day as text, as a person sets a clock (TIM-01)
 *
 *     2026-07-01 12:00:00     seconds may be left out; T may stand for the blank
 *
 * Held to the years 2000 to 2099.
 */
#include <errno.h>
#include <stdbool.h>
#include "text.h"
#include "zone.h"

#define YEAR_MIN 2000
#define YEAR_MAX 2099

/* Exactly n digits, min..max; the text moves behind them */
static bool take(const char **p, unsigned n, int32_t min, int32_t max, int32_t *v)
{
	int32_t sum = 0;

	for (; n; --n, ++*p) {
		if (**p < '0' || **p > '9')
			return false;
		sum = sum * 10 + (**p - '0');
	}
	*v = sum;

	return sum >= min && sum <= max;
}

static bool expect(const char **p, char a, char b)
{
	if (**p != a && **p != b)
		return false;
	++*p;

	return true;
}

static int64_t month_end(int32_t year, int32_t month)
{
	return month == 12 ? zone_days(year + 1, 1, 1) : zone_days(year, month + 1, 1);
}

/**
 * Read a date and time.
 *
 * @param local_s Written on success [s since 1970-01-01 00:00 of the same clock]
 * @param text    "2026-07-01 12:00:00", "2026-07-01T12:00"
 *
 * @return 0, EINVAL it is none, or of no year 2000 to 2099
 */
int zone_read(int64_t *local_s, const char *text)
{
	int32_t year, month, date, h, m, s = 0;
	const char *p = text;
	int64_t day;

	if (!take(&p, 4, YEAR_MIN, YEAR_MAX, &year) || !expect(&p, '-', '-') || !take(&p, 2, 1, 12, &month) ||
	    !expect(&p, '-', '-') || !take(&p, 2, 1, 31, &date) || !expect(&p, ' ', 'T') || !take(&p, 2, 0, 23, &h) ||
	    !expect(&p, ':', ':') || !take(&p, 2, 0, 59, &m))
		return EINVAL;
	if (*p && (!expect(&p, ':', ':') || !take(&p, 2, 0, 59, &s) || *p))
		return EINVAL;
	day = zone_days(year, month, date);
	if (day >= month_end(year, month))
		return EINVAL;
	*local_s = day * DAY_S + h * 3600 + m * 60 + s;

	return 0;
}

static void put(struct text *t, char before, int64_t v)
{
	text_char(t, before);
	text_uint(t, (uint64_t)v, 2);
}

/**
 * Write a date and time: "2026-07-01 12:00:00".
 *
 * @param text    Written; "" before 1970 and after 9999
 * @param local_s [s since 1970-01-01 00:00 of the same clock]
 */
void zone_write(char text[ZONE_DATE], int64_t local_s)
{
	const int64_t day = zone_day(local_s), s = zone_second(local_s);
	int64_t year = 1970 + day / 366;
	int32_t month = 1;
	struct text t;

	text_start(&t, text, ZONE_DATE);
	if (local_s < 0 || local_s > 253402300799)
		return;
	while (zone_days(year + 1, 1, 1) <= day)
		++year;
	while (month_end((int32_t)year, month) <= day)
		++month;
	text_uint(&t, (uint64_t)year, 4);
	put(&t, '-', month);
	put(&t, '-', day - zone_days(year, month, 1) + 1);
	put(&t, ' ', s / 3600);
	put(&t, ':', s / 60 % 60);
	put(&t, ':', s % 60);
}
