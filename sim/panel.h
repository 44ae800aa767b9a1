/**
 * @file panel.h  The simulated panel: a port of the core, and its back-door
 *
 * First half: the public side, struct gap_port_ops.  Second half: what a person or a test does to it.
 * A panel may stand for a board: it passes everything on, and shows what the board says.
 * Requirements: SIM-01, HIL-01, HW-01 to HW-06.
 */
#ifndef SIM_PANEL_H
#define SIM_PANEL_H

#include "../core/backdoor.h"

struct panel;

extern const struct gap_port_ops panel_port;            /**< context: struct panel */

/** Sound of a panel; any may be NULL */
struct panel_audio {
	int (*read)(void *ctx, int16_t *pcm, size_t n);
	int (*write)(void *ctx, const int16_t *pcm, size_t n);
	void (*beep)(void *ctx);
	void *ctx;
};

typedef void (panel_input_h)(const struct gap_port_event *ev, void *arg);

/** A line of the panel changed */
struct panel_edge {
	const char *signal;             /**< "button", "contact", "mains", "poe", "link", "relay1", "relay2",
	                                     "call", "talk", "door" (a pictogram lit or dark) */
	bool level;
	uint64_t t_us;                  /**< port's clock [us] */
	uint64_t board_us;              /**< time by the board's own clock [us], 0 = there is no board */
	double error_us;                /**< how far t_us may be off, either way [us] */
};
typedef void (panel_edge_h)(const struct panel_edge *e, void *arg);

int  panel_alloc(struct panel **pp);
void panel_handlers(struct panel *p, panel_input_h *input, panel_edge_h *edge, void *arg);
void panel_set_audio(struct panel *p, const struct panel_audio *audio);

/* --- back-door --- */

extern const struct gap_backdoor_ops panel_backdoor;    /**< context: struct panel */

/** A board behind the panel: its port takes what the door asks for, its back-door what a person does */
struct panel_board {
	const struct gap_port_ops *port;
	void *port_ctx;
	const struct gap_backdoor_ops *backdoor;
	void *backdoor_ctx;
};
void panel_attach(struct panel *p, const struct panel_board *b);
void panel_adopt(struct panel *p, const bool in[GAP_INS], unsigned dip);    /**< levels of a board that is there */
void panel_told_input(struct panel *p, enum gap_input in, const struct panel_edge *e);
void panel_told_relay(struct panel *p, unsigned relay, const struct panel_edge *e);
void panel_told_lit(struct panel *p, enum gap_pictogram picto, const struct panel_edge *e);
void panel_told_dip(struct panel *p, unsigned index, bool on);
void panel_told_beep(struct panel *p);
const char *panel_input_name(enum gap_input in);

bool panel_level(const struct panel *p, enum gap_input in);
unsigned panel_dip(const struct panel *p);
bool panel_relay(const struct panel *p, unsigned relay);
struct gap_light panel_light(const struct panel *p, enum gap_pictogram picto);
bool panel_powered(const struct panel *p);
void panel_tell_levels(struct panel *p);                /**< at boot: each line's level, as edges of now */
void panel_dark(struct panel *p);                       /**< supply lost: relays drop, lights go out */

#endif
