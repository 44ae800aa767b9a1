/**
 * @file ui_table.c  The one table of what the pages ask for (see ui.h)
 */
#include "web/conf.h"
#include "web/ui.h"
#include "web/ui_acts.h"

#define TEXT(language) \
	{.method = "GET", .path = UI_PREFIX "text/" language ".json", .role = UI_NOBODY, .unpowered = true, .act = ui_texts}

#define CONF(file) \
	{.method = "GET", .path = UI_PREFIX file, .role = UI_ADMIN, .act = ui_conf}, \
	{.method = "POST", .path = UI_PREFIX file, .role = UI_ADMIN, .body = UI_RAW, .body_max = CONF_BYTES, \
	 .act = ui_conf_read}

const struct ui_route ui_routes[] = {
	/* the one page: ui_page.c */
	{.method = "GET", .path = "/", .role = UI_NOBODY, .unpowered = true, .act = ui_page},
	{.method = "GET", .path = "/index.html", .role = UI_NOBODY, .unpowered = true, .act = ui_page},
	/* session: ui_session.c */
	{.method = "GET", .path = UI_PREFIX "session", .role = UI_NOBODY, .unpowered = true, .act = ui_session},
	{.method = "POST", .path = UI_PREFIX "login", .role = UI_NOBODY, .body = UI_JSON, .unpowered = true, .act = ui_login},
	{.method = "POST", .path = UI_PREFIX "logout", .role = UI_USER, .unpowered = true, .act = ui_logout},
	/* texts: ui_text.c */
	TEXT("fr"), TEXT("en"), TEXT("de"), TEXT("es"), TEXT("pt"),
	/* settings: ui_settings.c */
	{.method = "GET", .path = UI_PREFIX "schema", .role = UI_USER, .act = ui_schema},
	{.method = "GET", .path = UI_PREFIX "values", .role = UI_USER, .act = ui_values},
	{.method = "POST", .path = UI_PREFIX "validate", .role = UI_USER, .body = UI_JSON, .act = ui_validate},
	{.method = "POST", .path = UI_PREFIX "apply", .role = UI_USER, .body = UI_JSON, .act = ui_apply},
	{.method = "POST", .path = UI_PREFIX "discard", .role = UI_USER, .body = UI_JSON, .act = ui_discard},
	{.method = "POST", .path = UI_PREFIX "restart", .role = UI_ADMIN, .act = ui_restart},
	/* contacts: ui_contacts.c */
	{.method = "GET", .path = UI_PREFIX "contacts", .role = UI_USER, .act = ui_contacts},
	{.method = "POST", .path = UI_PREFIX "contacts", .role = UI_USER, .body = UI_JSON, .act = ui_contacts_edit},
	{.method = "GET", .path = UI_PREFIX "contacts.csv", .role = UI_ADMIN, .act = ui_contacts_csv},
	{.method = "POST", .path = UI_PREFIX "contacts.csv", .role = UI_ADMIN, .body = UI_RAW, .body_max = BOOK_CSV,
	 .act = ui_contacts_read},
	/* LDAP directory: ui_directory.c */
	{.method = "GET", .path = UI_PREFIX "directory", .role = UI_USER, .act = ui_directory},
	{.method = "POST", .path = UI_PREFIX "directory", .role = UI_ADMIN, .body = UI_JSON, .act = ui_directory_read},
	/* files of settings: ui_conf.c */
	CONF("conf_user"), CONF("conf_sip"),
	/* events and trace: ui_events.c, ui_trace.c */
	{.method = "GET", .path = UI_PREFIX "events", .role = UI_ADMIN, .unpowered = true, .act = ui_events},
	{.method = "GET", .path = UI_PREFIX "events.csv", .role = UI_ADMIN, .unpowered = true, .act = ui_events_csv},
	{.method = "GET", .path = UI_PREFIX "events.jsonl", .role = UI_ADMIN, .unpowered = true, .act = ui_events_jsonl},
	{.method = "GET", .path = UI_PREFIX "trace", .role = UI_ADMIN, .unpowered = true, .act = ui_trace},
	{.method = "POST", .path = UI_PREFIX "trace", .role = UI_ADMIN, .body = UI_JSON, .unpowered = true, .act = ui_trace_do},
	{.method = "GET", .path = UI_PREFIX "trace.pcapng", .role = UI_ADMIN, .unpowered = true, .act = ui_trace_pcapng},
	{.method = "GET", .path = UI_PREFIX "trace.txt", .role = UI_ADMIN, .unpowered = true, .act = ui_trace_txt},
	/* live, panel, information, scan: ui_live.c, ui_panel.c, ui_info.c, ui_scan.c */
	{.method = "GET", .path = UI_PREFIX "live", .role = UI_USER, .unpowered = true, .act = ui_live},
	{.method = "POST", .path = UI_PREFIX "panel", .role = UI_ADMIN, .body = UI_JSON, .unpowered = true, .act = ui_panel_act},
	{.method = "GET", .path = UI_PREFIX "info", .role = UI_USER, .unpowered = true, .act = ui_info},
	{.method = "GET", .path = UI_PREFIX "scan", .role = UI_ADMIN, .act = ui_scan},
	{.method = "POST", .path = UI_PREFIX "scan", .role = UI_ADMIN, .body = UI_JSON, .act = ui_scan_edit},
	/* date and time: ui_clock.c */
	{.method = "GET", .path = UI_PREFIX "clock", .role = UI_ADMIN, .act = ui_clock},
	{.method = "POST", .path = UI_PREFIX "clock", .role = UI_ADMIN, .body = UI_JSON, .act = ui_clock_set},
	/* users: ui_users.c */
	{.method = "GET", .path = UI_PREFIX "users", .role = UI_ADMIN, .unpowered = true, .act = ui_users},
	{.method = "POST", .path = UI_PREFIX "users", .role = UI_ADMIN, .body = UI_JSON, .unpowered = true,
	 .act = ui_users_edit},
	{.method = "POST", .path = UI_PREFIX "password", .role = UI_USER, .body = UI_JSON, .unpowered = true,
	 .act = ui_password},
};

const size_t ui_routes_n = ARRAY_SIZE(ui_routes);
