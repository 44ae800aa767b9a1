/**
 * @file ui_session.c  Who is there (WEB-01, WEB-05)
 */
#include "web/ui_acts.h"

/** GET /ui/session */
void ui_session(const struct ui_ask *ask, struct web_reply *rep)
{
	ui_reply(rep, 200, json_pack("{s:s, s:i}", "login", ask->login, "role", (int)ask->role));
}
