/**
 * @file test_book.c  The book of contacts and its CSV (CON-01, CON-02)
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <re.h>
#include "core/store/book.h"

#define HEADER "number,account,surname,first_name,p2p,dtmf\r\n"

static struct book *book;
static struct settings conf;
static char err[BOOK_ERR];

static void setup(void)
{
	settings_default(&conf);
	book = NULL;
}

static void teardown(void)
{
	book = mem_deref(book);
}

static int apply(const struct book_edit *e)
{
	struct book *next = NULL;
	int r;

	err[0] = '\0';
	r = book_apply(&next, &conf, book, e, err, sizeof(err));
	if (r) {
		ck_assert_ptr_null(next);
		ck_assert_msg(err[0], "no message for %d", r);
		return r;
	}
	mem_deref(book);
	book = next;
	return 0;
}

static int import(const char *csv)
{
	return apply(&(struct book_edit) {.op = BOOK_IMPORT, .csv = csv, .csv_n = strlen(csv)});
}

static struct book_contact of(const char *number, const char *surname)
{
	struct book_contact c;

	book_contact_init(&c);
	snprintf(c.number, sizeof(c.number), "%s", number);
	snprintf(c.surname, sizeof(c.surname), "%s", surname);
	return c;
}

static int add(const char *number, unsigned at)
{
	const struct book_contact c = of(number, "");

	return apply(&(struct book_edit) {.op = BOOK_ADD, .at = at, .contact = &c});
}

static void three(void)
{
	ck_assert_int_eq(add("101", 0), 0);
	ck_assert_int_eq(add("102", 0), 0);
	ck_assert_int_eq(add("103", 0), 0);
}

/* The numbers in order */
static const char *order(void)
{
	static char text[512];
	unsigned i;

	text[0] = '\0';
	for (i = 1; i <= book_count(book); i++) {
		strcat(text, i > 1 ? " " : "");
		strcat(text, book_get(book, i)->number);
	}
	return text;
}

static const char *exported(const struct book_style *style)
{
	static char text[4096];
	struct mbuf *mb = mbuf_alloc(512);

	ck_assert_int_eq(book_export(mb, book, style), 0);
	ck_assert_uint_lt(mb->end, sizeof(text));
	memcpy(text, mb->buf, mb->end);
	text[mb->end] = '\0';
	mem_deref(mb);
	return text;
}

/* --- changes --- */

/* CON-02: order, add, edit, delete; the version counts changes */
START_TEST(contacts_are_added_moved_edited_and_removed)
{
	const struct book_contact c = of("192.168.0.22", "Martin");

	ck_assert_uint_eq(book_version(book), 1);
	three();
	ck_assert_int_eq(add("100", 1), 0);
	ck_assert_str_eq(order(), "100 101 102 103");
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_MOVE, .at = 1, .to = 4}), 0);
	ck_assert_str_eq(order(), "101 102 103 100");
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_MOVE, .at = 3, .to = 1}), 0);
	ck_assert_str_eq(order(), "103 101 102 100");
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_EDIT, .at = 2, .contact = &c}), 0);
	ck_assert_str_eq(order(), "103 sip:192.168.0.22 102 100");
	ck_assert_str_eq(book_get(book, 2)->surname, "Martin");
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_REMOVE, .at = 1}), 0);
	ck_assert_str_eq(order(), "sip:192.168.0.22 102 100");
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_REMOVE, .at = 3}), 0);
	ck_assert_str_eq(order(), "sip:192.168.0.22 102");
	ck_assert_uint_eq(book_version(book), 10);
}
END_TEST

/* CON-02: a change thought of an older book is refused, and changes nothing */
START_TEST(a_change_of_an_older_book_is_refused)
{
	struct book_edit e = {.op = BOOK_REMOVE, .at = 1};

	three();
	e.version = book_version(book) - 1;
	ck_assert_int_eq(apply(&e), ESTALE);
	ck_assert_ptr_nonnull(strstr(err, "version 4, not 3"));
	ck_assert_str_eq(order(), "101 102 103");
	e.version = book_version(book);
	ck_assert_int_eq(apply(&e), 0);
	ck_assert_int_eq(apply(&e), ESTALE);
}
END_TEST

START_TEST(places_that_are_none_are_refused_with_those_there_are)
{
	const struct book_contact c = of("104", "");
	const struct book_edit wrong[] = {
		{.op = BOOK_ADD, .at = 5, .contact = &c}, {.op = BOOK_EDIT, .at = 0, .contact = &c},
		{.op = BOOK_EDIT, .at = 4, .contact = &c}, {.op = BOOK_MOVE, .at = 4, .to = 1},
		{.op = BOOK_MOVE, .at = 1, .to = 0}, {.op = BOOK_MOVE, .at = 1, .to = 4},
		{.op = BOOK_REMOVE, .at = 0}, {.op = BOOK_REMOVE, .at = UINT32_MAX},
	};
	size_t i;

	ck_assert_int_eq(apply(&wrong[6]), ENOENT);
	ck_assert_ptr_nonnull(strstr(err, "empty"));
	three();
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_int_ne(apply(&wrong[i]), 0);
		ck_assert_msg(strstr(err, "1 to "), "%zu: %s", i, err);
	}
	ck_assert_str_eq(order(), "101 102 103");
	ck_assert_uint_eq(book_version(book), 4);
}
END_TEST

/* CON-01: what a contact may be; the message names column and remedy */
START_TEST(a_contact_that_cannot_be_called_is_refused)
{
	static const struct {
		struct book_contact c;
		const char *says;
	} bad[] = {
		{{.number = "", .dtmf = -1}, "number: it is empty"},
		{{.number = "a b", .dtmf = -1}, "number"},
		{{.number = "101;account=2", .dtmf = -1}, "columns of their own"},
		{{.number = "sip:101", .dtmf = -1}, "number"},
		{{.number = "10,11", .dtmf = -1}, "number"},
		{{.number = "101", .account = 4, .dtmf = -1}, "account"},
		{{.number = "101", .account = -1, .dtmf = -1}, "account"},
		{{.number = "sip:10.0.0.1", .account = 1, .p2p = true, .dtmf = -1}, "p2p"},
		{{.number = "101", .p2p = true, .dtmf = -1}, "number"},
		{{.number = "101", .dtmf = 3}, "dtmf"},
		{{.number = "101", .dtmf = -1, .surname = "two\nlines"}, "surname"},
		{{.number = "101", .dtmf = -1, .first_name = "\xe9"}, "UTF-8"},
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_ADD, .contact = &bad[i].c}), EINVAL);
		ck_assert_msg(strstr(err, bad[i].says), "%zu: %s", i, err);
	}
	ck_assert_uint_eq(book_count(book), 0);
}
END_TEST

/* CON-02: the limit is named and kept */
START_TEST(the_book_is_bounded)
{
	unsigned i;

	for (i = 0; i < BOOK_CONTACTS; i++)
		ck_assert_int_eq(add("101", 0), 0);
	ck_assert_int_eq(add("101", 1), ENOSPC);
	ck_assert_ptr_nonnull(strstr(err, "1000"));
	ck_assert_uint_eq(book_count(book), BOOK_CONTACTS);
}
END_TEST

/* --- the lists that call --- */

static void button(const char *list)
{
	ck_assert_msg(!settings_set(&conf, "button.day", list, err, sizeof(err)), "%s", err);
}

/* CON-02, DOOR-03: a list follows its contact, however its parameters are ordered; others stay */
START_TEST(a_list_follows_the_contact_it_calls)
{
	struct book_contact c = of("10.0.0.1", "Martin");

	c.dtmf = DTMF_PROTOCOL_OFF;
	c.p2p = true;
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_ADD, .contact = &c}), 0);
	button("sip:10.0.0.9,10.0.0.1;dtmf=off;p2p,10.0.0.1");
	strcpy(c.number, "10.0.0.2");
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_EDIT, .at = 1, .contact = &c}), 0);
	ck_assert_str_eq(conf.button_day.text, "sip:10.0.0.9,sip:10.0.0.2;p2p;dtmf=off,sip:10.0.0.1");
	ck_assert_int_eq(conf.button_day.n, 3);
}
END_TEST

/* A contact that is in the book twice: the list stays with the other one */
START_TEST(a_list_stays_where_another_contact_is_called_the_same)
{
	const struct book_contact c = of("10.0.0.2", "");

	ck_assert_int_eq(add("10.0.0.1", 0), 0);
	ck_assert_int_eq(add("10.0.0.1", 0), 0);
	button("sip:10.0.0.1");
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_EDIT, .at = 1, .contact = &c}), 0);
	ck_assert_str_eq(conf.button_day.text, "sip:10.0.0.1");
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_REMOVE, .at = 2}), EBUSY);
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_REMOVE, .at = 1}), 0);
}
END_TEST

START_TEST(an_edit_that_a_list_cannot_follow_changes_nothing)
{
	struct book_contact c = of("101", "");
	char longest[SETTINGS_LIST];

	ck_assert_int_eq(add("10.0.0.1", 0), 0);
	button("sip:10.0.0.1");
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_EDIT, .at = 1, .contact = &c}), EINVAL);
	ck_assert_ptr_nonnull(strstr(err, "button.day: 101 is a number at a PBX"));
	ck_assert_str_eq(order(), "sip:10.0.0.1");
	ck_assert_str_eq(conf.button_day.text, "sip:10.0.0.1");

	snprintf(longest, sizeof(longest), "sip:10.0.0.1,sip:%0100d@10.0.0.3,sip:%0100d@10.0.0.3", 1, 2);
	ck_assert_int_eq(settings_set(&conf, "button.day", longest, err, sizeof(err)), 0);
	snprintf(c.number, sizeof(c.number), "sip:%0100d@10.0.0.3", 3);
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_EDIT, .at = 1, .contact = &c}), EINVAL);
	ck_assert_ptr_nonnull(strstr(err, "button.day calls this contact"));
}
END_TEST

/* CON-02: nobody is called who is not in the book any more */
START_TEST(a_contact_that_a_list_calls_cannot_leave)
{
	three();
	ck_assert_int_eq(add("10.0.0.1", 0), 0);
	ck_assert_int_eq(settings_set(&conf, "test.contacts", "10.0.0.1", err, sizeof(err)), 0);
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_REMOVE, .at = 4}), EBUSY);
	ck_assert_str_eq(err, "contact 4 (sip:10.0.0.1) is called by test.contacts; take it out of that setting first");
	ck_assert_int_eq(import(HEADER "101,,,,,\r\n"), EBUSY);
	ck_assert_int_eq(import("number\nsip:10.0.0.1\n"), 0);
	ck_assert_str_eq(order(), "sip:10.0.0.1");
	ck_assert_int_eq(settings_set(&conf, "test.contacts", "", err, sizeof(err)), 0);
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_REMOVE, .at = 1}), 0);
}
END_TEST

/* --- CSV --- */

static const struct book_contact odd[] = {
	{.number = "101", .account = 2, .dtmf = -1, .surname = "Lefèvre-Ölçer", .first_name = "Éléonore"},
	{.number = "+33123456789", .dtmf = DTMF_PROTOCOL_REQUIRED, .surname = "=cmd|' /C calc'!A0", .first_name = "+1"},
	{.number = "sip:10.0.0.1", .p2p = true, .dtmf = DTMF_PROTOCOL_OFF, .surname = "-x, \"y\"; z", .first_name = "@a"},
	{.number = "*21#", .dtmf = DTMF_PROTOCOL_AUTO, .surname = "'=already", .first_name = "'plain"},
	{.number = "sip:a@[fd77::1]:5070;transport=tcp", .dtmf = -1, .surname = " blank ", .first_name = "\""},
	{.number = "sips:b@example.com", .account = 3, .dtmf = -1, .surname = "''", .first_name = "'"},
};

static void fill_odd(void)
{
	size_t i;

	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		ck_assert_msg(!apply(&(struct book_edit) {.op = BOOK_ADD, .contact = &odd[i]}), "%s", err);
}

/* CON-02: export, import, export gives the same bytes, in each style; import gives the same contacts */
START_TEST(what_is_exported_is_imported_the_same)
{
	static const struct book_style styles[] = {{0}, {';', false}, {',', true}, {';', true}};
	const struct book_style *style = &styles[_i];
	char first[4096];
	size_t i;

	fill_odd();
	strcpy(first, exported(style));
	ck_assert_int_eq(memcmp(first, "\xef\xbb\xbf", 3) == 0, style->bom);
	ck_assert_msg(!import(first), "%s", err);
	ck_assert_uint_eq(book_count(book), sizeof(odd) / sizeof(odd[0]));
	for (i = 0; i < book_count(book); i++) {
		ck_assert(book_contact_same(&odd[i], book_get(book, (unsigned)i + 1)));
		ck_assert_str_eq(book_get(book, (unsigned)i + 1)->surname, odd[i].surname);
		ck_assert_str_eq(book_get(book, (unsigned)i + 1)->first_name, odd[i].first_name);
	}
	ck_assert_str_eq(exported(style), first);
}
END_TEST

/* No cell begins as a formula; the quote of CSV stands before what a spreadsheet reads */
START_TEST(no_exported_cell_begins_as_a_formula)
{
	const char *p;
	bool begins = true;

	fill_odd();
	for (p = exported(NULL); *p; p++) {
		if (begins && *p == '"')
			continue;
		ck_assert_msg(!begins || !strchr("=+-@\t", *p), "%s", p);
		begins = *p == ',' || *p == '\n';
	}
}
END_TEST

START_TEST(the_empty_book_is_a_line_of_columns)
{
	ck_assert_str_eq(exported(NULL), HEADER);
	three();
	ck_assert_int_eq(import(HEADER), 0);
	ck_assert_uint_eq(book_count(book), 0);
}
END_TEST

/* Files of spreadsheets and of people */
static const struct {
	const char *csv, *again;
} good[] = {
	{"\xef\xbb\xbfNom;Pr\xc3\xa9nom;Num\xc3\xa9ro;Compte\nDupont;Zo\xc3\xab;101;2\n", "101,2,Dupont,Zo\xc3\xab,no,\r\n"},
	{"number\r\n101", "101,,,,no,\r\n"},
	{"NUMBER;P2P;DTMF\n10.0.0.1;oui;OFF\n;;\n\n", "sip:10.0.0.1,,,,yes,off\r\n"},
	{"\"number\",\"surname\"\n\"101\",\"a\"\"b\"\n", "101,,\"a\"\"b\",,no,\r\n"},
	{"number,surname\n'+33,'=x\n", "'+33,,'=x,,no,\r\n"},
};

START_TEST(files_of_other_hands_are_read)
{
	char want[256];

	snprintf(want, sizeof(want), HEADER "%s", good[_i].again);
	ck_assert_msg(!import(good[_i].csv), "%s", err);
	ck_assert_str_eq(exported(NULL), want);
}
END_TEST

static const struct {
	const char *csv, *says;
} bad[] = {
	{"", "line 1, column 1: the file is empty"},
	{"\xef\xbb\xbf", "line 1, column 1: the file is empty"},
	{"\xff\xfe" "n", "line 1, column 1: the file is UTF-16"},
	{"101;Dupont\n", "line 1, column 1: this column \"101\": it is not known; the first line names"},
	{"surname,first_name\nx,y\n", "line 1, column 1: the column number is missing"},
	{"number,numero\n", "line 1, column 2: the column number is there twice"},
	{"number,surname\n101\n", "line 2, column 1: the line has 1 columns, the first one 2"},
	{"number,surname\n101,x,y\n", "line 2, column 3: the line has more than 2 columns"},
	{"number,surname\n101,\"x\n", "line 2, column 2: the quote is never closed"},
	{"number,surname\n101,\"x\"y\n", "line 2, column 2: text behind the closing quote"},
	{"number,surname\n101,x\"y\n", "line 2, column 2: a quote inside a cell"},
	{"number,surname\n101,x\r102,y\n", "line 2, column 2: a carriage return"},
	{"number,surname\n101,\"x\ny\"\n", "line 2, column 2: surname \"x\\ny\": it holds a line break"},
	{"number,surname\n101,\"x\"\n102,\xc9ric\n", "UTF-8"},
	{"number,account\n\n101,4\n", "line 3, column 2: account \"4\": accepted: 1, 2, 3"},
	{"surname,number\nx,a b\n", "line 2, column 2: number \"a b\""},
	{"number,p2p\n10.0.0.1,perhaps\n", "line 2, column 2: p2p \"perhaps\": accepted: yes, no"},
	{"number,p2p,account\n10.0.0.1,yes,1\n", "line 2, column 2: p2p \"yes\""},
	{"number,surname\n,Dupont\n", "line 2, column 1: number: it is empty"},
	{"<html>\n", "line 1, column 1: this column \"<html>\": it is not known"},
};

/* CON-02: a broken or foreign file changes nothing, and says where and what to do */
START_TEST(a_broken_file_changes_nothing_and_says_where)
{
	three();
	ck_assert_int_eq(import(bad[_i].csv), EINVAL);
	ck_assert_msg(strstr(err, bad[_i].says), "%s", err);
	ck_assert_str_eq(order(), "101 102 103");
	ck_assert_uint_eq(book_version(book), 4);
}
END_TEST

START_TEST(a_file_with_a_zero_byte_or_of_any_size_is_refused)
{
	static char huge[BOOK_CSV + 1];
	struct book_edit e = {.op = BOOK_IMPORT, .csv = "number\n1\0" "1\n", .csv_n = 11};

	ck_assert_int_eq(apply(&e), EINVAL);
	ck_assert_ptr_nonnull(strstr(err, "line 2, column 1"));
	e.csv = huge;
	e.csv_n = sizeof(huge);
	ck_assert_int_eq(apply(&e), EFBIG);
	memset(huge, 'x', sizeof(huge));
	memcpy(huge, "number\n", 7);
	e.csv_n = BOOK_CSV;
	ck_assert_int_eq(apply(&e), EINVAL);
	ck_assert_ptr_nonnull(strstr(err, "longer than 127 bytes"));
}
END_TEST

START_TEST(a_file_with_too_many_contacts_is_refused_by_line)
{
	struct mbuf *mb = mbuf_alloc(1024);
	unsigned i;

	ck_assert_int_eq(mbuf_write_str(mb, "number\n"), 0);
	for (i = 0; i <= BOOK_CONTACTS; i++)
		ck_assert_int_eq(mbuf_printf(mb, "%u\n", i), 0);
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_IMPORT, .csv = (char *)mb->buf, .csv_n = mb->end}), EINVAL);
	ck_assert_ptr_nonnull(strstr(err, "line 1002, column 1: a book holds 1000"));
	ck_assert_int_eq(apply(&(struct book_edit) {.op = BOOK_IMPORT, .csv = (char *)mb->buf, .csv_n = mb->end - 5}), 0);
	ck_assert_uint_eq(book_count(book), BOOK_CONTACTS);
	mem_deref(mb);
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("book");
	TCase *tc = tcase_create("book");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, contacts_are_added_moved_edited_and_removed);
	tcase_add_test(tc, a_change_of_an_older_book_is_refused);
	tcase_add_test(tc, places_that_are_none_are_refused_with_those_there_are);
	tcase_add_test(tc, a_contact_that_cannot_be_called_is_refused);
	tcase_add_test(tc, the_book_is_bounded);
	tcase_add_test(tc, a_list_follows_the_contact_it_calls);
	tcase_add_test(tc, a_list_stays_where_another_contact_is_called_the_same);
	tcase_add_test(tc, an_edit_that_a_list_cannot_follow_changes_nothing);
	tcase_add_test(tc, a_contact_that_a_list_calls_cannot_leave);
	tcase_add_loop_test(tc, what_is_exported_is_imported_the_same, 0, 4);
	tcase_add_test(tc, no_exported_cell_begins_as_a_formula);
	tcase_add_test(tc, the_empty_book_is_a_line_of_columns);
	tcase_add_loop_test(tc, files_of_other_hands_are_read, 0, (int)(sizeof(good) / sizeof(good[0])));
	tcase_add_loop_test(tc, a_broken_file_changes_nothing_and_says_where, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(tc, a_file_with_a_zero_byte_or_of_any_size_is_refused);
	tcase_add_test(tc, a_file_with_too_many_contacts_is_refused_by_line);
	suite_add_tcase(s, tc);
	return s;
}
