/**
 * @file ui_text.c  The texts of the pages in a language, as one document (WEB-01)
 *
 * Made from core/lang and the tables when somebody first asks for the language, and kept: a program has the same ones as
 * long as it runs.  A browser has them after the first time (ETag).
 */
#include <stdio.h>
#include <string.h>
#include <openssl/sha.h>
#include "core/lang/lang.h"
#include "web/pages.h"
#include "web/ui_priv.h"

#define PREFIX UI_PREFIX "text/"

/* The kinds that are given as they are: name -> text */
static const char *const plain[] = {"ui", "section", "group", "unit", "event", "field", "class"};

static json_t *kind(const char *name, enum language l)
{
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < lang_rows_n; i++)
		if (!strcmp(lang_rows[i].kind, name))
			(void)json_object_set_new(o, lang_rows[i].name, json_string(lang_rows[i].text[l]));

	return o;
}

static json_t *pages(enum language l)
{
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < lang_rows_n; i++)
		if (!strcmp(lang_rows[i].kind, "page"))
			(void)json_object_set_new(o, lang_rows[i].name,
						  json_pack("{s:s, s:s}", "title", lang_rows[i].text[l], "help",
							    lang_rows[i].help[l] ? lang_rows[i].help[l] : ""));

	return o;
}

/* "strike" is for every setting, "api.auth none" for that one */
static json_t *words(enum language l)
{
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < lang_rows_n; i++) {
		const char *name = lang_rows[i].name, *blank = strchr(name, ' ');
		char key[NOTICE_KEY] = "*";
		json_t *of;

		if (strcmp(lang_rows[i].kind, "word"))
			continue;
		if (blank)
			(void)snprintf(key, sizeof(key), "%.*s", (int)(blank - name), name);
		of = json_object_get(o, key);
		if (!of)
			(void)json_object_set_new(o, key, of = json_object());
		(void)json_object_set_new(of, blank ? blank + 1 : name, json_string(lang_rows[i].text[l]));
	}

	return o;
}

static json_t *settings(enum language l)
{
	char label[LANG_LABEL], help[LANG_HELP], told[LANG_TOLD];
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < settings_count; i++) {
		if (!lang_setting(l, settings_table[i].key, label, help))
			continue;
		lang_by_labels(l, help, told, sizeof(told));
		(void)json_object_set_new(o, settings_table[i].key, json_pack("{s:s, s:s}", "label", label, "help", told));
	}

	return o;
}

static int append(const char *text, size_t size, void *arg)
{
	return mbuf_write_mem(arg, (const uint8_t *)text, size);
}

static struct mbuf *make(enum language l)
{
	json_t *o = json_pack("{s:o, s:o, s:o}", "page", pages(l), "word", words(l), "setting", settings(l));
	struct mbuf *mb = mbuf_alloc(65536);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(plain); i++)
		(void)json_object_set_new(o, plain[i], kind(plain[i], l));
	if (!o || !mb || json_dump_callback(o, append, mb, JSON_COMPACT))
		mb = mem_deref(mb);
	json_decref(o);

	return mb;
}

static void tag_of(char tag[24], const struct mbuf *mb)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];

	(void)SHA256(mb->buf, mb->end, hash);
	(void)re_snprintf(tag, 24, "\"%w\"", hash, (size_t)10);
}

/**
 * Reply with a document that is named by its content: a browser that has it is told so.
 *
 * @param req  Request
 * @param rep  Filled
 * @param type Content-Type, static
 * @param body Document, borrowed
 */
void ui_tagged(const struct web_request *req, struct web_reply *rep, const char *type, struct mbuf *body)
{
	const char *known = req->header(req, "If-None-Match");
	char tag[24];

	tag_of(tag, body);
	web_reply_header(rep, "Cache-Control", "no-cache");
	web_reply_header(rep, "ETag", "%s", tag);
	web_reply_header(rep, "Vary", "Accept-Encoding");
	rep->status = known && strstr(known, tag) ? 304 : 200;
	rep->type = type;
	if (rep->status == 200)
		rep->body = mem_ref(body);
}

/** GET /ui/text/fr.json */
void ui_texts(const struct ui_ask *ask, struct web_reply *rep)
{
	const char name[3] = {ask->req->path[strlen(PREFIX)], ask->req->path[strlen(PREFIX) + 1], '\0'};
	const enum language l = (enum language)lang_find(name);
	struct mbuf **text = &ask->ui->text[l];

	if (!*text)
		*text = make(l);
	if (!*text) {
		ui_refuse(rep, 503, "no_memory", "out of memory");
		return;
	}
	ui_tagged(ask->req, rep, "application/json", *text);
	pages_compress(ask->req, rep, &ask->ui->packed[l]);
}
