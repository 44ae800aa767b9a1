/**
 * @file test_store.c  The store keeps what it acknowledged, and says what it cannot do
 *
 * SQLite is used here beside the store as an independent reader, never while the store is open.
 */
#define _GNU_SOURCE                     /* memmem, nftw */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <re.h>
#include <sqlite3.h>
#include "core/store/store.h"

#define WALL 1767600000000000           /* 2026-01-05 08:00:00 UTC */
#define NOBODY 65534

static char root[64], dir[80], file[120], msg[512];


static void setup(void)
{
	strcpy(root, "/tmp/test_store_XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	snprintf(dir, sizeof(dir), "%s/data", root);
	snprintf(file, sizeof(file), "%s/" STORE_FILE, dir);
}


static int unlink_one(const char *path, const struct stat *s, int flag, struct FTW *f)
{
	(void)s; (void)flag; (void)f;
	return remove(path);
}


static void teardown(void)
{
	nftw(root, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
}


static struct store *reopen(struct store *st)
{
	struct store *n = NULL;

	mem_deref(st);
	ck_assert_msg(!store_open(&n, dir, msg, sizeof(msg)), "%s", msg);
	return n;
}


static void put(struct store *st, uint64_t seq)
{
	const struct event ev = {
		.seq = seq, .t_us = seq * 1000, .wall_us = WALL + (int64_t)seq,
		.id = EV_LINK, .val = {{.u = seq & 1}},
	};

	ck_assert_int_eq(store_put(st, &ev), 0);
}


struct seen {
	uint64_t n, first, last;
	bool ordered;
	char json[STORE_JSON];
};


static void see(const struct store_event *ev, void *arg)
{
	struct seen *s = arg;

	if (!s->n++)
		s->first = ev->seq;
	else if (ev->seq != s->last + 1)
		s->ordered = false;
	s->last = ev->seq;
	ck_assert_int_eq(ev->wall_us, WALL + (int64_t)ev->seq);
	ck_assert_str_eq(ev->name, "link");
	snprintf(s->json, sizeof(s->json), "%s", ev->json);
}


static struct seen events(struct store *st, uint64_t after, size_t limit)
{
	struct seen s = {.ordered = true};

	ck_assert_int_eq(store_events(st, after, limit, see, &s), 0);
	return s;
}


static int64_t query(const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *q;
	int64_t v;

	ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(q), SQLITE_ROW);
	v = !strcmp((const char *)sqlite3_column_text(q, 0), "ok") ? 1 : sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	sqlite3_close(db);
	return v;
}


static void sql(const char *path, const char *text)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}


static void write_file(const char *path, const void *data, size_t n)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(data, 1, n, f), n);
	fclose(f);
}


static size_t read_file(const char *path, uint8_t *buf, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n;

	ck_assert_ptr_nonnull(f);
	n = fread(buf, 1, size, f);
	fclose(f);
	return n;
}


static struct settings load(struct store *st)
{
	struct settings s;

	ck_assert_int_eq(store_load(st, &s, msg, sizeof(msg)), 0);
	return s;
}


/* The row of a field, so that no key is repeated here */
static const char *key_of(size_t offset)
{
	for (size_t i = 0; i < settings_count; i++) {
		if (settings_table[i].offset == offset)
			return settings_table[i].key;
	}
	ck_abort_msg("no setting at offset %zu", offset);
	return NULL;
}

#define KEY(field) key_of(offsetof(struct settings, field))


START_TEST(new_directory_is_private_and_gives_defaults)
{
	struct store *st = reopen(NULL);
	struct settings def, s;
	struct stat sb;

	settings_default(&def);
	s = load(st);
	ck_assert_str_eq(msg, "");
	ck_assert_int_eq(s.ring_s, def.ring_s);
	ck_assert_str_eq(s.identity, def.identity);
	ck_assert_uint_eq(store_last_seq(st), 0);

	ck_assert_int_eq(stat(dir, &sb), 0);
	ck_assert_uint_eq(sb.st_mode & 0777, 0700);
	ck_assert_int_eq(stat(file, &sb), 0);
	ck_assert_uint_eq(sb.st_mode & 0777, 0600);

	put(st, 1);
	ck_assert_int_eq(store_commit(st), 0);
	strcat(file, "-wal");
	ck_assert_int_eq(stat(file, &sb), 0);
	ck_assert_uint_eq(sb.st_mode & 0777, 0600);
	mem_deref(st);
}
END_TEST


START_TEST(file_others_could_read_becomes_private)
{
	struct store *st = reopen(NULL);
	struct stat sb;

	mem_deref(st);
	ck_assert_int_eq(chmod(file, 0644), 0);
	st = reopen(NULL);
	ck_assert_int_eq(stat(file, &sb), 0);
	ck_assert_uint_eq(sb.st_mode & 0777, 0600);
	mem_deref(st);
}
END_TEST


START_TEST(setting_is_kept_replaced_and_forgotten)
{
	struct store *st = reopen(NULL);
	struct settings def;

	settings_default(&def);
	ck_assert_int_eq(store_set(st, KEY(ring_s), "25"), 0);
	ck_assert_int_eq(store_set(st, KEY(installation), "Entr\xc3\xa9" "e 'A\"; --"), 0);
	st = reopen(st);
	ck_assert_int_eq(load(st).ring_s, 25);
	ck_assert_str_eq(load(st).installation, "Entr\xc3\xa9" "e 'A\"; --");

	ck_assert_int_eq(store_set(st, KEY(ring_s), "35"), 0);
	st = reopen(st);
	ck_assert_int_eq(load(st).ring_s, 35);

	ck_assert_int_eq(store_unset(st, KEY(ring_s)), 0);
	ck_assert_int_eq(store_unset(st, "never.stored"), 0);
	st = reopen(st);
	ck_assert_int_eq(load(st).ring_s, def.ring_s);
	mem_deref(st);
}
END_TEST


/* SUP-30: the plan of the cyclic test outlives the program; what no door can have written is passed over */
START_TEST(memory_is_kept_replaced_and_checked)
{
	static const char *const bad[] = {"", "x", "0 7 480 20000", "0 8 480 20000 5", "0 7 1440 20000 5",
		"0 7 480 -1 5", "0 7 480 20000 86400", "0 0 0 0 0"};
	struct door_memory m = {.retry_s = 1767600000, .days = 7, .at_min = -1, .due_day = 20460, .anchor_s = 32400};
	struct door_memory got = {0};
	struct store *st = reopen(NULL);
	char sql[128];
	unsigned i;

	store_recall(st, &got);
	ck_assert_int_eq(got.days, 0);
	ck_assert_int_eq(store_remember(st, &m), 0);
	m.due_day = 20467;
	ck_assert_int_eq(store_remember(st, &m), 0);
	st = reopen(st);
	store_recall(st, &got);
	ck_assert_mem_eq(&got, &m, sizeof(m));
	mem_deref(st);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		sqlite3 *db = NULL;

		snprintf(sql, sizeof(sql), "UPDATE memory SET value='%s'", bad[i]);
		ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
		ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
		ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
		st = reopen(NULL);
		memset(&got, 0, sizeof(got));
		store_recall(st, &got);
		ck_assert_msg(!got.days, "%s", bad[i]);
		mem_deref(st);
	}
}
END_TEST

/* TIM-01: the clock set by hand outlives a restart, not the factory's switch */
START_TEST(the_clock_is_kept_replaced_and_checked)
{
	static const char *const bad[] = {"", "x", "99999999999999999", "-99999999999999999", "1e30"};
	struct store *st = reopen(NULL);
	char sql[128];
	unsigned i;

	ck_assert_int_eq(store_clock(st), 0);
	ck_assert_int_eq(store_keep_clock(NULL, 1), EINVAL);
	ck_assert_int_eq(store_keep_clock(st, 3600000000), 0);
	ck_assert_int_eq(store_keep_clock(st, -86400000001), 0);
	st = reopen(st);
	ck_assert_int_eq(store_clock(st), -86400000001);
	ck_assert_int_eq(store_factory(st), 0);
	ck_assert_int_eq(store_clock(st), 0);
	ck_assert_int_eq(store_keep_clock(st, 5), 0);
	mem_deref(st);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		sqlite3 *db = NULL;

		snprintf(sql, sizeof(sql), "UPDATE memory SET value='%s' WHERE key='clock'", bad[i]);
		ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
		ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
		ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
		st = reopen(NULL);
		ck_assert_msg(store_clock(st) == 0 || (!strcmp(bad[i], "1e30") && store_clock(st) == 1), "%s", bad[i]);
		mem_deref(st);
	}
}
END_TEST

START_TEST(value_too_long_is_refused)
{
	char text[SETTINGS_TEXT + 1];
	struct store *st = reopen(NULL);

	memset(text, 'x', SETTINGS_TEXT);
	text[SETTINGS_TEXT] = '\0';
	ck_assert_int_eq(store_set(st, KEY(installation), text), EINVAL);
	ck_assert_int_eq(store_set(st, NULL, "1"), EINVAL);
	mem_deref(st);
	ck_assert_int_eq(query("SELECT count(*) FROM settings"), 0);
}
END_TEST


/* HW-06: factory settings; the secrets are gone from the disk, the events are not */
START_TEST(factory_forgets_settings_and_leaves_no_trace_of_them)
{
	static uint8_t buf[1 << 20];
	struct store *st = reopen(NULL);
	struct settings def;
	size_t n;

	settings_default(&def);
	ck_assert_int_eq(store_set(st, KEY(ring_s), "25"), 0);
	ck_assert_int_eq(store_set(st, KEY(installation), "SesameOuvreToi"), 0);
	put(st, 1);
	ck_assert_int_eq(store_commit(st), 0);
	ck_assert_int_eq(store_factory(st), 0);
	ck_assert_int_eq(load(st).ring_s, def.ring_s);
	st = reopen(st);
	ck_assert_int_eq(load(st).ring_s, def.ring_s);
	ck_assert_uint_eq(events(st, 0, 10).n, 1);
	mem_deref(st);

	n = read_file(file, buf, sizeof(buf));
	ck_assert_uint_gt(n, 4096);
	ck_assert_ptr_null(memmem(buf, n, "SesameOuvreToi", 14));
}
END_TEST


START_TEST(row_of_another_version_is_a_warning_and_stays)
{
	struct store *st = reopen(NULL);
	struct settings def, s;

	settings_default(&def);
	ck_assert_int_eq(store_set(st, "aaa.of.tomorrow", "7"), 0);
	ck_assert_int_eq(store_set(st, KEY(ring_s), "99999"), 0);
	ck_assert_int_eq(store_set(st, KEY(volume), "42"), 0);
	st = reopen(st);

	s = load(st);
	ck_assert_ptr_nonnull(strstr(msg, "aaa.of.tomorrow"));
	ck_assert_ptr_nonnull(strstr(msg, file));
	ck_assert_int_eq(s.ring_s, def.ring_s);
	ck_assert_int_eq(s.volume, 42);

	ck_assert_int_eq(store_unset(st, "aaa.of.tomorrow"), 0);
	s = load(st);
	ck_assert_ptr_nonnull(strstr(msg, KEY(ring_s)));
	ck_assert_int_eq(s.ring_s, def.ring_s);
	mem_deref(st);
	ck_assert_int_eq(query("SELECT count(*) FROM settings WHERE value = '99999'"), 1);
}
END_TEST


/* EVT-01: numbering goes on, and nothing is lost or doubled */
START_TEST(events_come_back_in_order_after_reopening)
{
	struct store *st = reopen(NULL);
	struct seen s;

	put(st, 1);
	put(st, 2);
	ck_assert_uint_eq(events(st, 0, 10).n, 0);
	ck_assert_int_eq(store_commit(st), 0);
	ck_assert_int_eq(store_commit(st), 0);
	ck_assert_uint_eq(events(st, 0, 10).n, 2);

	st = reopen(st);
	ck_assert_uint_eq(store_last_seq(st), 2);
	for (uint64_t i = 3; i <= 10; i++)
		put(st, i);
	ck_assert_uint_eq(store_last_seq(st), 10);
	st = reopen(st);

	s = events(st, 0, 100);
	ck_assert_uint_eq(s.n, 10);
	ck_assert(s.ordered);
	s = events(st, 4, 3);
	ck_assert_uint_eq(s.first, 5);
	ck_assert_uint_eq(s.last, 7);
	ck_assert_ptr_nonnull(strstr(s.json, "\"link\""));
	ck_assert_uint_eq(events(st, UINT64_MAX, 3).n, 0);
	ck_assert_uint_eq(events(st, 0, 0).n, 0);
	mem_deref(st);
}
END_TEST


START_TEST(event_number_used_twice_is_refused)
{
	const struct event again = {.seq = 5, .wall_us = WALL, .id = EV_LINK};
	const struct event alien = {.seq = 6, .wall_us = WALL, .id = EV_COUNT};
	struct store *st = reopen(NULL);

	put(st, 5);
	ck_assert_int_eq(store_put(st, &again), EINVAL);
	ck_assert_int_eq(store_put(st, &alien), EINVAL);
	st = reopen(st);
	ck_assert_int_eq(store_put(st, &again), EINVAL);
	ck_assert_str_ne(store_error(st), "");
	ck_assert_uint_eq(events(st, 0, 10).n, 1);
	mem_deref(st);
}
END_TEST


START_TEST(queue_beyond_its_bound_commits_itself)
{
	struct store *st = reopen(NULL);

	for (uint64_t i = 1; i <= STORE_PENDING; i++)
		put(st, i);
	ck_assert_uint_eq(events(st, 0, 5000).n, 0);
	put(st, STORE_PENDING + 1);
	ck_assert_uint_eq(events(st, 0, 5000).n, STORE_PENDING);
	mem_deref(st);
}
END_TEST


START_TEST(oldest_events_are_pruned)
{
	struct store *st = reopen(NULL);
	uint64_t i, last = STORE_EVENTS + 3 * STORE_PRUNE;
	struct seen s;

	for (i = 1; i <= last; i++)
		put(st, i);
	st = reopen(st);
	s = events(st, 0, SIZE_MAX);
	ck_assert(s.ordered);
	ck_assert_uint_eq(s.last, last);
	ck_assert_uint_ge(s.n, STORE_EVENTS);
	ck_assert_uint_lt(s.n, STORE_EVENTS + STORE_PRUNE);

	/* the count is known again after a restart */
	for (i = last + 1; i <= last + STORE_PRUNE; i++)
		put(st, i);
	ck_assert_int_eq(store_commit(st), 0);
	s = events(st, 0, SIZE_MAX);
	ck_assert_uint_ge(s.n, STORE_EVENTS);
	ck_assert_uint_lt(s.n, STORE_EVENTS + STORE_PRUNE);
	mem_deref(st);
}
END_TEST


static void open_in_child(int expected)
{
	struct store *st = NULL;
	int status, err;
	pid_t pid = fork();

	if (!pid) {
		err = store_open(&st, dir, msg, sizeof(msg));
		_exit(err == expected && !st && strstr(msg, file) &&
		      strstr(msg, "another ipgap") ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}


START_TEST(second_program_on_one_directory_is_told_so)
{
	struct store *st = reopen(NULL), *two = NULL;

	open_in_child(EBUSY);
	put(st, 1);
	ck_assert_int_eq(store_commit(st), 0);
	open_in_child(EBUSY);

	/* the same program twice: refused, and the first one keeps its lock */
	ck_assert_int_eq(store_open(&two, dir, msg, sizeof(msg)), EBUSY);
	ck_assert_ptr_null(two);
	open_in_child(EBUSY);

	st = reopen(st);
	ck_assert_uint_eq(events(st, 0, 10).n, 1);
	mem_deref(st);
}
END_TEST


static void refused(int expected)
{
	static uint8_t before[1 << 16], after[1 << 16];
	struct store *st = NULL;
	size_t n = read_file(file, before, sizeof(before));

	ck_assert_int_eq(store_open(&st, dir, msg, sizeof(msg)), expected);
	ck_assert_ptr_null(st);
	ck_assert_msg(strstr(msg, file) != NULL, "%s", msg);
	ck_assert_msg(strstr(msg, "move it away") || strstr(msg, "move the file away") ||
		      strstr(msg, "Use that version"), "%s", msg);
	ck_assert_uint_eq(read_file(file, after, sizeof(after)), n);
	ck_assert_mem_eq(before, after, n);
}


START_TEST(file_that_is_no_database_is_refused_and_left)
{
	static const char text[] = "Dear diary, this is no database, and nobody may delete it.\n";
	char big[8192];

	ck_assert_int_eq(mkdir(dir, 0700), 0);
	write_file(file, text, sizeof(text) - 1);
	refused(EBADMSG);
	memset(big, '?', sizeof(big));
	write_file(file, big, sizeof(big));
	refused(EBADMSG);
}
END_TEST


START_TEST(database_of_another_program_is_refused_and_left)
{
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	sql(file, "CREATE TABLE recipes(x); INSERT INTO recipes VALUES('soup')");
	refused(EILSEQ);
	sql(file, "PRAGMA journal_mode=WAL; INSERT INTO recipes VALUES('bread')");
	refused(EILSEQ);
	ck_assert_int_eq(query("SELECT count(*) FROM recipes"), 2);
}
END_TEST


START_TEST(file_of_a_newer_version_is_refused_and_left)
{
	mem_deref(reopen(NULL));
	sql(file, "PRAGMA user_version=99");
	refused(ENOTSUP);
}
END_TEST


START_TEST(damaged_file_is_refused_and_left)
{
	uint8_t page[4096];
	struct store *st = reopen(NULL);
	int fd;

	for (uint64_t i = 1; i <= 200; i++)
		put(st, i);
	mem_deref(st);

	memset(page, 0xa5, sizeof(page));
	fd = open(file, O_WRONLY);
	ck_assert_int_eq(pwrite(fd, page, sizeof(page), 3 * 4096), 4096);
	close(fd);
	refused(EBADMSG);
}
END_TEST


START_TEST(directory_that_cannot_be_made_is_named)
{
	struct store *st = NULL;

	write_file(dir, "x", 1);
	ck_assert_int_eq(store_open(&st, dir, msg, sizeof(msg)), ENOTDIR);
	ck_assert_ptr_nonnull(strstr(msg, dir));
	strcat(dir, "/below");
	ck_assert_int_eq(store_open(&st, dir, msg, sizeof(msg)), ENOTDIR);
	ck_assert_int_eq(store_open(&st, "", msg, sizeof(msg)), EINVAL);
	ck_assert_ptr_null(st);
}
END_TEST


/* As somebody else: root may write everything */
static int open_as_nobody(void)
{
	struct store *st = NULL;
	int status, err;
	pid_t pid = fork();

	if (!pid) {
		if (!geteuid() && (setgid(NOBODY) || setuid(NOBODY)))
			_exit(200);
		err = store_open(&st, dir, msg, sizeof(msg));
		_exit(strstr(msg, file) && strstr(msg, "permission") ? err : 201);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}


START_TEST(read_only_file_is_refused)
{
	int err;

	mem_deref(reopen(NULL));
	if (!geteuid()) {
		ck_assert_int_eq(chown(root, NOBODY, NOBODY), 0);
		ck_assert_int_eq(chown(dir, NOBODY, NOBODY), 0);
		ck_assert_int_eq(chown(file, NOBODY, NOBODY), 0);
	}
	ck_assert_int_eq(chmod(file, 0400), 0);
	err = open_as_nobody();
	ck_assert_msg(err == EROFS || err == EACCES, "%d", err);

	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(chmod(dir, 0500), 0);
	err = open_as_nobody();
	ck_assert_msg(err == EACCES, "%d", err);
	chmod(dir, 0700);
}
END_TEST


/*
 * A limit on the size of files stands for a full disk.  Nothing is asserted while it holds: check
 * writes files too.
 */
static void disk_full(bool full)
{
	static struct rlimit room;
	struct rlimit none;

	if (full) {
		signal(SIGXFSZ, SIG_IGN);
		getrlimit(RLIMIT_FSIZE, &room);
		none = room;
		none.rlim_cur = 4096;
		setrlimit(RLIMIT_FSIZE, &none);
	}
	else {
		setrlimit(RLIMIT_FSIZE, &room);
	}
}


START_TEST(full_disk_is_said_and_nothing_queued_is_lost)
{
	struct store *st = reopen(NULL);
	char said[512];
	int err[3];

	for (uint64_t i = 1; i <= 500; i++)
		put(st, i);

	disk_full(true);
	err[0] = store_commit(st);
	snprintf(said, sizeof(said), "%s", store_error(st));
	err[1] = store_set(st, KEY(ring_s), "25");
	err[2] = store_commit(st);
	disk_full(false);

	ck_assert_int_eq(err[0], ENOSPC);
	ck_assert_ptr_nonnull(strstr(said, file));
	ck_assert_ptr_nonnull(strstr(said, "disk is full"));
	ck_assert_int_eq(err[1], ENOSPC);
	ck_assert_int_eq(err[2], ENOSPC);

	ck_assert_int_eq(store_commit(st), 0);
	ck_assert_int_eq(store_set(st, KEY(ring_s), "25"), 0);
	st = reopen(st);
	ck_assert_uint_eq(events(st, 0, 1000).n, 500);
	ck_assert_int_eq(load(st).ring_s, 25);
	mem_deref(st);
}
END_TEST


START_TEST(queue_stays_bounded_while_the_disk_is_full)
{
	struct store *st = reopen(NULL);
	uint64_t refusals = 0, others = 0;
	struct seen s;

	disk_full(true);
	for (uint64_t i = 1; i <= STORE_PENDING + 10; i++) {
		const struct event ev = {
			.seq = i, .wall_us = WALL + (int64_t)i, .id = EV_LINK,
		};
		const int err = store_put(st, &ev);

		refusals += err == ENOSPC;
		others += err && err != ENOSPC;
	}
	disk_full(false);

	ck_assert_uint_eq(refusals, 10);
	ck_assert_uint_eq(others, 0);
	ck_assert_uint_eq(store_lost(st), 10);
	ck_assert_uint_eq(store_lost(st), 0);
	ck_assert_int_eq(store_commit(st), 0);
	s = events(st, 0, 5000);
	ck_assert_uint_eq(s.n, STORE_PENDING);
	ck_assert_uint_eq(s.last, STORE_PENDING + 10);
	mem_deref(st);
}
END_TEST


/* What the child acknowledges: one record a durable call */
struct ack { char what; uint64_t n; };


static void write_until_killed(int fd)
{
	struct store *st = NULL;
	struct ack a;
	char text[32];

	if (store_open(&st, dir, msg, sizeof(msg)))
		_exit(1);
	for (;;) {
		const struct event ev = {
			.seq = store_last_seq(st) + 1,
			.wall_us = WALL + (int64_t)store_last_seq(st) + 1, .id = EV_LINK,
		};
		if (store_put(st, &ev))
			_exit(2);
		if (ev.seq % 3 == 0) {
			a = (struct ack){.what = 'e', .n = ev.seq};
			if (store_commit(st) || write(fd, &a, sizeof(a)) != sizeof(a))
				_exit(3);
			a = (struct ack){.what = 's', .n = ev.seq};
			snprintf(text, sizeof(text), "%llu", (unsigned long long)ev.seq);
			if (store_set(st, "crash", text) || write(fd, &a, sizeof(a)) != sizeof(a))
				_exit(4);
		}
	}
}


/* One life, killed so long after its birth or after its first acknowledged event: acknowledged numbers of
 * events and of the setting */
static void live_and_die(unsigned delay_us, bool grown, uint64_t *event, uint64_t *value)
{
	int fd[2], status;
	struct ack a;
	pid_t pid;

	ck_assert_int_eq(pipe(fd), 0);
	pid = fork();
	if (!pid) {
		close(fd[0]);
		write_until_killed(fd[1]);
	}
	close(fd[1]);
	while (grown && read(fd[0], &a, sizeof(a)) == sizeof(a)) {
		*(a.what == 'e' ? event : value) = a.n;
		grown = a.what != 'e';
	}
	usleep(delay_us);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	while (read(fd[0], &a, sizeof(a)) == sizeof(a))
		*(a.what == 'e' ? event : value) = a.n;
	close(fd[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFSIGNALED(status), "the writer ended by itself: %d", status);
}


/* Everything acknowledged is there, in order, and the file is sound */
START_TEST(kill_at_any_moment_loses_nothing_acknowledged)
{
	uint64_t event = 0, value = 0;
	unsigned seed = 20260105, moved = 0;
	struct store *st;
	struct seen s;

	for (int i = 0; i < 50; i++) {
		const uint64_t before = event;

		live_and_die((unsigned)rand_r(&seed) % 40000, i % 4 > 0, &event, &value);
		moved += event > before;

		st = reopen(NULL);      /* a child killed before it had made its tables left none */
		s = events(st, 0, SIZE_MAX);
		ck_assert(s.ordered);
		ck_assert_uint_ge(s.last, event);
		ck_assert_uint_eq(s.n, s.last);
		ck_assert_uint_eq(s.last % 3, 0);
		mem_deref(st);
		ck_assert_int_ge(query("SELECT ifnull(max(value+0), 0) FROM settings"),
				 (int64_t)value);
		ck_assert_int_eq(query("PRAGMA integrity_check"), 1);
	}
	ck_assert_uint_gt(moved, 25);
}
END_TEST


Suite *suite(void);

Suite *suite(void)
{
	Suite *s = suite_create("store");
	TCase *t = tcase_create("store");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, new_directory_is_private_and_gives_defaults);
	tcase_add_test(t, file_others_could_read_becomes_private);
	tcase_add_test(t, setting_is_kept_replaced_and_forgotten);
	tcase_add_test(t, memory_is_kept_replaced_and_checked);
	tcase_add_test(t, the_clock_is_kept_replaced_and_checked);
	tcase_add_test(t, value_too_long_is_refused);
	tcase_add_test(t, factory_forgets_settings_and_leaves_no_trace_of_them);
	tcase_add_test(t, row_of_another_version_is_a_warning_and_stays);
	tcase_add_test(t, events_come_back_in_order_after_reopening);
	tcase_add_test(t, event_number_used_twice_is_refused);
	tcase_add_test(t, queue_beyond_its_bound_commits_itself);
	tcase_add_test(t, oldest_events_are_pruned);
	tcase_add_test(t, second_program_on_one_directory_is_told_so);
	tcase_add_test(t, file_that_is_no_database_is_refused_and_left);
	tcase_add_test(t, database_of_another_program_is_refused_and_left);
	tcase_add_test(t, file_of_a_newer_version_is_refused_and_left);
	tcase_add_test(t, damaged_file_is_refused_and_left);
	tcase_add_test(t, directory_that_cannot_be_made_is_named);
	tcase_add_test(t, read_only_file_is_refused);
	tcase_add_test(t, full_disk_is_said_and_nothing_queued_is_lost);
	tcase_add_test(t, queue_stays_bounded_while_the_disk_is_full);
	tcase_add_test(t, kill_at_any_moment_loses_nothing_acknowledged);
	suite_add_tcase(s, t);
	return s;
}
