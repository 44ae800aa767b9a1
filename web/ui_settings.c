/**
 * @file ui_settings.c  Settings for the pages: schema, values, validate, apply (WEB-03, WEB-04, WEB-05)
 *
 * Who may see a page may change what is on it.  A secret is taken, never given: the pages learn only that there is one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "core/door/codec.h"
#include "core/lang/lang.h"
#include "web/page_table.h"
#include "web/ui_priv.h"

static const char *const type_name[] = {
	[SETTING_BOOL] = "bool", [SETTING_INT] = "int", [SETTING_ENUM] = "enum", [SETTING_DIGITS] = "digits",
	[SETTING_TEXT] = "text", [SETTING_TOKEN] = "token", [SETTING_URI] = "uri", [SETTING_HOST] = "host",
	[SETTING_USER] = "user", [SETTING_CONTACTS] = "contacts", [SETTING_LIGHT] = "light", [SETTING_CODECS] = "codecs",
	[SETTING_SLOT] = "slot", [SETTING_ZONE] = "zone", [SETTING_TIME] = "time",
};

static bool may(const struct ui_ask *ask, const char *key)
{
	const struct page *p = page_of(key);

	return p && ask->role >= p->role && (ask->role == UI_ADMIN || p->section == PAGE_BASIC);
}

/* --- schema --- */

static void add(json_t *to, const char *name, json_t *value)
{
	if (value)
		(void)json_object_set_new(to, name, value);
}

static json_t *words(const char *const *w)
{
	json_t *list = json_array();

	for (; *w; w++)
		(void)json_array_append_new(list, json_string(*w));

	return list;
}

static json_t *colours(void)
{
	json_t *list = json_array();
	unsigned i;

	for (i = 0; i < GAP_COLOURS; i++)
		(void)json_array_append_new(list, json_string(settings_colours[i]));

	return list;
}

static json_t *codecs(void)
{
	json_t *list = json_array();
	unsigned i;

	for (i = 0; i < CODEC_COUNT; i++)
		(void)json_array_append_new(list, json_string(codec_table[i].name));

	return list;
}

static json_t *row_json(const struct setting *r)
{
	json_t *o = json_pack("{s:s, s:i, s:i, s:s}", "type", type_name[r->type], "min", (int)r->min, "max", (int)r->max,
			      "def", r->secret ? "" : r->def);

	if (r->unit)
		add(o, "unit", json_string(r->unit));
	if (r->words && r->type == SETTING_ENUM)
		add(o, "words", words(r->words));
	else if (r->words)
		add(o, "special", json_string(r->words[0]));
	if (r->type == SETTING_LIGHT)
		add(o, "words", colours());
	if (r->type == SETTING_CODECS)
		add(o, "words", codecs());
	if (r->secret)
		add(o, "secret", json_true());
	if (r->restart)
		add(o, "restart", json_true());

	return o;
}

/* The rows of a pattern list that he may see, in its order: a * in the table's */
static json_t *keys_json(const struct ui_ask *ask, const char *keys)
{
	json_t *list = json_array();
	const char *p = keys;

	for (; p && *p; p += strcspn(p, " "), p += strspn(p, " ")) {
		char one[128];
		size_t i;

		str_ncpy(one, p, strcspn(p, " ") + 1 < sizeof(one) ? strcspn(p, " ") + 1 : sizeof(one));
		for (i = 0; i < settings_count; i++)
			if (page_lists(one, settings_table[i].key) && may(ask, settings_table[i].key))
				(void)json_array_append_new(list, json_string(settings_table[i].key));
	}

	return list;
}

static json_t *page_json(const struct ui_ask *ask, const struct page *p)
{
	json_t *all = json_array(), *groups = json_array();
	unsigned k;

	for (k = 0; k < PAGE_GROUPS && p->group[k].id; k++) {
		json_t *keys = keys_json(ask, p->group[k].keys);

		(void)json_array_extend(all, keys);
		if (json_array_size(keys))
			(void)json_array_append_new(groups, json_pack("{s:s, s:O}", "id", p->group[k].id, "keys", keys));
		json_decref(keys);
	}

	return json_pack("{s:s, s:s, s:s, s:o, s:o}", "id", p->id, "section",
			 p->section == PAGE_BASIC ? "basic" : "advanced", "role", p->role == UI_ADMIN ? "admin" : "user", "keys",
			 all, "groups", groups);
}

/** GET /ui/schema */
void ui_schema(const struct ui_ask *ask, struct web_reply *rep)
{
	json_t *pages = json_array(), *settings = json_object();
	size_t i;

	for (i = 0; i < page_count; i++)
		if (ask->role >= page_table[i].role)
			(void)json_array_append_new(pages, page_json(ask, &page_table[i]));
	for (i = 0; i < settings_count; i++)
		if (may(ask, settings_table[i].key))
			add(settings, settings_table[i].key, row_json(&settings_table[i]));
	ui_reply(rep, 200, json_pack("{s:o, s:o}", "pages", pages, "settings", settings));
}

/* --- values --- */

static json_t *text_of(const struct settings *s, const struct setting *row)
{
	char text[SETTINGS_TEXT];

	(void)settings_get(s, row, text, sizeof(text));

	return json_string(text);
}

static bool is_set(const struct settings *s, const struct setting *row)
{
	char text[SETTINGS_TEXT];

	return settings_get(s, row, text, sizeof(text)) && *text;
}

static json_t *values_json(const struct ui_ask *ask)
{
	const struct settings *s = gap_settings(ask->gap);
	const struct draft *d = gap_draft(ask->gap);
	json_t *values = json_object(), *draft = json_object(), *secret = json_object(), *restart = json_array();
	size_t i;

	for (i = 0; i < settings_count; i++) {
		const struct setting *row = &settings_table[i];
		const bool drafted = draft_has(d, row);

		if (!may(ask, row->key))
			continue;
		if (row->secret)
			add(secret, row->key, json_boolean(is_set(drafted ? &d->s : s, row)));
		else
			add(values, row->key, text_of(s, row));
		if (drafted)
			add(draft, row->key, row->secret ? json_string("") : text_of(&d->s, row));
		if (drafted && row->restart)
			(void)json_array_append_new(restart, json_string(row->key));
	}

	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:s}", "version", (json_int_t)gap_version(ask->gap), "values", values,
			 "draft", draft, "secret", secret, "restart", restart, "draft_by", d ? d->by : "");
}

/** GET /ui/values */
void ui_values(const struct ui_ask *ask, struct web_reply *rep)
{
	ui_reply(rep, 200, values_json(ask));
}

/* --- validate, apply, discard --- */

struct wrongs {
	json_t *list;
	enum language lang;
};

static void wrong(const struct notice *why, void *arg)
{
	struct wrongs *w = arg;
	char text[512];
	struct text t;

	text_start(&t, text, sizeof(text));
	notice_tell(&t, why, lang_teller(w->lang));
	(void)json_array_append_new(w->list, json_pack("{s:s, s:s+}", "key", why->key, "text", text, ""));
}

static void not_accepted(struct wrongs *w, struct web_reply *rep)
{
	ui_reply(rep, 422, json_pack("{s:i, s:s, s:s, s:O}", "code", 422, "id", "not_accepted", "text",
				     "some settings are not accepted", "errors", w->list));
}

static void not_done(struct wrongs *w, int e, struct web_reply *rep)
{
	if (e == EINVAL)
		not_accepted(w, rep);
	else if (e == ENOENT)
		ui_refuse(rep, 409, "no_draft", "nothing is validated that could be applied");
	else
		ui_refuse(rep, 503, "not_stored", "the settings could not be stored: %s", strerror(e));
}

/** Nobody else changed settings or draft since they were read at this version; else it is refused */
bool ui_fresh(const struct ui_ask *ask, uint64_t version, struct web_reply *rep)
{
	const struct draft *d = gap_draft(ask->gap);

	if (version == gap_version(ask->gap))
		return true;
	ui_reply(rep, 409, json_pack("{s:i, s:s, s:s, s:I, s:s}", "code", 409, "id", "changed", "text",
				     "the settings were changed meanwhile: read them again", "version",
				     (json_int_t)gap_version(ask->gap), "by", d ? d->by : ""));

	return false;
}

static bool fresh(const struct ui_ask *ask, struct web_reply *rep)
{
	const json_t *v = json_object_get(ask->body, "version");

	if (json_is_integer(v))
		return ui_fresh(ask, (uint64_t)json_integer_value(v), rep);
	ui_refuse(rep, 400, "no_version", "\"version\" is missing: the number that /ui/values gave");

	return false;
}

static bool mine(const struct ui_ask *ask, const char *key, struct web_reply *rep)
{
	const bool ok = ask->role == UI_ADMIN || !settings_find(key) || may(ask, key);

	if (!ok)
		ui_refuse(rep, 403, "forbidden", "%s is for administrators", key);

	return ok;
}

/* The values of a body; NULL = refused */
static struct gap_value *take(const struct ui_ask *ask, size_t *n, struct web_reply *rep)
{
	json_t *values = json_object_get(ask->body, "values"), *value;
	struct gap_value *v = mem_zalloc((json_object_size(values) + 1) * sizeof(*v), NULL);
	const char *key;

	*n = 0;
	if (!json_is_object(values) || !v) {
		ui_refuse(rep, v ? 400 : 503, v ? "no_values" : "no_memory", "\"values\" has to be an object of texts");
		return mem_deref(v);
	}
	json_object_foreach(values, key, value) {
		if (!json_is_string(value)) {
			ui_refuse(rep, 400, "no_values", "the value of a setting has to be a text");
			return mem_deref(v);
		}
		if (!mine(ask, key, rep))
			return mem_deref(v);
		v[*n].key = key;
		v[(*n)++].text = json_string_value(value);
	}

	return v;
}

/** POST /ui/validate {version, values} */
void ui_validate(const struct ui_ask *ask, struct web_reply *rep)
{
	struct wrongs w = {.lang = ask->lang};
	struct gap_value *v;
	size_t n;
	int e;

	if (!fresh(ask, rep))
		return;
	v = take(ask, &n, rep);
	if (!v)
		return;
	w.list = json_array();
	e = gap_draft_set(ask->gap, v, n, false, ask->login, wrong, &w);
	if (e)
		not_done(&w, e, rep);
	else
		ui_reply(rep, 200, values_json(ask));
	json_decref(w.list);
	mem_deref(v);
}

/* May he apply or forget all that the draft has? */
static bool draft_mine(const struct ui_ask *ask, struct web_reply *rep)
{
	size_t i;

	for (i = 0; i < settings_count; i++)
		if (draft_has(gap_draft(ask->gap), &settings_table[i]) && !mine(ask, settings_table[i].key, rep))
			return false;

	return true;
}

static json_t *draft_keys(const struct gap *g)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < settings_count; i++)
		if (draft_has(gap_draft(g), &settings_table[i]))
			(void)json_array_append_new(list, json_string(settings_table[i].key));

	return list;
}

static void restart_soon(const struct ui_ask *ask)
{
	if (ask->host->restart)
		ask->host->restart(ask->host->arg);
}

/** POST /ui/apply {version} */
void ui_apply(const struct ui_ask *ask, struct web_reply *rep)
{
	struct wrongs w = {.lang = ask->lang};
	json_t *keys;
	bool restart = false;
	int e;

	if (!fresh(ask, rep) || !draft_mine(ask, rep))
		return;
	w.list = json_array();
	keys = draft_keys(ask->gap);
	e = gap_draft_apply(ask->gap, ask->login, &restart, wrong, &w);
	if (e)
		not_done(&w, e, rep);
	else
		ui_reply(rep, 200, json_pack("{s:I, s:O, s:b}", "version", (json_int_t)gap_version(ask->gap), "applied",
					     keys, "restart", restart));
	if (!e && restart)
		restart_soon(ask);
	json_decref(keys);
	json_decref(w.list);
}

/** POST /ui/discard {version} */
void ui_discard(const struct ui_ask *ask, struct web_reply *rep)
{
	int e;

	if (!fresh(ask, rep) || !draft_mine(ask, rep))
		return;
	e = gap_draft_discard(ask->gap, ask->login);
	if (e)
		not_done(NULL, e, rep);
	else
		ui_reply(rep, 200, values_json(ask));
}

/** POST /ui/restart */
void ui_restart(const struct ui_ask *ask, struct web_reply *rep)
{
	if (ask->host->restart)
		ui_reply(rep, 202, json_pack("{s:i}", "code", 202));
	else
		ui_refuse(rep, 404, "no_restart", "this door cannot be restarted from here");
	restart_soon(ask);
}
