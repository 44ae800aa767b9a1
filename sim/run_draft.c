/**
 * @file run_draft.c  The lines `draft`, `apply` and `discard` of `ipgap run` (WEB-04)
 *
 * What the pages do by "validate" and "apply", by words: settings are checked together, kept, then in force together.
 */
#include <errno.h>
#include <string.h>
#include "contacts.h"
#include "run.h"

#define WORDS 64
#define BY "line"

/* --- show --- */

static const char *value_of(const struct draft *d, const struct setting *row, char text[SETTINGS_TEXT])
{
	if (row->secret)
		return "(secret)";
	(void)settings_get(&d->s, row, text, SETTINGS_TEXT);

	return text;
}

static void show_json(struct run *r, const struct draft *d, uint64_t version)
{
	struct mbuf *mb = mbuf_alloc(1024);
	char text[SETTINGS_TEXT];
	bool first = true;
	size_t i;

	if (!mb)
		return;
	(void)mbuf_printf(mb, "{\"ok\":true,\"version\":%llu,\"draft\":{", version);
	for (i = 0; i < settings_count; i++) {
		if (!draft_has(d, &settings_table[i]))
			continue;
		(void)mbuf_printf(mb, "%s\"%s\":", first ? "" : ",", settings_table[i].key);
		say_quoted(mb, value_of(d, &settings_table[i], text));
		first = false;
	}
	(void)mbuf_write_str(mb, "}}");
	say_mbuf(r, mb);
	mem_deref(mb);
}

static void show(struct run *r, const struct draft *d, uint64_t version)
{
	char text[SETTINGS_TEXT], line[SETTINGS_TEXT + 64];
	size_t i;

	if (r->args.json) {
		show_json(r, d, version);
		return;
	}
	for (i = 0; i < settings_count; i++) {
		if (!draft_has(d, &settings_table[i]))
			continue;
		(void)re_snprintf(line, sizeof(line), "%s = %s", settings_table[i].key,
				  value_of(d, &settings_table[i], text));
		say_line(r, line);
	}
	say_ok(r, "%u settings are validated%s%s, version %llu", draft_count(d), d ? " by " : "", d ? d->by : "", version);
}

/* --- change --- */

/* The first that is wrong, and how many there are */
struct wrongs {
	unsigned n;
	char text[RUN_ERR - 64];
};

static void wrong(const struct notice *why, void *arg)
{
	struct wrongs *w = arg;
	struct text t;

	if (w->n++)
		return;
	text_start(&t, w->text, sizeof(w->text));
	notice_tell(&t, why, NULL);
}

static void refused(struct run *r, const struct wrongs *w, int e)
{
	if (e == ENOENT)
		say_error(r, "nothing is validated that could be applied; `draft KEY=VALUE` validates");
	else if (e != EINVAL)
		say_error(r, "the settings could not be stored: %m", e);
	else if (w->n > 1)
		say_error(r, "%s (and %u more)", w->text, w->n - 1);
	else
		say_error(r, "%s", w->text);
}

/* KEY=VALUE in place; false where there is no = */
static bool split(struct gap_value *v, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		return false;
	*value++ = '\0';
	*v = (struct gap_value) {word, value};

	return true;
}

/** Validate the KEY=VALUE of the words; without any, show what is validated */
void run_draft(struct run *r, const char *words)
{
	struct gap *g = vdoor_gap(r->door);
	char err[RUN_ERR] = "", line[LINE_BYTES + 1], *argv[WORDS];
	struct gap_value v[WORDS];
	struct wrongs w = {0};
	int n, i, e;

	str_ncpy(line, words, sizeof(line));
	n = contacts_split(argv, WORDS, line, err, sizeof(err));
	if (!n) {
		show(r, gap_draft(g), gap_version(g));
		return;
	}
	for (i = 0; i < n; i++) {
		if (split(&v[i], argv[i]))
			continue;
		say_error(r, "%s is not accepted; accepted: draft KEY=VALUE..., e.g. draft door.ring_s=20 relay1.hold_s=5",
			  argv[i]);
		return;
	}
	e = n < 0 ? 0 : gap_draft_set(g, v, (size_t)n, false, BY, wrong, &w);
	if (n < 0)
		say_error(r, "%s", err);
	else if (e)
		refused(r, &w, e);
	else
		say_ok(r, "%u settings are validated, version %llu (`apply` puts them in force)",
		       draft_count(gap_draft(g)), gap_version(g));
}

/** Put in force what is validated */
void run_apply(struct run *r)
{
	struct gap *g = vdoor_gap(r->door);
	struct wrongs w = {0};
	bool restart;
	const int e = gap_draft_apply(g, BY, &restart, wrong, &w);

	if (e)
		refused(r, &w, e);
	else
		say_ok(r, "applied, version %llu%s", gap_version(g),
		       restart ? " (some of it from the next start: `restart`)" : "");
}

/** Forget what is validated */
void run_discard(struct run *r)
{
	struct gap *g = vdoor_gap(r->door);
	struct wrongs w = {0};
	const int e = gap_draft_discard(g, BY);

	if (e)
		refused(r, &w, e);
	else
		say_ok(r, "nothing is validated, version %llu", gap_version(g));
}
