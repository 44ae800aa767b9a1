/**
 * @file ui_contacts.c  The book of contacts for the pages (CON-01, CON-02, WEB-07)
 *
 * A change is in force at once; the settings' lists that name an edited contact follow it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "web/ui_priv.h"

static json_t *contact_json(const struct book_contact *c)
{
	json_t *o = json_object();
	char text[SETTINGS_URI];
	unsigned i;

	for (i = 0; i < BOOK_COLUMNS; i++) {
		book_column_get(text, c, i);
		(void)json_object_set_new(o, book_column(i), json_string(text));
	}
	(void)json_object_set_new(o, "account", json_integer(c->account));
	(void)json_object_set_new(o, "p2p", json_boolean(c->p2p));

	return o;
}

static void reply(const struct ui_ask *ask, struct web_reply *rep)
{
	const struct book *b = gap_book(ask->gap);
	json_t *list = json_array();
	unsigned i;

	for (i = 1; i <= book_count(b); i++)
		(void)json_array_append_new(list, contact_json(book_get(b, i)));
	ui_reply(rep, 200, json_pack("{s:I, s:o}", "version", (json_int_t)book_version(b), "contacts", list));
}

/** GET /ui/contacts */
void ui_contacts(const struct ui_ask *ask, struct web_reply *rep)
{
	reply(ask, rep);
}

static void refused(const struct ui_ask *ask, int e, const char *err, struct web_reply *rep)
{
	if (e == ESTALE)
		ui_reply(rep, 409, json_pack("{s:i, s:s, s:s, s:I}", "code", 409, "id", "changed", "text", err, "version",
					     (json_int_t)book_version(gap_book(ask->gap))));
	else if (e == EINVAL || e == ENOENT || e == EBUSY || e == ENOSPC || e == EFBIG)
		ui_refuse(rep, e == EBUSY ? 409 : 422, e == EBUSY ? "contact_in_use" : "contact_refused", "%s", err);
	else
		ui_refuse(rep, 503, "not_stored", "%s", err);
}

static void edit(const struct ui_ask *ask, const struct book_edit *e, struct web_reply *rep)
{
	char err[BOOK_ERR] = "";
	const int e_no = gap_book_edit(ask->gap, e, err, sizeof(err));

	if (e_no)
		refused(ask, e_no, err, rep);
	else
		reply(ask, rep);
}

/* A member as the text of its column: numbers and yes/no may come as such */
static const char *member(const json_t *v, char number[24])
{
	if (json_is_boolean(v))
		return json_is_true(v) ? "yes" : "no";
	if (json_is_integer(v)) {
		(void)snprintf(number, 24, "%lld", (long long)json_integer_value(v));
		return json_integer_value(v) ? number : "";
	}

	return json_string_value(v);
}

static bool take(struct book_contact *c, const struct ui_ask *ask, struct web_reply *rep)
{
	const json_t *o = json_object_get(ask->body, "contact");
	const char *why = NULL, *text;
	char number[24];
	unsigned i;

	book_contact_init(c);
	for (i = 0; i < BOOK_COLUMNS; i++) {
		text = member(json_object_get(o, book_column(i)), number);
		if (!text || !book_column_set(c, i, text, strlen(text), &why))
			continue;
		ui_refuse(rep, 422, "contact_refused", "%s: %s", book_column(i), why);
		return false;
	}

	return true;
}

static unsigned place(const struct ui_ask *ask, const char *name)
{
	const json_int_t v = json_integer_value(json_object_get(ask->body, name));

	return v > 0 && v <= BOOK_CONTACTS + 1 ? (unsigned)v : 0;
}

/** POST /ui/contacts {version, op: add|change|remove|move, place, to, contact}; places count from 1 */
void ui_contacts_edit(const struct ui_ask *ask, struct web_reply *rep)
{
	static const struct { const char *op; enum book_op edit; bool contact; } ops[] = {
		{"add", BOOK_ADD, true}, {"change", BOOK_EDIT, true}, {"remove", BOOK_REMOVE, false},
		{"move", BOOK_MOVE, false},
	};
	const json_int_t version = json_integer_value(json_object_get(ask->body, "version"));
	struct book_edit e = {.version = (uint64_t)version, .at = place(ask, "place"), .to = place(ask, "to")};
	struct book_contact c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ops) && strcmp(ops[i].op, ui_text(ask, "op", "")); i++)
		;
	if (i == ARRAY_SIZE(ops)) {
		ui_refuse(rep, 400, "bad_op", "\"op\" is add, change, remove or move");
		return;
	}
	if (version < 1) {
		ui_refuse(rep, 400, "no_version", "\"version\" is missing: the number that /ui/contacts gave");
		return;
	}
	e.op = ops[i].edit;
	e.contact = &c;
	if (!ops[i].contact || take(&c, ask, rep))
		edit(ask, &e, rep);
}

/** GET /ui/contacts.csv */
void ui_contacts_csv(const struct ui_ask *ask, struct web_reply *rep)
{
	static const struct book_style style = {.separator = ',', .bom = true};

	rep->body = mbuf_alloc(1024);
	if (!rep->body || book_export(rep->body, gap_book(ask->gap), &style)) {
		ui_refuse(rep, 503, "no_memory", "out of memory");
		return;
	}
	rep->status = 200;
	rep->type = "text/csv; charset=utf-8";
	web_reply_header(rep, "Cache-Control", "no-store");
	web_reply_header(rep, "Content-Disposition", "attachment; filename=\"contacts.csv\"");
}

/** POST /ui/contacts.csv?mode=append|replace&version= */
void ui_contacts_read(const struct ui_ask *ask, struct web_reply *rep)
{
	struct book_edit e = {.op = BOOK_IMPORT, .csv = (const char *)ask->req->body, .csv_n = ask->req->size};
	char mode[16] = "replace";

	(void)ui_query(ask, "mode", mode, sizeof(mode));
	if (!strcmp(mode, "append"))
		e.op = BOOK_APPEND;
	else if (strcmp(mode, "replace")) {
		ui_refuse(rep, 400, "bad_mode", "mode is append or replace");
		return;
	}
	if (!ui_query_version(ask, &e.version, rep))
		return;
	if (!e.csv_n)
		ui_refuse(rep, 422, "contact_refused", "the file is empty");
	else
		edit(ask, &e, rep);
}
