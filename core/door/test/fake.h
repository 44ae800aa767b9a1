/**
 * @file fake.h  A door on a fake port and a fake telephone, with a clock of its own
 *
 * Everything the door asks for and every event it emits is a line of one log, with its time:
 *
 *     dial 1 sip:a@10.0.0.1 000000000_bouton_appel      an operation
 *     call_out(1,sip:a@10.0.0.1,bouton_appel,1)         an event
 *
 * The clock stops at each deadline the door names, so timers fire on their exact microsecond.
 */
#ifndef DOOR_TEST_FAKE_H
#define DOOR_TEST_FAKE_H

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/door/door.h"

#define FAKE_LINES 400
#define FAKE_TEXT 224
#define FAKE_START_US 1000000u
#define MS 1000u
#define S 1000000u
#define MIN (60u * S)

struct fake_line { uint64_t t_us; char text[FAKE_TEXT]; };

static struct {
	struct door door;
	struct settings conf;
	struct event_bus bus;
	uint64_t now_us;
	int64_t calendar_us;                            /* what the calendar is ahead of the clock */
	struct fake_line line[FAKE_LINES];
	unsigned lines;
	int fail_dial, fail_answer, fail_digits;        /* errno the telephone returns */
	bool muted, relay[GAP_RELAYS];
	unsigned spoken, dip;                           /* bit n = enum announce n; mask of enum gap_dip */
	uint64_t relay_for_us[GAP_RELAYS];
	struct gap_light light[GAP_PICTOS];
	char log[FAKE_LINES * 64];
} fake;

static inline void fake_say(const char *fmt, ...)
{
	struct fake_line *l = &fake.line[fake.lines];
	va_list ap;

	ck_assert_uint_lt(fake.lines, FAKE_LINES);
	++fake.lines;
	l->t_us = fake.now_us;
	va_start(ap, fmt);
	vsnprintf(l->text, sizeof(l->text), fmt, ap);
	va_end(ap);
}

/* --- the port --- */

static inline uint64_t fake_now(void *ctx)
{
	(void)ctx;
	return fake.now_us;
}

static inline int64_t fake_wall(void *ctx)
{
	(void)ctx;
	return fake.calendar_us + (int64_t)fake.now_us;
}

static inline int fake_relay(void *ctx, unsigned relay, bool on, uint64_t for_us)
{
	ck_assert_ptr_eq(ctx, &fake);
	fake.relay[relay] = on;
	fake.relay_for_us[relay] = for_us;
	fake_say("relay %u %s", relay + 1, on ? "on" : "off");
	return 0;
}

static inline int fake_light(void *ctx, enum gap_pictogram p, struct gap_light l)
{
	(void)ctx;
	fake.light[p] = l;
	fake_say("light %d %d %d", p, l.colour, l.blink);
	return 0;
}

static inline int fake_dip(void *ctx, unsigned *mask)
{
	(void)ctx;
	*mask = fake.dip;
	return 0;
}

static inline int fake_beep(void *ctx)
{
	(void)ctx;
	fake_say("beep");
	return 0;
}

static const struct gap_port_ops fake_port = {
	.now_us = fake_now, .wall_us = fake_wall, .relay = fake_relay, .pictogram = fake_light,
	.dip = fake_dip, .beep = fake_beep,
};

/* --- the telephone --- */

static inline int fake_dial(void *ctx, uint32_t call, const char *to, unsigned account, const char *from)
{
	ck_assert_ptr_eq(ctx, fake.log);
	if (account)
		fake_say("dial %u %s account %u", call, to, account);
	else
		fake_say("dial %u %s %s", call, to, from ? from : "-");
	return fake.fail_dial;
}

static inline int fake_ring(void *ctx, uint32_t call)
{
	(void)ctx;
	fake_say("ring %u", call);
	return 0;
}

static inline int fake_answer(void *ctx, uint32_t call)
{
	(void)ctx;
	fake_say("answer %u", call);
	return fake.fail_answer;
}

static inline int fake_reject(void *ctx, uint32_t call, unsigned code)
{
	(void)ctx;
	fake_say("reject %u %u", call, code);
	return 0;
}

static inline int fake_hangup(void *ctx, uint32_t call)
{
	(void)ctx;
	fake_say("hangup %u", call);
	return 0;
}

static inline int fake_digits(void *ctx, uint32_t call, const char *digits, unsigned on, unsigned off)
{
	(void)ctx;
	fake_say("digits %u %s %u/%u", call, digits, on, off);
	return fake.fail_digits;
}

static inline int fake_mute(void *ctx, uint32_t call, bool mute)
{
	(void)ctx;
	fake.muted = mute;
	fake_say("mute %u %s", call, mute ? "on" : "off");
	return 0;
}

static inline int fake_message(void *ctx, const char *to, unsigned account, const char *from,
			       const char *body)
{
	(void)ctx;
	if (account)
		fake_say("message %s account %u %s", to, account, body);
	else
		fake_say("message %s %s %s", to, from, body);
	return 0;
}

static inline int fake_speak(void *ctx, enum announce a)
{
	(void)ctx;
	fake.spoken |= 1u << a;
	fake_say("say %s", announce_name(a));
	return 0;
}

/** What is hushed is not worth a line where it was not spoken */
static inline void fake_hush(void *ctx, unsigned which)
{
	unsigned i;

	(void)ctx;
	for (i = 0; i < ANNOUNCE_COUNT; i++)
		if (fake.spoken & which & 1u << i)
			fake_say("hush %s", announce_name((enum announce)i));
	fake.spoken &= ~which;
}

static const struct door_phone_ops fake_phone = {
	.dial = fake_dial, .ring = fake_ring, .answer = fake_answer, .reject = fake_reject,
	.hangup = fake_hangup, .digits = fake_digits, .mute = fake_mute, .message = fake_message,
	.say = fake_speak, .hush = fake_hush,
};

/* --- the log --- */

static inline void fake_event(const struct event *ev, void *arg)
{
	const struct event_def *def = event_def(ev->id);
	char text[FAKE_TEXT];
	size_t n = (size_t)snprintf(text, sizeof(text), "%s(", def->name);
	unsigned i;

	(void)arg;
	for (i = 0; i < EVENT_FIELDS && def->field[i].key && n < sizeof(text); i++) {
		if (def->field[i].type == EVENT_STR)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i ? "," : "", ev->val[i].s);
		else
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%llu", i ? "," : "",
					      (unsigned long long)ev->val[i].u);
	}
	fake_say("%s)", text);
	ck_assert_uint_eq(ev->t_us, fake.door.step_us);
}

static inline void fake_clear(void)
{
	fake.lines = 0;
}

static inline bool fake_begins(unsigned i, const char *with)
{
	return !strncmp(fake.line[i].text, with, strlen(with));
}

/** How many lines begin so */
static inline unsigned fake_count(const char *with)
{
	unsigned i, n = 0;

	for (i = 0; i < fake.lines; i++)
		n += fake_begins(i, with);

	return n;
}

/** Time of the last line that begins so; there must be one */
static inline uint64_t fake_when(const char *with)
{
	unsigned i = fake.lines;

	while (i--)
		if (fake_begins(i, with))
			return fake.line[i].t_us;
	ck_abort_msg("nothing begins with '%s'", with);
	return 0;
}

/** The log without lights, one line after the other, separated by "; "; then it is empty */
static inline const char *fake_log(void)
{
	size_t n = 0;
	unsigned i;

	fake.log[0] = '\0';
	for (i = 0; i < fake.lines; i++) {
		if (fake_begins(i, "light ") || fake_begins(i, "pictogram("))
			continue;
		n += (size_t)snprintf(fake.log + n, sizeof(fake.log) - n, "%s%s", n ? "; " : "",
				      fake.line[i].text);
		ck_assert_uint_lt(n, sizeof(fake.log));
	}
	fake_clear();

	return fake.log;
}

/* --- the door --- */

static inline void fake_step(void)
{
	door_step(&fake.door, fake.now_us);
	ck_assert(door_deadline(&fake.door) > fake.now_us);
}

/** Let the clock run to t_us, stopping at each deadline */
static inline void fake_until(uint64_t t_us)
{
	while (door_deadline(&fake.door) <= t_us) {
		const uint64_t next = door_deadline(&fake.door);

		fake.now_us = next > fake.now_us ? next : fake.now_us;
		fake_step();
	}
	fake.now_us = t_us;
}

static inline void fake_run(uint64_t us)
{
	fake_until(fake.now_us + us);
}

/** Tell the door something of now, and let it act */
static inline void fake_tell(struct door_in in)
{
	in.t_us = fake.now_us;
	ck_assert_int_eq(door_input(&fake.door, &in), 0);
	fake_step();
}

static inline void fake_edge(enum gap_input line, bool level)
{
	fake_tell((struct door_in){.type = DOOR_IN_EDGE, .line = line, .level = level});
}

/** Something about the present call */
static inline void fake_call(enum door_in_type type)
{
	fake_tell((struct door_in){.type = type, .call = fake.door.call});
}

static inline void fake_closed(uint16_t code, const char *cause)
{
	struct door_in in = {.type = DOOR_IN_CLOSED, .call = fake.door.call, .code = code};

	snprintf(in.text, sizeof(in.text), "%s", cause);
	fake_tell(in);
}

static inline void fake_hold(bool held)
{
	fake_tell((struct door_in){.type = DOOR_IN_HOLD, .call = fake.door.call, .level = held});
}

/** A call from sip:b@10.0.0.9; returns its number */
static inline uint32_t fake_incoming(void)
{
	const uint32_t n = door_call_number(&fake.door);

	fake_tell((struct door_in){.type = DOOR_IN_INCOMING, .call = n, .text = "sip:b@10.0.0.9"});

	return n;
}

/** Digits of the other side, 100 ms apart */
static inline void fake_dtmf(const char *digits)
{
	for (; *digits; digits++) {
		fake_tell((struct door_in){.type = DOOR_IN_DIGIT, .call = fake.door.call,
					   .digit = *digits, .text = "rfc4733"});
		fake_run(100 * MS);
	}
}

static inline void fake_strike(uint16_t relay)
{
	fake_tell((struct door_in){.type = DOOR_IN_STRIKE, .code = relay});
}

/** A press of 200 ms */
static inline void fake_press(void)
{
	fake_edge(GAP_IN_BUTTON, true);
	fake_run(200 * MS);
	fake_edge(GAP_IN_BUTTON, false);
}

/** Set the calendar to a moment [s since 1970 UTC] */
static inline void fake_calendar(int64_t utc_s)
{
	fake.calendar_us = utc_s * 1000000 - (int64_t)fake.now_us;
}

/** News of an account */
static inline void fake_account(uint16_t account, bool registered)
{
	fake_tell((struct door_in){.type = DOOR_IN_ACCOUNT, .code = account, .level = registered,
				   .text = "503 Service Unavailable"});
}

/** Change a setting, before the boot or after it */
static inline void fake_set(const char *key, const char *value)
{
	char err[256] = "";

	ck_assert_msg(!settings_set(&fake.conf, key, value, err, sizeof(err)), "%s", err);
	if (fake.door.conf)
		fake_tell((struct door_in){.type = DOOR_IN_APPLY});
}

/** A door before its boot: two contacts, no code, no lamp test */
static inline void fake_new(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.now_us = FAKE_START_US;
	settings_default(&fake.conf);
	fake_set("button.day", "sip:a@10.0.0.1,sip:b@10.0.0.2");
	fake_set("door.boot_ms", "0");
	fake_set("voice.call_in_progress", "no");       /* test_announce.c asks for them */
	fake_set("voice.door_open", "no");
	fake.dip = GAP_DIP_DHCP;
}

/** Boot; the host tells the lines right after */
static inline void fake_boot_alone(void)
{
	ck_assert_int_eq(event_subscribe(&fake.bus, fake_event, NULL), 0);
	door_init(&fake.door, &fake.conf, &fake.bus, &fake_port, &fake, &fake_phone, fake.log);
	door_boot(&fake.door);
}

/** Boot: mains and link are there; the log begins after it */
static inline void fake_boot(void)
{
	fake_boot_alone();
	fake_edge(GAP_IN_MAINS, true);
	fake_edge(GAP_IN_LINK, true);
	fake_clear();
}

/** Pressed, and the first contact is being called: call 1 */
static inline void fake_calling(void)
{
	fake_press();
	ck_assert_int_eq(fake.door.state, DOOR_CALLING);
	fake_clear();
}

/** Pressed and answered */
static inline void fake_talking(void)
{
	fake_calling();
	fake_call(DOOR_IN_ANSWERED);
	ck_assert_int_eq(fake.door.state, DOOR_TALKING);
	fake_clear();
}

/** An incoming call, answered */
static inline void fake_called(void)
{
	(void)fake_incoming();
	fake_run(10 * S);
	fake_call(DOOR_IN_ANSWERED);
	ck_assert_int_eq(fake.door.state, DOOR_TALKING);
	fake_clear();
}

#endif
