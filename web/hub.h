/**
 * @file hub.h  Server-sent events: one hub, and a stream for each page that watches (EVT-02)
 *
 *     something changed -> marked -> after HUB_GAP_MS at the latest made into text, once for all streams -> sent where
 *     it differs from what was sent last
 *
 * A stream holds no text of its own: of what is made anew each time (a kind) it sends the newest, events it refers to.
 * A reader that does not read loses the oldest of them; when it reads again it is told how many, and gets what is now.
 * A stream that nobody reads any more is noticed at the next write, after HUB_BEAT_MS at the latest.
 * Nobody watches = no timer, no text.
 */
#ifndef WEB_HUB_H
#define WEB_HUB_H

#include "web/http.h"
#include "web/ui.h"

#define HUB_STREAMS 12                 /**< at a time; the server carries WEB_FEEDS replies, downloads among them */
#define HUB_EACH 4                     /**< of one session; the oldest makes room for another, and is told: replaced */
#define HUB_EVENTS 128                 /**< a stream keeps for its reader */
#define HUB_GAP_MS 50                  /**< between two texts of a kind */
#define HUB_BEAT_MS 15000              /**< between two comments that keep the line open */
#define HUB_TEXT 8192                  /**< of an event */
#define HUB_CLASS 32                   /**< room of an event's class in it */

/** What is made anew from what is so now */
enum hub_kind { HUB_STATE, HUB_VALUES, HUB_SCAN, HUB_KINDS };

struct hub;

struct hub_config {
	/** The text of a kind, one line of JSON; its owner is who asked; NULL = there is none */
	char *(*make)(enum hub_kind kind, void *arg);
	/** What may who holds this session? UI_NOBODY ends his streams */
	enum ui_role (*role)(const char *token, void *arg);
	void *arg;
};

int  hub_alloc(struct hub **lp, const struct hub_config *cfg);
int  hub_stream(struct web_feed **fp, struct hub *l, const char *token);
void hub_changed(struct hub *l, enum hub_kind kind);
void hub_event(struct hub *l, const struct event *ev);
bool hub_watched(const struct hub *l);

#endif
