/**
 * @file test_site.c  Sessions, users, hashes, the table of pages (WEB-01, WEB-03, WEB-05)
 */
#include <check.h>
#include <string.h>
#include "../gzip.h"
#include "../hasher.h"
#include "../page_table.h"
#include "../session.h"
#include "../users.h"

Suite *suite(void);

/* --- a request with headers of its own --- */

static const char *headers[8][2];

static const char *header(const struct web_request *req, const char *name)
{
	unsigned i;

	(void)req;
	for (i = 0; i < 8 && headers[i][0]; i++)
		if (!strcasecmp(headers[i][0], name))
			return headers[i][1];

	return NULL;
}

static struct web_request request(const char *host, const char *cookie, uint64_t now_ms)
{
	memset(headers, 0, sizeof(headers));
	headers[0][0] = "Host";
	headers[0][1] = host;
	headers[1][0] = cookie ? "Cookie" : NULL;
	headers[1][1] = cookie;

	return (struct web_request){.method = "GET", .path = "/", .query = "", .now_ms = now_ms, .header = header};
}

/* --- sessions --- */

static struct sessions ss;

static struct session *find(const char *token, const char *host, uint64_t now_ms)
{
	static char cookie[128];
	struct web_request req;

	(void)re_snprintf(cookie, sizeof(cookie), "a=b; ipgap-8080=%s; c=d", token);
	req = request(host, cookie, now_ms);

	return session_find(&ss, &req);
}

START_TEST(a_session_is_found_by_its_cookie_on_its_port)
{
	struct session *s;

	memset(&ss, 0, sizeof(ss));
	s = session_begin(&ss, "anna", 1000);
	ck_assert_ptr_nonnull(s);
	ck_assert_uint_eq(strlen(s->token), SESSION_TOKEN - 1);
	ck_assert_str_ne(s->token, s->csrf);
	ck_assert_ptr_eq(find(s->token, "127.0.0.1:8080", 2000), s);
	ck_assert_ptr_null(find(s->token, "127.0.0.1:8081", 2000));
	ck_assert_ptr_null(find(s->csrf, "127.0.0.1:8080", 2000));
}
END_TEST

START_TEST(it_ends_idle_or_old)
{
	struct session *s;
	uint64_t now = 1000;

	memset(&ss, 0, sizeof(ss));
	s = session_begin(&ss, "anna", now);
	ck_assert_ptr_null(find(s->token, "h:8080", now + SESSION_IDLE_MS));
	for (; now < 1000 + SESSION_MS - SESSION_IDLE_MS / 2; now += SESSION_IDLE_MS / 2)
		ck_assert_ptr_eq(find(s->token, "h:8080", now), s);
	ck_assert_ptr_null(find(s->token, "h:8080", 1000 + SESSION_MS));
}
END_TEST

START_TEST(the_one_longest_unused_makes_room)
{
	char second[SESSION_TOKEN];
	unsigned i;

	memset(&ss, 0, sizeof(ss));
	for (i = 0; i < SESSIONS; i++) {
		struct session *s = session_begin(&ss, "anna", 1000 + i);

		if (i == 1)
			strcpy(second, s->token);
	}
	ck_assert_ptr_nonnull(find(ss.session[0].token, "h:8080", 5000));
	ck_assert_ptr_nonnull(session_begin(&ss, "bob", 6000));
	ck_assert_ptr_null(find(second, "h:8080", 6001));
}
END_TEST

START_TEST(a_users_sessions_end_but_for_one)
{
	struct session *a, *b, *c;

	memset(&ss, 0, sizeof(ss));
	a = session_begin(&ss, "anna", 1);
	b = session_begin(&ss, "anna", 2);
	c = session_begin(&ss, "bob", 3);
	sessions_end(&ss, "anna", b);
	ck_assert(!a->token[0] && b->token[0] && c->token[0]);
}
END_TEST

static const struct { const char *site, *origin; bool own; } asked[] = {
	{NULL, NULL, true}, {"same-origin", "http://h:8080", true}, {"none", NULL, true}, {"cross-site", NULL, false},
	{"same-site", NULL, false}, {NULL, "http://h:8081", false}, {NULL, "https://h:8080", false}, {NULL, "null", false},
	{NULL, "http://H:8080", true},
};

START_TEST(another_sites_page_is_known)
{
	const struct web_request req = request("h:8080", NULL, 0);

	headers[1][0] = asked[_i].site ? "Sec-Fetch-Site" : "X";
	headers[1][1] = asked[_i].site;
	headers[2][0] = asked[_i].origin ? "Origin" : "Y";
	headers[2][1] = asked[_i].origin;
	ck_assert_int_eq(session_own_site(&req), asked[_i].own);
}
END_TEST

/* --- users --- */

START_TEST(a_new_door_has_its_factory_admin)
{
	struct users u;

	ck_assert_int_eq(users_load(&u, NULL), 0);
	ck_assert_uint_eq(u.n, 1);
	ck_assert_str_eq(u.row[0].login, "admin");
	ck_assert(u.row[0].admin && !*u.row[0].hash);
	ck_assert_int_eq(users_remove(&u, "nobody"), ENOENT);
}
END_TEST

START_TEST(there_is_an_end_to_users)
{
	struct users u;
	struct user_row row = {.hash = "x"};
	unsigned i;

	ck_assert_int_eq(users_load(&u, NULL), 0);
	for (i = 1; i < USERS_MAX; i++) {
		(void)re_snprintf(row.login, sizeof(row.login), "u%u", i);
		ck_assert_int_eq(users_put(&u, &row), 0);
	}
	strcpy(row.login, "more");
	ck_assert_int_eq(users_put(&u, &row), EDQUOT);
	strcpy(row.login, "u5");
	ck_assert_int_eq(users_put(&u, &row), 0);
	ck_assert_uint_eq(u.n, USERS_MAX);
}
END_TEST

START_TEST(bad_logins_and_passwords_are_known)
{
	ck_assert_ptr_null(users_bad_login("anna.m-2_x@y"));
	ck_assert_ptr_nonnull(users_bad_login(""));
	ck_assert_ptr_nonnull(users_bad_login("a b"));
	ck_assert_ptr_nonnull(users_bad_login("<b>"));
	ck_assert_ptr_nonnull(users_bad_login("\xc3\xa9"));
	ck_assert_ptr_nonnull(users_bad_login("a23456789012345678901234567890123"));
	ck_assert_str_eq(users_bad_password("x", "1234567"), "password_length");
	ck_assert_str_eq(users_bad_password("12345678", "12345678"), "password_is_login");
	ck_assert_ptr_null(users_bad_password("x", "12345678"));
}
END_TEST

/* --- hashes --- */

static unsigned told;
static bool was_right;
static char was_hash[HASHER_TEXT];

static void done(bool right, const char *hash, void *arg)
{
	(void)arg;
	++told;
	was_right = right;
	str_ncpy(was_hash, hash, sizeof(was_hash));
	re_cancel();
}

static void stop(void *arg)
{
	(void)arg;
	re_cancel();
}

START_TEST(a_password_is_hashed_beside_the_loop)
{
	struct hasher *h = NULL;
	struct hasher_job *job = NULL, *other = NULL;
	char now[HASHER_TEXT];
	struct tmr t;

	ck_assert_int_eq(libre_init(), 0);
	ck_assert_int_eq(hasher_alloc(&h), 0);
	ck_assert_int_eq(hasher_make(&job, h, "correct horse", done, NULL), 0);
	ck_assert_uint_eq(told, 0);
	(void)re_main(NULL);
	job = mem_deref(job);
	ck_assert_uint_eq(told, 1);
	ck_assert(!strncmp(was_hash, "$argon2id$", 10));
	strcpy(now, was_hash);
	ck_assert_int_eq(hasher_check(&job, h, now, "correct horse", done, NULL), 0);
	(void)re_main(NULL);
	job = mem_deref(job);
	ck_assert(was_right);
	ck_assert_int_eq(hasher_check(&job, h, now, "wrong", done, NULL), 0);
	ck_assert_int_eq(hasher_check(&other, h, now, "nobody wants to know", done, NULL), 0);
	other = mem_deref(other);
	(void)re_main(NULL);
	job = mem_deref(job);
	ck_assert(!was_right);
	tmr_init(&t);
	tmr_start(&t, 300, stop, NULL);
	(void)re_main(NULL);
	ck_assert_uint_eq(told, 3);
	tmr_cancel(&t);
	mem_deref(h);
	libre_close();
}
END_TEST

START_TEST(too_many_and_too_long_are_refused)
{
	struct hasher_job *job[HASHER_QUEUE + 1] = {NULL};
	char longest[HASHER_PASSWORD + 1];
	struct hasher *h = NULL;
	unsigned i;

	ck_assert_int_eq(libre_init(), 0);
	ck_assert_int_eq(hasher_alloc(&h), 0);
	memset(longest, 'x', sizeof(longest));
	longest[HASHER_PASSWORD] = '\0';
	ck_assert_int_eq(hasher_make(&job[0], h, longest, done, NULL), EINVAL);
	for (i = 0; i < HASHER_QUEUE; i++)
		ck_assert_int_eq(hasher_make(&job[i], h, "x", done, NULL), 0);
	ck_assert_int_eq(hasher_make(&job[i], h, "x", done, NULL), EBUSY);
	for (i = 0; i < HASHER_QUEUE; i++)
		mem_deref(job[i]);
	mem_deref(h);                   /* with work to do */
	libre_close();
}
END_TEST

/* --- pages --- */

START_TEST(every_setting_is_on_one_page)
{
	size_t i, p, k;

	for (i = 0; i < settings_count; i++) {
		const char *key = settings_table[i].key;
		unsigned n = 0;

		for (p = 0; p < page_count; p++)
			for (k = 0; k < PAGE_GROUPS && page_table[p].group[k].id; k++)
				n += page_lists(page_table[p].group[k].keys, key);
		ck_assert_msg(n == 1, "%s is on %u pages", key, n);
	}
}
END_TEST

START_TEST(every_pattern_of_a_page_means_something)
{
	char one[64];
	size_t p, k, i;

	for (p = 0; p < page_count; p++)
		for (k = 0; k < PAGE_GROUPS && page_table[p].group[k].id; k++) {
			const char *s = page_table[p].group[k].keys;

			for (; *s; s += strcspn(s, " "), s += strspn(s, " ")) {
				bool found = false;

				str_ncpy(one, s, strcspn(s, " ") + 1);
				for (i = 0; i < settings_count; i++)
					found |= page_lists(one, settings_table[i].key);
				ck_assert_msg(found, "%s of page %s", one, page_table[p].id);
			}
		}
}
END_TEST

START_TEST(gzip_gives_back_what_it_took)
{
	uint8_t in[5000], packed[5000], out[5000];
	size_t n = sizeof(packed), m = 0;
	unsigned i;

	for (i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * i >> 3);
	ck_assert(gzip_pack(packed, &n, in, sizeof(in)));
	ck_assert(gzip_unpack(out, sizeof(out), &m, packed, n));
	ck_assert_uint_eq(m, sizeof(in));
	ck_assert(!memcmp(in, out, m));
	ck_assert(!gzip_unpack(out, 100, &m, packed, n));
	packed[n / 2] ^= 0x55;
	ck_assert(!gzip_unpack(out, sizeof(out), &m, packed, n));
	n = 10;
	ck_assert(!gzip_pack(packed, &n, in, sizeof(in)));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("site");
	TCase *tc = tcase_create("site");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_session_is_found_by_its_cookie_on_its_port);
	tcase_add_test(tc, it_ends_idle_or_old);
	tcase_add_test(tc, the_one_longest_unused_makes_room);
	tcase_add_test(tc, a_users_sessions_end_but_for_one);
	tcase_add_loop_test(tc, another_sites_page_is_known, 0, sizeof(asked) / sizeof(asked[0]));
	tcase_add_test(tc, a_new_door_has_its_factory_admin);
	tcase_add_test(tc, there_is_an_end_to_users);
	tcase_add_test(tc, bad_logins_and_passwords_are_known);
	tcase_add_test(tc, a_password_is_hashed_beside_the_loop);
	tcase_add_test(tc, too_many_and_too_long_are_refused);
	tcase_add_test(tc, every_setting_is_on_one_page);
	tcase_add_test(tc, every_pattern_of_a_page_means_something);
	tcase_add_test(tc, gzip_gives_back_what_it_took);
	suite_add_tcase(s, tc);

	return s;
}
