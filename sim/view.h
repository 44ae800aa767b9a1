/**
 * @file view.h  What a person sees of one door, and what a person can do to it
 *
 * The model side (panel.c) fills struct view; the drawing (draw.c, cairo) turns it into a picture at any
 * scale; the window (window.c, SDL2) shows it and returns the person's actions.
 */
#ifndef SIM_VIEW_H
#define SIM_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../core/port.h"

#define VIEW_EVENTS 12

struct view {
	uint64_t now_us;                        /**< door's clock, for blinking (1 Hz, first half lit) */
	char clock[24];                         /**< "2026-01-05 08:00:00", local calendar */
	char identity[10];
	char model[16];                         /**< "IP-GAP 02" */
	char address[64];                       /**< "sip:127.0.0.1:5060" */
	char state[24];                         /**< "idle", "calling", "ringing", "talking", "held", "off" */
	char peer[128];                         /**< remote URI of the call, or "" */
	char encryption[80];                    /**< of the call, "" = plain or none (SIP-09) */
	char timer[48];                         /**< "talking 0:42 of 3:00", or "" */
	bool powered;                           /**< mains or PoE present */
	bool away;                      /**< the panel is a board's, and the board is not there */
	bool button;                            /**< pressed now */
	bool contact;                           /**< external input closed */
	bool mains, poe, link;
	unsigned dip;                           /**< mask of enum gap_dip */
	struct gap_light light[GAP_PICTOS];
	struct {
		bool on;
		char function[16];              /**< "strike", "line", "mains", "network" */
		uint64_t left_us, hold_us;      /**< remaining and whole hold time, 0 = no timer */
	} relay[GAP_RELAYS];
	unsigned volume, microphone;            /**< percent */
	bool muted;                             /**< no sound device */
	float level_in, level_out;              /**< last 20 ms, 0..1 for a small meter */
	struct { char time[16]; char text[120]; uint8_t cls; } event[VIEW_EVENTS]; /**< newest first; cls = enum event_class */
	unsigned events;
	bool help;                              /**< overlay of keyboard shortcuts */
};

/** What the person did */
enum view_act {
	ACT_NONE, ACT_BUTTON, ACT_CONTACT, ACT_MAINS, ACT_POE, ACT_LINK, ACT_DIP, ACT_VOLUME, ACT_MICROPHONE,
	ACT_SHOT, ACT_RESTART, ACT_HELP, ACT_QUIT
};
struct view_action { enum view_act act; int index; int value; };  /**< index: DIP 0..3; value: level 0/1 or percent */
typedef void (view_action_h)(const struct view_action *a, void *arg);

/* draw.c */
#define VIEW_W 1040
#define VIEW_H 720
int view_png(const struct view *v, const char *file, double scale);
void view_draw(void *cairo, const struct view *v);              /**< cairo_t*, user space VIEW_W x VIEW_H */
enum view_act view_hit(const struct view *v, double x, double y, int *index, double *fraction);
double view_fraction(enum view_act act, double x);              /**< slider position 0..1 for a pointer dragged to x */

/* window.c */
struct window;
int window_open(struct window **wp, view_action_h *h, void *arg);       /**< ENODEV + reason on stderr where there is no display */
const char *window_why(void);                                           /**< why the last open failed */
int window_poll(struct window *w);                                      /**< handle input, call h; never blocks */
int window_show(struct window *w, const struct view *v);                /**< draw if something changed or blinks */
void window_close(struct window *w);

#endif
