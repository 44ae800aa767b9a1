/**
 * @file zone.h  Local time: zones by name or by POSIX rule, daylight saving included (TIM-01, SCH-02)
 *
 * The port's calendar is UTC and stays so; the rule is ours, not the host's, because a board has no
 * database of zones and ten thousand doors in one process may stand in as many zones.  A name is a row
 * of a table here; any other zone is written as its POSIX rule.  Plain C11, no allocation.
 */
#ifndef DOOR_ZONE_H
#define DOOR_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#define ZONE_TEXT 48                    /**< longest name or rule, with its end */
#define DAY_S 86400

/** When one half of the year begins: "M3.5.0/2" */
struct zone_change {
	int32_t month;                  /**< 1..12 */
	int32_t week;                   /**< 1..5, 5 = the last */
	int32_t weekday;                /**< 0..6, 0 = Sunday */
	int32_t time_s;                 /**< of the local day, -167..167 h */
};

/** A rule, parsed */
struct zone {
	int32_t std_s, dst_s;           /**< seconds east of UTC */
	bool has_dst;
	struct zone_change to_dst, to_std;
};

int zone_parse(struct zone *z, const char *text);
int64_t zone_offset_s(const struct zone *z, int64_t utc_s);
int64_t zone_local_s(const struct zone *z, int64_t utc_s);
int64_t zone_utc_s(const struct zone *z, int64_t local_s);
int64_t zone_days(int64_t year, int32_t month, int32_t day);
int64_t zone_day(int64_t local_s);
int32_t zone_second(int64_t local_s);

/* zone_text.c: "2026-07-01 12:00:00" */
#define ZONE_DATE 20                    /**< a date and time as text, with its end */
int zone_read(int64_t *local_s, const char *text);
void zone_write(char text[ZONE_DATE], int64_t local_s);

#endif
