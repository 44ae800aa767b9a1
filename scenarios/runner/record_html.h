/**
 * @file record_html.h  What every ladder page has: head, style, filters (record_style.c)
 */
#ifndef RUNNER_RECORD_HTML_H
#define RUNNER_RECORD_HTML_H

extern const char rec_html_head[];
extern const char rec_html_style[];
extern const char rec_html_bar[];

#endif
