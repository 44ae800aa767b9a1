/**
 * @file gap_directory.c  The directory of a door phone: when it is read, what is kept of it (SRV-01, CON-02, API-20)
 *
 *     start, on demand, another server        now
 *     ldap.refresh=call                       at the end of a call, at most every GAP_MS
 *     ldap.refresh=5 ... 60                   so many minutes after the last reading
 *     it failed                               after RETRY_MS, then twice as long each time, at most RETRY_MAX_MS
 *
 * While the server is away what was read last stays.  Another server, or the directory switched off, and it is gone.
 */
#include <errno.h>
#include <string.h>
#include "gap_priv.h"

#define GAP_MS 10000
#define RETRY_MS 30000
#define RETRY_MAX_MS 900000
#define MIN_MS 60000

static void begin(struct gap *g);

static void due(void *arg)
{
	begin(arg);
}

/* The earlier one counts */
static void again(struct gap *g, uint64_t ms)
{
	struct gap_directory *d = &g->directory;

	if (!tmr_isrunning(&d->timer) || tmr_get_expire(&d->timer) > ms)
		tmr_start(&d->timer, ms, due, g);
}

static void emit(struct gap *g, const char *action, unsigned left_out, const char *cause)
{
	event_emit(&g->bus, gap_now_us(g), gap_wall_us(g), EV_DIRECTORY, action, (uint64_t)book_count(g->directory.book),
		   (uint64_t)left_out, (gap_now_us(g) - g->directory.begun_us) / 1000, cause);
}

static bool same(const struct book *a, const struct book *b)
{
	unsigned i = 0;

	if (book_count(a) != book_count(b))
		return false;
	while (i < book_count(a) && book_contact_same(&a->contact[i], &b->contact[i]) &&
	       !strcmp(a->contact[i].surname, b->contact[i].surname))
		i++;

	return i == book_count(a);
}

/* --- a reading is over --- */

static void fail(struct gap *g, const char *why)
{
	struct gap_directory *d = &g->directory;
	const bool news = !d->tries || d->asked || strcmp(d->cause, why) != 0;
	uint64_t ms = RETRY_MS;
	unsigned i;

	for (i = 0; i < d->tries && ms < RETRY_MAX_MS; i++)
		ms *= 2;
	d->tries++;
	str_ncpy(d->cause, why, sizeof(d->cause));
	if (news)
		emit(g, "failed", 0, why);
	d->asked = false;
	again(g, ms < RETRY_MAX_MS ? ms : RETRY_MAX_MS);
}

static void succeed(struct gap *g, struct book *b, const struct directory_list *l)
{
	struct gap_directory *d = &g->directory;
	const bool first = !d->read, back = d->tries != 0, news = first || back || d->asked || !same(d->book, b);

	mem_deref(d->book);
	d->book = b;
	d->read = true;
	d->full = l->full;
	d->left_out = l->left_out;
	d->read_wall_us = gap_wall_us(g);
	d->tries = 0;
	d->cause[0] = '\0';
	if (news)
		emit(g, back ? "back" : "read", l->left_out, l->full ? "the server has more" : "");
	d->asked = false;
	if (ldap_every_min(&g->settings.ldap))
		again(g, (uint64_t)ldap_every_min(&g->settings.ldap) * MIN_MS);
}

static void over(struct directory_result *r, void *arg)
{
	struct gap *g = arg;
	struct book *b = NULL;

	g->directory.job = mem_deref(g->directory.job);
	if (!r->err && directory_book(&b, &r->list))
		fail(g, "out of memory");
	else if (r->err)
		fail(g, r->cause);
	else
		succeed(g, b, &r->list);
}

static void begin(struct gap *g)
{
	struct gap_directory *d = &g->directory;
	char why[64];
	int e;

	tmr_cancel(&d->timer);
	if (!g->running || !g->settings.ldap.enabled || d->job)
		return;
	d->begun_us = gap_now_us(g);
	d->begun = true;
	e = g->cfg.directory ? g->cfg.directory->read(&d->job, g->cfg.directory_ctx, &g->settings.ldap, over, g) : ENOTSUP;
	if (e == ENOTSUP)
		fail(g, "this host reads no directory");
	else if (e == EBUSY)
		fail(g, "too many earlier readings still wait for their server");
	else if (e) {
		(void)re_snprintf(why, sizeof(why), "it cannot begin: %m", e);
		fail(g, why);
	}
}

/* --- for the rest of the door --- */

static void forget(struct gap *g)
{
	struct gap_directory *d = &g->directory;

	tmr_cancel(&d->timer);
	d->job = mem_deref(d->job);
	d->book = mem_deref(d->book);
	*d = (struct gap_directory) {.timer = d->timer};
}

/** The door starts: read */
void gap_directory_start(struct gap *g)
{
	tmr_init(&g->directory.timer);
	if (g->settings.ldap.enabled)
		again(g, 0);
}

/** The door stops, or is no more */
void gap_directory_stop(struct gap *g)
{
	forget(g);
}

/** A call is over (ldap.refresh=call) */
void gap_directory_call_over(struct gap *g)
{
	const struct gap_directory *d = &g->directory;
	const uint64_t since_ms = (gap_now_us(g) - d->begun_us) / 1000;

	if (g->settings.ldap.enabled && g->settings.ldap.refresh == LDAP_AFTER_CALL)
		again(g, !d->begun || since_ms >= GAP_MS ? 0 : GAP_MS - since_ms);
}

/** Settings have changed: another directory is read now, what is known of the old one is forgotten */
void gap_directory_settings(struct gap *g, const struct settings *was)
{
	const int32_t min = ldap_every_min(&g->settings.ldap);
	bool other = false;
	size_t i;

	for (i = 0; i < settings_count; i++)
		if (!strncmp(settings_table[i].key, "ldap.", 5) && strcmp(settings_table[i].key, "ldap.refresh"))
			other = other || !settings_equal(was, &g->settings, &settings_table[i]);
	if (other) {
		forget(g);
		again(g, 0);
	}
	else if (was->ldap.refresh != g->settings.ldap.refresh && !g->directory.tries) {
		tmr_cancel(&g->directory.timer);
		if (min && g->settings.ldap.enabled)
			again(g, (uint64_t)min * MIN_MS);
	}
}

/**
 * Read the directory now.
 *
 * @param g       Door phone
 * @param err     Written on failure: why not
 * @param errsize Its size
 *
 * @return 0 it is being read; ENOENT there is none, EBUSY it is being read already, EAGAIN the door does not run
 *
 * Source: SRV-01.
 */
int gap_directory_read(struct gap *g, char *err, size_t errsize)
{
	const int e = !g->running ? EAGAIN : !g->settings.ldap.enabled ? ENOENT : g->directory.job ? EBUSY : 0;

	if (e == ENOENT)
		(void)re_snprintf(err, errsize, "there is no directory; ldap.enabled=yes reads one");
	else if (e)
		(void)re_snprintf(err, errsize, e == EBUSY ? "it is being read already" : "the door does not run");
	if (e)
		return e;
	g->directory.asked = true;
	begin(g);

	return 0;
}

/** What was read last, NULL = nothing; borrowed until the loop turns */
const struct book *gap_directory(const struct gap *g)
{
	return g->directory.book;
}

/** What is known of the directory */
void gap_directory_look(const struct gap *g, struct gap_directory_state *st)
{
	const struct gap_directory *d = &g->directory;

	*st = (struct gap_directory_state) {
		.enabled = g->settings.ldap.enabled, .reading = d->job != NULL, .read = d->read, .full = d->full,
		.left_out = d->left_out, .read_wall_us = d->read_wall_us, .failed = d->tries != 0, .cause = d->cause,
	};
}
