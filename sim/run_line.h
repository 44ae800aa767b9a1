/**
 * @file run_line.h  The lines a person types to `ipgap run`: one table of them, and their reading
 */
#ifndef SIM_RUN_LINE_H
#define SIM_RUN_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_BYTES 1000                 /* longest line, without its end */

/** In the order of the table in run_line.c */
enum line_verb {
	LINE_PRESS, LINE_HOLD, LINE_RELEASE, LINE_INPUT, LINE_MAINS, LINE_POE, LINE_LINK, LINE_DIP,
	LINE_RESTART, LINE_SET, LINE_GET, LINE_SETTINGS, LINE_DRAFT, LINE_APPLY, LINE_DISCARD, LINE_CONTACTS, LINE_CALL, LINE_ANSWER, LINE_HANGUP, LINE_OPEN, LINE_SAY, LINE_SCAN, LINE_CLOCK,
	LINE_DIRECTORY,
	LINE_STATE,
	LINE_EVENTS, LINE_TRACE, LINE_SHOT, LINE_HELP, LINE_QUIT,
	LINE_VERBS
};

/** A line that was understood */
struct line {
	enum line_verb verb;
	bool level;                     /**< input, mains, poe, link, dip */
	unsigned number;                /**< dip 1..4, open 1..2, events 1..10000, say: enum announce */
	uint64_t ms;                    /**< press */
	char key[LINE_BYTES + 1];       /**< set, get; trace: what */
	char text[LINE_BYTES + 1];      /**< set: value; shot, trace save: file; draft, contacts, call, scan, clock, directory: words */
};

struct line_help { const char *usage, *help; };

const struct line_help *line_help(unsigned i);
const char *line_name(unsigned i);
int line_parse(struct line *l, const char *text, char *err, size_t errsize);

/** Puts bytes together to lines; zero it before the first use */
struct line_reader {
	char buf[LINE_BYTES + 1];
	size_t n;
	bool ready, too_long;
	int control;                    /**< a control character of the line, 0 = none */
};

enum line_status { LINE_MORE, LINE_READY, LINE_TOO_LONG, LINE_CONTROL };

enum line_status line_byte(struct line_reader *r, char c);
bool line_begun(const struct line_reader *r);

#endif
