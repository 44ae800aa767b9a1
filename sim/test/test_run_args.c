/**
 * @file test_run_args.c  The command line of `ipgap run`, --bind among it (SIM-01, SIP-01)
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "sim/run.h"

static char err[RUN_ERR];
static struct run_args a;

static int args(const char *one, const char *two)
{
	static char name[] = "run", first[256], second[256];
	char *argv[] = {name, one ? first : NULL, two ? second : NULL, NULL};

	if (one)
		str_ncpy(first, one, sizeof(first));
	if (two)
		str_ncpy(second, two, sizeof(second));
	err[0] = '\0';

	return run_args_read(&a, 1 + (one != NULL) + (two != NULL), argv, err, sizeof(err));
}

static void good(const char *one, const char *two)
{
	ck_assert_msg(!args(one, two), "%s %s: %s", one ? one : "", two ? two : "", err);
}

static void bad(const char *one, const char *two, const char *part)
{
	ck_assert_msg(args(one, two) != 0, "%s was accepted", one ? one : "nothing");
	ck_assert_msg(strstr(err, part) != NULL, "\"%s\" does not say \"%s\"", err, part);
}

static void bound(const char *text, const char *addr, uint16_t port)
{
	char got[64];

	good("--bind", text);
	(void)re_snprintf(got, sizeof(got), "%j", &a.bind);
	ck_assert_str_eq(got, addr);
	ck_assert_uint_eq(sa_port(&a.bind), port);
}

START_TEST(without_bind_the_door_is_on_the_loopback)
{
	good(NULL, NULL);
	ck_assert(sa_is_loopback(&a.bind));
	ck_assert_uint_eq(sa_port(&a.bind), 0);
}
END_TEST

START_TEST(bind_reads_addresses_and_ports)
{
	bound("10.0.0.7", "10.0.0.7", 0);
	bound("10.0.0.7:5070", "10.0.0.7", 5070);
	bound("[::1]:5070", "::1", 5070);
	bound("::1", "::1", 0);
	bound("127.0.0.1:65535", "127.0.0.1", 65535);
}
END_TEST

START_TEST(bind_refuses_what_is_no_address)
{
	bad("--bind", "10.0.0.256", "10.0.0.256");
	bad("--bind", "10.0.0.7:65536", "65536");
	bad("--bind", "10.0.0.7:", "10.0.0.7:");
	bad("--bind", "10.0.0.7:-1", "-1");
	bad("--bind", "[::1:5070", "[::1");
	bad("--bind", "door.example", "door.example");
	bad("--bind", "", "right would be");
}
END_TEST

static void listens(const struct run_listen *l, const char *where, bool asked)
{
	char got[64] = "off";

	if (sa_isset(&l->addr, SA_ADDR))
		(void)re_snprintf(got, sizeof(got), "%J", &l->addr);
	ck_assert_str_eq(got, where);
	ck_assert(l->asked == asked);
}

/* WEB-01 */
START_TEST(the_web_server_is_where_the_door_is_unless_told)
{
	good(NULL, NULL);
	listens(&a.http, "127.0.0.1:8080", false);
	listens(&a.https, "127.0.0.1:8443", false);
	good("--bind", "[fd77::1]:5070");
	listens(&a.http, "[fd77::1]:8080", false);
	good("--http=8000", "--https=off");
	listens(&a.http, "127.0.0.1:8000", true);
	listens(&a.https, "off", true);
	good("--http", "10.0.0.7");
	listens(&a.http, "10.0.0.7:8080", true);
	good("--https", "[::1]:0");
	listens(&a.https, "[::1]:0", true);
	bad("--http", "on", "is no address to bind");
	bad("--https", "1.2.3.4:65536", "65536");
}
END_TEST

START_TEST(set_is_looked_at_before_anything_is_opened)
{
	good("--set", "door.ring_s=20");
	ck_assert_uint_eq(a.sets, 1);
	ck_assert_str_eq(a.set[0].key, "door.ring_s");
	ck_assert_str_eq(a.set[0].value, "20");
	good("--set=button.day=sip:127.0.0.1;x=y", NULL);
	ck_assert_str_eq(a.set[0].value, "sip:127.0.0.1;x=y");
	bad("--set", "door.ring_s=9", "door.ring_s: \"9\" is out of range; accepted: 10..60 s");
	bad("--set", "door.rings=9", "did you mean door.ring_s");
	bad("--set", "door.ring_s", "KEY=VALUE");
	bad("--set", "=9", "KEY=VALUE");
}
END_TEST

START_TEST(options_take_a_value_either_way)
{
	good("--data=/a b", NULL);
	ck_assert_str_eq(a.data, "/a b");
	good("--audio", "file:in.wav,out.wav");
	good("--audio=none", "--json");
	ck_assert(a.json);
	good("--shot", "x.png");
	ck_assert_str_eq(a.shot, "x.png");
	bad("--audio", "loud", "portaudio, none, file:");
	bad("--data", NULL, "--data needs DIR");
	bad("--data=", NULL, "--data needs");
	bad("--json=1", NULL, "--json takes no value");
	bad("--headles", NULL, "did you mean --headless");
	bad("door", NULL, "there is no option \"door\"");
}
END_TEST

START_TEST(data_goes_where_the_environment_says)
{
	(void)setenv("XDG_STATE_HOME", "/state", 1);
	(void)setenv("HOME", "/home/x", 1);
	good(NULL, NULL);
	ck_assert_str_eq(a.data, "/state/ipgap");
	(void)setenv("XDG_STATE_HOME", "not/absolute", 1);
	good(NULL, NULL);
	ck_assert_str_eq(a.data, "/home/x/.local/state/ipgap");
	(void)unsetenv("HOME");
	bad(NULL, NULL, "--data DIR");
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("run_args");
	TCase *t = tcase_create("command line");

	tcase_add_test(t, without_bind_the_door_is_on_the_loopback);
	tcase_add_test(t, bind_reads_addresses_and_ports);
	tcase_add_test(t, bind_refuses_what_is_no_address);
	tcase_add_test(t, the_web_server_is_where_the_door_is_unless_told);
	tcase_add_test(t, set_is_looked_at_before_anything_is_opened);
	tcase_add_test(t, options_take_a_value_either_way);
	tcase_add_test(t, data_goes_where_the_environment_says);
	suite_add_tcase(s, t);

	return s;
}
