/**
 * @file test_calling.c  The door's calls: every cell of the table, and their times
 *                       (DOOR-02 to DOOR-05, SIP-10, SUP-10)
 */
#include "fake.h"

Suite *suite(void);

/* --- the table, state x input --- */

struct cell {
	const char *log;                /* NULL = empty cell */
	enum door_state state;          /* afterwards */
};

#define NEXT "call_out(2,sip:b@10.0.0.2,bouton_appel,2); " \
	"dial 2 sip:b@10.0.0.2 000000000_bouton_appel; " \
	"message_out(sip:b@10.0.0.2,identity=000000000 ;product=81 ;alerte=01); " \
	"message sip:b@10.0.0.2 000000000_bouton_appel identity=000000000 ;product=81 ;alerte=01"
#define FIRST "press(call); relay 2 on; relay(2,1,line); " \
	"call_out(1,sip:a@10.0.0.1,bouton_appel,1); " \
	"dial 1 sip:a@10.0.0.1 000000000_bouton_appel; " \
	"message_out(sip:a@10.0.0.1,identity=000000000 ;product=81 ;alerte=01); " \
	"message sip:a@10.0.0.1 000000000_bouton_appel identity=000000000 ;product=81 ;alerte=01"
#define BUSY "reject 77 486; call_refused(sip:c@10.0.0.7,486,busy)"
#define FREE "; relay 2 off; relay(2,0,line)"
#define NO_SUP "sup_end(1,hangup); "
#define INPUT_BUSY(state) \
	[CALLING_DAY_CALL] = {"input(busy)", state}, [CALLING_OWN_LIST] = {"input(busy)", state}, \
	[CALLING_DIAL] = {"command(call,busy)", state}
#define DIAL(uri) "call_out(1," uri ",bouton_appel,1); dial 1 " uri " 000000000_bouton_appel; " \
	"message_out(" uri ",identity=000000000 ;product=81 ;alerte=01); " \
	"message " uri " 000000000_bouton_appel identity=000000000 ;product=81 ;alerte=01"

/* The lines are those of a door with relay 2 = line, answer manual, end by button and after a strike */
static const struct cell want[DOOR_STATES][CALLING_INS] = {
	[DOOR_IDLE] = {
		[CALLING_PRESS] = {FIRST, DOOR_CALLING},
		[CALLING_INCOMING] = {"call_in(77,sip:c@10.0.0.7); relay 2 on; relay(2,1,line); ring 77",
				      DOOR_RINGING},
		[CALLING_DAY_CALL] = {"input(call); relay 2 on; relay(2,1,line); " DIAL("sip:a@10.0.0.1"),
				      DOOR_CALLING},
		[CALLING_OWN_LIST] = {"input(no_contact)", DOOR_IDLE},
		[CALLING_DIAL] = {"command(call,ok); relay 2 on; relay(2,1,line); call_out(1,sip:d@10.0.0.9,,1); "
				  "dial 1 sip:d@10.0.0.9 -", DOOR_CALLING},
	},
	[DOOR_CALLING] = {
		[CALLING_PRESS] = {"press(end); hangup 1; call_end(1,button,0)" FREE, DOOR_IDLE},
		[CALLING_INCOMING] = {BUSY, DOOR_CALLING},
		[CALLING_PROGRESS] = {"call_ringing(1,180)", DOOR_CALLING},
		[CALLING_ANSWERED] = {"call_answered(1)", DOOR_TALKING},
		[CALLING_CLOSED] = {"call_failed(1,404,404 Not Found)", DOOR_WAITING},
		[CALLING_RING_END] = {"hangup 1; call_failed(1,0,no answer); " NEXT, DOOR_CALLING},
		[CALLING_HANGUP] = {"hangup 1; call_end(1,command,0)" FREE, DOOR_IDLE},
		INPUT_BUSY(DOOR_CALLING),
	},
	[DOOR_WAITING] = {
		[CALLING_PRESS] = {"press(end); relay 2 off; relay(2,0,line)", DOOR_IDLE},
		[CALLING_INCOMING] = {BUSY, DOOR_WAITING},
		[CALLING_RING_END] = {NEXT, DOOR_CALLING},
		[CALLING_HANGUP] = {"relay 2 off; relay(2,0,line)", DOOR_IDLE},
		INPUT_BUSY(DOOR_WAITING),
	},
	[DOOR_RINGING] = {
		[CALLING_PRESS] = {"press(answer); answer 1", DOOR_RINGING},
		[CALLING_INCOMING] = {BUSY, DOOR_RINGING},
		[CALLING_ANSWER_DUE] = {"answer 1", DOOR_RINGING},
		[CALLING_ANSWER] = {"command(answer,ok); answer 1", DOOR_RINGING},
		[CALLING_ANSWERED] = {"call_answered(1)", DOOR_TALKING},
		[CALLING_CLOSED] = {"call_end(1,404 Not Found,0)" FREE, DOOR_IDLE},
		[CALLING_HANGUP] = {"reject 1 480; call_end(1,command,0)" FREE, DOOR_IDLE},
		INPUT_BUSY(DOOR_RINGING),
	},
	[DOOR_TALKING] = {
		[CALLING_PRESS] = {"press(end); hangup 1; " NO_SUP "call_end(1,button,7000)" FREE, DOOR_IDLE},
		[CALLING_INCOMING] = {BUSY, DOOR_TALKING},
		[CALLING_CLOSED] = {NO_SUP "call_end(1,404 Not Found,7000)" FREE, DOOR_IDLE},
		[CALLING_HOLD] = {"call_hold(1,1)", DOOR_HELD},
		[CALLING_TALK_END] = {"announce(end_of_communication); hangup 1; " NO_SUP
				      "call_end(1,time,7000)" FREE, DOOR_IDLE},
		[CALLING_STRIKE_END] = {"hangup 1; " NO_SUP "call_end(1,strike,7000)" FREE, DOOR_IDLE},
		[CALLING_MEDIA_LOST] = {"hangup 1; " NO_SUP "call_end(1,no media,7000)" FREE, DOOR_IDLE},
		[CALLING_HANGUP] = {"hangup 1; " NO_SUP "call_end(1,command,7000)" FREE, DOOR_IDLE},
		INPUT_BUSY(DOOR_TALKING),
		[CALLING_REPORT_DONE] = {"hangup 1; " NO_SUP "call_end(1,reported,7000)" FREE, DOOR_IDLE},
	},
	[DOOR_HELD] = {
		[CALLING_PRESS] = {"press(end); hangup 1; " NO_SUP "call_end(1,button,7000)" FREE, DOOR_IDLE},
		[CALLING_INCOMING] = {BUSY, DOOR_HELD},
		[CALLING_CLOSED] = {NO_SUP "call_end(1,404 Not Found,7000)" FREE, DOOR_IDLE},
		[CALLING_HOLD] = {"call_hold(1,0)", DOOR_TALKING},
		[CALLING_TALK_END] = {"announce(end_of_communication); hangup 1; " NO_SUP
				      "call_end(1,time,7000)" FREE, DOOR_IDLE},
		[CALLING_STRIKE_END] = {"hangup 1; " NO_SUP "call_end(1,strike,7000)" FREE, DOOR_IDLE},
		[CALLING_HANGUP] = {"hangup 1; " NO_SUP "call_end(1,command,7000)" FREE, DOOR_IDLE},
		INPUT_BUSY(DOOR_HELD),
		[CALLING_REPORT_DONE] = {"hangup 1; " NO_SUP "call_end(1,reported,7000)" FREE, DOOR_IDLE},
	},
};

static void reach(enum door_state state)
{
	if (state == DOOR_CALLING || state == DOOR_WAITING)
		fake_calling();
	if (state == DOOR_TALKING || state == DOOR_HELD)
		fake_talking();
	if (state == DOOR_WAITING)
		fake_closed(486, "486 Busy Here");
	if (state == DOOR_RINGING)
		(void)fake_incoming();
	if (state == DOOR_HELD)
		fake_hold(true);
	ck_assert_int_eq(fake.door.state, state);
	fake_run(7 * S);
	if (fake.door.now_us < fake.now_us)     /* nothing was due for a while */
		fake.door.now_us = fake.door.step_us = fake.now_us;
	fake_clear();
}

/* Every input in every state; an empty cell changes nothing, asks nothing and emits nothing */
START_TEST(each_cell_of_the_table_does_what_it_says_and_no_more)
{
	const enum door_state state = (enum door_state)(_i / CALLING_INS);
	const enum calling_in input = (enum calling_in)(_i % CALLING_INS);
	const struct cell *c = &want[state][input];
	struct door_in in = {.type = DOOR_IN_INCOMING, .call = 77, .level = state == DOOR_TALKING,
			     .text = "404 Not Found"};
	struct door before;

	in.code = input == CALLING_PROGRESS ? 180 : 404;
	if (input == CALLING_INCOMING)
		strcpy(in.text, "sip:c@10.0.0.7");
	if (input == CALLING_DIAL)
		strcpy(in.text, "sip:d@10.0.0.9");
	fake_new();
	fake_set("relay2.function", "line");
	fake_set("door.answer_s", "manual");
	fake_set("door.end_by_button", "yes");
	fake_set("door.end_after_strike", "yes");
	fake_boot();
	reach(state);
	before = fake.door;
	calling_input(&fake.door, input, &in);

	if (!c->log)
		ck_assert_msg(!memcmp(&before, &fake.door, sizeof(before)) && !fake.lines,
			      "%s, input %d", door_state_name(state), input);
	else
		ck_assert_msg(!strcmp(fake_log(), c->log), "%s, input %d:\n%s\nbut\n%s",
			      door_state_name(state), input, fake.log, c->log);
	ck_assert_int_eq(fake.door.state, c->log ? c->state : state);
}
END_TEST

/* --- outgoing --- */

static void fresh(void)
{
	fake_new();
	fake_boot();
}

/* DOOR-03: the next contact at T, to the microsecond; one pass, then the visitor is told */
START_TEST(a_list_without_answer_is_called_once_in_order)
{
	uint64_t t0;

	fake_new();
	fake_set("button.day", "sip:a@10.0.0.1,sip:b@10.0.0.2,sip:c@10.0.0.3,sip:d@10.0.0.4");
	fake_set("door.ring_s", "10");
	fake_boot();
	fake_press();
	t0 = fake_when("dial 1 sip:a@10.0.0.1 ");
	fake_run(60 * S);
	ck_assert_uint_eq(fake_when("dial 2 sip:b@10.0.0.2 "), t0 + 10 * S);
	ck_assert_uint_eq(fake_when("dial 3 sip:c@10.0.0.3 "), t0 + 20 * S);
	ck_assert_uint_eq(fake_when("dial 4 sip:d@10.0.0.4 "), t0 + 30 * S);
	ck_assert_uint_eq(fake_when("hangup 4"), t0 + 40 * S);
	ck_assert_uint_eq(fake_when("unavailable(bouton_appel)"), t0 + 40 * S);
	ck_assert_uint_eq(fake_when("announce(contact_unavailable)"), t0 + 40 * S);
	ck_assert_uint_eq(fake_count("call_failed("), 4);
	ck_assert_uint_eq(fake_count("dial"), 4);
	ck_assert_int_eq(fake.door.state, DOOR_IDLE);
}
END_TEST

/* DOOR-03: a refusal does not shorten T ... */
START_TEST(after_a_refusal_the_next_contact_waits_for_T)
{
	uint64_t t0;

	fresh();
	fake_press();
	t0 = fake_when("dial 1");
	fake_run(3 * S);
	fake_closed(486, "486 Busy Here");
	ck_assert_uint_eq(fake_count("call_failed(1,486,486 Busy Here)"), 1);
	ck_assert_int_eq(fake.door.state, DOOR_WAITING);
	ck_assert_uint_eq(fake.door.call, 0);
	fake_run(60 * S);
	ck_assert_uint_eq(fake_when("dial 2"), t0 + 30 * S);
	ck_assert_uint_eq(fake_count("call_failed(1,"), 1);
}
END_TEST

/* ... but for door.advance_on_refusal */
START_TEST(after_a_refusal_the_next_contact_is_called_at_once_where_set_so)
{
	fake_new();
	fake_set("door.advance_on_refusal", "yes");
	fake_boot();
	fake_calling();
	fake_run(S);
	fake_closed(603, "603 Decline");
	ck_assert_uint_eq(fake_when("dial 2"), fake.now_us);
	ck_assert_uint_eq(door_deadline(&fake.door), fake.now_us + 30 * S);
	fake_closed(603, "603 Decline");
	ck_assert_uint_eq(fake_count("unavailable("), 1);
	ck_assert_int_eq(fake.door.state, DOOR_IDLE);
}
END_TEST

/* DOOR-03: a contact that cannot be dialled at all is one that refuses */
START_TEST(a_contact_that_cannot_be_dialled_counts_as_refused)
{
	fresh();
	fake.fail_dial = 101;
	fake_press();
	ck_assert_uint_eq(fake_count("call_failed(1,0,cannot dial)"), 1);
	ck_assert_int_eq(fake.door.state, DOOR_WAITING);
	fake_run(60 * S);
	ck_assert_uint_eq(fake_count("call_failed("), 2);
	ck_assert_uint_eq(fake_count("hangup"), 0);
	ck_assert_int_eq(fake.door.state, DOOR_IDLE);

	fake_set("door.advance_on_refusal", "yes");
	fake_clear();
	fake_press();
	ck_assert_uint_eq(fake_count("dial"), 2);
	ck_assert_uint_eq(fake_count("unavailable("), 1);
	ck_assert_int_eq(fake.door.state, DOOR_IDLE);
}
END_TEST

START_TEST(a_press_without_contacts_is_told)
{
	fake_new();
	fake_set("button.day", "");
	fake_boot();
	fake_press();
	ck_assert_str_eq(fake_log(), "button(1); press(no_contact); button(0)");
	ck_assert_int_eq(fake.door.state, DOOR_IDLE);
}
END_TEST

/* DOOR-05: the button ends nothing unless set so */
START_TEST(a_press_in_a_call_is_ignored_by_default)
{
	fresh();
	fake_calling();
	fake_press();
	ck_assert_uint_eq(fake_count("press(ignored)"), 1);
	fake_call(DOOR_IN_ANSWERED);
	fake_press();
	ck_assert_uint_eq(fake_count("press(ignored)"), 2);
	ck_assert_int_eq(fake.door.state, DOOR_TALKING);
}
END_TEST

/* SUP-10: INVITE first, MESSAGE in the same turn, each INVITE has its own */
START_TEST(a_message_goes_to_the_called_contact)
{
	fresh();
	fake_press();
	fake_run(30 * S);
	ck_assert_uint_eq(fake_when("message sip:a@10.0.0.1 "), fake_when("dial 1"));
	ck_assert_uint_eq(fake_when("message sip:b@10.0.0.2 "), fake_when("dial 2"));
	ck_assert_uint_eq(fake_count("message_out("), 2);
}
END_TEST

/* SUP-10: to another URI, once a press */
START_TEST(a_message_to_another_uri_goes_once)
{
	fake_new();
	fake_set("sup.message_to", "sip:alarm@10.0.0.8");
	fake_boot();
	fake_press();
	fake_run(60 * S);
	ck_assert_uint_eq(fake_count("message sip:alarm@10.0.0.8 "), 1);
	ck_assert_uint_eq(fake_count("message "), 1);
}
END_TEST

/* SUP-03, CON-01: a number goes by its account, message and all; a rescue contact does not */
START_TEST(a_contact_is_called_by_its_account)
{
	fake_new();
	fake_set("sip.account2.server", "10.0.0.20");
	fake_set("sip.account2.user", "100");
	fake_set("sip.account2.active", "yes");
	fake_set("button.day", "101,sip:a@10.0.0.1;p2p");
	fake_boot();
	fake_press();
	fake_run(60 * S);
	ck_assert_uint_eq(fake_count("call_out(1,sip:101@10.0.0.20,bouton_appel,1)"), 1);
	ck_assert_uint_eq(fake_count("dial 1 sip:101@10.0.0.20 account 2"), 1);
	ck_assert_uint_eq(fake_count("message sip:101@10.0.0.20 account 2 identity="), 1);
	ck_assert_uint_eq(fake_count("dial 2 sip:a@10.0.0.1 000000000_bouton_appel"), 1);
	ck_assert_uint_eq(fake_count("message sip:a@10.0.0.1 000000000_bouton_appel identity="), 1);
}
END_TEST

/* SUP-10: another URI is P2P, whoever is called */
START_TEST(a_message_to_another_uri_never_goes_by_an_account)
{
	fake_new();
	fake_set("sip.account1.server", "10.0.0.20");
	fake_set("sip.account1.user", "100");
	fake_set("sip.account1.active", "yes");
	fake_set("button.day", "101");
	fake_set("sup.message_to", "sip:alarm@10.0.0.8");
	fake_boot();
	fake_press();
	ck_assert_uint_eq(fake_count("dial 1 sip:101@10.0.0.20 account 1"), 1);
	ck_assert_uint_eq(fake_count("message sip:alarm@10.0.0.8 000000000_bouton_appel identity="), 1);
}
END_TEST

/* SUP-11 */
START_TEST(reports_and_messages_can_be_switched_off)
{
	fake_new();
	fake_set("sup.message_button", "no");
	fake_boot();
	fake_press();
	ck_assert_uint_eq(fake_count("message"), 0);
	ck_assert_uint_eq(fake_count("dial 1 sip:a@10.0.0.1 000000000_bouton_appel"), 1);

	fake_new();
	fake_set("sup.report_button", "no");
	fake_boot();
	fake_press();
	ck_assert_uint_eq(fake_count("message"), 0);
	ck_assert_uint_eq(fake_count("dial 1 sip:a@10.0.0.1 -"), 1);
	ck_assert_uint_eq(fake_count("call_out(1,sip:a@10.0.0.1,,1)"), 1);
}
END_TEST

/* --- incoming --- */

/* DOOR-02: at once (0), or after 1 to 9 s; 180 meanwhile */
START_TEST(an_incoming_call_is_answered_after_its_delay)
{
	char value[2] = {(char)('0' + _i), '\0'};
	uint64_t t0;

	fake_new();
	fake_set("door.answer_s", value);
	fake_boot();
	t0 = fake.now_us;
	(void)fake_incoming();
	fake_run(20 * S);
	ck_assert_uint_eq(fake_when("answer 1"), t0 + (uint64_t)_i * S);
	ck_assert_uint_eq(fake_count("answer 1"), 1);
	ck_assert_uint_eq(fake_count("ring 1"), _i > 0);
	ck_assert_int_eq(fake.door.state, DOOR_RINGING);
	fake_call(DOOR_IN_ANSWERED);
	ck_assert_uint_eq(fake_count("call_answered(1)"), 1);
	ck_assert_uint_eq(fake_count("sup_"), 0);
}
END_TEST

/* DOOR-02: manually; a second press before the ACK is none */
START_TEST(an_incoming_call_is_answered_by_the_button)
{
	fake_new();
	fake_set("door.answer_s", "manual");
	fake_boot();
	(void)fake_incoming();
	fake_run(20 * S);
	ck_assert_uint_eq(fake_count("answer"), 0);
	fake_press();
	ck_assert_uint_eq(fake_count("answer 1"), 1);
	fake_press();
	ck_assert_uint_eq(fake_count("answer 1"), 1);
	ck_assert_uint_eq(fake_count("press(ignored)"), 1);
	fake_call(DOOR_IN_ANSWERED);
	fake_closed(0, "remote");
	(void)fake_incoming();
	fake_press();
	ck_assert_uint_eq(fake_count("answer 2"), 1);
}
END_TEST

START_TEST(a_press_while_the_door_answers_by_itself_is_ignored)
{
	fake_new();
	fake_set("door.answer_s", "5");
	fake_boot();
	(void)fake_incoming();
	fake_press();
	ck_assert_uint_eq(fake_count("press(ignored)"), 1);
	ck_assert_uint_eq(fake_count("answer"), 0);
}
END_TEST

/* DOOR-02: where answering fails the call is over, and the next one finds the door free */
START_TEST(a_call_that_cannot_be_answered_is_given_up)
{
	static const char *const way[] = {"0", "3", "manual"};

	fake_new();
	fake_set("door.answer_s", way[_i]);
	fake_boot();
	fake.fail_answer = 12;
	(void)fake_incoming();
	fake_press();
	fake_run(5 * S);
	ck_assert_uint_eq(fake_count("answer 1"), 1);
	ck_assert_uint_eq(fake_count("hangup 1"), 1);
	ck_assert_uint_eq(fake_count("call_end(1,cannot answer,0)"), 1);
}
END_TEST

START_TEST(a_caller_that_gives_up_leaves_the_door_idle)
{
	fake_new();
	fake_set("door.answer_s", "5");
	fake_boot();
	(void)fake_incoming();
	fake_run(2 * S);
	fake_closed(0, "");
	ck_assert_uint_eq(fake_count("call_end(1,remote,0)"), 1);
	fake_run(20 * S);
	ck_assert_uint_eq(fake_count("answer"), 0);
	ck_assert_int_eq(fake.door.state, DOOR_IDLE);
}
END_TEST

/* --- in communication --- */

/* DOOR-04: 1 to 10 min, to the microsecond; hold does not stop it */
START_TEST(a_communication_ends_after_its_time)
{
	char value[12], end[40];
	uint64_t t0;

	fake_new();
	snprintf(value, sizeof(value), "%d", _i);
	fake_set("door.talk_min", value);
	fake_boot();
	fake_talking();
	t0 = fake.now_us;
	fake_run(30 * S);
	fake_hold(true);
	fake_run(11 * MIN);
	ck_assert_uint_eq(fake_when("hangup 1"), t0 + (uint64_t)_i * MIN);
	ck_assert_uint_eq(fake_when("announce(end_of_communication)"), t0 + (uint64_t)_i * MIN);
	snprintf(end, sizeof(end), "call_end(1,time,%d)", _i * 60000);
	ck_assert_uint_eq(fake_count(end), 1);
}
END_TEST

/* DOOR-04: permanent */
START_TEST(a_permanent_communication_has_no_end)
{
	fake_new();
	fake_set("door.talk_min", "permanent");
	fake_boot();
	fake_talking();
	fake_run(24ull * 60 * MIN);
	ck_assert_int_eq(fake.door.state, DOOR_TALKING);
	ck_assert(door_deadline(&fake.door) == GAP_NEVER);
}
END_TEST

/* DOOR-05: BYE at the end of the hold time of a strike of this call */
START_TEST(a_strike_ends_the_call_where_set_so)
{
	uint64_t t0;

	fake_new();
	fake_set("door.end_after_strike", "yes");
	fake_set("relay1.hold_s", "3");
	fake_boot();
	fake_talking();
	t0 = fake.now_us;
	fake_strike(1);
	fake_run(10 * S);
	ck_assert_uint_eq(fake_when("hangup 1"), t0 + 3 * S);
	ck_assert_uint_eq(fake_count("call_end(1,strike,3000)"), 1);
}
END_TEST

/* DOOR-05: a strike of before, or of another call, is none of this one */
START_TEST(a_strike_of_another_time_does_not_end_the_call)
{
	fake_new();
	fake_set("door.end_after_strike", "yes");
	fake_set("relay1.hold_s", "9");
	fake_set("relay2.hold_s", "25");
	fake_boot();
	fake_talking();
	fake_strike(1);
	fake_closed(0, "remote");
	fake_talking();
	fake_strike(2);
	fake_run(15 * S);
	ck_assert_uint_eq(fake_count("relay(1,0,hold)"), 1);
	ck_assert_int_eq(fake.door.state, DOOR_TALKING);
	fake_run(15 * S);
	ck_assert_int_eq(fake.door.state, DOOR_IDLE);
}
END_TEST

/* SIP-10: 486 during a call; the present call does not notice */
START_TEST(an_incoming_call_during_a_call_is_busy)
{
	fresh();
	fake_talking();
	(void)fake_incoming();
	ck_assert_str_eq(fake_log(), "reject 2 486; call_refused(sip:b@10.0.0.9,486,busy)");
	ck_assert_uint_eq(fake.door.call, 1);
}
END_TEST

/* What the telephone still says about a call that is over changes nothing */
START_TEST(late_news_of_an_old_call_are_ignored)
{
	static const enum door_in_type type[] = {DOOR_IN_PROGRESS, DOOR_IN_ANSWERED, DOOR_IN_CLOSED,
		DOOR_IN_HOLD, DOOR_IN_DIGIT, DOOR_IN_DIGITS_SENT, DOOR_IN_MEDIA_LOST};
	struct door before;
	uint32_t call;

	fresh();
	fake_talking();
	fake_tell((struct door_in){.type = DOOR_IN_HANGUP});
	for (call = 0; call < 2; call++) {      /* idle, with the old number and with none */
		fake_clear();
		before = fake.door;
		fake_tell((struct door_in){.type = type[_i], .call = call, .digit = '5', .level = true});
		ck_assert_uint_eq(fake.lines, 0);
		ck_assert_int_eq(fake.door.state, before.state);
	}
	fake_calling();
	fake_tell((struct door_in){.type = type[_i], .call = 1, .digit = '5', .level = true});
	ck_assert_uint_eq(fake.lines, 0);
	ck_assert_int_eq(fake.door.state, DOOR_CALLING);
}
END_TEST

/* --- settings changed in the middle of a call --- */

START_TEST(a_list_that_gets_shorter_while_calling_ends_sooner)
{
	static const char *const list[] = {"sip:a@10.0.0.1", ""};

	fresh();
	fake_calling();
	fake_set("button.day", list[_i]);
	fake_run(40 * S);
	ck_assert_uint_eq(fake_count("dial"), 0);
	ck_assert_uint_eq(fake_count("unavailable("), 1);
	ck_assert_int_eq(fake.door.state, DOOR_IDLE);
}
END_TEST

/* SUP-25: the protocol is the called contact's, whatever the list is when it answers */
START_TEST(an_emptied_list_does_not_change_the_call_that_is_out)
{
	fake_new();
	fake_set("button.day", "sip:a@10.0.0.1;dtmf=off");
	fake_boot();
	fake_calling();
	fake_set("button.day", "");
	fake_call(DOOR_IN_ANSWERED);
	ck_assert_int_eq(fake.door.state, DOOR_TALKING);
	fake_run(20 * S);
	ck_assert_uint_eq(fake_count("sup_"), 0);
}
END_TEST

START_TEST(a_new_ring_time_counts_from_the_next_contact)
{
	uint64_t t0;

	fresh();
	fake_press();
	t0 = fake_when("dial 1");
	fake_set("door.ring_s", "10");
	fake_run(50 * S);
	ck_assert_uint_eq(fake_when("dial 2"), t0 + 30 * S);
	ck_assert_uint_eq(fake_when("unavailable("), t0 + 40 * S);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("calling");
	TCase *tc = tcase_create("table");

	tcase_add_loop_test(tc, each_cell_of_the_table_does_what_it_says_and_no_more, 0,
			    DOOR_STATES * CALLING_INS);
	suite_add_tcase(s, tc);

	tc = tcase_create("outgoing");
	tcase_add_test(tc, a_list_without_answer_is_called_once_in_order);
	tcase_add_test(tc, after_a_refusal_the_next_contact_waits_for_T);
	tcase_add_test(tc, after_a_refusal_the_next_contact_is_called_at_once_where_set_so);
	tcase_add_test(tc, a_contact_that_cannot_be_dialled_counts_as_refused);
	tcase_add_test(tc, a_press_without_contacts_is_told);
	tcase_add_test(tc, a_press_in_a_call_is_ignored_by_default);
	tcase_add_test(tc, a_message_goes_to_the_called_contact);
	tcase_add_test(tc, a_message_to_another_uri_goes_once);
	tcase_add_test(tc, a_contact_is_called_by_its_account);
	tcase_add_test(tc, a_message_to_another_uri_never_goes_by_an_account);
	tcase_add_test(tc, reports_and_messages_can_be_switched_off);
	suite_add_tcase(s, tc);

	tc = tcase_create("incoming");
	tcase_add_loop_test(tc, an_incoming_call_is_answered_after_its_delay, 0, 10);
	tcase_add_test(tc, an_incoming_call_is_answered_by_the_button);
	tcase_add_test(tc, a_press_while_the_door_answers_by_itself_is_ignored);
	tcase_add_loop_test(tc, a_call_that_cannot_be_answered_is_given_up, 0, 3);
	tcase_add_test(tc, a_caller_that_gives_up_leaves_the_door_idle);
	suite_add_tcase(s, tc);

	tc = tcase_create("communication");
	tcase_add_loop_test(tc, a_communication_ends_after_its_time, 1, 11);
	tcase_add_test(tc, a_permanent_communication_has_no_end);
	tcase_add_test(tc, a_strike_ends_the_call_where_set_so);
	tcase_add_test(tc, a_strike_of_another_time_does_not_end_the_call);
	tcase_add_test(tc, an_incoming_call_during_a_call_is_busy);
	tcase_add_loop_test(tc, late_news_of_an_old_call_are_ignored, 0, 7);
	tcase_add_loop_test(tc, a_list_that_gets_shorter_while_calling_ends_sooner, 0, 2);
	tcase_add_test(tc, an_emptied_list_does_not_change_the_call_that_is_out);
	tcase_add_test(tc, a_new_ring_time_counts_from_the_next_contact);
	suite_add_tcase(s, tc);

	return s;
}
