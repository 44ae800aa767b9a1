/**
 * @file cmd_events.c  `ipgap events`: the one list of events, for people, programs and the manual (EVT-01)
 */
#include <stdio.h>
#include <string.h>
#include "../core/door/event.h"
#include "cmd.h"
#include "cmd_lang.h"
#include "options.h"

static const char help[] =
"Usage: ipgap events [--json | --markdown] [--lang LANG]\n"
"       ipgap events --kept [--data DIR] [--class CLASS,...] [--since TIME] [--until TIME] [--text WORD]\n"
"                    [-n N] [--csv | --json]\n"
"\n"
"Lists the events of a door: name, class of the manual's section 3.3.21, fields, meaning.  They are what\n"
"`ipgap run` prints, what the store keeps and what scenarios wait for.\n"
"\n"
"  --json      one object a line\n"
"  --markdown  a table, as in docs/events.md\n"
"  --lang LANG  names of events, classes and fields as the pages show them, in fr, en, de, es or pt,\n"
"              in the place of the English meaning\n"
"  --help      this text\n"
"\n"
"--kept lists those that a door which does not run has kept, the oldest first:\n"
"\n"
"  --data DIR   where it keeps them (default ~/.local/state/ipgap)\n"
"  --class ...  application, network, display, hardware, door, usage, audio\n"
"  --since T    from then on: 2026-01-05, \"2026-01-05 08:00\", with Z behind it in UTC; or 15m, 2h, 3d ago\n"
"  --until T    up to then\n"
"  --text WORD  with this in their line; upper and lower case are the same\n"
"  -n N         the last N of them\n"
"  --csv        a table with a header row, as the pages' download\n"
"  --json       one object a line, as the pages' download\n"
"\n"
"EXAMPLES\n"
"    $ ipgap events --lang fr\n"
"    $ ipgap events --kept --class door --since 1d\n"
"    $ ipgap events --kept --text 192.168.0.22 --csv > events.csv\n"
"\n"
"A running door has its pages for that, and the line `events`.\n";

static const char *const type_name[] = {"number", "yes/no", "text"};

/* EVT-01: what no setting leaves out */
static const char *kept(const struct event_def *d)
{
	enum event_id id;

	return event_find(&id, d->name) && event_always_kept(id) ? " Always kept." : "";
}

/** What the command line asks for */
struct view {
	void (*show)(const struct event_def *d, const struct view *v);
	bool told, help;                /**< in the language lang */
	enum language lang;
};

typedef void (show_h)(const struct event_def *d, const struct view *v);

/* What an event or a field is called in the language asked for, NULL = none was */
static const char *told(const struct view *v, const char *kind, const char *name)
{
	const char *s = v->told ? lang_text(v->lang, kind, name) : NULL;

	return v->told && !s ? name : s;
}

static const char *class_of(const struct event_def *d, const struct view *v)
{
	return v->told ? told(v, "class", event_class_id(d->cls)) : event_class_name(d->cls);
}

static const char *meaning(const struct event_def *d, const struct view *v)
{
	return v->told ? told(v, "event", d->name) : d->help;
}

static void as_text(const struct event_def *d, const struct view *v)
{
	unsigned i;

	cli_put(d->name, 16);
	if (v->told) {
		cli_put(class_of(d, v), 25);
		printf("%s\n   ", meaning(d, v));
	} else {
		printf("%-12s", class_of(d, v));
	}
	for (i = 0; i < EVENT_FIELDS && d->field[i].key; i++)
		printf(v->told ? "%s %s (%s)" : "%s %s", v->told && i ? "," : "", d->field[i].key,
		       told(v, "field", d->field[i].key));
	if (v->told)
		printf("\n");
	else
		printf("\n    %s%s\n", d->help, kept(d));
}

static void as_json(const struct event_def *d, const struct view *v)
{
	unsigned i;

	printf("{\"event\":\"%s\",\"class\":\"%s\",\"fields\":[", d->name, event_class_name(d->cls));
	for (i = 0; i < EVENT_FIELDS && d->field[i].key; i++) {
		printf("%s{\"name\":\"%s\",\"type\":\"%s\"", i ? "," : "", d->field[i].key, type_name[d->field[i].type]);
		if (v->told)
			printf(",\"label\":\"%s\"", told(v, "field", d->field[i].key));
		printf("}");
	}
	if (v->told)
		printf("],\"label\":\"%s\",\"class_label\":\"%s\"}\n", meaning(d, v), class_of(d, v));
	else
		printf("],\"help\":\"%s\"}\n", d->help);
}

static void as_markdown(const struct event_def *d, const struct view *v)
{
	unsigned i;

	printf("| `%s` | %s |", d->name, class_of(d, v));
	for (i = 0; i < EVENT_FIELDS && d->field[i].key; i++)
		printf(v->told ? "%s `%s` %s" : "%s `%s`", i ? "," : "", d->field[i].key, told(v, "field", d->field[i].key));
	printf(" | %s%s |\n", meaning(d, v), v->told ? "" : kept(d));
}

static bool about_kept(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--kept"))
			return argc > 2 ? strcmp(argv[argc - 1], "--help") != 0 : true;

	return false;
}

/* --- options --- */

struct row {
	struct option_row o;
	show_h *show;
};

static const struct row rows[] = {
	{{"--json", NULL}, as_json},
	{{"--markdown", NULL}, as_markdown},
	{{"--kept", NULL}, NULL},               /* which comes here with --help only */
	{{"--lang", CLI_LANGUAGE}, NULL},
	{{"--help", NULL}, NULL},
};

static int read_option(struct view *v, int argc, char **argv, int *i, char *err, size_t errsize)
{
	static const struct option_table table = OPTION_TABLE(rows, "ipgap events");
	const char *value;
	size_t row;

	if (argv[*i][0] != '-') {
		(void)snprintf(err, errsize, "\"%.40s\" is no option; `ipgap events --help` lists them", argv[*i]);
		return CMD_USAGE;
	}
	if (option_read(&row, &value, &table, argc, argv, i, err, errsize))
		return CMD_USAGE;
	if (rows[row].show)
		v->show = rows[row].show;
	else if (value && cli_language(&v->lang, value, err, errsize))
		return CMD_USAGE;
	v->told = v->told || value;
	v->help = v->help || (!rows[row].show && !value);

	return CMD_OK;
}

static void list(const struct view *v)
{
	int i;

	if (v->show == as_markdown)
		printf("| event | class | fields | meaning |\n|---|---|---|---|\n");
	for (i = 0; i < EV_COUNT; i++)
		v->show(event_def((enum event_id)i), v);
}

/** The sub-command */
int cmd_events(int argc, char **argv)
{
	struct view v = {.show = as_text, .lang = LANGUAGE_EN};
	char err[256];
	int i;

	if (about_kept(argc, argv))
		return cmd_kept(argc, argv);
	for (i = 1; i < argc; i++) {
		if (read_option(&v, argc, argv, &i, err, sizeof(err))) {
			fprintf(stderr, "ipgap events: %s\n", err);
			return CMD_USAGE;
		}
	}
	if (v.help)
		fputs(help, stdout);
	else
		list(&v);

	return CMD_OK;
}
