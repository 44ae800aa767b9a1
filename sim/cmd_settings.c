/**
 * @file cmd_settings.c  `ipgap settings`: the settings table for people, programs and the manual, in five languages (WEB-01)
 */
#include <stdio.h>
#include <string.h>
#include "../core/door/text.h"
#include "../core/lang/lang.h"
#include "cmd.h"
#include "cmd_lang.h"
#include "cmd_settings.h"
#include "options.h"

#define COLUMNS 80                      /* of the text that explains one setting */
#define RANGE 384
#define RANGE_COLUMNS 40                /* what is longer moves its own line only */

static const char help[] =
"NAME\n"
"    ipgap settings - list and explain the door's settings\n"
"\n"
"SYNOPSIS\n"
"    ipgap settings [--json | --markdown] [--lang LANG] [KEY...]\n"
"    ipgap settings export conf_user|conf_sip [FILE]\n"
"    ipgap settings import FILE [FILE]\n"
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
"    passphrase is given. import takes both files at once: they are checked together, so that\n"
"    a list of conf_user may call by an account of conf_sip. Without FILE, or with -, standard\n"
"    input and output are taken. The pages of a door that runs give and take the same files:\n"
"    docs/backup.md.\n"
"\n"
"OPTIONS\n"
"    --json       an array of objects, for programs\n"
"    --markdown   a table, for the manual\n"
"    --lang LANG  labels, help and complaints in fr, en, de, es or pt (Portuguese of\n"
"                 Portugal); left out: English, and the table without its labels\n"
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
"    $ ipgap settings export conf_sip door.conf_sip\n"
"    $ ipgap settings --lang de sip.\n";

/** What the command line asks for */
struct view {
	void (*show)(const struct setting *row, const struct view *v, bool first);
	enum language lang;
	bool labels;                    /**< the table has them too */
	bool help;
};

typedef void (show_h)(const struct setting *row, const struct view *v, bool first);

static const char *range_of(const struct setting *row, enum language l)
{
	static char range[RANGE];

	(void)settings_range_in(row, lang_teller(l), range, sizeof(range));
	return range;
}

static const char *default_of(const struct setting *row, enum language l)
{
	return *row->def ? row->def : cli_text(l, "empty");
}

static const char *label_of(const struct setting *row, enum language l)
{
	static char label[LANG_LABEL];
	char help_text[LANG_HELP];

	(void)lang_setting(l, row->key, label, help_text);
	return label;
}

static const char *help_of(const struct setting *row, enum language l)
{
	static char help_text[LANG_HELP];
	char label[LANG_LABEL];

	(void)lang_setting(l, row->key, label, help_text);
	return help_text;
}

struct widths {
	int key, range, def, req;
};

static int wider(int a, const char *s)
{
	const int n = cli_columns(s);

	return n > a ? n : a;
}

/* Widest of each column, so that they align */
static struct widths widths(enum language l)
{
	struct widths w = {0};
	size_t i;

	w.range = wider(0, cli_text(l, "head.values"));
	w.req = wider(0, cli_text(l, "head.requirement"));
	w.def = wider(0, cli_text(l, "head.default"));
	for (i = 0; i < settings_count; ++i) {
		const struct setting *row = &settings_table[i];

		w.key = wider(w.key, row->key);
		w.range = wider(w.range, range_of(row, l));
		w.def = wider(w.def, default_of(row, l));
		w.req = wider(w.req, row->req);
	}
	w.range = w.range < RANGE_COLUMNS ? w.range : RANGE_COLUMNS;
	return w;
}

static void print_line(const struct widths *w, const char *const cell[4], const char *label)
{
	cli_put(cell[0], w->key);
	cli_put(cell[1], w->range);
	cli_put(cell[2], w->def);
	cli_put(cell[3], label ? w->req : 0);
	printf("%s\n", label ? label : "");
}

static void show_line(const struct setting *row, const struct view *v, bool first)
{
	const enum language l = v->lang;
	const struct widths w = widths(l);

	if (first)
		print_line(&w, (const char *const[]) {cli_text(l, "head.key"), cli_text(l, "head.values"),
			   cli_text(l, "head.default"), cli_text(l, "head.requirement")},
			   v->labels ? cli_text(l, "head.label") : NULL);
	print_line(&w, (const char *const[]) {row->key, range_of(row, l), default_of(row, l), row->req},
		   v->labels ? label_of(row, l) : NULL);
}

/* Text in lines of COLUMNS, indented by four */
static void print_wrapped(const char *s)
{
	char word[LANG_HELP];
	int column = 0, n;

	while (*s) {
		(void)snprintf(word, sizeof(word), "%.*s", (int)strcspn(s, " "), s);
		n = cli_columns(word);
		if (column && column + 1 + n > COLUMNS) {
			putchar('\n');
			column = 0;
		}
		printf("%s%s", column ? " " : "    ", word);
		column += n + (column ? 1 : 4);
		s += strlen(word);
		s += strspn(s, " ");
	}
	putchar('\n');
}

static void print_member(enum language l, const char *id, const char *value)
{
	printf("    ");
	cli_put(cli_text(l, id), 12);
	printf("%s\n", value);
}

static void show_one(const struct setting *row, const struct view *v, bool first)
{
	const enum language l = v->lang;

	if (!first)
		putchar('\n');
	printf(v->labels ? "%s  %s\n" : "%s\n", row->key, label_of(row, l));
	print_wrapped(help_of(row, l));
	print_member(l, "values", range_of(row, l));
	print_member(l, "default", default_of(row, l));
	print_member(l, "requirement", row->req);
	printf("    %s\n", cli_text(l, row->restart ? "next_start" : "at_once"));
	if (row->secret)
		printf("    %s\n", cli_text(l, "secret"));
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

static void show_json(const struct setting *row, const struct view *v, bool first)
{
	size_t i;

	printf("%s{\"key\":\"%s\"", first ? "" : ",\n ", row->key);
	json_member("type", type_name(row->type));
	json_member("label", label_of(row, v->lang));
	json_member("range", range_of(row, v->lang));
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
	json_member("help", help_of(row, v->lang));
	printf(",\"secret\":%s,\"restart\":%s}", row->secret ? "true" : "false",
	       row->restart ? "true" : "false");
}

/* A cell of a table: a bar would end it; NULL is none */
static void print_cell(const char *s)
{
	if (!s)
		return;
	fputs(" | ", stdout);
	for (; *s; ++s) {
		if (*s == '|')
			putchar('\\');
		putchar(*s);
	}
}

/* The table of the manual; in another language it has the labels too */
static void show_markdown(const struct setting *row, const struct view *v, bool first)
{
	static const char *const heads[] = {"values", "default", "requirement", "help"};
	const enum language l = v->lang;
	char text[LANG_HELP + 256];
	size_t i;

	if (first) {
		printf("| %s", cli_text(l, "key"));
		print_cell(v->labels ? cli_text(l, "label") : NULL);
		for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
			print_cell(cli_text(l, heads[i]));
		printf(" |\n|-----|%s--------|---------|-------------|--------------|\n", v->labels ? "-------|" : "");
	}
	printf("| `%s`", row->key);
	print_cell(v->labels ? label_of(row, l) : NULL);
	print_cell(range_of(row, l));
	print_cell(default_of(row, l));
	print_cell(row->req);
	(void)snprintf(text, sizeof(text), "%s%s%s%s%s%s%s", help_of(row, l), row->secret ? " " : "",
		       row->secret ? cli_text(l, "is_secret") : "", row->secret ? "." : "", row->restart ? " " : "",
		       row->restart ? cli_text(l, "next_start") : "", row->restart ? "." : "");
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

/* There is no such setting: the same words as where one is set */
static int unknown(const char *key, enum language l)
{
	struct settings s;
	struct notice why;
	char text[512];
	struct text t;

	settings_default(&s);
	(void)settings_set_why(&s, key, "", &why);
	text_start(&t, text, sizeof(text));
	notice_tell(&t, &why, lang_teller(l));
	fprintf(stderr, "ipgap settings: %s\n", text);
	return CMD_USAGE;
}

static int check_words(char **words, int n, enum language l)
{
	size_t k;
	int i;

	for (i = 0; i < n; ++i) {
		for (k = 0; k < settings_count && !matches(&settings_table[k], words[i]); ++k)
			;
		if (k == settings_count)
			return unknown(words[i], l);
	}
	return CMD_OK;
}

static void show_all(const struct view *v, char **words, int n)
{
	bool first = true;
	size_t i;

	for (i = 0; i < settings_count; ++i) {
		if (wanted(&settings_table[i], words, n)) {
			v->show(&settings_table[i], v, first);
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

/* --- options --- */

struct row {
	struct option_row o;
	show_h *show;
};

static const struct row rows[] = {
	{{"--json", NULL}, show_json},
	{{"--markdown", NULL}, show_markdown},
	{{"--lang", CLI_LANGUAGE}, NULL},
	{{"--help", NULL}, NULL},
};

static int read_option(struct view *v, int argc, char **argv, int *i, char *err, size_t errsize)
{
	static const struct option_table table = OPTION_TABLE(rows, "ipgap settings");
	const char *value;
	size_t row;

	if (option_read(&row, &value, &table, argc, argv, i, err, errsize))
		return CMD_USAGE;
	if (rows[row].show)
		v->show = rows[row].show;
	else if (!value)
		v->help = true;
	else if (cli_language(&v->lang, value, err, errsize))
		return CMD_USAGE;
	v->labels = v->labels || value;

	return CMD_OK;
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
	struct view v = {.lang = LANGUAGE_EN};
	char err[256];
	int i, n = 0;

	if (argc > 1 && settings_file_verb(argv[1]) && !asks_help(argc, argv))
		return settings_file(argc, argv);
	for (i = 1; i < argc; ++i) {
		if (argv[i][0] != '-') {
			argv[n++] = argv[i];
		} else if (read_option(&v, argc, argv, &i, err, sizeof(err))) {
			fprintf(stderr, "ipgap settings: %s\n", err);
			return CMD_USAGE;
		}
	}
	if (v.help) {
		fputs(help, stdout);
		return CMD_OK;
	}
	if (check_words(argv, n, v.lang))
		return CMD_USAGE;
	if (!v.show)
		v.show = n ? show_one : show_line;
	fputs(v.show == show_json ? "[" : "", stdout);
	show_all(&v, argv, n);
	fputs(v.show == show_json ? "]\n" : "", stdout);
	return CMD_OK;
}
