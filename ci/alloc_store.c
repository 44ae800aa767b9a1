/**
 * @file alloc_store.c  Out of memory in the settings and in the store
 *
 * SQLite is given an allocator of its own that fails like ours: its allocations count too.
 */
#include <dirent.h>
#include <errno.h>
#include <re.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "alloc_fail.h"
#include "core/store/store.h"

#define EVENTS 5

static sqlite3_mem_methods memory;      /* SQLite's own */

static void *lite_malloc(int n)
{
	return alloc_fails() ? NULL : memory.xMalloc(n);
}

static void *lite_realloc(void *p, int n)
{
	return alloc_fails() ? NULL : memory.xRealloc(p, n);
}

static void give_allocator(void)
{
	sqlite3_mem_methods m;

	(void)sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory);
	m = memory;
	m.xMalloc = lite_malloc;
	m.xRealloc = lite_realloc;
	(void)sqlite3_config(SQLITE_CONFIG_MALLOC, &m);
	(void)sqlite3_initialize();
}

static void remove_dir(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	char path[400];

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		(void)unlink(path);
	}
	if (d)
		closedir(d);
	(void)rmdir(dir);
}

/* --- settings allocate nothing: the sweep ends with its first run --- */

int alloc_run_settings(void)
{
	struct settings s;
	char text[SETTINGS_TEXT], err[256];
	size_t i;

	alloc_arm(true);
	settings_default(&s);
	for (i = 0; i < settings_count; i++) {
		(void)settings_get(&s, &settings_table[i], text, sizeof(text));
		if (settings_set(&s, settings_table[i].key, text, err, sizeof(err)))
			return alloc_wrong(err);
	}
	alloc_arm(false);

	return settings_check(&s, err, sizeof(err)) ? alloc_wrong(err) : 0;
}

/* --- the store --- */

static int put(struct store *st, uint64_t seq)
{
	const struct event ev = {.seq = seq, .wall_us = (int64_t)seq, .id = EV_LINK, .val = {{.u = 1}}};

	return store_put(st, &ev);
}

static void count(const struct store_event *ev, void *arg)
{
	(void)ev;
	++*(unsigned *)arg;
}

/** What was acknowledged while memory ran out */
struct kept { bool setting, book, draft; unsigned events; };

/* Read a book of two, write it, and store it with the settings (CON-02); true where that was acknowledged */
static bool use_book(struct store *st, const struct settings *was)
{
	static const char csv[] = "number,surname\n101,\"a \"\"b\"\"\"\n102,c\n";
	const struct book_edit e = {.op = BOOK_IMPORT, .csv = csv, .csv_n = sizeof(csv) - 1};
	struct book *none = NULL, *b = NULL;
	struct settings s = *was;
	struct mbuf *mb = mbuf_alloc(8);
	char err[BOOK_ERR];
	bool done;

	(void)store_load_book(st, &none, err, sizeof(err));
	done = !book_apply(&b, &s, none, &e, err, sizeof(err)) && !store_book(st, b, was, &s);
	if (mb)
		(void)book_export(mb, b, NULL);
	mem_deref(mb);
	mem_deref(b);
	mem_deref(none);

	return done;
}

/* Two settings validated, kept in one change (WEB-04); true where that was acknowledged */
static bool use_draft(struct store *st, const struct settings *now)
{
	struct store_change c = {.draft_changes = true, .version = 7};
	struct draft *old = NULL, *d = NULL;
	struct notice why;
	uint64_t version;
	bool done;

	(void)store_load_draft(st, now, &version, &old);
	done = !draft_alloc(&d, old, now) && !draft_set(d, now, "door.talk_min", "5", &why) &&
	       !draft_set(d, now, "relay1.hold_s", "9", &why);
	c.draft = d;
	done = done && !store_change(st, &c);
	mem_deref(old);
	mem_deref(d);

	return done;
}

static void use(struct store *st, struct kept *k)
{
	struct settings s;
	char err[256];
	unsigned i, queued = 0, seen = 0;

	settings_default(&s);
	(void)store_load(st, &s, err, sizeof(err));
	k->setting = !store_set(st, "door.ring_s", "20");
	k->book = use_book(st, &s);
	k->draft = use_draft(st, &s);
	for (i = 0; i < EVENTS; i++)
		queued += !put(st, store_last_seq(st) + 1);
	if (!store_commit(st))
		k->events = queued;
	(void)store_events(st, 0, 100, count, &seen);
}

static bool draft_whole(struct store *st, const struct settings *now, bool acknowledged)
{
	struct draft *d = NULL;
	uint64_t version;
	bool whole = !store_load_draft(st, now, &version, &d);

	whole = whole && (draft_count(d) == 2 ? version == 7 : !d && !acknowledged);
	mem_deref(d);

	return whole;
}

/** With memory again: all that was acknowledged is there, and the store takes more */
static int check(const char *dir, const struct kept *k)
{
	struct store *st = NULL;
	struct book *b = NULL;
	struct settings s;
	char err[256] = "";
	unsigned seen = 0;
	int status = 0;

	settings_default(&s);
	if (store_open(&st, dir, err, sizeof(err)) || store_load(st, &s, err, sizeof(err)))
		status = alloc_wrong(err[0] ? err : "the store does not open again");
	else if (k->setting && s.ring_s != 20)
		status = alloc_wrong("an acknowledged setting is lost");
	else if (store_load_book(st, &b, err, sizeof(err)) || (book_count(b) != 2 && (k->book || b)))
		status = alloc_wrong("a book is lost, or a mixture");
	else if (!draft_whole(st, &s, k->draft))
		status = alloc_wrong("a draft is lost, or a mixture");
	else if (store_events(st, 0, 100, count, &seen) || seen < k->events)
		status = alloc_wrong("acknowledged events are lost");
	else if (put(st, store_last_seq(st) + 1) || store_commit(st) || store_set(st, "identity", "7"))
		status = alloc_wrong("the store takes nothing any more");
	mem_deref(b);
	mem_deref(st);

	return status;
}

/** The same store must go on working when memory is back, not only a new one */
static int go_on(struct store *st)
{
	if (st && (put(st, store_last_seq(st) + 1) || store_commit(st) || store_set(st, "identity", "7")))
		return alloc_wrong("the open store takes nothing any more");

	return 0;
}

int alloc_run_store(void)
{
	char dir[] = "/tmp/alloc_store.XXXXXX", err[256];
	struct store *st = NULL;
	struct kept k = {0};
	int status;

	if (!mkdtemp(dir))
		return alloc_wrong("no directory");
	give_allocator();
	alloc_arm(true);
	if (!store_open(&st, dir, err, sizeof(err)))
		use(st, &k);
	alloc_arm(false);
	status = go_on(st);
	mem_deref(st);
	status = status ? status : check(dir, &k);
	(void)sqlite3_shutdown();
	remove_dir(dir);

	return status;
}
