/**
 * @file test_contacts_args.c  The words of `ipgap contacts` and of the line `contacts` (CON-02)
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "sim/contacts.h"

#define WORDS 12

static struct contacts_request q;
static char err[512], line[256];

static int parse(const char *text)
{
	char *argv[WORDS];
	int n;

	err[0] = '\0';
	snprintf(line, sizeof(line), "%s", text);
	n = contacts_split(argv, WORDS, line, err, sizeof(err));
	return n < 0 ? EINVAL : contacts_parse(&q, n, argv, err, sizeof(err));
}

static void good(const char *text)
{
	ck_assert_msg(!parse(text), "%s: %s", text, err);
}

static void bad(const char *text, const char *says)
{
	ck_assert_int_eq(parse(text), EINVAL);
	ck_assert_msg(strstr(err, says), "%s: %s", text, err);
}

START_TEST(no_verb_is_list)
{
	good("");
	ck_assert_int_eq(q.verb, CONTACTS_LIST);
	good("--json");
	ck_assert_int_eq(q.verb, CONTACTS_LIST);
	ck_assert(q.json);
	bad("json", "list, add, edit");
	bad("list 1", "accepted: list");
}
END_TEST

START_TEST(a_word_with_blanks_stands_in_quotes)
{
	good("add 101 --surname \"Le Gardien\"  --first-name=\"a \"b\" c\" --dtmf \"\"");
	ck_assert_str_eq(q.value[0], "101");
	ck_assert_str_eq(q.value[2], "Le Gardien");
	ck_assert_str_eq(q.value[3], "a b c");
	ck_assert_str_eq(q.value[5], "");
	ck_assert_ptr_null(q.value[1]);
	bad("add \"101", "a quote is not closed");
	bad("add 1 2 3 4 5 6 7 8 9 10 11 12", "more than 12 words");
}
END_TEST

START_TEST(each_verb_has_its_words)
{
	good("add sip:a@b --at 3 --p2p yes --version 7");
	ck_assert_uint_eq(q.at, 3);
	ck_assert_uint_eq(q.version, 7);
	ck_assert_str_eq(q.value[4], "yes");
	good("move 4 2");
	ck_assert_uint_eq(q.at, 4);
	ck_assert_uint_eq(q.to, 2);
	good("edit 1000 --number 5");
	good("import -");
	ck_assert_str_eq(q.file, "-");
	good("export a.csv --separator ; --bom");
	ck_assert_int_eq(q.style.separator, ';');
	ck_assert(q.style.bom);
	good("remove 1 --data /tmp/x");
	ck_assert_str_eq(q.data, "/tmp/x");
}
END_TEST

START_TEST(what_is_wrong_is_named_with_what_would_be_right)
{
	bad("add", "accepted: add NUMBER");
	bad("add 1 2", "accepted: add NUMBER");
	bad("edit", "accepted: edit N");
	bad("edit 0", "\"0\" is not accepted here");
	bad("edit 1001", "\"1001\" is not accepted here");
	bad("edit 1x", "\"1x\"");
	bad("move 1", "accepted: move N TO");
	bad("remove 18446744073709551617", "accepted: remove N");
	bad("import a b", "accepted: import FILE.csv");
	bad("add 1 --at 0", "--at \"0\" is not accepted; accepted: a place");
	bad("add 1 --version x", "--version \"x\"");
	bad("add 1 --number 2", "--number does not go with add");
	bad("export a --separator x", "--separator \"x\" is not accepted; accepted: \",\" or \";\"");
	bad("export a --separator ,;", "--separator");
	bad("list --bom", "--bom does not go with list");
	bad("add 1 --surname", "--surname needs TEXT");
	bad("add 1 --surnam x", "did you mean --surname?");
	bad("add 1 --data=", "--data");
	bad("exprot x", "did you mean export?");
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("contacts_args");
	TCase *tc = tcase_create("contacts_args");

	tcase_add_test(tc, no_verb_is_list);
	tcase_add_test(tc, a_word_with_blanks_stands_in_quotes);
	tcase_add_test(tc, each_verb_has_its_words);
	tcase_add_test(tc, what_is_wrong_is_named_with_what_would_be_right);
	suite_add_tcase(s, tc);
	return s;
}
