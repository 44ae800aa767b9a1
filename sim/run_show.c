/**
 * @file run_list.c  Answers of many parts: state, settings, stored events, help
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "../core/store/event_line.h"
#include "contacts.h"
#include "kept.h"
#include "run.h"
#include "vnet.h"

#define DIRECTORY_SHOWN 20              /* contacts of a directory in one answer */

/* --- a list of names and values, as text or as JSON --- */

static void put_key(const struct run *r, struct mbuf *mb, const char *key)
{
	(void)mbuf_printf(mb, r->args.json ? ",\"%s\":" : " %s=", key);
}

static void put_text(const struct run *r, struct mbuf *mb, const char *key, const char *value)
{
	put_key(r, mb, key);
	if (r->args.json || !*value || strpbrk(value, " \"\\"))
		say_quoted(mb, value);
	else
		(void)mbuf_write_str(mb, value);
}

static void put_bool(const struct run *r, struct mbuf *mb, const char *key, bool value,
		     const char *on, const char *off)
{
	put_key(r, mb, key);
	if (r->args.json)
		(void)mbuf_write_str(mb, value ? "true" : "false");
	else
		(void)mbuf_write_str(mb, value ? on : off);
}

static struct mbuf *begin(const struct run *r)
{
	struct mbuf *mb = mbuf_alloc(1024);

	if (mb)
		(void)mbuf_write_str(mb, r->args.json ? "{\"ok\":true" : "ok");

	return mb;
}

static void end(struct run *r, struct mbuf *mb)
{
	if (r->args.json)
		(void)mbuf_write_str(mb, "}");
	say_mbuf(r, mb);
	mem_deref(mb);
}

/* --- state --- */

static void put_lights(const struct run *r, struct mbuf *mb)
{
	static const char *const picto[GAP_PICTOS] = {"light_call", "light_talk", "light_door"};
	static const char *const colour[GAP_COLOURS] = {
		[GAP_OFF] = "off", [GAP_RED] = "red", [GAP_GREEN] = "green", [GAP_BLUE] = "blue",
		[GAP_YELLOW] = "yellow", [GAP_WHITE] = "white",
	};
	char text[24];
	unsigned i;

	for (i = 0; i < GAP_PICTOS; i++) {
		const struct gap_light l = r->view.light[i];

		(void)snprintf(text, sizeof(text), "%s%s", colour[l.colour],
			       l.blink ? " blinking" : "");
		put_text(r, mb, picto[i], text);
	}
}

static void put_lines(const struct run *r, struct mbuf *mb)
{
	const struct view *v = &r->view;
	char dip[5];
	unsigned i;

	for (i = 0; i < 4; i++)
		dip[i] = v->dip >> i & 1 ? '1' : '0';
	dip[4] = '\0';
	put_bool(r, mb, "button", v->button, "pressed", "released");
	put_bool(r, mb, "input", v->contact, "on", "off");
	put_bool(r, mb, "mains", v->mains, "on", "off");
	put_bool(r, mb, "poe", v->poe, "on", "off");
	put_bool(r, mb, "link", v->link, "on", "off");
	put_text(r, mb, "dip", dip);
	put_bool(r, mb, "relay1", v->relay[0].on, "on", "off");
	put_bool(r, mb, "relay2", v->relay[1].on, "on", "off");
}

/** `state`: what the door does, in one line */
void show_state(struct run *r)
{
	struct mbuf *mb = begin(r);

	if (!mb)
		return;
	run_view(r);
	put_text(r, mb, "state", r->view.state);
	put_text(r, mb, "address", r->view.address);
	put_text(r, mb, "peer", r->view.peer);
	put_text(r, mb, "encryption", r->view.encryption);
	put_lines(r, mb);
	put_lights(r, mb);
	end(r, mb);
}

/* --- settings --- */

static const char *value_of(const struct run *r, const struct setting *row, char buf[SETTINGS_TEXT])
{
	if (row->secret)
		return "(secret)";
	(void)settings_get(vdoor_settings(r->door), row, buf, SETTINGS_TEXT);

	return buf;
}

/** `get`: one setting with what it accepts */
void show_setting(struct run *r, const char *key)
{
	const struct setting *row = settings_find(key);
	char value[SETTINGS_TEXT], range[256], err[RUN_ERR];
	struct settings scratch;
	struct mbuf *mb;

	if (!row) {
		settings_default(&scratch);
		(void)settings_set(&scratch, key, "", err, sizeof(err));
		say_error(r, "%s", err);
		return;
	}
	(void)settings_range(row, range, sizeof(range));
	if (!r->args.json) {
		say_ok(r, "%s = %s (accepted: %s; default: %s)", key, value_of(r, row, value),
		       range, *row->def ? row->def : "empty");
		return;
	}
	mb = begin(r);
	if (!mb)
		return;
	put_text(r, mb, "key", key);
	put_text(r, mb, "value", value_of(r, row, value));
	put_text(r, mb, "accepted", range);
	put_text(r, mb, "default", row->def);
	end(r, mb);
}

/** `settings`: all of them */
void show_settings(struct run *r)
{
	struct mbuf *mb = begin(r);
	char value[SETTINGS_TEXT], text[SETTINGS_TEXT + 64];
	size_t i;

	if (!mb)
		return;
	for (i = 0; i < settings_count; i++) {
		const struct setting *row = &settings_table[i];

		if (r->args.json) {
			(void)mbuf_printf(mb, i ? ",\"%s\":" : ",\"settings\":{\"%s\":", row->key);
			say_quoted(mb, value_of(r, row, value));
			continue;
		}
		(void)snprintf(text, sizeof(text), "  %s = %s", row->key, value_of(r, row, value));
		say_line(r, text);
	}
	(void)mbuf_printf(mb, r->args.json ? "}" : " %zu settings", settings_count);
	end(r, mb);
}

/* --- scan --- */

static void put_device(struct run *r, struct mbuf *mb, const struct scan_found *f, bool first)
{
	char text[SCAN_NAME + 64];
	struct sa sa;

	sa_set_in(&sa, f->addr, 0);
	if (!r->args.json) {
		(void)re_snprintf(text, sizeof(text), "  %j %u %s", &sa, f->scode, f->name);
		say_line(r, text);
		return;
	}
	(void)mbuf_printf(mb, "%s{\"address\":\"%j\",\"status\":%u,\"name\":", first ? "" : ",", &sa, f->scode);
	say_quoted(mb, f->name);
	(void)mbuf_write_str(mb, "}");
}

/** `scan`: how far the present or last scan is, and what it found (NET-03) */
void show_scan(struct run *r)
{
	const struct scan *s = gap_scanned(vdoor_gap(r->door));
	const struct scan_found *f;
	struct mbuf *mb = begin(r);
	char range[SCAN_RANGE] = "";
	struct scan_state st = {0};
	unsigned i;

	if (!mb)
		return;
	if (s) {
		scan_look(s, &st);
		scan_range_text(range, sizeof(range), &st.range);
	}
	put_text(r, mb, "range", range);
	put_bool(r, mb, "running", st.running, "yes", "no");
	(void)mbuf_printf(mb, r->args.json ? ",\"done\":%u,\"total\":%u,\"found\":[" : " done=%u total=%u", st.done, st.total);
	for (i = 0; s && (f = scan_found(s, i)); i++)
		put_device(r, mb, f, !i);
	(void)mbuf_printf(mb, r->args.json ? "]" : " found=%u", st.found);
	end(r, mb);
}

/* --- date and time --- */

static void put_ntp(struct run *r, struct mbuf *mb, const struct ntp_state *st)
{
	put_bool(r, mb, "ntp", st->ok, "ok", "no");
	if (*st->cause)
		put_text(r, mb, "cause", st->cause);
	if (st->ever)
		(void)mbuf_printf(mb, r->args.json ? ",\"offset_ms\":%lld,\"delay_ms\":%lld,\"stratum\":%u"
				  : " offset_ms=%lld delay_ms=%lld stratum=%u", st->offset_us / 1000, st->delay_us / 1000,
				  st->stratum);
	(void)mbuf_printf(mb, r->args.json ? ",\"poll_s\":%u" : " poll_s=%u", st->poll_s);
}

/** What the door's clock shows, and how the NTP server does (TIM-01) */
void show_clock(struct run *r)
{
	const struct gap *g = vdoor_gap(r->door);
	const struct ntp_state *st = gap_ntp(g);
	struct mbuf *mb = begin(r);
	char text[SETTINGS_TEXT];

	if (!mb)
		return;
	zone_write(text, schedule_local_s(gap_settings(g), gap_wall_us(g)));
	put_text(r, mb, "local", text);
	put_text(r, mb, "zone", gap_settings(g)->zone);
	(void)settings_get(gap_settings(g), settings_find("time.source"), text, sizeof(text));
	put_text(r, mb, "source", text);
	if (st)
		put_ntp(r, mb, st);
	end(r, mb);
}

/* --- directory --- */

static void put_entry(struct run *r, struct mbuf *mb, const struct book *b, unsigned at, bool first)
{
	const struct book_contact *c = book_get(b, at);
	char text[512];

	if (!r->args.json) {
		contacts_row(text, sizeof(text), b, at);
		say_line(r, text);
		return;
	}
	(void)mbuf_printf(mb, "%s{\"place\":%u,\"number\":", first ? "" : ",", at);
	say_quoted(mb, c->number);
	(void)mbuf_write_str(mb, ",\"name\":");
	say_quoted(mb, c->surname);
	(void)mbuf_write_str(mb, "}");
}

/** `directory`: how it stands with the LDAP directory, and what of it holds a text (SRV-01) */
void show_directory(struct run *r, const char *words)
{
	const struct book *b = gap_directory(vdoor_gap(r->door));
	struct gap_directory_state st;
	struct mbuf *mb = begin(r);
	unsigned at, n = 0;

	if (!mb)
		return;
	gap_directory_look(vdoor_gap(r->door), &st);
	put_bool(r, mb, "enabled", st.enabled, "yes", "no");
	put_bool(r, mb, "reading", st.reading, "yes", "no");
	put_text(r, mb, "failed", st.failed ? st.cause : "");
	(void)mbuf_printf(mb, r->args.json ? ",\"contacts\":%u,\"left_out\":%u,\"shown\":[" : " contacts=%u left_out=%u",
			  book_count(b), st.left_out);
	for (at = directory_find(b, words, 0); at && n < DIRECTORY_SHOWN; at = directory_find(b, words, at))
		put_entry(r, mb, b, at, !n++);
	(void)mbuf_printf(mb, r->args.json ? "]" : " shown=%u", n);
	end(r, mb);
}

/* --- stored events --- */

struct listing {
	struct run *r;
	struct mbuf *mb;
	unsigned n;
};

static void put_event(const struct store_event *ev, void *arg)
{
	struct listing *l = arg;
	const time_t s = (time_t)(ev->wall_us / 1000000);
	char day[16], time[16];
	struct tm tm;

	if (l->r->args.json) {
		(void)mbuf_printf(l->mb, "%s%s", l->n++ ? "," : "", ev->json);
		return;
	}
	(void)strftime(day, sizeof(day), "%Y-%m-%d", localtime_r(&s, &tm));
	(void)say_time(time, sizeof(time), ev->wall_us);
	(void)mbuf_printf(l->mb, "%s  %s %s %s", l->n++ ? "\n" : "", day, time, ev->name);
	(void)event_line_fields(l->mb, ev->json);
}

/* Numbers may be missing: not every class is kept */
static int last_events(struct run *r, unsigned n, store_event_h *h, void *arg)
{
	return kept_each(r->store, &(struct store_query){0}, n, h, arg);
}

/** `events`: the last n of the store, oldest first */
void show_events(struct run *r, unsigned n)
{
	struct listing l = {.r = r, .mb = mbuf_alloc(4096)};
	int err;

	if (!l.mb)
		return;
	if (r->args.json)
		(void)mbuf_write_str(l.mb, "{\"ok\":true,\"events\":[");
	err = last_events(r, n, put_event, &l);
	if (err) {
		say_error(r, "the events cannot be read: %s", store_error(r->store));
	}
	else if (r->args.json) {
		(void)mbuf_write_str(l.mb, "]}");
		say_mbuf(r, l.mb);
	}
	else {
		if (l.n)
			say_mbuf(r, l.mb);
		say_ok(r, "%u events", l.n);
	}
	mem_deref(l.mb);
}

/* --- the window's list --- */

/** Put an event on top of the list that the picture shows */
void show_remember(struct run *r, int64_t wall_us, enum event_class cls, const char *text)
{
	struct view *v = &r->view;

	memmove(&v->event[1], &v->event[0], sizeof(v->event[0]) * (VIEW_EVENTS - 1));
	memset(&v->event[0], 0, sizeof(v->event[0]));
	(void)say_time(v->event[0].time, sizeof(v->event[0].time), wall_us);
	str_ncpy(v->event[0].text, text, sizeof(v->event[0].text));
	v->event[0].cls = (uint8_t)cls;
	if (v->events < VIEW_EVENTS)
		v->events++;
}

static enum event_class class_of(const char *name)
{
	enum event_id id;

	return event_find(&id, name) ? event_def(id)->cls : EVENT_APPLICATION;
}

static void recall(const struct store_event *ev, void *arg)
{
	struct run *r = arg;
	struct mbuf *mb = mbuf_alloc(256);

	if (!mb)
		return;
	(void)mbuf_write_str(mb, ev->name);
	(void)event_line_fields(mb, ev->json);
	(void)mbuf_write_u8(mb, 0);
	show_remember(r, ev->wall_us, class_of(ev->name), (const char *)mb->buf);
	mem_deref(mb);
}

/** Begin the picture's list with the events of earlier runs */
void show_history(struct run *r)
{
	(void)last_events(r, VIEW_EVENTS, recall, r);
}

/* --- help --- */

/** `help`: the lines that can be typed */
void show_help(struct run *r)
{
	const struct line_help *h;
	char text[160];
	struct mbuf *mb = begin(r);
	unsigned i;

	if (!mb)
		return;
	for (i = 0; (h = line_help(i)); i++) {
		if (r->args.json) {
			(void)mbuf_write_str(mb, i ? "," : ",\"lines\":{");
			say_quoted(mb, h->usage);
			(void)mbuf_write_str(mb, ":");
			say_quoted(mb, h->help);
			continue;
		}
		(void)snprintf(text, sizeof(text), "  %-16s %s", h->usage, h->help);
		say_line(r, text);
	}
	(void)mbuf_write_str(mb, r->args.json ? "}" : " `ipgap run --help` explains more");
	end(r, mb);
}
