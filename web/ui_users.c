/**
 * @file ui_users.c  Users of the pages, and everybody's own password (WEB-05)
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include "web/ui_priv.h"

/* A password on its way to be a hash, and the user who gets it */
struct change {
	struct web_later later;
	struct hasher_job *job;
	struct ui *ui;
	struct user_row row;
	char by[USERS_LOGIN], password[HASHER_PASSWORD];
	char token[SESSION_TOKEN];      /* of the session that goes on */
	bool add, wrong, busy;
};

/** GET /ui/users */
void ui_users(const struct ui_ask *ask, struct web_reply *rep)
{
	const struct users *u = &ask->ui->users;
	json_t *list = json_array();
	unsigned i;

	for (i = 0; i < u->n; i++)
		(void)json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:b}", "login", u->row[i].login, "role",
							   u->row[i].admin ? "admin" : "user", "last_login_us",
							   (json_int_t)u->row[i].last_us, "factory", !*u->row[i].hash));
	ui_reply(rep, 200, json_pack("{s:o}", "users", list));
}

static void tell(struct ui *ui, const char *action, const char *login, const char *by)
{
	struct gap *g = ui->host.gap(ui->host.arg);

	if (g)
		gap_pages_event(g, EV_USER, action, login, by);
}

static void done(struct web_reply *rep, int err)
{
	if (!err)
		ui_reply(rep, 200, json_pack("{s:i}", "code", 200));
	else if (err == EDQUOT)
		ui_refuse(rep, 409, "users_full", "there are %d users, which is the most", USERS_MAX);
	else
		ui_refuse(rep, 503, "not_stored", "the users could not be stored: %s", strerror(err));
}

/* --- a password --- */

static void change_destructor(void *arg)
{
	struct change *c = arg;

	mem_deref(c->job);
	OPENSSL_cleanse(c->password, sizeof(c->password));
}

static void made(bool right, const char *hash, void *arg)
{
	struct change *c = arg;

	(void)right;
	str_ncpy(c->row.hash, hash, sizeof(c->row.hash));
	web_later_ready(&c->later);
}

static void checked(bool right, const char *hash, void *arg)
{
	struct change *c = arg;

	(void)hash;
	c->wrong = !right;
	c->job = mem_deref(c->job);
	if (c->wrong || (c->busy = hasher_make(&c->job, c->ui->hasher, c->password, made, c) != 0))
		web_later_ready(&c->later);
}

static void keep(struct change *c, struct web_reply *rep)
{
	const struct user_row *now = users_find(&c->ui->users, c->row.login);
	struct session *s;
	int err;

	if (c->add ? now != NULL : !now) {
		ui_refuse(rep, 409, c->add ? "user_exists" : "no_user", "somebody else has %s that user",
			  c->add ? "added" : "removed");
		return;
	}
	if (now) {
		c->row.admin = now->admin;
		c->row.last_us = now->last_us;
	}
	err = users_put(&c->ui->users, &c->row);
	for (s = c->ui->sessions.session; s < c->ui->sessions.session + SESSIONS && strcmp(s->token, c->token); s++)
		;
	if (!err) {
		sessions_end(&c->ui->sessions, c->row.login, s < c->ui->sessions.session + SESSIONS ? s : NULL);
		tell(c->ui, c->add ? "add" : "password", c->row.login, c->by);
	}
	done(rep, err);
}

static void finish(struct web_later *later, const struct web_request *req, struct web_reply *rep)
{
	struct change *c = (struct change *)later;

	if (c->wrong) {
		(void)guard_wrong(&c->ui->login, &req->from, req->now_ms);
		ui_refuse(rep, 403, "old_wrong", "the old password is wrong");
	}
	else if (c->busy || !*c->row.hash)
		ui_refuse(rep, 503, "busy", "too much is to be done just now; try again in a second");
	else
		keep(c, rep);
}

static struct change *change(const struct ui_ask *ask, const char *login, const char *password)
{
	struct change *c = mem_zalloc(sizeof(*c), change_destructor);

	if (!c)
		return NULL;
	c->later.finish = finish;
	c->ui = ask->ui;
	str_ncpy(c->row.login, login, sizeof(c->row.login));
	str_ncpy(c->by, ask->login, sizeof(c->by));
	str_ncpy(c->token, ask->session->token, sizeof(c->token));
	str_ncpy(c->password, password, sizeof(c->password));

	return c;
}

static void wait_for(struct change *c, int err, struct web_reply *rep)
{
	if (!err) {
		rep->later = &c->later;
		return;
	}
	mem_deref(c);
	ui_refuse(rep, 503, "busy", "too much is to be done just now; try again in a second");
}

static bool good(const char *bad, struct web_reply *rep)
{
	if (bad && !strcmp(bad, "bad_login"))
		ui_refuse(rep, 422, bad, "a login has 1 to %d characters of A-Z a-z 0-9 . - _ @", USERS_LOGIN - 1);
	else if (bad && !strcmp(bad, "password_length"))
		ui_refuse(rep, 422, bad, "a password has %d to %d bytes", USERS_PASSWORD_MIN, HASHER_PASSWORD - 1);
	else if (bad)
		ui_refuse(rep, 422, bad, "a password is not the login");

	return !bad;
}

/** POST /ui/password {old, new} */
void ui_password(const struct ui_ask *ask, struct web_reply *rep)
{
	const struct user_row *u = users_find(&ask->ui->users, ask->login);
	const char *old = ui_text(ask, "old", ""), *new = ui_text(ask, "new", "");
	const unsigned left_s = guard_left_s(&ask->ui->login, &ask->req->from, ask->req->now_ms);
	struct change *c;

	if (left_s) {
		web_reply_header(rep, "Retry-After", "%u", left_s);
		ui_refuse(rep, 429, "locked", "too many wrong passwords came from this address");
		return;
	}
	if (!good(users_bad_password(ask->login, new), rep))
		return;
	if (strlen(old) >= HASHER_PASSWORD || (!*u->hash && strcmp(old, "admin"))) {
		(void)guard_wrong(&ask->ui->login, &ask->req->from, ask->req->now_ms);
		ui_refuse(rep, 403, "old_wrong", "the old password is wrong");
		return;
	}
	c = change(ask, ask->login, new);
	wait_for(c, !c ? ENOMEM : *u->hash ? hasher_check(&c->job, c->ui->hasher, u->hash, old, checked, c) :
					    hasher_make(&c->job, c->ui->hasher, new, made, c), rep);
}

/* --- users --- */

static void put_password(const struct ui_ask *ask, const char *login, bool add, struct web_reply *rep)
{
	const char *password = ui_text(ask, "password", ""), *bad = add ? users_bad_login(login) : NULL;
	struct change *c;

	if (!good(bad ? bad : users_bad_password(login, password), rep))
		return;
	if (add && users_find(&ask->ui->users, login)) {
		ui_refuse(rep, 409, "user_exists", "there is a user %s", login);
		return;
	}
	c = change(ask, login, password);
	if (c) {
		c->add = add;
		c->row.admin = !strcmp(ui_text(ask, "role", "user"), "admin");
	}
	wait_for(c, c ? hasher_make(&c->job, c->ui->hasher, password, made, c) : ENOMEM, rep);
}

static void put_role(const struct ui_ask *ask, const struct user_row *u, struct web_reply *rep)
{
	const char *role = ui_text(ask, "role", "");
	struct user_row now = *u;
	int err;

	now.admin = !strcmp(role, "admin");
	if (!now.admin && strcmp(role, "user")) {
		ui_refuse(rep, 422, "bad_role", "a role is admin or user");
		return;
	}
	if (u->admin && !now.admin && users_admins(&ask->ui->users) == 1) {
		ui_refuse(rep, 409, "last_admin", "the last administrator stays one");
		return;
	}
	err = users_put(&ask->ui->users, &now);
	if (!err)
		tell(ask->ui, "role", now.login, ask->login);
	done(rep, err);
}

static void leave(const struct ui_ask *ask, const struct user_row *u, struct web_reply *rep)
{
	char login[USERS_LOGIN], by[USERS_LOGIN];
	int err;

	if (u->admin && users_admins(&ask->ui->users) == 1) {
		ui_refuse(rep, 409, "last_admin", "the last administrator cannot be removed");
		return;
	}
	str_ncpy(login, u->login, sizeof(login));
	str_ncpy(by, ask->login, sizeof(by));
	err = users_remove(&ask->ui->users, login);
	if (!err) {
		sessions_end(&ask->ui->sessions, login, NULL);
		tell(ask->ui, "remove", login, by);
	}
	done(rep, err);
}

/** POST /ui/users {op, login, role, password} */
void ui_users_edit(const struct ui_ask *ask, struct web_reply *rep)
{
	const char *op = ui_text(ask, "op", ""), *login = ui_text(ask, "login", "");
	const struct user_row *u = users_find(&ask->ui->users, login);

	if (!strcmp(op, "add"))
		put_password(ask, login, true, rep);
	else if (strcmp(op, "password") && strcmp(op, "role") && strcmp(op, "remove"))
		ui_refuse(rep, 400, "bad_op", "\"op\" is add, password, role or remove");
	else if (!u)
		ui_refuse(rep, 404, "no_user", "there is no such user");
	else if (!strcmp(op, "password"))
		put_password(ask, login, false, rep);
	else if (!strcmp(op, "role"))
		put_role(ask, u, rep);
	else
		leave(ask, u, rep);
}
