/**
 * @file link_docs.c  The tables of hil/link_table.h as Markdown, for docs/boards.md (HIL-01)
 */
#include <stdio.h>
#include <string.h>
#include "../hil/link.h"

static void message(const char *name, unsigned code, const char *from, const char *text)
{
	printf("| `%s` | 0x%02x | %s | %s |\n", name, code, from, text);
}

static void field(const char *type, const char *member, int width, int times, const char *text)
{
	char array[32] = "";

	if (times < 0)
		snprintf(array, sizeof(array), " x n, n <= %d", -times);
	else if (times > 1)
		snprintf(array, sizeof(array), " x %d", times);
	printf("| `%s` | `%s` | u%d%s | %s |\n", type, strchr(member, '.') + 1, width * 8, array,
	       text);
}

static void value(const char *name, unsigned code, const char *text)
{
	printf("| %u | `%s` | %s |\n", code, name, text);
}

int main(void)
{
	printf("Version %d, tables %08x.\n\n", LINK_VERSION, link_tables_hash());
	puts("| Message | Code | Sent by | Meaning |\n|---|---|---|---|");
#define M(name, code, from, text) message(#name, code, from, text);
	LINK_MESSAGES(M)
	puts("\n| Message | Field | Type | Meaning |\n|---|---|---|---|");
#define F(type, member, width, times, limit, text) field(#type, #member, width, times, text);
	LINK_FIELDS(F)
	puts("\nPins:\n\n| Pin | Name | Direction, meaning |\n|---|---|---|");
#define P(name, number, dir, text) value(#name, number, dir ": " text);
	LINK_PINS(P)
#define V(name, code, text) value(#name, code, text);
	puts("\nReasons of a NACK:\n\n| Value | Name | Meaning |\n|---|---|---|");
	LINK_REASONS(V)
	puts("\nNatures of a clock:\n\n| Value | Name | Meaning |\n|---|---|---|");
	LINK_CLOCKS(V)
	puts("\nCauses of a FAILSAFE:\n\n| Value | Name | Meaning |\n|---|---|---|");
	LINK_CAUSES(V)
	return 0;
}
