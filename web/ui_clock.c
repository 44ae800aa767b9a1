/**
 * @file ui_clock.c  The door's date and time for the pages: seen, and set by hand (TIM-01, WEB-09)
 */
#include <errno.h>
#include <time.h>
#include "web/ui_priv.h"

/* Without supply there is no door's clock: the machine's, as it shows it */
static json_t *machine_time(void)
{
	struct timespec ts;
	char local[24];
	struct tm tm;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	(void)localtime_r(&ts.tv_sec, &tm);
	(void)strftime(local, sizeof(local), "%Y-%m-%d %H:%M:%S", &tm);

	return json_pack("{s:I, s:s, s:s, s:I}", "wall_us", (json_int_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000, "local", local,
			 "zone", tm.tm_zone, "offset_s", (json_int_t)tm.tm_gmtoff);
}

/** The door's time in its own zone; without a door the machine's */
json_t *ui_clock_time(const struct gap *g)
{
	const int64_t us = g ? gap_wall_us(g) : 0;
	char local[ZONE_DATE];
	int64_t local_s;

	if (!g)
		return machine_time();
	local_s = schedule_local_s(gap_settings(g), us);
	zone_write(local, local_s);

	return json_pack("{s:I, s:s, s:s, s:I}", "wall_us", (json_int_t)us, "local", local, "zone", gap_settings(g)->zone,
			 "offset_s", (json_int_t)(local_s - us / 1000000));
}

/* How the NTP server does, null = none is asked; at_us by the door's present calendar */
static json_t *ntp_of(const struct gap *g)
{
	const struct ntp_state *st = gap_ntp(g);
	const int64_t at_us = st ? gap_wall_us(g) - (int64_t)(gap_now_us(g) - st->at_us) : 0;

	if (!st)
		return json_null();

	return json_pack("{s:b, s:b, s:I, s:I, s:i, s:I, s:i, s:s}", "ok", st->ok, "ever", st->ever, "offset_us",
			 (json_int_t)st->offset_us, "delay_us", (json_int_t)st->delay_us, "stratum", (int)st->stratum, "at_us",
			 (json_int_t)at_us, "poll_s", (int)st->poll_s, "trouble", st->trouble);
}

/** GET /ui/clock */
void ui_clock(const struct ui_ask *ask, struct web_reply *rep)
{
	char source[SETTINGS_TEXT];

	(void)settings_get(gap_settings(ask->gap), settings_find("time.source"), source, sizeof(source));
	ui_reply(rep, 200, json_pack("{s:s, s:o, s:o}", "source", source, "time", ui_clock_time(ask->gap), "ntp",
				     ntp_of(ask->gap)));
}

static int set(const struct ui_ask *ask, char *err, size_t errsize)
{
	const json_t *utc = json_object_get(ask->body, "utc_us");

	if (utc)
		return gap_clock_set(ask->gap, json_is_integer(utc) ? json_integer_value(utc) : 0, ask->login, err, errsize);

	return gap_clock_local(ask->gap, ui_text(ask, "local", ""), ask->login, err, errsize);
}

/** POST /ui/clock {"utc_us"}, or {"local": "2026-07-01 12:00:00"} in the door's zone */
void ui_clock_set(const struct ui_ask *ask, struct web_reply *rep)
{
	char err[512] = "";
	const int e = set(ask, err, sizeof(err));

	if (!e)
		ui_clock(ask, rep);
	else if (e == EPERM)
		ui_refuse(rep, 409, "clock_source", "%s", err);
	else if (e == EINVAL)
		ui_refuse(rep, 422, "bad_time", "%s", err);
	else
		ui_refuse(rep, 503, "not_stored", "%s", err);
}
