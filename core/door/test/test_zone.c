/**
 * @file test_zone.c  Local time: rules, the hour that comes twice, the hour that does not exist (TIM-01, SCH-02)
 */
#include <check.h>
#include <errno.h>
#include "core/door/zone.h"

Suite *suite(void);

/* 2026-03-29 01:00 UTC and 2026-10-25 01:00 UTC: the changes of Paris */
#define SPRING 1774746000
#define AUTUMN 1792890000

static struct zone z;

static int64_t offset(const char *zone, int64_t utc_s)
{
	ck_assert_int_eq(zone_parse(&z, zone), 0);

	return zone_offset_s(&z, utc_s);
}

START_TEST(a_zone_has_its_offset_before_at_and_after_each_change)
{
	static const struct { const char *zone; int64_t utc_s, offset_s; } row[] = {
		{"Europe/Paris", SPRING - 1, 3600}, {"Europe/Paris", SPRING, 7200},
		{"Europe/Paris", AUTUMN - 1, 7200}, {"Europe/Paris", AUTUMN, 3600},
		{"Europe/London", SPRING - 1, 0}, {"Europe/London", SPRING, 3600},
		{"America/New_York", 1772953199, -18000}, {"America/New_York", 1772953200, -14400},
		{"America/New_York", 1793512799, -14400}, {"America/New_York", 1793512800, -18000},
		{"Australia/Sydney", 1775318399, 39600}, {"Australia/Sydney", 1775318400, 36000},
		{"Australia/Sydney", 1791043199, 36000}, {"Australia/Sydney", 1791043200, 39600},
		{"Asia/Kolkata", SPRING, 19800}, {"Pacific/Tahiti", SPRING, -36000}, {"UTC", AUTUMN, 0},
		{"UTC", -1, 0}, {"Europe/Paris", 0, 3600},
		{"CET-1CEST,M3.5.0,M10.5.0/3", SPRING, 7200}, {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", SPRING, -3600},
		{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", SPRING - 1, -7200},
	};
	unsigned i;

	for (i = 0; i < sizeof(row) / sizeof(*row); i++)
		ck_assert_msg(offset(row[i].zone, row[i].utc_s) == row[i].offset_s, "%s at %lld", row[i].zone,
			      (long long)row[i].utc_s);
}
END_TEST

START_TEST(bad_zones_are_refused)
{
	static const char *const bad[] = {
		"", "Paris", "Europe/paris", "CET", "CE-1", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0",
		"CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.0.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0/168", "CET-1CEST,M3.5.0,M10.5.0x",
		"CET-1CEST,J60,J300", "<+04-4", "CET-1:60", "CET-1 ", "CET-0001",
	};
	struct zone before;
	unsigned i;

	ck_assert_int_eq(zone_parse(&z, "UTC"), 0);
	before = z;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(zone_parse(&z, bad[i]) != 0, "%s", bad[i]);
	ck_assert_mem_eq(&z, &before, sizeof(z));
}
END_TEST

/* SCH-02: 02:30 of 2026-10-25 comes twice: the first is meant; 02:30 of 2026-03-29 does not exist: 03:30 */
START_TEST(local_time_leads_back_to_one_moment)
{
	int64_t local;

	(void)offset("Europe/Paris", 0);
	local = zone_local_s(&z, AUTUMN - 1800);
	ck_assert_int_eq(zone_second(local), 2 * 3600 + 1800);
	ck_assert_int_eq(zone_local_s(&z, AUTUMN + 1800), local);
	ck_assert_int_eq(zone_utc_s(&z, local), AUTUMN - 1800);

	local = zone_local_s(&z, SPRING - 1) + 1 + 1800;
	ck_assert_int_eq(zone_utc_s(&z, local), SPRING + 1800);
	ck_assert_int_eq(zone_second(zone_local_s(&z, SPRING + 1800)), 3 * 3600 + 1800);
}
END_TEST

/* Each hour of five years: there and back, but for the second pass of the double hour */
START_TEST(every_hour_of_years_is_there_and_back)
{
	int64_t utc_s, end = SPRING + (int64_t)5 * 366 * DAY_S;
	unsigned twice = 0;

	(void)offset(_i ? "Australia/Sydney" : "Europe/Paris", 0);
	for (utc_s = SPRING; utc_s < end; utc_s += 3600) {
		const int64_t back = zone_utc_s(&z, zone_local_s(&z, utc_s));

		if (back == utc_s)
			continue;
		ck_assert_int_eq(back, utc_s - 3600);
		++twice;
	}
	ck_assert_uint_eq(twice, 5);
}
END_TEST

/* TIM-01: what a person writes to set the clock */
START_TEST(a_date_is_read_and_written)
{
	static const struct { const char *in, *out; int64_t s; } row[] = {
		{"2026-07-01 12:00:00", "2026-07-01 12:00:00", 1782907200}, {"2026-01-05T08:00", "2026-01-05 08:00:00", 1767600000},
		{"2000-01-01 00:00", "2000-01-01 00:00:00", 946684800}, {"2099-12-31 23:59:59", "2099-12-31 23:59:59", 4102444799},
		{"2024-02-29 01:02:03", "2024-02-29 01:02:03", 1709168523},
	};
	char text[ZONE_DATE];
	int64_t s;
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(*row); i++) {
		ck_assert_msg(!zone_read(&s, row[i].in), "%s", row[i].in);
		ck_assert_int_eq(s, row[i].s);
		zone_write(text, s);
		ck_assert_str_eq(text, row[i].out);
	}
	zone_write(text, -1);
	ck_assert_str_eq(text, "");
	zone_write(text, 0);
	ck_assert_str_eq(text, "1970-01-01 00:00:00");
	zone_write(text, INT64_C(253402300799));
	ck_assert_str_eq(text, "9999-12-31 23:59:59");
	zone_write(text, INT64_C(253402300800));
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(what_is_no_date_is_refused)
{
	static const char *const bad[] = {
		"", "2026", "2026-07-01", "2026-07-01 ", "2026-07-01 12", "2026-07-01 12:0", "2026-07-01 24:00", "2026-07-01 12:60",
		"2026-07-01 12:00:60", "2026-07-01 12:00:00 ", "2026-07-01 12:00:00Z", "2026-07-01x12:00", "2026-00-01 12:00",
		"2026-13-01 12:00", "2026-02-29 12:00", "2100-01-01 00:00", "1999-12-31 23:59", "2026-04-31 12:00", "2026-04-00 12:00",
		" 2026-07-01 12:00", "26-07-01 12:00", "+026-07-01 12:00", "2026-7-1 12:00",
	};
	int64_t s = 77;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ck_assert_msg(zone_read(&s, bad[i]) == EINVAL, "%s", bad[i]);
		ck_assert_int_eq(s, 77);
	}
}
END_TEST

/* Each day of a century is there and back */
START_TEST(every_day_is_there_and_back)
{
	char text[ZONE_DATE];
	int64_t s, back;

	for (s = 946684800 + 3723; s < INT64_C(4102444800); s += DAY_S) {
		zone_write(text, s);
		ck_assert_int_eq(zone_read(&back, text), 0);
		ck_assert_int_eq(back, s);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("zone");
	TCase *tc = tcase_create("zone");

	tcase_add_test(tc, a_zone_has_its_offset_before_at_and_after_each_change);
	tcase_add_test(tc, bad_zones_are_refused);
	tcase_add_test(tc, local_time_leads_back_to_one_moment);
	tcase_add_loop_test(tc, every_hour_of_years_is_there_and_back, 0, 2);
	tcase_add_test(tc, a_date_is_read_and_written);
	tcase_add_test(tc, what_is_no_date_is_refused);
	tcase_add_test(tc, every_day_is_there_and_back);
	suite_add_tcase(s, tc);

	return s;
}
