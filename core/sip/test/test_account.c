/**
 * @file test_account.c  An account at a registrar that answers by hand, and badly (SIP-03, SIP-10)
 */
#include "core/sip/account.h"
#include "core/sip/phone.h"
#include "core/sip/test/pair.h"
#include "core/sip/test/raw.h"

Suite *suite(void);

static struct account *account;
static char news[1024];

static void on_news(const struct account_news *n, void *arg)
{
	const size_t len = strlen(news);

	(void)arg;
	snprintf(news + len, sizeof(news) - len, "%s%s:%s:%u", len ? " " : "", n->presence ? "presence" : "reg",
		 n->ok ? "ok" : "no", n->scode);
}

static void start(const char *route, bool publish)
{
	struct account_settings conf = {
		.active = true, .port = 5060, .expires_s = 600, .server = "10.77.0.3", .user = "100",
		.password = "secret", .publish = publish,
	};

	str_ncpy(conf.route, route, sizeof(conf.route));
	ck_assert_int_eq(account_alloc(&account, pair.door.ua, &conf, on_news, NULL), 0);
	pair_run(50);
}

static void setup(void)
{
	pair_start();
	raw_start();
	news[0] = '\0';
}

static void teardown(void)
{
	account_close(account, true);
	account = mem_deref(account);
	raw_stop();
	pair_stop();
}

static void answer(unsigned code, const char *headers)
{
	raw_answer(code, "x", headers, "");
	pair_run(50);
}

#define OURS "Contact: <sip:100@10.77.0.1>"

/* What is granted rules the refresh: ours among others, the Expires header, or what was asked */
static const struct { const char *headers; unsigned s; } granted[] = {
	{ OURS ";expires=100\r\n", 100 },
	{ "Contact: <sip:other@10.77.0.9>;expires=20, <sip:100@10.77.0.1:5060>;expires=200\r\n", 200 },
	{ "Contact: <sip:other@10.77.0.9>;expires=20\r\nExpires: 300\r\n", 300 },
	{ "Contact: \r\n", 600 },
	{ "Contact: *\r\n", 600 },
	{ "", 600 },
	{ OURS ";expires=0\r\n", 10 },
	{ OURS ";expires=1\r\n", 10 },
	{ OURS ";expires=4294967295\r\n", 7 * 86400 },
	{ OURS ";expires=99999999999999999999\r\n", 0 },
};

START_TEST(refresh_follows_what_was_granted)
{
	const unsigned s = granted[_i].s;
	unsigned count;

	start("", false);
	ck_assert_ptr_nonnull(strstr(raw.last, "REGISTER sip:10.77.0.3 SIP/2.0\r\n"));
	ck_assert_ptr_nonnull(strstr(raw.last, "\r\n" OURS ";expires=600\r\n"));
	answer(200, granted[_i].headers);
	ck_assert_str_eq(news, "reg:ok:200");
	ck_assert(account_registered(account));
	count = raw.count;
	if (!s)
		return;         /* nonsense is survived; when it is refreshed is its own affair */
	pair_run(s * 790);
	ck_assert_uint_eq(raw.count, count);
	pair_run(s * 120);
	ck_assert_uint_gt(raw.count, count);
}
END_TEST

/* Refusals that would have a careless client send without end, or fall over */
static const struct { unsigned code; const char *headers; } odd[] = {
	{ 423, "" }, { 423, "Min-Expires: 0\r\n" }, { 423, "Min-Expires: 10\r\n" },
	{ 423, "Min-Expires: 4294967295\r\n" }, { 423, "Min-Expires: x\r\n" },
	{ 401, "" }, { 401, "WWW-Authenticate: \r\n" }, { 401, "WWW-Authenticate: Basic realm=\"x\"\r\n" },
	{ 401, "WWW-Authenticate: Digest realm=\"x\"\r\n" },
	{ 401, "WWW-Authenticate: Digest realm=\"x\", nonce=\"y\", algorithm=SHA-512-256\r\n" },
	{ 407, "Proxy-Authenticate: Digest nonce=\"y\"\r\n" },
	{ 300, "" }, { 302, "Contact: <sip:10.77.0.9>\r\n" }, { 403, "Retry-After: 4294967295\r\n" }, { 699, "" },
};

START_TEST(odd_refusals_wait)
{
	char want[40];
	unsigned count;

	start("", false);
	answer(odd[_i].code, odd[_i].headers);
	snprintf(want, sizeof(want), "reg:no:%u", odd[_i].code);
	ck_assert_str_eq(news, want);
	count = raw.count;
	pair_run((unsigned)pair.door.conf.register_retry_s * 500 - 1000);
	ck_assert_uint_eq(raw.count, count);
	pair_run(3600 * 1000);
	ck_assert_uint_gt(raw.count, count);
	strcat(want, " reg:no:0");              /* nobody answered the others: told once, too */
	ck_assert_str_eq(news, want);
}
END_TEST

START_TEST(min_expires_is_raised_twice_at_most)
{
	unsigned i, s = 600;
	char header[40];

	start("", false);
	for (i = 0; i < 2; i++) {
		ck_assert_ptr_nonnull(strstr(raw.last, "REGISTER "));
		snprintf(header, sizeof(header), "Min-Expires: %u\r\n", s *= 2);
		answer(423, header);
		ck_assert_str_eq(news, "");
	}
	answer(423, "Min-Expires: 86400\r\n");
	ck_assert_str_eq(news, "reg:no:423");
}
END_TEST

/* The password itself is nowhere in what is sent; the response to the challenge is right (RFC 2617) */
START_TEST(challenge_is_answered_once)
{
	start("", false);
	answer(401, "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n");
	ck_assert_ptr_nonnull(strstr(raw.last, "Authorization: Digest username=\"100\", realm=\"r\", nonce=\"n\", "
				     "uri=\"sip:10.77.0.3\", response=\""));
	ck_assert_ptr_null(strstr(raw.all, "secret"));
	answer(401, "WWW-Authenticate: Digest realm=\"r\", nonce=\"n2\"\r\n");
	ck_assert_str_eq(news, "reg:no:401");
}
END_TEST

START_TEST(route_is_a_header_and_the_next_hop)
{
	start("sip:10.77.0.3;lr", false);
	ck_assert_ptr_nonnull(strstr(raw.last, "\r\nRoute: <sip:10.77.0.3;lr>\r\n"));
}
END_TEST

/* SIP-01: a port other than 5060 stands in every URI of the account */
START_TEST(port_and_domain_make_the_identity)
{
	struct account_settings conf = {
		.active = true, .port = 5070, .expires_s = 600, .server = "10.77.0.9", .user = "100", .route = "sip:10.77.0.3",
	};

	ck_assert_int_eq(account_alloc(&account, pair.door.ua, &conf, NULL, NULL), 0);
	ck_assert_str_eq(account_identity(account)->uri, "sip:100@10.77.0.9:5070");
	pair_run(50);
	ck_assert_ptr_nonnull(strstr(raw.last, "REGISTER sip:10.77.0.9:5070 SIP/2.0\r\n"));
	account_close(account, true);
	account = mem_deref(account);
	str_ncpy(conf.domain, "office.example", sizeof(conf.domain));
	ck_assert_int_eq(account_alloc(&account, pair.door.ua, &conf, NULL, NULL), 0);
	ck_assert_str_eq(account_identity(account)->uri, "sip:100@office.example");
	account_close(account, true);
	account = mem_deref(account);
	str_ncpy(conf.identity, "sip:front@x.example", sizeof(conf.identity));
	ck_assert_int_eq(account_alloc(&account, pair.door.ua, &conf, NULL, NULL), 0);
	ck_assert_str_eq(account_identity(account)->uri, "sip:front@x.example");
}
END_TEST

START_TEST(closing_takes_the_registration_back)
{
	start("", false);
	answer(200, OURS ";expires=600\r\n");
	account_close(account, false);
	pair_run(50);
	ck_assert_ptr_nonnull(strstr(raw.last, "\r\n" OURS ";expires=0\r\n"));
	ck_assert_ptr_null(account_identity(account));
	account_retry(account);
	account_close(account, false);          /* both mean nothing now */
}
END_TEST

START_TEST(presence_without_a_tag_is_not_refreshed)
{
	unsigned count;

	start("", true);
	answer(200, OURS ";expires=86400\r\n");
	ck_assert_ptr_nonnull(strstr(raw.last, "PUBLISH sip:100@10.77.0.3 SIP/2.0\r\n"));
	ck_assert_ptr_nonnull(strstr(raw.last, "entity=\"sip:100@10.77.0.3\""));
	answer(200, "Expires: 60\r\n");
	ck_assert_str_eq(news, "reg:ok:200 presence:ok:200");
	count = raw.count;
	pair_run(600 * 1000);
	ck_assert_uint_eq(raw.count, count);
}
END_TEST

START_TEST(an_account_needs_server_and_user)
{
	struct account_settings conf = { .active = true, .user = "100" };
	struct account *a = NULL;

	ck_assert_int_eq(account_alloc(&a, pair.door.ua, &conf, NULL, NULL), EINVAL);
	str_ncpy(conf.server, "10.77.0.3", sizeof(conf.server));
	conf.user[0] = '\0';
	ck_assert_int_eq(account_alloc(&a, pair.door.ua, &conf, NULL, NULL), EINVAL);
	ck_assert_ptr_null(a);
}
END_TEST

static struct { unsigned full, told; bool level; char text[64]; } door;

static int tell(const struct door_in *in, void *arg)
{
	(void)arg;
	ck_assert_int_eq(in->type, DOOR_IN_ACCOUNT);
	ck_assert_uint_eq(in->code, 2);
	if (door.full) {
		door.full--;
		return ENOBUFS;
	}
	door.told++;
	door.level = in->level;
	str_ncpy(door.text, in->text, sizeof(door.text));

	return 0;
}

static void phone_told(const struct phone_news *n, void *arg)
{
	(void)n;
	(void)arg;
}

/* REL-05 hangs on it: a door whose queue is full hears of its PBX all the same, and of the account's end */
START_TEST(door_is_told_again)
{
	const struct gap_port_ops port = { .now_us = NULL };
	struct settings conf;
	struct phone_config cfg = {
		.ua = { .user = "ipacGap", .conf = &conf, .media = pair.media }, .port = &port, .tell = tell,
		.news = phone_told,
	};
	struct phone *p;

	memset(&door, 0, sizeof(door));
	settings_default(&conf);
	str_ncpy(conf.account[1].server, "10.77.0.3", sizeof(conf.account[1].server));
	str_ncpy(conf.account[1].user, "100", sizeof(conf.account[1].user));
	conf.account[1].active = true;
	ck_assert_int_eq(sa_set_str(&cfg.ua.laddr, "10.77.0.4", 5060), 0);
	raw.door = cfg.ua.laddr;
	ck_assert_int_eq(phone_alloc(&p, &cfg), 0);
	pair_run(50);
	door.full = 3;
	answer(403, "");
	ck_assert_uint_eq(door.told, 0);
	pair_run(500);
	ck_assert_uint_eq(door.told, 1);
	ck_assert(!door.level);
	conf.account[1].active = false;
	phone_accounts(p);
	ck_assert_uint_eq(door.told, 2);
	ck_assert(door.level);
	ck_assert_str_eq(door.text, "not active");
	phone_close(p, true);
	mem_deref(p);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("account");
	TCase *tc = tcase_create("account");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, refresh_follows_what_was_granted, 0, ARRAY_SIZE(granted));
	tcase_add_loop_test(tc, odd_refusals_wait, 0, ARRAY_SIZE(odd));
	tcase_add_test(tc, min_expires_is_raised_twice_at_most);
	tcase_add_test(tc, challenge_is_answered_once);
	tcase_add_test(tc, route_is_a_header_and_the_next_hop);
	tcase_add_test(tc, port_and_domain_make_the_identity);
	tcase_add_test(tc, closing_takes_the_registration_back);
	tcase_add_test(tc, presence_without_a_tag_is_not_refreshed);
	tcase_add_test(tc, door_is_told_again);
	tcase_add_test(tc, an_account_needs_server_and_user);
	suite_add_tcase(s, tc);

	return s;
}
