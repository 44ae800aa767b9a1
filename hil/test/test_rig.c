/**
 * @file test_rig.c  Names of rigs (HIL-01)
 */
#include "../rig.h"
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

static char err[1024];

/* HIL-01 */
START_TEST(every_form_is_read)
{
	static const struct { const char *text; enum rig_kind kind; const char *elf, *address, *driver; } row[] = {
		{"sim", RIG_SIM, "", "", ""},
		{"board:qemu:/x/y.elf", RIG_QEMU, "/x/y.elf", "", ""},
		{"board:/dev/ttyACM0", RIG_LINE, "", "/dev/ttyACM0", ""},
		{"board:tcp:host:5000", RIG_LINE, "", "tcp:host:5000", ""},
		{"board:unix:@name", RIG_LINE, "", "unix:@name", ""},
		{"board:/dev/a,driver=tcp:[::1]:7", RIG_LINE, "", "/dev/a", "tcp:[::1]:7"},
	};
	struct rig_spec s;

	ck_assert_int_eq(rig_parse(&s, row[_i].text, err, sizeof(err)), 0);
	ck_assert_int_eq(s.kind, row[_i].kind);
	ck_assert_str_eq(s.elf, row[_i].elf);
	ck_assert_str_eq(s.address, row[_i].address);
	ck_assert_str_eq(s.driver, row[_i].driver);
}
END_TEST

/* HIL-01: the error names the value and every form */
START_TEST(a_wrong_name_is_said_with_what_would_be_right)
{
	static const char *const text[] = {
		"", "simulator", "board", "board:", "board:qem", "board:qemux", "board:ttyACM0", "board:,driver=/dev/a",
		"board:/dev/a,driver=", "board:/dev/a,driver=ttyACM1", "board:udp:host:1", "board:qemu:",
	};
	char want[64];
	struct rig_spec s;

	(void)snprintf(want, sizeof(want), "\"%s\": a rig is sim, board:qemu", text[_i]);
	ck_assert_int_eq(rig_parse(&s, text[_i], err, sizeof(err)), EINVAL);
	ck_assert_msg(strstr(err, want), "%s", err);
}
END_TEST

/* HIL-01 */
START_TEST(a_name_without_end_is_refused)
{
	char text[2000];
	struct rig_spec s;

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	memcpy(text, "board:/", 7);
	ck_assert_int_eq(rig_parse(&s, text, err, sizeof(err)), EINVAL);
	text[6 + LINE_ADDRESS] = '\0';
	ck_assert_int_eq(rig_parse(&s, text, err, sizeof(err)), EINVAL);
	text[6 + LINE_ADDRESS - 1] = '\0';
	ck_assert_int_eq(rig_parse(&s, text, err, sizeof(err)), 0);
}
END_TEST

/* HIL-01 */
START_TEST(firmware_is_the_environments_or_beside_the_program)
{
	struct rig_spec s;

	(void)unsetenv("IPGAP_FIRMWARE");
	ck_assert_int_eq(rig_parse(&s, "board:qemu", err, sizeof(err)), 0);
	ck_assert_int_eq(s.kind, RIG_QEMU);
	ck_assert_int_eq(s.elf[0], '/');
	ck_assert_ptr_nonnull(strstr(s.elf, "/ioboard-qemu/lm3s6965evb.elf"));
	ck_assert_int_eq(setenv("IPGAP_FIRMWARE", "/nowhere/fw.elf", 1), 0);
	ck_assert_int_eq(rig_parse(&s, "board:qemu", err, sizeof(err)), 0);
	ck_assert_str_eq(s.elf, "/nowhere/fw.elf");
}
END_TEST

/* HIL-01 */
START_TEST(firmware_that_is_not_there_is_named)
{
	struct rig_spec s;
	struct rig *r = NULL;

	ck_assert_int_eq(rig_parse(&s, "board:qemu:/nowhere/fw.elf", err, sizeof(err)), 0);
	ck_assert_int_eq(rig_open(&r, &s, err, sizeof(err)), ENOENT);
	ck_assert_ptr_null(r);
	ck_assert_ptr_nonnull(strstr(err, "firmware /nowhere/fw.elf: No such file"));
	ck_assert_ptr_nonnull(strstr(err, "make ioboard EMULATED=1"));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("rig");
	TCase *tc = tcase_create("rig");

	tcase_add_loop_test(tc, every_form_is_read, 0, 6);
	tcase_add_loop_test(tc, a_wrong_name_is_said_with_what_would_be_right, 0, 12);
	tcase_add_test(tc, a_name_without_end_is_refused);
	tcase_add_test(tc, firmware_is_the_environments_or_beside_the_program);
	tcase_add_test(tc, firmware_that_is_not_there_is_named);
	suite_add_tcase(s, tc);
	return s;
}
