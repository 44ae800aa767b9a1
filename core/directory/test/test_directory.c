/**
 * @file test_directory.c  Entries of a directory become contacts, or are left out (SRV-01, CON-01)
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <re.h>
#include "core/directory/directory.h"

static struct directory_list list;
static struct book *book;

static void setup(void)
{
	memset(&list, 0, sizeof(list));
	book = NULL;
}

static void teardown(void)
{
	directory_end(&list);
	book = mem_deref(book);
}

static void add(const char *name, const char *number)
{
	ck_assert_int_eq(directory_add(&list, name, strlen(name), number, strlen(number)), 0);
}

static void sorted(void)
{
	directory_sort(&list);
	mem_deref(book);
	ck_assert_int_eq(directory_book(&book, &list), 0);
}

START_TEST(numbers_follow_the_rule_of_the_book)
{
	static const char *const row[][2] = {
		{"101", "101"}, {"+33 1 23 45 67 89", "+33123456789"}, {"01.23.45.67.89", "0123456789"},
		{"(01) 23-45/67", "01234567"}, {"+33 (0)1 23 45 67 89", "+33123456789"}, {"0(0)1", "001"},
		{"  102 ", "102"}, {"192.168.0.22", "sip:192.168.0.22"}, {"a@10.0.0.1", "sip:a@10.0.0.1"},
		{"sip:a@b.example", "sip:a@b.example"}, {"*21#", "*21#"},
	};
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		add("x", row[i][0]);
		ck_assert_uint_eq(list.n, i + 1);
		ck_assert_str_eq(list.contact[i].number, row[i][1]);
		ck_assert_int_eq(list.contact[i].account, 0);
		ck_assert(!list.contact[i].p2p);
	}
	ck_assert_uint_eq(list.left_out, 0);
}
END_TEST

START_TEST(what_is_no_contact_is_left_out_and_counted)
{
	static const char *const number[] = {
		"", " ", "()", "101;account=2", "sip:a@b;p2p", "101,102", "a b", "sip:x\r\nVia: y", "\x01", "sip:\xff@b", "\"><script>",
		"javascript:alert(1)", "sip:a:b@c",
	};
	char long_number[300], big[10240];
	size_t i;

	for (i = 0; i < sizeof(number) / sizeof(number[0]); i++)
		add("x", number[i]);
	memset(long_number, '1', sizeof(long_number));
	ck_assert_int_eq(directory_add(&list, "x", 1, long_number, sizeof(long_number)), 0);
	memset(big, 'a', sizeof(big));
	ck_assert_int_eq(directory_add(&list, "x", 1, big, sizeof(big)), 0);
	ck_assert_int_eq(directory_add(&list, "x", 1, "101\0evil", 8), 0);
	ck_assert_int_eq(directory_add(&list, "a\0b", 3, "101", 3), 0);
	add("", "101");
	add("\xff\xfe", "101");
	add("a\nb", "101");
	add("a\x1b[2J", "101");
	add("a\xc2\x85", "101");
	ck_assert_uint_eq(list.n, 0);
	ck_assert_uint_eq(list.left_out, i + 9);
}
END_TEST

START_TEST(a_name_is_kept_as_it_is_and_cut_between_two_characters)
{
	char name[10240];

	add("<img src=x onerror=alert(1)>", "101");
	ck_assert_str_eq(list.contact[0].surname, "<img src=x onerror=alert(1)>");
	memset(name, 'a', sizeof(name));
	memcpy(name + 63, "\xc3\xa9", 2);
	ck_assert_int_eq(directory_add(&list, name, sizeof(name), "102", 3), 0);
	ck_assert_uint_eq(list.n, 2);
	ck_assert_uint_eq(strlen(list.contact[1].surname), 63);
	memset(name, 'a', sizeof(name));
	memcpy(name + 62, "\xc3\xa9", 2);
	ck_assert_int_eq(directory_add(&list, name, sizeof(name), "103", 3), 0);
	ck_assert_uint_eq(strlen(list.contact[2].surname), 64);
	ck_assert_str_eq(list.contact[2].surname + 62, "\xc3\xa9");
}
END_TEST

START_TEST(a_directory_is_bounded)
{
	char number[16];
	unsigned i;

	for (i = 0; i < DIRECTORY_CONTACTS; i++) {
		(void)snprintf(number, sizeof(number), "%u", 1000 + i);
		add("x", number);
	}
	ck_assert(!list.full);
	ck_assert_int_eq(directory_add(&list, "x", 1, "1", 1), ENOSPC);
	ck_assert(list.full);
	ck_assert_uint_eq(list.n, DIRECTORY_CONTACTS);
	sorted();
	ck_assert_uint_eq(book_count(book), DIRECTORY_CONTACTS);
}
END_TEST

START_TEST(the_order_is_by_name_and_each_contact_stands_once)
{
	static const char *const want[] = {"\xc3\x84rzte", "anna", "Bruno", "Bruno", "Zo\xc3\xa9"};
	unsigned i;

	add("Zo\xc3\xa9", "9");
	add("Bruno", "2");
	add("anna", "5");
	add("Bruno", "1");
	add("Bruno", "2");
	sorted();
	ck_assert_uint_eq(book_count(book), 4);
	for (i = 0; i < 4; i++)
		ck_assert_str_eq(book_get(book, i + 1)->surname, want[i + 1]);
	ck_assert_str_eq(book_get(book, 2)->number, "1");
	ck_assert_str_eq(book_get(book, 3)->number, "2");
}
END_TEST

START_TEST(a_search_finds_names_and_numbers_in_either_case)
{
	add("B\xc3\x9cRO Nord", "101");
	add("Zo\xc3\xa9", "sip:zoe@10.0.0.1");
	add("Anna", "102");
	sorted();
	ck_assert_uint_eq(directory_find(book, "b\xc3\xbcro", 0), 2);
	ck_assert_uint_eq(directory_find(book, "NORD", 0), 2);
	ck_assert_uint_eq(directory_find(book, "ZO\xc3\x89", 0), 3);
	ck_assert_uint_eq(directory_find(book, "10", 0), 1);
	ck_assert_uint_eq(directory_find(book, "10", 1), 2);
	ck_assert_uint_eq(directory_find(book, "10", 2), 3);
	ck_assert_uint_eq(directory_find(book, "10", 3), 0);
	ck_assert_uint_eq(directory_find(book, "", 2), 3);
	ck_assert_uint_eq(directory_find(book, "nobody", 0), 0);
	ck_assert_uint_eq(directory_find(book, "\xc3", 0), 0);
	ck_assert_uint_eq(directory_find(NULL, "", 0), 0);
}
END_TEST

START_TEST(an_empty_directory_is_one)
{
	sorted();
	ck_assert_uint_eq(book_count(book), 0);
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("directory (SRV-01)");
	TCase *c = tcase_create("contacts of a server");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, numbers_follow_the_rule_of_the_book);
	tcase_add_test(c, what_is_no_contact_is_left_out_and_counted);
	tcase_add_test(c, a_name_is_kept_as_it_is_and_cut_between_two_characters);
	tcase_add_test(c, a_directory_is_bounded);
	tcase_add_test(c, the_order_is_by_name_and_each_contact_stands_once);
	tcase_add_test(c, a_search_finds_names_and_numbers_in_either_case);
	tcase_add_test(c, an_empty_directory_is_one);
	suite_add_tcase(s, c);

	return s;
}
