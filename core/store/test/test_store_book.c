/**
 * @file test_store_book.c  The book of contacts on the disk: with its lists, whole, or as it was (CON-02, HW-06)
 */
#define _GNU_SOURCE                     /* memmem, nftw */
#include <check.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <re.h>
#include <sqlite3.h>
#include "core/store/store.h"

#define KILLS 100
#define CONTACTS 200

static char root[64], file[120], msg[512];
static struct store *st;
static struct book *book;
static struct settings conf;

static struct store *reopen(void)
{
	struct settings s;

	st = mem_deref(st);
	book = mem_deref(book);
	ck_assert_msg(!store_open(&st, root, msg, sizeof(msg)), "%s", msg);
	ck_assert_msg(!store_load(st, &s, msg, sizeof(msg)) && !msg[0], "%s", msg);
	ck_assert_msg(!store_load_book(st, &book, msg, sizeof(msg)), "%s", msg);
	conf = s;
	return st;
}

static void setup(void)
{
	strcpy(root, "/tmp/test_store_book_XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	snprintf(file, sizeof(file), "%s/" STORE_FILE, root);
	reopen();
}

static int unlink_one(const char *path, const struct stat *s, int flag, struct FTW *f)
{
	(void)s; (void)flag; (void)f;
	return remove(path);
}

static void teardown(void)
{
	st = mem_deref(st);
	book = mem_deref(book);
	nftw(root, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Make an edit, store it, take it over; the errno of the store */
static int edit(const struct book_edit *e)
{
	struct book *next = NULL;
	struct settings s = conf;
	int err;

	ck_assert_msg(!book_apply(&next, &s, book, e, msg, sizeof(msg)), "%s", msg);
	err = store_book(st, next, &conf, &s);
	if (err) {
		mem_deref(next);
		return err;
	}
	mem_deref(book);
	book = next;
	conf = s;
	return 0;
}

static void set(const char *key, const char *value)
{
	ck_assert_int_eq(settings_set(&conf, key, value, msg, sizeof(msg)), 0);
	ck_assert_int_eq(store_set(st, key, value), 0);
}

static struct book_contact of(const char *number)
{
	struct book_contact c;

	book_contact_init(&c);
	snprintf(c.number, sizeof(c.number), "%s", number);
	return c;
}

static int add(const char *number)
{
	const struct book_contact c = of(number);

	return edit(&(struct book_edit) {.op = BOOK_ADD, .contact = &c});
}

/* CON-02: order, columns and version come back */
START_TEST(a_book_comes_back_as_it_was_stored)
{
	static const char csv[] = "number,account,surname,first_name,p2p,dtmf\r\n102,2,Lef\xc3\xa8vre,\"Z, \"\"o\"\"\",no,required\r\n"
				  "101,,,,no,\r\nsip:10.0.0.1,,'=x,,yes,off\r\n";
	struct mbuf *mb = mbuf_alloc(256);

	ck_assert_ptr_null(book);
	ck_assert_int_eq(edit(&(struct book_edit) {.op = BOOK_IMPORT, .csv = csv, .csv_n = sizeof(csv) - 1}), 0);
	ck_assert_int_eq(edit(&(struct book_edit) {.op = BOOK_MOVE, .at = 2, .to = 1}), 0);
	ck_assert_int_eq(edit(&(struct book_edit) {.op = BOOK_MOVE, .at = 1, .to = 2}), 0);
	reopen();
	ck_assert_uint_eq(book_version(book), 4);
	ck_assert_int_eq(book_export(mb, book, NULL), 0);
	ck_assert_uint_eq(mb->end, sizeof(csv) - 1);
	ck_assert_int_eq(memcmp(mb->buf, csv, mb->end), 0);
	mem_deref(mb);
	ck_assert_int_eq(edit(&(struct book_edit) {.op = BOOK_IMPORT, .csv = "number\n", .csv_n = 7}), 0);
	reopen();
	ck_assert_uint_eq(book_count(book), 0);
	ck_assert_uint_eq(book_version(book), 5);
}
END_TEST

START_TEST(a_list_that_follows_is_stored_with_its_contact)
{
	const struct book_contact c = of("10.0.0.2");

	ck_assert_int_eq(add("10.0.0.1"), 0);
	set("button.day", "sip:10.0.0.1");
	ck_assert_int_eq(edit(&(struct book_edit) {.op = BOOK_EDIT, .at = 1, .contact = &c}), 0);
	reopen();
	ck_assert_str_eq(conf.button_day.text, "sip:10.0.0.2");
	ck_assert_str_eq(book_get(book, 1)->number, "sip:10.0.0.2");
}
END_TEST

/* HW-06: names and numbers are personal data: nothing of them is left in the file or its log */
START_TEST(factory_forgets_contacts_and_leaves_no_trace_of_them)
{
	struct book_contact c = of("10.0.0.1");
	char buf[1 << 16], path[160];
	const char *tail[] = {"", "-wal"};
	size_t i, n;
	FILE *f;

	strcpy(c.surname, "Traceable");
	ck_assert_int_eq(edit(&(struct book_edit) {.op = BOOK_ADD, .contact = &c}), 0);
	ck_assert_int_eq(store_factory(st), 0);
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s%s", file, tail[i]);
		f = fopen(path, "r");
		n = f ? fread(buf, 1, sizeof(buf), f) : 0;
		ck_assert_ptr_null(memmem(buf, n, "Traceable", 9));
		if (f)
			fclose(f);
	}
	reopen();
	ck_assert_uint_eq(book_count(book), 0);
	ck_assert_uint_eq(book_version(book), 1);
}
END_TEST

/* A full disk: nothing has changed, neither book nor list, now and after the next start */
START_TEST(a_full_disk_leaves_the_old_book_and_the_old_lists)
{
	const struct book_contact c = of("10.0.0.2");
	struct rlimit was, none;
	unsigned i;
	int err;

	for (i = 0; i < CONTACTS; i++)
		ck_assert_int_eq(add("10.0.0.1"), 0);
	for (i = 1; i < CONTACTS; i++)
		ck_assert_int_eq(edit(&(struct book_edit) {.op = BOOK_REMOVE, .at = 1}), 0);
	set("button.day", "sip:10.0.0.1");
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	none = was;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_FSIZE, &none);
	err = edit(&(struct book_edit) {.op = BOOK_EDIT, .at = 1, .contact = &c});
	setrlimit(RLIMIT_FSIZE, &was);
	ck_assert_int_eq(err, ENOSPC);
	ck_assert_str_eq(conf.button_day.text, "sip:10.0.0.1");
	reopen();
	ck_assert_str_eq(book_get(book, 1)->number, "sip:10.0.0.1");
	ck_assert_str_eq(conf.button_day.text, "sip:10.0.0.1");
	ck_assert_int_eq(edit(&(struct book_edit) {.op = BOOK_EDIT, .at = 1, .contact = &c}), 0);
}
END_TEST

static void sql(const char *text)
{
	sqlite3 *db;

	st = mem_deref(st);
	ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* A row that another version wrote is a warning, the others are used; a file of before has no table */
START_TEST(rows_of_another_version_are_told_and_passed_over)
{
	ck_assert_int_eq(add("101"), 0);
	ck_assert_int_eq(add("102"), 0);
	sql("UPDATE contacts SET dtmf='later' WHERE number='101'; INSERT INTO contacts VALUES(9,'1',9,'','','no','')");
	reopen();
	ck_assert_ptr_nonnull(strstr(msg, "2 stored contacts are not used"));
	ck_assert_uint_eq(book_count(book), 1);
	ck_assert_str_eq(book_get(book, 1)->number, "102");
	sql("DROP TABLE contacts; DELETE FROM memory");
	reopen();
	ck_assert_ptr_null(book);
	ck_assert_int_eq(add("101"), 0);
}
END_TEST

START_TEST(a_file_with_more_rows_than_a_book_holds_fills_the_book)
{
	sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<1500)"
	    " INSERT INTO contacts SELECT i, '10'||i, '', '', '', 'no', '' FROM n");
	reopen();
	ck_assert_uint_eq(book_count(book), BOOK_CONTACTS);
	ck_assert_str_eq(book_get(book, 1)->number, "101");
}
END_TEST

/* --- kills --- */

/* So many contacts, the first one called by the button; a turn gives each the same new number */
static void fill(struct mbuf *mb, unsigned turn)
{
	unsigned i;

	mbuf_rewind(mb);
	(void)mbuf_printf(mb, "number,surname\n");
	for (i = 0; i < CONTACTS; i++)
		(void)mbuf_printf(mb, "%u%06u,turn %u\n", i + 100, turn, turn);
}

static void import_until_killed(int fd)
{
	struct mbuf *mb = mbuf_alloc(16384);
	unsigned turn = 0;

	st = mem_deref(st);
	if (store_open(&st, root, msg, sizeof(msg)))
		_exit(1);
	for (;;) {
		struct book *next = NULL;
		struct settings s = conf;
		const struct book_edit e = {.op = BOOK_IMPORT};
		struct book_edit import = e;
		char text[16];

		fill(mb, ++turn);
		import.csv = (const char *)mb->buf;
		import.csv_n = mb->end;
		(void)snprintf(text, sizeof(text), "turn %u", turn);
		if (book_apply(&next, &s, book, &import, msg, sizeof(msg)) ||
		    settings_set(&s, "door.installation", text, msg, sizeof(msg)) || store_book(st, next, &conf, &s))
			_exit(2);
		mem_deref(book);
		book = next;
		conf = s;
		if (write(fd, &turn, sizeof(turn)) != sizeof(turn))
			_exit(3);
	}
}

/* One life; the last turn it acknowledged */
static unsigned live_and_die(unsigned delay_us)
{
	unsigned turn = 0, last = 0;
	int fd[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(fd), 0);
	pid = fork();
	if (!pid) {
		close(fd[0]);
		import_until_killed(fd[1]);
	}
	close(fd[1]);
	if (read(fd[0], &turn, sizeof(turn)) == sizeof(turn))
		last = turn;
	usleep(delay_us);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	while (read(fd[0], &turn, sizeof(turn)) == sizeof(turn))
		last = turn;
	close(fd[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFSIGNALED(status), "the importer ended by itself: %d", status);
	return last;
}

/* CON-02: after a kill in the middle of an import the book is one turn's, and the setting is that turn's too */
START_TEST(a_kill_in_an_import_leaves_the_old_book_or_the_new_one)
{
	unsigned seed = 20260105, i, k, beyond = 0;

	for (i = 0; i < KILLS; i++) {
		unsigned acked, turn;

		st = mem_deref(st);     /* the child opens it */
		book = mem_deref(book);
		settings_default(&conf);
		acked = live_and_die((unsigned)rand_r(&seed) % 8000);
		ck_assert_uint_gt(acked, 0);
		reopen();
		ck_assert_uint_eq(book_count(book), CONTACTS);
		ck_assert_int_eq(sscanf(book_get(book, 1)->surname, "turn %u", &turn), 1);
		ck_assert_uint_ge(turn, acked);
		ck_assert_uint_le(turn, acked + 1);
		ck_assert_uint_eq(book_version(book), turn + 1);
		for (k = 2; k <= CONTACTS; k++)
			ck_assert_str_eq(book_get(book, k)->surname, book_get(book, 1)->surname);
		ck_assert_str_eq(conf.installation, book_get(book, 1)->surname);
		beyond += turn > acked;
		ck_assert_int_eq(store_factory(st), 0);
	}
	ck_assert_uint_lt(beyond, KILLS);
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("store_book");
	TCase *tc = tcase_create("store_book");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_book_comes_back_as_it_was_stored);
	tcase_add_test(tc, a_list_that_follows_is_stored_with_its_contact);
	tcase_add_test(tc, factory_forgets_contacts_and_leaves_no_trace_of_them);
	tcase_add_test(tc, a_full_disk_leaves_the_old_book_and_the_old_lists);
	tcase_add_test(tc, rows_of_another_version_are_told_and_passed_over);
	tcase_add_test(tc, a_file_with_more_rows_than_a_book_holds_fills_the_book);
	tcase_add_test(tc, a_kill_in_an_import_leaves_the_old_book_or_the_new_one);
	suite_add_tcase(s, tc);
	return s;
}
