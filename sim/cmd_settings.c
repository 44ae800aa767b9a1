/**
 * @file cmd_settings.c  `ipgap settings`: the settings table for people, programs and the manual
 */
#include <stdio.h>
#include <string.h>
#include "../core/door/settings.h"
#include "../core/door/text.h"
#include "cmd_settings.h"

#define USAGE 2                         /* exit status */
#define COLUMNS 80                      /* of the text that explains one setting */
#define RANGE 128

static const char help[] =
"NAME\n"
"    ipgap settings - list and explain the door's settings\n"
"\n"
"SYNOPSIS\n"
"    ipgap settings [--json | --markdown] [KEY...]\n"
"    ipgap settings export conf_user|conf_sip [FILE]\n"
"    ipgap settings import FILE\n"
"\n"
"DESCRIPTION\n"
"    Without KEY every setting is listed with what it accepts, its default and the\n"
"    requirements it comes from.  With KEY, that setting is explained; a KEY that ends\n"
"    with a dot stands for all that begin with it, e.g. sip.\n"
"\n"
"    A setting is given to a door as KEY=VALUE, e.g.\n"
"    `ipgap run --set button.day=sip:192.168.0.22`.\n"
"\n"
"    export writes the settings of a door that does not run to a file, import reads such a\n"
"    file into it, or changes nothing and says by line what is wrong. conf_sip has accounts,\n"
"    SIP, network and codecs, conf_user the rest. Secrets are left out, or sealed where a\n"
"    passphrase is given. Without FILE, or with -, standard input and output are taken. The\n"
"    pages of a door that runs give and take the same files: docs/backup.md.\n"
"\n"
"OPTIONS\n"
"    --json       an array of objects, for programs\n"
"    --markdown   a table, for the manual\n"
"    --passphrase-file FILE\n"
"                 export, import: its first line is the passphrase of the secrets\n"
"    --data DIR   export, import: the door's directory, as of `ipgap run`\n"
"    -h, --help   this text\n"
"\n"
"EXIT STATUS\n"
"    0  done\n"
"    1  export or import failed; nothing has changed\n"
"    2  the command line is wrong, or there is no such setting\n"
"\n"
"EXAMPLES\n"
"    $ ipgap settings door.press_ms\n"
"    $ ipgap settings relay1.\n"
"    $ ipgap settings export conf_sip door.conf_sip\n";

typedef void (show_h)(const struct setting *row, bool first);

static const char *range_of(const struct setting *row)
{
	static char range[RANGE];

	(void)settings_range(row, range, sizeof(range));
	return range;
}

static const char *default_of(const struct setting *row)
{
	return *row->def ? row->def : "(empty)";
}

/* Widest range and default of the table, so that columns align */
static void widths(int *key, int *range, int *def)
{
	size_t i;

	*key = *range = *def = 0;
	for (i = 0; i < settings_count; ++i) {
		const struct setting *row = &settings_table[i];
		int k = (int)strlen(row->key), r = (int)strlen(range_of(row));
		int d = (int)strlen(default_of(row));

		*key = k > *key ? k : *key;
		*range = r > *range ? r : *range;
		*def = d > *def ? d : *def;
	}
}

static void show_line(const struct setting *row, bool first)
{
	int key, range, def;

	widths(&key, &range, &def);
	if (first)
		printf("%-*s %-*s %-*s %s\n", key, "KEY", range, "VALUES", def, "DEFAULT",
		       "REQUIREMENT");
	printf("%-*s %-*s %-*s %s\n", key, row->key, range, range_of(row), def, default_of(row),
	       row->req);
}

/* Text in lines of COLUMNS, indented by four */
static void print_wrapped(const char *s)
{
	int column = 0, len;

	while (*s) {
		len = (int)strcspn(s, " ");
		if (column && column + 1 + len > COLUMNS) {
			putchar('\n');
			column = 0;
		}
		column += printf("%s%.*s", column ? " " : "    ", len, s);
		s += len;
		s += strspn(s, " ");
	}
	putchar('\n');
}

static void show_one(const struct setting *row, bool first)
{
	if (!first)
		putchar('\n');
	printf("%s\n", row->key);
	print_wrapped(row->help);
	printf("    Values:      %s\n", range_of(row));
	printf("    Default:     %s\n", default_of(row));
	printf("    Requirement: %s\n", row->req);
	printf("    Takes effect %s\n", row->restart ? "at the next start" : "at once");
	if (row->secret)
		printf("    Secret: never shown, logged or returned\n");
}

static void json_member(const char *name, const char *value)
{
	char buf[1024];
	struct text t;

	text_start(&t, buf, sizeof(buf));
	text_escaped(&t, value, SIZE_MAX);
	printf(",\"%s\":\"%s\"", name, buf);
}

static const char *type_name(enum setting_type type)
{
	static const char *const name[] = {
		[SETTING_BOOL] = "bool", [SETTING_INT] = "int", [SETTING_ENUM] = "enum",
		[SETTING_DIGITS] = "digits", [SETTING_TEXT] = "text", [SETTING_TOKEN] = "token",
		[SETTING_URI] = "uri", [SETTING_CONTACTS] = "contacts", [SETTING_LIGHT] = "light",
		[SETTING_CODECS] = "codecs", [SETTING_HOST] = "host", [SETTING_USER] = "user",
		[SETTING_SLOT] = "slot", [SETTING_ZONE] = "zone", [SETTING_TIME] = "time",
	};

	return name[type];
}

static void show_json(const struct setting *row, bool first)
{
	size_t i;

	printf("%s{\"key\":\"%s\"", first ? "" : ",\n ", row->key);
	json_member("type", type_name(row->type));
	json_member("range", range_of(row));
	if (row->type == SETTING_INT)
		printf(",\"min\":%d,\"max\":%d", (int)row->min, (int)row->max);
	if (row->unit)
		json_member("unit", row->unit);
	if (row->words) {
		for (i = 0; row->words[i]; ++i)
			printf("%s\"%s\"", i ? "," : ",\"words\":[", row->words[i]);
		putchar(']');
	}
	json_member("default", row->def);
	json_member("requirement", row->req);
	json_member("help", row->help);
	printf(",\"secret\":%s,\"restart\":%s}", row->secret ? "true" : "false",
	       row->restart ? "true" : "false");
}

/* A cell of a table: a bar would end it */
static void print_cell(const char *s)
{
	fputs(" | ", stdout);
	for (; *s; ++s) {
		if (*s == '|')
			putchar('\\');
		putchar(*s);
	}
}

static void show_markdown(const struct setting *row, bool first)
{
	char text[512];

	if (first)
		puts("| Key | Values | Default | Requirement | What it does |\n"
		     "|-----|--------|---------|-------------|--------------|");
	printf("| `%s`", row->key);
	print_cell(range_of(row));
	print_cell(default_of(row));
	print_cell(row->req);
	(void)snprintf(text, sizeof(text), "%s%s%s", row->help, row->secret ? " Secret." : "",
		       row->restart ? " Takes effect at the next start." : "");
	print_cell(text);
	puts(" |");
}

/* A key, or with a dot at its end the beginning of some */
static bool matches(const struct setting *row, const char *word)
{
	size_t n = strlen(word);

	if (n && word[n - 1] == '.')
		return !strncmp(row->key, word, n);
	return !strcmp(row->key, word);
}

static bool wanted(const struct setting *row, char **words, int n)
{
	int i;

	for (i = 0; i < n; ++i) {
		if (matches(row, words[i]))
			return true;
	}
	return !n;
}

static int check_words(char **words, int n)
{
	const char *nearest;
	size_t k;
	int i;

	for (i = 0; i < n; ++i) {
		for (k = 0; k < settings_count && !matches(&settings_table[k], words[i]); ++k)
			;
		if (k < settings_count)
			continue;
		nearest = settings_nearest(words[i]);
		if (nearest)
			fprintf(stderr, "ipgap settings: there is no setting %s; did you mean "
				"%s?\n", words[i], nearest);
		else
			fprintf(stderr, "ipgap settings: there is no setting %s; `ipgap settings` "
				"lists them all\n", words[i]);
		return USAGE;
	}
	return 0;
}

static void show_all(show_h *show, char **words, int n)
{
	bool first = true;
	size_t i;

	for (i = 0; i < settings_count; ++i) {
		if (wanted(&settings_table[i], words, n)) {
			show(&settings_table[i], first);
			first = false;
		}
	}
}

static bool asks_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; ++i) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	}
	return false;
}

/**
 * The command `ipgap settings`.
 *
 * @param argc Number of words
 * @param argv Words, the first is "settings"; reordered: the keys come first
 *
 * @return Exit status: 0, 1 export or import failed, 2 wrong command line or no such setting
 */
int cmd_settings(int argc, char **argv)
{
	show_h *show = NULL;
	int i, n = 0;

	if (argc > 1 && settings_file_verb(argv[1]) && !asks_help(argc, argv))
		return settings_file(argc, argv);
	for (i = 1; i < argc; ++i) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(help, stdout);
			return 0;
		}
		if (!strcmp(argv[i], "--json")) {
			show = show_json;
		} else if (!strcmp(argv[i], "--markdown")) {
			show = show_markdown;
		} else if (argv[i][0] == '-') {
			fprintf(stderr, "ipgap settings: unknown option: %s; it is --json, "
				"--markdown or --help\n", argv[i]);
			return USAGE;
		} else {
			argv[n++] = argv[i];
		}
	}
	if (check_words(argv, n))
		return USAGE;
	if (!show)
		show = n ? show_one : show_line;
	fputs(show == show_json ? "[" : "", stdout);
	show_all(show, argv, n);
	fputs(show == show_json ? "]\n" : "", stdout);
	return 0;
}
