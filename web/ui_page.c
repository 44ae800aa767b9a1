/**
 * @file ui_page.c  The one page, with what its first view says filled in (WEB-01)
 *
 *     {{login.name}}   a text of the pages, in the reader's language      {{lang}}   a fact: see facts[]
 *
 * So the login is there in the right language, light or dark, before any script is.  What the reader chose comes in two
 * cookies that the pages set; what he did not choose, his browser says.
 */
#include <string.h>
#include "core/lang/lang.h"
#include "web/pages.h"
#include "web/ui_priv.h"

#define NAME_MAX_LEN 40                 /* of what is filled in */

struct view {
	enum language lang;
	bool inside;                    /* somebody is logged in: he sees no login */
	char theme[8];                  /* "light", "dark", "" = as the reader's system says */
	char https[300];
};

/* --- what the reader chose --- */

static enum language language_of(const struct ui_ask *ask)
{
	char name[3];
	const int l = session_cookie_value(ask->req, "ipgap-language", name, sizeof(name)) ? lang_find(name) : -1;

	return l < 0 ? ask->lang : (enum language)l;
}

static void read_theme(char theme[8], const struct web_request *req)
{
	if (!session_cookie_value(req, "ipgap-theme", theme, 8) || (strcmp(theme, "dark") && strcmp(theme, "light")))
		theme[0] = '\0';
}

/* When the dark colours are, as a media query */
static const char *dark(const char *theme)
{
	if (!*theme)
		return "(prefers-color-scheme: dark)";

	return strcmp(theme, "dark") ? "not all" : "all";
}

/* --- filling in --- */

static const char *value_of(const char *name, const struct view *v)
{
	const struct { const char *name, *value; } facts[] = {
		{"lang", lang_name(v->lang)}, {"scheme", *v->theme ? v->theme : "light dark"}, {"dark", dark(v->theme)},
		{"model", GAP_MODEL}, {"https", v->https}, {"hidden", v->inside ? "hidden" : ""},
	};
	const char *is = strncmp(name, "is.", 3) ? NULL : name + 3;
	size_t i;

	if (is)
		return strcmp(is, lang_name(v->lang)) ? "false" : "true";
	for (i = 0; i < ARRAY_SIZE(facts); i++)
		if (!strcmp(facts[i].name, name))
			return facts[i].value;

	return lang_text(v->lang, "ui", name);
}

static int put(struct mbuf *to, const char *text, size_t n)
{
	return mbuf_write_mem(to, (const uint8_t *)text, n);
}

/* As HTML, between tags and in quotes */
static int put_text(struct mbuf *to, const char *text)
{
	static const struct { char c; const char *as; } signs[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
	int err = 0;
	size_t i;

	for (; *text && !err; text++) {
		for (i = 0; i < ARRAY_SIZE(signs) && signs[i].c != *text; i++)
			;
		err = i < ARRAY_SIZE(signs) ? put(to, signs[i].as, strlen(signs[i].as)) : put(to, text, 1);
	}

	return err;
}

/* What begins with {{ at text: how long it is; 0 = it names nothing, and stays as it is */
static size_t fill_one(struct mbuf *to, const char *text, size_t left, const struct view *v, int *err)
{
	const char *end = left > 4 ? memchr(text + 2, '}', left - 3) : NULL;
	char name[NAME_MAX_LEN];
	const char *value;
	size_t n;

	if (!end || end[1] != '}' || (n = (size_t)(end - text) - 2) >= sizeof(name))
		return 0;
	memcpy(name, text + 2, n);
	name[n] = '\0';
	value = value_of(name, v);
	if (!value)
		return 0;
	*err = put_text(to, value);

	return n + 4;
}

static int fill(struct mbuf *to, const struct mbuf *from, const struct view *v)
{
	const char *p = (const char *)from->buf, *const end = p + from->end;
	int err = 0;

	while (p < end && !err) {
		const char *open = memchr(p, '{', (size_t)(end - p));
		const size_t plain = (size_t)((open ? open : end) - p);
		size_t n;

		err = put(to, p, plain);
		p += plain;
		if (err || !open)
			break;
		n = open + 1 < end && open[1] == '{' ? fill_one(to, p, (size_t)(end - p), v, &err) : 0;
		if (!n && !err)
			err = put(to, p, 1);
		p += n ? n : 1;
	}

	return err;
}

/** GET / */
void ui_page(const struct ui_ask *ask, struct web_reply *rep)
{
	/* who comes by a link of another site has not sent his session: the page finds out */
	struct view v = {.lang = language_of(ask), .inside = ask->role != UI_NOBODY || !session_own_site(ask->req)};
	struct mbuf *page = pages_plain(ask->host->pages, "index.html"), *told = page ? mbuf_alloc(page->end * 2) : NULL;

	read_theme(v.theme, ask->req);
	ui_https(ask, v.https, sizeof(v.https));
	if (!page)
		ui_refuse(rep, 404, "no_path", "there is no index.html");
	else if (!told || fill(told, page, &v))
		ui_refuse(rep, 503, "no_memory", "out of memory");
	else
		ui_tagged(ask->req, rep, "text/html; charset=utf-8", told);
	mem_deref(told);
	mem_deref(page);
}
