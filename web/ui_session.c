/**
 * @file ui_session.c  Login and logout, who is there (WEB-01, WEB-05)
 *
 * A login waits for its hash (hasher.h); an unknown one waits for one too, so that the time does not tell who exists.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "core/lang/lang.h"
#include "web/ui_priv.h"

/* A hash of nothing that anybody knows, with the parameters of those that are made now */
#define NOBODYS "$argon2id$v=19$m=19456,t=2,p=1$YWFhYWFhYWFhYWFhYWFhYQ$qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo"

struct login {
	struct web_later later;
	struct hasher_job *job;
	struct ui *ui;
	struct sa from;
	uint64_t now_ms;
	char login[USERS_LOGIN];
	bool known;                     /* there is such a user */
	bool hashed, factory;           /* he has a password of his own; else: the factory's was given */
	bool right;
};

/**
 * Where the same page is encrypted.
 *
 * @param ask  Request
 * @param buf  An address, "" = it is encrypted already, or HTTPS is not served
 * @param size Of buf
 */
void ui_https(const struct ui_ask *ask, char *buf, size_t size)
{
	const unsigned port = ask->host->https_port ? ask->host->https_port(ask->host->arg) : 0;
	const char *host = ask->req->header(ask->req, "Host");
	const int name = host && *host == '[' ? (int)strcspn(host, "]") + 1 : host ? (int)strcspn(host, ":") : 0;

	*buf = '\0';
	if (port && !ask->req->secure)
		(void)snprintf(buf, size, "https://%.*s:%u/", name, host ? host : "", port);
}

static json_t *session_json(const struct ui_ask *ask, const struct session *s)
{
	static const char *const role[] = {"none", "user", "admin"};
	const struct user_row *u = s ? users_find(&ask->ui->users, s->login) : NULL;

	return json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:b, s:b}",
			 "login", u ? u->login : "", "role", role[!u ? UI_NOBODY : u->admin ? UI_ADMIN : UI_USER],
			 "csrf", s ? s->csrf : "", "must_change", u && !*u->hash,
			 "model", GAP_MODEL, "version", GAP_VERSION, "simulated", ask->host->input != NULL,
			 "unpowered", !ask->gap);
}

/** GET /ui/session */
void ui_session(const struct ui_ask *ask, struct web_reply *rep)
{
	ui_reply(rep, 200, session_json(ask, ask->session));
}

/* --- login --- */

static void login_destructor(void *arg)
{
	struct login *l = arg;

	mem_deref(l->job);
}

static void tell(struct ui *ui, const char *result, const char *login, const struct sa *from)
{
	struct gap *g = ui->host.gap(ui->host.arg);
	char text[64];

	(void)re_snprintf(text, sizeof(text), "%j", from);
	if (g)
		gap_pages_event(g, EV_LOGIN, result, login, text);
}

static void hashed(bool right, const char *hash, void *arg)
{
	struct login *l = arg;

	(void)hash;
	l->right = l->factory || (l->hashed && right);
	web_later_ready(&l->later);
}

static void wrong(struct login *l, struct web_reply *rep)
{
	const bool locked = guard_wrong(&l->ui->login, &l->from, l->now_ms);

	tell(l->ui, locked ? "locked" : "wrong", l->known ? l->login : "", &l->from);
	ui_refuse(rep, 401, "login_wrong", "login or password is wrong");
}

static void enter(struct login *l, const struct web_request *req, struct web_reply *rep)
{
	const struct user_row *u = users_find(&l->ui->users, l->login);
	struct session *s = u ? session_begin(&l->ui->sessions, l->login, l->now_ms) : NULL;
	struct ui_ask ask = {.ui = l->ui, .host = &l->ui->host, .req = req};

	if (!s) {
		ui_refuse(rep, 503, "no_memory", "no session could be made");
		return;
	}
	ask.gap = l->ui->host.gap(l->ui->host.arg);
	if (ask.gap) {
		struct user_row now = *u;

		now.last_us = ask.gap ? gap_wall_us(ask.gap) : 0;
		(void)users_put(&l->ui->users, &now);
	}
	tell(l->ui, "ok", l->login, &l->from);
	session_cookie(req, rep, s);
	ui_reply(rep, 200, session_json(&ask, s));
}

static void finish(struct web_later *later, const struct web_request *req, struct web_reply *rep)
{
	struct login *l = (struct login *)later;

	if (l->right)
		enter(l, req, rep);
	else
		wrong(l, rep);
}

static int begin(struct login *l, const char *password)
{
	const struct user_row *u = users_find(&l->ui->users, l->login);

	l->known = u != NULL;
	l->hashed = u && *u->hash;
	l->factory = u && !*u->hash && !strcmp(password, "admin");

	return hasher_check(&l->job, l->ui->hasher, l->hashed ? u->hash : NOBODYS, password, hashed, l);
}

/** POST /ui/login {login, password} */
void ui_login(const struct ui_ask *ask, struct web_reply *rep)
{
	const char *login = ui_text(ask, "login", ""), *password = ui_text(ask, "password", "");
	const unsigned left_s = guard_left_s(&ask->ui->login, &ask->req->from, ask->req->now_ms);
	struct login *l;
	int err;

	if (left_s) {
		web_reply_header(rep, "Retry-After", "%u", left_s);
		ui_refuse(rep, 429, "locked", "too many wrong passwords came from this address; it is heard again in %u s",
			  left_s);
		return;
	}
	l = mem_zalloc(sizeof(*l), login_destructor);
	if (!l) {
		ui_refuse(rep, 503, "no_memory", "out of memory");
		return;
	}
	l->ui = ask->ui;
	l->from = ask->req->from;
	l->now_ms = ask->req->now_ms;
	l->later.finish = finish;
	str_ncpy(l->login, strlen(login) < sizeof(l->login) ? login : "", sizeof(l->login));
	err = begin(l, password);
	if (!err)
		rep->later = &l->later;
	else if (err == EINVAL)
		wrong(l, rep);
	else
		ui_refuse(rep, 503, "busy", "others log in just now; try again in a second");
	if (err)
		mem_deref(l);
}

/** POST /ui/logout */
void ui_logout(const struct ui_ask *ask, struct web_reply *rep)
{
	tell(ask->ui, "logout", ask->login, &ask->req->from);
	memset(ask->session, 0, sizeof(*ask->session));
	session_cookie(ask->req, rep, NULL);
	ui_reply(rep, 200, session_json(ask, NULL));
}
