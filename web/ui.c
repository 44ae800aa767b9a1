/**
 * @file ui.c  A request of the pages from its first look to its act (see ui.h)
 *
 *     404 path   405 method   401 no session   403 role, token, another site   503 no supply   400 body   then the act
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "web/fields.h"
#include "web/ui.h"

struct ui {
	struct ui_host host;
};

/* --- replies --- */

static int append(const char *text, size_t size, void *arg)
{
	return mbuf_write_mem(arg, (const uint8_t *)text, size);
}

/**
 * Reply with JSON.
 *
 * @param rep    Reply
 * @param status HTTP's code
 * @param json   Taken; NULL (no memory) makes the reply a 503
 */
void ui_reply(struct web_reply *rep, unsigned status, json_t *json)
{
	web_reply_end(rep);
	rep->status = status;
	rep->type = "application/json";
	rep->body = mbuf_alloc(1024);
	if (!json || !rep->body || json_dump_callback(json, append, rep->body, JSON_COMPACT)) {
		web_reply_end(rep);
		rep->status = 503;
	}
	json_decref(json);
}

/**
 * Refuse.
 *
 * @param rep    Reply
 * @param status HTTP's code
 * @param id     For the pages: the text of that name is shown in the reader's language
 * @param fmt    The same in English, as for printf()
 */
void ui_refuse(struct web_reply *rep, unsigned status, const char *id, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ui_reply(rep, status, json_pack("{s:i, s:s, s:s+}", "code", (int)status, "id", id, "text", text, ""));
}

/* --- reading --- */

/** A text of the JSON body; otherwise where it is missing or no text */
const char *ui_text(const struct ui_ask *ask, const char *name, const char *otherwise)
{
	const char *s = json_string_value(json_object_get(ask->body, name));

	return s ? s : otherwise;
}

/**
 * A field of the query.
 *
 * @param ask  Request
 * @param name Field
 * @param buf  Its value, decoded, cut to size
 * @param size Of buf
 *
 * @return Is it there?
 */
bool ui_query(const struct ui_ask *ask, const char *name, char *buf, size_t size)
{
	return fields_query(ask->req->query, name, buf, size);
}

/* "de-CH, de;q=0.9": the first of ours that the reader's browser names */
static enum language language(const struct web_request *req, const struct gap *g)
{
	static const char *const tag[LANGUAGES] = {"fr", "en", "de", "es", "pt"};
	const char *p = req->header(req, "Accept-Language");
	unsigned i;

	while (p && *p) {
		p += strspn(p, ", ");
		for (i = 0; i < LANGUAGES; i++)
			if (!strncasecmp(p, tag[i], 2) && !(p[2] && strchr("abcdefghijklmnopqrstuvwxyz", p[2] | 0x20)))
				return (enum language)i;
		p += strcspn(p, ",");
	}

	return g ? (enum language)gap_settings(g)->language : LANGUAGE_EN;
}

/* --- the table --- */

static const struct ui_route *find(const char *method, const char *path, bool *other_method)
{
	size_t i;

	*other_method = false;
	for (i = 0; i < ui_routes_n; i++) {
		if (strcmp(ui_routes[i].path, path))
			continue;
		if (!method || !strcmp(ui_routes[i].method, method))
			return &ui_routes[i];
		*other_method = true;
	}

	return NULL;
}

/**
 * How long the body of a request may be.
 *
 * @param path As it came
 *
 * @return [bytes]
 */
size_t ui_body_max(const char *path)
{
	size_t i, max = UI_BODY_MAX;

	for (i = 0; i < ui_routes_n; i++)
		if (!strcmp(ui_routes[i].path, path) && ui_routes[i].body_max > max)
			max = ui_routes[i].body_max;

	return max;
}

static bool read_body(struct ui_ask *ask, const struct ui_route *r, struct web_reply *rep)
{
	json_error_t e;

	if (r->body != UI_JSON)
		return true;
	ask->body = json_loadb((const char *)ask->req->body, ask->req->size, JSON_REJECT_DUPLICATES, &e);
	if (json_is_object(ask->body))
		return true;
	ui_refuse(rep, 400, "not_json", "the body is no JSON object: %s", ask->body ? "another value" : e.text);

	return false;
}

/**
 * Serve a request.
 *
 * @param ui  Pages
 * @param req Request; its path begins with UI_PREFIX
 * @param rep Zeroed; filled
 */
void ui_serve(struct ui *ui, const struct web_request *req, struct web_reply *rep)
{
	struct ui_ask ask = {.ui = ui, .host = &ui->host, .gap = ui->host.gap(ui->host.arg), .req = req, .login = ""};
	bool other_method;
	const struct ui_route *r = find(req->method, req->path, &other_method);

	ask.lang = language(req, ask.gap);
	web_reply_header(rep, "Cache-Control", "no-store");
	if (!r)
		ui_refuse(rep, other_method ? 405 : 404, other_method ? "method" : "no_path", "%s",
			  other_method ? "this path takes another method" : "there is no such path");
	else if (ask.role < r->role)
		ui_refuse(rep, ask.role == UI_NOBODY ? 401 : 403, ask.role == UI_NOBODY ? "login_needed" : "forbidden",
			  "%s", ask.role == UI_NOBODY ? "log in first" : "this is for administrators");
	else if (!ask.gap && !r->unpowered)
		ui_refuse(rep, 503, "no_supply", "the door has no supply");
	else if (read_body(&ask, r, rep))
		r->act(&ask, rep);
	json_decref(ask.body);
}

/** Each event of the door */
void ui_event(struct ui *ui, const struct event *ev)
{
	(void)ui;
	(void)ev;
}

/**
 * What the pages ask for.
 *
 * @param up   Written on success
 * @param host Copied
 *
 * @return 0, ENOMEM
 */
int ui_alloc(struct ui **up, const struct ui_host *host)
{
	struct ui *ui = mem_zalloc(sizeof(*ui), NULL);

	if (!ui)
		return ENOMEM;
	ui->host = *host;
	*up = ui;

	return 0;
}
