/**
 * @file ui.c  A request of the pages from its first look to its act (see ui.h)
 *
 *     421 host   404 path   405 method   403 another site   401 no session   403 role, token   503 no supply   400 body
 *     then the act
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "core/lang/lang.h"
#include "web/fields.h"
#include "web/pages.h"
#include "web/ui_priv.h"

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
	web_reply_header(rep, "Cache-Control", "no-store");
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

/** The reader's language: "de-CH, de;q=0.9" is the first of ours that his browser names; else the door's */
enum language ui_language(const struct web_request *req, const struct gap *g)
{
	const char *p = req->header(req, "Accept-Language");
	unsigned i;

	while (p && *p) {
		p += strspn(p, ", ");
		for (i = 0; i < LANGUAGES; i++)
			if (!strncasecmp(p, lang_name((enum language)i), 2) && !(p[2] && strchr("abcdefghijklmnopqrstuvwxyz", p[2] | 0x20)))
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

/* The session of a request, and what its user may do now */
static void know(struct ui_ask *ask)
{
	struct ui *ui = ask->ui;
	struct session *s = session_find(&ui->sessions, ask->req);
	const struct user_row *u = s ? users_find(&ui->users, s->login) : NULL;

	if (!u)
		return;
	ask->session = s;
	ask->login = s->login;
	ask->role = u->admin ? UI_ADMIN : UI_USER;
}

static bool allowed(const struct ui_ask *ask, const struct ui_route *r, struct web_reply *rep)
{
	const bool changes = strcmp(r->method, "GET") != 0;

	if (changes && !session_own_site(ask->req))
		ui_refuse(rep, 403, "other_site", "this was asked by the page of another site");
	else if (ask->role < r->role && ask->role == UI_NOBODY)
		ui_refuse(rep, 401, "login_needed", "log in first");
	else if (ask->role < r->role)
		ui_refuse(rep, 403, "forbidden", "this is for administrators");
	else if (changes && r->role > UI_NOBODY && !session_token_right(ask->session, ask->req))
		ui_refuse(rep, 403, "token", "the header X-CSRF-Token is missing or is not that of this session");
	else
		return true;

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

	ask.lang = ui_language(req, ask.gap);
	know(&ask);
	if (!r)
		ui_refuse(rep, other_method ? 405 : 404, other_method ? "method" : "no_path", "%s",
			  other_method ? "this path takes another method" : "there is no such path");
	else if (!allowed(&ask, r, rep))
		;                       /* refused */
	else if (!ask.gap && !r->unpowered)
		ui_refuse(rep, 503, "no_supply", "the door has no supply");
	else if (read_body(&ask, r, rep))
		r->act(&ask, rep);
	json_decref(ask.body);
}

/* --- the site --- */

/* A name that another's DNS made to be our address (rebinding) is none of ours */
static bool our_name(const char *name, const struct gap *g)
{
	char own[HOST_NAME_MAX + 8] = "";
	struct sa sa;
	size_t n;

	if (!sa_set_str(&sa, name, 0) || !strcasecmp(name, "localhost") ||
	    (g && *gap_settings(g)->web_name && !strcasecmp(name, gap_settings(g)->web_name)))
		return true;
	if (gethostname(own, HOST_NAME_MAX))
		return false;
	n = strlen(own);

	return n && !strncasecmp(name, own, n) && (!name[n] || !strcasecmp(name + n, ".local"));
}

static bool host_fits(const struct ui *ui, const struct web_request *req)
{
	const char *host = req->header(req, "Host");
	struct pl name;
	char text[256];

	if (!host || (re_regex(host, strlen(host), "[\\[]1[0-9a-f:.]+[\\]]1", NULL, &name, NULL) &&
		      re_regex(host, strlen(host), "[^:]+", &name)))
		return false;

	return !pl_strcpy(&name, text, sizeof(text)) && our_name(text, ui->host.gap(ui->host.arg));
}

/**
 * Serve all that is not the public API: the files of the pages, and what they ask for.
 *
 * @param ui  Pages
 * @param req Request
 * @param rep Zeroed; filled
 */
void ui_site(struct ui *ui, const struct web_request *req, struct web_reply *rep)
{
	if (!host_fits(ui, req)) {
		ui_refuse(rep, 421, "other_name", "the door is not known by this name: ask for its address, or set web.name");
	}
	else if (!strncmp(req->path, UI_PREFIX, strlen(UI_PREFIX))) {
		ui_serve(ui, req, rep);
		pages_compress(req, rep);
	}
	else {
		pages_serve(ui->host.pages, req, rep);
	}
}

/* The store has forgotten its users (HW-06): so do we, and nobody is logged in */
static void forget_users(struct ui *ui)
{
	memset(&ui->sessions, 0, sizeof(ui->sessions));
	if (!users_load(&ui->users, ui->host.store))
		return;
	(void)users_load(&ui->users, NULL);     /* the store cannot be read: the factory's one is let in */
	ui->users.store = ui->host.store;
}

/** Each event of the door */
void ui_event(struct ui *ui, const struct event *ev)
{
	if (ev->id == EV_BOOT && (ev->val[0].u & GAP_DIP_FACTORY))
		forget_users(ui);
	ui_live_event(ui, ev);
}

static void destructor(void *arg)
{
	struct ui *ui = arg;
	unsigned i;

	tmr_cancel(&ui->scan);
	tmr_cancel(&ui->release);
	mem_deref(ui->live);
	mem_deref(ui->hasher);
	for (i = 0; i < LANGUAGES; i++)
		mem_deref(ui->text[i]);
}

/**
 * What the pages ask for.
 *
 * @param up      Written on success
 * @param host    Copied
 * @param err     Written on failure
 * @param errsize Its size
 *
 * @return 0, ENOMEM, errno of the store
 */
int ui_alloc(struct ui **up, const struct ui_host *host, char *err, size_t errsize)
{
	struct ui *ui = mem_zalloc(sizeof(*ui), destructor);
	int e = ui ? hasher_alloc(&ui->hasher) : ENOMEM;

	if (!e)
		e = ui_live_start(ui);
	if (!e) {
		ui->host = *host;
		e = users_load(&ui->users, host->store);
	}
	if (e) {
		(void)re_snprintf(err, errsize, "no pages: %m", e);
		mem_deref(ui);
		return e;
	}
	*up = ui;

	return 0;
}
