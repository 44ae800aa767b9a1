/**
 * @file gap_change.c  Settings, their draft and the contacts of a door phone: changed, stored, then in force (WEB-04, CON-02)
 *
 *     gap_set()           a setting                   -> in force
 *     gap_draft_set()     some, checked together      -> the draft, "validate"
 *     gap_draft_apply()   the draft                   -> in force, "apply"
 *     gap_book_edit()     the contacts, with the lists that name them
 *
 * Each is one transaction of the store; what the store refuses changes nothing.  A change beside the draft goes through
 * it: what the draft has not follows, contacts that its lists name are renamed there too.
 */
#include <errno.h>
#include <string.h>
#include "gap_priv.h"

/* --- in force --- */

static void emit_setting(struct gap *g, const struct setting *row)
{
	char text[SETTINGS_TEXT];

	(void)settings_get(&g->settings, row, text, sizeof(text));
	gap_emit2(g, EV_SETTING, row->key, row->secret ? "(secret)" : text);
}

/** Tell of each setting that differs from before */
static void emit_settings(struct gap *g, const struct settings *was)
{
	size_t i;

	for (i = 0; i < settings_count; i++)
		if (!settings_equal(was, &g->settings, &settings_table[i]))
			emit_setting(g, &settings_table[i]);
}

/** Settings are stored: they are in force from now on.  Told is the one that was set, or (NULL) what differs */
static void in_force(struct gap *g, const struct settings *s, const struct setting *row)
{
	const struct door_in apply = {.type = DOOR_IN_APPLY};
	const struct settings was = g->settings;

	g->settings = *s;
	g->volume_until_us = 0;
	if (row)
		emit_setting(g, row);
	else
		emit_settings(g, &was);
	if (g->running) {
		phone_accounts(g->phone);
		clock_apply(g);
		gap_directory_settings(g, &was);
	}
	(void)gap_tell(g, &apply);
}

/* A draft that follows settings which will be in force; NULL = there is none, or it has nothing left */
static int follow(struct draft **dp, const struct gap *g, const struct settings *s)
{
	struct draft *d = NULL;
	const int e = g->draft ? draft_alloc(&d, g->draft, s) : 0;

	if (d)
		draft_rebase(d, s);
	if (!draft_count(d))
		d = mem_deref(d);
	*dp = d;

	return e;
}

/* Store and remember; the draft is taken */
static int keep(struct gap *g, struct store_change *c, struct draft *d)
{
	int e = 0;

	c->draft_changes = d || g->draft;
	c->draft = d;
	c->version = g->version + 1;
	if (g->cfg.store)
		e = store_change(g->cfg.store, c);
	if (e) {
		mem_deref(d);
		return e;
	}
	++g->version;
	mem_deref(g->draft);
	g->draft = d;

	return 0;
}

/**
 * Change a setting: validated, stored durably, then in force.
 *
 * @param g       Door phone
 * @param key     Row of the settings table
 * @param value   As text
 * @param err     Written on failure: what was wrong and what would be right
 * @param errsize Its size
 *
 * @return 0, EINVAL / ENOENT of the value or key, errno of the store
 */
int gap_set(struct gap *g, const char *key, const char *value, char *err, size_t errsize)
{
	struct settings s = g->settings;
	struct store_change c = {.was = &g->settings, .now = &s};
	struct draft *d = NULL;
	int e = settings_set(&s, key, value, err, errsize);

	if (!e)
		e = settings_check(&s, err, errsize);
	if (!e && !gap_encryption_there(&s, err, errsize))
		e = EINVAL;
	if (e)
		return e;
	e = follow(&d, g, &s);
	if (!e)
		e = keep(g, &c, d);
	if (e) {
		(void)re_snprintf(err, errsize, "%s could not be stored: %m", key, e);
		return e;
	}
	in_force(g, &s, settings_find(key));

	return 0;
}

/* --- the draft --- */

static void emit_draft(struct gap *g, const char *action, unsigned settings, const char *by)
{
	event_emit(&g->bus, gap_now_us(g), gap_wall_us(g), EV_DRAFT, action, (uint64_t)settings, by);
}

/* Check what goes together; what is wrong is told */
static int check(const struct settings *s, gap_wrong_h *wrong, void *arg)
{
	char err[256];
	struct notice why;
	int e = settings_check_why(s, &why);

	if (!e && !gap_encryption_there(s, err, sizeof(err))) {
		e = EINVAL;
		notice_start(&why, MSG_NO_ZRTP, e, "sip.media_encryption");
	}
	if (e)
		wrong(&why, arg);

	return e;
}

/**
 * Validate settings: kept as a draft, not in force (WEB-04).
 *
 * @param g     Door phone
 * @param v     Settings and values
 * @param n     Their number
 * @param anew  Forget what the draft had before
 * @param by    Who does it
 * @param wrong Told each value that is not accepted; then nothing has changed
 * @param arg   Its argument
 *
 * @return 0, EINVAL something is not accepted, ENOMEM, errno of the store
 */
int gap_draft_set(struct gap *g, const struct gap_value *v, size_t n, bool anew, const char *by, gap_wrong_h *wrong,
		  void *arg)
{
	struct store_change c = {.version = 0};
	struct draft *d = NULL;
	struct notice why;
	int e = draft_alloc(&d, anew ? NULL : g->draft, &g->settings), bad = 0;
	size_t i;

	for (i = 0; !e && i < n; i++) {
		if (!draft_set(d, &g->settings, v[i].key, v[i].text, &why))
			continue;
		wrong(&why, arg);
		bad = EINVAL;
	}
	if (!e)
		e = bad ? bad : check(&d->s, wrong, arg);
	if (e) {
		mem_deref(d);
		return e;
	}
	str_ncpy(d->by, by, sizeof(d->by));
	if (!draft_count(d))
		d = mem_deref(d);
	e = keep(g, &c, d);
	if (!e)
		emit_draft(g, "validate", draft_count(d), by);

	return e;
}

static bool restarts(const struct draft *d)
{
	size_t i;

	for (i = 0; i < settings_count; i++)
		if (d->has[i] && settings_table[i].restart)
			return true;

	return false;
}

/**
 * Apply the draft (WEB-04): in force from now on, but for what takes effect at the next start.
 *
 * @param g       Door phone
 * @param by      Who does it
 * @param restart Written on success: is there something that takes effect at the next start?
 * @param wrong   Told what is not accepted any more; then nothing has changed
 * @param arg     Its argument
 *
 * @return 0, ENOENT there is no draft, EINVAL, errno of the store
 */
int gap_draft_apply(struct gap *g, const char *by, bool *restart, gap_wrong_h *wrong, void *arg)
{
	const unsigned n = draft_count(g->draft);
	struct store_change c = {.was = &g->settings};
	struct settings s;
	int e;

	if (!n)
		return ENOENT;
	s = g->draft->s;
	c.now = &s;
	e = check(&s, wrong, arg);
	if (e)
		return e;
	*restart = restarts(g->draft);
	e = keep(g, &c, NULL);
	if (e)
		return e;
	emit_draft(g, "apply", n, by);
	in_force(g, &s, NULL);

	return 0;
}

/** Forget the draft; 0 (also where there is none), errno of the store */
int gap_draft_discard(struct gap *g, const char *by)
{
	const unsigned n = draft_count(g->draft);
	struct store_change c = {.version = 0};
	const int e = n ? keep(g, &c, NULL) : 0;

	if (n && !e)
		emit_draft(g, "discard", n, by);

	return e;
}

/** The draft, NULL = there is none; borrowed until the next change */
const struct draft *gap_draft(const struct gap *g)
{
	return g->draft;
}

/** A number that grows with each change of settings and draft */
uint64_t gap_version(const struct gap *g)
{
	return g->version;
}

/* --- contacts --- */

/* The draft's lists follow the contacts as those in force do */
static int draft_book(struct draft **dp, const struct gap *g, const struct settings *s, const struct book_edit *edit,
		      char *err, size_t errsize)
{
	struct book *next = NULL;
	struct draft *d = NULL;
	int e = g->draft ? draft_alloc(&d, g->draft, s) : 0;

	*dp = NULL;
	if (!d)
		return e;
	e = book_apply(&next, &d->s, g->book, edit, err, errsize);
	mem_deref(next);
	if (e) {
		mem_deref(d);
		return e;
	}
	draft_rebase(d, s);
	if (!draft_count(d))
		d = mem_deref(d);
	*dp = d;

	return 0;
}

/**
 * Change the book of contacts: checked, stored durably with the lists that follow it, then in force.
 *
 * @param g       Door phone
 * @param e       Change
 * @param err     Written on failure: what was wrong and what would be right
 * @param errsize Its size
 *
 * @return as book_apply(), EIO it could not be stored (err says why: a full disk is no full book); on failure nothing has changed
 *
 * Source: CON-02, manual §3.3.2.
 */
int gap_book_edit(struct gap *g, const struct book_edit *e, char *err, size_t errsize)
{
	struct settings s = g->settings;
	struct store_change c = {.was = &g->settings, .now = &s, .book_changes = true};
	struct book *next = NULL;
	struct draft *d = NULL;
	int e_no = book_apply(&next, &s, g->book, e, err, errsize);

	if (!e_no)
		e_no = draft_book(&d, g, &s, e, err, errsize);
	if (e_no) {
		mem_deref(next);
		return e_no;
	}
	c.book = next;
	e_no = keep(g, &c, d);
	if (e_no) {
		(void)re_snprintf(err, errsize, "the contacts could not be stored: %m", e_no);
		mem_deref(next);
		return EIO;
	}
	mem_deref(g->book);
	g->book = next;
	event_emit(&g->bus, gap_now_us(g), gap_wall_us(g), EV_CONTACTS, book_op_name(e->op), (uint64_t)book_count(next),
		   book_version(next));
	in_force(g, &s, NULL);

	return 0;
}
