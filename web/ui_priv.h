/**
 * @file ui_priv.h  What the acts of the pages share: users, sessions, who guesses
 */
#ifndef WEB_UI_PRIV_H
#define WEB_UI_PRIV_H

#include "web/guard.h"
#include "web/hasher.h"
#include "web/session.h"
#include "web/ui.h"
#include "web/ui_acts.h"
#include "web/users.h"

struct ui {
	struct ui_host host;
	struct users users;
	struct sessions sessions;
	struct guard login;             /**< who guesses passwords */
	struct hasher *hasher;
	struct mbuf *text[LANGUAGES];   /**< the documents of ui_text.c that were made */
};

#endif
