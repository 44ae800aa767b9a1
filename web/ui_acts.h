/**
 * @file ui_acts.h  The acts of the pages' routes, by the file they are in
 */
#ifndef WEB_UI_ACTS_H
#define WEB_UI_ACTS_H

#include "web/ui.h"

/* ui_session.c */
ui_act_h ui_session, ui_login, ui_logout;
void ui_https(const struct ui_ask *ask, char *buf, size_t size);

/* ui_page.c */
ui_act_h ui_page;

/* ui_text.c */
ui_act_h ui_texts;
void ui_tagged(const struct web_request *req, struct web_reply *rep, const char *type, struct mbuf *body);

/* ui_settings.c */
ui_act_h ui_schema, ui_values, ui_validate, ui_apply, ui_discard, ui_restart;

/* ui_contacts.c */
ui_act_h ui_contacts, ui_contacts_edit, ui_contacts_csv, ui_contacts_read;

/* ui_conf.c */
ui_act_h ui_conf, ui_conf_read;

/* ui_users.c */
ui_act_h ui_users, ui_users_edit, ui_password;

/* ui_events.c */
ui_act_h ui_events, ui_events_csv, ui_events_jsonl;
void ui_attach(struct web_reply *rep, const char *what, const char *ending);

/* ui_clock.c */
ui_act_h ui_clock, ui_clock_set;

/* ui_trace.c */
ui_act_h ui_trace, ui_trace_do, ui_trace_pcapng, ui_trace_txt;

/* ui_directory.c */
ui_act_h ui_directory, ui_directory_read;

/* ui_live.c, ui_panel.c, ui_info.c, ui_scan.c */
ui_act_h ui_live, ui_panel_act, ui_info, ui_scan, ui_scan_edit;

#endif
