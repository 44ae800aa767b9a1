/**
 * @file pair.h  Two agents in one process, in virtual time: door 10.77.0.1, phone 10.77.0.2
 *
 * Each side writes what it hears into a log of words: "180 answered 5/rfc4733 hold resume sent
 * closed:0".
 */
#ifndef SIP_TEST_PAIR_H
#define SIP_TEST_PAIR_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/sip/call.h"
#include "sim/vnet.h"

/** What the phone does with an INVITE */
enum taking { TAKE_ANSWER, TAKE_RING, TAKE_KEEP, TAKE_NOTHING, TAKE_EARLY, TAKE_REJECT };

struct side {
	struct ua *ua;
	struct settings conf;
	struct call *call;
	enum taking taking;
	uint16_t reject;
	bool drop_in_handler;           /* dereference the call inside its handler */
	char log[1024];
	char from[128];
	char heard[2 * UA_MESSAGE_MAX];
	int16_t tone;                   /* amplitude of the sound sent, 0 = no source */
	double phase;
	uint64_t samples, silent;       /* taken by the sink */
	double energy;
};

static struct {
	struct media *media;
	struct side door, phone;
	char sip[200000];               /* every SIP datagram, as text */
	size_t sip_len;
	unsigned rtp[256];              /* RTP packets by payload type */
} pair;

static inline void say(struct side *s, const char *fmt, ...)
{
	const size_t n = strlen(s->log);
	va_list ap;

	if (n && n + 1 < sizeof(s->log))
		strcat(s->log, " ");
	va_start(ap, fmt);
	vsnprintf(s->log + strlen(s->log), sizeof(s->log) - strlen(s->log), fmt, ap);
	va_end(ap);
}

static inline void on_event(struct call *call, const struct call_event *ev, void *arg)
{
	struct side *s = arg;

	switch (ev->type) {

	case CALL_PROGRESS:
		say(s, "%u", ev->scode);
		break;

	case CALL_ANSWERED:
		say(s, "answered");
		break;

	case CALL_CLOSED:
		if (ev->err)
			say(s, "closed:%s", strerror(ev->err));
		else
			say(s, "closed:%u", ev->scode);
		break;

	case CALL_HOLD:
		say(s, "%s", ev->held ? "hold" : "resume");
		break;

	case CALL_DIGIT:
		say(s, "%c/%s", ev->digit, dtmf_via_name(ev->via));
		break;

	case CALL_DIGITS_SENT:
		say(s, "sent");
		break;

	case CALL_MEDIA_TIMEOUT:
		say(s, "timeout");
		break;

	case CALL_ENCRYPTION:
		say(s, ev->ok ? "encrypted" : "plain");
		break;

	case CALL_SAS:
		say(s, "sas");
		break;

	case CALL_ICE:
		say(s, ev->err ? "ice:failed" : "ice");
		break;
	}
	if (s->drop_in_handler && ev->type != CALL_PROGRESS && call == s->call)
		s->call = mem_deref(s->call);
}

static inline void on_call(struct call *call, const struct sip_msg *msg, void *arg)
{
	struct side *s = arg;

	re_snprintf(s->from, sizeof(s->from), "%r", &msg->from.auri);
	if (s->taking == TAKE_NOTHING || s->call)
		return;

	s->call = mem_ref(call);
	call_set_handler(call, on_event, s);
	switch (s->taking) {

	case TAKE_ANSWER:
		ck_assert_int_eq(call_answer(call), 0);
		break;

	case TAKE_RING:
		ck_assert_int_eq(call_ring(call), 0);
		break;

	case TAKE_EARLY:
		ck_assert_int_eq(call_progress(call, 183, "Session Progress", true), 0);
		break;

	case TAKE_REJECT:
		ck_assert_int_eq(call_reject(call, s->reject, "No"), 0);
		break;

	default:
		break;
	}
}

static inline void on_message(const char *from, const char *body, void *arg)
{
	struct side *s = arg;

	snprintf(s->heard, sizeof(s->heard), "%s", body);
	snprintf(s->from, sizeof(s->from), "%s", from);
}

static inline void on_refused(const char *from, const char *method, uint16_t scode, void *arg)
{
	struct side *s = arg;

	(void)from;
	say(s, "%s:%u", method, scode);
}

static inline uint64_t pair_clock(void *arg)
{
	(void)arg;
	return vnet_now_us();
}

static inline void pair_tap(const struct vnet_packet *p, void *arg)
{
	(void)arg;
	if (sa_port(p->dst) != 5060 && sa_port(p->src) != 5060) {
		if (p->len >= 12 && !(sa_port(p->dst) & 1))
			pair.rtp[p->data[1] & 0x7f]++;
		return;
	}
	if (pair.sip_len + p->len + 2 < sizeof(pair.sip)) {
		memcpy(pair.sip + pair.sip_len, p->data, p->len);
		pair.sip_len += p->len;
		pair.sip[pair.sip_len++] = '\n';
	}
}

static inline void pair_agent(struct side *s, const char *addr, const char *user)
{
	struct ua_config cfg = {
		.user = user, .software = "ipgap test", .conf = &s->conf, .media = pair.media
	};

	settings_default(&s->conf);
	ck_assert_int_eq(sa_set_str(&cfg.laddr, addr, 5060), 0);
	ck_assert_int_eq(ua_alloc(&s->ua, &cfg), 0);
	ua_handlers(s->ua, on_call, on_message, on_refused, s);
}

static inline void pair_start(void)
{
	memset(&pair, 0, sizeof(pair));
	ck_assert_int_eq(vnet_start(true, 1), 0);
	ck_assert_int_eq(libre_init(), 0);
	vnet_tap(pair_tap, NULL);
	ck_assert_int_eq(media_alloc(&pair.media, pair_clock, NULL), 0);
	pair_agent(&pair.door, "10.77.0.1", "ipacGap");
	pair_agent(&pair.phone, "10.77.0.2", "phone");
}

static inline void pair_cancel(void *arg)
{
	(void)arg;
	re_cancel();
}

/** Let so much (virtual) time pass */
static inline void pair_run(unsigned ms)
{
	struct tmr tmr;

	tmr_init(&tmr);
	tmr_start(&tmr, ms, pair_cancel, NULL);
	ck_assert_int_eq(re_main(NULL), 0);
	tmr_cancel(&tmr);
}

static inline void pair_stop(void)
{
	pair.door.call = mem_deref(pair.door.call);
	pair.phone.call = mem_deref(pair.phone.call);
	ua_close(pair.door.ua, false);
	ua_close(pair.phone.ua, false);
	pair.door.ua = mem_deref(pair.door.ua);
	pair.phone.ua = mem_deref(pair.phone.ua);
	pair_run(70000);
	pair.media = mem_deref(pair.media);
	libre_close();
}

static inline void pair_dial(const char *from_user)
{
	const struct call_dial d = { .to = "sip:10.77.0.2", .from_user = from_user };

	ck_assert_int_eq(call_dial(&pair.door.call, pair.door.ua, &d, on_event, &pair.door), 0);
}

/** A call up and talking */
static inline void pair_talk(void)
{
	pair_dial("123456789_bouton_appel");
	pair_run(500);
	ck_assert(call_established(pair.door.call));
	ck_assert(call_established(pair.phone.call));
}

#endif
