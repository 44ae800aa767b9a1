/**
 * @file record_html.c  The ladder as a page of its own
 *
 * One file without scripts and without anything from elsewhere (its Content-Security-Policy says
 * so): folding and filters are check boxes and CSS.  Light and dark, prints, scrolls sideways where
 * there are many hosts.  What peers sent is escaped by rec_html().
 */
#include <stdlib.h>
#include <string.h>
#include "record_html.h"
#include "record_priv.h"

#define LABEL 320


static void text(FILE *f, const char *s)
{
	rec_html(f, s, strlen(s));
}


/* Class of a verdict, by its first word */
static const char *verdict_class(const char *verdict)
{
	if (!strncasecmp(verdict, "pass", 4))
		return "pass";
	return strncasecmp(verdict, "fail", 4) ? "other" : "fail";
}


/* "fail: why" as a badge and a sentence */
static void verdict_card(FILE *f, const char *verdict)
{
	const size_t n = strcspn(verdict, " :,-\n");
	const char *why = verdict + n + strspn(verdict + n, " :,-\n");

	(void)fprintf(f, "<p class=\"verdict %s\"><b>", verdict_class(verdict));
	rec_html(f, verdict, n);
	(void)fputs("</b><span>", f);
	text(f, why);
	(void)fputs("</span></p>\n", f);
}


static void head(FILE *f, const struct rec_ladder *l, const char *title, const char *verdict,
		 const char *info)
{
	(void)fputs(rec_html_head, f);
	(void)fputs("<title>", f);
	text(f, title);
	(void)fprintf(f, "</title>\n<style>\n:root{--cols:%d}\n@page{size:A4 %s;margin:12mm}\n",
		      l->cols ? l->cols : 1, l->cols > 3 ? "landscape" : "portrait");
	(void)fputs(rec_html_style, f);
	(void)fputs("</style>\n</head>\n<body>\n<header>\n"
		    "<p class=\"what\">ipgap scenario</p>\n<h1>", f);
	text(f, title);
	(void)fputs("</h1>\n", f);
	verdict_card(f, verdict);
	if (info[0]) {
		(void)fputs("<details><summary>How this was run</summary><pre>", f);
		text(f, info);
		(void)fputs("</pre></details>\n", f);
	}
	(void)fputs("</header>\n", f);
	(void)fputs(rec_html_bar, f);
}


static void columns(FILE *f, const struct rec_ladder *l)
{
	(void)fputs("<main>\n<div class=\"hosts\"><span class=\"t\">seconds</span>", f);
	for (int c = 0; c < l->cols; c++) {
		(void)fputs("<b>", f);
		text(f, l->col[c]);
		(void)fputs("</b>", f);
	}
	(void)fputs("</div>\n", f);
	if (l->dropped)
		(void)fprintf(f, "<p class=\"gap\">The oldest %llu RTP packets were not"
			      " kept.</p>\n",
			      (unsigned long long)l->dropped);
}


static const char *sip_class(const struct rec_item *it)
{
	if (it->len < 9 || memcmp(it->data, "SIP/2.0 ", 8))
		return "request";
	switch (it->data[8]) {

	case '1': return "trying";
	case '2': return "ok";
	default:  return "refused";
	}
}


static const char *row_class(const struct rec_row *row)
{
	switch (row->kind) {

	case ROW_SIP:  return sip_class(row->item);
	case ROW_RTP:  return "rtp";
	case ROW_DTMF: return "dtmf";
	case ROW_UDP:  return "udp";
	case ROW_EDGE: return row->item->flag ? "note edge on" : "note edge";
	default:       return "note";
	}
}


static void row_time(FILE *f, const struct rec_row *row)
{
	(void)fprintf(f, "<span class=\"t\">%.3f</span>", (double)row->t_us / 1e6);
}


/* A label whose first word tells most */
static void label(FILE *f, const char *s)
{
	const size_t n = strcspn(s, " ");

	(void)fputs("<b>", f);
	rec_html(f, s, n);
	(void)fputs("</b>", f);
	text(f, s + n);
}


static void arrow(FILE *f, const struct rec_row *row, const char *s)
{
	const bool right = row->to > row->from;
	const int left = right ? row->from : row->to;

	row_time(f, row);
	(void)fprintf(f, "<span class=\"lane\"><span class=\"arrow %s%s\" style=\"--l:%d;--n:%d\">"
		      "<span>", right ? "right" : "left", rec_row_lost(row) ? " lost" : "", left,
		      abs(row->to - row->from));
	label(f, s);
	(void)fputs("</span></span></span>", f);
}


static void note(FILE *f, const struct rec_ladder *l, const struct rec_row *row, const char *s)
{
	const char *who = (const char *)row->item->data;

	row_time(f, row);
	if (row->from < 0)
		(void)fprintf(f, "<span class=\"lane\"><span class=\"box wide\"><i>");
	else
		(void)fprintf(f, "<span class=\"lane\"><span class=\"box\" style=\"--l:%d\"><i>",
			      row->from);

	if (row->item->kind == REC_SIGNAL || row->item->kind == REC_MEDIA)
		text(f, l->col[row->from]);
	else if (row->from < 0 && row->kind == ROW_EVENT)
		text(f, who);
	(void)fputs("</i>", f);
	label(f, s);
	(void)fputs("</span></span>", f);
}


static void body(FILE *f, const struct rec_ladder *l, const struct rec_row *row)
{
	char s[LABEL];

	(void)rec_row_label(row, s, sizeof(s));
	if (row->from >= 0 && row->from != row->to)
		arrow(f, row, s);
	else
		note(f, l, row, s);
}


/* A SIP message unfolds: a check box, its label, and the message behind */
static void message(FILE *f, const struct rec_ladder *l, const struct rec_row *row, size_t i)
{
	const struct rec_item *it = row->item;
	char src[64], dst[64];

	(void)rec_addr_text(&it->src, true, src, sizeof(src));
	(void)rec_addr_text(&it->dst, true, dst, sizeof(dst));
	(void)fprintf(f, "<input type=\"checkbox\" class=\"u\" id=\"m%zu\""
		      " aria-label=\"raw message\"><label class=\"row sip %s\" for=\"m%zu\">", i,
		      row_class(row), i);
	body(f, l, row);
	(void)fprintf(f, "</label><pre class=\"raw\"><em>%s to %s, %u bytes%s</em>\n", src, dst,
		      it->len, it->flag ? ", lost on the way" : "");
	rec_html(f, it->data, it->len);
	(void)fputs("</pre>\n", f);
}


static void row(FILE *f, const struct rec_ladder *l, size_t i)
{
	const struct rec_row *r = &l->row[i];

	if (r->kind == ROW_SIP) {
		message(f, l, r, i);
		return;
	}

	(void)fprintf(f, "<div class=\"row %s\"", row_class(r));
	if (r->kind == ROW_EVENT) {
		(void)fputs(" title=\"", f);
		text(f, rec_event_json(r->item));
		(void)fputc('"', f);
	}
	(void)fputc('>', f);
	body(f, l, r);
	(void)fputs("</div>\n", f);
}


int rec_html_file(const struct rec_ladder *l, FILE *f, const char *title, const char *verdict,
		  const char *info)
{
	head(f, l, title, verdict, info);
	columns(f, l);
	for (size_t i = 0; i < l->rows; i++) {
		if (rec_row_shown(l, i))
			row(f, l, i);
		else if (i == REC_HEAD_ROWS)
			(void)fprintf(f, "<p class=\"gap\">%zu rows left out here: events.jsonl and"
				      " capture.pcapng have them.</p>\n",
				      l->rows - REC_HEAD_ROWS - REC_TAIL_ROWS);
	}
	(void)fputs("</main>\n<footer>\n", f);
	verdict_card(f, verdict);
	(void)fputs("</footer>\n</body>\n</html>\n", f);
	return 0;
}
