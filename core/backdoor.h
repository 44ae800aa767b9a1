/**
 * @file backdoor.h  What drives a panel from outside: a person or a test, never the core
 *
 * The simulated panel implements it (sim/panel.c), and what stands before a board: an emulator's pins or a
 * second board (hil/rig.c).  It is no part of the port.  Requirements: HW-01, HW-04 to HW-06, HW-10.
 */
#ifndef GAP_BACKDOOR_H
#define GAP_BACKDOOR_H

#include "port.h"

struct gap_backdoor_ops {
	int (*input)(void *ctx, enum gap_input in, bool level);
	int (*dip)(void *ctx, unsigned index, bool on);         /**< index 0..3; read at the next boot */
};

#endif
