/**
 * @file ui_conf.c  The files conf_user and conf_sip down and up (WEB-07, manual §3.3.24)
 *
 * A passphrase comes in the header X-Passphrase, percent-encoded; its key is made in the thread of the passwords
 * (hasher.h).  What is sent up goes into the draft, all of it or nothing (WEB-04).  ?version=N says which settings and draft
 * its sender has seen: others by now are not changed unseen.
 */
#include <errno.h>
#include <string.h>
#include "core/lang/lang.h"
#include "web/conf.h"
#include "web/fields.h"
#include "web/ui_priv.h"

/* A file that waits for its key */
struct keyed {
	struct web_later later;
	struct hasher_job *job;
	struct ui *ui;
	struct conf *conf;              /* the one that was sent up, NULL = one is asked for */
	enum conf_kind kind;
	enum language lang;
	char login[USERS_LOGIN];
	uint64_t version;               /* that was seen, 0 = any */
	bool made;
	struct conf_key key;
};

/* --- what is wrong --- */

struct wrongs {
	json_t *list;
	const struct conf *conf;        /* NULL while it is read */
	enum language lang;
	enum notice_id first;
};

static void add(struct wrongs *w, unsigned line, const struct notice *why)
{
	char text[512];
	struct text t;

	if (!w->first)
		w->first = why->id;
	text_start(&t, text, sizeof(text));
	notice_tell(&t, why, lang_teller(w->lang));
	if (json_array_size(w->list) < CONF_WRONGS)
		(void)json_array_append_new(w->list, json_pack("{s:i, s:s, s:s+}", "line", (int)line, "key", why->key, "text",
							       text, ""));
}

static void wrong_line(unsigned line, const struct notice *why, void *arg)
{
	add(arg, line, why);
}

static void wrong_value(const struct notice *why, void *arg)
{
	struct wrongs *w = arg;

	add(w, conf_line(w->conf, why->key), why);
}

/* The id of what concerns the file as a whole */
static const char *refusal(enum notice_id first)
{
	static const struct { enum notice_id first; const char *id; } ids[] = {
		{MSG_CONF_NOT_ONE, "not_a_conf"}, {MSG_CONF_OTHER, "other_conf"}, {MSG_CONF_MODEL, "foreign_model"},
		{MSG_CONF_FORMAT, "newer_format"}, {MSG_CONF_CUT, "conf_cut"},
		{MSG_CONF_NO_PASSPHRASE, "passphrase_missing"}, {MSG_CONF_PASSPHRASE, "passphrase_wrong"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ids); i++)
		if (ids[i].first == first)
			return ids[i].id;

	return "not_accepted";
}

static void refuse(const struct wrongs *w, struct web_reply *rep)
{
	ui_reply(rep, 422, json_pack("{s:i, s:s, s:s, s:O}", "code", 422, "id", refusal(w->first), "text",
				     "the file is not accepted; nothing has changed", "errors", w->list));
}

static void failed(struct wrongs *w, int e, struct web_reply *rep)
{
	if (e == EINVAL)
		refuse(w, rep);
	else
		ui_refuse(rep, 503, e == ENOMEM ? "no_memory" : "not_stored", "the settings could not be stored: %s",
			  strerror(e));
}

/* --- the two ways --- */

static void down(struct gap *g, enum conf_kind kind, const struct conf_key *key, struct web_reply *rep)
{
	rep->body = mbuf_alloc(16384);
	if (!rep->body || conf_write(rep->body, kind, gap_settings(g), key)) {
		ui_refuse(rep, 503, "no_memory", "out of memory");
		return;
	}
	rep->status = 200;
	rep->type = "text/plain; charset=utf-8";
	web_reply_header(rep, "Cache-Control", "no-store");
	web_reply_header(rep, "Content-Disposition", "attachment; filename=\"%s\"", conf_name(kind));
}

static void up(const struct ui_ask *ask, const struct conf *c, uint64_t version, struct wrongs *w, struct web_reply *rep)
{
	size_t n;
	const struct gap_value *v = conf_values(c, &n);
	int e;

	if (version && !ui_fresh(ask, version, rep))
		return;
	w->conf = c;
	e = gap_draft_set(ask->gap, v, n, false, ask->login, wrong_value, w);
	if (e)
		failed(w, e, rep);
	else
		ui_values(ask, rep);
}

/* --- with a key --- */

static void destructor(void *arg)
{
	struct keyed *k = arg;

	mem_deref(k->job);
	mem_deref(k->conf);
	seal_forget(&k->key, sizeof(k->key));
}

static void hashed(bool right, const char *hash, void *arg)
{
	struct keyed *k = arg;

	(void)right;
	k->made = conf_key_set(&k->key, hash);
	web_later_ready(&k->later);
}

static void open_up(struct keyed *k, const struct ui_ask *ask, struct web_reply *rep)
{
	struct wrongs w = {.lang = k->lang, .list = json_array()};
	const int e = conf_open(k->conf, &k->key, wrong_line, &w);

	if (e)
		failed(&w, e, rep);
	else
		up(ask, k->conf, k->version, &w, rep);
	json_decref(w.list);
}

/* The door may have lost its supply meanwhile, and who asks his rights */
static void finish(struct web_later *later, const struct web_request *req, struct web_reply *rep)
{
	struct keyed *k = (struct keyed *)later;
	const struct user_row *u = users_find(&k->ui->users, k->login);
	struct ui_ask ask = {.ui = k->ui, .host = &k->ui->host, .req = req, .role = UI_ADMIN, .login = k->login,
			     .lang = k->lang};

	ask.gap = k->ui->host.gap(k->ui->host.arg);
	if (!ask.gap)
		ui_refuse(rep, 503, "no_supply", "the door has no supply");
	else if (!u || !u->admin)
		ui_refuse(rep, 403, "forbidden", "this is for administrators");
	else if (!k->made)
		ui_refuse(rep, 503, "no_memory", "the key could not be made");
	else if (k->conf)
		open_up(k, &ask, rep);
	else
		down(ask.gap, k->kind, &k->key, rep);
}

/* The file is taken */
static void wait_for_key(const struct ui_ask *ask, enum conf_kind kind, struct conf *conf, uint64_t version,
			 const char *passphrase, struct web_reply *rep)
{
	struct keyed *k = mem_zalloc(sizeof(*k), destructor);
	int e = k ? 0 : ENOMEM;

	if (!k)
		mem_deref(conf);
	if (k) {
		k->later.finish = finish;
		k->ui = ask->ui;
		k->conf = conf;
		k->version = version;
		k->kind = kind;
		k->lang = ask->lang;
		str_ncpy(k->login, ask->login, sizeof(k->login));
		if (conf)
			(void)conf_sealed(conf, k->key.salt);
		else
			e = seal_random(k->key.salt, sizeof(k->key.salt));
	}
	e = e ? e : hasher_key(&k->job, ask->ui->hasher, k->key.salt, passphrase, hashed, k);
	if (!e)
		rep->later = &k->later;
	else
		ui_refuse(rep, 503, "busy", "the key could not be made just now; try again in a second");
	if (e)
		mem_deref(k);
}

/* --- acts --- */

/* The passphrase of a request, "" = none; false = refused */
static bool passphrase(const struct ui_ask *ask, char buf[HASHER_PASSWORD], struct web_reply *rep)
{
	const char *header = ask->req->header(ask->req, "X-Passphrase");
	char text[3 * HASHER_PASSWORD] = "";
	const bool ok = !header || (fields_header(header, text, sizeof(text)) && strlen(text) < HASHER_PASSWORD);

	if (ok)
		str_ncpy(buf, text, HASHER_PASSWORD);
	else
		ui_refuse(rep, 422, "bad_passphrase", "a passphrase has up to %d bytes, percent-encoded in X-Passphrase",
			  HASHER_PASSWORD - 1);
	seal_forget(text, sizeof(text));

	return ok;
}

static enum conf_kind kind_of(const struct ui_ask *ask)
{
	const char *name = ask->req->path + strlen(UI_PREFIX);

	return conf_find(name, strlen(name)) == CONF_SIP ? CONF_SIP : CONF_USER;
}

/** GET /ui/conf_user, /ui/conf_sip */
void ui_conf(const struct ui_ask *ask, struct web_reply *rep)
{
	char text[HASHER_PASSWORD];

	if (!passphrase(ask, text, rep))
		return;
	if (*text)
		wait_for_key(ask, kind_of(ask), NULL, 0, text, rep);
	else
		down(ask->gap, kind_of(ask), NULL, rep);
	seal_forget(text, sizeof(text));
}

/** POST /ui/conf_user, /ui/conf_sip ?version=: the file */
void ui_conf_read(const struct ui_ask *ask, struct web_reply *rep)
{
	struct wrongs w = {.lang = ask->lang};
	char text[HASHER_PASSWORD];
	uint8_t salt[HASHER_SALT];
	struct conf *c = NULL;
	uint64_t version;
	int e;

	if (!ui_query_version(ask, &version, rep) || !passphrase(ask, text, rep))
		return;
	w.list = json_array();
	e = conf_read(&c, kind_of(ask), (const char *)ask->req->body, ask->req->size, wrong_line, &w);
	if (!e && conf_sealed(c, salt) && !*text) {
		conf_no_passphrase(c, wrong_line, &w);
		e = EINVAL;
	}
	if (e)
		failed(&w, e, rep);
	else if (conf_sealed(c, salt))
		wait_for_key(ask, kind_of(ask), mem_ref(c), version, text, rep);
	else
		up(ask, c, version, &w, rep);
	mem_deref(c);
	json_decref(w.list);
	seal_forget(text, sizeof(text));
}
