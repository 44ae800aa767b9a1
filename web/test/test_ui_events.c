/**
 * @file test_ui_events.c  Kept events as pages and files: filters, paging, hostile texts, pieces (EVT-01)
 */
#define _GNU_SOURCE                     /* nftw */
#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "core/store/store.h"
#include "web/ui.h"
#include "web/ui_acts.h"

#define WALL 1767600000000000           /* 2026-01-05 08:00:00 UTC */
#define S 1000000
#define TICK_US 20000                   /* of a call */
#define READ 3000                       /* bytes a carrier takes at once */

Suite *suite(void);

static char root[64];
static struct store *st;
static struct ui_host host;
static struct web_reply rep;
static unsigned waits;
static double worst_us;                 /* of one read, by the processor's clock */

static void setup(void)
{
	char msg[512];

	ck_assert_int_eq(libre_init(), 0);
	strcpy(root, "/tmp/test_ui_events_XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	ck_assert_msg(!store_open(&st, root, msg, sizeof(msg)), "%s", msg);
	host = (struct ui_host){.store = st};
}

static int unlink_one(const char *path, const struct stat *s, int flag, struct FTW *f)
{
	(void)s; (void)flag; (void)f;
	return remove(path);
}

static void teardown(void)
{
	web_reply_end(&rep);
	st = mem_deref(st);
	nftw(root, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
	libre_close();
}

static const char *no_header(const struct web_request *req, const char *name)
{
	(void)req; (void)name;
	return NULL;
}

static void ask(ui_act_h *act, const char *query)
{
	const struct web_request req = {.method = "GET", .path = UI_PREFIX "events", .query = query, .header = no_header};
	const struct ui_ask a = {.host = &host, .req = &req, .role = UI_ADMIN, .login = "admin"};

	web_reply_end(&rep);
	memset(&rep, 0, sizeof(rep));
	act(&a, &rep);
}

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int timed_read(uint8_t *buf, size_t size)
{
	const double t = cpu_us();
	const int n = rep.feed->read(rep.feed, buf, size);

	worst_us = cpu_us() - t > worst_us ? cpu_us() - t : worst_us;

	return n;
}

static void woken(struct web_feed *feed)
{
	(void)feed;
	re_cancel();
}

/* What a carrier does: reads, and waits to be woken where there is nothing yet */
static struct mbuf *whole(void)
{
	struct mbuf *mb = mbuf_alloc(READ);
	uint8_t buf[READ];
	int n;

	ck_assert_uint_eq(rep.status, 200);
	ck_assert_ptr_nonnull(rep.feed);
	rep.feed->wake = woken;
	waits = 0;
	worst_us = 0;
	while ((n = timed_read(buf, sizeof(buf))) >= 0) {
		ck_assert_int_le(n, READ);
		if (n)
			ck_assert_int_eq(mbuf_write_mem(mb, buf, (size_t)n), 0);
		else if (++waits)
			ck_assert_int_eq(re_main(NULL), 0);
	}
	ck_assert_int_eq(rep.feed->read(rep.feed, buf, sizeof(buf)), -1);
	ck_assert_int_eq(mbuf_write_u8(mb, 0), 0);

	return mb;
}

static json_t *page(const char *query)
{
	json_error_t e;
	struct mbuf *mb;
	json_t *j;

	ask(ui_events, query);
	mb = whole();
	j = json_loads((const char *)mb->buf, JSON_REJECT_DUPLICATES, &e);
	ck_assert_msg(j != NULL, "%s: %s", e.text, (const char *)mb->buf);
	mem_deref(mb);

	return j;
}

/* "5 4 3+": numbers, and whether there are more */
static void expect(const char *query, const char *want)
{
	json_t *j = page(query), *ev;
	char got[256] = "";
	size_t i;

	json_array_foreach(json_object_get(j, "events"), i, ev)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%d", i ? " " : "",
			 (int)json_integer_value(json_object_get(ev, "seq")));
	strcat(got, json_is_true(json_object_get(j, "more")) ? "+" : "");
	ck_assert_msg(!strcmp(got, want), "%s: %s, not %s", query, got, want);
	json_decref(j);
}

static void put(uint64_t seq, enum event_id id, const char *a, const char *b)
{
	struct event ev = {.seq = seq, .wall_us = WALL + (int64_t)seq * S, .id = id, .val = {{.s = a}, {.s = b}}};

	if (id == EV_CALL_IN)
		ev.val[0].u = seq;
	ck_assert_int_eq(store_put(st, &ev), 0);
}

static void some(void)
{
	put(1, EV_CALL_IN, NULL, "sip:Müller@192.168.0.22");
	put(2, EV_MESSAGE_IN, "\"><script>alert(1)</script>", "one\r\ntwo, \"three\"");
	put(3, EV_CALL_IN, NULL, "=HYPERLINK(\"http://x\")");
	put(4, EV_SHUTDOWN, "quit", NULL);
	ck_assert_int_eq(store_commit(st), 0);
}

/* EVT-01: class, time, text; newest first, paged by number */
START_TEST(a_page_has_what_its_query_asks_for)
{
	static const struct { const char *query, *want; } row[] = {
		{"", "4 3 2 1"}, {"limit=2", "4 3+"}, {"limit=2&before=3", "2 1"}, {"limit=4", "4 3 2 1"},
		{"class=usage", "3 1"}, {"class=network,application", "4 2"}, {"class=utilisation", "3 1"}, {"class=audio", ""},
		{"from_us=1767600002000000&to_us=1767600003000000", "3 2"}, {"text=m%C3%BCLLER", "1"},
		{"text=%22%3E%3Cscript", "2"}, {"text=nothing", ""}, {"class=&text=&before=", "4 3 2 1"},
		{"limit=1&class=usage", "3+"}, {"limit=1&class=usage&before=3", "1"}, {"limit=0", "4 3 2 1"},
	};

	some();
	expect(row[_i].query, row[_i].want);
}
END_TEST

START_TEST(a_bad_query_is_refused_with_its_value)
{
	static const struct { const char *query, *id, *say; } row[] = {
		{"class=network,doors", "bad_class", "class=doors"}, {"limit=1001", "bad_number", "limit=1001"},
		{"limit=x", "bad_number", "limit=x"}, {"before=-1", "bad_number", "before=-1"},
		{"from_us=99999999999999999999", "bad_number", "from_us=9999"}, {"to_us=1.5", "bad_number", "to_us=1.5"},
	};
	const char *text;
	json_t *j;

	ask(ui_events, row[_i].query);
	ck_assert_uint_eq(rep.status, 422);
	j = json_loadb((const char *)rep.body->buf, rep.body->end, 0, NULL);
	ck_assert_str_eq(json_string_value(json_object_get(j, "id")), row[_i].id);
	text = json_string_value(json_object_get(j, "text"));
	ck_assert_msg(strstr(text, row[_i].say) != NULL, "%s", text);
	json_decref(j);
}
END_TEST

START_TEST(a_text_too_long_is_refused)
{
	char query[STORE_WORD + 16] = "text=";

	memset(query + 5, 'a', STORE_WORD);
	ask(ui_events, query);
	ck_assert_uint_eq(rep.status, 422);
	query[5 + STORE_WORD - 1] = '\0';
	expect(query, "");
}
END_TEST

START_TEST(a_door_that_keeps_nothing_says_so)
{
	host.store = NULL;
	ask(ui_events, "");
	ck_assert_uint_eq(rep.status, 404);
	ask(ui_events_csv, "");
	ck_assert_uint_eq(rep.status, 404);
	ck_assert_ptr_null(rep.feed);
}
END_TEST

/* WEB: what a stranger wrote is data, in each form */
START_TEST(hostile_texts_stay_texts)
{
	json_t *j, *ev;
	struct mbuf *mb;

	some();
	j = page("text=script");
	ev = json_array_get(json_object_get(j, "events"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(ev, "from")), "\"><script>alert(1)</script>");
	ck_assert_str_eq(json_string_value(json_object_get(ev, "body")), "one\r\ntwo, \"three\"");
	ck_assert_str_eq(json_string_value(json_object_get(ev, "class")), "network");
	json_decref(j);

	ask(ui_events_csv, "");
	mb = whole();
	ck_assert_ptr_nonnull(strstr((char *)mb->buf, ",\"\"\"><script>alert(1)</script>\","));
	ck_assert_ptr_nonnull(strstr((char *)mb->buf, ",\"one\r\ntwo, \"\"three\"\"\""));
	ck_assert_ptr_nonnull(strstr((char *)mb->buf, ",\"'=HYPERLINK(\"\"http://x\"\")\""));
	mem_deref(mb);
}
END_TEST

static const char *header(const char *name)
{
	unsigned i;

	for (i = 0; i < rep.headers; i++)
		if (!strcmp(rep.header[i].name, name))
			return rep.header[i].value;

	return "";
}

START_TEST(files_have_a_name_and_the_oldest_first)
{
	struct mbuf *mb;

	some();
	ask(ui_events_jsonl, "class=usage");
	ck_assert_msg(!strncmp(header("Content-Disposition"), "attachment; filename=\"ipgap-events-2", 35) &&
		      strstr(header("Content-Disposition"), ".jsonl\""), "%s", header("Content-Disposition"));
	mb = whole();
	ck_assert(!strncmp((char *)mb->buf, "{\"seq\":1,", 9));
	ck_assert_ptr_nonnull(strstr((char *)mb->buf, "\n{\"seq\":3,"));
	ck_assert_ptr_null(strstr((char *)mb->buf, "shutdown"));
	mem_deref(mb);
	ask(ui_events_csv, "class=audio");
	ck_assert_ptr_nonnull(strstr(header("Content-Disposition"), ".csv\""));
	mb = whole();
	ck_assert(!strncmp((char *)mb->buf, "seq,time,class,event,", 21));
	ck_assert_str_eq(strchr((char *)mb->buf, '\n'), "\n");
	mem_deref(mb);
}
END_TEST

/* Many events: all come, in pieces, over many turns; a page that finds nothing needs many turns too */
START_TEST(a_long_file_comes_in_pieces)
{
	const unsigned n = 20000;
	struct mbuf *mb;
	unsigned i, rows = 0;

	for (i = 1; i <= n; i++)
		put(i, EV_CALL_IN, NULL, "sip:somebody@192.168.0.22");
	ck_assert_int_eq(store_commit(st), 0);
	ask(ui_events_jsonl, "");
	mb = whole();
	for (i = 0; mb->buf[i]; i++)
		rows += mb->buf[i] == '\n';
	ck_assert_uint_eq(rows, n);
	ck_assert_uint_ge(waits, n / STORE_TURN / 2);
	mem_deref(mb);
	printf("JSON Lines: longest read %.0f us\n", worst_us);
	ck_assert(worst_us < TICK_US);
	ask(ui_events_csv, "");
	mem_deref(whole());
	printf("CSV: longest read %.0f us\n", worst_us);
	ck_assert(worst_us < TICK_US);
	expect("class=door", "");
	ck_assert_uint_ge(waits, n / STORE_TURN - 1);
}
END_TEST

/* The reader goes away in the middle of it */
START_TEST(a_reply_may_end_at_any_time)
{
	uint8_t buf[READ];

	some();
	ask(ui_events_csv, "");
	ck_assert_int_gt(rep.feed->read(rep.feed, buf, sizeof(buf)), 0);
	ck_assert_int_eq(rep.feed->read(rep.feed, buf, 10), 10);
	web_reply_end(&rep);
}
END_TEST

/* WEB-05: events and their files are the administrator's */
START_TEST(events_are_for_administrators)
{
	size_t i, n = 0;

	for (i = 0; i < ui_routes_n; i++) {
		if (strncmp(ui_routes[i].path, UI_PREFIX "events", 10))
			continue;
		ck_assert_int_eq(ui_routes[i].role, UI_ADMIN);
		n++;
	}
	ck_assert_uint_eq(n, 3);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ui_events");
	TCase *t = tcase_create("ui_events");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_page_has_what_its_query_asks_for, 0, 16);
	tcase_add_loop_test(t, a_bad_query_is_refused_with_its_value, 0, 6);
	tcase_add_test(t, a_text_too_long_is_refused);
	tcase_add_test(t, a_door_that_keeps_nothing_says_so);
	tcase_add_test(t, hostile_texts_stay_texts);
	tcase_add_test(t, files_have_a_name_and_the_oldest_first);
	tcase_add_test(t, a_long_file_comes_in_pieces);
	tcase_add_test(t, a_reply_may_end_at_any_time);
	tcase_add_test(t, events_are_for_administrators);
	suite_add_tcase(s, t);
	return s;
}
