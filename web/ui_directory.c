/**
 * @file ui_directory.c  The LDAP directory for the pages: what of it holds a text, page by page, and reading it again (SRV-01)
 *
 *     GET /ui/directory?text=T&after=N    at most PAGE contacts behind place N; `more`: there are others
 *     POST /ui/directory {}               read it now; the event `directory` tells its end
 *
 * A contact is copied into the door's own list as any other is added: POST /ui/contacts.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "web/ui.h"
#include "web/ui_acts.h"

#define PAGE 50
#define TEXT 256

/* Is a contact of the directory in the door's own list? Names do not count */
static bool listed(const struct book *own, const struct book_contact *c)
{
	unsigned i;

	for (i = 1; i <= book_count(own); i++)
		if (!strcmp(book_get(own, i)->number, c->number))
			return true;

	return false;
}

static json_t *contacts(const struct gap *g, const char *text, unsigned after, bool *more)
{
	const struct book *b = gap_directory(g);
	json_t *a = json_array();
	unsigned at, n = 0;

	for (at = directory_find(b, text, after); at && n < PAGE; at = directory_find(b, text, at), n++) {
		const struct book_contact *c = book_get(b, at);

		(void)json_array_append_new(a, json_pack("{s:i, s:s, s:s, s:b}", "place", (int)at, "name", c->surname, "number",
							 c->number, "listed", listed(gap_book(g), c)));
	}
	*more = at != 0;

	return a;
}

static void look(const struct ui_ask *ask, unsigned status, const char *text, unsigned after, struct web_reply *rep)
{
	struct gap_directory_state st;
	bool more;
	json_t *list = contacts(ask->gap, text, after, &more);

	gap_directory_look(ask->gap, &st);
	ui_reply(rep, status, json_pack("{s:b, s:b, s:b, s:s, s:b, s:I, s:i, s:i, s:o, s:b}", "enabled", st.enabled, "reading",
					st.reading, "failed", st.failed, "cause", st.failed ? st.cause : "", "full", st.full,
					"read_us", (json_int_t)st.read_wall_us, "left_out", (int)st.left_out, "total",
					(int)book_count(gap_directory(ask->gap)), "contacts", list, "more", more));
}

/** GET /ui/directory */
void ui_directory(const struct ui_ask *ask, struct web_reply *rep)
{
	char text[TEXT + 1] = "", after[16] = "0";

	(void)ui_query(ask, "text", text, sizeof(text));
	(void)ui_query(ask, "after", after, sizeof(after));
	if (strlen(text) >= TEXT)
		ui_refuse(rep, 422, "text_too_long", "the text to search for has more than %d bytes", TEXT - 1);
	else if (strspn(after, "0123456789") != strlen(after) || strlen(after) > 6)
		ui_refuse(rep, 422, "bad_number", "after=%s is no place of a contact", after);
	else
		look(ask, 200, text, (unsigned)strtoul(after, NULL, 10), rep);
}

/** POST /ui/directory */
void ui_directory_read(const struct ui_ask *ask, struct web_reply *rep)
{
	char err[256] = "";
	const int e = gap_directory_read(ask->gap, err, sizeof(err));

	if (!e)
		look(ask, 202, "", 0, rep);
	else if (e == EAGAIN)
		ui_refuse(rep, 503, "no_supply", "%s", err);
	else
		ui_refuse(rep, 409, e == ENOENT ? "no_directory" : "directory_read", "%s", err);
}
