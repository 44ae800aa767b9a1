/**
 * @file test_store_draft.c  Drafts and users on the disk: whole, or as they were (WEB-04, WEB-05)
 */
#define _GNU_SOURCE                     /* nftw */
#include <check.h>
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <re.h>
#include "core/store/store.h"
#include "core/store/users.h"

Suite *suite(void);

static char root[64], msg[512];
static struct store *st;
static struct settings conf;
static struct draft *draft;
static uint64_t version;

static void reopen(void)
{
	st = mem_deref(st);
	draft = mem_deref(draft);
	ck_assert_msg(!store_open(&st, root, msg, sizeof(msg)), "%s", msg);
	ck_assert_msg(!store_load(st, &conf, msg, sizeof(msg)), "%s", msg);
	ck_assert_int_eq(store_load_draft(st, &conf, &version, &draft), 0);
}

static int unlink_one(const char *path, const struct stat *s, int flag, struct FTW *f)
{
	(void)s; (void)flag; (void)f;
	return remove(path);
}

static void setup(void)
{
	strcpy(root, "/tmp/test_store_draft_XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	reopen();
}

static void teardown(void)
{
	st = mem_deref(st);
	draft = mem_deref(draft);
	(void)nftw(root, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void put(struct draft *d, const char *key, const char *value)
{
	struct notice why;

	ck_assert_int_eq(draft_set(d, &conf, key, value, &why), 0);
}

static void keep(struct draft *d)
{
	const struct store_change c = {.draft_changes = true, .draft = d, .version = version + 1};

	ck_assert_msg(!store_change(st, &c), "%s", store_error(st));
}

static const char *text(const struct settings *s, const char *key)
{
	static char buf[SETTINGS_TEXT];

	(void)settings_get(s, settings_find(key), buf, sizeof(buf));

	return buf;
}

START_TEST(a_draft_is_kept_and_not_in_force)
{
	struct draft *d = NULL;

	ck_assert_ptr_null(draft);
	ck_assert_uint_eq(version, 1);
	ck_assert_int_eq(draft_alloc(&d, NULL, &conf), 0);
	put(d, "relay1.hold_s", "7");
	put(d, "relay1.code1", "4321");
	put(d, "door.press_ms", "100"); /* as it is in force: none of the draft's */
	ck_assert_uint_eq(draft_count(d), 2);
	str_ncpy(d->by, "anna", sizeof(d->by));
	keep(d);
	mem_deref(d);
	reopen();
	ck_assert_ptr_nonnull(draft);
	ck_assert_uint_eq(version, 2);
	ck_assert_uint_eq(draft_count(draft), 2);
	ck_assert_str_eq(draft->by, "anna");
	ck_assert_str_eq(text(&draft->s, "relay1.hold_s"), "7");
	ck_assert_str_eq(text(&draft->s, "relay1.code1"), "4321");
	ck_assert_str_eq(text(&conf, "relay1.hold_s"), "5");
}
END_TEST

START_TEST(it_is_applied_in_one_change)
{
	struct store_change c = {.was = &conf, .draft_changes = true};
	struct draft *d = NULL;
	struct settings s;

	ck_assert_int_eq(draft_alloc(&d, NULL, &conf), 0);
	put(d, "relay1.hold_s", "7");
	keep(d);
	s = d->s;
	c.now = &s;
	c.version = version + 2;
	ck_assert_int_eq(store_change(st, &c), 0);
	mem_deref(d);
	reopen();
	ck_assert_ptr_null(draft);
	ck_assert_uint_eq(version, 3);
	ck_assert_str_eq(text(&conf, "relay1.hold_s"), "7");
}
END_TEST

START_TEST(what_it_has_not_follows_and_what_is_the_same_leaves)
{
	struct draft *d = NULL;
	struct settings now = conf;
	char err[256];

	ck_assert_int_eq(draft_alloc(&d, NULL, &conf), 0);
	put(d, "relay1.hold_s", "7");
	put(d, "relay2.hold_s", "9");
	ck_assert_int_eq(settings_set(&now, "relay1.hold_s", "7", err, sizeof(err)), 0);
	ck_assert_int_eq(settings_set(&now, "door.ring_s", "20", err, sizeof(err)), 0);
	draft_rebase(d, &now);
	ck_assert_uint_eq(draft_count(d), 1);
	ck_assert_str_eq(text(&d->s, "door.ring_s"), "20");
	ck_assert_str_eq(text(&d->s, "relay2.hold_s"), "9");
	mem_deref(d);
}
END_TEST

START_TEST(what_is_not_accepted_leaves_it_as_it_was)
{
	struct draft *d = NULL;
	struct notice why;

	ck_assert_int_eq(draft_alloc(&d, NULL, &conf), 0);
	ck_assert_int_eq(draft_set(d, &conf, "relay1.hold_s", "99", &why), ERANGE);
	ck_assert_int_eq(draft_set(d, &conf, "no.such", "1", &why), ENOENT);
	ck_assert_uint_eq(draft_count(d), 0);
	mem_deref(d);
}
END_TEST

START_TEST(factory_settings_forget_drafts_and_users)
{
	const struct user_row u = {.login = "anna", .admin = true, .hash = "$argon2id$x"};
	struct user_row row[4];
	struct draft *d = NULL;
	unsigned n;

	ck_assert_int_eq(draft_alloc(&d, NULL, &conf), 0);
	put(d, "relay1.hold_s", "7");
	keep(d);
	mem_deref(d);
	ck_assert_int_eq(store_user_put(st, &u), 0);
	ck_assert_int_eq(store_factory(st), 0);
	reopen();
	ck_assert_ptr_null(draft);
	ck_assert_int_eq(store_users(st, row, 4, &n), 0);
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(users_are_kept_changed_and_removed)
{
	struct user_row u = {.login = "anna", .admin = true, .hash = "$argon2id$x", .last_us = 5}, row[4];
	unsigned n;

	ck_assert_int_eq(store_user_put(st, &u), 0);
	strcpy(u.login, "bob");
	u.admin = false;
	ck_assert_int_eq(store_user_put(st, &u), 0);
	strcpy(u.hash, "$argon2id$y");
	ck_assert_int_eq(store_user_put(st, &u), 0);
	reopen();
	ck_assert_int_eq(store_users(st, row, 4, &n), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(row[0].login, "anna");
	ck_assert(row[0].admin && row[0].last_us == 5);
	ck_assert_str_eq(row[1].hash, "$argon2id$y");
	ck_assert(!row[1].admin);
	ck_assert_int_eq(store_users(st, row, 1, &n), 0);
	ck_assert_uint_eq(n, 1);        /* no more than there is room for */
	ck_assert_int_eq(store_user_remove(st, "anna"), 0);
	ck_assert_int_eq(store_users(st, row, 4, &n), 0);
	ck_assert_uint_eq(n, 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("store_draft");
	TCase *tc = tcase_create("store_draft");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_draft_is_kept_and_not_in_force);
	tcase_add_test(tc, it_is_applied_in_one_change);
	tcase_add_test(tc, what_it_has_not_follows_and_what_is_the_same_leaves);
	tcase_add_test(tc, what_is_not_accepted_leaves_it_as_it_was);
	tcase_add_test(tc, factory_settings_forget_drafts_and_users);
	tcase_add_test(tc, users_are_kept_changed_and_removed);
	suite_add_tcase(s, tc);

	return s;
}
