/**
 * @file announce.c  Voice messages: which is spoken when, and what ends it (DOOR-09, HW-06, SUP-24)
 *
 *     message               begins                                        ends before its end by
 *     call_in_progress      a visitor's list is called                    answer, end of the call, C
 *     network_fault         the same, where the call cannot leave         answer, end of the call, C
 *     contact_unavailable   nobody of a visitor's list answered           a new call, in or out
 *     end_of_communication  door_timer TALK                               a new call, in or out
 *     door_open             a strike is energised                         C
 *     ip_address            end of start-up, DIP switch 2                 a new call, in or out
 *
 * The visitor alone hears them: they go to the loudspeaker and never into a call.  Between C and # none
 * begins, so that a receiver's microphone path stays quiet.  A technical or test call says nothing of itself.
 * The door only says which; core/sip/phone_voice.c plays them.
 */
#include <errno.h>
#include <string.h>
#include "door.h"

#define BIT(a) (1u << (a))
#define OF_CALL (BIT(ANNOUNCE_CALLING) | BIT(ANNOUNCE_NETWORK))
#define ALL (BIT(ANNOUNCE_COUNT) - 1)

static const char *const name[ANNOUNCE_COUNT] = {
	[ANNOUNCE_UNAVAILABLE] = "contact_unavailable", [ANNOUNCE_END] = "end_of_communication",
	[ANNOUNCE_NETWORK] = "network_fault",           [ANNOUNCE_CALLING] = "call_in_progress",
	[ANNOUNCE_DOOR_OPEN] = "door_open",             [ANNOUNCE_ADDRESS] = "ip_address",
};

/** Name of a message, as in events, settings and files */
const char *announce_name(enum announce a)
{
	return (unsigned)a < ANNOUNCE_COUNT ? name[a] : "?";
}

/**
 * Message of a name.
 *
 * @param a    Written on success
 * @param text Name
 *
 * @return 0, ENOENT
 */
int announce_find(enum announce *a, const char *text)
{
	unsigned i;

	for (i = 0; i < ANNOUNCE_COUNT; i++) {
		if (strcmp(name[i], text))
			continue;
		*a = (enum announce)i;
		return 0;
	}

	return ENOENT;
}

/** Is the frame or its acknowledgement on its way? */
static bool exchanging(const struct door *d)
{
	return d->sup == SUP_SENDING || d->sup == SUP_WAIT_ACK;
}

/**
 * Speak a message where it is switched on; one that is being spoken or waits is not repeated.
 *
 * @param d Door
 * @param a Message
 */
void announce_say(struct door *d, enum announce a)
{
	if (d->conf->say[a] && !exchanging(d))
		(void)d->phone->say(d->phone_ctx, a);
}

/** DOOR_IN_SAY: a person wants to hear a message, switched on or not */
void announce_try(struct door *d, unsigned a)
{
	if (a < ANNOUNCE_COUNT && !exchanging(d))
		(void)d->phone->say(d->phone_ctx, (enum announce)a);
}

/** Can a call leave by this account (0 = none)? */
static bool can_leave(const struct door *d, unsigned account)
{
	const unsigned lost = d->accounts_told & ~d->accounts_ok;

	return (d->line[GAP_IN_LINK] || !d->link_told) && !(lost >> account & 1);
}

/**
 * A visitor's list begins to be called.
 *
 * @param d       Door
 * @param account Of the first contact, 0 = none
 */
void announce_call(struct door *d, unsigned account)
{
	announce_say(d, can_leave(d, account) ? ANNOUNCE_CALLING : ANNOUNCE_NETWORK);
}

/** A call begins, in or out: what was said of the last one is over */
void announce_seize(struct door *d)
{
	d->phone->hush(d->phone_ctx, ALL & ~BIT(ANNOUNCE_DOOR_OPEN));
}

/** The call was answered, or is over: it is no longer in progress */
void announce_hush_call(struct door *d)
{
	d->phone->hush(d->phone_ctx, OF_CALL);
}

/** Silence: the receiver's C was heard, the door stops */
void announce_hush(struct door *d)
{
	d->phone->hush(d->phone_ctx, ALL);
}
