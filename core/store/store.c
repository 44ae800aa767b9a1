/**
 * @file store.c  Settings and events kept in SQLite
 *
 * The one adapter to SQLite.  One file, DIR/ipgap.sqlite, mode 0600 (it holds secrets), one
 * connection that owns it: locking_mode=EXCLUSIVE, so a second program gets EBUSY instead of a
 * mixed-up door.  WAL with synchronous=FULL: a commit that returned is on the disk.
 *
 * Events are serialised by store_put() to a list in memory and written by store_commit() in one
 * transaction, so a loop turn costs one flush however much happened in it.  A commit that fails
 * keeps the list, and the next one tries again.
 *
 * Requirements: EVT-01 (kept events), HW-06 (factory settings).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <re.h>
#include "store_priv.h"
#include "users.h"

#define APPLICATION_ID 0x49504750       /* "IPGP", at offset 68 of the file */
#define SCHEMA_VERSION 1

#define EVENT_BYTES "length(CAST(json AS BLOB))"

#define STR(x) STR_(x)
#define STR_(x) #x

/** An event waiting for the next commit */
struct pending {
	struct le le;
	uint64_t seq;
	int64_t wall_us;
	const char *name;               /* of the event table */
	char json[];
};

static const char schema[] =
	"BEGIN EXCLUSIVE;"
	"CREATE TABLE settings(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE events(seq INTEGER PRIMARY KEY, wall_us INTEGER NOT NULL,"
	"                    name TEXT NOT NULL, json TEXT NOT NULL);"
	"PRAGMA application_id=" STR(APPLICATION_ID) ";"
	"PRAGMA user_version=" STR(SCHEMA_VERSION) ";"
	"COMMIT;";

#define CLOCK_KEY "clock"
#define CLOCK_MAX_US (INT64_C(10000000000) * 1000000)   /* 300 years */

/** Made where it is missing: files of before do not have it, and programs of before do not mind it */
static const char memory_schema[] =
	"CREATE TABLE IF NOT EXISTS memory(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID";


/* A quota or a limit on files is a full disk too: SQLite says I/O error, errno of write() tells */
static int io_error(int system_errno)
{
	return system_errno == EDQUOT || system_errno == EFBIG ? ENOSPC : EIO;
}


static int errno_of(int rc, int system_errno)
{
	switch (rc & 0xff) {

	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:       return 0;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:     return EBUSY;
	case SQLITE_NOMEM:      return ENOMEM;
	case SQLITE_FULL:       return ENOSPC;
	case SQLITE_READONLY:   return EROFS;
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:   return EACCES;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:    return EBADMSG;
	case SQLITE_CONSTRAINT: return EEXIST;
	default:                return io_error(system_errno);
	}
}


/* Remember what SQLite met, in words, and turn it into an errno */
int store_sql_failed(struct store *st, int rc)
{
	const int err = errno_of(rc, errno);

	(void)snprintf(st->error, sizeof(st->error), "%s: %s", st->file,
		       err == ENOSPC ? "the disk is full" : sqlite3_errmsg(st->db));
	return err;
}


static int refuse(struct store *st, int err, const char *what)
{
	(void)snprintf(st->error, sizeof(st->error), "%s", what);
	return err;
}


int store_sql_run(struct store *st, const char *sql)
{
	const int rc = sqlite3_exec(st->db, sql, NULL, NULL, NULL);

	return rc ? store_sql_failed(st, rc) : 0;
}


/** End what is left of a transaction that could not even be rolled back (no memory); 0 = none is open */
int store_sql_settle(struct store *st)
{
	return sqlite3_get_autocommit(st->db) ? 0 : store_sql_run(st, "ROLLBACK");
}


int store_sql_prepare(struct store *st, sqlite3_stmt **sp, const char *sql)
{
	const int rc = sqlite3_prepare_v2(st->db, sql, -1, sp, NULL);

	return rc ? store_sql_failed(st, rc) : 0;
}


/* Run a statement that returns no row, with up to two texts bound */
static int run_text(struct store *st, const char *sql, const char *a, const char *b)
{
	sqlite3_stmt *q = NULL;
	int err = store_sql_settle(st);

	err = err ? err : store_sql_prepare(st, &q, sql);
	if (err)
		return err;

	(void)sqlite3_bind_text(q, 1, a, -1, SQLITE_STATIC);
	if (b)
		(void)sqlite3_bind_text(q, 2, b, -1, SQLITE_STATIC);

	if (sqlite3_step(q) != SQLITE_DONE)
		err = store_sql_failed(st, sqlite3_errcode(st->db));

	(void)sqlite3_finalize(q);
	return err;
}


/* The one number a query answers */
int store_sql_number(struct store *st, const char *sql, int64_t *np)
{
	sqlite3_stmt *q = NULL;
	int err = store_sql_prepare(st, &q, sql);

	if (err)
		return err;

	if (sqlite3_step(q) == SQLITE_ROW)
		*np = sqlite3_column_int64(q, 0);
	else
		err = store_sql_failed(st, sqlite3_errcode(st->db));

	(void)sqlite3_finalize(q);
	return err;
}


/* The one text a query answers is the one expected: else EBADMSG and the text in st->error */
static int expect(struct store *st, const char *sql, const char *text)
{
	sqlite3_stmt *q = NULL;
	int err = store_sql_prepare(st, &q, sql);
	const char *got;

	if (err)
		return err;

	if (sqlite3_step(q) != SQLITE_ROW) {
		err = store_sql_failed(st, sqlite3_errcode(st->db));
	}
	else {
		got = (const char *)sqlite3_column_text(q, 0);
		if (!got || strcmp(got, text))
			err = refuse(st, EBADMSG, got ? got : "no answer");
	}

	(void)sqlite3_finalize(q);
	return err;
}


static void destructor(void *arg)
{
	struct store *st = arg;

	(void)store_commit(st);
	list_flush(&st->pending);
	(void)sqlite3_finalize(st->insert);
	(void)sqlite3_close(st->db);
	mem_deref(st->file);
}


/* mkdir -p, each new directory for this user only */
static int make_dir(const char *dir)
{
	char path[1024];
	size_t i, n = strlen(dir);

	if (!n || n >= sizeof(path))
		return n ? ENAMETOOLONG : EINVAL;

	memcpy(path, dir, n + 1);
	for (i = 1; i <= n; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		path[i] = '\0';
		if (mkdir(path, 0700) && errno != EEXIST && errno != EISDIR && errno != EROFS)
			return errno;
		path[i] = dir[i];
	}

	return 0;
}


/*
 * A new file is made before SQLite sees it, so that no moment exists in which others may read it.
 * mknod() and not open(): closing a descriptor would drop the locks of a store of this process.
 */
static int make_file(const char *file)
{
	return mknod(file, S_IFREG | 0600, 0) && errno != EEXIST ? errno : 0;
}


/* Whose file is it?  An empty one becomes ours; reading it takes the lock. */
static int identify(struct store *st)
{
	int64_t app = 0, version = 0, tables = 0;
	int err;

	err  = store_sql_number(st, "SELECT count(*) FROM sqlite_master", &tables);
	err = err ? err : store_sql_number(st, "PRAGMA application_id", &app);
	err = err ? err : store_sql_number(st, "PRAGMA user_version", &version);
	if (err)
		return err;

	if (!app && !version && !tables)
		return store_sql_run(st, schema);
	if (app != APPLICATION_ID)
		return refuse(st, EILSEQ, "it is a database of another program");
	if (version != SCHEMA_VERSION)
		return refuse(st, ENOTSUP, "its version is not the one this program knows");

	return expect(st, "PRAGMA quick_check(1)", "ok");
}


static int setup(struct store *st)
{
	int64_t rows = 0, bytes = 0, last = 0;
	int err;

	if (sqlite3_db_readonly(st->db, "main"))
		return refuse(st, EROFS, "no permission to write");

	err = store_sql_run(st, "PRAGMA locking_mode=EXCLUSIVE");
	err = err ? err : identify(st);
	if (err) {
		/* not ours to touch: leave a foreign write-ahead log as it is */
		(void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		return err;
	}

	if (chmod(st->file, 0600))
		return refuse(st, errno, "its mode cannot be set to 0600");

	err = expect(st, "PRAGMA journal_mode=WAL", "wal");
	err = err ? err : store_sql_run(st, "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON");
	err = err ? err : store_sql_run(st, memory_schema);
	err = err ? err : store_book_setup(st);
	err = err ? err : store_users_setup(st);
	err = err ? err : store_draft_setup(st);
	err = err ? err : store_sql_number(st, "SELECT count(*) FROM events", &rows);
	err = err ? err : store_sql_number(st, "SELECT ifnull(sum(" EVENT_BYTES "), 0) FROM events", &bytes);
	err = err ? err : store_sql_number(st, "SELECT ifnull(max(seq), 0) FROM events", &last);
	err = err ? err : store_sql_prepare(st, &st->insert, "INSERT INTO events VALUES(?1, ?2, ?3, ?4)");

	st->rows = (uint64_t)rows;
	st->bytes = (uint64_t)bytes;
	st->last_seq = (uint64_t)last;
	return err;
}


static const char *remedy(int err)
{
	switch (err) {

	case EBUSY:   return "is locked: is another ipgap running on this data directory?"
			     " Stop it, or choose another directory";
	case EILSEQ:  return "is not an ipgap file, and was left as it is."
			     " Choose another data directory, or move the file away";
	case ENOTSUP: return "was written by another version of ipgap, and was left as it is."
			     " Use that version, or choose another data directory";
	case EBADMSG: return "is damaged or not an ipgap file; nothing was deleted."
			     " Restore a copy, or move it away to start with factory settings";
	case EROFS:
	case EACCES:  return "cannot be written. Give this user permission to write the file and"
			     " its directory, or choose another data directory";
	case ENOSPC:  return "cannot be written. Make room on its disk";
	default:      return "cannot be opened. Check the data directory, or choose another one";
	}
}


static int open_file(struct store *st)
{
	int err, rc;

	err = make_file(st->file);
	if (err)
		return refuse(st, err, strerror(err));

	rc = sqlite3_open_v2(st->file, &st->db,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc)
		return store_sql_failed(st, rc);

	(void)sqlite3_extended_result_codes(st->db, 1);
	return setup(st);
}


/**
 * Open the store of one door, made if missing
 *
 * @param sp      Store returned, mem_deref() commits what is queued and closes
 * @param dir     Data directory; made with its parents if missing, mode 0700
 * @param err     Buffer for a message to a person: the file, what is wrong, what would help
 * @param errsize Size of err [bytes]
 *
 * @return 0; EBUSY another program has it; EILSEQ not ours; ENOTSUP another version; EBADMSG
 *         damaged; EROFS or EACCES no permission; ENOSPC; ENOMEM; or the error of making the
 *         directory.  A file that is refused is left as it is.
 */
int store_open(struct store **sp, const char *dir, char *err, size_t errsize)
{
	struct store *st;
	int e;

	if (!sp || !dir || !err || !errsize)
		return EINVAL;
	err[0] = '\0';

	e = make_dir(dir);
	if (e) {
		(void)snprintf(err, errsize, "The data directory %s cannot be made: %s."
			       " Choose another one", dir, strerror(e));
		return e;
	}

	st = mem_zalloc(sizeof(*st), destructor);
	if (!st)
		return ENOMEM;

	e = re_sdprintf(&st->file, "%s/" STORE_FILE, dir);
	if (!e)
		e = open_file(st);

	if (e) {
		(void)snprintf(err, errsize, "%s %s (%s)", st->file ? st->file : dir, remedy(e),
			       st->error);
		mem_deref(st);
		return e;
	}

	*sp = st;
	return 0;
}


/**
 * Fill the settings: defaults first, then every stored row
 *
 * @param st      Store
 * @param s       Settings, written
 * @param err     Buffer for a message; empty text = nothing to say
 * @param errsize Size of err [bytes]
 *
 * @return 0, or the error of reading the file
 *
 * A row this program does not know, or whose value it does not accept (a file of another version),
 * stays in the file and its setting keeps the default: the door starts, returning 0 with the first
 * such row named in err as a warning.  Rules that span settings are settings_check()'s.
 */
int store_load(struct store *st, struct settings *s, char *err, size_t errsize)
{
	sqlite3_stmt *q = NULL;
	char why[256];
	int e, rc;

	if (!st || !s || !err || !errsize)
		return EINVAL;
	err[0] = '\0';
	settings_default(s);

	e = store_sql_prepare(st, &q, "SELECT key, value FROM settings ORDER BY key");
	if (e)
		goto out;

	while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
		const char *key = (const char *)sqlite3_column_text(q, 0);
		const char *value = (const char *)sqlite3_column_text(q, 1);

		if (!key || !value) {
			e = ENOMEM;
			goto out;
		}
		why[0] = '\0';
		if (settings_set(s, key, value, why, sizeof(why)) && !err[0])
			(void)snprintf(err, errsize, "%s: stored setting \"%s\" is not used, its"
				       " default is: %s", st->file, key, why);
	}
	if (rc != SQLITE_DONE)
		e = store_sql_failed(st, rc);
 out:
	if (e)
		(void)snprintf(err, errsize, "%s", st->error);
	(void)sqlite3_finalize(q);
	return e;
}


/**
 * Store one setting
 *
 * @param st    Store
 * @param key   Key of the settings table
 * @param value Value as text, already accepted by settings_set()
 *
 * @return 0 when it is on the disk, EINVAL no key or a value over SETTINGS_TEXT, or an errno with
 *         store_error()
 */
int store_set(struct store *st, const char *key, const char *value)
{
	if (!st || !key || !value || strlen(value) >= SETTINGS_TEXT)
		return EINVAL;

	return run_text(st, "INSERT OR REPLACE INTO settings VALUES(?1, ?2)", key, value);
}


/**
 * Forget one setting: the next store_load() gives its default
 *
 * @param st  Store
 * @param key Key; one that is not stored is no error
 *
 * @return 0 when it is on the disk, or an errno with store_error()
 */
int store_unset(struct store *st, const char *key)
{
	if (!st || !key)
		return EINVAL;

	return run_text(st, "DELETE FROM settings WHERE key = ?1", key, NULL);
}


/**
 * Keep what the door must know again after a restart: the plan of its cyclic test (SUP-30)
 *
 * @param st Store
 * @param m  Memory, copied
 *
 * @return 0 when it is on the disk, or the error of writing it
 */
int store_remember(struct store *st, const struct door_memory *m)
{
	char text[96];

	if (!st || !m)
		return EINVAL;
	(void)snprintf(text, sizeof(text), "%lld %d %d %d %d", (long long)m->retry_s, m->days,
		       m->at_min, m->due_day, m->anchor_s);

	return run_text(st, "INSERT OR REPLACE INTO memory VALUES(?1, ?2)", "test", text);
}


/* Only a plan that the door itself can have made */
static bool plausible(const struct door_memory *m)
{
	return m->days >= 1 && m->days <= 7 && m->at_min >= SETTINGS_ACTIVATION && m->at_min < 1440 &&
	       m->anchor_s >= 0 && m->anchor_s < DAY_S && m->due_day >= 0 && m->due_day < 1000000;
}


/**
 * What store_remember() kept last
 *
 * @param st Store
 * @param m  Written where something useful is kept
 */
void store_recall(struct store *st, struct door_memory *m)
{
	struct door_memory got = {0};
	sqlite3_stmt *q = NULL;
	const char *text;
	long long retry;

	if (store_sql_prepare(st, &q, "SELECT value FROM memory WHERE key='test'"))
		return;
	if (sqlite3_step(q) == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(q, 0);
		if (text && sscanf(text, "%lld %d %d %d %d", &retry, &got.days, &got.at_min, &got.due_day,
				   &got.anchor_s) == 5 && plausible(&got)) {
			got.retry_s = retry;
			*m = got;
		}
	}
	(void)sqlite3_finalize(q);
}


/**
 * Keep what the door's clock is ahead of the machine's (TIM-01)
 *
 * @param st       Store
 * @param clock_us Difference [us]
 *
 * @return 0 when it is on the disk, or the error of writing it
 */
int store_keep_clock(struct store *st, int64_t clock_us)
{
	char text[24];

	if (!st)
		return EINVAL;
	(void)snprintf(text, sizeof(text), "%lld", (long long)clock_us);

	return run_text(st, "INSERT OR REPLACE INTO memory VALUES(?1, ?2)", CLOCK_KEY, text);
}


/**
 * What store_keep_clock() kept last
 *
 * @param st Store
 *
 * @return [us], 0 where none, or nothing useful, is kept
 */
int64_t store_clock(struct store *st)
{
	int64_t us = 0;

	if (store_sql_number(st, "SELECT ifnull(max(CAST(value AS INTEGER)), 0) FROM memory WHERE key='" CLOCK_KEY "'", &us))
		return 0;

	return us > -CLOCK_MAX_US && us < CLOCK_MAX_US ? us : 0;
}


/**
 * Forget all settings and contacts (HW-06, DIP 4); events stay
 *
 * @param st Store
 *
 * @return 0 when it is on the disk, or an errno with store_error()
 *
 * The log is folded into the file and emptied too, so that no password is left in either.
 */
int store_factory(struct store *st)
{
	int err;

	if (!st)
		return EINVAL;

	err = store_sql_settle(st);
	err = err ? err : store_sql_run(st, "BEGIN IMMEDIATE; DELETE FROM settings; DELETE FROM users; DELETE FROM draft;"
				      "DELETE FROM memory WHERE key='" CLOCK_KEY "';"
				      STORE_BOOK_FORGET "COMMIT");
	if (err)
		(void)store_sql_settle(st);
	return err ? err : store_sql_run(st, "PRAGMA wal_checkpoint(TRUNCATE)");
}


/* Append to the queue, the numbers rising */
static int queue(struct store *st, const struct event *ev, const char *name, const char *json)
{
	const size_t n = strlen(json) + 1;
	struct pending *p = mem_zalloc(sizeof(*p) + n, NULL);

	if (!p)
		return refuse(st, ENOMEM, "no memory for an event");

	p->seq = ev->seq;
	p->wall_us = ev->wall_us;
	p->name = name;
	memcpy(p->json, json, n);
	list_append(&st->pending, &p->le, p);
	st->last_seq = ev->seq;
	return 0;
}


static void drop_oldest(struct store *st)
{
	struct pending *p = list_head(&st->pending)->data;

	list_unlink(&p->le);
	mem_deref(p);
	++st->lost;
}


/**
 * Queue an event for the next store_commit()
 *
 * @param st Store
 * @param ev Event, its number above store_last_seq(); nothing of it is kept
 *
 * @return 0, EINVAL an unknown event or a number used already, ENOMEM, or the errno of the commit
 *         when STORE_PENDING events were waiting: then the oldest of them was dropped
 *
 * After a commit that failed none is tried from here, as each tries all that wait: store_commit() is for its caller
 * to call again.
 *
 * Source: EVT-01.
 */
int store_put(struct store *st, const struct event *ev)
{
	const struct event_def *def;
	char json[STORE_JSON];
	int err = 0, qerr;

	if (!st || !ev)
		return EINVAL;

	def = event_def(ev->id);
	if (!def || !event_json(json, sizeof(json), ev))
		return refuse(st, EINVAL, "an event is not of the event table");
	if (ev->seq <= st->last_seq || ev->seq > INT64_MAX)
		return refuse(st, EINVAL, "an event's number does not follow the stored ones");

	if (list_count(&st->pending) >= STORE_PENDING) {
		err = st->stuck ? st->stuck : store_commit(st);
		if (err)
			drop_oldest(st);
	}

	qerr = queue(st, ev, def->name, json);
	st->lost += qerr != 0;
	return qerr ? qerr : err;
}


/* What the file holds, or will hold */
struct held { uint64_t rows, bytes; };


static int insert(struct store *st, const struct pending *p)
{
	int rc;

	(void)sqlite3_bind_int64(st->insert, 1, (sqlite3_int64)p->seq);
	(void)sqlite3_bind_int64(st->insert, 2, p->wall_us);
	(void)sqlite3_bind_text(st->insert, 3, p->name, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(st->insert, 4, p->json, -1, SQLITE_STATIC);

	rc = sqlite3_step(st->insert);
	if (rc == SQLITE_DONE)
		rc = SQLITE_OK;
	else
		rc = store_sql_failed(st, rc);

	(void)sqlite3_reset(st->insert);
	return rc;
}


static int insert_all(struct store *st, struct held *h)
{
	struct le *le;
	int err = 0;

	for (le = list_head(&st->pending); le && !err; le = le->next) {
		const struct pending *p = le->data;

		err = insert(st, p);
		h->bytes += strlen(p->json);
		++h->rows;
	}

	return err;
}


static bool too_much(const struct held *h, uint64_t rows, uint64_t bytes)
{
	return h->rows > rows || h->bytes > bytes;
}


/* The number up to which events must go, the oldest first; *h is what is left then */
static int find_excess(struct store *st, struct held *h, sqlite3_int64 *last)
{
	sqlite3_stmt *q = NULL;
	int rc = SQLITE_ROW, err = store_sql_prepare(st, &q, "SELECT seq, " EVENT_BYTES " FROM events ORDER BY seq");

	if (err)
		return err;
	while (too_much(h, STORE_EVENTS, STORE_BYTES) && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		*last = sqlite3_column_int64(q, 0);
		h->bytes -= (uint64_t)sqlite3_column_int64(q, 1);
		--h->rows;
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		err = store_sql_failed(st, rc);
	(void)sqlite3_finalize(q);

	return err;
}


/* Delete the oldest events, many at once */
static int prune(struct store *st, struct held *h)
{
	sqlite3_int64 last = 0;
	char sql[80];
	int err;

	if (!too_much(h, STORE_EVENTS + STORE_PRUNE - 1, STORE_BYTES + STORE_PRUNE_BYTES))
		return 0;
	err = find_excess(st, h, &last);
	if (err)
		return err;
	(void)snprintf(sql, sizeof(sql), "DELETE FROM events WHERE seq <= %lld", (long long)last);

	return store_sql_run(st, sql);
}


/**
 * Write the queued events in one transaction
 *
 * @param st Store
 *
 * @return 0 when they are on the disk or none was queued; else an errno with store_error(), the
 *         queue kept for the next call
 *
 * The newest STORE_EVENTS stay in the file, and up to STORE_PRUNE - 1 more; fewer, where they are longer than
 * STORE_BYTES together.
 */
int store_commit(struct store *st)
{
	struct held held;
	int err;

	if (!st)
		return EINVAL;
	if (list_isempty(&st->pending))
		return 0;

	err = store_sql_settle(st);
	err = err ? err : store_sql_run(st, "BEGIN IMMEDIATE");
	if (err)
		return st->stuck = err;

	st->stuck = 0;
	held = (struct held){.rows = st->rows, .bytes = st->bytes};
	err = insert_all(st, &held);
	err = err ? err : prune(st, &held);
	err = err ? err : store_sql_run(st, "COMMIT");
	if (err) {
		(void)store_sql_settle(st);
		return st->stuck = err;
	}

	st->rows = held.rows;
	st->bytes = held.bytes;
	list_flush(&st->pending);
	return 0;
}


/**
 * Read committed events, oldest first
 *
 * @param st        Store
 * @param after_seq Events after this number; 0 = from the oldest kept
 * @param limit     At most that many
 * @param h         Called once an event; its texts are valid during the call
 * @param arg       Handler argument
 *
 * @return 0, or an errno with store_error()
 */
int store_events(struct store *st, uint64_t after_seq, size_t limit, store_event_h *h, void *arg)
{
	sqlite3_stmt *q = NULL;
	int err, rc = SQLITE_DONE;

	if (!st || !h)
		return EINVAL;
	if (after_seq > INT64_MAX)
		return 0;

	err = store_sql_prepare(st, &q, "SELECT seq, wall_us, name, json FROM events"
			      " WHERE seq > ?1 ORDER BY seq LIMIT ?2");
	if (err)
		return err;

	(void)sqlite3_bind_int64(q, 1, (sqlite3_int64)after_seq);
	(void)sqlite3_bind_int64(q, 2, limit < INT64_MAX ? (sqlite3_int64)limit : INT64_MAX);

	while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
		const struct store_event ev = {
			.seq     = (uint64_t)sqlite3_column_int64(q, 0),
			.wall_us = sqlite3_column_int64(q, 1),
			.name    = (const char *)sqlite3_column_text(q, 2),
			.json    = (const char *)sqlite3_column_text(q, 3),
		};
		h(&ev, arg);
	}
	if (rc != SQLITE_DONE)
		err = store_sql_failed(st, rc);

	(void)sqlite3_finalize(q);
	return err;
}


/**
 * An event has a number and is not kept: none may have the number again
 *
 * @param st  Store
 * @param seq Its number
 */
void store_pass(struct store *st, uint64_t seq)
{
	if (st && seq > st->last_seq && seq <= INT64_MAX)
		st->last_seq = seq;
}


/**
 * How many queued events were dropped since this was asked last
 *
 * @param st Store
 */
uint64_t store_lost(struct store *st)
{
	const uint64_t n = st->lost;

	st->lost = 0;
	return n;
}


/**
 * Highest event number given to store_put() or store_pass(), in this life or an earlier one
 *
 * @param st Store
 *
 * @return Number, 0 = no event yet: struct event_bus goes on from there
 */
uint64_t store_last_seq(struct store *st)
{
	return st ? st->last_seq : 0;
}


/**
 * What the last failed call met
 *
 * @param st Store
 *
 * @return Text with the file's name, valid until the next failure; "" = none yet
 */
const char *store_error(const struct store *st)
{
	return st ? st->error : "";
}
