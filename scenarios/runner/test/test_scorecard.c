/* The scorecard: a line a fault, the worst of its runs, what was seen; strangers' texts are escaped (RCV-01) */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "scenarios/runner/run.h"

static struct item item[] = {
	{.name = "one", .req = "SUP-22", .fault = "late <b>", .should = "wait & see", .group = "Turns"},
	{.name = "two", .req = "SUP-23", .fault = "wrong", .should = "ask", .group = "Frames"},
	{.name = "no fault", .req = "", .fault = "", .should = "", .group = "left out"},
};
static struct job job[6];
static struct plan plan;
static char page[65536];

static void setup(void)
{
	unsigned i;

	memset(job, 0, sizeof(job));
	memset(&plan, 0, sizeof(plan));
	for (i = 0; i < 6; i++) {
		job[i].item = &item[i % 3];
		job[i].done = true;
		job[i].result = (struct result){.verdict = VERDICT_PASS, .seed = 1 + i / 3, .message = (char *)"",
			.seen = (char *)"0.00\tINVITE\n1.50 to 2.00\tdoor sends <9>", .peer = (char *)""};
	}
	plan.job = job;
	plan.n = 3;
	plan.opts.repeat = 1;
	plan.opts.seed = 1;
}

static const char *write_page(void)
{
	char file[] = "/tmp/scorecard-XXXXXX";
	const int fd = mkstemp(file);
	ssize_t n;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(scorecard_write(&plan, file), 0);
	n = read(fd, page, sizeof(page) - 1);
	ck_assert_int_gt((int)n, 0);
	page[n] = '\0';
	close(fd);
	unlink(file);

	return page;
}

static unsigned times(const char *text)
{
	unsigned n = 0;
	const char *p = page;

	while ((p = strstr(p, text))) {
		n++;
		p += strlen(text);
	}

	return n;
}

START_TEST(test_each_fault_has_its_line_and_texts_are_escaped)
{
	job[0].result.peer = (char *)"Evil<script>alert(1)</script>";
	write_page();
	ck_assert_uint_eq(times("<td class=\"v\"><b class=\"pass\">"), 2);
	ck_assert_ptr_nonnull(strstr(page, "late &lt;b&gt;"));
	ck_assert_ptr_nonnull(strstr(page, "wait &amp; see"));
	ck_assert_ptr_nonnull(strstr(page, "<time>1.50 to 2.00</time>door sends &lt;9&gt;"));
	ck_assert_ptr_nonnull(strstr(page, "<h1>Evil&lt;script&gt;"));
	ck_assert_ptr_null(strstr(page, "<script"));
	ck_assert_ptr_null(strstr(page, "left out"));
	ck_assert_ptr_nonnull(strstr(page, "SUP-22"));
	ck_assert_ptr_nonnull(strstr(page, "none failed"));
}
END_TEST

START_TEST(test_a_failure_is_told_without_the_scripts_line)
{
	job[1].result.verdict = VERDICT_FAIL;
	job[1].result.message = (char *)"a/story.lua:12: 1 came 2.10 s after\n  further lines";
	write_page();
	ck_assert_ptr_nonnull(strstr(page, "<p class=\"why fail\">1 came 2.10 s after</p>"));
	ck_assert_ptr_nonnull(strstr(page, "<b class=\"fail\">1 failed</b>"));
	ck_assert_uint_eq(times("<td class=\"v\"><b class=\"fail\">FAIL"), 1);
}
END_TEST

START_TEST(test_of_several_runs_the_worst_is_shown)
{
	plan.n = 6;
	plan.opts.repeat = 2;
	job[4].result.verdict = VERDICT_FAIL;           /* the second run of "two" */
	job[4].result.message = (char *)"seed two";
	write_page();
	ck_assert_uint_eq(times("<td class=\"v\">"), 2);
	ck_assert_ptr_nonnull(strstr(page, "seed two"));
	ck_assert_ptr_nonnull(strstr(page, "1 to 2"));
}
END_TEST

START_TEST(test_without_faults_the_page_says_so)
{
	job[0].done = job[1].done = false;
	write_page();
	ck_assert_ptr_nonnull(strstr(page, "nothing to score"));
}
END_TEST

START_TEST(test_a_file_that_cannot_be_written_is_told)
{
	ck_assert_int_ne(scorecard_write(&plan, "/nonexistent/page.html"), 0);
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("scorecard");
	TCase *tc = tcase_create("scorecard");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, test_each_fault_has_its_line_and_texts_are_escaped);
	tcase_add_test(tc, test_a_failure_is_told_without_the_scripts_line);
	tcase_add_test(tc, test_of_several_runs_the_worst_is_shown);
	tcase_add_test(tc, test_without_faults_the_page_says_so);
	tcase_add_test(tc, test_a_file_that_cannot_be_written_is_told);
	suite_add_tcase(s, tc);

	return s;
}
