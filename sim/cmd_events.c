/**
 * @file cmd_events.c  `ipgap events`: the one list of events, for people, programs and the manual (EVT-01)
 */
#include <stdio.h>
#include <string.h>
#include "../core/door/event.h"
#include "cmd.h"

static const char help[] =
"Usage: ipgap events [--json | --markdown]\n"
"\n"
"Lists the events of a door: name, class of the manual's section 3.3.21, fields, meaning.  They are what\n"
"`ipgap run` prints, what the store keeps and what scenarios wait for.\n"
"\n"
"  --json      one object a line\n"
"  --markdown  a table, as in docs/events.md\n"
"  --help      this text\n";

static const char *const type_name[] = {"number", "yes/no", "text"};

static void as_text(const struct event_def *d)
{
	unsigned i;

	printf("%-16s %-12s", d->name, event_class_name(d->cls));
	for (i = 0; i < EVENT_FIELDS && d->field[i].key; i++)
		printf(" %s", d->field[i].key);
	printf("\n    %s\n", d->help);
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
	printf(" | %s |\n", d->help);
}

static void list(void (*show)(const struct event_def *d))
{
	int i;

	for (i = 0; i < EV_COUNT; i++)
		show(event_def((enum event_id)i));
}

/** The sub-command */
int cmd_events(int argc, char **argv)
{
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
	else if (argc == 2 && !strcmp(argv[1], "--help")) {
		fputs(help, stdout);
	}
	else {
		fprintf(stderr, "ipgap events: \"%s\" is no option; there are --json, --markdown, --help\n",
			argv[1]);
		return CMD_USAGE;
	}

	return CMD_OK;
}
