/**
 * @file run.h  `ipgap run`: what its files share
 *
 *     run.c        life: start, loop, end      run_args.c  command line     run_help.c  its help
 *     run_input.c  lines from stdin            run_line.c  their reading    run_do.c    their doing
 *     run_draft.c     the lines draft, apply, discard
 *     run_contacts.c  the lines contacts, call, answer
 *     run_show.c   answers of many parts       run_say.c   stdout, events   run_view.c  pictures
 *     run_web.c    web server                  run_trace.c the debug trace
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include <re.h>
#include "../core/trace/trace.h"
#include "run_line.h"
#include "sound.h"
#include "vdoor.h"
#include "view.h"

#define RUN_SETS 64
#define RUN_ERR 1024
#define RUN_DATA 1024                   /**< longest data directory, with its end */
#define RUN_HTTP_PORT 8080
#define RUN_HTTPS_PORT 8443

/** Where the web server listens */
struct run_listen {
	struct sa addr;                 /**< not set = off */
	bool asked;                     /**< by an option: that it cannot be is an error */
};

struct run_args {
	bool headless, json, help;
	struct sa bind;
	struct run_listen http, https;
	const char *audio;              /**< NULL = the sound card where there is one */
	const char *shot;
	const char *pages;              /**< directory of the web pages, NULL = those of the program */
	const char *voices;             /**< NULL = the directory voices of data, where there is one */
	struct rig_spec rig;
	const char *rig_name;
	char data[RUN_DATA];
	unsigned sets;
	struct { char key[64]; const char *value; } set[RUN_SETS];
};

/** Bytes from stdin on their way to lines */
struct run_input {
	struct tmr tmr;
	struct line_reader line;
	char buf[4096];
	size_t pos, n;
	bool eof, listening;
};

struct run {
	struct run_args args;
	struct store *store;
	struct media *media;
	struct dnsc *dnsc;
	struct ldap_source *ldap;
	struct vdoor *door;
	struct rig *rig;                /**< NULL = a simulated panel */
	struct sound *sound;            /**< NULL = none */
	struct window *window;          /**< NULL = headless */
	struct web *web;                /**< NULL = none */
	struct ui *ui;                  /**< what its pages ask for */
	struct trace *trace;            /**< debug trace (WEB-08) */
	struct trace_save *save;        /**< it is being written to a file, NULL = it is not */
	struct view view;
	struct run_input in;
	struct mbuf *waiting;           /**< lines of events that are not durable yet */
	uint64_t waiting_us;            /**< since when, 0 = none */
	bool colour, store_told;
	struct tmr release, shot, poll, watch, slide, end, web_turn, web_restart;
	int volume, microphone;         /**< where a slider was dragged to, -1 = nowhere */
	bool ending, timed_shot, begun;
	int status;
};

/* run_args.c, run_help.c */
int run_args_read(struct run_args *a, int argc, char **argv, char *err, size_t errsize);
int run_args_data(char *dir, size_t size, char *err, size_t errsize);
void run_usage(void);

/* run_say.c */
void say_ok(struct run *r, const char *fmt, ...);
void say_error(struct run *r, const char *fmt, ...);
void say_line(struct run *r, const char *text);
void say_event(struct run *r, const struct event *ev);
void say_durable(struct run *r);
void say_watch(struct run *r);
void say_quoted(struct mbuf *mb, const char *text);
void say_mbuf(struct run *r, struct mbuf *mb);
size_t say_time(char *buf, size_t size, int64_t wall_us);

/* run_do.c, run_show.c */
void run_line(struct run *r, const char *text);
int run_level(struct run *r, enum gap_input in, bool level, char *err, size_t errsize);
void run_restart(struct run *r);
void show_state(struct run *r);
void show_setting(struct run *r, const char *key);
void show_settings(struct run *r);
void show_events(struct run *r, unsigned n);
void show_scan(struct run *r);
void show_clock(struct run *r);
void show_directory(struct run *r, const char *words);
void show_help(struct run *r);
void show_history(struct run *r);
void show_remember(struct run *r, int64_t wall_us, enum event_class cls, const char *text);

/* run_draft.c */
void run_draft(struct run *r, const char *words);
void run_apply(struct run *r);
void run_discard(struct run *r);

/* run_contacts.c */
void run_contacts(struct run *r, const char *words);
void run_call(struct run *r, const char *words);
void run_answer(struct run *r);

/* run_input.c */
int run_input_start(struct run *r);
void run_input_stop(struct run *r);

/* run_view.c */
void run_view(struct run *r);
int run_shot(struct run *r, const char *file, char *err, size_t errsize);
void run_window(struct run *r);
void run_settle(struct run *r);
void run_window_stop(struct run *r);

/* run_web.c */
int run_web_start(struct run *r);
void run_web_event(struct run *r, const struct event *ev);
void run_web_changed(struct run *r);

/* run_trace.c */
int run_trace_start(struct run *r);
void run_trace_stop(struct run *r);
void run_trace(struct run *r, const char *what, const char *file);
ua_trace_h run_trace_sip;

/* run.c */
void run_end(struct run *r, const char *cause);

#endif
