/**
 * @file unit_main.c  main() of every unit-test program: runs the suite its test file defines
 */
#include <check.h>
#include <stdlib.h>

Suite *suite(void);

int main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);

	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
