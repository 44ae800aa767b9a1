/**
 * @file ui_table.c  The one table of what the pages ask for (see ui.h)
 */
#include "web/ui.h"
#include "web/ui_acts.h"

const struct ui_route ui_routes[] = {
	/* session: ui_session.c */
	{.method = "GET", .path = UI_PREFIX "session", .role = UI_NOBODY, .unpowered = true, .act = ui_session},
	{.method = "POST", .path = UI_PREFIX "login", .role = UI_NOBODY, .body = UI_JSON, .unpowered = true, .act = ui_login},
	{.method = "POST", .path = UI_PREFIX "logout", .role = UI_USER, .unpowered = true, .act = ui_logout},
	/* settings: ui_settings.c */
	/* contacts: ui_contacts.c */
	/* events and trace: ui_events.c, ui_trace.c */
	/* live, panel, information, scan: ui_live.c, ui_info.c, ui_scan.c */
	/* users: ui_users.c */
	{.method = "GET", .path = UI_PREFIX "users", .role = UI_ADMIN, .unpowered = true, .act = ui_users},
	{.method = "POST", .path = UI_PREFIX "users", .role = UI_ADMIN, .body = UI_JSON, .unpowered = true,
	 .act = ui_users_edit},
	{.method = "POST", .path = UI_PREFIX "password", .role = UI_USER, .body = UI_JSON, .unpowered = true,
	 .act = ui_password},
};

const size_t ui_routes_n = ARRAY_SIZE(ui_routes);
