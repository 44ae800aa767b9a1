/**
 * @file test_server.c  The web server at its end, and who asks it by which address (WEB-01, WEB-05)
 */
#include <check.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../server.h"

Suite *suite(void);

static struct web *web;
static struct sa from;                  /* of the last request */
static unsigned asked;

static struct gap *no_supply(void *arg)
{
	(void)arg;

	return NULL;
}

static int nothing(struct web_feed *feed, uint8_t *buf, size_t size)
{
	(void)feed;
	(void)buf;
	(void)size;

	return 0;
}

static void never(struct web_later *later, const struct web_request *req, struct web_reply *rep)
{
	(void)later;
	(void)req;
	(void)rep;
}

/* What goes on without a word, what comes never, or at once */
static void site(const struct web_request *req, struct web_reply *rep, void *arg)
{
	(void)arg;
	from = req->from;
	++asked;
	rep->status = 200;
	if (!strcmp(req->path, "/feed") && (rep->feed = mem_zalloc(sizeof(*rep->feed), NULL)))
		rep->feed->read = nothing;
	if (!strcmp(req->path, "/later") && (rep->later = mem_zalloc(sizeof(*rep->later), NULL)))
		rep->later->finish = never;
}

static void stop(void *arg)
{
	(void)arg;
	re_cancel();
}

static void run_for(uint64_t ms)
{
	struct tmr tmr;

	tmr_init(&tmr);
	tmr_start(&tmr, ms, stop, NULL);
	(void)re_main(NULL);
	tmr_cancel(&tmr);
}

static void begin(const char *address)
{
	struct web_config cfg = {.dir = "", .cert = "", .gap = no_supply, .site = site};
	char err[256];

	asked = 0;
	ck_assert_int_eq(libre_init(), 0);
	ck_assert_int_eq(sa_set_str(&cfg.http, address, 0), 0);
	ck_assert_int_eq(web_alloc(&web, &cfg), 0);
	ck_assert_int_eq(web_listen(web, WEB_HTTP, err, sizeof(err)), 0);
}

static int connected(const char *address)
{
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sa to;

	ck_assert_int_eq(sa_set_str(&to, address, sa_port(web_address(web, WEB_HTTP))), 0);
	ck_assert_int_eq(connect(fd, &to.u.sa, to.len), 0);

	return fd;
}

static void say(int fd, const char *path)
{
	char text[128];
	const int n = re_snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);

	ck_assert_int_eq(write(fd, text, (size_t)n), n);
}

/* libmicrohttpd ends the program where a connection waits while it stops */
START_TEST(it_ends_with_requests_that_nobody_read_yet)
{
	static const char *const path[] = {"/feed", "/later", "/"};
	int fd;

	begin("127.0.0.1");
	fd = connected("127.0.0.1");
	run_for(30);
	say(fd, path[_i]);
	web = mem_deref(web);
	ck_assert_uint_eq(asked, 0);
	(void)close(fd);
	libre_close();
}
END_TEST

/* And where they wait already */
START_TEST(it_ends_with_requests_that_wait)
{
	static const char *const path[] = {"/feed", "/later", "/"};
	int fd;

	begin("127.0.0.1");
	fd = connected("127.0.0.1");
	say(fd, path[_i]);
	run_for(30);
	ck_assert_uint_eq(asked, 1);
	web = mem_deref(web);
	(void)close(fd);
	libre_close();
}
END_TEST

/* 0.0.0.0 is an address to listen on: only what was never set is not */
START_TEST(it_listens_on_all_addresses)
{
	static const char *const all[] = {"0.0.0.0", "::"};

	begin(all[_i]);
	ck_assert_ptr_nonnull(web_address(web, WEB_HTTP));
	ck_assert_ptr_null(web_address(web, WEB_HTTPS));
	web = mem_deref(web);
	libre_close();
}
END_TEST

/* One IPv4 client is not all of them: where the door listens on both, the system writes theirs as ::ffff:127.0.0.1 */
START_TEST(an_ipv4_client_is_one_on_an_ipv6_socket_too)
{
	int fd;

	begin("::");
	fd = connected("127.0.0.1");
	say(fd, "/");
	run_for(30);
	ck_assert_uint_eq(asked, 1);
	ck_assert_int_eq(sa_af(&from), AF_INET);
	ck_assert_uint_eq(sa_in(&from), 0x7f000001);
	ck_assert_uint_ne(sa_port(&from), 0);
	web = mem_deref(web);
	(void)close(fd);
	libre_close();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("server");
	TCase *tc = tcase_create("server");

	tcase_add_loop_test(tc, it_ends_with_requests_that_nobody_read_yet, 0, 3);
	tcase_add_loop_test(tc, it_ends_with_requests_that_wait, 0, 3);
	tcase_add_loop_test(tc, it_listens_on_all_addresses, 0, 2);
	tcase_add_test(tc, an_ipv4_client_is_one_on_an_ipv6_socket_too);
	suite_add_tcase(s, tc);

	return s;
}
