/**
 * @file failsafe.c  Relays may be driven only while a host is there (HIL-01, REL-04)
 */
#include "failsafe.h"

static bool silent(const struct failsafe *f, uint64_t now_us)
{
	return !f->heard || now_us - f->heard_us >= FAILSAFE_SILENCE_US;
}

/** A heartbeat has come. */
void failsafe_heard(struct failsafe *f, uint64_t now_us)
{
	f->heard = true;
	f->heard_us = now_us;
}

/**
 * Allow the relays.
 *
 * @param f      Fail-safe
 * @param now_us Time [us]
 *
 * @return false = refused: no heartbeat lately
 */
bool failsafe_arm(struct failsafe *f, uint64_t now_us)
{
	if (silent(f, now_us))
		return false;
	f->armed = true;
	return true;
}

/**
 * See whether the relays must be released.
 *
 * @param f      Fail-safe
 * @param now_us Time [us]
 *
 * @return true = now; once for each silence
 */
bool failsafe_fires(struct failsafe *f, uint64_t now_us)
{
	if (!f->armed || !silent(f, now_us))
		return false;
	f->armed = false;
	f->cause = LINK_CAUSE_SILENCE;
	f->since_us = now_us;
	++f->count;
	return true;
}
