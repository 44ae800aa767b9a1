/**
 * @file cmd_contacts.c  `ipgap contacts`: the book of a door that does not run (CON-02)
 */
#include <stdio.h>
#include <string.h>
#include "../core/store/store.h"
#include "cmd.h"
#include "contacts.h"
#include "run.h"

static const char help[] =
"NAME\n"
"    ipgap contacts - the book of contacts: list, add, edit, move, remove, CSV\n"
"\n"
"SYNOPSIS\n"
"    ipgap contacts [list] [--json]\n"
"    ipgap contacts add NUMBER [--at N] [COLUMN]...\n"
"    ipgap contacts edit N [--number NUMBER] [COLUMN]...\n"
"    ipgap contacts move N TO\n"
"    ipgap contacts remove N\n"
"    ipgap contacts import [FILE.csv]\n"
"    ipgap contacts export [FILE.csv] [--separator \";\"] [--bom]\n"
"\n"
"DESCRIPTION\n"
"    N and TO are places in the book, from 1; it holds 1000 contacts. NUMBER is a number at\n"
"    a PBX (101), an address (192.168.0.22, user@host) or a SIP URI.\n"
"\n"
"    Who is called is for the settings to say: button.day, button.night, input.contacts,\n"
"    tech.contacts, test.contacts. Where one of them calls a contact, it follows the edits of\n"
"    that contact, and the contact cannot be removed.\n"
"\n"
"    import replaces the book by a file, or changes nothing and says line and column of what\n"
"    is wrong. The first line names the columns; number must be there. Without FILE, or with\n"
"    -, standard input and output are taken.\n"
"\n"
"    Every change is on the disk when the command ends. A door that runs on the same\n"
"    directory has it locked: type the same words to it, as a line of `ipgap run`, and they\n"
"    are in force at once.\n"
"\n"
"COLUMN\n"
"    --account 1|2|3          whose identity calls; \"\" is the first active account\n"
"    --surname TEXT\n"
"    --first-name TEXT\n"
"    --p2p yes|no             a rescue contact: called without the PBX\n"
"    --dtmf auto|required|off supervision protocol; \"\" is what sup.dtmf says\n"
"\n"
"OPTIONS\n"
"    --version N      change the book only if it is still at this version\n"
"    --separator \";\"  instead of a comma\n"
"    --bom            begin the file with a byte order mark, for spreadsheets\n"
"    --json           one object, for programs\n"
"    --data DIR       the door's directory, as of `ipgap run`\n"
"    -h, --help       this text\n"
"\n"
"EXIT STATUS\n"
"    0  done\n"
"    1  refused or failed; nothing has changed\n"
"    2  the command line is wrong\n"
"\n"
"EXAMPLES\n"
"    $ ipgap contacts add 101 --account 1 --surname Martin --first-name Zoe\n"
"    $ ipgap contacts add 192.168.0.22 --p2p yes --surname Gardien --at 1\n"
"    $ ipgap contacts export --separator \";\" --bom contacts.csv\n"
"\n"
"SEE ALSO\n"
"    docs/contacts.md, ipgap settings --help\n";

static int complain(const char *err, int status)
{
	(void)fprintf(stderr, "ipgap contacts: %s\n", err);

	return status;
}

static int show(const struct contacts_request *q, const struct book *b)
{
	struct mbuf *mb = mbuf_alloc(4096);
	char text[512];
	unsigned i;

	for (i = 1; !q->json && i <= book_count(b); i++) {
		contacts_row(text, sizeof(text), b, i);
		(void)puts(text);
	}
	if (q->json && mb && !contacts_json(mb, b))
		(void)printf("{%.*s}\n", (int)mb->end, (const char *)mb->buf);
	mem_deref(mb);

	return CMD_OK;
}

/* The change, the lists that follow it, and both on the disk */
static int change(struct store *st, const struct contacts_request *q, struct book **b, const struct settings *was,
		  char *err, size_t errsize)
{
	struct contacts_edit ce;
	struct book *next = NULL;
	struct settings s = *was;
	int e = contacts_prepare(&ce, q, *b, err, errsize);

	e = e ? e : book_apply(&next, &s, *b, &ce.edit, err, errsize);
	if (!e) {
		e = store_book(st, next, was, &s);
		if (e)
			(void)re_snprintf(err, errsize, "%s", store_error(st));
	}
	mem_deref(ce.csv);
	if (e) {
		mem_deref(next);
		return e;
	}
	mem_deref(*b);
	*b = next;

	return 0;
}

static int serve(struct store *st, const struct contacts_request *q)
{
	char err[BOOK_ERR] = "", text[128];
	struct book *b = NULL;
	struct settings s;
	int e = store_load(st, &s, err, sizeof(err));

	e = e ? e : store_load_book(st, &b, err, sizeof(err));
	if (!e && err[0])
		(void)complain(err, 0);
	if (!e && q->verb == CONTACTS_LIST)
		(void)show(q, b);
	else if (!e && q->verb == CONTACTS_EXPORT)
		e = contacts_export(q, b, err, sizeof(err));
	else if (!e)
		e = change(st, q, &b, &s, err, sizeof(err));
	contacts_done(text, sizeof(text), q, b);
	if (!e && !q->json)
		(void)fprintf(stderr, "%s\n", text);
	mem_deref(b);

	return e ? complain(err, CMD_FAILED) : CMD_OK;
}

static bool asks_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;

	return false;
}

/**
 * The command `ipgap contacts`.
 *
 * @return Exit status: 0, 1 refused or failed, 2 wrong command line
 */
int cmd_contacts(int argc, char **argv)
{
	char err[RUN_ERR] = "", dir[RUN_DATA];
	struct contacts_request q;
	struct store *st = NULL;
	int status;

	if (asks_help(argc, argv)) {
		(void)fputs(help, stdout);
		return CMD_OK;
	}
	if (contacts_parse(&q, argc - 1, argv + 1, err, sizeof(err)))
		return complain(err, CMD_USAGE);
	if (!q.data) {
		if (run_args_data(dir, sizeof(dir), err, sizeof(err)))
			return complain(err, CMD_USAGE);
		q.data = dir;
	}
	if (store_open(&st, q.data, err, sizeof(err)))
		return complain(err, CMD_FAILED);
	status = serve(st, &q);
	mem_deref(st);

	return status;
}
