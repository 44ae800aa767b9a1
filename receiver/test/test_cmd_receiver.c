/**
 * @file test_cmd_receiver.c  `ipgap receiver`: command line, faults, lines it prints (RCV-01)
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "receiver/cmd_receiver.h"
#include "sim/bind.h"
#include "sim/cmd.h"

static struct receiver_args a;
static char err[256];

/** Words separated by blanks */
static int args(const char *line)
{
	static char buf[256];
	char *argv[16] = {NULL}, *p;
	int argc = 0;

	snprintf(buf, sizeof(buf), "receiver %s", line);
	for (p = strtok(buf, " "); p && argc < 15; p = strtok(NULL, " "))
		argv[argc++] = p;
	err[0] = '\0';

	return receiver_args_read(&a, argc, argv, err, sizeof(err));
}

START_TEST(test_without_options)
{
	ck_assert_int_eq(args(""), 0);
	ck_assert_uint_eq(sa_port(&a.cfg.laddr), 5070);
	ck_assert_int_eq((int)a.cfg.transport, RECEIVER_ANY);
	ck_assert_uint_eq(a.count, 0);
	ck_assert(!a.json && !a.verbose && !a.help && !a.wav[0] && !a.cfg.code[0]);
	ck_assert_uint_eq(a.cfg.talk_s, 0);
	ck_assert_int_eq(a.cfg.crc.poly, 7);
}
END_TEST

START_TEST(test_all_options)
{
	ck_assert_int_eq(args("--bind 10.0.0.5 --transport=inband --fault late-ack=7 "
			      "--fault drop-digit=3 --code 1234"), 0);
	ck_assert_uint_eq(sa_in(&a.cfg.laddr), 0x0a000005);
	ck_assert_uint_eq(sa_port(&a.cfg.laddr), 5070);
	ck_assert_int_eq((int)a.cfg.transport, RECEIVER_INBAND);
	ck_assert_uint_eq(a.cfg.faults.late_ack_s, 7);
	ck_assert_uint_eq(a.cfg.faults.drop_digit, 3);
	ck_assert_str_eq(a.cfg.code, "1234");
	ck_assert_int_eq(args("--talk 30 --answer-after=2.5 --count 3 --audio file:/tmp/x.wav -v "
			      "--json -h"), 0);
	ck_assert_uint_eq(a.cfg.talk_s, 30);
	ck_assert_uint_eq(a.cfg.answer_ms, 2500);
	ck_assert_uint_eq(a.count, 3);
	ck_assert_str_eq(a.wav, "/tmp/x.wav");
	ck_assert(a.verbose && a.json && a.help);
}
END_TEST

/* SUP-21: the same parameters as `ipgap crc` */
START_TEST(test_options_of_the_crc)
{
	ck_assert_int_eq(args("--crc maxim-dow --encoding value --refout=no --init 0x12"), 0);
	ck_assert_int_eq(a.cfg.crc.poly, 0x31);
	ck_assert_int_eq(a.cfg.crc.init, 0x12);
	ck_assert_int_eq(a.cfg.crc.encoding, FRAME_VALUE);
	ck_assert(a.cfg.crc.refin && !a.cfg.crc.refout);
	ck_assert_int_eq(args("--refin --rendering hex --xorout 255"), 0);
	ck_assert(a.cfg.crc.refin);
	ck_assert_int_eq(a.cfg.crc.rendering, FRAME_HEX);
	ck_assert_int_eq(a.cfg.crc.xorout, 255);
}
END_TEST

START_TEST(test_wrong_command_lines_say_what_is_right)
{
	static const struct { const char *line, *says; } row[] = {
		{"--bind nowhere", "nowhere"}, {"--bind 127.0.0.1:99999", "99999"},
		{"--bind", "ADDR"},
		{"--transport morse", "rfc4733"}, {"--fault nonsense", "wrong-ack"},
		{"--fault drop-digit", "1 to 1000"}, {"--fault drop-digit=0", "1 to 1000"},
		{"--fault drop-digit=x", "1 to 1000"}, {"--fault no-c=1", "no value"},
		{"--fault hangup-at=never", "frame"}, {"--fault reject=200", "300 to 699"},
		{"--fault busy=487", "no value"}, {"--code 12a", "digits"},
		{"--code 123456789", "digits"},
		{"--talk -1", "86400"}, {"--talk 1.5", "whole"}, {"--answer-after x", "3600"},
		{"--count 0", "1 to 999999"}, {"--count 5x", "999999"},
		{"--audio speaker", "file:"}, {"--crc none", "ipgap crc presets"},
		{"--test-every 0", "e.g. 24"}, {"--test-grace x", "e.g. 24"}, {"--fault reject-message=200", "300 to 699"},
		{"--poly 256", "255"}, {"--json=1", "no value"},
		{"--transprot any", "--transport"}, {"stray", "stray"},
	};

	ck_assert_int_eq(args(row[_i].line), EINVAL);
	ck_assert_msg(strstr(err, row[_i].says) != NULL, "%s: %s", row[_i].line, err);
}
END_TEST

/* REL-08: a code is a secret */
START_TEST(test_a_wrong_code_is_not_shown)
{
	ck_assert_int_eq(args("--code 98765x"), EINVAL);
	ck_assert_ptr_null(strstr(err, "98765"));
}
END_TEST

START_TEST(test_exit_status)
{
	char name[] = "receiver", wrong[] = "--nonsense";
	char bind[] = "--bind", far[] = "192.0.2.1:5070";

	ck_assert_int_eq(cmd_receiver(2, (char *[]){name, wrong, NULL}), CMD_USAGE);
	ck_assert_int_eq(cmd_receiver(3, (char *[]){name, bind, far, NULL}), CMD_FAILED);
}
END_TEST

START_TEST(test_every_fault_is_in_the_help_and_can_be_set)
{
	char *text = NULL, word[32];
	size_t size, i;
	FILE *f = open_memstream(&text, &size);

	receiver_help(f);
	fclose(f);
	for (i = 0; i < receiver_fault_count; i++) {
		const struct receiver_fault_row *row = &receiver_fault_table[i];
		struct receiver_faults faults = {.no_c = 0}, none = {.no_c = 0};

		snprintf(word, sizeof(word), "  %s", row->name);
		ck_assert_ptr_nonnull(strstr(text, word));
		snprintf(word, sizeof(word), "%s%s%s", row->name, row->def ? "" : "=",
			 row->def ? "" : row->words ? row->words[0] : "300");
		ck_assert_int_eq(receiver_fault_set(&faults, word, err, sizeof(err)), 0);
		ck_assert_int_ne(memcmp(&faults, &none, sizeof(none)), 0);
	}
	free(text);
}
END_TEST

/* --- --bind --- */

START_TEST(test_bind_forms)
{
	static const struct { const char *text, *want; } row[] = {
		{"127.0.0.1", "127.0.0.1:5070"}, {"127.0.0.1:1", "127.0.0.1:1"},
		{"0.0.0.0:0", "0.0.0.0:0"},
		{"5080", "127.0.0.1:5080"}, {":5080", "127.0.0.1:5080"},
		{"fd77::1", "[fd77::1]:5070"},
		{"[fd77::1]", "[fd77::1]:5070"}, {"[fd77::1]:65535", "[fd77::1]:65535"},
	};
	struct sa sa;
	char text[64];

	ck_assert_int_eq(bind_parse(&sa, row[_i].text, 5070, err, sizeof(err)), 0);
	re_snprintf(text, sizeof(text), "%J", &sa);
	ck_assert_str_eq(text, row[_i].want);
}
END_TEST

START_TEST(test_bind_refuses)
{
	static const char *const row[] = {
		"", "here", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1",
		"256.0.0.1",
		"[fd77::1", "[fd77::1]x", "[fd77::1]:", "65536", "1 ", ":",
		"127.0.0.1:5070:1", "localhost:5070",
	};
	struct sa sa;
	size_t i;

	sa_init(&sa, AF_UNSPEC);
	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		err[0] = '\0';
		ck_assert_msg(bind_parse(&sa, row[i], 5070, err, sizeof(err)) == EINVAL,
			      "took %s", row[i]);
		ck_assert_ptr_nonnull(strstr(err, "192.168.0.20:5060"));
		ck_assert_int_eq(sa_af(&sa), AF_UNSPEC);
	}
}
END_TEST

/* --- lines --- */

static const struct receiver_alarm call = {
	.wall_us = INT64_C(1767600001234567), .call = 3, .via = RECEIVER_VIA_DTMF,
	.result = RECEIVER_ACKNOWLEDGED, .from = "sip:000000042_bouton_appel@10.77.0.1",
	.reason = "bouton_appel", .identity = "42", .product = 81, .alerte = 1, .vocal = true,
	.frame = "981010142C000", .whole = true, .crc_ok = true, .cs = "000", .cs_want = "000",
	.attempts = 1, .acks = 1, .acknowledged = true, .answered_ms = 1000,
	.duration_ms = 61005, .cause = "door",
};

START_TEST(test_line_of_a_call)
{
	char line[1024];

	ck_assert_uint_gt(receiver_alarm_text(line, sizeof(line), &call), 0);
	ck_assert_str_eq(line, "2026-01-05T08:00:01.234Z call 3 from sip:000000042_bouton_appel@"
			 "10.77.0.1: identity 42, reason bouton_appel (01), frame 981010142C000 "
			 "checksum right, acknowledged, 1 sent 1 time, 61.005 s, ended: door");
	ck_assert_uint_gt(receiver_alarm_json(line, sizeof(line), &call), 0);
	ck_assert_str_eq(line, "{\"time\":\"2026-01-05T08:00:01.234Z\",\"kind\":\"call\","
			 "\"call\":3,"
			 "\"result\":\"acknowledged\",\"via\":\"dtmf\","
			 "\"from\":\"sip:000000042_bouton_appel@10.77.0.1\","
			 "\"identity\":\"42\",\"product\":81,\"alerte\":1,"
			 "\"reason\":\"bouton_appel\",\"vocal\":true,"
			 "\"frame\":\"981010142C000\",\"crc_ok\":true,"
			 "\"cs\":\"000\",\"cs_want\":\"000\","
			 "\"attempts\":1,\"acks\":1,\"acknowledged\":true,\"answered_ms\":1000,"
			 "\"duration_ms\":61005,\"cause\":\"door\"}");
}
END_TEST

START_TEST(test_line_of_a_wrong_checksum_shows_both)
{
	struct receiver_alarm bad = call;
	char line[1024];

	bad.crc_ok = false;
	strcpy(bad.cs_want, "123");
	receiver_alarm_text(line, sizeof(line), &bad);
	ck_assert_ptr_nonnull(strstr(line, "checksum 000 should be 123"));
}
END_TEST

START_TEST(test_lines_of_messages)
{
	const struct receiver_alarm good = {
		.wall_us = 0, .via = RECEIVER_VIA_MESSAGE, .result = RECEIVER_MESSAGE,
		.from = "sip:a@h",
		.identity = "000000000", .product = 81, .alerte = 404, .body = "identity=0",
	}, bad = {
		.result = RECEIVER_BAD_MESSAGE, .from = "sip:a@h", .product = -1, .alerte = -1,
		.body = "line\nnext \"q\" \xff",
	};
	char line[1024];

	receiver_alarm_text(line, sizeof(line), &good);
	ck_assert_str_eq(line, "1970-01-01T00:00:00.000Z MESSAGE from sip:a@h: identity 000000000, "
			 "product 81, alerte (404)");
	receiver_alarm_text(line, sizeof(line), &bad);
	ck_assert_ptr_nonnull(strstr(line, "no alarm: \"line\\nnext \\\"q\\\" \xef\xbf\xbd\""));
	receiver_alarm_json(line, sizeof(line), &bad);
	ck_assert_str_eq(line, "{\"time\":\"1970-01-01T00:00:00.000Z\",\"kind\":\"message\","
			 "\"result\":\"bad_message\",\"via\":\"none\",\"from\":\"sip:a@h\","
			 "\"identity\":\"\","
			 "\"body\":\"line\\nnext \\\"q\\\" \xef\xbf\xbd\"}");
}
END_TEST

START_TEST(test_lines_of_steps)
{
	const struct receiver_event ev = {
		.step = RECEIVER_STEP_DIGIT, .call = 2, .text = "9 rfc4733", .n = 4,
	};
	char line[256];

	receiver_event_text(line, sizeof(line), &ev);
	ck_assert_str_eq(line, "1970-01-01T00:00:00.000Z   call 2 digit 9 rfc4733 (4)");
	receiver_event_json(line, sizeof(line), &ev);
	ck_assert_str_eq(line, "{\"time\":\"1970-01-01T00:00:00.000Z\",\"kind\":\"step\","
			 "\"call\":2,"
			 "\"step\":\"digit\",\"text\":\"9 rfc4733\",\"n\":4}");
}
END_TEST

START_TEST(test_the_longest_alarm_fits_and_a_short_buffer_is_told)
{
	struct receiver_alarm full = call;
	char line[2048];

	memset(full.from, 1, sizeof(full.from) - 1);
	memset(full.reason, 1, sizeof(full.reason) - 1);
	memset(full.identity, 1, sizeof(full.identity) - 1);
	memset(full.cause, 1, sizeof(full.cause) - 1);
	ck_assert_uint_gt(receiver_alarm_json(line, sizeof(line), &full), 1500);
	ck_assert_uint_eq(receiver_alarm_json(line, 100, &full), 0);
	ck_assert_uint_eq(strlen(line), 99);
}
END_TEST

Suite *suite(void);
Suite *suite(void)
{
	Suite *s = suite_create("cmd_receiver");
	TCase *tc = tcase_create("cmd_receiver");

	tcase_add_test(tc, test_without_options);
	tcase_add_test(tc, test_all_options);
	tcase_add_test(tc, test_options_of_the_crc);
	tcase_add_loop_test(tc, test_wrong_command_lines_say_what_is_right, 0, 28);
	tcase_add_test(tc, test_a_wrong_code_is_not_shown);
	tcase_add_test(tc, test_exit_status);
	tcase_add_test(tc, test_every_fault_is_in_the_help_and_can_be_set);
	tcase_add_loop_test(tc, test_bind_forms, 0, 8);
	tcase_add_test(tc, test_bind_refuses);
	tcase_add_test(tc, test_line_of_a_call);
	tcase_add_test(tc, test_line_of_a_wrong_checksum_shows_both);
	tcase_add_test(tc, test_lines_of_messages);
	tcase_add_test(tc, test_lines_of_steps);
	tcase_add_test(tc, test_the_longest_alarm_fits_and_a_short_buffer_is_told);
	suite_add_tcase(s, tc);

	return s;
}
