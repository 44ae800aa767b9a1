/**
 * @file quiet.c  libre's own warnings on the terminal
 *
 * They are about files and peers, which the door tells by events, and would stand among what a command prints.
 */
#include <re.h>
#define DEBUG_MODULE "ipgap"
#define DEBUG_LEVEL 3
#include <re_dbg.h>
#include "cmd.h"

/** Let libre print errors only, plainly */
void cmd_quiet(void)
{
	dbg_init(DBG_ERR, DBG_NONE);
}
