/**
 * @file ui_priv.h  What the acts of the pages share: users, sessions, who guesses
 */
#ifndef WEB_UI_PRIV_H
#define WEB_UI_PRIV_H

#include "web/guard.h"
#include "web/hasher.h"
#include "web/hub.h"
#include "web/session.h"
#include "web/ui.h"
#include "web/ui_acts.h"
#include "web/users.h"

/** The present call, as its events told it */
struct ui_call {
	int64_t since_us;               /**< calendar: called, answered */
};

struct ui {
	struct ui_host host;
	struct users users;
	struct sessions sessions;
	struct guard login;             /**< who guesses passwords */
	struct hasher *hasher;
	struct hub *live;
	struct ui_call call;
	struct tmr scan;                /**< progress of a scan, while somebody watches */
	struct tmr release;             /**< end of a press */
	bool held;                      /**< by a page, which says so again and again */
	struct mbuf *text[LANGUAGES];   /**< the documents of ui_text.c that were made ... */
	struct mbuf *packed[LANGUAGES]; /**< ... and by gzip */
};

/* ui_settings.c */
bool ui_fresh(const struct ui_ask *ask, uint64_t version, struct web_reply *rep);

/* ui_live.c */
int  ui_live_start(struct ui *ui);
json_t *ui_scan_progress(const struct gap *g);          /* ui_scan.c */
json_t *ui_clock_time(const struct gap *g);              /* ui_clock.c */
void ui_live_event(struct ui *ui, const struct event *ev);

#endif
