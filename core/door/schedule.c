/**
 * @file schedule.c  Is it day? Time slots on the door's clock (SCH-01, SCH-02, DOOR-06, HW-07)
 *
 * A slot is looked up when somebody asks: an idle door runs no timer for it.
 */
#include "door.h"

/** Local time of the door, seconds since 1970-01-01 00:00 local */
int64_t schedule_local_s(const struct settings *s, int64_t wall_us)
{
	struct zone z;

	return zone_parse(&z, s->zone) ? wall_us / 1000000 : zone_local_s(&z, wall_us / 1000000);
}

/**
 * Is a time slot active?
 *
 * @param s       Settings
 * @param slot    1..SETTINGS_SLOTS, or SETTINGS_OFF: always active
 * @param wall_us Calendar [us since 1970 UTC]
 */
bool schedule_active(const struct settings *s, int32_t slot, int64_t wall_us)
{
	int64_t local, day;

	if (slot < 1 || slot > SETTINGS_SLOTS)
		return true;
	local = schedule_local_s(s, wall_us);
	day = zone_day(local) + 3;              /* 1970-01-01 was a Thursday */

	return slot_has(&s->slot[slot - 1].hours, (unsigned)(day - day / 7 * 7),
			(unsigned)zone_second(local) / 900);
}

/**
 * Volume of the loudspeaker, attenuated outside of its slot (HW-07).
 *
 * @return Percent
 */
unsigned schedule_volume(const struct settings *s, int64_t wall_us)
{
	return (unsigned)(schedule_active(s, s->attenuation_slot, wall_us) ? s->volume : s->quiet_volume);
}

/** The same for the door's present time */
bool schedule_now(const struct door *d, int32_t slot)
{
	return schedule_active(d->conf, slot, door_wall_us(d));
}
