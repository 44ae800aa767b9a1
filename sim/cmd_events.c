/**
 * @file cmd_events.c  `ipgap events`: the one list of events, for people, programs and the manual (EVT-01)
 */
#include <stdio.h>
#include <string.h>
#include "../core/door/event.h"
#include "cmd.h"

static const char help[] =
"Usage: ipgap events [--json | --markdown]\n"
"       ipgap events --kept [--data DIR] [--class CLASS,...] [--since TIME] [--until TIME] [--text WORD]\n"
"                    [-n N] [--csv | --json]\n"
"\n"
"Lists the events of a door: name, class of the manual's section 3.3.21, fields, meaning.  They are what\n"
"`ipgap run` prints, what the store keeps and what scenarios wait for.\n"
"\n"
"  --json      one object a line\n"
"  --markdown  a table, as in docs/events.md\n"
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

static void as_text(const struct event_def *d)
{
	unsigned i;

	printf("%-16s %-12s", d->name, event_class_name(d->cls));
	for (i = 0; i < EVENT_FIELDS && d->field[i].key; i++)
		printf(" %s", d->field[i].key);
	printf("\n    %s%s\n", d->help, kept(d));
}

static void as_json(const struct event_def *d)
{
	unsigned i;

	printf("{\"event\":\"%s\",\"class\":\"%s\",\"fields\":[", d->name, event_class_name(d->cls));
	for (i = 0; i < EVENT_FIELDS && d->field[i].key; i++)
		printf("%s{\"name\":\"%s\",\"type\":\"%s\"}", i ? "," : "", d->field[i].key,
		       type_name[d->field[i].type]);
	printf("],\"help\":\"%s\"}\n", d->help);
}

static void as_markdown(const struct event_def *d)
{
	unsigned i;

	printf("| `%s` | %s |", d->name, event_class_name(d->cls));
	for (i = 0; i < EVENT_FIELDS && d->field[i].key; i++)
		printf("%s `%s`", i ? "," : "", d->field[i].key);
	printf(" | %s%s |\n", d->help, kept(d));
}

static void list(void (*show)(const struct event_def *d))
{
	int i;

	for (i = 0; i < EV_COUNT; i++)
		show(event_def((enum event_id)i));
}

static bool about_kept(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--kept"))
			return argc > 2 ? strcmp(argv[argc - 1], "--help") != 0 : true;

	return false;
}

/** The sub-command */
int cmd_events(int argc, char **argv)
{
	if (about_kept(argc, argv))
		return cmd_kept(argc, argv);
	if (argc == 1) {
		list(as_text);
	}
	else if (argc == 2 && !strcmp(argv[1], "--json")) {
		list(as_json);
	}
	else if (argc == 2 && !strcmp(argv[1], "--markdown")) {
		printf("| event | class | fields | meaning |\n|---|---|---|---|\n");
		list(as_markdown);
	}
	else if (argc >= 2 && !strcmp(argv[argc - 1], "--help")) {
		fputs(help, stdout);
	}
	else {
		fprintf(stderr, "ipgap events: \"%s\" is no option here; there are --json, --markdown, --help, and --kept"
			" with options of its own\n",
			argv[1]);
		return CMD_USAGE;
	}

	return CMD_OK;
}
