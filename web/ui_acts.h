/**
 * @file ui_acts.h  The acts of the pages' routes, by the file they are in
 */
#ifndef WEB_UI_ACTS_H
#define WEB_UI_ACTS_H

#include "web/ui.h"

/* ui_session.c */
ui_act_h ui_session, ui_login, ui_logout;

/* ui_users.c */
ui_act_h ui_users, ui_users_edit, ui_password;

#endif
