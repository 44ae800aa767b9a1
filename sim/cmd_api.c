/**
 * @file cmd_api.c  `ipgap api`: the door's HTTP API as documents, from the table it is served by (API-01 to API-50)
 */
#include <stdio.h>
#include <string.h>
#include "../web/api.h"
#include "../web/ui.h"
#include "cmd.h"

static const char help[] =
"NAME\n"
"  ipgap api - the door's HTTP API as a document\n"
"\n"
"SYNOPSIS\n"
"  ipgap api [--openapi | --markdown | --routes]\n"
"\n"
"OPTIONS\n"
"  --openapi    an OpenAPI 3.1 document, as the door serves it at /api/openapi.json; the default\n"
"  --markdown   paths, fields, codes and lines for curl, for the manual\n"
"  --routes     what the door's own pages ask for: method, path, least role (none, user, admin); these are no API,\n"
"               they change with the pages\n"
"  --help       this text\n";

static void routes(void)
{
	static const char *const role[] = {"none", "user", "admin"};
	size_t i;

	for (i = 0; i < ui_routes_n; i++)
		printf("%-5s %-24s %s\n", ui_routes[i].method, ui_routes[i].path, role[ui_routes[i].role]);
}

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
	if (argc == 2 && !strcmp(argv[1], "--routes")) {
		routes();
		return CMD_OK;
	}
	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		(void)fputs(help, stdout);
		return CMD_OK;
	}
	(void)fprintf(stderr, "ipgap api: \"%s\" is no option; there are --openapi, --markdown, --routes, --help\n", argv[1]);

	return CMD_USAGE;
}
