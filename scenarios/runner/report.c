/**
 * @file report.c  What a test run prints: progress, failures, TAP, JUnit, the last line
 *
 * On a terminal one line is redrawn; elsewhere each scenario has its line, and what did not pass is named once
 * more at the end.  The last line on standard output is "N passed, N failed" (", N skipped", ", N inconclusive",
 * ", N passed alone only" where so).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "run.h"

#define SCREEN 20                       /* scenarios whose lines one sees at once */

static bool colours(void)
{
	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
}

static const char *paint(enum verdict v)
{
	static const char *const code[] = {"\033[32m", "\033[31m", "\033[33m", "\033[35m"};

	return colours() ? code[v] : "";
}

static const char *unpaint(void)
{
	return colours() ? "\033[0m" : "";
}

static size_t count(const struct plan *p, enum verdict v)
{
	size_t i, n = 0;

	for (i = 0; i < p->n; i++)
		n += p->job[i].done && p->job[i].result.verdict == v;

	return n;
}

static size_t done(const struct plan *p)
{
	return count(p, VERDICT_PASS) + count(p, VERDICT_FAIL) + count(p, VERDICT_SKIP) + count(p, VERDICT_INCONCLUSIVE);
}

void report_start(const struct plan *p)
{
	if (p->opts.tap)
		printf("TAP version 13\n1..%zu\n", p->n);
}

/** Message, indented */
static void print_indented(const char *text, const char *indent)
{
	while (*text) {
		const size_t n = strcspn(text, "\n");

		printf("%s%.*s\n", indent, (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static bool bad(const struct result *r)
{
	return verdict_bad(r->verdict);
}

/** A text's first line, to print by "%.*s" */
static int first_line(const char *text)
{
	return (int)strcspn(text, "\n");
}

static bool alone_only(const struct job *j)
{
	return j->done && j->beside && j->result.verdict == VERDICT_PASS;
}

static void tap(struct plan *p, const struct job *j)
{
	const struct result *r = &j->result;

	printf("%s %zu - %s%s%s\n", bad(r) ? "not ok" : "ok", ++p->told, j->item->name,
	       r->verdict == VERDICT_SKIP ? " # SKIP " : "", r->verdict == VERDICT_SKIP ? r->message : "");
	if (r->verdict == VERDICT_INCONCLUSIVE)
		printf("# inconclusive\n");
	if (bad(r))
		print_indented(r->message, "# ");
	if (alone_only(j))
		printf("# passed alone; beside others: %.*s\n", first_line(j->beside), j->beside);
}

static void failure(const struct plan *p, const struct job *j)
{
	const struct result *r = &j->result;
	const bool board = p->opts.rig.kind != RIG_SIM;

	printf("%s%s%s  %s  (%s:%d)\n", paint(r->verdict), verdict_name(r->verdict), unpaint(), j->item->name,
	       j->item->file, j->item->line);
	if (j->item->req[0])
		printf("      tests %s\n", j->item->req);
	print_indented(r->message, "      ");
	if (r->tries > 1)
		printf("      tried %u times\n", r->tries);
	printf("      replay: ipgap test --seed %llu%s%s%s%s%s --filter '=%s' %s\n", (unsigned long long)r->seed,
	       p->opts.receiver[0] ? " --receiver " : board ? " --rig " : p->opts.real ? " --clock real" : "",
	       p->opts.receiver, board ? p->opts.rig_name : "", p->opts.plant ? " --plant " : "",
	       p->opts.plant ? p->opts.plant : "", j->item->name, j->item->file);
	if (r->folder && r->folder[0])
		printf("      all of it: %s/ladder.html\n", r->folder);
}

/** What was measured: always on a board, whose times are the point; elsewhere by --timings */
static void timings(const struct plan *p, const struct result *r)
{
	if ((p->opts.timings || p->opts.rig.kind != RIG_SIM) && r->timings && p->opts.repeat == 1)
		print_indented(r->timings, "      ");
}

/** One job is done */
void report_job(struct plan *p, size_t i, void *arg)
{
	const struct job *j = &p->job[i];
	const struct result *r = &j->result;
	const bool tty = isatty(STDOUT_FILENO);

	(void)arg;
	if (p->opts.tap) {
		/* one line a scenario: that of alone, where it comes to that */
		if (!bad(r) || j->beside || !alone_may(p))
			tap(p, j);
		return;
	}
	if (tty)
		printf("\r\033[K");
	if (bad(r))
		failure(p, j);
	else if (!tty && p->opts.repeat == 1)
		printf("%s  %s  (%.1f s in %.0f ms)%s%s\n", verdict_name(r->verdict), j->item->name, r->sim_s,
		       r->wall_s * 1000, r->message[0] ? ": " : "", r->message);
	if (!tty || bad(r))
		timings(p, r);
	if (!tty && alone_only(j))
		printf("      alone; beside others: %.*s\n", first_line(j->beside), j->beside);
	if (tty && !bad(r))
		printf("[%zu/%zu] %s", done(p), p->n, j->item->name);
	(void)fflush(stdout);
}

/** Some did not pass beside others: what is done about it */
void report_alone(struct plan *p, size_t n)
{
	const bool run = n <= p->opts.alone;
	size_t i;

	printf("%s%zu did not pass beside others on this host: %s\n", p->opts.tap ? "# " : "", n,
	       run ? "run once more, alone" : "too many to be run alone (--alone)");
	for (i = 0; i < p->n && p->opts.tap && !run; i++)
		if (bad(&p->job[i].result))
			tap(p, &p->job[i]);
	(void)fflush(stdout);
}

/** A log of hundreds of lines ends with what matters of it */
static void names(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		const struct job *j = &p->job[i];
		const char *said = alone_only(j) ? j->beside : p->n > SCREEN && bad(&j->result) ? j->result.message : NULL;

		if (j->done && said)
			printf("  %s  %s  (%s:%d): %.*s\n", bad(&j->result) ? verdict_name(j->result.verdict) : "alone only",
			       j->item->name, j->item->file, j->item->line, first_line(said), said);
	}
}

/**
 * The closing lines.
 *
 * @return Exit status: 0 = all that ran passed, 1 = some failed, 3 = none failed, some proved nothing
 */
int report_end(const struct plan *p, double wall_s)
{
	const size_t failed = count(p, VERDICT_FAIL), skipped = count(p, VERDICT_SKIP);
	double sim_s = 0;
	const size_t unsure = count(p, VERDICT_INCONCLUSIVE);
	size_t i, alone = 0;

	for (i = 0; i < p->n; i++) {
		sim_s += p->job[i].result.sim_s;
		alone += alone_only(&p->job[i]);
	}
	if (isatty(STDOUT_FILENO) && !p->opts.tap)
		printf("\r\033[K");
	if (!p->opts.tap && !isatty(STDOUT_FILENO))
		names(p);
	printf("%s%.0f s of doors' time in %.2f s, seed %llu\n", p->opts.tap ? "# " : "", sim_s, wall_s,
	       (unsigned long long)p->opts.seed);
	printf("%s%zu passed, %zu failed", p->opts.tap ? "# " : "", count(p, VERDICT_PASS), failed);
	if (skipped)
		printf(", %zu skipped", skipped);
	if (unsure)
		printf(", %zu inconclusive", unsure);
	if (alone)
		printf(", %zu passed alone only", alone);
	printf("\n");

	return failed ? 1 : unsure ? 3 : 0;
}

static void xml_n(FILE *f, const char *s, size_t n)
{
	for (; n--; s++) {
		switch (*s) {
		case '<':  fputs("&lt;", f); break;
		case '>':  fputs("&gt;", f); break;
		case '&':  fputs("&amp;", f); break;
		case '"':  fputs("&quot;", f); break;
		default:
			/* XML 1.0 has no control characters but these */
			fputc((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t' ? '?' : *s, f);
		}
	}
}

static void xml(FILE *f, const char *s)
{
	xml_n(f, s, strlen(s));
}

static void junit_case(FILE *f, const struct job *j)
{
	const struct result *r = &j->result;

	fputs("  <testcase classname=\"", f);
	xml(f, j->item->file);
	fputs("\" name=\"", f);
	xml(f, j->item->name);
	fprintf(f, "\" time=\"%.6f\" file=\"", r->wall_s);
	xml(f, j->item->file);
	fprintf(f, "\" line=\"%d\">\n   <properties><property name=\"req\" value=\"", j->item->line);
	xml(f, j->item->req);
	fprintf(f, "\"/><property name=\"seed\" value=\"%llu\"/></properties>\n", (unsigned long long)r->seed);
	if (r->verdict == VERDICT_SKIP) {
		fputs("   <skipped message=\"", f);
		xml(f, r->message);
		fputs("\"/>\n", f);
	}
	if (alone_only(j)) {
		fprintf(f, "   <flakyFailure message=\"");
		xml_n(f, j->beside, (size_t)first_line(j->beside));
		fputs("\">", f);
		xml(f, j->beside);
		fputs("</flakyFailure>\n", f);
	}
	if (bad(r)) {
		const char *what = r->verdict == VERDICT_FAIL ? "failure" : "error";

		fprintf(f, "   <%s message=\"", what);
		xml_n(f, r->message, (size_t)first_line(r->message));
		fputs("\">", f);
		xml(f, r->message);
		if (r->folder && r->folder[0]) {
			fputs("\nfolder: ", f);
			xml(f, r->folder);
		}
		fprintf(f, "</%s>\n", what);
	}
	if (r->timings && r->timings[0]) {
		fputs("   <system-out>", f);
		xml(f, r->timings);
		fputs("</system-out>\n", f);
	}
	fputs("  </testcase>\n", f);
}

/**
 * Write the JUnit report.
 *
 * @param file Path
 *
 * @return 0, errno
 */
int report_junit(const struct plan *p, const char *file)
{
	FILE *f = fopen(file, "w");
	double wall_s = 0;
	size_t i;

	if (!f)
		return errno;
	for (i = 0; i < p->n; i++)
		wall_s += p->job[i].result.wall_s;
	fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"%zu\" failures=\"%zu\" "
		"errors=\"%zu\" skipped=\"%zu\" time=\"%.6f\">\n <testsuite name=\"ipgap\" tests=\"%zu\" failures=\"%zu\" "
		"errors=\"%zu\" skipped=\"%zu\" time=\"%.6f\">\n", p->n, count(p, VERDICT_FAIL),
		count(p, VERDICT_INCONCLUSIVE), count(p, VERDICT_SKIP), wall_s, p->n, count(p, VERDICT_FAIL),
		count(p, VERDICT_INCONCLUSIVE), count(p, VERDICT_SKIP), wall_s);
	for (i = 0; i < p->n; i++)
		junit_case(f, &p->job[i]);
	fputs(" </testsuite>\n</testsuites>\n", f);

	return fclose(f) ? errno : 0;
}
