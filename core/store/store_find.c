/**
 * @file store_find.c  Searching the kept events, in turns (EVT-01)
 *
 * A hundred thousand events take a tenth of a second to look through, and a call has a 20 ms tick: a turn looks at
 * STORE_TURN rows or STORE_TURN_BYTES of text, and the next one goes on behind them.  Nothing stays open in SQLite
 * between two turns, so that a commit, a deletion of the oldest or a checkpoint may happen there.
 *
 * Numbers are the rows' key, so that paging by number is a seek.  Class, time and text are looked at row by row: an
 * index on them would be paid by each commit of a door that is seldom asked.
 *
 * Upper and lower case are the same for A to Z and for the letters of Latin-1 (a with umlaut, e with accent).
 */
#include <errno.h>
#include <string.h>
#include "../door/text.h"
#include "store_priv.h"

struct store_find {
	struct store *st;
	sqlite3_stmt *stmt;
	struct store_query q;
	uint8_t wanted[EV_COUNT];       /* by event: is its class asked for? */
	char word[2][6 * STORE_WORD];   /* in small letters: as asked, and as JSON writes it */
	unsigned words;
	int64_t at;                     /* where the next turn begins, not included */
	bool end;
};


static void destructor(void *arg)
{
	struct store_find *f = arg;

	(void)sqlite3_finalize(f->stmt);
	mem_deref(f->st);
}


static void lower(char *to, size_t size, const char *from)
{
	uint8_t before = 0;
	size_t i;

	for (i = 0; from[i] && i + 1 < size; i++) {
		to[i] = (char)text_small(before, (uint8_t)from[i]);
		before = (uint8_t)from[i];
	}
	to[i] = '\0';
}


/* What is asked for as it is, and, where JSON writes it otherwise (quotes, line ends), so too */
static void words(struct store_find *f)
{
	char as_json[6 * STORE_WORD];
	struct text t;

	text_start(&t, as_json, sizeof(as_json));
	text_escaped(&t, f->q.text, SIZE_MAX);
	lower(f->word[0], sizeof(f->word[0]), f->q.text);
	lower(f->word[1], sizeof(f->word[1]), as_json);
	f->words = !f->q.text[0] ? 0 : strcmp(f->word[0], f->word[1]) ? 2 : 1;
}


/* Is a word in small letters in a line? */
static bool has(const char *line, size_t n, const char *word)
{
	const size_t m = strlen(word);
	size_t i, k;

	for (i = 0; i + m <= n; i++) {
		uint8_t before = i ? (uint8_t)line[i - 1] : 0;

		for (k = 0; k < m && text_small(before, (uint8_t)line[i + k]) == (uint8_t)word[k]; k++)
			before = (uint8_t)line[i + k];
		if (k == m)
			return true;
	}

	return false;
}


static bool class_wanted(const struct store_find *f, const char *name)
{
	enum event_id id;

	return !f->q.classes || (event_find(&id, name) && f->wanted[id]);
}


static bool wanted(const struct store_find *f, const struct store_event *ev, size_t n)
{
	unsigned i;

	if (ev->wall_us < f->q.from_us || (f->q.to_us && ev->wall_us > f->q.to_us) || !class_wanted(f, ev->name))
		return false;
	for (i = 0; i < f->words; i++)
		if (has(ev->json, n, f->word[i]))
			return true;

	return !f->words;
}


static void where_to_begin(struct store_find *f)
{
	const uint64_t before = f->q.before && f->q.before <= INT64_MAX ? f->q.before : INT64_MAX;
	const uint64_t after = f->q.after <= INT64_MAX ? f->q.after : INT64_MAX;

	f->at = (int64_t)(f->q.oldest_first ? after : before);
	(void)sqlite3_bind_int64(f->stmt, 2, (sqlite3_int64)(f->q.oldest_first ? before : after));
	(void)sqlite3_bind_int(f->stmt, 3, STORE_TURN);
}


/**
 * Begin a search of the committed events.
 *
 * @param fp Search returned, mem_deref() ends it
 * @param st Store, referenced
 * @param q  What is searched for, copied
 *
 * @return 0, EINVAL, ENOMEM, or an errno with store_error()
 */
int store_find(struct store_find **fp, struct store *st, const struct store_query *q)
{
	struct store_find *f;
	unsigned i;
	int err;

	if (!fp || !st || !q || !memchr(q->text, 0, sizeof(q->text)))
		return EINVAL;
	f = mem_zalloc(sizeof(*f), destructor);
	if (!f)
		return ENOMEM;

	f->st = mem_ref(st);
	f->q = *q;
	for (i = 0; i < EV_COUNT; i++)
		f->wanted[i] = q->classes >> event_def((enum event_id)i)->cls & 1;
	words(f);
	err = store_sql_prepare(st, &f->stmt, q->oldest_first ?
				"SELECT seq, wall_us, name, json FROM events WHERE seq > ?1 AND seq < ?2 ORDER BY seq LIMIT ?3" :
				"SELECT seq, wall_us, name, json FROM events WHERE seq < ?1 AND seq > ?2 ORDER BY seq DESC LIMIT ?3");
	if (err) {
		mem_deref(f);
		return err;
	}
	where_to_begin(f);
	*fp = f;

	return 0;
}


/* One row; false = no more in this turn */
static bool look(struct store_find *f, size_t *bytes, store_found_h *h, void *arg)
{
	const struct store_event ev = {
		.seq     = (uint64_t)sqlite3_column_int64(f->stmt, 0),
		.wall_us = sqlite3_column_int64(f->stmt, 1),
		.name    = (const char *)sqlite3_column_text(f->stmt, 2),
		.json    = (const char *)sqlite3_column_text(f->stmt, 3),
	};
	const size_t n = (size_t)sqlite3_column_bytes(f->stmt, 3);

	f->at = (int64_t)ev.seq;
	*bytes += n;
	if (ev.name && ev.json && wanted(f, &ev, n) && !h(&ev, arg))
		return false;

	return *bytes < STORE_TURN_BYTES;
}


/**
 * Go on with a search.
 *
 * @param f   Search
 * @param h   Called for each event found; its texts are valid during the call.  It may not use the store
 * @param arg Handler argument
 *
 * @return 0 there may be more: call again, in another turn of the loop where a call may run; ENODATA that was
 *         all; or an errno with store_error()
 */
int store_find_turn(struct store_find *f, store_found_h *h, void *arg)
{
	size_t bytes = 0, rows = 0;
	bool more = true;
	int rc = SQLITE_ROW;

	if (f->end)
		return ENODATA;
	(void)sqlite3_bind_int64(f->stmt, 1, f->at);
	while (more && (rc = sqlite3_step(f->stmt)) == SQLITE_ROW) {
		++rows;
		more = look(f, &bytes, h, arg);
	}
	(void)sqlite3_reset(f->stmt);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return store_sql_failed(f->st, rc);
	f->end = rc == SQLITE_DONE && rows < STORE_TURN;

	return f->end ? ENODATA : 0;
}
