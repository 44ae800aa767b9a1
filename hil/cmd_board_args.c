/**
 * @file cmd_board_args.c  The command line of `ipgap board`, and its help (HIL-01)
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "cmd_board.h"
#include "sim/nearest.h"
#include "sim/options.h"

#define COUNT 2000
#define COUNT_MOST 1000000
#define FOR_MOST_MS 86400000.           /* a day */

typedef int (option_h)(struct board_args *a, const char *value, char *err, size_t errsize);

struct option {
	struct option_row row;
	option_h *h;
	const char *help;
};

static int bad(char *err, size_t size, const char *what, const char *value, const char *right)
{
	(void)snprintf(err, size, "%s %s: right would be %s", what, value, right);
	return EINVAL;
}

static int opt_rig(struct board_args *a, const char *value, char *err, size_t errsize)
{
	(void)err;
	(void)errsize;
	a->rig = value;
	return 0;
}

static int opt_for(struct board_args *a, const char *value, char *err, size_t errsize)
{
	(void)err;
	(void)errsize;
	a->for_text = value;
	return 0;
}

static int opt_count(struct board_args *a, const char *value, char *err, size_t errsize)
{
	const size_t n = strspn(value, "0123456789");

	a->count = n && n < 8 && !value[n] ? (unsigned)strtoul(value, NULL, 10) : 0;
	return a->count && a->count <= COUNT_MOST ? 0 : bad(err, errsize, "--count", value, "1 to 1000000");
}

static int opt_json(struct board_args *a, const char *value, char *err, size_t errsize)
{
	(void)value;
	(void)err;
	(void)errsize;
	a->json = true;
	return 0;
}

static int opt_help(struct board_args *a, const char *value, char *err, size_t errsize)
{
	(void)value;
	(void)err;
	(void)errsize;
	a->help = true;
	return 0;
}

static const struct option options[] = {
	{{"--rig", "RIG"}, opt_rig, "board:qemu (default), board:qemu:FILE.elf, board:/dev/ttyACM0,"
	 "\n                  board:tcp:HOST:PORT, board:unix:PATH; and ,driver=ADDRESS of a second board"},
	{{"--for", "TIME"}, opt_for, "set: milliseconds, measured by the board; watch: seconds"},
	{{"--count", "N"}, opt_count, "bench: round trips, default 2000"},
	{{"--json", NULL}, opt_json, "JSON; watch, set and selftest: one object a line"},
	{{"--help", NULL}, opt_help, "this text (also -h)"},
};

static const char *verb_name(unsigned i)
{
	return board_verbs[i].name;
}

static const char *pin_name(unsigned i)
{
	return i < LINK_PIN_COUNT ? board_pin_name(i) : NULL;
}

static int unknown(const char *what, const char *word, const char *(*at)(unsigned i), char *err, size_t size)
{
	const char *near = nearest_word(word, at);

	(void)snprintf(err, size, "there is no %s %s%s%s", what, word, near ? "; did you mean " : "", near ? near : "");
	return EINVAL;
}

static int unknown_pin(const char *word, char *err, size_t size)
{
	char upper[32];
	size_t i;

	for (i = 0; i < sizeof(upper) - 1 && word[i]; ++i)
		upper[i] = (char)(word[i] >= 'a' && word[i] <= 'z' ? word[i] - 32 : word[i]);
	upper[i] = '\0';
	(void)unknown("pin", upper, pin_name, err, size);
	if (!strstr(err, "mean"))
		(void)snprintf(err + strlen(err), size - strlen(err), "; `ipgap board info` lists them");
	return EINVAL;
}

/** One option; *i is moved to the last word it takes */
static int option(struct board_args *a, int argc, char **argv, int *i, char *err, size_t errsize)
{
	static const struct option_table table = OPTION_TABLE(options, "ipgap board");
	const char *value;
	size_t row;

	if (option_read(&row, &value, &table, argc, argv, i, err, errsize))
		return EINVAL;
	return options[row].h(a, value, err, errsize);
}

/* --- words --- */

static int read_pin(struct board_args *a, const char *word, char *err, size_t errsize)
{
	a->pin = board_pin(word);
	if (a->pin < 0)
		return unknown_pin(word, err, errsize);
	if (board_is_output((unsigned)a->pin))
		return 0;
	(void)snprintf(err, errsize, "%s is an input: the board reads it, what is wired to it drives it; outputs are "
	               "RELAY1 to DOOR_B", board_pin_name((unsigned)a->pin));
	return EINVAL;
}

static int read_level(struct board_args *a, const char *word, char *err, size_t errsize)
{
	a->level = !strcasecmp(word, "on") || !strcmp(word, "1");
	if (a->level || !strcasecmp(word, "off") || !strcmp(word, "0"))
		return 0;
	return bad(err, errsize, "level", word, "on or off");
}

static int read_verb(struct board_args *a, const char *word, char *err, size_t errsize)
{
	const struct board_verb *v;

	for (v = board_verbs; v->name; ++v)
		if (!strcmp(v->name, word))
			a->verb = v;
	return a->verb ? 0 : unknown("verb", word, verb_name, err, errsize);
}

static int read_word(struct board_args *a, unsigned n, const char *word, char *err, size_t errsize)
{
	if (n == 0)
		return read_verb(a, word, err, errsize);
	if (n == 1 && *a->verb->words)
		return read_pin(a, word, err, errsize);
	if (n == 2 && *a->verb->words)
		return read_level(a, word, err, errsize);
	(void)snprintf(err, errsize, "%s: there is no more to say than `ipgap board %s %s`", word, a->verb->name,
	               a->verb->words);
	return EINVAL;
}

/* --- what fits together --- */

static int check_for(struct board_args *a, char *err, size_t errsize)
{
	const unsigned unit = a->verb->for_unit_ms;
	char *end = NULL;
	double ms;

	if (!unit) {
		(void)snprintf(err, errsize, "%s takes no --for", a->verb->name);
		return EINVAL;
	}
	ms = strtod(a->for_text, &end) * unit;
	if (end == a->for_text || *end || strspn(a->for_text, "0123456789.") != strlen(a->for_text) || ms < 1 ||
	    ms > FOR_MOST_MS)
		return bad(err, errsize, "--for", a->for_text,
		           unit == 1 ? "milliseconds from 1 to 86400000" : "seconds from 0.001 to 86400");
	a->for_ms = (unsigned)(ms + 0.5);
	return 0;
}

static int check(struct board_args *a, unsigned words, char *err, size_t errsize)
{
	if (!a->verb) {
		(void)snprintf(err, errsize, "what shall it do? info, watch, set, selftest or bench");
		return EINVAL;
	}
	if (*a->verb->words && words < 3) {
		(void)snprintf(err, errsize, "right would be `ipgap board %s %s`", a->verb->name, a->verb->words);
		return EINVAL;
	}
	if (a->count && !a->verb->counts) {
		(void)snprintf(err, errsize, "%s takes no --count", a->verb->name);
		return EINVAL;
	}
	return a->for_text ? check_for(a, err, errsize) : 0;
}

/**
 * Read the command line.
 *
 * @param a       Written; it points into argv
 * @param argc    Number of words
 * @param argv    Words, the first is the command's name
 * @param err     Receives a sentence for a person on failure
 * @param errsize Size of err [bytes]
 *
 * @return 0, EINVAL
 */
int board_args_read(struct board_args *a, int argc, char **argv, char *err, size_t errsize)
{
	unsigned words = 0;
	int i, e = 0;

	memset(a, 0, sizeof(*a));
	a->rig = "board:qemu";
	a->pin = -1;
	for (i = 1; i < argc && !e; ++i)
		e = argv[i][0] == '-' ? option(a, argc, argv, &i, err, errsize)
		                      : read_word(a, words++, argv[i], err, errsize);
	if (!e && !a->help)
		e = check(a, words, err, errsize);
	if (!a->count)
		a->count = COUNT;
	return e;
}

static const char tail[] =
"\n"
"The board releases its relays 480 ms after the program has ended: without --for, `set` stays until Ctrl-C.\n"
"\n"
"Exit status: 0 done, 1 it failed (no board, another protocol, a check), 2 called wrongly, 3 selftest: nothing\n"
"was wrong, but not all of it could be measured.\n"
"\n"
"Examples:\n"
"  ipgap board info\n"
"  ipgap board set RELAY1 on --for 500 --rig board:/dev/ttyACM0\n"
"  ipgap board selftest --rig board:/dev/ttyACM0,driver=/dev/ttyACM1\n";

/**
 * Print the help.
 *
 * @param to Where
 */
void board_args_help(FILE *to)
{
	const struct board_verb *v;
	size_t i;

	(void)fputs("ipgap board - looks after an input/output board\n\nusage: ipgap board VERB [OPTION]...\n\n", to);
	for (v = board_verbs; v->name; ++v) {
		char word[32];

		(void)snprintf(word, sizeof(word), "%s %s", v->name, v->words);
		(void)fprintf(to, "  %-15s %s\n", word, v->help);
	}
	(void)fputs("\nOptions (--name VALUE or --name=VALUE):\n", to);
	for (i = 0; i < ARRAY_SIZE(options); ++i) {
		char word[32];

		(void)snprintf(word, sizeof(word), "%s %s", options[i].row.name, options[i].row.value ? options[i].row.value : "");
		(void)fprintf(to, "  %-15s %s\n", word, options[i].help);
	}
	(void)fputs(tail, to);
}
