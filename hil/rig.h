/**
 * @file rig.h  A board with what stands before it: who presses its button, who watches its pins (HIL-01)
 *
 *     board:qemu[:FILE.elf]           firmware in QEMU; qtest drives the inputs and watches the outputs
 *     board:ADDRESS                   a board at /dev/ttyACM0, tcp:HOST:PORT, unix:PATH; people press
 *     board:ADDRESS,driver=ADDRESS    the same, and a second board with the same firmware wired to it
 *     sim                             no board: the simulated panel
 */
#ifndef HIL_RIG_H
#define HIL_RIG_H

#include "../core/backdoor.h"
#include "port.h"

enum rig_kind { RIG_SIM, RIG_QEMU, RIG_LINE };

struct rig_spec {
	enum rig_kind kind;
	char elf[512];                  /**< RIG_QEMU: firmware */
	char address[LINE_ADDRESS];     /**< RIG_LINE */
	char driver[LINE_ADDRESS];      /**< RIG_LINE: "" = there is none */
};

struct rig;

/** An output seen without the board's firmware; t_us is when it was read [us] */
typedef void (rig_outside_h)(unsigned pin, bool level, uint64_t t_us, void *arg);

struct rig_handlers {
	board_state_h *state;
	board_edge_h *edge;
	board_trouble_h *trouble;
	board_stats_h *stats;
	rig_outside_h *outside;
	void *arg;
};

extern const struct gap_backdoor_ops rig_backdoor;      /**< context: struct rig */

int  rig_parse(struct rig_spec *spec, const char *text, char *err, size_t errsize);
int  rig_open(struct rig **rp, const struct rig_spec *spec, char *err, size_t errsize);
int  rig_join(struct rig *r, const struct rig_handlers *h, char *err, size_t errsize);
void rig_leave(struct rig *r);
bool rig_ready(const struct rig *r);
bool rig_emulated(const struct rig *r);
bool rig_drives(const struct rig *r);
bool rig_watches(const struct rig *r, unsigned pin);
bool rig_witnessed(const struct rig *r);
struct hil_port *rig_port(struct rig *r);
struct board *rig_board(struct rig *r);
int  rig_reset(struct rig *r);
int  rig_pause(struct rig *r, bool pause);

#endif
