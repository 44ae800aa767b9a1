/**
 * @file cmd_kept.c  `ipgap events --kept`: the kept events of a door that does not run (EVT-01)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "../core/store/event_line.h"
#include "cmd.h"
#include "kept.h"
#include "options.h"
#include "run.h"

struct kept {
	struct store_query q;
	enum event_form form;
	uint64_t last;
	const char *data;
	struct event_lines lines;
	struct mbuf *mb;
	uint64_t n;
	bool failed;
};

typedef int (option_h)(struct kept *k, const char *value, char *err, size_t errsize);

struct row { struct option_row o; option_h *h; };

static int time_option(int64_t *us, const char *name, const char *value, char *err, size_t errsize)
{
	if (!kept_time(us, value, (int64_t)time(NULL) * 1000000))
		return 0;
	(void)snprintf(err, errsize, "%s \"%s\" is no time; e.g. 2026-01-05, \"2026-01-05 08:00\", 2026-01-05T08:00:00Z,"
		       " or 15m, 2h, 3d: so long ago", name, value);

	return EINVAL;
}

static int opt_kept(struct kept *k, const char *value, char *err, size_t errsize)
{
	(void)k; (void)value; (void)err; (void)errsize;

	return 0;
}

static int opt_data(struct kept *k, const char *value, char *err, size_t errsize)
{
	(void)err; (void)errsize;
	k->data = value;

	return 0;
}

static int opt_class(struct kept *k, const char *value, char *err, size_t errsize)
{
	return kept_classes(&k->q.classes, value, err, errsize);
}

static int opt_since(struct kept *k, const char *value, char *err, size_t errsize)
{
	return time_option(&k->q.from_us, "--since", value, err, errsize);
}

static int opt_until(struct kept *k, const char *value, char *err, size_t errsize)
{
	return time_option(&k->q.to_us, "--until", value, err, errsize);
}

static int opt_text(struct kept *k, const char *value, char *err, size_t errsize)
{
	if (strlen(value) < sizeof(k->q.text)) {
		memcpy(k->q.text, value, strlen(value) + 1);
		return 0;
	}
	(void)snprintf(err, errsize, "--text has %zu bytes; up to %zu are searched for", strlen(value),
		       sizeof(k->q.text) - 1);

	return EINVAL;
}

static int opt_csv(struct kept *k, const char *value, char *err, size_t errsize)
{
	(void)value; (void)err; (void)errsize;
	k->form = EVENT_FORM_CSV;

	return 0;
}

static int opt_json(struct kept *k, const char *value, char *err, size_t errsize)
{
	(void)value; (void)err; (void)errsize;
	k->form = EVENT_FORM_JSON;

	return 0;
}

static int opt_n(struct kept *k, const char *value, char *err, size_t errsize)
{
	const size_t n = strspn(value, "0123456789");

	k->last = n && n < 10 && !value[n] ? strtoull(value, NULL, 10) : 0;
	if (k->last)
		return 0;
	(void)snprintf(err, errsize, "-n \"%s\" is no number of events; give one from 1, or leave it out for all", value);

	return EINVAL;
}

static const struct row rows[] = {
	{{"--kept", NULL}, opt_kept},
	{{"--data", "DIR"}, opt_data},
	{{"--class", "a class, or several with commas between"}, opt_class},
	{{"--since", "a time"}, opt_since},
	{{"--until", "a time"}, opt_until},
	{{"--text", "a word"}, opt_text},
	{{"--csv", NULL}, opt_csv},
	{{"--json", NULL}, opt_json},
	{{"-n", "a number"}, opt_n},
	{{"--help", NULL}, opt_kept},
};

static int complain(const char *err, int status)
{
	(void)fprintf(stderr, "ipgap events: %s\n", err);

	return status;
}

static int read_args(struct kept *k, int argc, char **argv, char *err, size_t errsize)
{
	const struct option_table table = OPTION_TABLE(rows, "ipgap events");
	const char *value;
	size_t row;
	int i, e = 0;

	for (i = 1; i < argc && !e; i++) {
		e = option_read(&row, &value, &table, argc, argv, &i, err, errsize);
		e = e ? e : rows[row].h(k, value, err, errsize);
	}
	if (!e && k->q.to_us && k->q.to_us < k->q.from_us) {
		(void)snprintf(err, errsize, "--until is before --since: no event can be between them");
		e = EINVAL;
	}

	return e;
}

/* Reading makes no directory: one that is mistyped would be an empty door */
static int open_store(struct store **sp, struct kept *k, char *err, size_t errsize)
{
	static char dir[RUN_DATA];
	char file[RUN_DATA + sizeof(STORE_FILE) + 1];

	if (!k->data) {
		if (run_args_data(dir, sizeof(dir), err, errsize))
			return EINVAL;
		k->data = dir;
	}
	(void)snprintf(file, sizeof(file), "%s/" STORE_FILE, k->data);
	if (access(file, F_OK)) {
		(void)snprintf(err, errsize, "there are no kept events in %s: %s; --data DIR says where the door keeps them",
			       file, strerror(errno));
		return ENOENT;
	}

	return store_open(sp, k->data, err, errsize);
}

static void print(struct kept *k)
{
	if (fwrite(k->mb->buf, 1, k->mb->end, stdout) != k->mb->end)
		k->failed = true;
	mbuf_rewind(k->mb);
}

static void put(const struct store_event *ev, void *arg)
{
	struct kept *k = arg;

	if (event_line(k->mb, &k->lines, ev))
		k->failed = true;
	else
		print(k);
	k->n++;
}

static int list(struct store *st, struct kept *k)
{
	int err;

	k->mb = mbuf_alloc(STORE_JSON);
	err = event_lines_begin(&k->lines, k->form);
	err = err ? err : k->mb ? event_line_head(k->mb, &k->lines) : ENOMEM;
	if (!err) {
		print(k);
		err = kept_each(st, &k->q, k->last, put, k);
	}
	event_lines_end(&k->lines);
	mem_deref(k->mb);
	if (!err && (k->failed || fflush(stdout)))
		return complain("the events could not be written", CMD_FAILED);
	if (err)
		return complain(err == ENOMEM ? strerror(err) : store_error(st), CMD_FAILED);
	if (k->form == EVENT_FORM_TEXT)
		(void)fprintf(stderr, "%llu events\n", (unsigned long long)k->n);

	return CMD_OK;
}

/**
 * The command `ipgap events --kept`.
 *
 * @return Exit status: 0, 1 refused or failed, 2 wrong command line
 */
int cmd_kept(int argc, char **argv)
{
	struct kept k = {.form = EVENT_FORM_TEXT};
	struct store *st = NULL;
	char err[2 * RUN_ERR] = "";
	int status;

	if (read_args(&k, argc, argv, err, sizeof(err)))
		return complain(err, CMD_USAGE);
	if (open_store(&st, &k, err, sizeof(err)))
		return complain(err, CMD_FAILED);
	status = list(st, &k);
	mem_deref(st);

	return status;
}
