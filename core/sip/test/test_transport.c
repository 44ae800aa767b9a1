/**
 * @file test_transport.c  SIP over TCP and TLS: registration, its broken connection, whose certificate (SIP-01)
 *
 * The registrar is libre's bare stack; the calendar of virtual time begins on 2026-01-05.
 */
#include "core/sip/account.h"
#include "core/sip/test/pair.h"

#define CERT "fixtures/certificates/"

Suite *suite(void);

static struct account *account;
static char news[512], faults[512];
static struct {
	struct sip *sip;
	struct sip_lsnr *lsnr;
	struct tls *tls;
	char contact[128];
	unsigned asked;
} reg;

static bool on_register(const struct sip_msg *msg, void *arg)
{
	const struct sip_hdr *contact = sip_msg_hdr(msg, SIP_HDR_CONTACT);

	(void)arg;
	if (pl_strcmp(&msg->met, "REGISTER") || !contact)
		return false;
	reg.asked++;
	(void)pl_strcpy(&contact->val, reg.contact, sizeof(reg.contact));
	(void)sip_treplyf(NULL, NULL, reg.sip, msg, false, 200, "OK", "Contact: %r\r\nContent-Length: 0\r\n\r\n",
			  &contact->val);

	return true;
}

static void registrar(const char *cert)
{
	struct sa sa;

	ck_assert_int_eq(sip_alloc(&reg.sip, NULL, 16, 16, 16, "registrar", NULL, NULL), 0);
	ck_assert_int_eq(sa_set_str(&sa, "10.77.0.3", 5060), 0);
	ck_assert_int_eq(sip_transp_add(reg.sip, SIP_TRANSP_TCP, &sa), 0);
	sa_set_port(&sa, 5061);
	ck_assert_int_eq(tls_alloc(&reg.tls, TLS_METHOD_SSLV23, cert, NULL), 0);
	ck_assert_int_eq(sip_transp_add(reg.sip, SIP_TRANSP_TLS, &sa, reg.tls), 0);
	ck_assert_int_eq(sip_listen(&reg.lsnr, reg.sip, true, on_register, NULL), 0);
}

static void registrar_dies(void)
{
	reg.lsnr = mem_deref(reg.lsnr);
	if (reg.sip)
		sip_close(reg.sip, true);
	reg.sip = mem_deref(reg.sip);
	reg.tls = mem_deref(reg.tls);
}

static void on_news(const struct account_news *n, void *arg)
{
	const size_t len = strlen(news);

	(void)arg;
	snprintf(news + len, sizeof(news) - len, "%s%s", len ? " " : "", n->ok ? "ok" : "no");
}

static void on_fault(const char *about, const char *cause, void *arg)
{
	const size_t len = strlen(faults);

	(void)arg;
	snprintf(faults + len, sizeof(faults) - len, "%s: %s;", about, cause);
}

static void begin_at(int32_t over, const char *route, const char *domain)
{
	struct account_settings conf = {
		.active = true, .port = 5060, .expires_s = 600, .server = "10.77.0.3", .user = "100",
		.password = "secret", .transport = over,
	};

	str_ncpy(conf.route, route, sizeof(conf.route));
	str_ncpy(conf.domain, domain, sizeof(conf.domain));
	ua_faults(pair.door.ua, on_fault, NULL);
	ck_assert_int_eq(account_alloc(&account, pair.door.ua, &conf, on_news, NULL), 0);
	pair_run(100);
}

static void begin(int32_t over, const char *route)
{
	begin_at(over, route, "");
}

static void setup(void)
{
	memset(&reg, 0, sizeof(reg));
	news[0] = faults[0] = '\0';
	pair_start();
	str_ncpy(pair.door.conf.tls_ca, CERT "ca.pem", sizeof(pair.door.conf.tls_ca));
	str_ncpy(pair.door.conf.tls_cert, CERT "good.pem", sizeof(pair.door.conf.tls_cert));
}

static void teardown(void)
{
	account_close(account, true);
	account = mem_deref(account);
	registrar_dies();
	pair_stop();
}

static const struct { int32_t over; const char *contact; } ways[] = {
	{ SIP_OVER_TCP, "<sip:100@10.77.0.1;transport=tcp>;expires=600" },
	{ SIP_OVER_TLS, "<sip:100@10.77.0.1;transport=tls>;expires=600" },
};

/* SIP-01, SIP-03: Contact names the transport, and the ports it is reached at */
START_TEST(registers)
{
	registrar(CERT "good.pem");
	begin(ways[_i].over, "");
	ck_assert_str_eq(news, "ok");
	ck_assert_str_eq(faults, "");
	ck_assert_str_eq(reg.contact, ways[_i].contact);
}
END_TEST

/* SIP-10: the connection is gone, so is the way to us; another REGISTER at once */
START_TEST(broken_connection)
{
	registrar(CERT "good.pem");
	begin(ways[_i].over, "");
	pair_run(20000);
	registrar_dies();
	registrar(CERT "good.pem");
	ck_assert_uint_eq(reg.asked, 1);
	pair_run(200);
	ck_assert_uint_eq(reg.asked, 2);
	ck_assert_str_eq(news, "ok");
}
END_TEST

/* SIP-10: a registrar that closes each connection is not asked without a pause */
START_TEST(closing_registrar)
{
	unsigned i;

	registrar(CERT "good.pem");
	begin(SIP_OVER_TCP, "");
	for (i = 0; i < 10; i++) {
		registrar_dies();
		registrar(CERT "good.pem");
		pair_run(1000);
	}
	ck_assert_uint_ge(reg.asked, 2);
	ck_assert_uint_le(reg.asked, 4);
}
END_TEST

/* SIP-10: dead for good: it is told */
START_TEST(dead_registrar)
{
	registrar(CERT "good.pem");
	begin(SIP_OVER_TLS, "");
	pair_run(20000);
	registrar_dies();
	pair_run(40000);
	ck_assert_str_eq(news, "ok no");
}
END_TEST

/* The idle connection is kept by CRLF, and no REGISTER is spent on it */
START_TEST(kept_open)
{
	registrar(CERT "good.pem");
	begin(SIP_OVER_TLS, "");
	pair_run(450000);
	ck_assert_uint_eq(reg.asked, 1);
}
END_TEST

/* SIP-01: refusals name the certificate and the reason */
static const struct { const char *cert, *ca, *fault; } bad[] = {
	{ CERT "good.pem", CERT "other-ca.pem", "/CN=pbx.test/O=ipgap tests: certificate refused: unable to get local issuer certificate;" },
	{ CERT "name.pem", CERT "ca.pem", "/CN=elsewhere.test/O=ipgap tests: certificate refused: hostname mismatch;" },
	{ CERT "late.pem", CERT "ca.pem", "/CN=pbx.test/O=ipgap tests: certificate refused: certificate has expired;" },
	{ CERT "early.pem", CERT "ca.pem", "/CN=pbx.test/O=ipgap tests: certificate refused: certificate is not yet valid;" },
};

START_TEST(refused)
{
	str_ncpy(pair.door.conf.tls_ca, bad[_i].ca, sizeof(pair.door.conf.tls_ca));
	registrar(bad[_i].cert);
	begin(SIP_OVER_TLS, "");
	pair_run(1000);
	ck_assert_str_eq(news, "no");
	ck_assert_str_eq(faults, bad[_i].fault);
	ck_assert_uint_eq(reg.asked, 0);
}
END_TEST

START_TEST(name_not_verified)
{
	pair.door.conf.tls_verify_cn = false;
	registrar(CERT "name.pem");
	begin(SIP_OVER_TLS, "");
	ck_assert_str_eq(news, "ok");
}
END_TEST

START_TEST(nobody_verified)
{
	pair.door.conf.tls_verify = false;
	str_ncpy(pair.door.conf.tls_ca, CERT "other-ca.pem", sizeof(pair.door.conf.tls_ca));
	registrar(CERT "late.pem");
	begin(SIP_OVER_TLS, "");
	ck_assert_str_eq(news, "ok");
}
END_TEST

/* RFC 5922: the certificate carries the domain, not the server's address; a part of it will not do */
START_TEST(domain_verified)
{
	registrar(CERT "name.pem");
	begin_at(SIP_OVER_TLS, "", _i ? "here.test" : "elsewhere.test");
	ck_assert_str_eq(news, _i ? "no" : "ok");
}
END_TEST

/* SIP-01, SIP-10: the connection of a call breaks; its BYE makes another */
START_TEST(broken_in_call)
{
	static const char *const to[] = { "sip:10.77.0.2;transport=tcp", "sips:10.77.0.2" };
	const struct call_dial d = { .to = to[_i] };

	pair.phone.conf.tcp = true;
	str_ncpy(pair.phone.conf.tls_cert, CERT "good.pem", sizeof(pair.phone.conf.tls_cert));
	pair.phone.taking = TAKE_ANSWER;
	mem_deref(pair.phone.ua);
	pair_run(1000);
	{
		struct ua_config cfg = { .user = "phone", .conf = &pair.phone.conf, .media = pair.media };

		ck_assert_int_eq(sa_set_str(&cfg.laddr, "10.77.0.2", 5060), 0);
		ck_assert_int_eq(ua_alloc(&pair.phone.ua, &cfg), 0);
		ua_handlers(pair.phone.ua, on_call, on_message, on_refused, &pair.phone);
	}
	pair_run(10);
	ck_assert_int_eq(call_dial(&pair.door.call, pair.door.ua, &d, on_event, &pair.door), 0);
	pair_run(1000);
	ck_assert_str_eq(pair.door.log, "answered");
	sip_transp_flush(ua_sip(pair.phone.ua));
	pair_run(1000);
	ck_assert_str_eq(pair.door.log, "answered");
	ck_assert_str_eq(pair.phone.log, "answered");
	ck_assert_int_eq(call_hangup(pair.door.call), 0);
	pair_run(1000);
	ck_assert_str_eq(pair.phone.log, "answered closed:0");
}
END_TEST

/* A route takes the account's transport, and says another itself */
START_TEST(by_route)
{
	registrar(CERT "good.pem");
	begin(SIP_OVER_UDP, _i ? "sips:10.77.0.3;lr" : "sip:10.77.0.3;transport=tcp;lr");
	ck_assert_str_eq(news, "ok");
	ck_assert_uint_eq(reg.asked, 1);
}
END_TEST

/* SIP-01: no certificate file, no TLS; UDP lives on */
START_TEST(no_file)
{
	str_ncpy(pair.door.conf.tls_cert, "none.pem", sizeof(pair.door.conf.tls_cert));
	registrar(CERT "good.pem");
	begin(SIP_OVER_TLS, "sips:10.77.0.3");
	ck_assert_ptr_nonnull(strstr(faults, "none.pem: no SIP over TLS: sip.tls_cert has to be a PEM file"));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("transport");
	TCase *t = tcase_create("transport");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, registers, 0, ARRAY_SIZE(ways));
	tcase_add_loop_test(t, broken_connection, 0, ARRAY_SIZE(ways));
	tcase_add_test(t, closing_registrar);
	tcase_add_test(t, dead_registrar);
	tcase_add_test(t, kept_open);
	tcase_add_loop_test(t, refused, 0, ARRAY_SIZE(bad));
	tcase_add_test(t, name_not_verified);
	tcase_add_test(t, nobody_verified);
	tcase_add_loop_test(t, domain_verified, 0, 2);
	tcase_add_loop_test(t, broken_in_call, 0, 2);
	tcase_add_loop_test(t, by_route, 0, 2);
	tcase_add_test(t, no_file);
	suite_add_tcase(s, t);

	return s;
}
