/**
 * @file contacts_args.c  The words behind `contacts`: one table of verbs, one of options (CON-02)
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "contacts.h"
#include "nearest.h"
#include "options.h"

/* What stands behind a verb, besides options; a [] may be left out */
struct verb {
	const char *name, *words;
	unsigned numbers;               /* of contacts */
	bool number, file;              /* a number to call, a file */
};

static const struct verb verbs[CONTACTS_VERBS] = {
	[CONTACTS_LIST]   = {"list", "", 0, false, false},
	[CONTACTS_ADD]    = {"add", " NUMBER [--at N]", 0, true, false},
	[CONTACTS_EDIT]   = {"edit", " N, and what changes, e.g. --surname Martin", 1, false, false},
	[CONTACTS_MOVE]   = {"move", " N TO", 2, false, false},
	[CONTACTS_REMOVE] = {"remove", " N", 1, false, false},
	[CONTACTS_IMPORT] = {"import", " FILE.csv", 0, false, true},
	[CONTACTS_EXPORT] = {"export", " FILE.csv", 0, false, true},
};

static const char *verb_name(unsigned i)
{
	return i < CONTACTS_VERBS ? verbs[i].name : NULL;
}

static int count(uint64_t *v, const char *s)
{
	const size_t n = strspn(s, "0123456789");

	if (!n || n > 18 || s[n])
		return EINVAL;
	*v = strtoull(s, NULL, 10);

	return 0;
}

static int place(unsigned *v, const char *s)
{
	uint64_t u;

	if (count(&u, s) || !u || u > BOOK_CONTACTS)
		return EINVAL;
	*v = (unsigned)u;

	return 0;
}

/* --- options: those of the columns have their names --- */

typedef int (option_h)(struct contacts_request *q, const char *value);

static int opt_at(struct contacts_request *q, const char *value)
{
	return place(&q->at, value);
}

static int opt_version(struct contacts_request *q, const char *value)
{
	return count(&q->version, value);
}

static int opt_separator(struct contacts_request *q, const char *value)
{
	q->style.separator = value[0];

	return strcmp(value, ",") && strcmp(value, ";") ? EINVAL : 0;
}

static int opt_bom(struct contacts_request *q, const char *value)
{
	(void)value;
	q->style.bom = true;

	return 0;
}

static int opt_json(struct contacts_request *q, const char *value)
{
	(void)value;
	q->json = true;

	return 0;
}

static int opt_data(struct contacts_request *q, const char *value)
{
	q->data = value;

	return *value ? 0 : EINVAL;
}

#define V(verb) (1u << CONTACTS_ ## verb)
#define EDITS (V(ADD) | V(EDIT) | V(MOVE) | V(REMOVE) | V(IMPORT))

static const struct option {
	struct option_row row;
	option_h *h;                    /* NULL = a column */
	unsigned verbs;                 /* it goes with */
} options[] = {
	{{"--number", "101, 192.168.0.22 or sip:user@host"}, NULL, V(EDIT)},
	{{"--account", "1, 2, 3 or \"\""}, NULL, V(ADD) | V(EDIT)},
	{{"--surname", "TEXT"}, NULL, V(ADD) | V(EDIT)},
	{{"--first-name", "TEXT"}, NULL, V(ADD) | V(EDIT)},
	{{"--p2p", "yes or no"}, NULL, V(ADD) | V(EDIT)},
	{{"--dtmf", "auto, required, off or \"\""}, NULL, V(ADD) | V(EDIT)},
	{{"--at", "a place, 1 to 1000"}, opt_at, V(ADD)},
	{{"--version", "a version, as `list` shows it"}, opt_version, EDITS},
	{{"--separator", "\",\" or \";\""}, opt_separator, V(EXPORT)},
	{{"--bom", NULL}, opt_bom, V(EXPORT)},
	{{"--json", NULL}, opt_json, V(LIST)},
	{{"--data", "DIR"}, opt_data, (1u << CONTACTS_VERBS) - 1},
};

static int take(struct contacts_request *q, const struct option *o, const char *value, char *err, size_t errsize)
{
	if (!(o->verbs & 1u << q->verb)) {
		(void)re_snprintf(err, errsize, "%s does not go with %s", o->row.name, verbs[q->verb].name);
		return EINVAL;
	}
	if (!o->h)
		q->value[o - options] = value;  /* the columns come first, in their order */
	else if (o->h(q, value)) {
		(void)re_snprintf(err, errsize, "%s \"%s\" is not accepted; accepted: %s", o->row.name, value, o->row.value);
		return EINVAL;
	}

	return 0;
}

static int option(struct contacts_request *q, char **argv, int argc, int *i, char *err, size_t errsize)
{
	static const struct option_table table = OPTION_TABLE(options, "ipgap contacts");
	const char *value;
	size_t row;

	if (option_read(&row, &value, &table, argc, argv, i, err, errsize))
		return EINVAL;

	return take(q, &options[row], value, err, errsize);
}

/* A word that is no option */
static int word(struct contacts_request *q, unsigned n, const char *arg, char *err, size_t errsize)
{
	const struct verb *v = &verbs[q->verb];
	int e = EINVAL;

	if (n < v->numbers)
		e = place(n ? &q->to : &q->at, arg);
	else if (n == v->numbers && v->number) {
		q->value[0] = arg;
		e = 0;
	}
	else if (n == v->numbers && v->file) {
		q->file = arg;
		e = 0;
	}
	if (e)
		(void)re_snprintf(err, errsize, "\"%s\" is not accepted here; accepted: %s%s", arg, v->name, v->words);

	return e;
}

/**
 * Read the words behind `contacts`.
 *
 * @param q       Written
 * @param argc    Number of words
 * @param argv    Words, borrowed; the first is the verb, options stand anywhere behind it
 * @param err     Written on failure: what was wrong, and what would be right
 * @param errsize Its size
 *
 * @return 0, EINVAL
 */
int contacts_parse(struct contacts_request *q, int argc, char **argv, char *err, size_t errsize)
{
	const bool named = argc > 0 && argv[0][0] != '-';
	const char *first = named ? argv[0] : "list";
	unsigned v = 0, words = 0;
	int i, e = 0;

	memset(q, 0, sizeof(*q));
	while (v < CONTACTS_VERBS && strcmp(verbs[v].name, first))
		v++;
	if (v == CONTACTS_VERBS) {
		const char *near = nearest_word(first, verb_name);

		(void)re_snprintf(err, errsize, "\"%s\" is not accepted; accepted: list, add, edit, move, remove, import,"
				  " export%s%s%s", first, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
		return EINVAL;
	}
	q->verb = (enum contacts_verb)v;
	for (i = named; i < argc && !e; i++) {
		if (argv[i][0] == '-' && argv[i][1])
			e = option(q, argv, argc, &i, err, errsize);
		else
			e = word(q, words++, argv[i], err, errsize);
	}
	if (!e && words < verbs[v].numbers + verbs[v].number) {
		(void)re_snprintf(err, errsize, "something is missing; accepted: %s%s", verbs[v].name, verbs[v].words);
		e = EINVAL;
	}

	return e;
}

/**
 * Split a line into words; a word with blanks stands in double quotes.
 *
 * @param argv    Written: pointers into text
 * @param max     Room in argv
 * @param text    Line; it is written to
 * @param err     Written on failure
 * @param errsize Its size
 *
 * @return Number of words, -1 a quote is not closed, or there are more than max
 */
int contacts_split(char **argv, int max, char *text, char *err, size_t errsize)
{
	char *to = text;
	bool quoted = false;
	int n = 0;

	for (;;) {
		text += strspn(text, " ");
		if (!*text)
			return n;
		if (n == max) {
			(void)re_snprintf(err, errsize, "there are more than %d words", max);
			return -1;
		}
		for (argv[n++] = to; *text && (quoted || *text != ' '); text++) {
			if (*text == '"')
				quoted = !quoted;
			else
				*to++ = *text;
		}
		if (quoted) {
			(void)re_snprintf(err, errsize, "a quote is not closed; a word with blanks stands in \"quotes\"");
			return -1;
		}
		text += *text == ' ';
		*to++ = '\0';
	}
}
