/**
 * @file cmd_crc.c  `ipgap crc`: computes, checks and finds the checksum of alarm frames (SUP-21)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cmd_crc.h"
#include "crc_solve.h"

#define DATA_MAX 64                     /* symbols of `compute` */
#define SHOWN 20                        /* variants listed without --max */
#define USAGE 2                         /* exit status */
#define LIST_MAX (CRC_SOLVE_FRAMES + 1)

/* The command line, taken apart */
struct args {
	struct settings s;              /* only s.crc is used */
	const char *data[LIST_MAX];
	size_t n;
	size_t max;
	bool variant;                   /* an option of the variant was given */
};

typedef int (verb_h)(const struct args *a);

static const char help[] =
"NAME\n"
"    ipgap crc - compute, check and find the checksum of alarm frames\n"
"\n"
"SYNOPSIS\n"
"    ipgap crc [compute] [VARIANT] DATA...\n"
"    ipgap crc check [VARIANT] FRAME...\n"
"    ipgap crc solve [--max N] FRAME...\n"
"    ipgap crc presets\n"
"\n"
"DESCRIPTION\n"
"    A door reports to an alarm receiver by DTMF: 9, product (2 digits), reason (2),\n"
"    module (2), identity (1 to 9 digits), C, and a checksum of three symbols.  The\n"
"    checksum is a CRC-8 over everything from 9 to C, both included.\n"
"\n"
"    compute   Print DATA with its checksum.  DATA are 1 to 64 symbols: 0-9 A-D * #,\n"
"              for a frame from 9 to C.\n"
"    check     Say what FRAME reports and whether its checksum is right.\n"
"    solve     Find the variants that fit frames captured from a door or a receiver\n"
"              whose CRC-8 is not known: 256 polynomials, 4 reflections, all values of\n"
"              init and xorout, 5 encodings, 3 renderings.  The likeliest come first.\n"
"              Frames of two lengths (short and long identity) tell init from xorout.\n"
"              Some variants are the same function written in several ways; solve says\n"
"              so where that is all that is left.\n"
"    presets   List the named variants.\n"
"\n"
"VARIANT\n"
"    Without any, the door's default: the preset smbus.  A later option wins.\n"
"    --preset NAME       a named variant\n"
"    --poly N            polynomial without x^8; N is 0..255 or 0x00..0xff\n"
"    --init N            value the register begins with\n"
"    --xorout N          what the result is XORed with\n"
"    --refin[=yes|no]    take each byte lowest bit first\n"
"    --refout[=yes|no]   turn the result round before xorout\n"
"    --encoding NAME     bytes of the symbols:\n"
"                        ascii     characters\n"
"                        value     0-9, A = 10 ... C = 12, D = 13, * = 14, # = 15\n"
"                        rfc4733   event codes: * = 10, # = 11, A = 12 ... C = 14\n"
"                        mt8870    decoder chip: 0 = 10, * = 11, # = 12 ... C = 15, D = 0\n"
"                        bcd       as value, two a byte, an odd one filled up with F\n"
"    --rendering NAME    decimal (000..255), octal (000..377), or hex (0 and two\n"
"                        hexadecimal digits, E = *, F = #)\n"
"\n"
"    The door uses the same variant by its settings crc.poly, crc.init and so on; see\n"
"    `ipgap settings crc.poly`.\n"
"\n"
"OPTIONS\n"
"    --max N             variants that solve lists, 1..1000, default 20\n"
"    -h, --help          this text\n"
"\n"
"EXIT STATUS\n"
"    0  done; check: every checksum is right; solve: something fits\n"
"    1  check: a frame is wrong; solve: nothing fits\n"
"    2  the command line is wrong\n"
"\n"
"EXAMPLES\n"
"    $ ipgap crc 9810101000000000C\n"
"    9810101000000000C097\n"
"    $ ipgap crc check 98101011C204\n"
"    98101011C204: right; product 81, reason 01 (button), module 01, identity 1\n"
"    $ ipgap crc compute --preset maxim-dow --encoding value 98101011C\n"
"    98101011C239\n";

static int complain(const char *what, const char *value, const char *remedy)
{
	fprintf(stderr, "ipgap crc: %s%s%s; %s\n", what, value ? ": " : "", value ? value : "",
		remedy);
	return USAGE;
}

static const char *reason_name(unsigned reason)
{
	switch (reason) {
	case 1: return "button";
	case 4: return "cyclic test";
	case 11: return "mains back";
	case 12: return "mains fault";
	case 17: return "button fault";
	case 18: return "button back";
	default: return "not one of the manual's";
	}
}

static int compute(const struct args *a)
{
	char cs[4];
	size_t i, n;

	for (i = 0; i < a->n; ++i) {
		n = strlen(a->data[i]);
		if (n > DATA_MAX || frame_checksum(cs, &a->s.crc, a->data[i], n))
			return complain("not data of a frame", a->data[i],
					"give 1 to 64 symbols: 0-9 A-D * #, as 98101011C");
		printf("%s%s\n", a->data[i], cs);
		if (a->data[i][n - 1] != 'C')
			fprintf(stderr, "ipgap crc: note: %s does not end with C, as a frame's "
				"data do\n", a->data[i]);
	}
	return 0;
}

static int check(const struct args *a)
{
	struct frame f;
	size_t i;
	int status = 0;

	for (i = 0; i < a->n; ++i) {
		if (frame_decode(&f, &a->s.crc, a->data[i], strlen(a->data[i]))) {
			printf("%s: no frame; it should be 9, six digits, identity (1 to 9 "
			       "digits), C, three symbols\n", a->data[i]);
			status = 1;
			continue;
		}
		if (f.crc_ok)
			printf("%s: right", a->data[i]);
		else
			printf("%s: wrong, the checksum is %s and should be %s", a->data[i], f.cs,
			       f.cs_want);
		printf("; product %02u, reason %02u (%s), module %02u, identity %s\n", f.product,
		       f.reason, reason_name(f.reason), f.module, f.identity);
		status |= !f.crc_ok;
	}
	return status;
}

static int presets(const struct args *a)
{
	size_t i;

	if (a->n || a->variant)
		return complain("presets takes no more words", a->n ? a->data[0] : NULL,
				"`ipgap crc presets` alone lists them");
	printf("%-12s %-4s %-4s %-6s %-5s %-6s %s\n", "NAME", "POLY", "INIT", "XOROUT", "REFIN",
	       "REFOUT", "CRC OF 123456789");
	for (i = 0; i < frame_presets_count; ++i) {
		const struct crc_settings *c = &frame_presets[i].crc;

		printf("%-12s 0x%02x 0x%02x 0x%02x   %-5s %-6s 0x%02x\n", frame_presets[i].name,
		       (unsigned)c->poly, (unsigned)c->init, (unsigned)c->xorout,
		       c->refin ? "yes" : "no",
		       c->refout ? "yes" : "no", frame_presets[i].check);
	}
	return 0;
}

static int solve(const struct args *a)
{
	const struct crc_settings any = {.poly = 7};
	struct crc_solution *sol;
	struct frame f;
	size_t i;
	int status;

	if (a->variant)
		return complain("solve finds the variant", NULL,
				"leave out --preset, --poly and the like, or use check");
	for (i = 0; i < a->n; ++i) {
		if (frame_decode(&f, &any, a->data[i], strlen(a->data[i])))
			return complain("no frame", a->data[i],
					"give 9, six digits, identity, C, three symbols");
	}
	sol = malloc(sizeof(*sol));
	if (!sol)
		return complain("out of memory", NULL, "close other programs");
	if (crc_solve(sol, a->data, a->n))
		status = complain("too many frames", NULL, "give at most 256");
	else
		status = crc_report(sol, a->data, a->n, a->max);
	free(sol);
	return status;
}

/* An option of the variant: the same rows as the door's settings */
static int set_variant(struct args *a, const char *name, const char *value)
{
	const struct frame_preset *p;
	char key[32], err[256];

	a->variant = true;
	if (!strcmp(name, "preset")) {
		p = frame_preset_find(value);
		if (!p)
			return complain("there is no preset", value,
					"`ipgap crc presets` lists them");
		a->s.crc = p->crc;
		return 0;
	}
	(void)snprintf(key, sizeof(key), "crc.%s", name);
	if (settings_set(&a->s, key, value, err, sizeof(err))) {
		fprintf(stderr, "ipgap crc: --%s\n", err + strlen("crc."));
		return USAGE;
	}
	return 0;
}

static int set_max(struct args *a, const char *value)
{
	char *end;
	unsigned long v = strtoul(value, &end, 10);

	if (*end || end == value || !v || v > CRC_SOLVE_BEST)
		return complain("--max", value, "accepted: 1..1000");
	a->max = v;
	return 0;
}

/* One option, argv[*i] without its dashes; its value is behind = or the next word */
static int option(struct args *a, const char *word, int argc, char **argv, int *i)
{
	static const char *const known[] = {
		"preset", "poly", "init", "xorout", "encoding", "rendering", "refin", "refout",
		"max"
	};
	const char *eq = strchr(word, '='), *value = eq ? eq + 1 : NULL;
	size_t len = eq ? (size_t)(eq - word) : strlen(word), k;

	for (k = 0; k < sizeof(known) / sizeof(known[0]); ++k) {
		if (strlen(known[k]) == len && !memcmp(known[k], word, len))
			break;
	}
	if (k == sizeof(known) / sizeof(known[0]))
		return complain("unknown option", argv[*i], "`ipgap crc --help` lists them");
	if (!value && !memcmp(word, "ref", 3))
		value = "yes";
	if (!value && *i + 1 < argc)
		value = argv[++*i];
	if (!value)
		return complain("a value is missing after", argv[*i], "see `ipgap crc --help`");
	return strcmp(known[k], "max") ? set_variant(a, known[k], value) : set_max(a, value);
}

/* Everything behind the verb */
static int parse(struct args *a, int argc, char **argv, int i)
{
	bool words_only = false;
	int status = 0;

	for (; i < argc && !status; ++i) {
		if (!words_only && !strcmp(argv[i], "--"))
			words_only = true;
		else if (!words_only && !strncmp(argv[i], "--", 2))
			status = option(a, argv[i] + 2, argc, argv, &i);
		else if (a->n == LIST_MAX)
			status = complain("too many frames", argv[i], "give at most 256 at once");
		else
			a->data[a->n++] = argv[i];
	}
	return status;
}

static bool wants_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; ++i) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	}
	return argc == 2 && !strcmp(argv[1], "help");
}

static const struct { const char *name; verb_h *h; } verb[] = {
	{"compute", compute}, {"check", check}, {"solve", solve}, {"presets", presets},
};

/* The verb a word names; data and options mean compute */
static verb_h *verb_of(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(verb) / sizeof(verb[0]); ++i) {
		if (!strcmp(verb[i].name, word))
			return verb[i].h;
	}
	return NULL;
}

/**
 * The command `ipgap crc`.
 *
 * @param argc Number of words
 * @param argv Words, the first is "crc"
 *
 * @return Exit status: 0, 1 a wrong frame or nothing fits, 2 wrong command line
 */
int cmd_crc(int argc, char **argv)
{
	struct args a = {.max = SHOWN};
	verb_h *h;
	int status;

	if (wants_help(argc, argv)) {
		fputs(help, stdout);
		return 0;
	}
	if (argc < 2)
		return complain("nothing to do", NULL, "give DATA, or see `ipgap crc --help`");
	h = verb_of(argv[1]);
	if (!h && argv[1][0] >= 'a' && argv[1][0] <= 'z')
		return complain("unknown command", argv[1],
				"it is compute, check, solve or presets");
	settings_default(&a.s);
	status = parse(&a, argc, argv, h ? 2 : 1);
	if (status)
		return status;
	if (!a.n && h != presets)
		return complain("a frame is missing", NULL, "e.g. ipgap crc 9810101000000000C");
	return h ? h(&a) : compute(&a);
}
