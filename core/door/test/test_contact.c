/**
 * @file test_contact.c  Contact forms: numbers, addresses, URIs; accounts and P2P (CON-01, SUP-03, SUP-25)
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../contact.h"

Suite *suite(void);

static struct settings conf;

static void set(const char *key, const char *value)
{
	char err[256];

	ck_assert_msg(!settings_set(&conf, key, value, err, sizeof(err)), "%s", err);
}

static void account(const char *n, const char *server, const char *port, const char *domain)
{
	char key[32];

	(void)snprintf(key, sizeof(key), "sip.account%s.server", n);
	set(key, server);
	(void)snprintf(key, sizeof(key), "sip.account%s.user", n);
	set(key, "door");
	(void)snprintf(key, sizeof(key), "sip.account%s.port", n);
	set(key, port);
	(void)snprintf(key, sizeof(key), "sip.account%s.domain", n);
	set(key, domain);
	(void)snprintf(key, sizeof(key), "sip.account%s.active", n);
	set(key, "yes");
}

static void p2p(void)
{
	settings_default(&conf);
	set("sup.dtmf", "required");
}

/* accounts 2 and 3 are active, 1 is not */
static void pbx(void)
{
	p2p();
	account("2", "10.0.0.2", "5060", "");
	account("3", "10.0.0.3", "5070", "");
}

struct row { const char *contact; int err; const char *uri; unsigned account; int dtmf; };

#define REQ DTMF_PROTOCOL_REQUIRED
#define OFF DTMF_PROTOCOL_OFF
#define AUTO DTMF_PROTOCOL_AUTO

static const struct row in_p2p[] = {
	{"sip:a@b", 0, "sip:a@b", 0, REQ},
	{"sip:a@b;dtmf=auto", 0, "sip:a@b", 0, AUTO},
	{"sip:a@b:5062;transport=udp;dtmf=off", 0, "sip:a@b:5062;transport=udp", 0, OFF},
	{"sip:10.0.0.9;p2p;dtmf=off", 0, "sip:10.0.0.9", 0, OFF},
	{"sip:a@b;account=2", ENOENT, NULL, 0, 0},
	{"101", ENOENT, NULL, 0, 0},
	{"", EINVAL, NULL, 0, 0},
	{"sip:a@b;account=0", EINVAL, NULL, 0, 0},
	{"sip:a@b;dtmf=off;dtmf=off", EINVAL, NULL, 0, 0},
};

static const struct row with_pbx[] = {
	{"101", 0, "sip:101@10.0.0.2", 2, REQ},
	{"101;account=3", 0, "sip:101@10.0.0.3:5070", 3, REQ},
	{"101;account=1", ENOENT, NULL, 0, 0},
	{"*21#;dtmf=off;account=2", 0, "sip:*21%23@10.0.0.2", 2, OFF},
	{"sip:bob@example.net", 0, "sip:bob@example.net", 2, REQ},
	{"sip:bob@example.net;account=3", 0, "sip:bob@example.net", 3, REQ},
	{"sip:10.0.0.9;transport=tcp;p2p", 0, "sip:10.0.0.9;transport=tcp", 0, REQ},
	{"101;p2p", ENOENT, NULL, 0, 0},
};

static void check(const struct row *r)
{
	struct contact c = {.account = 99};

	ck_assert_int_eq(contact_resolve(&c, &conf, r->contact), r->err);
	if (r->err) {
		ck_assert_uint_eq(c.account, 99);       /* untouched */
		return;
	}
	ck_assert_str_eq(c.uri, r->uri);
	ck_assert_uint_eq(c.account, r->account);
	ck_assert_int_eq(c.dtmf, r->dtmf);
}

START_TEST(without_accounts_contacts_are_called_p2p)
{
	p2p();
	check(&in_p2p[_i]);
}
END_TEST

START_TEST(with_accounts_contacts_are_called_by_theirs)
{
	pbx();
	check(&with_pbx[_i]);
}
END_TEST

START_TEST(a_number_is_called_at_the_domain_where_there_is_one)
{
	struct contact c;

	p2p();
	account("1", "10.0.0.1", "5080", "office.example");
	ck_assert_int_eq(contact_resolve(&c, &conf, "+49123"), 0);
	ck_assert_str_eq(c.uri, "sip:+49123@office.example");
}
END_TEST

START_TEST(a_uri_longer_than_its_room_is_told)
{
	char text[SETTINGS_URI];
	struct contact c;

	pbx();
	memset(text, '1', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(contact_resolve(&c, &conf, text), EOVERFLOW);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("contact");
	TCase *tc = tcase_create("contact");

	tcase_add_loop_test(tc, without_accounts_contacts_are_called_p2p, 0,
			    sizeof(in_p2p) / sizeof(in_p2p[0]));
	tcase_add_loop_test(tc, with_accounts_contacts_are_called_by_theirs, 0,
			    sizeof(with_pbx) / sizeof(with_pbx[0]));
	tcase_add_test(tc, a_number_is_called_at_the_domain_where_there_is_one);
	tcase_add_test(tc, a_uri_longer_than_its_room_is_told);
	suite_add_tcase(s, tc);

	return s;
}
