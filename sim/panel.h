/**
 * @file panel.h  The simulated panel: a port of the core, and its back-door
 *
 * First half: the public side, struct gap_port_ops.  Second half: what a person or a test does to it.
 * Requirements: SIM-01, HW-01 to HW-06.
 */
#ifndef SIM_PANEL_H
#define SIM_PANEL_H

#include "../core/port.h"

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

/** A line of the panel changed: "button", "contact", "mains", "poe", "link", "relay1", "relay2",
 *  "call", "talk", "door" (a pictogram lit or dark), at the port's clock */
typedef void (panel_edge_h)(const char *signal, bool level, uint64_t t_us, void *arg);

int  panel_alloc(struct panel **pp);
void panel_handlers(struct panel *p, panel_input_h *input, panel_edge_h *edge, void *arg);
void panel_set_audio(struct panel *p, const struct panel_audio *audio);

/* --- back-door --- */

/** What drives a panel from outside: the simulated one here, a board's pins elsewhere */
struct panel_ops {
	int (*input)(void *ctx, enum gap_input in, bool level);
	int (*dip)(void *ctx, unsigned index, bool on);         /**< index 0..3; read at the next boot */
};
extern const struct panel_ops panel_backdoor;           /**< context: struct panel */

bool panel_level(const struct panel *p, enum gap_input in);
unsigned panel_dip(const struct panel *p);
bool panel_relay(const struct panel *p, unsigned relay);
struct gap_light panel_light(const struct panel *p, enum gap_pictogram picto);
bool panel_powered(const struct panel *p);
void panel_tell_levels(struct panel *p);                /**< at boot: each line's level, as edges of now */
void panel_dark(struct panel *p);                       /**< supply lost: relays drop, lights go out */

#endif
