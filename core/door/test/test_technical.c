/**
 * @file test_technical.c  Technical and test calls: what makes them, their queue, what is a success
 *                         (SUP-10 to SUP-12, SUP-22, SUP-23, SUP-30, SUP-31, REL-05)
 */
#include "fake.h"

Suite *suite(void);

#define T1 "sip:10.0.0.3"
#define T2 "sip:t@10.0.0.4"
#define HOUR_US (3600 * UINT64_C(1000000))

static void fresh(void)
{
	fake_new();
	fake_set("tech.contacts", T1 "," T2);
	fake_set("test.contacts", T1 "," T2);
	fake_boot();
}

/* A technical call stands: the button fault is the reason */
static void reporting(const char *contacts)
{
	fresh();
	fake_set("tech.contacts", contacts);
	fake.door.line[GAP_IN_POE] = true;
	fake.door.supply_seen[1] = true;
	fake_edge(GAP_IN_MAINS, false);
	fake_run(2 * S);
	ck_assert_int_eq(fake.door.state, DOOR_CALLING);
	fake_clear();
}

static void answered_reporting(const char *contacts)
{
	reporting(contacts);
	fake_call(DOOR_IN_ANSWERED);
	fake_clear();
}

/* SUP-31: fault and recovery of the supply, each with its call and MESSAGE */
START_TEST(supply_lost_and_back_are_called_for)
{
	fresh();
	fake_edge(GAP_IN_MAINS, false);
	fake_run(1 * S);
	ck_assert_str_eq(fake_log(), "mains(0); report(defautSecteur,1); call_out(1," T1 ",defautSecteur,1); "
		"dial 1 " T1 " 000000000_defautSecteur; message_out(" T1 ",identity=000000000 ;product=81 ;alerte=12); "
		"message " T1 " 000000000_defautSecteur identity=000000000 ;product=81 ;alerte=12");
	fake_call(DOOR_IN_ANSWERED);
	fake_run(10 * S);
	ck_assert_str_eq(fake_log(), "call_answered(1); sup_end(1,no_c); hangup 1; call_end(1,reported,10000); "
			 "report_end(defautSecteur,1)");
	fake_edge(GAP_IN_MAINS, true);
	fake_run(1 * S);
	ck_assert_uint_eq(fake_count("dial 2 " T1 " 000000000_retourSecteur"), 1);
	ck_assert_uint_eq(fake_count("message " T1 " 000000000_retourSecteur identity=000000000 ;product=81 ;alerte=11"),
			  1);
}
END_TEST

START_TEST(a_stuck_button_is_called_for_and_its_release_too)
{
	fresh();
	fake_set("button.day", "");
	fake_edge(GAP_IN_BUTTON, true);
	fake_run(602 * S);
	ck_assert_uint_eq(fake_count("dial 1 " T1 " 000000000_panneBoutonALB"), 1);
	fake_call(DOOR_IN_ANSWERED);
	fake_closed(0, "");
	fake_edge(GAP_IN_BUTTON, false);
	fake_run(2 * S);
	ck_assert_uint_eq(fake_count("dial 2 " T1 " 000000000_retourBoutonALB"), 1);
}
END_TEST

START_TEST(a_report_that_is_off_makes_no_call)
{
	static const char *const key[] = {"sup.report_mains_fault", "tech.contacts"};

	fresh();
	fake_set(key[_i], _i ? "" : "no");
	fake_edge(GAP_IN_MAINS, false);
	fake_run(60 * S);
	ck_assert_str_eq(fake_log(), "mains(0)");
	ck_assert(door_deadline(&fake.door) == GAP_NEVER);
}
END_TEST

START_TEST(a_message_that_is_off_leaves_the_call)
{
	fresh();
	fake_set("sup.message_mains_fault", "no");
	fake_edge(GAP_IN_MAINS, false);
	fake_run(1 * S);
	ck_assert_uint_eq(fake_count("dial "), 1);
	ck_assert_uint_eq(fake_count("message"), 0);
}
END_TEST

/* SUP-23: {contact's protocol, what the receiver does} -> success or the next contact */
START_TEST(what_counts_as_a_success)
{
	static const struct { const char *contacts, *digits; unsigned wait_s; bool remote_ends, ok; } row[] = {
		{T1 "," T2, "", 10, false, true},                       /* auto, no C: 200 OK is enough */
		{T1 "," T2, "", 1, true, true},
		{T1 ";dtmf=off," T2, "", 10, false, true},
		{T1 ";dtmf=required," T2, "", 10, false, false},
		{T1 ";dtmf=required," T2, "", 1, true, false},
		{T1 "," T2, "C", 40, false, false},                     /* a frame never acknowledged */
		{T1 "," T2, "C", 1, true, false},
		{T1 ";dtmf=required," T2, "C1", 12, false, true},
	};
	const char *digits = row[_i].digits;

	answered_reporting(row[_i].contacts);
	for (; *digits; digits++) {
		fake_dtmf((char[]){*digits, '\0'});
		if (*digits == 'C') {
			fake_run(4 * S);
			fake_call(DOOR_IN_DIGITS_SENT);
		}
	}
	fake_run(row[_i].wait_s * S);
	if (row[_i].remote_ends)
		fake_closed(0, "");
	ck_assert_uint_eq(fake_count("call_end(1,"), 1);
	ck_assert_uint_eq(fake_count("report_end(defautSecteur,1)"), row[_i].ok);
	ck_assert_uint_eq(fake_count("dial 2 " T2 " 000000000_defautSecteur"), !row[_i].ok);
}
END_TEST

START_TEST(the_receiver_ends_an_acknowledged_call_else_the_door_does)
{
	answered_reporting(T1);
	fake_dtmf("C");
	fake_run(4 * S);
	fake_call(DOOR_IN_DIGITS_SENT);
	fake_dtmf("1");
	fake_run(5 * S);
	fake_dtmf("1");                         /* the # was lost: its repetition is answered */
	fake_clear();
	fake_run(9 * S);
	ck_assert_str_eq(fake_log(), "");
	fake_run(1 * S);
	ck_assert_uint_eq(fake_count("hangup 1"), 1);
	ck_assert_uint_eq(fake_count("report_end(defautSecteur,1)"), 1);
}
END_TEST

START_TEST(a_list_without_answer_is_tried_once_and_no_visitor_is_told)
{
	reporting(T1 "," T2);
	fake_run(61 * S);
	ck_assert_uint_eq(fake_count("dial "), 1);
	ck_assert_uint_eq(fake_count("unavailable(defautSecteur)"), 1);
	ck_assert_uint_eq(fake_count("report_end(defautSecteur,0)"), 1);
	ck_assert_uint_eq(fake_count("say "), 0);
}
END_TEST

/* The queue: it waits for a free line, in the order of arrival */
START_TEST(reports_wait_for_a_free_line)
{
	fresh();
	fake_calling();
	fake_edge(GAP_IN_MAINS, false);
	fake_run(5 * S);
	fake_edge(GAP_IN_MAINS, true);
	fake_call(DOOR_IN_ANSWERED);
	fake_run(60 * S);
	ck_assert_uint_eq(fake_count("dial "), 0);
	fake_closed(0, "");
	fake_clear();
	fake_run(1 * S);
	ck_assert_uint_eq(fake_count("dial 2 " T1 " 000000000_defautSecteur"), 1);
	fake_call(DOOR_IN_ANSWERED);
	fake_closed(0, "");
	fake_run(1 * S);
	ck_assert_uint_eq(fake_count("dial 3 " T1 " 000000000_retourSecteur"), 1);
}
END_TEST

START_TEST(a_reason_waits_once_and_the_last_told_is_true)
{
	unsigned i;

	fresh();
	fake_calling();
	for (i = 0; i < 50; i++) {
		fake_edge(GAP_IN_MAINS, false);
		fake_edge(GAP_IN_MAINS, true);
	}
	fake_edge(GAP_IN_MAINS, false);
	ck_assert_uint_eq(fake.door.waiting_n, 2);
	ck_assert_int_eq(fake.door.waiting[0], REASON_MAINS_BACK);
	ck_assert_int_eq(fake.door.waiting[1], REASON_MAINS_FAULT);
}
END_TEST

START_TEST(reports_wait_for_the_link)
{
	fresh();
	fake_edge(GAP_IN_LINK, false);
	fake_edge(GAP_IN_MAINS, false);
	fake_run(3600 * UINT64_C(1000000));
	ck_assert_uint_eq(fake_count("dial "), 0);
	fake_edge(GAP_IN_LINK, true);
	fake_run(1 * S);
	ck_assert_uint_eq(fake_count("dial 1"), 1);
}
END_TEST

START_TEST(the_button_cannot_end_a_report_and_a_command_can)
{
	answered_reporting(T1 "," T2);
	fake_set("door.end_by_button", "yes");
	fake_clear();
	fake_press();
	ck_assert_uint_eq(fake_count("press(busy)"), 1);
	ck_assert_int_eq(fake.door.state, DOOR_TALKING);
	fake_tell((struct door_in){.type = DOOR_IN_HANGUP});
	ck_assert_int_eq(fake.door.state, DOOR_IDLE);
	ck_assert_uint_eq(fake_count("dial "), 0);
}
END_TEST

/* SUP-12, REL-05: 404 only to P2P contacts, after its delay, once, without recovery code */
START_TEST(a_lost_registration_is_called_for_at_p2p_contacts_alone)
{
	fresh();
	fake_set("sip.account1.server", "pbx.example");
	fake_set("sip.account1.user", "100");
	fake_set("sip.account1.active", "yes");
	fake_set("tech.contacts", "sip:101@pbx.example,sip:102@10.0.0.9;account=1,sip:103@pbx.example;p2p," T2 ";p2p");
	fake_set("relay2.function", "network");
	fake_clear();
	fake_account(1, true);
	fake_account(2, false);
	ck_assert_str_eq(fake_log(), "account(1,1,503 Service Unavailable); account(2,0,503 Service Unavailable); "
			 "relay 2 on; relay(2,1,network)");
	fake_run(60 * S);
	ck_assert_uint_eq(fake_count("dial"), 0);
	fake_run(1 * S);
	ck_assert_uint_eq(fake_count("dial 1 sip:103@pbx.example 000000000_pannePbx"), 1);
	ck_assert_uint_eq(fake_count("message sip:103@pbx.example 000000000_pannePbx identity=000000000 "
				     ";product=81 ;alerte=404"), 1);
	fake_closed(486, "busy");
	fake_run(30 * S);
	ck_assert_uint_eq(fake_count("dial 2 " T2), 1);
	fake_call(DOOR_IN_ANSWERED);
	fake_closed(0, "");
	fake_account(1, false);
	fake_account(1, true);
	fake_run(600 * S);
	fake_clear();
	fake_account(2, true);
	fake_run(600 * S);
	ck_assert_str_eq(fake_log(), "account(2,1,503 Service Unavailable); relay 2 off; relay(2,0,network)");
}
END_TEST

START_TEST(a_short_loss_of_registration_is_not_called_for)
{
	fresh();
	fake_account(1, false);
	fake_run(59 * S);
	fake_account(1, true);
	fake_run(600 * S);
	ck_assert_uint_eq(fake_count("report"), 0);
	fake_account(4, false);                 /* no such account */
	fake_account(0, false);
	fake_account(65535, false);
	fake_run(600 * S);
	ck_assert_uint_eq(fake_count("report"), 0);
}
END_TEST

START_TEST(without_p2p_contact_a_lost_registration_reaches_nobody)
{
	fresh();
	fake_set("sip.account1.server", "pbx.example");
	fake_set("sip.account1.user", "100");
	fake_set("sip.account1.active", "yes");
	fake_set("tech.contacts", "101");
	fake_account(1, false);
	fake_run(62 * S);
	ck_assert_uint_eq(fake_count("dial"), 0);
	ck_assert_uint_eq(fake_count("message"), 0);
	ck_assert_uint_eq(fake_count("report_end(pannePbx,0)"), 1);
	ck_assert_int_eq(fake.door.state, DOOR_IDLE);
}
END_TEST

/* SUP-10: another contact gets one MESSAGE a report */
START_TEST(another_contact_gets_one_message)
{
	fresh();
	fake_set("sup.message_to", "sip:m@10.0.0.8");
	fake_edge(GAP_IN_MAINS, false);
	fake_run(62 * S);
	ck_assert_uint_eq(fake_count("dial "), 2);
	ck_assert_uint_eq(fake_count("message sip:m@10.0.0.8 000000000_defautSecteur"), 1);
}
END_TEST

/* --- cyclic test --- */

#define PARIS_0330 1774747800           /* 2026-03-29 03:30 local, in the first hour of summer time */

static void test_every(const char *days, const char *when, int64_t utc_s)
{
	fresh();
	fake_calendar(utc_s);
	fake_set("test.at", when);
	fake_set("test.days", days);
	fake_clear();
}

static void answer_test(void)
{
	fake_call(DOOR_IN_ANSWERED);
	fake_closed(0, "");
}

START_TEST(the_first_test_comes_one_period_after_the_activation)
{
	test_every("7", "activation", 1767600000);
	fake_run(7 * 24 * HOUR_US - 1 * S);
	ck_assert_uint_eq(fake_count("report(test"), 0);
	fake_run(2 * S);
	ck_assert_uint_eq(fake_count("dial 1 " T1 " 000000000_test"), 1);
	ck_assert_uint_eq(fake_count("message " T1 " 000000000_test identity=000000000 ;product=81 ;alerte=04"), 1);
	answer_test();
	fake_run(7 * 24 * HOUR_US - 3 * S);
	ck_assert_uint_eq(fake_count("report(test"), 1);
	fake_run(3 * S);
	ck_assert_uint_eq(fake_count("report(test"), 2);
}
END_TEST

START_TEST(a_test_at_a_time_of_day_keeps_it_through_daylight_saving)
{
	test_every("1", "03:30", PARIS_0330 - 86400 + 3600 - 1800);     /* the day before at 03:00, winter time */
	fake_run(HOUR_US / 2);
	ck_assert_uint_eq(fake_count("report(test"), 1);
	fake_run(5 * S);
	answer_test();
	fake_run(23 * HOUR_US - 5 * S - 1);                             /* that night has 23 hours */
	ck_assert_uint_eq(fake_count("report(test"), 1);
	fake_run(1);
	ck_assert_uint_eq(fake_count("report(test"), 2);
	fake_run(5 * S);
	answer_test();
	fake_run(24 * HOUR_US - 5 * S);
	ck_assert_uint_eq(fake_count("report(test"), 3);
}
END_TEST

START_TEST(a_failed_test_is_tried_once_more_then_waits_for_its_period)
{
	test_every("2", "activation", 1767600000);
	fake_set("test.retry_h", "5");
	fake_run(2 * 24 * HOUR_US + 62 * S);
	ck_assert_uint_eq(fake_count("report_end(test,0)"), 1);
	fake_clear();
	fake_run(5 * HOUR_US - 3 * S);
	ck_assert_uint_eq(fake_count("report(test"), 0);
	fake_run(70 * S);
	ck_assert_uint_eq(fake_count("report_end(test,0)"), 1);
	fake_clear();
	fake_run(42 * HOUR_US);
	ck_assert_uint_eq(fake_count("report(test"), 0);
	fake_run(1 * HOUR_US);
	ck_assert_uint_eq(fake_count("report(test"), 1);
}
END_TEST

START_TEST(a_retry_that_succeeds_is_the_end_of_it)
{
	test_every("2", "activation", 1767600000);
	fake_run(48 * HOUR_US + 62 * S);
	fake_run(HOUR_US);
	ck_assert_int_eq(fake.door.state, DOOR_CALLING);
	answer_test();
	fake_clear();
	fake_run(46 * HOUR_US);
	ck_assert_uint_eq(fake_count("report"), 0);
}
END_TEST

START_TEST(off_runs_no_timer)
{
	test_every("1", "activation", 1767600000);
	fake_set("test.days", "off");
	fake_run(5 * S);
	ck_assert(door_deadline(&fake.door) == GAP_NEVER);
}
END_TEST

/* A restart each day; the plan is the memory's */
START_TEST(a_door_that_restarts_daily_still_tests_weekly)
{
	struct door_memory m = {0};
	unsigned day;

	test_every("7", "activation", 1767600000);
	ck_assert(door_memory_take(&fake.door, &m) && !door_memory_take(&fake.door, &m));
	for (day = 1; day <= 28; day++) {
		fake_run(20 * HOUR_US);
		door_shutdown(&fake.door, "restart");
		(void)door_memory_take(&fake.door, &m);
		fake.now_us += 4 * HOUR_US;
		door_init(&fake.door, &fake.conf, &fake.bus, &fake_port, &fake, &fake_phone, fake.log);
		door_remember(&fake.door, &m);
		door_boot(&fake.door);
		fake_edge(GAP_IN_MAINS, true);
		fake_edge(GAP_IN_LINK, true);
		fake_run(2 * S);
		ck_assert_msg(fake_count("report(test") == (day % 7 == 0), "day %u", day);
		if (fake.door.state == DOOR_CALLING)
			answer_test();
		fake_run(10 * S);
		fake_clear();
	}
}
END_TEST

START_TEST(tests_missed_without_supply_are_one_test)
{
	struct door_memory m = {0};

	test_every("1", "activation", 1767600000);
	ck_assert(door_memory_take(&fake.door, &m));
	fake.now_us += 5 * 24 * HOUR_US + 1;
	door_init(&fake.door, &fake.conf, &fake.bus, &fake_port, &fake, &fake_phone, fake.log);
	door_remember(&fake.door, &m);
	door_boot(&fake.door);
	fake_run(1 * S);
	fake_edge(GAP_IN_LINK, true);
	fake_run(2 * S);
	ck_assert_uint_eq(fake_count("report(test"), 1);
	answer_test();
	fake_run(23 * HOUR_US);
	ck_assert_uint_eq(fake_count("report(test"), 1);
	fake_run(1 * HOUR_US);
	ck_assert_uint_eq(fake_count("report(test"), 2);
}
END_TEST

/* A calendar put forward or back is noticed within six hours */
START_TEST(a_calendar_that_is_set_moves_the_test)
{
	test_every("7", "activation", 1767600000);
	fake.calendar_us += (int64_t)(_i ? -30 : 8) * 86400 * 1000000;
	fake_run(6 * HOUR_US);
	ck_assert_uint_eq(fake_count("report(test"), !_i);
	fake_run(24 * HOUR_US);
	ck_assert_uint_eq(fake_count("report(test"), 2);        /* nobody answered: and once more */
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("technical");
	TCase *tc = tcase_create("technical");

	tcase_add_test(tc, supply_lost_and_back_are_called_for);
	tcase_add_test(tc, a_stuck_button_is_called_for_and_its_release_too);
	tcase_add_loop_test(tc, a_report_that_is_off_makes_no_call, 0, 2);
	tcase_add_test(tc, a_message_that_is_off_leaves_the_call);
	tcase_add_loop_test(tc, what_counts_as_a_success, 0, 8);
	tcase_add_test(tc, the_receiver_ends_an_acknowledged_call_else_the_door_does);
	tcase_add_test(tc, a_list_without_answer_is_tried_once_and_no_visitor_is_told);
	tcase_add_test(tc, reports_wait_for_a_free_line);
	tcase_add_test(tc, a_reason_waits_once_and_the_last_told_is_true);
	tcase_add_test(tc, reports_wait_for_the_link);
	tcase_add_test(tc, the_button_cannot_end_a_report_and_a_command_can);
	tcase_add_test(tc, a_lost_registration_is_called_for_at_p2p_contacts_alone);
	tcase_add_test(tc, a_short_loss_of_registration_is_not_called_for);
	tcase_add_test(tc, without_p2p_contact_a_lost_registration_reaches_nobody);
	tcase_add_test(tc, another_contact_gets_one_message);
	tcase_add_test(tc, the_first_test_comes_one_period_after_the_activation);
	tcase_add_test(tc, a_test_at_a_time_of_day_keeps_it_through_daylight_saving);
	tcase_add_test(tc, a_failed_test_is_tried_once_more_then_waits_for_its_period);
	tcase_add_test(tc, a_retry_that_succeeds_is_the_end_of_it);
	tcase_add_test(tc, off_runs_no_timer);
	tcase_add_test(tc, a_door_that_restarts_daily_still_tests_weekly);
	tcase_add_test(tc, tests_missed_without_supply_are_one_test);
	tcase_add_loop_test(tc, a_calendar_that_is_set_moves_the_test, 0, 2);
	suite_add_tcase(s, tc);

	return s;
}
