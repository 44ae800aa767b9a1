/**
 * @file caller.h  A receiver and scripted callers in one process, in virtual time
 *
 * Receiver 10.77.0.2; one agent 10.77.0.1 makes all calls.  A caller answers each C with its next
 * frame, and each 1 with # where it is told to.  What it hears is a text of digits; what the
 * receiver tells is a text of steps ("invite answer c digit ... frame crc_ok ack hash voice") and a
 * list of alarms.
 */
#ifndef RECEIVER_TEST_CALLER_H
#define RECEIVER_TEST_CALLER_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "receiver/receiver.h"
#include "sim/vnet.h"

#define RIGHT "9810101000000000C097"
#define SHORT "98101011C204"
#define MAINS "9811201123456789C173"
#define WRONG "9810101000000000C098"

enum { CALLERS = 40, ALARMS = 64, FRAMES = 5 };

struct caller {
	struct call *call;
	const char *frame[FRAMES];      /* for each C; NULL = nothing */
	unsigned sent;
	bool hash;
	char heard[64];
	unsigned answered, closed;
	uint16_t scode;
	char reply[FRAME_MAX + 1];      /* being sent after a moment */
	struct tmr tmr;
};

static struct {
	struct media *media;
	struct receiver *receiver;
	struct receiver_config cfg;
	struct settings conf;           /* the callers' */
	struct ua *ua;
	struct caller c[CALLERS];
	struct receiver_alarm alarm[ALARMS];
	char body[256];
	unsigned alarms;
	char steps[8192];
	uint64_t step_us[RECEIVER_STEPS];       /* last time of each */
	uint64_t ack_us[8];
	unsigned acks;
} t;

static inline uint64_t test_clock(void *arg)
{
	(void)arg;

	return vnet_now_us();
}

static inline void on_alarm(const struct receiver_alarm *a, void *arg)
{
	(void)arg;
	ck_assert_uint_lt(t.alarms, ALARMS);
	t.alarm[t.alarms] = *a;
	t.alarm[t.alarms++].body = NULL;
	if (a->body)
		snprintf(t.body, sizeof(t.body), "%s", a->body);
}

/* Steps of the first call; its digits are left out */
static inline void on_step(const struct receiver_event *ev, void *arg)
{
	const size_t n = strlen(t.steps);

	(void)arg;
	ck_assert_ptr_nonnull(ev->sip);
	t.step_us[ev->step] = ev->t_us;
	if (ev->step == RECEIVER_STEP_ACK && t.acks < 8)
		t.ack_us[t.acks++] = ev->t_us;
	if (ev->call == 1 && ev->step != RECEIVER_STEP_DIGIT)
		snprintf(t.steps + n, sizeof(t.steps) - n, "%s%s", n ? " " : "",
			 receiver_step_name(ev->step));
}

static inline void reply(void *arg)
{
	struct caller *c = arg;

	ck_assert_int_eq(call_digits(c->call, c->reply, 100, 100), 0);
}

static inline void heard(struct caller *c, char digit)
{
	const size_t n = strlen(c->heard);
	const char *text = NULL;

	ck_assert_uint_lt(n + 1, sizeof(c->heard));
	c->heard[n] = digit;
	if (digit == 'C' && c->sent < FRAMES)
		text = c->frame[c->sent++];
	else if (digit == '1' && c->hash)
		text = "#";
	if (!text)
		return;
	snprintf(c->reply, sizeof(c->reply), "%s", text);
	tmr_start(&c->tmr, 20, reply, c);
}

static inline void on_call_event(struct call *call, const struct call_event *ev, void *arg)
{
	struct caller *c = arg;

	(void)call;
	switch (ev->type) {
	case CALL_ANSWERED: c->answered++; break;
	case CALL_DIGIT:    heard(c, ev->digit); break;
	case CALL_CLOSED:
		c->closed++;
		c->scode = ev->scode;
		tmr_cancel(&c->tmr);
		break;
	default:            break;
	}
}

/* The receiver's configuration is t.cfg, the callers' t.conf: change them, then test_open() */
static inline void test_setup(void)
{
	memset(&t, 0, sizeof(t));
	ck_assert_int_eq(vnet_start(true, 1), 0);
	ck_assert_int_eq(libre_init(), 0);
	ck_assert_int_eq(media_alloc(&t.media, test_clock, NULL), 0);
	settings_default(&t.conf);
	receiver_config_default(&t.cfg);
	t.cfg.media = t.media;
	ck_assert_int_eq(sa_set_str(&t.cfg.laddr, "10.77.0.2", 5070), 0);
}

static inline void test_open(void)
{
	struct ua_config uc = {
		.user = "door", .software = "ipgap test", .conf = &t.conf, .media = t.media};

	ck_assert_int_eq(receiver_alloc(&t.receiver, &t.cfg, on_alarm, on_step, NULL), 0);
	ck_assert_int_eq(sa_set_str(&uc.laddr, "10.77.0.1", 5060), 0);
	ck_assert_int_eq(ua_alloc(&t.ua, &uc), 0);
}

static inline void test_fault(const char *text)
{
	char err[256] = "";

	ck_assert_msg(receiver_fault_set(&t.cfg.faults, text, err, sizeof(err)) == 0, "%s", err);
}

static inline void test_cancel(void *arg)
{
	(void)arg;
	re_cancel();
}

/* Let so much (virtual) time pass */
static inline void test_run(uint64_t ms)
{
	struct tmr tmr;

	tmr_init(&tmr);
	tmr_start(&tmr, ms, test_cancel, NULL);
	ck_assert_int_eq(re_main(NULL), 0);
	tmr_cancel(&tmr);
}

static inline void test_dial(struct caller *c, const char *from_user)
{
	const struct call_dial d = {.to = "sip:10.77.0.2:5070", .from_user = from_user};

	tmr_init(&c->tmr);
	ck_assert_int_eq(call_dial(&c->call, t.ua, &d, on_call_event, c), 0);
}

/* One call with this frame for each C, and # for each 1 */
static inline struct caller *test_call(const char *from_user, const char *frame)
{
	struct caller *c = &t.c[0];
	unsigned i;

	for (i = 0; i < FRAMES; i++)
		c->frame[i] = frame;
	c->hash = true;
	test_open();
	test_dial(c, from_user);

	return c;
}

static inline void test_hangup(struct caller *c)
{
	tmr_cancel(&c->tmr);
	c->call = mem_deref(c->call);
}

static inline void test_teardown(void)
{
	unsigned i;

	for (i = 0; i < CALLERS; i++)
		test_hangup(&t.c[i]);
	receiver_close(t.receiver, false);
	ua_close(t.ua, false);
	t.ua = mem_deref(t.ua);
	test_run(70000);
	t.receiver = mem_deref(t.receiver);
	t.media = mem_deref(t.media);
	libre_close();
}

static inline void assert_result(unsigned i, enum receiver_result result)
{
	ck_assert_uint_gt(t.alarms, i);
	ck_assert_str_eq(receiver_result_name(t.alarm[i].result), receiver_result_name(result));
}

/* libre counts whole milliseconds */
static inline void assert_ms(uint64_t ms, uint64_t want_ms)
{
	ck_assert_uint_ge(ms + 1, want_ms);
	ck_assert_uint_le(ms, want_ms + 1);
}

static inline void assert_later(uint64_t from_us, uint64_t to_us, uint64_t want_ms)
{
	ck_assert_uint_gt(from_us, 0);
	ck_assert_uint_ge(to_us + 1000, from_us + want_ms * 1000);
	ck_assert_uint_le(to_us, from_us + want_ms * 1000 + 1000);
}

#endif
