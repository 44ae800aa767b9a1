/**
 * @file test_sdes.c  a=crypto: what is taken, what is passed over, offer and answer (SIP-09, RFC 4568)
 */
#include <check.h>
#include <errno.h>
#include <re.h>
#include <stdlib.h>
#include <string.h>
#include "core/sip/sdes.h"

#define KEY30 "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
#define KEY46 "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVzWVNfX19zZW1jdGwgKCkgew"
#define KEY28 "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubA"
#define S80 "AES_CM_128_HMAC_SHA1_80"

Suite *suite(void);

static int read_line(struct sdes_line *line, const char *text)
{
	char *copy = strdup(text);      /* its own block: no byte past the end goes unseen */
	struct pl pl = {copy, strlen(text)};
	const int err = sdes_line(line, &pl);

	free(copy);

	return err;
}

static const struct { const char *text; int err; } lines[] = {
	{"1 " S80 " inline:" KEY30, 0},
	{"999999999 " S80 " inline:" KEY30, 0},
	{"0 " S80 " inline:" KEY30, 0},
	{"1  " S80 "   inline:" KEY30 " ", 0},
	{"1 aes_cm_128_hmac_sha1_80 inline:" KEY30, 0},
	{"1 AES_CM_128_HMAC_SHA1_32 inline:" KEY30, 0},
	{"1 AES_256_CM_HMAC_SHA1_80 inline:" KEY46 "==", 0},
	{"1 AES_256_CM_HMAC_SHA1_32 inline:" KEY46 "==", 0},
	{"1 AES_256_CM_HMAC_SHA1_80 inline:" KEY46, 0},
	{"1 AEAD_AES_128_GCM inline:" KEY28 "==", 0},
	{"1 " S80 " inline:" KEY30 "|2^20", 0},
	{"1 " S80 " inline:" KEY30 "|2^48", 0},
	{"1 " S80 " inline:" KEY30 "|1048576", 0},
	{"1 " S80 " inline:" KEY30 " KDR=0", 0},
	{"1 " S80 " inline:" KEY30 " WSH=64 -extra", 0},

	/* tag */
	{"", EBADMSG}, {"x", EBADMSG}, {"01 " S80 " inline:" KEY30, EBADMSG},
	{"1000000000 " S80 " inline:" KEY30, EBADMSG}, {"-1 " S80 " inline:" KEY30, EBADMSG},
	/* suite */
	{"1", ENOTSUP}, {"1 F8_128_HMAC_SHA1_80 inline:" KEY30, ENOTSUP}, {"1 " S80 "x inline:" KEY30, ENOTSUP},
	/* key */
	{"1 " S80, ENOTSUP}, {"1 " S80 " inline:", EBADMSG}, {"1 " S80 " uri:" KEY30, ENOTSUP},
	{"1 " S80 " inline:" KEY28 "==", EBADMSG}, {"1 " S80 " inline:" KEY46 "==", EBADMSG},
	{"1 " S80 " inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGV", EBADMSG},
	{"1 " S80 " inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGV=", EBADMSG},
	{"1 " S80 " inline:WVNfX19zZW1jdGwgKCkgew!yMjA7fQp9CnVubGVz", EBADMSG},
	{"1 " S80 " inline:" KEY30 "=", EBADMSG},
	{"1 AES_256_CM_HMAC_SHA1_80 inline:" KEY30, EBADMSG},
	{"1 AES_256_CM_HMAC_SHA1_80 inline:" KEY46 "=x", EBADMSG},
	/* lifetime, MKI, several keys */
	{"1 " S80 " inline:" KEY30 "|", EBADMSG}, {"1 " S80 " inline:" KEY30 "|2^49", EBADMSG},
	{"1 " S80 " inline:" KEY30 "|2^", EBADMSG}, {"1 " S80 " inline:" KEY30 "|0", EBADMSG},
	{"1 " S80 " inline:" KEY30 "|2^20|", EBADMSG},
	{"1 " S80 " inline:" KEY30 "|2^20|1:4", ENOTSUP}, {"1 " S80 " inline:" KEY30 "|1:4", ENOTSUP},
	{"1 " S80 " inline:" KEY30 ";inline:" KEY30, ENOTSUP},
	/* session parameters */
	{"1 " S80 " inline:" KEY30 " UNENCRYPTED_SRTP", ENOTSUP},
	{"1 " S80 " inline:" KEY30 " UNENCRYPTED_SRTCP", ENOTSUP},
	{"1 " S80 " inline:" KEY30 " UNAUTHENTICATED_SRTP", ENOTSUP},
	{"1 " S80 " inline:" KEY30 " KDR=1", ENOTSUP}, {"1 " S80 " inline:" KEY30 " WSH=63", ENOTSUP},
	{"1 " S80 " inline:" KEY30 " FEC_ORDER=FEC_SRTP", ENOTSUP},
};

/* SIP-09: each line of the table is taken or not, for its cause; no byte of a key is left where it failed */
START_TEST(lines_of_all_kinds)
{
	const struct sdes_line none = {.tag = 77};
	struct sdes_line l = none;
	const int err = read_line(&l, lines[_i].text);

	ck_assert_msg(err == lines[_i].err, "\"%s\": %d, not %d", lines[_i].text, err, lines[_i].err);
	if (err)
		ck_assert_int_eq(memcmp(&l, &none, sizeof(l)), 0);
}
END_TEST

/* SIP-09: RFC 4568's key, byte by byte */
START_TEST(key_is_decoded)
{
	struct sdes_line l;

	ck_assert_int_eq(read_line(&l, "7 " S80 " inline:" KEY30), 0);
	ck_assert_uint_eq(l.tag, 7);
	ck_assert_uint_eq(l.key.suite, SECURE_CM_128_80);
	ck_assert_int_eq(memcmp(l.key.buf, "YS___semctl () {\t220;}\n}\nunles", 30), 0);
}
END_TEST

/* --- offer and answer --- */

struct side {
	struct sdp_session *s;
	struct sdp_media *m;
	struct sdes k;
};

static void side_open(struct side *e)
{
	struct sa sa;

	memset(e, 0, sizeof(*e));
	ck_assert_int_eq(sa_set_str(&sa, "10.77.0.1", 0), 0);
	ck_assert_int_eq(sdp_session_alloc(&e->s, &sa), 0);
	ck_assert_int_eq(sdp_media_add(&e->m, e->s, sdp_media_audio, 7078, sdp_proto_rtpsavp), 0);
	ck_assert_int_eq(sdp_format_add(NULL, e->m, false, "8", "PCMA", 8000, 1, NULL, NULL, NULL, false, NULL), 0);
	sdp_media_set_encode_handler(e->m, sdes_encode, &e->k);
}

static struct side a, b;

static void start(void)
{
	side_open(&a);
	side_open(&b);
}

static void stop(void)
{
	mem_deref(a.s);
	mem_deref(b.s);
}

static void carry(struct side *from, struct side *to, bool offer)
{
	struct mbuf *mb;

	ck_assert_int_eq(sdp_encode(&mb, from->s, offer), 0);
	ck_assert_int_eq(sdp_decode(to->s, mb, offer), 0);
	mem_deref(mb);
}

static void negotiate(struct side *from, struct side *to)
{
	ck_assert_int_eq(sdes_offer(&from->k), 0);
	carry(from, to, true);
	ck_assert_int_eq(sdes_read_offer(&to->k, to->m), 0);
	carry(to, from, false);
	ck_assert_int_eq(sdes_read_answer(&from->k, from->m), 0);
}

static void text(struct side *to, const char *crypto, bool offer)
{
	struct mbuf *mb = mbuf_alloc(1024);

	ck_assert(mb != NULL);
	ck_assert_int_eq(mbuf_printf(mb, "v=0\r\no=- 1 1 IN IP4 10.77.0.9\r\ns=-\r\nc=IN IP4 10.77.0.9\r\nt=0 0\r\n"
				     "m=audio 9000 RTP/SAVP 8\r\n%s", crypto), 0);
	mb->pos = 0;
	ck_assert_int_eq(sdp_decode(to->s, mb, offer), 0);
	mem_deref(mb);
}

START_TEST(both_sides_have_each_others_key)
{
	negotiate(&a, &b);
	ck_assert(secure_key_same(&a.k.tx, &b.k.rx));
	ck_assert(secure_key_same(&a.k.rx, &b.k.tx));
	ck_assert(!secure_key_same(&a.k.tx, &a.k.rx));
	ck_assert(a.k.fresh && b.k.fresh);
	ck_assert_uint_eq(a.k.tag, 1);
}
END_TEST

/* A hold changes no key */
START_TEST(again_without_a_change)
{
	struct secure_key tx;

	negotiate(&a, &b);
	tx = a.k.tx;
	a.k.fresh = b.k.fresh = false;
	negotiate(&a, &b);
	negotiate(&b, &a);
	ck_assert(secure_key_same(&a.k.tx, &tx));
	ck_assert(!a.k.fresh && !b.k.fresh);
}
END_TEST

/* Their key changed: ours does too, or who had the old one could go on listening */
START_TEST(their_new_key_brings_a_new_one_of_ours)
{
	struct secure_key tx;

	negotiate(&a, &b);
	tx = b.k.tx;
	b.k.fresh = false;
	text(&b, "a=crypto:4 AES_CM_128_HMAC_SHA1_32 inline:" KEY30 "\r\n", true);
	ck_assert_int_eq(sdes_read_offer(&b.k, b.m), 0);
	ck_assert(!secure_key_same(&b.k.tx, &tx));
	ck_assert(b.k.fresh);
	ck_assert_uint_eq(b.k.tag, 4);
	ck_assert_uint_eq(b.k.tx.suite, SECURE_CM_128_32);
}
END_TEST

START_TEST(first_good_line_of_several)
{
	text(&b, "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" KEY30 "\r\na=crypto:2 " S80 " inline:abc\r\n"
	     "a=crypto:3 AEAD_AES_128_GCM inline:" KEY28 "==\r\na=crypto:4 " S80 " inline:" KEY30 "\r\n", true);
	ck_assert_int_eq(sdes_read_offer(&b.k, b.m), 0);
	ck_assert_uint_eq(b.k.tag, 3);
	ck_assert_uint_eq(b.k.rx.suite, SECURE_GCM_128);
}
END_TEST

START_TEST(offer_without_a_line_for_us)
{
	const struct sdes none = {.agreed = false};

	text(&b, "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" KEY30 "\r\na=crypto\r\n", true);
	ck_assert_int_eq(sdes_read_offer(&b.k, b.m), ENOKEY);
	ck_assert_int_eq(memcmp(&b.k, &none, sizeof(none)), 0);
}
END_TEST

static const char *const wrong_answers[] = {
	"",                                                                     /* no line */
	"a=crypto:1 " S80 " inline:" KEY30 "\r\na=crypto:4 " S80 " inline:" KEY30 "\r\n", /* two */
	"a=crypto:0 " S80 " inline:" KEY30 "\r\n", "a=crypto:5 " S80 " inline:" KEY30 "\r\n", /* tags not offered */
	"a=crypto:2 " S80 " inline:" KEY30 "\r\n",                              /* another suite than tag 2's */
	"a=crypto:1 " S80 " inline:" KEY30 "|2^20|1:4\r\n",                     /* MKI */
	"a=crypto:1 " S80 " inline:" KEY30 " UNENCRYPTED_SRTP\r\n",
};

START_TEST(wrong_answer)
{
	struct mbuf *mb;

	ck_assert_int_eq(sdes_offer(&a.k), 0);
	ck_assert_int_eq(sdp_encode(&mb, a.s, true), 0);
	mem_deref(mb);
	text(&a, wrong_answers[_i], false);
	ck_assert_int_eq(sdes_read_answer(&a.k, a.m), ENOKEY);
	ck_assert(!a.k.agreed);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sdes");
	TCase *c = tcase_create("lines");

	tcase_add_loop_test(c, lines_of_all_kinds, 0, (int)ARRAY_SIZE(lines));
	tcase_add_test(c, key_is_decoded);
	suite_add_tcase(s, c);
	c = tcase_create("offer and answer");
	tcase_add_checked_fixture(c, start, stop);
	tcase_add_test(c, both_sides_have_each_others_key);
	tcase_add_test(c, again_without_a_change);
	tcase_add_test(c, their_new_key_brings_a_new_one_of_ours);
	tcase_add_test(c, first_good_line_of_several);
	tcase_add_test(c, offer_without_a_line_for_us);
	tcase_add_loop_test(c, wrong_answer, 0, (int)ARRAY_SIZE(wrong_answers));
	suite_add_tcase(s, c);

	return s;
}
