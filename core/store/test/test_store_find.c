/**
 * @file test_store_find.c  Kept events are found by class, time and text, in turns; they stay within rows and bytes (EVT-01)
 */
#define _GNU_SOURCE                     /* nftw */
#include <check.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <re.h>
#include "core/store/event_line.h"
#include "core/store/store.h"

#define WALL 1767600000000000           /* 2026-01-05 08:00:00 UTC */
#define S 1000000
#define TICK_US 20000                   /* of a call */

Suite *suite(void);

static char root[64], dir[80], msg[512];
static struct store *st;

static void setup(void)
{
	strcpy(root, "/tmp/test_store_find_XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	snprintf(dir, sizeof(dir), "%s/data", root);
	ck_assert_msg(!store_open(&st, dir, msg, sizeof(msg)), "%s", msg);
}

static int unlink_one(const char *path, const struct stat *s, int flag, struct FTW *f)
{
	(void)s; (void)flag; (void)f;
	return remove(path);
}

static void teardown(void)
{
	st = mem_deref(st);
	nftw(root, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void put_from(uint64_t seq, enum event_id id, const char *from, const char *body)
{
	const struct event ev = {
		.seq = seq, .wall_us = WALL + (int64_t)seq * S, .id = id, .val = {{.s = from}, {.s = body}},
	};

	ck_assert_int_eq(store_put(st, &ev), 0);
}

static void put_link(uint64_t seq)
{
	const struct event ev = {.seq = seq, .wall_us = WALL + (int64_t)seq * S, .id = EV_LINK, .val = {{.u = seq & 1}}};

	ck_assert_int_eq(store_put(st, &ev), 0);
}

static void put_call(uint64_t seq, const char *from)
{
	const struct event ev = {
		.seq = seq, .wall_us = WALL + (int64_t)seq * S, .id = EV_CALL_IN, .val = {{.u = seq}, {.s = from}},
	};

	ck_assert_int_eq(store_put(st, &ev), 0);
}

/* --- what a search finds --- */

struct found {
	unsigned n, turns, stop_after;
	uint64_t seq[64];
	double worst_us;
};

static bool take(const struct store_event *ev, void *arg)
{
	struct found *f = arg;

	if (f->n < 64)
		f->seq[f->n] = ev->seq;
	f->n++;

	return !f->stop_after || f->n % f->stop_after;
}

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct found all(const struct store_query *q, unsigned stop_after)
{
	struct found f = {.stop_after = stop_after};
	struct store_find *find = NULL;
	double t;
	int e;

	ck_assert_int_eq(store_find(&find, st, q), 0);
	do {
		t = cpu_us();
		e = store_find_turn(find, take, &f);
		t = cpu_us() - t;
		f.worst_us = t > f.worst_us ? t : f.worst_us;
		f.turns++;
	} while (!e);
	ck_assert_int_eq(e, ENODATA);
	ck_assert_int_eq(store_find_turn(find, take, &f), ENODATA);
	mem_deref(find);

	return f;
}

static void expect(const struct store_query *q, const char *want)
{
	char got[256] = "";
	const struct found f = all(q, 0);
	unsigned i;

	for (i = 0; i < f.n; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%u", i ? " " : "", (unsigned)f.seq[i]);
	ck_assert_str_eq(got, want);
}

static void some(void)
{
	put_link(1);
	put_call(2, "sip:Müller@192.168.0.22");
	put_from(3, EV_MESSAGE_IN, "sip:a@b", "Porte \"ÉTAGE\" 2\nouverte");
	put_link(4);
	put_call(5, "sip:zoe@pbx");
	ck_assert_int_eq(store_commit(st), 0);
}

/* EVT-01: class, time, number, order */
START_TEST(events_are_found_by_class_time_and_number)
{
	some();
	expect(&(struct store_query){0}, "5 4 3 2 1");
	expect(&(struct store_query){.oldest_first = true}, "1 2 3 4 5");
	expect(&(struct store_query){.classes = 1 << EVENT_USAGE}, "5 2");
	expect(&(struct store_query){.classes = 1 << EVENT_NETWORK | 1 << EVENT_AUDIO}, "4 3 1");
	expect(&(struct store_query){.classes = 1 << EVENT_DOOR}, "");
	expect(&(struct store_query){.from_us = WALL + 2 * S, .to_us = WALL + 4 * S}, "4 3 2");
	expect(&(struct store_query){.from_us = WALL + 6 * S}, "");
	expect(&(struct store_query){.before = 4}, "3 2 1");
	expect(&(struct store_query){.after = 3, .oldest_first = true}, "4 5");
	expect(&(struct store_query){.after = 1, .before = 4, .oldest_first = true}, "2 3");
	expect(&(struct store_query){.before = UINT64_MAX, .after = UINT64_MAX}, "");
}
END_TEST

/* EVT-01: upper and lower case are the same, umlauts and accents too; quotes and line ends as they were said */
START_TEST(events_are_found_by_text)
{
	static const struct { const char *text, *want; } row[] = {
		{"", "5 4 3 2 1"}, {"link", "4 1"}, {"LINK", "4 1"}, {"müller", "2"}, {"MÜLLER", "2"}, {"Muller", ""},
		{"étage", "3"}, {"ÉTAGE", "3"}, {"\"Étage\"", "3"}, {"2\nouverte", "3"}, {"\"event\":\"call_in\"", "5 2"},
		{"sip:zoe@pbx\"}", "5"}, {"nobody", ""}, {"%", ""}, {"_in", "5 3 2"}, {"\xc3", "3 2"},
	};
	struct store_query q = {0};

	some();
	strcpy(q.text, row[_i].text);
	expect(&q, row[_i].want);
}
END_TEST

START_TEST(what_is_not_durable_yet_is_not_found)
{
	some();
	put_link(6);
	expect(&(struct store_query){.before = 0}, "5 4 3 2 1");
	ck_assert_int_eq(store_commit(st), 0);
	expect(&(struct store_query){.before = 0}, "6 5 4 3 2 1");
}
END_TEST

START_TEST(a_search_stops_where_its_taker_is_full_and_goes_on)
{
	unsigned i;

	some();
	for (i = 1; i <= 6; i++) {
		const struct found f = all(&(struct store_query){0}, i);

		ck_assert_uint_eq(f.n, 5);
		ck_assert_uint_eq(f.seq[4], 1);
	}
}
END_TEST

START_TEST(bad_searches_are_refused)
{
	struct store_query q = {0};
	struct store_find *f = NULL;

	memset(q.text, 'a', sizeof(q.text));
	ck_assert_int_eq(store_find(&f, st, &q), EINVAL);
	q.text[0] = '\0';
	ck_assert_int_eq(store_find(NULL, st, &q), EINVAL);
	ck_assert_int_eq(store_find(&f, NULL, &q), EINVAL);
	ck_assert_ptr_null(f);
}
END_TEST

/* Between two turns the oldest are deleted and new ones come: nothing is told twice, and nothing breaks */
START_TEST(a_search_survives_what_happens_between_its_turns)
{
	struct found f = {.stop_after = 1};
	struct store_find *find = NULL;
	uint64_t i;
	int e = 0;

	some();
	ck_assert_int_eq(store_find(&find, st, &(struct store_query){.oldest_first = true}), 0);
	ck_assert_int_eq(store_find_turn(find, take, &f), 0);
	for (i = 6; i <= STORE_EVENTS + STORE_PRUNE + 5; i++)
		put_link(i);
	ck_assert_int_eq(store_commit(st), 0);
	ck_assert_int_eq(store_factory(st), 0);
	while (!e && f.n < 3)
		e = store_find_turn(find, take, &f);
	ck_assert_uint_eq(f.seq[0], 1);
	ck_assert_uint_gt(f.seq[1], 5);
	ck_assert_uint_eq(f.seq[2], f.seq[1] + 1);
	mem_deref(find);
}
END_TEST

/* A full store: no turn takes a tick of a call.  Turns are counted and timed by the processor's clock */
START_TEST(a_turn_over_a_full_store_is_short)
{
	struct store_query q = {.text = "no such text"};
	struct found f;
	double t = cpu_us();
	uint64_t i;

	for (i = 1; i <= STORE_EVENTS; i++)
		put_call(i, "sip:somebody@192.168.0.22");
	ck_assert_int_eq(store_commit(st), 0);
	t = cpu_us();
	f = all(&q, 0);
	printf("search of %u events: %u turns, longest %.0f us, all %.0f ms\n", STORE_EVENTS, f.turns, f.worst_us,
	       (cpu_us() - t) / 1000);
	ck_assert_uint_eq(f.n, 0);
	ck_assert_uint_ge(f.turns, STORE_EVENTS / STORE_TURN);
	ck_assert(f.worst_us < TICK_US);
	q.text[0] = '\0';
	q.classes = 1 << EVENT_DOOR;
	f = all(&q, 0);
	ck_assert_uint_eq(f.n, 0);
	ck_assert(f.worst_us < TICK_US);
}
END_TEST

/* The commit that deletes the oldest, a thousand at once, is short too */
START_TEST(a_commit_that_prunes_is_short)
{
	double t, worst = 0;
	struct found f;
	uint64_t i;

	for (i = 1; i <= STORE_EVENTS; i++)
		put_call(i, "sip:somebody@192.168.0.22");
	ck_assert_int_eq(store_commit(st), 0);
	for (; i <= STORE_EVENTS + 2 * STORE_PRUNE; i += 64) {
		uint64_t k;

		for (k = i; k < i + 64; k++)
			put_call(k, "sip:somebody@192.168.0.22");
		t = cpu_us();
		ck_assert_int_eq(store_commit(st), 0);
		t = cpu_us() - t;
		worst = t > worst ? t : worst;
	}
	printf("longest commit %.0f us\n", worst);
	ck_assert(worst < TICK_US);
	f = all(&(struct store_query){.classes = 1 << EVENT_USAGE}, 0);
	ck_assert_uint_ge(f.n, STORE_EVENTS);
	ck_assert_uint_lt(f.n, STORE_EVENTS + STORE_PRUNE);
}
END_TEST

/* Lines as long as they can be: bytes are bounded, in the table and in the file */
START_TEST(long_events_are_kept_within_bytes)
{
	static char body[STORE_JSON];
	const uint64_t last = 3 * (uint64_t)STORE_BYTES / 2 / STORE_JSON;
	struct found f, again;
	struct stat s;
	char file[120];
	uint64_t i;

	memset(body, 'x', sizeof(body) - 1);
	for (i = 1; i <= last; i++)
		put_from(i, EV_MESSAGE_IN, "sip:a@b", body);
	ck_assert_int_eq(store_commit(st), 0);
	f = all(&(struct store_query){0}, 0);
	ck_assert_uint_eq(f.seq[0], last);
	ck_assert_uint_le(f.n, (STORE_BYTES + STORE_PRUNE_BYTES) / (STORE_JSON - 64));
	ck_assert_uint_ge(f.n, STORE_BYTES / STORE_JSON - 1);
	ck_assert(f.worst_us < TICK_US);

	/* the bytes are known again after a restart */
	st = mem_deref(st);
	ck_assert_int_eq(store_open(&st, dir, msg, sizeof(msg)), 0);
	for (i = last + 1; i <= last + 2 * STORE_PRUNE_BYTES / STORE_JSON; i++)
		put_from(i, EV_MESSAGE_IN, "sip:a@b", body);
	ck_assert_int_eq(store_commit(st), 0);
	again = all(&(struct store_query){0}, 0);
	ck_assert_uint_le(again.n, (STORE_BYTES + STORE_PRUNE_BYTES) / (STORE_JSON - 64));

	st = mem_deref(st);
	snprintf(file, sizeof(file), "%s/" STORE_FILE, dir);
	ck_assert_int_eq(stat(file, &s), 0);
	printf("%u longest events in %.1f MiB\n", again.n, (double)s.st_size / 1048576);
	ck_assert_int_lt(s.st_size, 3 * STORE_BYTES);
}
END_TEST

START_TEST(a_number_that_is_not_kept_is_not_used_again)
{
	some();
	store_pass(st, 9);
	ck_assert_uint_eq(store_last_seq(st), 9);
	store_pass(st, 3);
	store_pass(NULL, 99);
	ck_assert_uint_eq(store_last_seq(st), 9);
	put_link(10);
	ck_assert_int_eq(store_commit(st), 0);
	expect(&(struct store_query){.after = 4}, "10 5");
}
END_TEST

/* --- lines --- */

static const enum event_form form[] = {EVENT_FORM_CSV, EVENT_FORM_JSON, EVENT_FORM_TEXT};

static bool line(const struct store_event *ev, void *arg)
{
	struct mbuf *const *mb = arg;
	struct event_lines l;
	unsigned i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(event_lines_begin(&l, form[i]), 0);
		ck_assert_int_eq(event_line(mb[i], &l, ev), 0);
		event_lines_end(&l);
	}
	return true;
}

static void lines_of(struct mbuf *mb[3])
{
	struct store_find *f = NULL;
	unsigned i;

	for (i = 0; i < 3; i++)
		mb[i] = mbuf_alloc(64);
	ck_assert_int_eq(store_commit(st), 0);
	ck_assert_int_eq(store_find(&f, st, &(struct store_query){.oldest_first = true}), 0);
	ck_assert_int_eq(store_find_turn(f, line, mb), ENODATA);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(mbuf_write_u8(mb[i], 0), 0);
	mem_deref(f);
}

static void has(const struct mbuf *mb, const char *text)
{
	ck_assert_msg(strstr((const char *)mb->buf, text) != NULL, "%s\nis not in\n%s", text, (const char *)mb->buf);
}

/* EVT-01: what a stranger wrote is one event, one row, and no formula, markup or row of its own */
START_TEST(hostile_texts_are_one_row)
{
	struct mbuf *mb[3];
	unsigned i, rows = 0;

	put_from(1, EV_MESSAGE_IN, "\"><script>alert(1)</script>", "a,\"b\"\r\n2,forged,row");
	put_from(2, EV_MESSAGE_IN, "=cmd|' /C calc'!A0", "@SUM(1)");
	put_from(3, EV_MESSAGE_IN, "-1", "+1\x01");
	lines_of(mb);
	has(mb[0], ",network,message_in,");
	has(mb[0], "\"\"\"><script>alert(1)</script>\"");
	has(mb[0], "\"a,\"\"b\"\"\r\n2,forged,row\"");
	has(mb[0], ",'=cmd|' /C calc'!A0,");
	has(mb[0], ",'@SUM(1)");
	has(mb[0], ",'-1,");
	has(mb[0], ",'+1\x01");
	has(mb[1], "\"from\":\"\\\"><script>alert(1)</script>\"");
	has(mb[1], ",\"class\":\"network\"}\n");
	has(mb[2], "message_in from=\"\\\"><script>alert(1)</script>\"");
	for (i = 0; mb[1]->buf[i]; i++)
		rows += mb[1]->buf[i] == '\n';
	ck_assert_uint_eq(rows, 3);
	for (i = 0; i < 3; i++)
		mem_deref(mb[i]);
}
END_TEST

static unsigned commas(const char *s, const char *end)
{
	unsigned n = 0;

	for (; s < end; s++)
		n += *s == ',';
	return n;
}

START_TEST(csv_has_a_header_and_as_many_cells_in_each_row)
{
	struct mbuf *mb[3], *head = mbuf_alloc(64);
	struct event_lines l;
	const char *p, *end;
	unsigned n;

	ck_assert_int_eq(event_lines_begin(&l, EVENT_FORM_CSV), 0);
	ck_assert_int_eq(event_line_head(head, &l), 0);
	ck_assert_uint_lt(l.columns, EVENT_COLUMNS);
	event_lines_end(&l);
	ck_assert_int_eq(event_lines_begin(&l, EVENT_FORM_JSON), 0);
	ck_assert_int_eq(event_line_head(head, &l), 0);
	event_lines_end(&l);
	n = commas((char *)head->buf, (char *)head->buf + head->end);
	ck_assert(!memcmp(head->buf, "seq,time,class,event,dip,", 25));
	put_link(1);
	put_call(2, "sip:a@b");
	lines_of(mb);
	for (p = (char *)mb[0]->buf; *p; p = end + 2) {
		end = strstr(p, "\r\n");
		ck_assert_uint_eq(commas(p, end), n);
	}
	has(mb[0], "1,2026-01-05T08:00:01.000000Z,network,link,");
	has(mb[0], ",true,");
	mem_deref(head);
	for (n = 0; n < 3; n++)
		mem_deref(mb[n]);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("store_find");
	TCase *t = tcase_create("find");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, events_are_found_by_class_time_and_number);
	tcase_add_loop_test(t, events_are_found_by_text, 0, 16);
	tcase_add_test(t, what_is_not_durable_yet_is_not_found);
	tcase_add_test(t, a_search_stops_where_its_taker_is_full_and_goes_on);
	tcase_add_test(t, bad_searches_are_refused);
	tcase_add_test(t, a_search_survives_what_happens_between_its_turns);
	tcase_add_test(t, a_turn_over_a_full_store_is_short);
	tcase_add_test(t, a_commit_that_prunes_is_short);
	tcase_add_test(t, long_events_are_kept_within_bytes);
	tcase_add_test(t, a_number_that_is_not_kept_is_not_used_again);
	tcase_add_test(t, hostile_texts_are_one_row);
	tcase_add_test(t, csv_has_a_header_and_as_many_cells_in_each_row);
	suite_add_tcase(s, t);
	return s;
}
