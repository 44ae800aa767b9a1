/**
 * @file event_line.h  A kept event as a line of a file: JSON, CSV, or for people (EVT-01)
 *
 * What comes from outside (a caller's name, the body of a MESSAGE) is told as it came, and can be neither markup nor
 * another line there: JSON escapes it, CSV quotes it, and what a spreadsheet would take for a formula gets an
 * apostrophe in front.
 */
#ifndef STORE_EVENT_LINE_H
#define STORE_EVENT_LINE_H

#include <re.h>
#include "store.h"

enum event_form { EVENT_FORM_JSON, EVENT_FORM_CSV, EVENT_FORM_TEXT };

#define EVENT_COLUMNS 96

/** How lines are written; for CSV which field of which event is in which column */
struct event_lines {
	enum event_form form;
	unsigned columns;
	const char *name[EVENT_COLUMNS];
	uint8_t at[EV_COUNT][EVENT_FIELDS];
	struct mbuf *cell;              /**< of one value */
};

int event_lines_begin(struct event_lines *l, enum event_form form);
void event_lines_end(struct event_lines *l);
int event_line_head(struct mbuf *mb, const struct event_lines *l);
int event_line(struct mbuf *mb, const struct event_lines *l, const struct store_event *ev);
int event_line_json(struct mbuf *mb, const struct store_event *ev);
int event_line_fields(struct mbuf *mb, const char *json);

#endif
