/**
 * @file test_ice.c  STUN bindings and ICE legs by themselves, in virtual time (SIP-08, SRV-04)
 *
 * Legs a at 10.77.0.1 and b at 10.77.0.2; each reads what the other describes, as from SDP.
 */
#include <check.h>
#include <errno.h>
#include <re.h>
#define DEBUG_MODULE "test_ice"
#define DEBUG_LEVEL 0
#include <re_dbg.h>
#include <stdlib.h>
#include <string.h>
#include "core/media/binding.h"
#include "core/media/ice.h"
#include "core/media/media.h"
#include "sim/vnet.h"

Suite *suite(void);

struct side {
	struct sa addr;
	struct stream *s;
	struct ice_leg *ice;
	struct sdp_session *sdp;
	struct sdp_media *m;
	unsigned connected, failed;
};

static struct {
	struct media *media;
	struct side a, b;
} x;

static uint64_t clock_us(void *arg)
{
	(void)arg;
	return vnet_now_us();
}

static void stop(void *arg)
{
	(void)arg;
	re_cancel();
}

static void run(unsigned ms)
{
	struct tmr tmr;

	tmr_init(&tmr);
	tmr_start(&tmr, ms, stop, NULL);
	ck_assert_int_eq(re_main(NULL), 0);
}

static void news(enum ice_state state, void *arg)
{
	struct side *side = arg;

	side->connected += state == ICE_CONNECTED;
	side->failed += state == ICE_FAILED;
}

static void new_sdp(struct side *side)
{
	side->sdp = mem_deref(side->sdp);
	ck_assert_int_eq(sdp_session_alloc(&side->sdp, &side->addr), 0);
	ck_assert_int_eq(sdp_media_add(&side->m, side->sdp, sdp_media_audio, stream_port(side->s), sdp_proto_rtpavp), 0);
	ck_assert_int_eq(sdp_format_add(NULL, side->m, false, "8", "PCMA", 8000, 1, NULL, NULL, NULL, false, NULL), 0);
}

static void new_ice(struct side *side, bool offerer)
{
	struct ice_config cfg = {
		.stream = side->s, .host = side->addr, .rtp = side->addr, .rtcp = side->addr, .offerer = offerer,
		.h = news, .arg = side,
	};

	sa_set_port(&cfg.rtp, stream_port(side->s));
	sa_set_port(&cfg.rtcp, (uint16_t)(stream_port(side->s) + 1));
	side->ice = mem_deref(side->ice);
	ck_assert_int_eq(ice_leg_alloc(&side->ice, &cfg), 0);
}

static void side_up(struct side *side, const char *ip, bool offerer)
{
	ck_assert_int_eq(sa_set_str(&side->addr, ip, 0), 0);
	ck_assert_int_eq(stream_alloc(&side->s, x.media, &side->addr, 7000, 7100, NULL, NULL), 0);
	new_sdp(side);
	new_ice(side, offerer);
}

static void side_down(struct side *side)
{
	mem_deref(side->ice);
	mem_deref(side->sdp);
	mem_deref(side->s);
}

static void setup(void)
{
	memset(&x, 0, sizeof(x));
	(void)vnet_start(true, 1);
	ck_assert_int_eq(libre_init(), 0);
	dbg_init(DBG_EMERG, DBG_NONE);
	ck_assert_int_eq(media_alloc(&x.media, clock_us, NULL), 0);
}

static void teardown(void)
{
	side_down(&x.a);
	side_down(&x.b);
	mem_deref(x.media);
	ck_assert_uint_eq(vnet_timers(), 0);
	libre_close();
}

/* What one side describes, with `instead` in place of a word where given, is read by the other */
static void tell(struct side *from, struct side *to, bool offer, const char *word, const char *instead)
{
	struct mbuf *mb, *out = mbuf_alloc(2048);
	const char *at;

	ck_assert_int_eq(ice_leg_describe(from->ice, from->m), 0);
	ck_assert_int_eq(sdp_encode(&mb, from->sdp, offer), 0);
	mb->pos = mb->end;
	ck_assert_int_eq(mbuf_write_u8(mb, 0), 0);
	at = word ? strstr((char *)mb->buf, word) : NULL;
	ck_assert(!word || at);
	if (at)
		(void)mbuf_printf(out, "%b%s%s", mb->buf, (size_t)(at - (char *)mb->buf), instead, at + strlen(word));
	else
		(void)mbuf_printf(out, "%s", mb->buf);
	out->pos = 0;
	ck_assert_int_eq(sdp_decode(to->sdp, out, offer), 0);
	mem_deref(mb);
	mem_deref(out);
}

static void both_read(void)
{
	tell(&x.a, &x.b, true, NULL, NULL);
	ck_assert(ice_offered(x.b.sdp, x.b.m));
	ck_assert_int_eq(ice_leg_remote(x.b.ice, x.b.sdp, x.b.m), 0);
	tell(&x.b, &x.a, false, NULL, NULL);
	ck_assert_int_eq(ice_leg_remote(x.a.ice, x.a.sdp, x.a.m), 0);
}

static void begin(void)
{
	ck_assert_int_eq(ice_leg_state(x.a.ice), ICE_READY);
	ck_assert_int_eq(ice_leg_start(x.a.ice), 0);
	ck_assert_int_eq(ice_leg_start(x.b.ice), 0);
	ck_assert_int_eq(ice_leg_state(x.b.ice), ICE_CHECKING);
}

static void assert_pair(void)
{
	struct sa rtp = x.a.addr, rtcp = x.a.addr;

	sa_set_port(&rtp, stream_port(x.a.s));
	sa_set_port(&rtcp, (uint16_t)(stream_port(x.a.s) + 1));
	ck_assert_int_eq(ice_leg_state(x.a.ice), ICE_CONNECTED);
	ck_assert_int_eq(ice_leg_state(x.b.ice), ICE_CONNECTED);
	ck_assert(sa_cmp(ice_leg_peer(x.b.ice, false), &rtp, SA_ALL));
	ck_assert(sa_cmp(ice_leg_peer(x.b.ice, true), &rtcp, SA_ALL));
	ck_assert_uint_eq(x.a.failed + x.b.failed, 0);
}

/* SIP-08: two sides with a way between them find it within a tenth of a second */
START_TEST(test_connects)
{
	side_up(&x.a, "10.77.0.1", true);
	side_up(&x.b, "10.77.0.2", false);
	ck_assert_ptr_null(ice_leg_peer(x.a.ice, false));
	both_read();
	begin();
	run(100);
	assert_pair();
	ck_assert_uint_ge(x.a.connected, 1);
}
END_TEST

/* RFC 8445 §7.3.1.1: both think they offered, or both that they answered; the tie-breaker settles it */
START_TEST(test_role_conflict)
{
	side_up(&x.a, "10.77.0.1", _i == 0);
	side_up(&x.b, "10.77.0.2", _i == 0);
	both_read();
	begin();
	run(1000);
	assert_pair();
}
END_TEST

/* RFC 8445 §9: new credentials are a new round; the same ones are none */
START_TEST(test_restart)
{
	side_up(&x.a, "10.77.0.1", true);
	side_up(&x.b, "10.77.0.2", false);
	both_read();
	ck_assert(!ice_leg_restarted(x.b.ice, x.b.sdp, x.b.m));
	begin();
	run(100);
	assert_pair();

	new_ice(&x.a, true);
	tell(&x.a, &x.b, true, NULL, NULL);
	ck_assert(ice_leg_restarted(x.b.ice, x.b.sdp, x.b.m));
	new_ice(&x.b, false);
	ck_assert_int_eq(ice_leg_remote(x.b.ice, x.b.sdp, x.b.m), 0);
	tell(&x.b, &x.a, false, NULL, NULL);
	ck_assert_int_eq(ice_leg_remote(x.a.ice, x.a.sdp, x.a.m), 0);
	begin();
	run(100);
	assert_pair();
}
END_TEST

/* A side that answers no check: failed after 1.9 s, told once */
START_TEST(test_fails)
{
	side_up(&x.a, "10.77.0.1", true);
	side_up(&x.b, "10.77.0.2", false);
	both_read();
	ck_assert_int_eq(ice_leg_start(x.a.ice), 0);
	x.b.ice = mem_deref(x.b.ice);
	run(1800);
	ck_assert_int_eq(ice_leg_state(x.a.ice), ICE_CHECKING);
	run(300);
	ck_assert_int_eq(ice_leg_state(x.a.ice), ICE_FAILED);
	ck_assert_uint_eq(x.a.failed, 1);
	ck_assert_ptr_null(ice_leg_peer(x.a.ice, false));
	run(5000);
	ck_assert_uint_eq(x.a.failed, 1);
}
END_TEST

/* RFC 8839 §4.2.5: a box on the way changed c=, but not the candidates: no ICE */
START_TEST(test_mismatch)
{
	side_up(&x.a, "10.77.0.1", true);
	side_up(&x.b, "10.77.0.2", false);
	tell(&x.a, &x.b, true, "c=IN IP4 10.77.0.1", "c=IN IP4 10.77.0.7");
	ck_assert(ice_offered(x.b.sdp, x.b.m));
	ck_assert_int_eq(ice_leg_remote(x.b.ice, x.b.sdp, x.b.m), 0);
	ck_assert_int_eq(ice_leg_state(x.b.ice), ICE_PLAIN);
	ck_assert_int_eq(ice_leg_start(x.b.ice), 0);
	ck_assert_int_eq(ice_leg_state(x.b.ice), ICE_PLAIN);
}
END_TEST

/* Somebody who knows no password gets no pair: checks with a wrong one are refused */
START_TEST(test_wrong_password)
{
	side_up(&x.a, "10.77.0.1", true);
	side_up(&x.b, "10.77.0.2", false);
	both_read();
	new_sdp(&x.a);
	new_ice(&x.a, true);
	tell(&x.a, &x.b, true, NULL, NULL);     /* b does not read it: it knows the old credentials */
	tell(&x.b, &x.a, false, NULL, NULL);
	ck_assert_int_eq(ice_leg_remote(x.a.ice, x.a.sdp, x.a.m), 0);
	begin();
	run(3000);
	ck_assert_int_eq(ice_leg_state(x.a.ice), ICE_FAILED);
	ck_assert_int_eq(ice_leg_state(x.b.ice), ICE_FAILED);
}
END_TEST

/* --- STUN --- */

static struct {
	unsigned asked, good, bad;
	int err;
	struct sa from;
} y;

static void server(const struct sa *src, struct mbuf *mb, void *arg)
{
	(void)mb;
	(void)arg;
	y.asked++;
	y.from = *src;
}

static void told(int err, const struct sa *at, void *arg)
{
	(void)arg;
	y.good += !err;
	y.bad += err != 0;
	y.err = err;
	ck_assert((at != NULL) == !err);
}

/* SRV-04: three requests in 600 ms, failed at 1.2 s, again after 5 s, 10 s, ... the keep-alive's time */
START_TEST(test_binding_dead)
{
	struct udp_sock *us, *srv;
	struct binding *b;
	struct sa here, there;

	memset(&y, 0, sizeof(y));
	ck_assert_int_eq(sa_set_str(&here, "10.77.0.1", 5060), 0);
	ck_assert_int_eq(sa_set_str(&there, "10.77.0.2", STUN_PORT), 0);
	ck_assert_int_eq(udp_listen(&us, &here, NULL, NULL), 0);
	ck_assert_int_eq(udp_listen(&srv, &there, server, NULL), 0);
	ck_assert_int_eq(binding_alloc(&b, us, &there, 20, told, NULL), 0);
	run(1150);
	ck_assert_uint_eq(y.asked, 3);
	ck_assert_uint_eq(y.bad, 0);
	run(100);
	ck_assert_uint_eq(y.bad, 1);
	ck_assert_int_eq(y.err, ETIMEDOUT);
	ck_assert_ptr_null(binding_address(b));
	run(4900);
	ck_assert_uint_eq(y.asked, 3);
	run(150);
	ck_assert_uint_eq(y.asked, 4);
	binding_again(b);
	run(10);
	ck_assert_uint_eq(y.asked, 5);
	mem_deref(b);
	mem_deref(us);
	mem_deref(srv);
}
END_TEST

/* SRV-04: what a server tells is believed only where others could reach us there */
START_TEST(test_usable)
{
	static const struct {
		const char *own, *at;
		uint16_t port;
		bool good;
	} row[] = {
		{"10.77.0.1", "203.0.113.7", 40000, true}, {"10.77.0.1", "10.77.0.1", 5060, true},
		{"fd77::1", "2001:db8::7", 40000, true}, {"127.77.0.1", "127.77.0.1", 5060, true},
		{"10.77.0.1", "203.0.113.7", 0, false}, {"10.77.0.1", "0.0.0.0", 40000, false},
		{"10.77.0.1", "0.1.2.3", 40000, false}, {"10.77.0.1", "127.0.0.1", 40000, false},
		{"10.77.0.1", "127.5.5.5", 40000, false}, {"10.77.0.1", "224.0.0.5", 40000, false},
		{"10.77.0.1", "255.255.255.255", 40000, false}, {"10.77.0.1", "2001:db8::7", 40000, false},
		{"fd77::1", "203.0.113.7", 40000, false}, {"fd77::1", "::", 40000, false},
		{"fd77::1", "::1", 40000, false}, {"fd77::1", "ff02::1", 40000, false},
	};
	struct sa own, at;

	ck_assert_int_eq(sa_set_str(&own, row[_i].own, 5060), 0);
	ck_assert_int_eq(sa_set_str(&at, row[_i].at, row[_i].port), 0);
	ck_assert_msg(binding_usable(&own, &at) == row[_i].good, "%s port %u for %s", row[_i].at, row[_i].port, row[_i].own);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ice");
	TCase *t = tcase_create("ice");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_connects);
	tcase_add_loop_test(t, test_role_conflict, 0, 2);
	tcase_add_test(t, test_restart);
	tcase_add_test(t, test_fails);
	tcase_add_test(t, test_mismatch);
	tcase_add_test(t, test_wrong_password);
	tcase_add_test(t, test_binding_dead);
	tcase_add_loop_test(t, test_usable, 0, 16);
	suite_add_tcase(s, t);

	return s;
}
