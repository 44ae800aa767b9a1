/**
 * @file main.c  `ipgap`: the table of sub-commands
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../core/gap.h"
#include "cmd.h"
#include "nearest.h"


struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

static int cmd_help(int argc, char **argv);
static int cmd_version(int argc, char **argv);

static const struct command commands[] = {
	{"run", cmd_run, "a virtual door phone with its panel"},
	{"test", cmd_test, "run Lua scenarios in virtual time"},
	{"receiver", cmd_receiver, "a reference alarm receiver and phone"},
	{"board", cmd_board, "looks after an input/output board: info, watch, set, selftest, bench"},
	{"crc", cmd_crc, "compute, check and find the CRC-8 of alarm frames"},
	{"settings", cmd_settings, "list the settings of the door, with ranges and defaults"},
	{"contacts", cmd_contacts, "the book of contacts: list, add, edit, move, remove, import, export"},
	{"events", cmd_events, "list the events of the door, with their fields"},
	{"users", cmd_users, "who may use the pages: list, add, password, role, remove"},
	{"api", cmd_api, "the HTTP API of the door, as an OpenAPI document"},
	{"help", cmd_help, "this list, or the help of one command"},
	{"--help", cmd_help, NULL},
	{"-h", cmd_help, NULL},
	{"--version", cmd_version, NULL},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char *command_name(unsigned i)
{
	return i < COMMANDS ? commands[i].name : NULL;
}

static const struct command *find(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];

	return NULL;
}

static void usage(FILE *to)
{
	size_t i;

	(void)fprintf(to, "ipgap - the door phone IP-GAP on a computer\n\n"
		      "usage: ipgap COMMAND [OPTION]...\n\n");
	for (i = 0; i < COMMANDS; i++)
		if (commands[i].help)
			(void)fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
	(void)fprintf(to, "\n`ipgap COMMAND --help` explains one of them,"
		      " `ipgap --version` says which this is.\n"
		      "Exit status: 0 done, 1 failed, 2 called wrongly.\n");
}

static int unknown(const char *name)
{
	const char *near = nearest_word(name, command_name);

	(void)fprintf(stderr, "ipgap: there is no command \"%s\"", name);
	if (near)
		(void)fprintf(stderr, "; did you mean `ipgap %s`?\n", near);
	else
		(void)fprintf(stderr, "; `ipgap help` lists them\n");

	return CMD_USAGE;
}

static int cmd_help(int argc, char **argv)
{
	static char option[] = "--help";
	const struct command *c;

	if (argc < 2) {
		usage(stdout);
		return CMD_OK;
	}
	c = find(argv[1]);
	if (!c)
		return unknown(argv[1]);

	if (c->run == cmd_help)
		return cmd_help(1, argv);

	return c->run(2, (char *[]){argv[1], option, NULL});
}

static int cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	(void)printf("ipgap " GAP_VERSION "\n");

	return CMD_OK;
}

/* Where standard input, output or error is closed, a database or socket must not take its number */
static void standard_files(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		(void)close(fd);
}

int main(int argc, char **argv)
{
	const struct command *c;

	standard_files();
	cmd_quiet();
	if (argc < 2) {
		usage(stderr);
		return CMD_USAGE;
	}
	c = find(argv[1]);

	return c ? c->run(argc - 1, argv + 1) : unknown(argv[1]);
}
