/**
 * @file cmd_api.c  `ipgap api`: the door's HTTP API as documents, from the table it is served by (API-01 to API-50)
 */
#include <stdio.h>
#include <string.h>
#include "../web/api.h"
#include "cmd.h"

static const char help[] =
"NAME\n"
"  ipgap api - the door's HTTP API as a document\n"
"\n"
"SYNOPSIS\n"
"  ipgap api [--openapi | --markdown]\n"
"\n"
"OPTIONS\n"
"  --openapi    an OpenAPI 3.1 document, as the door serves it at /api/openapi.json; the default\n"
"  --markdown   paths, fields, codes and lines for curl, for the manual\n"
"  --help       this text\n";

static int print(int (*write)(struct mbuf *mb))
{
	struct mbuf *mb = mbuf_alloc(16384);
	const bool ok = mb && !write(mb) && fwrite(mb->buf, mb->end, 1, stdout) == 1;

	mem_deref(mb);

	return ok ? CMD_OK : CMD_FAILED;
}

/** The sub-command */
int cmd_api(int argc, char **argv)
{
	if (argc == 1 || (argc == 2 && !strcmp(argv[1], "--openapi")))
		return print(api_document);
	if (argc == 2 && !strcmp(argv[1], "--markdown"))
		return print(api_markdown);
	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		(void)fputs(help, stdout);
		return CMD_OK;
	}
	(void)fprintf(stderr, "ipgap api: \"%s\" is no option; there are --openapi, --markdown, --help\n", argv[1]);

	return CMD_USAGE;
}
