/**
 * @file gap_voip.c  Calls asked for by the network: the VoIP API's three commands (SIP-11, API-20, manual §3.3.19)
 *
 *     table   id                                   calls
 *     liste   1                                    contact 1 of the book
 *     liste   4 [sip:192.168.0.22]                 contact 4, if that is still its number
 *     liste   192.168.1.100, 1000@proxy, sip:...   the first contact of the book with that number
 *     libre   192.168.1.100, 1000@proxy, sip:...   that address
 *     libre   1000                                 that number, by the first active account
 *     ldap    as liste                             a contact of the directory, by the first active account (manual
 *                                                  §3.3.13: account 1)
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "gap.h"

#define DIGITS "0123456789"

typedef int (lookup_h)(char text[SETTINGS_URI], const struct gap *g, const char *id);

struct table {
	const char *name;
	lookup_h *h;
};

/* Does the address shown beside an index mean this contact? As kept, or as it would be called */
static bool shows(const struct gap *g, const struct book_contact *c, const char *s, size_t n)
{
	char text[SETTINGS_URI], own[SETTINGS_URI];
	struct contact called;
	const char *why;

	if (contact_write(text, s, n, &why) || book_contact_text(own, c))
		return false;
	if (!strcmp(text, c->number) || !strcmp(text, own))
		return true;

	return !contact_resolve(&called, gap_settings(g), own) && !strcmp(text, called.uri);
}

static int by_index(char text[SETTINGS_URI], const struct gap *g, const struct book *b, const char *id)
{
	const size_t n = strspn(id, DIGITS), len = strlen(id);
	const char *rest = id + n + (id[n] == ' ');
	const struct book_contact *c = book_get(b, n <= 4 ? (unsigned)strtoul(id, NULL, 10) : 0);

	if (!id[n])
		return c ? book_contact_text(text, c) : ENOENT;
	if (*rest != '[' || id[len - 1] != ']')
		return EINVAL;
	if (!c || !shows(g, c, rest + 1, len - (size_t)(rest - id) - 2))
		return ENOENT;

	return book_contact_text(text, c);
}

static int by_number(char text[SETTINGS_URI], const struct book *b, const char *id)
{
	const char *why;
	unsigned i;

	if (contact_write(text, id, strlen(id), &why))
		return EINVAL;
	for (i = 1; i <= book_count(b); i++) {
		const struct book_contact *c = book_get(b, i);

		if (!strcmp(text, c->number))
			return book_contact_text(text, c);
	}

	return ENOENT;
}

/* Digits alone, or digits and a bracket, are an index */
static int of(char text[SETTINGS_URI], const struct gap *g, const struct book *b, const char *id)
{
	const char end = id[strspn(id, DIGITS)];

	return id[0] >= '0' && id[0] <= '9' && (!end || end == ' ' || end == '[') ? by_index(text, g, b, id)
											 : by_number(text, b, id);
}

static int of_book(char text[SETTINGS_URI], const struct gap *g, const char *id)
{
	return of(text, g, gap_book(g), id);
}

static int of_directory(char text[SETTINGS_URI], const struct gap *g, const char *id)
{
	return of(text, g, gap_directory(g), id);
}

static int as_given(char text[SETTINGS_URI], const struct gap *g, const char *id)
{
	const char *why;

	(void)g;

	return contact_write(text, id, strlen(id), &why);
}

static int look_up(char text[SETTINGS_URI], const struct gap *g, const char *table, const char *id)
{
	static const struct table tables[] = {{"liste", of_book}, {"ldap", of_directory}, {"libre", as_given}};
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (!strcmp(tables[i].name, table))
			return tables[i].h(text, g, id);

	return EINVAL;
}

/* What the door's queue cannot take is a door that has too much to do */
static int tell(struct gap *g, const struct door_in *in)
{
	const int err = gap_tell(g, in);

	return err == ENOBUFS ? EBUSY : err;
}

/**
 * Call a contact by command: that one alone, without the button's list and reports.
 *
 * @param g     Door phone
 * @param table "liste", "ldap" or "libre"
 * @param id    Contact in it, see above
 *
 * @return 0 the door calls; EINVAL no such table, or no form of an id; ENOENT no such contact, or its account is not
 *         active; EBUSY the line is not free; EAGAIN the door does not run
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
	err = look_up(in.text, g, table, id);
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
