/**
 * @file port.h  The core's port on an input/output board (HIL-01)
 *
 * Relays are held by the board's own clock; pictograms are a lit line and three colour lines each; what a lost
 * line released stays released, if it was held for a time (a door must not open by itself minutes later).
 */
#ifndef HIL_PORT_H
#define HIL_PORT_H

#include "../core/port.h"
#include "board.h"

struct hil_port;

extern const struct gap_port_ops hil_port_ops;          /**< context: struct hil_port; it has no sound */

int  hil_port_alloc(struct hil_port **pp, const struct board_config *cfg, char *err, size_t errsize);
struct board *hil_port_board(struct hil_port *p);
bool hil_port_settled(const struct hil_port *p);
int  hil_pin_input(unsigned pin);
int  hil_pin_relay(unsigned pin);
int  hil_pin_lit(unsigned pin);
int  hil_pin_dip(unsigned pin);
unsigned hil_input_pin(enum gap_input in);

#endif
