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
#include <stdlib.h>
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

/**
 * The version that a query names: what is changed was read at it.
 *
 * @param ask     Request
 * @param version Written: 0 = none is named, whatever it is now
 * @param rep     Filled where it is no number
 *
 * @return Is it none, or a number?
 */
bool ui_query_version(const struct ui_ask *ask, uint64_t *version, struct web_reply *rep)
{
	char text[24] = "";
	const bool there = ui_query(ask, "version", text, sizeof(text));
	const size_t n = strspn(text, "0123456789");

	*version = n && n < 20 ? strtoull(text, NULL, 10) : 0;
	if (!there || (*version && !text[n]))
		return true;
	ui_refuse(rep, 400, "no_version", "version is no number: that which was read with what is changed");

	return false;
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

static const struct ui_route *find(const char *method, const char *path)
{
	size_t i;

	for (i = 0; i < ui_routes_n; i++)
		if (!strcmp(ui_routes[i].path, path) && !strcmp(ui_routes[i].method, method))
			return &ui_routes[i];

	return NULL;
}

/* There is no such path, or it takes other methods: then it says which (RFC 9110 §15.5.6) */
static void not_found(const char *path, struct web_reply *rep)
{
	const bool get = find("GET", path), post = find("POST", path);

	if (!get && !post) {
		ui_refuse(rep, 404, "no_path", "there is no such path");
		return;
	}
	web_reply_header(rep, "Allow", "%s%s%s", get ? "GET, HEAD" : "", get && post ? ", " : "", post ? "POST" : "");
	ui_refuse(rep, 405, "method", "this path takes another method");
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
	const struct ui_route *r = find(req->method, req->path);

	ask.lang = ui_language(req, ask.gap);
	know(&ask);
	if (!r)
		not_found(req->path, rep);
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

/* NAME, NAME:PORT, [IPV6], [IPV6]:PORT, and nothing around it (RFC 9110 §7.2) */
static bool host_fits(const struct ui *ui, const struct web_request *req)
{
	const char *host = req->header(req, "Host");
	const bool ip6 = host && *host == '[';
	const char *name = host ? host + ip6 : "", *behind;
	const size_t n = strcspn(name, ip6 ? "]" : ":");
	char text[256];

	behind = name + n + (ip6 && name[n]);
	if (!n || n >= sizeof(text) || (ip6 && !memchr(name, ':', n)) ||
	    (*behind && (*behind != ':' || strspn(behind + 1, "0123456789") != strlen(behind + 1))))
		return false;
	memcpy(text, name, n);
	text[n] = '\0';

	return our_name(text, ui->host.gap(ui->host.arg));
}

/* Is it for the table?  The rest are files */
static bool tabled(const char *path)
{
	return !strncmp(path, UI_PREFIX, strlen(UI_PREFIX)) || find("GET", path);
}

/**
 * Serve all that is not the public API: the page, its files of the pages, and what they ask for.
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
	else if (tabled(req->path)) {
		ui_serve(ui, req, rep);
		pages_compress(req, rep, NULL);
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
	for (i = 0; i < LANGUAGES; i++) {
		mem_deref(ui->text[i]);
		mem_deref(ui->packed[i]);
	}
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
