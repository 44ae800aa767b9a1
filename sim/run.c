/**
 * @file run.c  `ipgap run`: a virtual door phone in real time, its life (SIM-01, SIM-02)
 *
 *     start   store, settings of the command line, sound, door, window, lines
 *     loop    libre's; SIGINT, SIGTERM and SIGHUP end it
 *     end     the door hangs up and releases its relays; a call or an account gets END_MS for its good-bye
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include "../core/directory/ldap.h"
#include "cmd.h"
#include "run.h"
#include "vnet.h"
#include "../web/server.h"

#define END_MS 500
#define WATCH_MS 250
#define SHOT_MARGIN_MS 200
#define DNS_SERVERS 4

#define OPENAPI "api/openapi.json"

/* A signal's handler has no argument; one process runs one door */
static struct run *running;
static volatile sig_atomic_t hung_up;

/* --- events --- */

static void event(const struct event *ev, void *arg)
{
	struct run *r = arg;
	char text[sizeof(r->view.event[0].text)];

	say_event(r, ev);
	(void)event_text(text, sizeof(text), ev);
	show_remember(r, ev->wall_us, event_def(ev->id)->cls, text);
	run_web_event(r, ev);
	if (ev->id == EV_CALL_ANSWERED && r->sound)
		sound_rewind(r->sound);
}

static void edge(const struct panel_edge *e, void *arg)
{
	(void)e;
	run_web_changed(arg);
}

static void committed(void *arg)
{
	say_durable(arg);
}

/* --- end --- */

static void leave(void *arg)
{
	(void)arg;
	re_cancel();
}

/**
 * End the run in good order; asked twice, at once.
 *
 * @param cause For the event
 */
void run_end(struct run *r, const char *cause)
{
	const struct gap *g = r->door ? vdoor_gap(r->door) : NULL;
	const bool talks = g && (gap_door(g)->call || gap_has_account(g));

	if (r->ending) {
		re_cancel();
		return;
	}
	r->ending = true;
	if (r->door) {
		run_settle(r);
		vdoor_stop(r->door, cause);
	}
	tmr_start(&r->end, talks ? END_MS : 0, leave, r);
}

static void on_signal(int sig)
{
	run_end(running, sig == SIGINT ? "interrupt" : "terminated");
}

static void on_hangup(int sig)
{
	(void)sig;
	hung_up = 1;
}

/* libre looks at its signals when it wakes: this wakes it */
static void watch(void *arg)
{
	struct run *r = arg;

	tmr_start(&r->watch, WATCH_MS, watch, r);
	say_watch(r);
	if (hung_up && !r->ending)
		run_end(r, "terminal closed");
}

static void signals(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGTTIN, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);         /* a limit on files is a full disk */
	(void)signal(SIGHUP, on_hangup);
}

/* --- start --- */

static int complain(const char *err, int status)
{
	(void)fprintf(stderr, "ipgap run: %s\n", err);

	return status;
}

/* Store the settings of the command line: all are good together, or none is stored */
static int preset(struct run *r, struct settings *s)
{
	char err[RUN_ERR] = "", text[SETTINGS_TEXT];
	const struct run_args *a = &r->args;
	unsigned i;
	int e = 0;

	for (i = 0; i < a->sets && !e; i++)
		e = settings_set(s, a->set[i].key, a->set[i].value, err, sizeof(err));
	if (!e && a->sets)
		e = settings_check(s, err, sizeof(err));
	if (e)
		return complain(err, CMD_USAGE);
	for (i = 0; i < a->sets && !e; i++) {
		(void)settings_get(s, settings_find(a->set[i].key), text, sizeof(text));
		e = store_set(r->store, a->set[i].key, text);
	}

	return e ? complain(store_error(r->store), CMD_FAILED) : CMD_OK;
}

static int open_store(struct run *r)
{
	char err[RUN_ERR];
	struct settings s;

	if (store_open(&r->store, r->args.data, err, sizeof(err)) ||
	    store_load(r->store, &s, err, sizeof(err)))
		return complain(err, CMD_FAILED);
	show_history(r);

	return preset(r, &s);
}

static void open_sound(struct run *r)
{
	char err[RUN_ERR] = "";

	if (sound_open(&r->sound, r->args.audio ? r->args.audio : "portaudio", err, sizeof(err)))
		(void)fprintf(stderr, "no sound: %s; all else works\n", err);
}

/* A file that was asked for and cannot be opened is an error; a missing sound card is none */
static int start_sound(struct run *r)
{
	char err[RUN_ERR] = "";

	if (!r->args.audio || strncmp(r->args.audio, "file:", 5))
		open_sound(r);
	else if (sound_open(&r->sound, r->args.audio, err, sizeof(err)))
		return complain(err, CMD_FAILED);

	return CMD_OK;
}

static uint64_t media_clock(void *arg)
{
	(void)arg;

	return vnet_now_us();
}

/* Names in SIP URIs; without a name server addresses still work */
static void start_dns(struct run *r)
{
	struct sa srv[DNS_SERVERS];
	uint32_t n = DNS_SERVERS;

	if (dns_srv_get(NULL, 0, srv, &n) || !n || dnsc_alloc(&r->dnsc, NULL, srv, n))
		r->dnsc = NULL;
}

static const char *port_remedy(int e)
{
	switch (e) {
	case EADDRINUSE:
		return "; another program has that port: give a free one by --bind ADDR:PORT or"
		       " --set sip.port=PORT";
	case EADDRNOTAVAIL:
		return "; this machine has no such address: `ip address` lists those it has";
	case EACCES:
		return "; ports below 1024 are the administrator's: give a higher one";
	case EINVAL:
		return "; give --bind one of this machine's addresses: `ip address` lists them";
	default:
		return "";
	}
}

static void failed(int e, const char *text, void *arg)
{
	(void)arg;
	(void)fprintf(stderr, "ipgap run: %s%s%s\n", e ? "the door did not start: " : "warning: ", text,
		      e ? "; `restart` tries again" : "");
}

static int boot(struct run *r)
{
	char err[RUN_ERR] = "";
	const int e = vdoor_start(r->door, err, sizeof(err));

	if (e || err[0])
		(void)fprintf(stderr, "ipgap run: %s%s%s\n", e ? "" : "warning: ",
			      err[0] ? err : strerror(e), port_remedy(e));

	return e ? CMD_FAILED : CMD_OK;
}

static bool begin(struct run *r);

/* A board comes, goes, or has something to say; the door boots when it is there for the first time */
static void board(enum board_state state, const char *trouble, const char *text, void *arg)
{
	struct run *r = arg;

	run_web_changed(r);
	if (trouble)
		(void)fprintf(stderr, "board: %s: %s\n", trouble, text);
	else if (state == BOARD_READY)
		(void)fprintf(stderr, "board: ready%s%s\n", text[0] ? ": " : "", text);
	else if (state == BOARD_DOWN)
		(void)fprintf(stderr, "board: away: %s; trying again\n", text);
	else if (state == BOARD_REFUSED)
		(void)fprintf(stderr, "board: no good: %s\n", text);
	if (state == BOARD_READY && !trouble && !r->begun)
		(void)begin(r);
}

static int open_rig(struct run *r)
{
	char err[RUN_ERR] = "";

	if (r->args.rig.kind == RIG_SIM)
		return CMD_OK;

	return rig_open(&r->rig, &r->args.rig, err, sizeof(err)) ? complain(err, CMD_FAILED) : CMD_OK;
}

static int start_door(struct run *r)
{
	struct vdoor_config vc = {
		.laddr = r->args.bind, .media = r->media, .directory = &ldap_source_ops, .directory_ctx = r->ldap, .dnsc = r->dnsc, .store = r->store,
		.event = event, .edge = edge, .trace = run_trace_sip, .committed = committed, .failed = failed, .rig = r->rig,
		.board = board, .arg = r,
	};
	struct panel_audio audio;
	char err[RUN_ERR] = "";

	if (vdoor_alloc(&r->door, &vc, err, sizeof(err)))
		return complain(err, CMD_FAILED);
	if (r->sound) {
		sound_panel(r->sound, &audio);
		panel_set_audio(vdoor_panel(r->door), &audio);
	}

	return r->rig ? CMD_OK : boot(r);
}

static void greet(struct run *r)
{
	struct mbuf *mb = mbuf_alloc(512);
	const char *uri = vdoor_gap(r->door) ? gap_uri(vdoor_gap(r->door)) : "";
	char http[80], https[80];

	if (!mb)
		return;
	web_url(http, sizeof(http), r->web, WEB_HTTP);
	web_url(https, sizeof(https), r->web, WEB_HTTPS);
	if (r->args.json) {
		(void)mbuf_write_str(mb, "{\"ok\":true,\"address\":");
		say_quoted(mb, uri);
		(void)mbuf_write_str(mb, ",\"data\":");
		say_quoted(mb, r->args.data);
		(void)mbuf_printf(mb, ",\"http\":\"%s\",\"https\":\"%s\"}", http, https);
	}
	else {
		(void)mbuf_printf(mb, "door %s %s%s; its settings and events are in %s\n%s%s%s%s%s%s%s%s"
				  "call it from a SIP phone, or type `press`; `help` lists what can be"
				  " typed; events follow here",
				  vdoor_settings(r->door)->identity, *uri ? "answers at " : "has no supply", uri,
				  r->args.data, *http || *https ? "its pages are at " : "", http,
				  *http && *https ? " and " : "", https, *http || *https ? "; its HTTP API is described at " : "",
				  *http || *https ? (*http ? http : https) : "", *http || *https ? OPENAPI : "", *http || *https ? "\n" : "");
	}
	say_mbuf(r, mb);
	mem_deref(mb);
}

static void timed_shot(void *arg)
{
	struct run *r = arg;
	char err[RUN_ERR];

	if (run_shot(r, r->args.shot, err, sizeof(err))) {
		r->status = complain(err, CMD_FAILED);
		run_end(r, "no picture");
		return;
	}
	say_ok(r, "%s written", r->args.shot);
	if (r->in.eof && !r->window)
		run_end(r, "end of input");
}

static void start_timers(struct run *r)
{
	const uint64_t boot_ms = (uint64_t)vdoor_settings(r->door)->boot_ms;

	if (r->args.shot)
		tmr_start(&r->shot, (boot_ms > 1000 ? boot_ms : 1000) + SHOT_MARGIN_MS,
			  timed_shot, r);
}

/* The panel is there: boot, and say so.  False where it did not */
static bool begin(struct run *r)
{
	r->begun = true;
	if ((r->rig && boot(r)) || run_web_start(r)) {
		r->status = CMD_FAILED;
		run_end(r, "the door did not start");
		return false;
	}
	greet(r);
	start_timers(r);

	return true;
}

/** An installer's own voice messages (DOOR-09) */
static int load_voices(struct run *r)
{
	char dir[sizeof(r->args.data) + 8], err[2048];
	unsigned n;

	(void)re_snprintf(dir, sizeof(dir), "%s/voices", r->args.data);
	if (!r->args.voices && access(dir, F_OK))
		return 0;
	if (media_voices_load(r->media, r->args.voices ? r->args.voices : dir, &n, err, sizeof(err)))
		return complain(err, CMD_FAILED);
	(void)fprintf(stderr, "ipgap run: %u voice messages taken from %s\n", n, r->args.voices ? r->args.voices : dir);

	return 0;
}

static int start(struct run *r)
{
	int status = open_store(r);

	if (!status && run_trace_start(r))
		status = complain("no memory for a trace", CMD_FAILED);
	if (!status && ldap_source_alloc(&r->ldap))
		status = complain("no memory for a directory", CMD_FAILED);
	if (!status && media_alloc(&r->media, media_clock, NULL))
		status = complain("no memory for sound", CMD_FAILED);
	if (!status)
		status = load_voices(r);
	if (!status)
		status = start_sound(r);
	if (status)
		return status;
	start_dns(r);
	status = open_rig(r);
	if (!status)
		status = start_door(r);
	if (status)
		return status;
	tmr_start(&r->watch, WATCH_MS, watch, r);
	if (!r->rig && !begin(r))
		return r->status;
	run_window(r);

	if (run_input_start(r))
		return complain("standard input cannot be waited for", CMD_FAILED);

	return CMD_OK;
}

/* --- the command --- */

static void destructor(void *arg)
{
	struct run *r = arg;

	run_input_stop(r);
	run_window_stop(r);
	tmr_cancel(&r->release);
	tmr_cancel(&r->shot);
	tmr_cancel(&r->watch);
	tmr_cancel(&r->end);
	tmr_cancel(&r->web_turn);
	run_trace_stop(r);
	tmr_cancel(&r->web_restart);
	mem_deref(r->web);
	r->web = NULL;
	r->ui = mem_deref(r->ui);
	mem_deref(r->door);
	mem_deref(r->ldap);
	mem_deref(r->rig);
	mem_deref(r->sound);
	mem_deref(r->media);
	mem_deref(r->dnsc);
	mem_deref(r->store);
	mem_deref(r->trace);
	mem_deref(r->waiting);
}

static struct run *create(void)
{
	struct run *r = mem_zalloc(sizeof(*r), destructor);

	if (!r)
		return NULL;
	r->waiting = mbuf_alloc(STORE_JSON);
	if (!r->waiting)
		return mem_deref(r);
	r->volume = r->microphone = -1;
	r->colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");

	return r;
}

static int life(struct run *r)
{
	int status = start(r), err;

	running = r;
	if (!status) {
		err = re_main(on_signal);
		status = err ? complain(strerror(err), CMD_FAILED) : r->status;
	}

	return status;
}

static int read_args(struct run *r, int argc, char **argv)
{
	char err[RUN_ERR] = "";

	if (run_args_read(&r->args, argc, argv, err, sizeof(err))) {
		(void)fprintf(stderr, "ipgap run: %s\n", err);
		return CMD_USAGE;
	}
	r->colour = r->colour && !r->args.json;

	return CMD_OK;
}

/**
 * `ipgap run`.
 *
 * @return 0 ended as asked, 1 it could not run, 2 called wrongly
 */
int cmd_run(int argc, char **argv)
{
	struct run *r = create();
	uint64_t seed = 0;
	bool hangs;
	int status;

	if (!r)
		return complain(strerror(ENOMEM), CMD_FAILED);
	status = read_args(r, argc, argv);
	if (!status && r->args.help) {
		run_usage();
	}
	else if (!status) {
		signals();
		(void)!getrandom(&seed, sizeof(seed), 0);
		(void)vnet_start(false, seed);
		status = libre_init() ? complain("libre does not start", CMD_FAILED) : life(r);
	}
	hangs = ldap_source_end(r->ldap);
	mem_deref(r);
	libre_close();
	if (hangs) {
		(void)fflush(NULL);
		_exit(status);
	}

	return status;
}
