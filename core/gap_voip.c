/**
 * @file gap_voip.c  Calls asked for by the network: the VoIP API's three commands (SIP-11, API-20, manual §3.3.19)
 *
 *     table   id                                   calls
 *     liste   any                                  a contact of the book: there is none yet
 *     libre   192.168.1.100, 1000@proxy, sip:...   that address
 *     libre   1000                                 that number, by the first active account
 *     ldap    any                                  the directory: there is none yet
 */
#include <errno.h>
#include <string.h>
#include "door/contact.h"
#include "gap.h"

/* What the door's queue cannot take is a door that has too much to do */
static int tell(struct gap *g, const struct door_in *in)
{
	const int err = gap_tell(g, in);

	return err == ENOBUFS ? EBUSY : err;
}

static int look_up(char text[SETTINGS_URI], const char *table, const char *id)
{
	const char *why;

	if (!strcmp(table, "libre"))
		return contact_write(text, id, strlen(id), &why);

	return !strcmp(table, "liste") ? ENOENT : !strcmp(table, "ldap") ? ENOTSUP : EINVAL;
}

/**
 * Call a contact by command: that one alone, without the button's list and reports.
 *
 * @param g     Door phone
 * @param table "liste", "ldap" or "libre"
 * @param id    Contact in it, see above
 *
 * @return 0 the door calls; EINVAL no such table, or no form of an id; ENOENT no such contact, or its account is not
 *         active; EBUSY the line is not free; ENOTSUP there is no directory (ldap); EAGAIN the door does not run
 *
 * Source: SIP-11, API-20.
 */
int gap_voip_call(struct gap *g, const char *table, const char *id)
{
	struct door_in in = {.type = DOOR_IN_DIAL};
	struct contact c;
	int err;

	if (!g || !table || !id || strlen(id) >= 2 * SETTINGS_URI)
		return EINVAL;
	err = look_up(in.text, table, id);
	if (!err)
		err = contact_resolve(&c, gap_settings(g), in.text);
	if (err)
		return err == EOVERFLOW ? EINVAL : err;
	if (!door_can_dial(gap_door(g)))
		return EBUSY;

	return tell(g, &in);
}

/**
 * Answer the incoming call, whatever door.answer_s says.
 *
 * @param g Door phone
 *
 * @return 0, EBUSY there is no call to answer, EAGAIN the door does not run
 *
 * Source: SIP-11, API-20.
 */
int gap_voip_answer(struct gap *g)
{
	const struct door_in in = {.type = DOOR_IN_ANSWER};

	if (!g)
		return EINVAL;

	return door_can_answer(gap_door(g)) ? tell(g, &in) : EBUSY;
}

/**
 * End whatever call there is: out, in, ringing or between two contacts.  No call is none to end: that is no error.
 *
 * @param g Door phone
 *
 * @return 0, EBUSY the door has too much to do, EAGAIN it does not run
 *
 * Source: SIP-11, API-20.
 */
int gap_voip_end_all(struct gap *g)
{
	const struct door_in in = {.type = DOOR_IN_HANGUP};

	return g ? tell(g, &in) : EINVAL;
}
