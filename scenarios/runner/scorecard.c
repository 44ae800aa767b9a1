/**
 * @file scorecard.c  `ipgap test --scorecard`: a page for the makers of what was tried (RCV-01)
 *
 * A line for each scenario that carries a `fault`: what the field does, what should follow, the verdict,
 * and what was seen with its times; before them a summary by `group`.  One file, without scripts and
 * without anything from elsewhere.  With --repeat a line has the worst of its runs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "record_html.h"
#include "record_priv.h"
#include "run.h"
#include "scorecard.h"

enum { VERDICTS = VERDICT_SKIP + 1, GROUPS_MAX = 64 };

struct tally {
	const char *name;
	size_t n[VERDICTS];
};

struct card {
	const struct plan *p;
	FILE *f;
	struct tally all, group[GROUPS_MAX];
	size_t groups;
};

static void text(const struct card *c, const char *s)
{
	rec_html(c->f, s, strlen(s));
}

static bool same_group(const struct item *a, const char *name)
{
	return !strcmp(a->group, name);
}

/** Is the job a line of the page?  Of an item's repetitions only one is: the first that failed, or the first */
static bool is_line(const struct plan *p, size_t i)
{
	const struct job *j = &p->job[i];
	size_t k;

	if (!j->done || !j->item->fault[0])
		return false;
	for (k = 0; k < p->n; k++) {
		const struct job *o = &p->job[k];

		if (k == i || o->item != j->item || !o->done)
			continue;
		if (o->result.verdict == VERDICT_FAIL && (j->result.verdict != VERDICT_FAIL || k < i))
			return false;
		if (o->result.verdict == j->result.verdict && k < i)
			return false;
	}

	return true;
}

static struct tally *group_of(struct card *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->groups; i++)
		if (!strcmp(c->group[i].name, name))
			return &c->group[i];
	if (c->groups == GROUPS_MAX)
		return &c->group[GROUPS_MAX - 1];
	c->group[c->groups].name = name;

	return &c->group[c->groups++];
}

static void count(struct card *c)
{
	size_t i;

	for (i = 0; i < c->p->n; i++) {
		const struct job *j = &c->p->job[i];

		if (!is_line(c->p, i))
			continue;
		c->all.n[j->result.verdict]++;
		group_of(c, j->item->group)->n[j->result.verdict]++;
	}
}

static size_t total(const struct tally *t)
{
	return t->n[VERDICT_PASS] + t->n[VERDICT_FAIL] + t->n[VERDICT_SKIP];
}

static const char *peer(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->job[i].result.peer && p->job[i].result.peer[0])
			return p->job[i].result.peer;

	return "unnamed receiver";
}

/* --- head and summary --- */

static void meta(const struct card *c, const char *name, const char *value)
{
	fprintf(c->f, "<span>%s <b>", name);
	text(c, value);
	fputs("</b></span>\n", c->f);
}

static void head(const struct card *c)
{
	const struct run_opts *o = &c->p->opts;
	const time_t now = time(NULL);
	char date[40], seed[64];

	(void)strftime(date, sizeof(date), "%Y-%m-%d %H:%M UTC", gmtime(&now));
	(void)snprintf(seed, sizeof(seed), o->repeat > 1 ? "%llu to %llu" : "%llu", (unsigned long long)o->seed,
		       (unsigned long long)o->seed + o->repeat - 1);
	fputs(rec_html_head, c->f);
	fputs("<title>Scorecard: ", c->f);
	text(c, peer(c->p));
	fprintf(c->f, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<p class=\"what\">Alarm receiver scorecard</p>\n<h1>",
		scorecard_style);
	text(c, peer(c->p));
	fputs("</h1>\n<p class=\"meta\">\n", c->f);
	meta(c, "At", o->receiver[0] ? o->receiver : "the simulated network");
	meta(c, "Date", date);
	meta(c, "Clock", o->real ? "real" : "virtual");
	meta(c, "Seed", seed);
	if (o->plant)
		meta(c, "Planted fault", o->plant);
	fputs("</p>\n", c->f);
}

static void bar(const struct card *c, const struct tally *t)
{
	int v;

	fputs("<span class=\"bar\">", c->f);
	for (v = 0; v < VERDICTS; v++)
		if (t->n[v])
			fprintf(c->f, "<i class=\"%s\" style=\"flex:%zu\"></i>", verdict_name((enum verdict)v), t->n[v]);
	fputs("</span>", c->f);
}

static void group_row(const struct card *c, size_t i)
{
	const struct tally *t = &c->group[i];

	fprintf(c->f, "<tr><td><a href=\"#g%zu\">", i);
	text(c, t->name[0] ? t->name : "Others");
	fputs("</a></td><td class=\"b\">", c->f);
	bar(c, t);
	fprintf(c->f, "</td><td class=\"n\">%zu of %zu</td></tr>\n", t->n[VERDICT_PASS], total(t));
}

static void summary(const struct card *c)
{
	const struct tally *t = &c->all;
	size_t i;

	fprintf(c->f, "<section class=\"score\">\n<div><p class=\"big\" style=\"margin:0 0 .8rem\">%zu <small>of %zu "
		"passed</small></p>", t->n[VERDICT_PASS], total(t));
	bar(c, t);
	fputs("<p class=\"counts\">", c->f);
	if (t->n[VERDICT_FAIL])
		fprintf(c->f, "<b class=\"fail\">%zu failed</b>", t->n[VERDICT_FAIL]);
	else
		fputs("none failed", c->f);
	if (t->n[VERDICT_SKIP])
		fprintf(c->f, ", <b class=\"skip\">%zu to be seen at the receiver</b>", t->n[VERDICT_SKIP]);
	fputs("</p></div>\n<table class=\"groups\">\n", c->f);
	for (i = 0; i < c->groups; i++)
		group_row(c, i);
	fputs("</table>\n</section>\n", c->f);
}

static void todo(const struct card *c)
{
	size_t i;

	if (!c->all.n[VERDICT_FAIL])
		return;
	fputs("<section class=\"todo\"><h3>What failed</h3><ol>\n", c->f);
	for (i = 0; i < c->p->n; i++) {
		if (!is_line(c->p, i) || c->p->job[i].result.verdict != VERDICT_FAIL)
			continue;
		fprintf(c->f, "<li><a href=\"#l%zu\">", i);
		text(c, c->p->job[i].item->fault);
		fputs("</a></li>\n", c->f);
	}
	fputs("</ol></section>\n", c->f);
}

/* --- the lines --- */

static void seen(const struct card *c, const char *s)
{
	fputs("<ul class=\"seen\">", c->f);
	while (*s) {
		const size_t line = strcspn(s, "\n"), t = strcspn(s, "\t\n");
		const size_t from = t < line ? t + 1 : t;

		fputs("<li><time>", c->f);
		rec_html(c->f, s, t);
		fputs("</time>", c->f);
		rec_html(c->f, s + from, line - from);
		fputs("</li>\n", c->f);
		s += line + (s[line] == '\n');
	}
	fputs("</ul>", c->f);
}

/** A script's file and line are of no use to the reader: "FILE:LINE: " before the message is left out */
static const char *message(const struct result *r)
{
	const char *colon = strstr(r->message, ".lua:");
	const char *end = colon ? strstr(colon, ": ") : NULL;

	return end && end < r->message + strcspn(r->message, "\n") ? end + 2 : r->message;
}

static void why(const struct card *c, const struct result *r)
{
	const char *m = r->message ? message(r) : "";

	if (!*m)
		return;
	fprintf(c->f, "<p class=\"why %s\">", verdict_name(r->verdict));
	/* of a failure the first line says it; what was seen follows anyway */
	rec_html(c->f, m, r->verdict == VERDICT_FAIL ? strcspn(m, "\n") : strlen(m));
	fputs("</p>", c->f);
}

static void line(const struct card *c, size_t i)
{
	static const char *const word[VERDICTS] = {"pass", "FAIL", "look"};
	const struct job *j = &c->p->job[i];
	const struct result *r = &j->result;

	fprintf(c->f, "<tr id=\"l%zu\"><td class=\"v\"><b class=\"%s\">%s</b></td><td class=\"f\">", i,
		verdict_name(r->verdict), word[r->verdict]);
	text(c, j->item->fault);
	fputs("<div class=\"req\">", c->f);
	text(c, j->item->req);
	fputs("</div></td><td class=\"s\">", c->f);
	text(c, j->item->should);
	fputs("</td><td>", c->f);
	why(c, r);
	seen(c, r->seen ? r->seen : "");
	fputs("</td></tr>\n", c->f);
}

static void section(const struct card *c, size_t g)
{
	const struct tally *t = &c->group[g];
	size_t i;

	fprintf(c->f, "<h2 id=\"g%zu\">", g);
	text(c, t->name[0] ? t->name : "Others");
	fprintf(c->f, " <small>%zu of %zu passed</small></h2>\n<table class=\"lines\"><thead><tr><th class=\"v\">"
		"Verdict</th><th class=\"f\">What the field does</th><th class=\"s\">What the receiver should do</th>"
		"<th>What was seen, at second</th></tr></thead><tbody>\n", t->n[VERDICT_PASS], total(t));
	for (i = 0; i < c->p->n; i++)
		if (is_line(c->p, i) && same_group(c->p->job[i].item, t->name))
			line(c, i);
	fputs("</tbody></table>\n", c->f);
}

static void page(struct card *c)
{
	size_t i;

	count(c);
	head(c);
	if (c->groups) {
		summary(c);
		todo(c);
	}
	else
		fputs("<p>No scenario of this run says which <code>fault</code> it tries, so there is nothing to score.</p>\n",
		      c->f);
	for (i = 0; i < c->groups; i++)
		section(c, i);
	fputs("<footer>Seconds since the scenario\xe2\x80\x99s start.  &ldquo;look&rdquo;: the answer is on the receiver\xe2\x80\x99s own "
	      "screen, not on the wire.  Requirement ids are those of docs/receivers.md.  Made by ipgap test.</footer>\n"
	      "</body>\n</html>\n", c->f);
}

/**
 * Write the scorecard.
 *
 * @param p    Plan, run
 * @param file Path
 *
 * @return 0, errno
 */
int scorecard_write(const struct plan *p, const char *file)
{
	struct card c = {.p = p, .f = fopen(file, "w")};

	if (!c.f)
		return errno;
	page(&c);

	return fclose(c.f) ? errno : 0;
}
