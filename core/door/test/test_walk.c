/**
 * @file test_walk.c  A random walk: whatever happens to a door, in whatever order, these hold
 *
 *     a relay is on only while its timer or its function holds it          (REL-01 to REL-05)
 *     idle means: no call, no timer of a call, no protocol, no digits      (DOOR-03, SUP-24)
 *     each call begins once and ends once, failed or over; one at a time   (DOOR-03, SIP-10)
 *     the telephone is asked about calls that it has, and left with none that the door forgot
 *     the detector is muted only while digits go out                       (SUP-24)
 *     after a step the next deadline lies in the future
 *
 * The telephone of this walk keeps its own books: a call is live from dial or INVITE until the door
 * ends it or it closes by itself.
 */
#include "fake.h"

Suite *suite(void);

#define WALKS 10
#define STEPS 20000                     /* inputs a walk */

/* libcheck notes each ck_assert() it passes, by a write: too slow for millions */
#define must(x) do { if (!(x)) ck_abort_msg("%s does not hold", #x); } while (0)

static struct {
	uint32_t seed;
	uint32_t live, closing;         /* the telephone's books: 0 = none */
	uint32_t stranger;              /* an INVITE beside the present call */
	uint32_t open;                  /* by the events: the call that has begun and not ended */
	bool answered;
	bool sending;                   /* digits are on their way out */
	unsigned begun, ended, digits, strikes, frames, reports;
	unsigned visits[DOOR_STATES];
} walk;

static unsigned draw(unsigned n)
{
	walk.seed ^= walk.seed << 13;
	walk.seed ^= walk.seed >> 17;
	walk.seed ^= walk.seed << 5;

	return walk.seed % n;
}

/* --- the telephone --- */

static void has(uint32_t call)
{
	must(call && (call == walk.live || call == walk.closing || call == walk.stranger));
}

static void gone(uint32_t call)
{
	has(call);
	walk.sending = walk.sending && call != walk.live;
	if (call == walk.live)
		walk.live = 0;
	else if (call == walk.stranger)
		walk.stranger = 0;
	else
		walk.closing = 0;
}

static int walk_dial(void *ctx, uint32_t call, const char *to, unsigned account, const char *from)
{
	(void)ctx;
	(void)account;
	(void)from;
	must(!walk.live);
	must(!strncmp(to, "sip:", 4));
	if (!draw(8))
		return 101;
	walk.live = call;
	fake.muted = walk.sending = false;      /* the detector is the call's */

	return 0;
}

static int walk_ring(void *ctx, uint32_t call)
{
	(void)ctx;
	has(call);
	return 0;
}

static int walk_answer(void *ctx, uint32_t call)
{
	(void)ctx;
	has(call);
	return draw(8) ? 0 : 22;
}

static int walk_reject(void *ctx, uint32_t call, unsigned code)
{
	(void)ctx;
	must(code == 486 || code == 480);
	gone(call);
	return 0;
}

static int walk_hangup(void *ctx, uint32_t call)
{
	(void)ctx;
	gone(call);
	return 0;
}

static int walk_digits(void *ctx, uint32_t call, const char *digits, unsigned on, unsigned off)
{
	(void)ctx;
	has(call);
	must(*digits && on && off && fake.muted);
	if (!draw(8))
		return 12;
	walk.sending = true;

	return 0;
}

static int walk_mute(void *ctx, uint32_t call, bool mute)
{
	(void)ctx;
	has(call);
	fake.muted = mute;

	return 0;
}

static int walk_message(void *ctx, const char *to, unsigned account, const char *from, const char *body)
{
	(void)ctx;
	(void)account;
	(void)from;
	must(*to && !strncmp(body, "identity=", 9));

	return draw(2) ? 0 : 101;
}

static const struct door_phone_ops walk_phone = {
	.dial = walk_dial, .ring = walk_ring, .answer = walk_answer, .reject = walk_reject,
	.hangup = walk_hangup, .digits = walk_digits, .mute = walk_mute, .message = walk_message,
};

/* --- the events --- */

static void begin(uint64_t call)
{
	must(!walk.open && call);
	walk.open = (uint32_t)call;
	walk.answered = false;
	++walk.begun;
}

static void end(uint64_t call, bool failed)
{
	must(call == walk.open);
	must(!(failed && walk.answered));
	walk.open = 0;
	++walk.ended;
}

static void answered(uint64_t call)
{
	must(call == walk.open && !walk.answered);
	walk.answered = true;
}

static void on_event(const struct event *ev, void *arg)
{
	const uint64_t v = ev->val[0].u;

	(void)arg;
	must(ev->t_us == fake.now_us);
	switch (ev->id) {
	case EV_CALL_OUT:
	case EV_CALL_IN:       begin(v); break;
	case EV_CALL_FAILED:   end(v, true); break;
	case EV_CALL_END:      end(v, false); break;
	case EV_CALL_ANSWERED: answered(v); break;
	case EV_CALL_HOLD:     must(v == walk.open && walk.answered); break;
	case EV_SUP_START:
	case EV_SUP_SENT:
	case EV_SUP_ACK:
	case EV_SUP_END:       must(v == walk.open && walk.answered); break;
	case EV_SUP_FRAME:     ++walk.frames; break;
	case EV_REPORT_END:    ++walk.reports; break;
	case EV_DIGIT:         ++walk.digits; break;
	case EV_CODE:          ++walk.strikes; break;
	default:               break;
	}
}

/* --- what must hold after each step --- */

static bool runs(enum door_timer t)
{
	return fake.door.timer[t] != GAP_NEVER;
}

static void relays_hold(void)
{
	const struct door *d = &fake.door;
	unsigned i;

	for (i = 0; i < GAP_RELAYS; i++) {
		const bool timed = runs((enum door_timer)(DOOR_T_RELAY + i));

		must(d->relay[i] == fake.relay[i]);
		must(!timed || d->relay[i]);
		switch (fake.conf.relay[i].function) {
		case RELAY_STRIKE:  must(d->relay[i] == timed); break;
		case RELAY_LINE:    must(!d->relay[i] || d->state != DOOR_IDLE); break;
		case RELAY_NETWORK: must(d->relay[i] == technical_network_fault(d) && !timed); break;
		default:            must(!timed); break;
		}
	}
}

static void idle_is_idle(void)
{
	static const enum door_timer of_calls[] = {DOOR_T_RING, DOOR_T_ANSWER, DOOR_T_TALK, DOOR_T_SUP,
		DOOR_T_REACK, DOOR_T_CODE, DOOR_T_DONE};
	unsigned i;

	if (fake.door.state != DOOR_IDLE)
		return;
	for (i = 0; i < sizeof(of_calls) / sizeof(*of_calls); i++)
		must(!runs(of_calls[i]));
	must(!fake.door.call && !fake.door.code_n && fake.door.sup == SUP_OFF);
}

static void state_holds(void)
{
	const struct door *d = &fake.door;
	const bool calling = d->state == DOOR_CALLING || d->state == DOOR_WAITING;
	const bool talking = d->state == DOOR_TALKING || d->state == DOOR_HELD;

	must(!d->call == (d->state == DOOR_IDLE || d->state == DOOR_WAITING));
	must(d->call == walk.open);
	must(d->call == walk.live);
	must(!walk.stranger);
	must(runs(DOOR_T_RING) == calling);
	must(!runs(DOOR_T_ANSWER) || d->state == DOOR_RINGING);
	must(!runs(DOOR_T_TALK) || talking);
	must(talking == (walk.open && walk.answered));
	must(d->sup == SUP_OFF || talking);
	must(!d->code_n || talking);
	must(!(walk.live && fake.muted) || walk.sending);
	must(d->contact < SETTINGS_CONTACTS);
	must(d->waiting_n < REASON_COUNT);                      /* the button never waits */
	must(!runs(DOOR_T_DONE) || (talking && calling_reports(d)));
	must(!runs(DOOR_T_INPUT) || fake.conf.input_enabled);
	must(!runs(DOOR_T_PBX) || technical_pbx_fault(d));
	must(runs(DOOR_T_TEST) == (fake.conf.test_days != SETTINGS_OFF));
	must(!d->waiting_n || d->state != DOOR_IDLE || runs(DOOR_T_REPORT) || !d->line[GAP_IN_LINK]);
}

static void check_all(void)
{
	must(door_deadline(&fake.door) > fake.now_us);
	must(fake.door.queued == 0);
	relays_hold();
	idle_is_idle();
	state_holds();
	++walk.visits[fake.door.state];
}

static void step(void)
{
	door_step(&fake.door, fake.now_us);
	walk.closing = 0;
	if (!walk.live)
		fake.muted = walk.sending = false;
	check_all();
	fake_clear();
}

/* --- what happens --- */

static void tell(struct door_in in)
{
	in.t_us = fake.now_us - (draw(4) ? 0 : draw(300) * MS);         /* some edges come late */
	must(!door_input(&fake.door, &in));
}

static void tell_call(enum door_in_type type, struct door_in in)
{
	in.type = type;
	in.call = draw(12) ? fake.door.call : draw(fake.door.calls + 1);        /* some news are old */
	if (in.call == fake.door.call)
		tell(in);
	else if (in.call != walk.live)
		tell(in);
}

static void call_news(void)
{
	static const char digits[] = "0123456789*#ABD1111CCCCCCCC4242";
	const char digit = digits[draw(sizeof(digits) - 1)];

	switch (draw(10)) {
	case 0:  tell_call(DOOR_IN_PROGRESS, (struct door_in){.code = 180}); break;
	case 1:
	case 5:  tell_call(DOOR_IN_ANSWERED, (struct door_in){0}); break;
	case 2:  tell_call(DOOR_IN_HOLD, (struct door_in){.level = draw(2)}); break;
	case 3:
		if (draw(8))
			break;
		tell_call(DOOR_IN_MEDIA_LOST, (struct door_in){0});
		break;
	case 4:
		if (walk.sending && walk.live == fake.door.call)
			tell((struct door_in){.type = DOOR_IN_DIGITS_SENT, .call = walk.live});
		walk.sending = false;
		break;
	default: tell_call(DOOR_IN_DIGIT, (struct door_in){.digit = digit, .text = "info"}); break;
	}
}

/* The telephone's call closes by itself: by the time the door hears of it, it is gone */
static void close_call(void)
{
	if (!walk.live || walk.live != fake.door.call || draw(6))
		return;
	walk.closing = walk.live;
	walk.live = 0;
	walk.sending = false;
	tell((struct door_in){.type = DOOR_IN_CLOSED, .call = walk.closing, .code = draw(2) ? 486u : 0u,
			      .text = "closed"});
}

static void invite(void)
{
	const uint32_t call = door_call_number(&fake.door);

	if (fake.door.state == DOOR_IDLE)
		walk.live = call;
	else
		walk.stranger = call;
	must(!door_input(&fake.door, &(struct door_in){.t_us = fake.now_us,
			 .type = DOOR_IN_INCOMING, .call = call, .text = "sip:b@10.0.0.9"}));
}

static void change_setting(void)
{
	static const char *const row[][2] = {
		{"button.day", "sip:a@10.0.0.1"},
		{"button.day", "sip:a@10.0.0.1,sip:b@10.0.0.2;dtmf=off,sip:c@10.0.0.3,sip:d@10.0.0.4"},
		{"door.answer_s", "manual"}, {"door.answer_s", "0"}, {"door.answer_s", "9"},
		{"door.advance_on_refusal", "yes"}, {"door.advance_on_refusal", "no"},
		{"door.talk_min", "permanent"}, {"door.talk_min", "1"}, {"door.ring_s", "10"},
		{"door.end_by_button", "yes"}, {"door.end_by_button", "no"},
		{"door.end_after_strike", "yes"}, {"door.end_after_strike", "no"},
		{"relay1.function", "strike"}, {"relay1.function", "line"}, {"relay1.function", "mains"},
		{"relay1.function", "network"}, {"relay2.function", "strike"}, {"relay2.function", "line"},
		{"relay1.line_s", "3"}, {"relay1.line_s", "permanent"}, {"relay1.hold_s", "25"},
		{"relay1.code1", "1"}, {"relay1.code1", "1234"}, {"relay1.code1", ""},
		{"relay2.code1", "42"}, {"relay2.code1_type", "local"}, {"relay2.code1_type", "remote"},
		{"sup.dtmf", "off"}, {"sup.dtmf", "auto"}, {"sup.report_button", "no"},
		{"sup.report_button", "yes"}, {"sup.frames_max", "1"}, {"sup.message_to", "sip:m@10.0.0.8"},
		{"button.mode", "strike/call"}, {"button.mode", "call/none"}, {"button.mode", "call/call"},
		{"button.mode", "call/call"}, {"button.day", "sip:a@10.0.0.1"}, {"relay1.code1", "4242"},
		{"button.slot", "1"}, {"button.slot", "off"}, {"slot1.hours", "thu 00:00-12:00"},
		{"button.night", "sip:n@10.0.0.5"}, {"input.enabled", "yes"}, {"input.enabled", "no"},
		{"input.function", "button"}, {"input.function", "strike"}, {"input.function", "day_call"},
		{"input.function", "list"}, {"input.contacts", "sip:i@10.0.0.6"}, {"input.normally", "closed"},
		{"input.relay", "1+2"}, {"tech.contacts", "sip:10.0.0.1,sip:t@pbx.example"},
		{"test.contacts", "sip:10.0.0.1;dtmf=required,sip:10.0.0.2"}, {"test.days", "1"},
		{"test.days", "off"}, {"test.at", "03:30"}, {"sup.report_mains_back", "no"},
		{"identity", "7"}, {"button.day", ""}, {"door.press_ms", "100"}, {"door.code_gap_ms", "500"},
	};
	const char *const *r = row[draw(sizeof(row) / sizeof(*row))];

	must(!settings_set(&fake.conf, r[0], r[1], NULL, 0));
	must(!door_input(&fake.door, &(struct door_in){.t_us = fake.now_us,
			 .type = DOOR_IN_APPLY}));
}

static void press(void)
{
	tell((struct door_in){.type = DOOR_IN_EDGE, .line = GAP_IN_BUTTON, .level = true});
	fake.now_us += 500 * MS;
	tell((struct door_in){.type = DOOR_IN_EDGE, .line = GAP_IN_BUTTON, .level = false});
}

static void let_time_pass(void)
{
	static const uint32_t us[] = {1, 999, 20000, 100000, 1500000, 5000000, 31000000, 700000000};
	const uint64_t next = door_deadline(&fake.door);

	if (draw(3))
		fake.now_us += draw(us[draw(draw(8) ? 6 : 8)]);
	else if (next != GAP_NEVER && !draw(2))
		fake.now_us = next - (next - fake.now_us > 1 ? draw(2) : 0);
}

/** One input; strangers and settings come alone in their turn, so that the books stay simple */
static void one_input(void)
{
	switch (fake.door.state == DOOR_IDLE && draw(2) ? 1 : draw(24)) {
	case 0:  tell((struct door_in){.type = DOOR_IN_EDGE, .line = GAP_IN_BUTTON, .level = draw(2)}); break;
	case 1:  press(); break;
	case 2:  tell((struct door_in){.type = DOOR_IN_EDGE, .line = draw(GAP_INS), .level = draw(2)}); break;
	case 3:  tell((struct door_in){.type = DOOR_IN_STRIKE, .code = (uint16_t)draw(4)}); break;
	case 4:
		if (!draw(8))
			tell((struct door_in){.type = DOOR_IN_HANGUP});
		else if (!draw(4))
			tell((struct door_in){.type = draw(2) ? DOOR_IN_DIAL : DOOR_IN_ANSWER,
					      .text = "sip:d@10.0.0.9"});
		break;
	case 5:
		if (!draw(4))
			invite();
		break;
	case 6:
		change_setting();
		if (!draw(4))
			tell((struct door_in){.type = DOOR_IN_ACCOUNT, .code = (uint16_t)draw(5),
					      .level = draw(2), .text = "x"});
		break;
	case 7:  close_call(); break;
	case 8:
	case 9:  let_time_pass(); break;
	default: call_news(); break;
	}
}

START_TEST(a_random_walk_breaks_no_invariant)
{
	unsigned i;

	memset(&walk, 0, sizeof(walk));
	walk.seed = 0x9e3779b9u + (unsigned)_i;
	fake_new();
	fake.conf.boot_ms = 1000;
	must(!event_subscribe(&fake.bus, on_event, NULL));
	door_init(&fake.door, &fake.conf, &fake.bus, &fake_port, &fake, &walk_phone, NULL);
	door_boot(&fake.door);
	for (i = 0; i < STEPS; i++) {
		step();
		one_input();
	}
	step();
	door_shutdown(&fake.door, "end");
	must(!walk.open && !walk.live && !fake.relay[0] && !fake.relay[1]);
	must(walk.begun == walk.ended);

	for (i = 0; i < DOOR_STATES; i++)                       /* the walk went everywhere */
		must(walk.visits[i] > STEPS / 1000);
	if (!(walk.digits > 100 && walk.frames > 5 && walk.strikes > 0 && walk.begun > 100 && walk.reports > 5))
		ck_abort_msg("%u digits, %u frames, %u codes, %u calls, %u reports", walk.digits, walk.frames,
			     walk.strikes, walk.begun, walk.reports);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("walk");
	TCase *tc = tcase_create("walk");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, a_random_walk_breaks_no_invariant, 0, WALKS);
	suite_add_tcase(s, tc);

	return s;
}
