/**
 * @file quiet.c  libre's own words on the terminal
 *
 * Its warnings are about files and peers, which the door tells by events, and would stand among what a command
 * prints.  And for each SIP message that it cannot read it prints a line ("sip: msg decode err: ..."), by
 * re_fprintf() and without a way to be told not to: with garbage on the port that is a terminal full of it, or a
 * disk.  The linker's --wrap brings that call here; the program's own messages use stdio.
 */
#include <re.h>
#include <stdarg.h>
#include <stdio.h>
#define DEBUG_MODULE "ipgap"
#define DEBUG_LEVEL 3
#include <re_dbg.h>
#include "cmd.h"

int __wrap_re_fprintf(FILE *stream, const char *fmt, ...);

/** Let libre print errors only, plainly */
void cmd_quiet(void)
{
	dbg_init(DBG_ERR, DBG_NONE);
}

int __wrap_re_fprintf(FILE *stream, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (stream == stderr)
		return 0;
	va_start(ap, fmt);
	n = re_vfprintf(stream, fmt, ap);
	va_end(ap);

	return n;
}
