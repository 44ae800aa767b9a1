/**
 * @file cmd_receiver_args.c  The command line of `ipgap receiver`, and its help
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cmd_receiver.h"
#include "sim/bind.h"
#include "sim/options.h"

typedef int (option_h)(struct receiver_args *a, const char *value, char *err, size_t errsize);

struct option {
	struct option_row row;
	option_h *h;
	const char *help;
};

static int bad(char *err, size_t size, const char *option, const char *value, const char *right)
{
	(void)re_snprintf(err, size, "%s %s: right would be %s", option, value, right);

	return EINVAL;
}

/** A number of seconds with up to three decimals, as milliseconds */
static bool read_ms(unsigned *ms, const char *text, unsigned max_s)
{
	char *end;
	const double s = strtod(text, &end);

	if (end == text || *end || strspn(text, "0123456789.") != strlen(text) || s > max_s)
		return false;
	*ms = (unsigned)(s * 1000 + 0.5);

	return true;
}

static int opt_bind(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	return bind_parse(&a->cfg.laddr, value, CMD_RECEIVER_PORT, err, errsize);
}

static int opt_transport(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	if (!receiver_transport_find(&a->cfg.transport, value))
		return 0;

	return bad(err, errsize, "--transport", value, "any, rfc4733, info or inband");
}

static int opt_fault(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	return receiver_fault_set(&a->cfg.faults, value, err, errsize);
}

static int opt_code(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	const size_t n = strlen(value);

	if (!n || n >= sizeof(a->cfg.code) || strspn(value, "0123456789") != n)
		return bad(err, errsize, "--code", "(not shown)", "1 to 8 digits");
	str_ncpy(a->cfg.code, value, sizeof(a->cfg.code));

	return 0;
}

static int opt_talk(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	unsigned ms;

	if (!read_ms(&ms, value, 86400) || ms % 1000)
		return bad(err, errsize, "--talk", value,
			   "whole seconds from 0 (the door ends it) to 86400");
	a->cfg.talk_s = ms / 1000;

	return 0;
}

static int opt_answer(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	if (!read_ms(&a->cfg.answer_ms, value, 3600))
		return bad(err, errsize, "--answer-after", value,
			   "seconds from 0 to 3600, e.g. 2.5");

	return 0;
}

static int opt_count(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	const size_t n = strspn(value, "0123456789");

	a->count = (unsigned)strtoul(value, NULL, 10);
	if (!n || n > 6 || value[n] || !a->count)
		return bad(err, errsize, "--count", value, "a number from 1 to 999999");

	return 0;
}

static int hours(unsigned *s, const char *option, const char *value, char *err, size_t errsize)
{
	unsigned ms;

	if (!read_ms(&ms, value, 1000) || !ms)
		return bad(err, errsize, option, value, "hours, up to 1000, e.g. 24 or 0.5");
	*s = (unsigned)(ms * 3600ull / 1000);

	return 0;
}

static int opt_every(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	return hours(&a->cfg.test_every_s, "--test-every", value, err, errsize);
}

static int opt_grace(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	return hours(&a->cfg.test_grace_s, "--test-grace", value, err, errsize);
}

static int opt_preset(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	const struct frame_preset *p = frame_preset_find(value);

	if (!p)
		return bad(err, errsize, "--crc", value, "one that `ipgap crc presets` lists");
	a->cfg.crc = p->crc;

	return 0;
}

/** One parameter of the CRC, by the door's setting of that name */
static int crc_setting(struct receiver_args *a, const char *key, const char *value, char *err,
		       size_t errsize)
{
	struct settings s;
	int e;

	settings_default(&s);
	s.crc = a->cfg.crc;
	e = settings_set(&s, key, value, err, errsize);
	if (!e)
		a->cfg.crc = s.crc;

	return e;
}

#define CRC_OPTION(field) \
static int opt_ ## field(struct receiver_args *a, const char *value, char *err, size_t errsize) \
{ \
	return crc_setting(a, "crc." #field, value, err, errsize); \
}

CRC_OPTION(poly)
CRC_OPTION(init)
CRC_OPTION(xorout)
CRC_OPTION(refin)
CRC_OPTION(refout)
CRC_OPTION(encoding)
CRC_OPTION(rendering)

static int opt_audio(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	static const char file[] = "file:";

	if (!strcmp(value, "none")) {
		a->wav[0] = '\0';
		return 0;
	}
	if (strncmp(value, file, strlen(file)) || !value[strlen(file)] ||
	    strlen(value + strlen(file)) >= sizeof(a->wav))
		return bad(err, errsize, "--audio", value, "none or file:OUT.wav");
	str_ncpy(a->wav, value + strlen(file), sizeof(a->wav));

	return 0;
}

static int opt_json(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	(void)value;
	(void)err;
	(void)errsize;
	a->json = true;

	return 0;
}

static int opt_verbose(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	(void)value;
	(void)err;
	(void)errsize;
	a->verbose = true;

	return 0;
}

static int opt_help(struct receiver_args *a, const char *value, char *err, size_t errsize)
{
	(void)value;
	(void)err;
	(void)errsize;
	a->help = true;

	return 0;
}

static const struct option options[] = {
	{{"--bind", "ADDR[:PORT]"}, opt_bind, "where to listen, default 127.0.0.1:5070"},
	{{"--transport", "WAY"}, opt_transport, "how digits come and go, default any; see below"},
	{{"--fault", "NAME[=VALUE]"}, opt_fault, "misbehave, see below; may be repeated"},
	{{"--answer-after", "S"}, opt_answer, "seconds it rings, default 1"},
	{{"--code", "DIGITS"}, opt_code, "strike code sent once the voice is up"},
	{{"--talk", "S"}, opt_talk, "ends the voice after S seconds; default 0: the door ends it"},
	{{"--test-every", "H"}, opt_every, "tells which door's cyclic test did not come for H hours"},
	{{"--test-grace", "H"}, opt_grace, "how much later it may come, default 2 hours"},
	{{"--count", "N"}, opt_count, "exits after N calls (MESSAGEs are not counted)"},
	{{"--audio", "none|file:OUT.wav"}, opt_audio,
	 "keeps what is heard; call 2 goes to OUT-2.wav"},
	{{"--crc", "PRESET"}, opt_preset, "variant of the checksum, see `ipgap crc presets`"},
	{{"--poly", "N"}, opt_poly, "or its parameters, as for `ipgap crc`: polynomial,"},
	{{"--init", "N"}, opt_init, "first value,"},
	{{"--xorout", "N"}, opt_xorout, "what the end is XORed with,"},
	{{"--refin", ""}, opt_refin, "bytes lowest bit first (=yes or =no),"},
	{{"--refout", ""}, opt_refout, "result turned round (=yes or =no),"},
	{{"--encoding", "NAME"}, opt_encoding, "bytes of a digit,"},
	{{"--rendering", "NAME"}, opt_rendering, "digits of the checksum"},
	{{"--json", NULL}, opt_json, "one JSON object a line"},
	{{"--verbose", NULL}, opt_verbose, "each step too (also -v)"},
	{{"--help", NULL}, opt_help, "this text (also -h)"},
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

/** One option; *i is moved to the last word it takes */
static int option(struct receiver_args *a, int argc, char **argv, int *i, char *err, size_t errsize)
{
	static const struct option_table table = OPTION_TABLE(options, "ipgap receiver");
	const char *value;
	size_t row;

	if (!strcmp(argv[*i], "-v"))
		return opt_verbose(a, NULL, err, errsize);
	if (option_read(&row, &value, &table, argc, argv, i, err, errsize))
		return EINVAL;

	return options[row].h(a, value, err, errsize);
}

/**
 * Read the command line.
 *
 * @param a       Written
 * @param argc    Number of words
 * @param argv    Words, the first is the command's name
 * @param err     Receives a sentence for a person on failure
 * @param errsize Size of err [bytes]
 *
 * @return 0, EINVAL
 */
int receiver_args_read(struct receiver_args *a, int argc, char **argv, char *err, size_t errsize)
{
	int i, e = 0;

	memset(a, 0, sizeof(*a));
	receiver_config_default(&a->cfg);
	(void)sa_set_str(&a->cfg.laddr, "127.0.0.1", CMD_RECEIVER_PORT);
	for (i = 1; i < argc && !e; i++)
		e = option(a, argc, argv, &i, err, errsize);

	return e ? EINVAL : 0;
}

static const char head[] =
"ipgap receiver - a reference alarm receiver and phone\n"
"\n"
"usage: ipgap receiver [OPTION]...\n"
"\n"
"Answers the calls of door phones, any number at once, sends C, hears the frame, checks its\n"
"checksum and acknowledges by 1 until the door sends #. A person's call then is voice; a\n"
"technical or test call is ended. Each call, once over, and each MESSAGE is one line on standard\n"
"output.\n"
"\n"
"Options (--name VALUE or --name=VALUE):\n";

static const char tail[] =
"\n"
"Exit status: 0 ended by Ctrl-C or --count, 1 it failed (port taken, file not writable),\n"
"2 called wrongly.\n"
"\n"
"Examples:\n"
"  ipgap receiver\n"
"  ipgap run --set button.day=sip:127.0.0.1:5070     (in another terminal; then type press)\n"
"  ipgap receiver --fault late-ack=20 -v\n"
"  ipgap receiver --code 1234 --talk 30 --count 1 --json\n";

static void help_options(FILE *to)
{
	size_t i;

	for (i = 0; i < OPTIONS; i++) {
		char word[48];

		(void)re_snprintf(word, sizeof(word), "%s%s%s", options[i].row.name,
				  options[i].row.value && *options[i].row.value ? " " : "",
				  options[i].row.value ? options[i].row.value : "");
		(void)fprintf(to, "  %-26s %s\n", word, options[i].help);
	}
}

static void help_faults(FILE *to)
{
	size_t i;

	for (i = 0; i < receiver_fault_count; i++) {
		const struct receiver_fault_row *row = &receiver_fault_table[i];
		char word[48];

		(void)re_snprintf(word, sizeof(word), "%s%s%s%s", row->name,
				  row->unit ? row->def ? "[=" : "=" : "",
				  row->unit ? row->unit : "", row->unit && row->def ? "]" : "");
		(void)fprintf(to, "  %-26s %s\n", word, row->help);
	}
}

/**
 * Print the help.
 *
 * @param to Where
 */
void receiver_help(FILE *to)
{
	unsigned i;

	(void)fputs(head, to);
	help_options(to);
	(void)fputs("\nWays digits come and go (--transport):\n", to);
	for (i = 0; i < RECEIVER_TRANSPORTS; i++)
		(void)fprintf(to, "  %-26s %s\n", receiver_transports[i].name,
			      receiver_transports[i].help);
	(void)fputs("\nFaults (--fault), STEP is answer, c, frame or ack:\n", to);
	help_faults(to);
	(void)fputs(tail, to);
}
